"""The steps of one removal in the order to do them, from the catalogue of platforms."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from auditor.app.removal_breakage import Broken
from auditor.app.removal_control import Control
from auditor.app.removal_depends import apps_let_in
from auditor.app.removal_index import RemovalIndex, may_control
from auditor.app.removal_subjects import APP, PERSON, Subject
from auditor.app.removal_ways import is_member, way_of
from auditor.app.removal_words import called, cleaned, filled
from auditor.model.estate import AccessStatus, GrantPath, Level, PrincipalKind
from policies.removal_steps import Catalogue, StepTemplate
from reports.removal import Breakage, Consequence, Phase, RemovalStep
from reports.review import Holder, ReviewAccount
from reports.text import listed, plural

_FIRST = frozenset({Breakage.LAST_ADMIN, Breakage.ORPHANED})
"""What must be made safe even before a leaver is removed: else nobody could do it at all."""
_MACHINES = frozenset({PrincipalKind.SERVICE, PrincipalKind.SHARED})
_SHOWN = 6
_DOERS = 3
_Placed = tuple[int, RemovalStep]
"""A step and its place: phase by phase, what was put off for a leaver after the rest of its phase."""
_PLACES = {Phase.BEFORE: 0, Phase.REMOVE: 1, Phase.AFTER: 2}
_PUT_OFF, _LAST = 3, 4


@dataclass(frozen=True, slots=True)
class Order:
    """Puts the steps of removals together."""

    index: RemovalIndex
    control: Control
    catalogue: Catalogue

    def steps(self, subject: Subject, broken: Broken, gone: Collection[str]) -> tuple[RemovalStep, ...]:
        """Return every step, those before first; within a phase the highest level and tier first.

        Args:
            subject: who or what is removed.
            broken: what the removal breaks.
            gone: ids of the grants that will be gone by then, those of other removals too.

        """
        if subject.type == APP:
            found = list(self._of_apps(subject))
        else:
            found = [*self._of_accounts(subject, broken), *self._of_grants(subject, gone)]
            found += self._of_owned(subject)
        found += self._closing(subject, broken)
        found.sort(key=lambda placed: placed[0])
        return tuple(_once(step for _place, step in found))

    def _of_grants(self, subject: Subject, gone: Collection[str]) -> Iterator[_Placed]:
        """Yield how each grant is taken away; what goes with a portfolio's membership needs no step of its own."""
        accounts = self.index.accounts
        members = {(one.principal_id, one.account_id) for one in subject.grants if is_member(one, accounts)}
        for holder in sorted(subject.grants, key=self._rank):
            if holder.via is GrantPath.PORTFOLIO and (holder.principal_id, holder.via_id) in members:
                continue
            account = accounts[holder.account_id]
            doers = self._doers(account, holder, gone)
            for template in self.catalogue.steps(account.platform, way_of(holder, accounts)):
                yield _placed(self._step(template, subject, account, holder, doers))

    def _of_apps(self, subject: Subject) -> Iterator[_Placed]:
        for account_id in dict.fromkeys(app.account_id for app in subject.apps):
            account = self.index.accounts[account_id]
            doers = self._doers(account, None, ())
            for template in self.catalogue.steps(account.platform, "app"):
                yield _placed(self._step(template, subject, account, None, doers))

    def _of_accounts(self, subject: Subject, broken: Broken) -> Iterator[_Placed]:
        """Yield what a consequence or a shared password calls for on each account."""
        held = dict.fromkeys(holder.account_id for holder in sorted(subject.grants, key=self._rank))
        let_in = apps_let_in(self.index, subject)
        for account_id in dict.fromkeys([*held, *broken.by_account]):
            account = self.index.accounts[account_id]
            consequences = [
                one
                for one in broken.by_account.get(account_id, ())
                if _calls_for_steps(one, has_let_in=account_id in let_in)
            ]
            causes = {one.kind.value for one in consequences}
            causes |= {"shared_login"} if account_id in held and _is_shared(subject, account) else set()
            for template in self.catalogue.steps(account.platform, "account"):
                if template.when & causes:
                    step = self._step(template, subject, account, apps=let_in.get(account_id, ""))
                    yield _put_off(step, template, subject, consequences)

    def _of_owned(self, subject: Subject) -> Iterator[_Placed]:
        if subject.type == PERSON and subject.is_whole:
            for account in self.index.by_owner.get(subject.id, ()):
                for template in self.catalogue.steps(account.platform, "owner"):
                    yield _PUT_OFF, self._step(template, subject, account)

    def _closing(self, subject: Subject, broken: Broken) -> Iterator[_Placed]:
        unsure = subject.type != APP and any(not one.is_certain for one in broken.consequences)
        causes = {"unsure"} if unsure else set()
        causes |= set() if subject.kinds and subject.kinds <= _MACHINES else {"human"}
        for template in self.catalogue.steps("", "closing_app" if subject.type == APP else "closing"):
            if template.when and not template.when & causes:
                continue
            step = RemovalStep(
                phase=Phase(template.phase), text=template.fill({"name": cleaned(subject.name)})
            )
            place, step = _put_off(step, template, subject, ())
            yield (_LAST if step.phase is Phase.AFTER and place != _PUT_OFF else place), step

    def _step(
        self,
        template: StepTemplate,
        subject: Subject,
        account: ReviewAccount,
        holder: Holder | None = None,
        doers: tuple[str, ...] = (),
        apps: str = "",
    ) -> RemovalStep:
        above = self.index.accounts.get((holder.via_id if holder else None) or account.parent_id or "")
        values, ids = filled(account, above, holder)
        values["name"] = cleaned(holder.principal_name if holder else subject.name)
        values |= {"others": self._opened(holder) if holder else "", "apps": apps}
        phase = Phase(template.phase)
        return RemovalStep(
            phase=phase,
            text=template.fill(values),
            platform=account.platform,
            account_id=account.account_id,
            url=template.link(ids),
            by=doers if phase is Phase.REMOVE else (),
        )

    def _opened(self, member: Holder) -> str:
        """Return a sentence on the accounts that a member of a portfolio reaches through it."""
        through = [
            called(self.index.accounts[holder.account_id])
            for holder in self.index.by_principal.get(member.principal_id, ())
            if holder.via is GrantPath.PORTFOLIO and holder.via_id == member.account_id
        ]
        below = len(self.index.below.get(member.account_id, ()))
        if below and may_control(member):
            return f"With it goes the control of {plural(below, 'account')} in it."
        if not through:
            return "No account was seen that it opens."
        more = len(through) - _SHOWN
        shown = [*through[:_SHOWN], plural(more, "other account")] if more > 0 else through
        return f"With it goes the access to {listed(shown)}."

    def _rank(self, holder: Holder) -> tuple[int, int, str]:
        """Highest level first (an unmapped one is the highest), then the most critical account."""
        account = self.index.accounts[holder.account_id]
        return (-(holder.level or Level.ADMIN), account.tier or 0, holder.grant_id)

    def _doers(self, account: ReviewAccount, holder: Holder | None, gone: Collection[str]) -> tuple[str, ...]:
        """Return who can take the grant away for certain: what came through a portfolio is ended there."""
        place = account.account_id
        if holder is not None and holder.via is GrantPath.PORTFOLIO:
            place = holder.via_id or place
        elif holder is not None and holder.via is GrantPath.AGENCY:
            place = account.parent_id or place
        remaining = self.control.remaining(place, gone, inherited=False)
        found = remaining.names("own") or remaining.names("control")
        return tuple(cleaned(name) for name in found[:_DOERS])


def must_come_first(consequence: Consequence) -> bool:
    """Whether even a leaver's removal has to wait for this to be made safe."""
    if consequence.kind in _FIRST:
        return True
    return consequence.kind is Breakage.RECOVERY and consequence.is_certain


def _calls_for_steps(consequence: Consequence, *, has_let_in: bool) -> bool:
    """Whether something is to be done about it; what may not be so at all is to be found out first."""
    if consequence.kind is Breakage.RECOVERY:
        return consequence.is_certain
    return has_let_in if consequence.kind is Breakage.DIES_WITH_IT else True


def _is_shared(subject: Subject, account: ReviewAccount) -> bool:
    """Whether a person who goes may know a password that others use too."""
    if subject.kinds and subject.kinds <= _MACHINES:
        return False
    return any(
        holder.principal_kind is PrincipalKind.SHARED and holder.status is not AccessStatus.REMOVED
        for holder in account.holders
    )


def _placed(step: RemovalStep) -> _Placed:
    return _PLACES[step.phase], step


def _put_off(
    step: RemovalStep, template: StepTemplate, subject: Subject, consequences: Iterable[Consequence]
) -> _Placed:
    """Return the step where it belongs: of a leaver all that can wait comes after the removal."""
    if step.phase is not Phase.BEFORE or not subject.has_left or not template.when:
        return _placed(step)
    if any(one.kind.value in template.when and must_come_first(one) for one in consequences):
        return _placed(step)
    return _PUT_OFF, replace(step, phase=Phase.AFTER)


def _once(steps: Iterable[RemovalStep]) -> Iterator[RemovalStep]:
    """Leave out a step that says what an earlier one said."""
    seen: set[tuple[Phase, str, str | None]] = set()
    for step in steps:
        key = (step.phase, step.text, step.url)
        if key not in seen:
            seen.add(key)
            yield step
