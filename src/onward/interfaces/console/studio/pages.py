"""The studio's pages: write a playbook as a form and as its file, begin a new one, review and publish it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onward.accounts import queries as accounts
from onward.identity import queries as identity
from onward.identity.decisions import require
from onward.interfaces.console.playbook_words import said
from onward.interfaces.console.playbooks import new_page
from onward.interfaces.console.shell import say, staff
from onward.interfaces.console.studio.options import modules_of
from onward.interfaces.console.studio.sheet import Sheet, base_of, drafted, settled, sheet
from onward.interfaces.console.studio.telling import STATES
from onward.interfaces.console.studio.waiting import LINKS, UNITS
from onward.interfaces.console.studio.writing import written
from onward.journeys import queries as journeys
from onward.kernel.actor import Actor
from onward.kernel.refusals import Refusal, invalid, not_found
from onward.playbooks import actions, queries
from onward.playbooks.decisions.editing import changed, removed
from onward.playbooks.decisions.editing.knowing import moments_in, names_in, vocabulary_of, windowed
from onward.playbooks.decisions.editing.naming import id_for
from onward.playbooks.decisions.editing.parts import parts
from onward.playbooks.decisions.editing.told import blank, told, undated
from onward.playbooks.decisions.publishing import lint
from onward.playbooks.decisions.spoken import span
from onward.playbooks.decisions.tree import Refused

REGIONS = ("lede", "tree", "form", "gutter", "problems", "below")
SAID = {"asked": "Your colleagues see that a review is asked for.", "agreed": "You agreed to it.", "said": "Said."}


class Desk:
    """What one request to the studio works on: the draft, or the current version where none is begun yet."""

    def __init__(self, request: HttpRequest, key: str) -> None:
        self.actor = staff(request)
        require(self.actor, "write", "playbook")
        self.key = key
        self.row = queries.draft(self.actor, key)
        self.current: queries.VersionRow | None = None
        if self.row is None or self.row.current is not None:
            self.current = queries.version_row(self.actor, key)
        self.base, self.book = base_of(self.row, self.current)
        held: Any = self.row or self.current
        self.text, self.file = held.text, held.file
        self.shelf = queries.beside(held.modules, held.texts)
        self.edition = self.row.edition if self.row else 0

    def published(self) -> frozenset[str]:
        """Addresses of the version that it began from: their ids are for ever."""
        try:
            return frozenset(part.address for part in parts(self.base)) if self.base else frozenset()
        except Refused:
            return frozenset()

    def sheet(self, text: str, address: str, against: str) -> Sheet:
        return sheet(self.actor, drafted(text, self.file, self.shelf), address, self.base, self.book, against)


#: What is asked beside a told process, each a length of time.
LENGTHS = ("promise", "remind", "tell")
#: Of a process that is told in one field; more is a file of its own.
MOST_LINES = 300


@require_http_methods(["GET", "POST"])
def studio(request: HttpRequest, key: str) -> HttpResponseBase:
    """Look at the draft, or change it; without a script the page comes again."""
    desk = Desk(request, key)
    if request.method == "GET":
        return _page(request, desk, desk.text, request.GET.get("at", ""), request.GET.get("against", ""))
    text = request.POST.get("playbook-text", desk.text).replace("\r\n", "\n")
    address, against = request.POST.get("at", ""), request.POST.get("against", "")
    is_fragment = request.headers.get("X-Fragment") == "1"
    try:
        if request.POST.get("do") == "undo":
            actions.undo_draft(actor=desk.actor, key=key, edition=_edition(request))
        else:
            mends = request.POST.get("do", "").startswith("mend:")
            problems = lint(drafted(text, desk.file, desk.shelf)).problems if mends else ()
            modules = modules_of(drafted(text, desk.file, desk.shelf)) if request.POST.get("do") else ()
            left = request.POST.getlist("left")
            text, address = written(
                text,
                address,
                request.POST,
                desk.text,
                desk.published(),
                problems,
                modules,
                lambda text, at: settled(drafted(text, desk.file, desk.shelf), at, left) if left else text,
            )
            _save(desk, text, _edition(request))
    except Refusal as refusal:
        if is_fragment:
            said = {"said": refusal.message, "mend": refusal.mend, "code": refusal.code}
            said |= {"edition": refusal.details["edition"]} if "edition" in refusal.details else {}
            return JsonResponse(said, status=refusal.status)
        return _page(request, desk, text, address, against, refusal)
    if is_fragment:
        return _regions(request, Desk(request, key), address, against)
    asked = urlencode({"at": address} | ({"against": against} if against else {}))
    return HttpResponseRedirect(f"/playbooks/{key}/studio?{asked}#form")


def _edition(request: HttpRequest) -> int:
    text = request.POST.get("edition", "0")
    return int(text) if text.isdigit() and len(text) < 9 else 0


def _save(desk: Desk, text: str, edition: int) -> None:
    """Keep the text; the first change begins the draft."""
    if desk.row is None:
        if text == desk.text:
            return
        edition = actions.begin_draft(actor=desk.actor, key=desk.key)
    actions.save_draft(actor=desk.actor, key=desk.key, text=text, edition=edition)


def _given(desk: Desk, text: str, address: str, against: str, refusal: Refusal | None = None) -> dict[str, Any]:
    seen = desk.sheet(text, address, against)
    versions = [row.id for row in queries.history(desk.actor, desk.key)]
    running = journeys.running_first_on(desk.actor, versions)
    names = accounts.account_names({account for _, account, _ in running})
    return {
        "key": desk.key,
        "row": desk.row,
        "current": desk.current,
        "edition": desk.edition,
        "sheet": seen,
        "text": text,
        "against": against,
        "running": [(ref, f"{names.get(account, '')}: {title}") for ref, account, title in running],
        "refusal": refusal,
        "who": _who(desk.actor),
        "links": LINKS,
        "units": UNITS,
        "states": STATES,
        "next_number": ((desk.current.number if desk.current else 0) + 1) if not seen.errors else 0,
        "value": said(value.when, seen.playbook) if seen.playbook and (value := seen.playbook.first_value) else "",
        "title": seen.parts[0].title if seen.parts else desk.key,
    }


def _who(actor: Actor) -> dict[str, str]:
    return {f"staff:{user.ref}": user.name for user in identity.users(actor)} | {"system": "Onward"}


def _page(
    request: HttpRequest, desk: Desk, text: str, address: str, against: str, refusal: Refusal | None = None
) -> HttpResponse:
    given = _given(desk, text, address, against, refusal)
    begun = request.session.pop("begun", None)
    given["begun"] = begun if begun and begun["key"] == desk.key else None
    return render(request, "console/studio/page.html", given, status=refusal.status if refusal else 200)


def _regions(request: HttpRequest, desk: Desk, address: str, against: str) -> JsonResponse:
    given = _given(desk, desk.text, address, against)
    drawn = {name: render_to_string(f"console/studio/_{name}.html", given, request) for name in REGIONS}
    part = given["sheet"].part
    return JsonResponse(
        {
            "edition": desk.edition,
            "at": part.address if part else "",
            "text": desk.text,
            "regions": drawn,
            "can_undo": bool(desk.row and desk.row.can_undo),
        }
    )


@require_GET
def names(request: HttpRequest, key: str) -> HttpResponseBase:
    """Every name that conditions and dates of this playbook may use, with what it means."""
    desk = Desk(request, key)
    found = vocabulary_of(drafted(desk.text, desk.file, desk.shelf))
    if found is None and desk.current:
        found = vocabulary_of(drafted(desk.current.text, desk.file, desk.shelf))
    metrics, moments = (list(names_in(found)), list(moments_in(found))) if found else ([], [])
    if request.headers.get("X-Fragment") == "1":
        rows = [[one.name, one.type, one.means, one.absent, one.sought] for one in windowed(metrics)]
        return JsonResponse({"names": rows, "moments": [[one.name, one.means] for one in moments]})
    shown = {"key": key, "metrics": metrics, "moments": moments}
    return render(request, "console/studio/names.html", shown)


@require_POST
def begin(request: HttpRequest) -> HttpResponseBase:
    """A new playbook: blank, a copy of one that is there, or from lines that tell it."""
    actor = staff(request)
    require(actor, "write", "playbook")
    try:
        return HttpResponseRedirect(f"/playbooks/{_first_draft(request, actor)}/studio")
    except Refusal as refusal:
        if refusal.code not in {"invalid", "conflict"}:
            raise
        return new_page(request, actor, refusal)


def _first_draft(request: HttpRequest, actor: Actor) -> str:
    title = " ".join(request.POST.get("title", "").split())[:200]
    if not title:
        raise invalid("The new playbook has no title yet.", mend="Write one.", field="title")
    taken = [row.key for row in queries.playbook_rows(actor)] + list(queries.drafts(actor))
    key, way = id_for(title, taken), request.POST.get("way", "blank")
    if way == "copy":
        row = queries.version_row(actor, request.POST.get("of", ""))
        text = _copied(row.text, key, title)
        actions.begin_draft(actor=actor, key=key, text=text, file=f"{key}.yaml", modules=row.modules, texts=row.texts)
    else:
        lines = request.POST.get("lines", "")
        if way == "told" and not lines.strip():
            mend = "Write a line a stage, its tasks below with a dash."
            raise invalid("Nothing is told yet.", mend=mend, field="lines")
        if way == "told" and lines.count("\n") >= MOST_LINES:
            raise invalid(
                f"More than {MOST_LINES} lines are told.",
                mend="Tell the first stages, and add the others in the studio.",
                field="lines",
            )
        given = {name: request.POST.get(name, "").strip()[:80] for name in ("contact", *LENGTHS)}
        for name in LENGTHS:
            if way == "told" and given[name] and not span(given[name]):
                raise invalid(
                    f"“{given[name]}” is no length of time.", mend="Such as 3 days, 2 weeks, 24 hours.", field=name
                )
        text = told(key, title, lines, **given) if way == "told" else blank(key, title)
        actions.begin_draft(actor=actor, key=key, text=text, file=f"{key}.yaml")
        if way == "told":
            request.session["begun"] = _begun(key, text)
    return key


def _begun(key: str, text: str) -> dict[str, Any]:
    """What was made of told lines beside what they say: ends kept in titles, roles by side; what proves first value."""
    found = parts(text)
    kept = undated(part.title for part in found if part.kind in ("stage", "task"))
    roles = [(part.path[1], part.title, part.address) for part in found if part.kind == "role" and part.id != "csm"]
    sides = [(side, [one[1:] for one in roles if one[0] == side]) for side in ("ours", "theirs")]
    value = next((part.address for part in found if part.kind == "milestone"), "")
    return {"key": key, "kept": kept, "sides": [one for one in sides if one[1]], "value": value}


def _copied(text: str, key: str, title: str) -> str:
    """Another playbook's text under a new id and title; whom it is chosen for is left to the author."""
    return removed(changed(changed(text, ("playbook",), key), ("title",), title), ("choose_when",))


@require_POST
def remark(request: HttpRequest, key: str) -> HttpResponseBase:
    """Ask for a review, say something, or agree."""
    kind: Any = request.POST.get("kind", "said")
    actions.remark_on_draft(
        actor=staff(request), key=key, kind=kind, text=request.POST.get("text", ""), edition=_edition(request)
    )
    say(request, SAID.get(kind, ""))
    return HttpResponseRedirect(f"/playbooks/{key}/studio#review")


@require_POST
def publication(request: HttpRequest, key: str) -> HttpResponseBase:
    """Make the draft the current version."""
    desk = Desk(request, key)
    over = request.POST.get("over", "")
    try:
        done = actions.publish_draft(
            actor=desk.actor, key=key, edition=_edition(request), over=int(over) if over.isdigit() else None
        )
    except Refusal as refusal:
        return _page(request, desk, desk.text, "", "", refusal)
    words = {
        "published": f"Version {done.number} is published. New journeys start from it, running ones keep theirs.",
        "unchanged": f"It means the same as version {done.number}, which is current: nothing has changed.",
        "restored": f"It means the same as version {done.number}, which is current again.",
    }
    say(request, words[done.state])
    return HttpResponseRedirect(f"/playbooks/{done.key}")


@require_POST
def removal(request: HttpRequest, key: str) -> HttpResponseBase:
    """Throw the draft away."""
    actor = staff(request)
    if queries.draft(actor, key) is None:
        require(actor, "write", "playbook")
        raise not_found("draft", key[:60])
    actions.drop_draft(actor=actor, key=key)
    say(request, "The draft is gone. What is published stays as it is.")
    return HttpResponseRedirect("/playbooks")
