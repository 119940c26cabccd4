"""What customers won, over journeys: written down with its worth and evidence, confirmed by them or not yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from onward.accounts import queries as accounts
from onward.foundation.postgres import one_statement
from onward.identity.decisions import Thing, require
from onward.journeys.queries.lines import names_of
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id, parse_id
from onward.playbooks import queries as playbooks

#: More than that is taken away as CSV by account, not read on a page.
MOST = 5000


@dataclass(frozen=True, slots=True)
class Win:
    """One line of a register that the customer may see. `unit` is a currency's code, or what is counted in words."""

    ref: str
    title: str
    log: str
    register: str
    value: float | None
    unit: str
    note: str
    journey_ref: str
    account_ref: str
    account_name: str
    written_by: str
    written_at: datetime
    confirmed_by: str
    confirmed_at: datetime | None
    edition: int

    @property
    def is_money(self) -> bool:
        return self.value is not None and len(self.unit) == 3 and self.unit.isupper() and self.unit.isalpha()


@dataclass(frozen=True, slots=True)
class Total:
    """What was won in one currency."""

    currency: str
    confirmed: Decimal
    unconfirmed: Decimal


def wins(actor: Actor, *, account_id: UUID | None = None, mine: bool = False, withdrawn: bool = False) -> list[Win]:
    """The newest first; of one account, of the journeys that the actor owns, or of all. What was taken back is told
    alone."""
    require(actor, "see", Thing("log", account_id))
    rows = one_statement(
        f"""select e.id, e.log, e.title, e.value, e.unit, e.note, e.written_by, e.written_at, e.confirmed_by,
                   e.confirmed_at, e.edition, e.journey_id, e.account_id, j.version_id
            from journeys_logentry e join journeys_journey j on j.id = e.journey_id
            where (e.withdrawn_at is not null) = %(withdrawn)s
              and (%(account)s::uuid is null or e.account_id = %(account)s)
              and (%(owner)s::uuid is null or j.owner_id = %(owner)s)
            order by e.written_at desc, e.id desc limit {MOST}""",
        {"account": account_id, "owner": parse_id("usr", actor.id) if mine else None, "withdrawn": withdrawn},
    )
    titles = {version: _registers(version) for version in {row["version_id"] for row in rows}}
    rows = [row for row in rows if row["log"] in titles[row["version_id"]]]
    names = names_of({ref for row in rows for ref in (row["written_by"], row["confirmed_by"]) if ref})
    called = accounts.account_names({row["account_id"] for row in rows})
    return [
        Win(
            format_id("log", row["id"]),
            row["title"],
            row["log"],
            titles[row["version_id"]][row["log"]],
            row["value"],
            row["unit"],
            row["note"],
            format_id("jny", row["journey_id"]),
            format_id("acc", row["account_id"]),
            called.get(row["account_id"], ""),
            names.get(row["written_by"], "Somebody"),
            row["written_at"],
            names.get(row["confirmed_by"], "Somebody") if row["confirmed_at"] else "",
            row["confirmed_at"],
            row["edition"],
        )
        for row in rows
    ]


def _registers(version_id: UUID) -> dict[str, str]:
    """The registers that customers may see, by key."""
    book = playbooks.version(version_id)
    return {"wins": "Early wins", **{log.id: log.title for log in book.logs if not log.internal}}


def totals(found: Iterable[Win]) -> list[Total]:
    """Sums by currency, the largest first; what is not money has no sum."""
    sums: dict[str, list[Decimal]] = {}
    for win in found:
        if win.is_money:
            pair = sums.setdefault(win.unit, [Decimal(0), Decimal(0)])
            pair[0 if win.confirmed_at else 1] += Decimal(str(win.value))
    rows = [Total(currency, *pair) for currency, pair in sums.items()]
    return sorted(rows, key=lambda row: (-(row.confirmed + row.unconfirmed), row.currency))
