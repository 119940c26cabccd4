"""Logo, color and faces: checked when they come, and carried through the portal and mails."""

from __future__ import annotations

import base64
import hashlib
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from onward.engagement.actions import send_code
from onward.engagement.models import Message
from onward.foundation.ledger import facts_of
from onward.identity import actions, queries
from onward.identity.decisions.pictures import PHOTO, checked
from onward.identity.models import User
from onward.kernel.actor import SYSTEM
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import Refusal
from tests.interfaces.console.test_journey_pages import won
from tests.interfaces.portal.visits import enter
from tests.world import Cast, cast
from tests.world import signed_in as client_of

pytestmark = pytest.mark.django_db


JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAP//////////////////////////////////////////////"
    "////////////////////////////////////////wAALCAAwADABAREA/8QAFQABAQAAAAAAAAAAAAAA"
    "AAAAAAH/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/9oACAEBAAA/AIAAAAAAAAAAAD//2Q=="
)


def png(width: int, height: int, more: bytes = b"", pixels: bytes = b"") -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = pixels or zlib.compress(b"".join(b"\0" + b"\x28\x4f\xae" * width for _ in range(height)))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", rows) + (chunk(b"tEXt", more) if more else b"") + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def damaged() -> list[bytes]:
    """What a glance takes for a picture, and no program can draw."""
    whole = png(240, 240)
    at = whole.index(b"IDAT")
    head = struct.pack(">IIBBBBB", 240, 241, 8, 2, 0, 0, 0)
    return [
        whole[: at + 9] + b"\xff" + whole[at + 10 :],
        png(240, 240, pixels=b"no pixels at all"),
        whole[: at - 4] + whole[whole.index(b"IEND") - 4 :],
        whole[:16] + head + struct.pack(">I", zlib.crc32(b"IHDR" + head)) + whole[33:],
        JPEG[: JPEG.index(b"\xff\xda")] + b"\xff\xd9",
        JPEG[: JPEG.index(b"\xff\xdb")] + JPEG[JPEG.index(b"\xff\xc0") :],
        JPEG[: JPEG.index(b"\xff\xda") + 10] + b"\xff\xd9",
    ]


@pytest.mark.parametrize(
    "content", damaged(), ids=["sum", "pixels", "no pixels", "rows", "no scan", "no tables", "empty scan"]
)
def test_a_picture_that_nobody_can_draw_is_refused(content: bytes) -> None:
    with pytest.raises(Refusal, match=r"cannot be drawn|no PNG and no JPEG"):
        checked(content, PHOTO)


def test_pictures_that_are_whole_are_taken() -> None:
    assert checked(JPEG, PHOTO).media_type == "image/jpeg"
    assert checked(png(240, 240), PHOTO).media_type == "image/png"


@pytest.fixture
def world() -> Cast:
    return cast()


def signed_in(mail: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(mail=mail))
    return client


def test_a_logo_stands_in_the_portal_and_in_mails_and_goes_again(world: Cast) -> None:
    ada = signed_in("ada@northwind.example")
    ada.post("/settings/organization/logo", {"logo": SimpleUploadedFile("n.png", png(120, 40), "image/png")})
    stranger = Client()
    sheet = stranger.get("/portal/accent.css").content.decode()
    version = queries.organization().settings["logo"]["version"]
    assert f'url("/portal/logo?v={version}")' in sheet
    assert "width: 84px" in sheet, "28 pixels high, as wide as the picture says"
    answer = stranger.get(f"/portal/logo?v={version}")
    assert answer.content == png(120, 40)
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert "immutable" in answer.headers["Cache-Control"]
    assert "immutable" not in stranger.get("/portal/logo?v=old").headers["Cache-Control"]
    send_code(actor=SYSTEM, kind="staff", name="Ada", mail="ada@northwind.example", code="123456")
    assert f"/portal/logo?v={version}" in Message.objects.latest("created_at").html
    assert facts_of(stream="org", names=["organization.changed"])[-1].data["changed"] == {"logo": version}

    ada.post("/settings/organization/logo", {"remove": "1"})
    assert stranger.get("/portal/logo").status_code == 404
    assert "logo" not in queries.organization().settings
    assert "portal/logo" not in stranger.get("/portal/accent.css").content.decode()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "no PNG and no JPEG"),
        (b"GIF89a" + b"\x10\0\x10\0" + b"\0" * 20 + b";", "no PNG and no JPEG"),
        (png(120, 40)[:60], "no PNG and no JPEG"),
        (png(20, 20, b"x" * 200_000), "200 are the most"),
        (png(8, 8), "8 by 8"),
        (png(400, 20), "too long"),
    ],
)
def test_what_is_no_small_picture_is_refused(world: Cast, content: bytes, says: str) -> None:
    with pytest.raises(Refusal, match=says):
        actions.change_logo(actor=world.admin, content=content)
    answer = signed_in("ada@northwind.example").post(
        "/settings/organization/logo", {"logo": SimpleUploadedFile("n.png", content)}
    )
    assert answer.status_code == 422
    assert queries.logo() is None


def test_only_who_changes_the_organization_changes_its_logo(world: Cast) -> None:
    with pytest.raises(Refusal):
        actions.change_logo(actor=world.tomas, content=png(40, 40))


def test_a_face_stands_where_initials_stood_for_those_who_may_see_it(world: Cast) -> None:
    journey = won(world)
    mara, portal = client_of(world.mara), f"/portal/journeys/{format_id('jny', journey)}"
    sent = {"photo": SimpleUploadedFile("me.png", png(240, 240), "image/png")}
    assert mara.post("/me/photo", sent)["Location"] == "/me"
    dana = enter(world.dana_id)
    version = hashlib.sha256(png(240, 240)).hexdigest()[:16]
    address = f"/people/{world.mara.id}/photo?v={version}"
    assert f'src="/portal{address}"' in dana.get(portal).content.decode()
    assert f'src="{address}"' in mara.get("/").content.decode()
    preview = mara.get(f"/portal/preview/{format_id('jny', journey)}").content.decode()
    assert f'src="{address}"' in preview, "a colleague has no session of the portal"
    for client, path in ((dana, f"/portal{address}"), (mara, address)):
        answer = client.get(path)
        assert (answer.status_code, answer["Content-Type"], answer.content) == (200, "image/png", png(240, 240))
        assert "immutable" in answer["Cache-Control"]
        assert "private" in answer["Cache-Control"]
    assert dana.get(f"/portal/people/{world.tomas.id}/photo").status_code == 404, "not of her team"
    assert Client().get(f"/portal{address}").status_code == 302
    assert Client().get(address).status_code == 302
    assert dana.get(address).status_code == 302
    assert mara.post(f"/team/{world.tomas.id}/photo/removal").status_code == 403
    assert client_of(world.admin).post(f"/team/{world.mara.id}/photo/removal").status_code == 302
    assert dana.get(f"/portal{address}").status_code == 404
    assert "/photo?v=" not in dana.get(portal).content.decode()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "No picture was chosen"),
        (b"<svg/>", "no PNG and no JPEG"),
        (png(240, 240, b"x" * 60_000), "60 are the most"),
        (png(300, 100), "too long"),
        (png(240, 240, b"Exif\0\0"), "where and when"),
    ],
)
def test_what_is_no_face_is_refused_and_said_on_the_page(world: Cast, content: bytes, says: str) -> None:
    sent = {"photo": SimpleUploadedFile("me.png", content, "image/png")} if content else {}
    answer = client_of(world.mara).post("/me/photo", sent)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert queries.photo(parse_id("usr", world.mara.id)) is None


def test_a_color_is_tried_before_it_is_saved(world: Cast) -> None:
    ada = signed_in("ada@northwind.example")
    shown = ada.get("/settings/organization/preview?accent=%23c2185b").content.decode()
    assert "its hue is turned a little" in shown
    css = ada.get("/settings/organization/preview.css?accent=%23284fae").content.decode()
    assert css.startswith(".accent-preview {")
    assert ada.get("/settings/organization/preview.css?accent=red;}").content == b""
    assert "six digits" in ada.get("/settings/organization/preview?accent=red").content.decode()
    assert queries.organization().accent == ""
