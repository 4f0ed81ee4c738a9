"""Calls to Meta and X for a thousand accounts, beside the fewest that page sizes and batches allow."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from auditor.demo.graph_sandbox import (
    GraphAgency,
    GraphAssignment,
    GraphBusiness,
    GraphInstagram,
    GraphPage,
    GraphSandbox,
    GraphState,
    GraphSystemUser,
    GraphUser,
)
from auditor.demo.x_sandbox import XSandbox, XState, XToken, XUser
from auditor.model.facts import Account, Fact
from benchmarks.measure import say
from benchmarks.result import Result, Table
from benchmarks.synthetic import NOW
from connectors.base import Context
from connectors.meta import MetaConnector, MetaSettings
from connectors.meta.edges import INSTAGRAM_EDGES, PAGE_EDGES, PORTFOLIO_EDGES
from connectors.x import XConnector, XSettings

ACCOUNTS = {False: 1_000, True: 60}
_BUSINESS = "1000000000000001"
_ROWS_A_PAGE, _CALLS_A_BATCH = 100, 50
_HANDLES_A_CALL, _AFFILIATES_A_PAGE = 100, 1_000
_ORGANISATIONS_IN = 100
"""One in so many X accounts is a Verified Organization, whose affiliates take a call of their own."""


class _Sink:
    """Evidence, hashed and forgotten."""

    def put(self, record: object, *, kind: str) -> str:
        """Return the record's SHA-256."""
        return hashlib.sha256(f"{kind}{json.dumps(record, sort_keys=True)}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading one platform took."""

    accounts: int
    requests: int
    """HTTP requests."""
    calls: int
    """Calls that count against limits; parts of a batch each count."""
    fewest_requests: int
    fewest_calls: int


def run(*, quick: bool) -> Result:
    """Measure."""
    number = ACCOUNTS[quick]
    readings = {"Meta": _read_meta(number), "X": _read_x(number)}
    rows = []
    for name, reading in readings.items():
        for what, ours, floor in (
            ("HTTP requests", reading.requests, reading.fewest_requests),
            ("calls", reading.calls, reading.fewest_calls),
        ):
            rows.append((name, what, f"{reading.accounts:,}", f"{ours:,}", f"{floor:,}", f"{ours - floor:,}"))
    figures = {
        f"{name.lower()}_{what}": float(getattr(reading, what))
        for name, reading in readings.items()
        for what in ("requests", "calls", "fewest_requests", "fewest_calls")
    }
    return Result(
        name="calls",
        title="Calls to the platforms",
        what=(
            f"{number:,} accounts each, read by the real connectors from the sandboxes on loopback that hold to the platforms' "
            "page sizes and batches. Every account must come out. The floor is arithmetic: 100 rows a page and 50 parts a batch "
            "on Meta, 100 handles a call on X, where the next page of a list can be asked for only when the last has come."
        ),
        tables=[Table(("platform", "", "accounts", "ours", "floor", "above the floor"), rows)],
        notes=[
            (
                "A Page's list of apps demands the Page's own token. The floor takes tokens from the list of Pages for nothing; we"
                " fetch each with a call of its own, batched, just before it is used, so that no list of tokens is ever received."
            )
        ],
        figures=figures,
        peers=("tweepy", "facebook-sdk"),
    )


def _context(secrets: dict[str, str]) -> Context:
    return Context(clock=lambda: NOW, evidence=_Sink(), secret=secrets.__getitem__, base_dir=Path())


def _accounts(facts: list[Fact], expected: int, platform: Callable[[Account], bool]) -> int:
    found = len({fact.account_id for fact in facts if isinstance(fact, Account) and platform(fact)})
    if found != expected:
        raise RuntimeError(f"{found} accounts came out of {expected}")
    return found


def _read_meta(number: int) -> Reading:
    state = _portfolio(number)
    say(f"Meta: {number:,} accounts")
    with GraphSandbox(state) as sandbox:
        settings = MetaSettings.model_validate(
            {
                "id": "meta",
                "connector": "meta",
                "business_id": _BUSINESS,
                "app_id": state.app_id,
                "app_secret": "env:SECRET",
                "access_token": "env:TOKEN",
                "base_url": sandbox.base_url,
            }
        )
        secrets = {"env:SECRET": state.app_secret, "env:TOKEN": state.tokens[0].value}
        facts = list(MetaConnector().collect(settings, _context(secrets)))
        requests, calls = len(sandbox.http_calls), len(sandbox.graph_calls)
    found = _accounts(facts, number, lambda account: account.kind != "portfolio")
    fewest_requests, fewest_calls = _meta_floor(state.business)
    return Reading(found, requests, calls, fewest_requests, fewest_calls)


def _portfolio(number: int) -> GraphState:
    """Return three Pages for every two Instagram accounts, and a person and a partner on each."""
    pages = number * 3 // 5
    people = [GraphUser(f"3{n:015d}", f"Person {n}", f"p{n}@riverside.example") for n in range(120)]
    partner = GraphAgency("7000000000000001", "Brightloop Agency", ["ANALYZE"])
    return GraphState(
        GraphBusiness(
            _BUSINESS,
            "Riverside Health",
            users=people,
            system_users=[GraphSystemUser("5000000000000001", "publisher")],
            pages=[
                GraphPage(
                    f"2{n:015d}",
                    f"Clinic {n}",
                    assigned=[GraphAssignment(people[n % 120].id, ["CREATE_CONTENT"])],
                    agencies=[partner],
                )
                for n in range(pages)
            ],
            instagram=[
                GraphInstagram(
                    f"17{n:015d}",
                    f"8{n:015d}",
                    f"clinic{n}",
                    assigned=[GraphAssignment(people[n % 120].id, ["CONTENT"])],
                )
                for n in range(number - pages)
            ],
        )
    )


def _meta_floor(business: GraphBusiness) -> tuple[int, int]:
    """Return the fewest requests and calls: the token and the portfolio, its lists page by page, then every
    account's lists. The pages of different lists may share a batch; those of one list may not.
    """
    rows = {
        "business_users": len(business.users),
        "owned_pages": len(business.pages),
        "owned_instagram_assets": len(business.instagram),
        "owned_instagram_accounts": len(business.instagram),
        "instagram_accounts": len(business.instagram),
    }
    pages = [max(1, ceil(rows.get(edge.name, 0) / _ROWS_A_PAGE)) for edge in PORTFOLIO_EDGES]
    lists = len(business.pages) * len(PAGE_EDGES) + len(business.instagram) * len(INSTAGRAM_EDGES)
    lists += len(business.system_users)
    return 2 + max(pages) + ceil(lists / _CALLS_A_BATCH), 2 + sum(pages) + lists


def _read_x(number: int) -> Reading:
    state = XState()
    organisations = max(1, number // _ORGANISATIONS_IN)
    for n in range(number):
        user = state.add(
            XUser(f"{1000 + n}", f"clinic_{n}", verified_type="business" if n < organisations else "blue")
        )
        if n < organisations:
            state.affiliates[user.id] = [f"{1000 + number - 1}"]
    state.tokens["app-only-token"] = XToken()
    say(f"X: {number:,} accounts")
    with XSandbox(state) as sandbox:
        settings = XSettings.model_validate(
            {
                "id": "x",
                "connector": "x",
                "accounts": [user.username for user in state.users],
                "bearer_token": "env:TOKEN",
                "base_url": sandbox.base_url,
            }
        )
        facts = list(XConnector().collect(settings, _context({"env:TOKEN": "app-only-token"})))
        requests = len(sandbox.requests)
    found = _accounts(facts, number, lambda account: account.platform == "x")
    fewest = 1 + ceil(number / _HANDLES_A_CALL) + organisations * ceil(1 / _AFFILIATES_A_PAGE)
    return Reading(found, requests, requests, fewest, fewest)
