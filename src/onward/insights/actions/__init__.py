"""What changes the read models: the reaction to facts, and the rebuild."""

from onward.insights.actions.forgetting import forget_demo
from onward.insights.actions.reacting import react
from onward.insights.actions.rebuilding import fold_tallies, rebuild

__all__ = ["fold_tallies", "forget_demo", "react", "rebuild"]
