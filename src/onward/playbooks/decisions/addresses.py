"""Where each thing of a file stands, by its address: `stage.setup`, `task.uat`, `form.kickoff.go_live`."""

from collections.abc import Iterator

from onward.playbooks.decisions.tree import Path, Piece, Place

LISTS = {
    "form": "forms",
    "measure": "measures",
    "milestone": "milestones",
    "activation": "activation",
    "check_in": "check_ins",
    "course": "training",
    "survey": "surveys",
    "sequence": "sequences",
    "walkthrough": "walkthroughs",
    "nudge": "nudges",
    "risk": "risks",
    "intervention": "interventions",
    "goal": "goals",
    "kpi": "kpis",
}
MAPS = {"event": "events", "figure": "figures", "reading": "readings", "log": "logs"}
# What lies in a thing: (kind of the thing, key of the list, kind in it).
PARTS = (
    ("form", "fields", "field"),
    ("sequence", "steps", "step"),
    ("activation", "checks", "check"),
    ("intervention", "tasks", "task"),
)


def addresses(tree: Piece) -> dict[str, Path]:
    """The path of everything with an id, in the order of the file; of two with one address the first."""
    found: dict[str, Path] = {}
    for address, path in _all(tree):
        found.setdefault(address, path)
    return found


def places(tree: Piece) -> dict[str, Place]:
    """Where everything with an id stands."""
    return {address: tree.at(path).place for address, path in addresses(tree).items()}


def _all(tree: Piece) -> Iterator[tuple[str, Path]]:
    yield from _people(tree)
    for path, stage_id in _listed(tree, ("stages",), "stage"):
        yield f"stage.{stage_id}", path
        yield from _in_stage(tree, path, stage_id)
    for kind, key in MAPS.items():
        for one in _keys(tree, (key,)):
            yield f"{kind}.{one}", (key, one)
    for kind, key in LISTS.items():
        for path, thing_id in _listed(tree, (key,), kind):
            yield f"{kind}.{thing_id}", path
            for owner, inner, part in PARTS:
                if owner == kind:
                    found = _listed(tree, (*path, inner), part)
                    yield from ((f"{kind}.{thing_id}.{part_id}", one) for one, part_id in found)
    for path, check_id in _listed(tree, ("completion",), "check"):
        yield f"completion.{check_id}", path
    for key, part, head in (("parts", "part", "health"), ("bands", "band", "band")):
        for path, part_id in _listed(tree, ("health", key), part):
            yield f"{head}.{part_id}", path


def _people(tree: Piece) -> Iterator[tuple[str, Path]]:
    for side in ("ours", "theirs"):
        for one in _keys(tree, ("roles", side)):
            yield f"role.{one}", ("roles", side, one)
    groups = found.value if isinstance((found := tree.get(("roles", "groups"))).value, list) else []
    for at, group in enumerate(groups):
        group_id = group.value if isinstance(group.value, str) else group.get(("group",)).value
        if isinstance(group_id, str):
            yield f"group.{group_id}", ("roles", "groups", at)


def _in_stage(tree: Piece, path: Path, stage_id: str) -> Iterator[tuple[str, Path]]:
    for key in ("exit", "expect"):
        for inner, check_id in _listed(tree, (*path, key), "check"):
            yield f"stage.{stage_id}.{key}.{check_id}", inner
    for group, group_id in _listed(tree, (*path, "tasks"), "group"):
        yield f"task_group.{group_id}", group
    for at, entry in enumerate(_list(tree, (*path, "tasks"))):
        one: Path = (*path, "tasks", at)
        inside = ((*one, "tasks", each) for each in range(len(_list(entry, ("tasks",)))))
        for task in (one, *inside):
            task_id = tree.at(task).get(("task",)).value
            if isinstance(task_id, str):
                yield f"task.{task_id}", task
                found = _listed(tree, (*task, "steps"), "step")
                yield from ((f"task.{task_id}.{step_id}", step) for step, step_id in found)


def _listed(tree: Piece, path: Path, kind: str) -> Iterator[tuple[Path, str]]:
    for at, one in enumerate(_list(tree, path)):
        thing_id = one.get((kind,)).value
        if isinstance(thing_id, str):
            yield (*path, at), thing_id


def _list(tree: Piece, path: Path) -> list[Piece]:
    value = tree.get(path).value
    return value if isinstance(value, list) else []


def _keys(tree: Piece, path: Path) -> list[str]:
    value = tree.get(path).value
    return list(value) if isinstance(value, dict) else []
