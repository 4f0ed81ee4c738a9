"""The parts of OCSF events, as JSON text: what findings share is written once and remembered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

from auditor.model.risk import Risk
from reports import names
from reports.review import AccessReview, ReviewAccount, ReviewFinding
from reports.standing import Standing
from reports.text import is_clean, json_line
from reports.waivers import by_finding

VERSION = "1.8.0"
"""The release of the schema that the events keep to, of March 2026."""
PRODUCT = "Auditor"
REMEMBERED = 4_096
"""Texts of one sort kept in memory at most."""
ACTORS_REMEMBERED = 32_768
"""Likewise for whoever holds access: the texts are short, and each comes back with every account held."""

Key = TypeVar("Key")
Value = TypeVar("Value")


def members(value: Mapping[str, Any]) -> str:
    """Return the members of a JSON object without its braces."""
    return as_json(value)[1:-1]


def as_json(value: object) -> str:
    """Return ``value`` as JSON without spaces, hidden characters escaped."""
    return json_line(value, compact=True)


def quoted(text: str) -> str:
    """Return ``text`` as a JSON string; most need no second look."""
    return f'"{text}"' if is_plain(text) else as_json(text)


def is_plain(text: str) -> bool:
    """Whether ``text`` is seen at once to stand in JSON as it is."""
    # Below the first combining mark every printable character is written as it is, but these two.
    return is_clean(text) and '"' not in text and "\\" not in text


def remember(known: dict[Key, Value], key: Key, value: Value, most: int = REMEMBERED) -> Value:
    """Keep ``value`` under ``key`` and return it; a full dictionary starts anew, so memory stays flat."""
    if len(known) >= most:
        known.clear()
    known[key] = value
    return value


@lru_cache(maxsize=REMEMBERED)
def milliseconds(value: datetime) -> int:
    """Return ``value`` as OCSF's timestamp_t: milliseconds since 1970 in UTC."""
    return round(value.timestamp() * 1_000)


class Parts:
    """The parts of one review's events."""

    def __init__(self, review: AccessReview) -> None:
        self._snapshot = quoted(review.snapshot_id)
        self._accounts = {account.account_id: account for account in review.accounts}
        self._people = {person.person_id: person.name for person in review.people}
        self._principals = {
            holder.principal_id: holder.principal_name
            for account in review.accounts
            for holder in account.holders
        }
        self._waivers = by_finding(review.waivers)
        self._standings: dict[int, str] = {}
        self._rules: dict[tuple[str, str], str] = {}
        self._controls: dict[str, tuple[Mapping[str, tuple[str, ...]], str]] = {}
        self._account_texts: dict[str, str] = {}
        self._actor_texts: dict[tuple[str | None, ...], str] = {}
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

    def metadata(self, kind: int) -> str:
        """Return who says so, up to the fingerprint that ends ``uid``.

        ``uid`` is the same each time the same snapshot is reported.
        """
        return f'{self._metadata},"uid":{self._snapshot[:-1]}:{kind}:'

    def rule(self, finding: ReviewFinding) -> str:
        """Return what found it."""
        key = finding.rule, finding.subject_type
        if key not in self._rules:
            analytic = {"uid": finding.rule, "name": finding.rule_title, "type_id": 1, "type": "Rule"}
            self._rules[key] = members(
                {
                    "title": finding.rule_title,
                    "types": [finding.rule, finding.subject_type],
                    "analytic": analytic | {"category": finding.pack},
                }
            )
        return self._rules[key]

    def control(self, finding: ReviewFinding) -> str:
        """Return the rule and the paragraphs it supports evidence for."""
        known = self._controls.get(finding.rule)
        if known is None or known[0] != finding.references:
            known = self._controls[finding.rule] = finding.references, members(_control(finding))
        return known[1]

    def resources(self, finding: ReviewFinding) -> str:
        """Return what the finding is about: the account, then whoever holds access to it."""
        key = finding.principal_id, finding.person_id, finding.platform
        actors = self._actor_texts.get(key)
        if actors is None:
            actors = remember(self._actor_texts, key, self._actors(finding), ACTORS_REMEMBERED)
        uid = finding.account_id
        if uid:
            account = self._account_texts.get(uid)
            if account is None:
                account = remember(self._account_texts, uid, self._account(uid))
            return account + actors
        if actors:
            return actors[1:]
        return as_json({"uid": finding.subject_id, "type": finding.subject_type, "role_id": 1})

    def _account(self, uid: str) -> str:
        account = self._accounts.get(uid)
        told: dict[str, Any] = {"uid": uid, "type": "account", "role_id": 1, "role": "Target"}
        return as_json(told | (_about(account) if account else {}))

    def _actors(self, finding: ReviewFinding) -> str:
        """Return identity and person, where known, each after a comma."""
        text = ""
        if uid := finding.principal_id:
            text += f",{_actor('principal', uid, self._principals.get(uid), finding.platform)}"
        if uid := finding.person_id:
            text += f",{_actor('person', uid, self._people.get(uid), None)}"
        return text

    def unmapped(self, finding: ReviewFinding) -> str:
        """Return the rest of what OCSF has no place for, and the event's end."""
        removes = f',"removes":{quoted(finding.removes)}' if finding.removes else ""
        risk = f',"risk":{_risk(finding.risk)}' if finding.risk else ""
        standing = self._standing(finding.standing) if finding.standing else ""
        waiver = f',"waiver":{self._waiver(finding)}' if finding.waived else ""
        return f',"snapshot":{self._snapshot}{removes}{risk}{standing}{waiver}}}}}'

    def accepted(self, finding: ReviewFinding) -> str:
        """Return after a comma that a named person has accepted the finding."""
        one = self._waivers.get((finding.fingerprint, finding.waived, finding.waived_until))
        until = f" until {finding.waived_until}" if finding.waived_until else ""
        by = f", approved by {one.approver}" if one else ""
        detail = f"Waived as {finding.waived}{until}{by}."
        return f',"status_detail":{quoted(detail)}'

    def _standing(self, standing: Standing) -> str:
        """Return how the finding stands in the store's history, after a comma."""
        # The review holds its standings, which many findings share, so that no id of one is used twice.
        text = self._standings.get(id(standing))
        if text is None:
            text = remember(self._standings, id(standing), _standing(standing))
        return text

    def _waiver(self, finding: ReviewFinding) -> str:
        one = self._waivers.get((finding.fingerprint, finding.waived, finding.waived_until))
        told: dict[str, Any] = {"kind": finding.waived, "until": finding.waived_until}
        if one:
            told |= {"uid": one.waiver_id, "reason": one.reason, "control": one.control}
            told |= {"owner": one.owner, "approver": one.approver}
        return as_json({key: str(value) for key, value in told.items() if value})


@lru_cache(maxsize=REMEMBERED)
def since(first_seen_at: datetime | None, source: str | None) -> str:
    """Return since when a finding is known and by which connection, each after a comma."""
    text = f',"first_seen_time":{milliseconds(first_seen_at)}' if first_seen_at else ""
    return f'{text},"data_sources":[{quoted(source)}]' if source else text


@lru_cache(maxsize=REMEMBERED)
def remediation(words: str) -> str:
    """Return what to do after a comma: to end a fail, or to be able to decide."""
    return f',"remediation":{as_json({"desc": words})}' if words else ""


@lru_cache(maxsize=REMEMBERED)
def evidence(evidence_id: str | None, observed_at: datetime | None) -> str:
    """Return the raw record behind a finding by its SHA-256 after a comma, where one is kept."""
    if not evidence_id:
        return ""
    seen = f'"observed_time":{milliseconds(observed_at)}' if observed_at else ""
    return f',"evidences":[{{"uid":{quoted(evidence_id)},"data":{{{seen}}}}}]'


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


class _Factors(dict[float, str]):
    """Factors as they are written; a few values come back in most findings."""

    def __missing__(self, value: float) -> str:
        return remember(self, value, str(round(float(value), 4)))


_FACTORS = _Factors()


def _risk(risk: Risk) -> str:
    # Written by hand: it differs from finding to finding, and numbers need no escaping.
    return (
        f'{{"score":{risk.score},"level":{_FACTORS[risk.level]},"reach":{_FACTORS[risk.reach]},'
        f'"exposure":{_FACTORS[risk.exposure]},"certainty":{_FACTORS[risk.certainty]}}}'
    )


def _standing(standing: Standing) -> str:
    told: dict[str, Any] = {"state": standing.state.value}
    if standing.unknown_since:
        told["unknown_since"] = milliseconds(standing.unknown_since)
    if standing.due_on:
        told |= {"due_on": standing.due_on.isoformat(), "overdue": standing.overdue}
    return f',"standing":{as_json(told)}'


def _actor(kind: str, uid: str, name: str | None, platform: str | None) -> str:
    called = f',"name":{quoted(name)}' if name else ""
    space = f',"namespace":{quoted(platform)}' if kind == "principal" and platform else ""
    return f'{{"uid":{quoted(uid)},"type":"{kind}","role_id":2,"role":"Actor"{called}{space}}}'


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
