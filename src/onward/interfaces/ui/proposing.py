"""The form of a proposal: a set of fields for each objective, and some empty ones; read without any script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.http import HttpRequest, QueryDict

from onward.interfaces.ui.given import day, number
from onward.interfaces.ui.success import Shown
from onward.journeys.decisions.success import Stated, Wanted
from onward.kernel.refusals import Refusal, conflict, forbidden, invalid

#: How many empty sets stand below those that are there, and how many a form may send.
EMPTY, MOST = 2, 24
TEXTS = ("ref", "outcome", "due_on", "theirs", "ours", "measure", "metric", "start", "target", "unit")


@dataclass(frozen=True, slots=True)
class Fields:
    """One objective's: `at` tells them from the others', `wrong` says a sentence by field."""

    at: int
    given: Mapping[str, str]
    tasks: Sequence[str]
    is_out: bool = False
    wrong: dict[str, str] = field(default_factory=dict)

    @property
    def is_blank(self) -> bool:
        """Nothing was entered: the preset owner of ours, and how it is measured, count for nothing."""
        told = ("ref", "outcome", "due_on", "measure", "start", "target", "unit")
        return not any(self.given.get(name) for name in told)


def offered(shown: Shown, ours: str) -> list[Fields]:
    """What stands, and what was written beside it; then empty ones, with who is most likely to own them on our side."""
    told = [
        Fields(at, _texts(one, ours), [key for key, _ in one.tasks]) for at, one in enumerate(shown.plan.proposable)
    ]
    return told + [Fields(len(told) + more, {**dict.fromkeys(TEXTS, ""), "ours": ours}, []) for more in range(EMPTY)]


def hindrance(shown: Shown) -> Refusal | None:
    """What the form says before anybody types: that a version waits. Refusal "forbidden" for who signs nothing."""
    if not shown.may_sign:
        raise forbidden("You cannot propose a success plan here.", mend="Ask whoever leads this onboarding.")
    if shown.waiting is None:
        return None
    who = shown.waiting.said.by.name
    return conflict(f"Version {shown.waiting.number} of {who} waits for an answer.", mend="That has to come first.")


def sent(request: HttpRequest) -> list[Fields]:
    """What the form sent, empty ones too."""
    post: QueryDict = request.POST
    out = []
    for at in range(MOST):
        if f"{at}.outcome" not in post:
            break
        given = {name: post.get(f"{at}.{name}", "").strip() for name in TEXTS}
        if given["target"].endswith("%"):
            given["unit"] = given["unit"] or "%"
        out.append(Fields(at, given, post.getlist(f"{at}.tasks"), bool(post.get(f"{at}.out"))))
    return out


def wanted(fields: Sequence[Fields]) -> list[Wanted]:
    """The objectives that were asked for. A Refusal "invalid" with `fields` for dates and numbers that are none."""
    asked, wrong = [], {}
    for place, one in enumerate(kept(fields)):
        read: dict[str, object] = {}
        for name, reads in (("due_on", _day), ("start", _number), ("target", _number)):
            try:
                read[name] = reads(one.given.get(name, ""))
            except Refusal as refusal:
                wrong[f"{place}.{name}"] = str(refusal)
        texts = {name: one.given.get(name, "") for name in TEXTS if name not in {"due_on", "start", "target"}}
        if not any(key.startswith(f"{place}.") for key in wrong):
            asked.append(Wanted(**texts, **read, tasks=tuple(one.tasks)))  # type: ignore[arg-type]
    if wrong:
        raise invalid(
            "The plan is not complete yet.",
            mend="What is wrong stands at each field; nothing that you entered is lost.",
            fields=wrong,
        )
    return asked


def kept(fields: Sequence[Fields]) -> list[Fields]:
    """Those that are to be in the plan."""
    return [one for one in fields if not one.is_out and not one.is_blank]


def told(fields: Sequence[Fields], refusal: Refusal) -> list[Fields]:
    """The same with what a Refusal says at their fields."""
    by_place: dict[int, dict[str, str]] = {}
    for key, words in dict(refusal.details.get("fields", {})).items():
        place, _, name = str(key).partition(".")
        by_place.setdefault(int(place), {})[name] = str(words)
    wrong = {one.at: by_place.get(place, {}) for place, one in enumerate(kept(fields))}
    return [Fields(one.at, one.given, one.tasks, one.is_out, wrong.get(one.at, {})) for one in fields]


def after(request: HttpRequest) -> int | None:
    """The newest version that the form was made from."""
    given = request.POST.get("after", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 5 else None


def _texts(one: Stated, ours: str) -> dict[str, str]:
    return {
        "ref": one.ref,
        "outcome": one.outcome,
        "due_on": one.due_on.isoformat() if one.due_on else "",
        "theirs": one.theirs.ref if one.theirs else "",
        "ours": one.ours.ref if one.ours else ours,
        "measure": one.measure,
        "metric": one.metric,
        "start": f"{one.start:g}" if one.start is not None else "",
        "target": f"{one.target:g}" if one.target is not None else "",
        "unit": one.unit,
    }


def _day(given: str) -> object:
    return day(given)


def _number(given: str) -> object:
    return number(given.removesuffix("%"), "This") if given else None
