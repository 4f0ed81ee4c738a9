"""Candidates on X, over real HTTP to the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from auditor.demo.x_sandbox import Dialect, Fault, FaultKind, XSandbox, XState, XToken, XUser
from auditor.errors import ConnectorError
from auditor.model.impersonation import AccountStatus, ProtectedProfile, SourceState
from connectors.candidates.x_users import XUsers, XUsersSettings
from tests.connectors.candidates.support_candidates import HEALTH, HOSTILE, flat
from tests.demo.support_specification import specification_of
from tests.support import make_context

TOKEN = "app-only-bearer-0123456789"
USER_TOKEN = "user-token-9876543210"


@dataclass
class Place:
    """The sandbox and a way to make sources that ask it."""

    sandbox: XSandbox
    folder: Path

    def source(self, **more: object) -> XUsers:
        """Return a source with these settings."""
        secrets = {"env:X": TOKEN, "env:U": USER_TOKEN}
        settings = {"id": "x-names", "bearer_token": "env:X", "base_url": self.sandbox.base_url, **more}
        return XUsers(XUsersSettings.model_validate(settings), make_context(self.folder, secrets=secrets))

    def asked(self, path: str) -> list[dict[str, str]]:
        """Return the queries sent to ``path``."""
        return [one.query for one in self.sandbox.requests if one.path == path]


@pytest.fixture(params=["2.166", "2.167"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """A brand, a squat, a squat with our badge, a suspended one, and one that only a search finds."""
    dialect: Dialect = request.param
    state = XState()
    state.add(XUser("1001", "RiversideHealth", name="Riverside Health", verified_type="business"))
    state.add(XUser("9001", "RiversideHea1th", name=HOSTILE, website="https://bad.example/x", followers=7))
    state.add(XUser("9002", "RiversideHlthHQ", name="Riverside Health HQ", badge_of="1001", parody=True))
    state.add(XUser("9003", "RiversideHaelth", name="Riverside Health", status="suspended"))
    state.add(XUser("9004", "rsh_alerts", name="Riverside Health"))
    state.tokens[TOKEN] = XToken()
    state.tokens[USER_TOKEN] = XToken(user_id="1001")
    with XSandbox(state, dialect) as sandbox:
        yield Place(sandbox, tmp_path)


def test_generated_handles_find_squats_a_hundred_a_call(place: Place) -> None:
    """Squats that no search need show are found; only those that exist are paid for."""
    source = place.source()
    found = flat(source.candidates([HEALTH]))
    assert set(found) == {"9001", "9002"}
    sent = [len(one["usernames"].split(",")) for one in place.asked("/2/users/by")]
    refused = 1 if place.sandbox.dialect == "2.167" else 0
    assert sent[refused:-1] == [100] * (len(sent) - 1 - refused)
    report = source.report()
    assert report.state is SourceState.COMPLETE
    assert (report.candidates, report.cost) == (2, 0.02)
    assert report.requests == len(place.sandbox.requests)
    assert ("who carries our badge" in report.blind_to) == (place.sandbox.dialect == "2.167")


def test_what_a_profile_says_is_kept_as_data(place: Place) -> None:
    """Hostile text is unchanged, shorteners are resolved, badge and label are told where X shows them."""
    found = flat(place.source().candidates([HEALTH]))
    squat, badge = found["9001"], found["9002"]
    assert squat.name == HOSTILE
    assert squat.links == ("https://bad.example/x",)
    assert (squat.bio, squat.blank) == ("", ("bio", "verified_type"))
    assert squat.check_mark == "none"
    assert replace(squat, blank=()).check_mark == ""
    assert (squat.followers, squat.platform, squat.source) == (7, "x", "x-names")
    assert badge.parody is True
    assert badge.affiliations == (("1001",) if place.sandbox.dialect == "2.166" else ())


def test_a_cap_on_handles_is_said(place: Place) -> None:
    """Asking for fewer handles than there are is partial, never complete."""
    source = place.source(handles=5)
    flat(source.candidates([HEALTH]))
    report = source.report()
    assert report.state is SourceState.PARTIAL
    assert "5 handles" in report.reason
    assert len(place.asked("/2/users/by")[-1]["usernames"].split(",")) == 5


def test_users_paid_for_never_exceed_the_cap(place: Place) -> None:
    """With room for one user no call may return two."""
    source = place.source(max_users=1)
    assert len(flat(source.candidates([HEALTH]))) <= 1
    report = source.report()
    assert report.state is SourceState.PARTIAL
    assert report.cost == 0.01
    assert "max_users" in report.remedy


def test_a_search_finds_who_has_only_the_name(place: Place) -> None:
    """With a user's token an account of another handle is found by its name."""
    source = place.source(bearer_token="env:U", handles=0, search=True)
    assert "9004" in flat(source.candidates([HEALTH]))
    assert place.asked("/2/users/search")[-1]["query"] == "RiversideHealth"


def test_a_search_goes_on_by_its_own_token(place: Place) -> None:
    """A second page is asked for with next_token."""
    for number in range(150):
        place.sandbox.state.add(XUser(str(5000 + number), f"fan{number}", name="Riverside Health"))
    source = place.source(bearer_token="env:U", handles=0, search=True, search_pages=2)
    assert len(flat(source.candidates([HEALTH]))) >= 150
    assert any("next_token" in one for one in place.asked("/2/users/search"))


def test_a_search_that_the_token_may_not_is_said(place: Place) -> None:
    """An app-only token finds squats and is partial; with nothing told it has failed."""
    both, alone = place.source(search=True), place.source(handles=0, search=True)
    assert "9001" in flat(both.candidates([HEALTH]))
    assert flat(alone.candidates([HEALTH])) == {}
    assert both.report().state is SourceState.PARTIAL
    assert alone.report().state is SourceState.FAILED
    assert alone.report().reason
    assert TOKEN not in repr((both.report(), alone.report()))


def test_known_accounts_are_followed_by_id(place: Place) -> None:
    """Renamed, suspended and gone are told; other platforms' ids are not asked for."""
    place.sandbox.state.users[1].username = "TotallyOther"
    known = [("x", "9001"), ("x", "9003"), ("x", "777"), ("mastodon", "5@social.example")]
    found = flat(place.source().again(known))
    assert found["9001"].handle == "TotallyOther"
    assert found["9003"].status is AccountStatus.SUSPENDED
    assert found["777"].status is AccountStatus.GONE
    assert len(found) == 3


def test_a_failed_look_at_known_accounts_removes_nothing(place: Place) -> None:
    """Where X is down nobody is gone, and the report says failed."""
    place.sandbox.state.faults.append(Fault(FaultKind.UNAUTHORIZED, path="/2/users", times=9))
    source = place.source()
    assert flat(source.again([("x", "777")])) == {}
    assert source.report().state is SourceState.FAILED


def test_what_is_sent_holds_to_the_specification(place: Place) -> None:
    """Each request of a scan is one that X's own document allows, by its parameters, limits and token.

    The fields that a dialect no longer knows are asked for once, refused, and not again.
    """
    specification = specification_of(place.sandbox.dialect)
    names = ProtectedProfile(
        key="n", name="Nestl\u00e9 & S\u00f8ns (Health) #1", handle="NestleHealth", platform="x"
    )
    everything = {"handles": 250, "search": True, "search_pages": 2, "max_users": 150}
    source = place.source(bearer_token="env:U", **everything)
    flat(source.again([("x", str(number)) for number in range(9001, 9106)]))
    flat(source.candidates([HEALTH, names]))
    list(source.check())
    paths = {one.path for one in place.sandbox.requests}
    assert paths == {"/2/users", "/2/users/by", "/2/users/search"}
    refused = [
        why
        for one in place.sandbox.requests
        for why in specification.refusals(one.path, one.query, app_only=False)
    ]
    served = place.sandbox.dialect == "2.166"
    assert len(refused) == (0 if served else 1)
    assert all("'affiliation' is not one of" in why for why in refused)
    found = place.asked("/2/users/search")[0]
    assert list(specification.refusals("/2/users/search", found, app_only=True)) == ["an app-only token"]
    assert list(specification.refusals("/2/users/search", {"query": "Nestl\u00e9"}, app_only=False))
    assert list(specification.refusals("/2/users/by", {"usernames": "a," * 100 + "a"}, app_only=True))


def test_known_accounts_are_paid_for_beside_the_cap(place: Place) -> None:
    """Following a case takes nothing from what may be found, and an account is paid for once a day."""
    source = place.source(max_users=1)
    flat(source.again([("x", "9001"), ("x", "9002")]))
    found = flat(source.candidates([HEALTH]))
    assert set(found) == {"9001", "9002"}
    report = source.report()
    assert (report.state, report.cost) == (SourceState.COMPLETE, 0.02)
    assert report.asked.startswith("2 accounts with a case, ")
    assert "who carries our badge" not in report.blind_to or place.sandbox.dialect == "2.167"


def test_doctor_asks_for_nobody(place: Place) -> None:
    """A check is one free request, and one more where searching is on; a refusal is an error with a remedy."""
    assert [one.subject for one in place.source().check()] == ["reach"]
    assert [one.subject for one in place.source(bearer_token="env:U", search=True).check()] == [
        "reach",
        "search",
    ]
    assert place.asked("/2/users") == [{"ids": "0"}, {"ids": "0"}]
    with pytest.raises(ConnectorError, match="Application-Only"):
        list(place.source(search=True).check())
    place.sandbox.state.tokens[TOKEN].is_revoked = True
    with pytest.raises(ConnectorError) as caught:
        list(place.source().check())
    assert "new token" in caught.value.remedy
    assert TOKEN not in str(caught.value)


def test_what_x_said_is_handed_on_for_evidence(place: Place) -> None:
    """The user object, or X's own words of a suspended one, with where it was said and when."""
    source = place.source()
    place.sandbox.state.users[1].confirmed_email = "secret@bad.example"
    found = flat(source.again([("x", "9001"), ("x", "9003")]))
    (there,), (suspended,) = found["9001"].told, found["9003"].told
    assert (there["asked"], there["source"], there["at"]) == (
        "/2/users",
        "x-names",
        "2026-11-20T09:00:00+00:00",
    )
    record, problem = there["record"], suspended["record"]
    assert isinstance(record, dict)
    assert isinstance(problem, dict)
    assert record["name"] == HOSTILE
    assert "confirmed_email" not in record
    assert "suspended" in problem["detail"]
