"""Where stories play: real commits, a frozen clock. Imports are late: this file is read before Django is set up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import time_machine

if TYPE_CHECKING:
    from tests.stories.doors import Doors

SIGNED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def doors(transactional_db: None) -> Iterator[Doors]:
    """An installation on the morning of the signature."""
    from tests.stories.doors import Doors
    from tests.usage.sending import forget_processes

    forget_processes()
    with time_machine.travel(SIGNED, tick=False) as clock:
        made = Doors(clock, SIGNED)
        made.open_shop()
        yield made
    forget_processes()
