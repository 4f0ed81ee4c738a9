"""One organisation's audit, put together from its configuration: secrets, connections, store.

Commands build a `Workspace` and hand it to a use case; nothing below this storey reads the
configuration file.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.config import Config, LoadedConfig, RosterEntry, load_config, validate
from auditor.errors import AuditorError
from auditor.vault import SecretChain
from connectors.base import ConnectionSettings, Connector
from connectors.registry import make

if TYPE_CHECKING:
    from auditor.store import Store

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the present instant, in UTC: the one clock, handed down from here."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Connection:
    """A configured source: its connector and its validated settings."""

    connector: Connector
    settings: ConnectionSettings

    @property
    def id(self) -> str:
        """The id under which its facts are recorded."""
        return self.settings.id


class Workspace:
    """What every command starts from."""

    def __init__(
        self,
        loaded: LoadedConfig,
        *,
        clock: Clock = utc_now,
        sleep: Callable[[float], None] = time.sleep,
        secrets: SecretChain | None = None,
    ) -> None:
        self.loaded = loaded
        self.clock = clock
        self.sleep = sleep
        vault = loaded.config.vault
        self.secrets = secrets or SecretChain(
            base_dir=loaded.base_dir, vault_path=loaded.resolve(vault) if vault else None
        )

    @classmethod
    def open(cls, path: Path) -> Workspace:
        """Return the workspace of the configuration file at ``path``; raises ConfigError."""
        return cls(load_config(path))

    @property
    def config(self) -> Config:
        """The validated configuration."""
        return self.loaded.config

    @cached_property
    def connections(self) -> tuple[Connection, ...]:
        """Every configured connection, its settings validated by its connector."""
        found = []
        for index, entry in enumerate(self.config.connections):
            found.append(self._connection(entry.connector, entry.options, ("connections", index)))
        return tuple(found)

    @cached_property
    def roster(self) -> Connection | None:
        """The HR roster's connection, where one is configured."""
        entry = self.config.roster
        return None if entry is None else self._connection(entry.connector, entry.options, ("roster",))

    @property
    def roster_entry(self) -> RosterEntry | None:
        """The roster section as written."""
        return self.config.roster

    def _connection(self, name: str, options: dict[str, object], at: tuple[str | int, ...]) -> Connection:
        try:
            connector = make(name)
        except AuditorError as error:
            document = self.loaded.document
            raise document.error(error.message, (*at, "connector"), remedy=error.remedy) from error
        return Connection(connector, validate(connector.settings_model, options, self.loaded.document, at))

    @contextmanager
    def store(self, *, create: bool = True) -> Iterator[Store]:
        """Open the store for the length of a ``with`` block; raises StoreError."""
        from auditor.store import Store

        password = self.secrets.resolve(self.config.store_password) if self.config.store_password else None
        with Store.open(
            self.store_url,
            organization=self.config.organization.name,
            clock=self.clock,
            password=password,
            create=create,
        ) as store:
            yield store

    @property
    def store_url(self) -> str:
        """The store's URL; a relative SQLite path starts from the configuration file's folder."""
        url = self.config.store
        prefix = "sqlite:///"
        return prefix + str(self.loaded.resolve(url.removeprefix(prefix))) if url.startswith(prefix) else url
