"""What follows from the history of journeys: survival curves, stays in stages, what holds us up, urgency."""

from onward.insights.decisions.holding import ENOUGH, Held, Stand, held_up
from onward.insights.decisions.keeping import Keeping, Kept, by_segment
from onward.insights.decisions.stays import StageFigures, Stay, stage_figures
from onward.insights.decisions.survival import METHODS, Observation, Survival, observe, survival
from onward.insights.decisions.urgency import Situation, Urgency, money, urgency

__all__ = [
    "ENOUGH",
    "METHODS",
    "Held",
    "Keeping",
    "Kept",
    "Observation",
    "Situation",
    "StageFigures",
    "Stand",
    "Stay",
    "Survival",
    "Urgency",
    "by_segment",
    "held_up",
    "money",
    "observe",
    "stage_figures",
    "survival",
    "urgency",
]
