"""The API's reference page, written from its OpenAPI document: `python -m onward.interfaces.api.reference FILE`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LIMITS = (
    ("minLength", "at least {} characters"),
    ("maxLength", "at most {} characters"),
    ("minimum", "at least {}"),
    ("maximum", "at most {}"),
)


def page(document: dict[str, Any]) -> str:
    """The page as Markdown."""
    document = json.loads(json.dumps(document))
    lines = ["# API", "", "Generated from `/api/v1/openapi.json`.", "", document["info"]["description"], ""]
    lines += ["## Failures", "", "Every failure is `application/problem+json`: `type`, `title`, `status`, `detail`,"]
    lines += ["and, where they help, `mend` and `details`.", "", "| status | when |", "|---|---|"]
    lines += [f"| {status} | {about} |" for status, about in _failures(document).items()]
    noun = ""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if operation["tags"][0] != noun:
                noun = operation["tags"][0]
                lines += ["", f"## {noun.capitalize()}"]
            lines += _operation(document, method, path, operation)
    lines += ["", "## What is answered", ""]
    for name, schema in sorted(_answers(document).items()):
        lines += [f"### {name}", "", *_about(schema), *_fields(document, schema), ""]
    return "\n".join(lines).rstrip() + "\n"


def _failures(document: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {"405": "Another method is meant; `Allow` names those that are."}
    for methods in document["paths"].values():
        for operation in methods.values():
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    found[status] = answer["description"]
    return dict(sorted(found.items()))


def _operation(document: dict[str, Any], method: str, path: str, operation: dict[str, Any]) -> Iterator[str]:
    yield ""
    yield f"### {operation['summary']}"
    yield ""
    yield f"`{method.upper()} {path}` · scope `{operation['x-scope']}`"
    yield ""
    yield " ".join(operation.get("description", "").split())
    asked = [one for one in operation["parameters"] if one["in"] != "path"]
    if asked:
        yield ""
        for one in asked:
            where = "header" if one["in"] == "header" else "query"
            must = ", required" if one["required"] else ""
            yield f"- `{one['name']}` ({where}{must}): {_type(document, one['schema'])}"
    content = operation.get("requestBody", {}).get("content", {})
    if content:
        schema = _resolved(document, content["application/json"]["schema"])
        yield ""
        yield "Body:"
        yield ""
        yield from _about(schema)
        yield from _fields(document, schema)
    good = [(status, one) for status, one in operation["responses"].items() if int(status) < 300]
    for status, one in good:
        yield ""
        if "application/json" not in one["content"]:
            yield f"Answers {status}. {one['description']}"
            continue
        name = one["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]
        yield f"Answers {status} with [{name}](#{name.lower()})."


def _answers(document: dict[str, Any]) -> dict[str, Any]:
    asked = {
        operation["requestBody"]["content"]["application/json"]["schema"].get("$ref", "").rsplit("/", 1)[-1]
        for methods in document["paths"].values()
        for operation in methods.values()
        if "requestBody" in operation
    }
    return {
        name: schema
        for name, schema in document["components"]["schemas"].items()
        if name not in asked and name != "Input"
    }


def _about(schema: dict[str, Any]) -> list[str]:
    text = " ".join(schema.get("description", "").split())
    return [text, ""] if text else []


def _fields(document: dict[str, Any], schema: dict[str, Any]) -> Iterator[str]:
    must = set(schema.get("required", ()))
    for name, inner in schema.get("properties", {}).items():
        about = f" {inner['description']}" if "description" in inner else ""
        yield f"- `{name}`{'' if name in must else ' (may be left out)'}: {_type(document, inner)}{about}"


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in schema:
        return schema
    found: dict[str, Any] = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return found


def _type(document: dict[str, Any], schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(_type(document, one) for one in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    kind = schema.get("type", "anything")
    if kind == "array":
        return f"list of {_type(document, schema.get('items', {}))}"
    shown = {"date-time": "moment", "date": "day"}.get(schema.get("format", ""), kind)
    limits = [words.format(schema[key]) for key, words in LIMITS if key in schema]
    return f"{shown} ({', '.join(limits)})" if limits else shown


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onward.config.settings")
    django.setup()
    from onward.interfaces.api.root import schema

    Path(sys.argv[1]).write_text(page(schema()), encoding="utf-8")
