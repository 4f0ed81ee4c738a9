"""Handles that somebody who poses as ours would register: likeliest kinds first, each handle once.

Asking whether a handle exists finds squats that no search shows, and costs nothing where there is none. The
kinds are those of the literature on squatted user names; of one kind all profiles come before the next kind,
so that a cap cuts the unlikely kinds of all and not all kinds of the last profile.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from auditor.model.impersonation import ProtectedProfile

X_HANDLE = re.compile(r"[A-Za-z0-9_]{4,15}")
"""What X lets one register; it still serves shorter ones of old."""
_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
_INNER_VOWEL = re.compile(r"(?<=.)[aeiou]")
_ROOM_FOR_MORE = 9
"""Characters of a stem that leave room for a word of six."""
_NOT_A_LETTER = re.compile(r"[^A-Za-z0-9]+")
_SUPPORT = ("Support", "Help", "Care", "Service", "HelpDesk", "Billing", "Team", "Info")
_OFFICIAL = ("Official", "Real", "The", "Get", "Ask", "My", "Team")
_CORPORATE = ("HQ", "Inc", "Corp", "Group", "News", "Jobs", "Online", "App", "Global")
_REGION = ("US", "USA", "UK", "EU", "CA", "AU", "IN", "DE", "FR", "NG")
_DIGITS = ("1", "2", "24", "247", "01", "123", "365", "2025", "2026")
_LOOK_ALIKE = (("l", "I"), ("I", "l"), ("i", "l"), ("i", "1"), ("l", "1"), ("o", "0"), ("O", "0"), ("e", "3"), ("a", "4"), ("s", "5"),
               ("m", "rn"), ("rn", "m"), ("w", "vv"), ("d", "cl"), ("g", "q"), ("0", "o"), ("1", "l"))  # fmt: skip


def _same(stem: str) -> Iterator[str]:
    yield stem


def _support(stem: str) -> Iterator[str]:
    for word in _SUPPORT:
        yield stem + word
        yield f"{stem}_{word}"


def _official(stem: str) -> Iterator[str]:
    for word in _OFFICIAL:
        yield word + stem
        yield stem + word
        yield f"{stem}_{word}"


def _look_alikes(stem: str) -> Iterator[str]:
    for plain, like in _LOOK_ALIKE:
        for found in re.finditer(plain, stem):
            yield stem[: found.start()] + like + stem[found.end() :]
        if plain in stem:
            yield stem.replace(plain, like)


def _underscores(stem: str) -> Iterator[str]:
    yield f"{stem}_"
    yield f"_{stem}"
    yield re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", stem)
    yield f"{stem}__"


def _suffixes(words: tuple[str, ...]) -> Callable[[str], Iterator[str]]:
    def kind(stem: str) -> Iterator[str]:
        for word in words:
            yield stem + word
            yield f"{stem}_{word}"

    return kind


def _swapped(stem: str) -> Iterator[str]:
    for at in range(len(stem) - 1):
        yield stem[:at] + stem[at + 1] + stem[at] + stem[at + 2 :]


def _omitted(stem: str) -> Iterator[str]:
    for at in range(1, len(stem)):
        yield stem[:at] + stem[at + 1 :]


def _doubled(stem: str) -> Iterator[str]:
    for at in range(len(stem)):
        yield stem[: at + 1] + stem[at:]


KINDS: tuple[tuple[str, Callable[[str], Iterator[str]]], ...] = (
    ("same", _same),
    ("underscore", _underscores),
    ("support", _support),
    ("look-alike letter", _look_alikes),
    ("official", _official),
    ("swapped letters", _swapped),
    ("digits", _suffixes(_DIGITS)),
    ("corporate", _suffixes(_CORPORATE)),
    ("region", _suffixes(_REGION)),
    ("doubled letter", _doubled),
    ("omitted letter", _omitted),
)
"""Kind and its maker, likeliest first."""


def stems(profile: ProtectedProfile) -> tuple[str, ...]:
    """Return what the handles of one profile are made from: its handles, its names written together, and both
    shortened, where nothing more fits behind them.
    """
    names = (profile.name, profile.legal_name, *profile.short_names)
    joined = (_NOT_A_LETTER.sub("", name) for name in names if name.isascii())
    found = (profile.handle, *profile.former_handles, *joined)
    long = tuple(dict.fromkeys(stem for stem in found if len(stem) >= 4 and stem.isascii()))
    return tuple(dict.fromkeys((*long, *(short for stem in long for short in _shortened(stem)))))


def _shortened(stem: str) -> Iterator[str]:
    """Yield a stem of several words with the vowels of the later ones left out: RiversideHlth."""
    first, *later = _WORD.findall(stem) or [stem]
    if later and len(stem) > _ROOM_FOR_MORE:
        yield first + "".join(_INNER_VOWEL.sub("", word) for word in later)


def handles(
    protected: Iterable[ProtectedProfile], valid: re.Pattern[str] = X_HANDLE
) -> Iterator[tuple[str, str]]:
    """Yield (kind, handle): ``valid`` on the platform, none twice whatever its case, none of our own.

    A profile's former handles are asked for as they are: whoever holds one now is worth a look.
    """
    profiles = tuple(protected)
    seen = {one.handle.casefold() for one in profiles if one.handle}
    rows = [stems(one) for one in profiles]
    for kind, make in KINDS:
        for row in rows:
            for stem in row:
                for handle in make(stem):
                    if handle.casefold() not in seen and valid.fullmatch(handle):
                        seen.add(handle.casefold())
                        yield kind, handle
