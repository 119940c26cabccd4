"""Files: nothing in disguise comes in, nothing runs when it goes out, and what was taken away comes back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from django.test import Client

from onward.conversation import actions, jobs, queries
from onward.conversation.decisions import clean_name, image_of, type_of
from onward.conversation.models import FileContent
from onward.foundation.ledger import facts_of
from onward.journeys import actions as journeys
from onward.kernel.actor import Actor
from onward.kernel.addresses import clean_url
from onward.kernel.ids import format_id
from onward.kernel.refusals import Refusal
from tests.conversation.samples import GIF, JPEG, PDF, PNG, WEBP, office, png
from tests.interfaces.portal.visits import enter
from tests.world import Cast, cast

HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


@pytest.fixture
def world(db: None) -> Cast:
    return cast()


@pytest.fixture
def journey(world: Cast) -> UUID:
    return journeys.open_journey(
        actor=world.mara,
        account_id=world.acme,
        version_id=world.version,
        signed_at=datetime.now(UTC) - timedelta(days=1),
    )


def add(actor: Actor, journey: UUID, name: str, content: bytes, channel: str = "shared") -> UUID:
    return actions.add_file(actor=actor, journey_id=journey, channel=channel, name=name, content=content)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\dana\\plan.docx", "plan.docx"),
        ("Zeitplan für März – Überblick.xlsx", "Zeitplan für März – Überblick.xlsx"),
        ("計画.pdf", "計画.pdf"),
        ("invoice\u202efdp.png", "invoicefdp.png"),
        ("a\x00b\r\nc.pdf", "ab c.pdf"),
        ('a"b<c>.pdf', "a-b-c-.pdf"),
        (".hidden.pdf", "hidden.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("photo.html.png", "photo.html.png"),
    ],
)
def test_names_are_made_safe(given: str, kept: str) -> None:
    assert clean_name(given) == kept


@pytest.mark.parametrize("given", ["", "   ", "noending", ".pdf", "..", "/", "a.b c", "a.superlongending"])
def test_names_without_a_known_ending_are_refused(given: str) -> None:
    with pytest.raises(Refusal):
        clean_name(given)


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("a.pdf", PDF, "application/pdf"),
        ("a.PNG", PNG, "image/png"),
        ("a.jpeg", JPEG, "image/jpeg"),
        ("a.gif", GIF, "image/gif"),
        ("a.webp", WEBP, "image/webp"),
        ("a.xlsx", office("xl/workbook.xml"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("a.csv", "Straße;1\n".encode("cp1252"), "text/csv"),
        ("a.txt", "\ufeffx".encode("utf-16"), "text/plain"),
        ("a.html", HTML, "text/plain"),
        ("a.svg", SVG, "text/plain"),
    ],
)
def test_a_file_is_what_its_ending_says(name: str, content: bytes, media_type: str) -> None:
    assert type_of(name, content, limit=10_000) == media_type


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.pdf", b""),
        ("huge.txt", b"x" * 10_001),
        ("page.png", HTML),
        ("page.pdf", HTML),
        ("drawing.gif", SVG),
        ("tool.exe", b"MZ\x90\x00\x03"),
        ("invoice.pdf.exe", PDF),
        ("tool.pdf", b"MZ\x90\x00\x03"),
        ("tool.txt", b"\x7fELF\x02\x01\x01\x00"),
        ("cut.png", PNG[:-8]),
        ("other.jpg", PNG),
        ("table.docx", b"PK\x03\x04nothing"),
        ("bytes.csv", bytes(range(256))),
        ("script.js", b"alert(1)"),
    ],
)
def test_what_is_empty_large_unknown_or_in_disguise_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(Refusal) as error:
        type_of(name, content, limit=10_000)
    assert error.value.mend


def test_images_are_measured() -> None:
    assert [(found.width, found.height) for found in map(image_of, (png(7, 3), JPEG, GIF, WEBP)) if found] == [
        (7, 3),
        (4, 3),
        (1, 1),
        (5, 3),
    ]
    assert image_of(PNG[:20]) is None
    assert image_of(b"") is None


@pytest.mark.parametrize(
    "url",
    ["", "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "https://", "//x", "https://a:b@c.example/",
     "https://x.example/\u202e", "ftp://x.example", "https://x.example:99999/", "x" * 3000],
)  # fmt: skip
def test_links_open_the_web_only(url: str) -> None:
    with pytest.raises(Refusal):
        clean_url(url)
    assert clean_url(" https://x.example/a?b=c#d ") == "https://x.example/a?b=c#d"


def test_each_side_sees_what_is_theirs(world: Cast, journey: UUID) -> None:
    inside = add(world.mara, journey, "margin.pdf", PDF, "internal")
    shared = add(world.dana, journey, "list.csv", b"a;b\n")
    assert [one.name for one in queries.files(world.dana, journey)] == ["list.csv"]
    assert {one.name for one in queries.files(world.viewer, journey)} == {"list.csv", "margin.pdf"}
    assert queries.content_of(world.viewer, inside)[1] == PDF
    for actor, one in ((world.dana, inside), (world.eve, inside), (world.eve, shared)):
        for ask in (queries.content_of, queries.file_view):
            with pytest.raises(Refusal) as error:
                ask(actor, one)
            assert error.value.code == "not_found"
        with pytest.raises(Refusal) as error:
            actions.remove_file(actor=actor, file_id=one)
        assert error.value.code == "not_found"
    for actor, channel in ((world.viewer, "shared"), (world.dana, "internal")):
        with pytest.raises(Refusal) as error:
            add(actor, journey, "x.pdf", PDF, channel)
        assert error.value.code == "forbidden"
    of_ours = add(world.mara, journey, "plan.pdf", PDF)
    with pytest.raises(Refusal, match="not yours to take away"):
        actions.remove_file(actor=world.dana, file_id=of_ours)


def test_a_removed_file_comes_back_for_thirty_days(world: Cast, journey: UUID) -> None:
    one = add(world.dana, journey, "list.csv", b"a;b\n")
    actions.remove_file(actor=world.dana, file_id=one)
    assert queries.files(world.mara, journey) == []
    with pytest.raises(Refusal):
        queries.content_of(world.mara, one)
    (gone,) = queries.files(world.dana, journey, removed=True)
    assert gone.removed_by == "Dana"
    actions.restore_file(actor=world.mara, file_id=one)
    assert queries.content_of(world.dana, one)[1] == b"a;b\n"
    actions.remove_file(actor=world.dana, file_id=one)
    assert jobs.erase_due() is False
    assert FileContent.objects.filter(file_id=one).exists()
    with time_machine.travel(datetime.now(UTC) + timedelta(days=31), tick=False):
        assert queries.files(world.dana, journey, removed=True) == []
        jobs.erase_due()
        with pytest.raises(Refusal, match="over 30 days ago"):
            actions.restore_file(actor=world.mara, file_id=one)
    assert not FileContent.objects.filter(file_id=one).exists()
    names = [fact.name for fact in facts_of(journey=journey) if fact.name.startswith("file.")]
    assert names == ["file.added", "file.removed", "file.restored", "file.removed", "file.erased"]


@pytest.mark.parametrize(
    ("name", "content", "shown"),
    [("page.html", HTML, False), ("logo.svg", SVG, False), ("a.pdf", PDF, False), ("räum “x”.png", PNG, True)],
)
def test_a_file_goes_out_with_headers_that_let_nothing_run(
    world: Cast, journey: UUID, name: str, content: bytes, shown: bool
) -> None:
    one = queries.file_view(world.dana, add(world.dana, journey, name, content))
    client = enter(world.dana_id)
    answer = client.get(f"/portal/files/{one.ref}/{one.name}")
    assert answer.content == content
    assert answer["Content-Type"] == ("image/png" if shown else "application/octet-stream")
    assert answer["Content-Disposition"].startswith("inline" if shown else "attachment")
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Set-Cookie" not in answer
    assert Client().get(f"/portal/files/{one.ref}/{one.name}").status_code == 302
    assert Client().get(f"/files/{one.ref}/{one.name}").status_code == 302
    assert client.get(f"/files/{one.ref}/{one.name}").status_code == 302
    assert client.get(f"/portal/files/{one.ref}/another.png").status_code == 404


def test_what_is_too_large_is_refused_before_it_is_read(world: Cast, journey: UUID) -> None:
    place = queries.file_view(world.dana, add(world.dana, journey, "a.csv", b"a;b\n"))
    client = enter(world.dana_id)
    for path in (f"/portal/journeys/{format_id('jny', place.journey_id)}/uploads", "/journeys/x/comments"):
        answer = client.generic(
            "POST", path, b"x", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=str(10**9)
        )
        assert answer.status_code == 413
        assert "larger than 25 MB" in answer.content.decode()
