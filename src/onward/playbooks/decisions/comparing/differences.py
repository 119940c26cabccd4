"""What is different between two playbooks: by (kind, id), then by field."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Literal

from onward.playbooks.decisions.comparing.renaming import called, renames
from onward.playbooks.decisions.comparing.things import Key, things
from onward.playbooks.decisions.definition import Playbook

What = Literal["added", "removed", "changed"]


@dataclass(frozen=True)
class Difference:
    """One thing that came or went (`field` ""), or one field of it: `before` and `after` are its values."""

    kind: str
    id: str
    field: str
    before: Any
    after: Any

    @property
    def name(self) -> str:
        """`task.uat.due`; the playbook's own fields are `playbook..title`."""
        return f"{self.kind}.{self.id}.{self.field}".removesuffix(".")

    @property
    def what(self) -> What:
        if self.field:
            return "changed"
        return "added" if self.before is None else "removed"

    @property
    def key(self) -> Key:
        return self.kind, self.id


def differences(old: Playbook, new: Playbook) -> list[Difference]:
    """Everything that differs, in the order of the newer file, what is gone last. A renamed thing is the same thing."""
    names = renames(old, new) or {now: was for was, now in renames(new, old).items()}
    before, after = things(called(old, names)), things(new)
    found: list[Difference] = []
    for key, value in after.items():
        known = before.get(key)
        if known is None:
            found.append(Difference(*key, "", None, value))
        else:
            found += [
                Difference(*key, name, getattr(known, name, known), getattr(value, name, value))
                for name in moved(known, value)
            ]
    found += [Difference(*key, "", value, None) for key, value in before.items() if key not in after]
    return [*found, *_orders(before, after)]


def moved(one: Any, other: Any) -> Iterator[str]:
    """The fields in which two things of a kind differ; "value" for what has none."""
    if not is_dataclass(one) or not is_dataclass(other):
        if one != other:
            yield "value"
        return
    for field in fields(one):
        # Which ids were given anew changes nothing by itself.
        if field.name != "was" and getattr(one, field.name) != getattr(other, field.name):
            yield field.name


def _orders(before: Mapping[Key, Any], after: Mapping[Key, Any]) -> Iterator[Difference]:
    """Stages, and the tasks of a stage, that stand in another order."""
    for kind, home in (("stage", ""), *(("task", key[1]) for key in after if key[0] == "stage")):
        rows = [
            [key[1] for key, value in side.items() if key[0] == kind and (not home or value.stage == home)]
            for side in (before, after)
        ]
        both = set(rows[0]) & set(rows[1])
        one, other = ([name for name in row if name in both] for row in rows)
        if one != other:
            holder = ("stage", home) if home else ("playbook", "")
            yield Difference(*holder, "order", tuple(one), tuple(other))
