"""The success plan: one side proposes a version of it, the other agrees by name or refuses; what is agreed stands."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from uuid import UUID

from onward.accounts import queries as accounts
from onward.foundation.actions import act, action, record
from onward.foundation.postgres import new_id
from onward.identity import queries as identity
from onward.identity.decisions import Thing, require
from onward.journeys import facts
from onward.journeys.actions.changing import changing, stream_by, text
from onward.journeys.decisions.state import ObjectiveRow, Run
from onward.journeys.decisions.success import (
    Answer,
    Known,
    Party,
    Stated,
    Version,
    Wanted,
    answer_text,
    differences,
    digest,
    is_share,
    measurable,
    read_version,
    signers_of,
    stated,
    version_text,
    wrong,
)
from onward.journeys.models import Objective, PlanVersion
from onward.kernel.actor import SYSTEM, Actor
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import Refusal, conflict, forbidden, invalid, not_found
from onward.playbooks import queries as playbooks

MOST = 20


@action(stream_by("journey_id"))
def propose_plan(
    *,
    actor: Actor,
    journey_id: UUID,
    objectives: Sequence[Wanted],
    note: str = "",
    after: int | None = None,
    user_id: UUID | None = None,
) -> int:
    """Put a success plan before the other side; the number of this version. What was agreed stands until they agree.

    `after`: the number of the newest version that the proposer saw, 0 for none. `user_id`: for whom of us a key does
    it; without one it proposes for the organization. Refusals: "stale" when there is a newer
    one, "conflict" while one waits for its answer, "invalid" with `fields` ("0.due_on") for what is missing.
    """
    with changing(actor, journey_id, "confirm", "objective", shared=True) as run:
        by = _signer(actor, run, user_id=user_id)
        versions = _versions(journey_id)
        _is_next(versions, after)
        plan = _stated(run, objectives)
        agreed = next((row for row in reversed(versions) if row.state == "agreed"), None)
        standing = read_version(agreed.body).objectives if agreed else ()
        differs = differences(standing, plan)
        if agreed and not differs:
            raise invalid(
                f"Nothing differs from version {agreed.number}, which stands.", mend="Change something, then propose."
            )
        account_id = run.journey.account_id
        version = Version(
            format_id("jny", journey_id),
            accounts.account_names([account_id]).get(account_id, ""),
            identity.organization().name,
            len(versions) + 1,
            versions[-1].answer_hash if versions else "",
            by,
            act().now.isoformat(),
            text(note, "The note", required=False),
            tuple(plan),
        )
        body = version_text(version)
        row = PlanVersion(
            journey_id=journey_id,
            account_id=account_id,
            number=version.number,
            body=body,
            hash=digest(body),
            side=by.side,
            proposed_by=by.ref,
            proposed_at=act().now,
        )
        row.save(force_insert=True)
        told = facts.PlanProposed(row.number, row.hash, version.before, row.side, differs, version.note)
        record(told, journey=journey_id)
        return row.number


@action(stream_by("journey_id"))
def answer_plan(
    *, actor: Actor, journey_id: UUID, number: int, agreed: bool, words: str = "", user_id: UUID | None = None
) -> None:
    """The other side agrees by name to the version that waits, and it stands; or refuses it, in words. A key answers
    for nobody but the colleague whom it names as `user_id`."""
    with changing(actor, journey_id, "confirm", "objective", shared=True) as run:
        row = _waiting(journey_id, number)
        version = read_version(row.body)
        by = _signer(actor, run, version, user_id)
        if by.ref.startswith("key:"):
            raise forbidden("A success plan is answered by people.", mend="Name the colleague who answers it.")
        if by.side == row.side:
            raise forbidden(
                f"{version.by.name} proposed this on your own side.", mend="It is for the other side to answer."
            )
        words = text(words, "What should be different", required=not agreed)
        _answer(row, by, "agreed" if agreed else "refused", words)
        if agreed:
            _stand(run, version, version.by if row.side == "theirs" else by)


@action(stream_by("journey_id"))
def withdraw_plan(*, actor: Actor, journey_id: UUID, number: int) -> None:
    """Take a proposal back before it is answered; anybody who signs for the side that made it may."""
    with changing(actor, journey_id, "confirm", "objective", shared=True) as run:
        row = _waiting(journey_id, number)
        by = _signer(actor, run)
        if by.side != row.side:
            raise forbidden("Only the side that proposed it takes it back.", mend="Refuse it instead, in words.")
        _answer(row, by, "withdrawn", "")


@action(stream_by("objective_id"))
def measure_objective(*, actor: Actor, objective_id: UUID, value: float, note: str) -> None:
    """Enter how far an objective is, in its unit, with what that rests on. Refused for what the product measures."""
    found = Objective.objects.filter(id=objective_id).values_list("journey_id", flat=True).first()
    if found is None:
        raise not_found("objective", format_id("obj", objective_id))
    with changing(actor, found, "confirm", "objective", shared=True) as run:
        enter_reading(run, objective_id, value, text(note, "What it rests on", field="note"))


def enter_reading(run: Run, objective_id: UUID, value: float, note: str) -> None:
    """The newest reading of an objective that people measure; the caller has the journey to change."""
    row = next((one for one in run.objectives if one.id == objective_id), None)
    if row is None:
        raise not_found("objective", format_id("obj", objective_id))
    if row.target is None:
        raise invalid(f"“{row.outcome}” has no number to come to.", mend="Propose a target for it first.")
    if row.metric:
        raise invalid(f"“{row.outcome}” is measured by the product.", mend="Its figure comes by itself.")
    if isinstance(value, bool) or not math.isfinite(value):
        raise invalid("The figure has to be a number.", mend="Write it like 8, 0.8 or 1,500.")
    row.reading, row.read_at = float(value), act().now
    row.edition += 1
    record(facts.ObjectiveMeasured(row.id, row.outcome, row.reading, row.unit, note), journey=run.journey.id)


def _versions(journey_id: UUID) -> list[PlanVersion]:
    return list(PlanVersion.objects.filter(journey_id=journey_id).order_by("number"))


def _is_next(versions: Sequence[PlanVersion], after: int | None) -> None:
    newest = versions[-1] if versions else None
    if newest and newest.state == "proposed":
        by = read_version(newest.body).by.name
        raise conflict(
            f"Version {newest.number}, proposed by {by}, waits for an answer.", mend="Answer it or take it back first."
        )
    if after is not None and after != len(versions):
        raise Refusal("stale", "The plan has changed since you opened this form.", mend="Look at it again.")


def _waiting(journey_id: UUID, number: int) -> PlanVersion:
    row = PlanVersion.objects.filter(journey_id=journey_id, number=number).first()
    if row is None:
        raise not_found("version of the plan", number)
    if row.state != "proposed":
        raise conflict(f"Version {number} is {row.state} already.", mend="Look at the plan as it stands now.")
    return row


def _signer(actor: Actor, run: Run, version: Version | None = None, user_id: UUID | None = None) -> Party:
    """Who signs, with the address that they are known by; of their people who has a part in it."""
    if actor.kind == "key":
        return _by_key(actor, run, user_id)
    if actor.is_staff:
        user_id = parse_id("usr", actor.id)
        user = identity.user_addresses([user_id]).get(user_id)
        return Party(f"user:{actor.id}", actor.name, (user.mail if user else "") or "")
    if not actor.is_contact:
        raise forbidden("A success plan is signed by people.", mend="Sign in and do it by name.")
    ref = f"contact:{actor.id}"
    if ref not in signers_of(run, version):
        raise forbidden(
            "Only who has a role in this onboarding, or owns an objective, signs its success plan.",
            mend="Ask whoever leads it on your side.",
        )
    mail = accounts.contact(SYSTEM, parse_id("con", actor.id)).mail
    return Party(ref, actor.name, mail or "")


def _by_key(actor: Actor, run: Run, user_id: UUID | None) -> Party:
    """A key speaks for the organization, or for a colleague who may do it themselves; the text says that it was one."""
    if user_id is None:
        return Party(f"key:{actor.id}", f"{identity.organization().name or 'Onward'} (by API key)")
    person = identity.actor_of(user_id)
    if person is None:
        raise not_found("user", format_id("usr", user_id))
    require(person, "confirm", Thing("objective", run.journey.account_id, is_shared=True))
    mail = identity.user_addresses([user_id])[user_id].mail
    return Party(f"user:{person.id}", f"{person.name} (by API key)", mail or "")


def _answer(row: PlanVersion, by: Party, answer: str, words: str) -> None:
    row.answer = answer_text(Answer(row.number, row.hash, answer, by, act().now.isoformat(), words))
    row.answer_hash = digest(row.answer)
    row.state, row.answered_by, row.answered_at = answer, by.ref, act().now
    row.save(update_fields=["answer", "answer_hash", "state", "answered_by", "answered_at"])
    kinds = {"agreed": facts.PlanAgreed, "refused": facts.PlanRefused, "withdrawn": facts.PlanWithdrawn}
    record(kinds[answer](row.number, row.hash, row.answer_hash, by.mail, words), journey=row.journey_id)


def _stand(run: Run, version: Version, agreed_by: Party) -> None:
    """What is agreed becomes the journey's objectives: those of the plan before that it leaves out go."""
    last = PlanVersion.objects.filter(journey_id=run.journey.id, state="agreed", number__lt=version.number)
    before = last.order_by("-number").values_list("body", flat=True).first()
    old = {one.ref: one for one in read_version(before).objectives} if before else {}
    kept = {one.ref for one in version.objectives}
    run.objectives = [row for row in run.objectives if (ref := format_id("obj", row.id)) in kept or ref not in old]
    rows = {format_id("obj", row.id): row for row in run.objectives}
    for one in version.objectives:
        row = rows.get(one.ref) or _new_row(run, one.ref, version)
        if one.ref in rows and row.agreed_at and old.get(one.ref) == one:
            continue
        if row.metric != one.metric or row.unit != one.unit:
            row.reading, row.read_at = None, None
        row.outcome, row.due_on, row.measure, row.metric = one.outcome, one.due_on, one.measure, one.metric
        row.start, row.target, row.unit = one.start, one.target, one.unit
        row.owner_contact_id = _id("con", one.theirs)
        row.owner_user_id = _id("usr", one.ours)
        row.tasks = [key for key, _ in one.tasks]
        row.agreed_at, row.agreed_by = act().now, _actor_ref(agreed_by)
        row.edition += 1
        record(facts.ObjectiveAgreed(row.id, row.outcome), journey=run.journey.id)


def _actor_ref(party: Party) -> str:
    return party.ref.replace("user:", "staff:")


def _id(prefix: str, party: Party | None) -> UUID | None:
    return parse_id(prefix, party.ref.partition(":")[2]) if party else None


def _new_row(run: Run, ref: str, version: Version) -> ObjectiveRow:
    row = ObjectiveRow(
        parse_id("obj", ref), run.journey.id, run.journey.account_id, "", None, None, "",
        _actor_ref(version.by), act().now, None, "", None, "", "", 0,
    )  # fmt: skip
    run.objectives.append(row)
    return row


def _stated(run: Run, wanted: Sequence[Wanted]) -> list[Stated]:
    """The objectives as the plan states them; one Refusal for all that is missing in them."""
    if not wanted:
        raise invalid("A success plan has at least one objective.", mend="Write what the customer wants.")
    if len(wanted) > MOST:
        raise invalid(f"A success plan has at most {MOST} objectives.", mend="Put some of them together.")
    refs = {format_id("obj", row.id) for row in run.objectives}
    if strange := [one.ref for one in wanted if one.ref and one.ref not in refs]:
        raise not_found("objective", strange[0][:40])
    named = [one.ref for one in wanted if one.ref]
    if len(set(named)) < len(named):
        raise invalid("An objective stands in this plan twice.", mend="Open the plan anew, then change it.")
    book = playbooks.version(run.journey.version_id)
    steps = {task.key: task.title for task in run.tasks if task.shared}
    figures = measurable(book)
    shares = [name for name in figures if is_share(book, name)]
    known = Known(figures, _people(run, wanted), steps, shares)
    if missing := wrong(wanted, known):
        raise invalid(
            "The plan is not complete yet.",
            mend="What is missing stands at each field; nothing that you entered is lost.",
            fields=missing,
        )
    return [stated(one, known, new_id) for one in wanted]


def _people(run: Run, wanted: Iterable[Wanted]) -> dict[str, Party]:
    """Those who are named, where they are this account's people or ours."""
    refs = {ref for one in wanted for ref in (one.theirs, one.ours)}
    if act().actor.is_contact:
        # They name those of ours whom they know, not whoever works here.
        ours = {(holder or {}).get("person", "") for holder in run.journey.roles.values()}
        own = {run.journey.owner_id, *(row.owner_user_id for row in run.objectives)}
        refs -= (
            {ref for ref in refs if ref.startswith("user:")}
            - ours
            - {f"user:{format_id('usr', one)}" for one in own if one}
        )
    users = {parse_id("usr", ref[5:]): ref for ref in refs if ref.startswith("user:")}
    contacts = {parse_id("con", ref[8:]): ref for ref in refs if ref.startswith("contact:")}
    found = {users[one]: Party(users[one], user.name) for one, user in identity.user_addresses(users).items()}
    for contact_id, contact in accounts.contacts_by_ids(SYSTEM, list(contacts)).items():
        if contact.account_id == run.journey.account_id:
            found[contacts[contact_id]] = Party(contacts[contact_id], contact.name)
    return found
