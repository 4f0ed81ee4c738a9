"""``auditor doctor``."""

from __future__ import annotations

from auditor.cli.common import COMMON, Common, Format
from auditor.cli.console import put_json, put_line, put_table


def doctor(*, format: Format = "table", common: Common = COMMON) -> int:
    """Check the configuration and everything it names; exit 1 if something is wrong.

    Checked are: the installation, secrets, store, policies, tables, roster, every connection (token
    valid, permissions held and missing and not needed, version served, what it will not be able to
    see), mail, alerts, each source of impersonators, each SIEM sink and custody. Nothing is changed and
    nothing is sent.

    Example: auditor doctor --format json
    """
    from auditor.app.doctor import checks

    found = list(checks(common.workspace()))
    bad = sum(check.state == "bad" for check in found)
    if format == "json":
        put_json(
            [
                {"state": c.state, "subject": c.subject, "message": c.message, "remedy": c.remedy}
                for c in found
            ]
        )
    else:
        put_table(
            ["", "what", "found", "what to do"],
            [(c.state.value, c.subject, c.message, c.remedy) for c in found],
        )
        warnings = sum(check.state == "warning" for check in found)
        put_line(f"{bad} to mend, {warnings} worth a look." if bad or warnings else "All is in order.")
    return 1 if bad else 0
