"""What automation does: look at a journey again, open journeys for won deals, ask for a look when a moment comes."""

from onward.automation.actions.looking import look
from onward.automation.actions.reacting import concerns, react, tick

__all__ = ["concerns", "look", "react", "tick"]
