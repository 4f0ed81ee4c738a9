"""``auditor attest``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from auditor.cli.common import COMMON, Common
from auditor.cli.console import put_line, say
from auditor.errors import AuditorError, UsageError


def new(
    kind: Annotated[str, Parameter(help="x-delegates, mfa, grants, apps or accounts.")],
    *,
    out: Annotated[Path | None, Parameter(help="File to write; default: attestations/KIND.csv.")] = None,
    common: Common = COMMON,
) -> None:
    """Write the table in which a person states what no API shows, and say how to connect it.

    Fill it in, name yourself as attested_by, and the facts count until they lapse; after that they
    are unknown again. Accounts of the latest snapshot are written into the table, where there is
    one. An existing file is never overwritten.

    Examples: auditor attest new x-delegates; auditor attest new mfa --out attestations/mfa-q4.csv
    """
    from connectors.templates import TEMPLATES, connection_snippet, write_template

    if kind not in TEMPLATES:
        raise UsageError(
            f"there is no attestation table called {kind!r}.", remedy=f"There are: {', '.join(TEMPLATES)}."
        )
    path = out or Path("attestations") / f"{kind}.csv"
    if out is None and path.exists():
        say(f"{path} is there already and stays as it is. Fill it in, then see that 'connections:' has this:")
        put_line(connection_snippet(kind, path))
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    snippet = write_template(kind, path, accounts=_known_accounts(common))
    say(f"wrote {path}")
    say("Fill it in, then add this to 'connections:' in auditor.yaml:")
    put_line(snippet)


def _known_accounts(common: Common) -> list[tuple[str, str]]:
    """Return platform and handle of the accounts to ask about; none before the first audit."""
    from auditor.config import find_config
    from auditor.model.facts import Account

    try:
        find_config(common.config)
        with common.workspace().store(create=False) as store:
            facts = store.facts(store.snapshot("latest").id, "accounts")
            found = {
                (fact.platform, fact.handle) for fact in facts if isinstance(fact, Account) and fact.handle
            }
    except AuditorError:
        if common.config:
            raise
        return []
    return sorted(found)
