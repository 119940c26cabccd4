"""The merge of three: where a plan stands as the old version had it, it takes what the new one says; what was changed
in the plan stays; where both moved, neither wins by itself. By (kind, id), then by field, lists by element."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from onward.playbooks.decisions.comparing.differences import Difference, moved
from onward.playbooks.decisions.comparing.things import BOOK, Key, named, put_together, things
from onward.playbooks.decisions.definition import Playbook


@dataclass(frozen=True)
class Change(Difference):
    """What the new version would change in the plan: `before` is the plan's value, `after` what it would be. In a
    conflict the plan no longer holds `base`, the old version's value, and `after` is the new version's."""

    base: Any = None
    is_conflict: bool = False


def changes(base: Playbook, ours: Playbook, new: Playbook) -> list[Change]:
    """What `new` says otherwise than `base`, and the plan does not say yet; in the order of the new version. The other
    two are to be said in its ids (`called`)."""
    old, mine, fresh = things(base), things(ours), things(new)
    found: list[Change] = []
    for key, value in fresh.items():
        was, has = old.get(key), mine.get(key)
        if has is None:
            if was is None or was != value:
                found.append(Change(*key, "", None, value, was, is_conflict=was is not None))
            continue
        found += _fields(key, was, has, value)
    for key, has in mine.items():
        if key in old and key not in fresh:
            found.append(Change(*key, "", has, None, old[key], is_conflict=has != old[key]))
    return found


def _fields(key: Key, was: Any, has: Any, value: Any) -> Iterable[Change]:
    for name in moved(has, value):
        before, after = getattr(has, name, has), getattr(value, name, value)
        base = getattr(was, name, was) if was is not None else None
        if was is not None and base == after:
            continue
        if was is not None and base == before:
            yield Change(*key, name, before, after, base)
            continue
        both = by_element(base, before, after) if was is not None else None
        if both is None:
            yield Change(*key, name, before, after, base, is_conflict=True)
        elif both != before:
            yield Change(*key, name, before, both, base)


def by_element(base: Any, ours: Any, new: Any) -> tuple[Any, ...] | None:
    """Three lists of things with ids (or of words) as one: None when they are none, or one element moved in both."""
    if not all(isinstance(value, tuple) for value in (base, ours, new)):
        return None
    old, mine, fresh = ({getattr(one, "id", one): one for one in value} for value in (base, ours, new))
    if any(isinstance(one, tuple) for one in (*old, *mine, *fresh)):
        return None
    kept: dict[Any, Any] = {}
    for key in in_order(list(mine), list(fresh)):
        values = old.get(key), mine.get(key), fresh.get(key)
        was, has, value = values
        if has == was:
            merged = value
        elif value in (was, has):
            merged = has
        else:
            return None
        if merged is not None:
            kept[key] = merged
    return tuple(kept.values())


def in_order(ours: list[Any], new: list[Any]) -> list[Any]:
    """The order of the new list; what only we have stands behind the neighbour that it had before it."""
    row = list(new)
    for index, one in enumerate(ours):
        if one in new:
            continue
        neighbour = next((ours[at] for at in range(index - 1, -1, -1) if ours[at] in row), None)
        row.insert(row.index(neighbour) + 1 if neighbour is not None else 0, one)
    return row


def taken(
    ours: Playbook, new: Playbook, found: Iterable[Change], declined: Collection[str] = ()
) -> tuple[Playbook, dict[str, str]]:
    """The plan with these changes. What they leave named stays in it, or comes with them: of what was `declined` (names
    of changes) and came all the same, the second value says which thing needs it."""
    mine, fresh = things(ours), things(new)
    result = dict(mine)
    for one in found:
        if one.field:
            result[one.key] = replace(result[one.key], **{one.field: one.after}) if one.field != "value" else one.after
        elif one.after is None:
            result.pop(one.key, None)
        else:
            result[one.key] = one.after
    needed = _completed(result, mine, fresh, set(declined))
    order = in_order([key for key in mine if key in result], [key for key in fresh if key in result])
    return put_together({key: result[key] for key in (*order, BOOK)}), needed


def _completed(
    result: dict[Key, Any], mine: Mapping[Key, Any], fresh: Mapping[Key, Any], declined: set[str]
) -> dict[str, str]:
    """Bring in what is named and missing, until nothing is."""
    needed: dict[str, str] = {}
    todo = list(result.items())
    while todo:
        (kind, thing), value = todo.pop()
        for key in sorted(named(value)):
            if key in result or (key not in mine and key not in fresh):
                continue
            result[key] = mine[key] if key in mine else fresh[key]
            todo.append((key, result[key]))
            if f"{key[0]}.{key[1]}" in declined:
                needed[f"{key[0]}.{key[1]}"] = f"{kind}.{thing}"
    return needed
