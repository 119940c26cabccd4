"""What a playbook that can be read may still get wrong: circles, missing parts, promises that nobody can check."""

import re
from collections.abc import Callable, Iterator

from onward.kernel import metrics
from onward.playbooks.decisions import graph
from onward.playbooks.decisions.addressed import things
from onward.playbooks.decisions.addresses import places
from onward.playbooks.decisions.definition import Milestone, Playbook
from onward.playbooks.decisions.linting.dates import too_early
from onward.playbooks.decisions.linting.events import unnamed
from onward.playbooks.decisions.linting.trying import always_or_never, always_or_never_true
from onward.playbooks.decisions.parts import NAMED_ANSWER
from onward.playbooks.decisions.problems import Problem, nearest, nearest_mend
from onward.playbooks.decisions.tree import Piece, Place

PLACEHOLDERS = (
    "account.name",
    "organization.name",
    "person.name",
    "person.first_name",
    "sender.name",
    "sender.first_name",
    "owner.name",
    "owner.first_name",
    "journey.title",
    "playbook.title",
    "task.title",
    "task.due",
    "kickoff.link",
    "goal",
    "link.portal",
    "link.plan",
    "link.task",
)
LONG_TITLE = 72


def lints(playbook: Playbook, tree: Piece) -> list[Problem]:
    """Every problem of a playbook whose names are all known."""
    found: list[Problem] = []
    for lint in (
        _circles,
        _first_value,
        _sources,
        _texts,
        _components,
        _roles,
        _stages,
        _tasks,
        _dates,
        _reminders,
        _trials,
        _titles,
        unnamed,
    ):
        found.extend(lint(playbook, tree))
    return found


def _place(tree: Piece, *path: str | int) -> Place:
    return tree.at(path).place


def _where(tree: Piece, key: str, kind: str, thing_id: str) -> Place:
    """The place of the thing of that id in a list of the file, else of the list."""
    holder = tree.at((key,))
    return next((piece.place for piece in _listed(holder) if piece.at((kind,)).value == thing_id), holder.place)


def _listed(piece: Piece) -> list[Piece]:
    return piece.value if isinstance(piece.value, list) else []


def _of_task(tree: Piece, task_id: str) -> Place:
    return _task_piece(tree, task_id).place


def _task_piece(tree: Piece, task_id: str) -> Piece:
    for stage in _listed(tree.at(("stages",))):
        for entry in _listed(stage.at(("tasks",))):
            for piece in [entry, *_listed(entry.at(("tasks",)))]:
                if piece.at(("task",)).value == task_id:
                    return piece
    return tree


def _of_node(tree: Piece, node: graph.Node) -> Place:
    kind, thing_id = node
    if kind == "task":
        return _of_task(tree, thing_id)
    keys = {"stage": "stages", "entry": "stages", "milestone": "milestones", "check_in": "check_ins"}
    if kind in keys:
        return _where(tree, keys[kind], "stage" if kind == "entry" else kind, thing_id)
    return tree.at(("figures", thing_id) if kind == "figure" else (kind,)).place


def _circles(playbook: Playbook, tree: Piece) -> Iterator[Problem]:
    kinds: tuple[tuple[str, Callable[[Playbook], graph.Edges], str], ...] = (
        ("order", graph.orders, "wait for one another"),
        ("truth", graph.truths, "are judged by one another"),
        ("dates", graph.dates, "take their dates from one another"),
    )
    for code, edges_of, what in kinds:
        nodes = graph.cycle(edges_of(playbook))
        if nodes:
            names = " -> ".join(f"{kind} {one}".strip() for kind, one in [*nodes, nodes[0]])
            place, message, mend = _of_node(tree, nodes[0]), f"these {what}: {names}", "break the circle"
            if code == "order" and len(nodes) == 1:
                place, message, mend = _own_end(tree, nodes[0][1])
            yield place.problem(f"circle_{code}", message, mend)


def _own_end(tree: Piece, task_id: str) -> tuple[Place, str, str]:
    """Where a step waits for itself, that in words, and how to mend it."""
    task = _task_piece(tree, task_id)
    is_after = any(task_id in (one.value, one.get(("task",)).value) for one in _listed(task.get(("after",))))
    message = f"step `{task_id}` waits for its own end, so it never begins"
    mend = "name the step before it" if is_after else "say what decides whether it is asked, such as an answer"
    return task.at(("after" if is_after else "when",)).place, message, mend


def _first_value(playbook: Playbook, tree: Piece) -> Iterator[Problem]:
    found = [milestone for milestone in playbook.milestones if milestone.first_value]
    if len(found) != 1:
        place = _place(tree, "milestones")
        message = "no milestone is the first value" if not found else "more than one milestone is the first value"
        yield place.problem("first_value", message, "say `first_value: true` on exactly one")
    for task in playbook.tasks:
        if task.picks and not playbook.milestone(task.picks).pick:
            message = f"milestone `{task.picks}` has no measures to pick from"
            yield _of_task(tree, task.id).problem("pick", message, "give it `pick: [...]`")


def _names_of(milestone: Milestone, playbook: Playbook) -> set[str]:
    names = set(milestone.when.names) if milestone.when else set()
    for picked in milestone.pick:
        names.update(playbook.find("measure", picked).when.names)
    return names


def _open_events(names: set[str] | tuple[str, ...], playbook: Playbook) -> list[str]:
    """The names that a browser's events could prove."""
    found = []
    for name in sorted(names):
        use = metrics.find(name)
        if use is not None and use.metric.parts[0] == "activation":
            checks = playbook.find("activation", use.id_of("activation")).checks
            found.extend(_open_events({inner for check in checks for inner in check.names}, playbook))
        if use is None or use.metric.parts[0] not in ("event", "usage"):
            continue
        event = use.id_of("event")
        if name != "usage.connected" and (not event or playbook.find("event", event).source != "server"):
            found.append(name)
    return found


def _sources(playbook: Playbook, tree: Piece) -> Iterator[Problem]:
    for milestone in playbook.milestones:
        loose = _open_events(_names_of(milestone, playbook), playbook)
        if not loose or (milestone.source != "server" and not milestone.first_value):
            continue
        warning = milestone.source != "server"
        message = f"milestone `{milestone.id}` may be proven by a browser: {', '.join(loose)}"
        mend = "say `source: server` on its events, or count such an event instead of all usage"
        place = _where(tree, "milestones", "milestone", milestone.id)
        yield place.problem("source", message, mend, warning=warning)
    for stage in playbook.stages:
        for check in stage.exit:
            loose = _open_events(check.names, playbook) if check.source == "server" else []
            if loose:
                message = f"check `{check.id}` asks for a server source, and a browser may prove {', '.join(loose)}"
                place = _where(tree, "stages", "stage", stage.id)
                yield place.problem("source", message, "say `source: server` on its events")


def _texts(playbook: Playbook, tree: Piece) -> Iterator[Problem]:
    for name, body in playbook.texts:
        for number, line in enumerate(body.split("\n"), 1):
            for found in re.finditer(r"\{([^{}\n]*)\}", line):
                if found[1] not in PLACEHOLDERS:
                    place = Place(name, number, found.start() + 1)
                    message = f"`{found[0]}` is no placeholder"
                    yield place.problem("placeholder", message, nearest_mend(found[1], PLACEHOLDERS))


def _components(playbook: Playbook, tree: Piece) -> Iterator[Problem]:
    dated = playbook.targets.complete or any(stage.due for stage in playbook.stages)
    components = {
        "goals": ("clear goals", bool(playbook.goals or playbook.completion)),
        "milestones": ("milestones", bool(playbook.milestones)),
        "roles": ("roles", bool(playbook.roles)),
        "targets": ("timeline", bool(dated or any(milestone.due for milestone in playbook.milestones))),
        "kpis": ("KPIs", bool(playbook.kpis)),
    }
    for key, (what, is_there) in components.items():
        if not is_there:
            yield tree.place.problem("component", f"the playbook has no {what}", f"add `{key}:`", warning=True)


def _roles(playbook: Playbook, tree: Piece) -> Iterator[Problem]:
    for role in playbook.roles:
        if role.fill == "by_hand" and not role.optional:
            place = _place(tree, "roles", role.side, role.id)
            message = f"nobody is asked to fill the role `{role.id}`"
            yield place.problem("unfilled_role", message, "say `asked of csm`, or `optional: true`", warning=True)


def _stages(playbook: Playbook, tree: Piece) -> Iterator[Problem]:
    if not playbook.stages:
        yield _place(tree, "stages").problem("stages", "a playbook needs at least one stage", "add one")
    for stage in playbook.stages:
        if not stage.exit and not any(task.required for task in stage.tasks):
            place = _where(tree, "stages", "stage", stage.id)
            message = f"stage `{stage.id}` has neither an exit nor a required task, so it closes at once"
            yield place.problem("empty_stage", message, "add `exit:`", warning=True)


def _tasks(playbook: Playbook, tree: Piece) -> Iterator[Problem]:
    theirs = {role.id for role in playbook.roles if role.side == "theirs"} | {group.id for group in playbook.groups}
    asked = {f"{form.id}.{item.id}" for form in playbook.forms for item in form.fields}
    names = {f"fill_{role.id}" for role in playbook.roles}
    for task in playbook.tasks:
        if task.id in names:
            message = f"`{task.id}` is the step that asks who fills the role"
            yield _of_task(tree, task.id).problem("reserved", message, "give this step another id")
        if task.by in theirs and not task.help and task.kind not in ("meeting", "survey", "sign_off"):
            message = f"task `{task.id}` is the customer's, and says nothing about how it is done"
            yield _of_task(tree, task.id).problem("no_help", message, "add `help:`", warning=True)
        for form, key in NAMED_ANSWER.findall(task.help):
            if f"{form}.{key}" not in asked:
                message = f"`{{answer.{form}.{key}}}` in the help of `{task.id}` is no question of a form"
                like = nearest(f"{form}.{key}", sorted(asked)) or next(iter(sorted(asked)), "")
                mend = f"name one that is asked, like {{answer.{like}}}" if like else "ask it in a form first"
                yield _of_task(tree, task.id).problem("placeholder", message, mend)


def _dates(playbook: Playbook, tree: Piece) -> Iterator[Problem]:
    where = places(tree)
    for address, message in too_early(playbook):
        yield where[address].problem("due_before_start", message, "move one of the dates")


def _reminders(playbook: Playbook, tree: Piece) -> Iterator[Problem]:
    """A step without a date, in a stage without one, is never late: what is said of late steps does not reach it."""
    sides = {role.id: role.side for role in playbook.roles}
    sides |= {group.id: "theirs" for group in playbook.groups}
    undated = [
        task
        for stage in playbook.stages
        for task in stage.tasks
        if task.required and not (task.due or stage.due or task.kind == "meeting")
    ]
    where, late = places(tree), "never late, and nobody is told"
    for task in undated:
        if any(rule.state == "late" for rule in task.escalate or ()):
            message, mend = f"step `{task.id}` has no date, so it is {late}", "say by when it is due, or its stage"
            yield where[f"task.{task.id}"].problem("never_late", message, mend, warning=True)
    of_side = (("theirs", "the customer's", playbook.escalate.theirs), ("ours", "our", playbook.escalate.ours))
    for side, whose, rules in of_side:
        names = [f"`{task.id}`" for task in undated if sides.get(task.by) == side and task.escalate is None]
        if names and any(rule.state == "late" for rule in rules):
            they = "step {} has no date, so it is" if len(names) == 1 else "steps {} have no date, so they are"
            message, mend = f"{whose} {they.format(', '.join(names))} {late}", "say by when each is due, or its stage"
            yield _place(tree, "escalate", side).problem("never_late", message, mend, warning=True)


def _trials(playbook: Playbook, tree: Piece) -> Iterator[Problem]:
    where = places(tree)
    checks = {f"completion.{check.id}": check for check in playbook.completion}
    for stage in playbook.stages:
        checks.update({f"stage.{stage.id}.exit.{check.id}": check for check in stage.exit})
        checks.update({f"stage.{stage.id}.expect.{check.id}": check for check in stage.expect})
    found = [(address, f"check `{check.id}`", always_or_never(check)) for address, check in checks.items()]
    for milestone in playbook.milestones:
        end = always_or_never_true(milestone.when)
        found.append((f"milestone.{milestone.id}", f"milestone `{milestone.id}`", end))
    for task in playbook.tasks:
        for key, expression in (("when", task.exists_when), ("done_when", task.done_when)):
            found.append((f"task.{task.id}", f"`{key}:` of task `{task.id}`", always_or_never_true(expression)))
    for address, what, end in found:
        if end:
            message = f"{what} is met whatever happens" if end == "always" else f"{what} can never be met"
            yield where[address].problem(end, message, "look at what it compares", warning=True)


def _titles(playbook: Playbook, tree: Piece) -> Iterator[Problem]:
    where = places(tree)
    for address, thing in things(playbook).items():
        kind = address.split(".")[0].replace("_", " ")
        if kind in ("task", "stage", "milestone", "check in") and len(getattr(thing, "title", "")) > LONG_TITLE:
            message = f"the title of {kind} `{thing.id}` is {len(thing.title)} characters long"
            yield where.get(address, tree.place).problem("long_title", message, "pages show about 70", warning=True)
