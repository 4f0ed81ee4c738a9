"""``auditor impersonators list``, ``show``, ``watch``, ``reported`` and ``dismiss``; the scan that makes cases."""

from __future__ import annotations

import getpass
from datetime import date
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from auditor.cli.common import COMMON, Common, Format
from auditor.cli.console import put_fields, put_json, put_line, put_table, say
from auditor.errors import UsageError

if TYPE_CHECKING:
    from auditor.app.impersonators.desk import Decision
    from auditor.app.impersonators.scan import Scanned
    from auditor.model.impersonation import Case

By = Annotated[str | None, Parameter(help="Who does it; default: the name of this login.")]


def scan_cases(common: Common, candidates: str | None, format: Format) -> None:
    """Ask the configured sources, or one file, and carry the cases on."""
    from pathlib import Path

    from auditor.app.impersonators.configured import sources_of
    from auditor.app.impersonators.desk import case_json, listed
    from auditor.app.impersonators.scan import scan
    from auditor.app.impersonators.sources import CandidateSource, FileSource
    from auditor.app.impersonators.summary import nothing_seen
    from auditor.cli.screen import Screen

    workspace = common.workspace()
    sources: tuple[CandidateSource, ...] = ()
    if candidates:
        sources = (FileSource(Path(candidates).name, Path(candidates)),)
        # One list that cannot be read is a slip of whoever named it, and no scan that found nothing.
        list(sources[0].check())
    else:
        sources = sources_of(workspace)
    if not sources:
        raise UsageError(
            "there is nowhere to look: impersonators.sources is empty.",
            remedy="Write sources into auditor.yaml, or give a list: --candidates accounts.csv",
        )
    with workspace.store(create=False) as store:
        with Screen() as screen:
            scanned = scan(workspace, store, sources, screen)
        cases = listed(store.cases.all())
    if format == "json":
        put_json({"scan": _scan_json(scanned), "cases": [case_json(case) for case in cases]})
    else:
        _put_cases(cases)
    _say_scan(scanned)
    nothing = nothing_seen(scanned)
    if nothing is not None:
        raise nothing


def list_cases(
    *,
    all: Annotated[bool, Parameter(help="Also what was removed or dismissed.", negative=())] = False,
    format: Format = "table",
    common: Common = COMMON,
) -> None:
    """List the cases, those to be looked at first first.

    Examples: auditor impersonators list; auditor impersonators list --all --format json
    """
    from auditor.app.impersonators.desk import case_json, listed

    with common.workspace().store(create=False) as store:
        cases = listed(store.cases.all(), everything=all)
    if format == "json":
        put_json([case_json(case) for case in cases])
    else:
        _put_cases(cases)


def show(case: str, *, format: Format = "table", common: Common = COMMON) -> None:
    """Show one case whole: the account, why, what speaks against it, its timeline. The beginning of its id will do.

    Example: auditor impersonators show 3fa9c1
    """
    from auditor.app.impersonators.desk import case_json, find_case

    with common.workspace().store(create=False) as store:
        found = find_case(store, case)
        timeline = store.cases.timeline([found.case_id])
    if format == "json":
        put_json(case_json(found, timeline))
        return
    put_fields(_fields(found))
    put_line("")
    if found.elements:
        _put_elements(found)
        put_line("")
    put_table(["when", "what", "by", "told"], [(e.at, e.step.value, e.actor, e.message) for e in timeline])


def _put_elements(found: Case) -> None:
    put_table(
        ["element", "strength", "why", "characters"],
        [
            (one.kind, f"{one.strength:.2f}", one.sentence, " ".join(one.code_points))
            for one in found.elements
        ],
    )


def watch(case: str, *, note: str = "", by: By = None, common: Common = COMMON) -> None:
    """Say that somebody has looked at a case and waits.

    Example: auditor impersonators watch 3fa9c1 --note "Asked the agency whether it is theirs"
    """
    from auditor.app.impersonators.desk import Decision
    from auditor.model.impersonation import CaseState

    _decide(common, case, Decision(CaseState.WATCHING, _name(by), note.strip()))


def reported(
    case: str,
    *,
    reference: Annotated[str, Parameter(help="The platform's number of the report.")] = "",
    note: str = "",
    by: By = None,
    common: Common = COMMON,
) -> None:
    """Say that a case was reported to the platform; Auditor itself reports nothing.

    Example: auditor impersonators reported 3fa9c1 --reference 0412345678
    """
    from auditor.app.impersonators.desk import Decision
    from auditor.model.impersonation import CaseState

    _decide(
        common,
        case,
        Decision(CaseState.REPORTED, _name(by), note.strip(), reference=reference.strip()),
    )


def dismiss(
    case: str,
    *,
    reason: Annotated[str, Parameter(help="In a sentence, for whoever reads it in a year.")],
    until: Annotated[str, Parameter(help="Its last day, such as 2027-03-31.")] = "",
    days: Annotated[int | None, Parameter(help="Instead of --until: so many days from today.")] = None,
    by: By = None,
    common: Common = COMMON,
) -> None:
    """Decide that an account is no impersonator, until a day; when it changes, the case is opened again.

    Example: auditor impersonators dismiss 3fa9c1 --reason "A namesake in Ohio" --days 180
    """
    from auditor.app.impersonators.desk import Decision, last_day
    from auditor.model.impersonation import CaseState

    if bool(until) == (days is not None):
        raise UsageError("write either --until or --days.", remedy="Such as --days 90.")
    day = _day(until) if until else last_day(common.workspace(), days or 0)
    _decide(common, case, Decision(CaseState.DISMISSED, _name(by), reason.strip(), expires=day))


def _decide(common: Common, case: str, decision: Decision) -> None:
    from auditor.app.impersonators.desk import decide

    workspace = common.workspace()
    with workspace.store(create=False) as store:
        decided = decide(workspace, store, case, decision)
    until = f" until {decided.expires}" if decided.expires else ""
    put_line(f"Case {decided.case_id} is {decided.state}{until}: {_who(decided)}")


def _name(by: str | None) -> str:
    return (by or getpass.getuser()).strip()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is no day.", remedy="Write a day such as 2027-03-31.") from None


def _who(case: Case) -> str:
    return f"@{case.candidate.handle}" if case.candidate.handle else case.candidate.name or case.candidate.id


def _put_cases(cases: list[Case]) -> None:
    if not cases:
        put_line("There is no open case.")
        return
    put_table(
        ["case", "state", "tier", "account", "name", "like", "shows", "not accused because"],
        [
            (
                case.case_id[:8],
                case.state.value,
                f"{case.tier} {case.score:.2f}",
                f"{case.candidate.handle or case.candidate.id} on {case.candidate.platform or 'no platform'}",
                case.candidate.name,
                case.brand,
                " ".join(one.kind.lower() for one in case.elements if one.kind != "CONTEXT"),
                " ".join(case.suppressed_by),
            )
            for case in cases
        ],
    )  # fmt: skip
    likely, spared = sum(case.is_likely for case in cases), sum(bool(case.suppressed_by) for case in cases)
    say(
        f"{len(cases):,} cases: {likely:,} likely, {spared:,} not accused for a reason. Why, what happened and what "
        f"is next: auditor impersonators show {cases[0].case_id[:8]}"
    )


def _fields(case: Case) -> dict[str, object]:
    from auditor.app.impersonators.review import advice
    from auditor.model.impersonation import CaseState
    from reports.dossier import code_points

    candidate = case.candidate
    next_step, not_known = advice(case)
    reason = "Dismissed because" if case.state is CaseState.DISMISSED else "Note"
    return {
        "Case": case.case_id,
        "State": case.state.value,
        "Tier": f"{case.tier}, {case.score:.2f}",
        "Looks like": case.brand,
        "Also like": list(case.also_like),
        "Platform": candidate.platform,
        "Id": candidate.id,
        "Handle": candidate.handle,
        "Name": candidate.name,
        "Letters outside ASCII": list(code_points(f"{candidate.handle}{candidate.name}")),
        "Bio": candidate.bio,
        "Address": candidate.url,
        "Links": list(candidate.links),
        "Created": candidate.created_at,
        "Followers": candidate.followers,
        "Verified": candidate.check_mark,
        "On the platform": candidate.status.value,
        "Not accused because": list(case.suppressed_by),
        "First seen": case.first_seen,
        "Last seen": case.last_seen,
        reason: case.reason,
        "Dismissed until": case.expires,
        "Report number": case.reference,
        "Evidence": candidate.evidence_id,
        "Not known": list(not_known),
        "Next": next_step,
    }


def _scan_json(scanned: Scanned) -> dict[str, object]:
    return {
        "accounts": scanned.accounts,
        "own": scanned.own,
        "protected": scanned.protected,
        "new": scanned.new,
        "likely": scanned.likely,
        "reopened": scanned.reopened,
        "removed": scanned.removed,
        "unseen": scanned.unseen,
        "pictures_unseen": scanned.pictures_unseen,
        "own_pictures_unseen": scanned.own_pictures_unseen,
        "sources": [
            {
                "source": one.source,
                "state": one.state.value,
                "requests": one.requests,
                "asked": one.asked,
                "candidates": one.candidates,
                "cost": one.cost,
                "reason": one.reason,
                "remedy": one.remedy,
                "blind_to": list(one.blind_to),
            }
            for one in scanned.reports
        ],
    }


def _say_scan(scanned: Scanned) -> None:
    from auditor.app.impersonators.summary import summary

    for line in summary(scanned):
        say(line)
