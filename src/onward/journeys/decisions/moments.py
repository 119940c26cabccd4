"""Named instants of a journey: those that came, and the planned date of those still to come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time

from onward.journeys.decisions.outside import Outside
from onward.journeys.decisions.state import Run, StageRow
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.timing import Moment


class Moments(Mapping[str, Moment]):
    """Looks a moment up by its name; `stage` is the one in hand, for `entered`."""

    def __init__(self, book: Playbook, run: Run, outside: Outside, stage: StageRow | None = None) -> None:
        self.book, self.run, self.outside, self.in_stage = book, run, outside, stage

    def within(self, stage: StageRow | None) -> Moments:
        """The same with `entered` meaning that stage."""
        return Moments(self.book, self.run, self.outside, stage)

    def __getitem__(self, name: str) -> Moment:
        found = self._find(name)
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def at(self, name: str) -> datetime | None:
        """When it came; None while it is only planned or not known."""
        found = self._find(name)
        return found.at if found and not found.planned else None

    def _find(self, name: str) -> Moment | None:
        journey = self.run.journey
        if name == "day_zero":
            return self._find(self.book.day_zero)
        if name == "signed":
            return self._anew(came(journey.signed_at))
        if name == "started":
            return self._anew(came(journey.started_at))
        if name == "entered":
            return self._stage(self.in_stage, "entered") if self.in_stage else None
        if name in self.outside.moments:
            return came(self.outside.moments[name])
        kind, _, rest = name.partition(".")
        key, _, what = rest.rpartition(".")
        if kind == "task":
            return self._task(key, what)
        if kind == "stage":
            return self._stage(self.run.stage(key), what)
        if kind == "milestone" and (milestone := self.run.milestone(key)):
            return came(milestone.met_at) or planned(milestone.due_at, milestone.due_on)
        if kind == "check_in" and (check_in := self.run.check_in(key)):
            return came(check_in.held_at) or planned(check_in.due_at, check_in.due_on)
        if kind == "answer":
            return self._answer(rest)
        if kind == "role" and what == "filled" and (holder := journey.roles.get(key)):
            return came(datetime.fromisoformat(holder["at"]))
        return None

    def _anew(self, moment: Moment | None) -> Moment | None:
        """In a stage that was entered anew the plan's days count as they did the first time: as far from its entry."""
        stage = self.in_stage
        if moment is None or stage is None or not stage.past or stage.entered_at is None:
            return moment
        return Moment(moment.at + (stage.entered_at - datetime.fromisoformat(stage.past[0]["entered_at"])))

    def _task(self, key: str, what: str) -> Moment | None:
        task = self.run.task(key)
        if task is None:
            return None
        moment = {"done": task.done_at, "held": task.held_at, "started": task.opened_at}.get(what)
        if what == "started":
            return came(moment) or planned(task.starts_at)
        return came(moment) or planned(task.due_at, task.due_on)

    def _stage(self, stage: StageRow | None, what: str) -> Moment | None:
        if stage is None:
            return None
        if what == "closed":
            return came(stage.closed_at) or planned(stage.due_at, stage.due_on)
        if stage.entered_at:
            return came(stage.entered_at)
        return planned(*self._entry(stage))

    def _entry(self, stage: StageRow) -> tuple[datetime | None, date | None]:
        """For when what a stage comes after is planned to end: of one without a date, what that comes after."""
        ends: list[tuple[datetime, date | None]] = []
        ahead, seen = list(self.book.stage(stage.key).after), {stage.key}
        while ahead:
            row = self.run.stage(key := ahead.pop())
            if row is None or key in seen:
                continue
            seen.add(key)
            if at := row.closed_at or row.due_at:
                ends.append((at, None if row.closed_at else row.due_on))
            else:
                ahead += self.book.stage(key).after
        return max(ends, key=lambda end: end[0], default=(None, None))

    def _answer(self, rest: str) -> Moment | None:
        form, _, name = rest.partition(".")
        value = self.run.journey.answers.get(form, {}).get("values", {}).get(name)
        try:
            day = datetime.fromisoformat(value).date() if isinstance(value, str) else None
        except ValueError:
            return None
        # Noon of that day falls on the same date in all but the outermost zones.
        return came(datetime.combine(day, time(12), UTC)) if day else None


def came(at: datetime | None) -> Moment | None:
    """A moment that has come (or is fixed, like a date in an answer)."""
    return Moment(at) if at else None


def planned(at: datetime | None, on: date | None = None) -> Moment | None:
    """A moment still to come, at its planned date."""
    return Moment(at, planned=True, on=on) if at else None
