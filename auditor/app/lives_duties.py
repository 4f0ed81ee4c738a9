"""Who answers for a finding, and by when it should be resolved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta, tzinfo

from auditor.config import PoliciesSection
from auditor.model.life import Life, Look


class Duties:
    """Gives findings their owner and their last day.

    The owner is the account's responsible person, else whom the configuration names for the rule, the
    pack, or as the last resort. The last day counts from the look that first showed the present fail,
    by its severity; what has only ever been unknown has none.

    Args:
        policies: ``sla_days`` and ``finding_owners``.
        zone: the organisation's time zone.
        owners: account id to the responsible person's address; None: owners stay as they are.

    """

    def __init__(self, policies: PoliciesSection, zone: tzinfo, owners: Mapping[str, str] | None) -> None:
        self._days = policies.sla_days
        self._fallback = policies.finding_owners
        self._owners = owners
        self._zone = zone
        self._dates: dict[tuple[int, str], date | None] = {}

    def of(self, life: Life) -> Life:
        """Return an open life with its owner and its last day."""
        due_on = self._due_on(life.failed, life.seen.severity) if life.failed else None
        owner = life.owner if self._owners is None else self._owner(life, self._owners)
        if owner == life.owner and due_on == life.due_on:
            return life
        return life._replace(owner=owner, due_on=due_on)

    def _owner(self, life: Life, owners: Mapping[str, str]) -> str | None:
        owner = owners.get(life.seen.account_id) if life.seen.account_id else None
        if owner is not None or not self._fallback:
            return owner
        keys = (life.seen.rule, life.seen.pack, "*")
        return next((self._fallback[key] for key in keys if key in self._fallback), None)

    def _due_on(self, failed: Look, severity: str) -> date | None:
        key = (failed.number, severity)
        if key not in self._dates:
            days = self._days.of(severity)
            day = failed.at.astimezone(self._zone).date()
            self._dates[key] = None if days is None else day + timedelta(days=days)
        return self._dates[key]
