"""``auditor init``."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from auditor.cli.console import say
from auditor.errors import UsageError

if TYPE_CHECKING:
    from auditor.app.initialise import Answers


def init(
    *,
    out: Annotated[Path, Parameter(help="Folder to write into.")] = Path(),
    organization: Annotated[str, Parameter(help="Name of the organisation.")] = "",
    timezone: Annotated[str, Parameter(help="Its time zone, such as America/Chicago.")] = "UTC",
    email_domain: Annotated[tuple[str, ...], Parameter(help="A domain of its work addresses.")] = (),
    roster: Annotated[str, Parameter(help="Path of the HR roster, CSV or XLSX, seen from --out.")] = "",
    x_archive: Annotated[str, Parameter(help="Path of an X data archive, or of a folder of them.")] = "",
    x_handle: Annotated[
        tuple[str, ...], Parameter(help="A brand account on X, to be read over the API.")
    ] = (),
    meta_business_id: Annotated[str, Parameter(help="Id of the Meta business portfolio.")] = "",
    recipient: Annotated[tuple[str, ...], Parameter(help="Whom reports are mailed to.")] = (),
) -> None:
    """Ask a few questions and write a commented auditor.yaml, with the tables it refers to.

    On a terminal, what is not given as an option is asked for. Elsewhere only --organization is
    needed. Nothing that is already there is overwritten.

    Example: auditor init --organization "Riverside Health" --email-domain riverside.example --roster hr/people.csv --x-archive exports/x
    """
    from auditor.app.initialise import Answers, initialise

    answers = Answers(
        organization=organization,
        timezone=timezone,
        email_domains=email_domain,
        roster=roster,
        x_archive=x_archive,
        x_handles=x_handle,
        meta_business_id=meta_business_id,
        recipients=recipient,
    )
    if not organization:
        if not sys.stdin.isatty():
            raise UsageError("the organisation's name is missing.", remedy="Give it with --organization.")
        answers = _ask(answers)
    for path in initialise(answers, out):
        say(f"wrote {path}")
    for named in (answers.roster, answers.x_archive):
        if named and not (out / named).exists():
            say(f"note: {out / named} is not there yet")
    say("")
    say("Next: auditor doctor    (checks everything this file names)")
    say("Then: auditor audit     (gathers, judges, reports)")


def _ask(answers: Answers) -> Answers:
    say("A few questions; press Enter to leave one open. Everything can be changed in auditor.yaml.")
    name = ""
    while not name:
        name = input("Name of the organisation: ").strip()
    return replace(
        answers,
        organization=name,
        timezone=_one("Its time zone, such as America/Chicago", answers.timezone),
        email_domains=_several(
            "Domains of its work addresses, such as riverside.example", answers.email_domains
        ),
        roster=_one("Path of the HR roster (CSV or XLSX)", answers.roster),
        x_archive=_one("Path of an X data archive (zip), or of a folder of them", answers.x_archive),
        x_handles=_several("X handles to read over the API (needs a token)", answers.x_handles),
        meta_business_id=_one("Id of the Meta business portfolio (needs a token)", answers.meta_business_id),
        recipients=_several("Addresses reports are mailed to", answers.recipients),
    )


def _one(question: str, default: str) -> str:
    shown = f" [{default}]" if default else ""
    return input(f"{question}{shown}: ").strip() or default


def _several(question: str, default: tuple[str, ...]) -> tuple[str, ...]:
    text = _one(question, ", ".join(default))
    return tuple(part for part in text.replace(",", " ").split() if part)
