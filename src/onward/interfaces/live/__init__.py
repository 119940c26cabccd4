"""Live pages: names of what changed, over server-sent events. `app` is the WSGI callable of both doors."""

from onward.interfaces.live.stream import app

__all__ = ["app"]
