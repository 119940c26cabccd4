"""Who of the customer's people signs a success plan."""

from __future__ import annotations

from collections.abc import Iterable

from onward.journeys.decisions.state import Run
from onward.journeys.decisions.success.versions import Version
from onward.kernel.ids import format_id


def signers(held: Iterable[str], owners: Iterable[str], version: Version | None) -> frozenset[str]:
    """Contacts ("contact:con_...") who hold a role in the journey, own an objective, or are named in the version that
    they would sign; `held` and `owners` are people of either side."""
    named = (one.theirs.ref for one in (version.objectives if version else ()) if one.theirs)
    return frozenset(ref for ref in (*held, *owners, *named) if ref.startswith("contact:"))


def signers_of(run: Run, version: Version | None) -> frozenset[str]:
    """The same of a journey's rows."""
    held = ((holder or {}).get("person", "") for holder in run.journey.roles.values())
    owners = (f"contact:{format_id('con', row.owner_contact_id)}" for row in run.objectives if row.owner_contact_id)
    return signers(held, owners, version)
