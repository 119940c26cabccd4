"""Expected failures. An action raises one, a door renders it; anything else is a bug and stays loud."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

HTTP_STATUS = {
    "invalid": 422,
    "unauthorized": 401,
    "forbidden": 403,
    "not_found": 404,
    "conflict": 409,
    "stale": 412,
    "throttled": 429,
    "unavailable": 503,
}


class Refusal(Exception):
    """What was refused, why, and how to mend it.

    `code` is one of HTTP_STATUS; `message` is one sentence for the person who asked; `mend` says what to do next;
    `details` is JSON-able and names fields, rows or ids.
    """

    def __init__(self, code: str, message: str, *, mend: str = "", details: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        if code not in HTTP_STATUS:
            raise ValueError(f"unknown refusal code {code!r}")
        self.code = code
        self.message = message
        self.mend = mend
        self.details: dict[str, Any] = dict(details or {})

    @property
    def status(self) -> int:
        """The HTTP status that doors answer with."""
        return HTTP_STATUS[self.code]

    def __str__(self) -> str:
        return f"{self.message} {self.mend}".strip()


def not_found(noun: str, ref: object = "") -> Refusal:
    """The same answer for what does not exist and for what the actor may not see."""
    what = f"There is no {noun} {ref}".rstrip() + "."
    return Refusal("not_found", what, mend="It may have been removed, or belongs to somebody else.")


def invalid(message: str, *, mend: str = "", **details: Any) -> Refusal:
    """The input cannot be used as it is."""
    return Refusal("invalid", message, mend=mend, details=details)


def conflict(message: str, *, mend: str = "", **details: Any) -> Refusal:
    """The thing has moved on since the asker looked."""
    return Refusal("conflict", message, mend=mend, details=details)


def forbidden(message: str, *, mend: str = "Ask an admin or manager for the right to do it.") -> Refusal:
    """The actor is known and may not do this."""
    return Refusal("forbidden", message, mend=mend)
