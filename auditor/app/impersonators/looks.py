"""Pictures in a scan: only of accounts whose name or handle is like ours already, and of what they are like.

A picture that was looked at in an earlier scan, at the same address, is not fetched again. What was seen stays
known where a picture cannot be looked at any more, and that it is the one before is said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from auditor.app.impersonators.case_pictures import Whose, keep_with_case
from auditor.app.impersonators.case_words import unseen_picture
from auditor.app.impersonators.cases import ProfileKey, Sighting
from auditor.app.impersonators.pictures import Looked, look_at, pictured
from auditor.lookalikes import Scan, Verdict
from auditor.lookalikes.elements import ElementKind
from auditor.lookalikes.verdict import judge
from auditor.model.impersonation import Candidate, Case, ProtectedProfile
from connectors.avatars import PictureHosts, is_default

if TYPE_CHECKING:
    from auditor.store import Store

Key = tuple[str, str]
Label = Callable[[Verdict, Sighting], Verdict]
_OURS = "impersonators.pictures"
"""Name of the note; no fact: losing it makes a scan look at our pictures again."""


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
    ours_before: dict[ProfileKey, tuple[str, ...]] = field(default_factory=dict)
    """Hashes of the pictures of protected profiles as earlier scans saw them."""
    ours_unseen: set[ProfileKey] = field(default_factory=set)
    """Protected profiles whose picture is told of and could not be looked at."""
    _fetched: int = 0
    _at: dict[tuple[str, str], Looked | str] = field(default_factory=dict)
    """Platform and address to our picture there."""
    _hashes: dict[ProfileKey, tuple[str, ...]] = field(default_factory=dict)

    def add(self, sighting: Sighting, compared: Scan, label: Label) -> Sighting:
        """Return the sighting with its account's picture compared; as it was where there is none to be had."""
        candidate = sighting.candidate
        if not sighting.verdicts or (candidate.avatar_hash and not candidate.avatar_url):
            return sighting
        if candidate.avatar_url and is_default(candidate.platform, candidate.avatar_url):
            return replace(sighting, candidate=replace(candidate, blank=(*candidate.blank, "avatar_hash")))
        if "avatar_hash" in candidate.blank:
            return sighting
        seen = self._seen(candidate, compared.as_of)
        if seen.avatar_seen_at and not seen.avatar_hash:
            # It was looked at, and shows too little to be like anything.
            return replace(sighting, candidate=replace(seen, blank=(*seen.blank, "avatar_hash")))
        known = seen if seen.avatar_hash else self._seen_before(candidate)
        if known is None:
            return sighting
        verdicts = (_dated(one, known) for one in self._judged(sighting.verdicts, known, compared))
        sighting = replace(sighting, candidate=seen)
        return replace(sighting, verdicts=tuple(label(one, sighting) for one in verdicts))

    def keep(self, store: Store, cases: Sequence[Case], now: datetime) -> None:
        """Keep the pictures with ``cases``, so that they are there for who decides, and when the account is not.

        What ours look like is noted for a scan that cannot look at them.
        """
        if self.ours:
            seen = {key: one.hashes_if_ours for key, one in self.ours.items()}
            write_our_hashes(store, self.ours_before | seen)
        for case in cases:
            theirs = self.theirs.get(case.candidate.key)
            if theirs is None or not self._is_news(case, theirs):
                continue
            keep_with_case(store, case, Whose.THEIRS, theirs, now)
            for key, looked in self.ours.items():
                if (key[1], self.profiles[key].account_id) == (case.brand, case.brand_account_id):
                    keep_with_case(store, case, Whose.OURS, looked, now)

    def _is_news(self, case: Case, looked: Looked) -> bool:
        """Whether it is another picture than the one before: some platforms give the same one a new address each day."""
        before = self.before.get(case.candidate.key)
        known = before.candidate if before else None
        return known is None or known.avatar_seen_at is None or known.avatar_hash != looked.hash

    def _judged(self, verdicts: Sequence[Verdict], known: Candidate, compared: Scan) -> Sequence[Verdict]:
        judged = []
        for verdict in verdicts:
            account = replace(verdict.candidate, avatar=known.avatar_hash)
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

    def _seen(self, candidate: Candidate, now: datetime) -> Candidate:
        """Return the account with the hash of the picture it has now; as it is where that cannot be looked at."""
        if candidate.avatar_hash or not candidate.avatar_url:
            return candidate
        before = self._seen_before(candidate)
        if before and before.avatar_url == candidate.avatar_url and not before.avatar_unseen:
            return replace(candidate, avatar_hash=before.avatar_hash, avatar_seen_at=before.avatar_seen_at)
        if self.hosts is None or self._fetched >= self.most:
            self.unseen += 1
            return candidate
        self._fetched += 1
        looked = look_at(self.hosts, candidate.platform, candidate.avatar_url)
        if isinstance(looked, Looked):
            self.theirs[candidate.key] = looked
            return replace(candidate, avatar_hash=looked.hash, avatar_seen_at=now)
        self.unseen += 1
        return candidate

    def _seen_before(self, candidate: Candidate) -> Candidate | None:
        """Return the account as its case knows it, with the picture seen last; None where none was."""
        case = self.before.get(candidate.key)
        if case is None or not case.candidate.avatar_hash:
            return None
        known, url = case.candidate, candidate.avatar_url
        return replace(known, avatar_unseen=known.avatar_unseen or url not in ("", known.avatar_url))

    def _hashes_of(self, key: ProfileKey) -> tuple[str, ...]:
        """Return the hashes of a profile's picture, fetched once a scan."""
        if key not in self._hashes:
            profile = pictured(self.profiles.get(key), self.profiles.values())
            looked = self._look_at_ours(profile.platform, profile.avatar_url) if profile else ""
            if isinstance(looked, Looked):
                self.ours[key] = looked
                self._hashes[key] = looked.hashes_if_ours
            else:
                # A host that is down for an hour makes nobody less like us.
                self._hashes[key] = self.ours_before.get(key, ())
                self.ours_unseen |= {key} if profile and profile.avatar_url else set()
        return self._hashes[key]

    def _look_at_ours(self, platform: str, url: str) -> Looked | str:
        if self.hosts is None:
            return ""
        at = (platform, url)
        if at not in self._at:
            self._at[at] = look_at(self.hosts, platform, url)
        return self._at[at]


def our_hashes(store: Store) -> dict[ProfileKey, tuple[str, ...]]:
    """Return what the pictures of protected profiles looked like when they were last seen."""
    told = store.notes.read(_OURS)
    listed = told if isinstance(told, list) else []
    return {(one["platform"], one["key"]): tuple(one["hashes"]) for one in listed}


def write_our_hashes(store: Store, hashes: Mapping[ProfileKey, Sequence[str]]) -> None:
    """Note what the pictures of protected profiles look like, for a scan that cannot look at them."""
    listed = [
        {"platform": platform, "key": key, "hashes": list(found)}
        for (platform, key), found in sorted(hashes.items())
    ]
    store.notes.write(_OURS, listed)


def _dated(verdict: Verdict, known: Candidate) -> Verdict:
    """Return the verdict, saying where its picture is not the one that the account has now."""
    if not known.avatar_unseen:
        return verdict
    elements = (
        replace(one, sentence=f"{one.sentence} {unseen_picture(known)}")
        if one.kind is ElementKind.IMAGE
        else one
        for one in verdict.elements
    )
    return replace(verdict, elements=tuple(elements))
