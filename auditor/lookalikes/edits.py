"""What kind of slip turned one name into another: a typing error, or the name of somebody else."""

from __future__ import annotations

from rapidfuzz.distance import OSA, Levenshtein

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_SOUND_OR_LOOK_ALIKE = (
    "ck",
    "sz",
    "iy",
    "kq",
    "ce",
    "uv",
    "il",
    "lt",
    "nh",
    "hb",
    "gq",
    "mn",
    "ij",
    "gy",
    "bd",
    "pq",
    "fv",
)
_VOWELS = frozenset("aeiouy")


def _neighbours() -> frozenset[frozenset[str]]:
    pairs = {frozenset(pair) for pair in _SOUND_OR_LOOK_ALIKE}
    for row, keys in enumerate(_ROWS):
        for place, key in enumerate(keys):
            pairs |= {frozenset((key, other)) for other in keys[place + 1 : place + 2]}
            below = _ROWS[row + 1] if row + 1 < len(_ROWS) else ""
            pairs |= {frozenset((key, other)) for other in below[max(0, place - 1) : place + 1]}
    return frozenset(pairs)


_NEIGHBOURS = _neighbours()


def distance(one: str, other: str, most: int) -> int:
    """Return the number of insertions, deletions, substitutions and transpositions, or ``most`` + 1 if more."""
    return OSA.distance(one, other, score_cutoff=most)


def is_slip(text: str, genuine: str) -> bool:
    """Whether ``text`` is ``genuine`` mistyped as people mistype, or as squatters do to be mistaken for it.

    Letters swapped, doubled or left out, a neighbouring key, one that sounds or looks alike, another vowel.
    A plural, another first letter or a further letter at the end makes another name.
    """
    if _is_swap(text, genuine):
        return True
    edits = Levenshtein.editops(genuine, text)
    return bool(edits) and all(_slips(edit.tag, edit.src_pos, edit.dest_pos, genuine, text) for edit in edits)


def _is_swap(text: str, genuine: str) -> bool:
    if len(text) != len(genuine):
        return False
    places = [place for place, pair in enumerate(zip(text, genuine, strict=True)) if pair[0] != pair[1]]
    return len(places) == 2 and places[0] + 1 == places[1] and sorted(text) == sorted(genuine)


def _slips(tag: str, source: int, target: int, genuine: str, text: str) -> bool:
    if tag == "replace":
        old, new = genuine[source], text[target]
        return frozenset((old, new)) in _NEIGHBOURS or (source > 0 and {old, new} <= _VOWELS)
    if tag == "delete":
        char, beside = (
            genuine[source],
            genuine[max(0, source - 1) : source] + genuine[source + 1 : source + 2],
        )
        return char in beside or (source > 0 and not (source == len(genuine) - 1 and char == "s"))
    char, beside = text[target], genuine[max(0, source - 1) : source + 1]
    if char in beside:
        return True
    within = 0 < target < len(text) - 1
    return within and any(frozenset((char, other)) in _NEIGHBOURS for other in beside)
