"""The seven stages once more on a running product: every person clicks and types, and the dates lie in the past."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.processes import Started, processes_of, wait_until
from tests.stories.faces import PHONE, WIDE, Face, Systems, typed

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::ResourceWarning")]
TEAM = [f"u{number}" for number in range(1, 7)]
LASTING = 24
PROOF = {
    "pre_onboarding": ["Mail, invite and packet delivered", "Sales has handed over"],
    "kickoff": ["A shared, written success goal", "A named champion", "Plan signed by the customer"],
    "setup": ["They do the core action with their own data", "Test signed off"],
    "training": ["Every role trained"],
    "first_value": ["The agreed success was reached once"],
    "adoption": ["Weekly use holds for two weeks", "90-day check-in held"],
    "completion": ["Completion criteria met"],
}


@dataclass
class Story:
    """Who takes part, and when it began."""

    chromium: Browser
    address: str
    today: date = field(default_factory=lambda: datetime.now(UTC).date())
    people: dict[str, Face] = field(default_factory=dict)
    journey: str = ""

    def on(self, day: int, hour: int = 9) -> datetime:
        """That day after the signature, which was a hundred and twenty days ago."""
        signed = datetime(self.today.year, self.today.month, self.today.day, tzinfo=UTC) - timedelta(days=120)
        return signed + timedelta(days=day, hours=hour)

    def meet(self, name: str, screen: dict[str, int] = WIDE) -> Face:
        """Somebody sits down at a screen of their own."""
        self.people[name] = Face(self.chromium, self.address, screen)
        return self.people[name]

    def task(self, who: Face, title: str) -> None:
        """Go from the plan to a task's own page."""
        who.open(f"{self.journey}/plan")
        where = who.page.get_by_role("link", name=title, exact=True).first.get_attribute("href")
        assert where is not None
        who.open(where)
        who.waits_for(title, "h1")


@pytest.fixture
def story(chromium: Browser) -> Iterator[tuple[Story, str]]:
    """A product that has just been started for the first time, and its first link."""
    with tempfile.TemporaryDirectory(prefix="onward-story-") as folder:
        Path(folder).chmod(0o711)
        running = Started(Path(folder) / "data")
        made = Story(chromium, f"http://127.0.0.1:{running.port}")
        yield made, running.said["sign_in"]
        for face in made.people.values():
            face.context.close()
        running.end()
        print(running.progress)
        wait_until(lambda: not processes_of(running.data))


@pytest.mark.long
def test_seven_stages_by_clicks_and_typing_with_dates_in_the_past(story: tuple[Story, str]) -> None:
    # covers 51, 55, 56, 88-91
    told, first_link = story
    systems = open_shop(told, first_link)
    sell(told, systems)
    pre_onboarding(told)
    kickoff(told)
    setup_and_training(told, systems)
    first_value_and_adoption(told, systems)
    completion(told)
    assert [error for face in told.people.values() for error in face.errors] == []


def open_shop(told: Story, first_link: str) -> Systems:
    """The organization, two colleagues, a key for the sales system and one for the product."""
    mara = told.meet("mara")
    mara.open(first_link.removeprefix(told.address))
    mara.fill(name="Northwind", admin_name="Mara", admin_mail="mara@northwind.example")
    mara.click("Set up our organization")
    for name in ("sam", "ines"):
        mara.open("/team")
        mara.fill(mail=f"{name}@northwind.example", name=name.title())
        mara.click("Make an invite link")
        colleague = told.meet(name)
        colleague.open(mara.copied("invite-link"))
        colleague.page.get_by_role("button", name="Come in").click()
        colleague.waits_for("Sign out", "body")
    mara.open("/settings/keys")
    mara.fill(name="Sales system")
    mara.page.get_by_label("Write", exact=False).first.check()
    mara.click("Make the key")
    key = mara.copied("new-key")
    mara.open("/sources")
    mara.fill(name="Product")
    mara.click("Set it up")
    return Systems(told.address, key, mara.copied("write-key"))


def sell(told: Story, systems: Systems) -> None:
    """The sales system opens account, people and deal, and reports a signature of long ago."""
    account = systems.api("/accounts", name="Acme Freight", group_id="acme", seats=6, complexity="simple")["id"]
    for name, role in (("Dana", "champion"), ("Piet", "project_owner"), ("Olga", "sponsor")):
        systems.api("/contacts", account_id=account, name=name, mail=f"{name.lower()}@acme.example", roles=[role])
    deal = systems.api("/deals", account_id=account, name="First year", amount=72_000, closed_on=told.on(0).date())
    systems.api(f"/deals/{deal['id']}/signature", signed_at=told.on(0))
    mara = told.people["mara"]
    mara.open("/journeys")
    mara.follow("Acme Freight")
    mara.waits_for("Pre-onboarding", "h1")
    told.journey = mara.page.url.removeprefix(told.address)


def name_somebody(told: Story, role: str, person: str) -> None:
    """Mara fills a role on the people page."""
    mara = told.people["mara"]
    mara.open(f"{told.journey}/people")
    form = mara.unfold("Name somebody", mara.row(role))
    form.locator("select").select_option(label=person)
    mara.click("Save", form)
    mara.waits_for("The role is filled", "body")


def pre_onboarding(told: Story) -> None:
    """The team takes its places, the kickoff has its time, mail, invite and packet are out; sales hands over."""
    mara, sam = told.people["mara"], told.people["sam"]
    for role, person in (
        ("Customer success manager", "Mara"),
        ("Sales", "Sam"),
        ("Implementation specialist", "Ines"),
        ("Trainer", "Ines"),
    ):
        name_somebody(told, role, person)
    told.task(mara, "Kickoff call")
    mara.fill(starts_at=told.on(3, 13).strftime("%Y-%m-%dT%H:%M"))
    mara.click("Set the time")
    mara.open(told.journey)
    mara.waits_for("Mail, invite and packet delivered")
    told.task(sam, "Hand over from sales")
    sam.fill(
        field__why="They lose an hour each morning",
        field__problems="Four sources that never agree",
        field__stakeholders="Dana, Piet, Olga",
        field__success="Late trucks known by nine",
    )
    sam.click("Send it in")
    mara.waits_for("is in Kickoff", "h1")


def hold(told: Story, title: str, day: int, *came: str) -> None:
    """Mara records a meeting of that day."""
    mara = told.people["mara"]
    told.task(mara, title)
    mara.unfold("Record that it was held")
    mara.fill(held_at=typed(told.on(day).date()))
    for box in mara.page.locator("main [name=attended]").all():
        box.set_checked(any(box.locator("..").inner_text().startswith(name) for name in came))
    mara.click("Record the meeting")
    mara.waits_for("Held on")


def kickoff(told: Story) -> None:
    """The call was held, the goal stands in writing, the plan is signed by both."""
    mara = told.people["mara"]
    hold(told, "Align our team", 2, "Mara", "Sam")
    hold(told, "Kickoff call", 3, "Mara", "Piet", "Olga", "Dana")
    mara.fill(field__success="Late by nine", field__go_live=typed(told.on(35).date()), field__sources="2")
    mara.page.get_by_label("Old data to bring along?").select_option(label="No")
    mara.page.get_by_label("Where we talk").select_option(label="E-mail")
    mara.click("Send it in")
    mara.open(f"{told.journey}/success")
    measure = mara.page.locator("label", has_text="First report run by")
    measure.click()
    mara.page.locator("[name='first_report.n']").fill("3")
    mara.click("This is value")
    mara.unfold("Write a single goal")
    mara.fill(outcome="Know by nine which trucks will be late", due_on=typed(told.on(60).date()))
    mara.page.get_by_label("Who on their side owns it").select_option(label="Dana")
    mara.click("Write it down")
    mara.click("They agreed", mara.unfold("Change or agree it"))
    dana = enter(told, "Dana")
    dana.follow("Sign the project plan")
    dana.page.get_by_label("I have read it and agree").check()
    dana.click("Sign")
    dana.waits_for("Northwind is at work on 1 step", "h1")
    told.task(mara, "Sign the project plan")
    mara.waits_for("They have said done, we have not", "h1")
    mara.click("Done")
    mara.open(told.journey)
    mara.waits_for("is in Implementation and setup", "h1")


def enter(told: Story, name: str) -> Face:
    """A customer comes in by the link that Mara makes on the people page and hands over."""
    mara, theirs = told.people["mara"], told.meet(name.lower(), PHONE)
    mara.open(f"{told.journey}/people")
    mara.click(
        "Make a sign-in link",
        mara.page.locator("main section", has_text="Who may sign in").locator("li", has_text=name),
    )
    theirs.open(mara.copied("portal-link"))
    theirs.page.get_by_role("button", name="Open my onboarding").click()
    theirs.waits_for(f"Hello {name}", "h1")
    return theirs


def setup_and_training(told: Story, systems: Systems) -> None:
    """Sources are connected by the product's own word; the customer tries it; every role is trained."""
    ines, mara = told.people["ines"], told.people["mara"]
    told.task(ines, "Provision accounts")
    ines.click("Done")
    mara.open(told.journey)
    systems.use(
        (told.on(7), "u1", "Source Connected", {"source_id": "erp"}),
        (told.on(8), "u1", "Source Connected", {"source_id": "crm"}),
        (told.on(10), "u1", "Report Run", {"sample_data": True}),
        (told.on(12), "u1", "Report Run", {"sample_data": False}),
    )
    mara.waits_until_met("They do the core action with their own data")
    piet = enter(told, "Piet")
    piet.follow("Try the practice environment")
    for step in (
        "Sign in to the practice environment", "Run one report that you know well", "Compare its figures with yours",
    ):  # fmt: skip
        piet.click(step)
    piet.page.get_by_label("I have tried it and it works").check()
    piet.click("Sign")
    for course in ("Train the admins", "Train the team", "Certify power users"):
        told.task(ines, course)
        ines.click("Done")
    mara.open(told.journey)
    mara.waits_for("is in First value", "h1")


def first_value_and_adoption(told: Story, systems: Systems) -> None:
    """Three people ran a report; use has lasted since; the check-ins were held. All of it long ago."""
    mara = told.people["mara"]
    systems.use(*((told.on(16, 14), person, "Report Run", {"sample_data": False}) for person in ("u2", "u3")))
    mara.waits_for("is in Adoption", "h1")
    systems.use(
        *((told.on(day, 8), person, "Signed In", {}) for day in range(120 - LASTING, 120) for person in TEAM[:5])
    )
    mara.waits_until_met("Weekly use holds for two weeks")
    mara.open(f"{told.journey}/success")
    for title, day in (("30-day check-in", 30), ("60-day check-in", 60), ("90-day check-in", 90)):
        form = mara.unfold("Held", mara.row(title))
        form.locator("[name=held_at]").fill(typed(told.on(day + 1).date()))
        form.locator("[name=note]").fill("It goes well")
        mara.click("Record it", form)
        mara.waits_for("The check-in is recorded", "body")
    mara.open(told.journey)
    mara.waits_for("is in Completion", "h1")


def completion(told: Story) -> None:
    """The goal is reached, the review held: the journey reads complete, and its page shows each stage's proof."""
    mara = told.people["mara"]
    mara.open(f"{told.journey}/success")
    wish = mara.unfold("Say that it is reached")
    wish.locator("[name=evidence]").fill("Shown in the review on their own figures")
    mara.click("Reached", wish)
    hold(told, "Success review", 119, "Mara", "Dana", "Olga")
    mara.open(told.journey)
    mara.waits_for("completed onboarding", "h1")
    for key, titles in PROOF.items():
        proof = mara.page.locator(f"#proof-{key}")
        proof.locator("summary").click()
        for title in titles:
            row = proof.locator("li", has_text=title)
            row.wait_for()
            assert "Met" in row.inner_text(), (key, title, row.inner_text())
    mara.open(f"{told.journey}/completion")
    mara.waits_for("2 of 2 rows are proven or waived")
    told.people["dana"].open("/portal/")
    told.people["dana"].waits_for("onboarding is complete", "h1")
