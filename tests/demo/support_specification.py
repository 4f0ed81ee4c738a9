"""X's own OpenAPI documents, to hold our sandbox's answers and our requests against.

They are not part of this project: name the folder that holds x-openapi-2.166.json and x-openapi-2.167.json in
AUDITOR_SPECS. Where it is not named, tests that need them are skipped.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from auditor.demo.x_sandbox import Dialect


class Specification:
    """X's OpenAPI document, to validate answers and requests with."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._schemas = {"components": {"schemas": _plain(document["components"]["schemas"])}}

    def errors(self, path: str, body: object) -> list[str]:
        """Return where ``body`` is not what the document promises for a 200 of ``path``."""
        answer = self._document["paths"][path]["get"]["responses"]["200"]
        reference = answer["content"]["application/json"]["schema"]
        return self._mismatches(reference, body)

    def refusals(self, path: str, query: Mapping[str, str], *, app_only: bool) -> Iterator[str]:
        """Yield why X would refuse a GET of ``path``: parameters, their values, the kind of token."""
        operation = self._document["paths"][path]["get"]
        schemes = {name for one in operation["security"] for name in one}
        if app_only and "BearerToken" not in schemes:
            yield "an app-only token"
        known = {one["name"]: one for one in map(self._resolved, operation["parameters"])}
        yield from (f"{name} is unknown" for name in query.keys() - known.keys())
        yield from (
            f"{name} is missing" for name, one in known.items() if one.get("required") and name not in query
        )
        for name in query.keys() & known.keys():
            schema = self._resolved(known[name]["schema"])
            yield from (
                f"{name}: {error}"
                for error in self._mismatches(_plain(schema), self._value(query[name], schema))
            )

    def _resolved(self, node: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in node:
            _, *parts = node["$ref"].split("/")
            node = self._document
            for part in parts:
                node = node[part]
        return node

    def _value(self, text: str, schema: dict[str, Any]) -> object:
        if schema.get("type") == "array":
            return text.split(",")
        return int(text) if schema.get("type") == "integer" else text

    def _mismatches(self, schema: dict[str, Any], value: object) -> list[str]:
        validator = Draft7Validator({**schema, **self._schemas})
        return [
            f"{'/'.join(map(str, error.path))}: {error.message}" for error in validator.iter_errors(value)
        ]


def _plain(schema: Any) -> Any:
    """Return an OpenAPI 3.0 schema as JSON Schema: no examples or discriminators, nullable as a type."""
    if isinstance(schema, list):
        return [_plain(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {key: _plain(value) for key, value in schema.items() if key not in ("example", "discriminator")}
    if plain.pop("nullable", False) is True and isinstance(plain.get("type"), str):
        plain["type"] = [plain["type"], "null"]
        if "enum" in plain:
            plain["enum"] = [*plain["enum"], None]
    return plain


@cache
def _read(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def document_of(dialect: Dialect) -> dict[str, Any]:
    """Return X's document of a dialect; the test is skipped where it is not there."""
    folder = os.environ.get("AUDITOR_SPECS")
    if not folder or not (path := Path(folder) / f"x-openapi-{dialect}.json").is_file():
        pytest.skip("set AUDITOR_SPECS to a folder with x-openapi-2.166.json and x-openapi-2.167.json")
    return _read(path)


def specification_of(dialect: Dialect) -> Specification:
    """Return the specification of a dialect; the test is skipped where it is not there."""
    return Specification(document_of(dialect))
