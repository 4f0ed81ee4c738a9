"""A Graph API on loopback: the same contract, the same traps, and a state tests can change.

It checks the token and its ``appsecret_proof``, pages by cursor, refuses unknown fields and
missing permissions with Graph's own codes, answers batches with sub-answers of content type
``text/javascript``, and misbehaves on demand (`GraphFault`).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import threading
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from auditor.demo.graph_sandbox import public
from auditor.demo.graph_sandbox.answers import Call, Refusal, page_of_rows, select
from auditor.demo.graph_sandbox.schema import EDGES
from auditor.demo.graph_sandbox.state import GraphFault, GraphState, GraphToken
from auditor.demo.graph_sandbox.world import PAGE_TOKEN_PREFIX, World
from auditor.demo.loopback import Reply, Request, Sandbox

LIVE_VERSIONS = ("v21.0", "v22.0", "v23.0", "v24.0", "v25.0", "v26.0")
LARGEST_BATCH = 50


class GraphSandbox(Sandbox):
    """Serves ``state`` until closed; change the state at any time between calls.

    ``http_calls`` lists what arrived over HTTP, ``graph_calls`` every Graph call, parts of batches
    among them: both as ``METHOD /path`` without query, so that no token is in them.
    """

    def __init__(self, state: GraphState) -> None:
        self.state = state
        self.http_calls: list[str] = []
        self.graph_calls: list[str] = []
        self._lock = threading.Lock()
        super().__init__()

    def answer(self, request: Request) -> Reply:
        """Answer one HTTP request."""
        with self._lock:
            args = {**request.query, **dict(parse_qsl(request.body.decode("utf-8", "replace")))}
            call = _call(request.path, args)
            self.http_calls.append(f"{request.method} {call.path}")
            if request.method != "GET" and "batch" not in args:
                return self._reply(call, 400, Refusal(3, "The sandbox is only read.").body)
            fault = self._take_fault(call)
            if "batch" in args:
                status, body = self._batch(call, fault)
            else:
                status, body = self._one(call, fault)
            return self._misbehave(self._reply(call, status, body), fault)

    def _batch(self, call: Call, fault: GraphFault | None) -> tuple[int, Any]:
        try:
            _refuse_by(fault)
            self._authenticate(call.args)
            parts = json.loads(call.args["batch"])
            if len(parts) > LARGEST_BATCH:
                raise Refusal(
                    100, f"Too many requests in batch message. Maximum batch size is {LARGEST_BATCH}"
                )
        except Refusal as refusal:
            return refusal.status, refusal.body
        return 200, [self._part(part, call) for part in parts]

    def _part(self, part: dict[str, Any], outer: Call) -> dict[str, Any] | None:
        address = urlsplit("/" + part["relative_url"].lstrip("/"))
        inherited = {"access_token": outer.args["access_token"]}
        call = _call(address.path, {**inherited, **dict(parse_qsl(address.query))})
        fault = self._take_fault(call)
        if fault and fault.kind == "null":
            return None
        status, body = self._one(call, fault)
        names = {**self._headers(call), "Content-Type": "text/javascript; charset=UTF-8"}
        text = "<html>Bad gateway</html>" if fault and fault.kind == "html" else json.dumps(body)
        return {
            "code": 502 if fault and fault.kind == "html" else status,
            "headers": [{"name": name, "value": value} for name, value in names.items()],
            "body": text,
        }

    def _one(self, call: Call, fault: GraphFault | None) -> tuple[int, Any]:
        self.graph_calls.append(f"GET {call.path}")
        try:
            _refuse_by(fault)
            return 200, self._truth(call)
        except Refusal as refusal:
            return refusal.status, refusal.body

    def _truth(self, call: Call) -> Any:
        for dead in ("ids", "date_format"):
            if dead in call.args:
                raise Refusal(100, f"(#100) The parameter {dead} is no longer supported")
        if call.path == "/debug_token":
            return self._debug_token(call)
        token = self._authenticate(call.args)
        if call.path in public.LISTS:
            return public.listed(call, token, self.state)
        node_id, _, edge_name = call.path.strip("/").partition("/")
        node_id = token.user_id if node_id == "me" else node_id
        found = World(self.state).node(node_id) or public.page(node_id, self.state)
        if found is None:
            message = f"Unsupported get request. Object with ID '{node_id}' does not exist or is not visible"
            raise Refusal(100, message, subcode=33, kind="GraphMethodException")
        kind, row = found
        if not edge_name and kind == "IGUser":
            row |= public.discovered(call, token, self.state)
        if not edge_name:
            return select(row, kind, call.args.get("fields"), self.state)
        return self._edge(call, token, kind, node_id, edge_name)

    def _edge(self, call: Call, token: GraphToken, kind: str, node_id: str, edge_name: str) -> Any:
        edge = EDGES.get((kind, edge_name))
        if edge is None:
            raise Refusal(
                100, f"(#100) Tried accessing nonexisting field ({edge_name}) on node type ({kind})"
            )
        if kind == "Page" and edge_name in self.state.page_token_edges and token.page_id != node_id:
            raise Refusal(210, "(#210) A page access token is required to request this resource.")
        if edge.scope not in token.scopes:
            raise Refusal(
                200 if kind == "Page" else 10, f"(#10) This call requires the {edge.scope} permission."
            )
        if edge.admin and not token.is_admin:
            what = "This action requires that you can MANAGE_PERMISSIONS for this business account."
            raise Refusal(10, f"(#10) You do not have permission to perform this action. {what}")
        for name in edge.requires:
            if name not in call.args:
                raise Refusal(100, f"(#100) The parameter {name} is required")
        rows = World(self.state).edge(kind, node_id, edge_name)
        if edge_name == "assigned_users" and call.args["business"] != self.state.business.id:
            rows = []
        shown = [select(row, edge.returns, call.args.get("fields"), self.state, edge) for row in rows]
        answer: dict[str, Any] = page_of_rows(shown, call, edge_name, self.state)
        if edge.counts and call.args.get("summary") in ("total_count", "true"):
            answer["summary"] = {"total_count": len(rows) + self.state.count_offsets.get(edge_name, 0)}
        return answer

    def _authenticate(self, args: dict[str, str]) -> GraphToken:
        value = args.get("access_token")
        if not value:
            raise Refusal(2500, "An active access token must be used to query information.", status=400)
        token = self._token(value)
        if token is None:
            raise Refusal(190, "Invalid OAuth access token - Cannot parse access token", status=401)
        if token.invalid_subcode is not None:
            message = "Error validating access token: the session is no longer valid."
            raise Refusal(190, message, subcode=token.invalid_subcode, status=401)
        self._check_proof(value, args.get("appsecret_proof"))
        return token

    def _check_proof(self, token: str, proof: str | None) -> None:
        if not self.state.require_proof:
            return
        if proof is None:
            message = "API calls from the server require an appsecret_proof argument"
            raise Refusal(100, message, kind="GraphMethodException")
        right = hmac.new(self.state.app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(right, proof):
            message = "Invalid appsecret_proof provided in the API argument"
            raise Refusal(100, message, kind="GraphMethodException")

    def _token(self, value: str) -> GraphToken | None:
        for token in self.state.tokens:
            if token.value == value:
                return token
        if value == f"{self.state.app_id}|{self.state.app_secret}":
            return GraphToken(value, type="APP", scopes=[])
        page_id = value.removeprefix(PAGE_TOKEN_PREFIX)
        if value != page_id and any(page.id == page_id for page in World(self.state).pages):
            return GraphToken(value, type="PAGE", page_id=page_id)
        return None

    def _debug_token(self, call: Call) -> dict[str, Any]:
        asker = call.args.get("access_token", "")
        if asker != f"{self.state.app_id}|{self.state.app_secret}":
            raise Refusal(100, "(#100) You must provide an app access token, or a user access token")
        self._check_proof(asker, call.args.get("appsecret_proof"))
        token = self._token(call.args.get("input_token", ""))
        if token is None:
            error = {"code": 190, "message": "Invalid OAuth access token."}
            return {"data": {"error": error, "is_valid": False, "scopes": []}}
        data: dict[str, Any] = {
            "app_id": self.state.app_id,
            "application": "Sandbox auditor",
            "type": token.type,
            "user_id": token.user_id,
            "is_valid": token.invalid_subcode is None,
            "scopes": list(token.scopes),
            "granular_scopes": list(token.granular_scopes),
        }
        for name in ("issued_at", "expires_at", "data_access_expires_at"):
            value = getattr(token, name)
            if value is not None:
                data[name] = value
        if token.invalid_subcode is not None:
            data["error"] = {"code": 190, "message": "Session expired", "subcode": token.invalid_subcode}
        return {"data": data}

    def _headers(self, call: Call) -> dict[str, str]:
        served = self.state.served_version or call.version
        headers = {"facebook-api-version": served}
        if self.state.app_usage:
            headers["X-App-Usage"] = json.dumps(self.state.app_usage)
        if self.state.business_usage:
            headers["X-Business-Use-Case-Usage"] = json.dumps(self.state.business_usage)
        return headers

    def _reply(self, call: Call, status: int, body: Any) -> Reply:
        names = {"Content-Type": "application/json; charset=UTF-8", **self._headers(call)}
        return Reply(status, json.dumps(body).encode(), names)

    def _take_fault(self, call: Call) -> GraphFault | None:
        for fault in self.state.faults:
            if not re.search(fault.path, call.path) or fault.times == 0:
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            if fault.times is not None:
                fault.times -= 1
            return fault
        return None

    @staticmethod
    def _misbehave(reply: Reply, fault: GraphFault | None) -> Reply:
        if fault is None:
            return reply
        headers = {**reply.headers, **fault.headers}
        if fault.kind == "html":
            return Reply(502, b"<html><body>Bad gateway</body></html>", {"Content-Type": "text/html"})
        if fault.kind == "no_content_type":
            headers.pop("Content-Type", None)
        if fault.kind == "javascript":
            headers["Content-Type"] = "text/javascript; charset=UTF-8"
        body = {"bad_json": reply.body[:-2], "empty": b""}.get(fault.kind, reply.body)
        return Reply(reply.status, body, headers, delay=fault.delay, cut_short=fault.kind == "cut")


def _refuse_by(fault: GraphFault | None) -> None:
    if fault and fault.kind == "error":
        raise Refusal(
            fault.code,
            fault.message,
            subcode=fault.subcode,
            transient=fault.is_transient,
            status=fault.status,
        )


def _call(path: str, args: dict[str, str]) -> Call:
    match = re.match(r"^/(v\d+\.\d)(/.*)?$", path)
    version, rest = (match.group(1), match.group(2) or "/") if match else (LIVE_VERSIONS[-1], path)
    if version not in LIVE_VERSIONS:
        # As Graph does, without a word: an expired version is served by the oldest live one.
        version = LIVE_VERSIONS[0]
    return Call(version, rest, args)
