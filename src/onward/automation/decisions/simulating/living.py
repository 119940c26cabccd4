"""A persona lives a playbook on a fast clock: who acts next, what follows from it, until the days are over."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from onward.automation.decisions.messages import Intended, intended, written
from onward.automation.decisions.simulating.account import Account
from onward.automation.decisions.simulating.acts import Act, Hands, person_of
from onward.automation.decisions.simulating.asking import asked, events_in
from onward.automation.decisions.simulating.personas import Persona
from onward.automation.decisions.simulating.used import Event, Used
from onward.automation.decisions.simulating.wishes import Step, Wish, wishes, works
from onward.automation.decisions.world import counted_from, outside_of, watched
from onward.journeys.decisions.opening import fresh, opened
from onward.journeys.decisions.outside import Outside
from onward.journeys.decisions.progress import Happened, advance
from onward.journeys.decisions.state import Run
from onward.journeys.decisions.tasks import close, task_done
from onward.kernel.actor import AUTOMATION
from onward.kernel.clock import Span, WorkingCalendar
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.parts import EventSpec

BEGIN, OURS_AT, THEIRS_AT, USED_AT, MEET_AT = time(9), time(11), time(15), time(16), time(10)
NOBODY = UUID(int=0)


@dataclass(frozen=True)
class Moment:
    """One step of the clock: an act, a day's use, or nothing but time. `happened` follows from it, with `messages`;
    `stands` is the journey after it: state, pace, when somebody last did something, when to look next."""

    at: datetime
    act: Act | None = None
    used: tuple[Event, ...] = ()
    happened: tuple[Happened, ...] = ()
    messages: tuple[Intended, ...] = ()
    stands: tuple[str, str, datetime, datetime | None] | None = None


@dataclass
class Living:
    """One simulated onboarding. `run` is the journey as it stands; `until` is when the simulation ends."""

    book: Playbook
    persona: Persona
    account: Account
    start: date
    days: int
    now: datetime = field(init=False)
    until: datetime = field(init=False)
    run: Run = field(init=False)
    known: Outside = field(init=False)
    wishes: dict[tuple[Any, ...], Wish] = field(init=False)
    #: By what a wish is about: the side that would have to act.
    whose: dict[tuple[Any, ...], str] = field(init=False)

    def __post_init__(self) -> None:
        self.numbers = count(1)
        self.ours, self.theirs = WorkingCalendar(), WorkingCalendar(zone=self.account.zone or "UTC")
        self.now = datetime.combine(self.start, BEGIN, UTC)
        self.until = self.now + timedelta(days=self.days)
        known = [role for role in self.book.roles if role.fill in {"account_owner", "deal_owner", "least_loaded"}]
        journey = fresh(
            self.book,
            self.new_id(),
            self.new_id(),
            self.new_id(),
            now=self.now,
            signed_at=self.now,
            owner_id=NOBODY,
            roles={
                role.id: {"person": person_of(self.book, role.id), "at": self.now.isoformat()}
                for role in known
                if role.side == "ours"
            },
        )
        self.run = opened(self.book, journey, self.new_id)
        events: dict[str, EventSpec] = {event.id: event for event in self.book.events}
        self.used = Used(events, counted_from(self.book, journey), self.account.seats, self.now)
        self.hands = Hands(self.book, self.run, self.new_id)
        self.watched = watched(self.book)
        self.planned: dict[tuple[Any, ...], datetime] = {}
        self.habits: dict[str, datetime] = {}
        self.begun_at: dict[UUID, datetime] = {}
        self.use_began: date | None = None
        self.done_once: dict[tuple[str, str], int] = {}
        self.moved = 0

    def new_id(self) -> UUID:
        return UUID(int=next(self.numbers))

    def live(self) -> Iterator[Moment]:
        """Every step in the order of time, the opening first. After each the run stands as it then is."""
        yield self.look(Moment(self.now))
        evening = self.evening(self.now.date())
        while self.run.journey.state == "open":
            due = self.next_wish()
            check = self.run.journey.next_check_at
            self.now = min(moment for moment in (due[0] if due else None, evening, check, self.until) if moment)
            if self.now >= self.until:
                return
            if due and due[0] <= self.now:
                yield from self.live_wish(due[1])
            elif evening <= self.now:
                events = tuple(self.use_of_the_day())
                evening = self.evening(self.now.date() + timedelta(days=1))
                self.used.take(events)
                moment = Moment(self.now, used=events, stands=self.stands)
                seen = "*" in self.watched or any(event.name in self.watched for event in events)
                if events:
                    yield self.look(moment) if seen else moment
            else:
                yield self.look(Moment(self.now))

    def look(self, moment: Moment) -> Moment:
        """What follows, as automation does it: the journey moves, messages go out, and what they fulfil is done."""
        happened: list[Happened] = list(moment.happened)
        messages: list[Intended] = []
        self.used.now = self.now
        delivered = True
        while delivered:
            self.known = self.outside()
            found = advance(self.book, self.run, self.known, self.now, self.new_id)
            sent = list(intended(self.book, self.run, found, self.now))
            happened += found
            # What nobody can get is not written: the task stays open.
            messages += [one for one in sent if one.to or one.may]
            delivered = False
            for one in sent:
                if one.task is None or not (one.to or one.may):
                    continue
                written(one.task, self.now)
                close(one.task, self.now, by=AUTOMATION.ref, how="sent")
                happened.append(Happened(task_done(one.task, self.now)))
                delivered = True
        self.plan()
        return replace(moment, happened=tuple(happened), messages=tuple(messages), stands=self.stands)

    def outside(self) -> Outside:
        return outside_of(
            self.book,
            self.now,
            readings=self.account.readings(),
            moments=self.account.moments(),
            usage=self.used,
            ours=self.ours,
            theirs=self.theirs,
        )

    @property
    def stands(self) -> tuple[str, str, datetime, datetime | None]:
        """The journey's state, pace, last activity and next look."""
        journey = self.run.journey
        return journey.state, journey.pace, journey.active_at, journey.next_check_at

    @property
    def silent_from(self) -> datetime | None:
        """From when on nobody on their side does anything."""
        after = self.persona.silent_after
        return None if after is None else self.run.journey.started_at + timedelta(days=after)

    def plan(self) -> None:
        """Date the wishes that came up, forget those that went."""
        found: dict[tuple[Any, ...], datetime] = {}
        self.wishes, self.whose = {}, {}
        for wish in wishes(self.book, self.persona, self.run, self.known, self.now, self.moved):
            at = self.planned.get(wish.name) or self.dated(wish)
            silent = wish.side == "theirs" and self.silent_from is not None and at >= self.silent_from
            found[wish.name] = at
            self.whose.setdefault(wish.name[1:2], wish.side)
            if not silent:
                self.wishes[wish.name] = wish
        self.planned = found
        self.ask()

    def dated(self, wish: Wish) -> datetime:
        if wish.at is not None:
            return wish.at
        side, calendar = (self.persona.theirs, self.theirs) if wish.side == "theirs" else (self.persona.ours, self.ours)
        hour = THEIRS_AT if wish.side == "theirs" else OURS_AT
        since = max(wish.since or self.now, self.now)
        return later(calendar, since, side.days_for(wish.kind), hour)

    def next_wish(self) -> tuple[datetime, Wish] | None:
        dated = [(self.planned[name], number, wish) for number, (name, wish) in enumerate(self.wishes.items())]
        if not dated:
            return None
        at, _, wish = min(dated, key=lambda one: one[:2])
        return max(at, self.now), wish

    def live_wish(self, wish: Wish) -> Iterator[Moment]:
        if wish.name[0] == "moved":
            self.moved += 1
        for step in wish.steps:
            act = Act(self.now, step.verb, step.role, step.key, self.filled(step, wish))
            facts = self.hands.do(act)
            yield self.look(Moment(self.now, act, happened=tuple(Happened(fact) for fact in facts)))

    def filled(self, step: Step, wish: Wish) -> dict[str, Any]:
        if step.verb != "schedule":
            return dict(step.values)
        calendar = self.theirs if wish.side == "theirs" else self.ours
        since = max(step.values["since"], self.now)
        return {"starts_at": later(calendar, since, step.values["days"], MEET_AT)}

    def evening(self, day: date) -> datetime:
        """When the next day's use is delivered, on a day on which they work."""
        return datetime.combine(self.theirs.next_working(day), time(17), UTC)

    def ask(self) -> None:
        """Which events of the product the plan asks for, and from when on they are done each day."""
        # What has to be connected first keeps all other use waiting.
        busy = any(task.state == "open" and task.counts for task, _ in works(self.book, self.run))
        events = events_in(asked(self.book, self.run))
        for event in sorted(events & {""} if busy else events):
            if event not in self.habits:
                self.habits[event] = later(self.theirs, self.now, self.persona.theirs.days_for("habit"), time(9))

    def use_of_the_day(self) -> Iterator[Event]:
        """What their people do in the product today, after four."""
        if self.silent_from is not None and self.now >= self.silent_from:
            return
        work = [events for task, events in works(self.book, self.run) if task.state == "open" and self.begun(task.id)]
        habits = [event for event, since in self.habits.items() if since <= self.now]
        if not work and not habits:
            return
        self.use_began = self.use_began or self.now.date()
        seats = self.account.seats or 10
        grown = min(1.0, (self.now.date() - self.use_began).days / (7 * self.persona.grows_weeks))
        share = self.persona.share_from + (self.persona.share_to - self.persona.share_from) * grown
        people = max(1, math.ceil(seats * share - 1e-9))
        moments = (datetime.combine(self.now.date(), USED_AT, UTC) + timedelta(seconds=number) for number in count())
        for number in range(1, people + 1):
            person = f"person{number}"
            kinds = [*habits, *(event for events in work for event in sorted(events))] if number == 1 else habits
            for kind in dict.fromkeys(["", *kinds]):
                yield self.event(kind, person, next(moments))

    def begun(self, task_id: UUID) -> bool:
        """Whether somebody has begun with a task that use closes; the day for it is chosen when it is first open."""
        task = next(task for task in self.run.tasks if task.id == task_id)
        days = self.persona.theirs.days_for("to_do")
        at = self.begun_at.setdefault(task_id, later(self.theirs, task.opened_at or self.now, days, time(9)))
        return at <= self.now

    def event(self, kind: str, person: str, at: datetime) -> Event:
        """One declared event with something new in it; "" is a plain visit."""
        spec = self.used.events.get(kind)
        if spec is None:
            signed_in = self.used.events.get("signed_in")
            return Event(at, person, signed_in.track[0] if signed_in else "Signed In", {})
        number = self.done_once[kind, person] = self.done_once.get((kind, person), 0) + 1
        properties: dict[str, str | float | bool] = {where.property: where.values[0] for where in spec.where}
        if spec.distinct:
            properties[spec.distinct] = f"{person}-{number}"
        if spec.sum:
            properties[spec.sum] = 1
        return Event(at, person, spec.track[0], properties)


def later(calendar: WorkingCalendar, since: datetime, days: int, hour: time) -> datetime:
    """So many working days on, at that hour there; on the same day an hour later when the hour has passed."""
    day = calendar.next_working(calendar.day_of(since))
    if days:
        day = calendar.shift(day, Span(days, "wd"))
    local = calendar.local(since)
    at = datetime.combine(day, hour, local.tzinfo).astimezone(UTC)
    return at if at > since else since + timedelta(hours=1)
