"""Rows as JSON lines, straight out of COPY, from one moment of the whole database."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import psycopg
from psycopg import sql

COLUMNS = """
select c.relname, array_agg(a.attname::text order by a.attnum)
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
group by c.relname order by c.relname
"""
# A character that JSON text never holds, so that COPY neither quotes nor escapes.
QUOTE, DELIMITER = "\x01", "\x02"
SECRET = re.compile(r"password|secret|digest|salt", re.IGNORECASE)


def tables(connection: psycopg.Connection[Any]) -> dict[str, list[str]]:
    """Every table with its columns, but for those that hold secrets."""
    found = connection.execute(COLUMNS).fetchall()
    return {name: [column for column in columns if not SECRET.search(column)] for name, columns in found}


def lines(
    connection: psycopg.Connection[Any], table: str, columns: list[str], where: str = "", values: Mapping[str, Any] = {}
) -> Iterator[bytes]:
    """`{"table": ..., "row": {...}}` a row, each with its newline. `where` is ours, with its values apart."""
    condition = sql.SQL("where " + where).format(**{key: sql.Literal(value) for key, value in values.items()})
    query = sql.SQL(
        "copy (select json_build_object('table', {name}::text, 'row', row_to_json(t))"
        " from (select {columns} from {table} {condition}) t)"
        " to stdout (format csv, quote {quote}, delimiter {delimiter})"
    ).format(
        name=sql.Literal(table),
        columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
        table=sql.Identifier(table),
        condition=condition if where else sql.SQL(""),
        quote=sql.Literal(QUOTE),
        delimiter=sql.Literal(DELIMITER),
    )
    with connection.cursor() as cursor, cursor.copy(query) as copy:
        for chunk in copy:
            yield bytes(chunk)
