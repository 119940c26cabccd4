"""One tree out of several files: the parent that a variant follows, the modules that are used, and what is changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from onward.playbooks.decisions.composing.edits import Editing
from onward.playbooks.decisions.composing.modules import Bringing
from onward.playbooks.decisions.problems import Problem
from onward.playbooks.decisions.shape import shaped
from onward.playbooks.decisions.source import Edits, PlaybookFile, VariantText
from onward.playbooks.decisions.tree import Piece, Place

_EDITS = ("add", "change", "remove")
# For whom a playbook is meant is what a variant differs in: it is never taken from the parent.
_NOT_INHERITED = ("playbook", "title", "choose_when", "choose_rank", "use")
_KEY_BY_KEY = ("targets", "on_complete")


@dataclass(frozen=True)
class Composed:
    """`tree` is the playbook with everything in it. `brought`: the place in the author's file that brought another
    file, by that file's name (`above`: those that its parent brought); `gone`: removed addresses, each with the place
    that says so; `used`: names on the shelf; `fits`: whether it could be put together at all."""

    tree: Piece
    problems: tuple[Problem, ...] = ()
    brought: Mapping[str, Place] = field(default_factory=dict)
    gone: Mapping[str, Place] = field(default_factory=dict)
    used: tuple[str, ...] = ()
    above: frozenset[str] = frozenset()
    fits: bool = True


def composed(tree: Piece, shelf: Mapping[str, str], parent: Composed | None = None) -> Composed:
    """A playbook's tree (with `parent` that of a variant) put together. `shelf`: texts by name, modules and parents."""
    if not isinstance(tree.value, dict):
        return Composed(
            tree, (tree.place.problem("yaml", "a playbook is a set of keys", "begin with `playbook: id`"),), fits=False
        )
    problems = _variant_shape(tree) if parent else []
    edits = Piece({key: tree.value[key] for key in _EDITS if key in tree.value}, tree.place, tree.keys)
    if edits.value:
        problems += shaped(Edits, edits)[1]
    if problems:
        return Composed(tree, tuple(problems), fits=False)
    brought = Bringing(_over(tree, parent.tree) if parent else _without(tree, (*_EDITS, "use")), shelf)
    use = tree.get(("use",))
    if use.value is not None and not isinstance(use.value, list):
        problems.append(use.place.problem("type", "`use` is a list of modules", "write [ ] round it"))
    brought.bring(use)
    editing = Editing(brought.tree, problems)
    if edits.value:
        editing.edit(edits)
    whole = editing.tree
    if brought.uses:
        whole = whole.put(("use",), Piece(brought.uses, use.place, {}), tree.keys.get("use"))
    above = (*parent.brought, parent.tree.place.file) if parent else ()
    return Composed(
        whole,
        (*brought.problems, *problems, *brought.unmet(whole)),
        {**dict.fromkeys(above, tree.get(("extends",)).place), **brought.brought},
        editing.gone,
        tuple(dict.fromkeys((*(parent.used if parent else ()), *brought.used))),
        frozenset(above) - frozenset(brought.brought),
    )


def _variant_shape(tree: Piece) -> list[Problem]:
    """The problems of a variant's own keys."""
    lists = [key for key in tree.value if key in PlaybookFile.model_fields and key not in VariantText.model_fields]
    mend = "a variant says `add:`, `change:` and `remove:` instead"
    found = [tree.keys[key].problem("unknown_key", f"`{key}:` is its parent's", mend) for key in lists]
    return found or shaped(VariantText, tree)[1]


def _over(tree: Piece, parent: Piece) -> Piece:
    """The parent with what the variant says of itself."""
    whole = _without(parent, _NOT_INHERITED)
    for key, piece in tree.value.items():
        if key in _KEY_BY_KEY and isinstance(piece.value, dict):
            for inner, value in piece.value.items():
                whole = whole.put((key, inner), value, piece.keys[inner])
        elif key not in (*_EDITS, "use", "extends"):
            whole = whole.put((key,), piece, tree.keys[key])
    return Piece(whole.value, tree.place, whole.keys)


def _without(tree: Piece, keys: tuple[str, ...]) -> Piece:
    kept = {key: piece for key, piece in tree.value.items() if key not in keys}
    return Piece(kept, tree.place, tree.keys)
