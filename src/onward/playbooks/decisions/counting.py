"""How many people, days or times, and in which time, as people say it ("five different people active in a week")."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from onward.kernel import metrics
from onward.playbooks.decisions.spoken import NUMBER, number


def words_of(line: str) -> frozenset[str]:
    return frozenset(line.split())


#: What a person of the customer's is called, and what they do when the product sees them.
PEOPLE = words_of("people person persons user users colleague colleagues member members employee employees")
USED = words_of("active actively used use uses using seen signed-in logged-in worked work working")
_PRODUCT = words_of("product app application tool software platform system it in with into on")
_PLACED = words_of("in with into on to")
_SEATS = words_of("seats seat licences licenses")
_DAYS = {"day": "days", "days": "days", "weekday": "weekdays", "weekdays": "weekdays"}
_FILLING = words_of(
    "a an the of their theirs them they our your has have had are is was were be been who that different distinct "
    "unique separate individual did there"
)
_ANYBODY = re.compile(r"\b(?:somebody|someone|anybody|anyone|(?:an?|any) (?=(?:person|user|colleague|member)\b))")
_SIGNED_IN = re.compile(r"\b(?:sign|log)(?:s|ged|ed|ging|ing)?[ -]?(?:in|on)\b(?: (?:to|into)\b)?")
_WITHIN = r"(?:in|within|during|over)"
_UNITS = {"day": 1, "week": 7, "fortnight": 14, "month": 30, "quarter": 90, "year": 365}
_UNIT = rf"({'|'.join(_UNITS)})s?"
_WHICH = r"(?:(?:the|their|a|an|any|one)(?: same| single)? )?(?:(last|past|first) )?"
_WINDOWS = (
    re.compile(rf"\b{_WITHIN} {_WHICH}(?:({NUMBER})[ -])?{_UNIT}\b(?: (?:period|window))?"),
    re.compile(rf"(?<=\bday )(?:out )?of {_WHICH}({NUMBER})(?: {_UNIT})?\b"),
    re.compile(rf"(?<=\bdays )(?:out )?of {_WHICH}({NUMBER})(?: {_UNIT})?\b"),
    re.compile(rf"\b(?:per|an?)()() {_UNIT}\b"),
)
_EVERY = {"daily": "last_1d", "weekly": "last_7d", "monthly": "last_30d"}
_SIGNS = {
    ">=": r"at least|no (?:fewer|less) than|not (?:fewer|less) than|a minimum of|minimum|>=",
    ">": r"more than|over|>",
    "<=": r"at most|no more than|not more than|a maximum of|maximum|<=",
    "<": r"fewer than|less than|under|below|<",
    "==": r"exactly|==",
}
_AMOUNT = re.compile(rf"(?:(?<!\S)({'|'.join(_SIGNS.values())}) )?(?<![\w.,-])({NUMBER})(?![.,]?\d)( ?%| percent\b)?")
_MORE = re.compile(rf"(?<![\w.,-])({NUMBER})(?: ?\+| or more\b)", re.I)
_FEWER = re.compile(rf"(?<![\w.,-])({NUMBER}) or (?:fewer|less)\b", re.I)
_TURNED = re.compile(rf"(.+?) ?(>=|<=|==|>|<) ?({NUMBER}(?: ?%)?)")
_NOT = re.compile(r"\b(?:not|no|never|nothing|nobody|none|without|except)\b|n[’']t\b")
#: Forms of a word that its ending does not tell.
_FORMS = {
    "ran": "run", "sent": "send", "made": "make", "built": "build", "paid": "pay", "wrote": "write",
    "written": "write", "held": "hold", "did": "do", "done": "do", "drew": "draw", "drawn": "draw", "began": "begin",
    "begun": "begin", "took": "take", "taken": "take", "gave": "give", "given": "give", "bought": "buy",
    "sold": "sell", "chose": "choose", "chosen": "choose", "met": "meet",
}  # fmt: skip


@dataclass(frozen=True)
class Count:
    """`amount` is "" where none is said, `sign` how it is compared; `of` what is counted: users, days, weekdays, share,
    or "" for a thing; `window` as it stands in a metric's name; `rest`: the words that are left."""

    amount: str
    sign: str
    of: str
    window: str
    rest: tuple[str, ...]
    #: The same with the people who are counted: "5 users invited" may be an event of that name.
    named: tuple[str, ...] = ()
    is_not: bool = False
    #: It begins with its number.
    leads: bool = False

    @property
    def is_narrow(self) -> bool:
        """Whether more is said than how many of a thing: nothing of it may be lost on the way."""
        return bool((self.of and self.amount) or self.window)

    @property
    def is_plain(self) -> bool:
        """Whether its number, if there is one, could be read and is one of times."""
        return not (self.is_not or self.of == "share" or (not self.amount and re.search(r"\d", " ".join(self.rest))))

    def compared(self, name: str) -> str:
        head, _, last = name.rpartition(".")
        whole = f"{head}.{self.window}.{last}" if self.window else name
        return f"{whole} {self.sign} {self.amount}" if self.amount else whole


def signed(text: str) -> str:
    """Words in which "5 or more" and "5+" say "at least 5": what joins two conditions is another "or"."""
    words = _FEWER.sub(r"at most \1", _MORE.sub(r"at least \1", text))
    return " ".join(words.split())


def count(text: str) -> Count:
    """What words say of a number."""
    words = " ".join(re.sub(r"[,;.!](?!\d)", " ", text.lower()).split())
    if turned := _TURNED.fullmatch(words):
        words = f"{turned[2]} {turned[3]} {turned[1]}"
    words = _ANYBODY.sub(lambda said: "1 " if said[0].endswith(" ") else "1 person", words)
    words = _SIGNED_IN.sub("signed-in", re.sub(r"\bof them\b", "people", words))
    words, window = _windowed(words)
    found = _AMOUNT.search(words)
    sign = next((sign for sign, said in _SIGNS.items() if found and found[1] and re.fullmatch(said, found[1])), ">=")
    rest = words[: found.start()] + words[found.end() :] if found else words
    is_share = bool(found and found[3])
    said = rest.replace("’", "'").split()
    of = _counted(said, is_share=is_share)
    amount = f"{number(found[2])}{'%' if is_share else ''}" if found else ""
    named = tuple(word for word in said if word not in _FILLING)
    left = tuple(word for word in named if not (of and (word in PEOPLE or word in _DAYS)))
    leads = bool(found and words[: found.start()].strip() in ("", "the", "once", "when"))
    return Count(amount, sign, of, window, left, named, bool(_NOT.search(rest)), leads)


def _windowed(words: str) -> tuple[str, str]:
    """Words without the time in which something is counted, and that time."""
    for pattern in _WINDOWS:
        if found := pattern.search(words):
            which, many, unit = found.groups()
            days = int(number(many) if many else 1) * _UNITS[unit or "day"]
            window = f"{'first' if which == 'first' else 'last'}_{days}d"
            if metrics.WINDOW.fullmatch(window):
                return " ".join((words[: found.start()] + words[found.end() :]).split()), window
    for word, window in _EVERY.items():
        if word in words.split():
            return " ".join(one for one in words.split() if one != word), window
    return words, ""


def _counted(said: Sequence[str], *, is_share: bool) -> str:
    if is_share:
        return "share"
    people, days = not PEOPLE.isdisjoint(said), next((_DAYS[one] for one in said if one in _DAYS), "")
    # So many people on so many days each is nothing that is counted.
    return "both" if people and days else days or ("users" if people else "")


def counts(said: Count, events: Sequence[str]) -> Iterator[str]:
    """What a number of people, days or times means: none where a word is left over; two where the time is."""
    rest, named = _roots(said.rest), _roots(said.named)
    same = [f"event.{one}.{said.of or 'count'}" for one in events if rest and rest == _roots_of(one)]
    if said.of and not same:
        same = [f"event.{one}.count" for one in events if named == _roots_of(one)]
    # "20 reports in a week", where one event alone is of reports.
    within = [f"event.{one}.count" for one in events if rest and rest < _roots_of(one)] if not said.of else []
    if said.of != "share" and (found := same or (within if len(within) == 1 else [])):
        yield from map(said.compared, found)
    elif said.of == "share":
        if {*said.rest} & _SEATS and {*said.rest} <= _SEATS | USED | _PRODUCT:
            yield said.compared("usage.active_share")
    elif said.of:
        is_used = bool(USED & {*said.rest})
        if not {*said.rest} <= USED | _PRODUCT or not (is_used or said.window):
            return
        open_ended = not said.window and {*said.rest} & {"active", "actively"}
        for window in ("last_7d", "last_30d") if open_ended else (said.window,):
            yield replace(said, window=window).compared(f"usage.{said.of}")
    elif said.amount:
        if "events" in said.rest and {*said.rest} <= {"events"} | USED | _PRODUCT:
            yield said.compared("usage.events")
        elif not said.window:
            yield from (said.compared(one) for one in _plain() if rest == _roots_of(one))


def _plain() -> Iterator[str]:
    """The numbers over the whole plan: tasks.done, meetings.held."""
    for metric in metrics.CATALOGUE:
        if metric.type == "number" and "{" not in metric.pattern and not metric.windows:
            yield metric.pattern


def _roots_of(name: str) -> set[str]:
    return _roots(_SIGNED_IN.sub("signed-in", re.sub("[._]", " ", name)).split())


def _roots(words: Iterable[str]) -> set[str]:
    return {_root(word) for word in words} - _FILLING - _PLACED


def _root(word: str) -> str:
    """What a word has in common with its other forms: "reports" and "report", "planned" and "plan"."""
    word = _FORMS.get(word, word)
    if word.endswith(("ies", "ied")) and len(word) > 4:
        return f"{word[:-3]}y"
    for ending in ("ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) > 2 and not word.endswith(("ss", "us", "is")):
            word = word.removesuffix(ending)
            break
    word = word.removesuffix("e") if len(word) > 3 else word
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiouls" else word
