"""Facts as sentences: who did what. One entry a fact; a fact without one shows its name, so nothing is hidden."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from onward.foundation.ledger import Recorded
from onward.interfaces.ui.plan_words import OF_PLAN, measured, planned
from onward.interfaces.ui.words import date_words, days, days_since, listed, plural
from onward.journeys.decisions.hours import hours_words
from onward.playbooks.decisions.parts import DOER

Data = Mapping[str, Any]
Words = Callable[[str, Data, Mapping[str, str]], str | Markup]


@dataclass(frozen=True, slots=True)
class FactLine:
    """`mark` and `css` name the drawing, `words` is the sentence, `at` when it became true."""

    at: datetime
    recorded_at: datetime
    mark: str
    css: str
    words: Markup
    name: str
    seq: int


def fact_line(fact: Recorded, names: Mapping[str, str]) -> FactLine:
    """One fact. `names` maps references of actors and persons to names; "role:", "form:", "task:" keys to titles."""
    who = who_words(fact.actor, names)
    words = SENTENCES.get(fact.name, _by_name)(who, {**fact.data, "_name": fact.name}, names)
    mark, css = _mark(fact)
    return FactLine(fact.occurred_at, fact.recorded_at, mark, css, Markup("{}").format(words), fact.name, fact.seq)


def who_words(ref: str, names: Mapping[str, str]) -> str:
    """The name behind an actor's reference; "Onward" for what happened by itself."""
    kind = ref.partition(":")[0]
    if kind in {"automation", "system", ""}:
        return "Onward"
    return names.get(ref) or {"key": "An API key", "contact": "A contact"}.get(kind, "Somebody")


def _mark(fact: Recorded) -> tuple[str, str]:
    name, data = fact.name, fact.data
    if name in {"journey.stage.closed", "journey.task.completed", "journey.objective.met", "journey.completed"}:
        return ("waived", "verdict waived") if data.get("how") == "waived" else ("met", "verdict met")
    if name == "journey.milestone.met":
        return "reached", "milestone reached"
    if name == "journey.check.changed":
        state = str(data.get("after", "unknown"))
        return (state, f"verdict {state}") if state in {"met", "not_met", "unknown"} else ("fact", "side")
    if name == "journey.promise.broken":
        return "not_met", "verdict not_met"
    if name == "journey.check.waived":
        return "waived", "verdict waived"
    if name == "journey.pace.changed" and data.get("after") in {"on_track", "behind", "stalled"}:
        return str(data["after"]), f"pace {data['after']}"
    if fact.actor.startswith("contact:"):
        return "them", "side them"
    return ("us", "side us") if fact.actor.startswith("staff:") else ("nobody", "side nobody")


def _bold(words: object) -> Markup:
    return Markup("<strong>{}</strong>").format(words)


def _because(data: Data, key: str = "reason") -> str:
    said = str(data.get(key) or "").strip()
    return f": {said}" if said else "."


def _by_name(who: str, data: Data, names: Mapping[str, str]) -> str:
    return f"{who}: {data['_name'].replace('.', ' ').replace('_', ' ')}."


def _opened(who: str, data: Data, names: Mapping[str, str]) -> str:
    signed = f", signed {date_words(data['signed_at'])}" if data.get("signed_at") else ""
    return f"{who} opened the journey{signed}."


def _stage_closed(who: str, data: Data, names: Mapping[str, str]) -> Markup:
    how = "was closed with a waiver" if data["how"] == "waived" else "was proven and closed"
    took = round(float(data["days"]))
    after = f"after {days(took)}" if took else "on its first day"
    return Markup("{} {}, {}.").format(_bold(data["title"]), how, after)


def _task_done(who: str, data: Data, names: Mapping[str, str]) -> Markup:
    late = f", {days(data['days_late'])} late" if (data.get("days_late") or 0) > 0 else ""
    note = f" “{data['note']}”" if data.get("note") else ""
    if data["how"] == "data":
        return Markup("{} was done, as the data shows{}.{}").format(_bold(data["title"]), late, note)
    if data["how"] == "sent":
        did = "was written" if note else "went out"
        return Markup("{} {}{}.{}").format(_bold(data["title"]), did, late, note)
    them = " for them" if data.get("for_them") else ""
    if asked := names.get(str(data.get("asked_by") or "")):
        them += f", as {asked} asked"
    return Markup("{} did {}{}{}.{}").format(who, _bold(data["title"]), them, late, note)


def _milestone(who: str, data: Data, names: Mapping[str, str]) -> Markup:
    signed = data.get("signed_at")
    after = f", {days(days_since(signed, data['met_at']))} after signing" if signed else ""
    by = f" {who} recorded it." if data.get("how") == "by_hand" else ""
    return Markup("{} was reached on {}{}.{}").format(_bold(data["title"]), date_words(data["met_at"]), after, by)


def _check(who: str, data: Data, names: Mapping[str, str]) -> Markup:
    words = {"met": "was proven", "not_met": "is not met", "unknown": "cannot be judged now"}
    return Markup("{} {}. {}").format(
        _bold(data["title"]), words.get(str(data["after"]), str(data["after"])), data.get("sentence") or ""
    )


def _pace(who: str, data: Data, names: Mapping[str, str]) -> str:
    words = {"on_track": "On track again", "behind": "Behind", "stalled": "Stalled"}
    return f"{words.get(str(data['after']), str(data['after']))}{_because(data)}"


def _role(who: str, data: Data, names: Mapping[str, str]) -> Markup:
    person = names.get(str(data.get("after") or data.get("person"))) or "nobody"
    since = f", after {names.get(str(data['before'])) or 'somebody'}" if data.get("after") and data["before"] else ""
    return Markup("{} is now {}{}.").format(_bold(person), _titled("role", data["role"], names), since)


def _ended(who: str, data: Data, names: Mapping[str, str]) -> Markup:
    person = names.get(str(data["person"])) or "Somebody"
    return Markup("{} is free again: was {} here.").format(_bold(person), _titled("role", data["role"], names))


def _titled(kind: str, key: object, names: Mapping[str, str]) -> str:
    """The title that the playbook gives; the key in words where it gives none."""
    title = names.get(f"{kind}:{key}") or str(key).replace("_", " ")
    return title[0].lower() + title[1:] if kind == "role" and title[1:2].islower() else title


def _owner(who: str, data: Data, names: Mapping[str, str]) -> Markup:
    after = names.get(str(data.get("after"))) or "nobody in person"
    kind, _, key = str(data["role"]).rpartition(".")
    return Markup("{} gave {} to {}.").format(who, _bold(_titled(kind or "role", key, names)), after)


def _meeting(who: str, data: Data, names: Mapping[str, str]) -> Markup:
    missing = data.get("missing") or []
    without = f" Missing: {', '.join(_titled('role', role, names) for role in missing)}." if missing else ""
    came = plural(len(data.get("attended") or []), "person", "people")
    return Markup("{} was held on {} with {}.{}").format(
        _bold(data["title"]), date_words(data["held_at"]), came, without
    )


def _promise(who: str, data: Data, names: Mapping[str, str]) -> Markup:
    return Markup("{} was promised for {} and is not there.").format(
        _bold(data["title"]), date_words(data.get("due_on") or data["due_at"])
    )


def _form(who: str, data: Data, names: Mapping[str, str]) -> Markup:
    did = "filled in" if data.get("complete", True) else "began to fill in"
    return Markup("{} {} {}.").format(who, did, _bold(_titled("form", data["form"], names)))


def _corrected(who: str, data: Data, names: Mapping[str, str]) -> Markup:
    now, before = (_quoted(data[key]) for key in ("after", "before"))
    return Markup("{} put {} right: {}, before {}.").format(who, _bold(data["title"]), now, before)


def _quoted(value: object) -> str:
    if value is None:
        return "nothing"
    words = ", ".join(map(str, value)) if isinstance(value, list) else value
    return f"“{('yes' if value else 'no') if isinstance(value, bool) else words}”"


def _confirmed(who: str, data: Data, names: Mapping[str, str]) -> Markup:
    asked = names.get(str(data.get("asked_by") or ""))
    said = f", as {asked} said elsewhere" if asked else ""
    return Markup("{} confirmed {}{}.").format(who, listed([f"“{title}”" for title in data["titles"]]), said)


def _moved(who: str, data: Data, names: Mapping[str, str]) -> Markup:
    if not data["after"]:
        return Markup("{} let the plan say again when {} is due{}").format(who, _bold(data["title"]), _because(data))
    to = date_words(data.get("due_on") or data["after"])
    if data.get("undoes"):
        return Markup("{} took a move of {} back: it is due on {} again.").format(who, _bold(data["title"]), to)
    if data.get("reason") == "time chosen":
        return Markup("{} chose when to hold {}: {}.").format(who, _bold(data["title"]), to)
    return Markup("{} moved {} to {}{}").format(who, _bold(data["title"]), to, _because(data))


def _reported(who: str, data: Data, names: Mapping[str, str]) -> Markup:
    if not data.get("waits_for"):
        return Markup("{} said done for themselves: {}.").format(who, _bold(data["title"]))
    return Markup("{} said that {} is done; another still has to say so.").format(who, _bold(data["title"]))


def _locked(who: str, data: Data, names: Mapping[str, str]) -> Markup:
    if not data["locked"]:
        return Markup("{} released the day of {}.").format(who, _bold(data["title"]))
    return Markup("{} locked the day of {}, {}.").format(who, _bold(data["title"]), date_words(data["due_on"]))


def _dates_moved(who: str, data: Data, names: Mapping[str, str]) -> Markup:
    until, follow = date_words(data["after"]), plural(data["tasks"], "date")
    what = Markup("let their work rest until {}").format(until)
    if data["what"] != "hold":
        what = Markup("moved {} to {}").format(_bold(data["title"]), until)
    return Markup("{} {}; {} followed{}").format(who, what, follow, _because(data))


def _about(pattern: str, *keys: str) -> Words:
    """A sentence with `{who}` and the fact's own fields; the first key stands in bold."""

    def words(who: str, data: Data, names: Mapping[str, str]) -> Markup:
        values = [_bold(data.get(key)) if number == 0 else data.get(key) for number, key in enumerate(keys)]
        return Markup(pattern).format(*values, who=who, because=_because(data))

    return words


def _escalated(who: str, data: Data, names: Mapping[str, str]) -> Markup:
    told = "whoever has it was reminded" if data.get("role") == DOER else "somebody else was told"
    return Markup("{} is {} for {}: {}.").format(_bold(data.get("title")), data["state"], data.get("lasted"), told)


def _mail(became: str) -> Words:
    """Each reader gets a mail of their own under the same subject, so whom it is for is said."""

    def words(who: str, data: Data, names: Mapping[str, str]) -> Markup:
        to = names.get(data.get("to") or "")
        mail = Markup("The mail “{}”{} ").format(_bold(data.get("subject")), f" to {to}" if to else "")
        return mail + Markup(became).format(problem=data.get("problem"))

    return words


def _hours(verb: str) -> Words:
    def words(who: str, data: Data, names: Mapping[str, str]) -> Markup:
        said = hours_words(data.get("minutes") or 0)
        return Markup("{} {} {} on {}.").format(who, verb, said, _bold(data.get("title")))

    return words


def _said(verb: str) -> Words:
    """What was done to a comment or file, where, and whether the customer could see it; never what it said."""

    def words(who: str, data: Data, names: Mapping[str, str]) -> Markup:
        what = "an internal note" if data.get("channel") == "internal" else "a comment"
        if data.get("question"):
            verb_said, what = "asked", "a question"
        else:
            verb_said = verb
        if "file" in data:
            what = Markup("{} {}").format("the link" if data["kind"] == "link" else "the file", _bold(data["file"]))
            what += "" if data["channel"] == "shared" else " (only us)"
        about = Markup(" about {}").format(_bold(data["title"])) if data.get("title") else ""
        return Markup("{} {} {}{}.").format(who, verb_said, what, about)

    return words


def _question(verb: str) -> Words:
    def words(who: str, data: Data, names: Mapping[str, str]) -> Markup:
        about = Markup(" about {}").format(_bold(data["title"])) if data.get("title") else ""
        return Markup("{} {}{}.").format(who, verb, about)

    return words


def _merged(who: str, data: Data, names: Mapping[str, str]) -> Markup:
    count = len(data["taken"])
    what = f"{plural(count, 'change')} of it" if count else "nothing of it changes this plan"
    return Markup("{} brought the plan from version {} of {} to {}: {}.").format(
        who, data["before"], _bold(data["title"]), data["after"], what
    )


def _plan_taken(who: str, data: Data, names: Mapping[str, str]) -> Markup:
    out = f"; {plural(data['left_out'], 'row')} stayed out" if data["left_out"] else ""
    days = f", {plural(len(data['days']), 'day')} locked" if data["days"] else ""
    return Markup("{} made the plan from a sheet: {}{}{}.").format(who, plural(data["rows"], "task"), days, out)


SENTENCES: dict[str, Words] = {
    "journey.opened": _opened,
    "journey.signed": _about("The deal was signed: dates that count from it are known now."),
    "journey.asked": _about("The journey waits for a yes before it opens."),
    "journey.approved": _about("{who} said yes: the journey may open."),
    "journey.refused": _about("{who} said no{because}"),
    "journey.playbook.merged": _merged,
    "journey.playbook.unmerged": _about("{who} took that back: the plan follows version {} again.", "after"),
    "journey.plan.taken": _plan_taken,
    "journey.paused": _about("{who} paused the journey{because}"),
    "journey.resumed": _about("{who} resumed the journey."),
    "journey.cancelled": _about("{who} cancelled the journey{because}"),
    "journey.completed": _about("The journey is complete: every stage and criterion is proven or waived."),
    "journey.owner_changed": _owner,
    "journey.role_filled": _role,
    "journey.role_handed_over": _role,
    "journey.role_ended": _ended,
    "journey.next_cycle.started": _about("{who} began the next cycle: {}.", "title"),
    "journey.stage.entered": _about("{} began.", "title"),
    "journey.stage.closed": _stage_closed,
    "journey.stage.again": _about("{} begins anew, time {} of at most {}.", "title", "cycle", "at_most"),
    "journey.stage.reopened": _about("{} is open again: {}.", "title", "because"),
    "journey.check.changed": _check,
    "journey.check.waived": _about("{who} waived {}{because}", "title"),
    "journey.check.unwaived": _about("{who} took the waiver of {} back.", "title"),
    "journey.task.completed": _task_done,
    "journey.task.reported": _reported,
    "journey.task.reopened": _about("{who} reopened {}{because}", "title"),
    "journey.task.skipped": _about("{who} left out {}{because}", "title"),
    "journey.task.withdrawn": _about("{} is not needed: {} is done instead.", "title", "instead"),
    "journey.task.blocked": _about("{who} said what blocks {}: {}.", "title", "reason"),
    "journey.task.freed": _about("{who} said that {} goes on.", "title"),
    "journey.task.escalated": _escalated,
    "journey.task.deferred": _about("{who} put off what first value does not need."),
    "journey.task.moved": _moved,
    "journey.task.locked": _locked,
    "journey.dates.moved": _dates_moved,
    "journey.meeting.held": _meeting,
    "journey.form.answered": _form,
    "journey.answer.corrected": _corrected,
    "journey.answers.confirmed": _confirmed,
    "journey.measure.picked": _about("{who} chose how value is measured: {}.", "title"),
    "journey.milestone.met": _milestone,
    "journey.milestone.corrected": _about("{}: late events show that it was reached earlier.", "title"),
    "journey.promise.broken": _promise,
    "journey.pace.changed": _pace,
    "journey.objective.written": _about("{who} wrote down what they want: {}.", "outcome"),
    "journey.objective.agreed": _about("{who} agreed to {}.", "outcome"),
    "journey.objective.met": _about("{} was reached. {}", "outcome", "evidence"),
    "journey.objective.measured": measured,
    **dict.fromkeys(OF_PLAN, planned),
    "journey.check_in.held": _about("{who} held {}. {}", "title", "note"),
    "journey.evidence.given": _about("{who} entered {} = {}: {}", "metric", "value", "note"),
    "journey.log.written": _about("{who} noted {}.", "title"),
    "journey.log.changed": _about("{who} put {} differently.", "title"),
    "journey.log.withdrawn": _about("{who} took {} back.", "title"),
    "journey.log.restored": _about("{who} brought {} back.", "title"),
    "journey.log.confirmed": _about("{who} confirmed {}.", "title"),
    "journey.hours.logged": _hours("logged"),
    "journey.hours.withdrawn": _hours("took back"),
    "engagement.message.sent": _mail("was sent."),
    "engagement.message.written": _mail("stays in the outbox."),
    "engagement.message.failed": _mail("did not arrive: {problem}"),
    "comment.written": _said("wrote"),
    "comment.edited": _said("changed"),
    "comment.removed": _said("removed"),
    "comment.restored": _said("brought back"),
    "comment.answered": _question("answered a question"),
    "comment.reopened": _question("said that a question is still open"),
    "file.added": _said("added"),
    "file.removed": _said("removed"),
    "file.restored": _said("brought back"),
    "file.erased": _said("erased for good"),
    "deal.won": _about("The deal was won."),
    "contact.withdrawn": _about("The invitation of {} was taken back by a colleague.", "contact_name"),
    "contact.introduced": _about("{} was brought in by a colleague, or came by a listed address.", "contact_name"),
    "contact.invited": _about("{who} made a sign-in link for a contact."),
}
