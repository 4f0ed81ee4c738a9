"""Principals and people: who was matched to whom, guesses for review, and recording a review."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.app.judge import match_people, read_reviewed_file
from auditor.app.rows import rows
from auditor.app.workspace import Workspace
from auditor.errors import ConfigError, UsageError
from policies.identity_file import ReviewedIdentity, append_reviewed
from policies.proposals import propose

if TYPE_CHECKING:
    import pandas as pd

    from auditor.store import Store


@dataclass(frozen=True, slots=True)
class Matched:
    """The matches of one snapshot, as lists a screen can show."""

    matches: list[dict[str, Any]]
    unmatched: list[str]
    """Ids of principals matched to nobody."""
    problems: list[str]
    principals: dict[str, str]
    """Id to name."""
    people: dict[str, str]
    """Id to name."""
    frames: dict[str, pd.DataFrame]


def person_known_as(store: Store, snapshot_id: str, text: str) -> str:
    """Return the id of the one person of a snapshot's roster with this id, e-mail address or name.

    Raises:
        UsageError: there is none, or there are several.

    """
    columns = ("person_id", "work_email", "name", "preferred_name")
    frame = store.frames(snapshot_id, ("people",), columns=columns)["people"]
    wanted = text.strip().casefold()
    found = [
        row for row in rows(frame) if wanted in {(row.text(column) or "").casefold() for column in columns}
    ]
    if len(found) == 1:
        return found[0].text("person_id") or ""
    if not found:
        raise UsageError(
            f"nobody in the roster is known as {text[:80]!r}.",
            remedy="Give the whole id, work e-mail address or name, as the HR system has it.",
        )
    ids = ", ".join(sorted(row.text("person_id") or "" for row in found)[:12])
    raise UsageError(f"{text[:80]!r} fits {len(found)} people.", remedy=f"Give an id: {ids}.")


def matched_people(workspace: Workspace, store: Store, snapshot: str) -> Matched:
    """Match the principals of ``snapshot`` by the identities file as it is now."""
    frames = store.frames(store.snapshot(snapshot).id, ("principals", "people"))
    resolution = match_people(workspace, frames)
    principals, platforms = {}, {}
    for row in rows(frames["principals"]):
        principal_id = row.text("principal_id") or ""
        principals[principal_id] = row.text("name") or row.text("handle") or row.text("email") or principal_id
        platforms[principal_id] = row.text("platform")
    people = {
        row.text("person_id") or "": row.text("preferred_name") or row.text("name") or ""
        for row in rows(frames["people"])
    }
    matches = [
        {
            "principal_id": (principal_id := row.text("principal_id") or ""),
            "principal": principals.get(principal_id, principal_id),
            "platform": platforms.get(principal_id),
            "person_id": (person_id := row.text("person_id") or ""),
            "person": people.get(person_id, person_id),
            "method": row.text("method"),
            "detail": row.text("detail"),
        }
        for row in rows(resolution.matches)
    ]
    reviewed = read_reviewed_file(workspace)
    problems = [f"{row.text('principal_id')}: {row.text('detail')}" for row in rows(resolution.problems)]
    known = {match["principal_id"] for match in matches}
    return Matched(
        matches=matches,
        unmatched=sorted(set(principals) - known),
        problems=[*(reviewed.problems if reviewed else ()), *problems],
        principals=principals,
        people=people,
        frames=frames,
    )


def proposals(matched: Matched) -> list[dict[str, Any]]:
    """Return guesses for the principals matched to nobody, best first; none counts as a match."""
    principals = matched.frames["principals"].drop_duplicates("principal_id")
    open_ones = principals[principals["principal_id"].isin(matched.unmatched)]
    return [
        {
            "principal_id": one.principal_id,
            "principal": matched.principals[one.principal_id],
            "person_id": one.person_id,
            "person": matched.people[one.person_id],
            "score": one.score,
            "reasons": list(one.reasons),
            "ambiguous": one.ambiguous,
        }
        for one in propose(open_ones, matched.frames["people"])
    ]


def accept(workspace: Workspace, principal_id: str, person_id: str, *, reviewed_by: str, note: str) -> Path:
    """Append a reviewed match to the identities file; return the file.

    Raises:
        ConfigError: the configuration names no such file.
        DocumentError: the file cannot be appended to.

    """
    if workspace.config.identities is None:
        raise ConfigError(
            "identities: no file for reviewed matches is named.",
            path=workspace.loaded.document.path,
            remedy="Add 'identities: identities.csv'.",
        )
    path = workspace.loaded.resolve(workspace.config.identities)
    today = workspace.clock().astimezone(workspace.config.organization.zone).date()
    entry = ReviewedIdentity(
        principal_id=principal_id,
        person_id=person_id,
        reviewed_by=reviewed_by,
        reviewed_on=today.isoformat(),
        note=note,
    )
    append_reviewed(path, [entry])
    return path
