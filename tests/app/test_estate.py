"""Looking accounts and principals up: exactly, and never by a key that fits two."""

from __future__ import annotations

from auditor.app.estate import Estate
from auditor.model.facts import Account, Grant, Principal
from tests.support import NOW


def account(account_id: str, handle: str, name: str = "", url: str = "") -> Account:
    """Return an account."""
    return Account(
        source="s",
        observed_at=NOW,
        account_id=account_id,
        platform="x",
        kind="profile",
        handle=handle,
        name=name or None,
        url=url or None,
    )


def principal(principal_id: str, name: str, email: str | None = None) -> Principal:
    """Return a principal."""
    return Principal(
        source="s", observed_at=NOW, principal_id=principal_id, platform="x", name=name, email=email
    )


def grant(account_id: str, principal_id: str) -> Grant:
    """Return a grant."""
    return Grant(
        source="s",
        observed_at=NOW,
        grant_id=f"{account_id}|{principal_id}",
        account_id=account_id,
        principal_id=principal_id,
    )


def test_accounts_are_found_by_id_handle_url_and_name() -> None:
    """Every way a person may write an account finds it, in any case and with or without @."""
    estate = Estate()
    estate.add([account("x:1", "Riverside", "Riverside Health", "https://x.com/Riverside")])
    for reference in (
        "x:1",
        "1",
        "@riverside",
        "RIVERSIDE",
        "https://www.x.com/riverside/",
        "Riverside Health",
    ):
        assert estate.account_id("x", reference) == "x:1"
    assert estate.account_id("facebook", "riverside") is None
    assert estate.account_id("x", "") is None
    assert estate.account_id("x", "@") is None


def test_a_name_two_accounts_share_finds_neither() -> None:
    """An ambiguous reference is no reference."""
    estate = Estate()
    estate.add([account("x:1", "one", "Clinic"), account("x:2", "two", "Clinic")])
    assert estate.account_id("x", "Clinic") is None
    assert estate.account_id("x", "two") == "x:2"


def test_principals_are_found_by_mail_then_by_a_name_unique_on_the_account() -> None:
    """A name counts only among one account's holders and only where one bears it; missing matches nothing."""
    estate = Estate()
    estate.add(
        [
            principal("x:7", "Dana Cole", "dana@riverside.example"),
            principal("x:8", "Sam Poe"),
            principal("x:9", "Sam Poe"),
            principal("x:10", "Lee Ray"),
            grant("x:1", "x:7"),
            grant("x:1", "x:8"),
            grant("x:2", "x:9"),
        ]
    )
    find = estate.principal_id
    assert find("x", "x:1", email="DANA@riverside.example", handle=None, name=None) == "x:7"
    assert find("x", "x:1", email=None, handle=None, name="dana cole") == "x:7"
    assert find("x", "x:1", email=None, handle=None, name="Sam Poe") == "x:8"
    assert find("x", "x:1", email=None, handle=None, name="Lee Ray") is None
    assert find("x", "x:1", email=None, handle=None, name=None) is None
    assert find("x", "x:1", email="", handle="", name="") is None
