"""Events that a playbook counts on and that nobody has ever sent, or named."""

from collections.abc import Collection, Iterator, Mapping

from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.parts import NEW_EVENT, EventSpec
from onward.playbooks.decisions.problems import Problem, nearest
from onward.playbooks.decisions.tree import Piece, Place


def unnamed(playbook: Playbook, tree: Piece) -> Iterator[Problem]:
    """A warning for each new event of which nobody has said yet what the product calls it."""
    for event in new_events(playbook):
        message = f"nobody has said yet under which name your product sends event `{event.id}`"
        place = tree.at(("events", event.id)).place
        yield place.problem("unnamed", message, "write that name, letter by letter", warning=True)


def new_events(playbook: Playbook, names: Collection[str] | None = None) -> tuple[EventSpec, ...]:
    """The events of which nobody has said yet what the product calls them; of those that these metrics read."""
    return tuple(
        event
        for event in playbook.events
        if NEW_EVENT in event.track and (names is None or any(name.startswith(f"event.{event.id}.") for name in names))
    )


def unheard(book: Playbook | None, places: Mapping[str, Place], received: Collection[str]) -> tuple[Problem, ...]:
    """A warning for each event of which no name is among the received ones; none while nothing is received at
    all. Only what stands in `places` is looked at: an event of its parent is told with the parent."""
    if book is None or not received:
        return ()
    found = []
    for event in book.events:
        place = places.get(f"event.{event.id}")
        if place and set(event.track).isdisjoint(received):
            like = nearest(event.track[0], sorted(received))
            message = f"no account has ever sent `{event.track[0]}`, which event `{event.id}` counts"
            mend = f"did you mean {like}?" if like else "send it, or write the name that your product sends"
            found.append(place.problem("unheard", message, mend, warning=True))
    return tuple(sorted(found))
