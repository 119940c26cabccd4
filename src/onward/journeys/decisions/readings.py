"""The metrics that a journey itself can tell, looked up by name when an expression asks for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from onward.journeys.decisions.attendance import absent
from onward.journeys.decisions.moments import Moments
from onward.journeys.decisions.outside import Outside, Value
from onward.journeys.decisions.state import EvidenceRow, Run, TaskRow
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.judge import figure_value


class Readings(Mapping[str, Value]):
    """Metric name -> value; absent means unknown. What the product cannot compute may be given by hand as evidence."""

    def __init__(self, book: Playbook, run: Run, outside: Outside, now: datetime) -> None:
        self.book, self.run, self.outside, self.now = book, run, outside, now
        self.moments = Moments(book, run, outside)
        self.by_hand = {row.metric: row.value for row in run.evidence if not row.metric.startswith("reading.")}
        self.figures: dict[str, Value | None] = {}

    def __getitem__(self, name: str) -> Value:
        value = self._value(name)
        if value is None:
            value = self.by_hand.get(name)
        if value is None:
            raise KeyError(name)
        return value if isinstance(value, bool | str) else float(value)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def _value(self, name: str) -> Any:
        if name in self.outside.readings:
            return self.outside.readings[name]
        kind, _, rest = name.partition(".")
        look = getattr(self, f"_{kind}", None)
        return look(rest) if look and rest else None

    def _task(self, rest: str) -> Any:
        key, _, what = rest.rpartition(".")
        task = self.run.task(key)
        if task is None:
            return None
        done = task.state == "done"
        late = bool(task.due_at and (task.done_at or self.now) > task.due_at)
        if what == "days_late":
            return days_late(task.due_at, task.done_at, self.now)
        if what == "blocked_hours":
            return self._blocked_hours(task)
        if what == "missing_attendees":
            return float(len(absent(self.book, self.run, task))) if task.held_at else None
        if what == "steps_left":
            gone = {*task.steps, *task.left_out}
            return float(sum(step.id not in gone for step in self.book.find("task", key).steps))
        return {
            "done": done,
            "reported": done or bool(task.reported),
            "skipped": task.state == "skipped",
            "started": task.opened_at is not None,
            "late": late,
            "held": task.held_at is not None,
            "blocked": task.blocked_at is not None and not task.is_over,
            "times_done": float(sum(row.state == "done" for row in self.run.tasks if row.key == key)),
        }.get(what)

    def _blocked_hours(self, task: TaskRow) -> float | None:
        if task.blocked_at is None or task.is_over:
            return None
        return float((self.now - task.blocked_at) // timedelta(hours=1))

    def _group(self, rest: str) -> Any:
        key, _, _ = rest.rpartition(".")
        for stage in self.book.stages:
            for group in stage.groups:
                if group.id == key:
                    newest = [self.run.task(one) for one in group.tasks]
                    return sum(task is not None and task.state == "done" for task in newest) >= group.need
        return None

    def _stage(self, rest: str) -> Any:
        key, _, what = rest.rpartition(".")
        stage = self.run.stage(key)
        if stage is None:
            return None
        mine = [task for task in self.run.tasks_of(stage) if task.counts]
        done = sum(task.state == "done" for task in mine)
        if what == "tasks_done_share":
            return done / len(mine) if mine else None
        return {
            "entered": stage.entered_at is not None,
            "closed": stage.closed_at is not None,
            "late": bool(stage.due_at and (stage.closed_at or self.now) > stage.due_at),
            "tasks_left": float(len(mine) - done),
            "cycle": float(stage.cycle if stage.entered_at else 0),
        }.get(what)

    def _milestone(self, rest: str) -> Any:
        key, _, what = rest.rpartition(".")
        milestone = self.run.milestone(key)
        if milestone is None:
            return None
        if what == "days_late":
            return days_late(milestone.due_at, milestone.met_at, self.now)
        if what == "days":
            zero = self.moments.at("day_zero")
            return (milestone.met_at - zero).total_seconds() / 86400 if milestone.met_at and zero else None
        late = bool(milestone.due_at and (milestone.met_at or self.now) > milestone.due_at)
        return {"met": milestone.met_at is not None, "late": late}.get(what)

    def _check_in(self, rest: str) -> Any:
        key, _, what = rest.rpartition(".")
        mine = [row for row in self.run.check_ins if row.key == key]
        held = any(row.held_at for row in mine)
        missed = any(not row.held_at and row.due_at and row.due_at < self.now for row in mine)
        return {"held": held, "missed": missed}.get(what)

    def _tasks(self, what: str) -> Any:
        tasks = [task for task in self.run.tasks if task.counts]
        left = [task for task in tasks if task.state != "done"]
        overdue = [task for task in left if task.due_at and task.due_at < self.now]
        if what == "done_share":
            return 1 - len(left) / len(tasks) if tasks else None
        if what == "longest_block_hours":
            return max((hours for task in left if (hours := self._blocked_hours(task)) is not None), default=None)
        counts = {
            "total": len(tasks),
            "done": len(tasks) - len(left),
            "open": len(left),
            "overdue": len(overdue),
            "overdue_ours": sum(task.side == "ours" for task in overdue),
            "overdue_theirs": sum(task.side == "theirs" for task in overdue),
            "blocked": sum(task.blocked_at is not None for task in left),
        }
        return float(counts[what]) if what in counts else None

    def _milestones(self, what: str) -> Any:
        rows = self.run.milestones
        met = sum(row.met_at is not None for row in rows)
        late = sum(bool(row.due_at and (row.met_at or self.now) > row.due_at) for row in rows)
        if what in {"met_share", "on_schedule_share"}:
            return (met if what == "met_share" else len(rows) - late) / len(rows) if rows else None
        counts = {"total": len(rows), "met": met, "late": late}
        return float(counts[what]) if what in counts else None

    def _objectives(self, what: str) -> Any:
        rows = self.run.objectives
        agreed = [row for row in rows if row.agreed_at]
        met = sum(row.met_at is not None for row in rows)
        if what == "met_share":
            return met / len(rows) if rows else None
        counts = {"total": len(rows), "agreed": len(agreed), "met": met}
        return float(counts[what]) if what in counts else None

    def _role(self, rest: str) -> Any:
        key, _, what = rest.rpartition(".")
        return bool(self.run.journey.roles.get(key)) if what == "filled" else None

    def _form(self, rest: str) -> Any:
        key, _, what = rest.rpartition(".")
        answer = self.run.journey.answers.get(key, {})
        if what == "complete":
            return bool(answer.get("complete"))
        fields = [field for field in self.book.find("form", key).fields if field.required]
        given = sum(answer.get("values", {}).get(field.id) not in (None, "") for field in fields)
        return given / len(fields) if fields else None

    def _answer(self, rest: str) -> Any:
        form, _, name = rest.partition(".")
        answer = self.run.journey.answers.get(form, {})
        # What is kept to go on later is a draft: it proves and decides nothing.
        value = answer.get("values", {}).get(name) if answer.get("complete") else None
        return None if value in (None, "") else value

    def _log(self, rest: str) -> Any:
        key, _, what = rest.rpartition(".")
        rows = [row for row in self.run.logs if row.log == key]
        unclosed = [row for row in rows if not row.closed_at]
        if what == "oldest_open_days":
            return max(((self.now - row.written_at).days for row in unclosed), default=None)
        counts = {
            "count": len(rows),
            "open": len(unclosed),
            "confirmed": sum(row.confirmed_at is not None for row in rows),
        }
        return float(counts[what]) if what in counts else None

    def _wins(self, what: str) -> Any:
        if what == "value":
            values = [row.value for row in self.run.logs if row.log == "wins" and row.value is not None]
            return sum(values) if values else None
        return self._log(f"wins.{'count' if what == 'recorded' else what}")

    def _meetings(self, what: str) -> Any:
        rows = [task for task in self.run.tasks if task.kind == "meeting"]
        if what == "held":
            return float(sum(task.held_at is not None for task in rows))
        if what == "missed":
            return float(sum(not task.held_at and bool(task.due_at and task.due_at < self.now) for task in rows))
        return None

    def _figure(self, key: str) -> Any:
        if key not in self.figures:
            # A figure that reads itself would never end: it is unknown while it is being worked out.
            self.figures[key] = None
            self.figures[key] = figure_value(self.book.find("figure", key), self).value
        return self.figures[key]

    def _reading(self, rest: str) -> Any:
        """The newest, unless it is older than the playbook lets it count; `R.age_days` as long as it counts."""
        key, _, what = rest.partition(".")
        newest = max((row for row in self.run.evidence if row.metric == f"reading.{key}"), key=_given, default=None)
        if newest is None:
            return None
        gone = gone_at(self.book, newest.metric, newest.given_at)
        if gone and self.now >= gone:
            return None
        return float((self.now - newest.given_at).days) if what == "age_days" else newest.value

    def _completion(self, what: str) -> Any:
        rows = self.run.journey.checklist
        if not rows:
            return True if what == "met" and not self.book.completion else None
        met = sum(row["state"] in {"met", "waived"} for row in rows)
        return met == len(rows) if what == "met" else met / len(rows)

    def _days_since(self, name: str) -> Any:
        at = self.run.active_at if name == "last_activity" else self.moments.at(name)
        return float((self.now - at).days) if at and at <= self.now else None

    def _days_until(self, name: str) -> Any:
        found = self.moments.get(name)
        return float((found.at - self.now).days) if found and found.at > self.now else None


def days_late(due: datetime | None, done: datetime | None, now: datetime) -> float | None:
    """Whole days past the due date, 0 when in time; None without a date."""
    if due is None:
        return None
    return float(max(0, ((done or now) - due).days))


def gone_at(book: Playbook, metric: str, given_at: datetime) -> datetime | None:
    """From when a reading that was set at that moment counts no more; None for what never ages."""
    spec = next((item for item in book.readings if f"reading.{item.id}" == metric), None)
    return given_at + spec.gone_after.exact if spec and spec.gone_after else None


def _given(row: EvidenceRow) -> datetime:
    return row.given_at
