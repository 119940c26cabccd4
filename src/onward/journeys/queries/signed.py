"""The success plans against what was signed: their own hashes, the chain, and the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from onward.foundation.ledger import every_fact
from onward.journeys.decisions.success import digest, read_version
from onward.journeys.models import PlanVersion
from onward.kernel.ids import format_id

_SIGNED = tuple(f"journey.success_plan.{what}" for what in ("proposed", "agreed", "refused", "withdrawn"))
Told = dict[tuple[UUID | None, int], set[str]]


def plan_differences() -> Iterator[str]:
    """Each version of a plan that is not the one that was signed, as a sentence."""
    told = _told()
    before: dict[UUID, PlanVersion] = {}
    for row in PlanVersion.objects.order_by("journey", "number").iterator():
        last = before.get(row.journey_id)
        for words in _differences(row, last, told.pop((row.journey_id, row.number), set())):
            yield f"success plan of {format_id('jny', row.journey_id)}, version {row.number}: {words}"
        before[row.journey_id] = row
    for journey, number in told:
        yield f"success plan of {journey}, version {number}: it has facts and no row"


def _differences(row: PlanVersion, last: PlanVersion | None, told: set[str]) -> Iterator[str]:
    if digest(row.body) != row.hash or (row.answer and digest(row.answer) != row.answer_hash):
        yield "its text is not the one that was signed"
    elif read_version(row.body).before != (last.answer_hash if last else ""):
        yield "it does not follow on the version before it"
    state = row.answer_hash if row.answer else "proposed"
    if told != {row.hash, state, row.state}:
        yield "its facts tell of something else"


def _told() -> Told:
    """The hashes that the facts of each version name, and its state."""
    out: Told = {}
    for chunk in every_fact(_SIGNED):
        for fact in chunk:
            state = fact.name.rpartition(".")[2]
            kept = out.setdefault((fact.journey, fact.data["number"]), set())
            kept -= {"proposed"}
            kept |= {fact.data["hash"], fact.data.get("answer", "proposed"), state}
    return out
