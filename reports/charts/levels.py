"""Who holds what: the holders of accounts by level."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from auditor.model.estate import FactKind, Level
from reports import names
from reports.charts import bars, ink, letters
from reports.review import Holder, ReviewAccount
from reports.text import listed, plural

WIDTH = 420.0
AT_MOST = 15
"""Accounts drawn in the overview; the table has them all."""
_ROW = 46.0
_BAR = 18.0
_STUB = 26.0
"""Length of the hatched end that stands for holders that could not be seen."""
Parts = Sequence[tuple[str, str, int]]
_GROUPS = (
    ("control", "full control", (Level.ADMIN, Level.MANAGER)),
    ("speaks", "speaking as us", (Level.PUBLISHER, Level.MODERATOR, Level.ADVERTISER)),
    ("reads", "only looking", (Level.ANALYST, Level.VIEWER)),
    ("unknown", "level unknown", (None,)),
)


def level_counts(holders: Iterable[Holder]) -> dict[Level | None, int]:
    """Count the holders that still hold, highest level first; an unmapped level ranks highest."""
    counts: dict[Level | None, int] = {None: 0, **dict.fromkeys(sorted(Level, reverse=True), 0)}
    for holder in holders:
        if not names.is_gone(holder):
            counts[holder.level] += 1
    return counts


def level_parts(holders: Iterable[Holder]) -> Parts:
    """Return the holders in four groups: full control, speaking as us, only looking, level unknown."""
    counts = level_counts(holders)
    return tuple((style, label, sum(counts[level] for level in levels)) for style, label, levels in _GROUPS)


def level_words(holders: Iterable[Holder]) -> str:
    """Return the four groups in words, empty ones left out; empty where nobody holds anything."""
    return bars.described(level_parts(holders))


def levels_bar(account: ReviewAccount) -> ink.Picture | None:
    """Draw the holders of one account as one bar; None where nobody was seen."""
    parts = level_parts(account.holders)
    if not any(count for _style, _label, count in parts):
        return None
    return ink.Picture(
        kind="bar",
        title="Holders by level",
        description=_told(account) + ".",
        width=WIDTH,
        height=_BAR,
        shapes=tuple(_bar(account, parts, WIDTH, 0)),
    )


def levels_by_account(accounts: Sequence[ReviewAccount], at_most: int = AT_MOST) -> ink.Picture | None:
    """Draw a bar an account, its length by how many hold it; None where there are no accounts.

    Args:
        accounts: all of them; the most critical tier comes first, then the widest reach (followers).
        at_most: how many are drawn; the picture says how many are not.
    """
    if not accounts:
        return None
    drawn = sorted(accounts, key=_weight)[:at_most]
    parts = {account.account_id: level_parts(account.holders) for account in drawn}
    most = max(1, *(_total(of) for of in parts.values()))
    shapes, y = bars.legend([(style, label) for style, label, _levels in _GROUPS], 0, WIDTH)
    y += 6
    for account in drawn:
        shapes.extend(_row(account, parts[account.account_id], most, y))
        y += _ROW
    about = [f"{letters.told(names.account_with_platform(account))}: {_told(account)}" for account in drawn]
    if rest := len(accounts) - len(drawn):
        words = f"and {plural(rest, 'more account')}, in the table"
        shapes.append(ink.words(0, y + 12, words, "t-quiet"))
        about.append(words)
        y += 20
    return ink.Picture(
        kind="levels",
        title="Holders of each account by level",
        description=letters.sentences(about),
        width=WIDTH,
        height=y,
        shapes=tuple(shapes),
    )


def are_holders_known(account: ReviewAccount) -> bool:
    """Whether who holds the account was read whole, or attested; else more may hold it than are seen."""
    return any(cell.fact is FactKind.GRANTS and cell.state.is_known for cell in account.coverage)


def _row(account: ReviewAccount, parts: Parts, most: int, y: float) -> Iterator[ink.Shape]:
    total, known = _total(parts), are_holders_known(account)
    seen, unseen = (f"{total:,}", "nobody") if known else (f"{total:,} or more", "not known")
    right = seen if total else unseen
    room = WIDTH - letters.text_width(right) - 16
    yield ink.words(0, y + 13, letters.fit(names.account_with_platform(account), room, bold=True), "t-strong")
    yield ink.words(WIDTH, y + 13, right, anchor="end")
    least = bars.LEAST * sum(count > 0 for _style, _label, count in parts)
    width = max(least, (WIDTH - _STUB) * total / most) + (0 if known else _STUB)
    yield from _bar(account, parts, width if total else WIDTH, y + 19)


def _bar(account: ReviewAccount, parts: Parts, width: float, y: float) -> Iterator[ink.Shape]:
    """Draw the bar; where more may hold the account than are seen, it ends in a hatched stub."""
    stub = 0.0 if are_holders_known(account) else _STUB if _total(parts) else width
    if width > stub:
        yield from bars.bar(bars.stacked(parts, width - stub), 0, y, _BAR)
    if stub:
        gap = 2 if width > stub else 0
        yield from bars.filled("unknown", width - stub + gap, y, stub - gap, _BAR)


def _total(parts: Parts) -> int:
    return sum(count for _style, _label, count in parts)


def _told(account: ReviewAccount) -> str:
    counts = level_counts(account.holders)
    shown = [
        f"{count:,} {level.word if level else 'of unknown level'}" for level, count in counts.items() if count
    ]
    known = are_holders_known(account)
    if not shown:
        return "nobody" if known else "who holds it is not known"
    told = f"{plural(sum(counts.values()), 'holder')}: {listed(shown)}"
    return told if known else f"{told}; more may hold it than were seen"


def _weight(account: ReviewAccount) -> tuple[int, int, str, str]:
    return (account.tier or 9, -(account.followers or 0), account.platform, names.account(account).casefold())
