"""The end of a journey: who owns it then, who is free, and the next cycle that takes over what is left."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from onward.accounts import queries as accounts
from onward.automation.queries import auditing
from onward.foundation import ledger
from onward.interfaces.portal.team import our_people
from onward.journeys import actions as journeys
from onward.journeys import queries
from onward.kernel.actor import Actor
from onward.kernel.ids import parse_id
from onward.kernel.refusals import Refusal
from tests.journeys.playing import Play, played
from tests.world import SIGNED, signed_in

pytestmark = pytest.mark.django_db

HEAD = """
playbook: told
language: 1
title: Told
accountable: csm
roles:
  ours: {csm: account owner, specialist: {fill: by hand}, next_csm: {fill: by hand, optional: true}}
  theirs: {champion: asked of csm}
on_complete: {account: active, free: [specialist]}
milestones: [{milestone: value, first_value: true, by_hand: csm, when: objectives.met >= 1}]
forms: [{form: review, title: Review, fields: [{field: next_goal, title: What comes next, type: long_text}]}]
"""
STAGES = """
stages:
  - stage: only
    tasks:
      - {task: work, by: specialist}
      - {task: look_back, kind: form, form: review, by: csm, optional: true}
      - {task: leftover, by: specialist, optional: true}
"""
OVER = "      - {task: give, kind: hand_over, role: csm, to: next_csm, by: csm, optional: true}\n"


def user(actor: Actor) -> str:
    return f"user:{actor.id}"


def name(play: Play, role: str, person: Actor | None) -> None:
    journeys.fill_role(
        actor=play.world.mara, journey_id=play.journey, role=role, person=user(person) if person else None
    )


def owner(play: Play) -> str:
    account = accounts.account(play.world.mara, play.world.acme)
    seen = play.view().owner
    assert seen is not None
    assert account.owner_id is not None
    assert seen.ref == f"user:usr_{account.owner_id}" or parse_id("usr", seen.ref[5:]) == account.owner_id
    return seen.name


def planned(play: Play, person: Actor) -> set[str]:
    """The titles of what is planned for somebody, in all journeys."""
    return {one.title for one in queries.planned_tasks(play.world.mara, user(person))}


def test_completion_hands_ownership_on_and_sets_specialists_free() -> None:
    with played(STAGES, head=HEAD) as play:
        name(play, "specialist", play.world.tomas)
        name(play, "next_owner", play.world.admin)
        assert planned(play, play.world.tomas) == {"Work", "Leftover"}
        before = queries.ending(play.world.mara, play.journey)
        assert (before.next and before.next.name, before.leaving[0].until) == ("Ada", None)
        assert owner(play) == "Mara"
        play.day(10)
        play.done("work", play.world.tomas)
        assert play.view().state == "completed"
        assert owner(play) == "Ada"
        seen = queries.ending(play.world.mara, play.journey)
        assert seen.before is not None
        assert (seen.before.name, seen.handed_at) == ("Mara", SIGNED + timedelta(days=10))
        assert [(one.person.name, one.until, one.tasks) for one in seen.leaving] == [
            ("Tomas", SIGNED + timedelta(days=10), 1)
        ]
        assert planned(play, play.world.tomas) == set()
        told = {fact.name: fact.data for fact in ledger.facts_of(journey=play.journey)}
        assert told["journey.role_handed_over"]["after"] == user(play.world.admin)
        assert told["journey.role_ended"] == {"role": "specialist", "person": user(play.world.tomas)}
        page = signed_in(play.world.mara)
        words = page.get(f"/journeys/{play.view().ref}/completion").content.decode()
        assert "Ada took over from Mara" in words
        assert "Tomas is free" in words
        assert "Ada took over from Mara" in page.get(f"/accounts/{play.view().account_ref}").content.decode()
        assert [one.name for one in our_people(play.view(play.world.dana))] == ["Ada", "Ada"]
        journeys.reopen_task(actor=play.world.mara, task_id=play.task("work").id)
        assert queries.ending(play.world.mara, play.journey).leaving[0].until is None
        assert planned(play, play.world.tomas) == {"Work", "Leftover"}
        assert list(auditing.differences(play.clock_now())) == []


def test_a_task_hands_a_role_over_once_and_later_words_stand() -> None:
    with played(STAGES + OVER, head=HEAD) as play:
        name(play, "specialist", play.world.tomas)
        name(play, "next_csm", play.world.admin)
        with pytest.raises(Refusal, match="There is no role"):
            name(play, "next_owner", play.world.admin)
        play.day(3)
        play.done("give")
        assert owner(play) == "Ada"
        play.day(4)
        journeys.fill_role(actor=play.world.mara, journey_id=play.journey, role="csm", person=user(play.world.mara))
        name(play, "next_csm", None)
        play.day(5)
        play.done("work", play.world.tomas)
        seen = play.view().owner
        assert seen is not None
        assert seen.name == "Mara", "nobody is chosen any more, and what was said by hand stands"


def test_an_account_that_somebody_else_owns_stays_theirs() -> None:
    from onward.accounts import actions

    with played(STAGES, head=HEAD) as play:
        viewer = parse_id("usr", play.world.viewer.id)
        actions.change_account(actor=play.world.admin, account_id=play.world.acme, owner_id=viewer)
        name(play, "next_owner", play.world.admin)
        play.done("work")
        assert play.view().owner == queries.Person(user(play.world.admin), "Ada", "ours")
        assert accounts.account(play.world.mara, play.world.acme).owner_id == viewer


def test_the_next_cycle_takes_over_people_and_goals_and_begins_once() -> None:
    with played(STAGES, head=HEAD) as play:
        world, first = play.world, play.journey
        name(play, "specialist", world.tomas)
        given = {"journey_id": first, "version_id": play.version}
        with pytest.raises(Refusal, match="is not complete"):
            journeys.start_next_cycle(actor=world.mara, **given)
        goal = journeys.write_objective(
            actor=world.mara,
            journey_id=first,
            outcome="Second team",
            due_on=date(2026, 9, 1),
            owner_contact_id=world.dana_id,
        )
        reached = journeys.write_objective(actor=world.mara, journey_id=first, outcome="First team")
        journeys.meet_objective(actor=world.mara, objective_id=reached, evidence="Seen")
        play.answer("look_back", next_goal="Reports for the board")
        play.done("work", world.tomas)
        left = queries.carried(world.mara, first)
        assert [(one.outcome, one.due_on) for one in left.goals] == [
            ("Second team", date(2026, 9, 1)),
            ("Reports for the board", None),
        ]
        assert [(one.role, one.is_free) for one in left.people] == [
            ("csm", False),
            ("specialist", True),
            ("champion", False),
        ]
        browser, page = signed_in(world.mara), f"/journeys/new?after={left.ref}"
        form = browser.get(page).content.decode()
        assert 'value="csm" checked' in form
        assert 'value="specialist" checked' not in form
        said = {
            "account": play.view().account_ref,
            "after": left.ref,
            "version": left.version,
            "title": "Second cycle",
            "role": ["csm", "champion"],
            "goal": [one.key for one in left.goals],
        }
        answer = browser.post("/journeys/new", said)
        assert answer.status_code == 302
        play.journey = parse_id("jny", answer["Location"].rpartition("/")[2])
        view = play.view()
        assert [one.outcome for one in view.objectives] == ["Second team", "Reports for the board"]
        assert view.objectives[0].id != goal
        assert not any(one.agreed_at for one in view.objectives)
        assert {one.role for one in view.roles if one.person} == {"csm", "champion"}
        again = browser.post("/journeys/new", {**said, "another": "1"})
        assert again.status_code == 409
        assert "The next cycle has begun already: Second cycle." in again.content.decode()
        for ref, words in ((left.ref, "Second cycle"), (view.ref, "Told")):
            assert f">{words}</a>" in browser.get(f"/journeys/{ref}").content.decode()
        journeys.cancel_journey(actor=world.mara, journey_id=play.journey, reason="Not now")
        assert journeys.start_next_cycle(actor=world.mara, **given)
        with pytest.raises(Refusal):
            queries.carried(world.dana, first)
