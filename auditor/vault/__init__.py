"""Secrets: references to values, and the scrubbing of values from all text we emit."""

from auditor.vault.references import SecretChain
from auditor.vault.scrub import redact, redact_record, register

__all__ = ["SecretChain", "redact", "redact_record", "register"]
