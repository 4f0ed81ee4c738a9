"""Handles people declare for themselves: from a handle, an address or a list of both to ``platform:handle``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, unquote, urlsplit

_HOSTS = {
    "x.com": "x",
    "twitter.com": "x",
    "facebook.com": "facebook",
    "fb.com": "facebook",
    "instagram.com": "instagram",
    "linkedin.com": "linkedin",
    "youtube.com": "youtube",
    "tiktok.com": "tiktok",
    "pinterest.com": "pinterest",
}
_NAMES = {"twitter": "x", "fb": "facebook", "ig": "instagram", "insta": "instagram", "yt": "youtube"}
_BEFORE_HANDLE = frozenset({"in", "c", "user", "channel", "people", "pub", "pg"})
_NO_HANDLES = frozenset(
    {"home", "share", "intent", "search", "watch", "i", "hashtag", "company", "school", "groups"}
)
_HANDLE = re.compile(r"^[^\s@/:?#<>\"'\\,;|]{1,100}$")
_BLANK = frozenset({"", "-", "--", "n/a", "na", "none", "null", "no"})
_LIST = re.compile(r"[;,|\n]+")
_HAS_ADDRESS = re.compile(r"^(?:https?://|(?:[a-z0-9-]+\.)*[a-z0-9-]+\.(?:com|net|org)/)", re.IGNORECASE)


def read_handles(text: str, platform: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the handles in a cell as ``platform:handle``, and the parts that are none.

    ``platform`` is the column's own; None for a column of any platform, where each part must say it
    (``x: @fox``, or an address).
    """
    good: list[str] = []
    bad: list[str] = []
    for part in _parts(text):
        found = _read_one(part, platform)
        (good if found else bad).append(found or part)
    return tuple(dict.fromkeys(good)), tuple(bad)


def _parts(text: str) -> Iterator[str]:
    for part in _LIST.split(text):
        trimmed = " ".join(part.split())
        if trimmed.casefold() not in _BLANK:
            yield trimmed


def _read_one(text: str, platform: str | None) -> str | None:
    if _HAS_ADDRESS.match(text):
        return _from_address(text if "://" in text else f"https://{text}", platform)
    named, colon, rest = text.partition(":")
    if colon:
        said = named.strip().casefold()
        said = _NAMES.get(said, said)
        if said not in set(_HOSTS.values()) or platform not in (None, said):
            return None
        return _read_one(rest.strip(), said)
    handle = text.removeprefix("@")
    return f"{platform}:{handle}" if platform and _HANDLE.match(handle) else None


def _from_address(address: str, platform: str | None) -> str | None:
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    host = ".".join((parts.hostname or "").split(".")[-2:])
    said = _HOSTS.get(host)
    if said is None or platform not in (None, said):
        return None
    steps = [unquote(step) for step in parts.path.split("/") if step]
    if steps and steps[0].casefold() == "profile.php":
        handle = next(iter(parse_qs(parts.query).get("id", [])), "")
    else:
        while steps and steps[0].casefold() in _BEFORE_HANDLE:
            steps.pop(0)
        handle = steps[0].removeprefix("@") if steps else ""
    if handle.casefold() in _NO_HANDLES or not _HANDLE.match(handle):
        return None
    return f"{said}:{handle}"
