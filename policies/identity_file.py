"""identities.csv: who is who, as a named human reviewed it.

The file is read by the shared table reader, which lives in another room; this module judges its rows
and appends to it. An append is atomic: the old file or the new one is there, never half of either.
"""

from __future__ import annotations

import csv
import io
import os
import re
import tempfile
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from auditor.errors import DocumentError

if TYPE_CHECKING:
    import pandas as pd

_EMAIL = re.compile(r"^[^@\s<>,;]+@[^@\s<>,;]+$")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_SEPARATORS = ",;\t|"


class TableRow(Protocol):
    """One record of a table."""

    @property
    def line(self) -> int:
        """Line a person sees, counted from 1."""
        ...

    @property
    def cells(self) -> tuple[str, ...]:
        """Cells as text, as many as there are columns."""
        ...


class TableProblem(Protocol):
    """One record the reader could not read."""

    @property
    def line(self) -> int:
        """Line a person sees."""
        ...

    @property
    def reason(self) -> str:
        """What is wrong with it."""
        ...


class ReadTable(Protocol):
    """What the shared table reader (``connectors.tabular.read_table``) returns."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Headers as written."""
        ...

    @property
    def header_line(self) -> int:
        """Line of the header."""
        ...

    @property
    def rows(self) -> Sequence[TableRow]:
        """Records that could be read."""
        ...

    @property
    def problems(self) -> Sequence[TableProblem]:
        """Records that could not."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedIdentity:
    """One reviewed mapping; field names are the file's columns."""

    principal_id: str = ""
    platform: str = ""
    handle: str = ""
    email: str = ""
    person_id: str = ""
    work_email: str = ""
    reviewed_by: str = ""
    reviewed_on: str = ""
    """ISO date."""
    note: str = ""

    @property
    def fault(self) -> str:
        """What keeps the mapping from counting; empty where nothing does."""
        if not self.principal_id and not (self.platform and (self.handle or self.email)):
            return "it names no principal: give principal_id, or platform and handle or email"
        if not self.person_id and not self.work_email:
            return "it names no person: give person_id or work_email"
        for name, address in (("email", self.email), ("work_email", self.work_email)):
            if address and not _EMAIL.match(address):
                return f"{name} is not an e-mail address"
        if not self.reviewed_by:
            return "reviewed_by is missing: a mapping counts only with the name of who reviewed it"
        return "" if _is_day(self.reviewed_on) else "reviewed_on is not a date such as 2026-11-20"


COLUMNS = tuple(field.name for field in fields(ReviewedIdentity))


@dataclass(frozen=True, slots=True)
class ReviewedFile:
    """The mappings that count, and the rows that do not."""

    entries: tuple[ReviewedIdentity, ...]
    problems: tuple[str, ...]
    """Each with file and line."""

    def frame(self) -> pd.DataFrame:
        """Return the entries as the frame `policies.identity.match` takes."""
        import pandas as pd

        return pd.DataFrame([astuple(entry) for entry in self.entries], columns=list(COLUMNS), dtype="str")


def read_reviewed(table: ReadTable, file: str, *, today: date) -> ReviewedFile:
    """Return the reviewed mappings in ``table``, read from ``file``.

    Raises:
        DocumentError: a column is missing, given twice or unknown to us.

    """
    places = _places(table, file)
    entries, problems = [], [(problem.line, problem.reason) for problem in table.problems]
    for row in table.rows:
        entry = ReviewedIdentity(**{name: row.cells[at].strip() for name, at in places.items()})
        fault = entry.fault
        if not fault and date.fromisoformat(entry.reviewed_on) > today:
            fault = "reviewed_on is still to come"
        if fault:
            problems.append((row.line, fault))
        else:
            entries.append(entry)
    told = tuple(f"{file}:{line}: {fault}. The row does not count." for line, fault in sorted(problems))
    return ReviewedFile(tuple(entries), told)


def append_reviewed(path: Path, entries: Iterable[ReviewedIdentity]) -> int:
    """Append ``entries`` to the file at ``path``, or begin it; return how many were new.

    Raises:
        DocumentError: an entry has a fault; the file is no CSV in UTF-8 with our header in its first
            line; it was changed meanwhile; the disk refuses it.

    """
    wanted = list(dict.fromkeys(entries))
    path = path.resolve()
    for entry in wanted:
        if entry.fault:
            raise DocumentError(f"an identity cannot be added: {entry.fault}.", path=path)
    try:
        before = path.stat() if path.exists() else None
        text = path.read_bytes().decode("utf-8") if before else ""
        if not text.strip("\ufeff\r\n "):
            text = ",".join(COLUMNS) + "\n"
        added, new_text = _appended(text, wanted, path)
        if added:
            _replace(path, new_text, before)
    except UnicodeDecodeError as error:
        raise DocumentError("is not UTF-8 text.", path=path, remedy="Save it as 'CSV UTF-8'.") from error
    except OSError as error:
        raise DocumentError(f"cannot be written: {error.strerror}.", path=path) from error
    return added


def _places(table: ReadTable, file: str) -> dict[str, int]:
    places: dict[str, int] = {}
    for at, header in enumerate(table.columns):
        name = _column_of(header)
        if name is None or name in places:
            fault = "given twice" if name else "not a column of this file"
            raise DocumentError(
                f"the column {header[:60]!r} is {fault}.",
                path=file,
                line=table.header_line,
                remedy=f"Its columns are {', '.join(COLUMNS)}.",
            )
        places[name] = at
    if "reviewed_by" not in places or "reviewed_on" not in places:
        raise DocumentError(
            "the columns reviewed_by and reviewed_on are missing.",
            path=file,
            line=table.header_line,
            remedy="A mapping counts only with who reviewed it and when.",
        )
    return places


def _column_of(header: str) -> str | None:
    plain = re.sub(r"[^a-z]+", "_", header.strip().casefold()).strip("_").replace("e_mail", "email")
    return plain if plain in COLUMNS else None


def _appended(text: str, wanted: Sequence[ReviewedIdentity], path: Path) -> tuple[int, str]:
    body = text.removeprefix("\ufeff")
    header_line = body.splitlines()[0]
    separator = max(_SEPARATORS, key=header_line.count)
    names = [_column_of(header) for header in next(csv.reader([header_line], delimiter=separator), [])]
    if not {"reviewed_by", "reviewed_on"} <= set(names) or None in names:
        raise DocumentError(
            "its first line is not the header of an identities file.",
            path=path,
            line=1,
            remedy=f"Begin it with the line {','.join(COLUMNS)}",
        )
    line_end = "\r\n" if "\r\n" in text else "\n"
    rows = [tuple(_cell(getattr(entry, name or ""), name, path) for name in names) for entry in wanted]
    try:
        there = {
            tuple(cells)
            for cells in csv.reader(io.StringIO(body, newline=""), delimiter=separator, strict=True)
        }
    except csv.Error:
        raise DocumentError(
            "has a quotation mark that is never closed.", path=path, remedy="Mend it first."
        ) from None
    lacking = [name for entry in wanted for name in COLUMNS if getattr(entry, name) and name not in names]
    if lacking:
        raise DocumentError(
            f"it has no column {lacking[0]!r}.", path=path, line=1, remedy="Add it to the header."
        )
    new = [row for row in rows if row not in there]
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator=line_end).writerows(new)
    gap = "" if text.endswith(("\n", "\r")) else line_end
    return len(new), text + gap + out.getvalue()


def _cell(value: str, name: str | None, path: Path) -> str:
    plain = " ".join("".join(c if unicodedata.category(c)[0] != "C" else " " for c in value).split())
    if name == "handle":
        plain = plain.lstrip("@")
    if plain.startswith(_FORMULA_STARTS):
        if name == "note":
            return "'" + plain
        raise DocumentError(
            f"{name} begins like a spreadsheet formula, which may run when the file is opened.",
            path=path,
            remedy="Give the principal by principal_id and the person by person_id.",
        )
    return plain


def _replace(path: Path, text: str, before: os.stat_result | None) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".new", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(before.st_mode & 0o777 if before else 0o644)
        now = path.stat() if path.exists() else None
        if _mark(now) != _mark(before):
            raise DocumentError(
                "was changed by somebody else meanwhile.", path=path, remedy="Run the command again."
            )
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def _mark(stat: os.stat_result | None) -> tuple[int, int, int] | None:
    return (stat.st_ino, stat.st_size, stat.st_mtime_ns) if stat else None


def _is_day(text: str) -> bool:
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False
