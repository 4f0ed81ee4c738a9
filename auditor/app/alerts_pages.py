"""What a receiver is told of a matter: cut from the review to what they may see."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property

from auditor.app.alerts_matters import Matter, Telling
from auditor.app.alerts_receivers import Receiver
from auditor.app.alerts_topics import Known, kind_of
from auditor.app.workspace import Workspace
from auditor.model.event import Event
from auditor.model.finding import Verdict
from reports.alert import AlertChange, AlertPage, DigestLine, since, worst
from reports.narrow_owner import OwnersPart, folded_address
from reports.removal import RemovalPlan
from reports.review import AccessReview, CoverageSplit, ReviewAccount, ReviewFinding
from reports.tally import split_of
from reports.text import plural

_UNDECIDED = 50


def words(length: timedelta) -> str:
    """Return a length of time as people say it: ``4 hours``, ``1 day``, ``90 minutes``."""
    minutes = int(length.total_seconds() // 60)
    for unit, size in (("day", 1_440), ("hour", 60)):
        if minutes and minutes % size == 0:
            return plural(minutes // size, unit)
    return plural(minutes, "minute") if minutes else plural(int(length.total_seconds()), "second")


@dataclass(frozen=True)
class _Sight:
    """What one receiver may see."""

    findings: dict[str, ReviewFinding]
    accounts: dict[str, ReviewAccount]
    plans: dict[tuple[str, str], RemovalPlan]
    is_whole: bool = True
    """Whether the receiver may see everything."""
    part: OwnersPart | None = None
    """Of an owner: what hides all else."""

    def change(self, event: Event) -> AlertChange | None:
        """Return what happened as the receiver may read it; None where it is none of their business."""
        message = event.message
        if not self.is_whole:
            if self.part is None or not self._concerns(event):
                return None
            message = self.part.veiled(message)
        return AlertChange(
            kind=event.kind,
            at=event.at,
            message=message,
            severity=event.severity,
            account_id=event.account_id,
            snapshot_id=event.snapshot_id,
            before_snapshot_id=event.before_snapshot_id,
        )

    def _concerns(self, event: Event) -> bool:
        if event.account_id:
            return event.account_id in self.accounts
        whom = {event.person_id, event.principal_id} - {None}
        holders = (holder for account in self.accounts.values() for holder in account.holders)
        return any(whom & {holder.person_id, holder.principal_id} for holder in holders)


class Pages:
    """Makes the pages of one pass over the events."""

    def __init__(
        self, workspace: Workspace, known: Known, matters: Iterable[Matter], snapshot_id: str
    ) -> None:
        """Take what is known, and the matters that will be written about whole."""
        self._organization = workspace.config.organization
        self._known = known
        self._matters = list(matters)
        self._snapshot_id = snapshot_id
        self._sights: dict[str, _Sight] = {}

    def page(
        self, matter: Matter, telling: Telling | None, *, unacknowledged: bool = False
    ) -> AlertPage | None:
        """Return what ``telling`` shows of ``matter``; None: what anybody who may see everything is shown.

        Returns:
            None where nothing of it is the receiver's business.

        """
        sight = self._sight(telling.receiver if telling else None)
        events = list(telling.events.values()) if telling else matter.events
        findings, changes = self._told(sight, events)
        if not findings and not changes:
            return None
        after = telling.escalates_after if telling else None
        review = self._known.review
        return AlertPage(
            alert_id=matter.alert_id,
            kind=kind_of(events),
            severity=worst(findings, changes),
            organization=self._organization.name,
            timezone=self._organization.timezone,
            snapshot_id=review.snapshot_id if review else self._snapshot_id,
            as_of=review.as_of if review else max(event.at for event in events),
            findings=findings,
            undecided=self._undecided(sight, matter),
            changes=changes,
            accounts=self._accounts(sight, events),
            plan=sight.plans.get(matter.topic.key) if any(one.removes for one in findings) else None,
            escalates_after=words(after) if after and not unacknowledged else "",
            unacknowledged_for=words(after) if after and unacknowledged else "",
        )

    def line(self, matter: Matter, telling: Telling | None) -> DigestLine | None:
        """Return the same as one line of a digest."""
        page = self.page(matter, telling)
        if page is None:
            return None
        begun = [moment for one in page.findings if (moment := since(one))]
        begun += [one.at for one in page.changes]
        return DigestLine(
            alert_id=page.alert_id,
            severity=page.severity,
            subject=page.subject,
            first_step=page.first_step,
            since=min(begun, default=None),
        )

    def split(self, receiver: Receiver | None) -> CoverageSplit:
        """Return how much is known of all accounts the receiver may see."""
        accounts = self._sight(receiver).accounts.values()
        return split_of([cell for account in accounts for cell in account.coverage])

    def _told(
        self, sight: _Sight, events: Sequence[Event]
    ) -> tuple[tuple[ReviewFinding, ...], tuple[AlertChange, ...]]:
        findings: dict[str, ReviewFinding] = {}
        changes: list[AlertChange] = []
        for event in events:
            finding = sight.findings.get(event.fingerprint) if event.fingerprint else None
            if finding is not None and finding.verdict is Verdict.FAIL:
                findings[finding.fingerprint] = _sourced(
                    finding, sight.accounts.get(finding.account_id or "")
                )
            elif (change := sight.change(event)) is not None:
                changes.append(change)
        ranked = sorted(
            findings.values(),
            key=lambda one: (-one.severity, -(one.risk.score if one.risk else 0), one.fingerprint),
        )
        return tuple(ranked), tuple(changes)

    def _accounts(self, sight: _Sight, events: Sequence[Event]) -> tuple[ReviewAccount, ...]:
        ids = (account.account_id for event in events for account in self._known.accounts_of(event))
        return tuple(sight.accounts[one] for one in dict.fromkeys(ids) if one in sight.accounts)

    def _undecided(self, sight: _Sight, matter: Matter) -> tuple[ReviewFinding, ...]:
        found = self._known.undecided.get(matter.topic.id, ())[:_UNDECIDED]
        return tuple(sight.findings[one.fingerprint] for one in found if one.fingerprint in sight.findings)

    def _sight(self, receiver: Receiver | None) -> _Sight:
        about = folded_address(receiver.recipient) if receiver and receiver.is_owner else ""
        if about not in self._sights:
            self._sights[about] = self._of_owner(about) if about else _seen(self._small)
        return self._sights[about]

    def _of_owner(self, about: str) -> _Sight:
        whole = self._small
        own = [one for one in whole.accounts if folded_address(one.owner_email) == about] if whole else []
        if whole is None or not own:
            return _Sight({}, {}, {}, is_whole=False)
        part = OwnersPart(whole, about, own)
        return _seen(part.review(), part)

    @cached_property
    def _small(self) -> AccessReview | None:
        """The review with no more findings than these matters need, so that it is narrowed quickly."""
        review = self._known.review
        if review is None:
            return None
        needed = {event.fingerprint for matter in self._matters for event in matter.events}
        for matter in self._matters:
            undecided = self._known.undecided.get(matter.topic.id, ())[:_UNDECIDED]
            needed.update(one.fingerprint for one in undecided)
        events = [event for matter in self._matters for event in matter.events]
        concerned = {one.account_id for event in events for one in self._known.accounts_of(event)}
        return self._known.cuts.small(
            findings=tuple(one for one in review.findings if one.fingerprint in needed),
            plans=self._plans(review, {matter.topic.key for matter in self._matters}),
            concerned=concerned,
            sentences=[event.message for event in events],
        )

    def _plans(self, review: AccessReview, wanted: Collection[tuple[str, str]]) -> tuple[RemovalPlan, ...]:
        """Return the plans about ``wanted``: those the review has, and those that it only counts."""
        at_hand = tuple(one for one in review.removals if (one.subject_type, one.subject_id) in wanted)
        if not review.removals or review.removals[0].total <= len(review.removals):
            return at_hand
        missing = set(wanted) - {(one.subject_type, one.subject_id) for one in at_hand}
        return (*at_hand, *self._known.plans.of(missing)) if missing else at_hand


def _sourced(finding: ReviewFinding, account: ReviewAccount | None) -> ReviewFinding:
    """Return the finding with who told of the grant or app it is about, and when."""
    if account is None or finding.source is not None:
        return finding
    told = {one.grant_id: one.known for one in account.holders}
    told |= {one.app_key: one.known for one in account.apps}
    known = told.get(finding.subject_id)
    if known is None:
        return finding
    return replace(finding, source=known.source, observed_at=known.observed_at)


def _seen(review: AccessReview | None, part: OwnersPart | None = None) -> _Sight:
    if review is None:
        return _Sight({}, {}, {})
    return _Sight(
        {one.fingerprint: one for one in review.findings},
        {one.account_id: one for one in review.accounts},
        {(one.subject_type, one.subject_id): one for one in review.removals},
        is_whole=part is None,
        part=part,
    )
