"""The portfolio itself: our own token, its people, machines, partners and apps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from auditor.errors import ConnectorError, FailureKind
from auditor.model.estate import CoverageState, FactKind
from auditor.model.facts import Fact
from connectors.meta.apps import own_token, portfolio_app
from connectors.meta.coverage import ATTEST_APPS, ATTEST_MFA, ATTEST_POLICY, failure_state
from connectors.meta.edges import (
    AGENCIES,
    ASSIGNED_PAGES,
    BUSINESS_FIELDS,
    BUSINESS_USERS,
    CLIENT_APPS,
    CLIENTS,
    OWNED_APPS,
    PENDING_USERS,
    SYSTEM_USERS,
    Edge,
)
from connectors.meta.errors import GraphError, graph_error
from connectors.meta.facts import partner_standing
from connectors.meta.reading import Ask, EdgeRead
from connectors.meta.roles import mfa_state
from connectors.meta.survey import PEOPLE, Survey
from connectors.meta.values import Row, native_id, text

_BUSINESS = "business"


def read_own_token(survey: Survey) -> Iterator[Fact]:
    """Yield the token we read with.

    Raises:
        ConnectorError: Graph says that it is not valid.

    """
    portfolio = survey.portfolio_id
    try:
        data = survey.reader.client.inspect_own_token()
    except ConnectorError as error:
        answered = isinstance(error, GraphError) and error.code and error.kind is not FailureKind.TRANSIENT
        state = CoverageState.DENIED if answered else failure_state(error)
        survey.ledger.note(portfolio, FactKind.TOKENS, state, error.message, error.remedy)
        return
    problem = data.get("error")
    if data.get("is_valid") is False:
        said = problem if isinstance(problem, Mapping) else {"message": "the token is not valid"}
        raise graph_error({"code": 190, **said}, "debug_token of our own token", 200)
    yield own_token(survey.scribe, data, survey.needed_scopes)
    survey.ledger.note(
        portfolio, FactKind.TOKENS, CoverageState.PARTIAL, "Graph shows only the token we call with."
    )


def read_portfolio(survey: Survey) -> Iterator[Fact]:
    """Yield the portfolio.

    Raises:
        ConnectorError: it cannot be read; nothing below it can then.

    """
    row = survey.reader.node(survey.business_id, BUSINESS_FIELDS, _BUSINESS)
    if native_id(row) != survey.business_id:
        raise ConnectorError(
            "Graph answered for the portfolio with another object.",
            kind=FailureKind.BAD_RESPONSE,
            remedy="Check business_id in the connection.",
        )
    account = survey.scribe.portfolio(row)
    survey.organization = account.name
    survey.requires_mfa_known = account.mfa_required is not None
    yield account
    ledger = survey.ledger
    dropped = survey.reader.dropped(_BUSINESS)
    if dropped:
        reason = f"Graph does not know {', '.join(sorted(dropped))} of a portfolio."
        ledger.note(account.account_id, FactKind.ACCOUNTS, CoverageState.PARTIAL, reason)
    ledger.note(account.account_id, FactKind.ACCOUNTS, CoverageState.OBSERVED)
    if survey.requires_mfa_known:
        ledger.note(account.account_id, FactKind.MFA_REQUIRED, CoverageState.OBSERVED)
    else:
        word = str(row.get("two_factor_type", ""))[:40]
        reason = (
            f"Meta's word {word!r} is not understood." if word else "Graph leaves out whom two-factor binds."
        )
        ledger.note(
            account.account_id, FactKind.MFA_REQUIRED, CoverageState.NOT_EXPOSED, reason, ATTEST_POLICY
        )


def read_people(survey: Survey) -> Iterator[Fact]:
    """Yield the portfolio's people, those invited, its system users, and their roles."""
    portfolio, ledger = survey.portfolio_id, survey.ledger
    read = _read(survey, BUSINESS_USERS, PEOPLE)
    people: set[str] = set()
    for row in survey.rows([portfolio], read, PEOPLE):
        mfa = mfa_state(row.get("two_fac_status"), survey.two_factor_words)
        if mfa is None and row.get("two_fac_status") is not None:
            survey.odd_words[text(row, "two_fac_status") or "no text"] += 1
        person, grant = survey.scribe.business_user(row, mfa)
        survey.mfa[person.principal_id] = mfa
        people.add(person.principal_id)
        yield from survey.once(person)
        yield grant
    if read.error is not None:
        ledger.note_read(portfolio, (FactKind.MFA,), read, BUSINESS_USERS.shows)
    if "two_fac_status" in read.dropped:
        reason = "Graph does not know two_fac_status."
        ledger.note(portfolio, FactKind.MFA, CoverageState.PARTIAL, reason, ATTEST_MFA)
    if "email" in read.dropped:
        ledger.note(portfolio, FactKind.PRINCIPALS, CoverageState.PARTIAL, "Graph shows no e-mail addresses.")
    if people:
        survey.note_mfa(portfolio, people)
    elif read.error is None:
        ledger.note(portfolio, FactKind.MFA, CoverageState.OBSERVED, "The portfolio lists no people.")
    for row in survey.rows([portfolio], _read(survey, PENDING_USERS, PEOPLE), PEOPLE):
        person, grant = survey.scribe.invitation(row)
        yield from survey.once(person)
        yield grant
    yield from _read_machines(survey)


def _read_machines(survey: Survey) -> Iterator[Fact]:
    machines = survey.rows([survey.portfolio_id], _read(survey, SYSTEM_USERS, PEOPLE), PEOPLE)
    for row in machines:
        machine, grant = survey.scribe.system_user(row)
        yield from survey.once(machine)
        yield grant
    asks = [Ask(str(row["id"]), ASSIGNED_PAGES) for row in machines]
    for ask, read in survey.reader.edges(asks).items():
        if read.error is not None:
            survey.ledger.note_read(
                survey.portfolio_id, (FactKind.GRANTS,), read, f"{ASSIGNED_PAGES.shows} {ask.node_id}"
            )
        for page in survey.rows([survey.portfolio_id], read, (FactKind.GRANTS,)):
            survey.machine_pages.setdefault(str(page["id"]), []).append((ask.node_id, page))


def read_partners(survey: Survey) -> Iterator[Fact]:
    """Yield the partner businesses; what they may do is told Page by Page."""
    facts = (FactKind.PRINCIPALS,)
    for row in survey.rows([survey.portfolio_id], _read(survey, AGENCIES, facts), facts):
        stamp = survey.scribe.stamp(row, AGENCIES.evidence)
        yield from survey.once(survey.scribe.agency(stamp, row, partner_standing(row)))
        for permission in _permissions(row):
            survey.partner_pages.setdefault(str(permission["id"]), []).append((row, permission))


def read_apps(survey: Survey) -> Iterator[Fact]:
    """Yield the apps the portfolio owns or was given a share of."""
    facts = (FactKind.APPS,)
    seen: set[str] = set()
    some_seen = False
    for edge, owned in ((OWNED_APPS, True), (CLIENT_APPS, False)):
        read = _read(survey, edge, facts)
        some_seen = some_seen or read.shows_something
        for row in survey.rows([survey.portfolio_id], read, facts):
            app = portfolio_app(survey.scribe, row, owned=owned, organization=survey.organization)
            if app.app_key not in seen:
                seen.add(app.app_key)
                yield app
    reason = "Graph lists apps the portfolio owns or shares, not those its people let in by themselves."
    if some_seen:
        survey.ledger.note(survey.portfolio_id, FactKind.APPS, CoverageState.PARTIAL, reason, ATTEST_APPS)


def client_owners(survey: Survey) -> dict[str, str]:
    """Return Page id to the business that shares it with us; a cross-check of the list of Pages."""
    read = survey.reader.edge(Ask(survey.business_id, CLIENTS))
    if read.error is not None:
        # The Pages' own list stands without it.
        reason = f"{CLIENTS.shows}: {read.error.message}"
        survey.ledger.note(survey.portfolio_id, FactKind.ACCOUNTS, CoverageState.OBSERVED, reason)
    rows = [row for row in read.rows if native_id(row) is not None]
    return {
        str(permission["id"]): str(row["id"])
        for row in rows
        for permission in _permissions(row)
        if "PENDING" not in str(permission.get("access_status")).upper()
    }


def note_version(survey: Survey) -> None:
    """Note where Graph served another version than asked for: fields may then mean other things."""
    client = survey.reader.client
    others = sorted(client.served_versions - {client.version})
    if others:
        survey.ledger.note(
            survey.portfolio_id,
            FactKind.ACCOUNTS,
            CoverageState.PARTIAL,
            f"Graph served version {', '.join(others)} instead of {client.version}, which has ended (version sunset).",
            "Set api_version in the connection to a version Meta still serves.",
        )


def _read(survey: Survey, edge: Edge, facts: tuple[FactKind, ...]) -> EdgeRead:
    read = survey.reader.edge(Ask(survey.business_id, edge))
    survey.ledger.note_read(survey.portfolio_id, facts, read, edge.shows)
    return read


def _permissions(row: Row) -> list[Row]:
    permissions = row.get("page_permissions")
    return [
        one
        for one in (permissions if isinstance(permissions, list) else [])
        if isinstance(one, Mapping) and native_id(one) is not None
    ]
