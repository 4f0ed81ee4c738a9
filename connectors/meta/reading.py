"""Whole lists from Graph, or the honest word that they are not whole.

A list ends where ``paging.next`` is absent: ``cursors.after`` stands on the last page too, and a
page may hold fewer rows than asked for, even none. The cursor must advance, and where Graph counts
the rows, the count must be met. Lists of many nodes are read in batches of 50, which is one HTTP
request for 50 lists.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from auditor.errors import ConnectorError, FailureKind
from auditor.vault import register
from connectors.meta.client import LARGEST_BATCH, GraphClient
from connectors.meta.edges import Edge
from connectors.meta.errors import GraphError, bad_answer, graph_error

_ROWS_A_PAGE = "100"
_MOST_PAGES = 2_000


@dataclass(frozen=True, slots=True)
class Ask:
    """One list to read."""

    node_id: str
    edge: Edge
    page_id: str | None = None
    """The Page whose token may be fetched where the list demands one."""


@dataclass(slots=True)
class EdgeRead:
    """What was read of a list; ``error`` says why that is not all of it."""

    rows: list[Mapping[str, Any]] = field(default_factory=list)
    total: int | None = None
    error: ConnectorError | None = None
    dropped: frozenset[str] = frozenset()
    """Fields Graph did not know, left out of the question."""
    cursors: set[str] = field(default_factory=set)

    @property
    def shows_something(self) -> bool:
        """Whether it is whole or at least has rows."""
        return self.error is None or bool(self.rows)

    def take(self, answer: Mapping[str, Any], place: str) -> str | None:
        """Add one page of the list; return the cursor of the next one, None at the end."""
        data = answer.get("data")
        if not isinstance(data, list) or not all(isinstance(row, Mapping) for row in data):
            self.error = bad_answer(place, "it holds no list of rows")
            return None
        self.rows.extend(data)
        summary = answer.get("summary")
        total = summary.get("total_count") if isinstance(summary, Mapping) else None
        if isinstance(total, int) and not isinstance(total, bool):
            self.total = total
        paging = answer.get("paging")
        if not isinstance(paging, Mapping) or not paging.get("next"):
            self._compare_count(place)
            return None
        after = _next_cursor(paging)
        if after is None or after in self.cursors:
            self.error = _partial(place, "its cursor does not advance", len(self.rows))
            return None
        if len(self.cursors) >= _MOST_PAGES:
            self.error = _partial(place, "it does not end", len(self.rows))
            return None
        self.cursors.add(after)
        return after

    def _compare_count(self, place: str) -> None:
        if self.total is not None and self.total != len(self.rows):
            self.error = _partial(place, f"Graph counts {self.total} rows", len(self.rows))


class Reader:
    """Reads lists with one client, and remembers which fields and tokens Graph wanted otherwise."""

    def __init__(self, client: GraphClient, business_id: str) -> None:
        self.client = client
        self._business_id = business_id
        self._dropped: dict[str, set[str]] = {}
        self._page_token_edges: set[str] = set()

    def edge(self, ask: Ask) -> EdgeRead:
        """Read one list whole; never raises, see ``EdgeRead.error``."""
        return self._read(ask, EdgeRead(), None, None)

    def edges(self, asks: Sequence[Ask]) -> dict[Ask, EdgeRead]:
        """Read many lists, in batches; a Page token is fetched only where Graph demands one."""
        known = [ask for ask in asks if ask.page_id and ask.edge.name in self._page_token_edges]
        tokens = self._page_tokens(known)
        reads = self._read_batched(asks, {ask: tokens[ask.node_id] for ask in known if ask.node_id in tokens})
        refused = [
            ask for ask, read in reads.items() if ask.page_id and ask not in known and _wants_token(read)
        ]
        if refused:
            tokens = self._page_tokens(refused)
            again = {ask: tokens[ask.node_id] for ask in refused if ask.node_id in tokens}
            reads |= self._read_batched(list(again), again)
            self._page_token_edges |= {ask.edge.name for ask in again if reads[ask].error is None}
        return reads

    def node(self, node_id: str, fields: Sequence[str], key: str) -> Mapping[str, Any]:
        """Return the node's ``fields``, without those Graph does not know; raises `ConnectorError`."""
        while True:
            try:
                return self.client.node(node_id, fields=",".join(self._fields(key, fields)))
            except GraphError as error:
                if not self._drop(key, fields, error):
                    raise

    def dropped(self, key: str) -> frozenset[str]:
        """Return the fields of ``key`` (an evidence kind or edge) that Graph does not know."""
        return frozenset(self._dropped.get(key, ()))

    def _read_batched(self, asks: Sequence[Ask], tokens: Mapping[Ask, str]) -> dict[Ask, EdgeRead]:
        reads: dict[Ask, EdgeRead] = {}
        for start in range(0, len(asks), LARGEST_BATCH):
            chunk = asks[start : start + LARGEST_BATCH]
            parts = self._parts([self._address(ask, tokens.get(ask)) for ask in chunk])
            for ask, part in zip(chunk, parts, strict=True):
                reads[ask] = self._read_part(ask, part, tokens.get(ask))
        return reads

    def _read_part(self, ask: Ask, part: Mapping[str, Any] | None, token: str | None) -> EdgeRead:
        read = EdgeRead()
        place = f"{ask.node_id}/{ask.edge.name}"
        try:
            answer = None if part is None else part_body(part, place)
        except GraphError as error:
            if error.kind in _WORTH_ASKING_ALONE or error.unknown_field:
                answer = None
            else:
                read.error = error
                return read
        if answer is None:
            return self._read(ask, read, None, token)
        read.dropped = self.dropped(_key(ask.edge))
        after = read.take(answer, place)
        return read if after is None else self._read(ask, read, after, token)

    def _read(self, ask: Ask, read: EdgeRead, after: str | None, token: str | None) -> EdgeRead:
        place = f"{ask.node_id}/{ask.edge.name}"
        while True:
            args = self._args(ask.edge) | ({"after": after} if after else {})
            try:
                answer = self.client.node(place, token=token, **args)
            except ConnectorError as error:
                if isinstance(error, GraphError) and self._drop(_key(ask.edge), ask.edge.fields, error):
                    continue
                read.error = error
                break
            after = read.take(answer, place)
            if after is None:
                break
        read.dropped = self.dropped(_key(ask.edge))
        return read

    def _page_tokens(self, asks: Iterable[Ask]) -> dict[str, str]:
        """Return Page tokens by Page id: for the calls at hand only, never kept."""
        pages = sorted({ask.page_id for ask in asks if ask.page_id})
        tokens: dict[str, str] = {}
        for start in range(0, len(pages), LARGEST_BATCH):
            chunk = pages[start : start + LARGEST_BATCH]
            addresses = [self._signed(page, {"fields": "access_token"}, None) for page in chunk]
            for page, part in zip(chunk, self._parts(addresses), strict=True):
                token = self._page_token(page, part)
                if token:
                    register(token)
                    tokens[page] = token
        return tokens

    def _page_token(self, page: str, part: Mapping[str, Any] | None) -> str | None:
        try:
            body = self.client.node(page, fields="access_token") if part is None else part_body(part, page)
        except ConnectorError:
            # The list that needed it keeps its own refusal, which says more.
            return None
        token = body.get("access_token")
        return token if isinstance(token, str) else None

    def _parts(self, addresses: Sequence[str]) -> list[Mapping[str, Any] | None]:
        """Send a batch; where it fails as a whole, or is one call only, every part is to be asked alone."""
        if len(addresses) < 2:
            return [None] * len(addresses)
        try:
            return self.client.batch(addresses)
        except ConnectorError:
            return [None] * len(addresses)

    def _address(self, ask: Ask, token: str | None) -> str:
        return self._signed(f"{ask.node_id}/{ask.edge.name}", self._args(ask.edge), token)

    def _signed(self, path: str, args: Mapping[str, str], token: str | None) -> str:
        """Return a batch member's address; the token travels in the body, and a Page token needs its own proof."""
        signed = {**args, "appsecret_proof": self.client.proof(token or self.client.access_token)}
        if token:
            signed["access_token"] = token
        return f"{path}?{urlencode(signed)}"

    def _args(self, edge: Edge) -> dict[str, str]:
        args = {"fields": ",".join(self._fields(_key(edge), edge.fields)), "limit": _ROWS_A_PAGE}
        if edge.counts:
            args["summary"] = "total_count"
        if edge.of_business:
            args["business"] = self._business_id
        return args

    def _fields(self, key: str, fields: Sequence[str]) -> list[str]:
        return [name for name in fields if name not in self._dropped.get(key, ())]

    def _drop(self, key: str, fields: Sequence[str], error: GraphError) -> bool:
        """Leave the field Graph does not know out from now on; False where the error is not that."""
        name = error.unknown_field
        if name is None or name == "id" or name not in self._fields(key, fields):
            return False
        self._dropped.setdefault(key, set()).add(name)
        return True


_WORTH_ASKING_ALONE = (FailureKind.TRANSIENT, FailureKind.RATE_LIMITED)


def _key(edge: Edge) -> str:
    return f"{edge.evidence}:{edge.name}"


def _wants_token(read: EdgeRead) -> bool:
    return isinstance(read.error, GraphError) and read.error.waits_for_page_token


def part_body(part: Mapping[str, Any], place: str) -> Mapping[str, Any]:
    """Return the object that one part of a batch holds; raises `GraphError` where it holds none."""
    status = part.get("code")
    status = status if isinstance(status, int) else 0
    try:
        body = json.loads(part["body"])
    except (KeyError, TypeError, ValueError, RecursionError):
        raise bad_answer(place, "its part of a batch is not JSON", transient=True) from None
    if not isinstance(body, Mapping):
        raise bad_answer(place, "its part of a batch is not an object")
    problem = body.get("error")
    if isinstance(problem, Mapping):
        raise graph_error(problem, place, status)
    if status >= 400:
        raise bad_answer(place, f"HTTP {status} without a reason", transient=status >= 500)
    return body


def _next_cursor(paging: Mapping[str, Any]) -> str | None:
    """Return the cursor of the next page; from its address where ``cursors`` is missing.

    The address itself is not followed: it may hold a token, and it names a host.
    """
    cursors = paging.get("cursors")
    after = cursors.get("after") if isinstance(cursors, Mapping) else None
    if after is None:
        try:
            after = parse_qs(urlsplit(str(paging["next"])).query).get("after", [None])[0]
        except ValueError:
            after = None
    return after if isinstance(after, str) and after else None


def _partial(place: str, why: str, rows: int) -> ConnectorError:
    return ConnectorError(
        f"the list {place} is not whole: {why}, {rows} were received.",
        kind=FailureKind.PARTIAL_VIEW,
        remedy="Use the token of an admin system user of this portfolio; a lesser one sees a part only.",
    )
