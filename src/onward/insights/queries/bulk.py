"""Changes of many journeys: how far they are, what was refused and why; and to whom a reminder would go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from onward.accounts import queries as accounts
from onward.foundation.postgres import one_statement
from onward.identity import queries as identity
from onward.identity.decisions import require
from onward.journeys import queries as journeys
from onward.journeys.queries import WorkTask
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import conflict, invalid, not_found

SHOWN = 500


@dataclass(frozen=True, slots=True)
class BulkLine:
    """One journey of it. `state`: waiting, done or refused; `said`: what came of it."""

    journey_id: UUID
    account_name: str
    state: str
    said: str

    @property
    def ref(self) -> str:
        """The journey's external id."""
        return format_id("jny", self.journey_id)


@dataclass(frozen=True, slots=True)
class BulkView:
    """A change, its figures, and its rows (the refused ones first, up to SHOWN)."""

    id: UUID
    what: str
    given: dict[str, Any]
    state: str
    made_by: str
    created_at: datetime
    finished_at: datetime | None
    total: int
    done: int
    refused: int
    is_undo: bool
    undone_by: UUID | None
    rows: list[BulkLine]

    @property
    def ref(self) -> str:
        """Its external id."""
        return format_id("blk", self.id)


def bulk(actor: Actor, bulk_id: UUID) -> BulkView:
    """One change; Refusal "not_found" for another's, but for managers."""
    require(actor, "see", "journey")
    rows = one_statement(
        """select b.id, b.what, b.given, b.state, b.made_by_id, b.created_at, b.finished_at, b.undoes_id,
                  (select u.id from insights_bulk u where u.undoes_id = b.id) as undone_by,
                  count(r.id) as total, count(*) filter (where r.state = 'done') as done,
                  count(*) filter (where r.state = 'refused') as refused
           from insights_bulk b left join insights_bulkrow r on r.bulk_id = b.id where b.id = %s group by b.id""",
        (bulk_id,),
    )
    me = parse_id("usr", actor.id) if actor.is_staff else None
    if not rows or not (rows[0]["made_by_id"] == me or actor.role in {"admin", "manager"}):
        raise not_found("change of many", format_id("blk", bulk_id))
    (head,) = rows
    lines = one_statement(
        """select r.journey_id, p.account_name, r.state, r.said from insights_bulkrow r
           join insights_portfolio p using (journey_id) where r.bulk_id = %s
           order by r.state <> 'refused', r.number limit %s""",
        (bulk_id, SHOWN),
    )
    return BulkView(
        head["id"],
        head["what"],
        head["given"],
        head["state"],
        identity.user_names([head["made_by_id"]]).get(head["made_by_id"], ""),
        head["created_at"],
        head["finished_at"],
        head["total"],
        head["done"],
        head["refused"],
        head["undoes_id"] is not None,
        head["undone_by"],
        [BulkLine(**line) for line in lines],
    )


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is reminded of what: the most pressing thing that a journey waits for from its customer."""

    task: WorkTask
    contact: accounts.ContactRow
    journey_title: str
    others: int

    @property
    def subject(self) -> str:
        """The mail's subject; a person's words hold no placeholders."""
        return plain(self.task.title)


def recipient(actor: Actor, journey_id: UUID) -> Recipient:
    """Whom a reminder about this journey goes to. Refusals name what is missing."""
    title, state, _ = _journey(actor, journey_id)
    if state != "open":
        raise conflict(f"This journey is {state}.", mend="Only what is under way waits for anybody.")
    asked = journeys.asked_of_customers(actor, [journey_id]).get(journey_id, [])
    if not asked:
        raise conflict("It waits for nothing from its customer.", mend="Nothing is left to ask for.")
    for task in asked:
        kind, _, ref = task.holder.partition(":")
        if kind != "contact":
            continue
        found = accounts.contacts_by_ids(actor, [parse_id("con", ref)])
        contact = next(iter(found.values()), None)
        if contact is not None and contact.revoked_at is None and contact.mail:
            return Recipient(task, contact, title, len(asked) - 1)
    raise invalid(f"Nobody with a mail address holds “{asked[0].title}”.", mend="Name somebody on its People page.")


def _journey(actor: Actor, journey_id: UUID) -> tuple[str, str, UUID]:
    rows = one_statement("select title, state, account_id from insights_portfolio where journey_id = %s", (journey_id,))
    if not rows:
        raise not_found("journey", format_id("jny", journey_id))
    return rows[0]["title"], rows[0]["state"], rows[0]["account_id"]


def letter(to: Recipient, words: str) -> tuple[str, dict[str, str]]:
    """The mail as it is sent: the person's words, what is asked for, the way there; and the values of placeholders."""
    # The reader's name is theirs to fill in; nothing else between braces is.
    said = "{person.first_name}".join(plain(part) for part in words.split("{person.first_name}"))
    lines = [said, f"**{plain(to.task.title)}**"]
    if to.task.due_on is not None:
        lines[-1] += f", due {to.task.due_on:%a} {to.task.due_on.day} {to.task.due_on:%B}"
    if to.task.shared:
        lines.append("[Open it]({link.task})")
    return "\n\n".join(lines), {"journey.title": to.journey_title}


def plain(words: str) -> str:
    """A person's words hold no placeholders."""
    return words.replace("{", "(").replace("}", ")")
