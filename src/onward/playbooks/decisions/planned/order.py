"""The order of a plan: what each row waits for, circles taken apart, and which stage follows which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from onward.playbooks.decisions.parts import Link
from onward.playbooks.decisions.planned.cells import Before, plain


@dataclass(frozen=True)
class Place:
    """A row by all that others may call it; `tasks` are the ids that it stands for (several for a stage's heading)."""

    row: int
    number: str
    title: str
    stage: str
    tasks: tuple[str, ...]


@dataclass
class Found:
    """What a row waits for, and what is wrong with that (message, mend)."""

    links: list[Link] = field(default_factory=list)
    told: list[tuple[str, str]] = field(default_factory=list)


class Places:
    """Finds rows by number or title."""

    def __init__(self, places: Sequence[Place], left_out: Mapping[str, int]) -> None:
        self.places, self.left_out = places, left_out
        self.is_numbered = any(place.number for place in places)
        self.by_number = {place.number if self.is_numbered else str(place.row): place for place in reversed(places)}

    def find(self, before: Before, of: Place) -> tuple[Place | None, str]:
        """The row that is meant, and what to say when that is not sure (or there is none)."""
        if before.number:
            found = self.by_number.get(before.number)
            what = "number" if self.is_numbered else "row"
            return found, "" if found else f"There is no task in {what} {before.number}."
        same = [place for place in self.places if plain(place.title) == before.title and place is not of]
        if not same and plain(of.title) == before.title:
            return of, ""
        if not same:
            row = self.left_out.get(before.title)
            why = f"“{before.text[:60]}” stays out (row {row})." if row else f"There is no task “{before.text[:60]}”."
            return None, why
        above = [place for place in same if place.row < of.row]
        nearest = next((place for place in same if place.stage == of.stage), (above or same)[-1 if above else 0])
        return nearest, f"Several are called “{before.text[:60]}”; row {nearest.row} is taken." if len(same) > 1 else ""

    def waits(self, befores: Iterable[Before], of: Place) -> Found:
        """The links of one row."""
        out = Found()
        for before in befores:
            place, said = self.find(before, of)
            if said:
                mend = "Use its number." if place else "Write the title as it stands there, or the row’s number."
                mend = "Mend that row first." if place is None and before.title in self.left_out else mend
                out.told.append((said, mend))
            if before.is_early:
                out.told.append(
                    (f"“{before.text[:60]}” overlaps: a lag before the end is not kept.", "Use SS instead.")
                )
            if place is of:
                out.told.append(("The row waits for itself.", "Take it out."))
            elif place:
                known = {link.id for link in out.links} | set(of.tasks)
                new = [one for one in place.tasks if one not in known]
                out.links += [Link(one, before.link, before.lag) for one in new]  # type: ignore[arg-type]
        return out


def without_circles(links: Mapping[str, Sequence[Link]]) -> tuple[dict[str, list[Link]], list[tuple[str, list[str]]]]:
    """The links without those that close a circle, and of each circle (the task whose link was taken out, all that wait
    for one another from there on)."""
    kept: dict[str, list[Link]] = {one: [] for one in links}
    cut: list[tuple[str, list[str]]] = []
    for one, all_of_it in links.items():
        for link in all_of_it:
            way = _way(kept, link.id, one)
            if way:
                cut.append((one, way))
            else:
                kept[one].append(link)
    return kept, cut


def _way(links: Mapping[str, Sequence[Link]], start: str, end: str) -> list[str]:
    """The tasks by which `start` waits for `end`, both included; [] when it does not."""
    before: dict[str, str] = {start: ""}
    todo = [start]
    while todo:
        one = todo.pop()
        if one == end:
            way = [one]
            while before[way[-1]]:
                way.append(before[way[-1]])
            return way[::-1]
        for link in links.get(one, ()):
            if link.id not in before:
                before[link.id] = one
                todo.append(link.id)
    return []


def depths(links: Mapping[str, Sequence[Link]]) -> dict[str, int]:
    """How many come one after another before each."""
    found: dict[str, int] = {}
    for start in links:
        todo = [start]
        while todo:
            one = todo[-1]
            open_ones = [link.id for link in links.get(one, ()) if link.id not in found]
            if open_ones:
                todo += open_ones
            else:
                found[one] = 1 + max((found[link.id] for link in links.get(one, ())), default=0)
                todo.pop()
    return found


def followed(stages: Sequence[str], needs: Mapping[str, set[str]], beside: set[tuple[str, str]]) -> dict[str, str]:
    """The stage that each comes after, "" for none: the nearest above that it does not contradict. `needs`: the stages
    on whose tasks tasks of a stage wait; `beside`: pairs (above, below) that run side by side by their days or
    states."""
    reach = {stage: _reached(stage, needs) for stage in stages}
    out: dict[str, str] = {}
    for at, stage in enumerate(stages):
        out[stage] = ""
        for above in reversed(stages[:at]):
            chain = [above]
            while out[chain[-1]]:
                chain.append(out[chain[-1]])
            if not any(stage in reach[one] or (one, stage) in beside for one in chain):
                out[stage] = above
                break
    return out


def _reached(stage: str, needs: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    todo = [stage]
    while todo:
        for one in needs.get(todo.pop(), ()):
            if one not in found:
                found.add(one)
                todo.append(one)
    return found
