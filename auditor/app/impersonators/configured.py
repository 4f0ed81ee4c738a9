"""The sources of candidates that auditor.yaml names."""

from __future__ import annotations

from collections.abc import Callable

from auditor.app.impersonators.sources import CandidateSource, FileSource
from auditor.app.workspace import Workspace
from auditor.config import SourceEntry, validate
from auditor.errors import AuditorError
from connectors.base import Context

Maker = Callable[[Workspace, SourceEntry, int], CandidateSource]
"""Workspace, entry and its place in the list, for errors that name the line."""


def sources_of(workspace: Workspace) -> tuple[CandidateSource, ...]:
    """Return the configured sources, in their order.

    Raises:
        DocumentError: a source is of no known kind, or its settings are not usable.

    """
    section = workspace.config.impersonators
    return tuple(_made(workspace, entry, place) for place, entry in enumerate(section.sources))


def source_of(workspace: Workspace, place: int) -> CandidateSource:
    """Return the source that stands at ``place`` in the list.

    Raises:
        DocumentError: it is of no known kind, or its settings are not usable.

    """
    return _made(workspace, workspace.config.impersonators.sources[place], place)


def _made(workspace: Workspace, entry: SourceEntry, place: int) -> CandidateSource:
    make = MAKERS.get(entry.source)
    return make(workspace, entry, place) if make else _asking(workspace, entry, place)


def _asking(workspace: Workspace, entry: SourceEntry, place: int) -> CandidateSource:
    from connectors.candidates.registry import SOURCES

    if entry.source not in SOURCES:
        raise workspace.loaded.document.error(
            f"impersonators.sources.{place}: there is no source {entry.source!r} of candidates.",
            ("impersonators", "sources", place, "source"),
            remedy=f"Write one of: {', '.join(sorted((*MAKERS, *SOURCES)))}.",
        )
    model, make = SOURCES[entry.source]
    at = ("impersonators", "sources", place)
    return make(validate(model, entry.options, workspace.loaded.document, at), _context(workspace))


def _context(workspace: Workspace) -> Context:
    return Context(
        clock=workspace.clock,
        evidence=_NoEvidence(),
        secret=workspace.secrets.resolve,
        base_dir=workspace.loaded.base_dir,
        sleep=workspace.sleep,
    )


class _NoEvidence:
    """Most candidates are nobody's business: their records go with them, and are kept once one is a case."""

    def put(self, record: object, *, kind: str) -> str:
        """Refuse ``record``."""
        raise AuditorError(f"a source of candidates tried to keep a record of kind {kind}.")


def _file(workspace: Workspace, entry: SourceEntry, place: int) -> CandidateSource:
    path = entry.options.get("path")
    unknown = sorted(set(entry.options) - {"id", "source", "path"})
    if not isinstance(path, str) or not path or unknown:
        what = f"does not know the key {unknown[0]!r}" if unknown else "needs a path"
        at = unknown[0] if unknown else "path" if "path" in entry.options else "source"
        raise workspace.loaded.document.error(
            f"impersonators.sources.{place}: a source 'file' {what}.",
            ("impersonators", "sources", place, at),
            remedy="Write {id: agency-list, source: file, path: accounts.csv}, and nothing else.",
        )
    return FileSource(entry.id, workspace.loaded.resolve(path))


MAKERS: dict[str, Maker] = {"file": _file}
"""What ``source:`` may say, beside the sources that ask a platform."""
