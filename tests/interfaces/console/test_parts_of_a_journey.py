"""What belongs to one journey cannot be acted on under another's address, though the same team may do both."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from onward.journeys import actions, queries
from onward.journeys.models import CheckInRun
from onward.kernel.ids import format_id
from tests.interfaces.console.test_journey_pages import address, won
from tests.world import SIGNED, Cast, cast, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _three_hours_after_signature() -> Iterator[None]:
    with time_machine.travel(SIGNED + timedelta(hours=3), tick=False):
        yield


@pytest.fixture
def world() -> Cast:
    return cast()


def test_what_belongs_to_a_journey_is_changed_under_its_own_address_alone(world: Cast) -> None:
    # red when one of the forms looks for its row by the id alone
    journey, client = won(world), signed_in(world.mara)
    here, elsewhere = address(journey), address(won(world, world.globex))
    client.post(
        f"{here}/objectives",
        {"outcome": "Late trucks by nine", "due_on": "2026-04-01", "owner": format_id("con", world.dana_id)},
    )
    (goal,) = queries.journey_view(world.mara, journey).objectives
    talk = CheckInRun.objects.create(
        journey_id=journey, account_id=world.acme, role="owner", key="first", title="First talk",
        due_on=SIGNED.date(), due_at=SIGNED, internal=False,
    )  # fmt: skip
    win = format_id("log", actions.write_log(actor=world.mara, journey_id=journey, log="wins", title="A good week"))
    held = {"held_at": str(SIGNED.date()), "note": "They are glad"}
    asked: list[tuple[str, dict[str, Any]]] = [
        (f"objectives/{goal.ref}/reading", {"value": "1"}),
        (f"objectives/{goal.ref}/agreement", {}),
        (f"check-ins/{format_id('chk', talk.id)}", held),
        (f"check-ins/{format_id('chk', talk.id)}/holding", held),
        (f"log/{win}/confirmation", {}),
        (f"log/{win}/withdrawal", {}),
        (f"objectives/{goal.ref}/arrival", {"evidence": "x"}),
    ]
    for part, said in asked:
        assert client.post(f"{elsewhere}/{part}", said).status_code == 404, part
    view = queries.journey_view(world.mara, journey)
    assert view.objectives[0].agreed_at is view.objectives[0].met_at is None
    assert all(one.held_at is None for one in view.check_ins)
    for part, said in asked:
        if not part.endswith("reading"):
            done = client.post(f"{here}/{part}", said)
            assert done.status_code == (409 if part.endswith("holding") else 302), (part, done.content.decode()[-400:])
