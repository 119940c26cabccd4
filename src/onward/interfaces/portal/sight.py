"""What a journey says to the customer: their words, their side first, and only what is shared with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from onward.interfaces.ui.drawings import photo_of
from onward.interfaces.ui.waits import held_until, needed_for
from onward.interfaces.ui.words import date_words, joined, late_words, plural, today
from onward.journeys.queries import JourneyView, Person, StageView, TaskLine

RECENT = timedelta(days=7)
COMING = 5
# Done in one tap from a list: nothing to read, fill in or sign first.
PLAIN = frozenset({"to_do"})
# Whose part of the plan is shown: everyone's, or what the reader, or their company, has still to do.
WHOSE = ("", "me", "us")


@dataclass(frozen=True)
class Step:
    """A line of the progress list. `state` done | now | later; `is_goal` marks first value."""

    title: str
    state: str
    is_goal: bool = False


@dataclass(frozen=True)
class Colleague:
    """Somebody of the vendor's team; `does` says what they are there for."""

    name: str
    does: str
    mail: str
    first: bool = False
    booking: str = ""
    photo: str = ""


class Reached(Protocol):
    """How somebody is reached."""

    @property
    def mail(self) -> str: ...
    @property
    def booking_url(self) -> str: ...
    @property
    def photo(self) -> str: ...


@dataclass(frozen=True)
class Home:
    """The first page. `theirs` and `ours`: open tasks and, beside open ones, what was done lately; `next` is a step of
    the reader's own, else one of their company's; `then` what comes for them where nothing is to do now."""

    lede: str
    next: TaskLine | None
    why_now: str
    then: TaskLine | None
    theirs: tuple[TaskLine, ...]
    ours: tuple[TaskLine, ...]
    theirs_open: int
    ours_open: int
    coming: tuple[TaskLine, ...]
    steps: tuple[Step, ...]
    percent: int
    goal: str
    goal_when: date | None
    goal_met: bool


def home_of(view: JourneyView, first_name: str, me: str, vendor: str, now: datetime) -> Home:
    """Shape the first page from what the contact may see."""
    theirs = of_customer(view)
    ours = tuple(task for task in view.next_tasks if task.turn == "ours")
    recent = [task for task in view.tasks if task.state == "done" and task.done_at and now - task.done_at < RECENT]
    recent.sort(key=lambda task: task.done_at or now, reverse=True)
    objective = view.objectives[0] if view.objectives else None
    own = [task for task in theirs if is_mine(task, me)]
    first = (own or theirs)[0] if theirs and view.state == "open" else None
    return Home(
        lede=lede(view, first_name, vendor, theirs, ours, own),
        next=first,
        why_now=_why_now(view, first),
        then=next((task for task in view.tasks if task.state == "waiting" and task.side != "ours"), None),
        theirs=theirs + tuple(task for task in recent if task.side != "ours")[:3] if theirs else (),
        ours=ours + tuple(task for task in recent if task.side == "ours")[:3] if ours else (),
        theirs_open=len(theirs),
        ours_open=len(ours),
        coming=tuple(task for task in view.tasks if task.state == "waiting")[:COMING],
        steps=steps_of(view),
        percent=round(100 * view.done / view.total) if view.total else 0,
        goal=objective.outcome if objective else "",
        goal_when=objective.due_on if objective else None,
        goal_met=bool(objective and objective.met_at),
    )


def of_customer(view: JourneyView) -> tuple[TaskLine, ...]:
    """What waits for the customer's side, what is due first ahead."""
    return tuple(task for task in view.next_tasks if task.turn != "ours")


def is_mine(task: TaskLine, me: str) -> bool:
    """Whether it is in the reader's own hands; what their company has to do is more than that."""
    return task.person is not None and task.person.ref == me


def lede(
    view: JourneyView,
    first_name: str,
    vendor: str,
    theirs: Sequence[TaskLine],
    ours: Sequence[TaskLine],
    own: Sequence[TaskLine],
) -> str:
    """The sentence that answers why the reader is here."""
    hello = f"Hello {first_name}." if first_name else "Hello."
    if view.state == "completed":
        return f"{hello} {view.account_name}’s onboarding is complete."
    if view.state == "cancelled":
        return f"{hello} This onboarding has ended."
    if view.state == "paused":
        return f"{hello} This onboarding is paused; nothing is due until it goes on."
    if late := sum(task.is_late and not held_until(task) for task in own):
        steps = "One step of yours gets" if late == 1 else f"{late} steps of yours get"
        return f"{hello} {steps} {view.account_name} moving again."
    if late := sum(task.is_late and not held_until(task) for task in theirs):
        steps = "one late step of a colleague’s holds" if late == 1 else f"{late} late steps of colleagues hold"
        return f"{hello} {'No step of yours is late' if own else 'You have no step of your own'}; {steps} things up."
    if own:
        return f"{hello} " + (
            "One step waits for you." if len(own) == 1 else f"{len(own)} steps wait for you; begin with the first."
        )
    if theirs:
        waits = "one step waits" if len(theirs) == 1 else f"{len(theirs)} steps wait"
        whose = f"for others at {view.account_name}" if all(task.person for task in theirs) else "for somebody"
        return f"{hello} You have no step of your own; {waits} {whose}."
    if ours:
        return (
            f"{hello} Nothing waits for {view.account_name} today. {vendor} is at work on {plural(len(ours), 'step')}."
        )
    return f"{hello} Nothing waits for anybody today."


def steps_of(view: JourneyView) -> tuple[Step, ...]:
    """The stages in order, with first value where it is due."""
    steps = [_step(stage) for stage in view.stages]
    value = view.first_value
    if value is None:
        return tuple(steps)
    state = "done" if value.met_at else "later"
    same = next((number for number, step in enumerate(steps) if step.title.lower() == value.title.lower()), None)
    if same is not None:
        steps[same] = Step(value.title, "now" if steps[same].state == "now" else state, is_goal=True)
        return tuple(steps)
    goal = Step(value.title, state, is_goal=True)
    after = (
        number
        for number, stage in enumerate(view.stages)
        if stage.state == "waiting" and stage.due_at and value.due_at and stage.due_at > value.due_at
    )
    steps.insert(next(after, len(steps)), goal)
    return tuple(steps)


def _step(stage: StageView) -> Step:
    state = {"closed": "done", "entered": "now"}.get(stage.state, "later")
    return Step(stage.title, state)


def _why_now(view: JourneyView, task: TaskLine | None) -> str:
    if task is None:
        return ""
    held = holds_up(view.tasks, task)
    if task.is_late and task.due_on:
        due = f"Due {date_words(task.due_on)}, {late_words(task.due_on)}"
        return f"{due}; it holds up “{held[0]}”." if held else f"{due}."
    due = f"Due {date_words(task.due_on)}" if task.due_at else ""
    if held:
        return f"{due}; “{held[0]}” can begin then." if due else f"“{held[0]}” can begin then."
    return f"{due}." if due else ""


def waiting_words(view: JourneyView, task: TaskLine, vendor: str) -> str:
    """What a task waits for, without naming work that the customer does not see; where its day cannot hold because of
    that, it says so."""
    if task.state != "waiting":
        return ""
    starts = [words.removeprefix("starts ") for words in task.waits_for if words.startswith("starts ")]
    named = needed_for(view, task, vendor)
    if named and not holds(view, task):
        return f"needs {joined(named)} first"
    after = [f"after {joined([words.strip('“”') for words in named])}"] if named else []
    return ", ".join([*after, *starts])


def waiting_sentence(view: JourneyView, task: TaskLine, vendor: str) -> str:
    """The same as a sentence; empty for a task that does not wait."""
    words = waiting_words(view, task, vendor)
    return f"It {words if words.startswith('needs ') else f'begins {words}'}." if words else ""


def holds(view: JourneyView, task: TaskLine) -> bool:
    """Whether the day of a step can still be kept: it is to come, and so is what the step waits for, by then."""
    if task.state != "waiting" or task.due_on is None or view.state != "open":
        return True
    before = [other.due_on for other in view.tasks if other.title in task.waits_for and other.due_on]
    return task.due_on >= max([today(), *before])


def holds_up(tasks: Iterable[TaskLine], task: TaskLine) -> list[str]:
    """The titles of the tasks that wait for this one."""
    return [other.title for other in tasks if other.state == "waiting" and task.title in other.waits_for]


def what_follows(view: JourneyView, task: TaskLine, vendor: str) -> list[str]:
    """A sentence for each task that waits for this one; it says what else it waits for."""
    visible = {other.title for other in view.tasks}
    said = []
    for other in view.tasks:
        if other.state != "waiting" or task.title not in other.waits_for:
            continue
        rest = [words for words in other.waits_for if words != task.title and not words.startswith("starts ")]
        named = [f"“{words}”" for words in rest if words in visible]
        if len(named) < len(rest):
            named.append(f"{vendor}’s own preparation")
        said.append(
            f"“{other.title}” waits for this and for {joined(named)}." if named else f"Then “{other.title}” can begin."
        )
    return said


def who_does(task: TaskLine, me: str, vendor: str) -> str:
    """ "You", a name, or the role when nobody holds it yet."""
    if task.turn == "ours" and task.side != "ours":
        return vendor
    if task.person is not None:
        return "You" if task.person.ref == me else task.person.name
    return task.role_title or (vendor if task.side == "ours" else "")


def team_of(view: JourneyView, found: Mapping[str, Reached], door: str = "/portal") -> tuple[Colleague, ...]:
    """The vendor's people: who drives the onboarding first, then the roles that somebody holds, each person once. Their
    faces are asked for at `door`."""
    seen: dict[str, Colleague] = {}
    does = [("leads your onboarding", view.owner)] if view.owner else []
    does += [(role.title, role.person) for role in view.roles if role.side == "ours" and role.person is not None]
    for words, person in does:
        if person.ref not in seen:
            reached = found.get(person.ref)
            seen[person.ref] = Colleague(
                person.name,
                words,
                reached.mail if reached else "",
                person is view.owner,
                reached.booking_url if reached else "",
                photo_of(person.ref.partition(":")[2], reached.photo, door) if reached else "",
            )
    return tuple(seen.values())


def first_names(view: JourneyView) -> list[tuple[str, str]]:
    """The vendor's team for whoever has nothing but a link: first names and what they do."""
    return [(person.name.split()[0] if person.name.split() else "", person.does) for person in team_of(view, {})]


@dataclass(frozen=True)
class Outlined:
    """A stage of the plan with its shared tasks as (title, side, state, due date): nobody's name."""

    title: str
    state: str
    lines: tuple[tuple[str, str, str, date | None], ...]


def outline_of(view: JourneyView) -> list[Outlined]:
    """The plan without people, for whoever has nothing but a link."""
    out = []
    for stage in view.stages:
        state = {"closed": "done", "entered": "now"}.get(stage.state, "later")
        lines = [task for task in view.tasks if task.stage == stage.key and is_in_plan(task)]
        out.append(Outlined(stage.title, state, tuple((t.title, t.side, t.state, t.due_on) for t in lines)))
    return out


def is_in_plan(task: TaskLine) -> bool:
    """Whether the plan shows it: not what was never needed."""
    return task.state != "withdrawn" and not (task.state == "skipped" and task.how == "not_needed")


def plan_of(view: JourneyView, me: str, whose: str) -> tuple[TaskLine, ...]:
    """The tasks of the plan; narrowed to `whose` (one of WHOSE) what is still to do."""
    return tuple(
        task
        for task in view.tasks
        if is_in_plan(task)
        and (not whose or (task.state in {"open", "waiting"} and task.turn != "ours"))
        and (whose != "me" or is_mine(task, me))
    )


def decisions_of(view: JourneyView, me: str) -> tuple[TaskLine, ...]:
    """What waits for this very person, and what their side has to sign."""
    return tuple(
        task for task in of_customer(view) if is_mine(task, me) or (task.kind == "sign_off" and task.person is None)
    )


def next_stage(view: JourneyView) -> StageView | None:
    """What comes after the stage that is under way."""
    current = view.current
    after = [
        stage for stage in view.stages if stage.state == "waiting" and (not current or stage.rank > current[-1].rank)
    ]
    return after[0] if after else None


def our_people(view: JourneyView) -> list[Person]:
    """Everyone of the vendor's that the portal names."""
    owner = [view.owner] if view.owner else []
    return owner + [role.person for role in view.roles if role.side == "ours" and role.person is not None]
