"""What outside firms hold: findings on a vendor name the firm, the views know its grants and apps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from auditor.app.rows import rows
from policies.views import Views


@dataclass(frozen=True, slots=True)
class VendorHoldings:
    """Vendor id to ids of its grants, and to keys of its apps' authorisations."""

    grants: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    apps: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


NO_VENDORS = VendorHoldings()


def vendor_holdings(views: Views, accounts: Collection[str] | None = None) -> VendorHoldings:
    """Return what each vendor of the vendors table holds, as the rules matched it.

    ``accounts``: on which accounts; None: on all.
    """
    return VendorHoldings(
        grants=_by_vendor(views, "grants", "grant_id", accounts),
        apps=_by_vendor(views, "apps", "app_key", accounts),
    )


def _by_vendor(
    views: Views, view: str, key: str, accounts: Collection[str] | None
) -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    columns = ("vendor_id", key)
    every = accounts is None
    frame = views.query(view, columns) if every else views.query(view, columns, account_id=accounts)
    frame = frame.dropna()
    for row in rows(frame):
        found[row.text("vendor_id") or ""].append(row.text(key) or "")
    return {vendor: tuple(keys) for vendor, keys in found.items()}
