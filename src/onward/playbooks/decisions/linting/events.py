"""Events that a playbook counts on and that nobody has ever sent."""

from collections.abc import Collection, Mapping

from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.problems import Problem, nearest
from onward.playbooks.decisions.tree import Place


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
