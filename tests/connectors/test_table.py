"""The table connector: what a named human attests, how long it counts, and what it leaves open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from auditor.errors import ConnectorError, FailureKind
from auditor.model.estate import (
    AccessStatus,
    CoverageState,
    FactKind,
    GrantPath,
    Level,
    MfaRequired,
    PrincipalKind,
)
from auditor.model.facts import Account, App, Coverage, Fact, Grant, Principal
from connectors.base import CheckState, Connector, EstateLookup
from connectors.table import TableConnector, TableSettings
from connectors.table.columns import COLUMNS
from connectors.table.words import ROLES
from tests.support import NOW, MemoryEvidence, make_context

ATTESTED, PARTIAL, STALE = CoverageState.ATTESTED, CoverageState.PARTIAL, CoverageState.STALE
SEEN_ON = date(2026, 11, 2)


class KnownEstate:
    """An estate in which a platform connector has seen one account and one of its holders."""

    def account_id(self, platform: str, reference: str) -> str | None:
        """Know one X account by handle or id."""
        return "x:77" if platform == "x" and reference.casefold() in ("harborhealth", "77") else None

    def principal_id(
        self, platform: str, account_id: str, *, email: str | None, handle: str | None, name: str | None
    ) -> str | None:
        """Know one holder by e-mail."""
        return "x:501" if email == "jane@harbor.example" and account_id == "x:77" else None


def table(folder: Path, text: str, name: str = "t.csv") -> Path:
    """Write a table."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def collect(
    path: Path, *, estate: EstateLookup | None = None, now: datetime = NOW, **options: Any
) -> list[Fact]:
    """Run the connector over ``path``."""
    given = {"attested_by": "Pat Lee", "attested_on": SEEN_ON, **options}
    chosen = TableSettings(id="tab", path=path.name, **given)
    return list(TableConnector().collect(chosen, make_context(path.parent, estate=estate, now=now)))


def of(kind: type, facts: Sequence[Fact]) -> list:
    """Return the facts of one type."""
    return [fact for fact in facts if type(fact) is kind]


def states(facts: Sequence[Fact], account_id: str) -> dict[FactKind, CoverageState]:
    """Return what the coverage of one account says, silence left out."""
    return {
        one.fact: one.state
        for one in of(Coverage, facts)
        if one.account_id == account_id and one.state is not CoverageState.NOT_EXPOSED
    }


def told(facts: Sequence[Fact], account_id: str, kind: FactKind) -> Coverage:
    """Return the coverage of one account and kind of fact."""
    (found,) = [one for one in of(Coverage, facts) if (one.account_id, one.fact) == (account_id, kind)]
    return found


def refusal(path: Path, **options: Any) -> ConnectorError:
    """Return the error that collecting raises."""
    with pytest.raises(ConnectorError) as caught:
        collect(path, **options)
    assert caught.value.kind is FailureKind.BAD_INPUT
    assert caught.value.remedy
    return caught.value


GRANTS = (
    "platform,account,principal_name,principal_email,principal_handle,principal_kind,role,"
    "granted_on,last_used_on,mfa,mfa_method\n"
)


def test_it_meets_the_connector_contract() -> None:
    """It runs after the platform connectors and names no account by its settings alone."""
    connector = TableConnector()
    assert isinstance(connector, Connector)
    assert connector.reads_estate
    assert connector.roots(TableSettings(id="t", path="x.csv")) == ()


def test_a_grant_is_attested_with_name_day_and_end(tmp_path: Path) -> None:
    """Facts carry who vouches, since when, and the last second of the last day it counts."""
    path = table(
        tmp_path,
        GRANTS
        + "x,@HarborHealth,Jane Roe,jane@harbor.example,jroe,human,contributor,2026-01-31,2026-10-01,yes,"
        "authenticator app and security key\n",
    )
    facts = collect(path, estate=KnownEstate())
    (grant,) = of(Grant, facts)
    assert (grant.account_id, grant.principal_id) == ("x:77", "x:501")
    assert (grant.role, grant.level, grant.can_message, grant.can_grant) == (
        "contributor",
        Level.PUBLISHER,
        True,
        False,
    )
    assert grant.via is GrantPath.DELEGATE
    assert grant.granted_at == datetime(2026, 1, 31, 12, tzinfo=UTC)
    assert grant.last_used_at == datetime(2026, 10, 1, 12, tzinfo=UTC)
    assert grant.attested_by == "Pat Lee"
    assert grant.observed_at == datetime(2026, 11, 2, 12, tzinfo=UTC)
    assert grant.valid_until == datetime(2027, 2, 2, 23, 59, 59, tzinfo=UTC)
    (principal,) = of(Principal, facts)
    assert (principal.mfa, principal.mfa_methods) == (True, ("totp", "security_key"))
    assert (principal.kind, principal.status) == (PrincipalKind.HUMAN, AccessStatus.ACTIVE)
    assert of(Account, facts) == []
    assert states(facts, "x:77") == {
        FactKind.GRANTS: ATTESTED,
        FactKind.PRINCIPALS: ATTESTED,
        FactKind.MFA: ATTESTED,
        FactKind.LAST_USED: ATTESTED,
    }


def test_an_account_nobody_has_seen_is_introduced(tmp_path: Path) -> None:
    """It gets a stand-in id, and every kind of fact the table leaves out is told as such."""
    path = table(tmp_path, GRANTS + "X,https://x.com/HarborJobs/,Jane,j@a.example,,,owner,,,,\n")
    facts = collect(path)
    (account,) = of(Account, facts)
    assert (account.account_id, account.handle, account.kind) == ("x:@harborjobs", "HarborJobs", None)
    kinds = {one.fact for one in of(Coverage, facts)}
    assert kinds == {sight.fact for sight in TableConnector.sees}
    assert told(facts, "x:@harborjobs", FactKind.APPS).state is CoverageState.NOT_EXPOSED
    assert "auditor attest new apps" in told(facts, "x:@harborjobs", FactKind.APPS).remedy


def test_stand_in_ids_prefer_email_then_handle_then_name(tmp_path: Path) -> None:
    """A holder without a native id is known by the surest thing the row gives."""
    rows = "x,A,Jane,Jane@A.example,jane,,owner,,,,\nx,A,Jane,,@Jane,,owner,,,,\nx,A,Jane  Roe,,,,owner,,,,\n"
    facts = collect(table(tmp_path, GRANTS + rows))
    assert [one.principal_id for one in of(Principal, facts)] == [
        "x:email:jane@a.example",
        "x:@jane",
        "x:name:jane roe",
    ]


class GrowingEstate(KnownEstate):
    """An estate that learns holders by name while the table is read."""

    def __init__(self) -> None:
        self.asked = 0

    def principal_id(
        self, platform: str, account_id: str, *, email: str | None, handle: str | None, name: str | None
    ) -> str | None:
        """Know nobody at first, somebody at every later question."""
        self.asked += 1
        return f"x:{self.asked}" if self.asked > 2 else None


def test_a_row_is_one_holder_in_all_its_facts(tmp_path: Path) -> None:
    """What the estate learns while a table is read does not tear a holder from the grant."""
    rows = "x,A,Jane,,,,owner,,,,\nx,A,Bob,,,,admin,,,,\n"
    facts = collect(table(tmp_path, GRANTS + rows), estate=GrowingEstate())
    assert {one.principal_id for one in of(Grant, facts)} == {
        one.principal_id for one in of(Principal, facts)
    }


def test_the_accounts_own_login_is_one_holder(tmp_path: Path) -> None:
    """The account's own handle, or no holder in an MFA table, means whoever has the password."""
    path = table(tmp_path, "platform,account,principal_handle,mfa,mfa_method\nx,HarborHealth,,no,\n")
    (principal,) = of(Principal, collect(path, estate=KnownEstate()))
    assert (principal.principal_id, principal.kind, principal.mfa) == ("x:77", PrincipalKind.SHARED, False)
    path = table(tmp_path, GRANTS + "x,HarborHealth,,,@harborhealth,,owner,,,,\n")
    (grant,) = of(Grant, collect(path, estate=KnownEstate()))
    assert (grant.principal_id, grant.via) == ("x:77", GrantPath.DIRECT)


@pytest.mark.parametrize(
    ("platform", "role", "level", "can_message", "can_grant"),
    [
        ("x", "Owner", Level.ADMIN, True, True),
        ("x", "admin", Level.ADMIN, True, True),
        ("Twitter", "Contributor", Level.PUBLISHER, True, False),
        ("youtube", "Manager", Level.MANAGER, False, True),
        ("youtube", "Editor (limited)", Level.PUBLISHER, False, False),
        ("facebook", "Full control", Level.ADMIN, True, True),
        ("facebook", "Facebook access with partial control", Level.MANAGER, None, False),
        ("instagram", "Messages", Level.MODERATOR, True, False),
        ("linkedin", "Super admin", Level.ADMIN, True, True),
        ("linkedin", "Analyst", Level.ANALYST, False, False),
        ("tiktok", "Operator", Level.PUBLISHER, None, False),
        ("bluesky", "password holder", Level.ADMIN, True, True),
        ("bluesky", "moderator", Level.MODERATOR, None, None),
        ("x", "Grand Wizard", None, None, None),
    ],
)
def test_role_words_map_to_levels(
    tmp_path: Path,
    platform: str,
    role: str,
    level: Level | None,
    can_message: bool | None,
    can_grant: bool | None,
) -> None:
    """Each platform's words have a level; a word nobody knows has none."""
    path = table(tmp_path, GRANTS + f'{platform},A,,j@a.example,,,"{role}",,,,\n')
    (grant,) = of(Grant, collect(path))
    assert (grant.level, grant.can_message, grant.can_grant) == (level, can_message, can_grant)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("yes", True),
        ("ON", True),
        ("Enabled", True),
        ("no", False),
        ("0", False),
        ("", None),
        ("unknown", None),
    ],
)
def test_mfa_words(tmp_path: Path, word: str, expected: bool | None) -> None:
    """Yes, no and not known are told apart; not known is never no and makes the coverage partial."""
    facts = collect(table(tmp_path, GRANTS + f"x,A,,j@a.example,,,owner,,,{word},\n"))
    (principal,) = of(Principal, facts)
    assert principal.mfa is expected
    assert states(facts, "x:@a")[FactKind.MFA] is (PARTIAL if expected is None else ATTESTED)


def test_a_word_that_is_no_answer_is_told_with_its_line(tmp_path: Path) -> None:
    """'perhaps' is neither yes nor no: the cell is unknown and the row is named."""
    facts = collect(table(tmp_path, GRANTS + "x,A,,j@a.example,,,owner,,,perhaps,\n"))
    (principal,) = of(Principal, facts)
    assert principal.mfa is None
    assert "t.csv:2: mfa is not yes, no or unknown" in told(facts, "x:@a", FactKind.MFA).reason


def test_mfa_is_attested_only_where_every_holder_has_an_answer(tmp_path: Path) -> None:
    """One holder without yes or no makes MFA partial; the list of grants stays attested."""
    rows = "x,A,,j@a.example,,,owner,,,yes,\nx,A,,k@a.example,,,admin,,,,\nx,B,,k@a.example,,,admin,,,no,\n"
    facts = collect(table(tmp_path, GRANTS + rows))
    assert states(facts, "x:@a") == {
        FactKind.GRANTS: ATTESTED,
        FactKind.PRINCIPALS: ATTESTED,
        FactKind.MFA: PARTIAL,
    }
    assert "1 of 2 holders" in told(facts, "x:@a", FactKind.MFA).reason
    assert states(facts, "x:@b")[FactKind.MFA] is ATTESTED


def test_rows_that_contradict_each_other_cancel_out(tmp_path: Path) -> None:
    """One holder with MFA and without it has unknown MFA."""
    rows = "x,A,,j@a.example,,,owner,,,yes,\nx,B,,j@a.example,,,owner,,,no,\n"
    facts = collect(table(tmp_path, GRANTS + rows))
    (principal,) = of(Principal, facts)
    assert principal.mfa is None
    assert states(facts, "x:@a")[FactKind.MFA] is PARTIAL
    assert "different answers" in told(facts, "x:@b", FactKind.MFA).reason


def test_without_an_mfa_column_nothing_is_said_of_mfa(tmp_path: Path) -> None:
    """Leaving the column out is silence, not an answer."""
    facts = collect(
        table(tmp_path, "platform,account,principal_email,role\nx,HarborHealth,j@a.example,owner\n"),
        estate=KnownEstate(),
    )
    assert set(states(facts, "x:77")) == {FactKind.GRANTS, FactKind.PRINCIPALS}


def test_two_roles_of_one_holder_are_one_grant_as_strong_as_the_stronger(tmp_path: Path) -> None:
    """The grant keeps one id, the higher level and every right of either role."""
    rows = "youtube,A,,j@a.example,,,viewer,,,,\nyoutube,A,,j@a.example,,,manager,,,,\n"
    (grant,) = of(Grant, collect(table(tmp_path, GRANTS + rows)))
    assert (grant.role, grant.level, grant.can_grant) == ("viewer, manager", Level.MANAGER, True)


def test_nobody_can_be_attested(tmp_path: Path) -> None:
    """A row with the role 'none' says the list is empty; no holder comes of it, and no MFA."""
    facts = collect(table(tmp_path, GRANTS + "x,A,,,,,None,,,,\n"))
    assert of(Grant, facts) == []
    assert of(Principal, facts) == []
    assert states(facts, "x:@a") == {FactKind.GRANTS: ATTESTED, FactKind.PRINCIPALS: ATTESTED}


def test_nobody_beside_somebody_is_a_contradiction(tmp_path: Path) -> None:
    """'None' and a holder on the same account cannot both be so."""
    facts = collect(table(tmp_path, GRANTS + "x,A,,,,,none,,,,\nx,A,,j@a.example,,,owner,,,,\n"))
    assert states(facts, "x:@a")[FactKind.GRANTS] is PARTIAL


def test_a_lapsed_attestation_still_tells_its_facts_and_is_stale(tmp_path: Path) -> None:
    """Facts come out expired; coverage names who, when, until when, and the command to renew it."""
    path = table(tmp_path, GRANTS + "x,A,,j@a.example,,,owner,,,yes,\n")
    facts = collect(path, attested_on=date(2026, 6, 1), valid_days=30)
    (grant,) = of(Grant, facts)
    assert grant.valid_until == datetime(2026, 7, 1, 23, 59, 59, tzinfo=UTC)
    coverage = told(facts, "x:@a", FactKind.GRANTS)
    assert coverage.state is STALE
    assert coverage.reason == "attested by Pat Lee on 2026-06-01, lapsed on 2026-07-01"
    assert "auditor attest new x-delegates" in coverage.remedy


def test_an_attestation_counts_through_its_last_day(tmp_path: Path) -> None:
    """It holds at the last second of the last day and not one second later."""
    path = table(tmp_path, GRANTS + "x,A,,j@a.example,,,owner,,,yes,\n")
    end = datetime(2026, 11, 12, 23, 59, 59, tzinfo=UTC)
    assert states(collect(path, valid_days=10, now=end), "x:@a")[FactKind.GRANTS] is ATTESTED
    late = collect(path, valid_days=10, now=end + timedelta(seconds=1))
    assert states(late, "x:@a")[FactKind.GRANTS] is STALE


def test_rows_may_have_their_own_attester_and_day(tmp_path: Path) -> None:
    """A row's own cells count before the connection's; the oldest row decides for its account."""
    path = table(
        tmp_path,
        "platform,account,principal_email,role,attested_by,attested_on\n"
        "x,A,j@a.example,owner,Sam,2026-05-01\nx,A,k@a.example,owner,,\nx,B,k@a.example,owner,,\n",
    )
    facts = collect(path)
    assert [one.attested_by for one in of(Grant, facts)] == ["Sam", "Pat Lee", "Pat Lee"]
    assert told(facts, "x:@a", FactKind.GRANTS).reason.startswith("attested by Sam on 2026-05-01, lapsed")
    assert states(facts, "x:@b")[FactKind.GRANTS] is ATTESTED


def test_an_attestation_needs_a_name_and_a_day(tmp_path: Path) -> None:
    """Without either in connection or column the table is refused; a blank cell costs its row."""
    path = table(tmp_path, GRANTS + "x,A,,j@a.example,,,owner,,,,\n")
    assert "nowhere who attests" in refusal(path, attested_by=None).message
    assert "nowhere when" in refusal(path, attested_on=None).message
    path = table(
        tmp_path,
        "platform,account,principal_email,role,attested_by\nx,A,j@a.example,owner,Sam\nx,A,k@a.example,owner,\n",
    )
    facts = collect(path, attested_by=None)
    assert len(of(Grant, facts)) == 1
    assert "t.csv:3: attested_by is blank" in told(facts, "x:@a", FactKind.GRANTS).reason


def test_the_future_cannot_be_attested(tmp_path: Path) -> None:
    """A day to come is refused in the connection and costs the row in a column."""
    path = table(tmp_path, GRANTS + "x,A,,j@a.example,,,owner,,,,\n")
    assert "in the future" in refusal(path, attested_on=date(2026, 11, 22)).message
    rows = "platform,account,principal_email,role,attested_on\nx,A,j@a.example,owner,2027-01-01\nx,A,k@a.example,owner,\n"
    facts = collect(table(tmp_path, rows))
    assert len(of(Grant, facts)) == 1
    assert "t.csv:2: attested_on is in the future" in told(facts, "x:@a", FactKind.GRANTS).reason


def test_an_unreadable_row_makes_its_own_account_partial(tmp_path: Path) -> None:
    """The good rows are kept, the bad one is named by file and line, other accounts stay whole."""
    path = table(
        tmp_path, GRANTS + "x,A,,j@a.example,,,owner,,,,\nx,A,,,,,owner,,,,\nx,B,,k@a.example,,,owner,,,,\n"
    )
    facts = collect(path)
    assert len(of(Grant, facts)) == 2
    coverage = told(facts, "x:@a", FactKind.GRANTS)
    assert coverage.state is PARTIAL
    assert "t.csv:3: principal_name, principal_email, principal_handle are all blank" in coverage.reason
    assert states(facts, "x:@b")[FactKind.GRANTS] is ATTESTED


def test_a_row_whose_account_cannot_be_read_makes_all_accounts_partial(tmp_path: Path) -> None:
    """It may be anybody's."""
    rows = 'x,A,,j@a.example,,,owner,,,,\n"x,B,broken\nx,B,,k@a.example,,,owner,,,,\n'
    facts = collect(table(tmp_path, GRANTS + rows))
    assert len(of(Grant, facts)) == 2
    assert {states(facts, account)[FactKind.GRANTS] for account in ("x:@a", "x:@b")} == {PARTIAL}
    assert "t.csv:3: its quotation marks do not match" in told(facts, "x:@b", FactKind.GRANTS).reason


def test_an_account_known_from_an_unreadable_row_alone_is_partial(tmp_path: Path) -> None:
    """An account whose only row is lost is not an account without holders."""
    facts = collect(table(tmp_path, GRANTS + "x,A,,j@a.example,,,owner,,,,\nx,B,,k@a.example,,,,,,,\n"))
    assert told(facts, "x:@b", FactKind.GRANTS).state is PARTIAL
    assert "role is blank" in told(facts, "x:@b", FactKind.GRANTS).reason


def test_a_row_with_shifted_cells_is_believed_only_for_a_known_account(tmp_path: Path) -> None:
    """Too many cells: an account seen on good rows is believed, another makes all partial."""
    good = "x,A,,j@a.example,,,owner,,,,\nx,C,,j@a.example,,,owner,,,,\n"
    shifted = collect(table(tmp_path, GRANTS + good + "x,A,,k@a.example,,,owner,,,,,oops\n"))
    assert (states(shifted, "x:@a")[FactKind.GRANTS], states(shifted, "x:@c")[FactKind.GRANTS]) == (
        PARTIAL,
        ATTESTED,
    )
    unknown = collect(table(tmp_path, GRANTS + good + "x,Z,,k@a.example,,,owner,,,,,oops\n"))
    assert {states(unknown, account)[FactKind.GRANTS] for account in ("x:@a", "x:@c")} == {PARTIAL}


def test_spellings_of_one_account_are_one_account(tmp_path: Path) -> None:
    """Handle, @handle and address in any case are told once."""
    rows = "x,HarborJobs,,j@a.example,,,owner,,,,\ntwitter,@harborjobs,,k@a.example,,,owner,,,,\n"
    facts = collect(table(tmp_path, GRANTS + rows))
    assert [one.account_id for one in of(Account, facts)] == ["x:@harborjobs"]
    assert len([one for one in of(Coverage, facts) if one.fact is FactKind.GRANTS]) == 1


def test_dates_that_could_be_two_days_are_refused(tmp_path: Path) -> None:
    """03/04/2026 is not guessed at: the grant stays, its date is unknown, the row is named."""
    facts = collect(table(tmp_path, GRANTS + "x,A,,j@a.example,,,owner,03/04/2026,,,\n"))
    (grant,) = of(Grant, facts)
    assert grant.granted_at is None
    assert "t.csv:2: granted_on is not a date such as" in told(facts, "x:@a", FactKind.GRANTS).reason


def test_headers_are_matched_loosely(tmp_path: Path) -> None:
    """Case, spaces, punctuation and usual synonyms do not matter; a title row above is skipped."""
    text = "Delegates of our accounts\n\nPlatform;ACCOUNT;Name;E-Mail;Access Level;2FA\nX;A;Jane;j@a.example;Admin;on\n"
    facts = collect(table(tmp_path, text))
    (principal,) = of(Principal, facts)
    assert (principal.name, principal.email, principal.mfa) == ("Jane", "j@a.example", True)


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("account,principal_email,role", "needs the column platform"),
        ("platform,account,role", "needs one of the columns principal_name"),
        ("platform,account,email,e-mail,role", "both mean principal_email"),
        ("platform,account,colour", "do not tell what it is about"),
        ("colour,shape", "no row of known column names"),
    ],
)
def test_tables_whose_columns_do_not_do_are_refused(tmp_path: Path, header: str, words: str) -> None:
    """The error says which column is missing or double."""
    assert words in refusal(table(tmp_path, header + "\n" + "x," * 4 + "\n")).message


def test_the_kind_is_told_by_columns_or_by_the_connection(tmp_path: Path) -> None:
    """The same columns mean MFA by themselves, principals where facts: says so."""
    path = table(tmp_path, "platform,account,principal_email,mfa\nx,A,j@a.example,yes\n")
    assert set(states(collect(path), "x:@a")) == {FactKind.MFA}
    assert set(states(collect(path, facts="principals"), "x:@a")) == {FactKind.PRINCIPALS, FactKind.MFA}


def test_apps(tmp_path: Path) -> None:
    """Apps keep their scopes; X's have levels, others none; an app without id is known by its name."""
    path = table(
        tmp_path,
        "platform,account,app_name,app_id,publisher,scopes,approved_on,last_used_on\n"
        'x,A,Planner,007,Chirp Inc,"read, write",2026-01-31,\n'
        "x,A,Planner,007,Chirp Inc,read directmessages,2026-02-28,2026-10-10\n"
        "facebook,P,Tool,,,pages_show_list,,\n"
        "x,B,none,,,,,\n",
    )
    facts = collect(path)
    apps = of(App, facts)
    assert [(one.app_id, one.level, one.can_message) for one in apps] == [
        ("x:007", Level.PUBLISHER, False),
        ("x:007", Level.VIEWER, True),
        ("facebook:name:tool", None, None),
    ]
    assert len({one.app_key for one in apps}) == 3
    assert states(facts, "x:@b") == {FactKind.APPS: ATTESTED}


def test_accounts(tmp_path: Path) -> None:
    """Owner, tier, patients' data and enforced MFA are told for known and unknown accounts alike."""
    path = table(
        tmp_path,
        "platform,account,name,url,owner_email,tier,mfa_required,phi_exposed,last_reviewed_on\n"
        "x,HarborHealth,Harbor,https://x.com/HarborHealth,pat@harbor.example,1,,yes,2026-08-01\n"
        "facebook,Harbor,,javascript:alert(1),nobody,12,admins,maybe,\n",
    )
    facts = collect(path, estate=KnownEstate())
    known, other = of(Account, facts)
    assert (known.account_id, known.owner_email, known.tier, known.phi_exposed) == (
        "x:77",
        "pat@harbor.example",
        1,
        True,
    )
    assert known.last_reviewed_on == date(2026, 8, 1)
    assert (other.kind, other.mfa_required, other.url) == (None, MfaRequired.ADMINS, None)
    assert (other.owner_email, other.tier, other.phi_exposed) == (None, None, None)
    assert states(facts, "x:77") == {FactKind.ACCOUNTS: ATTESTED}
    assert states(facts, other.account_id) == {FactKind.ACCOUNTS: PARTIAL, FactKind.MFA_REQUIRED: PARTIAL}
    assert "owner_email is not an e-mail address" in told(facts, other.account_id, FactKind.ACCOUNTS).reason


def test_xlsx_is_read_and_a_rounded_id_costs_its_row(tmp_path: Path) -> None:
    """A workbook does as well; an account id Excel has rounded is not taken for an account."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    for row in (
        ["platform", "account", "principal_email", "role"],
        ["x", "HarborJobs", "j@a.example", "owner"],
        ["x", 1029384756102938475, "k@a.example", "owner"],
    ):
        page.append(row)
    book.save(tmp_path / "t.xlsx")
    facts = collect(tmp_path / "t.xlsx")
    assert len(of(Grant, facts)) == 1
    assert (
        "t.xlsx:3: cell B3 holds a number of more than 15 digits"
        in told(facts, "x:@harborjobs", FactKind.GRANTS).reason
    )
    csv = table(
        tmp_path,
        "platform,account,principal_email,role\nx,1.02938E+18,j@a.example,owner\nx,A,j@a.example,owner\n",
    )
    assert len(of(Grant, collect(csv))) == 1


def test_a_table_that_cannot_be_read_is_a_connector_error(tmp_path: Path) -> None:
    """No file, mixed encodings, or no readable row at all: one sentence with the place."""
    assert "no such file" in refusal(tmp_path / "none.csv").message
    mixed = tmp_path / "mixed.csv"
    mixed.write_bytes(
        GRANTS.encode() + "x,A,Zoë,,,,owner,,,,\n".encode() + "x,A,Zoë,,,,owner,,,,\n".encode("cp1252")
    )
    assert "mixed.csv:3: mixes encodings" in refusal(mixed).message
    empty = table(tmp_path, GRANTS + "x,A,,,,,,,,,\n")
    assert "no row that can be read. The first: line 2" in refusal(empty).message


def test_evidence_holds_the_row_and_nothing_else(tmp_path: Path) -> None:
    """Each fact points to its row as read; columns nobody asked for stay out."""
    table(tmp_path, "platform,account,principal_email,role,salary\nx,A,j@a.example,owner,99000\n")
    context = make_context(tmp_path)
    chosen = TableSettings(id="tab", path="t.csv", attested_by="Pat", attested_on=SEEN_ON)
    facts = list(TableConnector().collect(chosen, context))
    assert isinstance(context.evidence, MemoryEvidence)
    assert "99000" not in context.evidence.text
    for kind, record in context.evidence.records.values():
        assert isinstance(record, dict)
        assert record.keys() <= TableConnector.kept_fields[kind]
    assert all(
        fact.evidence_id in context.evidence.records for fact in facts if not isinstance(fact, Coverage)
    )


def test_settings_refuse_the_templates_placeholder_and_odd_numbers() -> None:
    """Nobody is called WHO-LOOKED, and no attestation holds for zero days or ten years."""
    for options in (
        {"attested_by": "WHO-LOOKED"},
        {"valid_days": 0},
        {"valid_days": 4000},
        {"facts": "rumours"},
    ):
        with pytest.raises(ValidationError):
            TableSettings(**{"id": "t", "path": "x.csv", **options})


def test_doctor_says_what_is_read_and_what_is_not(tmp_path: Path) -> None:
    """Good rows, lost rows, columns not read and lapsed attestations each get a line."""
    table(
        tmp_path, "platform,account,principal_email,role,mfa_metod\nx,A,j@a.example,owner,sms\nx,A,,owner,\n"
    )

    def check(**options: Any) -> list[tuple[CheckState, str]]:
        given = {"path": "t.csv", "attested_by": "Pat", "attested_on": SEEN_ON, **options}
        chosen = TableSettings(id="tab", **given)
        return [(one.state, one.message) for one in TableConnector().check(chosen, make_context(tmp_path))]

    lost, unread, good = check()
    assert (lost[0], unread[0], good[0]) == (CheckState.WARNING, CheckState.WARNING, CheckState.GOOD)
    assert "t.csv:3" in lost[1]
    assert "mfa_metod" in unread[1]
    assert "lapsed on" in check(attested_on=date(2026, 1, 1))[-1][1]
    assert check(path="none.csv")[0][0] is CheckState.BAD


WORD = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=10) | st.sampled_from(
    ["x", "A", "owner", "none", "yes", "2026-01-01", "j@a.example", "https://[", "999999-01-01"]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    columns=st.lists(
        st.sampled_from(
            (*GRANTS.strip().split(","), "app_name", "tier", "attested_on", "url", "status", "scopes")
        ),
        min_size=2,
        unique=True,
    ),
    data=st.data(),
)
def test_any_cells_are_facts_or_a_connector_error(
    tmp_path: Path, columns: list[str], data: st.DataObject
) -> None:
    """Whatever stands in the cells, nothing but ConnectorError comes out, and no fact vouches for itself."""
    rows = data.draw(st.lists(st.lists(WORD, min_size=len(columns), max_size=len(columns)), max_size=4))
    lines = [columns, *([f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row] for row in rows)]
    path = table(tmp_path, "\n".join(",".join(line) for line in lines) + "\n")
    try:
        facts = collect(path)
    except ConnectorError:
        return
    for fact in facts:
        assert isinstance(fact, Coverage) or fact.attested_by
        assert isinstance(fact, Coverage) or fact.valid_until


def test_the_documentation_lists_every_column_and_role_word() -> None:
    """What is not written down cannot be filled in."""
    page = (Path(__file__).parents[2] / "docs" / "connectors" / "table.md").read_text(encoding="utf-8")
    for names in COLUMNS.values():
        assert [name for name in names if name not in page] == []
    for platform, roles in ROLES.items():
        for word, role in roles.items():
            level = role.level.word if role.level else "unknown"
            assert f"| {platform} | {word} | {level} |" in page
    assert [key for key in TableSettings.model_fields if f"`{key}`" not in page] == ["id", "connector"]
