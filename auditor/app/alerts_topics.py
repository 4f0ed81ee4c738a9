"""Events grouped into what one person can see to at once: all about one leaver is one alert, not fifty."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from auditor.app.alerts_small import SmallReviews
from auditor.app.removal import Plans
from auditor.app.removal_subjects import APP, PERSON, PRINCIPAL
from auditor.model.estate import AccessStatus
from auditor.model.event import Event, EventKind
from auditor.model.finding import Verdict
from reports.review import AccessReview, Holder, ReviewAccount, ReviewFinding

LOOKALIKE = "impersonator"
"""Kind of a topic that is one case of an account that may pose as ours."""
_ABOUT_FINDINGS = "finding."
_CASES = frozenset(
    {
        EventKind.IMPERSONATOR_LIKELY,
        EventKind.IMPERSONATOR_CHANGED,
        EventKind.IMPERSONATOR_REMOVED,
        EventKind.IMPERSONATOR_REOPENED,
        EventKind.IMPERSONATOR_FORGOTTEN,
    }
)
_KINDS = {"drift": "change", "roster": "change", "job": "job", "alert": "delivery", "waiver": "waiver",
          "seed": "custody", "impersonator": "impersonation"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Topic:
    """What one alert is about."""

    kind: str
    """person, principal, app, account or another word for what the id is of."""
    id: str

    @property
    def key(self) -> tuple[str, str]:
        """Kind and id, as the removal plans know them."""
        return self.kind, self.id

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Known:
    """What the review at hand says of events; without one, nothing."""

    def __init__(self, review: AccessReview | None, others: Sequence[ReviewAccount] = ()) -> None:
        """Take the review, and the accounts it leaves out: their names are nobody's business."""
        self.review = review
        self._others = others

    @cached_property
    def plans(self) -> Plans:
        """Plans of removal that the review only counts; worked out once for all who are told."""
        assert self.review is not None  # noqa: S101 - asked for beside a review; this tells mypy
        return Plans(self.review)

    @cached_property
    def cuts(self) -> SmallReviews:
        """Cuts the review down to what somebody is told; prepared once for all who are."""
        assert self.review is not None  # noqa: S101 - asked for beside a review; this tells mypy
        return SmallReviews(self.review, self._others)

    def finding(self, event: Event) -> ReviewFinding | None:
        """Return the finding the event tells of, as it stands in the newest snapshot."""
        return self._findings.get(event.fingerprint) if event.fingerprint else None

    def account(self, account_id: str | None) -> ReviewAccount | None:
        """Return the account with this id."""
        return self._accounts.get(account_id) if account_id else None

    def accounts_of(self, event: Event) -> tuple[ReviewAccount, ...]:
        """Return the accounts the event is about: its own, else those its person or identity holds."""
        if event.account_id:
            account = self.account(event.account_id)
            return (account,) if account else ()
        held = self._by_holder.get(event.person_id or "") or self._by_holder.get(event.principal_id or "")
        return tuple(self._accounts[one] for one in dict.fromkeys(held or ()))

    def topic(self, event: Event) -> Topic:
        """Return what the event is about."""
        if event.kind in _CASES and event.subject_id:
            # Each has to be looked at and reported by itself, though they pose as the same account.
            return Topic(LOOKALIKE, event.subject_id)
        finding = self.finding(event)
        if finding is not None and finding.subject_type == APP and finding.subject_id in self._apps:
            return Topic(APP, self._apps[finding.subject_id])
        person = event.person_id or self._persons.get(event.principal_id or "")
        for kind, identifier in (
            (PERSON, person),
            (PRINCIPAL, event.principal_id),
            ("account", event.account_id),
        ):
            if identifier:
                return Topic(kind, identifier)
        return Topic(event.kind.partition(".")[0], event.subject_id or event.fingerprint or event.key)

    @cached_property
    def undecided(self) -> Mapping[str, Sequence[ReviewFinding]]:
        """Unknown verdicts by the person, or the identity that is nobody's, whom they are about."""
        found: defaultdict[str, list[ReviewFinding]] = defaultdict(list)
        for finding in self.review.findings if self.review else ():
            about = finding.person_id or finding.principal_id
            if finding.verdict is Verdict.UNKNOWN and about:
                found[about].append(finding)
        return found

    @cached_property
    def _findings(self) -> dict[str, ReviewFinding]:
        return {one.fingerprint: one for one in self.review.findings} if self.review else {}

    @cached_property
    def _accounts(self) -> dict[str, ReviewAccount]:
        return {one.account_id: one for one in self.review.accounts} if self.review else {}

    @cached_property
    def _apps(self) -> dict[str, str]:
        return {app.app_key: app.app_id for account in self._accounts.values() for app in account.apps}

    @cached_property
    def _persons(self) -> dict[str, str]:
        return {one.principal_id: one.person_id for one in self._holders() if one.person_id}

    @cached_property
    def _by_holder(self) -> dict[str, list[str]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for one in self._holders():
            if one.status is not AccessStatus.REMOVED:
                for key in (one.person_id, one.principal_id):
                    if key:
                        found[key].append(one.account_id)
        return dict(found)

    def _holders(self) -> Iterator[Holder]:
        return (holder for account in self._accounts.values() for holder in account.holders)


def kind_of(events: Iterable[Event]) -> str:
    """Return the kind of an alert made of ``events``: access where a finding is among them."""
    kinds = {event.kind for event in events}
    if any(kind.startswith(_ABOUT_FINDINGS) for kind in kinds):
        return "access"
    words = {_KINDS.get(kind.partition(".")[0], "notice") for kind in kinds}
    return words.pop() if len(words) == 1 else "notice"


def alert_id(topic: Topic, events: Iterable[Event]) -> str:
    """Return the id an alert about these events has on every machine (12 hexadecimal digits)."""
    text = "\x1f".join((str(topic), *sorted(event.key for event in events)))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def still_telling(events: Sequence[Event]) -> tuple[list[Event], set[str]]:
    """Return the events worth telling, and the fingerprints of findings that are resolved by now.

    What came up and was resolved before anybody was told needs nobody.
    """
    standing: dict[str, EventKind] = {}
    for event in events:
        if event.fingerprint and event.kind in _STANDINGS:
            standing[event.fingerprint] = event.kind
    resolved = {mark for mark, kind in standing.items() if kind is EventKind.FINDING_RESOLVED}
    moot = _STANDINGS - {EventKind.FINDING_RESOLVED}
    return [one for one in events if not (one.fingerprint in resolved and one.kind in moot)], resolved


_STANDINGS = frozenset(
    {
        EventKind.FINDING_NEW,
        EventKind.FINDING_REOPENED,
        EventKind.FINDING_WORSENED,
        EventKind.FINDING_UNKNOWN,
        EventKind.FINDING_OVERDUE,
        EventKind.FINDING_RESOLVED,
    }
)
