"""From the cells of a sheet to a plan: gaps filled as people mean them, and each row that cannot be taken told."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from onward.accounts.decisions.sheets import Problem, Sheet
from onward.accounts.decisions.sheets.rows import too_wide
from onward.playbooks.decisions.editing.naming import id_for
from onward.playbooks.decisions.parts import Link
from onward.playbooks.decisions.planned.cells import State, as_meant, kept_text, plain, read_before, read_state
from onward.playbooks.decisions.planned.columns import COLUMNS, How
from onward.playbooks.decisions.planned.days import Days
from onward.playbooks.decisions.planned.order import Place, Places, depths, followed, without_circles
from onward.playbooks.decisions.planned.owners import Owners
from onward.playbooks.decisions.planned.plan import Known, PlannedStage, PlannedTask, SheetPlan

LONGEST = {"stage": 400, "task": 400, "description": 4000, "owner": 500, "after": 4000, "status": 2100}
FIRST_STAGE = "Plan"


def read_plan(sheet: Sheet, how: How, known: Known = Known()) -> SheetPlan:  # noqa: B008
    """The plan that a sheet says, and what is wrong with its rows. Rows with an error stay out; a warning goes in."""
    return _Reading(sheet, how, known).plan()


class _Reading:
    def __init__(self, sheet: Sheet, how: How, known: Known) -> None:
        self.sheet, self.how = sheet, how
        self.problems: list[Problem] = []
        self.cells = {number: self._cells(number, cells) for number, cells in sheet.rows}
        self.owners = Owners(known, how.sides)
        self.days = Days(how, [self.cells[number] for number, _ in sheet.rows])
        self.stages: dict[str, str] = {}
        self.titles: dict[str, str] = {}
        self.tasks: list[PlannedTask] = []
        self.in_stage: dict[str, str] = {}
        self.places: list[Place] = []
        self.left_out: dict[str, int] = {}

    def plan(self) -> SheetPlan:
        stage, headings = "", self._headings()
        for number, cells in self.cells.items():
            if number in headings:
                stage = self._stage(headings[number])
                self.places.append(Place(number, cells["number"], headings[number], stage, ()))
                continue
            if cells["stage"]:
                stage = self._stage(cells["stage"])
            if self._stays_out(number, cells):
                continue
            stage = stage or self._stage(FIRST_STAGE)
            self._task(number, cells, stage)
        self._order()
        found = [
            PlannedStage(stage, self.titles[stage], tuple(one for one in self.tasks if self.in_stage[one.id] == stage))
            for stage in self.stages.values()
        ]
        found = [stage for stage in found if stage.tasks]
        after = followed([stage.id for stage in found], self._needs(), self._beside(found))
        return SheetPlan(
            tuple(replace(stage, after=after[stage.id]) for stage in found),
            tuple(self.owners.roles.values()),
            tuple(sorted(self.problems, key=lambda one: (one.row, one.level, one.column))),
            self.days.zero,
            len(self.sheet.rows),
        )

    def _cells(self, number: int, cells: Sequence[str]) -> dict[str, str]:
        """One row by field, each cell as text that can be kept."""
        if any(cell.strip() for cell in cells[len(self.sheet.header) :]):
            self.problems.append(too_wide(number, cells, self.sheet))
        found = dict.fromkeys(("number", *COLUMNS, "done_on"), "")
        for column, cell in zip(self.sheet.header, cells, strict=False):
            if name := self.how.columns[column]:
                meant = kept_text(as_meant(cell.strip()))
                found[name] = meant if name in ("description", "after") else " ".join(meant.split())
        return found

    def _headings(self) -> dict[int, str]:
        """The rows that only head those below, with the stage that they name."""
        if self.how.column_of("stage"):
            return {
                number: cells["stage"] for number, cells in self.cells.items() if cells["stage"] and not cells["task"]
            }
        numbers = [cells["number"].rstrip(".") for cells in self.cells.values()]
        if any("." in one for one in numbers):
            above = {one.rpartition(".")[0] for one in numbers if "." in one}
            return {n: cells["task"] for n, cells in self.cells.items() if cells["number"].rstrip(".") in above}
        # Without such a column, a row that holds no more than its name heads those below, where the first one does.
        bare = {
            number: cells["task"] for number, cells in self.cells.items() if cells["task"] and not _says_more(cells)
        }
        numbered = list(self.cells)
        if numbered[0] not in bare:
            return {}
        below = dict(itertools.pairwise(numbered))
        return {number: title for number, title in bare.items() if below.get(number, number) not in bare}

    def _stays_out(self, number: int, cells: dict[str, str]) -> bool:
        if not cells["task"]:
            self.say(number, "task", "error", "no_task", "The row names no task.", "Write what is to be done.")
        for name, longest in LONGEST.items():
            if len(cells[name]) > longest:
                message = f"{self.how.column_of(name)} is longer than {longest:,} characters."
                self.say(number, name, "error", "too_long", message, "Shorten it.")
        self.days.check(number, cells, self.say)
        out = any(problem.row == number and problem.level == "error" for problem in self.problems)
        if out and cells["task"]:
            self.left_out.setdefault(plain(cells["task"]), number)
        return out

    def _stage(self, title: str) -> str:
        """The id of a stage; one that comes again further down is the same."""
        key = plain(title)
        if key not in self.stages:
            self.stages[key] = id_for(title, self.stages.values())
            self.titles[self.stages[key]] = title
        return self.stages[key]

    def _task(self, number: int, cells: dict[str, str], stage: str) -> None:
        owner = self.owners.read(cells["owner"])
        if owner.told:
            self.say(number, "owner", "warning", "owner", *owner.told)
        state, (starts, due, is_dated, takes) = self._state(number, cells), self.days.of(cells)
        if starts and due and due < starts:
            message, mend = "It is due before it starts.", "Correct one of the days; the start is left out."
            self.say(number, "start", "warning", "starts_late", message, mend)
            starts = None
        task_id = id_for(cells["task"], [*self.in_stage, "fill", "approve"])
        self.in_stage[task_id] = stage
        self.places.append(Place(number, cells["number"], cells["task"], stage, (task_id,)))
        self.tasks.append(
            PlannedTask(
                row=number,
                id=task_id,
                title=cells["task"],
                help=cells["description"],
                role=owner.role,
                person=owner.person,
                starts=starts,
                due=due,
                is_dated=is_dated,
                takes=takes,
                after=(),
                state=state,
            )
        )

    def _state(self, number: int, cells: dict[str, str]) -> State:
        text = cells["status"]
        state = read_state(text, self.how.dates) if text else State("")
        if state is None:
            message = f"{text[:60]} is no status that is known here."
            mend = "Write done, in progress, blocked, skipped or nothing; the task goes in as open."
            self.say(number, "status", "warning", "status", message, mend)
            state = State("")
        done_on = self.days.read(cells["done_on"])
        if isinstance(done_on, date) and state.word in ("", "in_progress", "done"):
            state = State("done", state.done_on or done_on)
        return state

    def _order(self) -> None:
        """Settle what waits for what, over all rows."""
        whole = {place.row: tuple(self._below(place)) for place in self.places if not place.tasks}
        places = [place if place.tasks else replace(place, tasks=whole[place.row]) for place in self.places]
        finder = Places(places, self.left_out)
        titles = frozenset(plain(place.title) for place in places)
        rows = {task.id: task.row for task in self.tasks}
        links: dict[str, list[Link]] = {}
        for place in places:
            if len(place.tasks) == 1 and rows.get(place.tasks[0]) == place.row:
                found = finder.waits(read_before(self.cells[place.row]["after"], titles), place)
                links[place.tasks[0]] = found.links
                for message, mend in found.told:
                    self.say(place.row, "after", "warning", "after", message, mend)
        kept, cut = without_circles(links)
        for one, way in cut:
            names = ", ".join(str(row) for row in sorted({rows[each] for each in way}))
            message = f"Rows {names} wait for one another."
            self.say(
                rows[one], "after", "warning", "circle", message, f"It goes in without waiting for row {rows[way[0]]}."
            )
        self._settle(kept)

    def _settle(self, links: dict[str, list[Link]]) -> None:
        """Give each task its links, and the one from which a length alone is counted: what comes last before it."""
        deep, known = depths(links), {task.id: task for task in self.tasks}
        for at, task in enumerate(self.tasks):
            mine = links[task.id]
            ends = [known[link.id] for link in mine if link.link == "finish_to_start"]
            late = next((one for one in ends if one.due and task.due and task.due < one.due), None)
            if late:
                message, mend = f"It is due before row {late.row}, for which it waits.", "Correct one of the days."
                self.say(task.row, "due", "warning", "due_early", message, mend)
            self.tasks[at] = replace(
                task,
                after=tuple(mine),
                last=max(mine, key=lambda link: deep[link.id], default=None),
                keeps_due=late is None,
            )

    def _below(self, heading: Place) -> Iterator[str]:
        """The tasks that a heading stands for: those of its stage."""
        return (task.id for task in self.tasks if self.in_stage[task.id] == heading.stage)

    def _needs(self) -> dict[str, set[str]]:
        needs: dict[str, set[str]] = {}
        for task in self.tasks:
            here = self.in_stage[task.id]
            needs.setdefault(here, set()).update(self.in_stage[link.id] for link in task.after)
            needs[here].discard(here)
        return needs

    def _beside(self, stages: Sequence[PlannedStage]) -> set[tuple[str, str]]:
        """Stages that overlap with one above: by a day, or because something is done there already."""
        out = set()
        for at, stage in enumerate(stages):
            begins = min((day for task in stage.tasks if (day := task.starts or task.due)), default=None)
            is_begun = any(task.state.word in ("done", "in_progress") for task in stage.tasks)
            for above in stages[:at]:
                ends = max((task.due for task in above.tasks if task.due), default=None)
                is_open = any(task.state.word not in ("done", "skipped") for task in above.tasks)
                if (begins and ends and begins < ends) or (is_begun and is_open):
                    out.add((above.id, stage.id))
        return out

    def say(self, row: int, name: str, level: str, code: str, message: str, mend: str) -> None:
        """Tell a problem of one cell."""
        value = self.cells[row].get(name, "")[:80]
        self.problems.append(Problem(row, self.how.column_of(name), level, code, value, message, mend))


def _says_more(cells: dict[str, str]) -> bool:
    return any(cells[name] for name in ("owner", "start", "due", "duration", "after", "status", "description"))
