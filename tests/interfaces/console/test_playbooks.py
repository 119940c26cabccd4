"""Playbooks in the console: the list, each part of a version, mistakes by line, publishing."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from onward.kernel.actor import SYSTEM, Actor
from onward.playbooks import actions, queries
from onward.playbooks.decisions.starter import starter
from tests.world import cast, signed_in

pytestmark = pytest.mark.django_db
TABS = ["", "people", "done", "intents", "text"]


@pytest.fixture
def manager() -> Client:
    world = cast()
    actions.publish_shipped(actor=SYSTEM)
    return signed_in(world.mara)


def test_the_list_says_which_wins_for_whom(manager: Client) -> None:
    page = manager.get("/playbooks").content.decode()
    titles = re.findall(r'class="name" href="/playbooks/(\w+)"', page)
    assert titles[:4] == ["strategic_high_touch", "mid_market_60_days", "b2b_seven_stages", "self_serve_funnel"]
    assert "small" in titles[4:]
    assert page.count("chosen by hand") == len(titles) - 5
    assert ">the account’s segment is strategic<" in page
    assert not re.search(r"<code>\s*account\.segment", page), "as the playbook's own page says it"


@pytest.mark.parametrize("key", sorted(path.stem for path in settings.PLAYBOOKS_DIR.glob("*.yaml")))
def test_every_part_of_every_shipped_playbook_shows(manager: Client, key: str) -> None:
    for tab in TABS:
        answer = manager.get(f"/playbooks/{key}?show={tab}")
        assert answer.status_code == 200
        assert tab == "text" or not re.search(r"\{(&#34;|\")|\[\{", answer.content.decode()), "no JSON on a page"
    assert manager.get(f"/playbooks/{key}/versions/1").status_code == 200
    assert manager.get(f"/playbooks/{key}/versions/2").status_code == 404
    assert manager.get("/playbooks/nobody").status_code == 404


def test_mistakes_are_shown_by_line_and_the_text_is_kept(manager: Client) -> None:
    text = starter("mine").replace("by: champion", "by: champoin")
    line = text[: text.index("champoin")].count("\n") + 1
    for what, status in (("check", 200), ("publish", 422)):
        answer = manager.post("/playbooks/new", {"text": text, "what": what})
        page = answer.content.decode()
        assert answer.status_code == status
        assert "Did you mean champion?" in page
        assert f"line {line}, column 13" in page
        assert "by: champoin" in page
    assert manager.post("/playbooks/new", {"text": "", "what": "publish"}).status_code == 422


def test_a_pasted_text_is_published_and_a_file_too(manager: Client) -> None:
    answer = manager.post("/playbooks/new", {"text": starter("mine"), "what": "publish"})
    assert answer.headers["Location"] == "/playbooks/mine"
    page = manager.get("/playbooks/mine").content.decode()
    assert "Version 1 is published" in page
    assert "Not automatic yet" not in page, "a tab with nothing in it"
    page = manager.get("/playbooks/mine?show=done").content.decode()
    assert "It is complete when all its stages are closed" in page
    assert "First value, the first value" not in page
    text = starter("mine").replace("takes: 3w", "takes: 4w")
    files = [SimpleUploadedFile("mine.yaml", text.encode()), SimpleUploadedFile("bytes.md", b"fine")]
    assert manager.post("/playbooks/new", {"text": "", "what": "publish", "files": files}).status_code == 302
    assert queries.version(queries.current_id("mine")).stage("setup").due is not None
    assert manager.get("/playbooks/new?of=mine").status_code == 200
    wrong = manager.post("/playbooks/new", {"files": [SimpleUploadedFile("x.yaml", b"\xff\xfe")], "what": "publish"})
    assert wrong.status_code == 422


def test_a_change_keeps_the_modules_that_it_was_published_with(manager: Client) -> None:
    row = queries.version_row(SYSTEM, "self_serve_funnel")
    ours = row.modules["our_product"].replace("Plan Paid", "Bought It")
    files = [SimpleUploadedFile("our_product.yaml", ours.encode())]
    answer = manager.post("/playbooks/new", {"of": row.key, "text": row.text, "files": files, "what": "publish"})
    assert answer.status_code == 302
    again = manager.post("/playbooks/new", {"of": row.key, "text": row.text + "\n# later\n", "what": "publish"})
    assert again.status_code == 302
    book = queries.version(queries.current_id(row.key))
    assert book.find("event", "paid").track == ("Bought It",)


def test_a_stranger_and_a_member_cannot_publish() -> None:
    world = cast()
    assert Client().get("/playbooks").status_code in (302, 401)
    member = next(
        (actor for actor in vars(world).values() if isinstance(actor, Actor) and actor.role == "member"), None
    )
    if member is not None:
        client = signed_in(member)
        assert client.get("/playbooks").status_code == 200
        assert client.post("/playbooks/new", {"text": starter("mine"), "what": "publish"}).status_code == 403


def test_a_variant_follows_the_parent_that_is_published(manager: Client) -> None:
    text = "playbook: mine\nlanguage: 1\ntitle: Mine\nextends: b2b_seven_stages\nremove: [task.provision]\n"
    page = manager.post("/playbooks/new", {"text": text, "what": "check"}).content.decode()
    assert "“task.provision” cannot be removed while it is named: line " in page
    assert "playbook.yaml line 5, column 10" in page
    text = text.replace("task.provision", "task.recordings")
    assert manager.post("/playbooks/new", {"text": text, "what": "publish"}).status_code == 302
    page = manager.get("/playbooks/mine?show=text").content.decode()
    assert "It follows b2b_seven_stages" in page
    assert "Module our_product" in page
