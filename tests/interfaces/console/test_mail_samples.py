"""The gallery shows every mail, says in its plain part what the drawn part says, and draws without inline styles."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from django.test import Client

import onward
from onward.identity.models import User
from onward.interfaces.console.mail_samples import letter, samples
from tests.world import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Client:
    cast()
    client = Client()
    client.force_login(User.objects.get(mail="ada@northwind.example"))
    return client


def words(html: str) -> list[str]:
    body = re.sub(r"<(style|title)>.*?</\1>|<[^>]+>", " ", html, flags=re.DOTALL)
    return list(re.findall(r"\w+", unescape(body)))


def test_the_plain_part_says_what_the_drawn_part_says(ada: Client) -> None:
    for sample in samples():
        made = letter(sample)
        missing = set(words(made.html)) - set(re.findall(r"\w+", made.text + made.subject)) - {"Onward"}
        assert not missing, f"{sample.key}: only drawn: {missing}"
        links = set(re.findall(r'href="([^"]+)"', made.html))
        assert all(unescape(link) in made.text for link in links), sample.key
        assert made.html.count('class="go"') <= 1, sample.key
        assert "{" not in made.text, sample.key


def test_every_template_of_a_mail_is_in_the_gallery(ada: Client) -> None:
    """Who writes a letter anywhere else has to show it here."""
    root = Path(onward.__file__).parent
    writers = {
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        if re.search(r"\b(send_message|send_packet|send_invite|compose|shared\.letter)\(", path.read_text())
        and "/decisions/" not in str(path)
    }
    assert writers == {
        "automation/actions/sending.py",
        "automation/actions/telling.py",
        "engagement/actions/colleagues.py",
        "engagement/actions/invites.py",
        "engagement/actions/rows.py",
        "engagement/actions/writing.py",
        "foundation/mailer.py",
        "insights/actions/bulk_steps.py",
        "interfaces/console/mail_samples.py",
        "interfaces/console/reminding.py",
    }


def test_each_is_drawn_as_a_page_with_its_styles_apart(ada: Client) -> None:
    page = ada.get("/styleguide/mails").content.decode()
    for sample in samples():
        address = f"/styleguide/mails/letter?of={sample.key}"
        assert f'href="{address}"' in page
        answer = ada.get(address)
        html = answer.content.decode()
        assert "style=" not in html
        assert "<style" not in html
        sheet = ada.get(f"/styleguide/mails/letter.css?of={sample.key}").content.decode()
        for name in set(re.findall(r'class="(s\d+)', html)):
            assert f".{name}{{" in sheet
        assert "prefers-color-scheme:dark" in sheet
    assert ada.get("/styleguide/mails/letter?of=nothing").status_code == 404
