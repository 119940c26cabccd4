"""A playbook's conditions and timings in words; what has none stays as it is written."""

from __future__ import annotations

import re

from onward.interfaces.ui.words import MOMENTS, segment, timing
from onward.journeys.decisions.wording import title_of
from onward.kernel import metrics
from onward.kernel.expressions.lexer import Token, read
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.parts import Expr, Timing

IS = {
    "done": "is done",
    "reported": "is said to be done",
    "skipped": "is left out",
    "started": "has begun",
    "entered": "has begun",
    "blocked": "is blocked",
    "closed": "is closed",
    "met": "is reached",
    "held": "is held",
    "missed": "was missed",
    "late": "is late",
    "complete": "is filled in",
    "filled": "is named",
    "open": "is open",
    "finished": "is finished",
}
AMOUNTS = {">=": "at least", ">": "more than", "<=": "at most", "<": "less than", "==": "exactly", "!=": "other than"}
COUNTS = {"count": "times", "users": "people with", "days": "days with", "distinct": "different", "sum": "in all of"}
SPANS = re.compile(r"(?:working|hour|day|week|month)s?")
WINDOW = re.compile(r"(last|first|prev)_(\d+)d")
DAYS_OF = {
    "account.target_days": "the organization’s target for the whole",
    "account.setup_days": "the organization’s target for setup",
}
GOALS = {"objectives.met": "reached", "objectives.agreed": "agreed"}
#: In the table of metrics these rest on the row above them.
OF_THESE = {
    "tasks.overdue_ours": "open tasks of ours past their due date",
    "tasks.overdue_theirs": "open tasks of theirs past their due date",
    "usage.weekdays": "weekdays with use",
    "wins.confirmed": "early wins that the customer confirmed",
    "outreach.answered": "messages that their people answered",
    "risks.open_high": "open risks that are high or critical",
}
AGO = "whole days since "
#: Metrics that read as so many of something.
MANY = re.compile(
    r"usage\.(users|events|days|weekdays)|tasks\.(open|done|overdue|overdue_ours|overdue_theirs|blocked)"
    r"|milestones\.(met|late)|wins\.(recorded|confirmed)|meetings\.(held|missed)|risks\.(open|open_high)"
)
PLAIN = {"deal.won": "the deal is won", "completion.met": "the completion is met", "usage.connected": "usage arrives"}


def said(expression: Expr | None, book: Playbook) -> str:
    """The condition as a clause: "“UAT” is done and at least 3 people with “Report run”". "" when it has no words."""
    if expression is None:
        return ""
    tokens, words, index = read(expression.text), [], 0
    while index < len(tokens):
        clause, used = _clause(tokens[index:], book, dict(expression.reads))
        if not clause:
            return ""
        words.append(clause)
        index += used
    return " ".join(words)


def _clause(tokens: tuple[Token, ...], book: Playbook, types: dict[str, str]) -> tuple[str, int]:
    """The words of what stands first, and how many tokens they tell."""
    first, rest = tokens[0], tokens[1:]
    if first.text in {"and", "or"}:
        return first.text, 1
    if first.text == "not" and rest and rest[0].kind == "name" and types.get(rest[0].text) == "yes_no":
        return f"not yet: {fact(rest[0].text, book)}", 2
    if first.kind != "name":
        return "", 1
    if (
        len(rest) >= 2
        and rest[0].text in AMOUNTS
        and rest[1].kind in {"number", "name"}
        and types.get(first.text) == "number"
    ):
        return compared(AMOUNTS[rest[0].text], rest[1].text, first.text, book), 3
    if len(rest) >= 2 and rest[0].text in {"==", "!="} and rest[1].kind == "text":
        return f"{subject(first.text, book)} is {'' if rest[0].text == '==' else 'not '}{_value(rest[1].text)}", 3
    if len(rest) >= 3 and rest[0].text == "in" and "]" in (texts := [token.text for token in rest]):
        end = texts.index("]")
        values = [_value(token.text) for token in rest[2:end] if token.kind == "text"]
        return f"{subject(first.text, book)} is {' or '.join(values)}", end + 2
    if types.get(first.text) == "yes_no":
        return fact(first.text, book), 1
    return (subject(first.text, book), 1) if len(tokens) == 1 else ("", 1)


def fact(name: str, book: Playbook) -> str:
    """A yes-or-no metric as a clause."""
    if name in PLAIN:
        return PLAIN[name]
    if name.endswith(".known"):
        return f"{subject(name.removesuffix('.known'), book)} is known"
    if name.startswith("answer."):
        return f"{title_of(book, name)} is answered with yes"
    return f"{_thing(name, book)} {IS.get(name.rpartition('.')[2], 'is so')}"


def compared(how_much: str, number: str, name: str, book: Playbook) -> str:
    """A number against a bound: "at least 3 people with “Report run”"."""
    plain = name.removeprefix("person.")
    last = plain.rpartition(".")[2]
    if plain.startswith("event.") and last in COUNTS:
        if last == "count" and (how_much, number) == ("exactly", "0"):
            return f"no {_thing(plain, book)}{_window(plain) or ' yet'}"
        if last == "count":
            return f"{_thing(plain, book)} {how_much} {number} {'time' if number == '1' else 'times'}{_window(plain)}"
        return f"{how_much} {number} {COUNTS[last]} {_thing(plain, book)}{_window(plain)}"
    if name in GOALS:
        goals = "goal of their success plan is" if number == "1" else "goals of their success plan are"
        return f"{how_much} {number} {goals} {GOALS[name]}"
    about = subject(name, book)
    if number != "1" and MANY.fullmatch(WINDOW.sub("", plain).replace("..", ".")):
        return f"no {about}" if (how_much, number) == ("exactly", "0") else f"{how_much} {number} {about}"
    if about.startswith(AGO):
        return f"{how_much} {number} {'day' if number == '1' else 'days'} since {about.removeprefix(AGO)}"
    return f"{about}: {how_much} {number}"


def subject(name: str, book: Playbook) -> str:
    """What a metric is, as a noun."""
    plain = name.removeprefix("person.")
    kind, _, rest = plain.partition(".")
    if kind in {"answer", "figure"} or (kind == "reading" and "." not in rest):
        return title_of(book, plain)
    if kind == "event":
        return f"{COUNTS.get(plain.rpartition('.')[2], '')} {_thing(plain, book)}{_window(plain)}".strip()
    if kind in {"account", "deal"}:
        return f"the {kind}’s {rest.replace('field.', '').replace('_', ' ')}"
    use = metrics.find(name)
    about = use.metric.doc[:1].lower() + use.metric.doc[1:] if use else plain.replace(".", " ").replace("_", " ")
    about = OF_THESE.get(use.metric.pattern, about) if use else about
    if use and use.metric.pattern == "days_since.{moment}":
        return AGO + moment(rest, book)
    titled = kind in {
        "task",
        "stage",
        "milestone",
        "check_in",
        "role",
        "form",
        "log",
        "activation",
        "survey",
        "reading",
    }
    return f"{about}, of {_thing(plain, book)}" if titled else f"{about}{_window(plain)}"


def _thing(name: str, book: Playbook) -> str:
    """The title of what a metric tells of, in quotes."""
    kind, _, rest = name.removeprefix("person.").partition(".")
    key = rest.split(".")[0]
    if kind == "activation":
        found = next((one.title for one in book.activations if one.id == key), "")
        return f"“{found or key.replace('_', ' ')}”"
    title = title_of(book, f"{kind}.{rest}")
    return title if title.startswith("“") else f"“{key.replace('_', ' ').capitalize()}”"


def _window(name: str) -> str:
    found = WINDOW.search(name)
    if found is None:
        return ""
    return f" in the {({'last': 'last', 'first': 'first', 'prev': 'earlier'})[found[1]]} {found[2]} days"


def _value(text: str) -> str:
    return segment(text.strip("\"'")).lower()


def moment(name: str, book: Playbook) -> str:
    """A moment by its name: "the signature", "“Kickoff call” is held"."""
    return MOMENTS.get(name) or f"{_thing(name, book)} {IS.get(name.rpartition('.')[2], '')}".strip()


def timed(when: Timing | None, book: Playbook) -> str:
    """When something is due: "within 24 hours of the signature", a table with all its cases."""
    if when is None:
        return "no date"
    if when.word == "table":
        return _tabled(when, book) + (f", times {subject(when.times, book)}" if when.times else "")

    def titled(found: re.Match[str]) -> str:
        name = found[0]
        if name.startswith("answer."):
            return title_of(book, name)
        return f"{_thing(name, book)} {IS.get(name.rpartition('.')[2], '')}".strip()

    text = re.sub(r"\b(?:task|stage|milestone|check_in|role|answer)\.\w+\.\w+", titled, when.text)
    if when.word == "day":
        count = (
            ""
            if when.day < 1
            else f", {moment(book.day_zero, book)} being day 1"
            if book.day_one
            else (f" after {moment(book.day_zero, book)}")
        )
        return timing(text) + count
    if when.counts_days:
        return timing(text.replace(when.times, DAYS_OF.get(when.times, f"so many days as {subject(when.times, book)}")))
    return timing(text) + (f", times {subject(when.times, book)}" if when.times else "")


def _tabled(when: Timing, book: Playbook) -> str:
    """ "2 weeks (simple), 4 weeks (standard, otherwise) after this stage begins, by the account’s complexity"; what all
    cases end with is said once."""
    cases: dict[str, list[str]] = {}
    for case in when.cases:
        cases.setdefault(timed(case.timing, book), []).append(segment(str(case.value)).lower())
    if when.otherwise:
        cases.setdefault(timed(when.otherwise, book), []).append("otherwise")
    if len(cases) == 1:
        return next(iter(cases))
    # "day zero" is one word here: cases share it whole.
    split = [words.replace("day zero", "day_zero").split() for words in cases]
    shared = 0
    for last in zip(*(words[::-1] for words in split), strict=False):
        # A length stays whole: "within 45 days".
        if len(set(last)) > 1 or SPANS.fullmatch(last[0]):
            break
        shared += 1
    told = [
        f"{' '.join(words[: len(words) - shared])} ({', '.join(names)})"
        for words, names in zip(split, cases.values(), strict=True)
    ]
    tail = " ".join(split[0][len(split[0]) - shared :])
    return f"{', '.join(told)} {tail}".strip().replace("day_zero", "day zero") + f", by {subject(when.by, book)}"
