"""Reads an X account's own data archive."""

from connectors.x_archive.connector import XArchiveConnector, XArchiveSettings

__all__ = ["XArchiveConnector", "XArchiveSettings"]
