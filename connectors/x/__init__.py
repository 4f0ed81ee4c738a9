"""Reads brand accounts on X through tweepy."""

from connectors.x.connector import XConnector, XSettings

__all__ = ["XConnector", "XSettings"]
