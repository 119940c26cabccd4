"""What follows from the history of journeys: survival curves, stays in stages, urgency."""

from onward.insights.decisions.stays import StageFigures, Stay, stage_figures
from onward.insights.decisions.survival import METHODS, Observation, Survival, observe, survival
from onward.insights.decisions.urgency import Situation, Urgency, urgency

__all__ = [
    "METHODS",
    "Observation",
    "Situation",
    "StageFigures",
    "Stay",
    "Survival",
    "Urgency",
    "observe",
    "stage_figures",
    "survival",
    "urgency",
]
