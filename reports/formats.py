"""The formats a review can be written in: one table, one small interface, one file a format.

A new format is a module with a class that has ``write``, and its row in `FORMATS`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from auditor.errors import UsageError
from reports.csv_files import CsvFormat
from reports.html import HtmlFormat
from reports.json_file import JsonFormat
from reports.ocsf import OcsfFormat
from reports.pdf import PdfFormat
from reports.review import AccessReview
from reports.sarif import SarifFormat
from reports.xlsx import XlsxFormat


class Format(Protocol):
    """One way to write a review to files."""

    @property
    def summary(self) -> str:
        """What it is for, in one line."""

    def write(self, review: AccessReview, out_dir: Path) -> list[Path]:
        """Write ``review`` into ``out_dir``; return the files, the one to open first.

        Each file appears whole or not at all. Raises AuditorError where the disk refuses.
        """


FORMATS: dict[str, Format] = {
    "html": HtmlFormat(),
    "pdf": PdfFormat(),
    "xlsx": XlsxFormat(),
    "csv": CsvFormat(),
    "json": JsonFormat(),
    "ocsf": OcsfFormat(),
    "sarif": SarifFormat(),
}
DOCUMENTS = frozenset({"html", "pdf"})
"""The formats that are documents: they have a form of their own for each `Reader`."""
READABLE = DOCUMENTS | {"xlsx"}
"""The formats that a person reads; the others are for programs."""


def choose(names: Iterable[str]) -> dict[str, Format]:
    """Return the formats called ``names``, in that order, each once.

    Raises:
        UsageError: a name is no format.

    """
    chosen: dict[str, Format] = {}
    for name in names:
        if name not in FORMATS:
            close = difflib.get_close_matches(name, FORMATS, n=1)
            hint = f"Did you mean {close[0]!r}?" if close else f"There are: {', '.join(FORMATS)}."
            raise UsageError(f"there is no report format called {name!r}.", remedy=hint)
        chosen[name] = FORMATS[name]
    return chosen
