"""The review of an onboarding: what was reached, what comes next, where help is. One content for page and PDF."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.http import HttpResponse

from onward.identity import queries as identity
from onward.identity.decisions.accent import accent_of, hexadecimal
from onward.interfaces.ui.answers import answer_words
from onward.interfaces.ui.document import Letterhead, Line, Section
from onward.interfaces.ui.words import date_words, days, worth
from onward.journeys.queries import JourneyView, KnownView, MilestoneView

Helpers = Iterable[tuple[str, str, str]]


def lede(view: JourneyView) -> str:
    """What the document begins with."""
    if view.state == "completed":
        return f"{view.account_name}’s onboarding was completed on {date_words(view.ended_at)}."
    # Both sides read the same document: what only we see is no part of it.
    steps = [task for task in view.tasks if task.counts and task.shared]
    done = sum(task.state == "done" for task in steps)
    return f"{view.account_name}’s onboarding so far: {done} of {len(steps)} steps done."


def sections(view: JourneyView, said: Iterable[KnownView], helpers: Helpers, practice: str = "") -> list[Section]:
    """The document: goals, wins, milestones, figures, what was agreed, and help. `helpers`: (name, words, mail)."""
    goals = _goals(view)
    wins = [
        Line(
            win.title,
            f"{worth(win.value, win.unit)}, confirmed {date_words(win.confirmed_at)}".lstrip(", "),
            mark="met",
        )
        for win in view.logs
        if win.log == "wins" and win.confirmed_at
    ]
    reached = [_milestone(row) for row in view.milestones]
    figures = [
        Line(row.title, f"agreed: {row.target}", row.actual or "unknown", row.state)
        for row in view.checklist
        if row.target
    ]
    agreed = [Line(row.field.title, answer_words(row.field)) for row in said]
    help_ = [Line(name, words, mail, "us", href=f"mailto:{mail}" if mail else "") for name, words, mail in helpers]
    if practice:
        help_.append(Line("Practice environment", mark="link", href=practice))
    found = [
        Section(f"What {view.account_name} set out to reach", goals, _of(goals, "met"), "No goal was written down."),
        Section("What was won on the way", wins, f"{len(wins)} confirmed"),
        Section("Milestones against the plan", reached, _of(reached, "reached")),
        Section("Figures", figures),
        Section("What we agreed in the review", agreed, is_said=True),
        Section("Where help is", help_),
    ]
    return [one for one in found if one.lines or one.empty]


def as_pdf(head: Letterhead, view: JourneyView, lines: list[Section]) -> HttpResponse:
    """The same as a file to keep."""
    from onward.interfaces.ui.paper import pdf  # only who wants a PDF waits for what draws it

    title = f"Review of {view.title}"
    response = HttpResponse(pdf(head, title, lede(view), lines), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="review-{view.ref}.pdf"'
    return response


def letterhead() -> Letterhead:
    """The organization's, with its color as it reads on paper."""
    ours, logo = identity.organization(), identity.logo()
    accent = accent_of(ours.accent)
    return Letterhead(ours.name or "Onward", hexadecimal(accent.light) if accent else "", logo.content if logo else b"")


def _goals(view: JourneyView) -> list[Line]:
    lines = []
    for goal in view.objectives:
        if goal.met_at:
            rests = f", as seen: {goal.evidence}" if goal.evidence else ""
            lines.append(Line(goal.outcome, f"reached {date_words(goal.met_at)}{rests}", mark="met"))
        else:
            due = f", by {date_words(goal.due_on)}" if goal.due_on else ""
            lines.append(Line(goal.outcome, f"not yet{due}"))
    return lines


def _milestone(row: MilestoneView) -> Line:
    due = f"due {date_words(row.due_on)}" if row.due_on else "no date"
    if row.met_at is None:
        return Line(row.title, due, "not yet", "milestone")
    if row.due_at and row.met_at > row.due_at:
        late = f"{days(row.days_late)} late" if row.days_late else "late by hours"
        return Line(row.title, due, f"{date_words(row.met_at)}, {late}", "reached", "warn")
    in_time = ", in time" if row.due_on else ""
    return Line(row.title, due, f"{date_words(row.met_at)}{in_time}", "reached", "proof" if in_time else "")


def _of(lines: Sequence[Line], mark: str) -> str:
    return f"{sum(one.mark == mark for one in lines)} of {len(lines)} reached" if lines else ""
