"""Hours as people write and read them: "45m", "1h 30", "1.5h". Kept as whole minutes. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from statistics import median

from onward.kernel.refusals import invalid

#: A day's worth: nobody spends more on one day.
MOST = 24 * 60
#: Fewer tasks of a kind than this, and how long one takes is too few to tell.
ENOUGH = 3
_FORMS = (
    re.compile(r"(?P<h>\d{1,3}(?:[.,]\d{1,2})?) ?(?:h|hours?)", re.ASCII),
    re.compile(r"(?P<m>\d{1,4}) ?(?:m|min|minutes?)", re.ASCII),
    re.compile(r"(?P<h>\d{1,2}) ?(?:h|hours?) ?(?P<m>[0-5]?\d) ?(?:m|min|minutes?)?", re.ASCII),
    re.compile(r"(?P<h>\d{1,2}):(?P<m>[0-5]\d)", re.ASCII),
)


def minutes_of(text: object) -> int:
    """ "45m", "1h 30", "1.5h" or "1:30" as minutes, 1 to 1440. A bare number is refused: it says no unit."""
    said = " ".join(str(text or "").lower().split())
    for form in _FORMS:
        if found := form.fullmatch(said):
            parts = found.groupdict()
            hours = float(str(parts.get("h") or 0).replace(",", "."))
            return checked_minutes(round(hours * 60) + int(parts.get("m") or 0))
    why = f"“{said[:40]}” does not say how long it took." if said else "How long it took is missing."
    raise invalid(why, mend="Write it like 45m, 1h 30 or 1.5h.", field="hours")


def checked_minutes(minutes: int) -> int:
    """The minutes again; a Refusal for none at all, or more than a day has."""
    if not 1 <= minutes <= MOST:
        raise invalid(
            "That is no time that one can spend on a day.",
            mend="Log between 1m and 24h; one line a day.",
            field="hours",
        )
    return minutes


def hours_words(minutes: float) -> str:
    """ "1 h 30", "45 min", "1,267 h"; below 0 with a minus sign. Its spaces do not break."""
    whole = round(abs(minutes))
    hours, rest = divmod(whole, 60)
    sign = "−" if minutes < 0 and whole else ""
    if whole and not hours:
        return f"{sign}{rest}\u00a0min"
    return f"{sign}{hours:,}\u00a0h\u00a0{rest:02}" if rest else f"{sign}{hours:,}\u00a0h"


def usual(spent: Iterable[float]) -> float | None:
    """What a task of a kind takes: the median of the hours that were logged on those done; None: too few to tell."""
    known = [hours for hours in spent if hours > 0]
    return median(known) if len(known) >= ENOUGH else None
