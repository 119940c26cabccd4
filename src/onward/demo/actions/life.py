"""What happens at one account, said in the words of a story and done through the real actions."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from onward.accounts import actions as accounts
from onward.demo.actions.cast import FIRST, GOALS, LAST, OTHER_GOALS, PRODUCTS, SELLERS, TITLES, WINS, Company
from onward.foundation import clock
from onward.foundation.actions import action
from onward.foundation.ledger import stream_of
from onward.journeys import actions as journeys
from onward.journeys import queries as running
from onward.journeys.decisions.state import Run
from onward.journeys.decisions.success import Wanted
from onward.journeys.queries.success import success_plan
from onward.kernel.actor import SYSTEM, Actor
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import Refusal, conflict
from onward.playbooks import queries as playbooks

SEATS = "figure.weekly_active"


@dataclass
class Life:
    """One account from its first talk with sales on. Days are counted from the signature (or, for a prospect, from
    the opening of its deal)."""

    company: Company
    staff: dict[str, Actor]
    random: Random
    signed_at: datetime
    account_id: UUID = field(init=False)
    deal_id: UUID = field(init=False)
    is_here: bool = False
    found: UUID | None = None
    contacts: dict[str, Actor] = field(default_factory=dict)
    known: list[str] = field(default_factory=list)
    share: float = 0.0
    reports: bool = False
    connected: int = 0
    seen: set[str] = field(default_factory=set)
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def csm(self) -> Actor:
        """Who owns the account."""
        return self.staff[self.company.owner]

    @property
    def seller(self) -> Actor:
        return self.staff[SELLERS[len(self.company.name) % len(SELLERS)]]

    @property
    def users(self) -> list[str]:
        """Their people's ids in the product, all different; those of the people we know come first."""
        start, seats = len(self.company.name), self.company.seats
        others = (
            self._id(f"{FIRST[(start + number) % len(FIRST)]} {LAST[(7 * start + number) % len(LAST)]}")
            for number in range(seats)
        )
        return [*self.known, *(one for one in others if one not in self.known)][:seats]

    def _id(self, name: str) -> str:
        return f"{name.replace(' ', '.').lower()}@{self.company.slug}.example.com"

    def at(self, day: float, hour: int = 10) -> datetime:
        """A working moment that many days after the signature."""
        on = self.day(day)
        return datetime.combine(on, time(hour, self.random.randrange(0, 50)), UTC)

    def day(self, day: float) -> date:
        """A working day that many days after the signature."""
        on = self.signed_at.date() + timedelta(days=round(day))
        return on + timedelta(days=max(0, 7 - on.weekday()) if on.weekday() > 4 else 0)

    def open(self) -> None:
        """Sales opens the account, its people and the deal."""
        company, mine = self.company, self.staff[self.company.owner]
        self.account_id = accounts.open_account(
            actor=SYSTEM,
            name=company.name,
            is_demo=True,
            owner_id=parse_id("usr", mine.id),
            group_id=company.slug,
            seats=company.seats,
            complexity=company.complexity,
            industry=company.industry,
            country=company.country,
            zone=company.zone,
            practice_url=f"https://practice.example.com/{company.slug}" if company.amount > 5_000 else "",
        )
        self.is_here = True
        roles = ["champion"] if company.amount <= 5_000 else ["champion", "project_owner", "sponsor", "admin"]
        for role in roles:
            self.contacts[role] = self._meet(role)
        product = max((price, name) for name, (_, price) in PRODUCTS.items() if price <= company.amount)[1]
        self.deal_id = accounts.open_deal(
            actor=self.seller,
            account_id=self.account_id,
            name=f"{company.name}: {product}",
            is_demo=True,
            amount=company.amount,
            product=product,
            owner_id=parse_id("usr", self.seller.id),
            stage="Negotiation",
            fields={"reason": f"They want to {self.goals[0][0].lower()}{self.goals[0][1:]}."},
        )

    def _meet(self, role: str) -> Actor:
        is_dana = self.company.name == "Acme Freight" and role == "champion"
        name = "Dana Whitfield" if is_dana else f"{self.random.choice(FIRST[1:])} {self.random.choice(LAST[1:])}"
        number = len(self.contacts) + 1
        mail = f"{name.split()[0].lower()}.{number}@{self.company.slug}.example.com"
        # Two of one name have two ids.
        in_product = mail if self._id(name) in self.known else self._id(name)
        if number <= self.company.seats:
            self.known.append(in_product)
        contact_id = accounts.add_contact(
            actor=SYSTEM,
            account_id=self.account_id,
            name=name,
            mail=mail,
            roles=[role],
            title=TITLES[role],
            is_demo=True,
            product_user_id=in_product if in_product in self.known else None,
        )
        return Actor("contact", format_id("con", contact_id), name, account_id=self.account_id)

    @property
    def goals(self) -> tuple[str, str]:
        return GOALS.get(self.company.industry, OTHER_GOALS)

    def win(self) -> None:
        """The contract is signed: the journey opens by itself."""
        accounts.win_deal(actor=self.seller, deal_id=self.deal_id, signed_at=clock.now(), stage="Won")

    def win_for_somebody_to_choose(self) -> None:
        """The contract is signed, and sales asks the team to choose the playbook by hand."""
        _win_and_wait(actor=self.seller, account_id=self.account_id, life=self)

    @property
    def has_journey(self) -> bool:
        """Whether its journey was opened; looked for once."""
        if self.found is None and self.is_here:
            self.found = next(iter(running.open_of_account(self.account_id)), None)
        return self.found is not None

    @property
    def journey(self) -> UUID:
        if not self.has_journey or self.found is None:
            raise conflict(f"{self.company.name} has no journey.")
        return self.found

    def run(self) -> Run:
        """The journey as it stands."""
        found = running.load_run(self.journey)
        if found is None:
            raise LookupError(f"the journey of {self.company.name} is gone")
        return found

    def task(self, key: str) -> UUID:
        """The id of its task of that name."""
        return next(row.id for row in reversed(self.run().tasks) if row.key == key)

    def holder(self, role: str) -> Actor:
        """Who holds a role of the playbook."""
        if role in self.contacts:
            return self.contacts[role]
        person = (self.run().journey.roles.get(role) or {}).get("person", "")
        return next((actor for actor in self.staff.values() if person == f"user:{actor.id}"), self.csm)

    def complete(self, key: str, by: str = "csm") -> None:
        task_id, actor = self.task(key), self.holder(by)
        journeys.complete_task(actor=actor, task_id=task_id)
        if actor.is_staff:
            self._spend(key, task_id, actor)

    def _spend(self, key: str, task_id: UUID, actor: Actor) -> None:
        """Log what one of us spent on it: about its effort, more or less by company and task."""
        hours = playbooks.version(self.run().journey.version_id).task(key).effort_hours
        quarters = round(min(hours, 6) * (0.75, 1, 1.25, 1.5)[(len(self.company.name) + len(key)) % 4] * 4)
        if quarters:
            # On a day as full as that nobody writes it down.
            with suppress(Refusal):
                journeys.log_hours(actor=actor, task_id=task_id, minutes=15 * quarters)

    def tick(self, key: str, steps: int, by: str) -> None:
        """Tick the first steps of a task."""
        task_id, actor = self.task(key), self.holder(by)
        for step in self._steps(key)[:steps]:
            journeys.tick_step(actor=actor, task_id=task_id, step=step)

    def _steps(self, key: str) -> list[str]:
        view = running.task_view(self.csm, self.task(key))
        return [step for step, _, _ in view.steps]

    def is_open(self, key: str) -> bool:
        """Whether somebody may do the task now."""
        return any(row.key == key and row.state == "open" for row in self.run().tasks)

    def answer(self, key: str, by: str = "csm", **values: Any) -> None:
        journeys.answer_form(actor=self.holder(by), task_id=self.task(key), values=values)

    def confirm_known(self) -> None:
        """Their champion says that what sales wrote down is right; Acme's puts one of it right first."""
        champion = self.contacts["champion"]
        known = {view.key: view.stamp for view in running.known_views(champion, self.journey)}
        if self.company.name == "Acme Freight":
            words = "Three training sessions at no charge, and an answer within one working day."
            journeys.correct_answer(actor=champion, journey_id=self.journey, answer="handoff.promises", value=words)
            return
        journeys.confirm_answers(actor=champion, journey_id=self.journey, seen=known)

    def schedule(self, key: str, starts_at: datetime) -> None:
        journeys.schedule_meeting(actor=self.csm, task_id=self.task(key), starts_at=_quarter(starts_at))

    def hold(self, key: str, *roles: str, by: str = "csm", note: str = "") -> None:
        """A meeting took place about half an hour ago, with these roles."""
        present = [self.holder(role) for role in roles]
        attended = [f"{'contact' if actor.is_contact else 'user'}:{actor.id}" for actor in present]
        held_at = _quarter(clock.now() - timedelta(minutes=30))
        journeys.hold_meeting(
            actor=self.holder(by), task_id=self.task(key), held_at=held_at, attended=attended, note=note
        )

    def pick(self, measure: str, **numbers: float) -> None:
        journeys.pick_measure(
            actor=self.csm, journey_id=self.journey, milestone="first_value", measure=measure, numbers=numbers
        )

    def agree_on_goals(self) -> None:
        """What they want, proposed by us as a plan and agreed to by their champion."""
        theirs, ours = f"contact:{self.contacts['champion'].id}", f"user:{self.csm.id}"
        first, second = self.goals
        known = success_plan(self.csm, self.journey)
        steps = tuple(key for key, _ in known.tasks)
        asked = "who in the team relies on it, asked in its weekly meeting"
        plan = [
            Wanted("", first, self.day(45), theirs, ours, asked, target=10.0, unit="people", tasks=steps[2:4]),
            Wanted("", second, self.day(85), theirs, ours, "told by the team lead in the review"),
        ]
        if SEATS in known.figures:
            wish = Wanted("", "Four of five seats in use each week", self.day(60), theirs, ours, "", SEATS, target=80.0)
            plan.append(replace(wish, tasks=steps[4:6]))
        self.propose(*plan)
        journeys.answer_plan(actor=self.contacts["champion"], journey_id=self.journey, number=1, agreed=True)

    def propose(self, *plan: Wanted, note: str = "") -> None:
        """A version of the success plan, put before them."""
        journeys.propose_plan(actor=self.csm, journey_id=self.journey, objectives=plan, note=note)

    def propose_later(self, days: int) -> None:
        """Their second goal later; it waits for their word."""
        stands = [one.stated for one in success_plan(self.csm, self.journey).objectives]
        plan = [
            Wanted(
                one.ref,
                one.outcome,
                one.due_on + timedelta(days if place == 1 else 0) if one.due_on else None,
                one.theirs.ref if one.theirs else "",
                one.ours.ref if one.ours else "",
                *(one.measure, one.metric, one.start, one.target, one.unit),
                tasks=tuple(key for key, _ in one.tasks),
            )
            for place, one in enumerate(stands)
        ]
        self.propose(*plan, note="The new plant opens two weeks later.")

    def tell_goal(self, value: float) -> None:
        """How many rely on it by now."""
        first = self.run().objectives[0]
        note = "asked in the weekly call"
        journeys.measure_objective(actor=self.csm, objective_id=first.id, value=value, note=note)

    def reach_goals(self, evidence: str) -> None:
        for row in self.run().objectives:
            if not row.met_at:
                journeys.meet_objective(actor=self.contacts["champion"], objective_id=row.id, evidence=evidence)

    def log(self, log: str, number: int, *, value: float) -> None:
        """They won something (another thing at each account), and their champion says so."""
        title, evidence = WINS[(len(self.company.name) + 3 * number) % len(WINS)]
        entry = self._write(log, title, value, evidence)
        journeys.confirm_log(actor=self.contacts.get("champion", self.csm), entry_id=entry)

    def note(self, title: str, *, value: float) -> None:
        """Somebody sees an opening."""
        self._write("opportunities", title, value, "")

    def _write(self, log: str, title: str, value: float, evidence: str) -> UUID:
        return journeys.write_log(
            actor=self.csm, journey_id=self.journey, log=log, title=title, value=value, unit="USD", note=evidence
        )

    def talk(self) -> None:
        """Hold the check-ins that have come due."""
        now = clock.now()
        for row in self.run().check_ins:
            if not row.held_at and row.due_at and row.due_at <= now:
                note = "Looked through their week." if row.internal else "They are content; two questions answered."
                journeys.hold_check_in(actor=self.csm, check_in_id=row.id, held_at=row.due_at, note=note)

    def pause(self, reason: str) -> None:
        journeys.pause_journey(actor=self.csm, journey_id=self.journey, reason=reason)

    def leave(self, reason: str) -> None:
        journeys.cancel_journey(actor=self.csm, journey_id=self.journey, reason=reason)
        accounts.set_state(actor=self.csm, account_id=self.account_id, state="left")

    @property
    def is_under_way(self) -> bool:
        return self.has_journey and self.run().journey.state == "open"


def _quarter(moment: datetime) -> datetime:
    """The whole quarter of an hour that a calendar would have."""
    return moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)


@action(stream=lambda kwargs: stream_of(kwargs["account_id"]))
def _win_and_wait(*, actor: Actor, account_id: UUID, life: Life) -> None:
    accounts.win_deal(actor=actor, deal_id=life.deal_id, signed_at=clock.now(), stage="Won")
    journeys.wait_for_playbook(
        actor=actor,
        account_id=account_id,
        deal_id=life.deal_id,
        why=f"{actor.name} asked for a choice by hand: a partner trains this customer itself.",
    )
