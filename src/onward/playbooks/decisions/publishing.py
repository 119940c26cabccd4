"""From the text of a playbook to the playbook that runs, or to everything that is wrong with it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from onward.playbooks.decisions.addresses import places
from onward.playbooks.decisions.composing import Composed, composed
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.linting import lints
from onward.playbooks.decisions.problems import Problem, nearest_mend
from onward.playbooks.decisions.resolving import resolve, resolve_module
from onward.playbooks.decisions.shape import plain_tasks, shaped
from onward.playbooks.decisions.source import ModuleFile, PlaybookFile
from onward.playbooks.decisions.translating import translated
from onward.playbooks.decisions.tree import Piece, Place, Refused, read

DEEPEST = 5


@dataclass(frozen=True)
class Draft:
    """A playbook's text, its file's name for messages, and what lies beside it: modules and other playbooks (the
    parent of a variant) by name, texts and translations by path."""

    text: str
    file: str = "playbook.yaml"
    modules: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Linted:
    """`playbook` is None when there is any error (or for a module). Problems stand in the order of the file.
    `modules` names those that it uses, the parents of a variant among them, `texts` the texts and translations;
    `places`: the author's line of each address, `inherited` those of its parent's."""

    playbook: Playbook | None
    problems: tuple[Problem, ...] = ()
    modules: tuple[str, ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict)
    texts: tuple[str, ...] = ()
    inherited: frozenset[str] = frozenset()

    @property
    def own(self) -> dict[str, Place]:
        """The places of what this file (with its modules) says itself."""
        return {address: place for address, place in self.places.items() if address not in self.inherited}

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.level == "error")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.level == "warning")


Found = tuple[Linted, Composed | None]


def lint(draft: Draft) -> Linted:
    """Everything that is right or wrong with a playbook's (or a module's) text. Never raises for any text."""
    return _found(draft, ())[0]


def _found(draft: Draft, below: tuple[str, ...]) -> Found:
    """What `lint` says, and the tree of a playbook without an error. `below`: the variants that follow it."""
    try:
        tree = read(draft.text, draft.file)
    except Refused as refused:
        return Linted(None, (refused.problem,)), None
    if not isinstance(tree.value, dict):
        return _refused(tree, "yaml", "a playbook is a set of keys", "begin with `playbook: id`")
    if "module" in tree.value:
        return _linted_module(draft, tree), None
    if "extends" in tree.value:
        return _variant(draft, tree, below)
    return _linted(draft, composed(tree, draft.modules))


def _linted(draft: Draft, whole: Composed, parent: Linted | None = None) -> Found:
    file, wrong = shaped(PlaybookFile, whole.tree) if whole.fits else (None, [])
    if file is None or whole.problems:
        hidden = _hidden(draft, whole) if wrong and all(one.code == "missing" for one in wrong) else []
        return Linted(None, _told([*whole.problems, *wrong, *hidden], whole, draft)), None
    playbook, problems = resolve(file, whole.tree, draft.texts, whole.gone)
    # Lints read what the names stand for, so they wait until every name stands for something.
    if not any(problem.level == "error" for problem in problems):
        problems.extend(lints(playbook, whole.tree))
    translations, wrong, files = translated(playbook, draft.texts, parent.playbook if parent else None)
    problems.extend(wrong)
    texts = dict.fromkeys((*(name for name, _ in playbook.texts), *files, *(parent.texts if parent else ())))
    stand = places(whole.tree)
    own = {address: whole.brought.get(place.file, place) for address, place in stand.items()}
    inherited = frozenset(address for address, place in stand.items() if place.file in whole.above)
    playbook = replace(playbook, translations=translations)
    linted = Linted(playbook, _told(problems, whole, draft), whole.used, own, tuple(texts), inherited)
    return (Linted(None, linted.problems), None) if linted.errors else (linted, whole)


def _hidden(draft: Draft, whole: Composed) -> list[Problem]:
    """What else is wrong while a task lacks what its kind needs: read as if each were a plain one."""
    tree = plain_tasks(whole.tree)
    file, _ = shaped(PlaybookFile, tree)
    return resolve(file, tree, draft.texts, whole.gone)[1] if file else []


def _linted_module(draft: Draft, tree: Piece) -> Linted:
    file, problems = shaped(ModuleFile, tree)
    if file is not None:
        problems = resolve_module(file, tree, draft.texts)
    return Linted(None, tuple(sorted(set(problems))))


def _variant(draft: Draft, tree: Piece, below: tuple[str, ...]) -> Found:
    """A playbook that follows another one, which must be right by itself."""
    named = tree.get(("extends",))
    parent, chain = str(named.value), (*below, str(tree.get(("playbook",)).value))
    if not isinstance(named.value, str):
        return _refused(named, "extends", "`extends` names one playbook", "write its id")
    if parent in chain:
        circle = " -> ".join([*chain[chain.index(parent) :], parent])
        return _refused(named, "extends", f"these follow one another: {circle}", "let one of them stand by itself")
    if len(chain) > DEEPEST:
        return _refused(named, "extends", f"more than {DEEPEST} variants in a row", "follow one further up")
    if parent not in draft.modules:
        mend = nearest_mend(parent, draft.modules, "put its file beside this one")
        return _refused(named, "extends", f"there is no playbook called `{parent}`", mend)
    above = Draft(draft.modules[parent], f"{parent}.yaml", draft.modules, draft.texts)
    linted, whole = _found(above, chain)
    if linted.errors:
        first = linted.errors[0]
        if first.code == "extends":
            return _refused(named, "extends", first.message, first.mend)
        message = f"`{parent}` has an error itself: {first.message}, in line {first.line} of {first.file}"
        return _refused(named, "extends", message, f"mend that first: {first.mend}" if first.mend else "mend it first")
    if whole is None:
        return _refused(named, "extends", f"`{parent}` is a module, not a playbook", f"say `use: [{parent}]`")
    found = composed(tree, draft.modules, whole)
    return _linted(draft, replace(found, used=tuple(dict.fromkeys((parent, *found.used)))), linted)


def _refused(piece: Piece, code: str, message: str, mend: str) -> Found:
    return Linted(None, (piece.place.problem(code, message, mend),)), None


def _told(problems: Iterable[Problem], whole: Composed, draft: Draft) -> tuple[Problem, ...]:
    """Problems at the lines that the author can change: what is wrong in another file only because of this one is told
    where this one brings it. What a parent is warned of is told with the parent."""
    found = set()
    for problem in problems:
        place = whole.brought.get(problem.file)
        if place is None or (problem.file not in whole.above and _is_wrong_alone(problem, draft)):
            found.add(problem)
        elif problem.level == "error" or problem.file not in whole.above:
            message = f"{problem.message}, in line {problem.line} of {problem.file}"
            found.add(place.problem(problem.code, message, problem.mend, warning=problem.level == "warning"))
    return tuple(sorted(found))


def _is_wrong_alone(problem: Problem, draft: Draft) -> bool:
    """Whether a module has this problem by itself."""
    name = problem.file.removesuffix(".yaml")
    alone = lint(Draft(draft.modules[name], problem.file, {}, draft.texts))
    return (problem.line, problem.column, problem.code) in {(one.line, one.column, one.code) for one in alone.problems}
