"""Every mail that the product writes, with invented people in it: templates and letter are those of the sent ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape, unescape

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from onward.automation.actions.telling import FIRST, MORE
from onward.automation.decisions.messages import DEFAULT, LATE, OWNS, STALLED, STILL
from onward.engagement.actions.colleagues import HANDED, INVITATION
from onward.engagement.actions.invites import CANCEL, REQUEST
from onward.engagement.actions.writing import CODE
from onward.engagement.decisions import Letter, compose
from onward.engagement.queries import base_url, logo_address
from onward.identity import queries as identity
from onward.interfaces.console.shell import staff
from onward.kernel.refusals import not_found
from onward.playbooks import queries as playbooks

DANA, JOEL, MARA = "Dana Whitfield", "Joel Arnesen", "Mara Lindqvist"
VALUES = {
    "account.name": "Acme Freight",
    "sender.name": "Mara Lindqvist",
    "sender.first_name": "Mara",
    "owner.name": "Mara Lindqvist",
    "owner.first_name": "Mara",
    "journey.title": "Acme Freight, first year",
    "task.title": "Connect your CRM",
    "task.due": "Tue 10 March",
    "goal": "Know by nine each morning which trucks will be late",
    "writer": "Mara Lindqvist",
    "about": "Connect your CRM",
    "quote": "Do we need the sandbox as well?\nIt would save us a day.",
}
MEETING = {"title": "Kickoff call", "when": "Friday 20 February at 15:00 CET"}
LATE_TITLE = {"title": "First report, run by three people", "due": "18 March"}


@dataclass(frozen=True)
class Sample:
    """`key` stands in the address; `when` says what makes the product write it."""

    key: str
    when: str
    subject: str
    text: str
    why: str = "You get this because it is part of your onboarding: Connect your CRM."
    sender: str = "Mara Lindqvist"
    to: str = "Dana Whitfield"


def samples() -> Iterator[Sample]:
    """All of them; a playbook's own texts come last."""
    vendor = identity.organization().name or "Onward"
    link = f"{base_url()}/portal/"
    asked = f"You get this because somebody asked to sign in at {vendor} with this address."
    yield Sample("code", "Somebody asks to sign in", f"Your code for {vendor}", CODE, asked, "")
    yield Sample("invite", "A meeting has its time", MEETING["title"], REQUEST.format(minutes=45, **MEETING))
    yield Sample("called-off", "A meeting is called off", f"Called off: {MEETING['title']}", CANCEL.format(**MEETING))
    words = INVITATION.format(inviter="Dana Whitfield", purpose=", as technical lead", link=link)
    named = "You get this because Dana Whitfield named you as a colleague. If that is wrong, ignore it."
    yield Sample(
        "colleague",
        "A customer invites a colleague",
        "Dana Whitfield invites you to the onboarding",
        words,
        named,
        DANA,
        JOEL,
    )
    handed = HANDED.format(giver="Dana Whitfield", title="Connect your CRM")
    yield Sample("handed", "A customer hands a step on", "Now yours: Connect your CRM", handed, sender=DANA, to=JOEL)
    part = "You take part in this conversation."
    for key, verb in (("comment", "on"), ("question", "asks about"), ("file", "added a file to")):
        subject = f"{{writer}} {verb} {{about}}"
        yield Sample(key, f"Somebody {verb} a task", subject, FIRST.format(verb=verb), part)
    yield Sample("more", "They write again within ten minutes", "More from {writer} on {about}", MORE, part)
    yield Sample(
        "reminder",
        "A colleague reminds somebody",
        "Connect your CRM",
        "Hello Dana,\n\nyour read-only user is all that is missing for the first report.\n\n[Open it]({link.task})",
    )
    late = f"Late for {{account.name}}: {LATE_TITLE['title']}"
    yield Sample("late", "A promised date has passed", late, LATE.format(**LATE_TITLE), OWNS, "", MARA)
    still = "No step was taken on either side since 5 Dec 2026."
    subject = "Stalled for {account.name}: no step was taken on either side since 5 Dec 2026"
    yield Sample("stalled", "A journey has stalled", subject, STALLED.format(reason=still), STILL, "", MARA)
    yield Sample("plain", "A playbook's mail without a text of its own", "Connect your CRM", DEFAULT)
    for book in playbooks.current_versions().values():
        for name, text in book.texts:
            heading = text.partition("\n")[0]
            subject = heading.lstrip("# ").strip() if heading.startswith("#") else "Connect your CRM"
            yield Sample(f"{book.id}.{name}", f"The playbook “{book.title}” sends “{name}”", subject, text)


def letter(sample: Sample) -> Letter:
    """As it leaves, in the organization's name and color."""
    organization = identity.organization()
    vendor = organization.name or "Onward"
    link = f"{base_url()}/portal/"
    known = dict.fromkeys(("link.portal", "link.plan", "link.task", "link.talk", "kickoff.link"), link)
    closes = sample.text.rstrip().endswith(("{sender.name}", "{sender.first_name}"))
    return compose(
        sample.subject,
        sample.text,
        {
            **VALUES,
            **known,
            "person.name": sample.to,
            "person.first_name": sample.to.split()[0],
            "organization.name": vendor,
            "playbook.title": "Onboarding",
        },
        vendor=vendor,
        accent=organization.accent,
        logo=logo_address(organization.settings),
        why=sample.why,
        sender="" if closes else sample.sender,
    )


@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    """Each kind with its plain part, and a way to how it is drawn."""
    staff(request)
    return render(request, "console/mails.html", {"rows": [(sample, letter(sample)) for sample in samples()]})


@require_GET
def drawn(request: HttpRequest) -> HttpResponse:
    """The drawn part as a page. Mails carry their styles inside, which no page here may: they come as a sheet."""
    html, _ = _apart(_asked(request).html)
    sheet = f'<link rel="stylesheet" href="/styleguide/mails/letter.css?of={escape(request.GET.get("of", ""))}">'
    return HttpResponse(re.sub(r"<style>.*?</style>", sheet, html, flags=re.DOTALL))


@require_GET
def sheet(request: HttpRequest) -> HttpResponse:
    """The styles of that mail."""
    return HttpResponse(_apart(_asked(request).html)[1], content_type="text/css; charset=utf-8")


def _asked(request: HttpRequest) -> Letter:
    staff(request)
    wanted = request.GET.get("of", "") or "code"
    found = next((sample for sample in samples() if sample.key == wanted), None)
    if found is None:
        raise not_found("mail", wanted[:60])
    return letter(found)


def _apart(html: str) -> tuple[str, str]:
    """Markup whose styles are classes, and the sheet that they name."""
    names: dict[str, str] = {}

    def classed(found: re.Match[str]) -> str:
        tag, style = found[0], found[1]
        name = names.setdefault(style, f"s{len(names)}")
        tag = tag.replace(f' style="{style}"', "")
        if 'class="' in tag:
            return tag.replace('class="', f'class="{name} ', 1)
        return re.sub(r"^<(\w+)", rf'<\1 class="{name}"', tag)

    markup = re.sub(r'<\w+[^>]* style="([^"]*)"[^>]*>', classed, html)
    own = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    rules = "".join(f".{name}{{{unescape(style)}}}\n" for style, name in names.items())
    return markup, rules + (own[1] if own else "")
