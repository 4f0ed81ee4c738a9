"""What a scan came to, in sentences; what was not seen is said."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.app.impersonators.scan import Scanned
from auditor.model.impersonation import SourceReport, SourceState


def summary(scanned: Scanned) -> Iterator[str]:
    """Yield the lines: counts first, then each source that did not tell of everything, and why."""
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
    asked = [said for report in scanned.reports if (said := _asked(report))]
    if asked:
        yield f"Asked: {', '.join(asked)}."
    for report in scanned.trouble:
        yield _trouble(report)


def _asked(report: SourceReport) -> str:
    """Return what a source that asks a platform did, and what that costs; empty for a list."""
    if not report.requests:
        return ""
    done = [f"{report.requests:,} request{'' if report.requests == 1 else 's'}"]
    done += [report.asked] if report.asked else []
    done.append(f"{report.candidates:,} account{'' if report.candidates == 1 else 's'} told of")
    if report.cost is not None:
        done.append(f"{report.cost:,.2f} US dollars at the price configured")
    return f"{report.source} ({'; '.join(done)})"


def _trouble(report: SourceReport) -> str:
    what = "could not be asked" if report.state is SourceState.FAILED else "did not tell of everything"
    said = f": {report.reason.rstrip('.')}." if report.reason else "."
    return f"The source {report.source} {what}{said} {report.remedy}".rstrip()
