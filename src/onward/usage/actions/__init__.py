"""What is changed in usage. Intake and the deriver are not @actions: millions of events are not facts."""

from onward.usage.actions.deriving import derive, derive_all
from onward.usage.actions.forgetting import forget_demo
from onward.usage.actions.importing import SOURCE, EventImport, import_events
from onward.usage.actions.intake import Outcome, make_room_for, refuse, take, take_within
from onward.usage.actions.keys import Opened, opened_by
from onward.usage.actions.pool import Overloaded
from onward.usage.actions.sources import Issued, create_source, revoke_keys, rotate_key
from onward.usage.actions.watches import concerns_mapping, follow_mapping, remap, set_watches, sweep_mapping

__all__ = [
    "SOURCE",
    "EventImport",
    "Issued",
    "Opened",
    "Outcome",
    "Overloaded",
    "concerns_mapping",
    "create_source",
    "derive",
    "derive_all",
    "follow_mapping",
    "forget_demo",
    "import_events",
    "make_room_for",
    "opened_by",
    "refuse",
    "remap",
    "revoke_keys",
    "rotate_key",
    "set_watches",
    "sweep_mapping",
    "take",
    "take_within",
]
