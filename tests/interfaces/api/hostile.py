"""Requests made from the OpenAPI document: good ones, ones bent in one place, and plain rubbish."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

TEXTS = [
    "", " ", "\0", "a\0b", "\ud800", "\U0001f4a9", "x" * 300, "' or 1=1 --", "%00", "../..", "{}", "null", "0", "-1",
    "1e400", "2026-03-13", "2026-13-45", "2026-03-13T09:00:00Z", "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59", "acc_00000000000000000000000000", "acc_zzzzzzzzzzzzzzzzzzzzzzzzzz",
    "con_7zzzzzzzzzzzzzzzzzzzzzzzzz", "*", '"1"', "first_value", "two_steps", "user:usr_00000000000000000000000000",
    "user:\0", "a|b", "bnVsbA", "٣", "\u202e", "\x1b[31m",
]  # fmt: skip
THINGS: list[Any] = [
    None, True, False, 0, -1, 1, 1.5, 10**12, 10**40, -(10**40), 1e308, [], {}, [[]], {"": ""}, {"\0": 1}, [None] * 50,
]  # fmt: skip
RAW = [
    b"", b"{", b"[]", b"null", b"0", b'"x"', b"\xff\xfe", b"[" * 20_000, b'{"name": NaN}', b'{"name": 1e999}',
    b'{"name": "\\ud800"}', b'{"name": "a", "name": 1}', b"{" + b'"a":{' * 500 + b"}" * 500 + b"}", b"\0" * 100,
]  # fmt: skip


@dataclass(frozen=True)
class Request:
    """One call; `body` as it goes over the wire."""

    method: str
    path: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


class Maker:
    """Draws requests. `refs` are ids that exist, by the parameter that they fill."""

    def __init__(self, document: dict[str, Any], refs: dict[str, list[str]], seed: int) -> None:
        self.document, self.refs, self.random = document, refs, random.Random(seed)
        self.operations = [
            (method.upper(), path.removeprefix("/api/v1"), operation)
            for path, methods in sorted(document["paths"].items())
            for method, operation in sorted(methods.items())
        ]

    def make(self) -> Request:
        """The next request."""
        method, path, operation = self.random.choice(self.operations)
        if self.random.random() < 0.03:
            method = self.random.choice(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE", "FOO"])
        query, headers = [], {}
        for parameter in operation.get("parameters", ()):
            name = parameter["name"]
            if parameter["in"] == "path":
                path = path.replace(
                    "{" + name + "}", quote(self.text_for(name, parameter["schema"]), safe="", errors="replace")
                )
            elif self.random.random() < 0.4 or parameter["required"]:
                value = self.text_for(name, parameter["schema"])
                if parameter["in"] == "query":
                    query.append(f"{quote(name)}={quote(value, errors='replace')}")
                else:
                    headers[name] = "".join(char for char in value if 32 <= ord(char) < 127)[:300]
        return Request(method, path + ("?" + "&".join(query) if query else ""), self.body(operation), headers)

    def text_for(self, name: str, schema: dict[str, Any]) -> str:
        roll = self.random.random()
        if roll < 0.7 and name in self.refs:
            return self.random.choice(self.refs[name])
        if roll < 0.85:
            value = self.value(schema)
            return value if isinstance(value, str) else json.dumps(value)
        return self.random.choice(TEXTS)

    def body(self, operation: dict[str, Any]) -> bytes:
        content = operation.get("requestBody", {}).get("content", {})
        roll = self.random.random()
        if not content or roll < 0.05:
            return self.random.choice(RAW) if roll < 0.3 else b""
        document = self.value(content["application/json"]["schema"])
        if roll < 0.5 and isinstance(document, dict):
            self.bend(document)
        return json.dumps(document).encode()

    def bend(self, document: dict[str, Any]) -> None:
        """Spoil one place."""
        name = self.random.choice([*document, "surprise"])
        if self.random.random() < 0.2:
            document.pop(name, None)
        else:
            document[name] = self.random.choice([*THINGS, *TEXTS])

    def value(self, schema: dict[str, Any], name: str = "") -> Any:
        """Something that the schema allows, most of the time."""
        pick = self.random
        if "$ref" in schema:
            return self.value(self.document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], name)
        if "anyOf" in schema:
            return self.value(pick.choice(schema["anyOf"]), name)
        if "enum" in schema:
            return pick.choice(schema["enum"])
        if "const" in schema:
            return schema["const"]
        if name in self.refs and pick.random() < 0.8:
            return pick.choice(self.refs[name])
        match schema.get("type"):
            case "object" if "properties" in schema:
                wanted = set(schema.get("required", ()))
                return {
                    key: self.value(inner, key)
                    for key, inner in schema["properties"].items()
                    if key in wanted or pick.random() < 0.4
                }
            case "object":
                return {pick.choice(TEXTS): pick.choice([*THINGS, *TEXTS]) for _ in range(pick.randrange(3))}
            case "array":
                return [self.value(schema.get("items", {})) for _ in range(pick.randrange(4))]
            case "integer":
                return pick.choice([schema.get("minimum", 0), schema.get("maximum", 9), 1, 7])
            case "number":
                return pick.choice([0, 1, 84000.5, 99999999999999])
            case "boolean":
                return pick.random() < 0.5
            case "null":
                return None
            case _:
                return self.string(schema)

    def string(self, schema: dict[str, Any]) -> str:
        pick = self.random
        match schema.get("format"):
            case "date":
                return pick.choice(["2026-03-13", "1900-01-01", "2999-12-31"])
            case "date-time":
                return pick.choice(["2026-03-13T09:00:00Z", "2020-01-01T00:00:00+05:30", "2999-12-31T23:59:59Z"])
        return pick.choice(["Acme", "crm-1", "Ünïcode", pick.choice(TEXTS)])[: schema.get("maxLength", 200)]
