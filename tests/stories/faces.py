"""People at their screens: each has a browser of their own, and does only what a page offers."""

from __future__ import annotations

import json
import re
import urllib.request
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import segment.analytics.client

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
PATIENCE = 30_000


class Face:
    """Somebody at their screen. What fails in a page's own code is kept in `errors`."""

    def __init__(self, chromium: Browser, address: str, screen: dict[str, int]) -> None:
        self.address = address
        self.context = chromium.new_context(viewport=screen)  # type: ignore[arg-type]
        self.context.set_default_timeout(PATIENCE)
        self.page: Page = self.context.new_page()
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def open(self, where: str) -> None:
        answer = self.page.goto(where if "://" in where else self.address + where)
        assert answer is not None
        assert answer.ok, (where, self.page.inner_text("body"))

    def click(self, words: str, within: Locator | None = None) -> None:
        """Press the button of that name; the page that answers says no refusal."""
        (within or self.page.locator("main")).get_by_role("button", name=words, exact=True).click()
        assert self.page.locator(".refusal, [role=alert]").count() == 0, self.page.inner_text("main")

    def follow(self, words: str) -> None:
        self.page.get_by_role("link", name=words, exact=True).first.click()

    def fill(self, **fields: str) -> None:
        """Type into the fields of those names, on the page as it is."""
        for name, value in fields.items():
            self.page.locator(f"main [name='{name.replace('__', '.')}']:visible").fill(value)

    def unfold(self, words: str, within: Locator | None = None) -> Locator:
        """Open what is folded away under these words; what was inside."""
        fold = (within or self.page.locator("main")).locator(
            "details", has=self.page.locator("summary", has_text=words)
        )
        fold.first.locator("summary").first.click()
        return fold.first

    def row(self, words: str) -> Locator:
        """The line of a list or table that says this."""
        return self.page.locator("main li, main tr, main .row").filter(has_text=words).first

    def waits_for(self, words: str, where: str = "main") -> None:
        """Until the page says so, by itself."""
        self.page.locator(where).filter(has_text=words).first.wait_for()

    def waits_until_met(self, title: str) -> None:
        """Until the criterion of that title is met, by itself."""
        row = self.page.locator("main .criterion").filter(has_text=title).filter(has_text=re.compile(r"Met \d"))
        row.first.wait_for()

    def copied(self, name: str) -> str:
        """What a page shows only once."""
        return self.page.locator(f"#{name}").inner_text().strip()


@dataclass
class Systems:
    """The two systems that speak for themselves: the one of sales, through the API, and the product, by its SDK."""

    address: str
    key: str
    write_key: str

    def api(self, path: str, **body: Any) -> dict[str, Any]:
        request = urllib.request.Request(
            f"{self.address}/api/v1{path}",
            json.dumps(body, default=str).encode(),
            {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            told: dict[str, Any] = json.load(answer)
        return told

    def use(self, *happened: tuple[datetime, str, str, dict[str, Any]]) -> None:
        """Moment, person, event and properties of each, as the unmodified client delivers them."""
        failed: list[Any] = []
        client = segment.analytics.client.Client(
            self.write_key,
            host=self.address,
            gzip=True,
            upload_interval=0.05,
            on_error=lambda error, batch: failed.append(error),
        )
        for at, person, event, properties in happened:
            client.track(person, event, properties, context={"groupId": "acme"}, timestamp=at)
        client.flush()
        client.join()
        assert failed == []


def typed(day: date) -> str:
    """A day as a date field takes it."""
    return day.isoformat()
