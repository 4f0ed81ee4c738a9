"""How a report speaks of accounts that may pose as ours: in what groups, what is not known, what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from auditor.model.impersonation import CaseState
from reports import names
from reports.dossier import code_points
from reports.dossier_routes import known_platforms, routes
from reports.impersonators import Impersonation, ImpersonatorCase, Shown, SourceShown
from reports.text import plural

_LETTERS = 4
"""Odd letters of a name that are named one by one; a name in another script would fill the page."""
_ELSEWHERE = {"mastodon": "Mastodon", "bluesky": "Bluesky"}
_SHORT_ID = 8
"""Digits of a case's id that suffice for a command."""
_CONFIGURED = " in auditor.yaml)"
"""How a reason ends that somebody wrote down there."""


@dataclass(frozen=True, slots=True)
class Group:
    """Cases that ask the same of a reader."""

    key: str
    title: str
    note: str
    cases: tuple[ImpersonatorCase, ...]
    is_open: bool = True
    """Shown whole at once; the others are folded, with their reasons in sight."""


def groups(cases: Sequence[ImpersonatorCase]) -> tuple[Group, ...]:
    """Return the cases by what they ask for, the gravest first; groups without a case are left out."""
    there = [one for one in cases if one.state.is_open]
    likely = tuple(one for one in there if one.likely)
    spared = tuple(one for one in there if one.suppressed_by)
    review = tuple(one for one in there if not one.likely and not one.suppressed_by)
    closed = tuple(one for one in cases if not one.state.is_open)
    made = (
        Group("likely", "Likely impersonators", "Two of name, handle, picture and a claim to act for us are ours, "
              "or the name is deliberately disguised.", likely),
        Group("review", "For somebody to look at", "Something is like ours, and not enough to accuse anybody.", review),
        Group("spared", "Not accused", "They look like ours, and a reason speaks against accusing them. It is shown, "
              "so that somebody can say whether it holds.", spared, is_open=False),
        Group("closed", "Closed", "Removed by their platform, or dismissed by a person until a day.", closed, is_open=False),
    )  # fmt: skip
    return tuple(one for one in made if one.cases)


def counted(seen: Impersonation) -> str:
    """Return how many cases are open, and what they ask for, as the beginning of a sentence."""
    there = [f"{len(one.cases):,} {one.title.lower()}" for one in groups(seen.open_cases)]
    closed = len(seen.cases) - len(seen.open_cases)
    said = plural(len(seen.open_cases), "open case") + (f": {', '.join(there)}" if there else "")
    return f"{said}; {closed:,} closed" if closed else said


_STATES = {
    "complete": "told of all it could",
    "partial": "did not tell of everything",
    "failed": "could not be asked",
    "empty": "had nothing to look at",
}


def came_to(state: str) -> str:
    """Return how far a source in this state got, as the rest of a sentence."""
    return _STATES.get(state, state)


def was_asked(source: SourceShown) -> str:
    """Return what a source was asked."""
    if not source.requests:
        return source.asked or "nothing"
    return plural(source.requests, "request") + (f": {source.asked}" if source.asked else "")


def dollars(cost: float | None) -> str:
    """Return a cost at the prices configured; what has no price says so."""
    return "no price" if cost is None else f"${cost:,.2f}"


def spent(seen: Impersonation) -> str:
    """Return what the last look asked of platforms and what that cost, as the end of a sentence."""
    costs = [one.cost for one in seen.sources if one.cost is not None]
    said = plural(sum(one.requests for one in seen.sources), "request")
    return f"{said}, {dollars(sum(costs))} at the prices configured" if costs else f"{said}, nothing priced"


def one_line(seen: Impersonation | None) -> str:
    """Return what a page with room for one sentence says of all cases."""
    if seen is None or seen.scanned_at is None:
        return "Whether others pose as us is not known: nobody has looked."
    likely = sum(one.likely for one in seen.open_cases)
    if seen.saw_nothing and not likely:
        return "Whether others pose as us is not known: the last look found nothing to look at."
    said = f"{plural(likely, 'account')} likely {'poses' if likely == 1 else 'pose'} as ours"
    if not likely:
        said = "No account was found that likely poses as ours"
    return f"{said}{', as far as sources could be asked' if seen.unread else ''}."


def letters(one: Shown) -> tuple[str, ...]:
    """Return the letters of name and handle outside of plain ASCII, each by number and name; many are cut."""
    found = tuple(dict.fromkeys((*code_points(one.name), *code_points(one.handle))))
    if len(found) <= _LETTERS + 1:
        return found
    return (*found[:_LETTERS], f"and {plural(len(found) - _LETTERS, 'more letter')} outside of ASCII")


def not_known(case: ImpersonatorCase, pictures: tuple[str, str]) -> tuple[str, ...]:
    """Return what nobody has told of the account, and so was not compared.

    Args:
        pictures: theirs and ours as the report shows them; empty: not known.

    """
    theirs, ours = pictures
    account = case.account
    missing = (
        ("its bio", account.bio is None),
        ("its address", not account.url),
        ("when it was made", account.created_at is None),
        ("how many follow it", account.followers is None),
        ("its picture", not theirs),
        ("the picture it has by now", bool(theirs) and case.picture_unseen),
        ("our picture to compare with", case.ours is not None and not ours),
    )
    return tuple(word for word, is_missing in missing if is_missing)


def next_step(case: ImpersonatorCase, *, in_brief: bool = False) -> str:
    """Return what a person does next, as sentences; in brief, without where the form is."""
    short = case.case_id[:_SHORT_ID]
    if case.state is CaseState.REMOVED:
        return "Nothing. If it comes back, the case is opened again."
    if case.state is CaseState.DISMISSED:
        until = f"until {case.expires.isoformat()}, or " if case.expires else ""
        return f"Nothing {until}until the account changes."
    if case.suppressed_by:
        written = any(_CONFIGURED in reason for reason in case.suppressed_by)
        until = "; once it does not, take its entry out of auditor.yaml" if written else ""
        return f"Nothing, as long as the reason holds{until}."
    if case.state is CaseState.REPORTED:
        number = f" under number {case.reference}" if case.reference else ""
        return f"Wait for the platform's answer{number}; the next scan tells whether the account is gone."
    if not case.likely:
        return (
            f"Look at both. Keep what you decide: 'auditor impersonators watch {short}', or 'dismiss {short}' "
            "with a reason."
        )
    if in_brief:
        return f"{_route(case.platform, in_brief=True)} 'auditor impersonators dossier {short}' has what it asks for."
    return (
        f"{_route(case.platform)} 'auditor impersonators dossier {short}' fills in what the form asks for, with "
        "the evidence."
    )


def platform(name: str) -> str:
    """Return how people call a platform, also one where we have no account."""
    return _ELSEWHERE.get(name) or names.platform(name)


def _route(name: str, *, in_brief: bool = False) -> str:
    if name not in known_platforms():
        return f"Report it to {platform(name)}: look for “impersonation” in its help pages."
    first = routes(name)[0]
    return f"Report it to {platform(name)}: {first.title}.{'' if in_brief else f' Where: {first.where}.'}"
