"""A media host on loopback: it stands in for the hosts that profile pictures are fetched from."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.demo.loopback import Reply, Request, Sandbox


class MediaSandbox(Sandbox):
    """Serves pictures at ``/host/path``, as they stand for ``https://host/path``, while open.

    Attributes:
        pictures: address to the bytes served there; change it freely.
        asked: addresses that were asked for, in order.

    """

    def __init__(self, pictures: Mapping[str, bytes]) -> None:
        self.pictures = dict(pictures)
        self.asked: list[str] = []
        super().__init__()

    def answer(self, request: Request) -> Reply:
        """Answer with the picture at the address."""
        address = f"https:/{request.path}"
        self.asked.append(address)
        found = self.pictures.get(address)
        return Reply(404) if found is None else Reply(200, found, {"Content-Type": "image/png"})
