"""What automation sees: one snapshot of a journey and of the world around it."""

from onward.automation.queries.snapshot import outside
from onward.automation.queries.trying import check_of, tried

__all__ = ["check_of", "outside", "tried"]
