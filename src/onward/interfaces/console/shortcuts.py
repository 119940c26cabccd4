"""Keys and places in one table: it makes the handler, the cheat sheet, and what the palette knows of pages."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from onward.identity import actions
from onward.identity.decisions import may
from onward.interfaces.console.shell import say, staff
from onward.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Place:
    """A page or the beginning of an action. `more` are other words for it; `needs` the right, as verb and noun."""

    name: str
    path: str
    keys: str = ""
    more: str = ""
    needs: tuple[str, str] | None = None
    is_action: bool = False

    def is_open_to(self, actor: Actor) -> bool:
        return self.needs is None or may(actor, *self.needs)


@dataclass(frozen=True, slots=True)
class Key:
    """`does` is what the handler is told: "palette", "sheet", "close", "next", "before", "open", "press:x", "go:/"."""

    keys: str
    words: str
    does: str


PLACES = (
    Place("My work", "/", "g w", "home today to do tasks mine"),
    Place("Journeys", "/journeys", "g j", "portfolio onboardings projects"),
    Place("My journeys", "/journeys?by=me", "", "portfolio mine owned"),
    Place("Stalled journeys", "/journeys?pace=stalled", "", "stuck risk"),
    Place("Late for first value", "/journeys?value=late", "", "ttfv overdue"),
    Place("Accounts", "/accounts", "g a", "customers companies clients"),
    Place("Playbooks", "/playbooks", "g p", "templates library"),
    Place("Wins", "/wins", "", "value roi evidence confirmed log"),
    Place("Insights", "/insights", "g i", "reports time to first value funnel stages"),
    Place("Outbox", "/outbox", "g o", "mails messages sent"),
    Place("Import", "/imports", "g m", "csv upload file", ("see", "import")),
    Place("Sources", "/sources", "g s", "events usage segment write key", ("see", "source")),
    Place("Team", "/team", "g t", "people users colleagues roles"),
    Place("Deals that need a playbook", "/journeys/waiting", "", "waiting won choose"),
    Place("Organization", "/settings/organization", "", "settings name zone accent logo"),
    Place("Segments", "/settings/segments", "", "settings"),
    Place("Targets", "/settings/targets", "", "settings days durations segments complexity"),
    Place("API keys", "/settings/keys", "", "settings tokens", ("see", "key")),
    Place("Stuck reactions", "/stuck", "", "problems", ("see", "ledger")),
    Place("You", "/me", "g y", "profile password account preferences settings"),
    Place("Keys", "/keys", "", "shortcuts keyboard help cheat sheet"),
    Place("Open a journey", "/journeys/new", "", "new start onboarding create", ("open", "journey"), True),
    Place("Add an account", "/accounts/new", "", "new create customer", ("open", "account"), True),
    Place("Import accounts and deals", "/imports", "", "csv upload file", ("start", "import"), True),
    Place("Invite a colleague", "/team", "", "add user member new", ("invite", "user"), True),
    Place("Write a playbook", "/playbooks/new", "", "new template publish studio draft", ("publish", "playbook"), True),
)
ANYWHERE = (
    Key("Ctrl K", "Find or do something (⌘ K on a Mac)", "palette"),
    Key("/", "The same", "palette"),
    Key("?", "These keys", "sheet"),
    Key("Escape", "Close what is open", "close"),
)
IN_LISTS = (
    Key("j", "The next row", "next"),
    Key("k", "The row before", "before"),
    Key("Enter", "Open the row", "open"),
    Key("x", "Done; in a list of journeys: choose the row", "press:x"),
    Key("m", "Move its date, or give it to somebody", "press:m"),
    Key("r", "Remind or reply", "press:r"),
    Key("z", "Undo, while the message stands", "press:z"),
)
ON_PAGES = (
    Key("e", "Edit", "press:e"),
    Key("c", "Write a comment", "press:c"),
)


def sheet() -> list[tuple[str, list[Key]]]:
    """The cheat sheet, in its order."""
    return [
        ("Anywhere", list(ANYWHERE)),
        ("Go to", [Key(place.keys, place.name, f"go:{place.path}") for place in PLACES if place.keys]),
        ("In a list", list(IN_LISTS)),
        ("On a journey, a task or an account", list(ON_PAGES)),
    ]


def has_keys(request: HttpRequest) -> bool:
    """Whether this person wants single keys to do something."""
    preferences = getattr(getattr(request, "user", None), "preferences", None) or {}
    return bool(preferences.get("keys", True))


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The cheat sheet as a page; here the keys are switched off and on."""
    staff(request)
    return render(request, "console/shortcuts.html", {"groups": sheet(), "is_on": has_keys(request)})


SAID = {
    ("keys", True): "Single keys do what the sheet says.",
    ("keys", False): "Single keys do nothing now. Ctrl K stays.",
    ("presence", True): "Colleagues see where you look, and you see them.",
    ("presence", False): "Nobody sees where you look, and you see nobody.",
}


@require_POST
def preference(request: HttpRequest) -> HttpResponse:
    """Switch something on or off for oneself, wherever one signs in."""
    actor, name, is_on = staff(request), request.POST.get("name", ""), request.POST.get("on") == "1"
    actions.prefer(actor=actor, name=name, value=is_on)
    say(request, SAID[name, is_on])
    return redirect("/keys" if request.POST.get("back") == "keys" else "/me#preferences")
