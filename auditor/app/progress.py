"""How a use case says where it is; a screen, a log or nothing listens."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Listens to a long run. Called from several threads."""

    def step(self, text: str) -> None:
        """A new step of the whole run begins, such as 'Judging'."""
        ...

    def note(self, connection: str, text: str) -> None:
        """A connection says where it is."""
        ...

    def done(self, connection: str, state: str, facts: int, reason: str) -> None:
        """A connection has been read."""
        ...


class Silent:
    """Listens and says nothing."""

    def step(self, text: str) -> None:
        """Ignore it."""

    def note(self, connection: str, text: str) -> None:
        """Ignore it."""

    def done(self, connection: str, state: str, facts: int, reason: str) -> None:
        """Ignore it."""
