"""What tests of usage share. Imports are late: this file is read before Django is set up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from onward.usage.actions import Issued
    from tests.usage.sending import Client


@pytest.fixture
def clean(transactional_db: None) -> Iterator[None]:
    """A database of which all commits are real, and a process that remembers none before it."""
    from tests.usage.sending import forget_processes

    forget_processes()
    yield
    forget_processes()


@pytest.fixture
def source(clean: None) -> Issued:
    """A server source."""
    from onward.kernel.actor import SYSTEM
    from onward.usage.actions import create_source

    return create_source(actor=SYSTEM, name="Product")


@pytest.fixture
def client(source: Issued) -> Client:
    from tests.usage.sending import Client

    return Client(source.write_key)


@pytest.fixture
def rows() -> Callable[..., list[tuple[Any, ...]]]:
    """Run SQL and fetch."""
    from django.db import connection

    def fetch(sql: str, *params: Any) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return list(cursor.fetchall())

    return fetch
