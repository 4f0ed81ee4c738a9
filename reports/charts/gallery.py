"""Places pictures in one document, so that no two of them share an id."""

from __future__ import annotations

from markupsafe import Markup

from reports.charts.ink import Picture


class Gallery:
    """One document's pictures; called with a picture, returns its markup.

    Ids are numbers in the order of placing: the same review gives the same document, byte for byte.

    Args:
        for_paper: the document becomes a PDF.

    """

    def __init__(self, *, for_paper: bool = False) -> None:
        self._placed = 0
        self._for_paper = for_paper

    def __call__(self, picture: Picture | None) -> Markup:
        """Return the picture as inline SVG; nothing where there is none."""
        if picture is None:
            return Markup()
        self._placed += 1
        return picture.markup(f"picture-{self._placed}", for_paper=self._for_paper)
