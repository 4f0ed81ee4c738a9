"""Elements beyond the name: claims of affiliation, pictures, contacts away from the brand, circumstances."""

from __future__ import annotations

import re
from datetime import datetime

from rapidfuzz import fuzz

from auditor.lookalikes.affixes import Affix
from auditor.lookalikes.brand import Brand
from auditor.lookalikes.candidate import Candidate
from auditor.lookalikes.canon import Canonical, fold
from auditor.lookalikes.elements import Element, ElementKind, around
from auditor.lookalikes.images import BITS, distance
from auditor.lookalikes.likeness import Likeness
from auditor.lookalikes.links import hosts, read
from auditor.lookalikes.strength import claims, says_the_same, strength
from auditor.lookalikes.thresholds import Thresholds

_BADGES = re.compile(
    "[\u2713\u2714\u2705\u2611\U0001f5f8\U0001f5f9\U0001f535\U0001f6e1\U0001f396]|\\bverified\\b",
    re.IGNORECASE,
)
_LEAST_REFERENCE = 0.3
"""Strength from which a name or handle refers to the brand, so that a badge beside it claims its standing."""
_OF_A_COMPANY = 0.45
"""Of a service in the handle where the display name is a business's: RiversidePay may be Riverside Payments Ltd."""
_BIO_CLAIM = re.compile(
    r"\b(official|verified|authori[sz]ed)\b.{0,40}\b(account|page|profile|support|team|channel|help)\b"
    r"|\b(customer (care|service|support)|help ?desk|support team|we('re| are) here to help)\b",
    re.IGNORECASE | re.DOTALL,
)
_REAL = frozenset({"real", "thereal"})
_COPIED = 90.0
_SHORTEST_BIO = 20
_CONTACTS = {
    "a messenger": re.compile(
        r"\b(?:t\.me|wa\.me|telegram|whats ?app|signal\.me|line\.me|wechat|m\.me)\b", re.IGNORECASE
    ),
    "a free mailbox": re.compile(
        r"[\w.+-]+@(?:gmail|googlemail|outlook|hotmail|live|yahoo|proton(?:mail)?|aol|icloud|gmx|mail|yandex)\.\w+",
        re.IGNORECASE,
    ),
    "a shortened link": re.compile(
        r"\b(?:bit\.ly|tinyurl\.com|t\.ly|is\.gd|cutt\.ly|rb\.gy|shorturl\.at|goo\.gl)\b", re.IGNORECASE
    ),
    "a telephone number": re.compile(r"(?<![\w/])\+?\d[\d ().-]{7,16}\d(?!\w)"),
    "a wallet": re.compile(r"\b(?:0x[0-9a-fA-F]{40}|bc1[0-9a-z]{25,60})\b"),
}
_HASH = re.compile("[0-9a-fA-F]{16}")
_SINGLE = 64
"""Bits of a hash of the whole picture alone."""


def affiliation(
    candidate: Candidate, brand: Brand, name: Likeness | None, handle: Likeness | None
) -> Element | None:
    """Return the claim to be, or to act for, the brand; None where none is made."""
    found: list[tuple[float, str]] = []
    named, handled = (
        0.0 if each is None else strength(each, in_name=each is name) for each in (name, handle)
    )
    refers = max(named, handled)
    for what, text, likeness, weight, value in (
        ("display name", candidate.name, name, 0.7, named),
        ("handle", candidate.local_handle, handle, 0.6, handled),
    ):
        if likeness is None or value < _LEAST_REFERENCE:
            continue
        # A group of patients may call itself the brand's with its subject and support; its handle is its own.
        rest = likeness.remainder
        apart = handled < _LEAST_REFERENCE and not says_the_same(handle, name)
        if rest.ends_in_claim and rest.has_subject and apart:
            continue
        if claims(likeness):
            if Affix.SUPPORT not in rest.classes and named >= _LEAST_REFERENCE and _is_a_business(name):
                weight = _OF_A_COMPANY
            found.append((weight, f"the {what} adds {around(Canonical.of(text), likeness)}"))
    bio = read(candidate.bio)
    if name is not None and _is_the_real_one(name):
        found.append((0.6, "the display name says that it is the real one"))
    if refers >= _LEAST_REFERENCE:
        if _BADGES.search(candidate.name):
            found.append(
                (0.7, "the display name shows a mark of verification, which platforms do not put there")
            )
        claim = _BIO_CLAIM.search(bio)
        if claim:
            found.append((0.6, f"the bio says '{claim[0]}'"))
    if len(brand.bio) >= _SHORTEST_BIO and fuzz.ratio(brand.bio.casefold(), bio.casefold()) >= _COPIED:
        found.append((0.7, "the bio is the brand's own"))
    if not found:
        return None
    return Element(
        ElementKind.AFFILIATION,
        max(weight for weight, _ in found),
        f"It claims to be or to act for the brand: {'; '.join(said for _, said in found)}.",
        {"display_name": candidate.name, "handle": candidate.handle, "bio": bio},
    )


def _is_a_business(name: Likeness | None) -> bool:
    """Whether what stands around the name in a display name makes it a company, or a business that is no service."""
    if name is None:
        return False
    classes = name.remainder.classes
    return Affix.LEGAL in classes or (Affix.CORPORATE in classes and not claims(name))


def _is_the_real_one(name: Likeness) -> bool:
    """Whether a display name is the brand's with *real* before it; a common word is the real one of many."""
    words = [word for word, _ in name.remainder.words]
    plainly = name.remainder.classes == {Affix.FILLER} and not (name.form.common or name.form.is_part)
    return plainly and bool(_REAL.intersection(words))


def image(candidate: Candidate, brand: Brand, thresholds: Thresholds) -> Element | None:
    """Return the likeness of the pictures, where hashes of both are known."""
    shares = [
        share for ours in brand.avatars if (share := _share_of_bits(ours, candidate.avatar)) is not None
    ]
    if not shares or min(shares) > thresholds.image_distance / _SINGLE:
        return None
    near = min(shares)
    return Element(
        ElementKind.IMAGE,
        round(0.9 - 0.02 * _SINGLE * near, 3),
        f"The picture is the brand's: {_apart(near)}.",
        {"hash": candidate.avatar, "brand_hashes": ", ".join(brand.avatars)},
    )


def _apart(share: float) -> str:
    if share == 0:
        return "the same picture"
    return f"{max(share, 0.01):.0%} of the bits of its hash differ"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _share_of_bits(ours: str, theirs: str) -> float | None:
    """Return the share of bits in which two hashes differ, 64 bits or views of 128; None: they are no pair."""
    if _HASH.fullmatch(ours) and _HASH.fullmatch(theirs):
        return (int(ours, 16) ^ int(theirs, 16)).bit_count() / _SINGLE
    apart = distance(ours, theirs)
    return None if apart is None else apart / BITS


def contact(candidate: Candidate, brand: Brand) -> Element | None:
    """Return ways of contact that lead away from the brand."""
    text = f"{read(candidate.bio)} {read(candidate.url)}"
    found = [
        f"{what} ({seen[0].strip()})" for what, pattern in _CONTACTS.items() if (seen := pattern.search(text))
    ]
    names = {form.text.folded for form in brand.forms if not form.common and len(form.text.folded) >= 5}
    found += [
        f"a domain that bears the brand's name and is not among its own ({host})"
        for host in hosts(text, mail=True)
        if not of_brand(host, brand) and any(name in fold(host) for name in names)
    ]
    if not found:
        return None
    return Element(
        ElementKind.CONTACT,
        0.3,
        f"It leads people away from the brand by {'; '.join(found)}.",
        {"bio": read(candidate.bio), "url": read(candidate.url)},
    )


def of_brand(host: str, brand: Brand) -> bool:
    """Whether ``host`` is one of the brand's domains, or its organisation's, or under one."""
    ours = (*brand.domains, *brand.sites)
    return any(host == domain or host.endswith(f".{domain}") for domain in ours)


def links_of(candidate: Candidate) -> list[str]:
    """Return the hosts that the account links to, lower case."""
    return list(dict.fromkeys([*hosts(candidate.bio), *hosts(candidate.url)]))


def context(candidate: Candidate, thresholds: Thresholds, as_of: datetime) -> Element | None:
    """Return circumstances that fit an impersonator; they never suffice."""
    found: list[tuple[float, str]] = []
    if candidate.created_at is not None:
        days = (as_of - candidate.created_at).days
        if 0 <= days <= thresholds.recent_days:
            found.append((0.06, f"the account is {_counted(days, 'day')} old"))
    if candidate.followers is not None and candidate.followers <= thresholds.few_followers:
        found.append((0.03, f"it has {_counted(candidate.followers, 'follower')}"))
    if candidate.verified_type.casefold() == "blue":
        found.append((0.01, "its blue check is paid for and vouches for nothing"))
    if not found:
        return None
    said = "; ".join(each for _, each in found)
    return Element(
        ElementKind.CONTEXT,
        round(sum(weight for weight, _ in found), 3),
        said[0].upper() + said[1:] + ".",
        {
            "created_at": candidate.created_at.isoformat() if candidate.created_at else "",
            "followers": "" if candidate.followers is None else str(candidate.followers),
            "verified_type": candidate.verified_type,
        },
    )
