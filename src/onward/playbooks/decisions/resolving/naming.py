"""The vocabulary of one file: what it declares, by kind; ids that come twice or are words of the language."""

from collections.abc import Iterable, Iterator

from onward.kernel import metrics
from onward.kernel.expressions import ValueType
from onward.playbooks.decisions.addresses import LISTS, MAPS
from onward.playbooks.decisions.problems import Problem, nearest_mend
from onward.playbooks.decisions.shape import reserved
from onward.playbooks.decisions.source.playbook import ModuleFile, PlaybookFile, Shared
from onward.playbooks.decisions.source.work import Meeting, TaskGroup, single
from onward.playbooks.decisions.tree import Path, Piece
from onward.playbooks.decisions.vocabulary import FIELD_TYPES, Vocabulary

# What a module may need, and the kinds that it is then taken for.
_NEEDED = {
    **{kind: (kind,) for kind in ("role", "group", "task", "stage", *LISTS, *MAPS)},
    "contacts": ("role", "group"),
    "group": ("group", "task_group"),
    "answer": ("form", "field"),
}
_LISTS = {**LISTS, "check": "completion"}


def vocabulary(file: Shared, tree: Piece) -> tuple[Vocabulary, list[Problem]]:
    """Every name that the file declares, and the problems of its ids."""
    ids: dict[str, list[str]] = {}
    problems: list[Problem] = []
    for kind, thing_id, path in _declared(file):
        place = tree.at(path).place
        known = ids.setdefault(kind, [])
        if thing_id in known:
            what = kind.replace("_", " ")
            problems.append(place.problem("duplicate", f"a second {what} is called `{thing_id}`", "give one a new id"))
        if reserved(thing_id):
            problems.append(place.problem("id", f"`{thing_id}` is a word of the language", "choose another id"))
        known.append(thing_id)
    found = {kind: tuple(dict.fromkeys(known)) for kind, known in ids.items()}
    found["moment"] = ()
    found["meeting"] = _meetings(file)
    types, choices = _types(file)
    counted = frozenset(
        (event_id, kind)
        for event_id, spec in file.events.items()
        if not isinstance(spec, str)
        for kind in ("distinct", "sum")
        if getattr(spec, kind)
    )
    needed = file.needed if isinstance(file, ModuleFile) else {}
    types.update({name: kind for name, kind in needed.items() if kind})
    _take_needs(found, needed)
    for at, name in enumerate(needed):
        if metrics.find(name) is None and name.split(".")[0] not in _NEEDED:
            place, mend = tree.at(("needs", at)).place, nearest_mend(name.split(".")[0], _NEEDED)
            problems.append(place.problem("unknown_name", f"`{name}` is nothing that a playbook declares", mend))
    return Vocabulary(found, types, choices, counted, frozenset(needed), _questions(file)), problems


def _declared(file: Shared) -> Iterator[tuple[str, str, Path]]:
    """(kind, id, path) of everything with an id, in the order of the file."""
    if isinstance(file, PlaybookFile):
        yield from _people(file)
    if isinstance(file, PlaybookFile | ModuleFile):
        yield from _work(file)
    for kind, key in MAPS.items():
        for thing_id in getattr(file, key):
            yield kind, thing_id, (key, thing_id)
    for kind, key in _LISTS.items():
        for at, spec in enumerate(getattr(file, key)):
            yield kind, getattr(spec, kind), (key, at, kind)
    for at, form in enumerate(file.forms):
        for inner, field in enumerate(form.fields):
            yield "field", f"{form.form}.{field.field}", ("forms", at, "fields", inner, "field")


def _people(file: PlaybookFile) -> Iterator[tuple[str, str, Path]]:
    for role_id in file.roles.ours:
        yield "role", role_id, ("roles", "ours", role_id)
    for role_id in file.roles.theirs:
        yield "role", role_id, ("roles", "theirs", role_id)
        yield "theirs", role_id, ("roles", "theirs", role_id)
    for at, group in enumerate(file.roles.groups):
        yield "group", group if isinstance(group, str) else group.group, ("roles", "groups", at)


def _work(file: PlaybookFile | ModuleFile) -> Iterator[tuple[str, str, Path]]:
    for at, stage in enumerate(file.stages):
        yield "stage", stage.stage, ("stages", at, "stage")
        for key in ("exit", "expect"):
            for inner, check in enumerate(getattr(stage, key)):
                yield f"check of {stage.stage}", check.check, ("stages", at, key, inner, "check")
        for inner, entry in enumerate(stage.tasks):
            path: Path = ("stages", at, "tasks", inner)
            if isinstance(entry, TaskGroup):
                yield "task_group", entry.group, (*path, "group")
            for one in single(entry):
                yield "task", one.task, path


def _meetings(file: Shared) -> tuple[str, ...]:
    stages = file.stages if isinstance(file, PlaybookFile | ModuleFile) else ()
    tasks = (one for stage in stages for entry in stage.tasks for one in single(entry))
    return tuple(one.task for one in tasks if isinstance(one, Meeting))


def _types(file: Shared) -> tuple[dict[str, ValueType], dict[str, tuple[str, ...]]]:
    types: dict[str, ValueType] = {}
    choices: dict[str, tuple[str, ...]] = {}
    for side in ("account", "deal"):
        types.update({f"{side}.field.{name}": kind for name, kind in getattr(file.fields, side).items()})
    for form in file.forms:
        for field in form.fields:
            name = f"answer.{form.form}.{field.field}"
            types[name] = FIELD_TYPES[field.type]
            if field.type in ("choice", "choices"):
                choices[name] = tuple(field.choices)
    for reading_id, reading in file.readings.items():
        name = f"reading.{reading_id}"
        types[name] = "text" if reading.type == "choice" else reading.type
        choices[name] = tuple(reading.choices)
    if file.health is not None:
        choices["health.band"] = tuple(band.band for band in file.health.bands)
    return types, choices


def _questions(file: Shared) -> dict[str, str]:
    asked = ((form.form, one) for form in file.forms for one in form.fields if one.type == "yes_no")
    return {f"answer.{form}.{one.field}": one.title or one.field.replace("_", " ") for form, one in asked}


def _take_needs(found: dict[str, tuple[str, ...]], needs: Iterable[str]) -> None:
    """`role.csm`, `event.report_run`: what a module expects of the playbook is declared for it."""
    for name in needs:
        kind, _, thing_id = name.partition(".")
        parts = thing_id.split(".")
        declared = dict.fromkeys(_NEEDED.get(kind, (kind,)), parts[0])
        if "field" in declared:
            declared["field"] = ".".join(parts[:2])
        for one, inner in declared.items():
            found[one] = (*found.get(one, ()), inner)
