"""Writing from right to left on paper: letters joined and put in order before they are drawn.

A browser does both by itself. The PDF library draws the text of a picture letter by letter, from left
to right, each letter as it looks alone; an Arabic or Hebrew name would come out broken and backwards.
So for paper alone the letters are replaced by their joined forms and the runs turned round, which are
the parts of UAX #9 and of the Arabic chapter of the Unicode Standard that names need. The joined forms
are read from Python's own Unicode data (the compatibility decompositions of U+FB50 to U+FEFC).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import accumulate, groupby
from operator import itemgetter
from unicodedata import bidirectional, combining, decomposition

_MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")
_TATWEEL, _JOINER, _NON_JOINER = "\u0640", "\u200d", "\u200c"
_RIGHT, _NUMBER = frozenset({"R", "AL"}), frozenset({"EN", "AN"})
_NAMES = {
    (False, False): "<isolated>",
    (False, True): "<initial>",
    (True, True): "<medial>",
    (True, False): "<final>",
}
"""Whether a letter joins the one before and the one after, to the form's name in the Unicode data."""


def on_paper(text: str) -> str:
    """Return ``text`` as letters to be drawn one by one from left to right; most texts are so already."""
    if text.isascii() or not any(bidirectional(char) in _RIGHT for char in text):
        return text
    return "".join(_in_order(_clusters(_joined(text))))


@cache
def _forms() -> tuple[Mapping[str, Mapping[str, str]], Mapping[str, Mapping[str, str]]]:
    """Return letter to (form to the letter in that form), and the same of lam with alef."""
    letters: dict[str, dict[str, str]] = {}
    pairs: dict[str, dict[str, str]] = {}
    for number in (*range(0xFB50, 0xFBB2), *range(0xFBD3, 0xFC00), *range(0xFE80, 0xFEFD)):
        form, *parts = decomposition(chr(number)).split() or [""]
        base = "".join(chr(int(part, 16)) for part in parts)
        if len(base) == 1:
            letters.setdefault(base, {})[form] = chr(number)
        elif len(base) == 2 and number >= 0xFEF5:
            pairs.setdefault(base, {})[form] = chr(number)
    return letters, pairs


def _joined(text: str) -> str:
    """Replace each letter by the form its neighbours call for; lam with alef becomes one."""
    letters, pairs = _forms()
    known = {**letters, **pairs}
    units: list[str] = []
    for char in text:
        if units and units[-1] + char in pairs:
            units[-1] += char
        else:
            units.append(char)
    bases = [index for index, unit in enumerate(units) if not combining(unit[0])]
    shaped = list(units)
    for before, index, after in zip([None, *bases], bases, [*bases[1:], None], strict=False):
        unit = units[index]
        back = before is not None and _joins_on(units[before], known) and _joins_back(unit, known)
        onward = after is not None and _joins_on(unit, known) and _joins_back(units[after], known)
        shaped[index] = known.get(unit, {}).get(_NAMES[back, onward], unit)
    return "".join(shaped).replace(_JOINER, "").replace(_NON_JOINER, "")


def _joins_on(unit: str, known: Mapping[str, Mapping[str, str]]) -> bool:
    return unit in (_TATWEEL, _JOINER) or "<initial>" in known.get(unit, {})


def _joins_back(unit: str, known: Mapping[str, Mapping[str, str]]) -> bool:
    return unit in (_TATWEEL, _JOINER) or "<final>" in known.get(unit, {})


def _clusters(text: str) -> list[str]:
    """Split ``text`` into letters, each with the marks that stand on it."""
    found: list[str] = []
    for char in text:
        if found and combining(char):
            found[-1] += char
        else:
            found.append(char)
    return found


def _in_order(clusters: list[str]) -> Iterator[str]:
    """Yield ``clusters`` as they stand from left to right in a line that as a whole runs so."""
    for is_turned, run in groupby(zip(_are_turned(clusters), clusters, strict=True), key=itemgetter(0)):
        pieces = [cluster for _turned, cluster in run]
        yield from (cluster.translate(_MIRRORED) for cluster in _turned(pieces)) if is_turned else pieces


def _turned(run: list[str]) -> Iterator[str]:
    """Yield a run of right-to-left letters turned round; numbers in it keep their order."""
    pieces = [list(piece) for _number, piece in groupby(run, key=_is_number)]
    for piece in reversed(pieces):
        yield from piece if _is_number(piece[0]) else reversed(piece)


def _are_turned(clusters: list[str]) -> list[bool]:
    """Return whether each cluster runs from right to left.

    Spaces and points do between letters that do, numbers after letters that do.
    """
    strong: list[str] = []
    last = "L"
    for cluster in clusters:
        strong.append(_strong(cluster) or (last if _is_number(cluster) else ""))
        last = strong[-1] or last
    before = list(accumulate(strong, lambda known, one: one or known, initial="L"))[1:]
    after = list(accumulate(reversed(strong), lambda known, one: one or known, initial="L"))[1:][::-1]
    return [pair == ("R", "R") for pair in zip(before, after, strict=True)]


def _is_number(cluster: str) -> bool:
    return bidirectional(cluster[0]) in _NUMBER


def _strong(cluster: str) -> str:
    kind = bidirectional(cluster[0])
    return "R" if kind in _RIGHT else "L" if kind == "L" else ""
