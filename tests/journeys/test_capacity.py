"""Who has room: by hand for what the rule says, at random for what always holds; roles go to whoever has the most."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st

from onward.identity import actions as identity
from onward.journeys import actions as journeys
from onward.journeys import queries
from onward.journeys.decisions.capacity import Load, Person, Work, by_room, loads, outlook, room_words
from onward.kernel.clock import WorkingCalendar
from onward.kernel.ids import parse_id
from onward.kernel.refusals import Refusal
from onward.playbooks.decisions.parts import Role
from tests.journeys.test_journey import task
from tests.threads import meeting
from tests.world import SIGNED, SMALL, Cast, cast, publish, staff

WEDNESDAY = date(2026, 3, 4)
#: Friday of that week is a holiday of ours, Tuesday of the next is her day off.
CALENDAR = WorkingCalendar(holidays=frozenset({date(2026, 3, 6)})).without(frozenset({date(2026, 3, 10)}))
MONDAY = date(2026, 3, 9)
MAYA = Person("user:maya", "Maya", "specialists", CALENDAR, 8.0)


def planned(*work: Work, person: Person = MAYA, weeks: int = 3) -> Load:
    (found,) = loads([person], work, WEDNESDAY, weeks)
    return found


def one(due: date | None, effort: float | None = 8.0, **more: object) -> Work:
    return Work(uuid4(), "user:maya", due, **({"can_begin": True, "effort": effort} | more))  # type: ignore[arg-type]


def test_hours_they_have_are_those_of_the_days_that_are_left() -> None:
    # Wednesday and Thursday; then a week without its Tuesday; then a whole one.
    assert [week.has for week in planned().weeks] == [16, 32, 40]
    assert [week.has for week in planned(person=replace(MAYA, hours=4.8)).weeks] == pytest.approx([9.6, 19.2, 24])


@pytest.mark.parametrize(
    ("work", "hours", "due"),
    [
        # What may begin: over Wednesday, Thursday, Monday and Wednesday, evenly.
        (one(date(2026, 3, 11)), [4, 4, 0], 1),
        # What waits begins so late that its hours just fit: on the day it is due.
        (one(date(2026, 3, 11), can_begin=False), [0, 8, 0], 1),
        # Two days before a Wednesday after her day off: the Monday and the Wednesday.
        (one(date(2026, 3, 11), 16.0, can_begin=False), [0, 16, 0], 1),
        # What waits for others that end later, as things stand: on the last day that it can have, and not this week.
        (one(date(2026, 3, 2), can_begin=False, begins_on=date(2026, 3, 18), ends_on=date(2026, 3, 18)), [0, 0, 8], 0),
        (
            one(date(2026, 3, 5), 16.0, can_begin=False, begins_on=date(2026, 3, 13), ends_on=date(2026, 3, 16)),
            [0, 8, 8],
            0,
        ),
        (
            one(date(2026, 3, 5), 16.0, can_begin=False, begins_on=date(2026, 3, 16), ends_on=date(2026, 3, 16)),
            [0, 0, 16],
            0,
        ),
        (one(date(2026, 3, 2)), [8, 0, 0], 0),  # late: for today
        (one(date(2026, 3, 8)), [8, 0, 0], 0),  # due on a Sunday: before it
        (one(date(2026, 3, 10), can_begin=False, effort=4.0), [0, 4, 0], 1),  # on her day off: the working day before
        (one(date(2026, 3, 20), 1.0, held_on=date(2026, 3, 12)), [0, 1, 0], 1),  # a meeting: on its day
        (one(date(2026, 3, 10), 1.0, held_on=date(2026, 3, 10)), [0, 1, 0], 1),  # a meeting on her day off
        (one(date(2026, 3, 5), 8.0, spent=6.0), [2, 0, 0], 0),  # less what is logged
        (one(date(2026, 3, 5), 8.0, spent=9.0), [0, 0, 0], 0),  # never below nothing
        (one(date(2026, 4, 30), 40.0, can_begin=False), [0, 0, 0], None),  # beyond what is shown
    ],
)
def test_a_task_is_spread_over_the_days_that_it_has(work: Work, hours: list[float], due: int | None) -> None:
    # red when a day off carries work, or what waits is done as if it could begin
    weeks = planned(work).weeks
    assert [round(week.planned, 6) for week in weeks] == hours
    assert [number for number, week in enumerate(weeks) if work.id in week.due] == ([] if due is None else [due])


def test_what_nobody_can_tell_and_what_has_no_date_is_named_and_takes_no_hours() -> None:
    unknown, undated = one(date(2026, 3, 5), None), one(None)
    load = planned(unknown, undated)
    assert load.unknown == [unknown.id]
    assert load.undated == [undated.id]
    assert sum(week.planned for week in load.weeks) == 0
    assert load.weeks[0].due == [unknown.id]


@pytest.mark.parametrize(
    ("effort", "state"), [(8, "room"), (15.5, "full"), (16, "full"), (16.2, "full"), (17, "over"), (0, "room")]
)
def test_over_is_more_than_there_is(effort: float, state: str) -> None:
    assert planned(one(date(2026, 3, 5), float(effort))).weeks[0].state == state


def test_who_has_no_hours_is_away_until_something_is_planned() -> None:
    nobody = replace(MAYA, hours=0.0)
    assert {week.state for week in planned(person=nobody).weeks} == {"away"}
    assert planned(one(date(2026, 3, 5)), person=nobody).weeks[0].state == "over"


days = st.dates(date(2026, 2, 1), date(2026, 6, 30))


@settings(max_examples=12, deadline=None)
@given(
    st.lists(
        st.builds(
            one, days, st.floats(0.25, 60), can_begin=st.booleans(), spent=st.floats(0, 20),
            held_on=st.none() | days, begins_on=st.none() | days, ends_on=st.none() | days,
        ),
        max_size=4,
    ),
    st.frozensets(days, max_size=30),
)  # fmt: skip
def test_no_hour_is_lost_or_made_and_none_falls_on_a_week_without_days(work: list[Work], away: frozenset[date]) -> None:
    load = planned(*work, person=replace(MAYA, calendar=CALENDAR.without(away)), weeks=40)
    assert sum(week.planned for week in load.weeks) == pytest.approx(sum(each.left for each in work))
    assert all(week.has for week in load.weeks if week.planned > 1e-9)
    assert sorted(found for week in load.weeks for found in week.due) == sorted(each.id for each in work)
    # What is alike is read as one row, and a day gone by as today: red where that would be another load.
    alike = [
        replace(
            each,
            due_on=max(each.due_on or WEDNESDAY, WEDNESDAY), held_on=each.held_on and max(each.held_on, WEDNESDAY),
            begins_on=ahead(each.begins_on), ends_on=ahead(each.ends_on), like=(uuid4(),),
        )
        for each in work
    ]  # fmt: skip
    twice = planned(*alike, person=load.person, weeks=40)
    assert [week.planned for week in twice.weeks] == pytest.approx([2 * week.planned for week in load.weeks])
    assert [len(week.due) for week in twice.weeks] == [2 * len(week.due) for week in load.weeks]
    assert twice.tasks == 2 * load.tasks


def ahead(day: date | None) -> date | None:
    return day if day and day > WEDNESDAY else None


def test_headline_sum_and_rows_have_one_answer() -> None:
    # red when whom nobody can tell counts as free, or a week that is full or over is not named
    def of(name: str, *work: Work) -> Load:
        theirs = (replace(each, person=f"user:{name}") for each in work)
        return planned(*theirs, person=replace(MAYA, ref=f"user:{name}", name=name))

    untold, idle, some = of("Untold", one(MONDAY, None)), of("Idle"), of("Some", one(MONDAY, 4.0))
    full, late = of("Full", one(WEDNESDAY, 16.0)), of("Late", one(MONDAY, 40.0, held_on=MONDAY))
    calm = outlook([untold, idle, some, full], 3)
    assert calm.roomiest is idle, "the most hours in the table are the most in the headline"
    assert (calm.told, calm.untold) == ([idle, some, full], 1)
    assert [(load.person.name, week.monday) for load, week in calm.full] == [("Full", date(2026, 3, 2))]
    assert outlook([untold, some, full], 3).roomiest is some
    now = of("Now", one(WEDNESDAY, 30.0), one(WEDNESDAY, None), one(WEDNESDAY, None))
    busy = outlook([late, untold, now], 3)
    assert [(load.person.name, week.monday.day) for load, week in busy.over] == [("Now", 2), ("Late", 9)]
    assert (busy.roomiest, busy.untold) == (None, 2)
    assert outlook([of("Ill", one(WEDNESDAY, 400.0), one(MONDAY, None), one(MONDAY, None))], 3).untold == 0


def test_of_equals_who_holds_fewer_roles_goes_first_then_the_name() -> None:
    maya, jonas, anna = (
        planned(person=replace(MAYA, ref=f"user:{name}", name=name)) for name in ("Maya", "Jonas", "Anna")
    )
    maya.roles = jonas.roles = anna.roles = 1
    assert [load.person.name for load in by_room([maya, jonas, anna])] == ["Anna", "Jonas", "Maya"]
    anna.roles = 2
    assert by_room([maya, jonas, anna])[0].person.name == "Jonas"
    busy = planned(one(date(2026, 3, 11)))
    assert room_words(by_room([busy, jonas])) == "Jonas has 88 hours free in the next 4 weeks, Maya 80"
    late = planned(one(date(2026, 3, 11), 100.0))
    assert room_words([late]) == "Maya is 12 hours over in the next 4 weeks"
    untold = planned(one(date(2026, 3, 11), None))
    untold.person = replace(MAYA, name="Anna")
    assert (
        room_words(by_room([untold, busy]))
        == "Maya has 80 hours free in the next 4 weeks; Anna has hours that nobody can tell"
    ), "no effort given is no room"
    assert by_room([late, untold])[0] is untold


LOADED = replace(
    SMALL, id="loaded", choose_when=None,
    roles=(*SMALL.roles, Role("specialist", "Specialist", "ours", "least_loaded", "specialists")),
    stages=(
        replace(
            SMALL.stages[0],
            tasks=(
                *SMALL.stages[0].tasks,
                replace(SMALL.stages[0].tasks[0], id="provision", title="Provision", kind="to_do", by="specialist",
                        effort_hours=30.0, minutes=0, must=(), form="", picks="", agenda=()),
            ),
        ),
        *SMALL.stages[1:],
    ),
)  # fmt: skip


def team_of_two() -> tuple[Cast, dict[str, str], UUID]:
    """The cast, Jonas and Maya as specialists by reference, and a playbook that gives its tasks to one of them."""
    world = cast()
    refs = {name: f"user:{staff(name, 'member', team='Specialists').id}" for name in ("Jonas", "Maya")}
    return world, refs, publish(LOADED)


def specialist(world: Cast, journey: UUID) -> str:
    role = next(role for role in queries.journey_view(world.mara, journey).roles if role.role == "specialist")
    assert role.person
    return role.person.ref


@pytest.mark.django_db
def test_a_role_by_load_goes_to_who_has_the_most_hours_and_says_why() -> None:
    # red when roles are counted instead of hours, or a day off counts as room
    world, refs, version = team_of_two()
    with time_machine.travel(SIGNED, tick=False):
        given = {"actor": world.mara, "version_id": version, "signed_at": SIGNED}
        first = journeys.open_journey(account_id=world.acme, **given)
        assert specialist(world, first) == refs["Jonas"]
        second = journeys.open_journey(account_id=world.globex, **given)
        assert specialist(world, second) == refs["Maya"]
        why = queries.reasons_of(world.mara, second)["specialist"]
        assert why == "Maya has 160 hours free in the next 4 weeks, Jonas 130"
        away = parse_id("usr", refs["Jonas"].removeprefix("user:"))
        identity.take_days_off(actor=world.admin, user_id=away, days="2026-03-02 to 2026-03-13 Holiday")
        assert queries.team_loads(["specialists"])["specialists"][0].person.ref == refs["Maya"]
        identity.give_share(
            actor=world.admin, user_id=parse_id("usr", refs["Maya"].removeprefix("user:")), share="10 %"
        )
        assert specialist(world, journeys.open_journey(account_id=world.acme, **given)) == refs["Jonas"]


@pytest.mark.django_db
def test_another_may_be_chosen_and_a_stale_choice_is_said() -> None:
    world, refs, version = team_of_two()
    given = {"actor": world.mara, "account_id": world.acme, "version_id": version, "signed_at": SIGNED}
    with time_machine.travel(SIGNED, tick=False):
        chosen = journeys.open_journey(**given, people={"specialist": refs["Maya"]})
        assert specialist(world, chosen) == refs["Maya"]
        assert queries.reasons_of(world.mara, chosen) == {}
        with pytest.raises(Refusal, match="Jonas now has the most room as Specialist") as refused:
            journeys.open_journey(**given, shown={"specialist": refs["Maya"]})
        assert refused.value.code == "stale"
        for people in ({"csm": refs["Maya"]}, {"specialist": f"contact:{world.dana.id}"}):
            with pytest.raises(Refusal) as refused:
                journeys.open_journey(**given, people=people)
            assert refused.value.code == "invalid"


@pytest.mark.django_db(transaction=True)
def test_two_journeys_at_once_do_not_count_on_the_same_hours() -> None:
    # red without the lock: both find Jonas with all of his hours
    world, refs, version = team_of_two()
    given = {"actor": world.mara, "version_id": version, "signed_at": SIGNED}
    results = meeting(
        "playbooks_version",
        version,
        lambda: journeys.open_journey(account_id=world.acme, **given),
        lambda: journeys.open_journey(account_id=world.globex, **given),
    )
    assert {specialist(world, journey) for journey in results} == set(refs.values())


@pytest.mark.django_db
def test_time_that_was_logged_tells_how_long_the_like_takes() -> None:
    # red when two are enough to tell, or when the present task counts itself
    world, refs, _ = team_of_two()
    book = replace(LOADED, id="untold", stages=tuple(
        replace(stage, tasks=tuple(replace(each, effort_hours=0.0) for each in stage.tasks)) for stage in LOADED.stages
    ))  # fmt: skip
    version = publish(book)
    with time_machine.travel(SIGNED + timedelta(hours=1), tick=False):

        def open_one() -> UUID:
            journey = journeys.open_journey(
                actor=world.mara, account_id=world.acme, version_id=version, signed_at=SIGNED
            )
            return task(queries.journey_view(world.mara, journey), "provision").id

        waits = open_one()
        for minutes, known in ((60, (None, "")), (120, (None, "")), (600, (2.0, "usual"))):
            done = open_one()
            journeys.log_hours(actor=world.mara, task_id=done, minutes=minutes)
            journeys.complete_task(actor=world.mara, task_id=done)
            held = [one for person in refs.values() for one in queries.planned_tasks(world.mara, person)]
            (found,) = (one for one in held if one.work.id == waits)
            assert (found.work.effort, found.source) == known
