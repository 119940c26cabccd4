"""A small world: one playbook of one stage, and accounts that sign. Imports wait until Django is set up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

Sign = Callable[..., UUID]


@pytest.fixture
def version(transactional_db: None) -> UUID:
    """The version of a playbook with one stage, two tasks and first value 30 days after the signature."""
    from onward.kernel.actor import SYSTEM
    from onward.playbooks.actions import publish

    text = (Path(__file__).parent / "two_steps.yaml").read_text()
    return publish(actor=SYSTEM, text=text, file="two_steps.yaml").version_id


@pytest.fixture
def sign(version: UUID) -> Sign:
    """Open an account and its journey, signed at that moment; the journey's id."""
    from onward.accounts.actions import open_account
    from onward.journeys.actions import open_journey
    from onward.kernel.actor import SYSTEM

    def signed(name: str, signed_at: datetime | None, **account: Any) -> UUID:
        account_id = open_account(actor=SYSTEM, name=name, **account)
        return open_journey(actor=SYSTEM, account_id=account_id, version_id=version, signed_at=signed_at, title=name)

    return signed


@pytest.fixture
def owner(transactional_db: None) -> UUID:
    """Somebody who owns accounts."""
    from onward.identity.actions import add_user
    from onward.kernel.actor import SYSTEM

    return add_user(actor=SYSTEM, name="Mara Lindqvist", mail="mara@example.com", role="member")
