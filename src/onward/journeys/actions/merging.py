"""Take a new version of the playbook over into a running plan, and take that back."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from onward.accounts import queries as accounts
from onward.foundation.actions import act, action, record
from onward.foundation.postgres import new_id
from onward.journeys import facts
from onward.journeys.actions.changing import changing, stream_by
from onward.journeys.actions.filling import found_holders
from onward.journeys.decisions.merging import carry_out, hindrance, image, merge, rename, taken_back
from onward.journeys.decisions.state import Run
from onward.journeys.queries.merging import (
    MERGED,
    lines_of,
    names_of_version,
    newest_merge,
    refuse_sheet,
    since,
    worked_on,
)
from onward.kernel.actor import SYSTEM, Actor
from onward.kernel.refusals import Refusal, conflict, invalid
from onward.playbooks import actions as playbook_actions
from onward.playbooks import queries as playbooks
from onward.playbooks.decisions.comparing import called, title_of
from onward.playbooks.decisions.definition import Playbook


@action(stream_by("journey_id"))
def merge_version(
    *,
    actor: Actor,
    journey_id: UUID,
    version_id: UUID,
    wanted: Collection[str] | None = None,
    seen: UUID | None = None,
) -> int:
    """Bring a plan to a published version of its playbook; how many changes it took over.

    `wanted` names the changes of the preview that are taken (None: those proposed), `seen` the version on which the
    preview was made: "stale" when the plan runs on another one by now. "conflict" unless the journey is open and
    follows another version, "invalid" for what is not in the preview or leaves out what another part needs.
    """
    with changing(actor, journey_id, "merge") as run:
        _refuse_unless_open(run)
        journey = run.journey
        if seen is not None and seen != journey.version_id:
            raise Refusal("stale", "This plan has changed since you looked.", mend="Look at the changes again.")
        refuse_sheet(journey.playbook)
        was, number = (playbooks.published(one) for one in (journey.follows, version_id))
        if number.key != journey.playbook:
            raise invalid("This version belongs to another playbook.", mend=f"Choose one of {number.title}.")
        if version_id == journey.follows:
            raise conflict(f"This plan follows version {number.number} already.", mend="Nothing is left to do.")
        kept, names = image(run), names_of_version(journey.follows, journey.version_id, version_id)
        ours, new = called(playbooks.version(journey.version_id), names), playbooks.version(version_id)
        touched = worked_on(journey_id)
        lines = lines_of(run, version_id, touched)
        if wanted is not None and (unknown := set(wanted) - {line.name for line in lines if line.may_choose}):
            raise invalid(f"“{min(unknown)[:80]}” is not among the changes.", mend="Look at the changes again.")
        merged = merge(ours, new, lines, wanted)
        for left_out, needs in merged.needed.items():
            raise invalid(
                f"“{_title(new, needs)}” needs “{_title(new, left_out)}”, which was left out.",
                mend="Take both, or neither.",
            )
        _fill(run, ours, merged.book)
        carry_out(ours, merged.book, run, merged.chosen, touched, new_id)
        journey.version_id = playbook_actions.keep_plan(merged.book, version_id)
        journey.template_id = version_id if journey.version_id != version_id else None
        taken = [line.name for line in merged.chosen]
        record(
            facts.PlaybookMerged(journey.playbook, new.title, was.number, number.number, taken, names, kept),
            journey=journey_id,
        )
        return len(taken)


@action(stream_by("journey_id"))
def undo_merge(*, actor: Actor, journey_id: UUID, follows: UUID | None = None) -> None:
    """Take the last merge back: every row as it was. `follows` is the version that it led to: "stale" when the plan
    follows another one by now.

    What people did since to rows that were there before stays. Refused when they worked on something that came with it.
    """
    with changing(actor, journey_id, "merge") as run:
        _refuse_unless_open(run)
        found = newest_merge(journey_id)
        if found is None or found.name != MERGED:
            raise conflict("There is no merge to take back.", mend="Somebody may have taken it back already.")
        if follows is not None and follows != run.journey.follows:
            raise Refusal("stale", "Another version was taken over since.", mend="Take that back first.")
        kept = found.data["kept"]
        touched, (judged, named) = worked_on(journey_id, after_seq=found.seq), since(journey_id, found.seq)
        names = {now: was for was, now in found.data["renamed"].items()}
        rename(run, names)
        before = playbooks.version(UUID(kept["journey"]["version_id"]))
        books = before, called(playbooks.version(run.journey.version_id), names)
        why = hindrance(run, kept, touched, judged) or _picked_since(run, before)
        if why:
            raise conflict(f"This cannot be taken back: {why}.", mend="The plan stays on the new version.")
        back = taken_back(run, kept, books, touched, judged, named)
        data = found.data
        record(
            facts.PlaybookUnmerged(
                data["playbook"], data["title"], data["after"], data["before"], names, back.stages, back.milestones
            ),
            journey=journey_id,
        )
        for stage in back.reopened:
            why = f"the plan follows version {data['before']} again"
            record(facts.StageReopened(stage.key, stage.title, why), journey=journey_id)


def _refuse_unless_open(run: Run) -> None:
    if run.journey.state == "paused":
        raise conflict("This journey is paused.", mend="Resume it, then bring its plan up to date.")
    if run.journey.state == "completed":
        raise conflict("This journey is complete.", mend="Its plan stays as it was carried out.")


def _picked_since(run: Run, book: Playbook) -> str:
    """A measure was chosen that the plan before the merge does not have."""
    known = {one.id for one in book.measures}
    gone = next((pick["title"] for pick in run.journey.picks.values() if pick["measure"] not in known), "")
    return f"“{gone}” was chosen as a measure since" if gone else ""


def _fill(run: Run, ours: Playbook, book: Playbook) -> None:
    """Name who holds the roles that came, where the playbook says how they are found."""
    new = {role.id for role in book.roles} - {role.id for role in ours.roles} - run.journey.roles.keys()
    if not new:
        return
    deal = accounts.deal(SYSTEM, run.journey.deal_id) if run.journey.deal_id else None
    found = found_holders(book, run.journey.account_id, deal, act().now)
    run.journey.roles = {**run.journey.roles, **{role: who for role, who in found.items() if role in new}}


def _title(book: Playbook, name: str) -> str:
    kind, _, thing = name.partition(".")
    return title_of(kind, thing, book).strip("“”") or name
