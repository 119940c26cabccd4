"""What resolving needs at every step: where things stand, which names there are, and a list of problems to add to."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from onward.kernel import clock, metrics
from onward.kernel.clock import Span
from onward.kernel.expressions import ExpressionError, Outcome, ValueType, compile_expression
from onward.kernel.expressions.lexer import Token, read
from onward.playbooks.decisions import spoken
from onward.playbooks.decisions.meaning import Named, new_event, sayable, written
from onward.playbooks.decisions.parts import Case, Expr, Need, Target, Timing
from onward.playbooks.decisions.problems import Problem, nearest_mend
from onward.playbooks.decisions.source.words import Table
from onward.playbooks.decisions.tree import Path, Piece, Place
from onward.playbooks.decisions.vocabulary import Vocabulary

ENOUGH = 20
#: What a condition may stand in: it is never asked of that.
OWN = ("stage", "task", "milestone")
ANY: tuple[Outcome, ...] = ("yes_no", "number", "text")
_SPAN_MEND = "a number and h, d, wd, w or mo, such as 24h, 3wd, 2w"
_TARGET = re.compile(r"(at least|at most|more than|less than) (-?\d+(?:\.\d+)?)(%|h|d|wd|w|mo)?\Z")
_OPS: dict[str, Literal["at_least", "at_most", "more_than", "less_than"]] = {
    "at least": "at_least",
    "at most": "at_most",
    "more than": "more_than",
    "less than": "less_than",
}


@dataclass
class Context:
    tree: Piece
    names: Vocabulary
    texts: frozenset[str] = frozenset()
    problems: list[Problem] = field(default_factory=list)
    gone: Mapping[str, Place] = field(default_factory=dict)
    named: dict[str, list[Place]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def trouble(self, path: Path, code: str, message: str, mend: str = "", *, warning: bool = False) -> None:
        self.problems.append(self.tree.at(path).place.problem(code, message, mend, warning=warning))

    def ref(self, path: Path, kinds: Sequence[str], thing_id: str | None, *, also: Sequence[str] = ()) -> str:
        """The id of something declared, or a problem. `also` are ids that need no declaring."""
        if thing_id is None or thing_id in also or any(self.names.has(kind, thing_id) for kind in kinds):
            return thing_id or ""
        if self._still_named(self.tree.at(path).place, (f"{kind}.{thing_id}" for kind in kinds)):
            return thing_id
        known = [*(one for kind in kinds for one in self.names.ids.get(kind, ())), *also]
        what = " or ".join(kind.replace("_", " ") for kind in kinds)
        self.trouble(path, "unknown_id", f"there is no {what} called `{thing_id}`", nearest_mend(thing_id, known))
        return thing_id

    def _still_named(self, place: Place, addresses: Iterable[str]) -> bool:
        """Whether one of these is gone because the file removes it, noted with the place that names it all the same."""
        found = next((one for one in addresses if one in self.gone), "")
        if found:
            self.named.setdefault(found, []).append(place)
        return bool(found)

    def removals(self) -> list[Problem]:
        """What may not be removed, because it is named."""
        found = []
        for address, named in self.named.items():
            lines = [f"line {place.line} of {place.file}" for place in named[:3]]
            more = f" and {len(named) - 3} more" if len(named) > 3 else ""
            message = f"`{address}` cannot be removed while it is named: {', '.join(lines)}{more}"
            mend = "change or remove what names it, too"
            found.append(self.gone[address].problem("still_named", message, mend))
        return found

    def refs(self, path: Path, kinds: Sequence[str], ids: Sequence[str]) -> tuple[str, ...]:
        return tuple(self.ref((*path, index), kinds, one) for index, one in enumerate(ids))

    def expr(
        self,
        path: Path,
        text: str | None,
        wanted: tuple[Outcome, ...] = ("yes_no",),
        *,
        named: Sequence[str] = (),
        person: bool = False,
    ) -> Expr | None:
        """An expression compiled against the playbook's names; None (and a problem) when it cannot be."""
        if text is None:
            return None

        def type_of(name: str) -> ValueType | None:
            return "number" if name in named else self.names.type_of(name, of_person=person)

        piece = self.tree.at(path)
        try:
            program = compile_expression(text, type_of, nearest=self._nearest, wanted=wanted)
        except ExpressionError as trouble:
            name = text[trouble.column : trouble.column + trouble.length]
            if any(one in text for one in self.wrong):
                return None
            if self._still_named(piece.place_of(trouble.column), _addresses(metrics.find(name))):
                return None
            # "at least five": the word is a function of the language, too; a sentence has signs that it has not.
            no_words = ("is a function", "has no meaning here")
            is_word = trouble.message.startswith("nothing is called") or trouble.message.endswith(no_words)
            is_said = is_word and "." not in name.strip(".") and not piece.cut
            if is_said and len(self.problems) < ENOUGH:
                ways = (("expression", self._said(path, text, type_of, wanted)), ("new_event", new_event(text)))
                if found := next((one for one in ways if one[1]), None):
                    place, code = piece.place_of(0), found[0]
                    self.problems.append(place.problem(code, f"`{text}` is no condition", f"write {found[1]}"))
                    return None
                if mend := sayable(text):
                    self.problems.append(piece.place_of(0).problem("expression", f"“{text}” is no condition", mend))
                    return None
            mend = self._mend(trouble, text)
            if piece.cut:
                mend = f"{mend}; ` #` began a comment here: put quotes round the whole if it belongs to it".lstrip("; ")
            place = piece.place_of(trouble.column)
            self.problems.append(place.problem("expression", trouble.message, mend))
            return None
        self._check_choices(piece, text)
        return Expr(text, tuple(sorted(program.types.items())), tuple(name for name in named if name in program.types))

    def _said(
        self, path: Path, text: str, type_of: Callable[[str], ValueType | None], wanted: tuple[Outcome, ...]
    ) -> str:
        return written(text, Named(self.names.ids, self.names.questions, self._own(path)), type_of, wanted)

    def _own(self, path: Path) -> set[tuple[str, str]]:
        """The things that a place stands in, each as (kind, id)."""
        around = ((kind, self.tree.get((*path[:end], kind)).value) for end in range(len(path)) for kind in OWN)
        return {(kind, one) for kind, one in around if isinstance(one, str)}

    def _nearest(self, name: str) -> str:
        # Looking for a like name among thousands takes a while; after so many mistakes nobody reads the hints.
        return self.names.nearest_metric(name) if len(self.problems) < ENOUGH else ""

    def _mend(self, trouble: ExpressionError, text: str) -> str:
        name = text[trouble.column : trouble.column + trouble.length]
        return (self.names.why_not(name) if trouble.message.startswith("nothing is called") else "") or trouble.mend

    def _check_choices(self, piece: Piece, text: str) -> None:
        tokens = read(text)
        for index, token in enumerate(tokens):
            for name, word in _compared(tokens, index, token):
                choices = self.names.choices_of(name)
                if choices and word.text[1:-1] not in choices:
                    place = piece.place_of(word.column)
                    mend = nearest_mend(word.text[1:-1], choices)
                    self.problems.append(place.problem("choice", f"{name} is never {word.text}", mend))

    def span(self, path: Path, text: str | None) -> Span | None:
        if text is None:
            return None
        found = clock.parse_span(text)
        if found is None:
            meant = spoken.span(text)
            self.trouble(path, "span", f"`{text}` is no length of time", f"write `{meant}`" if meant else _SPAN_MEND)
        return found

    def moment(self, path: Path, text: str | None, *, here: Sequence[str] = ()) -> str:
        """A moment that exists. `here` are those of the surroundings: `entered` in a stage, `opened` in a risk."""
        if text is None:
            return ""
        if text in ("entered", "opened") and text not in here:
            what = "a stage" if text == "entered" else "a risk"
            self.trouble(path, "moment", f"`{text}` has a meaning only inside {what}", f"write stage.S.{text}")
        elif not self.names.is_moment(text) and not self._still_named(
            self.tree.at(path).place, _addresses(metrics.find_moment(text))
        ):
            mend = nearest_mend(text, [one] if (one := self.names.nearest_moment(text)) else [])
            self.trouble(path, "moment", f"there is no moment called `{text}`", mend or "such as task.kickoff.held")
        return text

    def timing(
        self, path: Path, value: str | Table | None, *, here: Sequence[str] = (), bare: str = ""
    ) -> Timing | None:
        """A timing. `bare` is the moment that a span without one is counted from (`takes: 2w`)."""
        if value is None:
            return None
        if isinstance(value, Table):
            return self._table(path, value, here, bare)
        return self._one_timing(path, value, here, bare)

    def _one_timing(self, path: Path, text: str, here: Sequence[str], bare: str) -> Timing | None:
        words = text.split()
        if bare and len(words) == 1 and text != "none":
            span, times = self._length(path, text)
            found = Timing("after", f"{text} after {bare.replace('_', ' ')}", span, bare, times=times)
            return found if span else None
        if text == "none":
            return Timing("none", text)
        if len(words) == 2 and words[0] in ("day", "week") and re.fullmatch(r"-?\d{1,4}", words[1]):
            number = int(words[1])
            return Timing("day", text, day=number * 7 if words[0] == "week" else number)
        if len(words) == 2 and words[0] == "at":
            return Timing("at", text, moment=self.moment(path, words[1], here=here))
        if len(words) == 4 and words[0] == "within" and words[2] == "of":
            (span, times), moment = self._length(path, words[1]), self.moment(path, words[3], here=here)
            return Timing("within", text, span, moment, times=times)
        if len(words) == 3 and words[1] in ("after", "before"):
            (span, times), moment = self._length(path, words[0]), self.moment(path, words[2], here=here)
            return Timing("after" if words[1] == "after" else "before", text, span, moment, times=times)
        self.trouble(path, "timing", f"`{text}` is no timing", self._meant(path, text, here, bare))
        return None

    def _meant(self, path: Path, text: str, here: Sequence[str], bare: str) -> str:
        """How to write a date that stands there in words; where it may mean two things, both."""
        if bare and (length := spoken.span(text)):
            return f"write `{length}`"

        others = [one for one in self.names.ids.get("task", ()) if ("task", one) not in self._own(path)]

        def moment_of(named: str) -> str:
            key = named.replace(" ", "_")
            likely = spoken.meant(named, {one: one.replace("_", " ") for one in others})
            tries = (named, self.names.end_of(key), f"milestone.{key}.met", f"stage.{key}.closed")
            return next((one for one in (*tries, self.names.end_of(likely)) if self.names.is_moment(one)), "")

        found = [one for one in spoken.dates(text, moment_of) if "entered" in here or not one.endswith(" entered")]
        if found:
            return f"write {' or '.join(f'`{one}`' for one in found)}"
        return (
            "such as within 24h of signed, 2w after entered, 1wd before task.kickoff.held, at signed, day 14, none; in "
            "words, 5 working days after the kickoff call"
        )

    def _length(self, path: Path, text: str) -> tuple[Span | None, str]:
        """A span; or a day and the metric that says how many of them (`account.setup_days`)."""
        if not text.endswith("_days"):
            return self.span(path, text), ""
        self.metric(path, text, "number")
        return Span(1, "d"), text

    def _table(self, path: Path, table: Table, here: Sequence[str], bare: str) -> Timing:
        self.metric((*path, "by"), table.by, "text")
        if table.times is not None:
            self.metric((*path, "times"), table.times, "number")
        choices = self.names.choices_of(table.by)
        cases = []
        for value, text in (table.__pydantic_extra__ or {}).items():
            if choices and value not in choices:
                place = self.tree.at(path).keys.get(value, self.tree.at(path).place)
                mend = nearest_mend(value, choices)
                self.problems.append(place.problem("choice", f"{table.by} is never `{value}`", mend))
            timing = self._one_timing((*path, value), text, here, bare)
            if timing is not None:
                cases.append(Case(value, timing))
        otherwise = self._one_timing((*path, "otherwise"), table.otherwise, here, bare) if table.otherwise else None
        if otherwise is None and table.otherwise is None and set(choices) - {case.value for case in cases}:
            self.trouble(path, "table", "this table has no `otherwise:`", "say what holds for all other values")
        words = f"by {table.by}"
        return Timing("table", words, by=table.by, cases=tuple(cases), otherwise=otherwise, times=table.times or "")

    def metric(self, path: Path, name: str | None, wanted: ValueType | None = None) -> None:
        """A metric that exists, and of the wanted type."""
        kind = self.names.type_of(name) if name is not None else wanted
        if name is None or self._still_named(self.tree.at(path).place, () if kind else _addresses(metrics.find(name))):
            return
        if kind is None:
            mend = nearest_mend(name, [one] if (one := self.names.nearest_metric(name)) else [])
            self.trouble(path, "unknown_name", f"nothing is called {name}", mend)
        elif wanted and kind != wanted:
            self.trouble(path, "type", f"{name} is no {wanted}")

    def target(self, path: Path, text: str | None) -> Target | None:
        """`at least 80%`; spans count in days."""
        if text is None:
            return None
        found = _TARGET.match(text)
        if found:
            number, unit = float(found[2]), found[3] or ""
            if unit == "%":
                number /= 100
            elif unit:
                number *= Span(1, unit).exact.total_seconds() / 86_400  # type: ignore[arg-type]
            return Target(_OPS[found[1]], number, f"{found[2]}{unit}")
        if text.startswith("is ") and len(text.split()) == 2:
            word = text[3:]
            return Target("is", {"yes": True, "no": False}.get(word, word), word)
        self.trouble(
            path, "target", f"`{text}` is no target", "at least 80%, at most 7d, more than 3, is yes, is green"
        )
        return None

    def need(self, path: Path, value: int | str | None) -> Need | None:
        """How many (`2`) or which share (`80%`)."""
        if value is None:
            return None
        if isinstance(value, int) and value > 0:
            return Need(count=value)
        if isinstance(value, str) and re.fullmatch(r"\d{1,3}%", value) and 0 < int(value[:-1]) <= 100:
            return Need(share=int(value[:-1]) / 100)
        self.trouble(path, "need", f"`{value}` is neither a number of people nor a share", "such as 2 or 80%")
        return None

    def text(self, path: Path, name: str) -> str:
        """A text of the playbook that must lie beside it."""
        if name not in self.texts:
            mend = nearest_mend(name, self.texts, "put the file there")
            self.trouble(path, "text", f"there is no text called `{name}`", mend)
        return name


def _addresses(use: metrics.Use | None) -> list[str]:
    """The addresses of what a metric or a moment names."""
    ids = dict(use.ids) if use else {}
    if "field" in ids:
        return [f"form.{ids['form']}", f"form.{ids['form']}.{ids['field']}"]
    return [
        f"{one}.{thing_id}"
        for kind, thing_id in ids.items()
        for one in (("role", "group") if kind == "role_or_group" else (kind,))
    ]


def _compared(tokens: Sequence[Token], index: int, token: Token) -> list[tuple[str, Token]]:
    """The (name, word) pairs that a comparison at this place makes."""
    if token.text in ("==", "!=") and 0 < index < len(tokens) - 1:
        left, right = tokens[index - 1], tokens[index + 1]
        if left.kind == "name" and right.kind == "text":
            return [(left.text, right)]
        if left.kind == "text" and right.kind == "name":
            return [(right.text, left)]
    if token.text == "in" and index and tokens[index - 1].kind == "name":
        words = []
        for following in tokens[index + 1 :]:
            if following.text == "]":
                break
            if following.kind == "text":
                words.append((tokens[index - 1].text, following))
        return words
    return []


def titled(title: str | None, thing_id: str) -> str:
    """A title left out is made from the id."""
    return title or thing_id.replace("_", " ").capitalize()
