"""Which column of a roster is which: the headers HR systems write, as data.

One line a field: ``field: header | header | ...``. Headers are compared without case, accents, spaces
and punctuation, and without a trailing group such as "(Personal Profile)". Where several columns hit
one field, the header that stands earlier in its line wins.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connectors.tabular import normalise_header

_HEADERS = """
person_id: employee id | employee number | employee no | employee # | employee identifier | employee code | emp id | emp no | emp number | emp # | associate id | associate oid | worker id | workday id | person number | person id | person id external | payroll id | staff id | staff number | team member id | personnel number | external id | eid | eeid | number | id
person_or_number: worker | employee | person | team member | staff member
file_number: file number | file # | payroll file number
login: user id | username | user name | login | sam account name | user principal name | upn

work_email: work email | work email address | work contact: work email | email - primary work | primary work email | business email | business email address | company email | corporate email | office email | email address | employee email | employee email id | e-mail | e-mail address | user email | mail
personal_email: personal email | personal contact: personal email | home email | email - primary home | email address alternate | alternate email | secondary email | best email
other_emails: other emails | other email | email aliases | aliases | proxy addresses | additional emails

name: full name | employee name | employee full name | worker name | display name | display full name | name - full | full legal name | legal name | payroll name | person name | name
first_name: first name | legal first name | legal firstname | given name | employee first name | fname | first | forename | prénom
middle_name: middle name | legal middle name | employee middle name | middle initial | mi
last_name: last name | legal last name | legal lastname | surname | family name | employee last name | lname | last | nom
preferred_name: preferred name | preferred first name | preferred given name | user.name.preferred_given_name | nickname | known as | goes by

status: employment status | employee status | worker status | employee status - active? | status | active status | active | is active | employed | is employed | statut
position_status: position status | assignment status | job status
account_status: user status | employee access status | account status
is_terminated: terminated | is terminated
is_inactive: is inactive | inactive
is_archived: archived employee | archived | is archived | deleted | is deleted

hired_on: hire date | most recent hire date | last hire date | latest hire date | hire/rehire date | hire date/rehire date | rehire date | latest rehire date | date of hire | date hired | hired | employment start date | start date | position start date | seniority date | date d'entrée | date d'embauche
first_hired_on: original hire date | first hire date | adjusted service date
left_on: termination date | term date | date of termination | terminated on | separation date | employment end date | leaving date | last day of work | last day | final day | end date | employee leave date time
maybe_left_on: leave date
leave_start: leave of absence start date | loa start date | leave start date | first day of leave
leave_return: leave of absence return date | loa return date | leave return date | estimated last day of leave

manager_id: manager id | manager employee id | manager employee number | manager number | supervisor id | supervisor eid | reports to id | reports to associate id | reports to employee id
manager_email: manager email | manager - email | manager email id | manager work email | supervisor email | reports to email
manager_name: manager | manager name | reports to | reports to name | reports to supervisor | reporting to | supervisor | supervisor name | line manager | direct manager

department: department | department name | department description | dept | home department | home department description | home department code | supervisory organization | organization | org name | org unit | org level 1 code | team name | team
division: division | business unit | business unit description
cost_center: cost center | cost centre | cost center - name | cost center - id
company: company | company code | company name | legal entity | employer
title: job title | business title | job title name | primary job title | job title description | position title | position description | job description | job profile | job name | position name | job title code | title | role | occupation | poste
location: location | location description | location name | work location | office | site
position_id: position id | position number | assignment number
is_primary: primary position | is primary | primary
kind: employment type | employee type | worker type | worker category description | worker category code | worker category | employee category | user type | type
is_contractor: is contractor | contingent worker | contractor

handle_x: x handle | x | x username | x url | twitter | twitter handle | twitter url | twitter feed
handle_linkedin: linkedin | linkedin url | linkedin profile | linkedin handle
handle_facebook: facebook | facebook url | facebook profile | facebook handle
handle_instagram: instagram | instagram url | instagram handle
handle_youtube: youtube | youtube url | youtube channel
handle_tiktok: tiktok | tiktok url | tiktok handle
handle_pinterest: pinterest | pinterest url
handles: social handles | social media handles | social accounts | handles
"""

_TRAINING = re.compile(r"^training\s*[:\u2013\u2014-]\s*(\S.*)$", re.IGNORECASE)
_GROUP = re.compile(r"\s*\([^()]*\)\s*$")


def _read_headers(text: str) -> dict[str, tuple[str, ...]]:
    lines = [line.partition(":") for line in text.strip().splitlines() if line]
    return {name: tuple(normalise_header(header) for header in rest.split("|")) for name, _, rest in lines}


HEADERS: Mapping[str, tuple[str, ...]] = _read_headers(_HEADERS)
"""Field to the headers it is known by, normalised, the best first."""

FIELDS = frozenset(HEADERS) - {"person_or_number", "maybe_left_on"}
"""What ``map:`` may name."""

_PLACE = {
    headers[rank]: (field, rank)
    for field, headers in HEADERS.items()
    for rank in reversed(range(len(headers)))
}


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns found: field to their positions, the best first."""

    headers: tuple[str, ...]
    found: Mapping[str, tuple[int, ...]]
    training: Mapping[int, str]
    """Position to course."""

    def __contains__(self, field: str) -> bool:
        return field in self.found

    def cells(self, row: Sequence[str], field: str) -> tuple[str, ...]:
        """Return what stands in the field's columns and is not empty, the best column first."""
        places = self.found.get(field)
        return tuple([row[at] for at in places if row[at]]) if places else ()

    def cell(self, row: Sequence[str], field: str) -> str:
        """Return the first of `cells`, or an empty text."""
        # Asked some twenty times of every row; most rosters have few of the columns there could be.
        for at in self.found.get(field, ()):
            if row[at]:
                return row[at]
        return ""

    def header(self, field: str) -> str:
        """Return the best column's header as written; only for fields that were found."""
        return self.headers[self.found[field][0]]

    @property
    def unused(self) -> tuple[str, ...]:
        """Headers of columns that no field took."""
        taken = {at for places in self.found.values() for at in places} | self.training.keys()
        return tuple(header for at, header in enumerate(self.headers) if at not in taken and header)


def place_of(header: str) -> tuple[str, int] | None:
    """Return the field a header belongs to and its rank there (0 is best), or None."""
    return _PLACE.get(normalise_header(header)) or _PLACE.get(normalise_header(_GROUP.sub("", header)))


def course_of(header: str) -> str | None:
    """Return the course of a "Training: HIPAA Privacy" column, or None for any other."""
    found = _TRAINING.match(header.strip())
    return " ".join(found[1].split()) if found else None


def find_columns(headers: Sequence[str], *, given: Mapping[str, str], training: Mapping[str, str]) -> Columns:
    """Return which column is which.

    Args:
        headers: the header row as written.
        given: field to header, as a person mapped them; the field's other columns are then left alone.
        training: header to course.

    Raises:
        LookupError: a header in ``given`` or ``training`` is not there; the text says which and what is near.

    """
    courses = {_position(headers, header): course for header, course in training.items()}
    fixed = {field: (_position(headers, header),) for field, header in given.items()}
    taken = set(courses) | {places[0] for places in fixed.values()}
    ranked: dict[str, list[tuple[int, int]]] = {}
    for at, header in enumerate(headers):
        if at in taken:
            continue
        course = course_of(header)
        place = place_of(header)
        if course:
            courses[at] = course
        elif place and place[0] not in fixed:
            ranked.setdefault(place[0], []).append((place[1], at))
    found = {field: tuple(at for _rank, at in sorted(places)) for field, places in ranked.items()}
    return Columns(tuple(headers), {**found, **fixed}, courses)


def _position(headers: Sequence[str], wanted: str) -> int:
    for at, header in enumerate(headers):
        if normalise_header(header) == normalise_header(wanted):
            return at
    near = difflib.get_close_matches(wanted, [header for header in headers if header], n=1)
    hint = f"Did you mean {near[0]!r}?" if near else f"Its columns are: {', '.join(h for h in headers if h)}."
    message = f"there is no column {wanted!r}. {hint}"
    raise LookupError(message)
