"""What automation sees: one snapshot of a journey and of the world around it."""

from onward.automation.queries.snapshot import outside

__all__ = ["outside"]
