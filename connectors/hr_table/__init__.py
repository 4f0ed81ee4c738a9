"""Reads the HR roster from a table."""

from connectors.hr_table.connector import (
    ROSTER_ACCOUNT,
    HrTableConnector,
    HrTableSettings,
    Roster,
    read_roster,
)

__all__ = ["ROSTER_ACCOUNT", "HrTableConnector", "HrTableSettings", "Roster", "read_roster"]
