"""What every source of candidates counts and says, so that a failure is told and never taken for 'none'."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from pydantic import Field

from auditor.config import StrictModel
from auditor.errors import AuditorError, ConnectorError, FailureKind
from auditor.model.impersonation import Candidate, SourceReport, SourceState
from connectors.base import Context, keep

_TAG = re.compile(r"<[^<>]{0,2000}>")


class SourceSettings(StrictModel):
    """What every source has; each adds its own keys in a subclass."""

    id: str
    source: str
    max_requests: int = Field(default=500, ge=1, le=100_000)
    """Requests that one scan sends at most, looking known accounts up among them."""


class Stopped(ConnectorError):
    """The source may send no more requests; what it told stands."""

    def __init__(self, message: str, *, remedy: str) -> None:
        super().__init__(message, kind=FailureKind.RATE_LIMITED, remedy=remedy)


@dataclass(slots=True)
class Tally:
    """What a source asked, what came of it, and why anything is missing."""

    source: str
    most_requests: int
    requests: int = 0
    told: int = 0
    asked: dict[str, int] = field(default_factory=dict)
    """What was asked for, a plural such as ``handles`` or ``accounts with a case``, and how many."""
    _refused: bool = False
    """Whether the platform does not take our credential: it is not asked again in this scan."""
    _failures: dict[str, str] = field(default_factory=dict)
    _caps: dict[str, str] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        """Whether an error ended what it was asked."""
        return bool(self._failures)

    @property
    def reason(self) -> str:
        """Why not everything was asked or told, failures before caps; empty where nothing is missing."""
        return " ".join((*self._failures, *self._caps))

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return " ".join(dict.fromkeys(filter(None, (*self._failures.values(), *self._caps.values()))))

    def may_ask(self) -> bool:
        """Count a request that is about to be sent; False, and a note, where there were enough."""
        if self.requests >= self.most_requests:
            self.stop(
                f"{self.source} stopped after {self.requests:,} requests, the most it may send in a scan.",
                "Raise max_requests of this source, or protect fewer names.",
            )
            return False
        self.requests += 1
        return True

    def ask(self, what: str, count: int = 1) -> None:
        """Count ``count`` more of ``what`` as asked for."""
        self.asked[what] = self.asked.get(what, 0) + count

    def stop(self, reason: str, remedy: str) -> None:
        """Note why not everything was asked; the same reason once, however often it is met."""
        self._caps.setdefault(reason, remedy)

    def guarded(self, batches: Iterator[Sequence[Candidate]]) -> Iterator[Sequence[Candidate]]:
        """Yield ``batches`` that hold something; an error ends them and is kept for the report."""
        if self._refused:
            return
        try:
            for batch in batches:
                self.told += len(batch)
                if batch:
                    yield batch
        except Stopped:
            return
        except AuditorError as error:
            self._refused = isinstance(error, ConnectorError) and error.kind is FailureKind.AUTH_INVALID
            self._failures.setdefault(error.message, error.remedy)

    def report(self, blind_to: tuple[str, ...], cost: float | None = None) -> SourceReport:
        """Return the report: failed where an error left nothing, partial where anything is missing."""
        state = SourceState.COMPLETE
        if self.reason:
            state = SourceState.FAILED if self.failed and not self.told else SourceState.PARTIAL
        return SourceReport(
            source=self.source,
            state=state,
            requests=self.requests,
            asked=", ".join(_counted(count, what) for what, count in self.asked.items()),
            candidates=self.told,
            cost=cost,
            reason=self.reason,
            remedy=self.remedy,
            blind_to=blind_to,
        )


_Settings = TypeVar("_Settings", bound=SourceSettings)


class Source(Generic[_Settings]):
    """What every source is made of: its settings, what it may use, and a tally of what it asked."""

    def __init__(self, settings: _Settings, context: Context) -> None:
        self._settings = settings
        self._context = context
        self._tally = Tally(settings.id, settings.max_requests)

    @property
    def id(self) -> str:
        """Its id in auditor.yaml."""
        return self._settings.id


def _counted(count: int, what: str) -> str:
    first, _, rest = what.partition(" ")
    return f"{count:,} {first.removesuffix('s') if count == 1 else first} {rest}".rstrip()


def said(
    source: str, asked: str, record: Mapping[str, Any], kept: frozenset[str], at: datetime
) -> tuple[Mapping[str, object], ...]:
    """Return what a platform said of an account, for evidence: the fields ``kept`` alone.

    Args:
        source: id of the source.
        asked: path that was asked.
        record: the platform's object, or its refusal.
        kept: names of the fields that are kept; the rest never reaches the store.
        at: when it was answered.

    """
    return ({"source": source, "asked": asked, "at": at.isoformat(), "record": keep(record, kept)},)


def records(answer: object, key: str) -> list[Mapping[str, Any]]:
    """Return the objects listed under ``key``.

    Raises:
        ConnectorError: there is no such list, so that nothing can be said of what is there.

    """
    listed = answer.get(key) if isinstance(answer, Mapping) else None
    if not isinstance(listed, list):
        raise ConnectorError(
            f"the platform's answer has no list of {key}.",
            kind=FailureKind.BAD_RESPONSE,
            remedy="Check base_url: the answer does not look like the platform's.",
        )
    return [one for one in listed if isinstance(one, Mapping)]


def text(record: Mapping[str, Any], key: str) -> str:
    """Return a text of ``record`` as data, without what a database cannot hold; empty where there is none."""
    value = record.get(key)
    if not isinstance(value, str):
        return ""
    return value.replace("\x00", "\ufffd").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def blank(**told: object) -> tuple[str, ...]:
    """Return the fields that are empty by the platform's word; one that it did not tell of is None."""
    return tuple(name for name, value in told.items() if value is not None and not value)


def count(record: Mapping[str, Any], key: str) -> int | None:
    """Return a count of ``record``; None where it is no usable number."""
    value = record.get(key)
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63
    return value if is_count else None


def instant(record: Mapping[str, Any], key: str) -> datetime | None:
    """Return an ISO 8601 instant of ``record`` in UTC; None where there is none."""
    try:
        found = datetime.fromisoformat(text(record, key))
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def without_tags(html: str) -> str:
    """Return the words of a short piece of HTML, tags taken off; still hostile, still to be escaped."""
    from html import unescape

    return unescape(_TAG.sub(" ", html)).strip()
