"""The journeys of a playbook, with the version that each follows; those behind are brought to the current one."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from onward.identity.decisions import may
from onward.insights import actions
from onward.interfaces.console.shell import staff
from onward.journeys import queries as journeys
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import Refusal, invalid
from onward.playbooks import queries

#: What is asked of the journeys on a version, as the end of a sentence.
SAID = {
    "reached": "reached first value",
    "not_yet": "have not reached first value",
    "completed": "were completed",
    "ended": "have ended",
}
ANSWERED_HERE = {"invalid", "conflict", "stale"}
PAGE = 50


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, key: str) -> HttpResponse:
    """Choose journeys, and bring the current version to them; what was begun shows its progress and its way back."""
    actor = staff(request)
    current = queries.published(queries.current_id(key))
    refusal = None
    if request.method == "POST":
        try:
            return redirect(f"/journeys/bulk/{format_id('blk', _begun(request, actor, current.ref))}")
        except Refusal as caught:
            if caught.code not in ANSWERED_HERE:
                raise
            refusal = caught
    number = _number(request)
    what = request.GET.get("what", "")
    if what and what not in SAID:
        raise invalid(f"Journeys are not listed by “{what[:20]}”.", mend=f"By one of: {', '.join(SAID)}.")
    rows = journeys.followers(actor, key, number=number, what=what)
    others, after = _page([row for row in rows if row.takes is None], request.GET.get("after", ""))
    more = {"version": str(number or ""), "what": what, "after": after}
    shown = {
        "key": key,
        "current": current,
        "number": number,
        "said": SAID.get(what, ""),
        "count": len(rows),
        "behind": [row for row in rows if row.takes is not None],
        "others": others,
        "after": f"?{urlencode({name: value for name, value in more.items() if value})}" if after else "",
        "chosen": request.POST.getlist("journey") if refusal else None,
        "may_merge": may(actor, "merge", "journey"),
        "refusal": refusal,
    }
    return render(request, "console/playbook/followers.html", shown, status=refusal.status if refusal else 200)


def _page(rows: list[journeys.FollowRow], after: str) -> tuple[list[journeys.FollowRow], str]:
    """Fifty of those to which nothing comes, behind the one that ended the page before; and where the next begins."""
    last = parse_id("jny", after) if after else None
    begins = next((at for at, row in enumerate(rows, 1) if row.journey_id == last), 0)
    shown = rows[begins : begins + PAGE]
    return shown, shown[-1].ref if len(rows) > begins + PAGE else ""


def _number(request: HttpRequest) -> int | None:
    given = request.GET.get("version", "")
    if not given:
        return None
    if not given.isdecimal() or len(given) > 6:
        raise invalid(f"There is no version “{given[:20]}”.", mend="Versions are numbers.")
    return int(given)


def _begun(request: HttpRequest, actor: Actor, version: str) -> UUID:
    ids = [parse_id("jny", ref) for ref in dict.fromkeys(request.POST.getlist("journey"))]
    if not ids:
        raise invalid("No journey is chosen.", mend="Tick those that are to take the new version over.")
    if request.POST.get("version") != version:
        raise Refusal("stale", "A newer version was published since you looked.", mend="Look again, then choose.")
    return actions.begin_bulk(actor=actor, what="merge", given={"version": version}, journey_ids=ids)
