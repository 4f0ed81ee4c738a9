"""A small fictional portfolio in the Graph sandbox, and ways to read it and look at what came out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from auditor.demo.graph_sandbox import (
    GraphAgency,
    GraphApp,
    GraphAssignment,
    GraphBusiness,
    GraphInstagram,
    GraphInvite,
    GraphPage,
    GraphPageRole,
    GraphSandbox,
    GraphState,
    GraphSystemUser,
    GraphUser,
)
from auditor.model.estate import FactKind
from auditor.model.facts import Coverage, Fact, Grant, Principal
from connectors.base import Context
from connectors.meta import MetaConnector, MetaSettings
from tests.support import MemoryEvidence, make_context

TOKEN = "sandbox-system-user-token"
BUSINESS = "1000000000000001"
PORTFOLIO = f"facebook:{BUSINESS}"
FactT = TypeVar("FactT", bound=Fact)


def portfolio() -> GraphState:
    """Return a portfolio with one case of nearly everything."""
    everything = ["MANAGE", "CREATE_CONTENT", "MODERATE", "MESSAGING", "ADVERTISE", "ANALYZE"]
    partner = GraphAgency("7000000000000001", "Brightloop Agency", ["ADVERTISE", "ANALYZE"])
    main = GraphPage(
        "2000000000000001",
        "Riverside Health",
        username="riversidehealth",
        about="Care by the river",
        is_verified=True,
        verification_status="blue_verified",
        followers_count=1200,
        instagram_user_id="17840000000000001",
        assigned=[
            GraphAssignment("3000000000000001", everything),
            GraphAssignment("5000000000000001", ["PROFILE_PLUS_CREATE_CONTENT"]),
        ],
        roles=[GraphPageRole("6000000000000001", "Old Intern", everything)],
        agencies=[partner],
        apps=[
            GraphApp("880000000000001", "Inbox Helper", "Business", subscribed_fields=["messages", "feed"])
        ],
    )
    jobs = GraphPage(
        "2000000000000002",
        "Riverside Jobs",
        assigned=[GraphAssignment("3000000000000002", ["CREATE_CONTENT", "MESSAGING"])],
    )
    shared = GraphPage(
        "2000000000000009",
        "Partner Hospital",
        owner_business_id="7000000000000009",
        owner_business_name="Partner Hospital Group",
        permitted_tasks=["ADVERTISE"],
        assigned=[GraphAssignment("3000000000000002", ["ADVERTISE"])],
    )
    return GraphState(
        GraphBusiness(
            BUSINESS,
            "Riverside Health",
            two_factor_type="admin_required",
            verification_status="verified",
            users=[
                GraphUser("3000000000000001", "Ana Admin", "ana@riverside.example", "ADMIN", "ENABLED"),
                GraphUser("3000000000000002", "Lee Later", "lee@riverside.example", "EMPLOYEE", "disabled"),
                GraphUser("3000000000000003", "Mo Maybe", "mo@riverside.example", "EMPLOYEE", "PENDING_X"),
            ],
            invites=[GraphInvite("4000000000000001", "freelance@studio.example", "ADMIN")],
            system_users=[GraphSystemUser("5000000000000001", "publisher-bot", role="EMPLOYEE")],
            pages=[main, jobs],
            client_pages=[shared],
            instagram=[
                GraphInstagram(
                    "17840000000000001",
                    "8000000000000001",
                    "riversidehealth",
                    "Riverside Health",
                    "Care by the river",
                    assigned=[GraphAssignment("3000000000000001", ["CONTENT", "MESSAGES"])],
                )
            ],
            owned_apps=[GraphApp("900000000000001", "Riverside Auditor")],
            client_apps=[GraphApp("880000000000002", "Post Planner", company="Planner Inc")],
        )
    )


def many_pages(count: int) -> GraphState:
    """Return a portfolio of ``count`` owned Pages with one assigned person each."""
    state = portfolio()
    business = state.business
    business.pages = [
        GraphPage(
            str(2_100_000_000_000_000 + number),
            f"Clinic {number}",
            assigned=[GraphAssignment("3000000000000001", ["MANAGE"])],
        )
        for number in range(count)
    ]
    business.client_pages, business.instagram = [], []
    return state


@dataclass
class Outcome:
    """What one reading yielded."""

    facts: list[Fact]
    evidence: MemoryEvidence
    sandbox: GraphSandbox
    waits: list[float] = field(default_factory=list)

    def of(self, kind: type[FactT]) -> list[FactT]:
        """Return the facts of one kind."""
        return [fact for fact in self.facts if isinstance(fact, kind)]

    def coverage(self, account_id: str, fact: FactKind) -> Coverage:
        """Return the one coverage of an account and kind of fact."""
        (found,) = [c for c in self.of(Coverage) if (c.account_id, c.fact) == (account_id, fact)]
        return found

    def grants(self, account_id: str) -> dict[tuple[str, str], Grant]:
        """Return an account's grants by principal and path."""
        return {(g.principal_id, str(g.via)): g for g in self.of(Grant) if g.account_id == account_id}

    def principal(self, native: str) -> Principal:
        """Return the one principal with this native id."""
        (found,) = [p for p in self.of(Principal) if p.principal_id == f"facebook:{native}"]
        return found


def settings(base_url: str, **more: Any) -> MetaSettings:
    """Return settings for the sandbox."""
    values = {
        "id": "meta",
        "connector": "meta",
        "business_id": BUSINESS,
        "app_id": "900000000000001",
        "app_secret": "env:SECRET",
        "access_token": "env:TOKEN",
        "base_url": base_url,
        **more,
    }
    return MetaSettings.model_validate(values)


def context(sleep: Callable[[float], None] = lambda _seconds: None) -> Context:
    """Return a context that knows the sandbox's secrets."""
    secrets = {"env:SECRET": "sandbox-app-secret", "env:TOKEN": TOKEN}
    return make_context(Path(), secrets=secrets, sleep=sleep)


def read(state: GraphState, **more: Any) -> Outcome:
    """Read the whole of ``state`` through the real connector, facebook-sdk and HTTP."""
    with GraphSandbox(state) as sandbox:
        waits: list[float] = []
        where = context(waits.append)
        facts = list(MetaConnector().collect(settings(sandbox.base_url, **more), where))
        assert isinstance(where.evidence, MemoryEvidence)
        return Outcome(facts, where.evidence, sandbox, waits)


@contextmanager
def serving(state: GraphState) -> Iterator[GraphSandbox]:
    """Serve ``state`` for the length of a block."""
    with GraphSandbox(state) as sandbox:
        yield sandbox
