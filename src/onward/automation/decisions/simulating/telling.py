"""The lines of a simulation: each fact, each task that opens and each message in words a manager reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from onward.automation.decisions.messages import Intended
from onward.automation.decisions.simulating.acts import Act
from onward.automation.decisions.simulating.living import Moment
from onward.automation.decisions.simulating.result import Entry, EntryKind
from onward.journeys import facts
from onward.journeys.decisions.opening import role_side
from onward.journeys.decisions.progress import Happened
from onward.journeys.decisions.state import Run, TaskRow
from onward.kernel.clock import WorkingCalendar
from onward.kernel.fact import Fact
from onward.playbooks.decisions.definition import Playbook

Line = tuple[EntryKind, str, str, Any, str]
PACES = {"on_track": "On track again", "behind": "Behind", "stalled": "Stalled"}


class Teller:
    """Turns moments into entries; knows which tasks were open before."""

    def __init__(self, book: Playbook, run: Run, start: date, ours: WorkingCalendar) -> None:
        self.book, self.run, self.start, self.ours = book, run, start, ours
        self.open: set[object] = set()
        self.gates: dict[str, tuple[str, ...]] = {}
        self.used = False

    def tell(self, moment: Moment) -> Iterator[Entry]:
        """The lines of one moment, what was done before what follows from it."""
        sent = [item for item in moment.happened if getattr(item.fact, "how", "") == "sent"]
        yield from self.of_facts([item for item in moment.happened if item not in sent], moment)
        if moment.used and not self.used:
            self.used = True
            yield self.entry(moment.at, ("use", "usage", "They use the product for the first time", "theirs", ""))
        for message in moment.messages:
            yield self.entry(moment.at, self.of_message(message))
        yield from self.of_facts(sent, moment)
        for task in self.run.tasks:
            if task.state == "open" and task.id not in self.open:
                yield self.entry(moment.at, self.opened(task))
        self.open = {task.id for task in self.run.tasks if task.state == "open"}
        for name, words, missing in self.stuck():
            yield self.entry(moment.at, ("gate", name, words, "", missing))

    def entry(self, at: datetime, line: Line) -> Entry:
        on = self.ours.day_of(at)
        kind, name, words, side, more = line
        return Entry(at, on, (on - self.start).days, kind, name, words, side, more)

    def of_facts(self, happened: list[Happened], moment: Moment) -> Iterator[Entry]:
        for item in happened:
            if line := self.of_fact(item.fact, moment.act):
                yield self.entry(item.at or moment.at, line)

    def of_fact(self, fact: Fact, act: Act | None) -> Line | None:
        tell = TOLD.get(type(fact))
        return tell(self, fact, act) if tell else None

    def side(self, role: str) -> str:
        return role_side(self.book, role)

    def title(self, role: str) -> str:
        titles = {role.id: role.title for role in self.book.roles}
        titles |= {group.id: group.title for group in self.book.groups}
        return titles.get(role) or role.replace("_", " ").capitalize()

    def opened(self, task: TaskRow) -> Line:
        due = f"due {day(task.due_on)}" if task.due_on else "no date"
        return "task_open", f"task.{task.key}", f"{task.title} may begin", task.side, f"{self.title(task.role)}, {due}"

    def of_message(self, message: Intended) -> Line:
        people = [person.partition(":")[2] for person in (*message.to, *message.may)]
        who = ", ".join(self.title(role) for role in people) if message.task else "whoever owns the journey"
        who = self.title(message.role) if message.role else who
        kind = {"mail": "Mail", "file": "File", "invite": "Invitation", "alert": "Alert"}[message.kind]
        subject = message.task.title if message.task else message.subject.replace(" for {account.name}", "")
        for name, value in message.values.items() if message.role else ():
            subject = subject.replace(f"{{{name}}}", value)
        name = f"task.{message.task.key}" if message.task else "alert"
        return "message", name, f"{kind}: {subject}", "ours", f"to {who}"

    def stuck(self) -> Iterator[tuple[str, str, str]]:
        """Stages whose tasks are all over and whose gate is not passed, once for each set of what is missing."""
        for stage in self.run.current:
            if any(task.counts and not task.is_over for task in self.run.tasks if task.stage == stage.key):
                continue
            left = tuple(row["title"] for row in stage.checks if row["state"] not in {"met", "waived"})
            if left and self.gates.get(stage.key) != left:
                self.gates[stage.key] = left
                sentences = [
                    f"{row['title']}: {row['sentence']}"
                    for row in stage.checks
                    if row["state"] not in {"met", "waived"}
                ]
                yield f"stage.{stage.key}", f"{stage.title} stays open, its tasks are done", " ".join(sentences)


def day(on: date | None) -> str:
    """`Fri 13 March`."""
    return f"{on:%a %-d %B}" if on else ""


def _done(teller: Teller, fact: facts.TaskCompleted, act: Act | None) -> Line:
    task = next(task for task in teller.run.tasks if task.id == fact.task_id)
    who = {"data": "shown by the product or by what was entered", "sent": "the message went out"}.get(
        fact.how, teller.title(act.role) if act else ""
    )
    late = f", {fact.days_late} {'day' if fact.days_late == 1 else 'days'} late" if fact.days_late else ""
    return "task_done", f"task.{fact.task}", f"{fact.title} is done", task.side, f"{who}{late}"


def _closed(teller: Teller, fact: facts.StageClosed, act: Act | None) -> Line:
    days = round(fact.days)
    proof = ", ".join(row["title"] for row in fact.proof)
    took = f"after {days} {'day' if days == 1 else 'days'}" if days else "within a day"
    words = f"{fact.title} closes {took}"
    return "stage_closed", f"stage.{fact.stage}", words, "", proof


def _entered(teller: Teller, fact: facts.StageEntered, act: Act | None) -> Line:
    stage = teller.run.stage(fact.stage)
    due = f"due {day(stage.due_on)}" if stage and stage.due_on else "no date"
    return "stage_entered", f"stage.{fact.stage}", f"{fact.title} begins", "", due


def _reported(teller: Teller, fact: facts.TaskReported, act: Act | None) -> Line:
    waits = ", ".join(teller.title(role) for role in fact.waits_for)
    side = teller.side(act.role) if act else ""
    return "reported", f"task.{fact.task}", f"{fact.title}: one side has said done", side, f"waits for {waits}"


def _moved(teller: Teller, fact: facts.TaskMoved, act: Act | None) -> Line:
    when = day(fact.after.date() if fact.after else None)
    words = f"{fact.title} is {'moved to' if fact.before else 'set for'} {when}"
    side = "theirs" if fact.before else "ours"
    return "moved", f"task.{fact.task}", words, side, f"was {day(fact.before.date())}" if fact.before else ""


def _held(teller: Teller, fact: facts.MeetingHeld, act: Act | None) -> Line:
    came = ", ".join(teller.title(role) for role in act.values["came"]) if act else ""
    return "meeting", f"task.{fact.task}", f"{fact.title} is held", "both", came


def _met(teller: Teller, fact: facts.MilestoneMet, act: Act | None) -> Line:
    row = teller.run.milestone(fact.milestone)
    # By the calendar, as the sentence above the list counts.
    days = (teller.ours.day_of(fact.met_at) - row.due_on).days if row and row.due_on else 0
    late = f"{days} {'day' if days == 1 else 'days'} late" if days > 0 else "in time"
    more = late if row and row.due_at else ""
    return "milestone", f"milestone.{fact.milestone}", f"{fact.title} is reached", "", more


def _broken(teller: Teller, fact: facts.PromiseBroken, act: Act | None) -> Line:
    return "promise", fact.thing, f"A promise is broken: {fact.title}", "", f"promised for {day(fact.due_on)}"


def _pace(teller: Teller, fact: facts.PaceChanged, act: Act | None) -> Line:
    return "pace", "pace", PACES.get(fact.after, fact.after), "", fact.reason


def _role(teller: Teller, fact: facts.RoleFilled, act: Act | None) -> Line:
    return "role", f"role.{fact.role}", f"{teller.title(fact.role)} is named", "ours", ""


def _form(teller: Teller, fact: facts.FormAnswered, act: Act | None) -> Line:
    title = teller.book.find("form", fact.form).title
    return "form", f"form.{fact.form}", f"{title} is filled in", teller.side(act.role) if act else "", ""


def _picked(teller: Teller, fact: facts.MeasurePicked, act: Act | None) -> Line:
    return "goal", f"milestone.{fact.milestone}", f"Value is to mean: {fact.title}", "both", ""


def _check_in(teller: Teller, fact: facts.CheckInHeld, act: Act | None) -> Line:
    return "check_in", f"check_in.{fact.check_in}", f"{fact.title} is held", "both", ""


def _said(words: str, kind: EntryKind, side: str) -> Callable[[Teller, Any, Act | None], Line]:
    return lambda teller, fact, act: (kind, kind, words, side, "")


TOLD: dict[type[Fact], Callable[[Teller, Any, Act | None], Line]] = {
    facts.TaskCompleted: _done,
    facts.StageClosed: _closed,
    facts.StageEntered: _entered,
    facts.TaskReported: _reported,
    facts.TaskMoved: _moved,
    facts.MeetingHeld: _held,
    facts.MilestoneMet: _met,
    facts.PromiseBroken: _broken,
    facts.PaceChanged: _pace,
    facts.RoleFilled: _role,
    facts.FormAnswered: _form,
    facts.MeasurePicked: _picked,
    facts.CheckInHeld: _check_in,
    facts.ObjectiveWritten: _said("A goal is written down", "goal", "ours"),
    facts.ObjectiveAgreed: _said("They agree to the goal", "goal", "theirs"),
    facts.ObjectiveMet: _said("They say the goal is reached", "goal", "theirs"),
    facts.LogWritten: _said("A line is written into a register", "log", "ours"),
    facts.LogConfirmed: _said("They confirm a line of a register", "log", "theirs"),
    facts.EvidenceGiven: _said("A figure is entered by hand", "log", "ours"),
    facts.JourneyCompleted: _said("The onboarding is complete", "completed", ""),
}
