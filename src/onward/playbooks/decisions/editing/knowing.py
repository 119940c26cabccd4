"""The names that a text may use, and what an expression in it means; also while the rest of it has mistakes."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from onward.kernel import metrics
from onward.kernel.expressions import Outcome, compile_expression
from onward.playbooks.decisions.composing import Composed, composed
from onward.playbooks.decisions.counting import PEOPLE, USED, words_of
from onward.playbooks.decisions.parts import Expr
from onward.playbooks.decisions.publishing import Draft
from onward.playbooks.decisions.resolving.naming import vocabulary
from onward.playbooks.decisions.shape import shaped
from onward.playbooks.decisions.source import PlaybookFile
from onward.playbooks.decisions.tree import Refused, read
from onward.playbooks.decisions.vocabulary import Vocabulary

#: Playbooks above one another; more are refused elsewhere.
DEEPEST = 5
WINDOWS = (("last_7d", "in the last 7 days", "week days"), ("last_30d", "in the last 30 days", "month days"))
#: Words of a meaning that tell nothing from another.
TOLD_OF_ALL = words_of("come came does done from have many more nobody over that their them they this until were with")
_TYPES = {"yes_no": "yes or no", "number": "a number", "text": "a word", "date": "a date"}


@dataclass(frozen=True)
class Name:
    """A metric or a moment that the author may write, and what it means."""

    name: str
    type: str
    means: str
    absent: str = ""
    #: What else it is looked for by.
    sought: str = ""


def vocabulary_of(draft: Draft) -> Vocabulary | None:
    """The declared names of a text; None when it has not even the shape of a playbook."""
    try:
        whole = _whole(draft.text, draft.file, draft.modules)
    except Refused:
        return None
    file, _ = shaped(PlaybookFile, whole.tree)
    return vocabulary(file, whole.tree)[0] if file else None


def _whole(text: str, file: str, shelf: Mapping[str, str], above: int = 0) -> Composed:
    tree = read(text, file)
    named = tree.get(("extends",)).value
    follows = isinstance(named, str) and named in shelf and above < DEEPEST
    return composed(tree, shelf, _whole(shelf[named], f"{named}.yaml", shelf, above + 1) if follows else None)


def expression(names: Vocabulary, text: str, wanted: tuple[Outcome, ...] = ("yes_no", "number", "text")) -> Expr:
    """An expression compiled against the names. Raises ExpressionError."""
    program = compile_expression(text, names.type_of, nearest=names.nearest_metric, wanted=wanted)
    return Expr(text, tuple(sorted(program.types.items())))


def names_in(names: Vocabulary) -> Iterator[Name]:
    """Every metric without windows, with its meaning; use of the product first, which is a few among many events."""
    for name in sorted(names.names(), key=lambda name: not name.startswith("usage.")):
        use = metrics.find(name)
        kind = names.type_of(name)
        if use is not None and kind is not None and not use.of_person:
            choices = names.choices_of(name)
            words = f"one of {', '.join(choices)}" if choices else _TYPES[kind]
            absent = "" if use.metric.absent == metrics.NEVER else use.metric.absent
            yield Name(name, words, use.metric.doc, absent, _sought(name, use.metric.doc))


def windowed(found: Iterable[Name]) -> Iterator[Name]:
    """Names, and of those that are counted over a time the two that are asked for most."""
    for one in found:
        yield one
        use = metrics.find(one.name)
        if use is not None and use.metric.windows:
            head, _, last = one.name.rpartition(".")
            for window, said, sought in WINDOWS:
                means = f"{one.means}, {said}"
                yield Name(f"{head}.{window}.{last}", one.type, means, one.absent, f"{one.sought} {sought}")


def _sought(name: str, means: str) -> str:
    """The words of what it means, and those by which people speak of who uses the product."""
    kind, last = name.split(".")[0], name.rpartition(".")[2]
    words = {word for word in re.findall(r"[a-z]+", means.lower()) if len(word) > 3} - TOLD_OF_ALL
    words |= PEOPLE if kind in ("usage", "event") and last == "users" else set()
    return " ".join(sorted(words | USED if kind == "usage" else words))


def moments_in(names: Vocabulary) -> Iterator[Name]:
    """Every moment that timing may count from."""
    for one, doc in names.moments():
        yield Name(one, "a moment", doc)
