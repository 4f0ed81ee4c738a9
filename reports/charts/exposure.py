"""People who have left and still hold access: for how many days, and on which accounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from auditor.model.estate import PersonStatus
from reports import names
from reports.charts import bars, ink, letters
from reports.review import AccessReview, ReviewPerson
from reports.text import listed, plural
from reports.when import Clockface, day

WIDTH = 420.0
AT_MOST = 15
"""People drawn; the picture says how many are not."""
_ROW = 66.0
_BAR = 16.0
_ROOM = 330.0
"""Length of the longest bar."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """One person who has left and can still act as us."""

    person_id: str
    name: str
    left_on: date | None
    days: int | None
    """Whole days from the last day of work to the day judged; None: the last day is not known."""
    account_ids: tuple[str, ...]
    accounts: tuple[str, ...]
    """Names of the accounts, with their platforms."""


def exposures(review: AccessReview) -> tuple[Exposure, ...]:
    """Return everyone who has left and still holds access, those of unknown day first, then the longest."""
    today = review.as_of.astimezone(Clockface.of(review.timezone).zone).date()
    held: dict[str, dict[str, str]] = {}
    for account in review.accounts:
        for holder in account.holders:
            if holder.person_id and not names.is_gone(holder):
                held.setdefault(holder.person_id, {})[account.account_id] = names.account_with_platform(
                    account
                )
    leavers = (person for person in review.people if _has_left(person, today) and person.person_id in held)
    found = [_exposure(person, today, held[person.person_id]) for person in leavers]
    return tuple(sorted(found, key=lambda one: (one.days is not None, -(one.days or 0), one.name.casefold())))


def _has_left(person: ReviewPerson, today: date) -> bool:
    if person.status is PersonStatus.TERMINATED:
        return True
    # A roster may know the day without having changed the word yet; or someone came back.
    if person.left_on is None or (person.hired_on and person.hired_on > person.left_on):
        return False
    return person.left_on < today


def _exposure(person: ReviewPerson, today: date, accounts: Mapping[str, str]) -> Exposure:
    left = person.left_on
    days = None if left is None else max(0, (today - left).days)
    return Exposure(person.person_id, person.name, left, days, tuple(accounts), tuple(accounts.values()))


def exposure(people: Sequence[Exposure], at_most: int = AT_MOST) -> ink.Picture | None:
    """Draw a bar a person, from the last day of work to the day judged; None where nobody is exposed."""
    if not people:
        return None
    shown = people[:at_most]
    longest = max(1, *(one.days or 0 for one in shown))
    y = 22.0
    mark = _ROOM / longest
    shapes: list[ink.Shape] = []
    for one in shown:
        shapes.extend(_row(one, longest, y))
        ends = [(mark, y + 14), (mark, y + 22 + _BAR)]
        shapes += [ink.line("mark-edge", ends), ink.line("mark-line", ends)]
        y += _ROW
    shapes.append(ink.words(mark, 12, "1 day", "t-quiet", "end" if mark > WIDTH / 2 else "start"))
    rest = _rest(people[at_most:])
    if rest:
        shapes.append(ink.words(0, y + 12, rest, "t-quiet"))
        y += 22
    return ink.Picture(
        kind="exposure",
        title="Days that people who have left have kept access",
        description=letters.sentences([*map(_told, shown), *([rest] if rest else [])]),
        width=WIDTH,
        height=y,
        shapes=tuple(shapes),
    )


def _row(one: Exposure, longest: int, y: float) -> Iterable[ink.Shape]:
    left = f"left {day(one.left_on)}" if one.left_on else "has left, day not known"
    yield ink.words(
        0, y + 13, letters.fit(one.name, WIDTH - letters.text_width(left) - 16, bold=True), "t-strong"
    )
    yield ink.words(WIDTH, y + 13, left, anchor="end")
    if one.days is None:
        yield from bars.filled("unknown", 0, y + 18, _ROOM, _BAR)
        yield ink.words(_ROOM + 8, y + 31, "unknown", "t-strong")
    else:
        long = max(3.0, _ROOM * one.days / longest)
        yield from bars.filled("control", 0, y + 18, long, _BAR)
        yield ink.words(long + 8, y + 31, plural(one.days, "day"), "t-strong")
    yield ink.words(0, y + 50, _accounts(one), "t-quiet")


def _accounts(one: Exposure) -> str:
    first, *others = one.accounts
    tail = f" and {len(others)} more" if others else ""
    return letters.fit(first, WIDTH - letters.text_width(tail)) + tail


def _rest(people: Sequence[Exposure]) -> str:
    if not people:
        return ""
    unknown = sum(one.days is None for one in people)
    of_unknown = f", {unknown} of them with no known day" if unknown else ""
    return (
        f"and {plural(len(people), 'more person', 'more people')} who left and still hold access{of_unknown}"
    )


def _told(one: Exposure) -> str:
    where = listed([letters.told(name) for name in one.accounts[:8]] + _more(len(one.accounts) - 8))
    name = letters.told(one.name)
    if one.days is None:
        return f"{name} has left on a day that is not known, and still holds access to {where}"
    when = f"left on {day(one.left_on)}" if one.left_on else "has left"
    return f"{name} {when} and still holds access {plural(one.days, 'day')} later, to {where}"


def _more(count: int) -> list[str]:
    return [f"{count} more"] if count > 0 else []
