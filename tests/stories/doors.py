"""A company told through its doors only: the API for the sale, HTTP for usage, the portal, the console."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import time_machine
from django.test import Client

from onward.automation import actions as automation
from onward.foundation import ledger
from onward.identity import actions as identity
from onward.identity import queries as people
from onward.journeys import queries as journeys
from onward.journeys.queries import JourneyView, TaskLine
from onward.kernel.actor import SYSTEM
from onward.kernel.ids import format_id, parse_id
from onward.playbooks import actions as playbooks
from onward.usage import actions as usage
from tests.usage.sending import Client as Sender

STAFF = {"mara": "success", "sam": "sales", "ines": "specialists", "priya": "trainers"}


@dataclass
class Doors:
    """Northwind's people by first name, and what they can reach. `clock` is where the story's day stands."""

    clock: time_machine.Traveller
    signed: datetime
    users: dict[str, str] = field(default_factory=dict)
    contacts: dict[str, str] = field(default_factory=dict)
    account: str = ""
    deal: str = ""
    journey: str = ""
    key: str = ""
    sender: Sender = field(init=False)
    browser: Sender = field(init=False)

    def open_shop(self) -> None:
        """The installation as the team set it up: people, the shipped playbooks, sources and an API key."""
        playbooks.publish_shipped()
        for name, team in STAFF.items():
            user_id = identity.add_user(
                actor=SYSTEM, name=name.title(), role="manager", mail=f"{name}@northwind.example", team=team
            )
            self.users[name] = format_id("usr", user_id)
        self.key = identity.create_key(actor=SYSTEM, name="Sales system", scopes=["read", "write"]).secret
        self.sender = Sender(usage.create_source(actor=SYSTEM, name="Product").write_key)
        self.browser = Sender(usage.create_source(actor=SYSTEM, name="App", kind="browser").write_key)

    def day(self, number: float, hour: float = 10) -> None:
        """Move the clock to that day after the signature, and let the worker do what has come due."""
        midnight = self.signed.replace(hour=0, minute=0)
        self.clock.move_to(midnight + timedelta(days=number, hours=hour))
        self.work()

    def work(self) -> None:
        """The worker's turn: count what was sent, look at what has come due."""
        usage.derive_all()
        automation.tick()
        while ledger.drain_due():
            pass
        assert ledger.stuck_rows() == []

    def api(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """What the sales system says."""
        answer = Client().generic(
            method,
            f"/api/v1{path}",
            json.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.key}"},
        )
        assert answer.status_code in {200, 201}, (path, answer.content)
        return dict(answer.json())

    def sell(self, *, amount: int, seats: int, contacts: dict[str, Sequence[str]], **account: Any) -> None:
        """The sales system opens account, people and deal, and reports the signature."""
        made = self.api(
            "POST",
            "/accounts",
            {"name": "Acme Freight", "group_id": "acme", "seats": seats, "owner_id": self.users["mara"], **account},
        )
        self.account = made["id"]
        for name, roles in contacts.items():
            body = {"account_id": self.account, "name": name, "mail": f"{name.lower()}@acme.example", "roles": [*roles]}
            self.contacts[name.lower()] = self.api("POST", "/contacts", body)["id"]
        deal = {"account_id": self.account, "name": "First year", "amount": amount, "owner_id": self.users["sam"]}
        self.deal = self.api("POST", "/deals", deal)["id"]
        self.api("POST", f"/deals/{self.deal}/signature", {"signed_at": self.signed.isoformat()})
        (line,) = journeys.journeys_of(SYSTEM, parse_id("acc", self.account))
        self.journey = line.ref

    def view(self) -> JourneyView:
        return journeys.journey_view(SYSTEM, parse_id("jny", self.journey))

    def task(self, key: str) -> TaskLine:
        return next(task for task in reversed(self.view().tasks) if task.key == key)

    def console(self, who: str) -> Client:
        """A colleague's browser, freshly signed in."""
        client = Client()
        user = people.signed_in_user(parse_id("usr", self.users[who]))
        assert user is not None
        client.force_login(user)
        return client

    def do(self, who: str, path: str, **fields: Any) -> None:
        """A colleague sends a form of the journey (a path of its own), or of a task ("task:key/what")."""
        where = f"/journeys/{self.journey}/{path}"
        if path.startswith("task:"):
            key, _, what = path.removeprefix("task:").partition("/")
            where = f"/tasks/{self.task(key).ref}/{what}"
        answer = self.console(who).post(where, {name.replace("__", "."): value for name, value in fields.items()})
        assert answer.status_code == 302, (where, words_of(answer.content))

    def answer(self, who: str, key: str, **fields: Any) -> None:
        """A colleague fills in a task's form."""
        self.do(who, f"task:{key}/form", **{f"field__{name}": value for name, value in fields.items()})

    def person(self, name: str) -> str:
        """The reference of one of either side."""
        return f"user:{self.users[name]}" if name in self.users else f"contact:{self.contacts[name]}"

    def hold(self, who: str, key: str, *attended: str) -> None:
        """A colleague records that a meeting has just taken place."""
        refs = [
            f"user:{self.users[name]}" if name in self.users else f"contact:{self.contacts[name]}" for name in attended
        ]
        held = datetime.now(UTC) - timedelta(minutes=30)
        self.do(who, f"task:{key}/meeting", held_at=held.isoformat(), attended=refs)

    def portal(self, who: str) -> Client:
        """A customer's browser: the journey's owner copies the link from the people page, the customer follows it."""
        shown = self.console("mara").post(f"/contacts/{self.contacts[who]}/invites", follow=True)
        found = re.search(r"/portal/enter/([\w-]+)", shown.content.decode())
        assert found, words_of(shown.content)
        client = Client()
        answer = client.post(f"/portal/enter/{found[1]}", {"remember": "1"})
        assert answer.status_code == 302
        return client

    def customer(self, who: str, key: str, what: str = "completion", **fields: Any) -> None:
        """A customer does something to a task of theirs."""
        answer = self.portal(who).post(f"/portal/tasks/{self.task(key).ref}/{what}", fields)
        assert answer.status_code == 302, words_of(answer.content)

    def use(self, event: str, *users: str, at: datetime | None = None, server: bool = True, **properties: Any) -> None:
        """The product reports what people did, just now or at a moment in the past."""
        moment = at or datetime.now(UTC)
        messages = [
            {
                "type": "track",
                "event": event,
                "userId": user,
                "messageId": str(uuid4()),
                "timestamp": moment.isoformat(),
                "context": {"groupId": "acme"},
                "properties": properties,
            }
            for user in users
        ]
        assert (self.sender if server else self.browser).batch(*messages) == 200
        self.work()

    def page(self, tab: str = "", who: str = "mara") -> str:
        """A journey page's words."""
        answer = self.console(who).get(f"/journeys/{self.journey}{'/' if tab else ''}{tab}")
        assert answer.status_code == 200
        return words_of(answer.content)

    def task_page(self, key: str, who: str = "mara") -> str:
        """A task page's words."""
        answer = self.console(who).get(f"/tasks/{self.task(key).ref}")
        assert answer.status_code == 200
        return words_of(answer.content)

    def stages(self) -> dict[str, str]:
        return {stage.key: stage.state for stage in self.view().stages}

    def proves(self, stage: str) -> None:
        """The stage is closed because every criterion is met, and its page says so."""
        row = next(row for row in self.view().stages if row.key == stage)
        assert (row.state, row.how) == ("closed", "proven"), [(c.title, c.state, c.sentence) for c in row.checks]
        page = self.page()
        for check in row.checks:
            assert check.state == "met"
            assert check.title in page, (check.title, page[:2000])


def words_of(content: bytes) -> str:
    """What a page says, without its markup."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", content.decode())))
