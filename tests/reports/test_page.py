"""The page's indexes and groups."""

from __future__ import annotations

from dataclasses import replace

from auditor.model.finding import Verdict
from reports.page import Page, group_by_action
from tests.reports.support_review import finding, review_of, sample_review, undecided


def test_findings_with_one_remediation_are_one_group() -> None:
    """Two rules with the same remedy share a group; the heading is what to do."""
    page = Page(sample_review())
    group = next(group for group in page.groups if group.action.startswith("Ask the holder"))
    assert {one.rule for one in group.findings} == {"mfa-for-every-holder", "sms-only-mfa"}
    assert group.shared_remediation


def test_a_remediation_that_names_each_subject_groups_by_rule() -> None:
    """Twenty different remediations of one rule are one group, not twenty."""
    fails = [
        finding("shared-login", f"x:{n}|p|direct", "m", remediation=f"Tell person {n}.") for n in range(20)
    ]
    (group,) = group_by_action(fails)
    assert group.action == "One login for several people is not used"
    assert not group.shared_remediation


def test_no_fail_is_lost_by_grouping() -> None:
    """Every fail stands in exactly one group, the gravest group first."""
    page = Page(sample_review())
    grouped = [one.fingerprint for group in page.groups for one in group.findings]
    assert sorted(grouped) == sorted(one.fingerprint for one in page.fails)
    assert [group.worst for group in page.groups] == sorted((g.worst for g in page.groups), reverse=True)


def test_an_unknown_whose_gap_was_forgotten_is_shown_all_the_same() -> None:
    """Gaps that the caller left out are added, so no unknown verdict can vanish from the page."""
    stray = undecided("shared-login", "x:2244|p|direct", "m", "why", "Do the forgotten thing.")
    review = replace(review_of(sample_review().accounts, [stray]), gaps=())
    assert [gap.remedy for gap in Page(review).gaps] == ["Do the forgotten thing."]


def test_counts_are_of_fails_and_unknowns() -> None:
    """The counts by severity add up to the findings."""
    page = Page(sample_review())
    assert sum(failed for failed, _ in page.counts.values()) == len(page.fails)
    unknown = [one for one in page.review.findings if one.verdict is Verdict.UNKNOWN]
    assert sum(undecided for _, undecided in page.counts.values()) == len(unknown)


def test_a_person_has_every_grant() -> None:
    """A person's grants are those of every matched identity, over all platforms."""
    held = Page(sample_review()).holders_of_person["hr:100512"]
    assert {holder.account_id for holder in held} == {"x:2244", "facebook:902"}


def test_every_evidence_id_shown_is_in_the_index() -> None:
    """Findings, holders, apps, accounts and people: each record they rest on is listed once."""
    page = Page(sample_review())
    listed = [record.evidence_id for record in page.evidence]
    assert len(listed) == len(set(listed))
    assert {one.evidence_id for one in page.review.findings if one.evidence_id} <= set(listed)
