"""Which reports are written for whom, into which folders."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from auditor.app.lookup import find_person
from auditor.app.progress import Progress
from auditor.app.workspace import Workspace
from auditor.errors import UsageError
from reports.formats import DOCUMENTS, READABLE, Format, choose
from reports.narrow import for_owner, for_person, owners
from reports.narrow_owner import folded_address
from reports.pdf import missing
from reports.review import AccessReview, Reader

READERS = ("full", "executive", "owners", "method")
"""What ``reports.readers`` and ``--for`` may name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a report is wanted for; what is left empty is taken from the configuration."""

    formats: Sequence[str] = ()
    readers: Sequence[str] = ()
    """Of `READERS`."""
    owner: str | None = None
    """A responsible person's e-mail address: their report alone."""
    person: str | None = None
    """A person's id, e-mail address or name: their sheet alone."""


@dataclass(frozen=True, slots=True)
class Written:
    """One report on the disk."""

    review: AccessReview
    """As narrow as its reader's."""
    files: tuple[Path, ...]
    """The one to open first leads."""

    @property
    def attachable(self) -> tuple[Path, ...]:
        """The documents that are whole in one file, to be attached to a mail; of a short one the PDF will do."""
        pages = [path for path in self.files if path.suffix == ".html"]
        documents = [path for path in self.files if path.suffix == ".pdf"]
        if documents and self.review.reader in (Reader.EXECUTIVE, Reader.METHOD):
            return tuple(documents)
        return (*(pages if len(pages) == 1 else ()), *documents)


def write_reports(
    workspace: Workspace,
    review: AccessReview,
    progress: Progress,
    *,
    out: Path | None = None,
    wanted: Wanted | None = None,
) -> tuple[Written, ...]:
    """Write ``review`` for everyone it is wanted for, in every format; the full one, where wanted, comes first.

    Raises:
        UsageError: a format, owner or person is not known, or the folder cannot be made.
        AuditorError: the disk refuses, or a format lacks what it needs on this machine.

    """
    wanted = wanted or Wanted()
    folder = out or workspace.loaded.resolve(workspace.config.reports.out)
    written = []
    for narrowed, place in _editions(review, folder, _readers(workspace, wanted), wanted):
        _make(place)
        progress.step(f"Writing {_called(narrowed)}")
        files: list[Path] = []
        for one in _formats(workspace, wanted, narrowed.reader).values():
            files += one.write(narrowed, place)
        written.append(Written(narrowed, tuple(files)))
    return tuple(written)


def check_wanted(workspace: Workspace, wanted: Wanted) -> None:
    """Raise what `write_reports` would raise over the words of ``wanted``, before anything is judged.

    Raises:
        UsageError: a format or reader is not known, or nothing would be written.
        AuditorError: a format lacks what it needs on this machine.

    """
    formats = choose(wanted.formats or workspace.config.reports.formats)
    choose(workspace.config.reports.owner_formats)
    if "pdf" in formats and (problem := missing()):
        raise problem
    for reader in wanted.readers:
        if reader not in READERS:
            raise UsageError(
                f"there is no reader called {reader!r}.", remedy=f"There are: {', '.join(READERS)}."
            )
    readers = set(_readers(workspace, wanted))
    if readers and readers <= {"executive", "method"} and not DOCUMENTS & set(formats):
        raise UsageError(
            "the executive page and the method appendix are documents; none of the formats asked for is one.",
            remedy="Add html or pdf to --formats.",
        )


def _formats(workspace: Workspace, wanted: Wanted, reader: Reader) -> dict[str, Format]:
    """Return the formats that ``reader`` gets; what was asked for in words outweighs the configuration."""
    section = workspace.config.reports
    names = wanted.formats or section.formats
    if reader is Reader.OWNER and not wanted.formats:
        names = section.owner_formats or [name for name in names if name in READABLE] or names
    if reader in (Reader.EXECUTIVE, Reader.METHOD):
        names = [name for name in names if name in DOCUMENTS]
    return choose(names)


def _readers(workspace: Workspace, wanted: Wanted) -> Sequence[str]:
    if wanted.readers:
        return wanted.readers
    return () if wanted.owner or wanted.person else workspace.config.reports.readers


def _editions(
    review: AccessReview, folder: Path, readers: Sequence[str], wanted: Wanted
) -> Iterator[tuple[AccessReview, Path]]:
    if "full" in readers:
        yield review, folder
    for word, reader in (("executive", Reader.EXECUTIVE), ("method", Reader.METHOD)):
        if word in readers:
            yield replace(review, reader=reader), folder
    for address in _owners(review, readers, wanted.owner):
        yield for_owner(review, address), folder / "owners" / folder_name(address)
    if wanted.person:
        person = find_person(review, wanted.person)
        yield for_person(review, person.person_id), folder / "people" / folder_name(person.person_id)


def _owners(review: AccessReview, readers: Sequence[str], asked: str | None) -> tuple[str, ...]:
    known = owners(review)
    if asked is None:
        return known if "owners" in readers else ()
    found = [address for address in known if address == folded_address(asked)]
    if not found:
        raise UsageError(
            f"{asked!r} answers for no account of this snapshot.",
            remedy=f"Those who do: {', '.join(known) or 'nobody; see accounts.owners in auditor.yaml'}.",
        )
    return tuple(found)


def folder_name(identifier: str) -> str:
    """Return a folder's name for an address or id: readable, harmless, and one for each."""
    readable = re.sub(r"[^a-z0-9]+", "-", identifier.casefold()).strip("-")[:40]
    mark = hashlib.sha256(identifier.casefold().encode(errors="surrogatepass")).hexdigest()[:6]
    return f"{readable}-{mark}" if readable else mark


def _called(review: AccessReview) -> str:
    names = {
        Reader.FULL: "the full review",
        Reader.EXECUTIVE: "the executive page",
        Reader.METHOD: "the method appendix",
        Reader.OWNER: f"the report of {review.about}",
        Reader.PERSON: f"the sheet of {review.about}",
    }
    return names[review.reader]


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"the report cannot be written to {folder}: {error.strerror}.",
            remedy="Name a folder that can be written to.",
        ) from error
