"""What outside firms hold: findings on a vendor name the firm, the views know its grants and apps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from auditor.app.rows import rows

if TYPE_CHECKING:
    import pandas as pd

    from policies.views import Views


@dataclass(frozen=True, slots=True)
class VendorHoldings:
    """Vendor id to ids of its grants, and to keys of its apps' authorisations."""

    grants: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    apps: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


NO_VENDORS = VendorHoldings()


def vendor_holdings(views: Views) -> VendorHoldings:
    """Return what each vendor of the vendors table holds, as the rules matched it."""
    return holdings_of(
        views.query("grants", ("vendor_id", "grant_id")), views.query("apps", ("vendor_id", "app_key"))
    )


def holdings_of(grants: pd.DataFrame, apps: pd.DataFrame) -> VendorHoldings:
    """Return the same of some rows of the views of grants and of apps."""
    return VendorHoldings(grants=_by_vendor(grants, "grant_id"), apps=_by_vendor(apps, "app_key"))


def _by_vendor(frame: pd.DataFrame, key: str) -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows(frame[["vendor_id", key]].dropna()):
        found[row.text("vendor_id") or ""].append(row.text(key) or "")
    return {vendor: tuple(keys) for vendor, keys in found.items()}
