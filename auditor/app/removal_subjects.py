"""Who and what is to be removed, and how much of it: from findings, or because somebody asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from auditor.app.removal_index import RemovalIndex, Thing
from auditor.app.removal_vendors import NO_VENDORS, VendorHoldings
from auditor.model.estate import PersonStatus, PrincipalKind
from auditor.model.finding import Verdict
from reports.review import ConnectedApp, Holder, ReviewFinding

PERSON, PRINCIPAL, APP = "person", "principal", "app"
_LEFT = frozenset({PersonStatus.TERMINATED, PersonStatus.FUTURE})
"""Whoever is not here holds nothing rightly: all of it goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A person, an identity that is nobody's, or an app; and what of it goes."""

    type: str
    id: str
    name: str
    findings: tuple[ReviewFinding, ...] = ()
    """Those that call for it, the riskiest first."""
    grants: tuple[Holder, ...] = ()
    """What is taken away; of a person who is still here perhaps not all they hold."""
    apps: tuple[ConnectedApp, ...] = ()
    is_whole: bool = True
    """Nothing remains afterwards."""
    has_left: bool = False
    kinds: frozenset[PrincipalKind | None] = frozenset()

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from every other."""
        return (self.type, self.id)

    @property
    def grant_ids(self) -> frozenset[str]:
        """Ids of what is taken away."""
        return frozenset(holder.grant_id for holder in self.grants)

    @property
    def urgency(self) -> tuple[int, int, str, str]:
        """Sorting key, the most urgent first: highest risk, gravest rule, then by name of kind and id."""
        score = max((one.risk.score for one in self.findings if one.risk), default=0)
        severity = max((int(one.severity) for one in self.findings), default=0)
        return (-score, -severity, self.type, self.id)


@dataclass(slots=True)
class _Draft:
    """A subject in the making."""

    findings: list[ReviewFinding] = field(default_factory=list)
    grants: dict[str, Holder] = field(default_factory=dict)
    apps: dict[str, ConnectedApp] = field(default_factory=dict)
    is_whole: bool = False


def subjects(index: RemovalIndex, vendors: VendorHoldings = NO_VENDORS) -> tuple[Subject, ...]:
    """Return everyone and everything whose removal a failing finding calls for, the most urgent first."""
    drafts: dict[tuple[str, str], _Draft] = {}
    for finding in index.review.findings:
        if finding.verdict is not Verdict.FAIL or not finding.removes:
            continue
        told: set[tuple[str, str]] = set()
        for key, thing, whole in _things(index, finding, vendors):
            draft = drafts.setdefault(key, _Draft())
            draft.is_whole |= whole
            if isinstance(thing, Holder):
                draft.grants[thing.grant_id] = thing
            elif isinstance(thing, ConnectedApp):
                draft.apps[thing.app_key] = thing
            if key not in told:
                told.add(key)
                draft.findings.append(finding)
    made = (_finished(index, key, draft) for key, draft in drafts.items())
    return tuple(sorted(made, key=lambda one: one.urgency))


def whole_subject(index: RemovalIndex, kind: str, identifier: str) -> Subject:
    """Return the removal of all that a person, an identity or an app holds."""
    return _finished(index, (kind, identifier), _Draft(is_whole=True))


def _things(
    index: RemovalIndex, finding: ReviewFinding, vendors: VendorHoldings
) -> Iterator[tuple[tuple[str, str], Holder | ConnectedApp | None, bool]]:
    """Yield what the finding takes away: of whom, the grant or app, and whether all else goes too."""
    subject = finding.subject_id
    match finding.subject_type:
        case "grant":
            yield from ((key_of(one), one, False) for one in _found(index.by_grant, [subject]))
        case "principal":
            held = index.by_principal.get(subject, [])
            yield from ((key_of(one), one, False) for one in held)
        case "person":
            yield (PERSON, subject), None, True
        case "app":
            yield from (((APP, one.app_id), one, False) for one in _found(index.apps, [subject]))
        case "vendor":
            grants = _found(index.by_grant, vendors.grants.get(subject, ()))
            yield from ((key_of(one), one, False) for one in grants)
            apps = _found(index.apps, vendors.apps.get(subject, ()))
            yield from (((APP, one.app_id), one, False) for one in apps)
        case _:
            return


def key_of(holder: Holder) -> tuple[str, str]:
    """Return who loses the grant: the person, where the identity is matched to one."""
    return (PERSON, holder.person_id) if holder.person_id else (PRINCIPAL, holder.principal_id)


def _finished(index: RemovalIndex, key: tuple[str, str], draft: _Draft) -> Subject:
    kind, identifier = key
    if kind == APP:
        named = list(draft.apps.values()) or index.apps_by_id.get(identifier, [])
        apps = tuple(sorted(named, key=lambda app: (app.account_id, app.app_key)))
        name = next((app.name for app in apps if app.name), identifier)
        return Subject(type=kind, id=identifier, name=name, apps=apps, findings=_ranked(draft.findings))
    held = (index.by_person if kind == PERSON else index.by_principal).get(identifier, [])
    has_left = kind == PERSON and _status(index, identifier, held) in _LEFT
    is_whole = has_left or draft.is_whole or len(draft.grants) == len(held)
    return Subject(
        type=kind,
        id=identifier,
        name=_name(index, key, held),
        findings=_ranked(draft.findings),
        grants=tuple(sorted(held if is_whole else draft.grants.values(), key=lambda one: one.grant_id)),
        is_whole=is_whole,
        has_left=has_left,
        kinds=frozenset(holder.principal_kind for holder in held),
    )


def _status(index: RemovalIndex, person_id: str, held: Iterable[Holder]) -> PersonStatus | None:
    person = index.people.get(person_id)
    return person.status if person else next((one.person_status for one in held), None)


def _name(index: RemovalIndex, key: tuple[str, str], held: list[Holder]) -> str:
    kind, identifier = key
    if kind == PERSON:
        person = index.people.get(identifier)
        return (
            person.name if person else next((one.person_name for one in held if one.person_name), identifier)
        )
    return held[0].principal_name if held else identifier


def _found(known: dict[str, Thing], keys: Iterable[str]) -> Iterator[Thing]:
    return (known[key] for key in keys if key in known)


def _ranked(findings: list[ReviewFinding]) -> tuple[ReviewFinding, ...]:
    def weight(finding: ReviewFinding) -> tuple[int, int, str]:
        return (-(finding.risk.score if finding.risk else 0), -finding.severity, finding.fingerprint)

    return tuple(sorted(findings, key=weight))
