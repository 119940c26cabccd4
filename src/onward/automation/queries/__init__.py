"""What automation sees: one snapshot of a journey and of the world around it."""

from onward.automation.queries.beginning import Beginning, Reached, beginning
from onward.automation.queries.sale import sale
from onward.automation.queries.snapshot import outside
from onward.automation.queries.trying import check_of, tried

__all__ = ["Beginning", "Reached", "beginning", "check_of", "outside", "sale", "tried"]
