"""What stands around every console page: the rail, who is signed in, whose installation this is."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from onward.identity import queries as identity
from onward.identity.decisions import may
from onward.interfaces.ui.drawings import photo_of
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id
from onward.kernel.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Item:
    """A page of the rail. `near` ones stand in the phone's bottom bar beside Find, the others under More. `noun`
    is what it shows, where not everybody sees that."""

    name: str
    path: str
    icon: str
    near: bool = False
    noun: str = ""


RAIL = (
    Item("My work", "/", "list-checks", near=True),
    Item("Journeys", "/journeys", "route", near=True),
    Item("Accounts", "/accounts", "building-2"),
    Item("Wins", "/wins", "check"),
    Item("Playbooks", "/playbooks", "book-open"),
    Item("Insights", "/insights", "chart-line", near=True),
)
SETTINGS = (
    Item("Outbox", "/outbox", "mail"),
    Item("Import", "/imports", "upload", noun="import"),
    Item("Sources", "/sources", "radio", noun="source"),
    Item("Settings", "/team", "users"),
)
# Pages whose address does not begin with that of the rail's item they belong to.
BELOW = {"/tasks/": "/journeys", "/contacts/": "/accounts", "/settings/": "/team", "/me": "/team", "/stuck": "/team"}


@dataclass(frozen=True, slots=True)
class Shell:
    """`current` is the path of the rail's item that this page belongs to, or ""."""

    organization: str
    is_demo: bool
    actor: Actor | None
    current: str
    photo: str = ""
    rail: tuple[Item, ...] = RAIL
    settings: tuple[Item, ...] = SETTINGS


@dataclass(frozen=True, slots=True)
class Undo:
    """What a toast offers: a post to this address, with these fields, takes back what was just done."""

    path: str
    fields: dict[str, str]


def staff(request: HttpRequest) -> Actor:
    """The signed-in colleague; a Refusal "unauthorized" for anybody else."""
    actor = getattr(request, "actor", None)
    if not isinstance(actor, Actor) or not actor.is_staff:
        raise Refusal("unauthorized", "This page is for colleagues who are signed in.", mend="Sign in, then come back.")
    return actor


def say(request: HttpRequest, words: str, undo: Undo | None = None) -> None:
    """The toast that the next page shows, with its way back where there is one."""
    request.session["said"] = words
    if undo:
        request.session["undo"] = {"path": undo.path, "fields": undo.fields}
    else:
        request.session.pop("undo", None)


def shell(request: HttpRequest) -> Shell:
    """The middleware has read the organization; without it (a test of a template) one query."""
    organization = getattr(request, "organization", None) or identity.organization()
    actor = getattr(request, "actor", None)
    path = next((rail for below, rail in BELOW.items() if request.path.startswith(below)), request.path)
    named = (item.path for item in RAIL + SETTINGS if item.path != "/" and path.startswith(item.path))
    current = "/" if path == "/" else next(named, "")
    who = actor if isinstance(actor, Actor) else None
    settings = tuple(item for item in SETTINGS if not item.noun or may(who, "see", item.noun))
    return Shell(organization.name, organization.is_demo, who, current, _face(request), settings=settings)


def is_inside(request: HttpRequest, status: int) -> bool:
    """Whether a page that says no keeps the rail: for a colleague who is in, where only this page is shut to them. A
    part of a page stays bare, and so does a page about a fault, which must not ask the database."""
    actor = getattr(request, "actor", None)
    is_part = "X-Fragment" in request.headers or "X-Drawer" in request.headers
    return isinstance(actor, Actor) and actor.is_staff and 401 < status < 500 and not is_part


def _face(request: HttpRequest) -> str:
    user = getattr(request, "user", None)
    return photo_of(format_id("usr", user.pk), user.photo) if user is not None and user.is_authenticated else ""
