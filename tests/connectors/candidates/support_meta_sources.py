"""Strangers at Meta: a Graph sandbox that has some, and sources that ask it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from auditor.demo.graph_sandbox import (
    ALL_SCOPES,
    PAGE_PUBLIC_CONTENT_ACCESS,
    GraphAd,
    GraphPage,
    GraphSandbox,
    GraphStranger,
    GraphToken,
)
from auditor.model.impersonation import ProtectedProfile
from connectors.base import Context
from connectors.candidates.meta import MetaSourceSettings
from tests.connectors.candidates.support_candidates import HOSTILE
from tests.connectors.support_meta import portfolio
from tests.support import make_context

TOKEN = "strangers-token-0123456789"
SECRET = "sandbox-app-secret"
OURS = "2000000000000001"
CLINIC = ProtectedProfile(
    key="riversidehealth", name="Riverside Health", handle="riversidehealth", platform="facebook"
)
SettingsT = TypeVar("SettingsT", bound=MetaSourceSettings)


@dataclass
class Place:
    """The sandbox, and what a source needs to ask it."""

    sandbox: GraphSandbox
    folder: Path
    slept: list[float] = field(default_factory=list)

    @property
    def token(self) -> GraphToken:
        """The token sources ask with."""
        return next(one for one in self.sandbox.state.tokens if one.value == TOKEN)

    def settings(self, model: type[SettingsT], **more: Any) -> SettingsT:
        """Return settings that ask the sandbox."""
        keys = {
            "id": "meta",
            "app_id": "900000000000001",
            "app_secret": "env:S",
            "access_token": "env:T",
            "base_url": self.sandbox.base_url,
            **more,
        }
        return model.model_validate({key: value for key, value in keys.items() if value is not None})

    def context(self) -> Context:
        """Return a context that knows the secrets and does not sleep."""
        return make_context(self.folder, secrets={"env:S": SECRET, "env:T": TOKEN}, sleep=self.slept.append)

    def calls(self, path: str) -> Sequence[str]:
        """Return the Graph calls whose path ends so."""
        return [one for one in self.sandbox.graph_calls if one.endswith(path)]


@contextmanager
def strangers(folder: Path) -> Iterator[Place]:
    """Serve a portfolio among strangers who look like it."""
    state = portfolio()
    state.features.add(PAGE_PUBLIC_CONTENT_ACCESS)
    scopes = [*ALL_SCOPES, "instagram_manage_insights"]
    state.tokens.append(GraphToken(TOKEN, type="USER", scopes=scopes, identity_confirmed=True))
    state.strangers += [
        GraphPage(
            "9100",
            f"Riverside Health {HOSTILE}",
            username="riversidehealth.help",
            about="Patient help",
            website="https://bad.example/a http://wa.me/1",
            picture_url="https://scontent.xx.fbcdn.net/p.png",
            followers_count=12,
        ),
        GraphPage("9200", "Riverside Health Care", verification_status="blue_verified"),
        GraphPage("9300", "Something else"),
    ]
    state.instagram_strangers += [
        GraphStranger("17841409000000001", "riversidehealth_support", "Riverside Health", "Help", "https://bad.example", 3, 90, 1,
                      "https://scontent.cdninstagram.com/p.jpg"),
        GraphStranger("17841409000000002", "riversidehealth.official", f"Riverside {HOSTILE}"),
        GraphStranger("17841409000000003", "riversidehealth_", is_professional=False),
    ]  # fmt: skip
    state.ads += [
        GraphAd("1", "9100", "Riverside Health Rewards", "Riverside Health gives away a phone"),
        GraphAd("2", "9100", "Riverside Health Rewards", "Riverside Health again"),
        GraphAd("3", "9400", f"Deals {HOSTILE}", "As seen at Riverside Health", ("FR",)),
    ]
    with GraphSandbox(state) as sandbox:
        yield Place(sandbox, folder)
