"""The ledger against itself: no gap, no fact beyond the head, nothing left undrained, nothing stuck."""

from __future__ import annotations

from collections.abc import Iterator

from onward.foundation.postgres import one_statement

_HEADS = """
select s.id, s.head, s.drained, s.touched, coalesce(f.n, 0) as n, coalesce(f.last, 0) as last
from ledger_stream s full join (select stream, count(*) as n, max(seq) as last from ledger_fact group by 1) f
  on f.stream = s.id
where s.id is null or s.head <> coalesce(f.last, 0) or coalesce(f.n, 0) <> coalesce(f.last, 0) or s.drained <> s.head
   or s.touched
"""


def differences() -> Iterator[str]:
    """Each thing that is not as it must be at rest, as a sentence."""
    for row in one_statement(_HEADS):
        stream = row["id"] or "a stream without a row"
        if row["id"] is None or row["head"] != row["last"]:
            yield f"ledger {stream}: its head is {row['head']}, its last fact {row['last']}"
        if row["n"] != row["last"]:
            yield f"ledger {stream}: {row['last']} facts were numbered, {row['n']} are there"
        if row["id"] is not None and (row["drained"] != row["head"] or row["touched"]):
            yield f"ledger {stream}: reactions have come to {row['drained']} of {row['head']}"
    for row in one_statement("select subscriber, stream, from_seq, problem from ledger_stuck"):
        yield f"ledger {row['stream']}: {row['subscriber']} is stuck at {row['from_seq']}: {row['problem'][:120]}"
