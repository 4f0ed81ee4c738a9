"""Every connector there is: ours in one table, strangers' by the entry-point group.

A maker per name keeps the SDKs out of commands that do not collect, and mypy still sees each one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import EntryPoint, entry_points

from auditor.errors import AuditorError
from connectors.base import Connector

GROUP = "auditor.connectors"


def _x() -> Connector:
    from connectors.x import XConnector

    return XConnector()


def _x_archive() -> Connector:
    from connectors.x_archive import XArchiveConnector

    return XArchiveConnector()


def _meta() -> Connector:
    from connectors.meta import MetaConnector

    return MetaConnector()


def _table() -> Connector:
    from connectors.table import TableConnector

    return TableConnector()


def _hr_table() -> Connector:
    from connectors.hr_table import HrTableConnector

    return HrTableConnector()


OURS: dict[str, Callable[[], Connector]] = {
    "x": _x,
    "x-archive": _x_archive,
    "meta": _meta,
    "table": _table,
    "hr-table": _hr_table,
}


def makers() -> Mapping[str, Callable[[], Connector]]:
    """Return every connector's maker by name; ours cannot be replaced by a stranger's."""
    strangers = {point.name: _maker(point) for point in entry_points(group=GROUP) if point.name not in OURS}
    return {**strangers, **OURS}


def make(name: str) -> Connector:
    """Return the connector called ``name``.

    Raises:
        AuditorError: there is none, or a third party's cannot be loaded.
    """
    known = makers()
    if name not in known:
        raise AuditorError(
            f"there is no connector named {name!r}.",
            remedy=f"Known: {', '.join(sorted(known))}. See 'auditor connectors list'.",
        )
    return known[name]()


def _maker(point: EntryPoint) -> Callable[[], Connector]:
    def load() -> Connector:
        try:
            connector = point.load()()
        except (ImportError, AttributeError, TypeError) as error:
            raise AuditorError(
                f"the connector {point.name!r} ({point.value}) cannot be loaded: {type(error).__name__}.",
                remedy="Reinstall the package that provides it, or remove it.",
            ) from error
        if not isinstance(connector, Connector):
            raise AuditorError(
                f"{point.value} does not meet the connector contract (connectors.base.Connector)."
            )
        return connector

    return load
