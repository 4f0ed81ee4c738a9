"""A house with a store and no network: snapshots of a few made-up facts, written at chosen instants."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from auditor.app.workspace import Workspace
from auditor.config import load_config
from auditor.model.estate import CoverageState, FactKind, GrantPath, Level, PersonStatus
from auditor.model.facts import Account, App, Coverage, Fact, Grant, Principal, app_key, grant_key
from auditor.model.people import Person
from auditor.store import ConnectionRun, RunState, SnapshotInfo, Store

START = datetime(2026, 9, 1, 6, tzinfo=UTC)
"""Day 0 of every history."""
PAGE, PORTFOLIO = "facebook:1", "facebook:p"
_EMPTY: list[bytes] = []
"""A store with its tables and nothing in it: making one anew takes most of a short test's time."""
_SEEN = (FactKind.GRANTS, FactKind.APPS, FactKind.PRINCIPALS)


def day(number: float) -> datetime:
    """Return the instant ``number`` days after the start."""
    return START + timedelta(days=number)


@contextmanager
def house(folder: Path, extra: str = "") -> Iterator[tuple[Workspace, Store]]:
    """Open the workspace of a small organisation in Chicago, and its store."""
    path = folder / "auditor.yaml"
    path.write_text(
        "organization: {name: Riverside Health, timezone: America/Chicago, email_domains: [riverside.example]}\n"
        + extra,
        encoding="utf-8",
    )
    workspace = Workspace(load_config(path), clock=lambda: day(400))
    if _EMPTY:
        (folder / "auditor.db").write_bytes(_EMPTY[0])
    else:
        with workspace.store():
            pass
        _EMPTY.append((folder / "auditor.db").read_bytes())
    with workspace.store() as store:
        yield workspace, store


def account(account_id: str = PAGE, **changes: Any) -> Account:
    """Return a Page of the portfolio."""
    values: dict[str, Any] = {"name": "Riverside Health", "parent_id": PORTFOLIO, "kind": "page"}
    return Account(
        source="meta", observed_at=START, account_id=account_id, platform="facebook", **(values | changes)
    )


def holder(name: str, /, **changes: Any) -> Principal:
    """Return an identity; its address is the name's at the house's domain."""
    values: dict[str, Any] = {"name": name.title(), "email": f"{name}@riverside.example"}
    return Principal(
        source="meta", observed_at=START, principal_id=f"facebook:{name}", platform="facebook",
        **(values | changes),
    )  # fmt: skip


def grant(name: str, account_id: str = PAGE, level: Level | None = Level.ADMIN, **changes: Any) -> Grant:
    """Return an identity's access to an account."""
    principal = f"facebook:{name}"
    values: dict[str, Any] = {"role": "MANAGE", "level": level, "observed_at": START, "can_message": False}
    return Grant(
        source="meta",
        grant_id=grant_key(account_id, principal, GrantPath.DIRECT),
        account_id=account_id,
        principal_id=principal,
        **(values | changes),
    )


def app(name: str = "PostPilot", /, account_id: str = PAGE, **changes: Any) -> App:
    """Return an app connected to an account."""
    values: dict[str, Any] = {"scopes": ("read",), "level": Level.VIEWER, "can_message": False}
    since = changes.get("approved_at")
    return App(
        source="meta", observed_at=START, app_key=app_key(account_id, name, since), app_id=name,
        account_id=account_id, name=name, **(values | changes),
    )  # fmt: skip


def seen(
    *accounts: str,
    kinds: Iterable[FactKind] = _SEEN,
    state: CoverageState = CoverageState.OBSERVED,
    **changes: Any,
) -> list[Coverage]:
    """Return the coverage of accounts of which ``kinds`` were read; the portfolio's list as well."""
    values: dict[str, Any] = {"source": "meta", "observed_at": START}
    return [
        *(
            Coverage(account_id=one, fact=kind, state=state, **(values | changes))
            for one in accounts or (PAGE,)
            for kind in kinds
        ),
        Coverage(
            account_id=PORTFOLIO, fact=FactKind.ACCOUNTS, state=CoverageState.OBSERVED, **(values | changes)
        ),
    ]


def unread(*accounts: str, at: datetime = START) -> list[Coverage]:
    """Return the coverage of a reading that failed, the portfolio's list as well."""
    return [
        Coverage(source="meta", observed_at=at, account_id=one, fact=kind, state=CoverageState.FAILED)
        for one in (*(accounts or (PAGE,)), PORTFOLIO)
        for kind in (*_SEEN, FactKind.ACCOUNTS)
    ]


def person(name: str, /, status: PersonStatus | None = PersonStatus.ACTIVE, **changes: Any) -> Person:
    """Return somebody of the roster."""
    values: dict[str, Any] = {"hired_on": date(2020, 1, 1), "observed_at": START}
    return Person(
        source="roster", person_id=f"hr:{name}", name=name.title(), work_email=f"{name}@riverside.example",
        status=status, **(values | changes),
    )  # fmt: skip


def snapshot(store: Store, at: datetime, facts: Iterable[Fact], *, carried_from: str = "") -> SnapshotInfo:
    """Record ``facts`` as one snapshot that ends at ``at``, each seen at that instant."""
    runs = [ConnectionRun(id="meta", connector="meta", state=RunState.COMPLETE, carried_from=carried_from)]
    with store.begin_snapshot(at - timedelta(minutes=5), runs) as writer:
        writer.add(_at(fact, at) for fact in facts)
        return writer.finish(at, runs)


def _at(fact: Fact, at: datetime) -> Fact:
    """Return the fact as seen at ``at``, unless its time was chosen."""
    if fact.observed_at != START:
        return fact
    values = {name: getattr(fact, name) for name in type(fact).__dataclass_fields__}
    return type(fact)(**(values | {"observed_at": at}))
