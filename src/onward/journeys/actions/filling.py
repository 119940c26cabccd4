"""Who holds each role of a new journey: found as the playbook says, or chosen by whoever opens it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from onward.accounts import queries as accounts
from onward.foundation.postgres import one_statement
from onward.journeys.actions.changing import known_person
from onward.journeys.decisions.capacity import room_words
from onward.journeys.queries.holding import known_holders
from onward.journeys.queries.workload import team_loads
from onward.kernel.refusals import Refusal, invalid
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.parts import Role

#: Held by whoever gives roles by load, to the end of their transaction.
_BY_LOAD = 7_240_146


def found_holders(
    book: Playbook,
    account_id: UUID,
    deal: accounts.DealRow | None,
    now: datetime,
    *,
    people: Mapping[str, str] | None = None,
    shown: Mapping[str, str] | None = None,
    carried: Mapping[str, str] | None = None,
) -> dict[str, dict[str, str]]:
    """Who holds each role that the playbook says how to fill, as things are now; `people` (role -> "user:usr_...") are
    chosen instead, and `carried` are taken over from another journey, where the playbook has such a role.

    Roles by load are given one journey after the other, so that two that are opened at once do not both count on the
    same hours. `shown` is who had the most room when somebody looked: Refusal "stale" when it is another by now.
    """
    by_load = {role.id: role for role in book.roles if role.fill == "least_loaded"}
    takes_over = carried or {}
    kept = {one.id: _kept(one, account_id, takes_over[one.id]) for one in book.roles if takes_over.get(one.id)}
    said = {role: _chosen(by_load, account_id, role, person) for role, person in (people or {}).items() if person}
    chosen = kept | said
    by_load_now = _by_load([role for role in by_load.values() if role.id not in chosen], shown or {})
    return known_holders(book, account_id, deal, now, by_load=by_load_now, chosen=chosen)


def _chosen(by_load: Mapping[str, Role], account_id: UUID, role: str, person: str) -> str:
    if role not in by_load:
        raise invalid(
            f"The role {role[:40]} is not given by load.", mend="Name its person on the journey’s People page."
        )
    if not person.startswith("user:"):
        raise invalid(
            "Only one of your own people can hold that role.", mend="Choose a colleague.", field=f"role.{role}"
        )
    return known_person(account_id, person)


def _kept(role: Role, account_id: UUID, person: str) -> str:
    if person.startswith("contact:") != (role.side == "theirs"):
        raise invalid(f"{role.title} is held by another side.", mend="Name its person on the journey’s People page.")
    return known_person(account_id, person)


def _by_load(roles: list[Role], shown: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Role -> (person, why); a team of nobody gives none."""
    if not roles:
        return {}
    one_statement("select pg_advisory_xact_lock(%s)", (_BY_LOAD,))
    loads = team_loads({role.fill_by for role in roles})
    found = {}
    for role in roles:
        if not (people := loads[role.fill_by]):
            continue
        words = room_words(people)
        if shown.get(role.id) and shown[role.id] != people[0].person.ref:
            raise Refusal(
                "stale",
                f"Others were busy meanwhile: {people[0].person.name} now has the most room as {role.title}. {words}.",
                mend="Look at the choice again, then open the journey.",
            )
        found[role.id] = (people[0].person.ref, words)
    return found
