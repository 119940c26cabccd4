"""`remove:`, `change:` and `add:` carried out on a tree that other files brought; each mistake at its own entry."""

from dataclasses import dataclass, field

from onward.playbooks.decisions.addresses import LISTS, MAPS, PARTS, addresses
from onward.playbooks.decisions.problems import Problem, nearest_mend
from onward.playbooks.decisions.tree import Path, Piece, Place

# A task may name a form and a hand-over a role: the first of these keys that is there says what an entry is.
_KINDS = (
    *("task", "stage", "check_in", "check", "field", "step", "part", "band", "measure", "milestone", "goal", "kpi"),
    *("activation", "course", "survey", "sequence", "walkthrough", "nudge", "risk", "intervention", "form", "log"),
    *("event", "figure", "reading", "role", "group"),
)
_WHERE = {
    "task": "in: stage.setup",
    "check": "in: stage.setup, stage.setup.expect or completion",
    "field": "in: form.kickoff",
    "step": "in: task.uat, or a sequence",
    "part": "in: health",
    "band": "in: health",
    "role": "in: roles.ours, or roles.theirs",
    "group": "in: roles, or a stage when it is a group of tasks",
}
_SHORT = {"role": "fill", "event": "track", "log": "title", "group": "group"}
_THINGS = {"tasks", "exit", "expect", "fields", "checks", "parts", "bands"}


@dataclass
class Editing:
    """A tree under change: `gone` are the addresses removed, each with the place that says so."""

    tree: Piece
    problems: list[Problem] = field(default_factory=list)
    gone: dict[str, Place] = field(default_factory=dict)

    def edit(self, edits: Piece) -> None:
        """Carry out the three lists of a file (their shape is known to fit): what goes, what differs, what is new."""
        for one in _list(edits.get(("remove",))):
            self._remove(one)
        changes = edits.get(("change",))
        for address, keys in (changes.value or {}).items():
            self._change(address, keys, changes.keys[address])
        for one in _list(edits.get(("add",))):
            self._add(one)

    def _refuse(self, place: Place, code: str, message: str, mend: str = "") -> None:
        self.problems.append(place.problem(code, message, mend))

    def _path(self, address: str, place: Place, known: dict[str, Path]) -> Path | None:
        if address in self.gone:
            self._refuse(place, "gone", f"`{address}` is removed here", "keep it, or leave this out")
            return None
        if address not in known:
            kind = [one for one in known if one.split(".")[0] == address.split(".")[0]]
            mend = nearest_mend(address, kind) or nearest_mend(address, known, "an address is such as stage.setup")
            self._refuse(place, "unknown_id", f"there is nothing called `{address}` here", mend)
        return known.get(address)

    def _remove(self, entry: Piece) -> None:
        known = addresses(self.tree)
        address = str(entry.value)
        path = self._path(address, entry.place, known)
        if path is None:
            return
        self.gone.update({one: entry.place for one, at in known.items() if at[: len(path)] == path})
        self.tree = self.tree.put(path, None)

    def _change(self, address: str, keys: Piece, place: Place) -> None:
        path = self._path(address, place, addresses(self.tree))
        if path is None:
            return
        kind = _kind_of(address, path)
        held = self.tree.at(path)
        if not isinstance(held.value, dict):
            short = _SHORT.get(kind, kind)
            held = Piece({short: held}, held.place, {short: held.place})
        for key, value in keys.value.items():
            if key == kind:
                self._refuse(keys.keys[key], "id", f"the id of `{address}` cannot change", "remove it and add another")
            elif key in _THINGS and isinstance(held.get((key,)).value, list):
                mend = "say `add:` and `remove:` for what is in it"
                self._refuse(keys.keys[key], "list", f"`{key}` of `{address}` is a list of things with ids", mend)
            else:
                held = held.put((key,), None if value.value is None else value, keys.keys[key])
        self.tree = self.tree.put(path, Piece(held.value, place, held.keys))

    def _add(self, entry: Piece) -> None:
        kind = next((one for one in _KINDS if one in entry.value), "")
        if not kind:
            mend = "begin with what it is and its id, such as `task: call` with `in: stage.setup`"
            self._refuse(entry.place, "add", "this says not what is added", mend)
            return
        thing = entry.put(("in",), None)
        inside = entry.get(("in",))
        path = self._holder(kind, inside, entry) if inside.value is not None or kind in _WHERE else _top(kind)
        if path is None:
            return
        if self._is_there(kind, inside, thing):
            return
        if kind in ("role", *MAPS):
            thing_id = thing.get((kind,))
            self.tree = self.tree.put((*path, str(thing_id.value)), thing.put((kind,), None), thing_id.place)
            return
        held = self.tree.get(path)
        at = _below(kind, thing, held)
        things = [*_list(held)[:at], thing, *_list(held)[at:]]
        place = held.place if isinstance(held.value, list) else entry.place
        self.tree = self.tree.put(path, Piece(things, place, {}), entry.place)

    def _is_there(self, kind: str, inside: Piece, thing: Piece) -> bool:
        thing_id = thing.get((kind,))
        here = (f"{inside.value}.{thing_id.value}", f"{inside.value}.exit.{thing_id.value}")
        whole = f"{'task_group' if thing.get(('tasks',)).value and kind == 'group' else kind}.{thing_id.value}"
        found = next((one for one in (whole, *here) if one in addresses(self.tree)), "")
        if found:
            mend = f"say `change: {{{found}: …}}`, or give it a new id"
            self._refuse(thing_id.place, "duplicate", f"there is a `{found}` already", mend)
        return bool(found)

    def _holder(self, kind: str, inside: Piece, entry: Piece) -> Path | None:
        """The path of the list that `in:` names."""
        known = addresses(self.tree)
        words = str(inside.value) if inside.value is not None else ""
        found = _in_whole(kind, words)
        if found:
            return found
        address, _, last = words.rpartition(".") if words.endswith((".exit", ".expect")) else (words, "", "")
        head = address.split(".")[0]
        key = _list_in(kind, head, last)
        if not words or not key:
            mend = f"say `{_WHERE[kind]}`" if kind in _WHERE else "leave `in:` out"
            what = (
                f"a {kind.replace('_', ' ')} does not lie in `{words}`" if words else "this says not where it belongs"
            )
            self._refuse(inside.place if words else entry.place, "add", what, mend)
            return None
        path = self._path(address, inside.place, known)
        return (*path, key) if path else None


def _list(piece: Piece) -> list[Piece]:
    return piece.value if isinstance(piece.value, list) else []


def _kind_of(address: str, path: Path) -> str:
    """What a thing is called by the key of its id."""
    parts = address.split(".")
    if (parts[0] in ("completion", "stage") and len(parts) != 2) or parts[0] == "completion":
        return "check"
    if len(parts) == 3:
        return next((part for owner, _, part in PARTS if owner == parts[0]), "step")
    return {"health": "part", "task_group": "group"}.get(parts[0], parts[0])


def _top(kind: str) -> Path:
    return ("stages",) if kind == "stage" else ({**LISTS, **MAPS}[kind],)


def _in_whole(kind: str, words: str) -> Path | None:
    if kind == "role" and words in ("roles.ours", "roles.theirs"):
        return ("roles", words.partition(".")[2])
    if kind == "group" and words == "roles":
        return ("roles", "groups")
    if kind == "check" and words == "completion":
        return ("completion",)
    if kind in ("part", "band") and words == "health":
        return ("health", f"{kind}s")
    return None


def _list_in(kind: str, head: str, last: str) -> str:
    if head == "stage" and kind in ("task", "group"):
        return "tasks" if not last else ""
    if head == "stage" and kind == "check":
        return last or "exit"
    if head in ("task_group", "intervention") and kind == "task":
        return "tasks"
    if head == "task" and kind == "step":
        return "steps"
    return next((key for owner, key, part in PARTS if (owner, part) == (head, kind)), "")


def _below(kind: str, thing: Piece, held: Piece) -> int:
    """Where in a list something new stands: below the last of what it comes after, else at the end."""
    after = {one.value for one in _list(thing.get(("after",))) if isinstance(one.value, str)}
    ids = [one.get((kind,)).value for one in _list(held)]
    found = [at for at, thing_id in enumerate(ids) if isinstance(thing_id, str) and thing_id in after]
    return found[-1] + 1 if found else len(ids)
