"""A journey as its pages show it: the view with marks, words and addresses. No queries here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from onward.interfaces.console.reminding import ask_all
from onward.interfaces.ui.words import date_words, days_since, hour_words, late_words, short_date, short_hour, timing
from onward.journeys.decisions.forecast import Expected
from onward.journeys.decisions.tasks import waits_words
from onward.journeys.queries import AgreedDay, CheckView, JourneyView, MilestoneView, StageView, TaskLine, late_of
from onward.playbooks.decisions.definition import Playbook

GOOD = {"met", "waived"}
OVER = {"done", "skipped", "withdrawn"}
SIMPLE = {"to_do", "mail", "file", "course", "survey", "log", "sign_off", "hand_over", "invite"}


@dataclass(frozen=True, slots=True)
class Planned:
    """The time that was chosen for a meeting; `is_over` where it has passed."""

    at: datetime
    is_over: bool

    @property
    def words(self) -> str:
        """Beside a step: "planned for 24 Nov, 10:00"."""
        return f"{'was ' if self.is_over else ''}planned for {short_date(self.at)}, {short_hour(self.at)}"

    @property
    def whole(self) -> str:
        """Like "Planned for Tue 24 November, 10:00 Berlin time"."""
        words = f"{'Was planned' if self.is_over else 'Planned'} for"
        return f"{words} {date_words(self.at)}, {hour_words(self.at)}"


@dataclass(frozen=True, slots=True)
class TaskSeen:
    """A task's row in a list. `mark` is a verdict mark; `late` says how late it is while it is open; `planned` a
    meeting's time until somebody records that it was held."""

    line: TaskLine
    path: str
    mark: str
    who: str
    late: str
    words: str
    can_complete: bool
    planned: Planned | None

    @property
    def clause(self) -> str:
        """Its words, to go on after "which"."""
        return clause(self.words)

    def asking(self, me: str, *, mails: bool = False) -> tuple[str, str] | None:
        """(words, address) to ask whoever has it: a colleague among ourselves, a contact by a reminder when it is their
        turn and the reader `mails`, else where they read it. None for nobody, oneself (`me`, as "user:usr_...") and a
        contact who does not see it."""
        who = self.line.person
        if who is None or self.line.each or who.ref == me:
            return None
        first = who.name.split()[0]
        if who.side == "ours":
            return f"Ask {first}", f"{self.path}?to=internal&call={who.ref}#composer"
        if mails and self.line.is_with_contact:
            return f"Remind {first}", f"{self.path}#remind-{self.line.ref}"
        return (f"Write to {first}", f"{self.path}?to=shared#composer") if self.line.shared else None


@dataclass(frozen=True, slots=True)
class StageSeen:
    """A stage with its tasks, `done` of `total` that have to be done; `proven` of the checks are met or waived. `state`
    proven | now | future."""

    view: StageView
    tasks: list[TaskSeen]
    done: int
    total: int
    proven: int
    missing: int
    state: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A stage on the line."""

    name: str
    state: str
    words: list[str]
    cells: list[str]
    waived: bool
    has_first_value: bool
    href: str


@dataclass
class Seen:
    """What the pages of one journey draw from."""

    view: JourneyView
    book: Playbook
    now: datetime
    stages: list[StageSeen] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.path = f"/journeys/{self.view.ref}"
        self.stages = [self._stage(row) for row in self.view.stages]

    @property
    def is_open(self) -> bool:
        return self.view.state == "open"

    @property
    def is_underway(self) -> bool:
        """Open or paused."""
        return self.view.state in {"open", "paused"}

    @property
    def asks(self) -> TaskLine | None:
        """The question whether the journey may begin, while it stands."""
        return next((task for task in self.view.tasks if task.kind == "approve" and task.state == "open"), None)

    def is_late(self, due_at: datetime | None) -> bool:
        """A date that has passed. Nobody hurries a journey that is paused or over."""
        return self.is_open and due_at is not None and due_at < self.now

    @property
    def current(self) -> list[StageSeen]:
        """Under way; what the page is about."""
        return [stage for stage in self.stages if stage.state == "now"]

    @property
    def closed(self) -> list[StageSeen]:
        """The latest first."""
        rows = [stage for stage in self.stages if stage.state == "proven"]
        return sorted(rows, key=lambda stage: stage.view.closed_at or self.now, reverse=True)

    @property
    def late(self) -> list[TaskSeen]:
        """The open steps whose date has passed."""
        return [task for stage in self.stages for task in stage.tasks if task.late]

    @property
    def pace(self) -> str:
        """The word for the mark: pace while it runs, else how it stands."""
        return self.view.pace if self.is_open else self.view.state

    @property
    def marked(self) -> list[MilestoneView | AgreedDay]:
        """The milestones in the order of the plan; a day agreed in a form stands ahead of the first due from it on."""
        out: list[MilestoneView | AgreedDay] = list(self.view.milestones)
        for agreed in self.view.agreed_dates:
            later = (at for at, row in enumerate(out) if row.due_on and row.due_on >= agreed.due_on)
            out.insert(next(later, len(out)), agreed)
        return out

    @property
    def end(self) -> StageView | None:
        """The open stage with which the journey ends as things stand: of those on the same day the last of the plan."""

        def ends(row: StageView) -> date | None:
            # A stage without a date of its own ends with what is in it.
            found = self.view.expected.get(f"stage.{row.key}")
            return found.on if found else row.due_on

        dated = [(on, at, row) for at, row in enumerate(self.view.stages) if not row.closed_at and (on := ends(row))]
        return max(dated, key=lambda found: found[:2])[2] if dated else None

    def days_since_signing(self) -> int | None:
        """Up to its end, for a journey that has ended."""
        signed = self.view.signed_at
        return days_since(signed, min(self.view.ended_at or self.now, self.now)) if signed else None

    def next_things(self, side: str = "") -> list[TaskSeen]:
        """Required tasks that can be done now, the soonest due first."""
        rows = [task for task in self.view.next_tasks if not side or task.turn in {side, "both"}]
        return [self.task(task) for task in sorted(rows, key=lambda task: not task.required)]

    def helps(self, check: CheckView) -> list[TaskSeen]:
        """The tasks that a criterion reads and that are not over: who can change it."""
        read = {name.split(".")[1] for name in (*check.readings, *check.missing) if name.startswith("task.")}
        return [self.task(task) for task in self.view.tasks if task.key in read and task.state not in OVER]

    def line(self) -> list[Cell]:
        """The stages as the large line."""
        value = self._stage_of_first_value()
        return [
            Cell(
                stage.view.title,
                stage.state,
                _stage_words(stage, self.view.later(f"stage.{stage.view.key}")),
                [check.state for check in stage.view.checks],
                stage.view.how == "waived",
                stage.view.key == value,
                f"{self.path}/plan#{stage.view.key}",
            )
            for stage in self.stages
        ]

    def asking_all(self, task: TaskSeen, me: str) -> tuple[str, str] | None:
        """(words, address) to ask the colleague who has a late step for all of theirs; None for oneself (`me`)."""
        who = task.line.person
        if who is None or who.ref == me or not task.late:
            return None
        return ask_all(who.name, who.ref, len(late_of(self.view.tasks, who.ref)), self.path)

    def task(self, line: TaskLine) -> TaskSeen:
        """One task as a row."""
        is_open = line.state == "open"
        return TaskSeen(
            line,
            f"/tasks/{line.ref}",
            {"done": "met", "skipped": "waived", "withdrawn": "waived"}.get(line.state, "open"),
            f"each of {line.role_title}" if line.each else line.person.name if line.person else "",
            late_words(line.due_on) if is_open and line.is_late and line.due_on else "",
            task_words(line),
            self.is_open and is_open and line.kind in SIMPLE,
            held_ahead(line, self.now),
        )

    def _stage(self, row: StageView) -> StageSeen:
        tasks = [self.task(task) for task in self.view.tasks if task.stage == row.key]
        proven, total = proven_of(row.checks)
        state = {"closed": "proven", "entered": "now"}.get(row.state, "future")
        counted = [task.line for task in tasks if task.line.counts]
        done = sum(line.state == "done" for line in counted)
        return StageSeen(row, tasks, done, len(counted), proven, total - proven, state)

    def _stage_of_first_value(self) -> str:
        value = self.view.first_value
        return next(iter(self.stages_of(value.key)), "") if value else ""

    def stages_of(self, milestone: str) -> list[str]:
        """The stages that a milestone belongs to: whose proof asks for it, or whose end it tells."""
        reads, when = f"milestone.{milestone}.", self.book.milestone(milestone).when
        told = {name.split(".")[1] for name in (when.names if when else ()) if name.startswith("stage.")}
        return [
            stage.id
            for stage in self.book.stages
            if stage.id in told or any(name.startswith(reads) for check in stage.exit for name in check.names)
        ]


def held_ahead(line: TaskLine, now: datetime) -> Planned | None:
    """When a meeting is to be held, or was to be; None without a time, and once it is recorded or over."""
    if line.kind != "meeting" or line.starts_at is None or line.held_at or line.state in OVER:
        return None
    return Planned(line.starts_at, line.starts_at <= now)


def proven_of(checks: tuple[CheckView, ...]) -> tuple[int, int]:
    """(met or waived, all)."""
    return sum(check.state in GOOD for check in checks), len(checks)


def task_words(line: TaskLine) -> str:
    """Why it stands as it does, in a clause; "" for a task that can simply be done."""
    if line.state == "done":
        sent = "kept in the outbox" if line.note else "sent by Onward"
        by = {"data": "as the data shows", "sent": sent}.get(line.how)
        by = by or (line.done_by.name if line.done_by else "")
        them = "for them" if line.for_them else ""
        if line.asked_by:
            them += f", as {line.asked_by.name} asked"
        words = ["done " + date_words(line.done_at), by, them]
        return ", ".join(word for word in words if word)
    if line.state in OVER:
        if line.how == "not_chosen":
            return "not needed: another of its group is done"
        return "not needed" if line.how in {"not_needed", "ended"} else f"left out: {line.note}"
    if line.deferred_at:
        return "put off: not needed for first value"
    if line.confirm == "now":
        return "reported as done; they have not confirmed it" if line.turn == "theirs" else "reported, to be confirmed"
    if line.blocked_at:
        return f"blocked since {short_date(line.blocked_at)}: {line.blocked_why}"
    if line.turn != line.side and not line.confirm:
        return said_words(line)
    return timing(waits_words(line.waits_for))


def clause(words: str) -> str:
    """The same words with their verb, to go on after "it" or "which"."""
    is_whole = words.startswith(("waits ", "starts ", "they have ", "we have "))
    return words if is_whole or not words else f"is {words}"


def planned_words(title: str, on: date | None) -> str:
    """What is said of a task that was given back to the plan."""
    return f"{title} {f'is due on {date_words(on)}' if on else 'has no date'} again, as the plan says."


def said_words(line: TaskLine) -> str:
    """Whose word is there already, of a task that both sides have to say done."""
    return "they have said done, we have not" if line.turn == "ours" else "we have said done, they have not"


def _stage_words(stage: StageSeen, later: Expected | None) -> list[str]:
    row = stage.view
    if row.closed_at:
        return [f"closed {short_date(row.closed_at)}", proof_words(row.checks)]
    words = [f"due {short_date(row.due_on)}"] if row.due_at else []
    if later is not None:
        words.append(f"{short_date(later.on)} at the earliest")
    if row.entered_at:
        words.append(proof_words(row.checks))
    return words


def proof_words(checks: tuple[CheckView, ...]) -> str:
    """How far the criteria of a stage are: "1 of 3 proven, 1 waived"; a waiver proves nothing."""
    proven = sum(check.state == "met" for check in checks)
    waived = sum(check.state == "waived" for check in checks)
    if proven + waived == len(checks):
        words = [f"{proven} proven"] if proven or not waived else []
    else:
        words = [f"{proven} of {len(checks)} proven"]
    return ", ".join([*words, *([f"{waived} waived"] if waived else [])])
