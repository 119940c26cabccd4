"""Build the demo behind the first page: in a thread of this process, while the page shows how far it is."""

from __future__ import annotations

import threading

import structlog
from django.db import connection

from onward.demo import actions
from onward.kernel.actor import SYSTEM
from onward.kernel.refusals import Refusal

log = structlog.get_logger()


def begin() -> None:
    """Start building. Refusals: those of `build`, at once; what goes wrong later is in the log."""
    actions.check(force=False)
    threading.Thread(target=_build, name="demo", daemon=True).start()


def _build() -> None:
    try:
        actions.build(actor=SYSTEM)
    except Refusal as refusal:
        log.warning("demo.refused", reason=str(refusal))
    except Exception:
        log.exception("demo.failed")
    finally:
        connection.close()
