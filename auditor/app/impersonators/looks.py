"""Pictures in a scan: only of accounts whose name or handle is like ours already, and of what they are like.

A picture that was looked at in an earlier scan, at the same address, is not fetched again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from auditor.app.impersonators.case_pictures import Whose, keep_with_case
from auditor.app.impersonators.cases import ProfileKey, Sighting
from auditor.app.impersonators.pictures import Looked, look_at, pictured
from auditor.lookalikes import Scan, Verdict
from auditor.lookalikes.verdict import judge
from auditor.model.impersonation import Case, ProtectedProfile
from connectors.avatars import PictureHosts, is_default

if TYPE_CHECKING:
    from auditor.store import Store

Key = tuple[str, str]
Label = Callable[[Verdict, Sighting], Verdict]


@dataclass(slots=True)
class Looks:
    """The pictures of one scan."""

    hosts: PictureHosts | None
    """None: none is fetched."""
    profiles: Mapping[ProfileKey, ProtectedProfile]
    before: Mapping[Key, Case]
    most: int
    """Pictures of accounts to fetch at most."""
    unseen: int = 0
    """Accounts whose picture is told of and could not be looked at."""
    theirs: dict[Key, Looked] = field(default_factory=dict)
    """Pictures of accounts that were fetched."""
    ours: dict[ProfileKey, Looked] = field(default_factory=dict)
    """Pictures of protected profiles that were."""
    _fetched: int = 0
    _at: dict[tuple[str, str], Looked | str] = field(default_factory=dict)
    """Platform and address to our picture there."""
    _hashes: dict[ProfileKey, tuple[str, ...]] = field(default_factory=dict)

    def add(self, sighting: Sighting, compared: Scan, label: Label) -> Sighting:
        """Return the sighting with its account's picture compared; as it was where there is none to be had."""
        candidate = sighting.candidate
        if not sighting.verdicts or not candidate.avatar_url:
            return sighting
        if is_default(candidate.platform, candidate.avatar_url):
            return replace(sighting, candidate=replace(candidate, blank=(*candidate.blank, "avatar_hash")))
        known = candidate.avatar_hash or self._hash_of(sighting)
        if not known:
            return sighting
        seen = replace(sighting, candidate=replace(candidate, avatar_hash=known))
        return replace(seen, verdicts=tuple(label(one, seen) for one in self._judged(seen, compared)))

    def keep(self, store: Store, cases: Sequence[Case], now: datetime) -> None:
        """Keep the pictures with ``cases``, so that they are there for who decides, and when the account is not."""
        for case in cases:
            theirs = self.theirs.get(case.candidate.key)
            if theirs is None:
                continue
            keep_with_case(store, case, Whose.THEIRS, theirs, now)
            for key, looked in self.ours.items():
                if (key[1], self.profiles[key].account_id) == (case.brand, case.brand_account_id):
                    keep_with_case(store, case, Whose.OURS, looked, now)

    def _judged(self, sighting: Sighting, compared: Scan) -> Sequence[Verdict]:
        judged = []
        for verdict in sighting.verdicts:
            account = replace(verdict.candidate, avatar=sighting.candidate.avatar_hash)
            brand = replace(
                verdict.brand,
                avatars=(
                    *verdict.brand.avatars,
                    *self._hashes_of((verdict.brand.platform, verdict.brand.key)),
                ),
            )
            anew = judge(account, brand, compared.registry, compared.as_of, compared.thresholds)
            judged.append(anew or verdict)
        return judged

    def _hash_of(self, sighting: Sighting) -> str:
        candidate = sighting.candidate
        case = self.before.get(candidate.key)
        if case and case.candidate.avatar_hash and case.candidate.avatar_url == candidate.avatar_url:
            return case.candidate.avatar_hash
        if self.hosts is None or self._fetched >= self.most:
            self.unseen += 1
            return ""
        self._fetched += 1
        looked = look_at(self.hosts, candidate.platform, candidate.avatar_url)
        if isinstance(looked, Looked):
            self.theirs[candidate.key] = looked
            return looked.hash
        self.unseen += 1
        return ""

    def _hashes_of(self, key: ProfileKey) -> tuple[str, ...]:
        """Return the hashes of a profile's picture, fetched once a scan."""
        if key not in self._hashes:
            profile = pictured(self.profiles.get(key), self.profiles.values())
            looked = self._look_at_ours(profile.platform, profile.avatar_url) if profile else ""
            self._hashes[key] = ()
            if isinstance(looked, Looked):
                self.ours[key] = looked
                self._hashes[key] = looked.hashes_if_ours
        return self._hashes[key]

    def _look_at_ours(self, platform: str, url: str) -> Looked | str:
        if self.hosts is None:
            return ""
        at = (platform, url)
        if at not in self._at:
            self._at[at] = look_at(self.hosts, platform, url)
        return self._at[at]
