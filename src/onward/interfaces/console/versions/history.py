"""What was changed in a playbook, by whom and when; any two versions beside each other; what came of each."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from onward.foundation.clock import now
from onward.identity import queries as identity
from onward.identity.decisions import may
from onward.insights import queries as insights
from onward.interfaces.console.shell import staff
from onward.journeys import queries as journeys
from onward.kernel.actor import Actor
from onward.kernel.refusals import invalid, not_found
from onward.playbooks import queries
from onward.playbooks.decisions.comparing import differences, sentence
from onward.playbooks.queries import VersionRow

#: Headings and the kinds of things under each, in the order of a reader's questions.
GROUPS = {
    "The plan": {"playbook", "stage", "task", "milestone", "check_in"},
    "What proves it": {"criterion", "goal", "kpi", "figure", "measure", "activation", "event"},
    "People, forms, registers": {"role", "group", "form", "reading", "log"},
}
REST = "Mails and wishes"


@dataclass(frozen=True, slots=True)
class Change:
    """A version with what it changed in the one before it, as sentences under headings; `count` of them in all."""

    row: VersionRow
    groups: list[tuple[str, list[str]]]
    count: int
    figures: insights.VersionFigures | None


@require_GET
def page(request: HttpRequest, key: str) -> HttpResponse:
    """The page; with `from` and `to` (numbers) these two are compared."""
    actor = staff(request)
    rows = queries.history(actor, key)
    if not rows:
        raise not_found("playbook", "".join(one for one in key[:60] if one.isprintable()))
    by_number = {row.number: row for row in rows}
    one, other = (_asked(request, name, by_number) for name in ("from", "to"))
    figures = insights.by_version(actor, key, as_of=now()) if may(actor, "see", "insight") else {}
    before = [*rows[1:], None]
    behind, running = journeys.behind(actor, key)
    shown = {
        "key": key,
        "title": rows[0].title,
        "current": next(row for row in rows if row.is_current),
        "versions": [_change(row, old, figures.get(row.id)) for row, old in zip(rows, before, strict=True)],
        "behind": behind,
        "is_followed": running > 0,
        "compared": (one, other, *_told(one, other)) if one and other else None,
        "numbers": [(row.number, f"Version {row.number}") for row in rows],
        "who": who(actor),
    }
    return render(request, "console/playbook/versions.html", shown)


def _asked(request: HttpRequest, name: str, known: dict[int, VersionRow]) -> VersionRow | None:
    given = request.GET.get(name, "")
    if not given:
        return None
    if not given.isdecimal() or len(given) > 6 or int(given) not in known:
        numbers = f"1 to {max(known)}" if len(known) > 1 else "1"
        raise invalid(f"There is no version “{given[:20]}”.", mend=f"Choose one of {numbers}.")
    return known[int(given)]


def _change(row: VersionRow, old: VersionRow | None, figures: insights.VersionFigures | None) -> Change:
    return Change(row, *(_told(old, row) if old else ([], 0)), figures)


def _told(old: VersionRow, new: VersionRow) -> tuple[list[tuple[str, list[str]]], int]:
    """What differs, in words under headings."""
    one, other = queries.version(old.id), queries.version(new.id)
    found: dict[str, list[str]] = {heading: [] for heading in (*GROUPS, REST)}
    every = differences(one, other)
    for difference in every:
        heading = next((name for name, kinds in GROUPS.items() if difference.kind in kinds), REST)
        found[heading].append(sentence(difference, one, other))
    return [(heading, words) for heading, words in found.items() if words], len(every)


def who(actor: Actor) -> dict[str, str]:
    """Names of colleagues by the reference kept with a version; the product's own files come from Onward."""
    return {**{f"staff:{user.ref}": user.name for user in identity.users(actor)}, "system": "Onward"}
