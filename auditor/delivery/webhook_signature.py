r"""The signature on a webhook: what a receiver checks, and what is signed.

==========================  ===============================================================
``Auditor-Timestamp``       seconds since 1970 when it was sent; each attempt has its own
``Idempotency-Key``         the message's key, the same for every attempt
``Auditor-Signature``       ``v1=HEX``, one for each secret, joined by commas
==========================  ===============================================================

``HEX`` is HMAC-SHA256 with the secret over timestamp, key and body, a line feed between each two:
``timestamp + "\n" + key + "\n" + body``. Neither of the first two can hold a line feed, so no two
messages are signed alike. The key is signed too: otherwise what was caught once could be sent again
under another key, which the receiver would take for news.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from urllib.parse import quote

TIMESTAMP, KEY, SIGNATURE = "Auditor-Timestamp", "Idempotency-Key", "Auditor-Signature"
SHORTEST_SECRET = 16
"""Characters; a shorter secret could be guessed from one message."""
MOST_SECRETS = 3
_IN_A_HEADER = "!\"#$&'()*+,-./:;<=>?@[\\]^_`{|}~"


def secrets_of(text: str) -> tuple[str, ...]:
    """Return the secrets in ``text``, one a line: several while one is being replaced by the next.

    Raises:
        ValueError: there is none, one is too short, or there are too many; the message repeats none.

    """
    secrets = tuple(text.split())
    if not secrets:
        raise ValueError("there is no secret")
    if len(secrets) > MOST_SECRETS:
        raise ValueError(f"there are more than {MOST_SECRETS} secrets")
    if any(len(secret) < SHORTEST_SECRET for secret in secrets):
        raise ValueError(f"a secret has fewer than {SHORTEST_SECRET} characters")
    return secrets


def header_key(key: str) -> str:
    """Return ``key`` as a header can carry it: as it is, unless it holds spaces or letters beyond ASCII."""
    return quote(key, safe=_IN_A_HEADER)


def signed_headers(body: bytes, key: str, secrets: Sequence[str], now: int) -> Mapping[str, str]:
    """Return the three headers of one attempt at ``now``, in seconds since 1970."""
    shown, stamp = header_key(key), str(now)
    signatures = ",".join(f"v1={_signature(secret, stamp, shown, body)}" for secret in secrets)
    return {TIMESTAMP: stamp, KEY: shown, SIGNATURE: signatures}


def _signature(secret: str, stamp: str, key: str, body: bytes) -> str:
    signed = b"\n".join((stamp.encode(), key.encode(), body))
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
