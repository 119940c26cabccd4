"""What is kept as a visible intent: resolved far enough that every name, moment and text in it exists."""

import json
from collections.abc import Sequence

from pydantic import BaseModel

from onward.playbooks.decisions.linting.trying import can_both_hold
from onward.playbooks.decisions.parts import Expr, Intent
from onward.playbooks.decisions.resolving.checks import PEOPLE
from onward.playbooks.decisions.resolving.context import ANY, Context, titled
from onward.playbooks.decisions.resolving.stages import escalations, task
from onward.playbooks.decisions.source import wishes as source
from onward.playbooks.decisions.source.playbook import Shared
from onward.playbooks.decisions.source.words import Table
from onward.playbooks.decisions.tree import Path


def intents(context: Context, file: Shared) -> tuple[Intent, ...]:
    """Every wish of the file, in its order of kinds."""
    found: list[Intent] = []
    for at, course in enumerate(file.training):
        found.append(_course(context, ("training", at), course))
    for at, survey in enumerate(file.surveys):
        found.append(_survey(context, ("surveys", at), survey))
    for at, sequence in enumerate(file.sequences):
        found.append(_sequence(context, ("sequences", at), sequence))
    for at, walkthrough in enumerate(file.walkthroughs):
        found.append(_walkthrough(context, ("walkthroughs", at), walkthrough))
    for at, nudge in enumerate(file.nudges):
        found.append(_nudge(context, ("nudges", at), nudge))
    for at, risk in enumerate(file.risks):
        found.append(_risk(context, ("risks", at), risk))
    for at, intervention in enumerate(file.interventions):
        found.append(_intervention(context, ("interventions", at), intervention))
    if file.health is not None:
        found.append(_health(context, file.health))
    return tuple(found)


def _intent(kind: str, thing_id: str, title: str | None, model: BaseModel, exprs: Sequence[Expr | None] = ()) -> Intent:
    body = json.dumps(model.model_dump(by_alias=True, exclude_defaults=True), sort_keys=True)
    reads = sorted({name for expr in exprs if expr for name in expr.names})
    return Intent(kind, thing_id, titled(title, thing_id), body, tuple(reads))


def _course(context: Context, path: Path, spec: source.Course) -> Intent:
    context.ref((*path, "for"), PEOPLE, spec.for_)
    context.ref((*path, "by"), ("role",), spec.by)
    context.need((*path, "need"), spec.need)
    if spec.certify:
        context.span((*path, "certify", "valid"), spec.certify.valid)
    return _intent("course", spec.course, spec.title, spec)


def _survey(context: Context, path: Path, spec: source.Survey) -> Intent:
    context.refs((*path, "to"), PEOPLE, spec.to)
    for at, span in enumerate(spec.remind):
        context.span((*path, "remind", at), span)
    context.span((*path, "closes"), spec.closes)
    return _intent("survey", spec.survey, spec.title, spec)


def _sequence(context: Context, path: Path, spec: source.Sequence) -> Intent:
    context.refs((*path, "to"), PEOPLE, spec.to)
    context.refs((*path, "cc"), PEOPLE, spec.cc)
    context.ref((*path, "from"), ("role",), spec.from_)
    context.moment((*path, "start"), spec.start)
    exprs = [
        context.expr((*path, "only_when"), spec.only_when, person=True),
        context.expr((*path, "stop_when"), spec.stop_when, person=True),
    ]
    if spec.stop_when is None and len(spec.steps) > 1:
        context.trouble(
            path, "no_exit", "a sequence without `stop_when:` runs to its end", "say when it stops", warning=True
        )
    for at, step in enumerate(spec.steps):
        inner: Path = (*path, "steps", at)
        if (step.mail is None) == (not step.one_of):
            context.trouble(inner, "step", "a step sends `mail:` or `one_of:` several", "write one of the two")
        if step.mail:
            context.text((*inner, "mail"), step.mail)
        context.timing((*inner, "send"), step.send)
        exprs.append(context.expr((*inner, "skip_when"), step.skip_when, person=True))
        for way, branch in enumerate(step.one_of):
            context.text((*inner, "one_of", way, "mail"), branch.mail)
            exprs.append(context.expr((*inner, "one_of", way, "if"), branch.if_, person=True))
    return _intent("sequence", spec.sequence, spec.title, spec, exprs)


def _walkthrough(context: Context, path: Path, spec: source.Walkthrough) -> Intent:
    context.ref((*path, "for"), PEOPLE, spec.for_)
    exprs = [
        context.expr((*path, "offer_when"), spec.offer_when, person=True),
        context.expr((*path, "done_when"), spec.done_when, person=True),
    ]
    return _intent("walkthrough", spec.walkthrough, spec.title, spec, exprs)


def _nudge(context: Context, path: Path, spec: source.Nudge) -> Intent:
    context.refs((*path, "to"), PEOPLE, spec.to)
    context.text((*path, "text"), spec.text)
    return _intent("nudge", spec.nudge, spec.title, spec, [context.expr((*path, "when"), spec.when, person=True)])


def _risk(context: Context, path: Path, spec: source.Risk) -> Intent:
    context.ref((*path, "owner"), ("role",), spec.owner)
    context.ref((*path, "respond"), ("intervention",), spec.respond)
    context.span((*path, "for"), spec.for_)
    context.timing((*path, "not_before"), spec.not_before)
    escalations(context, (*path, "escalate"), spec.escalate)
    for at, one in enumerate(spec.escalate):
        context.ref((*path, "escalate", at, "respond"), ("intervention",), one.respond)
    if spec.respond is None:
        context.trouble(
            path, "no_response", f"risk `{spec.risk}` has no `respond:`", "name an intervention", warning=True
        )
    exprs = [context.expr((*path, "when"), spec.when), context.expr((*path, "clear_when"), spec.clear_when)]
    if can_both_hold(*exprs):
        message = f"`clear_when:` of risk `{spec.risk}` can hold while its `when:` holds, too"
        mend = "leave room between the two"
        context.trouble((*path, "clear_when"), "clears_at_once", message, mend, warning=True)
    return _intent("risk", spec.risk, spec.title, spec, exprs)


def _intervention(context: Context, path: Path, spec: source.Intervention) -> Intent:
    for at, one in enumerate(spec.tasks):
        task(context, (*path, "tasks", at), one, None)
    context.timing((*path, "judged"), spec.judged, here=("opened",))
    worked = context.expr((*path, "worked_when"), spec.worked_when)
    return _intent("intervention", spec.intervention, spec.title, spec, [worked])


def _health(context: Context, spec: source.Health) -> Intent:
    path: Path = ("health",)
    bands = [band.band for band in spec.bands]
    exprs: list[Expr | None] = []
    for at, part in enumerate(spec.parts):
        inner: Path = (*path, "parts", at)
        exprs.append(context.expr((*inner, "of"), part.of, ANY))
        for word, target in part.levels.items():
            context.target((*inner, "levels", word), target)
        exprs.extend(context.expr((*inner, "cases", way, "if"), case.if_) for way, case in enumerate(part.cases))
        if not part.of and not part.cases:
            context.trouble(inner, "part", "a part is `of:` a number or has `cases:`", "write one of the two")
    for at, force in enumerate(spec.force):
        exprs.append(context.expr((*path, "force", at, "when"), force.when))
        if force.band not in bands:
            context.trouble((*path, "force", at, "band"), "unknown_id", f"there is no band called `{force.band}`")
    total = sum(float(part.weight) for part in spec.parts)
    if total != 100:
        context.trouble((*path, "parts"), "weights", f"the weights sum to {total:g}, not to 100", warning=True)
    if isinstance(spec.count_from, (str, Table)):
        context.timing((*path, "count_from"), spec.count_from)
    return _intent("health", "health", "Health model", spec, exprs)
