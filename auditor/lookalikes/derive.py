"""Makes the two tables in `data/` from their sources: ``python -m auditor.lookalikes.derive TABLE FILE ...``.

``confusables FILE`` takes Unicode's ``confusables.txt`` (UTS #39); ``words FILE ...`` takes levels of SCOWL's
``english-words``, ``american-words`` and ``english-upper``. What is derived is small and keeps the notices of
its source; the sources themselves are not kept here.
"""

from __future__ import annotations

import re
import sys
import textwrap
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

DATA = Path(__file__).parent / "data"
_LETTERS_OF_A_WORD = range(3, 9)
_LETTERS_OF_A_FREQUENT_WORD = range(3, 13)
_FREQUENT = frozenset({".10", ".20"})
"""SCOWL's levels of the most frequent words, of which longer ones are kept too."""
_WIDTH = 110
_CONFUSABLES_HEAD = """\
# Look-alike letters, derived from confusables.txt of UTS #39, version {version}; see UNICODE-LICENCE.txt.
# Copyright (c) {year} Unicode, Inc. Derived: ASCII and what NFKC changes are left out; each line has a
# prototype, then all characters that look like it, as code points.
"""
_WORDS_HEAD = """\
# Common English words and names, derived from SCOWL; see SCOWL-LICENCE.txt.
# Copyright 2000-2011 by Kevin Atkinson. Derived: lower-cased,
# words of three to eight letters a-z, frequent ones of up to twelve.
"""


def confusables(source: str) -> str:
    """Return the derived table of UTS #39's file as text.

    Raises:
        ValueError: the text is not that file.

    """
    version = re.search(r"# Version: (\S+)", source)
    year = re.search(r"# © (\d{4}) Unicode", source)
    if version is None or year is None:
        raise ValueError("this is not Unicode's confusables.txt: it names no version and year")
    sources: dict[str, list[int]] = defaultdict(list)
    for line in source.splitlines():
        fields = line.partition("#")[0].split(";")
        if len(fields) < 3:
            continue
        char = int(fields[0], 16)
        # ASCII is folded by a table of our own; what NFKC changes is gone before this table is asked.
        if char > 0x7F and unicodedata.is_normalized("NFKC", chr(char)):
            sources[" ".join(fields[1].split())].append(char)
    lines = [
        f"{target} < {' '.join(f'{char:04X}' for char in sorted(chars))}"
        for target, chars in sorted(sources.items())
    ]
    return _CONFUSABLES_HEAD.format(version=version[1], year=year[1]) + "\n".join(lines) + "\n"


def words(sources: Iterable[tuple[str, bool]]) -> str:
    """Return the derived list of common words as text; each source says whether its words are frequent."""
    found: set[str] = set()
    for source, frequent in sources:
        lengths = _LETTERS_OF_A_FREQUENT_WORD if frequent else _LETTERS_OF_A_WORD
        words = (word.strip().lower() for word in source.splitlines())
        found |= {word for word in words if word.isascii() and word.isalpha() and len(word) in lengths}
    return _WORDS_HEAD + textwrap.fill(" ".join(sorted(found)), _WIDTH) + "\n"


def main(arguments: Sequence[str]) -> None:
    """Write the table named first from the files named after it."""
    table, *paths = arguments
    if table == "confusables":
        text = confusables(Path(paths[0]).read_text(encoding="utf-8-sig"))
    else:
        text = words(
            (Path(path).read_text(encoding="latin-1"), Path(path).suffix in _FREQUENT) for path in paths
        )
    (DATA / f"{table}.txt").write_text(text, encoding="ascii")


if __name__ == "__main__":
    main(sys.argv[1:])
