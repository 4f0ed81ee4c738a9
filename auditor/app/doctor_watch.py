"""What ``auditor doctor`` says of what goes on between reviews: waivers, impersonator sources, SIEM sinks, custody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from auditor.app.impersonators.configured import source_of
from auditor.app.workspace import Workspace
from auditor.errors import CustodyError
from connectors.base import Check, CheckState

Part = tuple[str, Callable[[], Iterator[Check]]]
"""What is checked, and how; the caller turns an error into an outcome."""


def watch_parts(workspace: Workspace, *, store_exists: bool) -> Iterator[Part]:
    """Yield the parts that the configuration names; a source that cannot be made spoils no other's check."""
    if workspace.config.policies.waivers:
        yield "policies.waivers", partial(_waivers, workspace, store_exists=store_exists)
    for place, entry in enumerate(workspace.config.impersonators.sources):
        yield f"impersonators: {entry.id}", partial(_source, workspace, place)
    if workspace.config.siem:
        yield "siem", partial(_siem, workspace)
    if workspace.config.custody is not None:
        yield "custody", partial(_custody if store_exists else _nothing_yet, workspace)


def _waivers(workspace: Workspace, *, store_exists: bool) -> Iterator[Check]:
    from auditor.app.waivers import read_waivers, today_of
    from auditor.app.waivers_desk import state_of, uses_now

    name = workspace.config.policies.waivers
    number = len(read_waivers(workspace))
    wrong = 0
    if store_exists:
        with workspace.store(create=False) as store:
            states = [state_of(use, today_of(workspace)) for use in uses_now(workspace, store).uses]
        wrong = sum(state in ("expired", "amiss") for state in states)
    if wrong:
        told = f"{wrong} of {number} waivers of {name} have expired or are amiss."
        yield Check(
            CheckState.WARNING, "policies.waivers", told, "'auditor waivers check' says which, and why."
        )
    yield Check(CheckState.GOOD, "policies.waivers", f"{name}: {number} waiver{'s' * (number != 1)}.")


def _source(workspace: Workspace, place: int) -> Iterator[Check]:
    source = source_of(workspace, place)
    for check in source.check():
        subject = f"impersonators: {source.id}: {check.subject}"
        yield Check(check.state, subject, check.message, check.remedy)


def _nothing_yet(workspace: Workspace) -> Iterator[Check]:
    """Yield nothing: seeds are noted in the store, and there is none yet."""
    return iter(())


def _siem(workspace: Workspace) -> Iterator[Check]:
    from auditor.app.siem import trouble_with

    for sink in workspace.config.siem:
        subject = f"siem: {sink.key}"
        if sink.file is not None and not workspace.loaded.resolve(sink.file).exists():
            # Made by whoever runs doctor, it might be closed to the user whom the daemon runs as.
            yield Check(CheckState.GOOD, subject, "will be made with the first event.")
            continue
        trouble = trouble_with(workspace, sink)
        if trouble is None:
            yield Check(CheckState.GOOD, subject, "can be reached.")
        else:
            yield Check(CheckState.BAD, subject, trouble.message, trouble.remedy)


def _custody(workspace: Workspace) -> Iterator[Check]:
    from auditor.app.custody_desk import Desk
    from auditor.app.custody_list import list_custody
    from auditor.app.custody_people import operator_of

    with workspace.store(create=False) as store:
        desk = Desk(workspace, store)
        listing = list_custody(desk)
    if workspace.roster is None and desk.section.roster_required:
        yield Check(
            CheckState.BAD,
            "custody",
            "gives no code to anybody, because there is no roster that says who works here.",
            "Add 'roster:', or 'roster_required: false' under custody.",
        )
    try:
        operator_of(desk.section)
    except CustodyError as error:
        yield Check(CheckState.WARNING, "custody", error.message, error.remedy)
    if listing.without:
        names = ", ".join(account.shown for account in listing.without[:3])
        more = f" and {len(listing.without) - 3} more" if len(listing.without) > 3 else ""
        yield Check(
            CheckState.WARNING,
            "custody",
            f"has no seed of {names}{more}.",
            "'auditor mfa enroll' keeps one; 'custody: expected:' says which accounts should have one.",
        )
    yield Check(CheckState.GOOD, "custody", f"keeps {len(listing.seeds)} seeds.")
