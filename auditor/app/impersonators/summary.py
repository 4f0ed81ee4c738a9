"""What a scan came to, in sentences; what was not seen is said."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.app.impersonators.scan import Scanned
from auditor.errors import AuditorError
from auditor.model.impersonation import SourceReport, SourceState
from reports.impersonator_words import came_to
from reports.text import plural

_NOTHING = (SourceState.FAILED, SourceState.EMPTY)


def nothing_seen(scanned: Scanned) -> AuditorError | None:
    """Return the error that a scan is which could look at nothing; None where a source told what it could.

    Such a scan closes no case, and says of nobody that they do not pose as us.
    """
    if not scanned.reports or any(one.state not in _NOTHING for one in scanned.reports):
        return None
    return AuditorError(
        "nothing was looked at. " + " ".join(map(_trouble, scanned.reports)),
        remedy="Cases stay as they were; run the scan again once a source is mended.",
    )


def summary(scanned: Scanned) -> Iterator[str]:
    """Yield the lines: counts first, then what each source was asked, why not all was told, what it cannot see."""
    yield (
        f"{scanned.accounts:,} accounts compared with {scanned.protected:,} protected names: {scanned.new:,} new "
        f"cases, {scanned.likely:,} of them likely; {scanned.reopened:,} opened again, {scanned.removed:,} removed "
        f"by their platform; {scanned.own:,} accounts are ours."
    )
    if scanned.unseen:
        yield (
            f"{scanned.unseen:,} accounts with an open case were not seen by any source; whether they are still "
            "there is not known."
        )
    if scanned.pictures_unseen:
        yield (
            f"{scanned.pictures_unseen:,} accounts that look like ours have a picture that could not be compared; "
            "whether it is ours is not known."
        )
    if scanned.own_pictures_unseen:
        yield (
            f"The own picture of {scanned.own_pictures_unseen:,} protected names could not be looked at; what was "
            "seen of them before counts, if anything was."
        )
    if scanned.reports:
        yield f"Asked: {', '.join(map(_asked, scanned.reports))}."
    for report in scanned.trouble:
        yield _trouble(report)
    blind = [f"by {one.source}: {'; '.join(one.blind_to)}" for one in scanned.reports if one.blind_to]
    if blind:
        yield f"Cannot be seen {'. '.join(blind)}."


def _asked(report: SourceReport) -> str:
    """Return what a source did, and what that costs."""
    done = [plural(report.requests, "request")] if report.requests else []
    done += [report.asked] if report.asked else []
    done.append(f"{plural(report.candidates, 'account')} told of")
    if report.cost is not None:
        done.append(f"{report.cost:,.2f} US dollars at the price configured")
    return f"{report.source} ({'; '.join(done)})"


def _trouble(report: SourceReport) -> str:
    said = f": {report.reason.rstrip('.')}." if report.reason else "."
    return f"The source {report.source} {came_to(report.state)}{said} {report.remedy}".rstrip()
