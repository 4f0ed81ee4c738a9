"""auditor.yaml: what to read, hold against what, and whom to tell.

Unknown keys are errors with the nearest right one named; every error has the file, the line and
the mend. Secrets are references (``keyring:``, ``env:``, ``file:``); a literal one is refused.
"""

from __future__ import annotations

from auditor.config.alerts import AlertsSection
from auditor.config.base import SECRET_REFERENCE, EmailText, SecretRef, StrictModel
from auditor.config.custody import CustodySection, SeedReaders
from auditor.config.exposure import ExposureSection
from auditor.config.impersonators import ImpersonatorsSection, KnownAccount, SourceEntry, TradeName
from auditor.config.load import DEFAULT_NAME, LoadedConfig, find_config, load_config, validate
from auditor.config.sections import (
    AccountsSection,
    Config,
    ConnectionEntry,
    MailSection,
    Organization,
    PoliciesSection,
    ReportsSection,
    RiskSection,
    RosterEntry,
    SeverityPoints,
)
from auditor.config.siem import SiemSink
from auditor.config.watch import WatchSection

__all__ = [
    "DEFAULT_NAME",
    "SECRET_REFERENCE",
    "AccountsSection",
    "AlertsSection",
    "Config",
    "ConnectionEntry",
    "CustodySection",
    "EmailText",
    "ExposureSection",
    "ImpersonatorsSection",
    "KnownAccount",
    "LoadedConfig",
    "MailSection",
    "Organization",
    "PoliciesSection",
    "ReportsSection",
    "RiskSection",
    "RosterEntry",
    "SecretRef",
    "SeedReaders",
    "SeverityPoints",
    "SiemSink",
    "SourceEntry",
    "StrictModel",
    "TradeName",
    "WatchSection",
    "find_config",
    "load_config",
    "validate",
]
