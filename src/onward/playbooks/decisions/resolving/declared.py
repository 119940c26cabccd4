"""Roles, groups, events, figures, forms, measures, readings, logs: resolved."""

import re

from onward.playbooks.decisions.definition import Log, OnComplete, Reading, Targets
from onward.playbooks.decisions.parts import (
    Ask,
    Choice,
    EventSpec,
    Field,
    Figure,
    Form,
    Group,
    Measure,
    Role,
    Side,
    Where,
)
from onward.playbooks.decisions.resolving.context import Context, titled
from onward.playbooks.decisions.source import declared as source
from onward.playbooks.decisions.source.playbook import PlaybookFile, Shared
from onward.playbooks.decisions.tree import Path

FILLS = ("account owner", "deal owner", "least loaded of TEAM", "asked of ROLE", "by hand")


def roles(context: Context, file: PlaybookFile) -> tuple[Role, ...]:
    found = []
    sides: tuple[tuple[Side, dict[str, str | source.Role]], ...] = (
        ("ours", file.roles.ours),
        ("theirs", file.roles.theirs),
    )
    for side, declared in sides:
        for role_id, value in declared.items():
            path: Path = ("roles", side, role_id)
            found.append(_role(context, path, side, role_id, value))
    return tuple(found)


def _role(context: Context, path: Path, side: Side, role_id: str, value: str | source.Role) -> Role:
    spec = source.Role(fill=value) if isinstance(value, str) else value
    fill = f"asked of {spec.asked}" if spec.asked else spec.fill or "by hand"
    due = context.timing((*path, "due"), spec.due)
    words = fill.split()
    inner = path if isinstance(value, str) else (*path, "fill")
    title = titled(spec.title, role_id)
    if fill in ("account owner", "deal owner", "by hand"):
        way = {"account owner": "account_owner", "deal owner": "deal_owner", "by hand": "by_hand"}[fill]
        if side == "theirs" and fill != "by hand":
            context.trouble(inner, "fill", f"`{fill}` is one of ours, and {role_id} is theirs", "asked of csm")
        return Role(role_id, title, side, way, "", due, spec.optional)  # type: ignore[arg-type]
    if len(words) == 4 and fill.startswith("least loaded of "):
        if side == "theirs":
            context.trouble(inner, "fill", f"`{fill}` is one of ours, and {role_id} is theirs", "asked of csm")
        return Role(role_id, title, side, "least_loaded", words[3], due, spec.optional)
    if len(words) == 3 and fill.startswith("asked of "):
        context.ref(inner, ("role",), words[2], also=("manager",))
        return Role(role_id, title, side, "asked", words[2], due, spec.optional)
    context.trouble(inner, "fill", f"`{fill}` is no way to find a person", f"one of: {', '.join(FILLS)}")
    return Role(role_id, title, side)


def groups(file: PlaybookFile) -> tuple[Group, ...]:
    specs = [source.Group(group=one) if isinstance(one, str) else one for one in file.roles.groups]
    return tuple(Group(one.group, titled(one.title, one.group)) for one in specs)


def events(file: Shared) -> tuple[EventSpec, ...]:
    found = []
    for event_id, value in file.events.items():
        spec = source.Event(track=value) if isinstance(value, str) else value
        track = (spec.track,) if isinstance(spec.track, str) else tuple(spec.track)
        where = tuple(
            Where(name, tuple(values) if isinstance(values, list) else (values,)) for name, values in spec.where.items()
        )
        title = spec.title or track[0]
        found.append(EventSpec(event_id, title, track, where, spec.distinct or "", spec.sum or "", spec.source))
    return tuple(found)


def figures(context: Context, file: Shared) -> tuple[Figure, ...]:
    found = []
    for figure_id, spec in file.figures.items():
        path: Path = ("figures", figure_id)
        if (spec.is_ is None) == (spec.part is None and spec.whole is None) or (spec.part is None) != (
            spec.whole is None
        ):
            context.trouble(path, "figure", "a figure has `part:` and `whole:`, or `is:`", "write one of the two ways")
        found.append(
            Figure(
                figure_id,
                titled(spec.title, figure_id),
                context.expr((*path, "part"), spec.part, ("number",)),
                context.expr((*path, "whole"), spec.whole, ("number",)),
                context.expr((*path, "is"), spec.is_, ("number",)),
            )
        )
    return tuple(found)


def forms(context: Context, file: Shared) -> tuple[Form, ...]:
    found = []
    for index, form in enumerate(file.forms):
        path: Path = ("forms", index)
        fields = tuple(_field(context, (*path, "fields", at), one) for at, one in enumerate(form.fields))
        if not fields:
            context.trouble(path, "form", "a form without fields asks nothing", "add fields, or remove it")
        found.append(Form(form.form, titled(form.title, form.form), fields))
    return tuple(found)


def _field(context: Context, path: Path, spec: source.Field) -> Field:
    if spec.type in ("choice", "choices") and not spec.choices:
        context.trouble(path, "field", "a choice needs `choices:`", "such as {mail: E-mail, slack: Slack}")
    scale = _scale(context, (*path, "scale"), spec.scale) if spec.type == "scale" else None
    context.metric((*path, "from"), spec.from_)
    if spec.internal and spec.shared:
        context.trouble(path, "shared", "a field is internal or shared, not both", "remove one of the two")
    return Field(
        spec.field,
        titled(spec.title, spec.field),
        spec.type,
        spec.required,
        spec.from_ or "",
        _choices(spec.choices),
        scale,
        spec.internal,
        spec.help or "",
        *_bounds(context, path, spec),
        spec.shared,
    )


def _bounds(context: Context, path: Path, spec: source.Field) -> tuple[float | None, float | None]:
    least, most = spec.min, spec.max
    if spec.type != "number" and (least is not None or most is not None):
        where = "min" if least is not None else "max"
        mend = "write scale: 1-5" if spec.type == "scale" else "remove it, or make the field type: number"
        context.trouble((*path, where), "bounds", f"only a number has a {where}", mend)
    elif least is not None and most is not None and least > most:
        context.trouble((*path, "max"), "bounds", f"no number is at least {least:g} and at most {most:g}", "swap them")
    return (None if least is None else float(least)), (None if most is None else float(most))


def _choices(choices: dict[str, str] | list[str]) -> tuple[Choice, ...]:
    if isinstance(choices, list):
        return tuple(Choice(one, titled(None, one)) for one in choices)
    return tuple(Choice(one, title) for one, title in choices.items())


def _scale(context: Context, path: Path, text: str | None) -> tuple[int, int] | None:
    found = re.fullmatch(r"(\d{1,2})-(\d{1,2})", text or "")
    if found and int(found[1]) < int(found[2]):
        return int(found[1]), int(found[2])
    context.trouble(path, "scale", "a scale needs its two ends", "such as scale: 1-5")
    return None


def measures(context: Context, file: Shared) -> tuple[Measure, ...]:
    found = []
    for index, spec in enumerate(file.measures):
        path: Path = ("measures", index)
        when = context.expr((*path, "when"), spec.when, named=tuple(spec.ask))
        for name in re.findall(r"\{([^}]*)\}", spec.title):
            if name not in spec.ask:
                context.trouble((*path, "title"), "placeholder", f"`{{{name}}}` is not asked for", "add it to `ask:`")
        if when is not None:
            ask = tuple(Ask(name, float(number)) for name, number in spec.ask.items())
            found.append(Measure(spec.measure, spec.title, when, ask))
    return tuple(found)


def readings(context: Context, file: Shared) -> tuple[Reading, ...]:
    found = []
    for reading_id, spec in file.readings.items():
        path: Path = ("readings", reading_id)
        if (spec.by is None) == (spec.from_ is None):
            context.trouble(path, "reading", "a reading is set `by:` a role or comes `from: api`", "write one of them")
        choices = tuple((one.id, one.title) for one in _choices(spec.choices))
        found.append(
            Reading(
                reading_id,
                titled(spec.title, reading_id),
                spec.type,
                choices,
                context.ref((*path, "by"), ("role",), spec.by),
                context.span((*path, "stale_after"), spec.stale_after),
                context.span((*path, "gone_after"), spec.gone_after),
            )
        )
    return tuple(found)


def logs(file: Shared) -> tuple[Log, ...]:
    found = []
    for log_id, value in file.logs.items():
        spec = source.Log(title=value) if isinstance(value, str) else value
        found.append(Log(log_id, titled(spec.title, log_id), spec.internal))
    return tuple(found)


def targets(context: Context, file: PlaybookFile) -> Targets:
    return Targets(
        context.timing(("targets", "first_value"), file.targets.first_value, bare="day_zero"),
        context.timing(("targets", "complete"), file.targets.complete, bare="day_zero"),
    )


def on_complete(context: Context, file: PlaybookFile) -> OnComplete:
    spec = file.on_complete
    free = context.refs(("on_complete", "free"), ("role",), spec.free)
    return OnComplete(spec.account or "", free, tuple(spec.may_start))
