"""A small organisation on the X sandbox, and short ways to read it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from auditor.demo.x_sandbox import Dialect, OAuth1Keys, XSandbox, XState, XToken, XUser
from auditor.model.estate import FactKind
from auditor.model.facts import Account, Coverage, Fact
from connectors.base import Check, Context
from connectors.x import XConnector, XSettings
from tests.support import MemoryEvidence, make_context

DIALECTS: tuple[Dialect, ...] = ("2.166", "2.167")
APP_TOKEN = "AAAAapp-only-bearer-0123456789"
USER_TOKEN = "b2F1dGgyLXVzZXItdG9rZW4-9876543210"
OAUTH1_SECRETS = {
    "env:CK": "consumer-key-1",
    "env:CS": "consumer-secret/+=&1",
    "env:AT": "1001-access-token",
    "env:AS": "access-token-secret~1",
}
OAUTH1_SETTINGS = {
    "bearer_token": None,
    "consumer_key": "env:CK",
    "consumer_secret": "env:CS",
    "access_token": "env:AT",
    "access_token_secret": "env:AS",
}
FactT = TypeVar("FactT", bound=Fact)


def riverside() -> XState:
    """Return an organisation with two affiliates, a sub-brand, and two tokens."""
    state = XState()
    state.add(
        XUser(
            "1001",
            "RiversideHealth",
            name="Riverside Health",
            description="Care along the river",
            verified_type="business",
            followers=48_210,
            posts=9_120,
            confirmed_email="social@riverside.example",
        )
    )
    state.add(XUser("1002", "RiversideJobs", name="Riverside Jobs", verified_type="blue", followers=310))
    state.add(XUser("2001", "nurse_ada", name="Ada Quill", verified_type="business"))
    state.add(XUser("2002", "dr_bo", name="Bo Marsh", verified_type="business"))
    state.affiliates["1001"] = ["2001", "1002", "2002"]
    state.tokens[APP_TOKEN] = XToken()
    state.tokens[USER_TOKEN] = XToken(user_id="1001", access_level="read-write-directmessages")
    keys = OAuth1Keys("consumer-key-1", "consumer-secret/+=&1", "access-token-secret~1")
    state.tokens["1001-access-token"] = XToken(user_id="1001", access_level="read-write", oauth1=keys)
    return state


@dataclass
class Reader:
    """Runs the connector against a sandbox; time goes on when the connector sleeps."""

    sandbox: XSandbox
    base_dir: Path
    token: str = APP_TOKEN
    oauth1: dict[str, str] = field(default_factory=lambda: dict(OAUTH1_SECRETS))
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        """Move the sandbox's and the connector's time."""
        self.slept.append(seconds)
        self.sandbox.state.now += timedelta(seconds=seconds)

    def context(self) -> Context:
        """Return a context whose clock is the sandbox's."""
        made = make_context(self.base_dir, secrets={"env:X": self.token, **self.oauth1}, sleep=self.sleep)
        return Context(
            clock=self.clock,
            evidence=made.evidence,
            secret=made.secret,
            base_dir=made.base_dir,
            sleep=made.sleep,
        )

    def clock(self) -> datetime:
        """Return the sandbox's time."""
        return self.sandbox.state.now

    def settings(self, *accounts: str, **more: object) -> XSettings:
        """Return settings for ``accounts`` on the sandbox."""
        return XSettings.model_validate(
            {
                "id": "x-brand",
                "connector": "x",
                "accounts": list(accounts) or ["RiversideHealth", "RiversideJobs"],
                "bearer_token": "env:X",
                "base_url": self.sandbox.base_url,
                **more,
            }
        )

    def read(self, *accounts: str, **more: object) -> Facts:
        """Collect."""
        context = self.context()
        evidence = context.evidence
        assert isinstance(evidence, MemoryEvidence)
        return Facts(list(XConnector().collect(self.settings(*accounts, **more), context)), evidence)

    def stream(self, *accounts: str, **more: object) -> Iterator[Fact]:
        """Collect, fact by fact."""
        return XConnector().collect(self.settings(*accounts, **more), self.context())

    def check(self, *accounts: str, **more: object) -> list[Check]:
        """Run doctor's checks."""
        return list(XConnector().check(self.settings(*accounts, **more), self.context()))

    def paths(self) -> list[str]:
        """Return the paths asked for, in order."""
        return [request.path for request in self.sandbox.requests]


@dataclass
class Facts:
    """What a run yielded."""

    all: list[Fact]
    evidence: MemoryEvidence

    def of(self, kind: type[FactT]) -> list[FactT]:
        """Return the facts of one kind."""
        return [fact for fact in self.all if isinstance(fact, kind)]

    def account(self, handle: str) -> Account:
        """Return the one account of this handle."""
        (account,) = [a for a in self.of(Account) if (a.handle or "").casefold() == handle.casefold()]
        return account

    def coverage(self, handle: str, kind: FactKind) -> Coverage:
        """Return the one coverage of this kind for the account of this handle."""
        wanted = self.account(handle).account_id
        (coverage,) = [c for c in self.of(Coverage) if c.account_id == wanted and c.fact is kind]
        return coverage
