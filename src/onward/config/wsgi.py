"""The web process: `app` is the one WSGI callable."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys

from django.core.wsgi import get_wsgi_application

PR_SET_PDEATHSIG = 1


def _die_with_parent() -> None:
    # The web server's main process, killed outright, would leave this one serving the port.
    parent = multiprocessing.parent_process()
    if sys.platform != "linux" or parent is None:
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent.pid:
        os._exit(1)  # it was killed while we were starting


_die_with_parent()
pages = get_wsgi_application()
# Only now: the doors import models.
from onward.config.doors import doors  # noqa: E402

app = doors(pages)
