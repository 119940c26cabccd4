"""What people write down: objectives, roles, waivers, measures, check-ins, evidence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from onward.accounts import queries as accounts
from onward.foundation.actions import act, action, record
from onward.foundation.postgres import new_id, one_statement
from onward.identity.decisions import Thing, require
from onward.journeys import facts
from onward.journeys.actions.changing import changing, known_person, past, stream_by, text
from onward.journeys.actions.success import enter_reading
from onward.journeys.decisions.by_hand import metrics_by_hand, reading_of
from onward.journeys.decisions.handing import NEXT_OWNER, next_role
from onward.journeys.decisions.milestones import met_fact
from onward.journeys.decisions.opening import role_side
from onward.journeys.models import Evidence, Objective
from onward.journeys.queries.success import stands_in_plan
from onward.kernel.actor import SYSTEM, Actor
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import Refusal, conflict, invalid, not_found
from onward.playbooks import queries as playbooks


@action(stream_by("journey_id"))
def fill_role(*, actor: Actor, journey_id: UUID, role: str, person: str | None) -> None:
    """Name who holds a role: "user:usr_..." on our side, "contact:con_..." on theirs, None for nobody."""
    with changing(actor, journey_id, "assign") as run:
        book = playbooks.version(run.journey.version_id)
        spec = next((item for item in book.roles if item.id == role), None)
        if spec is None and not role == next_role(book) == NEXT_OWNER:
            raise not_found("role", role[:40])
        if person is not None:
            _known_person(run.journey.account_id, role_side(book, role), person)
        before = (run.journey.roles.get(role) or {}).get("person")
        if before == person:
            return
        roles = {key: value for key, value in run.journey.roles.items() if key != role}
        if person:
            roles[role] = {"person": person, "at": act().now.isoformat()}
        run.journey.roles = roles
        if role == book.accountable:
            run.journey.owner_id = parse_id("usr", person.removeprefix("user:")) if person else None
        run.journey.edition += 1
        record(facts.RoleFilled(role, person, before), journey=journey_id)


def _known_person(account_id: UUID, side: str, person: str) -> None:
    kind = person.partition(":")[0]
    if (kind == "contact") != (side == "theirs"):
        whose = "one of their people" if side == "theirs" else "one of our people"
        raise invalid(f"This role is for {whose}.", mend="Choose from the list.")
    known_person(account_id, person)


@action(stream_by("journey_id"))
def pick_measure(
    *, actor: Actor, journey_id: UUID, milestone: str, measure: str, numbers: dict[str, float] | None = None
) -> None:
    """Choose what "value" means for this customer, with its numbers. Refused once the milestone is met."""
    with changing(actor, journey_id, "pick") as run:
        book = playbooks.version(run.journey.version_id)
        row = run.milestone(milestone)
        if row is None or not book.milestone(milestone).pick:
            raise not_found("milestone with measures to pick", milestone[:40])
        if measure not in book.milestone(milestone).pick:
            raise invalid("That measure is not offered here.", mend="Choose one from the list.", field="measure")
        if row.met_at:
            raise conflict(f"{row.title} is already reached.", mend="A measure that is met stays as it is.")
        spec = book.find("measure", measure)
        given = {ask.id: _number((numbers or {}).get(ask.id, ask.default), ask.id) for ask in spec.ask}
        title = spec.title
        for name, number in given.items():
            title = title.replace("{" + name + "}", f"{number:g}")
        pick = {"measure": measure, "numbers": given, "title": title, "by": actor.ref, "at": act().now.isoformat()}
        run.journey.picks = {**run.journey.picks, milestone: pick}
        record(facts.MeasurePicked(milestone, measure, title, given), journey=journey_id)


def _number(value: Any, field: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value <= 0:
        raise invalid("The number of a measure has to be above 0.", mend="Write a number, for example 3.", field=field)
    return float(value)


@action(stream_by("journey_id"))
def record_milestone(*, actor: Actor, journey_id: UUID, milestone: str, met_at: datetime, note: str) -> None:
    """Record by hand that a milestone was reached, with what it rests on."""
    with changing(actor, journey_id, "record") as run:
        row = run.milestone(milestone)
        if row is None:
            raise not_found("milestone", milestone[:40])
        if row.met_at:
            raise conflict(f"{row.title} was already reached on {row.met_at:%-d %B}.", mend="Nothing is left to do.")
        book = playbooks.version(run.journey.version_id)
        if not book.milestone(milestone).by_hand and actor.role not in {"admin", "manager"}:
            raise Refusal(
                "forbidden",
                f"{row.title} is proven by data, not by hand.",
                mend="A manager may record it by name and with evidence.",
            )
        said = text(note, "The evidence", field="note")
        row.met_at, row.noticed_at = past(met_at, "The moment", field="met_at"), act().now
        row.how, row.met_by = "by_hand", actor.ref
        row.verdict = {"state": "met", "readings": {}, "missing": [], "note": said}
        record(met_fact(run, row, act().now), journey=journey_id, occurred_at=row.met_at)


@action(stream_by("journey_id"))
def write_objective(
    *,
    actor: Actor,
    journey_id: UUID,
    outcome: str,
    due_on: date | None = None,
    owner_contact_id: UUID | None = None,
    measure: str = "",
    objective_id: UUID | None = None,
    edition: int | None = None,
) -> UUID:
    """Write what this customer wants, by when, and who on their side owns it; its id. An agreed one has to be agreed
    anew after a change."""
    with changing(actor, journey_id, "write", "objective") as run:
        outcome = text(outcome, "The outcome", limit=500, field="outcome")
        if owner_contact_id:
            owner = accounts.contact(SYSTEM, owner_contact_id)
            if owner.account_id != run.journey.account_id:
                raise not_found("contact", format_id("con", owner_contact_id))
        if objective_id is None:
            row = Objective(
                id=new_id(),
                journey_id=journey_id,
                account_id=run.journey.account_id,
                written_by=actor.ref,
                written_at=act().now,
            )
        else:
            found = Objective.objects.filter(id=objective_id, journey_id=journey_id).first()
            if found is None:
                raise not_found("objective", format_id("obj", objective_id))
            row = found
            if stands_in_plan(journey_id, row.id):
                raise conflict(
                    "This objective stands in the success plan that both sides agreed.",
                    mend="Propose a change of the plan.",
                )
            if edition is not None and edition != row.edition:
                raise Refusal("stale", "This objective has changed since you opened it.", mend="Look at it again.")
            row.edition += 1
            row.agreed_at, row.agreed_by = None, ""
        row.outcome, row.due_on, row.owner_contact_id, row.measure = outcome, due_on, owner_contact_id, measure
        row.save()
        owner_ref = format_id("con", owner_contact_id) if owner_contact_id else None
        record(facts.ObjectiveWritten(row.id, outcome, due_on, owner_ref), journey=journey_id)
        return row.id


@action(stream_by("objective_id"))
def agree_objective(*, actor: Actor, objective_id: UUID) -> None:
    """The customer (or staff in their name, which the fact shows) agrees to an objective."""
    row = _objective(actor, objective_id, "confirm")
    if row.agreed_at:
        raise conflict("This objective is already agreed.", mend="Nothing is left to do.")
    if row.due_on is None or row.owner_contact_id is None:
        raise invalid(
            "An objective needs a date and an owner on the customer's side before it is agreed.",
            mend="Add both, then agree.",
        )
    row.agreed_at, row.agreed_by = act().now, actor.ref
    row.edition += 1
    row.save()
    record(facts.ObjectiveAgreed(row.id, row.outcome), journey=row.journey_id)


@action(stream_by("objective_id"))
def meet_objective(*, actor: Actor, objective_id: UUID, evidence: str) -> None:
    """Say by name, and with what it rests on, that an objective is reached."""
    row = _objective(actor, objective_id, "confirm")
    if row.met_at:
        raise conflict("This objective is already reached.", mend="Nothing is left to do.")
    row.met_at, row.met_by = act().now, actor.ref
    row.evidence = text(evidence, "The evidence", field="evidence")
    row.edition += 1
    row.save()
    record(facts.ObjectiveMet(row.id, row.outcome, row.evidence), journey=row.journey_id)


def _objective(actor: Actor, objective_id: UUID, verb: str) -> Objective:
    row = Objective.objects.filter(id=objective_id).first()
    ref = format_id("obj", objective_id)
    if row is None:
        raise not_found("objective", ref)
    require(actor, verb, Thing("objective", row.account_id, is_shared=True, ref=ref))
    return row


@action(stream_by("check_in_id"))
def hold_check_in(
    *,
    actor: Actor,
    check_in_id: UUID,
    held_at: datetime,
    note: str = "",
    answers: dict[str, Any] | None = None,
    readings: Mapping[UUID, float] | None = None,
) -> None:
    """Record that a check-in took place. `readings`: how far each objective is, as it was told there."""
    rows = one_statement("select journey_id from journeys_checkinrun where id = %s", (check_in_id,))
    with changing(actor, rows[0]["journey_id"], "hold", "check_in") as run:
        row = next(item for item in run.check_ins if item.id == check_in_id)
        if row.held_at:
            raise conflict(f"{row.title} was already held on {row.held_at:%-d %B}.", mend="Nothing is left to do.")
        row.held_at, row.held_by = past(held_at, "The check-in", field="held_at"), actor.ref
        row.note, row.answers = text(note, "The note", required=False, field="note"), dict(answers or {})
        for objective_id, value in (readings or {}).items():
            enter_reading(run, objective_id, value, f"Told in: {row.title}")
        record(
            facts.CheckInHeld(row.key, row.title, row.held_at, row.note),
            journey=run.journey.id,
            occurred_at=row.held_at,
        )


@action(stream_by("journey_id"))
def give_evidence(*, actor: Actor, journey_id: UUID, metric: str, value: Any, note: str) -> None:
    """Enter by hand a figure that the product cannot compute, with what it rests on; a reading of the playbook's own
    takes its choices' ids."""
    with changing(actor, journey_id, "write", "evidence") as run:
        book = playbooks.version(run.journey.version_id)
        reading = reading_of(book, metric)
        if reading is not None and reading.type == "choice":
            if value not in {choice for choice, _ in reading.choices}:
                titles = ", ".join(title for _, title in reading.choices)
                raise invalid(f"{reading.title} is one of: {titles}.", mend="Choose one of them.")
        elif not isinstance(value, bool | int | float) or (isinstance(value, float) and not math.isfinite(value)):
            raise invalid("A figure is a number, or yes or no.", mend="Write a number such as 8, 0.8 or 80%.")
        elif reading is not None and isinstance(value, bool) != (reading.type == "yes_no"):
            wanted = "yes or no" if reading.type == "yes_no" else "a number"
            raise invalid(f"{reading.title} is {wanted}.", mend=f"Write {wanted}.")
        if metric not in metrics_by_hand(book):
            raise invalid(f"{metric[:80]} is not entered by hand.", mend="Onward computes it, or nothing asks for it.")
        Evidence.objects.create(
            id=new_id(),
            journey_id=journey_id,
            account_id=run.journey.account_id,
            metric=metric,
            value=value,
            note=text(note, "What it rests on"),
            given_by=actor.ref,
            given_at=act().now,
        )
        record(facts.EvidenceGiven(metric, value, note.strip()), journey=journey_id)
