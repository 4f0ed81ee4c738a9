"""A narrowed review: all that belongs to its reader, and nothing of anybody else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.errors import UsageError
from auditor.model.estate import FactKind
from auditor.model.finding import Verdict
from reports import narrow
from reports.formats import FORMATS
from reports.narrow_person import sees_holders
from reports.review import AccessReview, CoverageSplit, Reader
from reports.tally import gaps_of, split_of
from reports.veil import HIDDEN, SOMEBODY, Veil, hidden_accounts, hidden_people, names_of
from tests.reports.support_estate import PEOPLE
from tests.reports.support_narrow import BO, LENA, PRIYA, named_estate

WHOLE = named_estate()
OWNERS = narrow.owners(WHOLE)


def _written(review: AccessReview, folder: Path) -> str:
    """Return everything the tables and the JSON file say of ``review``; test_readers adds the documents."""
    texts: list[str] = []
    for name in ("csv", "json"):
        texts += [path.read_text("utf-8-sig") for path in FORMATS[name].write(review, folder / name)]
    return "\n".join(texts)


def test_owners_are_told_once_whatever_the_case_and_nobody_is_nobody() -> None:
    """Addresses are folded and unique; an account without an owner adds none."""
    first, *rest = WHOLE.accounts
    shouted = replace(WHOLE, accounts=(replace(first, owner_email=f" {PRIYA.upper()} "), *rest))
    assert narrow.owners(shouted) == OWNERS == tuple(sorted(set(OWNERS)))
    assert len(OWNERS) == len({one.owner_email for one in WHOLE.accounts if one.owner_email})
    assert len(narrow.for_owner(shouted, PRIYA).accounts) == len(narrow.for_owner(WHOLE, PRIYA).accounts)


@pytest.mark.parametrize("owner", OWNERS)
def test_nothing_of_another_account_is_in_any_file_of_an_owner(owner: str, tmp_path: Path) -> None:
    """No id, handle, name or address of another account stands in page, tables or JSON; nobody unconcerned does."""
    part = narrow.for_owner(WHOLE, owner)
    own = {account.account_id for account in part.accounts}
    text = _written(part, tmp_path).casefold()
    for account in WHOLE.accounts:
        found = [name for name in names_of(account) if name.casefold() in text]
        assert bool(found) == (account.account_id in own), (account.account_id, found)
    for person in WHOLE.people:
        if person not in [replace(one, manager_name=person.manager_name, matched_by=person.matched_by)
                          for one in part.people]:  # fmt: skip
            assert person.name.casefold() not in text
            assert person.person_id.casefold() not in text
    shown = {finding.fingerprint for finding in part.findings}
    assert not [one for one in WHOLE.findings if one.fingerprint not in shown and one.fingerprint in text]


@pytest.mark.parametrize("owner", OWNERS)
def test_an_owners_part_holds_all_that_is_theirs(owner: str) -> None:
    """Every finding, holder, app and coverage cell of their accounts is there, and counted anew."""
    part = narrow.for_owner(WHOLE, owner)
    own = [one for one in WHOLE.accounts if one.owner_email == owner]
    ids = {one.account_id for one in own}
    assert {one.account_id for one in part.accounts} == ids
    assert {f.fingerprint for f in WHOLE.findings if f.account_id in ids} <= {
        f.fingerprint for f in part.findings
    }
    assert [len(one.holders) for one in part.accounts] == [len(one.holders) for one in own]
    assert [one.apps for one in part.accounts] == [one.apps for one in own]
    cells = [cell for account in part.accounts for cell in account.coverage]
    assert part.coverage == split_of(cells)
    assert part.gaps == gaps_of(cells, part.findings)
    assert sum(split.total for split in part.coverage_by_platform.values()) == part.coverage.total
    assert (part.reader, part.about) == (Reader.OWNER, owner)
    assert part.rules == part.standards == ()


def test_what_a_shared_person_holds_elsewhere_does_not_show() -> None:
    """A finding about an identity as a whole loses its sentence where the identity holds more than is shown."""
    (finding,) = [one for one in narrow.for_owner(WHOLE, BO).findings if one.subject_type == "principal"] or [
        None
    ]
    assert finding is None
    part = narrow.for_owner(WHOLE, LENA)
    (about_lena,) = [one for one in part.findings if one.subject_type == "person"]
    assert about_lena.message == "Lena Sørensen holds access to 2 accounts"
    moved = replace(WHOLE, accounts=tuple(
        replace(one, owner_email=BO) if one.account_id == "facebook:903" else one for one in WHOLE.accounts
    ))  # fmt: skip
    (about_lena,) = [one for one in narrow.for_owner(moved, LENA).findings if one.subject_type == "person"]
    assert about_lena.message == (
        "The check «A present employee answers for every account» cannot be decided for Lena Sørensen"
    )


def test_a_plan_keeps_the_steps_at_the_owners_accounts_alone() -> None:
    """Steps, consequences and reasons at other accounts go, and so do plans that touch none of theirs."""
    part = narrow.for_owner(WHOLE, BO)
    (plan,) = part.removals
    assert [step.account_id for step in plan.steps] == ["facebook:902"]
    assert [one.account_id for one in plan.consequences] == ["facebook:902"]
    assert len(plan.reasons) == len(plan.fingerprints) == 1
    assert narrow.for_owner(WHOLE, LENA).removals == ()
    theirs = narrow.for_owner(WHOLE, PRIYA).removals
    assert [plan.name for plan in theirs] == ["Bo Fox", "Caretalk Inbox"]
    assert HIDDEN in theirs[0].steps[0].text
    assert theirs[0].steps[0].by == ("Priya Raman",)
    assert plan.steps[0].by == ("somebody who is not named here",)
    assert plan.steps[0].url is None
    assert [(one.rank, one.total) for one in theirs] == [(1, 2), (2, 2)]


def test_the_trend_is_counted_anew_and_older_snapshots_are_left_out() -> None:
    """New, open and resolved are those of the part; what cannot be recounted is not shown."""
    part = narrow.for_owner(WHOLE, PRIYA)
    assert part.trend is not None
    assert (part.trend.history, part.trend.unreadable) == ((), 0)
    fails = [one for one in part.findings if one.verdict is Verdict.FAIL]
    assert part.trend.new + part.trend.still_open == len(fails)
    assert part.trend.resolved == len(part.trend.resolved_findings) == 2
    assert any("neither resolved nor open" in limit for limit in part.limits)


def test_an_address_that_answers_for_nothing_is_refused() -> None:
    """A stranger, and the empty address of accounts without owner, get no report."""
    for email in ("stranger@riverside.example", "", " "):
        with pytest.raises(UsageError, match="answers for no account"):
            narrow.for_owner(WHOLE, email)


def test_every_grant_is_in_the_report_of_exactly_one_owner_or_nobodys() -> None:
    """Taken together the owners' reports hold each grant of each owned account once."""
    held = [
        h.grant_id for owner in OWNERS for a in narrow.for_owner(WHOLE, owner).accounts for h in a.holders
    ]
    owned = [h.grant_id for a in WHOLE.accounts if a.owner_email for h in a.holders]
    assert sorted(held) == sorted(owned)


@pytest.mark.parametrize("person", PEOPLE, ids=lambda one: one.person_id)
def test_a_persons_part_holds_all_their_grants_and_no_one_elses(person: object, tmp_path: Path) -> None:
    """Every grant of theirs is there; nobody else's name or finding is."""
    person_id = person.person_id  # type: ignore[attr-defined]
    part = narrow.for_person(WHOLE, person_id)
    grants = {h.grant_id for a in WHOLE.accounts for h in a.holders if h.person_id == person_id}
    assert {h.grant_id for a in part.accounts for h in a.holders if h.person_id} == grants
    assert {f.fingerprint for f in part.findings} == {
        f.fingerprint for f in WHOLE.findings if f.person_id == person_id
    }
    text = _written(replace(part, removals=()), tmp_path)  # a plan names who can carry it out
    known = " ".join((person.name, person.manager_name or ""))  # type: ignore[attr-defined]
    others = [p for p in PEOPLE if p.person_id != person_id and p.name not in known]
    owners = {a.owner_name for a in part.accounts}
    assert not [p.name for p in others if p.name in text and p.name not in owners]


def test_a_persons_part_names_the_accounts_that_could_not_be_seen() -> None:
    """Accounts whose holders are not known stay, without holders; those seen whole and without a tie go."""
    part = narrow.for_person(WHOLE, "hr:100588")
    blind = [a for a in part.accounts if not sees_holders(a)]
    assert (
        {a.account_id for a in blind}
        == {a.account_id for a in WHOLE.accounts if not sees_holders(a)}
        != set()
    )
    for account in blind:
        assert account.holders == ()
        assert [cell.fact for cell in account.coverage] == [FactKind.GRANTS]
    assert {a.account_id for a in part.accounts} - {a.account_id for a in blind} == {
        "facebook:901",
        "instagram:17",
    }


def test_a_person_keeps_what_they_answer_for_approved_and_receive() -> None:
    """Without any grant, an account answered for, an app let in or a recovery address still shows."""
    first, second, third, *rest = (replace(one, holders=(), apps=one.apps) for one in WHOLE.accounts)
    app = replace(first.apps[0], approved_by="@" + PRIYA.upper())
    accounts = (
        replace(first, owner_person_id=None, apps=(app, *first.apps[1:])),
        replace(second, owner_person_id=None, recovery_person_id="hr:100481"),
        replace(third, owner_person_id="hr:100481"),
        *(replace(one, owner_person_id=None) for one in rest),
    )
    part = narrow.for_person(replace(WHOLE, accounts=accounts), "hr:100481")
    kept = {a.account_id: a for a in part.accounts if sees_holders(a)}
    assert set(kept) == {"x:2244", "x:2245", "facebook:bm-71"}
    assert kept["x:2244"].apps == (app,)


def test_a_guess_that_could_be_the_person_is_told_with_its_grants() -> None:
    """An unmatched identity with a guess at the person stays, with that guess alone; the others are counted."""
    guessed = replace(WHOLE.unmatched[1], proposals=("Lena Sørensen (same initial)", "Priya Raman (no)"))
    review = replace(WHOLE, unmatched=(WHOLE.unmatched[0], guessed, *WHOLE.unmatched[2:]))
    part = narrow.for_person(review, "hr:100560")
    assert [one.proposals for one in part.unmatched] == [("Lena Sørensen (same initial)",)]
    assert any(h.principal_id == guessed.principal_id for a in part.accounts for h in a.holders)
    assert "3 further identities" in part.limits[0]


def test_an_unknown_person_is_refused() -> None:
    """An id the review does not know gets no sheet, and a remedy."""
    with pytest.raises(UsageError, match="'hr:nobody'"):
        narrow.for_person(WHOLE, "hr:nobody")


def test_a_source_speaks_of_the_part_alone() -> None:
    """Only sources the part rests on are named; their problems, which may name others, are not quoted."""
    part = narrow.for_owner(WHOLE, LENA)
    assert {source.connection_id for source in part.sources} == {
        "meta",
        "x-brand",
        "x-archive",
        "x-delegates",
        "roster",
    }
    assert all("Children" not in problem for source in part.sources for problem in source.problems)
    assert all(source.problems for source in part.sources if source.state != "complete")


def test_a_part_of_nothing_but_coverage_counts_nothing() -> None:
    """An account of which nothing was asked leaves a split of zero, not one carried over."""
    silent = replace(WHOLE, accounts=tuple(replace(one, coverage=()) for one in WHOLE.accounts))
    assert narrow.for_owner(silent, PRIYA).coverage == CoverageSplit()


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=2, max_size=12).filter(
    lambda name: len(name.strip()) >= 2
)


@given(NAMES, st.text(max_size=20), st.text(max_size=20))
def test_a_hidden_name_never_stands_as_a_word_of_its_own(name: str, before: str, after: str) -> None:
    """Whatever stands around it, a hidden account's name between spaces is gone, in any case."""
    hidden = replace(WHOLE.accounts[0], name=name, handle=None, url=None)
    veil = Veil(hidden_accounts([hidden]))
    for written in (name.strip(), name.strip().upper(), name.strip().lower()):
        if written.casefold() != name.strip().casefold():
            continue
        text = veil.text(f"{before} {written} {after}")
        assert HIDDEN in text
        rest = text.replace(HIDDEN, "\n").casefold()
        assert f" {name.strip().casefold()} " not in rest


@given(st.text(max_size=60))
def test_a_sentence_without_hidden_names_stays_as_it_is(text: str) -> None:
    """Without hidden accounts nothing is changed, but for letters that have no single folded form."""
    assert Veil([]).text(text) in (text, text.casefold())


def test_a_name_the_reader_knows_anyway_is_not_hidden() -> None:
    """Where an account of theirs bears the name too, or a part of it, the sentence stays whole."""
    own, other = WHOLE.accounts[0], replace(WHOLE.accounts[1], name="Alder Ward", handle="alder")
    assert (
        Veil(hidden_accounts([other]), names_of(own)).text("Alder Ward and alder") == "Alder Ward and alder"
    )
    assert (
        Veil(hidden_accounts([other])).text("Of Alder Ward's, not alders, @ALDER")
        == f"Of {HIDDEN}'s, not alders, @{HIDDEN}"
    )


def test_somebody_without_a_tie_is_not_named_in_a_sentence() -> None:
    """Names of several words, addresses and ids of the unconcerned are taken out; single words stay."""
    veil = Veil(hidden_people(PEOPLE))
    assert veil.text("Bo Fox (HR:100512) asked Ana Whitlock's team, 100599@riverside.example") == (
        f"{SOMEBODY} ({SOMEBODY}) asked {SOMEBODY}'s team, {SOMEBODY}"
    )
    assert Veil(hidden_people([replace(PEOPLE[0], name="Will")])).text("Will it work") == "Will it work"
