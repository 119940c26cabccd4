"""Checks and what is made of them: milestones, check-ins, activation, KPIs."""

from collections.abc import Sequence

from onward.playbooks.decisions.definition import Activation, CheckIn, Kpi, Milestone
from onward.playbooks.decisions.parts import Check
from onward.playbooks.decisions.resolving.context import ANY, Context, titled
from onward.playbooks.decisions.source.playbook import Shared
from onward.playbooks.decisions.source.words import Check as SourceCheck
from onward.playbooks.decisions.source.words import Goal as SourceGoal
from onward.playbooks.decisions.tree import Path

PEOPLE = ("role", "group")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def check(context: Context, path: Path, spec: SourceCheck | SourceGoal, *, person: bool = False) -> Check:
    """A check: `when`, or `actual` with `target`, never both."""
    check_id = spec.check if isinstance(spec, SourceCheck) else spec.goal
    has_number = spec.actual is not None and spec.target is not None
    if (spec.when is not None) == has_number or (spec.actual is None) != (spec.target is None):
        context.trouble(path, "check", "a check has `when:`, or `actual:` with `target:`", "write one of the two ways")
    source_word = getattr(spec, "source", None) or "any"
    if source_word not in ("any", "server"):
        context.trouble((*path, "source"), "choice", f"`{source_word}` is no kind of source", "one of: any, server")
    found = Check(
        check_id,
        titled(spec.title, check_id),
        context.expr((*path, "when"), spec.when, person=person),
        context.expr((*path, "actual"), spec.actual, ANY, person=person),
        context.target((*path, "target"), spec.target),
        context.span((*path, "for"), spec.for_),
        getattr(spec, "category", None) or "",
        "server" if source_word == "server" else "any",
    )
    _same_kind(context, path, found)
    return found


def _same_kind(context: Context, path: Path, found: Check) -> None:
    if found.actual is None or found.target is None:
        return
    types = dict(found.actual.reads)
    kind = types.get(found.actual.text) if len(types) == 1 else None
    target = found.target
    if kind == "yes_no" and not isinstance(target.value, bool):
        context.trouble((*path, "target"), "target", f"{found.actual.text} is yes or no", "write `is yes`")
    if kind == "number" and isinstance(target.value, (bool, str)):
        context.trouble((*path, "target"), "target", f"{found.actual.text} is a number", "such as `at least 1`")
    if kind == "text" and not isinstance(target.value, str):
        context.trouble((*path, "target"), "target", f"{found.actual.text} is a text", "such as `is green`")
    if kind == "text" and isinstance(target.value, str):
        choices = context.names.choices_of(found.actual.text)
        if choices and target.value not in choices:
            mend = f"one of: {', '.join(choices)}"
            context.trouble((*path, "target"), "choice", f"{found.actual.text} is never `{target.value}`", mend)


def checks(
    context: Context, path: Path, specs: Sequence[SourceCheck | SourceGoal], *, person: bool = False
) -> tuple[Check, ...]:
    return tuple(check(context, (*path, index), one, person=person) for index, one in enumerate(specs))


def weekday(context: Context, path: Path, text: str | None) -> str:
    if text is not None and text not in WEEKDAYS:
        context.trouble(path, "weekday", f"`{text}` is no day of the week", f"one of: {', '.join(WEEKDAYS)}")
    return text or ""


def milestones(context: Context, file: Shared, accountable: str) -> tuple[Milestone, ...]:
    found = []
    for index, spec in enumerate(file.milestones):
        path: Path = ("milestones", index)
        if (spec.when is None) == (not spec.pick):
            context.trouble(path, "milestone", "a milestone has `when:` or `pick:`", "write one of the two")
        found.append(
            Milestone(
                spec.milestone,
                titled(spec.title, spec.milestone),
                context.ref((*path, "owner"), ("role",), spec.owner) or accountable,
                context.expr((*path, "when"), spec.when),
                context.refs((*path, "pick"), ("measure",), spec.pick),
                context.ref((*path, "by_hand"), ("role",), spec.by_hand),
                spec.first_value,
                context.timing((*path, "due"), spec.due),
                spec.source,
            )
        )
    return tuple(found)


def check_ins(context: Context, file: Shared) -> tuple[CheckIn, ...]:
    found = []
    for index, spec in enumerate(file.check_ins):
        path: Path = ("check_ins", index)
        if (spec.at is None) == (spec.every is None):
            context.trouble(path, "check_in", "a check-in stands `at:` a time or repeats `every:`", "write one of them")
        if spec.every is not None and not (spec.from_ and spec.until):
            context.trouble(path, "check_in", "a repeated check-in needs `from:` and `until:`")
        found.append(
            CheckIn(
                spec.check_in,
                titled(spec.title, spec.check_in),
                context.ref((*path, "by"), ("role",), spec.by),
                context.refs((*path, "with"), PEOPLE, spec.with_),
                context.timing((*path, "at"), spec.at),
                context.span((*path, "every"), spec.every),
                weekday(context, (*path, "on"), spec.on),
                context.moment((*path, "from"), spec.from_),
                context.moment((*path, "until"), spec.until),
                context.ref((*path, "form"), ("form",), spec.form),
                spec.internal,
            )
        )
    return tuple(found)


def activations(context: Context, file: Shared) -> tuple[Activation, ...]:
    found = []
    for index, spec in enumerate(file.activation):
        path: Path = ("activation", index)
        person = spec.of == "person"
        found.append(
            Activation(
                spec.activation,
                titled(spec.title, spec.activation),
                spec.of,
                checks(context, (*path, "checks"), spec.checks, person=person),
                context.span((*path, "within"), spec.within),
                context.expr((*path, "account_when"), spec.account_when),
            )
        )
    return tuple(found)


def kpis(context: Context, file: Shared) -> tuple[Kpi, ...]:
    found = []
    for index, spec in enumerate(file.kpis):
        path: Path = ("kpis", index)
        if (spec.from_ is None) != (spec.to is None):
            context.trouble(path, "kpi", "a time has `from:` and `to:`", "add the one that is missing")
        found.append(
            Kpi(
                spec.kpi,
                titled(spec.title, spec.kpi),
                context.target((*path, "target"), spec.target),
                context.expr((*path, "actual"), spec.actual, ANY),
                context.moment((*path, "from"), spec.from_),
                context.moment((*path, "to"), spec.to),
                spec.below_zero,
            )
        )
    return tuple(found)
