"""The Instagram accounts, and who can act as each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from auditor.model.estate import CoverageState, FactKind
from auditor.model.facts import Account, Fact, platform_id
from connectors.meta.coverage import ASK_OWNER, ATTEST_APPS, ATTEST_PASSWORDS, ATTEST_POLICY, NOT_OURS
from connectors.meta.edges import (
    ASSIGNED_USERS,
    CLIENT_INSTAGRAM_ASSETS,
    INSTAGRAM_ACCOUNTS,
    INSTAGRAM_EDGES,
    OWNED_INSTAGRAM_ACCOUNTS,
    OWNED_INSTAGRAM_ASSETS,
)
from connectors.meta.reading import Ask
from connectors.meta.survey import PEOPLE, Holders, Survey
from connectors.meta.values import Row, native_id

_ASSETS_A_BATCH = 25
"""Two lists each: a full batch."""
_CLAIM = (
    "Add the Instagram account to the portfolio (Business settings, Accounts), so that its people are listed."
)
_PASSWORDS = "Who logs in with the Instagram password is not shown."


def read_instagram(survey: Survey) -> Iterator[Fact]:
    """Yield Instagram accounts: the portfolio's, those shared, and those linked to a Page only."""
    assets: dict[str, tuple[Row, bool]] = {}
    for edge, owned in ((OWNED_INSTAGRAM_ASSETS, True), (CLIENT_INSTAGRAM_ASSETS, False)):
        for row in survey.listed(edge):
            ig_user_id = native_id(row.get("ig_user_id"))
            if ig_user_id is not None:
                assets.setdefault(ig_user_id, (row, owned))
            else:
                reason = f"{edge.shows}: one has no usable ig_user_id, so it is not read."
                survey.ledger.note(survey.portfolio_id, FactKind.ACCOUNTS, CoverageState.PARTIAL, reason)
    profiles: dict[str, Row] = {}
    for edge in (OWNED_INSTAGRAM_ACCOUNTS, INSTAGRAM_ACCOUNTS):
        for row in survey.listed(edge):
            profiles.setdefault(str(row["id"]), row)
    for ig_user_id, (asset, owned) in assets.items():
        account = survey.scribe.instagram(ig_user_id, asset, profiles.get(ig_user_id), owned=owned)
        yield account
        _note_profile(survey, account, profiles.get(ig_user_id))
    for ig_user_id, profile in {**_linked(survey), **profiles}.items():
        if ig_user_id not in assets:
            yield from _unmanaged(survey, ig_user_id, profile)
    yield from _look_into_instagram(survey, assets)


def _look_into_instagram(survey: Survey, assets: Mapping[str, tuple[Row, bool]]) -> Iterator[Fact]:
    items = list(assets.items())
    for start in range(0, len(items), _ASSETS_A_BATCH):
        chunk = items[start : start + _ASSETS_A_BATCH]
        survey.context.progress(f"Instagram accounts {start + len(chunk)} of {len(items)}")
        asks = [Ask(str(asset["id"]), edge) for _, (asset, _) in chunk for edge in INSTAGRAM_EDGES]
        reads = survey.reader.edges(asks)
        for ig_user_id, (asset, owned) in chunk:
            native = str(asset["id"])
            account_id = platform_id("instagram", ig_user_id)
            holders = Holders(account_id)
            users, partners = (reads[Ask(native, edge)] for edge in INSTAGRAM_EDGES)
            yield from survey.assigned(users, holders, native)
            yield from survey.partners(partners, holders, native)
            yield from holders.grants.values()
            for edge, read in zip(INSTAGRAM_EDGES, (users, partners), strict=True):
                survey.ledger.note_read(account_id, PEOPLE, read, edge.shows)
            if users.shows_something or partners.shows_something:
                survey.note_mfa(account_id, holders.principal_ids)
                _note_passwords(survey, account_id)
            else:
                survey.ledger.note_read(account_id, (FactKind.MFA,), users, ASSIGNED_USERS.shows)
            _note_instagram(survey, account_id, owned=owned)
            yield from survey.ledger.rows(account_id, survey.context.clock())


def _note_passwords(survey: Survey, account_id: str) -> None:
    """Note what no Instagram list shows: an account opens to whoever has its password."""
    for fact in (*PEOPLE, FactKind.MFA):
        survey.ledger.note(account_id, fact, CoverageState.PARTIAL, _PASSWORDS, ATTEST_PASSWORDS)


def _note_instagram(survey: Survey, account_id: str, *, owned: bool) -> None:
    ledger, fact = survey.ledger, FactKind.MFA_REQUIRED
    if not owned:
        ledger.note(account_id, fact, CoverageState.NOT_EXPOSED, NOT_OURS, ASK_OWNER)
    elif not survey.requires_mfa_known:
        ledger.note(
            account_id, fact, CoverageState.NOT_EXPOSED, "As for the portfolio it is in.", ATTEST_POLICY
        )
    else:
        reason = f"The portfolio's rule does not bind everybody. {_PASSWORDS}"
        ledger.note(account_id, fact, CoverageState.PARTIAL, reason, ATTEST_PASSWORDS)
    _note_instagram_apps(survey, account_id)


def _note_instagram_apps(survey: Survey, account_id: str) -> None:
    reason = "Graph lists no apps connected to an Instagram account."
    survey.ledger.note(account_id, FactKind.APPS, CoverageState.NOT_EXPOSED, reason, ATTEST_APPS)


def _unmanaged(survey: Survey, ig_user_id: str, profile: Row) -> Iterator[Fact]:
    """Yield an Instagram account that a Page or profile list names, but no list of assets."""
    account = survey.scribe.instagram(ig_user_id, None, {**profile, "id": ig_user_id}, owned=False)
    yield account
    _note_profile(survey, account, profile if profile.get("username") else None)
    reason = "The Instagram account is linked, but is no asset of the portfolio: its people are not listed."
    for fact in (*PEOPLE, FactKind.MFA, FactKind.MFA_REQUIRED):
        survey.ledger.note(account.account_id, fact, CoverageState.NOT_EXPOSED, reason, _CLAIM)
    _note_instagram_apps(survey, account.account_id)
    yield from survey.ledger.rows(account.account_id, survey.context.clock())


def _note_profile(survey: Survey, account: Account, profile: Row | None) -> None:
    seen = profile is not None
    reason = "" if seen else "Its profile (name, biography, followers) could not be read."
    state = CoverageState.OBSERVED if seen else CoverageState.PARTIAL
    survey.ledger.note(account.account_id, FactKind.ACCOUNTS, state, reason)


def _linked(survey: Survey) -> dict[str, Row]:
    """Return the Instagram accounts Pages are linked to; both of Meta's fields say so."""
    found: dict[str, Row] = {}
    for row in survey.page_rows.values():
        for name in ("instagram_business_account", "connected_instagram_account"):
            ig_user_id = native_id(row.get(name))
            if ig_user_id is not None:
                found[ig_user_id] = {"id": ig_user_id}
    return found
