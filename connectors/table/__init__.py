"""Reads what a named person states in a table."""

from connectors.table.connector import TableConnector, TableSettings

__all__ = ["TableConnector", "TableSettings"]
