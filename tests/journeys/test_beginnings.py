"""How a journey begins: before the signature, with somebody's yes, on the signature of a deal."""

from __future__ import annotations

import re
from datetime import date

import pytest

from onward.accounts import actions as accounts
from onward.automation.queries import auditing
from onward.foundation import clock, ledger
from onward.identity import actions as identity
from onward.journeys import actions as journeys
from onward.journeys import queries
from onward.kernel.actor import Actor
from onward.kernel.ids import parse_id
from onward.kernel.refusals import Refusal
from tests.journeys.playing import HEAD, Play, played
from tests.world import SIGNED, signed_in, staff

pytestmark = pytest.mark.django_db

EARLY = (
    HEAD
    + """
choose_when: account.seats >= 1
choose_rank: 90
opens_when: deal.stage == "Negotiating"
"""
)
STAGES = """
stages:
  - stage: transition
    tasks:
      - {task: prepare, by: csm, due: day -7}
      - {task: hello, by: csm, due: within 24h of signed}
      - {task: read_up, by: csm, due: 1wd after started}
    exit: [{check: prepared, title: We are prepared, when: task.prepare.done}]
  - stage: kickoff
    enter_when: deal.won
    due: day 14
    tasks: [{task: call, by: csm}]
"""


def journeys_of(play: Play) -> list[str]:
    return [line.state for line in queries.journeys_of(play.world.mara, play.world.acme)]


def test_a_playbook_may_begin_with_a_stage_of_the_deal_before_it_is_signed() -> None:
    with played(STAGES, opened=False, head=EARLY) as play:
        play.day(-20)
        deal = play.sell(stage="Discovery")
        assert journeys_of(play) == []
        play.day(-10)
        accounts.change_deal(actor=play.world.mara, deal_id=deal, stage="Negotiating")
        (line,) = queries.journeys_of(play.world.mara, play.world.acme)
        play.journey = line.id
        assert play.view().signed_at is None
        # What counts from the signature has no date yet; what counts from the opening has.
        assert [play.task(key).due_at is None for key in ("prepare", "hello", "read_up")] == [True, True, False]
        play.done("prepare")
        assert play.stages() == ["closed", "waiting"]
        play.day(0)
        accounts.win_deal(actor=play.world.mara, deal_id=deal, signed_at=SIGNED)
        view = play.view()
        assert (view.signed_at, play.stages()) == (SIGNED, ["closed", "entered"])
        assert play.task("hello").promise
        assert view.stages[1].due_on is not None
        assert journeys_of(play) == ["open"]
        assert list(auditing.differences(clock.now())) == []


def test_a_deal_that_is_lost_ends_what_began_before_its_signature() -> None:
    with played(STAGES, opened=False, head=EARLY) as play:
        deal = play.sell(stage="Negotiating")
        assert journeys_of(play) == ["open"]
        accounts.lose_deal(actor=play.world.mara, deal_id=deal)
        assert journeys_of(play) == ["cancelled"]


def test_nobody_is_asked_for_a_playbook_before_the_signature() -> None:
    with played(STAGES, opened=False, head=EARLY.replace('deal.stage == "Negotiating"', "deal.won")) as play:
        play.sell(stage="Negotiating")
        assert journeys_of(play) == []
        assert queries.waiting_deals(play.world.mara) == []


APPROVE = HEAD + "approve: {by: manager, when: account.arr > 250000}\n"
ONE = """
stages:
  - stage: start
    tasks: [{task: hello, by: csm, due: 1wd after started}]
"""


def big(play: Play, arr: int = 300_000) -> Actor:
    """Acme is worth so much, and Olga leads Mara."""
    olga = staff("Olga", "member")
    identity.change_user(
        actor=play.world.admin, user_id=parse_id("usr", play.world.mara.id), manager_id=parse_id("usr", olga.id)
    )
    accounts.change_account(actor=play.world.admin, account_id=play.world.acme, arr=arr)
    play.open()
    return olga


def test_a_journey_waits_for_the_yes_of_whoever_leads_and_then_begins() -> None:
    with played(ONE, opened=False, head=APPROVE) as play:
        olga = big(play)
        browser = signed_in(olga)
        view = play.view()
        assert (view.state, play.stages()) == ("asked", ["waiting"])
        path = f"/journeys/{view.ref}"
        assert "it waits for" in browser.get(path).content.decode()
        # On her own list of work, and for nobody else to say.
        assert b"Say whether" in browser.get("/").content
        assert b"Say whether" not in signed_in(play.world.tomas).get("/").content
        with pytest.raises(Refusal, match="said by Olga"):
            journeys.answer_approval(actor=play.world.mara, journey_id=play.journey, yes=True)
        with pytest.raises(Refusal, match="has not begun"):
            play.done("hello")
        assert queries.journeys_of(play.world.dana, play.world.acme) == []
        with pytest.raises(Refusal, match="There is no journey"):
            play.view(play.world.dana)
        play.day(2)
        assert signed_in(olga).post(f"{path}/approval", {"yes": "1"}).status_code == 302
        assert (play.view().state, play.stages(), play.states("hello")) == ("open", ["entered"], ["open"])
        assert play.view().started_at == clock.now()
        assert [name for name in play.names() if name in {"journey.asked", "journey.approved", "journey.opened"}] == [
            "journey.asked", "journey.approved", "journey.opened",
        ]  # fmt: skip
        assert len(queries.journeys_of(play.world.dana, play.world.acme)) == 1
        assert list(auditing.differences(clock.now())) == []


def test_a_no_ends_it_with_the_reason_and_the_customer_never_hears_of_it() -> None:
    with played(ONE, opened=False, head=APPROVE) as play:
        olga = big(play)
        browser = signed_in(olga)
        with pytest.raises(Refusal, match="reason is missing"):
            journeys.answer_approval(actor=olga, journey_id=play.journey, yes=False)
        path = f"/journeys/{play.view().ref}"
        browser.post(f"{path}/approval", {"yes": "0", "reason": "The contract is not checked"})
        view = play.view()
        assert (view.state, view.end_reason) == ("cancelled", "Olga said no: The contract is not checked")
        assert "The contract is not checked" in browser.get(path).content.decode()
        assert queries.journeys_of(play.world.dana, play.world.acme) == []
        assert list(auditing.differences(clock.now())) == []


def test_no_yes_is_asked_for_where_its_condition_does_not_hold() -> None:
    with played(ONE, opened=False, head=APPROVE) as play:
        big(play, arr=10_000)
        assert (play.view().state, play.states("hello")) == ("open", ["open"])
        assert "journey.approved" not in play.names()


def test_where_nobody_knows_whether_a_yes_is_needed_it_is_until_that_is_known() -> None:
    with played(ONE, opened=False, head=APPROVE) as play:
        play.open()
        assert play.view().state == "asked"
        # As soon as it is known that none is needed it begins by itself.
        accounts.change_account(actor=play.world.admin, account_id=play.world.acme, arr=10_000)
        assert play.view().state == "open"
        assert ledger.stuck_rows() == []


PROMISED = """
stages:
  - stage: setup
    tasks:
      - {task: send, title: Send the lists, by: champion, due: 7d after signed}
      - {task: load, title: Load them, by: csm, after: [send], due: within 4wd of task.send.done}
"""


def test_a_promise_of_something_still_to_come_is_planned_from_its_date_and_cannot_be_broken_yet() -> None:
    with played(PROMISED) as play:
        # Theirs ends on Monday 9 March over there, which is Tuesday here: four working days are still Friday's.
        assert [play.task(key).due_on for key in ("send", "load")] == [date(2026, 3, 9), date(2026, 3, 13)]
        play.day(20)
        assert play.task("load").promise
        assert broken(play) == [], "red when what waits for the customer is told as our broken promise"
        play.done("send")
        assert play.task("load").due_on == date(2026, 3, 26)
        play.day(30)
        assert broken(play) == ["task.load"]


def test_a_step_that_is_called_like_what_asks_for_a_name_keeps_its_own_date() -> None:
    # red when it is taken for the step that names who fills a role: it then falls on the stage's last day
    with played(re.sub(r"\bsend\b", "fill_in", PROMISED)) as play:
        assert play.task("fill_in").due_on == date(2026, 3, 9)


def broken(play: Play) -> list[str]:
    facts = ledger.facts_of(journey=play.journey)
    return [fact.data["thing"] for fact in facts if fact.name == "journey.promise.broken"]
