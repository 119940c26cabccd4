"""What rests on what in a playbook, and whether it goes round in a circle."""

from collections.abc import Iterable, Mapping

from onward.kernel import metrics
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.parts import Check, Timing

Node = tuple[str, str]
Edges = dict[Node, set[Node]]


def cycle(edges: Mapping[Node, Iterable[Node]]) -> list[Node]:
    """The nodes of one circle in their order, or nothing."""
    done: set[Node] = set()
    for start in edges:
        found = _walk(start, edges, done)
        if found:
            return found
    return []


def _walk(start: Node, edges: Mapping[Node, Iterable[Node]], done: set[Node]) -> list[Node]:
    # A stack instead of recursion: a file may hold a chain longer than Python's own stack.
    path: list[Node] = []
    stack: list[tuple[Node, bool]] = [(start, True)]
    while stack:
        node, entering = stack.pop()
        if not entering:
            path.pop()
            done.add(node)
            continue
        if node in path:
            return path[path.index(node) :]
        if node in done:
            continue
        path.append(node)
        stack.append((node, False))
        stack.extend((following, True) for following in sorted(edges.get(node, ())))
    return []


def orders(playbook: Playbook) -> Edges:
    """Which task or stage must be finished before another may begin."""
    edges: Edges = {}
    for task in playbook.tasks:
        # A step whose condition reads another's end is not even asked before that.
        reads = _nodes(task.exists_when.names, playbook) if task.exists_when else set()
        edges["task", task.id] = {("task", link.id) for link in task.after} | {one for one in reads if one[0] == "task"}
    edges.update({("stage", stage.id): {("stage", one) for one in stage.after} for stage in playbook.stages})
    return edges


def truths(playbook: Playbook) -> Edges:
    """What the truth of each thing is judged by: stages by their exits, milestones, figures, activation, completion."""
    edges: Edges = {}
    for figure in playbook.figures:
        edges["figure", figure.id] = _nodes(figure.names, playbook)
    for task in playbook.tasks:
        edges["task", task.id] = _nodes(task.done_when.names, playbook) if task.done_when else set()
    for stage in playbook.stages:
        own: set[Node] = {("stage", one) for one in stage.after}
        own |= _of_checks(stage.exit, playbook)
        if stage.enter_when:
            own |= _nodes(stage.enter_when.names, playbook)
        if not stage.exit:
            own |= {("task", task.id) for task in stage.tasks}
        edges["stage", stage.id] = own
    for milestone in playbook.milestones:
        reads = set(milestone.when.names) if milestone.when else set()
        for picked in milestone.pick:
            reads |= set(playbook.find("measure", picked).when.names) if picked in _ids(playbook.measures) else set()
        edges["milestone", milestone.id] = _nodes(reads, playbook)
    for activation in playbook.activations:
        own = _of_checks(activation.checks, playbook)
        if activation.account_when:
            # The account's own activation may count its people's.
            own |= _nodes(activation.account_when.names, playbook) - {("activation", activation.id)}
        edges["activation", activation.id] = own
    edges["completion", ""] = _of_checks(playbook.completion, playbook)
    return edges


def dates(playbook: Playbook) -> Edges:
    """Which planned date each planned date rests on."""
    edges: Edges = {}
    for task in playbook.tasks:
        edges["task", task.id] = _moments(task.due, task.stage) | _moments(task.starts, task.stage)
    for stage in playbook.stages:
        entered: set[Node] = {("stage", one) for one in stage.after}
        edges["stage", stage.id] = _moments(stage.due, stage.id) | _moments(stage.starts, stage.id)
        edges["entry", stage.id] = entered
    for milestone in playbook.milestones:
        edges["milestone", milestone.id] = _moments(milestone.due, "")
    for check_in in playbook.check_ins:
        edges["check_in", check_in.id] = _moments(check_in.at, "")
    return edges


def _ids(things: Iterable[object]) -> set[str]:
    return {getattr(thing, "id", "") for thing in things}


def _of_checks(checks: Iterable[Check], playbook: Playbook) -> set[Node]:
    return {node for check in checks for node in _nodes(check.names, playbook)}


def _nodes(names: Iterable[str], playbook: Playbook) -> set[Node]:
    found: set[Node] = set()
    for name in names:
        use = metrics.find(name)
        if use is None:
            continue
        head, last = use.metric.parts[0], use.metric.parts[-1]
        if head == "stage":
            found |= _of_stage(use.id_of("stage"), last, playbook)
        elif head in ("task", "milestone", "figure", "activation"):
            found.add((head, use.id_of(head)))
        elif head == "completion":
            found.add(("completion", ""))
        elif head == "milestones":
            found |= {("milestone", milestone.id) for milestone in playbook.milestones}
        elif head in ("days_since", "days_until"):
            found |= {(kind, one) for kind, one in use.ids if kind in ("task", "stage", "milestone")}
    return found


def _of_stage(stage_id: str, last: str, playbook: Playbook) -> set[Node]:
    stage = next((one for one in playbook.stages if one.id == stage_id), None)
    if stage is None:
        return set()
    if last in ("closed", "late"):
        return {("stage", stage_id)}
    if last in ("tasks_left", "tasks_done_share"):
        return {("task", task.id) for task in stage.tasks}
    return {("stage", one) for one in stage.after}


def _moments(timing: Timing | None, stage: str) -> set[Node]:
    if timing is None:
        return set()
    found: set[Node] = set()
    for moment in timing.moments:
        parts = moment.split(".")
        if moment == "entered" and stage:
            found.add(("entry", stage))
        elif parts[0] == "stage":
            found.add(("entry" if parts[2] == "entered" else "stage", parts[1]))
        elif parts[0] in ("task", "milestone", "check_in"):
            found.add((parts[0], parts[1]))
    return found
