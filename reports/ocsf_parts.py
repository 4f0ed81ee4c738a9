"""The parts of OCSF events, as JSON text: what findings share is written once and remembered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from auditor.model.risk import Risk
from reports import names
from reports.review import AccessReview, ReviewAccount, ReviewFinding
from reports.text import json_line

VERSION = "1.8.0"
"""The release of the schema that the events keep to, of March 2026."""
PRODUCT = "Auditor"


def members(value: Mapping[str, Any]) -> str:
    """Return the members of a JSON object without its braces."""
    return as_json(value)[1:-1]


def as_json(value: object) -> str:
    """Return ``value`` as JSON without spaces, hidden characters escaped."""
    return json_line(value, compact=True)


def quoted(text: str) -> str:
    """Return ``text`` as a JSON string; most need no second look."""
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return as_json(text)


@lru_cache(maxsize=4_096)
def milliseconds(value: datetime) -> int:
    """Return ``value`` as OCSF's timestamp_t: milliseconds since 1970 in UTC."""
    return round(value.timestamp() * 1_000)


class Parts:
    """The parts of one review's events."""

    def __init__(self, review: AccessReview) -> None:
        self._snapshot = review.snapshot_id
        self._quoted_snapshot = as_json(review.snapshot_id)
        self._accounts = {account.account_id: account for account in review.accounts}
        self._people = {person.person_id: person.name for person in review.people}
        self._principals = {
            holder.principal_id: holder.principal_name
            for account in review.accounts
            for holder in account.holders
        }
        self._shared: dict[tuple[str, ...], str] = {}
        self._controls: dict[str, tuple[Mapping[str, tuple[str, ...]], str]] = {}
        product = {"name": PRODUCT, "vendor_name": PRODUCT, "version": review.tool_version or "unknown"}
        self._metadata = members(
            {
                "version": VERSION,
                "product": product,
                "log_name": "access-review",
                "tenant_uid": review.organization,
                "original_time": review.as_of.isoformat(),
            }
        )

    def metadata(self, finding: ReviewFinding, kind: int) -> str:
        """Return who says so; ``uid`` is the same each time the same snapshot is reported."""
        uid, same = quoted(f"{self._snapshot}:{kind}:{finding.fingerprint}"), quoted(finding.fingerprint)
        return f'"metadata":{{{self._metadata},"uid":{uid},"correlation_uid":{same}}}'

    def info(self, finding: ReviewFinding, seen: int) -> str:
        """Return the finding itself; ``seen`` is the time of the snapshot in milliseconds."""
        own = f'"uid":{quoted(finding.fingerprint)},"desc":{quoted(finding.message)},"last_seen_time":{seen}'
        if finding.first_seen_at:
            own += f',"first_seen_time":{milliseconds(finding.first_seen_at)}'
        if finding.source:
            own += f',"data_sources":[{quoted(finding.source)}]'
        return f'"finding_info":{{{self._rule(finding)},{own}}}'

    def _rule(self, finding: ReviewFinding) -> str:
        key = ("rule", finding.rule, finding.subject_type)
        if key not in self._shared:
            analytic = {"uid": finding.rule, "name": finding.rule_title, "type_id": 1, "type": "Rule"}
            self._shared[key] = members(
                {
                    "title": finding.rule_title,
                    "types": [finding.rule, finding.subject_type],
                    "analytic": analytic | {"category": finding.pack},
                }
            )
        return self._shared[key]

    def control(self, finding: ReviewFinding) -> str:
        """Return the rule and the paragraphs it supports evidence for."""
        known = self._controls.get(finding.rule)
        if known is None or known[0] != finding.references:
            known = self._controls[finding.rule] = finding.references, members(_control(finding))
        return known[1]

    def resources(self, finding: ReviewFinding) -> str:
        """Return what the finding is about: the account, then whoever holds access to it."""
        found = [self._account(finding)] if finding.account_id else []
        for kind, uid, known in (
            ("principal", finding.principal_id, self._principals),
            ("person", finding.person_id, self._people),
        ):
            if uid:
                found.append(_actor(kind, uid, known.get(uid), finding.platform))
        if not found:
            found.append(as_json({"uid": finding.subject_id, "type": finding.subject_type, "role_id": 1}))
        return f'"resources":[{",".join(found)}]'

    def _account(self, finding: ReviewFinding) -> str:
        uid = finding.account_id or ""
        key = ("account", uid)
        if key not in self._shared:
            account = self._accounts.get(uid)
            told: dict[str, Any] = {"uid": uid, "type": "account", "role_id": 1, "role": "Target"}
            self._shared[key] = as_json(told | (_about(account) if account else {}))
        return self._shared[key]

    def remediation(self, finding: ReviewFinding) -> str:
        """Return what to do: to end a fail, or to be able to decide."""
        words = finding.remediation or finding.remedy
        return _remediation(words) if words else ""

    def evidence(self, finding: ReviewFinding) -> str:
        """Return the raw record behind it by its SHA-256, where one is kept."""
        if not finding.evidence_id:
            return ""
        seen = f'"observed_time":{milliseconds(finding.observed_at)}' if finding.observed_at else ""
        return f'"evidences":[{{"uid":{quoted(finding.evidence_id)},"data":{{{seen}}}}}]'

    def unmapped(self, finding: ReviewFinding) -> str:
        """Return what OCSF has no place for."""
        subject = f'"subject_type":{quoted(finding.subject_type)},"subject_id":{quoted(finding.subject_id)}'
        removes = f',"removes":{quoted(finding.removes)}' if finding.removes else ""
        risk = f',"risk":{_risk(finding.risk)}' if finding.risk else ""
        return f'"unmapped":{{{subject},"snapshot":{self._quoted_snapshot}{removes}{risk}}}'


def _control(finding: ReviewFinding) -> dict[str, Any]:
    told: dict[str, Any] = {"control": finding.rule, "desc": finding.rule_title, "category": finding.pack}
    if finding.references:
        told["standards"] = [names.standard(one) for one in finding.references]
        told["requirements"] = [
            f"{names.standard(one)} {paragraph}"
            for one, paragraphs in finding.references.items()
            for paragraph in paragraphs
        ]
    return told


def _risk(risk: Risk) -> str:
    # Written by hand: it differs from finding to finding, and numbers need no escaping.
    return (
        f'{{"score":{risk.score},"level":{round(risk.level, 4)},"reach":{round(risk.reach, 4)},'
        f'"exposure":{round(risk.exposure, 4)},"certainty":{round(risk.certainty, 4)}}}'
    )


def _actor(kind: str, uid: str, name: str | None, platform: str | None) -> str:
    called = f',"name":{quoted(name)}' if name else ""
    space = f',"namespace":{quoted(platform)}' if kind == "principal" and platform else ""
    return f'{{"uid":{quoted(uid)},"type":"{kind}","role_id":2,"role":"Actor"{called}{space}}}'


@lru_cache(maxsize=4_096)
def _remediation(words: str) -> str:
    return f'"remediation":{as_json({"desc": words})}'


def _about(account: ReviewAccount) -> dict[str, Any]:
    told: dict[str, Any] = {"name": names.account(account), "namespace": account.platform}
    if account.owner_email or account.owner_name:
        owner = {
            "uid": account.owner_person_id,
            "name": account.owner_email or account.owner_name,
            "full_name": account.owner_name,
            "email_addr": account.owner_email,
        }
        told["owner"] = {key: value for key, value in owner.items() if value} | {"type_id": 1, "type": "User"}
    if account.tier is not None:
        told["criticality"] = f"tier {account.tier}"
    if account.phi_exposed:
        told["labels"] = ["phi_exposed"]
    return told
