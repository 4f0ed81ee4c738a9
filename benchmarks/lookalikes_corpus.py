"""Fictional brands and a million handles: squats of each brand in classes, and usernames as people choose them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from auditor.lookalikes import Brand
from auditor.lookalikes.tables import common_words


def _listed(text: str) -> list[str]:
    return text.split()


_STARTS = _listed("b br c cl d dr f fl g gr h j k kr l m n p pr qu r s st t tr v w z sh th")
_VOWELS = _listed("a e i o u ai ea ou")
_ENDS = _listed("n r l s t x m nd rk lt ss ck ve ne")
_KINDS = _listed(
    "Health Clinic Bank Foods Energy Air Hotels Pharmacy Care Insurance Media Motors Labs Credit"
)
_DOUBLES = {"o": "0", "l": "1", "i": "1", "e": "3", "a": "4", "s": "5", "t": "7"}
_KEYS = {"a": "s", "s": "d", "e": "r", "i": "o", "o": "p", "n": "m", "t": "r", "r": "t", "l": "k"}
_HOMOGLYPHS = {"a": "\u0430", "e": "\u0435", "o": "\u043e", "c": "\u0441", "p": "\u0440", "i": "\u0456"}
_MATH_SMALL_A = 0x1D41A
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Squat:
    """A planted account."""

    brand: str
    handle: str
    name: str
    sort: str


def brands(count: int, seed: int = 5) -> list[Brand]:
    """Return ``count`` brands with invented names, handles all different."""
    rng = random.Random(seed)
    found: dict[str, Brand] = {}
    while len(found) < count:
        first = "".join(_syllable(rng) for _ in range(rng.choice((1, 2, 2, 3)))).capitalize()
        kind = rng.choice(_KINDS)
        name = f"{first} {kind}" if rng.random() < 0.7 else first
        handle = name.replace(" ", "") if rng.random() < 0.8 else first
        if len(first) >= 4:
            found.setdefault(handle.casefold(), Brand(handle, handle, name))
    return list(found.values())


def _syllable(rng: random.Random) -> str:
    return rng.choice(_STARTS) + rng.choice(_VOWELS) + (rng.choice(_ENDS) if rng.random() < 0.6 else "")


def handles(count: int, seed: int = 6) -> list[str]:
    """Return ``count`` usernames as people choose them, most of words and digits."""
    rng = random.Random(seed)
    words = sorted(word for word in common_words() if 3 <= len(word) <= 8)
    made: list[str] = []
    for _ in range(count):
        sort = rng.random()
        first, second = rng.choice(words), rng.choice(words)
        if sort < 0.35:
            made.append(f"{first}{rng.choice(('', '_'))}{second}")
        elif sort < 0.6:
            made.append(f"{first}{rng.randrange(10 ** rng.randint(1, _DIGITS))}")
        elif sort < 0.8:
            made.append(
                f"{first.capitalize()}{second.capitalize()}{rng.choice(('', str(rng.randrange(100))))}"
            )
        elif sort < 0.92:
            made.append("".join(_syllable(rng) for _ in range(rng.randint(2, 4))))
        else:
            made.append("".join(rng.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=rng.randint(6, 15))))
    return made


_Variant = Callable[[random.Random, str, str], tuple[str, str]]
"""From a handle and a name to the squat's."""


def _at(rng: random.Random, text: str, table: dict[str, str]) -> str:
    places = [place for place, char in enumerate(text) if place and char in table]
    if not places:
        return text + "_"
    place = rng.choice(places)
    return text[:place] + table[text[place]] + text[place + 1 :]


def _swapped(rng: random.Random, text: str) -> str:
    places = [place for place in range(1, len(text) - 1) if text[place] != text[place + 1]]
    place = rng.choice(places)
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def _without(rng: random.Random, text: str) -> str:
    place = rng.randrange(1, len(text) - 1)
    return text[:place] + text[place + 1 :]


def _doubled(rng: random.Random, text: str) -> str:
    place = rng.randrange(1, len(text))
    return text[:place] + text[place - 1] + text[place:]


def _bold(text: str) -> str:
    return "".join(chr(_MATH_SMALL_A + ord(char) - 97) if char.islower() else char for char in text)


def _far(rng: random.Random, name: str) -> str:
    return "".join(rng.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=12))


SORTS: dict[str, _Variant] = {
    "digit for a letter": lambda r, h, n: (_at(r, h, _DOUBLES), n),
    "every letter that can be a digit": lambda r, h, n: ("".join(_DOUBLES.get(c, c) for c in h), n),
    "letters swapped": lambda r, h, n: (_swapped(r, h), n),
    "letter left out": lambda r, h, n: (_without(r, h), n),
    "letter doubled": lambda r, h, n: (_doubled(r, h), n),
    "neighbouring key": lambda r, h, n: (_at(r, h, _KEYS), n),
    "rn for m, vv for w": lambda r, h, n: (h.replace("m", "rn").replace("w", "vv") + "_", n),
    "underscore": lambda r, h, n: (h[:3] + "_" + h[3:], n),
    "digits behind": lambda r, h, n: (h + str(r.randrange(1, 99)), n),
    "support behind": lambda r, h, n: (
        h + r.choice(("Support", "_help", "HelpDesk", "Care")),
        n + " Support",
    ),
    "official before": lambda r, h, n: ("official" + h, n + " Official"),
    "region behind": lambda r, h, n: (h + r.choice(("US", "_UK", "Canada")), n),
    "typing error and support": lambda r, h, n: (_swapped(r, h) + "Support", n + " Support"),
    "digit and support": lambda r, h, n: (_at(r, h, _DOUBLES) + "_support", n + " Support"),
    "name copied with a claim": lambda r, h, n: (_far(r, n), n + " Customer Service"),
    "letter of another script in the name": lambda r, h, n: (_far(r, n), _at(r, n, _HOMOGLYPHS)),
    "invisible character in the name": lambda r, h, n: (_far(r, n), n[:3] + "\u200b" + n[3:]),
    "mathematical letters in the name": lambda r, h, n: (_far(r, n), _bold(n)),
}
"""Classes of squats, each with what makes one."""


def squats(protected: Sequence[Brand], seed: int = 7) -> list[Squat]:
    """Return one squat of every class of every brand."""
    rng = random.Random(seed)
    return [
        Squat(brand.key, *make(rng, brand.handle, brand.name), sort)
        for brand in protected
        for sort, make in SORTS.items()
    ]
