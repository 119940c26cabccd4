"""Structured logs: one JSON object a line on standard error, without secrets."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

SECRET_NAMES = re.compile(r"password|secret|token|authorization|cookie|write_?key|api_?key|code$|link$", re.IGNORECASE)
SECRET_VALUES = re.compile(
    r"(://[^:/@\s]+:)[^@\s]+@|((?:/(?:welcome|invite|link|enter)/|[?&](?:token|key|code)=))[\w\-.~%]+"
)


def configure(process: str, level: int = logging.INFO) -> None:
    """Send structlog and the standard library's loggers through the same renderer."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        lambda _logger, _method, event: {**event, "process": process},
        structlog.processors.format_exc_info,
        without_secrets,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.root.handlers = [handler]
    logging.root.setLevel(level)
    # Each refused request is an answer, not an incident; server errors still come at ERROR.
    logging.getLogger("django.request").setLevel(logging.ERROR)


def without_secrets(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blank what is named like a secret, and what looks like one inside any text."""
    for key, value in event.items():
        if SECRET_NAMES.search(key):
            event[key] = "[hidden]"
        elif isinstance(value, str):
            event[key] = SECRET_VALUES.sub(lambda hit: f"{hit[1] or hit[2]}[hidden]{'@' if hit[1] else ''}", value)
    return event
