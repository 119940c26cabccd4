"""What other apps know of an account, put together by ids."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from markupsafe import Markup

from onward.accounts import queries as accounts
from onward.conversation import queries as conversation
from onward.foundation.clock import now
from onward.interfaces.console.targets import aim
from onward.journeys import queries as journeys
from onward.journeys.decisions.hours import hours_words
from onward.kernel.actor import Actor
from onward.usage import queries as usage
from onward.usage.queries.cells import last_use

WEEKS = 12
STATES = {"prospect": "Prospect", "onboarding": "Onboarding", "active": "Active", "left": "Left"}


def around_account(actor: Actor, account_id: UUID) -> dict[str, Any]:
    """Its journeys, deals that wait for a playbook, when it last used the product, and what is still open."""
    lines = sorted(journeys.journeys_of(actor, account_id), key=_under_way_and_newest)
    waiting = journeys.waiting_deals(actor, account_id=account_id)
    row = accounts.account(actor, account_id)
    held = accounts.contacts_by_role(account_id)
    today = now().date()
    weeks = usage.weekly_use(actor, [account_id], today - timedelta(weeks=WEEKS - 1), today)[account_id]
    won = journeys.wins(actor, account_id=account_id)
    running = next((line for line in lines if line.state in {"open", "paused"}), None)
    over = max((line for line in lines if line.state == "completed"), key=_ended, default=None)
    view = journeys.journey_view(actor, running.id) if running else None
    return {
        "running": running,
        "view": view,
        "missing": [role for role in view.roles if role.person is None and not role.optional] if view else [],
        "waiting_for": view.waiting if view else None,
        "weeks": weeks,
        "spark": spark(weeks),
        "wins": won,
        "win_totals": journeys.totals(won),
        "notes": conversation.latest_notes(actor, account_id, 5),
        "journeys": lines,
        "titles": {line.id: line.title for line in lines},
        "ended": journeys.ending(actor, over.id) if over else None,
        "over": over,
        "waiting": waiting,
        "waiting_names": accounts.deal_names([deal.deal_id for deal in waiting]),
        "last_use": last_use(account_id, None),
        "questions": questions(row, held),
        "aim": aim(row),
        "spent": journeys.hours_of_account(actor, account_id),
        "hours_words": hours_words,
        "asked": conversation.open_questions(actor, account_id=account_id, limit=5),
    }


def _under_way_and_newest(line: journeys.JourneyLine) -> tuple[bool, float]:
    return line.state not in {"open", "paused"}, -(line.signed_at or line.started_at).timestamp()


def _ended(line: journeys.JourneyLine) -> datetime:
    return line.ended_at or line.started_at


def spark(weeks: Sequence[usage.WeekOfUse]) -> Markup:
    """People a week as a line; nothing when nobody came. The usage page has the figures."""
    most = max((week.users for week in weeks), default=0)
    if not most:
        return Markup("")
    step = 96 / max(len(weeks) - 1, 1)
    points = " ".join(f"{2 + n * step:.1f},{20 - 17 * week.users / most:.1f}" for n, week in enumerate(weeks))
    last = points.rpartition(" ")[2].partition(",")
    said = f"People a week over {len(weeks)} weeks, now {weeks[-1].users}, at most {most}"
    return Markup(
        '<svg class="spark" viewBox="0 0 100 22" role="img" aria-label="{}"><polyline points="{}"/>'
        '<circle cx="{}" cy="{}" r="2"/></svg>'
    ).format(said, points, last[0], last[2])


def questions(row: accounts.AccountRow, held: dict[str, list[accounts.ContactRow]]) -> list[tuple[str, str, str]]:
    """What nobody has said yet and something rests on: (question, why it matters, where it is answered)."""
    asked = []
    edit = f"/accounts/{row.ref}/edit"
    if row.owner_id is None:
        asked.append(("Who owns this account?", "Their journeys have nobody who drives them.", f"{edit}#owner"))
    if not held.get("champion"):
        asked.append(("Who is the champion?", "Kickoff closes only with a named champion.", "#people"))
    if row.group_id is None:
        asked.append(("Which id has it in the product?", "Usage counts once the id is known.", f"{edit}#group_id"))
    if row.seats is None:
        asked.append(("How many seats did they buy?", "Shares of seats are unknown until then.", f"{edit}#seats"))
    if row.complexity is None:
        asked.append(("How complex is the set-up?", "Until somebody says, standard times apply.", f"{edit}#complexity"))
    return asked
