"""The reference pages, written from the catalogue and from the models of the file."""

import json
from collections.abc import Iterator

from onward.kernel.metrics import CATALOGUE, MOMENTS, Metric
from onward.playbooks.decisions.source import ModuleFile, PlaybookText, VariantText

_TYPES = {"yes_no": "yes or no", "number": "number", "text": "text", "date": "date", None: "as declared"}
_HEADS = {
    "account": "Account and deal",
    "role": "People",
    "form": "Forms and answers",
    "task": "Tasks, stages, milestones, check-ins",
    "tasks": "Counts over the whole plan",
    "event": "Usage",
    "activation": "Activation",
    "training": "Training",
    "survey": "Surveys, wins, logs, meetings, outreach",
    "reading": "Readings, figures, health, risks, completion",
    "person": "One person",
    "days_since": "Time passed",
}


def metrics_page() -> str:
    """docs/reference/metrics.md: every metric and every moment."""
    return "\n".join(_page()) + "\n"


def schema_text() -> str:
    """docs/reference/playbook.schema.json: the JSON Schema of a playbook, a variant or a module, draft 2020-12."""
    shapes = (PlaybookText, VariantText, ModuleFile)
    book, variant, module = (shape.model_json_schema(by_alias=True) for shape in shapes)
    defs = {**book.pop("$defs"), **variant.pop("$defs"), **module.pop("$defs")}
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "An Onward playbook, or a module of one",
        "$defs": {**defs, "Playbook": book, "Variant": variant, "Module": module},
        "if": {"required": ["module"]},
        "then": {"$ref": "#/$defs/Module"},
        "else": {
            "if": {"required": ["extends"]},
            "then": {"$ref": "#/$defs/Variant"},
            "else": {"$ref": "#/$defs/Playbook"},
        },
    }
    return json.dumps(schema, indent=1, sort_keys=True) + "\n"


def _page() -> Iterator[str]:
    yield "# Metrics"
    yield ""
    yield "Written from `kernel/metrics` by `onward playbook reference`; do not edit."
    yield ""
    yield "`{task}` stands for the id of a task that the playbook declares, and so on. Singular is one named thing"
    yield "(`task.uat.done`), plural counts over all (`tasks.overdue`). A metric that is absent is *unknown*: never"
    yield "zero, never no. `X.known` says whether X has a value, for each name that can be absent."
    yield ""
    yield "**Windows** follow the id: `event.report_run.last_7d.users`, `usage.prev_30d.events` (the same span"
    yield "before `last`), `.first_14d`, `.in_stage`; today counts; without one, all since day zero. None reaches back"
    yield "before day zero: what an account did earlier does not count, unless the playbook says `counts_from: ever`."
    yield "**`person.`** stands before metrics marked so, and only where one person is meant: activation of a person,"
    yield "sequences, nudges, walkthroughs."
    for metric in CATALOGUE:
        head = _HEADS.get(metric.parts[0])
        if head and metric is next(one for one in CATALOGUE if one.parts[0] == metric.parts[0]):
            yield from ("", f"## {head}", "", "| metric | is | absent when | |", "|---|---|---|---|")
        yield _row(metric)
    yield from ("", "## Moments", "", "What timing counts from, and what `days_since` and `days_until` take.", "")
    yield from ("| moment | |", "|---|---|")
    for pattern, doc in MOMENTS.items():
        yield f"| `{pattern}` | {doc} |"


def _row(metric: Metric) -> str:
    marks = [word for word, has in (("windows", metric.windows), ("`person.`", metric.person)) if has]
    choices = f": {', '.join(metric.choices)}" if metric.choices else ""
    more = f" ({', '.join(marks)})" if marks else ""
    return f"| `{metric.pattern}` | {_TYPES[metric.type]}{choices} | {metric.absent} | {metric.doc}{more} |"
