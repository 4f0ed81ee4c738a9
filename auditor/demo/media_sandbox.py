"""A media host on loopback: it stands in for the hosts that profile pictures are fetched from."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Self

from auditor.demo.loopback import LoopbackServer, Reply, Request


class MediaSandbox:
    """Serves pictures at ``/host/path``, as they stand for ``https://host/path``, while open.

    Attributes:
        pictures: address to the bytes served there; change it freely.
        asked: addresses that were asked for, in order.

    """

    def __init__(self, pictures: Mapping[str, bytes]) -> None:
        self.pictures = dict(pictures)
        self.asked: list[str] = []
        self._server = LoopbackServer(self)

    @property
    def base_url(self) -> str:
        """Scheme and authority, for impersonators.pictures.base_url."""
        return self._server.base_url

    def close(self) -> None:
        """Stop serving."""
        self._server.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def answer(self, request: Request) -> Reply:
        """Answer with the picture at the address."""
        address = f"https:/{request.path}"
        self.asked.append(address)
        found = self.pictures.get(address)
        return Reply(404) if found is None else Reply(200, found, {"Content-Type": "image/png"})
