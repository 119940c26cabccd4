"""Somebody of either side."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """A user ("user:usr_...") or contact ("contact:con_..."), or an actor as facts name it."""

    ref: str
    name: str
    side: str
