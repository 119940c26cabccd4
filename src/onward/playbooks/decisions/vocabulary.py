"""The names that one playbook may use: the catalogue of metrics, filled with what the playbook declares."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from onward.kernel import metrics
from onward.kernel.expressions import KNOWN, ValueType
from onward.kernel.metrics import Use
from onward.playbooks.decisions.problems import nearest

MANY = 2000
#: What is asked of a thing that is named without more.
BY_NAME = {"event": "count", "task": "done", "milestone": "met", "stage": "closed", "form": "complete"}
#: What each kind of thing calls it that it came to its end: whoever writes another kind's word means this one.
ENDS = frozenset({"done", "held", "met", "closed", "complete", "completed", "finished", "reached", "filled"})
FIELD_TYPES: dict[str, ValueType] = {
    "text": "text",
    "long_text": "text",
    "number": "number",
    "date": "date",
    "yes_no": "yes_no",
    "choice": "text",
    "choices": "text",
    "scale": "number",
    "file": "text",
}


@dataclass
class Vocabulary:
    """`ids` are the declared ids by kind (role, group, event, task, ...; fields as `form.field`); `types` the types of
    answers, readings and own fields by their whole name; `choices` the words that a text metric may read as;
    `counted` the properties that events declare: ("report_run", "distinct"). `questions`: titles of those answered with
    yes or no, by their whole name. `needs`: names that a module expects."""

    ids: dict[str, tuple[str, ...]] = field(default_factory=dict)
    types: dict[str, ValueType] = field(default_factory=dict)
    choices: dict[str, tuple[str, ...]] = field(default_factory=dict)
    counted: frozenset[tuple[str, str]] = frozenset()
    needs: frozenset[str] = frozenset()
    questions: dict[str, str] = field(default_factory=dict)

    def has(self, kind: str, thing_id: str) -> bool:
        return thing_id in self.ids.get(kind, ())

    def type_of(self, name: str, *, of_person: bool = False) -> ValueType | None:
        """The type of a metric in this playbook; None when there is no such name here."""
        use = metrics.find(name)
        if use is None or ((use.of_person or name.startswith("person.")) and not of_person):
            return None
        if name in self.types:
            return self.types[name]
        if name not in self.needs and not (self._declared(use) and self._counted(use)):
            return None
        return use.metric.type or "text"

    def why_not(self, name: str) -> str:
        """Why a name that looks right is none here, or nothing."""
        use = metrics.find(name)
        if use is None:
            return ""
        if use.of_person:
            return "`person.` stands only where one person is meant: activation of a person, sequences, nudges"
        if not self._counted(use):
            kind = name.rpartition(".")[2]
            return f"event {use.id_of('event')} declares no `{kind}: property`"
        return ""

    def choices_of(self, name: str) -> tuple[str, ...]:
        """The only words that a text metric reads as; empty when any will do."""
        if name in self.choices:
            return self.choices[name]
        use = metrics.find(name)
        return use.metric.choices if use else ()

    def is_moment(self, name: str) -> bool:
        use = metrics.find_moment(name)
        if use is None or not self._declared(use):
            return False
        return not name.startswith("answer.") or self.types.get(name) == "date"

    def nearest_metric(self, name: str) -> str:
        """The declared name most like a wrong one that does not turn its sense around."""
        bare = name.removesuffix(KNOWN)
        window = next((f"{part}." for part in bare.split(".") if metrics.WINDOW.fullmatch(part)), "")
        plain = bare.replace(window, "")
        # A thing by its name alone: how often an event came, whether a step is done.
        kind, _, thing = plain.partition(".")
        whole = f"{plain}.{BY_NAME[kind]}" if kind in BY_NAME and self.has(kind, thing) else ""
        found = whole or nearest(plain, self._near(plain))
        if found and window and found.count(".") >= 1:
            head, _, last = found.rpartition(".")
            return f"{head}.{window}{last}"
        return found

    def _near(self, name: str) -> list[str]:
        """The names worth comparing: in a large playbook only those that agree in a part."""
        known = [one for one in self._known if _keeps_sense(name, one)]
        head = name.rpartition(".")[0]
        if same := [one for one in known if head.count(".") and one.rpartition(".")[0] == head]:
            return same
        if len(known) <= MANY:
            return known
        parts = set(name.split(".")[1:])
        return [one for one in known if not parts.isdisjoint(one.split(".")[1:])][:MANY]

    @cached_property
    def _known(self) -> list[str]:
        return list(self.names())

    def end_of(self, task: str) -> str:
        """The moment at which a task is over: a meeting is held."""
        return f"task.{task}.{'held' if self.has('meeting', task) else 'done'}"

    def moments(self) -> Iterator[tuple[str, str]]:
        """Every moment that may come here, with what it means: nothing but a meeting is held."""
        for pattern, doc in metrics.MOMENTS.items():
            for one in metrics.expand(pattern, self.ids):
                is_held = (
                    not one.startswith("task.") or not one.endswith(".held") or one == self.end_of(one.split(".")[1])
                )
                if is_held and self.is_moment(one):
                    yield one, doc

    def nearest_moment(self, name: str) -> str:
        known = [one for one, _ in self.moments()]
        head = name.split(".")[0]
        return nearest(name, [one for one in known if one.split(".")[0] == head]) or nearest(name, known)

    def names(self) -> Iterator[str]:
        """Every metric of this playbook, without windows."""
        moments = tuple(one for pattern in metrics.MOMENTS for one in metrics.expand(pattern, self.ids))
        ids = {**self.ids, "moment": moments, "role_or_group": self.ids.get("role", ()) + self.ids.get("group", ())}
        for metric in metrics.CATALOGUE:
            for name in metrics.expand(metric.pattern, ids):
                use = metrics.find(name)
                if use is not None and self._counted(use):
                    yield name

    def _declared(self, use: Use) -> bool:
        ids = dict(use.ids)
        if "field" in ids:
            return self.has("field", f"{ids['form']}.{ids['field']}")
        for kind, thing_id in ids.items():
            # A field that the playbook does not type is whatever the sales system sends: a text.
            if kind in ("account_field", "deal_field", "moment"):
                continue
            if kind == "role_or_group":
                if not (self.has("role", thing_id) or self.has("group", thing_id)):
                    return False
            elif not self.has(kind, thing_id):
                return False
        return True

    def _counted(self, use: Use) -> bool:
        last = use.name.rpartition(".")[2]
        if use.metric.parts[0] != "event" or last not in ("distinct", "sum"):
            return True
        return (use.id_of("event"), last) in self.counted


def _keeps_sense(name: str, other: str) -> bool:
    """Whether both ask the same of a thing, but for a slip: `late` is not `held`, `undone` is not `done`."""
    if name.count(".") < 2:
        return True
    if other.count(".") < 2 and name.split(".")[0] != other.split(".")[0]:
        return False
    said, meant = name.rpartition(".")[2], other.rpartition(".")[2]
    if said == meant or {said, meant} <= ENDS:
        return True
    return not said.endswith(meant) and bool(nearest(said, [meant], 0.8))
