"""Candidates on Mastodon and Bluesky, over real HTTP to servers on loopback."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.demo.loopback import Reply
from auditor.model.impersonation import AccountStatus, ProtectedProfile, SourceState
from connectors.candidates.bluesky import Bluesky, BlueskySettings
from connectors.candidates.mastodon import Mastodon, MastodonSettings
from tests.connectors.candidates.support_candidates import (
    HEALTH,
    HOSTILE,
    BlueskySandbox,
    MastodonSandbox,
    flat,
    served,
)
from tests.support import make_context

TOKEN = "mastodon-token-0123456789"


def _mastodon(url: str, folder: Path, slept: list[float] | None = None, **more: object) -> Mastodon:
    settings = MastodonSettings.model_validate({"id": "fedi", "base_url": url, **more})
    sleep = (slept if slept is not None else []).append
    return Mastodon(settings, make_context(folder, secrets={"env:M": TOKEN}, sleep=sleep))


def _bluesky(url: str, folder: Path, **more: object) -> Bluesky:
    settings = BlueskySettings.model_validate({"id": "bsky", "base_url": url, **more})
    return Bluesky(settings, make_context(folder))


def test_mastodon_tells_of_accounts_near_and_far(tmp_path: Path) -> None:
    """Ids and handles carry their server, ids of other servers' accounts their home; bios keep their words alone."""
    sandbox = MastodonSandbox()
    sandbox.add("1", "riverside", "Riverside Health")
    sandbox.add("2", "rh@far.example", f"Riverside Health {HOSTILE}", note="<p></p>", fields=[])
    with served(sandbox) as url:
        source = _mastodon(url, tmp_path)
        found = flat(source.candidates([HEALTH]))
        host = url.removeprefix("http://")
    near, far = found[f"1@{host}"], found[f"2@{host}+far.example"]
    assert (near.handle, near.bio, near.links) == (f"riverside@{host}", "Care & more", ("https://x.example",))
    assert far.handle == "rh@far.example"
    assert (near.blank, far.blank) == ((), ("bio", "links"))
    assert HOSTILE in far.name
    assert source.report().state is SourceState.COMPLETE
    assert source.report().requests == 2


def test_a_server_that_answers_nobody_is_said(tmp_path: Path) -> None:
    """Without its token the source fails with a remedy; with it, it tells; the token is never told."""
    sandbox = MastodonSandbox(token=TOKEN)
    sandbox.add("1", "riverside", "Riverside Health")
    with served(sandbox) as url:
        shut, let_in = _mastodon(url, tmp_path), _mastodon(url, tmp_path, token="env:M")
        assert flat(shut.candidates([HEALTH])) == {}
        assert len(flat(let_in.candidates([HEALTH]))) == 1
    assert shut.report().state is SourceState.FAILED
    assert "token" in shut.report().remedy
    assert TOKEN not in repr(let_in.report())


def test_a_limit_is_waited_for(tmp_path: Path) -> None:
    """A 429 is followed by a wait as long as the server says, and by the answer."""
    sandbox = MastodonSandbox(planned=[Reply(429, b"{}", {"X-RateLimit-Reset": "2026-11-20T09:01:00.000Z"})])
    sandbox.add("1", "riverside", "Riverside Health")
    slept: list[float] = []
    with served(sandbox) as url:
        source = _mastodon(url, tmp_path, slept)
        assert len(flat(source.candidates([HEALTH]))) == 1
    assert slept == [61.0]


@pytest.mark.parametrize(
    "reply",
    [
        Reply(429, b"{}", {"Retry-After": "86400"}),
        Reply(200, b"<html>"),
        Reply(200, b"[]"),
        Reply(200, b'{"accounts": 5}'),
        Reply(302, b"", {"Location": "https://elsewhere.example/"}),
    ],
)
def test_an_unusable_answer_is_a_failure_and_not_nobody(reply: Reply, tmp_path: Path) -> None:
    """Limits beyond patience, pages, other shapes and redirects fail with a reason."""
    with served(MastodonSandbox(planned=[reply])) as url:
        source = _mastodon(url, tmp_path)
        assert flat(source.candidates([HEALTH])) == {}
    assert source.report().state is SourceState.FAILED
    assert source.report().reason


def test_requests_are_capped_and_it_is_said(tmp_path: Path) -> None:
    """After as many requests as it may send, the source stops as partial."""
    with served(MastodonSandbox()) as url:
        source = _mastodon(url, tmp_path, max_requests=1)
        flat(source.candidates([HEALTH]))
    assert source.report().state is SourceState.PARTIAL
    assert source.report().requests == 1


def test_mastodon_follows_only_what_it_numbered(tmp_path: Path) -> None:
    """Suspended (410 until 3.3.0) and gone are told; an id of another server is not asked for."""
    sandbox = MastodonSandbox(suspended_of_old={"3"})
    sandbox.add("2", "riverside", "Riverside Health", suspended=True)
    with served(sandbox) as url:
        host = url.removeprefix("http://")
        known = [
            ("mastodon", f"2@{host}"),
            ("mastodon", f"3@{host}"),
            ("mastodon", f"4@{host}"),
            ("mastodon", "2@far.example"),
            ("x", "2"),
        ]
        source = _mastodon(url, tmp_path)
        found = flat(source.again(known))
    assert {key: one.status for key, one in found.items()} == {
        f"2@{host}": AccountStatus.SUSPENDED,
        f"3@{host}": AccountStatus.SUSPENDED,
        f"4@{host}": AccountStatus.GONE,
    }
    assert [one.told[0]["asked"] for one in found.values()][1:] == [
        "/api/v1/accounts/ (410)",
        "/api/v1/accounts/ (404)",
    ]
    # Once for all, and for the two that this left out.
    assert (len(sandbox.requests), source.report().asked) == (3, "3 accounts with a case")


@pytest.mark.parametrize(("lists", "requests"), [(True, 5), (False, 102)])
def test_many_known_accounts_are_asked_for_at_once(tmp_path: Path, lists: bool, requests: int) -> None:
    """Forty a request, and who is left out alone; a server before 4.3 is asked once, then for each: the same answers."""
    sandbox = MastodonSandbox(lists=lists, unconfirmed={"7"})
    for number in range(1, 101):
        sandbox.add(str(number), f"riverside{number}", "Riverside Health", suspended=number == 3)
    with served(sandbox) as url:
        host = url.removeprefix("http://")
        source = _mastodon(url, tmp_path)
        found = flat(source.again([("mastodon", f"{number}@{host}") for number in range(1, 102)]))
    statuses = {key.partition("@")[0]: one.status for key, one in found.items()}
    assert len(statuses) == 101
    assert {key for key, one in statuses.items() if one is not AccountStatus.ACTIVE} == {"3", "101"}
    assert (statuses["3"], statuses["101"]) == (AccountStatus.SUSPENDED, AccountStatus.GONE)
    assert (len(sandbox.requests), source.report().asked) == (requests, "101 accounts with a case")
    assert source.report().state is SourceState.COMPLETE


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, b'{"error": "no"}'),
        Reply(422, b'{"error": "too many"}'),
        Reply(403, b"<html>"),
        Reply(200, b'[{"id": "9", "acct": "somebody.else"}, 5, null]'),
    ],
)
def test_an_odd_list_of_known_accounts_says_nothing_of_them(reply: Reply, tmp_path: Path) -> None:
    """Each is asked for alone then, and who was not asked for is not told of."""
    sandbox = MastodonSandbox(planned=[reply])
    for number in "12":
        sandbox.add(number, f"riverside{number}", "Riverside Health")
    with served(sandbox) as url:
        host = url.removeprefix("http://")
        source = _mastodon(url, tmp_path)
        found = flat(source.again([("mastodon", f"{number}@{host}") for number in "12"]))
    assert {key.partition("@")[0] for key in found} == {"1", "2"}
    assert source.report().state is SourceState.COMPLETE


def test_mastodon_does_not_speak_for_other_servers(tmp_path: Path) -> None:
    """What one server has suspended or forgotten of another is not taken for gone, and that is said."""
    sandbox = MastodonSandbox()
    sandbox.add("5", "rh@far.example", "Riverside Health", suspended=True)
    with served(sandbox) as url:
        host = url.removeprefix("http://")
        source = _mastodon(url, tmp_path)
        known = [("mastodon", f"{number}@{host}+far.example") for number in (5, 6)]
        assert flat(source.again(known)) == {}
        assert flat(source.candidates([HEALTH])) == {}
    assert any("3 accounts of other servers" in one for one in source.report().blind_to)


def test_bluesky_reads_as_many_pages_as_it_may(tmp_path: Path) -> None:
    """The cursor leads on, to the number of pages configured."""
    sandbox = BlueskySandbox()
    for number in range(250):
        sandbox.add(f"did:plc:{number:04}", f"rh{number}.example", "Riverside Health")
    with served(sandbox) as url:
        assert len(flat(_bluesky(url, tmp_path).candidates([HEALTH]))) == 100
        source = _bluesky(url, tmp_path, pages=3)
        assert len(flat(source.candidates([HEALTH]))) == 250
    assert source.report().requests == 4


def test_bluesky_tells_taken_down_from_gone_from_unsaid(tmp_path: Path) -> None:
    """Who is left out of a list is asked for alone; what is not a known refusal says nothing, served or not."""
    sandbox = BlueskySandbox(
        errors={
            "did:plc:down": ("AccountTakedown", "Account has been suspended"),
            "did:plc:away": ("AccountDeactivated", "Account is deactivated"),
            "did:plc:gone": ("InvalidRequest", "Profile not found"),
            "did:plc:odd": ("UpstreamFailure", "try later"),
        },
        left_out={"did:plc:half"},
    )
    sandbox.add("did:plc:here", "renamed.example", "Riverside Health")
    sandbox.add("did:plc:half", "half.example", "Riverside Health")
    dids = ("here", "down", "away", "gone", "odd", "half")
    with served(sandbox) as url:
        source = _bluesky(url, tmp_path)
        found = flat(source.again([("bluesky", f"did:plc:{one}") for one in dids]))
    assert {did: one.status for did, one in found.items()} == {
        "did:plc:here": AccountStatus.ACTIVE,
        "did:plc:down": AccountStatus.SUSPENDED,
        "did:plc:away": AccountStatus.GONE,
        "did:plc:gone": AccountStatus.GONE,
    }
    assert source.report().requests == 6


def test_what_is_no_did_spoils_no_other(tmp_path: Path) -> None:
    """A list may hold anything in its column of ids; what Bluesky would refuse the whole call for is not sent."""
    sandbox = BlueskySandbox()
    sandbox.add("did:plc:here", "renamed.example", "Riverside Health")
    known = ("did:plc:here", "did:plc:", "did:plc:a b", "did:PLC:x", "did:plc:x,did:plc:y", "12")
    with served(sandbox) as url:
        found = flat(_bluesky(url, tmp_path).again([("bluesky", one) for one in known]))
    assert set(found) == {"did:plc:here"}
    assert [value for one in sandbox.requests for _name, value in one.pairs] == ["did:plc:here"]


def test_a_credential_that_is_not_taken_is_not_tried_again(tmp_path: Path) -> None:
    """A dead token is one request and one sentence in a scan, however much there was to ask."""
    with served(MastodonSandbox(token="another")) as url:
        host = url.removeprefix("http://")
        source = _mastodon(url, tmp_path, token="env:M")
        assert flat(source.again([("mastodon", f"1@{host}")])) == {}
        assert flat(source.candidates([HEALTH])) == {}
    report = source.report()
    assert (report.state, report.requests) == (SourceState.FAILED, 1)


def test_bluesky_is_asked_for_words_alone(tmp_path: Path) -> None:
    """What has a meaning in a search engine's syntax is no part of a name's search."""
    sandbox = BlueskySandbox()
    name = 'River (side): "Health" -St. John\'s/OR*'
    with served(sandbox) as url:
        flat(_bluesky(url, tmp_path).candidates([ProtectedProfile(key="k", name=name)]))
    assert [one.query["q"] for one in sandbox.requests] == ["River side Health St. John's OR"]


def test_a_failure_is_not_hidden_by_a_cap(tmp_path: Path) -> None:
    """Each reason is told once, the failure first, however often a cap is met."""
    with served(MastodonSandbox(planned=[Reply(403, b"{}")])) as url:
        source = _mastodon(url, tmp_path, max_requests=1)
        host = url.removeprefix("http://")
        flat(source.again([("mastodon", f"1@{host}")]))
        flat(source.candidates([HEALTH]))
        flat(source.candidates([HEALTH]))
    reason = source.report().reason
    assert reason.index("refused with 403") < reason.index("stopped after 1 requests")
    assert reason.count("stopped after") == 1
