"""The scan: what is found does not depend on company or batches, and memory not on the length of the list."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Iterator

import pytest

from auditor.lookalikes import Candidate, Scan, rank, scan
from auditor.lookalikes.canon import Canonical
from auditor.lookalikes.elements import closest
from benchmarks.lookalikes_corpus import SORTS, brands, handles, squats
from tests.lookalikes.support_lookalikes import BRANDS, NOW, cases


def test_batches_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut anywhere, the list gives the same verdicts in the same order."""
    accounts = [case.candidate for case in cases()]
    whole = list(Scan.of(BRANDS, NOW).verdicts(accounts))
    monkeypatch.setattr(scan, "BATCH", 7)
    assert list(Scan.of(BRANDS, NOW).verdicts(accounts)) == whole


def test_the_finder_misses_no_verdict() -> None:
    """Judging every account beside every brand finds nothing that the scan did not."""
    accounts = [case.candidate for case in cases()]
    ready = Scan.of(BRANDS, NOW)
    found = {(each.candidate.id, each.brand.key) for each in ready.verdicts(accounts)}
    everywhere = {
        (account.id, brand.key)
        for account in accounts
        for brand in ready.brands
        if any(
            likeness and scan.judge(account, brand, ready.registry, NOW)
            for likeness in (
                closest(Canonical.of(account.handle), brand, in_name=False),
                closest(Canonical.of(account.name), brand, in_name=True),
            )
        )
    }
    assert found == everywhere


@pytest.mark.parametrize("sort", SORTS)
def test_planted_squats_of_each_class_are_found(sort: str) -> None:
    """Of every class of squats at least 99 in a hundred are found beside their brand."""
    protected = brands(100)
    planted = [squat for squat in squats(protected) if squat.sort == sort]
    accounts = [Candidate(str(number), squat.handle, squat.name) for number, squat in enumerate(planted)]
    found = {(each.candidate.id, each.brand.key) for each in Scan.of(protected, NOW).verdicts(accounts)}
    hits = sum((str(number), squat.brand) in found for number, squat in enumerate(planted))
    assert hits >= 0.99 * len(planted)


def test_memory_does_not_grow_with_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four times the accounts take no more memory: they are let go batch by batch."""
    monkeypatch.setattr(scan, "BATCH", 2_000)
    names = handles(2_000)
    ready = Scan.of(BRANDS, NOW)

    def stream(count: int) -> Iterator[Candidate]:
        for number in range(count):
            yield Candidate(str(number), names[number % len(names)], "")

    def peak(count: int) -> int:
        tracemalloc.start()
        for _ in ready.verdicts(stream(count)):
            pass
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(2_000)
    assert peak(16_000) < 1.2 * peak(4_000)


def test_a_reader_sees_the_likely_first_and_the_excused_last() -> None:
    """Ranked, likely come before review, open ones before suppressed, higher scores before lower."""
    found = sorted(Scan.of(BRANDS, NOW).verdicts(case.candidate for case in cases()), key=rank)
    keys = [(each.tier.value == "review", bool(each.suppressed_by), -each.score) for each in found]
    assert keys == sorted(keys)


HOSTILE = [
    "Riverside HeaIth " + "rn" * 5_000,
    "a-" * 5_000,
    "a." * 5_000 + "!",
    "R\u0456" * 5_000,
    "\u202e" * 5_000 + "Riverside Health",
    "Riverside Health" + "M\u0336\u0301" * 5_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts_cost_little(text: str) -> None:
    """A text made to be slow in every field holds a scan up by no more than a moment."""
    ready = Scan.of(BRANDS, NOW)
    accounts = [Candidate(str(number), "RiversideHeaIth_", text, bio=text, url=text) for number in range(20)]
    accounts += [Candidate(str(number), text, "Riverside Health", bio=text) for number in range(20)]
    before = time.process_time()
    assert list(ready.verdicts(accounts))
    assert time.process_time() - before < 10
