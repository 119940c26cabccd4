"""What changes the read models: the reaction to facts, and the rebuild. And what people keep and do with lists."""

from onward.insights.actions.bulk import begin_bulk, carry_on, claim_bulk, undo_bulk
from onward.insights.actions.forgetting import forget_demo
from onward.insights.actions.reacting import react
from onward.insights.actions.rebuilding import fold_tallies, rebuild
from onward.insights.actions.views import change_view, move_view, remove_view, restore_view, save_view

__all__ = [
    "begin_bulk",
    "carry_on",
    "change_view",
    "claim_bulk",
    "fold_tallies",
    "forget_demo",
    "move_view",
    "react",
    "rebuild",
    "remove_view",
    "restore_view",
    "save_view",
    "undo_bulk",
]
