"""A small organisation with a custody desk, on a clock the tests move."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from auditor.app.custody_desk import Desk
from auditor.app.custody_people import os_user
from auditor.app.workspace import Workspace
from auditor.config import load_config
from auditor.model.estate import PersonStatus
from auditor.model.facts import Account, Fact
from auditor.model.people import Person
from auditor.store import Store
from auditor.vault.seeds import Seed
from tests.support import NOW
from tests.vault.support_seeds import reference_code, vault_chain

DANA, BO, SAM = (f"{name}@riverside.example" for name in ("dana.cole", "bo.fox", "sam.poe"))
CUSTODY = f"""\
custody:
  operators: {{{os_user()}: {DANA}}}
  readers:
    - {{accounts: ["x:Riverside*"], people: [{DANA}, {BO}]}}
    - {{accounts: ["instagram:*"], people: [{SAM}]}}
"""
_CONFIG = """\
organization:
  name: Riverside Health
  timezone: America/Chicago
  email_domains: [riverside.example]
  email_aliases: {old.example: riverside.example}
store: sqlite:///auditor.db
vault: auditor.vault
roster: {connector: hr-table, path: people.csv}
"""


@dataclass
class Clock:
    """A clock that stands until it is moved; sleeping moves it."""

    now: datetime = NOW
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> datetime:
        """Return the present instant."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let so much time pass."""
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


def person(
    number: int, email: str, status: PersonStatus | None = PersonStatus.ACTIVE, **more: object
) -> Person:
    """Return somebody of the roster."""
    values = {
        "source": "roster",
        "observed_at": NOW,
        "person_id": f"{number:04}",
        "name": email.split("@")[0],
    }
    return Person(**(values | {"work_email": email, "status": status} | more))  # type: ignore[arg-type]


PEOPLE = (person(7, BO), person(8, DANA), person(9, SAM))


def account(platform: str, native: str, handle: str | None) -> Account:
    """Return a brand account."""
    return Account(
        source="x", observed_at=NOW, account_id=f"{platform}:{native}", platform=platform, handle=handle
    )


ACCOUNTS = (
    account("x", "1001", "RiversideHealth"),
    account("x", "1002", "RiversideCare"),
    account("x", "1003", "OtherBrand"),
    account("instagram", "55", "riversidekids"),
    account("facebook", "77", "RiversidePage"),
)


@dataclass
class Office:
    """The desk, and what it stands on."""

    desk: Desk
    store: Store
    clock: Clock
    folder: Path

    def snapshot(self, *facts: Fact) -> None:
        """Make a new snapshot of these facts."""
        with self.store.begin_snapshot(self.clock.now) as writer:
            writer.add(facts)
            writer.finish(self.clock.now, ())

    def code(self, seed: Seed, off: int = 0) -> str:
        """Return what another authenticator shows."""
        return reference_code(seed.secret, seed.step(self.clock.now) + off)


@contextmanager
def office(
    folder: Path, custody: str = CUSTODY, *, config: str = _CONFIG, read: bool = True
) -> Iterator[Office]:
    """Open the desk for a ``with`` block; with ``read`` a snapshot of accounts and people is there."""
    path = folder / "auditor.yaml"
    path.write_text(config + custody, encoding="utf-8")
    clock = Clock()
    workspace = Workspace(load_config(path), clock=clock, sleep=clock.sleep, secrets=vault_chain(folder))
    with workspace.store() as store:
        opened = Office(Desk(workspace, store), store, clock, folder)
        if read:
            opened.snapshot(*ACCOUNTS, *PEOPLE)
        yield opened


LEFT = date(2026, 10, 31)
