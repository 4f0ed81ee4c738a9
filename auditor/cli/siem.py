"""``auditor siem``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from auditor.cli.common import COMMON, Common, Format
from auditor.cli.console import complain, put_json, put_table
from auditor.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.app.siem import SinkState
    from auditor.app.workspace import Workspace


def send(*, format: Format = "table", common: Common = COMMON) -> int:
    """Send every sink of the section siem the events it has not got; exit code 1 where one has not taken them.

    What a sink that is down has not got waits in the store for the next time.

    Example: auditor siem send
    """
    from auditor.app.siem import siem_due

    workspace = _with_sinks(common)
    with workspace.store(create=False) as store:
        states = siem_due(workspace, store)
    return _tell(states, format)


def status(
    *,
    check: Annotated[
        bool, Parameter(help="Also try each way, without sending anything.", negative=())
    ] = False,
    format: Format = "table",
    common: Common = COMMON,
) -> int:
    """Show how many events each sink has not got, and since when the oldest waits.

    Examples: auditor siem status; auditor siem status --check --format json
    """
    from auditor.app.siem import siem_status

    workspace = _with_sinks(common)
    with workspace.store(create=False) as store:
        states = siem_status(workspace, store, check=check)
    return _tell(states, format)


def _with_sinks(common: Common) -> Workspace:
    workspace = common.workspace()
    if not workspace.config.siem:
        raise ConfigError(
            "siem: there is no sink to send events to.",
            path=workspace.loaded.document.path,
            remedy="Add 'siem: [{file: siem/auditor.jsonl}]'; docs/siem.md shows more.",
        )
    return workspace


def _tell(states: Sequence[SinkState], format: Format) -> int:
    if format == "json":
        put_json(
            [
                {
                    "sink": state.name,
                    "sent": state.sent,
                    "waiting": state.waiting,
                    "waiting_since": state.waiting_since,
                    "trouble": state.trouble or None,
                    "remedy": state.remedy or None,
                }
                for state in states
            ]
        )
    else:
        put_table(
            ["sink", "sent", "waiting", "since"],
            [(state.name, state.sent, state.waiting, state.waiting_since) for state in states],
        )
    troubled = [state for state in states if state.trouble]
    for state in troubled:
        complain(f"{state.name}: {state.trouble}", state.remedy)
    return 1 if troubled else 0
