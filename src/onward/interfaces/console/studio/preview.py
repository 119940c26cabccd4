"""What a customer would see of a playbook before anybody runs it: the plan of its shared steps, marked as a preview."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from onward.identity import queries as identity
from onward.interfaces.console.playbook_words import timed
from onward.interfaces.console.studio.pages import Desk
from onward.interfaces.console.studio.sheet import drafted
from onward.interfaces.ui.markdown import markdown
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.parts import Timing
from onward.playbooks.decisions.publishing import lint


@require_GET
def preview(request: HttpRequest, key: str) -> HttpResponse:
    """The plan as the portal would show it, each step with its instructions."""
    desk = Desk(request, key)
    linted = lint(drafted(desk.text, desk.file, desk.shelf))
    book = linted.playbook
    shown = {
        "key": key,
        "book": book,
        "errors": len(linted.errors),
        "organization": identity.organization().name or "Onward",
        "theirs": {role.id for role in book.roles if role.side == "theirs"} | {group.id for group in book.groups}
        if book
        else set(),
        "stages": [(stage, [task for task in stage.tasks if task.shared]) for stage in book.stages] if book else [],
        "due": lambda one: _due(one.due, book) if book else "",
        "value": _value(book) if book else "",
        "names": {role.id: role.title for role in book.roles} | {group.id: group.title for group in book.groups}
        if book
        else {},
        "markdown": markdown,
    }
    return render(request, "console/studio/preview.html", shown)


def _due(when: Timing | None, book: Playbook) -> str:
    """In words; "" for what differs by customer: nobody is told how the vendor sorts its accounts."""
    return timed(when, book) if when and not when.reads else ""


def _value(book: Playbook) -> str:
    """When first value is due, as a clause; a milestone without a day of its own has that of the targets."""
    if not book.first_value:
        return ""
    when = book.first_value.due or book.targets.first_value
    said = _due(when, book)
    return f": {said}" if said else " comes on a day that differs by customer" if when else " has no date"
