"""``auditor connectors``."""

from __future__ import annotations

from auditor.cli.common import COMMON, Common, Format
from auditor.cli.console import put_json, put_line, put_table


def list_connectors(*, format: Format = "table", common: Common = COMMON) -> None:
    """List every connector: what it reads, the permissions it asks for, and what it can show.

    Example: auditor connectors list --format json
    """
    from connectors.registry import make, makers

    known = [make(name) for name in sorted(makers())]
    if format == "json":
        put_json(
            [
                {
                    "name": connector.name,
                    "summary": connector.summary,
                    "platforms": list(connector.platforms),
                    "scopes": [
                        {"name": scope.name, "reason": scope.reason, "required": scope.required}
                        for scope in connector.scopes
                    ],
                    "sees": {sight.fact.value: sight.can for sight in connector.sees},
                    "remedies": {sight.fact.value: sight.remedy for sight in connector.sees if sight.remedy},
                }
                for connector in known
            ]
        )
        return
    put_table(
        ["connector", "reads", "asks for", "shows", "cannot show"],
        [
            (
                connector.name,
                connector.summary,
                [scope.name for scope in connector.scopes],
                [sight.fact.value for sight in connector.sees if sight.can],
                [sight.fact.value for sight in connector.sees if not sight.can],
            )
            for connector in known
        ],
    )
    put_line("")
    put_line("What a connector cannot show comes in by attestation: 'auditor attest new --help'.")
