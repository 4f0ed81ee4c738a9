"""What ``auditor doctor`` looks at, in the order a new user would mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.app.alerts_check import check_alerts
from auditor.app.doctor_watch import watch_parts
from auditor.app.estate import Estate
from auditor.app.installation import check_installation
from auditor.app.judge import packs_in_force, read_reviewed_file
from auditor.app.mailing import transport_of
from auditor.app.reporting import Wanted, check_wanted
from auditor.app.workspace import Connection, Workspace
from auditor.errors import AuditorError
from auditor.model.estate import CoverageState
from auditor.model.facts import Coverage
from auditor.vault import redact
from connectors.base import Check, CheckState, Context, unresolved_account_id
from connectors.house_tables import OWNERS, read_owners, read_vendors
from policies.access import load_access

if TYPE_CHECKING:
    from auditor.store import Store

_OLD_ROSTER_DAYS = 7


class _NotGathered(Estate):
    """Stands in while no account was gathered, so that none can be called unknown."""

    def account_id(self, platform: str, reference: str) -> str | None:
        """Take every account for one that there is."""
        return unresolved_account_id(platform, reference)


class _Nowhere:
    """An evidence sink for checks: nothing they read is kept."""

    def put(self, record: object, *, kind: str) -> str:
        """Keep nothing."""
        return ""


def checks(workspace: Workspace) -> Iterator[Check]:
    """Yield every check's outcome; one that cannot be made is itself an outcome."""
    yield check_installation()
    yield Check(CheckState.GOOD, "configuration", f"{workspace.loaded.document.path} is in order.")
    yield from _guarded("secrets", partial(_secrets, workspace))
    yield from _guarded("store", partial(_store, workspace))
    yield from _guarded("policies", partial(_policies, workspace))
    yield from _guarded("tables", partial(_tables, workspace))
    context = _context(workspace)
    if workspace.roster is None:
        yield Check(
            CheckState.WARNING,
            "roster",
            "there is no HR roster, so nobody can be found to have left.",
            "Add 'roster: {connector: hr-table, path: hr/people.csv}'.",
        )
    else:
        yield from _guarded("roster", partial(_connection, workspace.roster, context))
    if not workspace.connections:
        yield Check(
            CheckState.BAD,
            "connections",
            "there is none, so there is nothing to audit.",
            "Add one; 'auditor connectors list' shows what there is.",
        )
    for connection in workspace.connections:
        yield from _guarded(connection.id, partial(_connection, connection, context))
    yield from _guarded("reports", partial(_reports, workspace))
    yield from _guarded("mail", partial(_mail, workspace))
    yield from _guarded("alerts", partial(check_alerts, workspace))
    for subject, part in watch_parts(workspace, store_exists=_store_exists(workspace)):
        yield from _guarded(subject, part)


def _guarded(subject: str, make: Callable[[], Iterator[Check]]) -> Iterator[Check]:
    try:
        yield from make()
    except AuditorError as error:
        yield Check(CheckState.BAD, subject, error.message, error.remedy)
    except Exception as error:  # noqa: BLE001 - the connector boundary: a third party's check may fail in any way
        yield Check(CheckState.BAD, subject, f"{type(error).__name__}: {redact(str(error))[:300]}")


def _connection(connection: Connection, context: Context) -> Iterator[Check]:
    for check in connection.connector.check(connection.settings, context):
        yield Check(check.state, f"{connection.id}: {check.subject}", check.message, check.remedy)


def _secrets(workspace: Workspace) -> Iterator[Check]:
    usable = [link.name for link in workspace.secrets.links() if link.usable]
    yield Check(CheckState.GOOD, "secrets", f"are looked for in: {', '.join(usable)}.")


def _store_exists(workspace: Workspace) -> bool:
    url = workspace.store_url
    return not url.startswith("sqlite:///") or Path(url.removeprefix("sqlite:///")).exists()


def _store(workspace: Workspace) -> Iterator[Check]:
    if not _store_exists(workspace):
        yield Check(CheckState.GOOD, "store", f"{workspace.config.store} will be made by the first audit.")
        return
    with workspace.store(create=False) as store:
        problems = store.check()
        for problem in problems:
            yield Check(CheckState.BAD, "store", problem.message, problem.remedy)
        if not problems:
            count = len(store.snapshots())
            yield Check(
                CheckState.GOOD,
                "store",
                f"{workspace.config.store} holds {count} snapshot{'' if count == 1 else 's'}.",
            )
        yield from _roster_size(store)


def _roster_size(store: Store) -> Iterator[Check]:
    before = store.people_count()
    if before is not None:
        yield Check(CheckState.GOOD, "roster before", f"{before[0]:,} people in snapshot {before[1]}.")


def _policies(workspace: Workspace) -> Iterator[Check]:
    packs = packs_in_force(workspace)
    rules = sum(len(pack.rules) for pack in packs)
    yield Check(CheckState.GOOD, "policies", f"{rules} rules in {', '.join(pack.id for pack in packs)}.")
    access = workspace.config.policies.access
    if access is None:
        yield Check(
            CheckState.WARNING,
            "policies.access",
            "there is no access matrix, so no level can be found too high.",
            "Add 'access: policies/access-matrix.yaml'; 'auditor init' writes one.",
        )
    else:
        load_access(workspace.loaded.resolve(access))
        yield Check(CheckState.GOOD, "policies.access", f"{access} is in order.")


def _tables(workspace: Workspace) -> Iterator[Check]:
    config, gathered = workspace.config, _gathered(workspace)
    context = _context(workspace, gathered or _NotGathered())
    for key, name, read in (
        ("vendors", config.vendors, read_vendors),
        ("accounts.owners", config.accounts.owners, read_owners),
    ):
        if name is None:
            yield Check(
                CheckState.WARNING,
                key,
                "is not given; the rules that need it will come out unknown.",
                f"Add {key}.",
            )
        else:
            facts = list(read(Path(workspace.loaded.resolve(name)), context))
            for gap in (
                fact for fact in facts if isinstance(fact, Coverage) and fact.state is CoverageState.PARTIAL
            ):
                yield Check(CheckState.WARNING, key, gap.reason, gap.remedy)
            rows = sum(not isinstance(fact, Coverage) for fact in facts)
            later = " Its accounts are not gathered yet." if key == "accounts.owners" and not gathered else ""
            yield Check(CheckState.GOOD, key, f"{name}: {rows} usable row{'' if rows == 1 else 's'}.{later}")
    reviewed = read_reviewed_file(workspace)
    if reviewed is not None:
        for problem in reviewed.problems:
            yield Check(CheckState.WARNING, "identities", problem)
        yield Check(CheckState.GOOD, "identities", f"{len(reviewed.entries)} reviewed matches.")


def _gathered(workspace: Workspace) -> Estate | None:
    """Return the accounts that connections told of in the newest snapshot; None: there is no snapshot yet."""
    if not _store_exists(workspace):
        return None
    with workspace.store(create=False) as store:
        newest = next(iter(store.snapshots(1)), None)
        if newest is None:
            return None
        estate = Estate()
        estate.add(fact for fact in store.facts(newest.id, "accounts") if fact.source != OWNERS)
        return estate


def _reports(workspace: Workspace) -> Iterator[Check]:
    check_wanted(workspace, Wanted())
    section = workspace.config.reports
    yield Check(
        CheckState.GOOD,
        "reports",
        f"{', '.join(section.formats)} for {', '.join(section.readers)}, into {section.out}.",
    )


def _mail(workspace: Workspace) -> Iterator[Check]:
    if workspace.config.reports.mail is None:
        yield Check(
            CheckState.WARNING, "mail", "is not set up; reports stay on this machine.", "See docs/mail.md."
        )
        return
    transport_of(workspace).check()
    yield Check(
        CheckState.GOOD, "mail", "the server answers, with TLS where it is asked for, and takes the login."
    )


def _context(workspace: Workspace, estate: Estate | None = None) -> Context:
    return Context(
        clock=workspace.clock,
        evidence=_Nowhere(),
        secret=workspace.secrets.resolve,
        base_dir=workspace.loaded.base_dir,
        estate=estate or Estate(),
        sleep=workspace.sleep,
        address_key=b"nothing is kept",
    )
