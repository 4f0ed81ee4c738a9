"""Facts taken in ahead: before the snapshot that is judged, and the instant it is judged at, are there.

Taking in the facts is most of a judgement's waiting, and they may be known sooner than all that it needs, as
where one snapshot carries the facts of another.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack

from policies.sandbox import connect, told_failures
from policies.views_staging import Frame, Taken, take


class Intake:
    """A locked room with some tables in it, for one `policies.views.Views`, which then owns the room.

    Args:
        frames: the tables.
        memory_limit: of the room, as in `policies.settings.JudgeSettings`.

    Raises:
        AuditorError: the memory was not enough, or a frame cannot be taken in.

    """

    def __init__(self, frames: Mapping[str, Frame], *, memory_limit: str) -> None:
        self.connection = connect(memory_limit=memory_limit)
        with ExitStack() as undo, told_failures():
            undo.callback(self.close)
            self.tables: Mapping[str, Taken] = take(self.connection, frames)
            undo.pop_all()

    def close(self) -> None:
        """Release the memory; not needed once the views own the room."""
        self.connection.close()
