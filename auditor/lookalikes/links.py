"""The hosts that a profile's texts lead to."""

from __future__ import annotations

import re

_LONGEST_READ = 2000
"""Characters of a bio that are read; platforms allow a few hundred."""
_SCHEME = re.compile(r"^[^\w]*(https?://)?", re.IGNORECASE)
_AUTHORITY = re.compile(r"[^/?#\\]*")
_HOST = re.compile(r"(?:[\w-]+\.)+[a-z]{2,24}")


def read(text: str) -> str:
    """Return as much of ``text`` as is read."""
    return text[:_LONGEST_READ]


def hosts(text: str, *, mail: bool = False) -> list[str]:
    """Return the hosts of the links in ``text``, lower case, each once, in its order.

    A word of the text is a link where it begins with a host, with or without a scheme; a host in its path, its
    query or before an ``@`` is none, for that is how a link pretends. With ``mail``, mailboxes' domains count.
    """
    found = (_host(word, mail=mail) for word in read(text).split())
    return list(dict.fromkeys(filter(None, found)))


def _host(word: str, *, mail: bool) -> str:
    scheme = _SCHEME.match(word)
    rest = word[scheme.end() :] if scheme else word
    authority = _AUTHORITY.match(rest)
    before, at, host = (authority[0] if authority else "").casefold().rpartition("@")
    if at and before and not mail and not (scheme and scheme[1]):
        return ""
    host = host.partition(":")[0].rstrip(".,;!)]}>\"'")
    return host if _HOST.fullmatch(host) else ""
