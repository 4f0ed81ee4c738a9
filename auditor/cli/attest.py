"""``auditor attest``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from auditor.cli.console import put_line, say
from auditor.errors import UsageError


def new(
    kind: Annotated[str, Parameter(help="x-delegates, mfa, grants, apps or accounts.")],
    *,
    out: Annotated[Path | None, Parameter(help="File to write; default: attestations/KIND.csv.")] = None,
) -> None:
    """Write the table in which a person states what no API shows, and say how to connect it.

    Fill it in, name yourself as attested_by, and the facts count until they lapse; after that they
    are unknown again. An existing file is never overwritten.

    Examples: auditor attest new x-delegates; auditor attest new mfa --out attestations/mfa-q4.csv
    """
    from connectors.templates import TEMPLATES, write_template

    if kind not in TEMPLATES:
        raise UsageError(
            f"there is no attestation table called {kind!r}.", remedy=f"There are: {', '.join(TEMPLATES)}."
        )
    path = out or Path("attestations") / f"{kind}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    snippet = write_template(kind, path)
    say(f"wrote {path}")
    say("Fill it in, then add this to 'connections:' in auditor.yaml:")
    put_line(snippet)
