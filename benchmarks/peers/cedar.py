"""The thirty rules as Cedar policies: each permits where it hits, and the answer names those that did."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from typing import Any

from benchmarks.peers.rules import RULES, Term

_SIGNS = {"eq": "==", "ne": "!=", "gt": ">", "ge": ">=", "lt": "<"}


def policies() -> str:
    """Return the policies, annotated with the names of the rules."""
    parts = []
    for name, terms in RULES.items():
        condition = " && ".join(_condition(term) for term in terms)
        parts.append(f'@id("{name}")\npermit (principal, action, resource) when {{ {condition} }};')
    return "\n".join(parts)


def evaluator() -> Callable[[list[dict[str, Any]]], dict[str, int]]:
    """Return a function that counts each rule's hits: one batch of requests, policies parsed once."""
    cedar = importlib.import_module("cedarpy")
    parsed = cedar.PolicySet.from_str(policies())
    nothing = cedar.Entities.from_json_str("[]")

    def count(rows: list[dict[str, Any]]) -> dict[str, int]:
        one = {"principal": 'Rule::"any"', "action": 'Action::"judge"', "resource": 'Grant::"row"'}
        requests = [{**one, "context": row} for row in rows]
        counts = dict.fromkeys(RULES, 0)
        names = list(RULES)
        for answer in cedar.is_authorized_batch(requests, parsed, nothing):
            for reason in answer.diagnostics.reasons:
                counts[names[int(reason.removeprefix("policy"))]] += 1
        return counts

    return count


def _condition(term: Term) -> str:
    cell = f"context.{term.column}"
    if isinstance(term.value, tuple):
        test = f"{json.dumps(list(term.value))}.contains({cell})"
    else:
        test = f"{cell} {_SIGNS[term.op]} {json.dumps(term.value)}"
    return f"(context has {term.column} && {test})"
