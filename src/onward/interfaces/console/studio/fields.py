"""Which fields the form of a part has, in its order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from onward.playbooks.decisions.source.work import KINDS

Look = Literal[
    "line", "area", "lines", "one", "many", "yes", "number", "when", "timing", "span", "moment", "choices", "names",
    "pairs", "waits", "told",
]  # fmt: skip


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
    "form": "Question form to fill in",
    "sign_off": "Signature",
    "mail": "Mail",
    "file": "File that we send",
    "course": "Course",
    "survey": "Survey",
    "log": "Entry in a log",
    "hand_over": "Give a role to somebody else",
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
READ = tuple(one for one in TYPES if one[0] in ("number", "yes_no", "choice"))
BELOW = (("as_zero", "Counts as none"), ("keep", "Counts below zero"), ("leave_out", "Is left out"))
SOURCES = (("any", "Any source"), ("server", "Servers alone"))
#: Key of a task that has to be chosen -> what is asked for while it is not.
CHOOSE = {
    "of": "what is signed",
    "role": "which role is handed over",
    "to": "to whom it goes",
    "meeting": "to which meeting they are invited",
    "course": "the course",
    "survey": "the survey",
    "log": "the log",
}
SPAN = "Such as 24h, 3d, 5wd (working days), 2w"


def _title(hint: str = "") -> Field:
    return Field(("title",), "Title", hint=hint)


def _due(label: str = "Due", hint: str = "") -> Field:
    return Field(("due",), label, "timing", hint)


_CHECK = (
    Field(("title",), "Title", hint="As both sides read it"),
    Field(("when",), "Is met when", "when", "In words, such as kickoff call held; it is then written right"),
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
        Field(
            ("targets", "first_value"), "First value is wanted after", "span",
            "Your own aim, from the signature: 30d. It counts where the milestone has no day that is promised",
        ),
        Field(("targets", "complete"), "All is wanted complete after", "span", "Optional: 90d or account.target_days"),
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
        Field(("takes",), "Takes", "span", "From the day it begins: 3w, 10wd (working days), or account.setup_days"),
        Field(("after",), "Begins after", "many", "None ticked: after the stage above", "stage", more=True),
        Field(
            ("stalled_after",), "Stalled if nothing happens for",
            hint="Then the owner of the journey, which is who owns the account unless changed, gets a mail. Else 14d",
        ),
        Field(("starts",), "Not before", "timing", "It begins no sooner. Such as day 53", more=True),
        Field(
            ("when",), "Only for accounts where", "when",
            "In words, such as data must be migrated. For all others its steps are left out; left empty, all have it",
        ),
        Field(("enter_when",), "Waits until", "when", "It begins no sooner", more=True),
    ),
    "task": (
        _title(),
        Field(
            ("kind",), "What it is", "one", of=tuple((key, WORDS[key]) for key in KINDS),
            hint="For a file that the customer sends us: a question form with a question whose answer is a file",
        ),
        Field(("by",), "Who does it", "one", "What the customer’s side does stands on their portal", "person"),
        Field(("after",), "Waits for", "waits", "It can begin when all of these are done", "task"),
        Field(
            ("starts",), "Not before", "timing", "Until then it cannot be done. Such as 53d after signed, day 53",
        ),
        _due(hint="By when; it may be done sooner. Left empty: with its stage, or in time for what follows"),
        Field(("attendees", "must"), "Has to be there", "many", "", "person", kinds=("meeting",)),
        Field(("attendees", "may"), "May be there", "many", "", "person", more=True, kinds=("meeting",)),
        Field(("agenda",), "Agenda", "lines", "A line each", kinds=("meeting",)),
        Field(("minutes",), "Minutes", "number", more=True, kinds=("meeting",)),
        Field(("form",), "Question form", "one", "", "form", kinds=("form", "meeting")),
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
        Field(
            ("when",), "Only for accounts where", "when",
            "In words, such as data must be migrated. Left out for all others; left empty, all have it",
        ),
        Field(("confirm",), "Who confirms it", "one", "", "role", more=True),
        Field(("steps",), "Steps to tick", "lines", "A line each", more=True),
        Field(("with",), "Who helps", "many", "", "person", more=True),
        Field(("and",), "Who also has to say done", "many", "", "person", more=True),
        Field(("done_when",), "Done by itself when", "when", "", more=True),
        Field(("effort",), "Effort", hint="Such as 2h", more=True),
        Field(("every",), "Comes again every", hint=SPAN, more=True),
        Field(("until",), "Until", "moment", "A moment, such as stage.setup.closed", more=True),
        Field(("optional",), "May be left undone", "yes", more=True),
        Field(("deferrable",), "May be put off", "yes", more=True),
        Field(("internal",), "Only we see it", "yes", more=True),
        Field(
            ("escalate",), "Reminders when it lasts too long", "told",
            "Left empty: as “When a step is late” says for all steps. A mail, once each", "told", more=True,
        ),
    ),
    "escalate": (
        Field(
            ("theirs",), "A step of the customer’s", "told",
            "By mail, once each; the days count from the day on which it was due. Holds for each step that says"
            " nothing of its own", "told",
        ),
        Field(("ours",), "A step of ours", "told", "In the same way, for what one of you does", "told"),
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
        _title("What a customer reaches, as they read it. How long it takes over all journeys is a key figure"),
        Field(
            ("when",), "Reached when", "when",
            "In words, such as 20 reports run, or 5 people active in a week; it is then written right",
        ),
        Field(("pick",), "Or: reached by the measure picked at the kickoff", "many", "", "measure", more=True),
        _due(),
        Field(("owner",), "Answers for it", "one", "Left empty: whoever is accountable", "role"),
        Field(("by_hand",), "May record it with evidence", "one", "", "role"),
        Field(("first_value",), "This is the first value", "yes", "Exactly one milestone is"),
    ),
    "form": (_title("A step of the kind “Question form to fill in”, or a meeting, asks for it"),),
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
        Field(("form",), "Question form", "one", "", "form", more=True),
        Field(("every",), "Or: again every", hint=SPAN, more=True),
        Field(("from",), "From", "moment", "A moment, such as stage.setup.entered", more=True),
        Field(("until",), "Until", "moment", "A moment, such as stage.setup.closed", more=True),
        Field(("internal",), "Only we see it", "yes", more=True),
    ),
    "measure": (
        _title("Report run by {n} people"),
        Field(("when",), "Reached when", "when", "A number that is asked for stands by its name: event.x.users >= n"),
    ),
    "kpi": (
        _title("A number that you follow over all journeys. What one customer reaches is a milestone"),
        Field(("actual",), "The number", "when", "Or a time between two moments, below"),
        Field(("from",), "Counted from", "moment", "A moment, such as signed"),
        Field(("to",), "To", "moment", "A moment, such as milestone.first_value.met"),
        Field(("target",), "Target", hint="Such as at least 80%, at most 30d"),
        Field(("below_zero",), "Where the end comes first", "one", "", BELOW, more=True),
    ),
    "event": (
        Field(("track",), "Its name in your product", "names", "As it is sent; several mean the same, a line each"),
        _title("As both sides read it; left empty: the name in the product"),
        Field(("source",), "Counted from", "one", "First value rests on servers: a browser’s key is public", SOURCES),
        Field(("where",), "Only where", "pairs", "A property and its value a line: sample_data: false", more=True),
        Field(("distinct",), "Count the different values of", hint="A property; it makes event.x.distinct", more=True),
        Field(("sum",), "Add up", hint="A property that is a number; it makes event.x.sum", more=True),
    ),
    "figure": (
        _title(),
        Field(("part",), "Part", "when", "A share of the whole: usage.last_7d.users"),
        Field(("whole",), "Of the whole", "when", "account.seats"),
        Field(("is",), "Or: a number", "when", "Instead of part and whole"),
    ),
    "reading": (
        _title(),
        Field(("type",), "Kind of answer", "one", "", READ, required=True),
        Field(("choices",), "Choices", "choices", "A line each"),
        Field(("by",), "Who sets it", "one", "Left empty where it comes from the API", "role"),
        Field(("from",), "Or: comes from", "one", "", (("api", "The API"),)),
        Field(("stale_after",), "Is old after", hint=SPAN, more=True),
        Field(("gone_after",), "Counts no more after", hint=SPAN, more=True),
    ),
    "log": (
        _title(),
        Field(("internal",), "Only we see it", "yes"),
    ),
    "use": (
        Field(("module",), "Module", "one", "What it brings stands in its own file", "module", required=True),
        Field(("where",), "Calls these otherwise", "pairs", "Its name and yours a line: role.csm: pm", more=True),
        Field(("when",), "Only for accounts where", "when", more=True),
    ),
}  # fmt: skip
#: How keys follow one another in the file where a new one is put in.
ORDER = {
    "playbook": (
        "playbook", "language", "title", "source", "choose_when", "choose_rank", "opens_when", "approve", "day_zero",
        "day_one", "counts_from", "use", "targets", "goals", "kpis", "accountable", "roles", "events", "figures",
        "readings", "forms", "measures", "escalate", "stages", "completion", "on_complete", "milestones", "training",
        "check_ins",
    ),
    "role": ("title", "fill", "optional"),
    "stage": (
        "stage", "title", "owner", "after", "starts", "due", "takes", "stalled_after", "enter_when", "when", "tasks",
        "exit", "expect",
    ),
    "task": (
        "task", "title", "kind", "by", "and", "with", "confirm", "minutes", "attendees", "agenda", "form", "picks",
        "meeting", "of", "to", "text", "course", "survey", "log", "role", "when", "done_when", "after", "starts", "due",
        "every", "until", "effort", "help", "steps", "escalate",
    ),
    "milestone": ("milestone", "title", "first_value", "when", "pick", "by_hand", "due", "owner"),
    "check_in": ("check_in", "title", "at", "every", "from", "until", "by", "with", "form"),
    "form": ("form", "title", "fields"),
    "field": ("field", "title", "type", "required", "from", "choices", "scale"),
    "kpi": ("kpi", "title", "actual", "from", "to", "below_zero", "target"),
    "figure": ("title", "part", "whole", "is"),
    "reading": ("title", "type", "choices", "by", "from", "stale_after", "gone_after"),
}  # fmt: skip
ORDER["escalate"] = ORDER["playbook"]


def fields_of(kind: str, value: Any) -> list[Field]:
    """The fields of a part, by its kind and, for a task, by what kind of task it is now."""
    now = str(value.get("kind", "to_do")) if isinstance(value, dict) else ""
    return [field for field in FORMS.get(kind, ()) if not field.kinds or now in field.kinds]
