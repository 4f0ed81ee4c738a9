"""Reads a Meta business portfolio through facebook-sdk."""

from connectors.meta.connector import MetaConnector, MetaSettings

__all__ = ["MetaConnector", "MetaSettings"]
