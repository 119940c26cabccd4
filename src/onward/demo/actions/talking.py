"""What people say and hand over at an account: a few turns, as its story goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from onward.conversation import actions as conversation
from onward.demo.actions.cast import COMPANIES
from onward.demo.actions.life import Life
from onward.kernel.actor import Actor

CSV = "field,needed,why\nname,yes,to show who drives\ne-mail,yes,to match people\nregion,yes,to group\n"
NOTES = "Agreed in the kickoff\n\n- one report first, for the morning round\n- CRM comes last\n- weekly, by mail\n"


@dataclass(frozen=True)
class Doubt:
    """What a customer asks in the second week, what we ask a colleague then, the colleague's word, and our answer."""

    asked: str
    inside: str
    known: str
    answer: str


DOUBTS = (
    Doubt(
        "Do you need the whole contact, or is name, e-mail and region enough? Legal will ask me.",
        "what do the others get? I would say region is enough.",
        "Region was enough for all the others. Ask their IT for the rest.",
        "Name, e-mail and region are enough. Nothing else leaves your system.",
    ),
    Doubt(
        "Our security team asks where the data is kept. Is there a page that I can send them?",
        "is the hosting sheet up to date? Their security asks where data is kept.",
        "It is from last month, send it.",
        "Inside the EU, and it stays there. The sheet is under Documents.",
    ),
    Doubt(
        "We have two billing systems until spring. Which of them do we connect?",
        "would you begin with their old billing or the new one?",
        "The new one. The old one goes away in spring.",
        "Begin with the new one: the old one would be gone before it pays off.",
    ),
    Doubt(
        "Can three of us share one login for now, or do we need one each?",
        "they want to share one login. Do we allow that for a start?",
        "No, but more seats cost nothing until first value. Offer that.",
        "One each, please: the report shows who did what. More seats cost nothing until then.",
    ),
)


def conversations(life: Life) -> Iterator[datetime]:
    """The talk of an account from its signature on; it goes quiet when the journey is over."""
    yield life.at(1.2, 11)
    if not _goes_on(life):
        return
    champion, csm = life.contacts["champion"], life.csm
    first = champion.name.split()[0]
    _say(life, csm, f"Welcome, {first}. Your plan is here; I am the one to ask.")
    yield life.at(2.1, 9)
    if not _goes_on(life):
        return
    _link(life, csm, "shared", "https://docs.northwind.example.com/start", "How the first month goes")
    _say(life, champion, "Thank you. Who on our side has to be at the kickoff?", question=True)
    yield life.at(2.2, 14)
    _say(life, csm, "You, and whoever decides on **the first report**. Forty minutes are enough.")
    yield life.at(5.5, 13)
    if not _goes_on(life):
        return
    _file(life, csm, "internal", "kickoff-notes.md", NOTES)
    _say(
        life, csm, f"{first} decides fast, their IT does not. @{life.seller.name}, what was promised there?", "internal"
    )
    yield life.at(6.3, 10)
    _say(life, life.seller, "Only read access, and that we help with the request.", "internal")
    yield life.at(9.4, 15)
    if not _goes_on(life):
        return
    _file(life, champion, "shared", "field-list.csv", CSV)
    doubt = DOUBTS[COMPANIES.index(life.company) % len(DOUBTS)]
    _say(life, champion, doubt.asked, question=True)
    if life.company.told.get("stop"):
        # Nobody has answered yet: this is what holds them up.
        asked = life.staff["tomas" if csm.id == life.staff["mara"].id else "mara"]
        _say(life, csm, f"@{asked.name}, {doubt.inside}", "internal")
        yield life.at(32.4, 10)
        if _goes_on(life):
            conversation.see_mentions(actor=asked, journey_id=life.journey, task_id=None)
            _say(life, asked, doubt.known, "internal")
        return
    yield life.at(9.6, 16)
    _say(life, csm, doubt.answer)


def _goes_on(life: Life) -> bool:
    return life.has_journey and life.is_under_way


def _say(life: Life, actor: Actor, text: str, channel: str = "shared", *, question: bool = False) -> None:
    conversation.write_comment(actor=actor, journey_id=life.journey, channel=channel, text=text, question=question)


def _file(life: Life, actor: Actor, channel: str, name: str, text: str) -> None:
    conversation.add_file(actor=actor, journey_id=life.journey, channel=channel, name=name, content=text.encode())


def _link(life: Life, actor: Actor, channel: str, url: str, title: str) -> None:
    conversation.add_link(actor=actor, journey_id=life.journey, channel=channel, url=url, title=title)
