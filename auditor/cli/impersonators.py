"""``auditor impersonators``."""

from __future__ import annotations

import heapq
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from auditor.cli.common import COMMON, Common, Format
from auditor.cli.console import put_line, put_table, say
from auditor.cli.impersonators_cases import scan_cases
from auditor.cli.screen import Screen
from auditor.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from auditor.app.impersonators.offline import OfflineScan, Tally
    from auditor.lookalikes import Verdict

_BY_CONFIGURATION = (
    "Write impersonators.allowed and thresholds into auditor.yaml; 'auditor impersonators list' filters."
)


def scan(
    *,
    brands: Annotated[
        str | None,
        Parameter(
            help="CSV, JSONL or Parquet: handle, name, legal_name, domain. Default: your brand accounts in the store."
        ),
    ] = None,
    candidates: Annotated[
        str | None,
        Parameter(
            help="CSV, JSONL or Parquet: id, platform, handle, name, bio, url, created_at, followers, "
            "verified_type, avatar; all but handle or name may be missing. Default: the configured sources."
        ),
    ] = None,
    allowed: Annotated[
        str | None, Parameter(help="Accepted look-alikes: account, reason, expires, platform.")
    ] = None,
    tier: Annotated[
        Literal["likely", "review"], Parameter(help="This tier and above; review shows all.")
    ] = "review",
    as_of: Annotated[str, Parameter(help="The day or moment that ages are counted to. Default: now.")] = "",
    limit: Annotated[int, Parameter(help="Rows of the table; JSON has all.")] = 200,
    dask: Annotated[
        str | None,
        Parameter(
            help="Scheduler of a Dask cluster that shares the work, such as tcp://scheduler:8786; with --brands."
        ),
    ] = None,
    format: Format = "table",
    common: Common = COMMON,
) -> None:
    """Find accounts that pose as one of your brands, say why, and keep cases of them.

    With --brands it looks through a list alone: no configuration, store or network, no cases; the list may be
    of any length. Without, your brand accounts are protected, the sources of auditor.yaml are asked (or the one
    list of --candidates), and each account found becomes a case. Likely needs two of name, handle,
    image and claim of affiliation, or one deliberate disguise of the name; the rest is for review. Reasons not
    to accuse an account are shown with it. JSON has the pairs in the order of the list.

    Exit code 1 where there was nothing to look at: a list without an account, or no source that could be asked.

    Examples: auditor impersonators scan; auditor impersonators scan --brands brands.csv --candidates accounts.csv; auditor impersonators
    scan --brands brands.csv --candidates accounts.parquet --tier likely --format json; auditor impersonators
    scan --brands brands.csv --candidates accounts.parquet --dask tcp://scheduler:8786 --format json
    """
    from pathlib import Path

    from auditor.app.impersonators.offline import OfflineScan
    from auditor.logs import configure
    from auditor.lookalikes import Tier

    if brands is None:
        if allowed or as_of or dask or tier != "review":
            raise UsageError(
                "--allowed, --as-of, --tier and --dask go with --brands.", remedy=_BY_CONFIGURATION
            )
        scan_cases(common, candidates, format)
        return
    if candidates is None:
        raise UsageError("--brands needs --candidates.", remedy="Give the list of accounts to look through.")
    configure("debug" if common.debug else "warning")
    opened = OfflineScan.open(
        Path(brands), Path(candidates), _moment(as_of), Path(allowed) if allowed else None
    )
    with Screen() as screen, _verdicts(opened, dask, screen) as verdicts:
        found = (verdict for verdict in verdicts if tier == "review" or verdict.tier is Tier.LIKELY)
        if format == "json":
            _put_pairs(found)
        else:
            _put_rows(found, limit, opened.tally)
    _say_tally(opened.tally)
    opened.refuse_nothing()


def _verdicts(
    opened: OfflineScan, dask: str | None, screen: Screen
) -> AbstractContextManager[Iterator[Verdict]]:
    if dask is None:
        return nullcontext(opened.verdicts(screen))
    from auditor.app.impersonators.cluster import on_cluster

    return on_cluster(opened, dask, screen)


def _moment(as_of: str) -> datetime:
    from datetime import UTC, datetime

    from auditor.app.instants import parse_instant

    return parse_instant(as_of, UTC, day_begins=True) if as_of else datetime.now(UTC)


def _put_pairs(verdicts: Iterable[Verdict]) -> None:
    """Write the pairs one by one, so that none of them need be kept."""
    sys.stdout.write('{"pairs": [')
    for number, verdict in enumerate(verdicts):
        sys.stdout.write(("," if number else "") + "\n " + json.dumps(pair_json(verdict)))
    sys.stdout.write("\n]}\n")


def pair_json(verdict: Verdict) -> Mapping[str, object]:
    """Return one pair as JSON lists it."""
    return {
        "brand": verdict.brand.key,
        "candidate": verdict.candidate.id,
        "tier": verdict.tier.value,
        "score": verdict.score,
        "elements": [
            {
                "element": element.kind.value,
                "strength": element.strength,
                "sentence": element.sentence,
                "values": dict(element.values),
                "code_points": list(element.code_points),
            }
            for element in verdict.elements
        ],
        "suppressed_by": list(verdict.suppressed_by),
    }


def _put_rows(verdicts: Iterable[Verdict], limit: int, tally: Tally) -> None:
    from auditor.lookalikes import rank

    shown = heapq.nsmallest(limit, verdicts, key=rank)
    if not shown:
        if not tally.is_nothing:
            put_line("No account in the list looks like a brand of yours.")
        return
    put_table(
        ["tier", "score", "brand", "handle", "name", "id", "why", "not accused because"],
        [
            (
                verdict.tier.value,
                f"{verdict.score:.2f}",
                verdict.brand.key,
                verdict.candidate.handle,
                verdict.candidate.name,
                verdict.candidate.id,
                " ".join(element.sentence for element in verdict.elements),
                " ".join(verdict.suppressed_by),
            )
            for verdict in shown
        ],
    )


def _say_tally(tally: Tally) -> None:
    say(
        f"{tally.accounts:,} accounts looked at: {tally.likely:,} likely, {tally.review:,} for review, "
        f"{tally.suppressed:,} with a reason not to accuse them."
    )
    if tally.unread.dates or tally.unread.numbers:
        say(
            f"Could not be read, and count as not known: {tally.unread.dates:,} dates of creation, "
            f"{tally.unread.numbers:,} numbers of followers."
        )
    if tally.unread.nameless:
        say(f"Not compared, since they say neither handle nor name: {tally.unread.nameless:,} rows.")
