"""Two versions beside each other: what differs, in words; and three of them as one."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import pytest

from onward.kernel.clock import Span
from onward.playbooks.decisions.comparing import (
    called,
    changes,
    differences,
    put_together,
    renames,
    said,
    sentence,
    taken,
    things,
    value_words,
)
from onward.playbooks.decisions.comparing.three import by_element, in_order
from onward.playbooks.decisions.definition import Escalations, Playbook, Stage, Targets, Task
from onward.playbooks.decisions.parts import Check, Escalation, Link, Role, Step, Timing
from onward.playbooks.queries import read_shelf
from tests.world import SMALL, after, within, yes


def with_task(book: Playbook, key: str, **given: Any) -> Playbook:
    """The playbook with one task changed."""
    stages = tuple(
        replace(stage, tasks=tuple(replace(task, **given) if task.id == key else task for task in stage.tasks))
        for stage in book.stages
    )
    return replace(book, stages=stages)


def with_stage(book: Playbook, key: str, **given: Any) -> Playbook:
    return replace(book, stages=tuple(replace(one, **given) if one.id == key else one for one in book.stages))


def added(book: Playbook, stage: str, *tasks: Task) -> Playbook:
    return with_stage(book, stage, tasks=(*book.stage(stage).tasks, *tasks))


def without(book: Playbook, *keys: str) -> Playbook:
    stages = tuple(
        replace(stage, tasks=tuple(task for task in stage.tasks if task.id not in keys)) for stage in book.stages
    )
    return replace(book, stages=tuple(stage for stage in stages if stage.id not in keys))


TOLD = Escalations(theirs=(Escalation(Span(3, "d"), "late", "doer"), Escalation(Span(1, "w"), "late", "csm")))
WORDS = [
    (
        replace(SMALL, escalate=TOLD),
        (
            "The playbook has other reminders for steps of the customer’s: whoever does it once it is late for 3 days"
            " and CSM once it is late for 1 week, was nobody"
        ),
    ),
    (
        with_task(SMALL, "call", escalate=TOLD.theirs[:1]),
        "Kickoff call has other reminders: whoever does it once it is late for 3 days, was as the playbook says",
    ),
    (
        with_task(SMALL, "call", due=within(5, "d")),
        "Kickoff call is due 2 days earlier: within 5 days of the signature, was 7 days",
    ),
    (
        with_task(SMALL, "sign_plan", due=after(1, "w", "task.call.held")),
        "Sign the plan is due 1 week after “Kickoff call” is held, was 3 working days after “Kickoff call” is held",
    ),
    (with_task(SMALL, "call", due=None), "Kickoff call has no date any more, was within 7 days of the signature"),
    (
        with_task(SMALL, "connect", due=within(3, "d")),
        "Connect your systems is due within 3 days of the signature, was none",
    ),
    (with_task(SMALL, "call", title="First call"), "First call is the new name of “Kickoff call”"),
    (with_task(SMALL, "connect", by="csm"), "Connect your systems is done by CSM, was Champion"),
    (with_task(SMALL, "polish", optional=True), "Polish the settings is optional now"),
    (with_task(SMALL, "polish", shared=True), "Polish the settings is shown to the customer now"),
    (with_task(SMALL, "polish", deferrable=False), "Polish the settings may not be put off any more"),
    (with_task(SMALL, "connect", after=(Link("call"),)), "Connect your systems comes after Kickoff call now"),
    (with_task(SMALL, "sign_plan", after=()), "Sign the plan waits for nothing now, was after Kickoff call"),
    (with_task(SMALL, "connect", steps=(Step("crm", "CRM"),)), "Connect your systems has a new step, “CRM”"),
    (with_stage(SMALL, "value", after=("kickoff",)), "First value comes after Kickoff now, was after Setup"),
    (
        with_stage(SMALL, "kickoff", exit=(SMALL.stage("kickoff").exit[0],)),
        "Kickoff has lost the condition for closing it “Plan signed”",
    ),
    (
        with_stage(
            SMALL,
            "kickoff",
            exit=(
                SMALL.stage("kickoff").exit[0],
                replace(SMALL.stage("kickoff").exit[1], when=yes("role.champion.filled", "role.champion.filled")),
            ),
        ),
        "Kickoff has another condition for closing it “Plan signed” (role.champion.filled, was task.sign_plan.done)",
    ),
    (without(SMALL, "polish"), "Task removed: Polish the settings"),
    (added(SMALL, "setup", Task("train", "Train the team", "to_do", "setup", "csm")), "New task: Train the team"),
    (replace(SMALL, title="Small but new"), "The playbook is called “Small but new” now"),
    (replace(SMALL, roles=(*SMALL.roles, Role("trainer", "Trainer", "ours"))), "New role: Trainer"),
    (
        with_stage(SMALL, "setup", tasks=tuple(reversed(SMALL.stage("setup").tasks))),
        "Setup has its tasks in another order: Polish the settings, Bring your data, Connect your systems",
    ),
    (
        replace(SMALL, completion=(replace(SMALL.completion[0], id="agreed"),)),
        "New row of the completion: “Objectives agreed”",
    ),
]


@pytest.mark.parametrize(("new", "words"), WORDS, ids=[words for _, words in WORDS])
def test_what_changed_reads_as_a_manager_says_it(new: Playbook, words: str) -> None:
    # covers 27
    found = [sentence(one, SMALL, new) for one in differences(SMALL, new)]
    assert found[0] == words
    assert len(found) == (2 if "row of the completion" in words else 1)


def test_another_target_says_which_it_was() -> None:
    def aimed(first_value: int, complete: int | None) -> Playbook:
        days = [
            Timing("within", f"{n}d", within(n, "d").span, "signed") if n else None for n in (first_value, complete)
        ]
        return replace(SMALL, targets=Targets(*days))

    def told(one: Playbook, other: Playbook) -> list[str]:
        return [sentence(change, one, other) for change in differences(one, other)]

    later = "has its target for first value 15 days later: within 75 days of the signature, was 60 days"
    assert told(aimed(60, 90), aimed(75, 90)) == [f"The playbook {later}"]
    gone = "has no target for completion any more, was within 90 days of the signature"
    assert told(aimed(60, 90), aimed(75, None)) == [f"The playbook {later}; {gone}"]
    (new,) = told(aimed(60, None), aimed(60, 90))
    assert new == "The playbook has its target for completion within 90 days of the signature, was none"
    assert value_words(aimed(60, None).targets, SMALL) == "first value within 60 days of the signature"


def test_before_and_after_are_told_from_the_readers_side() -> None:
    earlier = with_task(SMALL, "call", due=Timing("before", "3d before x", within(3, "d").span, "stage.value.entered"))
    later = with_task(SMALL, "call", due=Timing("before", "1d before x", within(1, "d").span, "stage.value.entered"))
    (words,) = [sentence(one, earlier, later) for one in differences(earlier, later)]
    assert words == "Kickoff call is due 2 days later: 1 day before “First value” begins, was 3 days"


def test_numbered_days_are_compared_too() -> None:
    one, other = (with_task(SMALL, "call", due=Timing("day", f"day {day}", day=day)) for day in (16, 13))
    (words,) = [sentence(change, one, other) for change in differences(one, other)]
    assert words == "Kickoff call is due 3 days earlier: on day 13, was day 16"


@dataclass(frozen=True)
class Renaming(Playbook):
    """A version that says what it renamed."""

    was: tuple[tuple[str, str], ...] = ()


def renaming(book: Playbook, *was: tuple[str, str]) -> Playbook:
    return Renaming(**{field.name: getattr(book, field.name) for field in fields(book)} | {"was": was})


def test_a_renamed_thing_is_the_same_thing() -> None:
    names = (
        ("task.call", "task.first_call"),
        ("role.champion", "role.sponsor"),
        ("form.kickoff.people", "form.kickoff.guests"),
    )
    new = renaming(called(SMALL, dict(names)), *names)
    assert new.task("first_call").must == ("csm", "sponsor")
    assert new.task("sign_plan").after == (Link("first_call"),)
    assert new.task("sign_plan").due == after(3, "wd", "task.first_call.held")
    assert new.find("form", "kickoff").field("guests")
    assert differences(SMALL, new) == []
    assert differences(new, SMALL) == []
    assert renames(SMALL, new) == dict(names)
    assert renames(new, new) == {}
    assert called(called(SMALL, dict(names)), {now: was for was, now in names}) == SMALL


def test_what_is_kept_of_a_journey_is_said_in_the_new_ids() -> None:
    names = {"task.call": "task.first_call", "form.kickoff.people": "form.kickoff.guests"}
    kept = {"readings": {"task.call.done": True, "task.callers.done": 1}, "missing": ["answer.kickoff.people"]}
    assert said(kept, names) == {
        "readings": {"task.first_call.done": True, "task.callers.done": 1},
        "missing": ["answer.kickoff.guests"],
    }


def test_every_shipped_playbook_is_taken_apart_and_put_together(settings: Any) -> None:
    from onward.playbooks.decisions.publishing import Draft, lint

    shelf = read_shelf(settings.PLAYBOOKS_DIR)
    for name, text in shelf.playbooks.items():
        book = lint(Draft(text, name, shelf.beside, shelf.texts)).playbook
        assert book is not None
        assert put_together(things(book)) == book
        assert differences(book, book) == []
        for one in differences(SMALL, book) + differences(book, SMALL):
            assert sentence(one, SMALL, book)


def names(base: Playbook, ours: Playbook, new: Playbook) -> list[tuple[str, bool]]:
    return [(one.name, one.is_conflict) for one in changes(base, ours, new)]


def test_where_the_plan_stands_as_it_was_it_takes_the_new() -> None:
    new = with_task(SMALL, "call", due=within(5, "d"))
    assert names(SMALL, SMALL, new) == [("task.call.due", False)]
    assert taken(SMALL, new, changes(SMALL, SMALL, new))[0] == new


def test_what_the_new_version_did_not_touch_stays_as_the_plan_has_it() -> None:
    ours = with_task(SMALL, "call", due=within(9, "d"))
    assert names(SMALL, ours, SMALL) == []
    new = with_task(SMALL, "connect", title="Connect")
    book, _ = taken(ours, new, changes(SMALL, ours, new))
    assert book.task("call").due == within(9, "d")
    assert book.task("connect").title == "Connect"


def test_where_both_moved_it_is_a_conflict_and_the_same_move_is_none() -> None:
    ours, new = with_task(SMALL, "call", due=within(9, "d")), with_task(SMALL, "call", due=within(5, "d"))
    assert names(SMALL, ours, new) == [("task.call.due", True)]
    assert names(SMALL, new, new) == []
    assert names(SMALL, without(SMALL, "polish"), with_task(SMALL, "polish", title="Shine")) == [("task.polish", True)]
    assert names(SMALL, with_task(SMALL, "polish", title="Shine"), without(SMALL, "polish")) == [("task.polish", True)]


def test_what_the_plan_alone_has_or_left_out_stays_so() -> None:
    ours = added(without(SMALL, "polish"), "setup", Task("own", "Our own", "to_do", "setup", "csm"))
    assert names(SMALL, ours, SMALL) == []
    new = added(SMALL, "setup", Task("train", "Train the team", "to_do", "setup", "csm"))
    book, _ = taken(ours, new, changes(SMALL, ours, new))
    assert [task.id for task in book.stage("setup").tasks] == ["connect", "migrate", "own", "train"]


@pytest.mark.parametrize(
    ("base", "ours", "new", "result"),
    [
        (("a", "b"), ("a", "b"), ("a", "c", "b"), ("a", "c", "b")),
        (("a", "b"), ("a", "b", "x"), ("a", "c", "b"), ("a", "c", "b", "x")),
        (("a", "b"), ("x", "a", "b"), ("b", "a"), ("x", "b", "a")),
        (("a", "b"), ("b",), ("a", "b", "c"), ("b", "c")),
        (("a", "b"), ("a", "b", "x"), ("b",), ("b", "x")),
        (("a", "b"), ("a", "y"), ("a", "b", "x"), ("a", "y", "x")),
    ],
)
def test_people_and_steps_are_merged_one_by_one(base: Any, ours: Any, new: Any, result: Any) -> None:
    assert by_element(base, ours, new) == result


def test_a_step_that_both_changed_is_a_conflict() -> None:
    one, two, three = (Step("a", title) for title in ("A", "B", "C"))
    assert by_element((one,), (two,), (three,)) is None
    assert by_element((one,), (two,), (one, Step("b", "B"))) == (two, Step("b", "B"))


def test_what_only_we_have_stands_behind_its_neighbour() -> None:
    assert in_order(["a", "x", "y", "b"], ["b", "a", "c"]) == ["b", "a", "x", "y", "c"]


def test_what_is_named_by_something_that_stays_is_not_taken_away() -> None:
    # The plan keeps a changed exit that names a task which the new version no longer has.
    ours = with_stage(
        SMALL, "value", exit=(Check("polished", "Polished", when=yes("task.polish.done", "task.polish.done")),)
    )
    new = without(SMALL, "polish")
    book, needed = taken(ours, new, changes(SMALL, ours, new))
    assert book.task("polish")
    assert needed == {}


def test_what_is_declined_and_needed_all_the_same_is_named() -> None:
    train = Task("train", "Train the team", "to_do", "setup", "csm")
    new = with_task(added(SMALL, "setup", train), "connect", after=(Link("train"),))
    found = changes(SMALL, SMALL, new)
    without_it = [one for one in found if one.name != "task.train"]
    assert taken(SMALL, new, without_it, ["task.train"])[1] == {"task.train": "task.connect"}


def test_a_stage_that_came_stands_where_the_new_version_has_it() -> None:
    check = Stage("check", "Check", "csm", after=("kickoff",))
    new = replace(SMALL, stages=(SMALL.stages[0], check, *SMALL.stages[1:]))
    book, _ = taken(SMALL, new, changes(SMALL, SMALL, new))
    assert [stage.id for stage in book.stages] == ["kickoff", "check", "setup", "value"]
