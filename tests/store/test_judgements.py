"""Judgements are recorded whole, replace one another, and tell a finding's history."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import pytest

from auditor.errors import StoreError
from auditor.store.judgements import FINDING_COLUMNS
from auditor.store.records import RULE_RESULT_COLUMNS
from auditor.store.store import Store
from tests.store.support_store import findings_frame, results_frame, snapshot
from tests.support import NOW

RESULT = ("former-staff-access", "hipaa-social", "critical", 3, 1, 2, 4, 5, 1)


def judge(store: Store, snapshot_id: str, *rows: dict[str, object]) -> None:
    """Record a judgement of ``rows``."""
    store.record_judgement(
        snapshot_id,
        findings=findings_frame(*rows),
        rule_results=results_frame(RESULT),
        summary={"coverage": {"verified": 0.5}, "name": "\x00"},
    )


def test_a_judgement_comes_back_as_recorded(store: Store) -> None:
    """Findings, rule results and summary read back, columns in their documented order."""
    info = snapshot(store, [])
    assert store.judgement(info.id) is None
    judge(store, info.id, {"account_id": "facebook:1", "message": "<b>\ud800"}, {"fingerprint": "cd" * 16})
    kept = store.judgement(info.id)
    assert kept is not None
    assert tuple(kept.findings.columns) == FINDING_COLUMNS
    assert tuple(kept.rule_results.columns) == RULE_RESULT_COLUMNS
    assert kept.findings["message"].tolist() == ["<b>\ufffd", "left and still holds access"]
    assert kept.findings["account_id"][0] == "facebook:1"
    assert pd.isna(kept.findings["account_id"][1])
    assert kept.findings["reason"].tolist() == ["", ""]
    assert tuple(kept.rule_results.iloc[0]) == RESULT
    assert kept.summary == {"coverage": {"verified": 0.5}, "name": "\ufffd"}
    assert store.snapshot(info.id).judged_at == kept.judged_at == NOW


def test_a_risk_score_is_kept_where_one_was_given(store: Store) -> None:
    """A finding with a score has it back as a number, one without has none."""
    info = snapshot(store, [])
    judge(store, info.id, {"risk": 97}, {"fingerprint": "cd" * 16})
    kept = store.judgement(info.id)
    assert kept is not None
    assert kept.findings["risk"][0] == 97
    assert pd.isna(kept.findings["risk"][1])


def test_judging_again_replaces_the_judgement(store: Store) -> None:
    """Of one snapshot the newest judgement counts, and nothing of the old one is left."""
    info = snapshot(store, [])
    judge(store, info.id, {}, {"fingerprint": "cd" * 16})
    judge(store, info.id, {"verdict": "unknown"})
    kept = store.judgement("latest")
    assert kept is not None
    assert kept.findings["verdict"].tolist() == ["unknown"]


def test_findings_beyond_one_batch_stay_in_order(store: Store) -> None:
    """A large judgement is written and read in batches, and its rows keep their order and their cells."""
    rows = [
        {
            "fingerprint": f"{number:032x}",
            "message": f"«{number}»" if number % 7 else "\ud800",
            "person_id": f"E{number}" if number % 3 else None,
        }
        for number in range(12_345)
    ]
    info = snapshot(store, [])
    judge(store, info.id, *rows)
    kept = store.judgement(info.id)
    assert kept is not None
    assert kept.findings["fingerprint"].tolist() == [row["fingerprint"] for row in rows]
    assert kept.findings["message"].tolist() == [
        str(row["message"]).replace("\ud800", "\ufffd") for row in rows
    ]
    assert [value if isinstance(value, str) else None for value in kept.findings["person_id"]] == [
        row["person_id"] for row in rows
    ]


def test_single_findings_are_read_in_the_order_recorded(store: Store) -> None:
    """Named findings and named columns are read without the rest, however many are asked for."""
    marks = [f"{number:032x}" for number in range(1_500, 0, -1)]
    info = snapshot(store, [])
    judge(store, info.id, *({"fingerprint": mark} for mark in marks))
    some = store.recorded_findings(
        info.id, columns=("fingerprint", "rule"), fingerprints={*marks[::2], "ff" * 16}
    )
    assert list(some.columns) == ["fingerprint", "rule"]
    assert some["fingerprint"].tolist() == marks[::2]
    none = store.recorded_findings(info.id, fingerprints=set())
    assert none.empty
    assert tuple(none.columns) == FINDING_COLUMNS


def test_a_judgement_without_findings_is_a_judgement(store: Store) -> None:
    """No findings is kept as such, with every column there, and differs from not judged."""
    info = snapshot(store, [])
    judge(store, info.id)
    kept = store.judgement(info.id)
    assert kept is not None
    assert kept.findings.empty
    assert tuple(kept.findings.columns) == FINDING_COLUMNS


def test_a_judgement_that_cannot_be_kept_leaves_the_old_one(store: Store) -> None:
    """A frame with a column missing or of the wrong type changes nothing."""
    info = snapshot(store, [])
    judge(store, info.id, {})
    for broken in (findings_frame({}).drop(columns="rule"), findings_frame({"severity": 5})):
        with pytest.raises(ValueError, match=r"rule|severity"):
            store.record_judgement(info.id, findings=broken, rule_results=results_frame(), summary={})
    kept = store.judgement(info.id)
    assert kept is not None
    assert len(kept.findings) == 1


def test_a_judgement_needs_a_snapshot(store: Store) -> None:
    """There is nothing to judge where nothing was gathered."""
    with pytest.raises(StoreError, match="no snapshot"):
        judge(store, "latest")


def test_a_findings_history_runs_over_snapshots(store: Store) -> None:
    """The same fingerprint is found in each snapshot, oldest first, by its first digits."""
    first = snapshot(store, [])
    second = snapshot(store, [], at=NOW + timedelta(days=7))
    judge(store, second.id, {"verdict": "unknown", "message": "later"})
    judge(store, first.id, {}, {"fingerprint": "abcd" * 8})
    sightings = store.findings("ABAB")
    assert [(s.snapshot_id, s.verdict, s.message) for s in sightings] == [
        (first.id, "fail", "left and still holds access"),
        (second.id, "unknown", "later"),
    ]


@pytest.mark.parametrize(
    ("prefix", "said"), [("ffff", "no finding"), ("ab", "not the beginning"), ("ab%_", "not the beginning")]
)
def test_a_finding_that_is_not_there(store: Store, prefix: str, said: str) -> None:
    """Unknown, too short and malformed fingerprints each get their sentence."""
    judge(store, snapshot(store, []).id, {})
    with pytest.raises(StoreError, match=said):
        store.findings(prefix)


def test_a_beginning_that_fits_several_findings_is_refused(store: Store) -> None:
    """The store does not guess which finding was meant."""
    judge(store, snapshot(store, []).id, {}, {"fingerprint": "abab" + "0" * 28})
    with pytest.raises(StoreError, match="2 findings begin"):
        store.findings("abab")
