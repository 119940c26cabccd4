"""The sentence that opens My work: what to do now, each figure a link to what it counts."""

from __future__ import annotations

from markupsafe import Markup

from onward.interfaces.console.work_day import MOST, Day, Question
from onward.interfaces.ui.words import plural


def lede(day: Day) -> Markup:
    """What to do now, in a sentence."""

    def link(words: str, href: str) -> Markup:
        return Markup('<a href="{}">{}</a>').format(href, words)

    parts = []
    if day.overdue:
        more = "+" if day.is_more and day.overdue >= MOST else ""
        verb = "is" if day.overdue == 1 else "are"
        parts.append(link(f"{day.overdue}{more} {'task' if day.overdue == 1 else 'tasks'} {verb} overdue", "#urgent"))
    if day.due_today:
        what = plural(day.due_today, "task") if not parts else str(day.due_today)
        parts.append(link(f"{what} {'is' if day.due_today == 1 else 'are'} due today", "#urgent"))
    if day.talks:
        more = "+" if day.more_talks else ""
        what = f"{len(day.talks)}{more} {'talk is' if len(day.talks) == 1 else 'talks are'} due"
        parts.append(link(what, "#urgent"))
    if day.questions:
        asked = plural(len({one.call.account_id for one in day.questions}), "customer")
        parts.append(
            link(f"{asked} asked you something" if day.scope == "mine" else f"{asked} asked something", "#first")
        )
    if day.mentions:
        words = f"{plural(len(day.mentions), 'mention')} wait{'s' if len(day.mentions) == 1 else ''}"
        parts.append(link(words, "#first" if day.first is day.mentions[0] else "#mentions"))
    if parts:
        tail = Markup(", ").join(parts[:-1]) + Markup(" and ") + parts[-1] if len(parts) > 1 else parts[0]
        return tail + Markup(".") + _then(day)
    waits = link(plural(day.wait_count, "journey"), "#waiting") if day.wait_count else None
    who = {"mine": "you", "team": "your team", "all": "us"}[day.scope]
    head = (
        Markup("Nothing is late and nothing is due today.")
        if day.following
        else Markup("Nothing waits on {}.").format(who)
    )
    if waits:
        verb = "waits" if day.wait_count == 1 else "wait"
        return head + Markup(" {} {} on their customers.").format(waits, verb)
    if day.journey_count:
        verb = "is" if day.journey_count == 1 else "are"
        return head + Markup(" {} {} under way.").format(
            link(plural(day.journey_count, "journey"), "/journeys?by=me"), verb
        )
    return head


def _then(day: Day) -> Markup:
    first = day.first
    if isinstance(first, Question) and not first.call.is_question:
        return Markup(' <span class="then">Begin with what {} wrote.</span>').format(first.who)
    if isinstance(first, Question):
        return Markup(' <span class="then">Begin with the answer to {}.</span>').format(first.who)
    if first and first.line and len(day.urgent) > 1:
        return Markup(' <span class="then">Begin with {}.</span>').format(first.line.account_name)
    if day.wait_count:
        verb = "waits on its customer" if day.wait_count == 1 else "wait on their customers"
        return Markup(' <span class="then">{} {}.</span>').format(plural(day.wait_count, "journey"), verb)
    return Markup("")
