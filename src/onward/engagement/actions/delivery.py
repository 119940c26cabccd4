"""Take messages out of the outbox: claim, hand to the mail server, settle. At least once, under one Message-ID."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from onward.engagement.actions.rows import MASK, stays, tell
from onward.engagement.decisions import MAX_TRIES, next_try
from onward.engagement.models import Message
from onward.engagement.queries import account_of_message, outgoing
from onward.foundation import clock, mailer
from onward.foundation.actions import act, action
from onward.foundation.ledger import stream_of
from onward.identity.decisions import require
from onward.kernel.actor import SYSTEM, Actor
from onward.kernel.ids import format_id
from onward.kernel.refusals import conflict, not_found


def _of_message(kwargs: Mapping[str, Any]) -> tuple[str, ...]:
    account_id = account_of_message(kwargs["message_id"])
    return (stream_of(account_id),) if account_id else ()


@action(stream=lambda _: ())
def claim_messages(*, actor: Actor, limit: int = 10) -> list[UUID]:
    """Take due messages for this worker. The attempt is counted and the next one dated before it is made, so that a
    mail which kills the process delays only itself."""
    now = act().now
    rows = (
        Message.objects.select_for_update(skip_locked=True)
        .filter(state="waiting", due_at__lte=now)
        .order_by("due_at")[:limit]
    )
    claimed = []
    for row in rows:
        row.tries += 1
        row.due_at = next_try(row.tries, now)
        row.save(update_fields=["tries", "due_at"])
        claimed.append(row.id)
    return claimed


def deliver(message_id: UUID) -> None:
    """Send one claimed message and settle it. Between the two no transaction is open: mail servers are slow."""
    row = outgoing(message_id)
    if row is None:
        return
    if row["is_demo"] or row["silent"] or not mailer.configured():
        settle_message(actor=SYSTEM, message_id=message_id, outcome="written")
        return
    if row["expires_at"] is not None and clock.now() >= row["expires_at"]:
        settle_message(actor=SYSTEM, message_id=message_id, outcome="failed", problem="It expired before it was sent.")
        return
    try:
        mailer.send(_mail(row))
        settle_message(actor=SYSTEM, message_id=message_id, outcome="sent")
    except mailer.Undelivered as error:
        final = error.permanent or row["tries"] >= MAX_TRIES
        outcome = ("bounced" if error.bounced else "failed") if final else "again"
        settle_message(actor=SYSTEM, message_id=message_id, outcome=outcome, problem=error.problem)


@action(stream=_of_message)
def settle_message(*, actor: Actor, message_id: UUID, outcome: str, problem: str = "") -> bool:
    """Note how an attempt ended: "sent", "written", "failed", "bounced", or "again" (a later try may mend it).

    False when it was settled before.
    """
    row = Message.objects.select_for_update().filter(id=message_id, state="waiting").first()
    if row is None:
        return False
    row.problem = problem
    if outcome != "again":
        row.state = outcome
        row.secret = ""
        row.settled_at = act().now
    row.save()
    tell(row)
    return True


@action(stream=_of_message)
def resend_message(*, actor: Actor, message_id: UUID) -> None:
    """Try a failed or bounced message again. Refusals: "conflict" when it has not failed or was a code."""
    require(actor, "send", "message")
    row = Message.objects.select_for_update().filter(id=message_id).first()
    if row is None:
        raise not_found("message", format_id("msg", message_id))
    if row.state not in {"failed", "bounced"}:
        raise conflict("This message has not failed.", mend="Only what failed is sent again.")
    if row.kind == "code":
        raise conflict("A code is not sent again.", mend="Ask for a new code on the sign-in page.")
    if not row.to_mail:
        raise conflict(f"{row.to_name} has no mail address.", mend="Add the address, then send it from the task.")
    now = act().now
    row.tries, row.problem, row.due_at = 0, "", now
    row.state = "written" if stays(row) else "waiting"
    row.settled_at = now if row.state == "written" else None
    row.save()
    tell(row)


def _mail(row: Mapping[str, Any]) -> mailer.Mail:
    """The row as a mail; the code takes the place of its mask only here."""
    text, html = row["text"], row["html"]
    if row["secret"]:
        text, html = text.replace(MASK, row["secret"]), html.replace(MASK, row["secret"])
    return mailer.Mail(
        message_id=row["message_id"],
        to_name=row["to_name"],
        to_mail=row["to_mail"],
        subject=row["subject"],
        text=text,
        html=html,
        written_at=row["created_at"],
        from_name=row["from_name"],
        reply_to=row["reply_to"],
        ics=row["ics"],
        ics_method=row["ics_method"],
        files=[mailer.File(**file) for file in row["attachments"]],
    )
