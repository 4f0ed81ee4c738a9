"""OAuth 1.0a request signatures (RFC 5849, HMAC-SHA1), as X checks them."""

from __future__ import annotations

import base64
import hmac
from urllib.parse import quote, unquote

from auditor.demo.loopback import Request
from auditor.demo.x_sandbox.state import OAuth1Keys

SIGNED_HOST = "https://api.twitter.com"
"""The host tweepy signs for, whatever host the request then goes to."""


def authorization_parameters(header: str) -> dict[str, str]:
    """Return the parameters of an ``Authorization: OAuth ...`` header, decoded."""
    parts = (part.strip().partition("=") for part in header.removeprefix("OAuth ").split(","))
    return {name: unquote(value.strip('"')) for name, _, value in parts}


def is_signed(request: Request, parameters: dict[str, str], keys: OAuth1Keys) -> bool:
    """Return whether ``request`` bears the signature that ``keys`` make."""
    signed = {
        **request.query,
        **{key: value for key, value in parameters.items() if key != "oauth_signature"},
    }
    pairs = "&".join(
        f"{key}={value}" for key, value in sorted((_escape(k), _escape(v)) for k, v in signed.items())
    )
    base = "&".join((request.method, _escape(SIGNED_HOST + request.path), _escape(pairs)))
    key = f"{_escape(keys.consumer_secret)}&{_escape(keys.access_token_secret)}"
    wanted = base64.b64encode(hmac.new(key.encode(), base.encode(), "sha1").digest()).decode()
    return hmac.compare_digest(wanted, parameters.get("oauth_signature", ""))


def _escape(text: str) -> str:
    return quote(text, safe="~")
