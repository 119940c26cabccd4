"""What the studio shows of a text: its parts, the chosen one's form, what is wrong and where, what changed."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from onward.automation import queries as automation
from onward.foundation.clock import now
from onward.interfaces.console.playbook_words import said, timed
from onward.interfaces.console.playbooks import sentence
from onward.interfaces.console.studio.fields import CHOOSE, Field, fields_of
from onward.interfaces.console.studio.options import options
from onward.interfaces.console.studio.posting import fits
from onward.interfaces.console.studio.tables import VARIES, cases_of, is_table, shown_pairs
from onward.interfaces.console.studio.telling import Told, told_of
from onward.interfaces.console.studio.waiting import Waits, held_back, waits_of
from onward.interfaces.console.studio.writing import at, whole
from onward.kernel.actor import Actor
from onward.kernel.expressions import ExpressionError
from onward.kernel.ids import parse_id
from onward.kernel.refusals import Refusal
from onward.playbooks import queries
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.editing import lines_of
from onward.playbooks.decisions.editing.knowing import expression, vocabulary_of
from onward.playbooks.decisions.editing.mends import NEW_FORM, is_sure, mended, offer
from onward.playbooks.decisions.editing.parts import Part, part_at, part_of_line, parts
from onward.playbooks.decisions.editing.spans import spans_of
from onward.playbooks.decisions.judge import CheckVerdict
from onward.playbooks.decisions.linting.events import new_events
from onward.playbooks.decisions.parts import EventSpec, Expr, Timing
from onward.playbooks.decisions.problems import Problem
from onward.playbooks.decisions.publishing import Draft, Linted, lint
from onward.playbooks.decisions.tree import Refused, read
from onward.playbooks.decisions.vocabulary import Vocabulary
from onward.playbooks.queries import Shelf

#: Kinds of answer that have nothing to choose from.
UNCHOSEN = ("text", "long_text", "date", "yes_no", "scale", "file")
BY_BROWSER = (
    "A browser’s events can be faked by anybody who reads the page. What counts for first value should be sent by "
    "your server."
)


AS_WORDS = {
    "expression": "Said in words; it becomes a condition as soon as you go on.",
    "timing": "Said in words; it becomes a date as soon as you go on.",
    "span": "Said in words; it becomes a length of time as soon as you go on.",
}


@dataclass(frozen=True)
class Wrong:
    """A problem where it stands: its part, the field's name there ("" when it has none), what a click would do."""

    problem: Problem
    said: str
    mend: str
    part: Part | None
    field: str
    click: str
    #: Words that can mean one thing alone: they are written right as soon as their field is left.
    is_sure: bool = False

    @property
    def is_red(self) -> bool:
        return self.problem.level == "error" and not self.is_sure

    @property
    def press(self) -> str:
        return f"mend:{self.problem.line}.{self.problem.column}:{self.problem.code}"


@dataclass(frozen=True)
class Shown:
    """A field of the form. `value` is None where nothing is said; `is_foreign`: the form cannot show what is written,
    which stands in `line`; `options` are pairs; `words` an expression read aloud; `verdict` by the chosen journey."""

    field: Field
    value: Any
    is_foreign: bool
    options: tuple[tuple[str, str], ...]
    wrong: tuple[Wrong, ...]
    words: str = ""
    verdict: CheckVerdict | None = None
    line: int = 0
    #: From when on a step that is due far ahead could be held back to.
    hold: str = ""
    #: Events that the expression counts and of which nobody has said what the product calls them.
    unnamed: tuple[EventSpec, ...] = ()

    @property
    def cases(self) -> list[str]:
        """The rows of a value that is a table; none for what is the same for all."""
        return cases_of(self.value) if is_table(self.value) else []

    @property
    def text(self) -> str:
        """What a field of several lines holds."""
        if self.field.look == "pairs" and self.value:
            return "\n".join(shown_pairs(self.value))
        if isinstance(self.value, dict | list):
            return "\n".join(map(str, self.value.values() if isinstance(self.value, dict) else self.value))
        return self.value or ""

    @property
    def waits(self) -> list[Waits]:
        return waits_of(self.value)

    @property
    def told(self) -> list[Told]:
        return told_of(self.value)

    @property
    def varies(self) -> list[tuple[str, str]]:
        """What the value may go by beside what it goes by now: (metric, words)."""
        now = self.value.get("by", "") if isinstance(self.value, dict) else ""
        return [(by, words) for by, words in VARIES.items() if by != now]

    @property
    def is_open(self) -> bool:
        return not self.field.more or self.value is not None or bool(self.wrong)


@dataclass(frozen=True)
class Sheet:
    """`parts` is empty while the file cannot be read; `lines` are those of the chosen part."""

    text: str
    parts: list[Part]
    part: Part | None
    fields: list[Shown]
    wrong: list[Wrong]
    playbook: Playbook | None
    lines: tuple[int, int] = (0, 0)
    changes: list[list[str]] = field(default_factory=list)

    @property
    def errors(self) -> list[Wrong]:
        return [one for one in self.wrong if one.problem.level == "error"]

    @property
    def warnings(self) -> list[Wrong]:
        return [one for one in self.wrong if one.problem.level != "error"]

    def wrong_in(self, part: Part) -> int:
        """How many errors stand in a part itself."""
        return sum(one.part is not None and one.part.address == part.address for one in self.errors)


def drafted(text: str, file: str, shelf: Shelf) -> Draft:
    """A text with what lies beside it, the published parent of a variant among that."""
    above = queries.above(text)
    return Draft(text, file, {**shelf.modules, **above.modules}, {**above.texts, **shelf.texts})


def settled(draft: Draft, address: str, left: Collection[str]) -> str:
    """The text with words in these fields of a part as what they mean, where that is one thing alone."""
    sure = [one for one in lint(draft).problems if is_sure(one, draft.text)]
    if not sure:
        return draft.text
    found, text = parts(draft.text), draft.text
    spans = spans_of(text, found)
    # From the end, so that the places of the others stay.
    for problem in sorted(sure, key=lambda one: (one.line, one.column), reverse=True):
        wrong = _wrong(problem, draft, found, spans)
        if wrong.part and wrong.part.address == address and wrong.field in left:
            text = mended(problem, text, wrong.part)
    return text


def sheet(actor: Actor, draft: Draft, address: str, base: str, base_book: Playbook | None, against: str) -> Sheet:
    """What the page shows. `base`: the text that it began from; `base_book` lends titles while the draft has errors;
    `against`: a journey to judge conditions by."""
    linted = lint(draft)
    changes = changes_of(base, draft.text)
    try:
        found = parts(draft.text)
    except Refused:
        return Sheet(
            draft.text, [], None, [], [_wrong(one, draft, None, {}) for one in linted.problems], None, (0, 0), changes
        )
    spans = spans_of(draft.text, found)
    wrong = [_wrong(one, draft, found, spans) for one in linted.problems]
    part = part_at(found, address)
    names = vocabulary_of(draft)
    shown = list(_fields(draft, found, part, wrong, names, linted.playbook or base_book))
    if against and names is not None:
        shown = _judged(actor, shown, names, linted, against)
    return Sheet(draft.text, found, part, shown, wrong, linted.playbook, spans[part.address], changes)


def _wrong(problem: Problem, draft: Draft, found: list[Part] | None, spans: dict[str, tuple[int, int]]) -> Wrong:
    part = part_of_line(found, spans, problem.line) if found and problem.file == draft.file else None
    name = _field_of(problem, draft, part) if part else ""
    click = offer(problem, draft.text) if found and problem.file == draft.file else ""
    mend = "Write it in the field “How it is done”." if problem.code == "no_help" else sentence(problem.mend)
    if problem.code == "component":
        mend = "It can be published without."
    said_of = (sentence(_titled(problem.message, found or [])), _titled(mend, found or []))
    if click == NEW_FORM:
        said_of = ("No question form is chosen yet.", mend)
    elif problem.code == "check" and name == "f-when":
        said_of = ("Say when it is met.", "Write a condition, or below it a number to reach and its target.")
    elif problem.code == "source" and problem.level == "warning" and "proven by a browser" in problem.message:
        said_of = (BY_BROWSER, said_of[1] if click else "To be sure, count an event that only your server sends.")
    elif problem.code == "empty_stage":
        said_of = ("Nothing keeps this stage open: it closes at once.", "Add a task to it, or what lets it close.")
    elif problem.code == "missing" and part and found:
        said_of = _choice(part, name, found, draft) or said_of
    if sure := bool(click) and is_sure(problem, draft.text):
        said_of = (AS_WORDS[problem.code], said_of[1])
    return Wrong(problem, *said_of, part, name, click, sure)


def _titled(words: str, found: list[Part]) -> str:
    """With the titles of the form's parts in place of the ids that the file has for them."""
    titles = {one.address.rpartition(".")[2]: one.title for one in found if "." in one.address and one.title}
    return re.sub(r"`(\w+)`", lambda said: f"“{titles[said[1]]}”" if said[1] in titles else said[0], words)


def _choice(part: Part, name: str, found: list[Part], draft: Draft) -> tuple[str, str] | None:
    """What to say of a field in which something has to be chosen and is not: what, and from what."""
    field = next((one for one in fields_of(part.kind, whole(draft.text, part)) if one.name == name), None)
    if field is None or field.path[-1] not in CHOOSE:
        return None
    words = [words for _, words in options(field, found, None, part, draft)]
    return f"Choose {CHOOSE[field.path[-1]]}.", f"There is: {', '.join(words)}." if words else "There is none yet."


def _field_of(problem: Problem, draft: Draft, part: Part) -> str:
    """The field that a problem stands in: the last one that begins before it, or the key that it says is missing."""
    tree = read(draft.text, draft.file)
    fields = fields_of(part.kind, whole(draft.text, part))
    if problem.code == "missing":
        key = problem.message.split("`")[1] if "`" in problem.message else ""
        return next((one.name for one in fields if one.path[-1] == key), "")
    best, name = (0, 0), ""
    for one in fields:
        if at(whole(draft.text, part), one) is None:
            continue
        place = tree.at((*part.path, *one.path)).place
        if best < (place.line, place.column) <= (problem.line, problem.column):
            best, name = (place.line, place.column), one.name
    key = {
        "unnamed": "f-track",
        "no_doer": "f-by",
        "no_help": "f-help",
        "long_title": "f-title",
        "check": "f-when",
        "source": "f-when",
    }.get(problem.code, "")
    return key or name


def _fields(
    draft: Draft, found: list[Part], part: Part, wrong: list[Wrong], names: Vocabulary | None, book: Playbook | None
) -> Iterator[Shown]:
    value = whole(draft.text, part)
    for one in fields_of(part.kind, value):
        here = at(value, one)
        if one.look == "choices" and here is None and value.get("type") in UNCHOSEN:
            continue
        mine = tuple(each for each in wrong if each.part == part and each.field == one.name)
        words = ""
        unnamed: tuple[EventSpec, ...] = ()
        if one.look == "when" and isinstance(here, str) and names is not None and book is not None:
            compiled = _compiled(names, here)
            words = said(compiled, book) if compiled else ""
            unnamed = new_events(book, compiled.names) if compiled else ()
        if (one.look == "timing" or is_table(here)) and here is not None and book is not None:
            words = _dated(book, part, one, here)
        foreign = not fits(one, here)
        line = lines_of(draft.text, (*part.path, *one.path))[0] if foreign else 0
        hold = held_back(here) if one.name == "f-due" and part.kind == "task" and "starts" not in value else ""
        of = options(one, found, names, part, draft)
        yield Shown(one, here, foreign, of, mine, words, line=line, hold=hold, unnamed=unnamed)


def _dated(book: Playbook, part: Part, one: Field, value: Any) -> str:
    """A date or a table of the chosen part in words, where the playbook that can be read has just that."""
    try:
        when = getattr(book.find(part.kind, part.id), {"takes": "due"}.get(one.path[0], one.path[0]), None)
    except KeyError:
        return ""
    is_same = isinstance(when, Timing) and (when.word == "table" if is_table(value) else when.text == value)
    words = timed(when, book) if is_same else ""
    return words.removeprefix("on ") if one.path == ("starts",) else words


def _compiled(names: Vocabulary, text: str) -> Expr | None:
    try:
        return expression(names, text)
    except ExpressionError:
        return None


def _judged(actor: Actor, shown: list[Shown], names: Vocabulary, linted: Linted, against: str) -> list[Shown]:
    checks = {}
    for one in shown:
        compiled = _compiled(names, one.value) if one.field.look == "when" and isinstance(one.value, str) else None
        if compiled and "n" not in dict(compiled.reads) and _is_condition(names, one.value):
            checks[one.field.name] = automation.check_of(one.field.name, compiled)
    if not checks:
        return shown
    try:
        verdicts = automation.tried(actor, parse_id("jny", against), checks, linted.playbook, now())
    except Refusal:
        return shown
    return [Shown(**{**one.__dict__, "verdict": verdicts.get(one.field.name)}) for one in shown]


def _is_condition(names: Vocabulary, text: str) -> bool:
    try:
        expression(names, text, ("yes_no",))
    except ExpressionError:
        return False
    return True


def changes_of(old: str, new: str) -> list[list[str]]:
    """The lines that differ, a list a place: "@ 12" first, then lines that begin with - or +."""
    before, after = old.splitlines(), new.splitlines()
    found: list[list[str]] = []
    for line in list(difflib.unified_diff(before, after, lineterm="", n=0))[2:]:
        if line.startswith("@@"):
            found.append([f"@ {line.split('+')[1].split(' ')[0].split(',')[0]}"])
        else:
            found[-1].append(line)
    return found


def base_of(row: queries.DraftRow | None, current: queries.VersionRow | None) -> tuple[str, Playbook | None]:
    """The text that a draft began from, and the playbook that is current."""
    book = queries.version(current.id) if current else None
    return (row.base_text if row else current.text if current else ""), book
