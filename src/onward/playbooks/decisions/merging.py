"""Modules brought into the playbook that uses them, while everything is still a tree with places."""

from collections.abc import Iterable, Mapping

from onward.playbooks.decisions.problems import Problem, nearest_mend
from onward.playbooks.decisions.tree import Piece

_OWN = ("module", "language", "title", "needs")


def with_modules(tree: Piece, modules: Mapping[str, Piece], known: Iterable[str]) -> tuple[Piece, list[Problem]]:
    """The playbook's tree with the modules of its `use:` in it; `known` are the names of all that there are.

    Lists are joined. Events of a module win over the playbook's of the same id (so an installation names its own
    events once); else what is declared twice is refused.
    """
    use = tree.value.get("use") if isinstance(tree.value, dict) else None
    if use is None or not isinstance(use.value, list):
        return tree, []
    problems: list[Problem] = []
    values = dict(tree.value)
    for one in use.value:
        module = modules.get(one.value) if isinstance(one.value, str) else None
        if module is None:
            mend = nearest_mend(str(one.value), known, "put the module's file beside the playbook")
            problems.append(one.place.problem("module", f"there is no module called `{one.plain()}`", mend))
            continue
        if isinstance(module.value, dict):
            for key, piece in module.value.items():
                if key not in _OWN:
                    values[key] = _joined(key, values.get(key), piece, problems)
    return Piece(values, tree.place, tree.keys), problems


def _joined(key: str, ours: Piece | None, theirs: Piece, problems: list[Problem]) -> Piece:
    if ours is None:
        return theirs
    if isinstance(ours.value, list) and isinstance(theirs.value, list):
        return Piece([*ours.value, *theirs.value], ours.place, {})
    if isinstance(ours.value, dict) and isinstance(theirs.value, dict) and key != "health":
        twice = [one for one in theirs.value if one in ours.value]
        if key != "events":
            problems.extend(
                ours.keys[one].problem(
                    "duplicate", f"`{one}` is declared here and by a module", "remove one of the two"
                )
                for one in twice
            )
        return Piece({**ours.value, **theirs.value}, ours.place, {**ours.keys, **theirs.keys})
    problems.append(
        ours.place.problem("duplicate", f"`{key}` is declared here and by a module", "remove one of the two")
    )
    return ours
