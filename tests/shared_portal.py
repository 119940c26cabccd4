"""The portal's alias for tests that commit nothing: the owner's connection, in the portal's role for each statement.

The real alias is a connection of its own, which sees nothing of an open transaction. Role, grants and policies are the
real ones here too; tests that commit use the real alias.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psycopg
from django.db.backends.postgresql.base import DatabaseWrapper

from onward.foundation.postgres.door import PORTAL, SETTING


class SharedPortal(DatabaseWrapper):
    """Its transactions are the shared one; ending one only forgets the account."""

    def __init__(self, main: Any, role: str) -> None:
        super().__init__(main.settings_dict, PORTAL)
        self.main, self.role = main, role
        self.connection = main.connection
        self.in_atomic_block = True
        self.autocommit = False
        self.execute_wrappers = [self._in_role]

    def _in_role(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        raw = self.main.connection
        raw.execute(f'set local role "{self.role}"')
        try:
            return execute(sql, params, many, context)
        finally:
            with suppress(psycopg.Error):
                raw.execute("set local role none")

    def ensure_connection(self) -> None:
        self.main.ensure_connection()
        self.connection = self.main.connection

    def validate_thread_sharing(self) -> None:
        self.main.validate_thread_sharing()

    def savepoint(self) -> str:
        return "shared"

    def savepoint_commit(self, sid: str) -> None:
        self._forget()

    def savepoint_rollback(self, sid: str) -> None:
        self._forget()

    def close(self) -> None:
        """The owner's connection goes on."""

    def _forget(self) -> None:
        with suppress(psycopg.Error):
            self.main.connection.execute(f"select set_config('{SETTING}', '', true)")
