"""What Riverside Health keeps itself: owners, vendors, reviewed matches."""

from __future__ import annotations

from auditor.demo.organisation import PRIVACY_OFFICER
from auditor.demo.organisation.accounts import ACCOUNTS, FOUNDATION
from auditor.demo.organisation.people import who
from auditor.demo.organisation.tables import csv_text


def owners_csv() -> str:
    """Return who answers for which account: of one nobody; the foundation's is told in its attestation."""
    columns = (
        "platform",
        "account",
        "owner_email",
        "tier",
        "phi_exposed",
        "last_reviewed_on",
        "mfa_required",
    )
    rows = [
        (a.platform, a.handle, a.owner_email, a.tier, a.phi_exposed, a.last_reviewed_on, a.mfa_required)
        for a in ACCOUNTS
        if a is not FOUNDATION
    ]
    return csv_text(columns, rows)


def vendors_csv() -> str:
    """Return the vendors as purchasing lists them."""
    nora, dana = who("Linden").email, who("Kowalczyk").email
    columns = (
        "name",
        "kind",
        "domains",
        "app_names",
        "app_ids",
        "contract_ends_on",
        "baa_signed_on",
        "baa_expires_on",
        "owner_email",
    )
    rows = [
        (
            "Brightline Social",
            "agency",
            "brightline.example",
            "",
            "",
            "2027-06-30",
            "2025-01-15",
            "2027-01-14",
            nora,
        ),
        (
            "Northwind Creative",
            "agency",
            "northwind.example",
            "",
            "",
            "2026-06-30",
            "2024-02-01",
            "2026-02-01",
            dana,
        ),
        (
            "Evergreen Outreach",
            "agency",
            "evergreen.example",
            "",
            "",
            "2031-12-31",
            "",
            "",
            who("Rossi").email,
        ),
        ("Tidewater Media", "agency", "tidewater.example", "", "", "2027-10-31", "2026-10-30", "", nora),
        ("PostPilot", "tool", "postpilot.example", "PostPilot", "7000001", "2027-09-21", "", "", nora),
        (
            "ClearQueue",
            "tool",
            "clearqueue.example",
            "ClearQueue Inbox",
            "",
            "2027-01-31",
            "2026-01-15",
            "2027-01-31",
            who("Jelinek").email,
        ),
        ("MetricFox", "tool", "metricfox.example", "MetricFox Analytics", "", "", "2025-03-01", "", ""),
    ]
    return csv_text(columns, rows)


def identities_csv() -> str:
    """Return the matches a human has reviewed: the affiliate doctor declared the handle on paper."""
    columns = (
        "principal_id",
        "platform",
        "handle",
        "email",
        "person_id",
        "work_email",
        "reviewed_by",
        "reviewed_on",
        "note",
    )
    doctor = who("Moreau")
    row = (
        "",
        "x",
        "DrMoreauHeart",
        "",
        doctor.number,
        "",
        PRIVACY_OFFICER,
        "2026-09-14",
        "declared on form C-12",
    )
    return csv_text(columns, [row])
