"""A plan and its playbook: taking a new version over, taking that back, and in what the two differ."""

from onward.journeys.decisions.merging.departures import Departure, departures
from onward.journeys.decisions.merging.renaming import rename
from onward.journeys.decisions.merging.taking import Line, Merged, carry_out, is_finished, merge, preview
from onward.journeys.decisions.merging.undoing import hindrance, image, taken_back

__all__ = [
    "Departure",
    "Line",
    "Merged",
    "carry_out",
    "departures",
    "hindrance",
    "image",
    "is_finished",
    "merge",
    "preview",
    "rename",
    "taken_back",
]
