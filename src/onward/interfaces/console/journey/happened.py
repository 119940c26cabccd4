"""A journey's facts as lines: what, who, and because of which other fact."""

from __future__ import annotations

from dataclasses import dataclass

from onward.foundation.ledger import Recorded, facts_of
from onward.interfaces.console.journey.seen import Seen
from onward.interfaces.ui.fact_words import FactLine, fact_line, who_words
from onward.journeys import queries as journeys
from onward.kernel.refusals import invalid

PAGE = 60
MOVED = "journey.task.moved"
#: What the list can be narrowed to.
KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "": ("Everything", ()),
    "proof": (
        "Proof",
        (
            "journey.stage.entered", "journey.stage.closed", "journey.stage.again",
            "journey.stage.reopened", "journey.check.changed",
            "journey.check.waived", "journey.check.unwaived", "journey.milestone.met", "journey.milestone.corrected",
            "journey.milestone.reopened", "journey.evidence.given", "journey.objective.met", "journey.completed",
            "journey.objective.measured",
            *(f"journey.success_plan.{what}" for what in ("proposed", "agreed", "refused", "withdrawn")),
        ),
    ),
    "tasks": (
        "Tasks",
        (
            "journey.task.completed", "journey.task.reported", "journey.task.reopened", "journey.task.skipped",
            "journey.task.withdrawn", "journey.task.blocked", "journey.task.freed", "journey.task.escalated",
            "journey.task.deferred", MOVED, "journey.task.locked", "journey.meeting.held", "journey.form.answered",
            "journey.answer.corrected", "journey.answers.confirmed", "journey.check_in.held", "journey.hours.logged",
            "journey.hours.withdrawn",
        ),
    ),
    "dates": (
        "Dates",
        (
            MOVED, "journey.dates.moved", "journey.task.locked", "journey.promise.broken", "journey.pace.changed",
            "journey.paused", "journey.resumed",
        ),
    ),
    "people": (
        "People",
        (
            "journey.owner_changed", "journey.role_filled", "journey.role_handed_over", "journey.role_ended",
            "contact.invited",
        ),
    ),
    "talk": (
        "Talk",
        (
            "comment.written", "comment.edited", "comment.removed", "comment.restored", "comment.answered",
            "comment.reopened", "file.added", "file.removed", "file.restored", "file.erased",
            "engagement.message.sent", "engagement.message.written", "engagement.message.failed",
        ),
    ),
    "wins": (
        "Wins",
        (
            "journey.log.written", "journey.log.changed", "journey.log.withdrawn", "journey.log.restored",
            "journey.log.confirmed", "journey.objective.met",
        ),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Happened:
    """`who` did it, by the `side` of their half; `because`: the fact that led to it, where one did."""

    line: FactLine
    who: str
    side: str
    because: FactLine | None


def happened(seen: Seen, kind: str = "", before: str = "", limit: int = PAGE) -> tuple[list[Happened], str]:
    """The newest facts, and from where the older ones begin ("" at the end)."""
    if kind not in KINDS:
        raise invalid(f"Facts cannot be narrowed to “{kind[:20]}”.", mend="Choose one of those above the list.")
    seq = int(before) if before.isascii() and before.isdecimal() and len(before) < 10 else None
    names = KINDS[kind][1] or None
    facts = facts_of(journey=seen.view.id, names=names, newest_first=True, limit=limit, before_seq=seq)
    causes = _causes(facts)
    words = _names(seen, [*facts, *causes.values()])
    rows = []
    for fact in facts:
        cause = causes.get(fact.cause_seq) if fact.cause_seq is not None else None
        side = {"contact": "them", "staff": "us"}.get(fact.actor.partition(":")[0], "nobody")
        rows.append(Happened(fact_line(fact, words), who_words(fact.actor, words), side, _line(cause, words)))
    return rows, str(facts[-1].seq) if len(facts) == limit else ""


def _line(fact: Recorded | None, words: dict[str, str]) -> FactLine | None:
    return fact_line(fact, words) if fact else None


def _causes(facts: list[Recorded]) -> dict[int, Recorded]:
    wanted = {fact.cause_seq for fact in facts if fact.cause_seq is not None}
    known = {fact.seq: fact for fact in facts if fact.seq in wanted}
    missing = wanted - set(known)
    if missing:
        found = facts_of(
            stream=facts[0].stream, after_seq=min(missing) - 1, before_seq=max(missing) + 1, limit=5 * PAGE
        )
        known |= {fact.seq: fact for fact in found if fact.seq in missing}
    return known


def _names(seen: Seen, facts: list[Recorded]) -> dict[str, str]:
    refs = {fact.actor for fact in facts}
    refs |= {str(fact.data.get(key) or "") for fact in facts for key in ("person", "before", "after", "asked_by", "to")}
    titles = {f"role:{role.role}": role.title for role in seen.view.roles}
    titles |= {f"form:{form.id}": form.title for form in seen.book.forms}
    titles |= {f"task:{task.key}": task.title for task in seen.view.tasks}
    return {**titles, **journeys.names_of(ref for ref in refs if ":" in ref and not ref[:1].isdigit())}
