"""Rows of one person brought together, and people who cannot both be right told of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from auditor.model.estate import PersonStatus
from auditor.model.people import Person
from connectors.hr_table.entries import Entry
from connectors.hr_table.problems import Problems

_MOST_PRESENT = (PersonStatus.ACTIVE, PersonStatus.LEAVE, PersonStatus.FUTURE)


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where and when the roster's facts come from."""

    source: str
    observed_at: datetime
    evidence_id: str | None


def merge_people(entries: Iterable[Entry], provenance: Provenance, problems: Problems) -> Iterator[Person]:
    """Yield one person an id, in the order of the file."""
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.person_id, []).append(entry)
    _tell_shared_emails(groups, problems)
    by_email = _ids_by_email(groups)
    for person_id, group in groups.items():
        yield _merge(person_id, group, by_email, provenance, problems)


def _merge(
    person_id: str,
    group: Sequence[Entry],
    by_email: dict[str, str],
    provenance: Provenance,
    problems: Problems,
) -> Person:
    # The main position speaks for the person; else a current one; else the latest.
    main = group[0] if len(group) == 1 else max(group, key=_speaks_for)
    status = _merged_status(group, problems)
    work_email = main.work_email or next((e.work_email for e in group if e.work_email), None)
    emails = [*(e.work_email for e in group), *(email for e in group for email in e.other_emails)]
    lefts = [e.left_on for e in group if e.left_on]
    manager = main.manager_id or (by_email.get(main.manager_email.casefold()) if main.manager_email else None)
    return Person(
        source=provenance.source,
        observed_at=provenance.observed_at,
        evidence_id=provenance.evidence_id,
        person_id=person_id,
        name=main.name,
        preferred_name=main.preferred_name,
        work_email=work_email,
        other_emails=tuple(dict.fromkeys(email for email in emails if email and email != work_email)),
        handles=tuple(dict.fromkeys(handle for e in group for handle in e.handles)),
        status=status,
        raw_status=" / ".join(dict.fromkeys(e.raw_status for e in group if e.raw_status)) or None,
        kind=main.kind,
        department=main.department,
        title=main.title,
        manager_id=manager,
        location=main.location,
        hired_on=main.hired_on,
        left_on=main.left_on if status in _MOST_PRESENT else max(lefts, default=None),
        training=_merged_training(group),
    )


def _speaks_for(entry: Entry) -> tuple[bool, bool, date, int]:
    return entry.is_primary, entry.status in _MOST_PRESENT, entry.hired_on or date.min, -entry.line


def _merged_status(group: Sequence[Entry], problems: Problems) -> PersonStatus | None:
    first = group[0]
    if len(group) == 1:
        return first.status
    lines = ", ".join(str(entry.line) for entry in group[:5])
    statuses = {entry.status for entry in group}
    emails = {entry.work_email.casefold() for entry in group if entry.work_email}
    names = {entry.name.casefold() for entry in group}
    if len(emails) > 1 or (len(names) > 1 and not emails):
        what = "work e-mail addresses" if emails else "names"
        problems.add(
            first.line, f"{first.person_id} has different {what} (lines {lines}): one person or two?"
        )
        if len(names) > 1:
            # Two people under one number: what is said of both holds, nothing else does.
            return first.status if len(statuses) == 1 else None
    if any(entry.contradicted for entry in group):
        return None
    if _tell_twins(group, problems):
        return None
    present = next((status for status in _MOST_PRESENT if status in statuses), None)
    if present is not None or None in statuses:
        return present
    return PersonStatus.TERMINATED


def _tell_twins(group: Sequence[Entry], problems: Problems) -> bool:
    """Tell of the first two rows that differ in status and in nothing that makes two positions."""
    seen: dict[tuple[str, ...], Entry] = {}
    for entry in group:
        twin = seen.setdefault(entry.job, entry)
        if twin.status is not entry.status:
            problems.add(
                twin.line,
                f"{entry.person_id} is {_word(twin.status)} here and {_word(entry.status)} on line {entry.line}, "
                "with nothing to tell two positions apart. The status counts as unknown.",
            )
            return True
    return False


def _word(status: PersonStatus | None) -> str:
    return status.value if status else "of unknown status"


def _merged_training(group: Sequence[Entry]) -> dict[str, date]:
    latest: dict[str, date] = {}
    for entry in group:
        for course, day in entry.training.items():
            latest[course] = max(day, latest.get(course, day))
    return dict(sorted(latest.items()))


def _addresses(groups: dict[str, list[Entry]]) -> dict[str, dict[str, int]]:
    """Return work e-mail address to the ids that hold it and the first line of each."""
    held: dict[str, dict[str, int]] = defaultdict(dict)
    for person_id, group in groups.items():
        for entry in group:
            if entry.work_email:
                held[entry.work_email.casefold()].setdefault(person_id, entry.line)
    return held


def _ids_by_email(groups: dict[str, list[Entry]]) -> dict[str, str]:
    return {email: next(iter(ids)) for email, ids in _addresses(groups).items() if len(ids) == 1}


def _tell_shared_emails(groups: dict[str, list[Entry]], problems: Problems) -> None:
    for email, ids in _addresses(groups).items():
        if len(ids) > 1:
            people = ", ".join(f"{person_id} (line {line})" for person_id, line in list(ids.items())[:5])
            problems.add(
                min(ids.values()),
                f"the work e-mail address {email} is that of {len(ids)} people: {people}. It identifies none of them.",
            )
