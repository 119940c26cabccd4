"""The web process: `app` is the one WSGI callable."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

from django.core.wsgi import get_wsgi_application


def _die_with_parent() -> None:
    # The web server's main process, killed outright, would leave this one serving the port.
    if sys.platform == "linux" and os.environ.get("ONWARD_ADDRESS"):
        ctypes.CDLL(None).prctl(1, int(signal.SIGKILL), 0, 0, 0)


_die_with_parent()
pages = get_wsgi_application()
# Only now: the doors import models.
from onward.config.doors import doors  # noqa: E402

app = doors(pages)
