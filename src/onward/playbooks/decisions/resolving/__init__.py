"""From the models of a file to the playbook that runs: every name looked up, every default written out."""

from collections.abc import Mapping
from dataclasses import replace

from onward.playbooks.decisions.definition import Approval, Playbook
from onward.playbooks.decisions.problems import Problem
from onward.playbooks.decisions.resolving import checks, declared, stages, wishes
from onward.playbooks.decisions.resolving.context import Context
from onward.playbooks.decisions.resolving.naming import vocabulary
from onward.playbooks.decisions.resolving.renames import renames
from onward.playbooks.decisions.source.playbook import ModuleFile, PlaybookFile
from onward.playbooks.decisions.tree import Piece, Place

__all__ = ["resolve", "resolve_module"]


def resolve(
    file: PlaybookFile, tree: Piece, texts: Mapping[str, str], gone: Mapping[str, Place]
) -> tuple[Playbook, list[Problem]]:
    """The playbook, and every problem met on the way; with errors among them the playbook is not to be used.
    `gone`: addresses that the file removes from what it follows, each with the place that says so."""
    names, problems = vocabulary(file, tree)
    context = Context(tree, names, frozenset(texts), problems, gone)
    for at, use in enumerate(file.use):
        # It is written into much of the module: what is wrong with it is said once.
        if use.when and context.expr(("use", at, "when"), use.when) is None:
            context.wrong.append(use.when)
    accountable = context.ref(("accountable",), ("role",), file.accountable)
    playbook = Playbook(
        id=file.playbook,
        title=file.title,
        accountable=accountable,
        source=file.source or "",
        language=file.language,
        choose_when=context.expr(("choose_when",), file.choose_when),
        choose_rank=file.choose_rank,
        opens_when=context.expr(("opens_when",), file.opens_when or "deal.won"),
        approve=_approval(context, file),
        day_zero=context.moment(("day_one",) if file.day_one else ("day_zero",), file.day_one or file.day_zero)
        or "signed",
        day_one=file.day_one is not None,
        counts_from=file.counts_from,
        targets=declared.targets(context, file),
        goals=checks.checks(context, ("goals",), file.goals),
        kpis=checks.kpis(context, file),
        roles=declared.roles(context, file),
        groups=declared.groups(file),
        events=declared.events(file),
        figures=declared.figures(context, file),
        forms=declared.forms(context, file),
        measures=declared.measures(context, file),
        readings=declared.readings(context, file),
        stages=stages.stages(context, file),
        milestones=checks.milestones(context, file, accountable),
        completion=checks.checks(context, ("completion",), file.completion),
        on_complete=declared.on_complete(context, file),
        activations=checks.activations(context, file),
        check_ins=checks.check_ins(context, file),
        logs=declared.logs(file),
        intents=wishes.intents(context, file),
        escalate=stages.by_side(context, file.escalate),
        was=renames(context),
    )
    return _with_texts(playbook, texts), [*context.problems, *context.removals()]


def resolve_module(file: ModuleFile, tree: Piece, texts: Mapping[str, str]) -> list[Problem]:
    """The problems of a module by itself; names in its `needs` are taken as declared."""
    names, problems = vocabulary(file, tree)
    context = Context(tree, names, frozenset(texts), problems)
    declared.figures(context, file)
    declared.forms(context, file)
    declared.measures(context, file)
    checks.checks(context, ("goals",), file.goals)
    checks.kpis(context, file)
    checks.checks(context, ("completion",), file.completion)
    checks.milestones(context, file, "")
    checks.activations(context, file)
    checks.check_ins(context, file)
    stages.stages(context, file)
    declared.readings(context, file)
    wishes.intents(context, file)
    renames(context)
    return context.problems


def _approval(context: Context, file: PlaybookFile) -> Approval | None:
    if file.approve is None:
        return None
    by = context.ref(("approve", "by"), ("role",), file.approve.by, also=("manager",))
    return Approval(by, context.expr(("approve", "when"), file.approve.when))


def _with_texts(playbook: Playbook, texts: Mapping[str, str]) -> Playbook:
    """Only the texts that it names: another text beside the file is no part of its meaning."""
    named = {task.text for task in playbook.tasks if task.text}
    bodies = " ".join(intent.body for intent in playbook.intents)
    kept = sorted(name for name in texts if name in named or f'"{name}"' in bodies)
    return replace(playbook, texts=tuple((name, texts[name]) for name in kept))
