"""``auditor exposure``: how long leavers kept access."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from auditor.cli.common import COMMON, Common, Format
from auditor.cli.console import put_json, put_line, put_table

if TYPE_CHECKING:
    from auditor.model.exposure import Clock, Exposure

SnapshotRef = Annotated[str, Parameter(help="'latest', an id or its beginning: the clocks as of its end.")]


def exposure(
    *,
    snapshot: SnapshotRef = "latest",
    over: Annotated[
        bool, Parameter(help="Only those over the limit, and those not decided.", negative=())
    ] = False,
    person: Annotated[
        str | None, Parameter(help="Only this person's; an id, work e-mail address or name.")
    ] = None,
    format: Format = "table",
    common: Common = COMMON,
) -> None:
    """Show how long people who have left kept access, account by account, in hours.

    Each clock runs from the end of work, by the roster, to the reading that proves the access gone. Hours are
    a range: the part between the last reading that saw the access and that proof is due to our own polling.
    The limits are policies.exposure of the configuration. The result supports evidence for a review.

    Examples: auditor exposure; auditor exposure --over; auditor exposure --format json
    """
    from auditor.app.exposure import exposure_of
    from auditor.app.people import person_known_as
    from auditor.model.finding import Verdict

    workspace = common.workspace()
    with workspace.store(create=False) as store:
        info = store.snapshot(snapshot)
        found = exposure_of(workspace, store, info)
        meant = (person or "").casefold()
        clocks = [
            clock
            for clock in (found.clocks if found else ())
            if not meant or meant in (clock.person_id.casefold(), clock.person.casefold())
        ]
        if person and found and not clocks:  # known by an address, at work or never seen: or a slip
            person_id = person_known_as(store, info.id, person)
            clocks = [clock for clock in found.clocks if clock.person_id == person_id]
    clocks = [clock for clock in clocks if not (over and clock.verdict is Verdict.PASS)]
    if format == "json":
        put_json(_as_json(found, clocks))
        return
    if found is None:
        put_line("Not known: there is no roster, so nobody is known to have left.")
        return
    _put_clocks(found, clocks)


def _put_clocks(found: Exposure, clocks: list[Clock]) -> None:
    from reports.exposure import STATE_NAMES, VERDICT_NAMES, hours, range_words
    from reports.names import platform

    strict = [f"{found.strict_hours:g} h"] if found.strict_hours else []
    put_table(
        ["who", "account", "platform", "work ended", "state", "access after it", "of it our polling",
         f"{found.limit_hours:g} h", *strict, "last seen", "gone by"],
        [
            (clock.person, clock.account, platform(clock.platform), clock.departure.left_on or clock.departure.latest,
             STATE_NAMES[clock.state], range_words(clock), hours(clock.polling_hours), VERDICT_NAMES[clock.verdict],
             *([VERDICT_NAMES[clock.strict]] if strict and clock.strict else []), clock.last_seen_at, clock.proved_at)
            for clock in clocks
        ],
    )  # fmt: skip
    put_line("")
    if not clocks:
        put_line(
            "No access of anybody who has left was seen after the end of their work, as far as it was read."
        )
    for clock in clocks:
        if clock.reason:
            put_line(f"Not decided: {clock.person} on {clock.account}. {clock.reason} {clock.remedy}")
    for one in found.unread:
        put_line(
            f"Not known: who can act as {one.account} ({platform(one.platform)}). {one.reason} {one.remedy}"
        )


def _as_json(found: Exposure | None, clocks: list[Clock]) -> dict[str, Any] | None:
    """Return the clocks as the report's JSON file has them."""
    from reports.json_file import exposure_json, plain

    head = exposure_json(found)
    return None if head is None else {**head, "clocks": [plain(clock) for clock in clocks]}
