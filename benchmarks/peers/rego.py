"""The thirty rules in Rego, compiled once to a bundle."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from typing import Any

from benchmarks.peers.rules import RULES, Term

_SIGNS = {"eq": "==", "ne": "!=", "gt": ">", "ge": ">=", "lt": "<"}


def module() -> str:
    """Return the rules: the set of the names that hit the row in ``input``."""
    rules = []
    for name, terms in RULES.items():
        body = "\n".join(f"    {_condition(term)}" for term in terms)
        rules.append(f'hits contains "{name}" if {{\n{body}\n}}')
    return "\n\n".join(["package audit", *rules]) + "\n"


def evaluator() -> Callable[[list[dict[str, Any]]], dict[str, int]]:
    """Return a function that counts each rule's hits, a query a row."""
    rego = importlib.import_module("regopy").Interpreter()
    rego.add_module("audit.rego", module())
    bundle = rego.build("hits = data.audit.hits", [])

    def count(rows: list[dict[str, Any]]) -> dict[str, int]:
        counts = dict.fromkeys(RULES, 0)
        for row in rows:
            rego.set_input(row)
            for name in json.loads(str(rego.query_bundle(bundle)))["bindings"]["hits"]:
                counts[name] += 1
        return counts

    return count


def _condition(term: Term) -> str:
    if isinstance(term.value, tuple):
        return f"input.{term.column} in {json.dumps(list(term.value))}"
    return f"input.{term.column} {_SIGNS[term.op]} {json.dumps(term.value)}"
