"""Texts as SARIF's messages want them."""

from __future__ import annotations

import hashlib

from reports.text import clean, cut

LONGEST = 1_000
"""Characters of a text; screens cut at 1,024."""


def shown(text: str) -> str:
    """Return ``text`` for an id, a name or a tag: visible, of bounded length, different where texts differ."""
    whole = clean(text)
    if len(whole) <= LONGEST:
        return whole
    digest = hashlib.sha256(whole.encode()).hexdigest()[:12]
    return f"{cut(whole, LONGEST - len(digest))}{digest}"


def said(text: str) -> str:
    """Return ``text`` for a message: visible, of bounded length, no placeholder and no link in it.

    In a message ``{0}`` stands for an argument, so braces are doubled (section 3.11.5 of the standard);
    ``[words](address)`` is a link, so the two are kept apart.
    """
    return cut(clean(text), LONGEST).replace("{", "{{").replace("}", "}}").replace("](", "] (")
