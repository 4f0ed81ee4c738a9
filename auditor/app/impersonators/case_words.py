"""Sentences about cases. Names are the platform's words; what shows a sentence makes them safe to show."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.model.impersonation import Candidate, Case

_LONGEST_NAME = 60
_SENTENCES = 3
FIELDS = {
    "handle": "the handle",
    "name": "the name",
    "bio": "the bio",
    "links": "its links",
    "avatar_hash": "the picture",
}
"""What of an account makes it another look when it changes, and how that is called."""
_ADDED = {"bio": "a bio was added", "links": "links were added", "avatar_hash": "a picture was added"}
_SHOWN = ("handle", "name")
"""Short enough to be shown before and after."""
_PLATFORMS = {
    "x": "X",
    "facebook": "Facebook",
    "instagram": "Instagram",
    "mastodon": "Mastodon",
    "bluesky": "Bluesky",
    "linkedin": "LinkedIn",
    "tiktok": "TikTok",
    "youtube": "YouTube",
}


def platform_name(platform: str) -> str:
    """Return how people call a platform."""
    return _PLATFORMS.get(platform, platform)


def name_of(case: Case) -> str:
    """Return the account as a sentence begins with it: ``The X account @riversidehea1th "Riverside Health"``."""
    candidate = case.candidate
    where = f"{platform_name(candidate.platform)} account" if candidate.platform else "account"
    who = f" @{candidate.handle}" if candidate.handle else ""
    name = f' "{_cut(candidate.name)}"' if candidate.name else ""
    return f"The {where}{who or (' ' + candidate.id if not name else '')}{name}"


def short_why(case: Case) -> str:
    """Return why, in the sentences of its strongest elements, and what speaks against it."""
    strongest = sorted(case.elements, key=lambda one: -one.strength)[:_SENTENCES]
    said = " ".join(one.sentence for one in case.elements if one in strongest)
    against = f" Not accused because: {' '.join(case.suppressed_by)}" if case.suppressed_by else ""
    return (said or "It is not like anything of ours any more.") + against


def changed_words(before: Candidate, after: Candidate) -> tuple[str, ...]:
    """Return what has changed of an account's look; what was or is not known has not changed."""
    found = []
    for name, what in FIELDS.items():
        was, now = getattr(before, name), getattr(after, name)
        if was == now or (name == "handle" and was.casefold() == now.casefold()):
            continue
        if not was or not now:
            # What a source does not tell is no change; what its platform said is empty, or was, is one.
            if name in (before if now else after).blank:
                found.append(_ADDED[name] if now else _lost(name, what, after))
            continue
        found.append(f"{what} {_cut(was)!r} became {_cut(now)!r}" if name in _SHOWN else f"{what} changed")
    return tuple(found)


def unseen_picture(candidate: Candidate) -> str:
    """Return that an account has another picture by now, and what is known instead, as sentences."""
    seen = candidate.avatar_seen_at
    when = f" seen on {seen.date().isoformat()}" if seen else " known"
    return f"It is told to have another picture, which could not be looked at. The one{when} counts until it can."


def sentence(words: Sequence[str]) -> str:
    """Return changes as one sentence."""
    said = "; ".join(words)
    return f"{said[:1].upper()}{said[1:]}."


def _lost(name: str, what: str, after: Candidate) -> str:
    if name == "avatar_hash" and after.avatar_seen_at:
        return "the picture became one that shows next to nothing"
    return f"{what} {'were' if name == 'links' else 'was'} removed"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_NAME else f"{text[:_LONGEST_NAME]}..."
