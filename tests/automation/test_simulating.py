"""What a simulation says is what the product does: each step lived again with real actions, on a real database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from time import process_time
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.conf import settings

from onward.accounts import actions as accounts
from onward.automation import actions as automation
from onward.automation.decisions.simulating import PERSONAS, Account, Simulation, simulate
from onward.automation.decisions.simulating.acts import GOAL, LINE, PROOF, Act
from onward.automation.decisions.simulating.used import Event
from onward.automation.decisions.simulating.wording import sentence, warnings
from onward.engagement.models import Message
from onward.foundation import ledger
from onward.foundation.ledger import facts_of
from onward.identity import actions as identity
from onward.journeys import actions as journeys
from onward.journeys import queries as running
from onward.journeys.decisions.state import Run
from onward.journeys.models import Journey
from onward.journeys.queries.loading import load_run
from onward.kernel.actor import SYSTEM, Actor
from onward.kernel.ids import format_id, parse_id
from onward.playbooks import actions as playbooks
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.parts import Check, Expr
from onward.playbooks.decisions.publishing import Draft, lint
from onward.playbooks.queries import read_shelf
from onward.usage import actions as usage
from tests.usage.sending import Client as Sender
from tests.usage.sending import forget_processes

START = date(2026, 1, 5)
SEGMENTS = {"b2b_seven_stages": "enterprise", "mid_market_60_days": "mid_market", "self_serve_funnel": "self_serve"}
#: Long enough for the end of the good one, for the silence of the stalling one.
DAYS = {"good": 100, "slow": 70, "stalling": 45}
#: One for each of them; the long form takes every pair.
SHORT = list(zip(SEGMENTS, DAYS, strict=True))
REST = [
    pytest.param(key, persona, marks=pytest.mark.long)
    for key, persona in product(SEGMENTS, DAYS)
    if (key, persona) not in SHORT
]
TOLD = ("task", "stage", "role", "milestone", "check_in", "thing", "form", "check", "log", "measure", "metric")
DATED = ("due_at", "met_at", "held_at", "after", "days", "days_late", "how", "reason", "for_them", "sentence")


def shipped(key: str) -> Playbook:
    shelf = read_shelf(Path(settings.PLAYBOOKS_DIR))
    book = lint(Draft(shelf.playbooks[f"{key}.yaml"], f"{key}.yaml", shelf.modules, shelf.texts)).playbook
    assert book is not None
    return book


def lived(key: str, persona: str, days: int = 100) -> Simulation:
    return simulate(shipped(key), PERSONAS[persona], START, days, Account(segment=SEGMENTS[key], seats=10))


class World:
    """The same customer for real: one person a role on each side."""

    def __init__(self, clock: time_machine.Traveller, book: Playbook, segment: str) -> None:
        self.clock, self.book = clock, book
        playbooks.publish_shipped()
        self.sender = Sender(usage.create_source(actor=SYSTEM, name="Product").write_key)
        self.people: dict[str, Actor] = {}
        ours = [role for role in book.roles if role.side == "ours"]
        for role in ours:
            teams = {"deal_owner": "sales", "account_owner": "success", "least_loaded": role.fill_by}
            user = identity.add_user(
                actor=SYSTEM,
                name=role.id,
                role="manager",
                mail=f"{role.id}@northwind.example",
                team=teams.get(role.fill, ""),
            )
            self.people[role.id] = Actor("staff", format_id("usr", user), role.id, role="manager")
        csm = parse_id("usr", self.people[book.accountable].id)
        self.account = accounts.open_account(
            actor=SYSTEM, name="Acme", owner_id=csm, group_id="acme", seats=10, segment=segment, complexity="standard"
        )
        for role in [*(role for role in book.roles if role.side == "theirs"), *book.groups]:
            contact = accounts.add_contact(
                actor=SYSTEM, account_id=self.account, name=role.id, mail=f"{role.id}@acme.example"
            )
            self.people[role.id] = Actor("contact", format_id("con", contact), role.id, account_id=self.account)
        self.names = {self.ref(role): role for role in self.people}
        # Their product reports already, for others.
        self.send([Event(datetime.now(UTC), "nobody", "Other", {})], group="somebody else")
        seller = self.people.get("sales", self.people[book.accountable])
        self.deal = accounts.open_deal(
            actor=SYSTEM, account_id=self.account, name="First year", owner_id=parse_id("usr", seller.id)
        )

    def win(self) -> None:
        accounts.win_deal(actor=SYSTEM, deal_id=self.deal, signed_at=datetime.now(UTC))
        (self.journey,) = running.open_of_account(self.account)

    @property
    def run(self) -> Run:
        found = load_run(self.journey)
        assert found is not None
        return found

    def work(self) -> None:
        """The worker's turn."""
        usage.derive_all()
        automation.tick()
        while ledger.drain_due():
            pass
        assert ledger.stuck_rows() == []

    def send(self, events: list[Event], group: str = "acme") -> None:
        messages = [
            {
                "type": "track",
                "event": event.name,
                "userId": event.person,
                "messageId": str(uuid4()),
                "timestamp": event.at.isoformat(),
                "context": {"groupId": group},
                "properties": dict(event.properties),
            }
            for event in events
        ]
        assert self.sender.batch(*messages) == 200

    def do(self, act: Act) -> None:
        """The action that a simulated act stands for."""
        actor = self.people[act.role]
        run = self.run
        task = run.task(act.key)
        of_task = {"actor": actor, "task_id": task.id if task else uuid4()}
        of_journey = {"actor": actor, "journey_id": self.journey}
        values = act.values
        match act.verb:
            case "name":
                journeys.fill_role(**of_journey, role=act.key, person=self.ref(act.key))
            case "schedule":
                journeys.schedule_meeting(**of_task, starts_at=values["starts_at"])
            case "pick":
                journeys.pick_measure(**of_journey, milestone=act.key, measure=values["measure"])
            case "answer":
                journeys.answer_form(**of_task, values=dict(values))
            case "hold":
                attended = [self.ref(role) for role in values["came"]]
                journeys.hold_meeting(**of_task, held_at=act.at, attended=attended)
            case "tick":
                journeys.tick_step(**of_task, step=values["step"])
            case "complete":
                journeys.complete_task(**of_task)
            case "write_goal":
                owner = next(parse_id("con", one.id) for one in self.people.values() if one.is_contact)
                due_on = act.at.date() + timedelta(days=60)
                journeys.write_objective(**of_journey, outcome=GOAL, due_on=due_on, owner_contact_id=owner)
            case "agree_goal":
                journeys.agree_objective(actor=actor, objective_id=run.objectives[0].id)
            case "reach_goal":
                journeys.meet_objective(actor=actor, objective_id=run.objectives[0].id, evidence=PROOF)
            case "check_in":
                row = next(row for row in run.check_ins if row.key == act.key and row.held_at is None)
                journeys.hold_check_in(actor=actor, check_in_id=row.id, held_at=act.at)
            case "log":
                journeys.write_log(**of_journey, log=act.key, title=LINE)
            case "confirm_log":
                journeys.confirm_log(actor=actor, entry_id=next(row.id for row in run.logs if row.log == act.key))
            case "evidence":
                journeys.give_evidence(**of_journey, metric=act.key, value=values["value"], note=PROOF)

    def ref(self, role: str) -> str:
        actor = self.people[role]
        return f"{'contact' if actor.is_contact else 'user'}:{actor.id}"

    def facts(self) -> list[tuple[Any, ...]]:
        """What the ledger tells of the journey, as the simulation tells it."""
        rows = facts_of(journey=self.journey)
        told = [row for row in rows if row.name.startswith("journey.") and row.name != "journey.opened"]
        return sorted(plain(row.occurred_at, row.name, row.data) for row in told)

    def messages(self) -> list[tuple[Any, ...]]:
        rows = Message.objects.filter(account_id=self.account).exclude(kind="code")
        keys = {task.id: task.key for task in self.run.tasks}
        sent = {(row.created_at, keys.get(row.task, "alert"), self.names[row.person]) for row in rows}
        return sorted(sent)


def plain(at: datetime, name: str, data: Mapping[str, Any]) -> tuple[Any, ...]:
    """A fact without ids: when it was true, what it is about, and its dates."""
    about = [str(data[key]) for key in TOLD if data.get(key)]
    return (at, name, *about, *(f"{key}={moment(data.get(key))}" for key in DATED if key in data))


def moment(value: Any) -> str:
    """A moment as the ledger writes it, whatever its type."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    try:
        return datetime.fromisoformat(value).astimezone(UTC).isoformat() if isinstance(value, str) else str(value)
    except ValueError:
        return value


def simulated_facts(simulation: Simulation) -> list[tuple[Any, ...]]:
    told = [
        plain(item.at or getattr(item.fact, "held_at", None) or one.at, item.fact.name, asdict(item.fact))
        for one in simulation.moments
        for item in one.happened
    ]
    return sorted(told)


def simulated_messages(simulation: Simulation) -> list[tuple[Any, ...]]:
    found = set()
    for one in simulation.moments:
        for message in one.messages:
            for person in (*message.to, *message.may) or (message.role,):
                role = person.partition(":")[2] if message.task else "csm"
                found.add((one.at, message.task.key if message.task else "alert", role))
    return sorted(found)


@pytest.fixture(autouse=True)
def _fresh_pools() -> Iterator[None]:
    """Intake's pool remembers a database that is renewed after each test that commits."""
    forget_processes()
    yield
    forget_processes()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("key", "persona"), [*SHORT, *REST])
def test_a_simulation_is_what_a_real_run_does(key: str, persona: str) -> None:
    simulation = lived(key, persona, DAYS[persona])
    first, *rest = simulation.moments
    with time_machine.travel(first.at, tick=False) as clock:
        world = World(clock, shipped(key), SEGMENTS[key])
        world.work()
        world.win()
        assert world.run.journey.playbook == key
        for one in rest:
            clock.move_to(one.at)
            if one.act:
                world.do(one.act)
            if one.used:
                world.send(list(one.used))
            world.work()
            assert (one.at, stands(world.journey)) == (one.at, one.stands)
        told, known = world.facts(), simulated_facts(simulation)
        assert [one for one in told if one not in known] == []
        assert told == known
        assert world.messages() == simulated_messages(simulation)
        for what, real in rows_of(world.run).items():
            assert (what, real) == (what, rows_of(simulation.run)[what])


def stands(journey_id: UUID) -> tuple[Any, ...]:
    row = Journey.objects.get(id=journey_id)
    return row.state, row.pace, row.active_at, row.next_check_at


def rows_of(run: Run) -> dict[str, Any]:
    """Where a journey stands: every date and state of it, without ids."""
    journey = run.journey
    return {
        "journey": (journey.state, journey.pace, journey.pace_reason, journey.next_check_at, journey.active_at),
        "expected": sorted(one["on"] for one in journey.expected.values()),
        "stages": [(row.key, row.due_on, row.entered_at, row.closed_at, row.how) for row in run.stages],
        "tasks": sorted(
            (row.key, row.cycle, row.state, str(row.due_at), str(row.opened_at), str(row.done_at), row.waits_for)
            for row in run.tasks
        ),
        "milestones": [(row.key, row.due_at, row.met_at, row.noticed_at) for row in run.milestones],
        "check_ins": sorted((row.key, row.cycle, str(row.due_at), str(row.held_at)) for row in run.check_ins),
        "gates": [
            [(one["id"], one["state"], one["sentence"], one["since"]) for one in row.checks] for row in run.stages
        ],
        "completion": [(one["id"], one["state"], one["sentence"], one["since"]) for one in journey.checklist],
    }


def test_each_customer_reaches_what_its_words_promise() -> None:
    good, slow, stalling = (lived("mid_market_60_days", persona, 120) for persona in PERSONAS)
    assert good.state == slow.state == "completed"
    assert good.first_value
    assert slow.first_value
    assert stalling.first_value
    assert (good.first_value.days_late or 0) < 0 < (slow.first_value.days_late or 0)
    assert (stalling.first_value.day, stalling.state, stalling.pace) == (None, "open", "stalled")
    alerts = [(one.words, one.more) for one in stalling.entries if one.words.startswith("Alert: Stalled")]
    assert alerts[0][0].startswith("Alert: Stalled: no step was taken on either side since ")
    assert alerts[0][1] == "to whoever owns the journey"
    stood = stalling.stands_still_on
    assert stood is not None
    assert stood.side == "theirs"
    assert "Connect your data sources" in stood.waits_for
    assert sentence(stalling).startswith("A customer who falls silent does not reach first value within 120 days")


def test_a_gate_that_stays_shut_says_what_is_missing() -> None:
    gates = [entry for entry in lived("b2b_seven_stages", "slow").entries if entry.kind == "gate"]
    assert any("Weekly use holds for two weeks: It is 30%; the target is at least 60%" in one.more for one in gates)


def test_the_same_question_has_the_same_answer_and_takes_no_second() -> None:
    lived("b2b_seven_stages", "good", 2)
    began = process_time()
    first = lived("b2b_seven_stages", "good", 90)
    took = process_time() - began
    assert first.entries == lived("b2b_seven_stages", "good", 90).entries
    assert took < 2, took


def test_checks_that_prove_nothing_are_named() -> None:
    book = shipped("self_serve_funnel")
    idle = Check("idle", "Deal is won", when=Expr("deal.won", (("deal.won", "yes_no"),)))
    million = Expr("event.paid.count >= 1000000", (("event.paid.count", "number"),))
    never = Check("never", "A million payments", when=million)
    stage = replace(book.stages[0], exit=(*book.stages[0].exit, idle, never))
    simulations = [simulate(replace(book, stages=(stage, *book.stages[1:])), one, START) for one in PERSONAS.values()]
    found = dict(warnings(simulations))
    assert set(found) == {"stage.sign_up.idle", "stage.sign_up.never"}
    assert "holds from the start" in found["stage.sign_up.idle"]
    assert "met by no simulated customer" in found["stage.sign_up.never"]
    assert list(warnings([simulate(book, one, START) for one in PERSONAS.values()])) == []


def test_a_journey_that_falls_silent_is_not_looked_at_every_second() -> None:
    """Use is known to the day, so the second at which silence is too long is not."""
    assert len(lived("self_serve_funnel", "stalling", 60).moments) < 200


REVIEWED = """
playbook: reviewed
language: 1
title: Reviewed
accountable: csm
roles: {ours: {csm: account owner}, theirs: {champion: asked of csm}}
events: {planned: {track: planned, source: server}}
stages:
  - stage: setup
    takes: 2w
    tasks:
      - {task: load, by: csm}
      - {task: session, by: csm, after: [{task: load, lag: 2wd}]}
  - stage: review
    tasks: [{task: call, kind: meeting, by: csm, attendees: {must: [csm]}, starts: 53d after signed, due: day 60}]
milestones: [{milestone: value, first_value: true, when: event.planned.count >= 1, due: within 30d of signed}]
"""


def test_a_review_that_may_not_begin_before_its_day_keeps_nobody_from_using_the_product() -> None:
    # red when an event that only a milestone counts comes once every stage is closed, on day 59
    book = lint(Draft(REVIEWED, "reviewed", {}, {})).playbook
    assert book is not None
    found = simulate(book, PERSONAS["good"], START, 70)
    done = {entry.name: (entry.at.date() - START).days for entry in found.entries if entry.kind == "task_done"}
    # Done on Tuesday; two working days later it is Thursday, and the session takes one more.
    assert (done["task.load"], done["task.session"]) == (1, 4)
    assert done["task.call"] in range(53, 61)
    assert found.first_value
    assert found.first_value.day is not None
    assert found.first_value.day < 10
