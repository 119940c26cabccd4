"""Conversation and files in the console: two channels that cannot be mistaken, and nothing typed is lost."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from onward.conversation import actions, queries
from onward.journeys import actions as journeys
from onward.journeys import queries as running
from onward.kernel.ids import format_id
from tests.conversation.samples import PNG
from tests.world import Cast, cast, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Cast:
    return cast()


@pytest.fixture
def journey(world: Cast) -> UUID:
    return journeys.open_journey(
        actor=world.mara,
        account_id=world.acme,
        version_id=world.version,
        signed_at=datetime.now(UTC) - timedelta(days=1),
    )


def task_path(world: Cast, journey: UUID, key: str) -> str:
    return f"/tasks/{next(row.ref for row in running.journey_view(world.mara, journey).tasks if row.key == key)}"


def said(world: Cast, journey: UUID) -> list[tuple[str, str]]:
    return [(one.channel, one.text) for one in queries.conversation(world.mara, journey)]


def test_the_button_that_is_pressed_says_who_reads(world: Cast, journey: UUID) -> None:
    client, task = signed_in(world.mara), task_path(world, journey, "connect")
    page = client.get(task).content.decode()
    assert "Nothing has been said here yet." in page
    assert "Send to Acme Freight" in page
    for channel, text in (("internal", "Only us."), ("shared", "Both.")):
        sent = client.post(f"{task}/comments", {"shown": channel, "channel": channel, "text": text})
        assert sent.status_code == 302
    assert said(world, journey) == [("internal", "Only us."), ("shared", "Both.")]
    page = client.get(task).content.decode()
    assert re.search(r'class="said internal[\s\S]*Only </?', page) or 'class="said internal' in page
    crossed = client.post(f"{task}/comments", {"shown": "internal", "channel": "shared", "text": "A slip."})
    assert crossed.status_code == 422
    assert "did not agree" in crossed.content.decode()
    assert "A slip.</textarea>" in crossed.content.decode()
    assert len(said(world, journey)) == 2


def test_the_next_words_go_to_whom_these_went(world: Cast, journey: UUID) -> None:
    # red when a sentence after one to the customer becomes a private note, or the other way round
    client = signed_in(world.mara)
    for place in (f"/journeys/{format_id('jny', journey)}", task_path(world, journey, "connect")):
        for channel in ("shared", "internal", "shared"):
            sent = client.post(
                f"{place}/comments", {"shown": channel, "channel": channel, "text": "Once more."}, follow=True
            )
            chosen = re.search(r'name="shown" value="(\w+)" checked', sent.content.decode())
            assert chosen
            assert chosen[1] == channel
        page = client.get(sent.redirect_chain[-1][0].partition("?")[0]).content.decode()
        assert 'name="shown" value="internal" checked' in page, "who comes anew begins among colleagues"


def test_whoever_answered_is_led_to_the_late_steps_of_the_journey(world: Cast, journey: UUID) -> None:
    client, path = signed_in(world.mara), f"/journeys/{format_id('jny', journey)}"
    link = f'<a href="{path}/plan?only=late">1 late step of this journey</a>'
    assert "of this journey</a>" not in client.get(f"{path}/conversation").content.decode()
    with time_machine.travel(datetime.now(UTC) + timedelta(days=60)):
        client, said = signed_in(world.mara), {"shown": "shared", "channel": "shared", "text": "Name and region."}
        answered = client.post(f"{path}/comments", said, follow=True).content.decode()
        assert link in answered.split('id="composer"')[1]
        journeys.pause_journey(actor=world.mara, journey_id=journey, reason="They move")
        assert "of this journey</a>" not in client.get(f"{path}/conversation").content.decode()


def test_a_refused_comment_stands_in_the_field_again(world: Cast, journey: UUID) -> None:
    client = signed_in(world.mara)
    path = f"/journeys/{format_id('jny', journey)}"
    for place in (path, task_path(world, journey, "connect")):
        again = client.post(f"{place}/comments", {"shown": "internal", "channel": "internal", "text": "Ask @Dana"})
        assert again.status_code == 422
        assert "Dana cannot read this" in again.content.decode()
        assert "Ask @Dana</textarea>" in again.content.decode()
    bad = client.post(f"{path}/links", {"channel": "shared", "url": "javascript:alert(1)", "title": "Plan"})
    assert bad.status_code == 422
    assert 'value="Plan"' in bad.content.decode()
    assert said(world, journey) == []


def test_markdown_is_safe_and_calls_are_marked(world: Cast, journey: UUID) -> None:
    text = "@Tomas **look** <script>alert(1)</script> [x](javascript:alert(1)) @[<b>](user:x)"
    client, task = signed_in(world.mara), task_path(world, journey, "connect")
    client.post(f"{task}/comments", {"channel": "internal", "text": text})
    page = client.get(task).content.decode()
    assert '<strong class="called">@Tomas</strong> <strong>look</strong>' in page
    assert "<script>alert" not in page
    assert 'href="javascript' not in page
    mine = signed_in(world.tomas)
    assert "mentions you" in mine.get(task).content.decode()
    assert queries.open_mentions(world.tomas) == []
    assert "mentions you" not in mine.get(task).content.decode()


def test_two_texts_stand_side_by_side(world: Cast, journey: UUID) -> None:
    client = signed_in(world.mara)
    one = actions.write_comment(actor=world.mara, journey_id=journey, channel="shared", text="First.")
    path = f"/comments/{format_id('cmt', one)}"
    client.post(path, {"text": "From the phone.", "edition": "1"})
    assert client.post(path, {"text": "From nowhere.", "edition": "9" * 20}).status_code == 422
    late = client.post(path, {"text": "From the desk.", "edition": "1"})
    assert late.status_code == 412
    page = late.content.decode()
    assert "From the phone." in page
    assert "From the desk.</textarea>" in page
    assert 'name="edition" value="2"' in page
    assert client.post(path, {"text": "Both.", "edition": "2"}).status_code == 302
    assert said(world, journey) == [("shared", "Both.")]
    tab = client.get(f"/journeys/{format_id('jny', journey)}/conversation").content.decode()
    assert "From the phone." in tab
    assert client.get(path).status_code == 302


def test_removed_answered_and_back(world: Cast, journey: UUID) -> None:
    client = signed_in(world.mara)
    asked = actions.write_comment(
        actor=world.dana, journey_id=journey, channel="shared", text="Which fields?", question=True
    )
    path, tab = f"/comments/{format_id('cmt', asked)}", f"/journeys/{format_id('jny', journey)}/conversation"
    assert "Waits for an answer" in client.get(tab).content.decode()
    assert "This answers Dana’s question" in client.get(tab).content.decode()
    opened = client.get(path)["Location"]
    assert opened == f"{tab}?answer=1#{format_id('cmt', asked)}"
    assert 'value="shared" checked' in client.get(opened).content.decode(), (
        "whoever opens a question means to answer it"
    )
    page = client.get(tab).content.decode()
    assert 'value="shared" checked' in page, "a question waits: what is written here is meant for them"
    assert f'<a href="#{format_id("cmt", asked)}">Dana’s question</a> waits for an answer' in page
    for chosen in ("?to=internal", "?channel=internal"):
        assert 'value="internal" checked' in client.get(tab + chosen).content.decode(), "the smaller circle was chosen"
    client.post(f"{path}/answer")
    page = client.get(tab).content.decode()
    assert "Answered by Mara" in page
    assert 'value="internal" checked' in page
    client.post(f"{path}/answer", {"open": "1"})
    client.post(f"{path}/removal")
    page = client.get(tab).content.decode()
    assert "Mara removed this" in page
    assert "Which fields?" not in page
    client.post(f"{path}/restoration")
    assert "Which fields?" in client.get(tab).content.decode()


def test_a_viewer_reads_and_finds_no_field(world: Cast, journey: UUID) -> None:
    actions.write_comment(actor=world.mara, journey_id=journey, channel="internal", text="For all of us.")
    page = signed_in(world.viewer).get(f"/journeys/{format_id('jny', journey)}/conversation").content.decode()
    assert "For all of us." in page
    assert 'id="composer"' not in page
    assert "Remove it" not in page


def test_files_come_and_go_with_words_or_alone(world: Cast, journey: UUID) -> None:
    client, task = signed_in(world.mara), task_path(world, journey, "connect")
    logo = SimpleUploadedFile("logo.png", PNG)
    client.post(f"{task}/comments", {"channel": "shared", "text": "Our logo.", "files": logo})
    (one,) = queries.files(world.dana, journey)
    assert (one.name, one.is_image) == ("logo.png", True)
    page = client.get(task).content.decode()
    assert f'src="/files/{one.ref}/logo.png"' in page
    said = page.split("Our logo.", 1)[1].split("</li>", 1)[0]
    assert f'href="/files/{one.ref}/logo.png"' in said, "what came with the words stands with them"
    assert client.get(f"/files/{one.ref}/logo.png").content == PNG
    assert client.get(f"/files/{one.ref}/other.png").status_code == 404
    bad = client.post(
        f"{task}/comments", {"channel": "shared", "text": "Twice.", "files": SimpleUploadedFile("a.png", b"MZ")}
    )
    assert bad.status_code == 422
    assert "Twice.</textarea>" in bad.content.decode()
    assert len(queries.conversation(world.mara, journey)) == 1
    client.post(f"{task}/links", {"channel": "internal", "url": "https://drive.example/x", "title": "Folder"})
    client.post(f"/files/{one.ref}/removal", {"at": "task"})
    assert queries.files(world.dana, journey) == []
    assert client.get(f"/files/{one.ref}/logo.png").status_code == 404
    tab = client.get(f"/journeys/{format_id('jny', journey)}/files").content.decode()
    assert "1 removed file" in tab
    assert "Folder" in tab
    client.post(f"/files/{one.ref}/restoration")
    assert len(queries.files(world.dana, journey)) == 1


def test_the_list_under_the_field_holds_who_may_read(world: Cast, journey: UUID) -> None:
    client = signed_in(world.mara)
    path = f"/journeys/{format_id('jny', journey)}/people.json"
    names = [one["name"] for one in client.get(path).json()["people"]]
    assert set(names) == {"Ada", "Mara", "Tomas", "Vic", "Dana"}
    inside = client.get(path, {"channel": "internal", "words": "d"}).json()["people"]
    assert inside == []
    assert client.get(path, {"words": "d"}).json()["people"] == [{"name": "Dana", "call": "Dana", "where": "customer"}]


def test_the_thread_is_fetched_apart_from_the_field(world: Cast, journey: UUID) -> None:
    actions.write_comment(actor=world.mara, journey_id=journey, channel="shared", text="Hello.")
    client = signed_in(world.mara)
    part = client.get(f"/journeys/{format_id('jny', journey)}/talk").content.decode()
    assert "Hello." in part
    assert "composer" not in part
