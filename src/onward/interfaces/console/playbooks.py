"""Playbooks in the console: which there are, one version read aloud, a new one checked and published."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from onward.identity import queries as identity
from onward.identity.decisions import may, require
from onward.interfaces.console.playbook_words import moment, said, timed
from onward.interfaces.console.shell import say, staff
from onward.interfaces.console.wish_words import wishes
from onward.kernel.actor import Actor
from onward.kernel.refusals import Refusal, invalid
from onward.playbooks import actions, queries
from onward.playbooks.decisions.comparing.words import escalation_words
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.linting.events import unheard
from onward.playbooks.decisions.outline import check_words, milestone_words
from onward.playbooks.decisions.problems import Problem
from onward.playbooks.decisions.publishing import Draft, lint
from onward.playbooks.decisions.translating import translates
from onward.usage import queries as usage

TABS = {
    "": "Stages",
    "people": "People and data",
    "done": "Goals and completion",
    "intents": "Not automatic yet",
    "text": "Text",
}
LARGEST = 1_000_000


@require_GET
def playbooks(request: HttpRequest) -> HttpResponse:
    """Every playbook, the one that wins first."""
    actor = staff(request)
    found = [(row, queries.version(row.version_id)) for row in queries.playbook_rows(actor)]
    shown = {
        "rows": [(row, book, said(book.choose_when, book)) for row, book in found],
        "drafts": queries.drafts(actor),
        "can_publish": may(actor, "publish", "playbook"),
        "who": _who(actor),
    }
    return render(request, "console/playbooks.html", shown)


@require_GET
def playbook(request: HttpRequest, key: str) -> HttpResponse:
    """The current version."""
    return _version(request, key, None)


@require_GET
def playbook_version(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """A version by its number."""
    return _version(request, key, number)


@require_http_methods(["GET", "POST"])
def publication(request: HttpRequest) -> HttpResponse:
    """Begin a new playbook; or paste or upload one: look for mistakes, or publish it."""
    actor = staff(request)
    require(actor, "publish", "playbook")
    if request.method == "GET":
        if not request.GET.get("of"):
            return new_page(request, actor)
        row = queries.version_row(actor, request.GET["of"])
        return _publication(request, Draft(row.text, row.file))
    draft = Draft(request.POST.get("text", ""))
    try:
        draft = _draft(request, actor)
        if request.POST.get("what") == "check":
            linted = lint(draft)
            problems = (*linted.problems, *unheard(linted.playbook, linted.own, usage.received()))
            return _publication(request, draft, problems, checked=True)
        done = actions.publish(actor=actor, text=draft.text, file=draft.file, modules=draft.modules, texts=draft.texts)
    except Refusal as refusal:
        problems = tuple(Problem(**one) for one in refusal.details.get("problems", []))
        return _publication(request, draft, problems, refusal)
    words = {
        "published": f"Version {done.number} is published. Running journeys keep theirs.",
        "unchanged": f"It means the same as version {done.number}, which is current: nothing has changed.",
        "restored": f"It means the same as version {done.number}, which is current again.",
    }
    say(request, words[done.state])
    return HttpResponseRedirect(f"/playbooks/{done.key}")


def new_page(request: HttpRequest, actor: Actor, refusal: Refusal | None = None) -> HttpResponse:
    """How a new playbook begins; after a refusal with what was typed."""
    shown = {
        "rows": queries.playbook_rows(actor),
        "drafts": queries.drafts(actor).values(),
        "who": _who(actor),
        "refusal": refusal,
        "typed": request.POST if refusal else {},
    }
    return render(request, "console/studio/new.html", shown, status=refusal.status if refusal else 200)


def _version(request: HttpRequest, key: str, number: int | None) -> HttpResponse:
    actor = staff(request)
    row = queries.version_row(actor, key, number)
    book = queries.version(row.id)
    tab = request.GET.get("show", "")
    path = f"/playbooks/{key}" if number is None else f"/playbooks/{key}/versions/{number}"
    shown = {
        "row": row,
        "book": book,
        "tab": tab if tab in TABS else "",
        "tabs": [
            (name, words, f"{path}?show={name}" if name else path, _count(name, book))
            for name, words in TABS.items()
            if name != "intents" or tab == name or book.intents
        ],
        "versions": queries.history(actor, key),
        "names": _names(book),
        "wishes": wishes(book),
        "check_words": check_words,
        "said": lambda expression: said(expression, book),
        "moment": lambda name: moment(name, book),
        "timed": lambda when: timed(when, book),
        "milestone_words": milestone_words,
        "told": lambda rules: escalation_words(rules, book),
        "can_publish": may(actor, "publish", "playbook"),
        "who": _who(actor),
    }
    return render(request, "console/playbook.html", shown)


def _count(tab: str, book: Playbook) -> int | None:
    return {"": len(book.stages), "intents": len(book.intents)}.get(tab)


def _names(book: Playbook) -> dict[str, str]:
    """Titles by id, of roles and groups."""
    roles = {role.id: role.title for role in book.roles}
    return {**roles, **{group.id: group.title for group in book.groups}, "manager": "Manager"}


def _who(actor: Actor) -> dict[str, str]:
    """Names of colleagues by the reference kept with a version; the product's own files come from Onward."""
    people = {f"staff:{user.ref}": user.name for user in identity.users(actor)}
    return {**people, "system": "Onward"}


def _draft(request: HttpRequest, actor: Actor) -> Draft:
    """What was pasted or uploaded, with the modules and texts that lie beside it: those of its current version, else
    the shipped ones."""
    text, file = request.POST.get("text", ""), "playbook.yaml"
    shelf = queries.read_shelf(settings.PLAYBOOKS_DIR)
    modules, texts = shelf.beside, dict(shelf.texts)
    of = request.POST.get("of", "")
    if of:
        row = queries.version_row(actor, of)
        modules, texts, file = {**modules, **row.modules}, {**texts, **row.texts}, row.file
    brought: dict[str, str] = {}
    for upload in request.FILES.getlist("files"):
        name, content = _uploaded(upload)
        if name.endswith(".md"):
            texts[f"texts/{name}"] = content
        elif translates(name):
            texts[name] = content
        elif any(line.startswith("module:") for line in content.splitlines()):
            brought[PurePosixPath(name).stem] = content
        else:
            text, file = content, name
    if not text.strip():
        raise invalid("There is no playbook to read.", mend="Paste its text, or choose its file.")
    above = queries.above(text)
    return Draft(text, file, {**modules, **above.modules, **brought}, {**above.texts, **texts})


def _uploaded(upload: UploadedFile[Any]) -> tuple[str, str]:
    name = PurePosixPath(str(upload.name or "playbook.yaml")).name
    if (upload.size or 0) > LARGEST:
        raise invalid(f"{name} is larger than a playbook can be.", mend="Split it into modules.")
    try:
        return name, upload.read().decode("utf-8")
    except UnicodeDecodeError:
        raise invalid(f"{name} is no UTF-8 text.", mend="Save it as UTF-8.") from None


def _publication(
    request: HttpRequest,
    draft: Draft,
    problems: tuple[Problem, ...] = (),
    refusal: Refusal | None = None,
    checked: bool = False,
) -> HttpResponse:
    lines = draft.text.split("\n")
    shown: dict[str, Any] = {
        "text": draft.text,
        "of": request.POST.get("of") or request.GET.get("of", ""),
        "problems": [(one, sentence(one.message), sentence(one.mend), _line(draft, one, lines)) for one in problems],
        "errors": sum(one.level == "error" for one in problems),
        "checked": checked,
        "refusal": refusal,
    }
    return render(request, "console/playbook_publication.html", shown, status=refusal.status if refusal else 200)


def sentence(words: str) -> str:
    """A sentence: what the command line puts between backticks stands in quotes."""
    quoted = re.sub(r"`([^`]*)`", r"“\1”", words)
    return f"{quoted[:1].upper()}{quoted[1:]}{'' if quoted.endswith(('?', '.')) or not quoted else '.'}"


def _line(draft: Draft, problem: Problem, lines: list[str]) -> str:
    """The piece of the line that a problem is in, when it is in the text itself."""
    if problem.file != draft.file or problem.line > len(lines):
        return ""
    line, start = lines[problem.line - 1], max(problem.column - 41, 0)
    piece = line[start : start + 90].strip()
    return f"{'…' if start else ''}{piece}{'…' if len(line) > start + 90 else ''}"
