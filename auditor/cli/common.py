"""Options every command shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

if TYPE_CHECKING:
    from auditor.app.workspace import Workspace

Format = Literal["table", "json"]


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class Common:
    """What every command takes."""

    config: Annotated[
        str | None, Parameter(help="Configuration file; default: AUDITOR_CONFIG, else auditor.yaml here.")
    ] = None
    debug: Annotated[
        bool, Parameter(help="Show tracebacks and debug logs (secrets masked).", negative=())
    ] = False

    def workspace(self) -> Workspace:
        """Open the workspace of the configuration; raises ConfigError."""
        from auditor.app.workspace import Workspace
        from auditor.cli.console import use_zone
        from auditor.config import find_config
        from auditor.logs import configure

        configure("debug" if self.debug else "warning")
        workspace = Workspace.open(find_config(self.config))
        use_zone(workspace.config.organization.zone)
        return workspace


COMMON = Common()
"""Default for a command's ``common`` parameter."""
