"""The heartbeat: `schedule` says when to look again; what it lacks is built around it.

`schedule` counts in naive local time. Where clocks are put back, by an hour in autumn or by a correction,
its next look lies that much further off; a look that raises would be taken again at every turn and keep the
rest from theirs. So a look never raises out of here, and one that is overdue by the monotonic clock is taken.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import timedelta

import schedule

from auditor.errors import AuditorError

_log = logging.getLogger(__name__)
_OVERDUE = 2.0
"""Heartbeats."""


class Heartbeat:
    """Takes a look every so often, come what may."""

    def __init__(
        self,
        period: timedelta,
        look: Callable[[], None],
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._look = look
        self._monotonic = monotonic
        self._seconds = period.total_seconds()
        self._scheduler = schedule.Scheduler()
        self._scheduler.every(max(1, round(self._seconds))).seconds.do(self.beat)
        self._last = float("-inf")
        self.trouble = ""
        """Why the last look failed; empty: it did not."""

    def run_pending(self) -> None:
        """Take a look if it is time."""
        self._scheduler.run_pending()
        if self._monotonic() - self._last > _OVERDUE * self._seconds:
            self._scheduler.run_all()

    def beat(self) -> None:
        """Take a look now; whatever it raises is logged, and the next look is taken all the same."""
        self._last = self._monotonic()
        try:
            self._look()
        except AuditorError as error:
            self._note(str(error))
        except Exception as error:  # noqa: BLE001 - the daemon's tick: a fault in one look must not end all looks
            self._note(f"a fault of the program ({type(error).__name__})")
            _log.error("a look at what is due ended in a fault of the program", exc_info=error)
        else:
            if self.trouble:
                _log.info("the trouble is over: %s", self.trouble)
            self.trouble = ""

    def _note(self, trouble: str) -> None:
        if trouble != self.trouble:
            _log.error("%s", trouble)
        self.trouble = trouble
