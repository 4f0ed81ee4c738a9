"""A small organisation with brand accounts in its store, and lists of accounts that a scan is given."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from auditor.app.impersonators.configured import sources_of
from auditor.app.impersonators.scan import Scanned, scan
from auditor.app.impersonators.sources import CandidateSource
from auditor.demo.loopback import Reply, Request
from auditor.model.event import Event
from auditor.model.facts import Account
from auditor.model.impersonation import (
    AccountStatus,
    Candidate,
    Case,
    ProtectedProfile,
    SourceReport,
    SourceState,
)
from connectors.base import Check
from tests.app.support_alerts import NOON, REPORTS, House
from tests.store.support_store import snapshot

SECTION = """\
impersonators:
  domains: [riversidehealth.example]
  names: [{name: Oakmere Kids Clinic}]
  people: [{name: Dr. Ana Ruiz-Calder, platform: x}]
  affiliates: [{account: "90", reason: joint venture with Oakmere}]
  allowed: [{account: RiversideHealthUK, reason: a namesake in Leeds, expires: 2027-01-31}]
"""
DISGUISED = {"id": "11", "platform": "x", "handle": "RiversideHea1th", "name": "Riverside He\u0430lth",
             "url": "https://x.com/RiversideHea1th", "bio": "Help desk: t.me/riv", "followers": 3}  # fmt: skip


class MediaHost:
    """Serves pictures by their path, and counts how often each was asked for."""

    def __init__(self, served: Mapping[str, bytes]) -> None:
        self.served = dict(served)
        self.asked: Counter[str] = Counter()

    def answer(self, request: Request) -> Reply:
        """Return the picture, or that there is none."""
        self.asked[request.path] += 1
        found = self.served.get(request.path)
        return Reply(200, found) if found else Reply(404)


@dataclass
class Office(House):
    """A house whose store has brand accounts, and whose sources are lists of a test."""

    config: str = REPORTS + SECTION

    def settle(self) -> Office:
        """Keep a snapshot with the brand accounts, and let the first look of alerts be over."""
        at = self.now - timedelta(days=1)
        accounts = [
            Account(source="x", observed_at=at, account_id="x:1", platform="x", kind="profile",
                    handle="RiversideHealth", name="Riverside Health", owner_email="dana.cole@riverside.example",
                    bio="Care close to home, since 1952."),
            Account(source="x", observed_at=at, account_id="x:2", platform="x", kind="profile",
                    handle="RiversideKids", name="Riverside Kids"),
            Account(source="meta", observed_at=at, account_id="facebook:7", platform="facebook", kind="page",
                    name="Riverside Health"),
            Account(source="meta", observed_at=at, account_id="facebook:8", platform="facebook", kind="ad_account",
                    name="Riverside Ads"),
        ]  # fmt: skip
        snapshot(self.store(), accounts, at=at)
        self.begin()
        return self

    def show_picture(self, base_url: str, **more: Any) -> None:
        """Keep a snapshot an hour old in which our account on X has the picture ``/ours.png`` of a media host."""
        at = self.now - timedelta(hours=1)
        ours = Account(source="x", observed_at=at, account_id="x:1", platform="x", kind="profile", handle="RiversideHealth",
                       name="Riverside Health", avatar_url=f"{base_url}/ours.png", **more)  # fmt: skip
        snapshot(self.store(), [ours], at=at)

    def scan(self, *accounts: dict[str, Any], sources: Sequence[CandidateSource] = ()) -> Scanned:
        """Scan a list of these accounts, as the configured source does; then ``sources``."""
        (self.folder / "list.jsonl").write_text(
            "".join(json.dumps(one) + "\n" for one in accounts), encoding="utf-8"
        )
        kept = self.config
        if "sources:" not in self.config:
            self.config += "  sources: [{id: list, source: file, path: list.jsonl}]\n"
        workspace = self.workspace()
        self.config = kept
        return scan(workspace, self.store(), (*sources_of(workspace), *sources))

    def cases(self) -> dict[str, Case]:
        """Return the cases by their account's id."""
        return {case.candidate.id: case for case in self.store().cases.all()}

    def story(self, account: str) -> list[str]:
        """Return the steps of an account's case, oldest first."""
        case = self.cases()[account]
        return [step.step.value for step in self.store().cases.timeline([case.case_id])]

    def events(self) -> list[Event]:
        """Return what the journal was told of impersonators."""
        return [one for one in self.store().events.after(0) if one.kind.startswith("impersonator.")]


@dataclass
class Platform:
    """A source that a test answers for: accounts by id, asked again one by one, or failing."""

    accounts: dict[str, Candidate] = field(default_factory=dict)
    fails: bool = False
    asked: list[tuple[str, str]] = field(default_factory=list)

    @property
    def id(self) -> str:
        """Its name."""
        return "platform"

    def set(self, account: str, **changes: Any) -> None:
        """Let an account be so from now on."""
        there = self.accounts.get(account) or Candidate(
            platform="x", id=account, source=self.id, observed_at=NOON
        )
        self.accounts[account] = replace(there, **changes)

    def suspend(self, account: str) -> None:
        """Let the platform say that it is suspended; nothing else is told of it any more."""
        self.accounts[account] = Candidate(
            platform="x", id=account, source=self.id, status=AccountStatus.SUSPENDED
        )

    def check(self) -> Iterator[Check]:
        """Yield nothing: it can always be asked."""
        return iter(())

    def candidates(self, protected: Sequence[ProtectedProfile]) -> Iterator[Sequence[Candidate]]:
        """Yield nothing: it only follows what is known."""
        return iter(())

    def again(self, accounts: Sequence[tuple[str, str]]) -> Iterator[Sequence[Candidate]]:
        """Yield what is known of the accounts asked for."""
        self.asked += accounts
        if not self.fails:
            yield [self.accounts[one] for _platform, one in accounts if one in self.accounts]

    def report(self) -> SourceReport:
        """Return whether it answered."""
        if self.fails:
            return SourceReport(source=self.id, state=SourceState.FAILED, reason="the token was refused.",
                                remedy="Renew it.")  # fmt: skip
        return SourceReport(source=self.id, state=SourceState.COMPLETE)
