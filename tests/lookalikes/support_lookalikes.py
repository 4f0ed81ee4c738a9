"""Fictional brands, and cases written for them."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from auditor.lookalikes import Brand, Candidate, Scan, Verdict

NOW = datetime(2026, 11, 1, tzinfo=UTC)
BRANDS = tuple(
    Brand(handle, handle, name, legal, domains)
    for handle, name, legal, domains in (
        ("RiversideHealth", "Riverside Health", "", ("riversidehealth.example",)),
        ("TarnvaleClinic", "Tarnvale Clinic", "", ()),
        ("HollowayMed", "Holloway Medical Group", "", ()),
        ("OakMereBank", "Oak Mere Bank", "", ()),
        ("Quorvia", "Quorvia Pharmaceuticals", "", ()),
        ("StBriacHosp", "St. Briac's Hospital", "", ()),
        ("UnionHealthTX", "Union Health", "", ()),
        ("Lorrimer", "Lorrimer", "Edna Lorrimer and Company", ()),
        ("Beacon", "Beacon", "", ()),
        ("ClinicaVilnova", "Cl\u00ednica Vilnova", "", ()),
        ("StadtwerkeBruenau", "Stadtwerke Br\u00fcnau", "", ()),
        ("QVT", "QVT", "", ()),
        ("Dock7Foods", "Dock 7 Foods", "", ()),
        ("Q9", "Q9", "", ()),
        ("rechdom", "\u0420\u0435\u0447\u043d\u043e\u0439 \u0414\u043e\u043c", "", ()),
        ("KawagishiBank", "\u5ddd\u5cb8\u9280\u884c", "", ()),
        ("HarborvaleTheater", "Harborvale Theater", "", ()),
    )
)


@dataclass(frozen=True, slots=True)
class Case:
    """One account and what is to be said of it."""

    brand: str
    candidate: Candidate
    label: str
    pattern: str


def cases(path: Path | None = None) -> list[Case]:
    r"""Return the cases of a file; in ours, letters beyond ASCII are written as ``\u`` escapes."""
    source = path or Path(__file__).with_name("cases.tsv")
    with source.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        Case(
            row["brand"],
            Candidate(str(number), row["handle"], row["name"].encode("ascii").decode("unicode_escape")),
            row["label"],
            row["pattern"],
        )
        for number, row in enumerate(rows)
    ]


def verdicts(
    candidates: Iterable[Candidate], brands: Iterable[Brand] = BRANDS
) -> dict[tuple[str, str], Verdict]:
    """Return the verdicts on the candidates, by brand and id."""
    scan = Scan.of(brands, NOW)
    return {(found.brand.key, found.candidate.id): found for found in scan.verdicts(candidates)}


def verdict(candidate: Candidate, brand: str = "RiversideHealth") -> Verdict | None:
    """Return what is said of one account beside one of the brands."""
    return verdicts([candidate]).get((brand, candidate.id))
