"""What ``auditor doctor`` says of a connection to X."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from auditor.demo.x_sandbox import Fault, FaultKind, XSandbox
from auditor.errors import SecretUnavailable
from connectors.base import Check, CheckState, Context
from connectors.x import XConnector
from tests.connectors.support_x import DIALECTS, USER_TOKEN, Reader, riverside


@pytest.fixture(params=DIALECTS)
def reader(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Reader]:
    """A reader of Riverside Health, once a dialect."""
    with XSandbox(riverside(), request.param) as sandbox:
        yield Reader(sandbox, tmp_path)


def of(checks: list[Check], state: CheckState) -> str:
    """Return the messages in this state, as one text."""
    return "\n".join(check.message for check in checks if check.state is state)


def test_all_is_well(reader: Reader) -> None:
    """A read-only app token is good, and two calls are enough to say so."""
    checks = reader.check()
    good = of(checks, CheckState.GOOD)
    assert "app-only bearer token" in good
    assert "2 of 2 accounts" in good
    assert "can only read" in good
    assert not of(checks, CheckState.BAD)
    assert reader.paths() == ["/2/users/me", "/2/users/by"]


def test_says_what_will_not_be_seen(reader: Reader) -> None:
    """Each kind of fact X hides is told, with a remedy."""
    hidden = [check for check in reader.check() if "does not show" in check.message]
    told = " ".join(check.message for check in hidden)
    assert all(kind in told for kind in ("grants", "mfa", "apps", "logins", "recovery", "last_used"))
    assert all(check.state is CheckState.WARNING and check.remedy for check in hidden)


def test_a_token_that_may_do_too_much(reader: Reader) -> None:
    """A token that can write and read messages is warned of."""
    reader.token = USER_TOKEN
    checks = reader.check()
    assert "belongs to @RiversideHealth" in of(checks, CheckState.GOOD)
    assert "read-write-directmessages" in of(checks, CheckState.WARNING)


def test_a_token_of_another_account(reader: Reader) -> None:
    """A token of an account that is not named is warned of."""
    reader.token = USER_TOKEN
    assert "@RiversideHealth, which accounts: does not name" in of(
        reader.check("RiversideJobs"), CheckState.WARNING
    )


def test_no_access_level(reader: Reader) -> None:
    """An access level X does not tell is a warning, not good."""
    reader.sandbox.state.tokens[reader.token].access_level = None
    assert "does not tell the token's access level" in of(reader.check(), CheckState.WARNING)


def test_accounts_that_are_not_there(reader: Reader) -> None:
    """Suspended and missing accounts are bad, each with its reason."""
    reader.sandbox.state.users[1].status = "suspended"
    bad = of(reader.check("RiversideHealth", "RiversideJobs", "misspelt_one"), CheckState.BAD)
    assert "X suspended @RiversideJobs." in bad
    assert "There is no @misspelt_one on X" in bad


def test_a_field_no_longer_served(reader: Reader) -> None:
    """Fields X refuses are named."""
    reader.sandbox.state.retired_fields = {"verified_type"}
    assert "verified_type" in of(reader.check(), CheckState.WARNING)


def test_a_dead_token(reader: Reader) -> None:
    """A revoked token is one bad line, with what to do, and no exception."""
    reader.sandbox.state.tokens[reader.token].is_revoked = True
    (check,) = reader.check()
    assert check.state is CheckState.BAD
    assert "auditor secrets set" in check.remedy


def test_users_me_down(reader: Reader) -> None:
    """Where users/me alone fails the rest is still checked."""
    reader.sandbox.state.faults.append(Fault(FaultKind.HTML, path="/2/users/me"))
    checks = reader.check()
    assert "whom the token belongs to is not known" in of(checks, CheckState.WARNING)
    assert "2 of 2 accounts" in of(checks, CheckState.GOOD)


def test_no_secret(reader: Reader) -> None:
    """A secret that cannot be found is one bad line."""

    def nothing(_reference: str) -> str:
        message = "there is no secret under env:X."
        raise SecretUnavailable(message, remedy="Set it.")

    made = reader.context()
    context = Context(clock=made.clock, evidence=made.evidence, secret=nothing, base_dir=made.base_dir)
    (check,) = list(XConnector().check(reader.settings(), context))
    assert (check.state, check.remedy) == (CheckState.BAD, "Set it.")
