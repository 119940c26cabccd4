"""A new version beside the ones that were published: ids are for ever, a rename says `was:`."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from onward.playbooks.decisions.addressed import sort_of, things
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.problems import Problem, nearest, nearest_mend
from onward.playbooks.decisions.tree import Place

_WATCHED = ("stage", "task", "milestone", "form", "measure", "role")
_NEVER = "an id once published is never given to something else"

Things = Mapping[str, Any]


def succession(
    past: Sequence[Playbook], last: Playbook, new: Playbook, places: Mapping[str, Place]
) -> tuple[Problem, ...]:
    """What is wrong with a version as the next of these (`last` is the current one of `past`): errors where an id means
    something else now, warnings where a rename seems to be unsaid. `places`: where the file says each thing."""
    before = [things(book) for book in past]
    now, held = things(new), things(last)
    found = [
        *_unheard(before, new, places),
        *_given_away(past, held, now, new, places),
        *_of_another_sort(before, held, now, places),
        *_unsaid(held, now, new, places),
    ]
    return tuple(sorted(found))


def _place(address: str, places: Mapping[str, Place]) -> Place:
    return places.get(address) or Place("playbook.yaml", 1, 1)


def _unheard(before: Sequence[Things], new: Playbook, places: Mapping[str, Place]) -> Iterator[Problem]:
    """`was:` names what nobody ever published. What has its new id already may keep saying what it was."""
    known = {address for one in before for address in one}
    for address in dict.fromkeys(now for _, now in new.was):
        old = [was for was, now in new.was if now == address]
        if address in known or known.intersection(one for was in old for one in _formerly(was, new)):
            continue
        kind, _, last = old[-1].rpartition(".")
        like = nearest_mend(last, [one.rpartition(".")[2] for one in known if one.rpartition(".")[0] == kind])
        message = f"`{address}` says that it was `{last}`, and no published version has a `{old[-1]}`"
        yield _place(address, places).problem("was", message, like or "remove `was:`")


def _formerly(address: str, book: Playbook) -> Iterator[str]:
    """An address, also under the former names of what it lies in."""
    yield address
    parts = address.split(".")
    if len(parts) > 2:
        owner = ".".join(parts[:2])
        yield from (".".join([was, *parts[2:]]) for was, now in book.was if now == owner)


def _given_away(
    past: Sequence[Playbook], held: Things, now: Things, new: Playbook, places: Mapping[str, Place]
) -> Iterator[Problem]:
    """An id that a published version gave up for another one, used anew."""
    given = {was: to for book in past for was, to in book.was}
    for address in now:
        later = given.get(address)
        if later and (later, address) not in new.was and address not in held:
            last = later.rpartition(".")[2]
            message = f"`{address}` is the former id of `{later}`, and {_NEVER}"
            yield _place(address, places).problem("reused", message, f"choose another id, or say `was: {last}`")


def _of_another_sort(
    before: Sequence[Things], held: Things, now: Things, places: Mapping[str, Place]
) -> Iterator[Problem]:
    for address, thing in now.items():
        sort = sort_of(thing)
        earlier = held.get(address) or next((one[address] for one in reversed(before) if address in one), thing)
        if not sort or sort_of(earlier) == sort:
            continue
        if address in held:
            message = f"`{address}` was {sort_of(earlier)} and is {sort} now"
            mend = "give it a new id if it is something else: running plans know it by this one"
            yield _place(address, places).problem("other_sort", message, mend, warning=True)
        else:
            message = f"`{address}` was {sort_of(earlier)} in a published version, and {_NEVER}"
            yield _place(address, places).problem("reused", message, "give it a new id")


def _unsaid(held: Things, now: Things, new: Playbook, places: Mapping[str, Place]) -> Iterator[Problem]:
    """Ids that are gone while a like one is new: a rename should say so, or running plans lose it."""
    said = {was for was, _ in new.was}
    for kind in _WATCHED:
        before, after = _of(kind, held), _of(kind, now)
        fresh = sorted(after - before)
        for gone in sorted(before - after):
            like = nearest(gone, fresh)
            if like and f"{kind}.{gone}" not in said:
                message = f"{kind} `{gone}` is gone and `{like}` is new"
                mend = f"add `was: {gone}` if it was renamed"
                yield _place(f"{kind}.{like}", places).problem("renamed", message, mend, warning=True)


def _of(kind: str, all_things: Things) -> set[str]:
    return {
        address.partition(".")[2] for address in all_things if address.split(".")[0] == kind and address.count(".") == 1
    }
