"""Carrying an import out: all rows first, in chunks; then every account is judged; then its won deals are told.

Each chunk commits its rows together with its place in the run, so a run that is cut off goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F

from onward.accounts import facts
from onward.accounts.actions.deals import announce
from onward.accounts.actions.imports.others import put_account_row, put_product_row, put_user_row
from onward.accounts.actions.imports.sales import streams_of, write_deals
from onward.accounts.actions.segments import judge
from onward.accounts.decisions.sheets import Problem, Row
from onward.accounts.models import Account, Deal, ImportProblem, ImportRun
from onward.accounts.queries.imports import judged
from onward.foundation.actions import act, action, record
from onward.foundation.ledger import ORG, stream_of
from onward.foundation.ledger.draining import LIVE
from onward.foundation.postgres import notify
from onward.identity.queries import organization
from onward.kernel.actor import SYSTEM, Actor
from onward.kernel.ids import format_id
from onward.kernel.refusals import Refusal, conflict, not_found

CHUNK = 200
LEASE = timedelta(minutes=5)
MAX_TRIES = 5


@action(stream=lambda _: ())
def claim_import(*, actor: Actor) -> UUID | None:
    """The next queued import, for a worker. The attempt is committed first: a file that kills us waits ever longer."""
    now = act().now
    row = (
        ImportRun.objects.select_for_update(skip_locked=True)
        .filter(state="queued", due_at__lte=now)
        .order_by("due_at")
        .first()
    )
    if row is None:
        return None
    row.tries, row.due_at = row.tries + 1, now + LEASE * row.tries if row.tries else now + LEASE
    row.save(update_fields=["tries", "due_at"])
    return row.id


@action(stream=lambda _: ())
def fail_import(*, actor: Actor, import_id: UUID, problem: str, is_final: bool = False) -> None:
    """Say why an import cannot go on; it is tried again unless that would not help."""
    row = ImportRun.objects.select_for_update().get(id=import_id)
    row.problem = problem[:2000]
    if is_final or row.tries >= MAX_TRIES:
        row.state, row.finished_at = "failed", act().now
    row.save(update_fields=["problem", "state", "finished_at"])


def carry_out(
    *, actor: Actor = SYSTEM, import_id: UUID, progress: Callable[[int, int], None] = lambda done, total: None
) -> None:
    """Read the file in, from where the run is. `progress` is called with rows done and rows in all."""
    run = ImportRun.objects.filter(id=import_id).first()
    if run is None:
        raise not_found("import", format_id("imp", import_id))
    if run.state in {"finished", "failed"}:
        raise conflict("This import is over.", mend="Upload the file again.")
    rows = judged(run)
    if run.done == 0:
        _keep_problems(actor=actor, import_id=import_id, rows=rows)
    good = _in_order(run.kind, [row for row in rows if not row.stays_out])
    skip = max(0, run.done - (len(rows) - len(good)))
    for start in range(skip, len(good), CHUNK):
        chunk = good[start : start + CHUNK]
        _write_chunk(actor=actor, import_id=import_id, kind=run.kind, rows=chunk)
        progress(min(start + CHUNK, len(good)), len(good))
    if run.kind == "deals":
        _tell(actor, run, progress)
    _finish(actor=actor, import_id=import_id)


def _in_order(kind: str, rows: list[Row]) -> list[Row]:
    """Deals of one account together: a chunk then locks few accounts."""
    return sorted(rows, key=lambda row: (str(row.values["account_id"]), row.number)) if kind == "deals" else rows


@action(stream=lambda _: ())
def _keep_problems(*, actor: Actor, import_id: UUID, rows: Sequence[Row]) -> None:
    ImportProblem.objects.filter(run_id=import_id).delete()
    problems = [problem for row in rows for problem in row.problems]
    _save_problems(import_id, problems)
    out = sum(row.stays_out for row in rows)
    warned = sum(problem.level == "warning" for problem in problems)
    ImportRun.objects.filter(id=import_id).update(
        total=len(rows),
        done=out,
        errors=out,
        warnings=warned,
        opened=0,
        changed=0,
        unchanged=0,
        # Also for a run in the foreground: should its process die, a worker goes on with it.
        state="queued",
        due_at=act().now + LEASE,
    )


@action(stream=lambda kw: [ORG, *streams_of(kw["rows"])] if kw["kind"] == "deals" else ORG)
def _write_chunk(*, actor: Actor, import_id: UUID, kind: str, rows: Sequence[Row]) -> None:
    counts = {"opened": 0, "changed": 0, "unchanged": 0, "errors": 0}
    if kind == "deals":
        counts.update(write_deals(rows))
    else:
        put = {"accounts": put_account_row, "products": put_product_row, "users": put_user_row}[kind]
        for row in rows:
            try:
                counts[put(actor, row)] += 1
            except Refusal as refusal:
                counts["errors"] += 1
                problem = Problem(row.number, "", "error", refusal.code, "", refusal.message, refusal.mend)
                _save_problems(import_id, [problem])
    moves = {name: F(name) + number for name, number in counts.items()}
    ImportRun.objects.filter(id=import_id).update(done=F("done") + len(rows), due_at=act().now + LEASE, **moves)
    notify(LIVE, f"import:{import_id}")


def _tell(actor: Actor, run: ImportRun, progress: Callable[[int, int], None]) -> None:
    """Judge the accounts and announce their won deals, by account."""
    owed = Deal.objects.filter(state="won", announced_at=None, account_id__isnull=False)
    ids = list(owed.order_by("account_id").values_list("account_id", flat=True).distinct())
    as_of = datetime.fromisoformat(run.options["as_of"]) if run.options.get("as_of") else None
    journeys = run.options.get("journeys") or organization().settings.get("journeys", "deal")
    for one in ids:
        if one is not None:
            _judge_account(actor=actor, account_id=one)
    for number, one in enumerate(ids, start=1):
        while one is not None and _announce(
            actor=actor, account_id=one, import_id=run.id, journeys=journeys, as_of=as_of
        ):
            pass
        progress(number, len(ids))


@action(stream=lambda kw: stream_of(kw["account_id"]))
def _judge_account(*, actor: Actor, account_id: UUID) -> None:
    row = Account.objects.select_for_update().filter(id=account_id).first()
    if row is not None:
        judge(row, is_silent=True)


@action(stream=lambda kw: stream_of(kw["account_id"]))
def _announce(*, actor: Actor, account_id: UUID, import_id: UUID, journeys: str, as_of: datetime | None) -> bool:
    """Up to CHUNK won deals of an account, in the order of their signatures; whether there are more."""
    account = Account.objects.select_for_update().filter(id=account_id).first()
    owed = Deal.objects.filter(account_id=account_id, state="won", announced_at=None).order_by("signed_at", "id")
    deals = list(owed[: CHUNK + 1])
    if account is None:
        return False
    for deal in deals[:CHUNK]:
        announce(deal, account, journeys=journeys, is_silent=True, as_of=as_of)
    ImportRun.objects.filter(id=import_id).update(
        announced=F("announced") + len(deals[:CHUNK]), due_at=act().now + LEASE
    )
    notify(LIVE, f"import:{import_id}")
    return len(deals) > CHUNK


@action()
def _finish(*, actor: Actor, import_id: UUID) -> None:
    row = ImportRun.objects.select_for_update().get(id=import_id)
    row.state, row.finished_at, row.content, row.problem = "finished", act().now, None, ""
    row.save(update_fields=["state", "finished_at", "content", "problem"])
    counts = {name: getattr(row, name) for name in ("total", "opened", "changed", "unchanged", "warnings", "errors")}
    notify(LIVE, f"import:{import_id}")
    record(facts.ImportFinished(row.id, row.kind, row.file_name, counts), stream=ORG)


def _save_problems(import_id: UUID, problems: Sequence[Problem]) -> None:
    ImportProblem.objects.bulk_create(
        [
            ImportProblem(
                run_id=import_id,
                row=problem.row,
                column=problem.column[:200],
                level=problem.level,
                code=problem.code[:40],
                value=problem.value[:300].replace("\0", ""),
                message=problem.message.replace("\0", ""),
                mend=problem.mend,
            )
            for problem in problems
        ],
        batch_size=1000,
    )
