"""Which fields the form of a part has, in its order, and how what is posted becomes the value in the file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.http import QueryDict

from onward.playbooks.decisions.editing.told import id_for
from onward.playbooks.decisions.source.work import KINDS

Look = Literal["line", "area", "lines", "one", "many", "yes", "number", "when", "timing", "moment", "choices"]


@dataclass(frozen=True)
class Field:
    """`path` below the part; `of`: what it chooses from (role, person, task, stage, form, measure, ...) or pairs of
    (value, words); `more`: folded away until it is used; `kinds`: the kinds of task that have it, () for all."""

    path: tuple[str, ...]
    label: str
    look: Look = "line"
    hint: str = ""
    of: str | tuple[tuple[str, str], ...] = ""
    more: bool = False
    kinds: tuple[str, ...] = ()
    required: bool = False

    @property
    def name(self) -> str:
        return "f-" + "-".join(self.path)


WORDS = {
    "to_do": "To do",
    "meeting": "Meeting",
    "invite": "Invitation to a meeting",
    "form": "Form to fill in",
    "sign_off": "Signature",
    "mail": "Mail",
    "file": "File to hand over",
    "course": "Course",
    "survey": "Survey",
    "log": "Entry in a log",
    "hand_over": "Hand over a role",
}
TYPES = (
    ("text", "A line of text"),
    ("long_text", "Several lines"),
    ("number", "A number"),
    ("date", "A date"),
    ("yes_no", "Yes or no"),
    ("choice", "One of several"),
    ("choices", "Some of several"),
    ("scale", "A scale"),
    ("file", "A file"),
)
SPAN = "Such as 24h, 3d, 5wd (working days), 2w"


def _title(hint: str = "") -> Field:
    return Field(("title",), "Title", hint=hint)


def _due(label: str = "Due", hint: str = "") -> Field:
    return Field(("due",), label, "timing", hint)


_CHECK = (
    Field(("title",), "Title", hint="As both sides read it"),
    Field(("when",), "Is met when", "when", "A yes or no"),
    Field(("actual",), "Or: a number to reach", "when", "What is counted; then say the target", more=True),
    Field(("target",), "Target", hint="Such as at least 80%, at most 7d, is yes", more=True),
    Field(("for",), "Has to hold for", hint=SPAN, more=True),
)
FORMS: dict[str, tuple[Field, ...]] = {
    "playbook": (
        _title(),
        Field(("choose_when",), "For accounts where", "when", "Left empty, it is only chosen by hand"),
        Field(("choose_rank",), "Rank", "number", "Where several fit, the highest wins", more=True),
        Field(("accountable",), "Who is accountable", "one", "Owns every stage that names nobody else", "role"),
        Field(("targets", "first_value"), "First value is wanted after", hint="Counted from the signature: 30d"),
        Field(("targets", "complete"), "All is wanted complete after", hint="Counted from the signature: 90d"),
        Field(("source",), "Where it comes from", "area", "Whose way it is, and what of it is yours", more=True),
    ),
    "role": (
        Field(("title",), "Title", hint="Customer success manager, Champion"),
        Field(
            ("fill",), "How the person is found", of="fill",
            hint="account owner, deal owner, least loaded of TEAM, by hand; or asked of csm: the CSM gets a task",
        ),
        Field(("optional",), "May stay empty", "yes"),
    ),
    "stage": (
        _title(),
        Field(("owner",), "Owner", "one", "Left empty: whoever is accountable", "role"),
        _due("Due by", "A date; or say below how long it takes"),
        Field(("takes",), "Takes", hint="From the day it begins: 3w, 10wd (working days)"),
        Field(("after",), "Begins after", "many", "None ticked: after the stage above", "stage", more=True),
        Field(("stalled_after",), "Stalled after", hint=f"So long without anything done. {SPAN}", more=True),
        Field(("enter_when",), "Begins only when", "when", more=True),
    ),
    "task": (
        _title(),
        Field(("kind",), "What it is", "one", of=tuple((key, WORDS[key]) for key in KINDS)),
        Field(("by",), "Who does it", "one", "Somebody of the customer’s: they see it on their portal", "person"),
        _due(),
        Field(("attendees", "must"), "Has to be there", "many", "", "person", kinds=("meeting",)),
        Field(("attendees", "may"), "May be there", "many", "", "person", more=True, kinds=("meeting",)),
        Field(("agenda",), "Agenda", "lines", "A line each", kinds=("meeting",)),
        Field(("minutes",), "Minutes", "number", more=True, kinds=("meeting",)),
        Field(("form",), "Form", "one", "", "form", kinds=("form", "meeting")),
        Field(("picks",), "Chooses what value means for", "one", "", "milestone", more=True, kinds=("meeting",)),
        Field(("meeting",), "To which meeting", "one", "", "task", kinds=("invite",)),
        Field(("of",), "What is signed", "one", "", "signed", kinds=("sign_off",)),
        Field(("to",), "To", "many", "", "person", kinds=("mail", "file")),
        Field(("text",), "Its text", "one", "", "text", kinds=("mail",)),
        Field(("course",), "Course", "one", "", "course", kinds=("course",)),
        Field(("survey",), "Survey", "one", "", "survey", kinds=("survey",)),
        Field(("log",), "Log", "one", "", "log", kinds=("log",)),
        Field(("role",), "Which role", "one", "", "role", kinds=("hand_over",)),
        Field(("to",), "To whom", "one", "", "role", kinds=("hand_over",)),
        Field(("help",), "How it is done", "area", "Whoever does it reads this on the task"),
        Field(("steps",), "Steps to tick", "lines", "A line each", more=True),
        Field(("after",), "Begins after", "many", "", "task", more=True),
        Field(("with",), "Who helps", "many", "", "person", more=True),
        Field(("and",), "Who also has to say done", "many", "", "person", more=True),
        Field(("confirm",), "Who confirms it", "one", "", "role", more=True),
        Field(("when",), "Only when", "when", "Not asked of accounts where this is no", more=True),
        Field(("done_when",), "Done by itself when", "when", "", more=True),
        Field(("effort",), "Effort", hint="Such as 2h", more=True),
        Field(("every",), "Comes again every", hint=SPAN, more=True),
        Field(("until",), "Until", "moment", "A moment, such as stage.setup.closed", more=True),
        Field(("optional",), "May be left undone", "yes", more=True),
        Field(("deferrable",), "May be put off", "yes", more=True),
        Field(("internal",), "Only we see it", "yes", more=True),
    ),
    "group": (
        _title(),
        Field(("need",), "So many of its tasks are enough", "number"),
    ),
    "exit": _CHECK,
    "expect": _CHECK,
    "goal": _CHECK,
    "completion": (Field(("category",), "Category"), *_CHECK),
    "milestone": (
        _title("As the customer reads it"),
        Field(("when",), "Reached when", "when"),
        Field(("pick",), "Or: reached by the measure picked at the kickoff", "many", "", "measure", more=True),
        _due(),
        Field(("owner",), "Answers for it", "one", "Left empty: whoever is accountable", "role"),
        Field(("by_hand",), "May record it with evidence", "one", "", "role"),
        Field(("first_value",), "This is the first value", "yes", "Exactly one milestone is"),
    ),
    "form": (_title(),),
    "field": (
        _title("The question"),
        Field(("type",), "Kind of answer", "one", of=TYPES, required=True),
        Field(("choices",), "Choices", "choices", "A line each"),
        Field(("scale",), "Scale", hint="Such as 1-5", more=True),
        Field(("required",), "Has to be answered", "yes"),
        Field(("help",), "Help", hint="Stands below the question", more=True),
        Field(("internal",), "Only we see it", "yes", more=True),
        Field(("shared",), "The customer reads it, confirms it or puts it right", "yes", more=True),
        Field(("min",), "At least", "number", more=True),
        Field(("max",), "At most", "number", more=True),
        Field(("from",), "Known beforehand from", hint="Such as deal.field.reason", more=True),
    ),
    "check_in": (
        _title(),
        Field(("at",), "When", "timing", "Such as 30d after signed"),
        Field(("by",), "Who holds it", "one", "", "role"),
        Field(("with",), "With whom", "many", "", "person"),
        Field(("form",), "Form", "one", "", "form", more=True),
        Field(("every",), "Or: again every", hint=SPAN, more=True),
        Field(("from",), "From", "moment", "A moment, such as stage.setup.entered", more=True),
        Field(("until",), "Until", "moment", "A moment, such as stage.setup.closed", more=True),
        Field(("internal",), "Only we see it", "yes", more=True),
    ),
    "measure": (
        _title("Report run by {n} people"),
        Field(("when",), "Reached when", "when", "A number that is asked for stands by its name: event.x.users >= n"),
    ),
}  # fmt: skip
#: How keys follow one another in the file where a new one is put in.
ORDER = {
    "playbook": (
        "playbook", "language", "title", "source", "choose_when", "choose_rank", "opens_when", "approve", "day_zero",
        "day_one", "counts_from", "use", "targets", "goals", "kpis", "accountable", "roles", "events", "figures",
        "readings", "forms", "measures", "stages", "completion", "on_complete", "milestones", "training", "check_ins",
    ),
    "role": ("title", "fill", "optional"),
    "stage": (
        "stage", "title", "owner", "after", "due", "takes", "stalled_after", "enter_when", "tasks", "exit", "expect",
    ),
    "task": (
        "task", "title", "kind", "by", "and", "with", "confirm", "minutes", "attendees", "agenda", "form", "picks",
        "meeting", "of", "to", "text", "course", "survey", "log", "role", "when", "done_when", "after", "due", "every",
        "until", "effort", "help", "steps",
    ),
    "milestone": ("milestone", "title", "first_value", "when", "pick", "by_hand", "due", "owner"),
    "check_in": ("check_in", "title", "at", "every", "from", "until", "by", "with", "form"),
    "form": ("form", "title", "fields"),
    "field": ("field", "title", "type", "required", "from", "choices", "scale"),
}  # fmt: skip


def fields_of(kind: str, value: Any) -> list[Field]:
    """The fields of a part, by its kind and, for a task, by what kind of task it is now."""
    now = str(value.get("kind", "to_do")) if isinstance(value, dict) else ""
    return [field for field in FORMS.get(kind, ()) if not field.kinds or now in field.kinds]


def fits(field: Field, value: Any) -> bool:
    """Whether the form can show the value; what it cannot is written in the file alone."""
    if value is None:
        return True
    if field.look == "yes":
        return isinstance(value, bool)
    if field.look == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    if field.look in ("many", "lines"):
        return isinstance(value, list) and all(isinstance(one, str) and "\n" not in one for one in value)
    if field.look == "choices":
        inside = value.values() if isinstance(value, dict) else value
        return isinstance(value, dict | list) and all(isinstance(one, str) for one in inside)
    return isinstance(value, str)


def posted(field: Field, post: QueryDict, value: Any) -> Any:
    """What the form says, as the file's value; `value` is what stands there now. Nothing is None."""
    text = post.get(field.name, "").replace("\r\n", "\n")
    if field.look == "yes":
        return True if post.get(field.name) else (False if value is False else None)
    if field.look == "many":
        found = [one for one in post.getlist(field.name) if one]
        kept = [one for one in value or [] if one in found]
        return [*kept, *(one for one in found if one not in kept)] or None
    if field.look == "lines":
        return [line.strip() for line in text.split("\n") if line.strip()] or None
    if field.look == "number":
        return number(text.strip())
    if field.look == "choices":
        return choices(text, value)
    if field.look == "area":
        same = isinstance(value, str) and value.rstrip("\n") == text.rstrip()
        return value if same else (text.rstrip() or None)
    if field.look == "timing":
        return composed(field, post) or text.strip() or None
    return " ".join(text.split()) or None


def number(text: str) -> Any:
    """`3` and `2.5` as numbers; anything else as it is, for the problems to name."""
    if re.fullmatch(r"-?(0|[1-9]\d{0,9})", text):
        return int(text)
    return float(text) if re.fullmatch(r"-?\d{1,9}\.\d{1,6}", text) else text or None


def choices(text: str, value: Any) -> Any:
    """Lines as choices: a title that was there keeps its id."""
    titles = [line.strip() for line in text.split("\n") if line.strip()]
    if isinstance(value, list) and value == titles:
        return value
    known = {title: key for key, title in value.items()} if isinstance(value, dict) else {}
    found: dict[str, str] = {}
    for title in titles:
        found[known.get(title) or id_for(title, [*known.values(), *found])] = title
    return found or None


def composed(field: Field, post: Mapping[str, str]) -> str:
    """What the small helper of a timing says, once something is entered in it."""
    amount = post.get(f"{field.name}:n", "").strip()
    if not amount.isdigit():
        return ""
    unit, word = post.get(f"{field.name}:unit", "d"), post.get(f"{field.name}:word", "within")
    moment = post.get(f"{field.name}:of", "").strip() or "signed"
    if word == "day":
        return f"{'week' if unit == 'w' else 'day'} {amount}"
    return f"{word} {amount}{unit} of {moment}" if word == "within" else f"{amount}{unit} {word} {moment}"
