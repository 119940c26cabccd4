"""The evidence pack of a success plan, the same for whoever may see the journey."""

from __future__ import annotations

import json
from uuid import UUID

from django.http import HttpResponse

from onward.conversation import queries as conversation
from onward.foundation.evidence import packed
from onward.foundation.ledger import Recorded
from onward.journeys.decisions.success import digest
from onward.journeys.queries.success import plan_facts, success_plan
from onward.kernel.actor import Actor
from onward.kernel.fact import plain
from onward.kernel.ids import format_id
from onward.kernel.refusals import conflict


def evidence_pack(actor: Actor, journey_id: UUID) -> HttpResponse:
    """A download. Refusal "conflict" while no version was ever proposed."""
    plan = success_plan(actor, journey_id)
    if not plan.versions:
        raise conflict("There is no version of this success plan to prove.", mend="Propose the plan first.")
    members = {}
    for row in plan.versions:
        members[f"versions/{row.number:04}.json"] = row.text
        if row.answer:
            members[f"versions/{row.number:04}.answer.json"] = row.answer_text
    members["facts.jsonl"] = _chained(plan_facts(journey_id))
    shared = [
        {"file": one.ref, "name": one.name, "bytes": one.size, "sha256": one.sha256, "added_by": one.added_by}
        for one in conversation.files(actor, journey_id)
        if one.channel == "shared" and one.kind == "file"
    ]
    members["files.json"] = json.dumps(sorted(shared, key=lambda one: str(one["file"])), indent=1, ensure_ascii=False)
    response = HttpResponse(packed(members), content_type="application/zip")
    name = f"success-plan-{format_id('jny', journey_id)}-{plan.versions[-1].number}.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _chained(facts: list[Recorded]) -> str:
    """A line for each fact, with the hash of the line before."""
    lines: list[str] = []
    for fact in facts:
        said = {
            "before": digest(lines[-1]) if lines else "",
            "seq": fact.seq,
            "name": fact.name,
            "version": fact.version,
            "actor": fact.actor,
            "occurred_at": fact.occurred_at,
            "recorded_at": fact.recorded_at,
            "data": fact.data,
        }
        lines.append(json.dumps(plain(said), sort_keys=True, separators=(",", ":"), ensure_ascii=False))
    return "".join(f"{line}\n" for line in lines)
