"""What somebody does in a simulation, and what that changes: the same as the journey's own actions, in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from onward.journeys import facts
from onward.journeys.decisions.answers import is_complete
from onward.journeys.decisions.attendance import absent
from onward.journeys.decisions.opening import role_side
from onward.journeys.decisions.saying import also_needed, open_points
from onward.journeys.decisions.state import EvidenceRow, LogRow, ObjectiveRow, Run, TaskRow
from onward.journeys.decisions.tasks import close, task_done
from onward.kernel.fact import Fact
from onward.playbooks.decisions.definition import Playbook

Verb = Literal[
    "name", "schedule", "pick", "answer", "hold", "tick", "complete", "write_goal", "agree_goal", "reach_goal",
    "check_in", "log", "confirm_log", "evidence",
]  # fmt: skip


@dataclass(frozen=True)
class Act:
    """One person does one thing. `role` is whose hands they are; `key` names what is done: a task, a role, a milestone,
    a check-in, a register, a metric. `values`: answers by field, the step, the measure, who came (roles), the new time.
    """

    at: datetime
    verb: Verb
    role: str
    key: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


#: What is said about goals and registers leaves the journey's own row as it is, so it is no activity there either.
QUIET = {"agree_goal", "reach_goal", "confirm_log"}


def person_of(book: Playbook, role: str) -> str:
    """Who holds a role: one invented person a role."""
    return f"{'contact' if role_side(book, role) == 'theirs' else 'user'}:{role}"


def actor_of(book: Playbook, role: str) -> str:
    """The same person as facts name them."""
    return f"{'contact' if role_side(book, role) == 'theirs' else 'staff'}:{role}"


class Hands:
    """Does what people do to a run."""

    def __init__(self, book: Playbook, run: Run, new_id: Callable[[], UUID]) -> None:
        self.book, self.run, self.new_id = book, run, new_id

    def do(self, act: Act) -> list[Fact]:
        """The facts that follow; activity counts for pace when there is one."""
        found: list[Fact] = getattr(self, f"_{act.verb}")(act)
        if found and act.verb not in QUIET:
            self.run.journey.active_at = max(self.run.journey.active_at, act.at)
        return found

    def _name(self, act: Act) -> list[Fact]:
        person = person_of(self.book, act.key)
        self.run.journey.roles = {**self.run.journey.roles, act.key: {"person": person, "at": act.at.isoformat()}}
        self.run.journey.edition += 1
        return [facts.RoleFilled(act.key, person, None)]

    def _schedule(self, act: Act) -> list[Fact]:
        task, at = self._task(act), act.values["starts_at"]
        fact = facts.TaskMoved(task.key, task.id, task.title, task.starts_at, at, "time chosen")
        task.starts_at = at
        task.edition += 1
        return [fact]

    def _pick(self, act: Act) -> list[Fact]:
        spec = self.book.find("measure", act.values["measure"])
        given = {ask.id: float(ask.default) for ask in spec.ask}
        title = spec.title
        for name, number in given.items():
            title = title.replace("{" + name + "}", f"{number:g}")
        pick = {"measure": spec.id, "numbers": given, "title": title, "by": self._by(act), "at": act.at.isoformat()}
        self.run.journey.picks = {**self.run.journey.picks, act.key: pick}
        return [facts.MeasurePicked(act.key, spec.id, title, given)]

    def _answer(self, act: Act) -> list[Fact]:
        task = self._task(act)
        form = self.book.find("form", self.book.task(task.key).form)
        given = {**self.run.journey.answers.get(form.id, {}).get("values", {}), **act.values}
        whole = is_complete(form, given, complain=False)
        answer = {"values": given, "by": self._by(act), "at": act.at.isoformat(), "complete": whole}
        self.run.journey.answers = {**self.run.journey.answers, form.id: answer}
        task.edition += 1
        found: list[Fact] = [facts.FormAnswered(form.id, sorted(act.values), whole)]
        if whole and task.kind == "form" and not open_points(self.book, self.run, task):
            found += self._say_done(act, task)
        return found

    def _hold(self, act: Act) -> list[Fact]:
        task = self._task(act)
        task.held_at = act.at
        task.attended = sorted(person_of(self.book, role) for role in act.values["came"])
        task.edition += 1
        missing = absent(self.book, self.run, task)
        return [facts.MeetingHeld(task.key, task.id, task.title, act.at, task.attended, missing)]

    def _tick(self, act: Act) -> list[Fact]:
        task = self._task(act)
        task.steps = sorted({*task.steps, act.values["step"]})
        task.edition += 1
        return []

    def _complete(self, act: Act) -> list[Fact]:
        return self._say_done(act, self._task(act))

    def _say_done(self, act: Act, task: TaskRow) -> list[Fact]:
        task.for_them = role_side(self.book, act.role) == "ours" and task.side == "theirs"
        spec = self.book.task(task.key)
        task.reported = {**task.reported, act.role: act.at.isoformat()}
        if waits := also_needed(spec, task.reported):
            task.edition += 1
            return [facts.TaskReported(task.key, task.id, task.title, waits)]
        close(task, act.at, by=self._by(act), how="person")
        return [task_done(task, act.at)]

    def _write_goal(self, act: Act) -> list[Fact]:
        journey = self.run.journey
        due_on = act.at.date() + timedelta(days=60)
        row = ObjectiveRow(
            self.new_id(), journey.id, journey.account_id, GOAL, due_on, journey.id, "", self._by(act), act.at,
            None, "", None, "", "", 1,
        )  # fmt: skip
        self.run.objectives.append(row)
        return [facts.ObjectiveWritten(row.id, row.outcome, due_on, "")]

    def _agree_goal(self, act: Act) -> list[Fact]:
        row = next(row for row in self.run.objectives if row.agreed_at is None)
        row.agreed_at, row.agreed_by = act.at, self._by(act)
        row.edition += 1
        return [facts.ObjectiveAgreed(row.id, row.outcome)]

    def _reach_goal(self, act: Act) -> list[Fact]:
        row = next(row for row in self.run.objectives if row.met_at is None)
        row.met_at, row.met_by, row.evidence = act.at, self._by(act), PROOF
        row.edition += 1
        return [facts.ObjectiveMet(row.id, row.outcome, row.evidence)]

    def _check_in(self, act: Act) -> list[Fact]:
        row = next(row for row in self.run.check_ins if row.key == act.key and row.held_at is None)
        row.held_at, row.held_by = act.at, self._by(act)
        return [facts.CheckInHeld(row.key, row.title, act.at, "")]

    def _log(self, act: Act) -> list[Fact]:
        journey = self.run.journey
        self.run.logs.append(
            LogRow(
                self.new_id(), journey.id, journey.account_id, act.key, LINE, None, "", self._by(act), act.at,
                "", None, None,
            )
        )  # fmt: skip
        return [facts.LogWritten(act.key, LINE, None, "")]

    def _confirm_log(self, act: Act) -> list[Fact]:
        row = next(row for row in self.run.logs if row.log == act.key and row.confirmed_at is None)
        row.confirmed_at, row.confirmed_by = act.at, self._by(act)
        return [facts.LogConfirmed(row.log, row.title)]

    def _evidence(self, act: Act) -> list[Fact]:
        journey, value = self.run.journey, act.values["value"]
        self.run.evidence = [row for row in self.run.evidence if row.metric != act.key]
        self.run.evidence.append(
            EvidenceRow(
                self.new_id(), journey.id, journey.account_id, act.key, value, PROOF, self._by(act), act.at
            )
        )  # fmt: skip
        return [facts.EvidenceGiven(act.key, value, PROOF)]

    def _task(self, act: Act) -> TaskRow:
        found = self.run.task(act.key)
        if found is None:
            raise KeyError(act.key)
        return found

    def _by(self, act: Act) -> str:
        return actor_of(self.book, act.role)


GOAL = "What they bought it for"
PROOF = "Simulated"
LINE = "A line as people write it"
