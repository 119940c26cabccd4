"""What the demo does to an installation: it is built whole, and it goes away whole."""

from onward.demo.actions.building import build, check
from onward.demo.actions.removing import remove

__all__ = ["build", "check", "remove"]
