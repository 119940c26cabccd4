"""The pages of ways in, in a real browser: they keep nobody out, fit a small phone, and obey their own policy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from onward.foundation import clock
from onward.identity import actions
from onward.identity.models import Factor, User
from onward.kernel.actor import SYSTEM
from onward.kernel.ids import format_id

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# test_accessible looks at every address, in one theme and width; here more stands on them, in all: the long form.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
AXE_CALL = "rules => axe.run(document.querySelector('main'), {runOnly: {type: 'tag', values: rules}})"


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 320)])
def test_pages_of_ways_in_keep_nobody_out(chromium: Browser, live_server: Any, theme: str, width: int) -> None:
    priya = User.objects.get(id=actions.add_user(actor=SYSTEM, name="Priya", role="admin", mail="priya@example.com"))
    Factor.objects.create(user=priya, kind="totp", name="Phone", created_at=clock.now())
    actions.make_role(actor=SYSTEM, title="Training specialist", rights=["task:write"])
    client = Client(headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"})
    client.force_login(priya)
    context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=theme)  # type: ignore[arg-type]
    cookie = {"name": "onward_session", "value": client.cookies["onward_session"].value, "url": live_server.url}
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if "Security" in said.text else None)
    found: list[str] = []
    own = format_id("usr", priya.id)
    pages = ["/sign-in", "/sign-in?step=password", "/me", "/me/app", "/team", f"/team/{own}", "/settings/roles",
             "/settings/roles/training_specialist", "/settings/sign-in"]  # fmt: skip
    for address in pages:
        if address == "/me":
            context.add_cookies([cookie])  # type: ignore[list-item]
        page.goto(live_server.url + address)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        found += [f"{address}: wider by {wide}"] if wide > 0 else []
        found += [f"{address}: {said}" for said in refused]
        refused.clear()
        # The policy, which holds axe's own script off too, was watched above.
        plain = context.new_cdp_session(page)
        plain.send("Page.setBypassCSP", {"enabled": True})
        page.reload()
        page.add_script_tag(path=AXE)
        result = page.evaluate(AXE_CALL, RULES)
        found += [
            f"{address}: {one['id']} at {node['target']}" for one in result["violations"] for node in one["nodes"]
        ]
        plain.send("Page.setBypassCSP", {"enabled": False})
    context.close()
    assert found == []
