"""The access map: person, path, account; for one account, and for one person.

Three columns from left to right. The many (who can act as the account, or the accounts one person
reaches) are lines of text with a mark each; paths and the one are boxes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from auditor.model.estate import Level
from reports import names
from reports.charts import ink, letters
from reports.charts.ways import AT_MOST, Way, ways_of_account, ways_of_holders, words_of_rest
from reports.review import Holder, ReviewAccount

WIDTH = 900.0
_ROW = 28.0
_HIGH = 26.0
"""Height of a box."""
_ONE = 46.0
"""Height of the box of the one."""
_STRONG = (Level.ADMIN, Level.MANAGER)
_MARKS = {
    "person": "person",
    "left": "has left",
    "nobody": "matched to nobody",
    "app": "app",
    "account": "account",
}


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where things stand, in units from the left; mirrored for the map of one person."""

    name: float
    note: float
    anchor: ink.Anchor
    mark: float
    path: tuple[float, float]
    """Left and right edge of the boxes of paths."""
    one: tuple[float, float]
    """Left and right edge of the box of the one."""
    name_room: float
    note_room: float


_TO_ACCOUNT = _Columns(
    name=212, note=222, anchor="end", mark=400, path=(464, 660), one=(724, 899), name_room=212, note_room=168
)
_FROM_PERSON = _Columns(
    name=468, note=722, anchor="start", mark=456, path=(204, 402), one=(1, 164), name_room=246, note_room=178
)


def account_map(account: ReviewAccount, at_most: int = AT_MOST) -> ink.Picture | None:
    """Draw everyone and everything that can act as ``account``; None where fewer than two ways need no picture.

    Highest level first, an unknown level before all and dashed, those who left marked by shape and
    word. Of more than ``at_most`` ways the rest is told in words.
    """
    ways = ways_of_account(account)
    if len(ways) < 2:
        return None
    return _Map(
        title=f"Who can act as {names.account_with_platform(account)}, and how",
        one=names.account(account),
        under=names.platform(account.platform),
        left=False,
        ways=ways,
        at_most=at_most,
        columns=_TO_ACCOUNT,
        key=lambda way: way.who,
        label=lambda way: way.who_name,
        mark=lambda way: way.mark,
        path=lambda way: way.path_name,
        note=_note,
    ).picture()


def person_map(
    name: str, holders: Iterable[Holder], accounts: Mapping[str, ReviewAccount], at_most: int = AT_MOST
) -> ink.Picture | None:
    """Draw the ways of one person (or identity) to accounts; None where fewer than two need no picture.

    Args:
        name: what the person is called.
        holders: every grant of the person; removed ones are left out here.
        accounts: account id to account, for the names.
        at_most: how many ways are drawn; the rest is told in words.
    """
    ways = ways_of_holders(holders, accounts)
    if len(ways) < 2:
        return None
    return _Map(
        title=f"What {name} can act as, and how",
        one=name,
        under=ways[0].standing,
        left=ways[0].mark == "left",
        ways=ways,
        at_most=at_most,
        columns=_FROM_PERSON,
        key=lambda way: way.account,
        label=lambda way: way.account_name,
        mark=lambda way: "account",
        path=lambda way: way.path_name if way.path_known else f"{way.path_name} on {way.platform_name}",
        note=_note_of_account,
    ).picture()


@dataclass(frozen=True, slots=True)
class _Map:
    """One map to be drawn."""

    title: str
    one: str
    under: str
    """What stands below the name of the one; may be empty."""
    left: bool
    """The one is a person who has left."""
    ways: Sequence[Way]
    at_most: int
    columns: _Columns
    key: Callable[[Way], str]
    """Key of the way's end among the many."""
    label: Callable[[Way], str]
    mark: Callable[[Way], str]
    path: Callable[[Way], str]
    note: Callable[[Sequence[Way]], str]

    def picture(self) -> ink.Picture:
        """Return it drawn."""
        drawn, rest = self.ways[: self.at_most], words_of_rest(self.ways[self.at_most :])
        ends = _grouped(drawn, self.key)
        rows = {key: _ROW * index + _ROW / 2 for index, key in enumerate(ends)}
        paths = _grouped(drawn, lambda way: way.path)
        boxes = _apart({path: _mean(rows[self.key(way)] for way in held) for path, held in paths.items()})
        height = max(_ONE + 4, _ROW * len(ends), *(y + _ROW / 2 for y in boxes.values()))
        middle = min(max(_mean(boxes.values()), _ONE / 2 + 1), height - _ONE / 2 - 1)
        shapes = [
            *self._lines(drawn, paths, rows, boxes, middle),
            *self._boxes(paths, boxes, middle),
            *self._ends(ends, rows),
        ]
        notes, foot = self._foot(drawn, rest, height)
        return ink.Picture(
            kind="map",
            title=self.title,
            description=letters.sentences([*map(_told, drawn), *([rest] if rest else [])]),
            width=WIDTH,
            height=foot,
            shapes=(*shapes, *notes),
        )

    def _lines(
        self,
        drawn: Sequence[Way],
        paths: Mapping[str, Sequence[Way]],
        rows: Mapping[str, float],
        boxes: Mapping[str, float],
        middle: float,
    ) -> Iterator[ink.Shape]:
        to_account = self.columns is _TO_ACCOUNT
        near, far = self.columns.path if to_account else self.columns.path[::-1]
        own = self.columns.one[0] if to_account else self.columns.one[1]
        for way in drawn:
            yield ink.curve(
                _line(way.level), (self.columns.mark, rows[self.key(way)]), (near, boxes[way.path])
            )
        for path, held in paths.items():
            # The highest level that runs through it; an unknown one could be higher still.
            highest = min(held, key=lambda way: way.weight).level
            yield ink.curve(_line(highest), (far, boxes[path]), (own, middle))

    def _boxes(
        self, paths: Mapping[str, Sequence[Way]], boxes: Mapping[str, float], middle: float
    ) -> Iterator[ink.Shape]:
        for path, held in paths.items():
            left, right = self.columns.path
            yield ink.box("box", left, boxes[path] - _HIGH / 2, right - left, _HIGH, 3)
            label = letters.fit(self.path(held[0]), right - left - 10)
            yield ink.words((left + right) / 2, boxes[path] + 5, label, "t", "middle")
        left, right = self.columns.one
        yield ink.box("box", left, middle - _ONE / 2, right - left, _ONE, 3)
        name = letters.fit(self.one, right - left - 10, bold=True)
        yield ink.words((left + right) / 2, middle + (-4 if self.under else 5), name, "t-strong", "middle")
        if self.under:
            under = letters.fit(self.under, right - left - 10)
            yield ink.words((left + right) / 2, middle + 15, under, "t", "middle")
        if self.left:
            yield from _mark("left", left + 14, middle + 10)

    def _ends(self, ends: Mapping[str, Sequence[Way]], rows: Mapping[str, float]) -> Iterator[ink.Shape]:
        columns = self.columns
        for key, held in ends.items():
            y = rows[key]
            yield from _mark(self.mark(held[0]), columns.mark, y)
            name = letters.fit(self.label(held[0]), columns.name_room, bold=True)
            yield ink.words(columns.name, y + 5, name, "t-strong", columns.anchor)
            yield ink.words(columns.note, y + 5, letters.fit(self.note(held), columns.note_room))

    def _foot(self, drawn: Sequence[Way], rest: str, y: float) -> tuple[list[ink.Shape], float]:
        """Draw what is left out and what the marks mean, below ``y``; return it with the whole height."""
        shapes: list[ink.Shape] = []
        if rest:
            shapes.append(ink.words(0, y + 16, rest, "t-strong"))
            y += 22
        x = 8.0
        for mark in dict.fromkeys(map(self.mark, drawn)):
            shapes += [*_mark(mark, x, y + 17), ink.words(x + 12, y + 22, _MARKS[mark], "t-quiet")]
            x += letters.text_width(_MARKS[mark]) + 34
        for style, word in (("way-strong", "full control"), ("way-unknown", "level unknown")):
            if any(_line(way.level) == style for way in drawn):
                shapes += [ink.line(style, [(x, y + 17), (x + 30, y + 17)])]
                shapes.append(ink.words(x + 38, y + 22, word, "t-quiet"))
                x += letters.text_width(word) + 60
        return shapes, y + 30


def _grouped(ways: Iterable[Way], key: Callable[[Way], str]) -> dict[str, list[Way]]:
    groups: dict[str, list[Way]] = {}
    for way in ways:
        groups.setdefault(key(way), []).append(way)
    return groups


def _apart(wanted: Mapping[str, float]) -> dict[str, float]:
    """Move boxes down until none covers another, in the order they want to stand in."""
    placed: dict[str, float] = {}
    least = _ROW / 2
    for path, y in sorted(wanted.items(), key=lambda item: (item[1], item[0])):
        placed[path] = max(least, y)
        least = placed[path] + _ROW + 4
    return placed


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / len(found)


def _line(level: Level | None) -> str:
    if level is None:
        return "way-unknown"
    return "way-strong" if level in _STRONG else "way"


def _mark(mark: str, x: float, y: float) -> Iterator[ink.Shape]:
    if mark == "left":
        yield ink.line("mark-cross", [(x - 5, y - 5), (x + 5, y + 5)])
        yield ink.line("mark-cross", [(x - 5, y + 5), (x + 5, y - 5)])
    elif mark == "app":
        yield ink.box("mark", x - 4.5, y - 4.5, 9, 9)
    elif mark == "account":
        yield ink.drawn("mark", f"M{x - 7:.1f} {y - 5:.1f}L{x + 2:.1f} {y:.1f}L{x - 7:.1f} {y + 5:.1f}Z")
    else:
        yield ink.dot("mark" if mark == "person" else "mark-open", x, y, 4.5)


def _note(held: Sequence[Way]) -> str:
    """Return what is said beside a name: its levels, and what else must be known."""
    levels = dict.fromkeys(way.level.word if way.level else "level unknown" for way in held)
    states = dict.fromkeys(word for way in held for word in (way.standing, way.state) if word)
    return ", ".join([*levels, *states])


def _note_of_account(held: Sequence[Way]) -> str:
    """Likewise beside an account: the standing is the person's and told in their box."""
    return _note([replace(way, standing=way.platform_name) for way in held])


def _told(way: Way) -> str:
    states = ", ".join(word for word in (way.standing, way.state) if word)
    standing = f" ({states})" if states else ""
    kind = {"app": "The app ", "nobody": "The unmatched identity "}.get(way.mark, "")
    level = f"as {way.level.word}" if way.level else "at an unknown level"
    return (
        f"{kind}{letters.told(way.who_name)}{standing}, {'through ' if way.path_known else ''}"
        f"{letters.told(way.path_name)}, "
        f"to {letters.told(way.account_name)} on {way.platform_name} {level}"
    )
