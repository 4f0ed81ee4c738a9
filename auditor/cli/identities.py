"""``auditor identities``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from auditor.cli.common import COMMON, Common, Format
from auditor.cli.console import put_json, put_line, put_table, say
from auditor.errors import UsageError

if TYPE_CHECKING:
    from auditor.app.people import Matched

SnapshotRef = Annotated[str, Parameter(help="'latest', an id or its beginning.")]


def list_identities(
    *, snapshot: SnapshotRef = "latest", format: Format = "table", common: Common = COMMON
) -> None:
    """List which principal was matched to which person, how, and which are matched to nobody.

    Example: auditor identities list --format json
    """
    matched = _matched(common, snapshot)
    if format == "json":
        put_json({"matches": matched.matches, "unmatched": matched.unmatched, "problems": matched.problems})
        return
    put_table(
        ["principal", "platform", "person", "method", "by"],
        [(m["principal"], m["platform"], m["person"], m["method"], m["detail"]) for m in matched.matches],
    )
    put_line("")
    put_line(
        f"Matched to nobody: {len(matched.unmatched)}. 'auditor identities propose' lists guesses to review."
    )
    for problem in matched.problems:
        put_line(f"  {problem}")


def propose(*, snapshot: SnapshotRef = "latest", format: Format = "table", common: Common = COMMON) -> None:
    """List people an unmatched principal may be, by name, with the reasons. None counts as a match.

    A similar name proves nothing; a person who knows must accept a proposal. A platform handle may be
    linked to a person only by that person's declaration or such a review.

    Example: auditor identities propose
    """
    from auditor.app.people import proposals

    found = proposals(_matched(common, snapshot))
    if format == "json":
        put_json(found)
        return
    put_table(
        ["principal", "principal id", "may be", "person id", "score", "because"],
        [
            (
                p["principal"],
                p["principal_id"],
                p["person"],
                p["person_id"],
                f"{p['score']:.0f}",
                [*p["reasons"], *(["another person fits nearly as well"] if p["ambiguous"] else [])],
            )
            for p in found
        ],
    )
    put_line("")
    put_line(
        "Accept one with: auditor identities accept PRINCIPAL_ID PERSON_ID --reviewed-by you@example.com"
    )


def accept(
    principal_id: Annotated[str, Parameter(help="The principal's id, as 'identities propose' lists it.")],
    person_id: Annotated[str, Parameter(help="The person's id in the roster.")],
    *,
    reviewed_by: Annotated[str, Parameter(help="Who vouches for the match.")],
    note: Annotated[str, Parameter(help="How you know.")] = "",
    common: Common = COMMON,
) -> None:
    """Record in the identities file that PRINCIPAL_ID is PERSON_ID, and who says so.

    Example: auditor identities accept facebook:1029 E1007 --reviewed-by privacy@riverside.example --note "asked her"
    """
    from auditor.app.people import accept as record

    workspace = common.workspace()
    matched = _matched(common, "latest")
    if principal_id not in matched.principals:
        raise UsageError(
            f"no principal {principal_id!r} is in the latest snapshot.",
            remedy="See 'auditor identities list'.",
        )
    if person_id not in matched.people:
        raise UsageError(
            f"no person {person_id!r} is in the latest roster.", remedy="Person ids are the roster's own."
        )
    path = record(workspace, principal_id, person_id, reviewed_by=reviewed_by, note=note)
    say(f"Recorded in {path}. It counts from the next audit on.")


def _matched(common: Common, snapshot: str) -> Matched:
    from auditor.app.people import matched_people

    workspace = common.workspace()
    with workspace.store(create=False) as store:
        return matched_people(workspace, store, snapshot)
