"""The playbook of the core bench: stages and tasks in the numbers that the scenario names, all proven by criteria."""

from __future__ import annotations


def text(*, stages: int, tasks: int, due_every: int) -> str:
    """A playbook's YAML: task k is due `due_every` * (k + 1) days after the signature."""
    lines = [
        "playbook: core",
        "language: 1",
        "title: Core bench",
        "accountable: csm",
        "roles: {ours: {csm: {title: Customer success, fill: account owner}}}",
        "stages:",
    ]
    for stage in range(stages):
        keys = [f"s{stage + 1}_t{number + 1}" for number in range(tasks)]
        lines += [f"  - stage: s{stage + 1}", f"    title: Stage {stage + 1}", "    after: []", "    tasks:"]
        for number, key in enumerate(keys):
            days = due_every * (stage * tasks + number + 1)
            lines.append(f"      - {{task: {key}, title: Task {key}, by: csm, due: {days}d after signed}}")
        proven = " and ".join(f"task.{key}.done" for key in keys)
        lines += ["    exit:", f"      - {{check: s{stage + 1}_done, title: All five are done, when: {proven}}}"]
    value = f"{{milestone: value, title: First value, first_value: true, when: stage.s{stages}.closed}}"
    lines += ["milestones:", f"  - {value}"]
    return "\n".join(lines) + "\n"
