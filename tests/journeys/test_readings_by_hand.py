"""Numbers and judgements that people set: they count while they are young, and are asked for again when old."""

from __future__ import annotations

import pytest

from onward.automation.queries import auditing
from onward.foundation import clock
from onward.journeys import actions as journeys
from onward.kernel.refusals import Refusal
from tests.journeys.playing import Play, played
from tests.stories.doors import words_of
from tests.world import signed_in

pytestmark = pytest.mark.django_db

TEXT = """
readings:
  mood:
    {title: How it feels, type: choice, choices: {green: Good, red: Bad}, by: csm, stale_after: 20d, gone_after: 30d}
  tickets: {title: Open tickets, type: number, from: api}
stages:
  - stage: care
    tasks: [{task: look, by: csm, optional: true}]
    exit:
      - {check: good, title: It feels good, when: reading.mood == "green", for: 40d}
"""


def say(play: Play, **given: object) -> None:
    journeys.give_evidence(
        actor=play.world.mara, journey_id=play.journey, metric="reading.mood", note="The last call", **given
    )


def test_a_judgement_counts_until_it_is_too_old_and_asks_to_be_looked_at_before() -> None:
    with played(TEXT) as play:
        with pytest.raises(Refusal, match="How it feels is one of: Good, Bad"):
            say(play, value="blue")
        with pytest.raises(Refusal, match="number"):
            journeys.give_evidence(
                actor=play.world.mara, journey_id=play.journey, metric="reading.tickets", value=True, note="Desk"
            )
        path = f"/journeys/{play.view().ref}"
        fields = {"metric": "reading.mood", "choice": "green", "note": "The last call"}
        assert signed_in(play.world.mara).post(f"{path}/evidence", fields).status_code == 302
        check = play.view().stages[0].checks[0]
        assert "holds since" in check.sentence

        def page() -> str:
            return words_of(signed_in(play.world.mara).get(f"{path}/completion").content)

        assert "How it feels" in page()
        assert "Good" in page()
        assert "look again" not in page()
        play.day(21)
        assert "Old: look again" in page()
        assert play.view().stages[0].checks[0].readings == {"reading.mood": "green"}
        # It was the look at its last day that took it back; nobody did anything.
        play.day(30)
        assert "Too old to count" in page()
        assert play.view().stages[0].checks[0].state == "unknown"
        say(play, value="green")
        assert play.view().stages[0].checks[0].state == "not_met"
        assert list(auditing.differences(clock.now())) == []
