"""What was said of an account becomes evidence, whatever it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from auditor.app.impersonators.cases import Outcome, Sighting
from auditor.app.impersonators.records import KIND, Records
from auditor.model.impersonation import Candidate, Case
from tests.app.impersonators.support_impersonators import Office

SAID = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.dates()
    | st.binary()
    | st.decimals(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def _seen(*told: dict[str, object]) -> Sighting:
    return Sighting(Candidate(platform="x", id="1", told=told))


@given(said=SAID)
def test_whatever_a_file_or_platform_says_has_one_id(said: object) -> None:
    """Days, bytes, numbers that JSON lacks and lone surrogates included; the same is the same record again."""
    one, other = (Records().named(_seen({"record": {"cell": said}})).candidate.evidence_id for _ in range(2))
    assert one is not None
    assert (one, len(one)) == (other, 64)


def test_a_record_reads_back_as_it_was_said(office: Office) -> None:
    """A row of a table with days, bytes and numbers of its own; a token in it is masked."""
    row = {"day": date(2026, 1, 2), "at": datetime(2026, 1, 2, 3, tzinfo=UTC), "sum": Decimal("1.50"), "raw": b"a",
           "api_key": "0123456789abcdef"}  # fmt: skip
    records = Records()
    seen = records.named(_seen({"file": "a.parquet", "row": 7, "record": row})).candidate
    at = datetime(2026, 1, 1, tzinfo=UTC)
    case = Case(case_id="c", candidate=seen, brand="b", brand_account_id=None, tier="review", score=0.1,
                first_seen=at, last_seen=at, changed_at=at)  # fmt: skip
    records.kept(None, Outcome(cases=[case]))
    office.store().cases.record([case], evidence=records.wanted)
    kept = office.store().evidence(seen.evidence_id or "")
    assert kept.kind == KIND
    assert isinstance(kept.record, dict)
    told = kept.record["told"][0]["record"]
    assert (told["day"], told["at"], told["sum"]) == ("2026-01-02", "2026-01-02T03:00:00+00:00", "1.50")
    assert "0123456789abcdef" not in str(kept.record)


def test_what_is_nested_without_end_is_left_out_and_said() -> None:
    """The scan goes on, and the record tells why nothing is in it."""
    deep: dict[str, object] = {}
    for _ in range(5_000):
        deep = {"in": deep}
    records = Records()
    seen = records.named(_seen(deep)).candidate
    whole = records.named(_seen({"in": 1})).candidate
    assert seen.evidence_id not in (None, whole.evidence_id)


def test_what_is_no_news_keeps_the_record_before() -> None:
    """A case that nothing happened to names the record it named; one that had none gets one."""
    records = Records()
    seen = records.named(_seen({"followers": 2})).candidate
    at = datetime(2026, 1, 1, tzinfo=UTC)
    case = Case(case_id="c", candidate=seen, brand="b", brand_account_id=None, tier="review", score=0.1,
                first_seen=at, last_seen=at, changed_at=at)  # fmt: skip
    earlier = replace(case, candidate=replace(seen, evidence_id="e" * 64))
    (same,) = records.kept(earlier, Outcome(cases=[case])).cases
    assert (same.candidate.evidence_id, records.wanted) == ("e" * 64, [])
    bare = replace(case, candidate=replace(seen, evidence_id=None))
    (first,) = records.kept(bare, Outcome(cases=[case])).cases
    assert (first.candidate.evidence_id, len(records.wanted)) == (seen.evidence_id, 1)
