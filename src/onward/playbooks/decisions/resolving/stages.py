"""Stages, their tasks of every kind, their escalations."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from onward.playbooks.decisions.definition import Again, Escalations, Stage, Task, TaskGroup
from onward.playbooks.decisions.parts import DOER, Check, Escalation, Expr, Link, Step, both, unless
from onward.playbooks.decisions.resolving.checks import PEOPLE, checks, weekday
from onward.playbooks.decisions.resolving.context import Context, titled
from onward.playbooks.decisions.source import work as source
from onward.playbooks.decisions.source.playbook import ModuleFile, PlaybookFile
from onward.playbooks.decisions.source.words import Escalation as SourceEscalation
from onward.playbooks.decisions.source.words import Escalations as SourceEscalations
from onward.playbooks.decisions.tree import Path

#: Who may hear of a task beside the roles and groups.
OF_TASK = ("manager", DOER)


def stages(context: Context, file: PlaybookFile | ModuleFile) -> tuple[Stage, ...]:
    """Every stage; one that names no owner is the accountable role's (in a module by itself nobody's)."""
    accountable = file.accountable if isinstance(file, PlaybookFile) else ""
    found = []
    for index, spec in enumerate(file.stages):
        path: Path = ("stages", index)
        before = (file.stages[index - 1].stage,) if index else ()
        found.append(_stage(context, path, spec, before, accountable))
    links = _before(file)
    return tuple(_with_before(stage, links) for stage in found)


def _stage(context: Context, path: Path, spec: source.Stage, before: tuple[str, ...], accountable: str) -> Stage:
    tasks: list[Task] = []
    groups: list[TaskGroup] = []
    for index, one in enumerate(spec.tasks):
        inner: Path = (*path, "tasks", index)
        if isinstance(one, source.TaskGroup):
            members = [task(context, (*inner, "tasks", at), each, spec, one.group) for at, each in enumerate(one.tasks)]
            if not 0 < one.need <= len(members):
                context.trouble((*inner, "need"), "need", f"{one.need} of {len(members)} tasks cannot be done")
            groups.append(
                TaskGroup(one.group, titled(one.title, one.group), one.need, tuple(member.id for member in members))
            )
            tasks.extend(members)
        else:
            tasks.append(task(context, inner, one, spec))
    only = context.expr((*path, "when"), spec.when)
    if only:
        tasks = [replace(one, exists_when=both(only, one.exists_when)) for one in tasks]
    due = context.timing((*path, "due"), spec.due, here=("entered",))
    takes = context.timing((*path, "takes"), spec.takes, here=("entered",), bare="entered")
    after = before if spec.after is None else context.refs((*path, "after"), ("stage",), spec.after)
    again = context.expr((*path, "again", "when"), spec.again.when) if spec.again else None
    return Stage(
        spec.stage,
        titled(spec.title, spec.stage),
        context.ref((*path, "owner"), ("role",), spec.owner) or accountable,
        after,
        due or takes,
        context.span((*path, "stalled_after"), spec.stalled_after),
        context.timing((*path, "starts"), spec.starts),
        context.expr((*path, "enter_when"), spec.enter_when),
        tuple(tasks),
        tuple(groups),
        _excused(context, path, only, checks(context, (*path, "exit"), spec.exit)),
        _excused(context, path, only, checks(context, (*path, "expect"), spec.expect)),
        Again(again, spec.again.at_most) if again and spec.again else None,
    )


def _excused(context: Context, path: Path, only: Expr | None, found: tuple[Check, ...]) -> tuple[Check, ...]:
    """The checks of a stage that is `only` for some accounts: they ask nothing of the others."""
    if only is None:
        return found
    for one in found:
        if one.when is None or one.lasts:
            what = "has to hold for some time" if one.lasts else "compares numbers"
            message = f"a stage that is only for some accounts cannot have the check `{one.id}`, which {what}"
            context.trouble((*path, "when"), "stage_when", message, "write the check with `when:` alone")
    return tuple(replace(one, when=unless(only, one.when)) if one.when else one for one in found)


def _with_before(stage: Stage, links: dict[str, list[Link]]) -> Stage:
    """`before: [x]` on a task is `after: [task]` on x."""
    tasks = tuple(replace(one, after=(*one.after, *links.get(one.id, ()))) for one in stage.tasks)
    return replace(stage, tasks=tasks)


def _before(file: PlaybookFile | ModuleFile) -> dict[str, list[Link]]:
    links: dict[str, list[Link]] = {}
    for spec in (one for stage in file.stages for entry in stage.tasks for one in source.single(entry)):
        for later in spec.before:
            links.setdefault(later, []).append(Link(spec.task))
    return links


def task(context: Context, path: Path, spec: Any, stage: source.Stage | None, group: str = "") -> Task:
    """A task of any kind. `stage` is None in an intervention, whose `opened` it may count from."""
    here = ("entered",) if stage else ("opened",)
    by = context.ref((*path, "by"), PEOPLE, spec.by, also=("manager",))
    if spec.by is None:
        context.trouble(path, "no_doer", f"task `{spec.task}` has no `by:`", "name the role that does it")
    if spec.internal and spec.shared:
        context.trouble(path, "shared", "a task is internal or shared, not both", "remove one of the two")
    effort = context.span((*path, "effort"), spec.effort)
    if spec.every and not spec.until:
        context.trouble((*path, "every"), "repeat", "`every:` repeats until something", "add `until: stage.S.closed`")
    found = Task(
        id=spec.task,
        title=titled(spec.title, spec.task),
        kind=spec.kind,
        stage=stage.stage if stage else "",
        by=by,
        also=context.refs((*path, "and"), PEOPLE, spec.and_),
        helpers=context.refs((*path, "with"), PEOPLE, spec.with_),
        confirm=context.ref((*path, "confirm"), ("role",), spec.confirm),
        each=spec.each,
        need=context.need((*path, "need"), spec.need),
        exists_when=context.expr((*path, "when"), spec.when),
        done_when=context.expr((*path, "done_when"), spec.done_when),
        optional=spec.optional,
        deferrable=spec.deferrable,
        after=_links(context, path, spec),
        starts=context.timing((*path, "starts"), spec.starts, here=here),
        due=context.timing((*path, "due"), spec.due, here=here),
        every=context.span((*path, "every"), spec.every),
        on=weekday(context, (*path, "on"), spec.on),
        until=context.moment((*path, "until"), spec.until, here=here),
        effort_hours=effort.exact.total_seconds() / 3600 if effort and effort.unit == "h" else _days(effort),
        help=spec.help or "",
        group=group,
        escalate=None
        if spec.escalate is None
        else escalations(context, (*path, "escalate"), spec.escalate, also=OF_TASK),
        steps=_steps(context, path, spec),
        **_by_kind(context, path, spec),
    )
    return _shared(context, found, spec)


def _days(effort: Any) -> float:
    return effort.exact.days * 8.0 if effort else 0


def _shared(context: Context, found: Task, spec: Any) -> Task:
    theirs = {*context.names.ids.get("theirs", ()), *context.names.ids.get("group", ())}
    shared = bool(theirs.intersection(found.people))
    if spec.internal is not None:
        shared = not spec.internal
    if spec.shared is not None:
        shared = spec.shared
    return replace(found, shared=shared)


def _links(context: Context, path: Path, spec: Any) -> tuple[Link, ...]:
    found = []
    for index, one in enumerate(spec.after):
        if isinstance(one, str):
            found.append(Link(context.ref((*path, "after", index), ("task",), one)))
        else:
            inner: Path = (*path, "after", index)
            task_id = context.ref((*inner, "task"), ("task",), one.task)
            found.append(Link(task_id, one.link, context.span((*inner, "lag"), one.lag)))
    for index, one in enumerate(spec.before):
        context.ref((*path, "before", index), ("task",), one)
    return tuple(found)


def _steps(context: Context, path: Path, spec: Any) -> tuple[Step, ...]:
    found = []
    for index, one in enumerate(spec.steps):
        if isinstance(one, str):
            found.append(Step(f"step_{index + 1}", one))
        else:
            found.append(Step(one.step, one.title, context.expr((*path, "steps", index, "when"), one.when)))
    return tuple(found)


def _by_kind(context: Context, path: Path, spec: Any) -> dict[str, Any]:
    if isinstance(spec, source.Meeting):
        return {
            "minutes": spec.minutes,
            "must": context.refs((*path, "attendees", "must"), PEOPLE, spec.attendees.must),
            "may": context.refs((*path, "attendees", "may"), PEOPLE, spec.attendees.may),
            "agenda": tuple(spec.agenda),
            "document": spec.document or "",
            "form": context.ref((*path, "form"), ("form",), spec.form),
            "picks": context.ref((*path, "picks"), ("milestone",), spec.picks),
        }
    if isinstance(spec, source.Mail):
        to = context.refs((*path, "to"), PEOPLE, spec.to)
        return {"to": to, "text": context.text((*path, "text"), spec.text)}
    if isinstance(spec, source.File):
        return {"to": context.refs((*path, "to"), PEOPLE, spec.to), "file": spec.file or ""}
    if isinstance(spec, source.HandOver):
        return {
            "hand_over_role": context.ref((*path, "role"), ("role",), spec.role),
            "hand_over_to": context.ref((*path, "to"), ("role",), spec.to),
        }
    if isinstance(spec, source.Invite):
        return {"meeting": context.ref((*path, "meeting"), ("task",), spec.meeting)}
    if isinstance(spec, source.SignOff):
        if spec.of not in ("plan", "steps"):
            context.ref((*path, "of"), ("form", "task"), spec.of, also=("plan", "steps"))
        return {"of": spec.of}
    for kind, shape in (
        ("form", source.FormTask),
        ("course", source.CourseTask),
        ("survey", source.SurveyTask),
        ("log", source.LogTask),
    ):
        if isinstance(spec, shape):
            return {kind: context.ref((*path, kind), (kind,), getattr(spec, kind))}
    return {}


def by_side(context: Context, spec: SourceEscalations) -> Escalations:
    """Who hears of the tasks that say nothing of it themselves."""
    theirs, ours = (
        escalations(context, ("escalate", side), specs, also=OF_TASK)
        for side, specs in (("theirs", spec.theirs), ("ours", spec.ours))
    )
    return Escalations(theirs, ours)


def escalations(
    context: Context, path: Path, specs: Sequence[SourceEscalation], also: Sequence[str] = ("manager",)
) -> tuple[Escalation, ...]:
    """`also`: who may hear of it beside the roles and groups."""
    found = []
    for index, spec in enumerate(specs):
        inner: Path = (*path, index)
        words = spec.after.split()
        if len(words) != 2 or words[1] not in ("late", "blocked", "open"):
            mend = "such as `1h late`, `48h blocked`, `3d open`"
            context.trouble((*inner, "after"), "escalation", f"`{spec.after}` says not what has lasted", mend)
            continue
        span = context.span((*inner, "after"), words[0])
        to = context.ref((*inner, "to"), PEOPLE, spec.to, also=also)
        if span:
            found.append(Escalation(span, words[1], to, spec.severity or "", spec.respond or ""))  # type: ignore[arg-type]
    return tuple(found)
