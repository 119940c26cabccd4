"""Modules brought into the playbook that uses them, while everything is still a tree with places."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from onward.playbooks.decisions.addresses import LISTS, MAPS, addresses
from onward.playbooks.decisions.composing.choosing import chosen
from onward.playbooks.decisions.composing.renaming import in_words, renamed
from onward.playbooks.decisions.problems import Problem, nearest_mend
from onward.playbooks.decisions.shape import shaped
from onward.playbooks.decisions.source import ModuleFile, StageUse, Use
from onward.playbooks.decisions.tree import Piece, Place, Refused, read

_OWN = ("module", "language", "title", "needs", "stages")
# What a playbook declares; all other names are there in every playbook.
_DECLARED = frozenset({"role", "group", "task", "task_group", "stage", *LISTS, *MAPS})


@dataclass
class Bringing:
    """A playbook's tree that modules are put into. `shelf`: texts by the names of modules and playbooks. `brought`:
    the place that brought a file, by that file's name; `uses`: each `use` written out; `needs`: who needs what."""

    tree: Piece
    shelf: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list)
    brought: dict[str, Place] = field(default_factory=dict)
    used: list[str] = field(default_factory=list)
    uses: list[Piece] = field(default_factory=list)
    needs: list[tuple[Place, str, list[str]]] = field(default_factory=list)

    def bring(self, use: Piece) -> None:
        """Everything that `use:` names, and the stages of each `{use: ...}` among the playbook's own."""
        held = self.tree.get(("stages",))
        stages: list[Piece] = []
        for entry in _list(held):
            if isinstance(entry.value, dict) and "use" in entry.value and "stage" not in entry.value:
                module = self._module(entry, "use")
                stages += _placed(entry, module) if module else []
                self._join(module)
            else:
                stages.append(entry)
        for entry in _list(use):
            module = self._module(entry, "module")
            if module and _list(module.get(("stages",))):
                name = self.uses[-1].get(("module",)).value
                message = f"the stages of the module `{name}` need a place among those of the playbook"
                self.problems.append(entry.place.problem("module", message, f"write `- use: {name}` under `stages:`"))
            self._join(module)
        if isinstance(held.value, list):
            self.tree = self.tree.put(("stages",), replace(held, value=stages))

    def unmet(self, tree: Piece) -> list[Problem]:
        """What modules need and the playbook does not have."""
        known = addresses(tree)
        found = []
        for place, name, needs in self.needs:
            missing = [one for one in needs if (wanted := _declared_as(one)) and known.keys().isdisjoint(wanted)]
            if missing:
                where = ", ".join(f"{_declared_as(one)[0]}: …" for one in missing)
                message = f"the module `{name}` needs {', '.join(missing)}, which this playbook does not have"
                mend = f"declare it, or say what it is called here: `where: {{{where}}}`"
                found.append(place.problem("needs", message, mend))
        return found

    def _module(self, entry: Piece, key: str) -> Piece | None:
        """A module as this entry asks for it, its needs noted; None and a problem when that cannot be."""
        if isinstance(entry.value, str):
            entry = Piece({key: entry}, entry.place, {key: entry.place})
        asked: Use | StageUse | None
        asked, wrong = shaped(Use, entry) if key == "module" else shaped(StageUse, entry)
        self.problems.extend(wrong)
        named = entry.get((key,))
        tree = self._read(named) if asked else None
        if asked is None or tree is None:
            return None
        file, wrong = shaped(ModuleFile, tree)
        if file is None:
            self.problems.extend(wrong)
            return None
        name = str(named.value)
        self.brought.setdefault(tree.place.file, named.place)
        self.used += [] if name in self.used else [name]
        entry = entry.put((key,), None).put(("module",), named).put(("after",), None)
        self.uses.append(entry)
        if self._is_known(entry.get(("where",)), tree, file):
            self.needs.append((named.place, name, [in_words(need, asked.where) for need in file.needed]))
        tree = renamed(tree, asked.where)
        when = entry.get(("when",))
        if isinstance(when.value, str):
            tree, wrong = chosen(tree, when)
            self.problems.extend(wrong)
        return tree

    def _read(self, named: Piece) -> Piece | None:
        name = str(named.value)
        if name not in self.shelf:
            mend = nearest_mend(name, self.shelf, "put the module's file beside the playbook")
            self.problems.append(named.place.problem("module", f"there is no module called `{named.plain()}`", mend))
            return None
        try:
            tree = read(self.shelf[name], f"{name}.yaml")
        except Refused as refused:
            self.problems.append(refused.problem)
            return None
        if "module" not in tree.keys:
            message = f"`{name}` is a playbook, not a module"
            self.problems.append(named.place.problem("module", message, f"`extends: {name}` follows it"))
            return None
        return tree

    def _is_known(self, where: Piece, tree: Piece, file: ModuleFile) -> bool:
        """Whether the module has or needs all that is to have another name."""
        known = {*file.needed, *(one for need in file.needed for one in _declared_as(need)), *addresses(tree)}
        known |= {".".join(one.split(".")[:2]) for one in known if one.split(".")[0] in ("form", "answer")}
        whole = [one for one in known if one.count(".") == 1 or one.startswith(("account.field.", "deal.field."))]
        unknown = {address: place for address, place in where.keys.items() if address not in whole}
        for address, place in unknown.items():
            message = f"the module has and needs nothing called `{address}`"
            self.problems.append(place.problem("where", message, nearest_mend(address, whole)))
        return not unknown

    def _join(self, module: Piece | None) -> None:
        for key, piece in module.value.items() if module else ():
            if key not in _OWN:
                held = self.tree.value.get(key)
                joined = piece if held is None else _joined((key,), held, piece, self.problems)
                self.tree = self.tree.put((key,), joined)


def _list(piece: Piece) -> list[Piece]:
    return piece.value if isinstance(piece.value, list) else []


def _placed(entry: Piece, module: Piece) -> list[Piece]:
    """The stages of a module; the first comes after what the entry says."""
    stages = _list(module.get(("stages",)))
    after = entry.get(("after",))
    return [stages[0].put(("after",), after, entry.keys["after"]), *stages[1:]] if stages and after.value else stages


def _declared_as(need: str) -> tuple[str, ...]:
    """The addresses, any of which makes a needed name known; none for what every playbook has."""
    parts = need.split(".")
    if len(parts) < 2:
        return ()
    if parts[0] == "answer":
        return (f"form.{'.'.join(parts[1:3])}",)
    if parts[0] == "contacts":
        return (f"role.{parts[1]}", f"group.{parts[1]}")
    if parts[0] == "group":
        return (f"group.{parts[1]}", f"task_group.{parts[1]}")
    return (f"{parts[0]}.{parts[1]}",) if parts[0] in _DECLARED else ()


def _joined(path: tuple[str, ...], ours: Piece, theirs: Piece, problems: list[Problem]) -> Piece:
    """Lists are joined, and declarations by id. Events of a module win (an installation names its own once); whatever
    else is declared twice is refused."""
    if isinstance(ours.value, list) and isinstance(theirs.value, list):
        return Piece([*ours.value, *theirs.value], ours.place, {})
    if isinstance(ours.value, dict) and isinstance(theirs.value, dict) and path != ("health",):
        values, keys = {**ours.value, **theirs.value}, {**ours.keys, **theirs.keys}
        for one in theirs.value:
            if one in ours.value and path == ("fields",):
                values[one] = _joined((*path, one), ours.value[one], theirs.value[one], problems)
            elif one in ours.value and path != ("events",):
                message = f"`{one}` is declared here and by a module"
                mend = (
                    f"remove one of the two, or say how it differs: `change: {{{path[-1].removesuffix('s')}.{one}: …}}`"
                )
                problems.append(ours.keys[one].problem("duplicate", message, mend))
        return Piece(values, ours.place, keys)
    message = f"`{path[-1]}` is declared here and by a module"
    problems.append(ours.place.problem("duplicate", message, "remove one of the two"))
    return ours
