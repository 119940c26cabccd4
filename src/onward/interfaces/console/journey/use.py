"""What a customer does in the product: declared events, people by week, and how far each person has come."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from markupsafe import Markup

from onward.accounts import queries as accounts
from onward.automation.decisions.activation import names_of
from onward.identity.decisions import may
from onward.interfaces.ui.words import short_date
from onward.journeys.queries import JourneyView
from onward.kernel.actor import Actor
from onward.playbooks.decisions.definition import Activation, Playbook
from onward.playbooks.decisions.judge import judge
from onward.playbooks.decisions.parts import EventSpec
from onward.usage import queries as usage

WEEKS, PEOPLE = 26, 50


@dataclass(frozen=True, slots=True)
class EventUse:
    """A declared event. `count` None: unknown, nothing is connected that could send it."""

    title: str
    sent_as: str
    source: str
    count: int | None
    users: int | None
    first: datetime | None
    last: datetime | None


@dataclass(frozen=True, slots=True)
class PersonUse:
    """One person. `href` when they are a contact here; `steps` says for each step whether it is reached."""

    name: str
    href: str
    steps: tuple[bool, ...]
    first_at: datetime
    last_at: datetime

    @property
    def is_there(self) -> bool:
        return bool(self.steps) and all(self.steps)


@dataclass(frozen=True, slots=True)
class Use:
    """Account level first, then user level. `reached` counts for each step the people who reached it."""

    is_linked: bool
    has_source: bool
    events: list[EventUse]
    weeks: list[usage.WeekOfUse]
    chart: Markup
    heading: str
    within: str
    steps: list[str]
    reached: list[int]
    people: list[PersonUse]
    users: int
    there: int
    last_at: datetime | None
    sources: list[usage.SourceRow]


def use_of(actor: Actor, view: JourneyView, book: Playbook, now: datetime) -> Use:
    """All that the usage page shows, in a number of statements that rests on the playbook alone."""
    since = view.signed_at or view.started_at
    held = usage.account_usage(actor, view.account_id, people=PEOPLE)
    specs = {event.id: event for event in book.events}
    names = [f"event.{event}.{field}" for event in specs for field in ("count", "users", "first", "last")]
    read: Mapping[str, Any] = usage.metrics_for(
        view.account_id, specs, [*names, "usage.connected"], since=since, now=now, seats=None
    )
    first_week = max(since.date(), now.date() - timedelta(weeks=WEEKS - 1))
    weeks = usage.weekly_use(actor, [view.account_id], first_week, now.date())[view.account_id]
    activation = next((one for one in book.activations if one.of == "person"), None)
    steps, reached_by = _steps(view, book, activation, read, since, now)
    contacts = {row.product_user_id: row for row in accounts.contacts(actor, account_id=view.account_id)}
    people = []
    for row in held.people:
        contact = contacts.get(row.id) if not row.is_visitor else None
        kept = reached_by.get(f"{'a' if row.is_visitor else 'u'}:{row.id}", ())
        name = contact.name if contact else "Somebody who has not signed in" if row.is_visitor else row.id
        people.append(PersonUse(name, f"/contacts/{contact.ref}" if contact else "", kept, row.first_at, row.last_at))
    people.sort(key=lambda one: (-sum(one.steps), in_counting_order(one.name)))
    sources = [row for row in usage.sources(actor) if row.stored] if may(actor, "see", "source") else []
    return Use(
        is_linked=held.is_linked,
        has_source=bool(read.get("usage.connected")),
        events=[_event(title_of(spec, book), spec, read) for spec in book.events],
        weeks=weeks,
        chart=weeks_chart(weeks, now.date()),
        heading=activation.title if activation else "What each person has done",
        within=activation.within.words if activation and activation.within else "",
        steps=steps,
        reached=[sum(found[n] for found in reached_by.values()) for n in range(len(steps))],
        people=people,
        users=held.users,
        there=sum(bool(found) and all(found) for found in reached_by.values()),
        last_at=held.last_at,
        sources=sources,
    )


def in_counting_order(name: str) -> list[tuple[int, str]]:
    """A key by which "user-9" comes before "user-10", and capitals do not matter."""
    parts = re.findall(r"\d+|\D+", name.lower())
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def title_of(spec: EventSpec, book: Playbook) -> str:
    """An event's title; where several share it, with what tells this one apart: "Report Run (sample data: no)"."""
    if not spec.where or sum(one.title == spec.title for one in book.events) < 2:
        return spec.title
    only = [
        f"{one.property.replace('_', ' ')}: {' or '.join(_value(value) for value in one.values)}" for one in spec.where
    ]
    return f"{spec.title} ({', '.join(only)})"


def _value(value: str | float | bool) -> str:
    return "yes" if value is True else "no" if value is False else f"{value:g}" if isinstance(value, float) else value


def _event(title: str, spec: EventSpec, read: Mapping[str, Any]) -> EventUse:
    def found(name: str) -> Any:
        return read.get(f"event.{spec.id}.{name}")

    count, users = found("count"), found("users")
    return EventUse(
        title,
        " or ".join(spec.track),
        "your server" if spec.source == "server" else "any source",
        int(count) if count is not None else None,
        int(users) if users is not None else None,
        found("first"),
        found("last"),
    )


def _steps(
    view: JourneyView,
    book: Playbook,
    activation: Activation | None,
    read: Mapping[str, Any],
    since: datetime,
    now: datetime,
) -> tuple[list[str], dict[str, tuple[bool, ...]]]:
    """The steps and, by person, which are reached: those of the playbook's activation, else each declared event that
    something rests on or that has come."""
    specs = {event.id: event for event in book.events}
    if activation:
        found = usage.persons_metrics(
            view.account_id,
            specs,
            names_of(activation),
            since=since,
            now=now,
            within=activation.within.exact if activation.within else None,
        )
        steps = [check.title for check in activation.checks]
        return steps, {person: _met(activation, known) for person, known in found.items()}
    told = {name.split(".")[1] for name in _judged(book) if name.startswith("event.")}
    shown = [event for event in book.events if event.id in told or read.get(f"event.{event.id}.count")]
    names = [f"person.event.{event.id}.count" for event in shown]
    found = usage.persons_metrics(view.account_id, specs, names, since=since, now=now)
    return [title_of(event, book) for event in shown], {
        person: tuple(bool(known.get(name)) for name in names) for person, known in found.items()
    }


def _judged(book: Playbook) -> set[str]:
    """The metrics on which a stage's end, a milestone or the completion rests."""
    checks = [*(check for stage in book.stages for check in stage.exit), *book.completion]
    found = {name for check in checks for name in check.names}
    return found | {name for row in book.milestones if row.when for name in row.when.names}


def _met(activation: Activation, known: Mapping[str, Any]) -> tuple[bool, ...]:
    values = {name: value for name, value in known.items() if not isinstance(value, datetime)}
    return tuple(judge(check, values).is_met for check in activation.checks)


def weeks_chart(weeks: Sequence[usage.WeekOfUse], today: date) -> Markup:
    """Upright bars, people a week; the week under way is outlined. The table below holds the same figures."""
    if not weeks:
        return Markup("")
    most, wide, down = max([week.users for week in weeks] + [1]), 720, 96
    slot = wide / max(len(weeks), 8)
    out = []
    for number, week in enumerate(weeks):
        tall, left = down * week.users / most, number * slot
        css = "bar now" if week.begins <= today < week.begins + timedelta(days=7) else "bar"
        out.append(
            Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>').format(
                css, f"{left + 2:.1f}", f"{20 + down - tall:.1f}", f"{min(slot - 4, 40):.1f}", f"{tall:.1f}"
            )
        )
        middle = f"{left + 2 + min(slot - 4, 40) / 2:.1f}"
        if week.users:
            out.append(
                Markup('<text class="strong" x="{}" y="{}" text-anchor="middle">{}</text>').format(
                    middle, f"{15 + down - tall:.1f}", week.users
                )
            )
        if number % max(1, round(len(weeks) / 9)) == 0:
            out.append(
                Markup('<text x="{}" y="{}">{}</text>').format(f"{left + 2:.1f}", 36 + down, short_date(week.begins))
            )
    return Markup('<svg class="chart weeks-chart" viewBox="0 0 {} 136" role="img" aria-label="{}">{}{}</svg>').format(
        wide,
        "People who used the product, week by week; the table below has the figures",
        Markup("").join(out),
        Markup('<path class="axis" d="M0 116.5H{}"/>').format(wide),
    )
