"""How others find near names: each from lists of canonical texts to pairs of numbers (text, name)."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist, cpdist

from benchmarks.measure import CORES

ERRORS = 2
CHUNK = 50_000
Found = list[tuple[int, int]]


def with_cdist(texts: Sequence[str], names: Sequence[str]) -> Found:
    """Compare each with each in C++, in chunks that fit memory, on all cores."""
    found: Found = []
    for start in range(0, len(texts), CHUNK):
        distances = cdist(
            texts[start : start + CHUNK],
            names,
            scorer=OSA.distance,
            score_cutoff=ERRORS,
            dtype=np.uint8,
            workers=CORES,
        )
        rows, columns = np.nonzero(distances <= ERRORS)
        found += zip((rows + start).tolist(), columns.tolist(), strict=True)
    return found


def with_symspell(texts: Sequence[str], names: Sequence[str]) -> Found:
    """Look every text up in SymSpell's dictionary of names with letters deleted."""
    symspell = importlib.import_module("symspellpy")
    numbers: dict[str, list[int]] = {}
    dictionary: Any = symspell.SymSpell(max_dictionary_edit_distance=ERRORS)
    for number, name in enumerate(names):
        numbers.setdefault(name, []).append(number)
        dictionary.create_dictionary_entry(name, 1)
    return [
        (row, number)
        for row, text in enumerate(texts)
        for suggestion in dictionary.lookup(text, symspell.Verbosity.ALL, ERRORS)
        for number in numbers[suggestion.term]
    ]


def with_polars(texts: Sequence[str], names: Sequence[str]) -> Found:
    """Join all texts with all names of about their length in polars, and let polars-distance compare."""
    pl, pld = importlib.import_module("polars"), importlib.import_module("polars_distance")
    left = pl.DataFrame({"text": texts, "row": range(len(texts))}).with_columns(
        pl.col("text").str.len_chars().alias("n")
    )
    right = pl.DataFrame({"name": names, "number": range(len(names))}).with_columns(
        pl.col("name").str.len_chars().alias("m")
    )
    found: Found = []
    for length in left["n"].unique():
        near = right.filter((pl.col("m") >= length - ERRORS) & (pl.col("m") <= length + ERRORS))
        pairs = left.filter(pl.col("n") == length).join(near, how="cross")
        close = pairs.filter(pld.col("text").dist_str.osa("name") <= ERRORS)
        found += zip(close["row"].to_list(), close["number"].to_list(), strict=True)
    return found


def with_string_grouper(texts: Sequence[str], names: Sequence[str]) -> Found:
    """Match by the cosine of pairs of letters, weighted by rarity (TF-IDF), and keep what is within the errors.

    Of the settings tried (pairs and triples of letters, similarities from 0.4 to 0.8) these find most.
    """
    grouper = importlib.import_module("string_grouper")
    matches: pd.DataFrame = grouper.match_strings(
        pd.Series(names), pd.Series(texts), ngram_size=2, min_similarity=0.4, max_n_matches=1_000
    )
    sides = (matches[side].tolist() for side in ("left_side", "right_side"))
    near = matches[cpdist(*sides, scorer=OSA.distance, score_cutoff=ERRORS) <= ERRORS]
    return list(zip(near["right_index"].tolist(), near["left_index"].tolist(), strict=True))


def with_dnstwist(texts: Sequence[str], names: Sequence[str]) -> Found:
    """Let dnstwist make the look-alikes of every name, and look each up among the texts."""
    dnstwist = importlib.import_module("dnstwist")
    rows: dict[str, list[int]] = {}
    for row, text in enumerate(texts):
        rows.setdefault(text, []).append(row)
    found: set[tuple[int, int]] = set()
    for number, name in enumerate(names):
        fuzzer: Any = dnstwist.Fuzzer(f"{name}.com")
        fuzzer.generate()
        made = {
            str(domain["domain"]).rpartition(".")[0].replace("-", "").replace(".", "")
            for domain in fuzzer.domains
        }
        found |= {(row, number) for text in made for row in rows.get(text, ())}
    return sorted(found)
