"""The organisation's own tables of vendors and owners."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.errors import DocumentError
from auditor.model.estate import CoverageState, FactKind, MfaRequired
from auditor.model.facts import Account, Coverage, Fact
from auditor.model.people import Vendor
from connectors.base import Context, EmptyEstate
from connectors.house_tables import read_owners, read_vendors
from tests.support import NOW, make_context

VENDOR_HEADER = (
    "name,kind,domains,app_names,app_ids,contract_ends_on,baa_signed_on,baa_expires_on,owner_email\n"
)
OWNER_HEADER = "platform,account,owner_email,tier,phi_exposed,last_reviewed_on,mfa_required\n"
Reader = Callable[[Path, Context], Iterator[Fact]]


class OneAccount(EmptyEstate):
    """An estate in which one X account was enumerated."""

    def account_id(self, platform: str, reference: str) -> str | None:
        """Know RiversideHealth alone."""
        return "x:17" if (platform, reference.casefold()) == ("x", "riversidehealth") else None


def read(reader: Reader, folder: Path, text: str) -> tuple[list[Fact], list[str]]:
    """Return the facts of a table and the reasons of its partial coverage."""
    path = folder / "house.csv"
    path.write_text(text, encoding="utf-8")
    facts = list(reader(path, make_context(folder, estate=OneAccount())))
    gaps = [fact for fact in facts if isinstance(fact, Coverage) and fact.state is CoverageState.PARTIAL]
    return [fact for fact in facts if fact not in gaps], [gap.reason for gap in gaps]


def test_vendor(tmp_path: Path) -> None:
    """A vendor has its lists apart, its dates read, and nobody who attests it."""
    text = VENDOR_HEADER + (
        'Bright & Co. Agency,Agency,"https://www.bright.example/, @mail.bright.example","Bright, the App; Brightly",'
        "55;66,2027-01-31,2025-02-01,2026-12-31,ana@riverside.example\n"
    )
    facts, problems = read(read_vendors, tmp_path, text)
    assert problems == []
    (vendor,) = facts
    assert isinstance(vendor, Vendor)
    assert (vendor.vendor_id, vendor.kind) == ("bright-co-agency", "agency")
    assert vendor.domains == ("bright.example", "mail.bright.example")
    assert vendor.app_names == ("Bright, the App", "Brightly")
    assert vendor.app_ids == ("55", "66")
    assert (vendor.contract_ends_on, vendor.baa_signed_on) == (date(2027, 1, 31), date(2025, 2, 1))
    assert vendor.attested_by is None
    assert vendor.observed_at <= NOW
    assert vendor.evidence_id


def test_vendor_rows_that_cannot_be_read(tmp_path: Path) -> None:
    """A row without name, a second row of a vendor and bad cells are told; nothing is guessed."""
    text = VENDOR_HEADER + (
        ",agency,,,,,,,\nBright,agency,,,,see file,,,not an address\nBRIGHT,tool,,,,,,,\n"
    )
    facts, problems = read(read_vendors, tmp_path, text)
    assert [fact.kind for fact in facts if isinstance(fact, Vendor)] == ["agency"]
    assert [problem.split(":")[1] for problem in problems] == ["2", "3", "3", "4"]


def test_ambiguous_contract_dates_are_asked_about(tmp_path: Path) -> None:
    """A column of 03/04/2026 stops with the question and the line."""
    text = VENDOR_HEADER + "Bright,agency,,,,03/04/2026,,,\n"
    with pytest.raises(DocumentError, match=r"house\.csv:2: column 'contract_ends_on'"):
        read(read_vendors, tmp_path, text)


def test_misspelt_column_is_told(tmp_path: Path) -> None:
    """A column that is nearly one of ours is told; a column of notes is left alone."""
    facts, problems = read(read_vendors, tmp_path, "name,baa_expire_on,notes\nBright,2027-01-01,x\n")
    assert len(facts) == 1
    assert problems == ["house.csv:1: the column 'baa_expire_on' is not read: is 'baa_expires_on' meant?"]


@pytest.mark.parametrize(
    ("reader", "header"), [(read_vendors, "title,kind\nx,y\n"), (read_owners, "platform,owner_email\nx,y\n")]
)
def test_required_columns(reader: Reader, header: str, tmp_path: Path) -> None:
    """Without its key columns the table is refused, with the columns it should have."""
    with pytest.raises(DocumentError, match="there is no column"):
        read(reader, tmp_path, header)


def test_column_twice(tmp_path: Path) -> None:
    """Two columns of one name are refused: one of them would be lost."""
    with pytest.raises(DocumentError, match="given twice"):
        read(read_vendors, tmp_path, "name,kind,Kind\nBright,a,b\n")


def test_owner_of_a_known_account(tmp_path: Path) -> None:
    """A row is about the account the platform enumerated, by handle or address."""
    text = OWNER_HEADER + "Twitter,https://x.com/RiversideHealth,ana@riverside.example,1,yes,2026-08-31,\n"
    facts, problems = read(read_owners, tmp_path, text)
    assert problems == []
    (account,) = facts
    assert isinstance(account, Account)
    assert (account.account_id, account.platform, account.handle) == ("x:17", "x", None)
    assert (account.owner_email, account.tier, account.phi_exposed) == ("ana@riverside.example", 1, True)
    assert account.last_reviewed_on == date(2026, 8, 31)
    assert account.attested_by is None


def test_enforced_mfa_is_a_claim_about_the_platform(tmp_path: Path) -> None:
    """mfa_required comes as an attested fact of its own, with attested coverage."""
    text = OWNER_HEADER + "x,@riversidehealth,ana@riverside.example,1,no,,admins\n"
    facts, problems = read(read_owners, tmp_path, text)
    assert problems == []
    own, claim, coverage = facts
    assert isinstance(own, Account)
    assert isinstance(claim, Account)
    assert isinstance(coverage, Coverage)
    assert own.mfa_required is None
    assert (claim.mfa_required, claim.attested_by, claim.tier) == (
        MfaRequired.ADMINS,
        "ana@riverside.example",
        None,
    )
    assert (coverage.fact, coverage.state) == (FactKind.MFA_REQUIRED, CoverageState.ATTESTED)


def test_owner_of_an_account_nobody_saw(tmp_path: Path) -> None:
    """An account no connection has seen gets a stand-in id, and the row is told."""
    facts, problems = read(read_owners, tmp_path, OWNER_HEADER + "x,@Riversyde,,2,,,\n")
    (account,) = facts
    assert isinstance(account, Account)
    assert (account.account_id, account.handle) == ("x:@riversyde", "Riversyde")
    assert "no connection has seen" in problems[0]


def test_owner_cells_that_cannot_be_read(tmp_path: Path) -> None:
    """Bad cells are unknown and told, never a default; the first row of an account counts."""
    text = OWNER_HEADER + (
        "x,riversidehealth,nobody,zero,perhaps,2027-02-01,some\n"
        "x,RiversideHealth,ana@riverside.example,1,yes,,\n"
        ",riversidehealth,,,,,\n"
    )
    facts, problems = read(read_owners, tmp_path, text)
    (account,) = facts
    assert isinstance(account, Account)
    cells = (
        account.owner_email,
        account.tier,
        account.phi_exposed,
        account.last_reviewed_on,
        account.mfa_required,
    )
    assert cells == (None,) * 5
    assert [problem.split(":")[1] for problem in problems].count("2") == 5
    assert [problem.split(":")[1] for problem in problems][-2:] == ["3", "4"]


CELL = st.text(
    st.characters(codec="utf-8", exclude_characters='"\x00', exclude_categories=["Cs", "Cc"]), max_size=12
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(st.lists(st.lists(CELL, min_size=7, max_size=7), min_size=1, max_size=4))
def test_any_cells(tmp_path: Path, rows: list[list[str]]) -> None:
    """Whatever the cells hold, the tables are read or refused with our own error."""
    body = "".join(",".join(f'"{cell}"' for cell in row) + "\n" for row in rows)
    for reader, header in ((read_owners, OWNER_HEADER), (read_vendors, VENDOR_HEADER)):
        try:
            facts, _problems = read(reader, tmp_path, header + body)
        except DocumentError:
            continue
        assert all(isinstance(fact, (Account, Vendor, Coverage)) for fact in facts)
