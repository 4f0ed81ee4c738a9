"""The locked room in which rules are evaluated: DuckDB without files, network, settings or extensions.

The expressions themselves are inspected in `policies.expressions` before they come here; this is
the second wall.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import duckdb

from auditor.errors import AuditorError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_CLOSED = {
    "autoload_known_extensions": "false",
    "autoinstall_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
    "preserve_insertion_order": "false",
    # Nothing here outlives the judgement: writing it out again, compressed, costs more than it saves.
    "checkpoint_threshold": "1TB",
    # Seen in 2.0: over a column that is NULL throughout, this step breaks conditions such as
    # contains(e, '@') AND split_part(e, '@', 2) = 'x' instead of answering NULL.
    "disabled_optimizers": "statistics_propagation",
}

# A count whose list is known only in part is a pair of bounds; the macros answer as far as they allow.
_MACROS = (
    """CREATE MACRO more_than(c, n) AS
       CASE WHEN c.at_least > n THEN TRUE WHEN c.at_most <= n THEN FALSE END""",
    """CREATE MACRO fewer_than(c, n) AS
       CASE WHEN c.at_most < n THEN TRUE WHEN c.at_least >= n THEN FALSE END""",
)


def connect(
    *, memory_limit: str = "1GB", variables: Mapping[str, object] | None = None
) -> DuckDBPyConnection:
    """Return a new in-memory connection with the macros, the variables and every door locked."""
    connection = duckdb.connect(":memory:", config=dict(_CLOSED))
    # Without a folder to spill to, no fact ever reaches the disk; it must be set before the door falls shut.
    # What is set globally holds for connections beside this one too.
    for setting in ("temp_directory = ''", "enable_external_access = false", "GLOBAL TimeZone = 'UTC'"):
        connection.execute(f"SET {setting}")
    connection.execute(f"SET memory_limit = {quote(memory_limit)}")
    set_variables(connection, variables or {})
    for macro in _MACROS:
        connection.execute(macro)
    connection.execute("SET lock_configuration = true")
    return connection


def beside(connection: DuckDBPyConnection, variables: Mapping[str, object]) -> DuckDBPyConnection:
    """Return another connection into the same room, for a second thread; temporary tables are its own."""
    second = connection.cursor()
    set_variables(second, variables)
    return second


def set_variables(connection: DuckDBPyConnection, variables: Mapping[str, object]) -> None:
    """Set what expressions read by ``getvariable``."""
    for name, value in variables.items():
        connection.execute(f"SET VARIABLE {name} = {literal(value)}")


@contextmanager
def time_limit(seconds: float, *connections: DuckDBPyConnection) -> Iterator[None]:
    """Interrupt whatever ``connections`` run in the block once ``seconds`` have passed.

    Raises:
        AuditorError: the time was not enough.

    """
    done, expired = threading.Event(), threading.Event()

    def watch() -> None:
        if done.wait(seconds):
            return
        expired.set()
        # An interrupt between two queries is lost, so it is said until it is heard.
        while not done.wait(0.05):
            for connection in connections:
                connection.interrupt()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    except duckdb.InterruptException:
        raise _too_slow(seconds) from None
    finally:
        done.set()
        watcher.join()
    if expired.is_set():
        raise _too_slow(seconds)


@contextmanager
def told_failures() -> Iterator[None]:
    """Turn what DuckDB raises in the block into an AuditorError."""
    try:
        yield
    except duckdb.OutOfMemoryException:
        raise AuditorError(
            "Judging the rules needs more memory than it is allowed.",
            remedy="Raise the memory limit, or judge fewer accounts at a time.",
        ) from None
    except duckdb.Error as error:
        raise AuditorError(
            f"The snapshot could not be judged: {str(error).splitlines()[0][:200]}",
            remedy="This is a defect of Auditor: please report it with the output of --debug.",
        ) from error


def _too_slow(seconds: float) -> AuditorError:
    return AuditorError(
        f"Judging the rules took longer than {seconds:g} seconds and was stopped.",
        remedy="Raise the time limit, or simplify the rules of your own packs.",
    )


def quote(text: str) -> str:
    """Return ``text`` as a SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def literal(value: object) -> str:
    """Return a parameter or a setting as a typed SQL literal."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"({value})"
    if isinstance(value, float):
        return f"CAST({value!r} AS DOUBLE)"
    if isinstance(value, datetime):
        return f"TIMESTAMPTZ {quote(value.astimezone(UTC).isoformat())}"
    if isinstance(value, date):
        return f"DATE {quote(value.isoformat())}"
    if isinstance(value, (list, tuple)):
        return f"CAST([{', '.join(quote(str(item)) for item in value)}] AS VARCHAR[])"
    return quote(str(value))
