"""What the sources at Meta share: their keys, and Graph asked through facebook-sdk as the connector ``meta`` does.

Each call carries ``appsecret_proof``, waits for ``X-App-Usage`` and ``X-Business-Use-Case-Usage`` within
``max_wait``, and is counted: a part of a batch as well, as Meta counts it (Graph API, Rate Limits).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode

from pydantic import Field, field_validator

from auditor.config import SecretRef
from auditor.errors import ConnectorError, FailureKind
from connectors.base import Context
from connectors.candidates.base import SourceSettings, Stopped, Tally
from connectors.http import checked_base_url
from connectors.meta.errors import GraphError, bad_answer

if TYPE_CHECKING:
    from connectors.meta.client import GraphClient

NativeId = Annotated[str, Field(pattern=r"^[0-9]{1,32}$")]
Row = Mapping[str, Any]
A_BATCH = 50
_LACKS_A_FEATURE = (
    "Page Public Content Access",
    "Pages Public Content Access",
    "Page Public Metadata Access",
)


class MetaSourceSettings(SourceSettings):
    """Keys that every source at Meta has."""

    app_id: NativeId
    app_secret: SecretRef
    api_version: str = Field(default="v26.0", pattern=r"^v[0-9]{1,3}\.[0-9]{1,2}$")
    base_url: str = "https://graph.facebook.com"
    max_wait: float = Field(default=300.0, ge=0, le=86_400)
    """Seconds a scan may spend waiting for rate limits and retries."""

    @field_validator("base_url")
    @classmethod
    def _is_sendable(cls, value: str) -> str:
        return checked_base_url(value)


def client_of(settings: MetaSourceSettings, context: Context, token: SecretRef | None) -> GraphClient:
    """Return a client with the token that the reference names; None: the app's own."""
    from connectors.meta.client import GraphClient
    from connectors.meta.usage import Patience

    secret = context.secret(settings.app_secret)
    return GraphClient(
        f"{settings.app_id}|{secret}" if token is None else context.secret(token),
        app_id=settings.app_id,
        app_secret=secret,
        version=settings.api_version,
        base_url=settings.base_url,
        patience=Patience(context.sleep, settings.max_wait),
    )


class Asker:
    """Asks Graph for the same fields again and again, without those it turns out not to know.

    Args:
        client: sends the calls.
        tally: counts them, and says when there were enough.
        fields: asked for; what stands in braces behind a name is what is wanted of it.

    """

    def __init__(self, client: GraphClient, tally: Tally, fields: Sequence[str]) -> None:
        self._client = client
        self._tally = tally
        self._fields = list(fields)

    def one(
        self, path: str, args: Mapping[str, str] | None = None, around: Callable[[str], str] = str
    ) -> Row:
        """Return the object at ``path``; ``around`` puts the fields into a greater one.

        Raises:
            Stopped: no more calls may be sent.
            ConnectorError: Graph refused, cannot be reached, or is not understood.

        """
        while True:
            if not self._room(1):
                raise Stopped(self._tally.reason, remedy=self._tally.remedy)
            try:
                return self._client.node(path, fields=around(",".join(self._fields)), **args or {})
            except GraphError as error:
                if not self._drop(error):
                    raise

    def pages(
        self, path: str, args: Mapping[str, str], most: int, *, ends_empty: bool = False
    ) -> Iterator[Sequence[Row]]:
        """Yield the rows of a list page by page, ``most`` pages; raises as `one` does.

        ``ends_empty``: a page without rows is the last one, whatever it says of a next.
        """
        from connectors.meta.reading import EdgeRead

        read, after = EdgeRead(), ""
        for _page in range(most):
            answer = self.one(path, {**args, "after": after} if after else args)
            start = len(read.rows)
            cursor = read.take(answer, path)
            yield read.rows[start:]
            if read.error is not None:
                raise bad_answer(path, "it holds no list of rows, or one whose pages do not end")
            if cursor is None or (ends_empty and len(read.rows) == start):
                return
            after = cursor

    def each(self, ids: Sequence[str]) -> Iterator[Sequence[tuple[str, Row | GraphError]]]:
        """Yield what Graph says of each id, 50 a request; stops without a word where there were enough calls.

        A batch, because ``GET /?ids=`` is an error for all versions since 2026-10-27 (changelog of v26.0).
        """
        for start in range(0, len(ids), A_BATCH):
            chunk = ids[start : start + A_BATCH]
            while True:
                chunk = chunk[: self._room(len(chunk))]
                if not chunk:
                    return
                told = [
                    (one, self._told(one, part)) for one, part in zip(chunk, self._batch(chunk), strict=True)
                ]
                if not any(isinstance(said, GraphError) and self._drop(said) for _one, said in told):
                    break
            yield told

    def _batch(self, ids: Sequence[str]) -> Sequence[Row | None]:
        args = {
            "fields": ",".join(self._fields),
            "appsecret_proof": self._client.proof(self._client.access_token),
        }
        return self._client.batch([f"{one}?{urlencode(args)}" for one in ids])

    def _told(self, one: str, part: Row | None) -> Row | GraphError:
        """Return what a part of a batch says; it is asked for alone where Graph had no time for it."""
        from connectors.meta.reading import part_body

        try:
            return self.one(one) if part is None else part_body(part, one)
        except GraphError as error:
            if part is None or error.kind is not FailureKind.TRANSIENT:
                return error
        return self._told(one, None)

    def _room(self, wanted: int) -> int:
        """Count up to ``wanted`` calls that are about to be sent; return how many may be."""
        counted = 0
        while counted < wanted and self._tally.may_ask():
            counted += 1
        return counted

    def _drop(self, error: GraphError) -> bool:
        """Leave the field Graph does not know out from now on; False where the error is not that."""
        known = [one for one in self._fields if one.partition("{")[0] != error.unknown_field]
        if error.unknown_field in (None, "id") or len(known) == len(self._fields):
            return False
        self._fields = known
        return True


def lacks_permission(error: GraphError) -> bool:
    """Return whether the app or its token may not, as opposed to there being nothing."""
    feature = error.code == 100 and any(name in error.message for name in _LACKS_A_FEATURE)
    return feature or error.code in (3, 10) or 200 <= error.code <= 299


def with_remedy(error: GraphError, remedy: str) -> ConnectorError:
    """Return the error with what helps this source, where it is one of permission."""
    if not lacks_permission(error):
        return error
    return ConnectorError(f"{error.message}.", kind=FailureKind.SCOPE_MISSING, remedy=remedy)
