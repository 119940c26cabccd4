"""The sentence that opens a journey's page: where it stands, how it goes, who waits on whom."""

from __future__ import annotations

from markupsafe import Markup

from onward.interfaces.console.journey.seen import Seen, TaskSeen
from onward.interfaces.ui.words import date_words, listed, plural


def lede(seen: Seen) -> Markup:
    """One or two plain sentences; every figure is a link to its records."""
    journey = seen.view
    if journey.state == "completed":
        days = seen.days_since_signing()
        after = f", {plural(days, 'day')} after signing" if days is not None else ""
        return Markup("{} completed onboarding on {}{}. {}").format(
            journey.account_name,
            date_words(journey.ended_at),
            after,
            _link("Every proof is kept", f"{seen.path}/completion"),
        ) + Markup(".")
    if journey.state == "cancelled":
        return Markup('{} left onboarding on {}. <span class="then">{}</span>').format(
            journey.account_name, date_words(journey.ended_at), journey.end_reason
        )
    if journey.state == "asked":
        who = seen.asks.person.name if seen.asks and seen.asks.person else "a manager"
        words = Markup("{} has not begun: it waits for {} to say yes.")
        return words.format(journey.account_name, _link(who, f"{seen.path}#approval"))
    if journey.state == "paused":
        return Markup("{} is paused. Nothing is judged, due or sent until somebody resumes it.").format(
            journey.account_name
        )
    return Markup(" ").join([_where(seen), _waits(seen)])


def _where(seen: Seen) -> Markup:
    stages = [_link(stage.view.title, f"{seen.path}#criteria") for stage in seen.current]
    if not stages:
        return Markup("{} has signed and nothing has begun.").format(seen.view.account_name)
    how = {"behind": "behind", "stalled": "stalled"}.get(seen.pace, "on track")
    return Markup("{} is in {}, {}.").format(seen.view.account_name, listed(stages), _link(how, f"{seen.path}#pace"))


def _waits(seen: Seen) -> Markup:
    theirs, ours = seen.next_things("theirs"), seen.next_things("ours")
    if theirs and ours and theirs[0].line.id == ours[0].line.id:
        return Markup("Both sides owe {}.").format(_first(theirs[:1]))
    if theirs and ours:
        return Markup("They owe us: {}. We owe them: {}.").format(
            _first(theirs[:1], "theirs"), _first(ours[:1], "ours")
        )
    if theirs:
        return Markup("They owe us: {}.").format(_first(theirs, "theirs"))
    if ours:
        return Markup("We owe them: {}.").format(_first(ours, "ours"))
    missing = sum(stage.missing for stage in seen.current)
    if missing:
        return Markup("No task is open; {} still to be proven.").format(
            _link(plural(missing, "criterion", "criteria"), f"{seen.path}#criteria")
        )
    return Markup("Nobody waits on anybody.")


def _first(tasks: list[TaskSeen], side: str = "") -> Markup:
    """The first, from whoever on that side has it, and how many more."""
    line = tasks[0].line
    who = line.person.name if line.person and line.person.side == side and not line.each else ""
    words = Markup("“{}”").format(_link(line.title, tasks[0].path)) + (f" from {who}" if who else "")
    if len(tasks) > 1:
        # Right after a name they would be people.
        words += Markup('<span class="then">{} and {} more</span>').format("," if who else "", len(tasks) - 1)
    return words


def _link(words: object, href: str) -> Markup:
    return Markup('<a href="{}">{}</a>').format(href, words)
