"""A plan from a sheet: uploaded or pasted, looked at as it would be read, then opened as a journey or begun as a draft
of a playbook. Nothing is kept before that: the page sends the sheet along."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from onward.accounts import queries as accounts
from onward.accounts.decisions.sheets import DATE_FORMATS, Problem, Sheet, guessed, read_text
from onward.identity.decisions import Thing, require
from onward.interfaces.console.sheet_bars import drawn_sheet
from onward.interfaces.console.shell import Undo, say, staff
from onward.interfaces.ui.given import moment
from onward.interfaces.ui.words import plural, short_date
from onward.journeys import actions
from onward.journeys import queries as journeys
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import Refusal, conflict, invalid
from onward.playbooks import actions as playbook_actions
from onward.playbooks.decisions.planned import (
    COLUMNS,
    FIELDS,
    PlannedTask,
    SheetPlan,
    make_how,
    open_sheet,
    playbook_of,
    read_plan,
    settled,
)

WORDS = {**COLUMNS, "number": "Number of the row", "done_on": "Done on"}
STATES = {"done": "done", "in_progress": "in progress", "blocked": "blocked", "skipped": "left out", "": ""}
EXAMPLE = """Stage,Task,Owner,Start,Due,Duration,Depends on,Status
Kickoff,Kickoff call,us,2026-03-02,2026-03-04,,,done 2026-03-04
,Send the asset list,customer,,2026-03-09,,Kickoff call,in progress
Setup,Connect the systems,IT (customer),2026-03-10,,2 weeks,Send the asset list,
"""


@dataclass(frozen=True)
class Row:
    """A row of the preview."""

    task: PlannedTask
    side: str
    who: str
    begins: str
    ends: str
    waits: str
    state: str
    problems: list[Problem]


@dataclass
class Looked:
    """A sheet as it would be read: as far as that goes."""

    text: str
    mapping: dict[str, Any]
    sheet: Sheet | None = None
    plan: SheetPlan | None = None
    refusal: Refusal | None = None


@require_safe
def as_csv(request: HttpRequest, ref: str) -> HttpResponse:
    """The plan of a journey as a sheet."""
    text = journeys.plan_sheet(staff(request), parse_id("jny", ref))
    answer = HttpResponse("\ufeff" + text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="plan-{ref}.csv"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def journey(request: HttpRequest) -> HttpResponse:
    """For an account: the sheet becomes a journey."""
    actor, given = staff(request), request.POST if request.method == "POST" else request.GET
    if not given.get("account"):
        return redirect("/journeys/new")
    account = accounts.account(actor, parse_id("acc", given["account"]))
    require(actor, "open", Thing("journey", account.id))
    deals = [row for row in accounts.deals(actor, account_id=account.id) if row.state == "won"]
    deal = given.get("deal", deals[0].ref if deals else "")

    def read(content: bytes, mapping: dict[str, Any]) -> SheetPlan:
        found = journeys.read_sheet_of(account.id, content, mapping, _signed(given, deals, deal))
        playbook_of(found.plan, day_zero=found.day_zero)
        return found.plan

    def take(looked: Looked) -> HttpResponse:
        running = journeys.under_way(actor, [account.id])
        if given.get("another") != "1" and running:
            mend = "Say that it gets another one, or go on with that."
            raise conflict("This account has a journey under way.", mend=mend)
        signed = given.get("signed_at", "")
        journey_id = actions.open_planned(
            actor=actor,
            account_id=account.id,
            content=looked.text.encode(),
            mapping=looked.mapping,
            title=given.get("title", ""),
            deal_id=parse_id("deal", deal) if deal else None,
            signed_at=moment(signed, "The signature") if signed else None,
        )
        path = f"/journeys/{format_id('jny', journey_id)}"
        words = f"The journey is open with {plural(len(looked.plan.tasks), 'task')}." if looked.plan else ""
        say(request, words, Undo(f"{path}/cancellation", {"reason": "The sheet was taken over by mistake."}))
        return redirect(f"{path}/plan")

    more = {
        "kind": "journey",
        "account": account,
        "deals": deals,
        "deal": deal,
        "running": journeys.under_way(actor, [account.id]).get(account.id, []),
    }
    return _page(request, actor, read, take, more)


@require_http_methods(["GET", "HEAD", "POST"])
def playbook(request: HttpRequest) -> HttpResponse:
    """Without an account: the sheet becomes a draft in the studio."""
    actor = staff(request)
    require(actor, "write", "playbook")
    known = journeys.known_to(None)

    def read(content: bytes, mapping: dict[str, Any]) -> SheetPlan:
        sheet = open_sheet(content, mapping)
        plan = read_plan(sheet, make_how(sheet, mapping), known)
        playbook_of(plan)
        return plan

    def take(looked: Looked) -> HttpResponse:
        title, content = request.POST.get("title", ""), looked.text.encode()
        key = playbook_actions.draft_planned(
            actor=actor, content=content, mapping=looked.mapping, title=title, known=known
        )
        words = f"A draft with {plural(len(looked.plan.tasks), 'task')} is begun." if looked.plan else ""
        say(request, words, Undo(f"/playbooks/{key}/studio/removal", {}))
        return redirect(f"/playbooks/{key}/studio")

    return _page(request, actor, read, take, {"kind": "playbook"})


def _page(
    request: HttpRequest,
    actor: Actor,
    read: Callable[[bytes, dict[str, Any]], SheetPlan],
    take: Callable[[Looked], HttpResponse],
    more: dict[str, Any],
) -> HttpResponse:
    looked, refusal = Looked("", {}), None
    if request.method == "POST":
        looked = _look(request, read)
        if request.POST.get("do") == "take" and looked.plan:
            try:
                return take(looked)
            except Refusal as caught:
                if caught.code not in {"invalid", "conflict"}:
                    raise
                refusal = caught
    refusal = refusal or looked.refusal
    given = request.POST if request.method == "POST" else request.GET
    shown = {**more, **_shown(actor, looked, counted=more["kind"] == "playbook"), "given": given, "refusal": refusal}
    return render(request, "console/plan_sheet.html", shown, status=refusal.status if refusal else 200)


def _look(request: HttpRequest, read: Callable[[bytes, dict[str, Any]], SheetPlan]) -> Looked:
    looked = Looked(request.POST.get("sheet", ""), {})
    try:
        upload = request.FILES.get("file")
        if upload is not None:
            looked.text = read_text(upload.read())[0].removeprefix("\ufeff")
        if not looked.text.strip():
            raise invalid("There is no sheet yet.", mend="Choose a CSV file, or paste the cells of a spreadsheet.")
        content = looked.text.encode()
        looked.sheet = open_sheet(content, {})
        looked.mapping = _mapping(request, looked.sheet)
        looked.plan = read(content, looked.mapping)
    except UnicodeEncodeError:
        looked.text = ""
        looked.refusal = invalid("The sheet holds characters that no text should.", mend="Remove them.")
    except Refusal as refusal:
        if refusal.code != "invalid":
            raise
        looked.refusal = refusal
    return looked


def _mapping(request: HttpRequest, sheet: Sheet) -> dict[str, Any]:
    """What the form says of this sheet; of columns and owners that it does not have, nothing."""
    given = request.POST
    columns = {
        given.get(f"name-{at}", ""): given[f"column-{at}"]
        for at in range(len(sheet.header))
        if given.get(f"name-{at}", "") in sheet.header and f"column-{at}" in given
    }
    used = [field for field in columns.values() if field]
    if twice := next((field for field in used if used.count(field) > 1), None):
        raise invalid(f"Two columns are the {WORDS.get(twice, twice).lower()}.", mend="Choose one of them.")
    owners = {given[key]: given.get(f"side-{key[6:]}", "") for key in given if key.startswith("owner-")}
    return {
        "columns": columns,
        "dates": given.get("dates", ""),
        "sides": {word: side for word, side in owners.items() if side},
        "zero": given.get("zero", "").strip(),
    }


def _signed(given: Any, deals: list[accounts.DealRow], deal: str) -> datetime | None:
    if given.get("signed_at"):
        return moment(given["signed_at"], "The signature")
    return next((row.signed_at for row in deals if row.ref == deal), None)


def _shown(actor: Actor, looked: Looked, *, counted: bool) -> dict[str, Any]:
    plan, sheet = looked.plan, looked.sheet
    columns = (guessed(FIELDS, sheet.header) if sheet else {}) | dict(looked.mapping.get("columns", {}))
    samples = {name: list(dict.fromkeys(filter(None, sheet.column(name))))[:3] for name in columns} if sheet else {}
    shown: dict[str, Any] = {
        "text": looked.text,
        "example": EXAMPLE,
        "sheet": sheet,
        "columns": [(name, field, samples.get(name, [])) for name, field in columns.items()],
        "fields": [("", "leave out"), *((field, WORDS[field]) for field in FIELDS)],
        "formats": DATE_FORMATS,
        "choices": looked.refusal.details.get("choices", []) if looked.refusal else [],
        "detected": (sheet and settled(sheet, columns).format) or "Choose",
        "dates": looked.mapping.get("dates", ""),
        "plan": plan,
    }
    if plan is None:
        return shown
    names = journeys.names_of({task.person for task in plan.tasks if task.person})
    return shown | {
        "rows": [(stage, [_row(plan, task, names, counted=counted) for task in stage.tasks]) for stage in plan.stages],
        "out": [one for one in plan.problems if one.level == "error"],
        "told": sum(one.level == "warning" for one in plan.problems),
        "owners": [role for role in plan.roles if role.word],
        "bars": drawn_sheet(plan, counted=counted),
    }


def _row(plan: SheetPlan, task: PlannedTask, names: dict[str, str], *, counted: bool) -> Row:
    titles = {one.id: one.title for one in plan.tasks}
    role = plan.role(task.role)

    def day(on: Any) -> str:
        return (f"day {(on - plan.zero).days}" if counted else str(short_date(on))) if on else ""

    ends = day(task.due) or (f"{task.takes.words} long" if task.takes else "")
    return Row(
        task,
        role.side,
        names.get(task.person, role.title),
        day(task.starts),
        ends,
        ", ".join(titles[link.id] for link in task.after),
        STATES[task.state.word] + (f": {task.state.note}" if task.state.note else ""),
        [one for one in plan.problems if one.row == task.row and one.level == "warning"],
    )
