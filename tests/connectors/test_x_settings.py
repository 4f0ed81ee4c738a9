"""Settings of the x connector: what is accepted, and what is refused with which words."""

from __future__ import annotations

import subprocess
import sys

import pytest
from pydantic import ValidationError

from connectors.x import XSettings

GOOD: dict[str, object] = {
    "id": "x-brand",
    "connector": "x",
    "accounts": ["RiversideHealth"],
    "bearer_token": "keyring:x-brand",
}
OAUTH1 = {
    key: f"env:{key}" for key in ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
}


def settings(**more: object) -> XSettings:
    """Return good settings with changes."""
    return XSettings.model_validate({**GOOD, **more})


def test_a_leading_at_is_taken_off() -> None:
    """Handles may be written with @, and each counts once, whatever its letters' case."""
    assert settings(accounts=["@Alpha", " beta ", "ALPHA"]).accounts == ("Alpha", "beta")


@pytest.mark.parametrize(
    "handle", ["", "@", "sixteen_letters_", "a-b", "a b", "../me", "naïve", "by?x=1", "a\nb", "@@a", "a,b"]
)
def test_a_handle_that_is_none(handle: str) -> None:
    """What X would not accept as a handle never reaches a path or query."""
    with pytest.raises(ValidationError):
        settings(accounts=["good", handle])


def test_no_accounts() -> None:
    """A connection without accounts is an error, not an empty audit."""
    with pytest.raises(ValidationError):
        settings(accounts=[])


def test_a_literal_secret() -> None:
    """A token written into the file is refused and not repeated."""
    with pytest.raises(ValidationError) as caught:
        settings(bearer_token="AAAAliteral-token")
    assert "AAAAliteral-token" not in str(caught.value)


def test_a_way_in_is_needed() -> None:
    """Without any token the settings are refused."""
    with pytest.raises(ValidationError, match="bearer_token is missing"):
        settings(bearer_token=None)


def test_half_a_set_of_oauth1_keys() -> None:
    """Three of the four keys are not enough."""
    with pytest.raises(ValidationError, match="all of consumer_key"):
        settings(bearer_token=None, **{**OAUTH1, "access_token": None})


def test_two_ways_in() -> None:
    """Two tokens in one connection are refused: which was audited would be unclear."""
    with pytest.raises(ValidationError, match="exclude each other"):
        settings(**OAUTH1)


def test_hosts() -> None:
    """Bearer tokens go to api.x.com, OAuth 1.0a to the host tweepy signs for."""
    assert settings().host == "https://api.x.com"
    assert settings(bearer_token=None, **OAUTH1).host == "https://api.twitter.com"
    assert settings(base_url="http://127.0.0.1:8080").host == "http://127.0.0.1:8080"


@pytest.mark.parametrize(
    "url",
    [
        "http://api.x.com",
        "https://user:pw@api.x.com",
        "https://api.x.com/2",
        "ftp://api.x.com",
        "api.x.com",
        "",
    ],
)
def test_a_base_url_that_is_refused(url: str) -> None:
    """The token goes nowhere but to an https host, or this machine."""
    with pytest.raises(ValidationError):
        settings(base_url=url)


def test_a_proxy_with_a_password() -> None:
    """A password in a proxy's address is a literal secret."""
    with pytest.raises(ValidationError, match="secret"):
        settings(proxies={"https": "http://me:pw@proxy.example:3128"})


def test_loading_the_connector_does_not_load_tweepy() -> None:
    """Listing connectors stays fast: tweepy is imported when something is read."""
    code = "import sys, connectors.x; sys.exit('tweepy' in sys.modules or 'pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
