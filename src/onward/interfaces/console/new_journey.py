"""A new journey: of a won deal, or by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from onward.accounts import queries as accounts
from onward.accounts.decisions import Aim
from onward.automation.queries import Beginning, Reached, beginning, sale
from onward.foundation.clock import now
from onward.identity.decisions import may
from onward.interfaces.console.journey.aiming import target_day
from onward.interfaces.console.playbook_words import said as said_words
from onward.interfaces.console.shell import say, staff
from onward.interfaces.console.targets import aim
from onward.interfaces.ui.given import moment
from onward.interfaces.ui.words import listed
from onward.journeys import actions
from onward.journeys import queries as journeys
from onward.journeys.decisions.capacity import free_words, room_words
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import Refusal, conflict, invalid
from onward.playbooks import queries as playbooks
from onward.playbooks.decisions.definition import Playbook

MOST_FOUND = 200
NEVER = datetime.min.replace(tzinfo=UTC)


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """First the account is found by name, then its deal, playbook and signature are chosen."""
    actor = staff(request)
    refusal = None
    if request.method == "POST":
        try:
            journey = _open(actor, request)
            is_asked = playbooks.version(parse_id("pbv", request.POST["version"])).approve is not None
            say(request, "It begins as soon as it may." if is_asked else "The journey is open.")
            return redirect(f"/journeys/{format_id('jny', journey)}")
        except Refusal as caught:
            if caught.code not in {"invalid", "conflict", "stale"}:
                raise
            refusal = caught
    given = request.POST if request.method == "POST" else request.GET
    words, ref = given.get("q", "").strip()[:100], given.get("account", "")
    after = journeys.carried(actor, parse_id("jny", given["after"])) if given.get("after") else None
    account_id = after.account_id if after else parse_id("acc", ref) if ref else None
    account = accounts.account(actor, account_id) if account_id else None
    found = accounts.accounts(actor, words=words, limit=MOST_FOUND) if not account else None
    running = journeys.under_way(actor, [account.id] if account else [row.id for row in found.rows] if found else [])
    books = playbooks.current_versions()
    chosen = next((key for key, book in books.items() if book.id == given.get("playbook")), None)
    asked = [books[chosen]] if chosen else list(books.values())
    deals = [row for row in accounts.deals(actor, account_id=account.id) if row.state == "won"] if account else []
    deals.sort(key=lambda row: row.signed_at or NEVER, reverse=True)
    # The deal of an account that is under way opened what runs: a further journey has its own, or none.
    begun = journeys.deals_begun(account.id) if account and not after and account.id not in running else None
    likely = next((row for row in deals if row.id not in begun), None) if begun is not None else None
    deal = next((row for row in deals if row.ref == given["deal"]), None) if "deal" in given else likely
    fits = playbooks.fitting(sale(account.id, deal.id if deal else None, now()).readings) if account else None
    # Without a choice it is the one that fits, else the first of the list.
    usual = chosen or (fits.version_id if fits else None) or next(iter(books), None)
    version = given.get("version") or (after.version if after else format_id("pbv", usual) if usual else "")
    aimed = next((key for key in books if format_id("pbv", key) == version), None)
    context = {
        "account": account,
        "may_open": may(actor, "open", "journey"),
        "words": words,
        "found": found.rows if found else [],
        "running": {
            key: [(f"/journeys/{format_id('jny', journey)}", title) for journey, title in rows]
            for key, rows in running.items()
        },
        "has_more": bool(found and found.next),
        "deals": deals,
        "deal": deal,
        "playbooks": [(format_id("pbv", key), book.title) for key, book in books.items()],
        "given": given,
        "after": after,
        "chosen_roles": request.POST.getlist("role") if refusal else _kept(after),
        "chosen_goals": request.POST.getlist("goal") if refusal else [one.key for one in after.goals] if after else [],
        "version": version,
        "playbook": books[chosen] if chosen else None,
        "refusal": refusal,
        "ahead": _ahead(actor, account, aimed, deal, given, after) if account and aimed else None,
        "teams": _teams(asked) if account else [],
    }
    if request.headers.get("X-Fragment"):
        return render(request, "console/_beginning.html", context)
    return render(request, "console/new_journey.html", context, status=refusal.status if refusal else 200)


@dataclass(frozen=True, slots=True)
class Ahead:
    """What would begin on a playbook: its aim, with the day of it; and the milestones that would count at once, with
    what each is judged by."""

    book: Playbook
    aim: Aim
    beginning: Beginning
    complete_on: date | None
    reached: list[tuple[Reached, str]]
    sets_up: bool


def _ahead(
    actor: Actor,
    account: accounts.AccountRow,
    version_id: UUID,
    deal: accounts.DealRow | None,
    given: QueryDict,
    after: journeys.Carried | None,
) -> Ahead | None:
    """None for who may not open it, and for a day that cannot be read."""
    if not may(actor, "open", "journey"):
        return None
    try:
        said = moment(day, "The signature") if (day := given.get("signed_at", "")) else None
    except Refusal:
        return None
    signed = said or (deal.signed_at if deal else None) or (now() if after and not deal else None)
    book = playbooks.version(version_id)
    found = beginning(actor, account.id, version_id, deal=deal, signed_at=signed)
    whole = aim(account, book=book)
    return Ahead(
        book,
        whole,
        found,
        target_day(signed, whole) if signed else None,
        [(one, said_words(book.milestone(one.key).when, book)) for one in found.reached],
        any("account.setup_days" in one.due.reads for one in book.stages if one.due),
    )


def _open(actor: Actor, request: HttpRequest) -> UUID:
    given = request.POST
    if not given.get("account") or not given.get("version"):
        raise invalid("An account and a playbook are needed.", mend="Choose both.")
    signed, deal = given.get("signed_at", ""), given.get("deal", "")
    account_id = parse_id("acc", given["account"])
    if given.get("another") != "1" and journeys.under_way(actor, [account_id]):
        raise conflict(
            "This account has a journey under way.", mend="Say that it gets another one, or go on with that."
        )
    said: dict[str, Any] = {
        "version_id": parse_id("pbv", given["version"]),
        "deal_id": parse_id("deal", deal) if deal else None,
        "signed_at": moment(signed, "The signature") if signed else None,
        "title": given.get("title", ""),
        "people": _of_teams(given, "team."),
        "shown": _of_teams(given, "shown."),
    }
    if given.get("after"):
        return actions.start_next_cycle(
            actor=actor,
            journey_id=parse_id("jny", given["after"]),
            roles=given.getlist("role"),
            goals=given.getlist("goal"),
            **said,
        )
    return actions.open_journey(actor=actor, account_id=account_id, **said)


def _kept(after: journeys.Carried | None) -> list[str]:
    """Who was set free at the end comes by load again, unless somebody says otherwise."""
    return [one.role for one in after.people if not one.is_free] if after else []


def _of_teams(given: QueryDict, prefix: str) -> dict[str, str]:
    """Role -> who was said for its team, of the roles of the playbook that was chosen."""
    book = playbooks.version(parse_id("pbv", given["version"]))
    said = {role.id: given.get(prefix + role.fill_by, "") for role in book.roles if role.fill == "least_loaded"}
    return {role: person for role, person in said.items() if person}


@dataclass(frozen=True, slots=True)
class Team:
    """A team whose least loaded gets a role: (person, hours) by room, why the first, what roles."""

    name: str
    people: list[tuple[str, str]]
    why: str
    roles: str


def _teams(books: Iterable[Playbook]) -> list[Team]:
    wanted: dict[str, list[str]] = {}
    for book in books:
        for role in book.roles:
            if role.fill == "least_loaded":
                wanted.setdefault(role.fill_by, []).append(f"{role.title} ({book.title})")
    return [
        Team(
            team,
            [(one.person.ref, free_words(one)) for one in people],
            room_words(people),
            listed(wanted[team][:3]) if len(wanted[team]) <= 3 else f"roles in {len(wanted[team])} playbooks",
        )
        for team, people in journeys.team_loads(wanted.keys()).items()
    ]
