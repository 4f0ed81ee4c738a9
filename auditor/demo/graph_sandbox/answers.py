"""How the sandboxed Graph words its answers: errors, selected fields, pages of results."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from auditor.demo.graph_sandbox.schema import DEFAULT_FIELDS, NODE_FIELDS, Edge
from auditor.demo.graph_sandbox.state import GraphState
from auditor.demo.graph_sandbox.world import Row


@dataclass(frozen=True, slots=True)
class Call:
    """One Graph call: a request of its own, or a part of a batch."""

    version: str
    path: str
    """Without the version, with a leading slash."""
    args: dict[str, str]


class Refusal(Exception):
    """Graph says no."""

    def __init__(
        self,
        code: int,
        message: str,
        *,
        subcode: int | None = None,
        kind: str = "OAuthException",
        transient: bool | None = None,
        status: int = 400,
    ) -> None:
        super().__init__(message)
        self.status = status
        body: dict[str, Any] = {"message": message, "type": kind, "code": code, "fbtrace_id": "SandboxTrace"}
        if subcode:
            body["error_subcode"] = subcode
        if transient is not None:
            body["is_transient"] = transient
        self.body = {"error": body}


def split_fields(text: str) -> list[tuple[str, str]]:
    """Split ``a,b{c,d}`` into names and what stands in their braces."""
    parts: list[tuple[str, str]] = []
    depth, start = 0, 0
    for place, letter in enumerate(text + ","):
        depth += (letter == "{") - (letter == "}")
        if letter == "," and depth == 0:
            name, _, inner = text[start:place].partition("{")
            if name.strip():
                parts.append((name.strip(), inner.rstrip("}")))
            start = place + 1
    return parts


def select(row: Row, node: str, fields: str | None, state: GraphState, edge: Edge | None = None) -> Row:
    """Return the part of ``row`` that ``fields`` asks for; `Refusal` for a field ``node`` has not."""
    extra = edge.extra if edge else ()
    if fields is None:
        wanted = [
            (name, "") for name in DEFAULT_FIELDS[node] + (extra if edge and edge.extra_by_default else ())
        ]
    else:
        wanted = split_fields(fields)
    known = NODE_FIELDS[node] | set(extra)
    if not state.system_user_role_readable and node == "SystemUser":
        known -= {"role"}
    chosen: Row = {}
    for named, inner in wanted:
        name = named.partition(".")[0]
        if name not in known or f"{node}.{name}" in state.missing_fields:
            raise Refusal(100, f"(#100) Tried accessing nonexisting field ({name}) on node type ({node})")
        if name in row:
            chosen[name] = _part(row[name], inner.split(",")) if inner else row[name]
    return {**chosen, "id": row["id"]} if "id" in row else chosen


def _part(value: Row, keep: list[str]) -> Row:
    if set(value) == {"data"}:
        return {"data": _part(value["data"], keep)}
    return {name: told for name, told in value.items() if name in keep or name == "id"}


def page_of_rows(rows: list[Row], call: Call, edge_name: str, state: GraphState) -> dict[str, Any]:
    """Return one page of ``rows`` with cursors, and ``next`` where there is more."""
    limit = min(_limit(call), state.largest_page)
    start, empty_turn = _position(call.args.get("after"))
    if state.empty_pages and empty_turn:
        chunk, end, next_empty = [], start, False
    else:
        chunk, end, next_empty = rows[start : start + limit], start + limit, True
    answer: dict[str, Any] = {"data": chunk}
    after = call.args.get("after", _cursor(0)) if edge_name in state.stuck_edges else _cursor(end, next_empty)
    if rows or "after" in call.args:
        answer["paging"] = {"cursors": {"before": _cursor(start), "after": after}}
    if end < len(rows) or (edge_name in state.stuck_edges and rows):
        answer["paging"]["next"] = _next_address(call, limit, after, state)
    return answer


def _limit(call: Call) -> int:
    text = call.args.get("limit", "25")
    if not text.isdigit() or int(text) < 1:
        raise Refusal(100, "(#100) Param limit must be an integer greater than 0")
    return int(text)


def _next_address(call: Call, limit: int, after: str, state: GraphState) -> str:
    hidden = {"appsecret_proof", "after", "limit"} | ({"access_token"} if state.next_without_token else set())
    args = {name: value for name, value in call.args.items() if name not in hidden}
    query = urlencode({**args, "pretty": "0", "limit": str(limit), "after": after})
    return f"https://graph.facebook.com/{call.version}{call.path}?{query}"


def _cursor(position: int, empty_turn: bool = False) -> str:
    return base64.urlsafe_b64encode(json.dumps([position, empty_turn]).encode()).decode().rstrip("=")


def _position(cursor: str | None) -> tuple[int, bool]:
    if cursor is None:
        return 0, False
    try:
        position, empty_turn = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return int(position), bool(empty_turn)
    except (ValueError, TypeError):
        raise Refusal(100, "(#100) Invalid cursors values") from None
