"""A loopback server that speaks X's API v2, in both of its dialects, and misbehaves when told to."""

from auditor.demo.x_sandbox.server import XSandbox
from auditor.demo.x_sandbox.state import (
    Dialect,
    Fault,
    FaultKind,
    OAuth1Keys,
    RateLimit,
    XState,
    XToken,
    XUser,
)

__all__ = [
    "Dialect",
    "Fault",
    "FaultKind",
    "OAuth1Keys",
    "RateLimit",
    "XSandbox",
    "XState",
    "XToken",
    "XUser",
]
