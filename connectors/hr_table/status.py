"""Whether a person still works here, from a roster's own words and dates.

Systems say it in many ways, and several cells may speak of it. Words are read segment by segment
("Inactive - Leave of Absence"); a word outside the tables below is unknown and never active. Where
cells contradict each other the status is not known, and the contradiction is told.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import lru_cache

from auditor.model.estate import PersonKind, PersonStatus


class Standing(Enum):
    """What one cell says."""

    EXITED = "exited"
    LEAVE = "leave"
    INACTIVE = "inactive"
    FUTURE = "future"
    ACTIVE = "active"
    EMPLOYED_AS = "employed as"
    """A kind of employment, such as full time: active, unless another cell says otherwise."""
    UNKNOWN = "unknown"
    BLANK = "blank"

    __hash__ = object.__hash__
    """Each member is one object; hashing its name instead would cost more than all else of a row's status."""


def _phrases(text: str) -> frozenset[str]:
    return frozenset(" ".join(phrase.split()) for phrase in text.split(","))


_EXITED = _phrases("""
    terminated, termed, term, terminate, separated, resigned, retired, dismissed, discharged, deceased, withdrawn,
    laid off, layoff, former, former employee, ex employee, left, left company, no longer employed, not employed,
    not on payroll, offboarded, deactivated, archived, deleted, exited, departed
""")
_LEAVE = _phrases("""
    leave, on leave, loa, leave of absence, on leave of absence, paid leave, unpaid leave, fmla, furlough, furloughed,
    sabbatical, maternity, paternity, suspended, suspension
""")
_INACTIVE = _phrases("inactive, not active, no longer active, disabled, no, false, 0")
_FUTURE = _phrases("""
    prehire, pre hire, future hire, future, pending, pending hire, pending start, pre start, onboarding, preboarding,
    offer accepted, not started, not yet started
""")
_ACTIVE = _phrases(
    "active, active employee, employed, currently employed, current, working, at work, yes, true, 1"
)
_EMPLOYED_AS = _phrases("""
    regular, full time, part time, temporary, seasonal, per diem, prn, contractor, contingent, contingent worker,
    intern, hired, rehired, rehire, probation, probationary, introductory, notice period, salaried, hourly, exempt,
    non exempt, casual, permanent
""")
_LETTERS = {
    "t": Standing.EXITED,
    "d": Standing.EXITED,
    "l": Standing.LEAVE,
    "i": Standing.INACTIVE,
    "n": Standing.INACTIVE,
    "a": Standing.ACTIVE,
    "y": Standing.ACTIVE,
}
"""One-letter codes, as status columns use them. Elsewhere T is temporary and I is intern."""

_OPENINGS: tuple[tuple[Standing, tuple[str, ...]], ...] = (
    (
        Standing.EXITED,
        tuple(f"{phrase} " for phrase in sorted(_EXITED - {"term", "former", "left", "archived", "deleted"})),
    ),
    (Standing.LEAVE, tuple(f"{phrase} " for phrase in sorted(_LEAVE - {"leave"}))),
)
_NEGATION = re.compile(
    r"\b(?:not|never|non|no|returned|return|returning|from|before|until|pending|rescinded|cancelled|canceled)\b"
)
_BLANK = frozenset({"", "none", "null", "n/a", "na", "-", "--", "nan", "#n/a"})
_SEGMENTS = re.compile(r"\s+[-\u2013\u2014]+\s+|[/|:;,()\[\]]+")
_NOT_WORD = re.compile(r"[\W_]+")
_YES = frozenset({"yes", "y", "true", "t", "1", "x", "on"})
_NO = frozenset({"no", "n", "false", "f", "0", "off"})
_STRONGEST_FIRST = (
    Standing.EXITED,
    Standing.LEAVE,
    Standing.INACTIVE,
    Standing.UNKNOWN,
    Standing.FUTURE,
    Standing.ACTIVE,
    Standing.EMPLOYED_AS,
)


@lru_cache(maxsize=4096)
def read_status(text: str) -> Standing:
    """Return what the cell of a status column says; UNKNOWN for every word not in the tables."""
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    if plain in _BLANK:
        return Standing.BLANK
    whole = _words(plain)
    if len(whole) == 1 and whole in _LETTERS:
        return _LETTERS[whole]
    exact = _of_phrase(whole)
    if exact is not Standing.UNKNOWN:
        return exact
    found = {_of_segment(_words(segment)) for segment in _SEGMENTS.split(plain) if _words(segment)}
    # An unknown part beside "Terminated" changes nothing; beside "Active" it might.
    return next((standing for standing in _STRONGEST_FIRST if standing in found), Standing.UNKNOWN)


def read_flag(text: str) -> bool | None:
    """Return a yes/no cell as a boolean; None where it is blank or neither."""
    plain = text.strip().casefold()
    return True if plain in _YES else False if plain in _NO else None


def _words(text: str) -> str:
    return " ".join(_NOT_WORD.sub(" ", text).split())


def _of_phrase(phrase: str) -> Standing:
    tables = (
        (Standing.EXITED, _EXITED),
        (Standing.LEAVE, _LEAVE),
        (Standing.INACTIVE, _INACTIVE),
        (Standing.FUTURE, _FUTURE),
        (Standing.ACTIVE, _ACTIVE),
        (Standing.EMPLOYED_AS, _EMPLOYED_AS),
    )
    return next((standing for standing, phrases in tables if phrase in phrases), Standing.UNKNOWN)


def _of_segment(phrase: str) -> Standing:
    exact = _of_phrase(phrase)
    if exact is not Standing.UNKNOWN:
        return exact
    if len(phrase) == 1:
        return _LETTERS.get(phrase, Standing.UNKNOWN)
    for standing, openings in _OPENINGS:
        if phrase.startswith(openings) and not _NEGATION.search(phrase.removeprefix("no longer")):
            return standing
    if phrase.endswith(" leave") and not _NEGATION.search(phrase):
        return Standing.LEAVE
    return Standing.UNKNOWN


@dataclass(frozen=True, slots=True)
class Dates:
    """The dates of one row that bear on the status."""

    hired_on: date | None = None
    left_on: date | None = None
    leave_start: date | None = None
    leave_return: date | None = None

    @property
    def left_before_rehire(self) -> bool:
        """Whether the last day lies before the latest hire: an earlier employment's end."""
        return bool(self.left_on and self.hired_on and self.left_on < self.hired_on)


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's standing today, or why it is not known."""

    status: PersonStatus | None
    contradiction: str = ""
    """Why the row's own cells cannot all be true; empty where they can."""


def decide(standings: Iterable[Standing], dates: Dates, *, today: date, as_of: date) -> Decision:
    """Return the status on ``today`` by a roster written on ``as_of``.

    Blank cells and no cells at all leave it to the dates; with no date either, a roster whose only
    sign of leaving is a last day has the person active. The caller passes BLANK for an empty cell
    of a status column that the roster does have.
    """
    said = set(standings)
    agreed = _agree(said)
    if isinstance(agreed, str):
        return Decision(None, agreed)
    if agreed is Standing.UNKNOWN:
        return Decision(None)
    last_day = None if dates.left_before_rehire else dates.left_on
    if agreed is Standing.BLANK:
        return _by_dates_alone(last_day, dates.hired_on, today, said_nothing=bool(said))
    if agreed in (Standing.EXITED, Standing.INACTIVE):
        return _gone(agreed, last_day, dates.hired_on, today)
    return _here(agreed, last_day, dates, today, as_of)


def _agree(said: set[Standing]) -> Standing | str:
    spoken = said - {Standing.BLANK}
    if said == {Standing.EMPLOYED_AS, Standing.BLANK}:
        # The column that would say it is there and empty; the kind of job does not stand in for it.
        return Standing.UNKNOWN
    if spoken - {Standing.EMPLOYED_AS}:
        spoken -= {Standing.EMPLOYED_AS}
    gone = spoken & {Standing.EXITED, Standing.INACTIVE}
    here = spoken & {Standing.ACTIVE, Standing.FUTURE}
    # "Inactive" beside "On leave" is how some systems write a leave.
    if (gone and here) or (Standing.EXITED in gone and Standing.LEAVE in spoken):
        words = " and ".join(sorted(standing.value for standing in spoken))
        return f"its cells say {words} at once"
    return next((standing for standing in _STRONGEST_FIRST if standing in spoken), Standing.BLANK)


def _by_dates_alone(
    last_day: date | None, hired_on: date | None, today: date, *, said_nothing: bool
) -> Decision:
    if last_day and last_day < today:
        return Decision(PersonStatus.TERMINATED)
    if said_nothing and not last_day:
        return Decision(None)
    return Decision(PersonStatus.FUTURE if hired_on and hired_on > today else PersonStatus.ACTIVE)


def _gone(agreed: Standing, last_day: date | None, hired_on: date | None, today: date) -> Decision:
    # Somebody let go this morning is marked as gone with today as the last day: both are true.
    if last_day and last_day > today:
        return Decision(None, f"it says {agreed.value}, but the last day, {last_day}, is still to come")
    if agreed is Standing.INACTIVE and not last_day and hired_on and hired_on > today:
        return Decision(PersonStatus.FUTURE)
    return Decision(PersonStatus.TERMINATED)


def _here(agreed: Standing, last_day: date | None, dates: Dates, today: date, as_of: date) -> Decision:
    if last_day and last_day < as_of:
        return Decision(None, f"it says {agreed.value}, but the last day was {last_day}")
    if last_day and last_day < today:
        # Announced when the roster was written, past by now.
        return Decision(PersonStatus.TERMINATED)
    hired_on = dates.hired_on
    if agreed is Standing.FUTURE:
        if hired_on and hired_on <= as_of:
            return Decision(None, f"it says {agreed.value}, but the first day was {hired_on}")
        return Decision(PersonStatus.FUTURE if not hired_on or hired_on > today else PersonStatus.ACTIVE)
    if hired_on and hired_on > today:
        return Decision(PersonStatus.FUTURE)
    away = bool(dates.leave_start and dates.leave_return and dates.leave_start <= today < dates.leave_return)
    return Decision(PersonStatus.LEAVE if away or agreed is Standing.LEAVE else PersonStatus.ACTIVE)


_KINDS: tuple[tuple[PersonKind, frozenset[str]], ...] = (
    (
        PersonKind.AGENCY,
        _phrases(
            "agency, agency worker, agency staff, vendor, supplier, temp agency, outside agency, third party"
        ),
    ),
    (
        PersonKind.CONTRACTOR,
        _phrases("""
            contractor, independent contractor, contingent, contingent worker, consultant, freelance, freelancer, 1099,
            external, c, contract, contract worker, non employee
        """),
    ),
    (
        PersonKind.EMPLOYEE,
        _phrases("""
            employee, regular, full time, part time, full time employee, part time employee, regular full time,
            regular part time, permanent, temporary, temp, seasonal, intern, salaried, hourly, w2, w 2, staff, per diem,
            prn, e, r, t, i, ft, pt, f, p, full time regular, part time regular, casual, apprentice, trainee, volunteer
        """),
    ),
)


@lru_cache(maxsize=4096)
def read_kind(text: str) -> PersonKind | None:
    """Return the employment an employment-type cell names; None where it names none we know."""
    words = _words(unicodedata.normalize("NFKC", text).casefold())
    return next((kind for kind, phrases in _KINDS if words in phrases), None)
