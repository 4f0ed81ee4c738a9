"""The Pages, and who and what can act as each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from auditor.errors import ConnectorError, FailureKind
from auditor.model.estate import CoverageState, FactKind, GrantPath
from auditor.model.facts import Fact, platform_id
from connectors.meta.apps import subscribed_app
from connectors.meta.coverage import ASK_OWNER, ATTEST_APPS, ATTEST_POLICY, NOT_EXPOSED, NOT_OURS, count
from connectors.meta.edges import (
    ASSET_AGENCIES,
    ASSIGNED_PAGES,
    ASSIGNED_USERS,
    CLIENT_PAGES,
    OWNED_PAGES,
    PAGE_EDGES,
    PAGE_FIELDS,
    PAGE_ROLES,
    SUBSCRIBED_APPS,
    Edge,
)
from connectors.meta.portfolio import client_owners
from connectors.meta.reading import Ask, EdgeRead
from connectors.meta.survey import PEOPLE, Holders, Survey
from connectors.meta.values import Row, native_id, words

_PAGES_A_BATCH = 12
"""Four lists each: 48 of the 50 calls a batch may hold."""
_NODE = "page"
_PEOPLE_EDGES = (ASSIGNED_USERS, PAGE_ROLES, ASSET_AGENCIES)
_SHARED = "The Page is shared by another business, whose own people Graph does not show us."


@dataclass(frozen=True, slots=True)
class Page:
    """A Page to look into."""

    row: Row
    owned: bool

    @property
    def native(self) -> str:
        """Its id on Facebook."""
        return str(self.row["id"])


def read_pages(survey: Survey) -> Iterator[Fact]:
    """Yield owned, shared and extra Pages, then who and what can act as each."""
    pages: dict[str, Page] = {}
    for edge, owned in ((OWNED_PAGES, True), (CLIENT_PAGES, False)):
        for row in survey.listed(edge):
            pages.setdefault(str(row["id"]), Page(row, owned))
    owners = client_owners(survey)
    yield from _extra_pages(survey, pages)
    _note_missing(survey, {*owners, *survey.machine_pages, *survey.partner_pages} - set(pages))
    for page in pages.values():
        account = survey.scribe.page(_with_owner(page, owners), owned=page.owned)
        yield account
        survey.ledger.note(account.account_id, FactKind.ACCOUNTS, *_node_state(survey, page))
    survey.page_rows = {native: page.row for native, page in pages.items()}
    yield from _look_into(survey, list(pages.values()))


def _note_missing(survey: Survey, missing: set[str]) -> None:
    """Note Pages that other lists of the portfolio speak of, but no list of Pages had."""
    if missing:
        names = ", ".join(sorted(missing)[:5]) + (" and others" if len(missing) > 5 else "")
        reason = f"Pages are missing from the portfolio's lists of Pages: {names}."
        remedy = "Name them under page_ids in the connection, or give the system user these Pages."
        survey.ledger.note(survey.portfolio_id, FactKind.ACCOUNTS, CoverageState.PARTIAL, reason, remedy)


def _extra_pages(survey: Survey, pages: dict[str, Page]) -> Iterator[Fact]:
    """Add the Pages named in the settings that no list had; those that cannot be read stay unknown."""
    for native in survey.extra_page_ids:
        if native in pages:
            continue
        try:
            row = survey.reader.node(native, PAGE_FIELDS, _NODE)
            if native_id(row) != native:
                raise ConnectorError(
                    f"Graph answered for Page {native} with another object.",
                    kind=FailureKind.BAD_RESPONSE,
                    remedy="Check page_ids in the connection.",
                )
        except ConnectorError as error:
            account_id = platform_id("facebook", native)
            survey.ledger.note_error(account_id, tuple(set(FactKind) - set(NOT_EXPOSED)), error)
            yield from survey.ledger.rows(account_id, survey.context.clock())
        else:
            pages[native] = Page(row, native_id(row.get("owner_business")) == survey.business_id)


def _look_into(survey: Survey, pages: list[Page]) -> Iterator[Fact]:
    for start in range(0, len(pages), _PAGES_A_BATCH):
        survey.context.progress(f"Pages {min(start + _PAGES_A_BATCH, len(pages))} of {len(pages)}")
        chunk = pages[start : start + _PAGES_A_BATCH]
        asks = [Ask(page.native, edge, page.native) for page in chunk for edge in PAGE_EDGES]
        reads = survey.reader.edges(asks)
        for page in chunk:
            by_edge = {edge: reads[Ask(page.native, edge, page.native)] for edge in PAGE_EDGES}
            yield from _page(survey, page, by_edge)


def _page(survey: Survey, page: Page, reads: Mapping[Edge, EdgeRead]) -> Iterator[Fact]:
    account_id = platform_id("facebook", page.native)
    holders = Holders(account_id)
    yield from survey.assigned(reads[ASSIGNED_USERS], holders, page.native)
    outsiders = survey.rows([account_id], reads[PAGE_ROLES], PEOPLE)
    for row in outsiders:
        yield from survey.page_role(row, holders, page.native)
    yield from survey.partners(reads[ASSET_AGENCIES], holders, page.native)
    for machine, row in survey.machine_pages.get(page.native, []):
        stamp = survey.scribe.stamp({**row, "id": machine}, ASSIGNED_PAGES.evidence, page.native)
        holders.add(
            survey.scribe.task_grant(
                stamp,
                account_id,
                platform_id("facebook", machine),
                words(row, "tasks"),
                via=GrantPath.PORTFOLIO,
                via_id=survey.portfolio_id,
            )
        )
    for partner, permission in survey.partner_pages.get(page.native, []):
        survey.known_partner(partner, permission, holders)
    yield from holders.grants.values()
    yield from _page_apps(survey, reads[SUBSCRIBED_APPS], account_id, page.native)
    _note_people(survey, page, account_id, reads, len(outsiders))
    if holders.grants or all(reads[edge].error is None for edge in _PEOPLE_EDGES):
        survey.note_mfa(account_id, holders.principal_ids)
    _note_mfa_required(survey, page, account_id, reads[PAGE_ROLES], len(outsiders))
    yield from survey.ledger.rows(account_id, survey.context.clock())


def _note_people(
    survey: Survey, page: Page, account_id: str, reads: Mapping[Edge, EdgeRead], outsiders: int
) -> None:
    ledger = survey.ledger
    for edge in _PEOPLE_EDGES:
        ledger.note_read(account_id, PEOPLE, reads[edge], edge.shows)
        if reads[edge].error is not None:
            ledger.note_read(account_id, (FactKind.MFA,), reads[edge], edge.shows)
    if outsiders:
        reason = f"No e-mail address is shown of {_people(outsiders)} with a role on the Page itself."
        ledger.note(account_id, FactKind.PRINCIPALS, CoverageState.PARTIAL, reason)
    if not page.owned and any(reads[edge].shows_something for edge in _PEOPLE_EDGES):
        for fact in (*PEOPLE, FactKind.MFA):
            ledger.note(account_id, fact, CoverageState.PARTIAL, _SHARED, ASK_OWNER)


def _note_mfa_required(survey: Survey, page: Page, account_id: str, roles: EdgeRead, outsiders: int) -> None:
    state, reason, remedy = CoverageState.OBSERVED, "As the portfolio demands.", ""
    if not page.owned:
        state, reason, remedy = CoverageState.NOT_EXPOSED, NOT_OURS, ASK_OWNER
    elif not survey.requires_mfa_known:
        state, reason, remedy = CoverageState.NOT_EXPOSED, "As for the portfolio it is in.", ATTEST_POLICY
    elif outsiders:
        state, remedy = CoverageState.PARTIAL, "Move people with Page roles into the portfolio."
        reason = f"The portfolio's rule does not bind {_people(outsiders)} with a role on the Page itself."
    elif roles.error is not None:
        state, remedy = CoverageState.PARTIAL, roles.error.remedy
        reason = "The portfolio's rule does not bind people with a role on the Page itself, if there are any."
    survey.ledger.note(account_id, FactKind.MFA_REQUIRED, state, reason, remedy)


def _page_apps(survey: Survey, read: EdgeRead, account_id: str, native: str) -> Iterator[Fact]:
    facts = (FactKind.APPS,)
    seen: set[str] = set()
    for row in survey.rows([account_id], read, facts):
        app = subscribed_app(survey.scribe, row, account_id, native)
        if app.app_key not in seen:
            seen.add(app.app_key)
            yield app
    survey.ledger.note_read(account_id, facts, read, SUBSCRIBED_APPS.shows)
    reason = "Graph lists apps that receive the Page's events, not every app that holds a token for it."
    if read.shows_something:
        survey.ledger.note(account_id, FactKind.APPS, CoverageState.PARTIAL, reason, ATTEST_APPS)


def _people(number: int) -> str:
    return count(number, "person", "people")


def _node_state(survey: Survey, page: Page) -> tuple[CoverageState, str]:
    edge = OWNED_PAGES if page.owned else CLIENT_PAGES
    dropped = survey.reader.dropped(f"{edge.evidence}:{edge.name}") - {"permitted_tasks"}
    if dropped:
        return CoverageState.PARTIAL, f"Graph does not know {', '.join(sorted(dropped))} of a Page."
    return CoverageState.OBSERVED, ""


def _with_owner(page: Page, owners: Mapping[str, str]) -> Row:
    if page.owned or native_id(page.row.get("owner_business")) or page.native not in owners:
        return page.row
    return {**page.row, "owner_business": {"id": owners[page.native]}}
