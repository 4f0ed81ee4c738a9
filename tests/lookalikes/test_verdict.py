"""Verdicts: two elements or one disguise; reasons not to accuse are shown; nothing removed makes it worse."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.lookalikes import Allowed, Brand, Candidate, Scan, Thresholds, Tier, Verdict
from auditor.lookalikes.elements import ElementKind
from tests.lookalikes.support_lookalikes import BRANDS, NOW, Case, cases, verdict, verdicts

CASES = cases()
FOUND = verdicts([case.candidate for case in CASES])
AVATAR = "f0e1d2c3b4a59687"
TIERS = [None, Tier.REVIEW, Tier.LIKELY]


def tier(case: Case) -> str:
    """Return what was said of a case."""
    found = FOUND.get((case.brand, case.candidate.id))
    return found.tier.value if found else ""


def test_quality_on_our_own_cases() -> None:
    """Nearly all impersonators are likely, none goes unseen, and hardly any honest account is accused."""
    counts = Counter((case.label, tier(case)) for case in CASES)
    bad = sum(count for (label, _), count in counts.items() if label == "impersonation")
    likely = counts["impersonation", "likely"]
    assert likely / bad >= 0.95
    assert likely / (likely + counts["benign", "likely"]) >= 0.97
    assert counts["impersonation", ""] == counts["review", ""] == 0


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.label == "review"], ids=lambda case: case.pattern
)
def test_a_name_alone_is_for_review(case: Case) -> None:
    """X does not forbid to share a name, so a name alone accuses nobody."""
    assert tier(case) == "review"


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.label == "benign"], ids=lambda case: case.pattern
)
def test_honest_accounts_are_not_accused(case: Case) -> None:
    """Parody, fans, staff, complaints, news, offices elsewhere and namesakes are never called likely."""
    assert tier(case) != "likely"


def test_each_element_shows_what_it_rests_on() -> None:
    """An element has raw values, the code points of a disguise and a sentence."""
    found = verdict(Candidate("7", "xq81", "R\u0456verside Health"))
    assert found is not None
    (name,) = found.elements
    assert name.kind is ElementKind.NAME
    assert name.values["display_name"] == "R\u0456verside Health"
    assert name.code_points == ("U+0456 CYRILLIC SMALL LETTER BYELORUSSIAN-UKRAINIAN I",)
    assert "in disguise" in name.sentence
    assert found.tier is Tier.LIKELY


def test_a_display_name_that_is_name_and_handle_is_called_the_name() -> None:
    """Who copies Riverside Health copies the name; that the handle has the same letters is beside the point."""
    found = verdict(Candidate("1", "RiversideHea1th", "Riverside Health"), "RiversideHealth")
    assert found is not None
    said = {element.kind: element for element in found.elements}
    assert said[ElementKind.NAME].sentence == "The display name is the brand's name."
    assert said[ElementKind.NAME].values["name"] == "Riverside Health"
    assert "registered handle" in said[ElementKind.HANDLE].sentence


@pytest.mark.parametrize(
    "name",
    [
        "Jo Keller, Riverside Health",
        "Jo Keller | Riverside Health",
        "Keller at Riverside Health",
        "Love Riverside Health",
        "A Day in the Country near Riverside Health",
    ],
)
def test_who_names_the_brand_is_not_shown_for_it(name: str) -> None:
    """People who say where they work, and names that are mostly something else, are not for review."""
    assert verdict(Candidate("1", "jo_k_88", name)) is None


def test_words_of_another_script_are_shown_as_written() -> None:
    """A clinic's word in Arabic beside the name is no disguise, and the sentence has it as it stands there."""
    found = verdict(Candidate("1", "RiversideHealthAR", "\u0639\u064a\u0627\u062f\u0629 Riverside Health"))
    assert found is not None
    (name,) = [element for element in found.elements if element.kind is ElementKind.NAME]
    assert (name.obfuscated, name.code_points) == (False, ())
    assert "with \u0639\u064a\u0627\u062f\u0629 (other) around it" in name.sentence


def test_sentences_count_as_people_do() -> None:
    """One day is no days, and a picture without a differing bit is the same picture."""
    brand = replace(BRANDS[0], avatars=(AVATAR,))
    account = Candidate(
        "1", "xkq83", "Riverside Health", created_at=NOW - timedelta(days=1), followers=1, avatar=AVATAR
    )
    said = " ".join(each.sentence for each in verdicts([account], [brand])["RiversideHealth", "1"].elements)
    assert "the same picture" in said
    assert "1 day old; it has 1 follower." in said


def test_the_organisations_domain_is_no_name_of_its_other_brands() -> None:
    """Who is like the organisation's domain is not after a doctor or a clinic of another name; links there excuse."""
    doctor, sister = (
        Brand(name, name=name, sites=("riversidehealth.example",))
        for name in ("Dr. Ana Ruiz-Calder", "Riverside Hospice")
    )
    posing = Candidate("1", "riversidehealth_help", "Riverside Health Help")
    linking = Candidate(
        "2", "AnaRuizCalder", "Dr. Ana Ruiz-Calder", url="https://riversidehealth.example/ana"
    )
    found = verdicts([posing, linking], [doctor, sister])
    assert set(found) == {("Riverside Hospice", "1"), ("Dr. Ana Ruiz-Calder", "2")}
    assert "own domain" in " ".join(found["Dr. Ana Ruiz-Calder", "2"].suppressed_by)


def test_a_copied_picture_is_an_element() -> None:
    """The same picture beside the same name makes two elements, however random the handle."""
    brand = replace(BRANDS[0], avatars=(AVATAR,))
    account = Candidate("1", "xkq83", "Riverside Health", avatar="f0e1d2c3b4a59686")
    found = verdicts([account, replace(account, id="2", avatar="0f1e2d3c4b5a6978")], [brand])
    assert found["RiversideHealth", "1"].tier is Tier.LIKELY
    assert found["RiversideHealth", "2"].tier is Tier.REVIEW


def test_parody_with_the_brands_picture_is_not_excused() -> None:
    """X asks parody to begin its name so and to have another picture."""
    brand = replace(BRANDS[0], avatars=(AVATAR,))
    account = Candidate("1", "RiversideHealth_", "Parody Riverside Health", avatar=AVATAR)
    found = verdicts([account, replace(account, id="2", avatar="")], [brand])
    assert not found["RiversideHealth", "1"].suppressed_by
    assert found["RiversideHealth", "2"].suppressed_by


IMPERSONATOR = Candidate(
    "9",
    "RiversideHelp",
    "Riverside Health Support",
    bio="Official support team of Riverside Health. Write to t.me/rivhelp or help@gmail.com",
    url="https://riversidehealth-help.example",
    created_at=datetime(2026, 10, 20, tzinfo=UTC),
    followers=12,
    verified_type="blue",
    avatar=AVATAR,
)
EMPTY = Candidate("9")
FIELDS = ("handle", "name", "bio", "url", "created_at", "followers", "verified_type", "avatar")
PICTURED = Scan.of([replace(BRANDS[0], avatars=(AVATAR,)), *BRANDS[1:]], NOW)


def judged(candidate: Candidate) -> dict[str, Verdict]:
    """Return the verdicts on a candidate by brand."""
    return {found.brand.key: found for found in PICTURED.verdicts([candidate])}


@given(st.sampled_from([IMPERSONATOR, *(case.candidate for case in CASES)]), st.sets(st.sampled_from(FIELDS)))
def test_the_score_never_rises_when_a_signal_is_removed(candidate: Candidate, removed: set[str]) -> None:
    """Taking fields away from an account never raises its score beside any brand."""
    whole = judged(candidate)
    less = judged(replace(candidate, **{field: getattr(EMPTY, field) for field in removed}))
    for brand, found in less.items():
        assert brand in whole
        assert found.score <= whole[brand].score


@given(st.sets(st.sampled_from(("bio", "created_at", "followers", "verified_type", "avatar"))))
def test_the_tier_never_rises_when_a_signal_is_removed(removed: set[str]) -> None:
    """Nor does the tier, where what is removed is no reason to excuse the account."""
    whole = judged(IMPERSONATOR)["RiversideHealth"]
    less = judged(replace(IMPERSONATOR, **{field: getattr(EMPTY, field) for field in removed}))
    assert TIERS.index(less["RiversideHealth"].tier) <= TIERS.index(whole.tier)


def test_every_kind_of_element_is_found() -> None:
    """An account that does all at once shows all six elements."""
    assert {element.kind for element in judged(IMPERSONATOR)["RiversideHealth"].elements} == set(ElementKind)


@pytest.mark.parametrize("kind", ["blue", "none", ""])
def test_a_paid_check_never_lowers_the_risk(kind: str) -> None:
    """With a paid blue check an account is at least as suspect as without."""
    account = Candidate("3", "xkq83", "Riverside Health")
    plain, checked = verdict(account), verdict(replace(account, verified_type=kind))
    assert plain is not None
    assert checked is not None
    assert checked.score >= plain.score
    assert checked.tier is plain.tier


def test_age_and_followers_never_suffice() -> None:
    """A new account with few followers and nothing of the brand's is not shown."""
    assert verdict(Candidate("4", "xkq83", "Ann", created_at=NOW, followers=0, verified_type="blue")) is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"url": "https://www.riversidehealth.example/contact"}, "links to the brand's own domain"),
        ({"affiliation": "riversidehealth"}, "affiliate badge"),
        ({"handle": "RiversideHealth"}, "the brand's own account"),
        ({"handle": "OakMereBank"}, "another protected brand's own account"),
        ({"id": "allowed"}, "Allowed until 2026-12-31: our office in Texas"),
    ],
)
def test_reasons_not_to_accuse_are_shown(change: dict[str, Any], reason: str) -> None:
    """A suppressed account is for review, with the reason beside its elements."""
    allowed = (
        Allowed("@allowed", "our office in Texas", date(2026, 12, 31)),
        Allowed("5", "an old matter", date(2026, 10, 31)),
    )
    scan = Scan.of(BRANDS, NOW, allowed)
    account = Candidate("5", "Riverside_Health", "Riverside Health")
    (open_case,) = scan.verdicts([account])
    assert open_case.tier is Tier.LIKELY
    assert not open_case.suppressed_by
    found = {each.brand.key: each for each in scan.verdicts([replace(account, **change)])}["RiversideHealth"]
    assert found.tier is Tier.REVIEW
    assert reason in " ".join(found.suppressed_by)
    assert found.elements


def test_a_handle_on_another_platform_is_not_the_brands_own() -> None:
    """Where the brand's platform is known, its handle elsewhere may be anybody's."""
    scan = Scan.of([replace(BRANDS[0], platform="x")], NOW)
    there = Candidate("1", "RiversideHealth", "Riverside Health", platform="instagram")
    found = list(
        scan.verdicts([there, replace(there, id="2", platform="x"), replace(there, id="3", platform="")])
    )
    assert [bool(each.suppressed_by) for each in found] == [False, True, True]


def test_declared_affiliates_are_never_accused() -> None:
    """Accounts that are protected themselves are not likely impersonators of their sisters."""
    sisters = [
        Brand(f"Riverside{place}", f"Riverside{place}", f"Riverside Health {place}")
        for place in ("Help", "Texas", "Kids", "Careers", "Support")
    ]
    brands = [*BRANDS, *sisters]
    own = [Candidate(brand.handle, brand.handle, brand.name) for brand in brands]
    assert {found.tier for found in Scan.of(brands, NOW).verdicts(own)} == {Tier.REVIEW}


def test_an_organisation_may_have_thresholds_of_its_own() -> None:
    """Who wants disguise alone to be reviewed by a person says so."""
    account = Candidate("1", "xq81", "R\u0456verside Health")
    careful = Scan.of(BRANDS, NOW, thresholds=Thresholds(obfuscation_suffices=False))
    assert [found.tier for found in careful.verdicts([account])] == [Tier.REVIEW]


@given(
    st.lists(
        st.builds(
            Candidate, st.just("1"), st.text(max_size=20), st.text(max_size=40), bio=st.text(max_size=40)
        )
    )
)
def test_any_account_can_be_judged(accounts: list[Candidate]) -> None:
    """No text of Unicode in any field stops a scan, and the same accounts have the same verdicts again."""
    assert list(PICTURED.verdicts(accounts)) == list(PICTURED.verdicts(accounts))
