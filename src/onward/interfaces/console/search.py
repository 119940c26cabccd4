"""The palette: accounts, people, journeys, tasks, playbooks, pages and actions by what somebody types."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from onward.accounts import queries as accounts
from onward.accounts.decisions.finding import SLIPPED, WORDS, fit, words_of
from onward.accounts.queries import Found
from onward.identity import queries as identity
from onward.identity.decisions import may
from onward.insights import queries as insights
from onward.insights.queries import PortfolioLine
from onward.interfaces.console.shell import staff
from onward.interfaces.console.shortcuts import PLACES
from onward.interfaces.ui.words import segment, short_date
from onward.journeys import queries as journeys
from onward.journeys.queries import WorkTask
from onward.kernel.actor import Actor
from onward.kernel.ids import parse_id
from onward.kernel.refusals import Refusal
from onward.playbooks import queries as playbooks

MOST, OF_A_KIND, LONGEST = 12, 5, 100
MAYBE = "may not be needed"
KINDS = ("account", "person", "journey", "task", "step", "page", "action", "playbook", "colleague")
KIND_WORDS = {"person": "contact", "step": "task"}
_REF = re.compile(r"(acc|con|jny|tsk)_[0-9a-z]{20,30}")


@dataclass(frozen=True, slots=True)
class Hit:
    """One answer. `score` as `fit` gives it: the smaller, the better."""

    kind: str
    name: str
    detail: str
    href: str
    score: tuple[int, int] = (0, 0)

    @property
    def ref(self) -> str:
        return self.href.rsplit("/", 1)[1]

    @property
    def kind_words(self) -> str:
        return KIND_WORDS.get(self.kind, self.kind)


@dataclass(slots=True)
class Answer:
    """What was typed, and what it may mean; before anything is typed, what was seen last and where one can go."""

    typed: str
    hits: list[Hit] = field(default_factory=list)
    seen: list[Hit] = field(default_factory=list)


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The answers as a page, or (with X-Fragment) as the options of the palette."""
    actor = staff(request)
    typed = " ".join(request.GET.get("q", "").split())[:LONGEST]
    refs = [match.group() for match in _REF.finditer(request.GET.get("seen", "")[:800])]
    answer = found(actor, typed, refs[:MOST])
    fragment = request.headers.get("X-Fragment")
    return render(request, "console/_found.html" if fragment else "console/search.html", {"answer": answer})


def found(actor: Actor, typed: str, seen: Sequence[str] = ()) -> Answer:
    """The best answers of each kind, what was seen lately before what fits as well."""
    if not typed:
        return Answer("", _places(actor, []), _named(actor, seen))
    if _REF.fullmatch(typed):
        return Answer(typed, _named(actor, [typed]))
    words = words_of(typed)
    if not words:
        return Answer(typed)
    at, rest = _accounts(actor, words)
    hits = [Hit("account", row.name, segment(row.detail), f"/accounts/{row.ref}", row.score) for row in at if not rest]
    people = accounts.found_contacts(actor, typed, forgiving=not at)
    lines = insights.lines_of_accounts(actor, [row.id for row in at[:OF_A_KIND]], limit=20) if at else []
    names = accounts.account_names({row.account_id for row in people} - {row.id for row in at})
    names |= {row.id: row.name for row in at}
    hits += [
        Hit("person", row.name, names.get(row.account_id, ""), f"/contacts/{row.ref}", row.score) for row in people
    ]
    scores = {row.id: row.score for row in at}
    hits += _journeys(lines, scores, rest)
    tasks = _tasks(actor, words, lines, scores, rest)
    hits += tasks + _steps(actor, words, {hit.ref for hit in tasks}, names)
    hits += _places(actor, words) + _playbooks(words) + _colleagues(actor, words)
    return Answer(typed, _best(hits, set(seen)))


def _accounts(actor: Actor, words: list[str]) -> tuple[list[Found], list[str]]:
    """The accounts that all words name; else those that the first or the last of them name: the other words may be
    what is meant of them."""
    whole = accounts.found_accounts(actor, " ".join(words))
    if whole or len(words) < 2:
        return whole, []
    for many in dict.fromkeys((len(words) - 1, 1)):
        for some, rest in ((words[:many], words[many:]), (words[-many:], words[:-many])):
            at = [row for row in accounts.found_accounts(actor, " ".join(some)) if row.score[0] < SLIPPED]
            if at:
                return at, rest
    return [], []


def _journeys(lines: Iterable[PortfolioLine], scores: dict[UUID, tuple[int, int]], rest: list[str]) -> list[Hit]:
    hits = []
    for line in lines:
        fits = fit(rest, f"{line.title} {line.stage_title} {line.playbook_title} journey") if rest else (0, 0)
        if fits is None:
            continue
        kind, slips = scores.get(line.account_id, (SLIPPED, 9))
        where = line.stage_title if line.state == "open" else line.state
        score = (max(kind, fits[0]), slips + fits[1])
        title = line.title if line.account_name in line.title else f"{line.account_name}: {line.title}"
        hits.append(Hit("journey", title, where, f"/journeys/{line.ref}", score))
    return hits


def _tasks(
    actor: Actor,
    words: list[str],
    lines: Sequence[PortfolioLine],
    scores: dict[UUID, tuple[int, int]],
    rest: list[str],
) -> list[Hit]:
    """Open tasks: of the accounts that were named, those whose titles have the other words; else one's own."""
    names = {line.journey_id: line.account_name for line in lines}
    if rest:
        rows = journeys.tasks_left_in(actor, [line.journey_id for line in lines])
    else:
        rows = journeys.tasks_at_hand(actor, holders=[f"user:{actor.id}"], limit=200).rows
    hits = []
    for row in rows:
        fits = fit(rest or words, row.title)
        if fits:
            kind, slips = scores.get(row.account_id, (0, 0)) if rest else (0, 0)
            score = (max(kind, fits[0]), slips + fits[1])
            where = names.get(row.journey_id, "yours to do")
            hits.append(_task(row, f"{where}, {MAYBE}" if row.undecided else where, score))
    return hits


def _steps(actor: Actor, words: list[str], told: set[str], names: Mapping[UUID, str]) -> list[Hit]:
    """Whoever has them: open tasks by their title alone, each with its account; not those that are `told` already."""
    if max(map(len, words)) < 2:
        return []
    fits = {title: how for title in journeys.task_titles(actor) if (how := fit(words, title))}
    called = sorted(fits, key=lambda title: (fits[title], title))[:OF_A_KIND]
    rows = [row for row in journeys.tasks_titled(actor, called) if row.ref not in told] if called else []
    rows.sort(key=lambda row: fits[row.title])
    names = {**names, **(accounts.account_names({row.account_id for row in rows} - set(names)) if rows else {})}
    return [
        Hit("step", f"{row.title}: {names.get(row.account_id, '')}", _due(row), f"/tasks/{row.ref}", (WORDS, number))
        for number, row in enumerate(rows)
    ]


def _due(row: WorkTask) -> str:
    return MAYBE if row.undecided else f"due {short_date(row.due_on)}" if row.due_on else "no date"


def _task(row: WorkTask, detail: str, score: tuple[int, int] = (0, 0)) -> Hit:
    return Hit("task", row.title, detail, f"/tasks/{row.ref}", score)


def _places(actor: Actor, words: list[str]) -> list[Hit]:
    hits = []
    for place in PLACES:
        fits = _fits(words, place.name, place.more) if words else (0, 0)
        if fits and place.is_open_to(actor) and (words or place.keys or place.is_action):
            hits.append(Hit("action" if place.is_action else "page", place.name, place.keys, place.path, fits))
    return hits


def _fits(words: list[str], name: str, more: str) -> tuple[int, int] | None:
    """By its name; else by other words for it, which count a little less."""
    by_name = fit(words, name)
    if by_name and by_name[0] < SLIPPED:
        return by_name
    other = fit(words, f"{name} {more}")
    if other and other[0] < SLIPPED:
        return max(other[0], WORDS), other[1] + 1
    return by_name


def _playbooks(words: list[str]) -> list[Hit]:
    books = [(book, fit(words, book.title)) for book in playbooks.current_versions().values()]
    return [Hit("playbook", book.title, "", f"/playbooks/{book.id}", fits) for book, fits in books if fits]


def _colleagues(actor: Actor, words: list[str]) -> list[Hit]:
    if not may(actor, "see", "user"):
        return []
    people = [(row, fit(words, f"{row.name}")) for row in identity.users(actor, include_revoked=False)]
    return [
        Hit("colleague", row.name, "their journeys", f"/journeys?by={row.ref}", fits) for row, fits in people if fits
    ]


def _named(actor: Actor, refs: Sequence[str]) -> list[Hit]:
    """What these ids name, in their order; what is gone or not to be seen is left out."""
    ids: dict[str, list[UUID]] = {"acc": [], "con": [], "jny": [], "tsk": []}
    for ref in dict.fromkeys(refs):
        prefix = ref.partition("_")[0]
        try:
            ids[prefix].append(parse_id(prefix, ref))
        except Refusal:
            continue
    hits: dict[str, Hit] = {}
    for account in accounts.accounts_by_ids(actor, ids["acc"]).values():
        hits[account.ref] = Hit("account", account.name, segment(account.segment), f"/accounts/{account.ref}")
    people = accounts.contacts_by_ids(actor, ids["con"])
    names = accounts.account_names({row.account_id for row in people.values()})
    for row in people.values():
        hits[row.ref] = Hit("person", row.name, names.get(row.account_id, ""), f"/contacts/{row.ref}")
    for line in insights.lines_by_ids(actor, ids["jny"]).values():
        hits[line.ref] = Hit("journey", f"{line.account_name}: {line.title}", line.stage_title, f"/journeys/{line.ref}")
    for tasks in journeys.asked_of_customers(actor, [], task_ids=ids["tsk"]).values() if ids["tsk"] else ():
        for task in tasks:
            hits[task.ref] = _task(task, "")
    return [hits[ref] for ref in dict.fromkeys(refs) if ref in hits]


def _best(hits: Iterable[Hit], seen: set[str]) -> list[Hit]:
    def rank(hit: Hit) -> tuple[int, bool, int, int, int, str]:
        kind, slips = hit.score
        return kind, hit.ref not in seen, slips, KINDS.index(hit.kind), len(hit.name), hit.name.lower()

    counts: dict[str, int] = {}
    best = []
    for hit in sorted(hits, key=rank):
        counts[hit.kind] = counts.get(hit.kind, 0) + 1
        if counts[hit.kind] <= (MOST if hit.kind == "step" else OF_A_KIND):
            best.append(hit)
    return best[:MOST]
