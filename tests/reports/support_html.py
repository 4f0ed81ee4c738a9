"""Reads a page as a strict reader would: elements, attributes, text, and nothing executed."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser

VOID = frozenset({"meta", "link", "br", "img", "input", "hr", "rect", "circle", "line", "polyline", "path"})


@dataclass
class Element:
    """One element with its attributes and the text inside it."""

    tag: str
    attributes: dict[str, str]
    parents: tuple[str, ...] = ()
    _page: list[str] = field(default_factory=list, repr=False)
    """The texts of the whole page, in order."""
    _begins: int = 0
    _ends: int = 0

    @cached_property
    def text(self) -> str:
        """The text inside; ask once the page is read."""
        return "".join(self._page[self._begins : self._ends])


@dataclass
class ReadPage(HTMLParser):
    """A parsed page."""

    elements: list[Element] = field(default_factory=list)
    _open: list[Element] = field(default_factory=list)
    _texts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self._open.append(self.elements[-1])

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that closes itself, as in SVG."""
        parents = tuple(one.tag for one in self._open)
        here = len(self._texts)
        attributes = {name: value or "" for name, value in attrs}
        self.elements.append(Element(tag, attributes, parents, self._texts, here, here))

    def handle_endtag(self, tag: str) -> None:
        """Close an element; ill-nested markup is a failure."""
        assert self._open, f"</{tag}> closes nothing"
        assert self._open[-1].tag == tag, f"</{tag}> closes <{self._open[-1].tag}>"
        self._open.pop()._ends = len(self._texts)

    def handle_data(self, data: str) -> None:
        """Keep the text; whatever is open holds it."""
        self._texts.append(data)

    def all(self, tag: str) -> list[Element]:
        """Return the elements called ``tag``."""
        return [element for element in self.elements if element.tag == tag]

    @cached_property
    def ids(self) -> list[str]:
        """Every id in order; ask once the page is read."""
        return [element.attributes["id"] for element in self.elements if "id" in element.attributes]


def read(text: str) -> ReadPage:
    """Parse ``text``; every element must be closed where it stands."""
    page = ReadPage()
    page.feed(text)
    page.close()
    assert not page._open, [element.tag for element in page._open]
    return page
