"""Auditor: who, and what, can act as a brand on social platforms, should they, and how do we know."""

__version__ = "0.1.0"
