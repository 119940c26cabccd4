"""Which playbook fits an account. Nothing is guessed: a tie, or something unknown that could decide, asks a person."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from onward.playbooks.decisions.judge import Readings, verdict
from onward.playbooks.decisions.parts import Expr


@dataclass(frozen=True)
class Candidate:
    """A current version; one without `choose_when` is only ever chosen by hand. Without `opens_when` it opens when the
    deal is won."""

    version_id: UUID
    key: str
    title: str
    rank: int
    choose_when: Expr | None
    opens_when: Expr | None = None


@dataclass(frozen=True)
class Choice:
    """`version_id` is None when a person has to choose; `why` says why, in either case, as a sentence."""

    version_id: UUID | None
    why: str = ""
    key: str = ""
    missing: tuple[str, ...] = ()


def choose(candidates: Iterable[Candidate], readings: Readings) -> Choice:
    """The fitting playbook of the highest rank."""
    fits: list[Candidate] = []
    unknown: list[tuple[Candidate, tuple[str, ...]]] = []
    for candidate in candidates:
        if candidate.choose_when is None or not _opens(candidate, readings):
            continue
        found = verdict(candidate.choose_when, readings)
        if found.state == "met":
            fits.append(candidate)
        elif found.state == "unknown":
            unknown.append((candidate, found.missing))
    best = max((candidate.rank for candidate in fits), default=None)
    open_ones = [(one, missing) for one, missing in unknown if best is None or one.rank >= best]
    if open_ones:
        missing = tuple(dict.fromkeys(name for _, names in open_ones for name in names))
        titles = " or ".join(one.title for one, _ in open_ones)
        return Choice(None, f"{titles} may fit: {', '.join(missing) or 'something'} is not known.", "", missing)
    if best is None:
        return Choice(None, "No playbook fits this account.")
    winners = [candidate for candidate in fits if candidate.rank == best]
    if len(winners) > 1:
        titles = " and ".join(candidate.title for candidate in winners)
        return Choice(None, f"{titles} fit equally well.")
    (winner,) = winners
    why = "It is the only one that fits." if len(fits) == 1 else f"It has the highest rank of {len(fits)} that fit."
    return Choice(winner.version_id, why, winner.key)


def _opens(candidate: Candidate, readings: Readings) -> bool:
    """A signature opens everything; what may open before it asks its own condition, and unknown is no yes."""
    if readings.get("deal.won") is not False:
        return True
    return candidate.opens_when is not None and verdict(candidate.opens_when, readings).state == "met"
