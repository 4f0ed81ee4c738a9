"""What ``auditor doctor`` says of a connection to Meta, in three calls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from auditor.errors import ConnectorError
from connectors.base import Check, CheckState, Scope
from connectors.meta.client import GraphClient
from connectors.meta.errors import graph_error
from connectors.meta.values import Row, instant, text, words

_SOON = timedelta(days=14)
_RENEW = "Make a new system-user token in Business settings and store it with 'auditor secrets set'."


def check_connection(
    client: GraphClient, business_id: str, scopes: Sequence[Scope], now: datetime
) -> Iterator[Check]:
    """Yield the state of the token, the portfolio, our standing in it and the version served."""
    try:
        data = client.inspect_own_token()
    except ConnectorError as error:
        yield _bad("token", error)
    else:
        yield from _token(data, scopes, now)
    try:
        row = client.node(business_id, fields="id,name")
    except ConnectorError as error:
        yield _bad("portfolio", error)
        return
    yield Check(CheckState.GOOD, "portfolio", f"{text(row, 'name') or business_id} can be read.")
    try:
        client.node(f"{business_id}/business_users", fields="id", limit="1")
    except ConnectorError as error:
        yield Check(CheckState.BAD, "standing", f"Its people cannot be read: {error.message}", error.remedy)
    else:
        yield Check(CheckState.GOOD, "standing", "The token sees the portfolio's people, as an admin's does.")
    yield _version(client)


def _token(data: Row, scopes: Sequence[Scope], now: datetime) -> Iterator[Check]:
    if data.get("is_valid") is not True:
        problem = data.get("error")
        said = problem if isinstance(problem, dict) else {"message": "the token is not valid"}
        yield _bad("token", graph_error({"code": 190, **said}, "debug_token of our own token", 200))
        return
    kind = str(data.get("type"))
    if kind == "SYSTEM_USER":
        yield Check(CheckState.GOOD, "token", "It is valid and a system user's.")
    else:
        message = f"It is valid, but a {kind} token: it dies with a person's password or role."
        yield Check(CheckState.WARNING, "token", message, "Use the token of an admin system user.")
    yield from _expiry(data, now)
    yield from _scopes(set(words(data, "scopes") or ()), scopes)


def _expiry(data: Row, now: datetime) -> Iterator[Check]:
    expires = instant(data.get("expires_at"))
    if data.get("expires_at") == 0:
        yield Check(
            CheckState.WARNING, "expiry", "The token never expires.", "Make one that expires in 60 days."
        )
    elif expires is None:
        yield Check(CheckState.WARNING, "expiry", "Graph does not say when the token expires.")
    else:
        state = CheckState.GOOD if expires - now > _SOON else CheckState.WARNING
        yield Check(
            state, "expiry", f"The token expires on {expires:%Y-%m-%d}.", "" if state == "good" else _RENEW
        )
    ends = instant(data.get("data_access_expires_at"))
    if ends is not None and ends - now <= _SOON:
        yield Check(CheckState.WARNING, "data access", f"Access to data ends on {ends:%Y-%m-%d}.", _RENEW)


def _scopes(held: set[str], scopes: Sequence[Scope]) -> Iterator[Check]:
    for scope in scopes:
        if scope.name not in held:
            state = CheckState.BAD if scope.required else CheckState.WARNING
            remedy = f"Make a token that has {scope.name}."
            yield Check(state, "scope", f"{scope.name} is missing: it shows {scope.reason}.", remedy)
    excess = sorted(held - {scope.name for scope in scopes} - {"public_profile"})
    if excess:
        message = f"It holds more than it needs: {', '.join(excess)}."
        yield Check(CheckState.WARNING, "scope", message, "Make a token without them.")
    elif held >= {scope.name for scope in scopes}:
        yield Check(CheckState.GOOD, "scope", "It holds what it needs and nothing else.")


def _version(client: GraphClient) -> Check:
    others = sorted(client.served_versions - {client.version})
    if others:
        message = f"Graph serves {', '.join(others)} instead of {client.version}, which has ended."
        return Check(
            CheckState.WARNING, "version", message, "Set api_version to a version Meta still serves."
        )
    if not client.served_versions:
        return Check(CheckState.WARNING, "version", "Graph does not say which version it serves.")
    return Check(CheckState.GOOD, "version", f"Graph serves {client.version}.")


def _bad(subject: str, error: ConnectorError) -> Check:
    return Check(CheckState.BAD, subject, error.message, error.remedy)
