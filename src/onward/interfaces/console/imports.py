"""Import in the console: upload, see how it would be read, mend, confirm, watch, look at the result."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onward.accounts.actions import imports as actions
from onward.accounts.decisions.sheets import DATE_FORMATS, FIELDS, IGNORE, KINDS
from onward.accounts.decisions.sheets.mapping import word
from onward.accounts.queries import imports as queries
from onward.identity.decisions import require
from onward.identity.queries import organization
from onward.interfaces.console.shell import say, staff
from onward.kernel.actor import Actor
from onward.kernel.ids import parse_id
from onward.kernel.refusals import Refusal, invalid

SHOWN = 200
WORDS = {
    "accounts": "Accounts",
    "products": "Products",
    "users": "People of our team",
    "deals": "Deals",
}
FIELD_WORDS = {
    "external_id": "id in the source",
    "group_id": "id in the product",
    "zone": "time zone",
    "working_week": "working days",
    "holidays": "public holidays of",
    "closed_days": "days closed",
    "arr": "ARR",
    "mail": "mail address",
    "opened_on": "opened on",
    "closed_on": "closed on",
    "signed_on": "signed on",
    "contract_start": "contract starts",
    "renewal_on": "renews on",
}


@require_http_methods(["GET", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """Imports so far; a POST uploads a file."""
    actor = staff(request)
    refusal = None
    if request.method == "POST":
        try:
            upload = request.FILES.get("file")
            if upload is None:
                raise invalid("No file was chosen.", mend="Choose a CSV file.", field="file")
            import_id = actions.begin_import(
                actor=actor,
                kind=request.POST.get("kind", ""),
                file_name=str(upload.name or "file.csv"),
                content=upload.read(),
            )
            return HttpResponseRedirect(f"/imports/{queries.import_run(actor, import_id).ref}")
        except Refusal as caught:
            refusal = caught
    require(actor, "see", "import")
    shown = {
        "rows": queries.imports(actor),
        "kinds": [(kind, WORDS[kind]) for kind in KINDS],
        "kind": request.POST.get("kind", "accounts"),
        "words": WORDS,
        "refusal": refusal,
    }
    return render(request, "console/imports.html", shown, status=refusal.status if refusal else 200)


@require_GET
def import_page(request: HttpRequest, run: str) -> HttpResponse:
    """One import, wherever it is: its preview, its progress or its result."""
    actor = staff(request)
    row = queries.import_run(actor, parse_id("imp", run))
    if row.state == "preview":
        return _preview(request, actor, run)
    shown = {
        "row": row,
        "words": WORDS,
        "groups": queries.problem_groups(actor, row.id),
        "problems": queries.import_problems(actor, row.id, limit=SHOWN),
        "most": SHOWN,
    }
    fragment = bool(request.headers.get("X-Fragment"))
    return render(request, "console/_import.html" if fragment else "console/import.html", shown)


@require_POST
def mapping(request: HttpRequest, run: str) -> HttpResponse:
    """Read the file another way."""
    actor = staff(request)
    import_id = parse_id("imp", run)
    try:
        preview = queries.import_preview(actor, import_id)
        actions.map_import(
            actor=actor,
            import_id=import_id,
            mapping=_mapping(request, preview),
            journeys=request.POST.get("journeys") or None,
            as_of=_as_of(request.POST.get("as_of", "")),
        )
    except Refusal as refusal:
        return _preview(request, actor, run, refusal=refusal)
    return HttpResponseRedirect(f"/imports/{run}")


@require_POST
def confirmation(request: HttpRequest, run: str) -> HttpResponse:
    """Let it go in."""
    actor = staff(request)
    actions.confirm_import(actor=actor, import_id=parse_id("imp", run))
    return HttpResponseRedirect(f"/imports/{run}")


@require_POST
def removal(request: HttpRequest, run: str) -> HttpResponse:
    """Throw the file away, unread."""
    actor = staff(request)
    actions.discard_import(actor=actor, import_id=parse_id("imp", run))
    say(request, "The file is thrown away. Nothing was read in.")
    return HttpResponseRedirect("/imports")


@require_GET
def problems(request: HttpRequest, run: str) -> HttpResponse:
    """Every problem as CSV."""
    actor = staff(request)
    row = queries.import_run(actor, parse_id("imp", run))
    if row.state == "preview":
        text = queries.problems_csv(queries.import_preview(actor, row.id).problems)
    else:
        text = queries.problems_csv(queries.import_problems(actor, row.id, limit=1_000_000))
    answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="problems-{row.kind}.csv"'
    return answer


def _preview(request: HttpRequest, actor: Actor, run: str, refusal: Refusal | None = None) -> HttpResponse:
    preview = queries.import_preview(actor, parse_id("imp", run))
    fields = [(name, FIELD_WORDS.get(name, name)) for name in FIELDS[preview.row.kind]]
    shown = {
        "row": preview.row,
        "preview": preview,
        "choices": {
            column.name: [*fields, (_further(column), "a further field"), (IGNORE, "leave out")]
            for column in preview.columns
        },
        "formats": [(layout, layout) for layout in DATE_FORMATS],
        "problems": preview.problems[:SHOWN],
        "most": SHOWN,
        "words": WORDS,
        "zone": organization().zone,
        "refusal": refusal or preview.refusal,
    }
    return render(request, "console/import_preview.html", shown, status=refusal.status if refusal else 200)


def _further(column: queries.ColumnPreview) -> str:
    return column.field if column.field.startswith("fields.") else f"fields.{word(column.name)}"


def _mapping(request: HttpRequest, preview: queries.Preview) -> dict[str, Any]:
    given = request.POST
    columns = {}
    dates = {}
    for at, column in enumerate(preview.columns):
        if field := given.get(f"column-{at}", ""):
            columns[column.name] = field
        if layout := given.get(f"date-{at}", ""):
            dates[column.name] = layout
    used = [field for field in columns.values() if field != IGNORE and not field.startswith("fields.")]
    twice = next((field for field in used if used.count(field) > 1), None)
    if twice:
        raise invalid(f"Two columns are the {FIELD_WORDS.get(twice, twice)}.", mend="Choose one of them.")
    return {**preview.row.mapping, "columns": columns, "dates": dates}


def _as_of(text: str) -> datetime | None:
    if not text.strip():
        return None
    try:
        day = parse_date(text.strip())
    except ValueError:
        day = None
    if day is None:
        raise invalid(f"{text[:40]} is not a day.", mend="Write it as 2026-03-13.", field="as_of")
    return datetime.combine(day, time(), UTC)
