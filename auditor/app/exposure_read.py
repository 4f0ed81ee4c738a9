"""What the gathered snapshots show of leavers' access: a reading for each account, person and snapshot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from auditor.model.estate import AccessStatus, CoverageState, FactKind
from auditor.model.exposure import Reading

if TYPE_CHECKING:
    import pandas as pd

    from auditor.store import Store

_CANNOT_ACT = frozenset({AccessStatus.REMOVED, AccessStatus.SUSPENDED, AccessStatus.INVITED})
_GRANTS = (
    "account_id", "principal_id", "status", "granted_at", "expires_at", "observed_at", "attested_by",
)  # fmt: skip
COVERAGE = ("account_id", "fact", "state", "observed_at", "valid_until")
_PLACE = ("snapshot_id", "account_id", "fact")
KINDS = (FactKind.ACCOUNTS, FactKind.GRANTS, FactKind.PRINCIPALS)


@dataclass(frozen=True, slots=True)
class Seen:
    """When one snapshot saw all of one kind about an account."""

    at: datetime
    attested: bool


class WholeReadings:
    """Which snapshots read everybody who holds an account, and when that was seen."""

    def __init__(
        self, coverage: pd.DataFrame, parents: Mapping[str, str], finished: Mapping[str, datetime]
    ) -> None:
        self._parents = parents
        self._spoken = set(zip(coverage["snapshot_id"], coverage["account_id"], strict=True))
        current = ~(coverage["valid_until"] <= coverage["snapshot_id"].map(finished))
        failed = coverage[coverage["state"] == CoverageState.FAILED]
        failures = set(zip(*(failed[name] for name in _PLACE), strict=True))
        known = coverage[coverage["state"].isin([CoverageState.OBSERVED, CoverageState.ATTESTED]) & current]
        known = known.assign(attested=known["state"] == CoverageState.ATTESTED)
        best = _best(known, _PLACE)
        told = zip(best["attested"].tolist(), _instants(best["observed_at"]), strict=True)
        places = zip(*(best[name] for name in _PLACE), strict=True)
        # What a source that could not be read alone knew is missing from what a person states.
        self._whole = {
            place: Seen(at, attested)
            for place, (attested, at) in zip(places, told, strict=True)
            if at is not None and not (attested and place in failures)
        }

    @property
    def spoken_accounts(self) -> frozenset[str]:
        """Every account that any source said anything of."""
        return frozenset(account for _snapshot, account in self._spoken)

    def accounts_of(self, kind: FactKind) -> frozenset[str]:
        """Return the accounts of which everything of ``kind`` was seen."""
        return frozenset(account for _snapshot, account, fact in self._whole if fact == kind)

    def of(self, snapshot_id: str, account_id: str) -> Seen | None:
        """Return when the snapshot saw all holders of the account, or that the account itself was gone."""
        whole = self._whole.get((snapshot_id, account_id, FactKind.GRANTS))
        if whole is not None or (snapshot_id, account_id) in self._spoken:
            return whole
        parent = self._parents.get(account_id)
        return self._whole.get((snapshot_id, parent, FactKind.ACCOUNTS)) if parent else None


def read_whole(
    store: Store, finished: Mapping[str, datetime], accounts: Collection[str], parents: Mapping[str, str]
) -> WholeReadings:
    """Return the whole readings of ``accounts`` in the snapshots ``finished``: id to when each ended."""
    wanted = sorted({*accounts, *(parents[one] for one in accounts if one in parents)})
    coverage = store.history(
        "coverage", list(finished), columns=COVERAGE,
        where={"account_id": wanted, "fact": [kind.value for kind in KINDS]},
    )  # fmt: skip
    return WholeReadings(coverage, parents, finished)


def acting_grants(
    store: Store, snapshot_ids: Sequence[str], where: Mapping[str, Collection[str]]
) -> pd.DataFrame:
    """Return the grants ``where`` tells that let their holders act when they were seen."""
    grants = store.history("grants", snapshot_ids, columns=_GRANTS, where=where)
    shut = store.history(
        "principals",
        snapshot_ids,
        columns=("principal_id", "status"),
        where={"principal_id": sorted({*grants["principal_id"]}), "status": sorted(_CANNOT_ACT)},
    )
    return grants[
        ~grants["status"].isin(_CANNOT_ACT)
        & ~(grants["expires_at"] <= grants["observed_at"])
        & ~_pairs(grants).isin(_pairs(shut))
    ]


@dataclass(frozen=True, slots=True)
class _Held:
    at: datetime
    attested: bool
    begun_at: datetime | None


class Access:
    """What persons held, by account and snapshot; filled from the grants of their identities."""

    def __init__(self, store: Store, snapshot_ids: Sequence[str], persons: Mapping[str, str]) -> None:
        self._ids = snapshot_ids
        self._held: defaultdict[tuple[str, str], dict[str, _Held]] = defaultdict(dict)
        acting = acting_grants(store, snapshot_ids, {"principal_id": sorted(persons)})
        self._take(
            acting.assign(
                person_id=acting["principal_id"].map(persons), attested=acting["attested_by"].notna()
            )
        )

    def _take(self, acting: pd.DataFrame) -> None:
        best = _best(acting, ("person_id", "account_id", "snapshot_id"))
        columns = (
            best["person_id"],
            best["account_id"],
            best["snapshot_id"],
            _instants(best["observed_at"]),
            best["attested"].tolist(),
            _instants(best["granted_at"]),
        )
        for person_id, account_id, snapshot_id, at, attested, begun_at in zip(*columns, strict=True):
            if at is not None:
                self._held[person_id, account_id][snapshot_id] = _Held(at, attested, begun_at)

    @property
    def places(self) -> tuple[tuple[str, str], ...]:
        """Every person and account of which access was ever seen."""
        return tuple(self._held)

    @property
    def accounts(self) -> frozenset[str]:
        """Every account of which a leaver's access was ever seen."""
        return frozenset(account for _person, account in self._held)

    def readings(self, place: tuple[str, str], whole: WholeReadings) -> Iterator[Reading]:
        """Yield what each snapshot shows of the person's access to the account; nothing where it was not read."""
        held = self._held[place]
        for snapshot_id in self._ids:
            seen = held.get(snapshot_id)
            if seen is not None:
                yield Reading(
                    at=seen.at,
                    snapshot_id=snapshot_id,
                    held=True,
                    attested=seen.attested,
                    begun_at=seen.begun_at,
                )
                continue
            absent = whole.of(snapshot_id, place[1])
            if absent is not None:
                yield Reading(at=absent.at, snapshot_id=snapshot_id, held=False, attested=absent.attested)


def _best(frame: pd.DataFrame, place: Sequence[str]) -> pd.DataFrame:
    """Return one row a place: a verified one before an attested one, the newest of these."""
    ordered = frame.sort_values(["attested", "observed_at"], ascending=[True, False], kind="stable")
    return ordered.drop_duplicates(list(place))


def _pairs(frame: pd.DataFrame) -> pd.MultiIndex:
    import pandas as pd

    return pd.MultiIndex.from_frame(frame[["snapshot_id", "principal_id"]])


def _instants(values: pd.Series[Any]) -> list[datetime | None]:
    """Return a column of instants as Python's; None where one is not known."""
    known = values.notna().tolist()
    plain = values.dt.tz_convert("UTC").dt.to_pydatetime().tolist()
    return [at.replace(tzinfo=UTC) if is_known else None for at, is_known in zip(plain, known, strict=True)]
