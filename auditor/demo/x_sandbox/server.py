"""The X sandbox's endpoints: users by handle, id and name, users/me, and a user's affiliates."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NoReturn

from auditor.demo.loopback import Reply, Request, Sandbox
from auditor.demo.x_sandbox import dialect as words
from auditor.demo.x_sandbox.faults import faulty_reply, json_reply, too_many_requests
from auditor.demo.x_sandbox.oauth1 import authorization_parameters, is_signed
from auditor.demo.x_sandbox.state import Dialect, FaultKind, RateLimit, XState, XToken, XUser

_WINDOW = timedelta(minutes=15)
_AFFILIATES = re.compile(r"/2/users/([0-9]{1,19})/affiliates")
_USERNAME = re.compile(r"[A-Za-z0-9_]{1,15}")


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """A request as the sandbox remembers it: no header but the scheme of authorisation."""

    method: str
    path: str
    query: dict[str, str]
    scheme: str
    """``Bearer``, ``OAuth``, ``Basic`` or nothing."""


class _Refused(Exception):
    """Ends the handling of a request with a reply."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


class XSandbox(Sandbox):
    """Serves an `XState` on loopback while open.

    Attributes:
        requests: what was asked, in order, without secrets.

    """

    def __init__(self, state: XState, dialect: Dialect = "2.167") -> None:
        self.state = state
        self.dialect: Dialect = dialect
        self.requests: list[LoggedRequest] = []
        self._page_tokens: dict[str, tuple[str, int]] = {}
        self._lock = threading.Lock()
        super().__init__()

    def answer(self, request: Request) -> Reply:
        """Answer ``request`` as X would."""
        with self._lock:
            try:
                return self._answer(request)
            except _Refused as refused:
                return refused.reply

    def _answer(self, request: Request) -> Reply:
        scheme = request.headers.get("authorization", "").partition(" ")[0]
        self.requests.append(LoggedRequest(request.method, request.path, request.query, scheme))
        fault = self.state.take_fault(request.path)
        if fault is not None:
            reply = faulty_reply(fault, self.state, self.dialect)
            if reply is not None:
                return reply
        token_text, token = self._authenticate(request)
        endpoint, handle = self._route(request)
        limits = self._count(endpoint, token_text)
        body = handle(request, token)
        if fault is not None and fault.kind is FaultKind.SAME_PAGE:
            body["meta"] = {**body.get("meta", {}), "next_token": "the-same-again"}
            self._page_tokens["the-same-again"] = (request.path.split("/")[3], 0)
        headers = {**limits, "api-version": self.dialect}
        if token.access_level is not None:
            headers["x-access-level"] = token.access_level
        reply = json_reply(200, body, headers)
        if fault is None:
            return reply
        slow, cut = fault.kind is FaultKind.SLOW, fault.kind is FaultKind.CUT_SHORT
        return Reply(200, reply.body, reply.headers, delay=fault.seconds if slow else 0.0, cut_short=cut)

    def _route(self, request: Request) -> tuple[str, Callable[[Request, XToken], dict[str, Any]]]:
        if request.method == "GET":
            if request.path == "/2/users/me":
                return request.path, self._me
            if request.path == "/2/users/by":
                return request.path, self._by
            if request.path == "/2/users":
                return request.path, self._by_ids
            if request.path == "/2/users/search":
                return request.path, self._search
            if _AFFILIATES.fullmatch(request.path):
                return "/2/users/:id/affiliates", self._list_affiliates
        raise _Refused(Reply(404))

    def _authenticate(self, request: Request) -> tuple[str, XToken]:
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        token: XToken | None = None
        if scheme == "Bearer":
            token = self.state.tokens.get(value)
            token = None if token is None or token.oauth1 is not None else token
        elif scheme == "OAuth":
            parameters = authorization_parameters(request.headers["authorization"])
            value = parameters.get("oauth_token", "")
            token = self.state.tokens.get(value)
            keys = token.oauth1 if token is not None else None
            signed = keys is not None and is_signed(request, parameters, keys)
            token = (
                token
                if signed and keys and parameters.get("oauth_consumer_key") == keys.consumer_key
                else None
            )
        if token is None or token.is_revoked:
            unauthorized = {
                "title": "Unauthorized",
                "detail": "Unauthorized",
                "type": "about:blank",
                "status": 401,
            }
            raise _Refused(json_reply(401, unauthorized))
        if not token.is_enrolled:
            detail = "You must use keys and tokens from an app that is attached to a project."
            self._refuse(403, "client-forbidden", "Client Forbidden", detail, reason="client-not-enrolled")
        return value, token

    def _count(self, endpoint: str, token: str) -> dict[str, str]:
        """Count a request against its window; return the headers that tell of it."""
        key = (endpoint, hashlib.sha256(token.encode()).hexdigest())
        window = self.state.windows.get(key)
        if window is None or window.resets_at <= self.state.now:
            limit = self.state.limits[endpoint]
            window = self.state.windows[key] = RateLimit(limit, limit, self.state.now + _WINDOW)
        if window.remaining <= 0:
            raise _Refused(json_reply(429, too_many_requests(self.dialect), _limit_headers(window)))
        window.remaining -= 1
        return _limit_headers(window)

    def _me(self, request: Request, token: XToken) -> dict[str, Any]:
        user = self.state.by_id(token.user_id)
        if user is None:
            detail = (
                "Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint. Supported "
                "authentication types are [OAuth 1.0a User Context, OAuth 2.0 User Context]."
            )
            self._refuse(403, "unsupported-authentication", "Unsupported Authentication", detail, status=403)
        fields = self._fields(request, ())
        problems: list[dict[str, Any]] = []
        return _body(self._show(user, fields, token, problems), problems)

    def _by(self, request: Request, token: XToken) -> dict[str, Any]:
        fields = self._fields(request, ("usernames",))
        names = request.query.get("usernames", "").split(",")
        if len(names) > 100:
            message = f"size must be between 1 and 100, was {len(names)}"
            self._invalid("usernames", str(len(names)), message)
        for name in names:
            if not _USERNAME.fullmatch(name):
                message = (
                    f"The `usernames` query parameter value [{name}] does not match ^[A-Za-z0-9_]{{1,15}}$"
                )
                self._invalid("usernames", name, message)
        shown: list[dict[str, Any]] = []
        problems: list[dict[str, Any]] = []
        for name in names:
            user = self.state.by_username(name)
            if user is None:
                problems.append(words.not_found(self.dialect, "usernames", name))
            elif user.status == "suspended":
                problems.append(words.suspended(self.dialect, "usernames", name))
            else:
                shown.append(self._show(user, fields, token, problems))
        return _body(shown, problems)

    def _by_ids(self, request: Request, token: XToken) -> dict[str, Any]:
        fields = self._fields(request, ("ids",))
        ids = request.query.get("ids", "").split(",")
        if len(ids) > 100:
            self._invalid("ids", str(len(ids)), f"size must be between 1 and 100, was {len(ids)}")
        for number in ids:
            if not re.fullmatch(r"[0-9]{1,19}", number):
                message = f"The `ids` query parameter value [{number}] does not match ^[0-9]{{1,19}}$"
                self._invalid("ids", number, message)
        shown: list[dict[str, Any]] = []
        problems: list[dict[str, Any]] = []
        for number in ids:
            user = self.state.by_id(number)
            if user is None:
                problems.append(words.not_found(self.dialect, "ids", number))
            elif user.status == "suspended":
                problems.append(words.suspended(self.dialect, "ids", number))
            else:
                shown.append(self._show(user, fields, token, problems))
        return _body(shown, problems)

    def _search(self, request: Request, token: XToken) -> dict[str, Any]:
        if token.user_id is None:
            detail = "Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint."
            self._refuse(403, "unsupported-authentication", "Unsupported Authentication", detail, status=403)
        fields = self._fields(request, ("query", "max_results", "next_token"))
        query, size = request.query.get("query", ""), request.query.get("max_results", "100")
        if not re.fullmatch(r"[A-Za-z0-9_' ]{1,50}", query):
            message = f"The `query` query parameter value [{query}] does not match ^[A-Za-z0-9_' ]{{1,50}}$"
            self._invalid("query", query, message)
        if not re.fullmatch(r"[0-9]{1,4}", size) or not 1 <= int(size) <= 1000:
            self._invalid("max_results", size, f"max_results must be between 1 and 1000, was {size}")
        wanted = query.casefold()
        found = [
            user
            for user in self.state.users
            if user.status == "active" and wanted in f"{user.name} {user.username}".casefold()
        ]
        start = self._page_start(request, query, "next_token")
        end = start + int(size)
        problems: list[dict[str, Any]] = []
        shown = [self._show(user, fields, token, problems) for user in found[start:end]]
        meta = {"next_token": self._page_token(query, end)} if end < len(found) else {}
        return {**_body(shown, problems), "meta": meta}

    def _list_affiliates(self, request: Request, token: XToken) -> dict[str, Any]:
        organisation = request.path.split("/")[3]
        fields = self._fields(request, ("max_results", "pagination_token"))
        size = request.query.get("max_results", "100")
        if not re.fullmatch(r"[0-9]{1,4}", size) or not 1 <= int(size) <= 1000:
            self._invalid("max_results", size, f"max_results must be between 1 and 1000, was {size}")
        start = self._page_start(request, organisation)
        ids = self.state.affiliates.get(organisation, [])
        end = start + min(int(size), self.state.affiliates_page)
        shown: list[dict[str, Any]] = []
        problems: list[dict[str, Any]] = []
        for user_id in ids[start:end]:
            user = self.state.by_id(user_id)
            if user is None:
                problems.append(words.not_found(self.dialect, "id", user_id))
            elif user.status == "suspended":
                problems.append(words.suspended(self.dialect, "id", user_id))
            else:
                shown.append(self._show(user, fields, token, problems))
        meta: dict[str, object] = {"result_count": len(shown)}
        if end < len(ids):
            meta["next_token"] = self._page_token(organisation, end)
        return {**_body(shown, problems), "meta": meta}

    def _page_start(self, request: Request, listed: str, parameter: str = "pagination_token") -> int:
        text = request.query.get(parameter)
        if text is None:
            return 0
        known, start = self._page_tokens.get(text, ("", 0))
        if known != listed:
            self._invalid(parameter, text, f"The `{parameter}` query parameter value [{text}] is not valid")
        return start

    def _page_token(self, organisation: str, start: int) -> str:
        text = hashlib.sha256(f"{organisation}/{start}".encode()).hexdigest()[:24]
        self._page_tokens[text] = (organisation, start)
        return text

    def _fields(self, request: Request, own: tuple[str, ...]) -> tuple[str, ...]:
        """Return the user.fields asked for; refuse what the dialect does not know."""
        legal_parameters = (*own, *words.SHARED_PARAMETERS[self.dialect])
        for name, value in request.query.items():
            if name not in legal_parameters:
                listed = ",".join(legal_parameters)
                self._invalid(name, value, f"The query parameter [{name}] is not one of [{listed}]")
        fields = tuple(filter(None, request.query.get("user.fields", "").split(",")))
        legal = words.USER_FIELDS[self.dialect] - self.state.retired_fields
        for field in fields:
            if field not in legal:
                listed = ",".join(sorted(legal))
                message = f"The `user.fields` query parameter value [{field}] is not one of [{listed}]"
                self._invalid("user.fields", field, message)
        return fields

    def _show(
        self, user: XUser, fields: tuple[str, ...], token: XToken, problems: list[dict[str, Any]]
    ) -> dict[str, Any]:
        denied = set(self.state.withheld_fields)
        if user.id != token.user_id or not token.may_read_email:
            denied.add("confirmed_email")
        served = tuple(field for field in fields if field not in denied)
        problems += [words.field_problem(self.dialect, field, user.id) for field in fields if field in denied]
        return words.user_object(user, served, self.dialect)

    def _refuse(self, status_code: int, kind: str, title: str, detail: str, **more: object) -> NoReturn:
        raise _Refused(json_reply(status_code, words.problem(self.dialect, kind, title, detail, **more)))

    def _invalid(self, parameter: str, value: str, message: str) -> NoReturn:
        raise _Refused(json_reply(400, words.invalid_request(self.dialect, parameter, value, message)))


def _body(data: object, problems: list[dict[str, Any]]) -> dict[str, Any]:
    """Return data and errors; an empty one of either is left out, as X does."""
    return {key: value for key, value in (("data", data), ("errors", problems)) if value}


def _limit_headers(window: RateLimit) -> dict[str, str]:
    return {
        "x-rate-limit-limit": str(window.limit),
        "x-rate-limit-remaining": str(window.remaining),
        "x-rate-limit-reset": str(int(window.resets_at.timestamp())),
    }
