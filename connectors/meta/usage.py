"""How long to wait for Graph: usage headers, retries, and a bound on all the waiting of one run.

There is no Retry-After. ``X-App-Usage`` and ``X-Business-Use-Case-Usage`` give per cents of the
hour's quota; the latter also the minutes until access comes back. Calling on while throttled
lengthens the block.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from auditor.errors import ConnectorError, FailureKind
from connectors.http import backoff

ATTEMPTS = 4
_USAGE_HEADERS = ("X-App-Usage", "X-Page-Usage", "X-Business-Use-Case-Usage")
_RATES = ("call_count", "total_time", "total_cputime")
_SLOW_DOWN = ((95.0, 30.0), (80.0, 5.0))
"""Usage in per cent at which a pause of so many seconds is taken before the next call."""
_THROTTLED_PAUSE = 300.0
_RATE_LIMIT_BASE = 60.0


class Usage:
    """What the headers of one answer say of the quota."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        entries = [entry for name in _USAGE_HEADERS for entry in _entries(headers.get(name))]
        self.percent = max((_amount(e.get(rate)) for e in entries for rate in _RATES), default=0.0)
        self.regain_seconds = 60.0 * max(
            (_amount(e.get("estimated_time_to_regain_access")) for e in entries), default=0.0
        )

    @property
    def is_throttled(self) -> bool:
        """Whether the next call would be refused."""
        return self.regain_seconds > 0 or self.percent >= 100

    @property
    def pause(self) -> float:
        """Seconds to wait before the next call."""
        if self.is_throttled:
            return self.regain_seconds or _THROTTLED_PAUSE
        return next((seconds for percent, seconds in _SLOW_DOWN if self.percent >= percent), 0.0)


class Patience:
    """The waiting one run may do, in seconds, spent call by call."""

    def __init__(self, sleep: Callable[[float], None], budget_seconds: float) -> None:
        self._sleep = sleep
        self.left = budget_seconds

    def wait(self, seconds: float) -> bool:
        """Wait and return True, or return False at once where the budget does not allow it."""
        if seconds > self.left:
            return False
        if seconds > 0:
            self.left -= seconds
            self._sleep(seconds)
        return True

    def pause_after(self, error: ConnectorError, attempt: int, usage: Usage) -> float | None:
        """Return seconds before trying again after ``error``, or None where that is no use."""
        if attempt >= ATTEMPTS:
            return None
        if error.kind is FailureKind.TRANSIENT:
            return backoff(attempt)
        if error.kind is FailureKind.RATE_LIMITED:
            return usage.regain_seconds or backoff(attempt, base=_RATE_LIMIT_BASE, cap=600.0)
        return None


def _entries(text: str | None) -> Iterator[Mapping[str, Any]]:
    """Yield the usage records of a header, flat or by business id; nothing where it is unreadable."""
    try:
        value = json.loads(text) if text else None
    except (ValueError, RecursionError):
        return
    if not isinstance(value, Mapping):
        return
    yield value
    for group in value.values():
        if isinstance(group, list):
            yield from (entry for entry in group if isinstance(entry, Mapping))


def _amount(value: object) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 1e9:
        return float(value)
    return 0.0
