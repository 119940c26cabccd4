"""What a playbook wants and Onward does not carry out yet, in sentences, so that somebody can do it by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from onward.interfaces.console.playbook_words import moment, said, timed
from onward.interfaces.ui.words import joined, plural, timing
from onward.kernel import metrics
from onward.kernel.expressions import ValueType
from onward.kernel.expressions.lexer import names_of, read
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.parts import Case, Expr, Intent, Timing

HEADS = {
    "course": "Courses",
    "survey": "Surveys",
    "sequence": "Sequences of mails",
    "walkthrough": "Walkthroughs in the product",
    "nudge": "Nudges",
    "risk": "Risks",
    "intervention": "What is done against a risk",
    "health": "Health",
}
WAYS = {"recording": "recorded", "walkthrough": "as a walkthrough", "practice": "by practice", "reading": "by reading"}
#: Moments that are things; at all others something happens.
NOUNS = {"signed", "started", "day_zero", "renewal"}
ANSWERS = {"choice": "with answers to choose from", "text": "in their own words", "yes_no": "with yes or no"}
HELP = {"training": "More training", "sponsor": "Through their sponsor", "enhanced_support": "More support"}
Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the health model: what it is judged by, and what counts how much."""

    title: str
    weight: str
    of: str
    full: str


@dataclass(frozen=True, slots=True)
class Wish:
    """One wish in sentences. The health model has parts, and bands as (name, from, color) with the best first."""

    title: str
    lines: tuple[str, ...]
    parts: tuple[Part, ...] = ()
    bands: tuple[tuple[str, str, str], ...] = ()


def wishes(book: Playbook) -> dict[str, list[Wish]]:
    """All of a playbook's wishes by the heading of their kind, in the order of the file."""
    found: dict[str, list[Wish]] = {}
    for intent in book.intents:
        found.setdefault(HEADS[intent.kind], []).append(_wish(intent, _Words(book)))
    return found


def _wish(intent: Intent, words: _Words) -> Wish:
    body = json.loads(intent.body)
    lines = tuple(getattr(words, intent.kind)(body))
    if intent.kind != "health":
        return Wish(intent.title, lines)
    bands = sorted(body["bands"], key=lambda band: -band["from"])
    return Wish(
        intent.title,
        lines,
        tuple(words.part(one) for one in body["parts"]),
        tuple((_plain(one["band"]), f"{one['from']:g}", one.get("color", "")) for one in bands),
    )


@dataclass(frozen=True)
class _Words:
    """The sentences of each kind."""

    book: Playbook

    def course(self, body: Body) -> Iterator[str]:
        hours = f", {body['hours']:g} {'hour' if body['hours'] == 1 else 'hours'}" if "hours" in body else ""
        by = f", held by {self.who([body['by']])}" if "by" in body else ""
        yield f"For {self.who([body['for']])}{hours}{by}."
        if ways := [WAYS.get(one, one) for one in body.get("ways", [])]:
            yield f"It is given {joined(ways, 'or')}."
        if need := body.get("need"):
            yield f"Enough when {need} of them {'has' if need == 1 else 'have'} finished it."
        if passed := body.get("certify"):
            valid = f"; it is valid for {timing(passed['valid'])}" if "valid" in passed else ""
            yield f"The certificate is for {passed['pass']} and more{valid}."

    def survey(self, body: Body) -> Iterator[str]:
        scale = f"on a scale of {body.get('scale', '1-10').replace('-', ' to ')}"
        are = "are" if self.many(body["to"]) else "is"
        yield f"{self.who(body['to'])} {are} asked, {ANSWERS.get(body.get('type', ''), scale)}."
        if spans := body.get("remind"):
            yield f"Who has not answered is reminded after {joined([timing(one) for one in spans])}."
        if "closes" in body:
            yield f"It closes after {timing(body['closes'])}."

    def sequence(self, body: Body) -> Iterator[str]:
        sender = f", from {self.who([body['from']])}" if "from" in body else ""
        copies = f", with a copy to {self.who(body['cc'])}" if body.get("cc") else ""
        answers = f"; answers go to {self.who([body['reply_to']])}" if "reply_to" in body else ""
        yield f"To {self.who(body['to'])}{sender}{copies}{answers}."
        only = f", only where {self.when(body['only_when'])}" if "only_when" in body else ""
        begins = f"{'with' if body['start'] in NOUNS else 'when'} {moment(body['start'], self.book)}"
        yield f"It begins {begins}{only}."
        for step in body["steps"]:
            skipped = f", unless {self.when(step['skip_when'])}" if "skip_when" in step else ""
            yield f"{_capital(self.due(step['send']))}: mail {self.mails(step)}{skipped}."
        if "stop_when" in body:
            yield f"It stops when {self.when(body['stop_when'])}."

    def walkthrough(self, body: Body) -> Iterator[str]:
        offered = f" when {self.when(body['offer_when'])}" if "offer_when" in body else ""
        yield f"It is offered to {self.who([body['for']])}{offered}."
        yield f"It is done when {self.when(body['done_when'])}."

    def nudge(self, body: Body) -> Iterator[str]:
        most = re.sub(r"(\d+) in (\w+)", lambda one: f"{plural(int(one[1]), 'time')} in {timing(one[2])}", _most(body))
        where = "in the product" if body["channel"] == "in_app" else "by mail"
        get = "get" if self.many(body["to"]) else "gets"
        yield f"{self.who(body['to'])} {get} {_text(body['text'])} {where}{most}."
        yield f"It comes when {self.when(body['when'])}."

    def risk(self, body: Body) -> Iterator[str]:
        lasts = f"this has held for {timing(body['for'])}: " if "for" in body else ""
        yield f"It opens when {lasts}{self.when(body['when'])}."
        if "not_before" in body:
            yield f"Not before {self.due(body['not_before']).removeprefix('on ')}."
        yield f"Its severity is {body['severity']}; {self.who([body['owner']])} looks after it."
        if "respond" in body:
            yield f"Then do: {self.named(body['respond'])}."
        for one in body.get("escalate", []):
            yield self.escalated(one)
        if "clear_when" in body:
            yield f"It is over when {self.when(body['clear_when'])}."

    def intervention(self, body: Body) -> Iterator[str]:
        yield f"{HELP[body['kind']]}."
        for one in body["tasks"]:
            due = f", {self.due(one['due'])}" if "due" in one else ""
            yield f"{self.who([one['by']])}: {one.get('title') or _plain(one['task'])}{due}."
        if "worked_when" in body:
            judged = f", judged {self.due(body['judged'])}" if "judged" in body else ""
            yield f"It has worked when {self.when(body['worked_when'])}{judged}."

    def health(self, body: Body) -> Iterator[str]:
        counted = f", counted from {self.due(body['count_from'])}" if "count_from" in body else ""
        yield f"A score of 0 to {body.get('scale', 100):g} out of these parts{counted}."
        for one in body.get("force", []):
            yield f"{_plain(one['band'])} at once when {self.when(one['when'])}: {one['because']}."

    def part(self, body: Body) -> Part:
        """A part's row: in full from some number on, by levels, or by cases."""
        levels = [f"{_plain(name).lower()} {timing(target)}" for name, target in body.get("levels", {}).items()]
        cases = [
            f"{one['score']} when {self.when(one['if'])}" if "if" in one else f"otherwise {one['otherwise']}"
            for one in body.get("cases", [])
        ]
        full = [f"in full at {body['full_at']}"] if "full_at" in body else []
        of = self.when(body["of"]) if "of" in body else ""
        return Part(
            body.get("title") or _plain(body["part"]), f"{body['weight']:g}", of, "; ".join(full + levels + cases)
        )

    def escalated(self, body: Body) -> str:
        """ "When it has been open for 3 days, tell the manager." """
        span, _, state = body["after"].partition(" ")
        do = [f"tell {self.who([body['to']])}"]
        do += [f"call it {body['severity']}"] if "severity" in body else []
        do += [f"do {self.named(body['respond'])}"] if "respond" in body else []
        return f"When it has been {state} for {timing(span)}, {joined(do)}."

    def who(self, ids: list[str]) -> str:
        """Roles and groups by their titles."""
        titles = {"manager": "the manager", **{one.id: one.title for one in self.book.roles}}
        titles |= {one.id: one.title for one in self.book.groups}
        return joined([titles.get(one, _plain(one)) for one in ids])

    def many(self, ids: list[str]) -> bool:
        """Whether these are several people: roles have one each, groups any number."""
        return len(ids) > 1 or any(one.id in ids for one in self.book.groups)

    def named(self, key: str) -> str:
        """What is done against a risk, by its title."""
        found = next((one.title for one in self.book.intents if (one.kind, one.id) == ("intervention", key)), "")
        return f"“{found or _plain(key)}”"

    def mails(self, step: Body) -> str:
        """The mail of a step, or each with the case that it is for."""
        if "mail" in step:
            return _text(step["mail"])
        return "; ".join(
            f"{_text(one['mail'])} when {self.when(one['if'])}" if "if" in one else f"otherwise {_text(one['mail'])}"
            for one in step["one_of"]
        )

    def when(self, text: str) -> str:
        """A condition or number as words; what has none as it is written."""
        names = {token.text for token in names_of(read(text))}
        return said(Expr(text, tuple((name, _type(name, self.book)) for name in names)), self.book) or text

    def due(self, when: str | Body) -> str:
        """A timing as words."""
        return timed(_timing(when), self.book)


def _type(name: str, book: Playbook) -> ValueType:
    """The type of a metric; of one that the playbook declares, by its declaration."""
    kind, _, rest = name.partition(".")
    if name.endswith(".known"):
        return "yes_no"
    if kind in {"answer", "reading"}:
        form, _, key = rest.partition(".")
        declared = book.find("form", form).field(key) if kind == "answer" else book.find("reading", rest)
        return "yes_no" if declared.type == "yes_no" else "number"
    use = metrics.find(name)
    return (use.metric.type if use else None) or "number"


def _timing(when: str | Body) -> Timing:
    if isinstance(when, str):
        day = re.fullmatch(r"day (-?\d+)", when)
        return Timing("day", when, day=int(day[1])) if day else Timing("after", when)
    cases = tuple(Case(key, _timing(one)) for key, one in when.items() if key not in {"by", "otherwise", "times"})
    otherwise = _timing(when["otherwise"]) if "otherwise" in when else None
    return Timing("table", "", by=when["by"], cases=cases, otherwise=otherwise, times=when.get("times", ""))


def _text(path: str) -> str:
    return f"“{_plain(PurePosixPath(path).stem)}”"


def _plain(key: str) -> str:
    return key.replace("_", " ").capitalize()


def _capital(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"


def _most(body: Body) -> str:
    return f", at most {body['at_most']}" if "at_most" in body else ""
