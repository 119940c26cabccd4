"""PostgreSQL: keys, hot-path statements, notifications, and the embedded server."""

from onward.foundation.postgres.ids import new_id
from onward.foundation.postgres.statements import Statement, fetched, notify, one_statement, pipelined, tuples

__all__ = ["Statement", "fetched", "new_id", "notify", "one_statement", "pipelined", "tuples"]
