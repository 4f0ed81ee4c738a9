"""The benchmarks of look-alike accounts measure what they say, at a tiny size."""

from __future__ import annotations

from auditor.lookalikes.texts import forms_of
from benchmarks import lookalikes, lookalikes_quality
from benchmarks.lookalikes_corpus import SORTS, brands, handles, squats
from benchmarks.lookalikes_peers import with_cdist


def test_our_pairs_are_those_of_brute_force() -> None:
    """Near pairs are cdist's; skeletons and contained names are those of plain loops (it raises otherwise)."""
    names = [brand.handle for brand in brands(60)]
    raw = [*handles(1_500), *(squat.handle for squat in squats(brands(60)))]
    found = lookalikes.ours(raw, names).near
    texts, canonical = (forms_of(each).seen.split("\n") for each in (raw, names))
    pairs = set(zip(found.texts.tolist(), found.names.tolist(), strict=True))
    assert len(pairs) > 300
    assert pairs == set(with_cdist(texts, canonical))
    lookalikes._check(raw, names)


def test_every_class_is_planted_for_every_brand() -> None:
    """The table of classes rests on one squat of each class beside each brand."""
    rows, worst = lookalikes_quality._planted(brands(20))
    assert [row[0] for row in rows] == list(SORTS)
    assert worst >= 0.99


def test_honest_namesakes_are_counted() -> None:
    """Offices and departments of protected names are among those that may be accused wrongly."""
    protected = brands(20)
    accounts, accused, _ = lookalikes_quality._accused(protected, lookalikes_quality._invented(protected))
    assert int(accounts) > 100
    assert int(accused) <= 1
