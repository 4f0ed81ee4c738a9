"""Rows of a file as brands, accounts and allowed look-alikes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from auditor.app.impersonators.files import Row, parquet_span, rows
from auditor.errors import DocumentError
from auditor.lookalikes import Allowed, Brand, Candidate
from auditor.lookalikes.canon import fold

_LONGEST = 4_000
"""Characters of a cell that are kept; no platform allows as many."""
_LIST = re.compile(r"[;\s]+")
_NAMES = re.compile(r"\s*;\s*")
_HOST = re.compile(r"^(?:[a-z]+://)?(?:www\.)?([^/?#:]+)", re.IGNORECASE)
_BRAND_COLUMNS = (
    "Columns: handle, name, legal_name, domain; also platform, former_handles, short_names, bio, avatar."
)
_ACCOUNT_COLUMNS = (
    "Columns: id, platform, handle, name, bio, url, created_at, followers, verified_type, avatar, affiliation; "
    "all but handle or name may be missing."
)


@dataclass(slots=True)
class Unread:
    """Cells that say something we could not read; they count as not known."""

    dates: int = 0
    numbers: int = 0
    nameless: int = 0
    """Rows that say neither handle nor name, so that there is nothing to compare."""


def brands(path: Path) -> tuple[Brand, ...]:
    """Return the protected brands a file lists; the same row twice is one brand.

    Raises:
        DocumentError: it cannot be read, lists none, or a row has neither handle nor name, or no letter in them.

    """
    found: list[Brand] = []
    for number, row in rows(path):
        handle, name = _handle(row), _text(row, "name")
        if not handle and not name:
            raise DocumentError(
                "a brand needs a handle or a name.", path=path, line=number, remedy=_BRAND_COLUMNS
            )
        if not fold(handle) and not fold(name):
            raise DocumentError(
                "neither handle nor name has a letter or a digit, so that nothing can be compared with them.",
                path=path,
                line=number,
                remedy="Write the name as people would search for it, or remove the row.",
            )
        found.append(
            Brand(
                key=handle or name,
                handle=handle,
                name=name,
                legal_name=_text(row, "legal_name"),
                domains=tuple(_hosts(f"{_text(row, 'domain')} {_text(row, 'domains')}")),
                former_handles=tuple(filter(None, (each.lstrip("@") for each in _LIST.split(_text(row, "former_handles"))))),
                short_names=tuple(filter(None, _NAMES.split(_text(row, "short_names")))),
                platform=_text(row, "platform").casefold(),
                avatars=tuple(filter(None, _LIST.split(_text(row, "avatar")))),
                bio=_text(row, "bio"),
            )
        )  # fmt: skip
    if not found:
        raise DocumentError("it lists no brand.", path=path, remedy=_BRAND_COLUMNS)
    return tuple(dict.fromkeys(found))


def candidates(path: Path, unread: Unread) -> Iterator[Candidate]:
    """Yield the accounts a file lists; cells that could not be read are counted in ``unread``.

    Raises:
        DocumentError: it cannot be read, or has neither handles nor names.

    """
    return _candidates(path, rows(path), unread)


def candidates_within(path: Path, first: int, count: int, unread: Unread) -> Iterator[Candidate]:
    """Yield the accounts of ``count`` rows of a Parquet file from number ``first`` on, as `candidates` does.

    Raises:
        DocumentError: it cannot be read, or has neither handles nor names.

    """
    return _candidates(path, parquet_span(path, first, count), unread)


def rows_with_accounts(path: Path, unread: Unread) -> Iterator[tuple[int, Row, Candidate]]:
    """Yield the accounts a file lists, each with the number of its row and the row itself.

    Raises:
        DocumentError: it cannot be read, or has neither handles nor names.

    """
    for number, row in _named(path, rows(path)):
        yield number, row, _candidate(number, row, unread)


def nothing_listed(path: Path, rows: int) -> tuple[str, str]:
    """Return why a list gave nothing to look at, as what a sentence says of it, and the mend.

    Args:
        path: the list.
        rows: how many it has, none of which says a handle or a name.

    """
    why = f"has {rows:,} rows, and none says a handle or a name" if rows else "has no row with an account"
    return why, (
        f"That is not the same as nobody posing as you. See whether {path.name} was exported whole: a heading with "
        "handle or name, and below it one account a row."
    )


def _candidates(path: Path, numbered: Iterable[tuple[int, Row]], unread: Unread) -> Iterator[Candidate]:
    for number, row in _named(path, numbered):
        yield _candidate(number, row, unread)


def _named(path: Path, numbered: Iterable[tuple[int, Row]]) -> Iterator[tuple[int, Row]]:
    """Yield the rows; the first must have the columns, and objects after it may leave out what is empty."""
    first = True
    for number, row in numbered:
        if first and "handle" not in row and "name" not in row:
            raise DocumentError(
                "there is neither a handle nor a name.", path=path, line=number, remedy=_ACCOUNT_COLUMNS
            )
        first = False
        yield number, row


def _candidate(number: int, row: Row, unread: Unread) -> Candidate:
    handle, name = _handle(row), _text(row, "name")
    if not handle and not name:
        unread.nameless += 1
    return Candidate(
        id=_text(row, "id") or handle or f"row {number}",
        handle=handle,
        name=name,
        platform=_text(row, "platform").casefold(),
        bio=_text(row, "bio"),
        url=_text(row, "url"),
        created_at=_moment(row, unread),
        followers=_count(row, unread),
        verified_type=_text(row, "verified_type"),
        avatar=_text(row, "avatar"),
        affiliation=_text(row, "affiliation").lstrip("@"),
    )


def allowed(path: Path) -> tuple[Allowed, ...]:
    """Return the look-alikes that a file says are accepted, each with its reason.

    Raises:
        DocumentError: it cannot be read, or a row names no account, no reason, or no real day.

    """
    found = []
    remedy = "Columns: account (an id or a handle), reason; also expires (2026-12-31), platform."
    for number, row in rows(path):
        account, reason = _text(row, "account").lstrip("@"), _text(row, "reason")
        if not account or not reason:
            raise DocumentError(
                "an allowed account needs its id or handle and a reason.",
                path=path,
                line=number,
                remedy=remedy,
            )
        expires = _text(row, "expires")
        try:
            day = date.fromisoformat(expires) if expires else None
        except ValueError:
            raise DocumentError(f"{expires!r} is no day.", path=path, line=number, remedy=remedy) from None
        found.append(Allowed(account, reason.rstrip("."), day, _text(row, "platform").casefold()))
    return tuple(found)


def _text(row: Row, column: str) -> str:
    value = row.get(column)
    if isinstance(value, bytes | bytearray):
        # Some writers of Parquet do not say that their texts are texts.
        value = value.decode("utf-8", "replace")
    return "" if value is None else str(value)[:_LONGEST].strip(" \t\r\n")


def _handle(row: Row) -> str:
    return _text(row, "handle").removeprefix("@")


def _hosts(text: str) -> Iterator[str]:
    for word in _LIST.split(text):
        found = _HOST.match(word)
        if found:
            yield found[1].casefold()


def _moment(row: Row, unread: Unread) -> datetime | None:
    value = row.get("created_at")
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=UTC)
    text = "" if isinstance(value, datetime) else _text(row, "created_at")
    if text:
        value = _parsed(text)
        if value is None:
            unread.dates += 1
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _parsed(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    try:
        return datetime.strptime(text, "%a %b %d %H:%M:%S %z %Y")
    except ValueError:
        return None


def _count(row: Row, unread: Unread) -> int | None:
    text = _text(row, "followers").replace(",", "")
    if not text:
        return None
    try:
        return int(float(text))
    except (ValueError, OverflowError):
        unread.numbers += 1
        return None
