"""Who of the vendor’s people the portal names, and how they are reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from onward.interfaces.ui.drawings import photo_of
from onward.journeys.queries import JourneyView, Person, RoleView


@dataclass(frozen=True)
class Colleague:
    """Somebody of the vendor's team; `does` says what they are there for."""

    name: str
    does: str
    mail: str
    first: bool = False
    booking: str = ""
    photo: str = ""


class Reached(Protocol):
    """How somebody is reached."""

    @property
    def mail(self) -> str: ...
    @property
    def booking_url(self) -> str: ...
    @property
    def photo(self) -> str: ...


def team_of(view: JourneyView, found: Mapping[str, Reached], door: str = "/portal") -> tuple[Colleague, ...]:
    """The vendor's people: who drives the onboarding first, then the roles that somebody holds, each person once. Their
    faces are asked for at `door`."""
    seen: dict[str, Colleague] = {}
    leads = "looks after you now" if view.state == "completed" else "leads your onboarding"
    does = [(leads, view.owner)] if view.owner else []
    does += [(role.title, role.person) for role in _held(view) if role.person]
    for words, person in does:
        if person.ref not in seen:
            reached = found.get(person.ref)
            seen[person.ref] = Colleague(
                person.name,
                words,
                reached.mail if reached else "",
                person is view.owner,
                reached.booking_url if reached else "",
                photo_of(person.ref.partition(":")[2], reached.photo, door) if reached else "",
            )
    return tuple(seen.values())


def first_names(view: JourneyView) -> list[tuple[str, str]]:
    """The vendor's team for whoever has nothing but a link: first names and what they do."""
    return [(person.name.split()[0] if person.name.split() else "", person.does) for person in team_of(view, {})]


def our_people(view: JourneyView) -> list[Person]:
    """Everyone of the vendor's that the portal names."""
    owner = [view.owner] if view.owner else []
    return owner + [role.person for role in _held(view) if role.person]


def _held(view: JourneyView) -> list[RoleView]:
    """Our roles, without those that ended with the journey: whoever had them has other work."""
    return [role for role in view.roles if role.side == "ours" and role.person and not role.until]
