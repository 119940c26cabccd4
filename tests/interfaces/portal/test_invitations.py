"""A colleague is invited to the portal: who may, what waits, and how it is taken back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from onward.accounts import actions as accounts
from onward.accounts.actions.workspaces import set_portal_rules, set_workspace
from onward.accounts.decisions import STAKEHOLDER_ROLES
from onward.accounts.models import Contact
from onward.engagement.models import Message
from onward.foundation.ledger import facts_of, stream_of
from onward.kernel.ids import format_id, parse_id
from tests.interfaces.portal.test_together import journey, line, past_kickoff, read, world
from tests.interfaces.portal.visits import enter
from tests.world import Cast, contact, signed_in

__all__ = ["journey", "world"]
pytestmark = pytest.mark.django_db(transaction=True)
PROMISES = ("will get a mail", "by mail", "We write to you", "get a mail", "get an invitation", "Send again")


def test_a_champion_invites_a_colleague_who_comes_in(world: Cast, journey: UUID) -> None:
    dana = enter(world.dana_id)
    path = f"/portal/journeys/{format_id('jny', journey)}"
    assert "Invite a colleague" in read(dana, f"{path}/people")
    given = {"name": "Nina Berg", "mail": "nina@customer.example", "role": "admin"}
    assert dana.post(f"{path}/colleagues", given).status_code == 302
    row = Contact.objects.get(mail="nina@customer.example")
    assert (row.roles, row.invited_by) == (["admin"], f"contact:{world.dana.id}")
    (fact,) = facts_of(stream=stream_of(world.acme), names=["contact.introduced"])
    assert fact.data["by"] == f"contact:{world.dana.id}"
    mail = Message.objects.get(to_mail="nina@customer.example")
    assert mail.subject == "Dana invites you to the onboarding"
    assert mail.reply_to == "dana@customer.example"
    assert "invited by you" in read(dana, f"{path}/people")
    assert "invited by Dana" in read(signed_in(world.mara), f"/accounts/{format_id('acc', world.acme)}/portal")
    assert "Hello Nina" in read(enter(row.id), "/portal/")


def invited(world: Cast, dana: Client, path: str, mail: str = "nina@customer.example") -> Contact:
    assert dana.post(f"{path}/colleagues", {"name": "Nina Berg", "mail": mail, "role": ""}).status_code == 302
    return Contact.objects.get(mail=mail)


def test_an_invitation_waits_is_sent_again_and_taken_back(world: Cast, journey: UUID) -> None:
    # red when nobody sees who has not come, or an invitation cannot be called back
    dana, path = enter(world.dana_id), f"/portal/journeys/{format_id('jny', journey)}"
    answer = dana.post(f"{path}/colleagues", {"name": "Nina Berg", "mail": "nina@customer.example", "role": ""})
    row = Contact.objects.get(mail="nina@customer.example")
    assert answer.headers["Location"] == f"{path}/people?invited={format_id('con', row.id)}#colleagues"
    page = read(dana, answer.headers["Location"])
    box = page.partition('id="colleagues"')[2].partition("<ul")[0]
    assert "Nina Berg is invited, but no mail leaves from here: ask Mara for the link with which they come in." in box
    assert "proven" not in box, "she cannot come in yet"
    question = "Please send Nina Berg (nina@customer.example) a link to come in."
    assert f'value="{question}"' in box, "shown with what came of it, before it is sent"
    assert page.count("Ask Mara for the link") == 1
    assert "Ask Mara for the link" in read(dana, f"{path}/people"), "later beside her name"
    asked = dana.post(f"{path}/comments", {"text": question, "channel": "shared", "question": "1", "back": "people"})
    told = "Mara was asked to send the link. There is nothing more for you to do."
    there = f'{told} <a href="{path}/conversation">Your message</a>'
    assert there in read(dana, asked.headers["Location"])
    later = read(dana, f"{path}/people")
    assert "Ask Mara for the link" not in later
    assert "Mara was asked to send the link" in later, "nobody asks twice"
    assert "Send again" not in later, "nothing can be sent"
    assert 'class="toast"' not in page
    assert "Invited, has not signed in yet</small><small>nina@customer.example" in page
    at = f"{path}/colleagues/{format_id('con', row.id)}"
    assert dana.post(f"{at}/mail").status_code == 302
    assert Message.objects.filter(to_mail="nina@customer.example").count() == 2
    assert dana.post(f"{at}/withdrawal").status_code == 302
    row.refresh_from_db()
    assert row.revoked_at is not None
    assert "Nina Berg" not in read(dana, f"{path}/people").partition("<ul")[2].partition('id="colleagues"')[0]
    (fact,) = facts_of(stream=stream_of(world.acme), names=["contact.withdrawn"])
    assert fact.data["by"] == f"contact:{world.dana.id}"
    assert dana.post(f"{at}/mail").status_code == 404
    assert invited(world, dana, path).id == row.id, "who was called back may be invited again"
    enter(row.id)
    assert "has not signed in yet" not in read(dana, f"{path}/people")
    assert dana.post(f"{at}/withdrawal").status_code == 409
    accounts.revoke_contact(actor=world.mara, contact_id=row.id)
    again = {"name": "Nina Berg", "mail": "nina@customer.example", "role": ""}
    assert dana.post(f"{path}/colleagues", again).status_code == 409, "whom we shut out nobody else lets in"


def test_only_who_invited_or_a_champion_takes_an_invitation_back(world: Cast, journey: UUID) -> None:
    set_portal_rules(actor=world.admin, level="verified", inviters="everyone", ancestors=[])
    path = f"/portal/journeys/{format_id('jny', journey)}"
    joel_id, _ = contact(world.acme, "Joel", "end_user")
    olga_id, olga_actor = contact(world.acme, "Olga", "end_user")
    dana, joel, olga = enter(world.dana_id), enter(joel_id), enter(olga_id)
    nina = invited(world, olga, path)
    at = f"{path}/colleagues/{format_id('con', nina.id)}"
    assert "Withdraw" in read(olga, f"{path}/people")
    assert "Withdraw" not in read(joel, f"{path}/people")
    for verb in ("mail", "withdrawal"):
        assert joel.post(f"{at}/{verb}").status_code == 403
        assert joel.post(f"{path}/colleagues/{olga_actor.id}/{verb}").status_code == 404, "nobody invited her"
        assert enter(parse_id("con", world.eve.id)).post(f"{at}/{verb}").status_code == 404
    past_kickoff(world, journey)
    task = line(world, journey, "sign_plan").ref
    dana.post(f"/portal/tasks/{task}/colleague", {"person": format_id("con", nina.id)})
    held = dana.post(f"{at}/withdrawal")
    assert held.status_code == 409
    assert "Give it to somebody else first." in held.content.decode()
    dana.post(f"/portal/tasks/{task}/colleague", {"person": olga_actor.id})
    assert dana.post(f"{at}/withdrawal").status_code == 302, "a champion, too"


def test_an_invitation_that_cannot_be_says_why_and_keeps_what_was_typed(world: Cast, journey: UUID) -> None:
    dana = enter(world.dana_id)
    path = f"/portal/journeys/{format_id('jny', journey)}/colleagues"
    for mail, words, status in (
        ("rita@rival.example", "rival.example is not a domain of your company", 422),
        ("nobody", "is not a mail address", 422),
        ("dana@customer.example", "is here already", 409),
    ):
        answer = dana.post(path, {"name": "Rita", "mail": mail, "role": ""})
        assert answer.status_code == status
        assert words in answer.content.decode()
        assert f'value="{mail}"' in answer.content.decode()
        assert "It ends with customer.example. " in answer.content.decode(), "which addresses there may be"
        asks = "Please let Rita come in. The address, rita@rival.example, is of a domain" in answer.content.decode()
        assert asks == (mail == "rita@rival.example")
        assert ('name="back" value="invite"' in answer.content.decode()) == asks
    talk = path.removesuffix("colleagues") + "comments"
    asked = dana.post(
        talk, {"text": "Let Rita in", "channel": "shared", "question": "1", "back": "invite"}, follow=True
    )
    words = "Mara was asked to let them in. Nobody is invited yet: invite them once Mara has answered."
    assert words in asked.content.decode(), "red when a link is promised to who is not invited"
    set_workspace(actor=world.mara, account_id=world.acme, level="", listed=["rival.example"])
    assert dana.post(path, {"name": "Rita", "mail": "rita@rival.example", "role": ""}).status_code == 302


def test_only_who_may_invites(world: Cast, journey: UUID) -> None:
    joel_id, _ = contact(world.acme, "Joel", "end_user")
    joel, path = enter(joel_id), f"/portal/journeys/{format_id('jny', journey)}"
    given = {"name": "Nina", "mail": "nina@customer.example", "role": ""}
    assert "Invite a colleague" not in read(joel, f"{path}/people")
    assert joel.post(f"{path}/colleagues", given).status_code == 403
    set_portal_rules(actor=world.admin, level="verified", inviters="everyone", ancestors=[])
    assert joel.post(f"{path}/colleagues", given).status_code == 302
    set_portal_rules(actor=world.admin, level="verified", inviters="nobody", ancestors=[])
    assert enter(world.dana_id).post(f"{path}/colleagues", {**given, "mail": "n@customer.example"}).status_code == 403


def test_who_invites_reads_what_each_role_means_and_whether_a_mail_leaves(
    world: Cast, journey: UUID, settings: Any
) -> None:
    # red when the form hides below both lists, a role has no sentence, or the mail is promised where none leaves
    dana, path = enter(world.dana_id), f"/portal/journeys/{format_id('jny', journey)}"
    page = read(dana, f"{path}/people")
    assert page.index("Invite a colleague") < page.index('class="team"')
    form = page.partition('id="invite"')[2].partition("</form>")[0]
    assert form.count("<small>") == form.count('type="radio"') == len(STAKEHOLDER_ROLES) + 1
    in_sight, folded = form.partition("<details")[::2]
    assert in_sight.count('type="radio"') == 1, "nobody reads ten roles before the button"
    assert ">Takes part<" in in_sight
    assert "Another role: sponsor" in folded
    assert "No mail leaves from here: once they are invited, ask Mara for the link" in form
    settings.EMAIL_HOST = "mail.example"
    assert "They get a mail with the way in" in read(dana, f"{path}/people")
    row = invited(world, dana, path)
    at = f"{path}/colleagues/{format_id('con', row.id)}/mail"
    assert "a mail with the way in is on its way to nina@customer.example." in read(dana, f"{path}/people")
    assert dana.post(at).status_code == 302
    assert "Nina Berg is invited once more: a mail with the way in is on its way" in read(dana, f"{path}/people")
    assert "Send again" in read(dana, f"{path}/people")


def test_a_mail_is_promised_only_where_mails_leave(world: Cast, journey: UUID, settings: Any) -> None:
    # red when a page promises mail in a demo or before a mail server is set up
    dana, path = enter(world.dana_id), f"/portal/journeys/{format_id('jny', journey)}"
    assert "stands here as soon as it can begin" in read(dana, path)
    settings.EMAIL_HOST = "mail.example"
    assert "We write to you" in read(dana, path)
    settings.EMAIL_HOST = ""
    past_kickoff(world, journey)
    task = f"/portal/tasks/{line(world, journey, 'sign_plan').ref}"
    colleague, _ = contact(world.acme, "Joel", "end_user")
    pages = (path, f"{path}/conversation", f"{path}/people", task, f"{task}/colleague")
    for page in pages:
        told = read(dana, page)
        assert not [one for one in PROMISES if one in told], page
    assert "Mara will see it here" in read(dana, path)
    assert "the answer stands here." in read(dana, task)
    assert "by mail" not in Client().get("/portal/enter/gone").content.decode()
    given = {"person": format_id("con", colleague)}
    said = read(dana, dana.post(f"{task}/colleague", given).headers["Location"])
    assert "Joel has “Sign the plan” now. No mail leaves: tell them." in said
    brought = format_id("con", invited(world, dana, path).id)
    assert "has not signed in yet" in read(dana, f"{task}/colleague")
    said = read(dana, dana.post(f"{task}/colleague", {"person": brought}).headers["Location"])
    assert "Nina Berg has “Sign the plan” now, but has not signed in yet: they need a link from Mara" in said
    assert f'<a href="{path}/people#colleagues">Ask for it</a>' in said
    question = "Please send Nina Berg (nina@customer.example) a link to come in."
    dana.post(f"{path}/comments", {"text": question, "channel": "shared", "question": "1", "back": "people"})
    said = read(dana, dana.post(f"{task}/colleague", {"person": brought}).headers["Location"])
    assert "Mara was asked for the link with which they come in." in said
    assert "Leave it with Nina Berg" in read(dana, f"{task}/colleague")
    settings.EMAIL_HOST = "mail.example"
    assert "Mara will get a mail" in read(dana, path)
    assert "the answer stands here and comes by mail." in read(dana, task)
    assert "They get a mail with the step" in read(dana, f"{task}/colleague")
