"""New parts, small and whole: a stage, a task, a check, each with what the language wants of it."""

from typing import Any

from onward.playbooks.decisions.editing import Unwritable, added, changed, value_at
from onward.playbooks.decisions.editing.naming import id_for
from onward.playbooks.decisions.editing.nodes import Path
from onward.playbooks.decisions.editing.parts import MAPS, Part, parts
from onward.playbooks.decisions.parts import NEW_EVENT

TITLES = {
    "stage": "New stage",
    "task": "New task",
    "exit": "New check",
    "expect": "New expectation",
    "milestone": "New milestone",
    "completion": "New criterion",
    "goal": "New goal",
    "form": "New form",
    "field": "New question",
    "check_in": "New check-in",
    "measure": "New measure",
    "kpi": "New key figure",
    "event": NEW_EVENT,
    "figure": "New figure",
    "reading": "New reading",
    "log": "New register",
    "use": "Module",
    "role_ours": "New role of ours",
    "role_theirs": "New role of theirs",
}
_LISTS = {
    "stage": "stages",
    "milestone": "milestones",
    "completion": "completion",
    "goal": "goals",
    "form": "forms",
    "check_in": "check_ins",
    "measure": "measures",
    "kpi": "kpis",
    "use": "use",
}
_KEYED = {kind: name for name, (kind, _) in MAPS.items()}


def kind_beside(part: Part) -> str:
    """What a sibling of a part is, as `with_part` names it."""
    if part.kind == "role":
        return f"role_{part.path[1]}"
    return {"playbook": "stage", "group": "task"}.get(part.kind, part.kind)


def with_part(text: str, beside: Part, kind: str, title: str = "", modules: tuple[str, ...] = ()) -> tuple[str, str]:
    """The text with one more part of that kind, right after `beside` where that is its sibling, else at the end of
    the list that it belongs to; and the new part's address. `modules` are those that a playbook may use."""
    if kind not in TITLES:
        raise Unwritable(kind)
    title = title or TITLES[kind]
    around = "form" if kind == "field" else "stage" if kind in ("task", "exit", "expect") else ""
    if around and not any(part.kind == around for part in parts(text)):
        text, _ = with_part(text, beside, around)
    if kind.startswith("role_"):
        return _with_role(text, kind.removeprefix("role_"), title)
    if kind in _KEYED:
        return _with_key(text, kind, title)
    path, at = _place(text, beside, kind)
    entry = _unused(text, modules) if kind == "use" else _entry(text, path, kind, title)
    new = added(text, path, entry, at)
    wanted = (*path, at)
    return new, next(part.address for part in parts(new) if part.path == wanted)


def _place(text: str, beside: Part, kind: str) -> tuple[Path, int]:
    """The list of the file, and the place in it."""
    path: Path
    if kind in _LISTS:
        path = (_LISTS[kind],)
    elif kind == "field":
        path = (*(beside.path[:2] if beside.kind in ("form", "field") else _last(text, "forms")), "fields")
    else:
        stage = beside.path[:2] if beside.path[:1] == ("stages",) else _last(text, "stages")
        path = (*stage, {"task": "tasks"}.get(kind, kind))
        if kind == "task" and beside.kind == "task":
            path = beside.path[:-1]
    size = len(_entries(text, path))
    if beside.path[: len(path)] == path and len(beside.path) > len(path):
        place = beside.path[len(path)]
        return path, min(int(place) + 1, size)
    return path, size


def _last(text: str, key: str) -> Path:
    return (key, max(len(_entries(text, (key,))) - 1, 0))


def _entries(text: str, path: Path) -> list[Any]:
    """What stands in a list of the file; nothing where something else was written there."""
    found = value_at(text, path)
    return found if isinstance(found, list) else []


def _entry(text: str, path: Path, kind: str, title: str) -> dict[str, Any]:
    accountable = value_at(text, ("accountable",)) or "csm"
    found = parts(text)
    taken = [part.id for part in found if part.kind == kind]
    key = id_for(title, taken)
    if kind == "stage":
        return {"stage": key, "title": title}
    if kind == "task":
        return {"task": key, "title": title, "by": accountable}
    if kind == "milestone":
        last = next((part.id for part in reversed(found) if part.kind == "stage"), "")
        return {"milestone": key, "title": title, "when": f"stage.{last}.closed" if last else "objectives.met >= 1"}
    if kind == "form":
        question = {"field": "question", "title": "Question", "type": "text"}
        return {"form": key, "title": title, "fields": [question]}
    if kind == "field":
        return {"field": key, "title": title, "type": "text"}
    if kind == "check_in":
        return {"check_in": key, "title": title, "at": "30d after signed", "by": accountable}
    if kind == "measure":
        return {"measure": key, "title": title, "when": "usage.users >= 1"}
    if kind == "kpi":
        dicts = [one for one in _entries(text, ("milestones",)) if isinstance(one, dict) and one.get("milestone")]
        value = next((one["milestone"] for one in dicts if one.get("first_value") is True), "")
        to = f"milestone.{value}.met" if value else "started"
        return {"kpi": key, "title": title, "from": "signed", "to": to, "target": "at most 30d"}
    if kind == "goal":
        return {"goal": key, "title": title}
    last = _unread(text, path[:-1]) if kind in ("exit", "expect") else ""
    # What a criterion or a goal is met by nobody but the author knows: it is asked, not made up.
    return {"check": key, "title": title} | ({"when": f"task.{last}.done"} if last else {})


def _unread(text: str, stage: Path) -> str:
    """The last task of a stage that none of its criteria reads yet: a second of the same would prove nothing more."""
    read = str([_entries(text, (*stage, kind)) for kind in ("exit", "expect")])
    tasks = [one["task"] for one in _entries(text, (*stage, "tasks")) if isinstance(one, dict) and "task" in one]
    return next((key for key in reversed(tasks) if f"task.{key}." not in read), "")


def _unused(text: str, modules: tuple[str, ...]) -> str:
    """The first module that the playbook does not use yet."""
    used = {part.id for part in parts(text) if part.kind == "use"}
    found = next((one for one in modules if one not in used), None)
    if found is None:
        raise Unwritable("another module: all are used")
    return found


def _with_key(text: str, kind: str, title: str) -> tuple[str, str]:
    key = id_for(title, [part.id for part in parts(text) if part.kind == kind])
    by = value_at(text, ("accountable",)) or "csm"
    of_kind: dict[str, Any] = {
        "figure": {"title": title, "is": "usage.users"},
        "reading": {"title": title, "type": "number", "by": by},
    }
    return changed(text, (_KEYED[kind], key), of_kind.get(kind, title)), f"{kind}.{key}"


def _with_role(text: str, side: str, title: str) -> tuple[str, str]:
    key = id_for(title, [part.id for part in parts(text) if part.kind == "role"])
    fill = "by hand" if side == "ours" else f"asked of {value_at(text, ('accountable',)) or 'csm'}"
    return changed(text, ("roles", side, key), {"title": title, "fill": fill}), f"role.{key}"
