"""What must be done today."""

from __future__ import annotations

from dataclasses import replace

from auditor.model.finding import Severity
from reports.page import Page
from reports.urgent import AT_MOST, today
from tests.reports.support_review import FINDINGS, finding, review_of, sample_review


def test_the_most_urgent_comes_first_and_a_person_is_named_once() -> None:
    """Bo Fox's two accounts are one line; severity decides the order."""
    lines = today(sample_review()).lines
    assert lines[0].finding.person_id == "hr:100512"
    assert lines[0].account_ids == ("x:2244", "facebook:902")
    assert [line.finding.severity for line in lines] == [Severity.CRITICAL, *[Severity.HIGH] * 3]


def test_at_most_five_lines_and_the_rest_is_counted() -> None:
    """A flood shows five lines and says how many findings they leave out."""
    flood = [finding("shared-login", f"x:{n}|x:{n}|direct", f"login {n}") for n in range(40)]
    result = today(review_of(sample_review().accounts, flood))
    assert len(result.lines) == AT_MOST
    assert (result.findings, result.more) == (40, 35)


def test_medium_findings_are_not_urgent_but_undecided_grave_checks_are_told() -> None:
    """Nothing urgent is said only together with the grave checks that could not be decided."""
    calm = [one for one in FINDINGS if one.severity < Severity.HIGH or one.verdict == "unknown"]
    result = today(review_of(sample_review().accounts, calm))
    assert (result.lines, result.findings) == ((), 0)
    assert result.undecided == sum(one.severity >= Severity.HIGH for one in calm)


def test_accounts_that_patients_data_can_reach_go_before_others() -> None:
    """Of two equal findings the one on an exposed account stands first."""
    exposed = finding("shared-login", "x:2244|a|direct", "exposed")
    plain = finding("shared-login", "x:2245|b|direct", "plain")
    lines = today(review_of(sample_review().accounts, [plain, exposed])).lines
    assert [line.finding.message for line in lines] == ["exposed", "plain"]


def test_elsewhere_names_accounts_then_counts() -> None:
    """The other places of a fault are named, at most three, the rest counted."""
    review = sample_review()
    ids = [account.account_id for account in review.accounts]
    many = [replace(finding("shared-login", f"{key}|p|direct", "m"), person_id="hr:1") for key in ids]
    page = Page(review_of(review.accounts, many))
    assert page.elsewhere(page.today.lines[0]).endswith("and 4 more.")


def test_one_app_on_two_accounts_is_one_line() -> None:
    """The same fault of the same app is one thing to do, wherever it is connected."""
    review = sample_review()
    keys = [
        app.app_key for account in review.accounts for app in account.apps if app.name == "Caretalk Inbox"
    ]
    found = [
        finding("app-reads-messages", key, "m", account_id=key.split("|")[0], principal_id=None)
        for key in keys
    ]
    (line,) = today(review_of(review.accounts, found)).lines
    assert len(line.account_ids) == len(keys) == 2


def test_of_equal_faults_the_broader_comes_first() -> None:
    """What touches three accounts stands before what touches one."""
    one = finding("app-reads-messages", "x:2244|a|direct", "narrow")
    broad = [finding("shared-login", f"x:2244|b|{n}", "broad") for n in range(3)]
    lines = today(review_of(sample_review().accounts, [one, *broad])).lines
    assert [line.finding.message for line in lines] == ["broad", "narrow"]
