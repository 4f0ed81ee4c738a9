"""The thirty rules as Cloud Custodian filters."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from benchmarks.peers.rules import RULES, Term


def evaluator() -> Callable[[list[dict[str, Any]]], dict[str, int]]:
    """Return a function that counts each rule's hits; filters are made once, as in a policy that runs."""
    registry = importlib.import_module("c7n.filters").FilterRegistry("rows")
    registry.value_filter_class = registry.get("value")
    filters = {
        name: registry.factory({"and": [entry for term in terms for entry in _filters(term)]})
        for name, terms in RULES.items()
    }

    def count(rows: list[dict[str, Any]]) -> dict[str, int]:
        return {name: len(each.process(rows)) for name, each in filters.items()}

    return count


def _filters(term: Term) -> list[dict[str, Any]]:
    value = list(term.value) if isinstance(term.value, tuple) else term.value
    compared = {"type": "value", "key": term.column, "op": term.op, "value": value}
    # To Custodian a missing cell is unequal to everything; here it is not known.
    known = {"type": "value", "key": term.column, "value": "present"}
    return [known, compared] if term.op == "ne" else [compared]
