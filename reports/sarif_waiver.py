"""A waiver as SARIF's suppression: the result keeps its kind and its level beside it (standard, 3.27.23 and 3.35)."""

from __future__ import annotations

from typing import Any

from reports.review import ReviewFinding
from reports.sarif_text import said, shown
from reports.waivers import WaiverEntry


def suppression(finding: ReviewFinding, waiver: WaiverEntry | None) -> dict[str, Any]:
    """Return the waiver that covers ``finding``; ``waiver`` is None where the review holds no more of it."""
    until = finding.waived_until.isoformat() if finding.waived_until else ""
    words = [f"Waived as {finding.waived}{' until ' + until if until else ''}"]
    told: dict[str, Any] = {"kind": str(finding.waived)}
    if until:
        told["until"] = until
    if waiver:
        words[0] += f", approved by {said(waiver.approver)}"
        words.append(said(waiver.reason))
        words += [f"Control: {said(waiver.control)}"] if waiver.control else []
        people = {"approver": waiver.approver, "owner": waiver.owner, "control": waiver.control}
        told |= {key: shown(value) for key, value in people.items() if value}
    return {
        # Kept outside of the file that was looked at; the standard's word for a suppression that a person granted.
        "kind": "external",
        "status": "accepted",
        "justification": " ".join(word.rstrip(".") + "." for word in words if word),
        "properties": told,
    }
