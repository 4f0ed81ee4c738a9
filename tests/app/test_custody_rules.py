"""Custody as an audit judges it: seeds older than a departure, accounts without, and what was not read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from auditor.app.custody_codes import give_code
from auditor.app.custody_entry import Confirmation, enroll
from auditor.app.custody_facts import custody_facts
from auditor.app.judge import evaluate
from auditor.config import PoliciesSection
from auditor.model.estate import CoverageState, FactKind, PersonStatus
from auditor.model.facts import Coverage, Fact, SeedCustody
from auditor.model.people import Person
from auditor.vault.seeds import Seed
from policies.loader import built_in_packs
from tests.app.support_custody import ACCOUNTS, BO, CUSTODY, DANA, PEOPLE, SAM, Office, office, person
from tests.support import NOW
from tests.vault.support_seeds import STRONG, WEAK, Ring, on_machine_with, scrubber_of_its_own

CONFIG = """\
organization: {name: Riverside Health, timezone: America/Chicago, email_domains: [riverside.example]}
vault: auditor.vault
connections: [{id: x, connector: x-archive, path: exports/}]
roster: {connector: hr-table, path: people.csv}
policies: {packs: [mfa-custody]}
"""
TODAY = NOW + timedelta(days=90)
RULE = "seed-renewed-after-departure"


@dataclass
class Judge:
    """Snapshots of the custody of a small organisation, judged."""

    office: Office
    found: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    passed: dict[str, int] = field(default_factory=dict)

    def enroll(self, name: str, secret: str = STRONG, **confirmed: str) -> None:
        """Take a seed in, confirmed by its own code unless a reason is given."""
        seed = Seed(secret)
        confirmation = Confirmation(**confirmed) if confirmed else Confirmation(self.office.code(seed))
        enroll(self.office.desk, self.office.desk.account(name), seed, confirmation)

    def judge(self, *people: Fact, custody: bool = True) -> None:
        """Gather and judge a snapshot of 90 days later with this roster."""
        self.office.clock.now = TODAY
        workspace, store = self.office.desk.workspace, self.office.store
        facts = tuple(custody_facts(workspace, store, ACCOUNTS, TODAY)) if custody else ()
        self.office.snapshot(*ACCOUNTS, *people, *facts)
        with evaluate(workspace, store, store.snapshot("latest")) as judged:
            findings = judged.judgement.findings.to_dict("records")
            results = judged.judgement.rule_results
        self.found = {(row["rule"], row["account_id"]): row for row in findings}
        self.passed = dict(zip(results["rule"], results["passed"], strict=True))

    def verdict(self, rule: str, account_id: str) -> str:
        """Return what was found of an account; ``none`` where nothing was."""
        return str(self.found.get((rule, account_id), {}).get("verdict", "none"))


@pytest.fixture
def judge(tmp_path: Path) -> Iterator[Judge]:
    """Return the small organisation, the custody pack in force."""
    with on_machine_with(Ring()), scrubber_of_its_own(), office(tmp_path, config=CONFIG) as opened:
        yield Judge(opened)


def leaver(left_on: date | None) -> Fact:
    """Return Bo Fox, who may read X's codes, as somebody who has left."""
    return person(7, BO, PersonStatus.TERMINATED, left_on=left_on)


HERE = (PEOPLE[1], PEOPLE[2])
ENROLLED = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("roster", "verdict"),
    [
        ((PEOPLE[0], *HERE), "none"),
        ((leaver(ENROLLED + timedelta(days=30)), *HERE), "fail"),
        ((leaver(ENROLLED), *HERE), "fail"),
        ((leaver(ENROLLED - timedelta(days=1)), *HERE), "none"),
        ((leaver(None), *HERE), "unknown"),
        (HERE, "unknown"),
        ((person(7, BO, None), *HERE), "unknown"),
        ((person(7, BO, PersonStatus.LEAVE), *HERE), "none"),
        ((person(7, BO, PersonStatus.ACTIVE, left_on=ENROLLED + timedelta(days=30)), *HERE), "unknown"),
        (
            (
                person(7, "b@x.example", PersonStatus.TERMINATED, left_on=TODAY.date(), other_emails=(BO,)),
                *HERE,
            ),
            "fail",
        ),
    ],
)
def test_a_seed_older_than_a_departure_fails(judge: Judge, roster: tuple[Fact, ...], verdict: str) -> None:
    """Left after the seed came in: fail. Before: they never saw it. Not known whether, or when: unknown."""
    judge.enroll("x:RiversideHealth")
    judge.judge(*roster)
    assert judge.verdict(RULE, "x:1001") == verdict
    if verdict == "fail":
        told = judge.found[RULE, "x:1001"]
        assert "20 Nov 2026" in told["message"]
        assert isinstance(roster[0], Person)
        assert f"; {roster[0].name}, who could read it" in told["message"]
        assert told["subject_type"] == "account"
    if verdict == "none":
        assert judge.passed[RULE] == 1


def test_one_who_certainly_left_outweighs_one_who_is_not_known(judge: Judge) -> None:
    """A seed somebody gone could read fails, whatever is not known of the others."""
    judge.enroll("x:RiversideHealth")
    judge.judge(leaver(TODAY.date()), person(8, DANA, None))
    assert judge.verdict(RULE, "x:1001") == "fail"


def test_a_reader_struck_from_the_configuration_still_counts(judge: Judge) -> None:
    """Taking somebody's line away does not take away what they may have written down."""
    judge.enroll("x:RiversideHealth")
    give_code(judge.office.desk, judge.office.desk.account("x:RiversideHealth"), "post")
    without_bo = CUSTODY.replace(f"{DANA}, {BO}", DANA)
    assert BO not in without_bo
    with office(judge.office.folder, without_bo, config=CONFIG, read=False) as later:
        assert later.desk.section.readers_of(("x:RiversideHealth",)) == (DANA,)
        after = Judge(later)
        after.judge(leaver(TODAY.date()), *HERE)
    assert after.verdict(RULE, "x:1001") == "fail"


def test_accounts_without_a_seed_fail_where_one_is_expected(judge: Judge) -> None:
    """X and Instagram sign in by a password of the account; a Facebook Page has none."""
    judge.enroll("x:RiversideHealth")
    judge.judge(*PEOPLE)
    rule = "seed-in-custody"
    assert {account for found, account in judge.found if found == rule} == {
        "x:1002",
        "x:1003",
        "instagram:55",
    }
    assert judge.verdict(rule, "x:1002") == "fail"
    assert judge.passed[rule] == 1


def test_a_weak_and_an_unconfirmed_seed_are_found(judge: Judge) -> None:
    """80 bits, and a seed no code of which was ever seen to be right."""
    judge.enroll("x:RiversideHealth", WEAK, reason="moved from a phone")
    judge.enroll("x:RiversideCare")
    judge.judge(*PEOPLE)
    assert "has 80 bits; 112 are asked for" in judge.found["seed-long-enough", "x:1001"]["message"]
    assert judge.verdict("seed-confirmed", "x:1001") == "fail"
    assert judge.verdict("seed-long-enough", "x:1002") == "none"
    assert judge.passed["seed-confirmed"] == 1


def test_a_snapshot_from_before_custody_is_unknown_not_clean(judge: Judge) -> None:
    """Where nothing was read of seeds, every account says so and nothing passes."""
    judge.judge(*PEOPLE, custody=False)
    verdicts = {row["verdict"] for row in judge.found.values()}
    assert verdicts == {"unknown"}
    assert {account for _rule, account in judge.found} == {fact.account_id for fact in ACCOUNTS}
    assert set(judge.passed.values()) == {0}


def test_without_the_section_no_fact_is_gathered(tmp_path: Path) -> None:
    """An organisation that keeps no seeds is told nothing of custody."""
    with office(tmp_path) as opened:
        workspace, store = opened.desk.workspace, opened.store
        config = workspace.loaded.config.model_copy(update={"custody": None})
        object.__setattr__(workspace.loaded, "config", config)
        assert list(custody_facts(workspace, store, ACCOUNTS, NOW)) == []


def test_the_facts_hold_no_seed(judge: Judge) -> None:
    """Length, age and readers, and that every account was looked at."""
    judge.enroll("x:RiversideHealth")
    office_ = judge.office
    give_code(office_.desk, office_.desk.account("x:RiversideHealth"), "post")
    facts = list(custody_facts(office_.desk.workspace, office_.store, ACCOUNTS, NOW))
    assert STRONG not in repr(facts)
    covered = [fact for fact in facts if isinstance(fact, Coverage)]
    assert {(fact.fact, fact.state) for fact in covered} == {(FactKind.SEEDS, CoverageState.OBSERVED)}
    assert len(covered) == len(ACCOUNTS)
    (held,) = (fact for fact in facts if isinstance(fact, SeedCustody) and fact.in_custody)
    assert (held.bits, held.confirmed, held.last_used_at) == (160, True, NOW)
    assert held.readers == (DANA, BO)
    assert SAM not in (held.readers or ())


def test_the_pack_is_there_and_not_in_force_unasked() -> None:
    """Who keeps no seeds is not told that every account lacks one."""
    assert "mfa-custody" in built_in_packs()
    assert "mfa-custody" not in PoliciesSection().packs
