"""Accounts, holders, apps and people of a report, from the published views."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from auditor.app.rows import Row, rows
from auditor.model.estate import (
    AccessStatus,
    GrantPath,
    Level,
    MfaRequired,
    PersonKind,
    PersonStatus,
    PrincipalKind,
)
from auditor.model.finding import Basis
from policies.views import Views
from reports.review import (
    ConnectedApp,
    CoverageCell,
    Holder,
    HowKnown,
    ReviewAccount,
    ReviewPerson,
    UnmatchedPrincipal,
)

if TYPE_CHECKING:
    import pandas as pd


HOLDER = frozenset({
    "grant_id", "account_id", "principal_id", "principal_name", "principal_kind", "principal_email",
    "identity_method", "principal_handle", "principal_status", "person_id", "person_name", "person_status", "role", "tasks",
    "level", "via", "via_id", "grant_status", "mfa", "mfa_methods", "can_message", "can_grant",
    "granted_at", "last_used_at", "expires_at", "attested_by", "basis", "source", "observed_at",
    "evidence_id", "valid_until",
})  # fmt: skip
"""Columns of the view of grants that a holder is made of."""
_UNMATCHED = frozenset({
    "principal_id", "principal_name", "principal_kind", "principal_email", "principal_handle",
    "principal_status", "person_id", "platform",
})  # fmt: skip


class ReviewEstate:
    """The estate of a judged snapshot as the report shows it."""

    def __init__(
        self,
        views: Views,
        people: pd.DataFrame,
        cells: Iterable[CoverageCell],
        *,
        everyone: bool = False,
        among: Collection[str] | None = None,
        grants: pd.DataFrame | None = None,
        with_apps: bool = True,
    ) -> None:
        """Take what is shown.

        Args:
            views: where it stands.
            people: the roster.
            cells: what is known of each account.
            everyone: also list people who hold and own nothing.
            among: ids of the accounts it is about; None: all.
            grants: rows of the view of grants, columns `HOLDER`, where no other holders matter; None: all
                of those accounts.
            with_apps: list each account's apps.

        """
        self._with_apps = with_apps
        self._everyone = everyone
        self._among = among
        self._given_grants = grants
        self._views = views
        self._people = people
        self._cells: defaultdict[str, list[CoverageCell]] = defaultdict(list)
        for cell in cells:
            self._cells[cell.account_id].append(cell)

    @cached_property
    def _names(self) -> dict[str, str]:
        """Person id to the name to show."""
        named = self._people["preferred_name"]
        shown = named.where(named.notna() & (named != ""), self._people["name"]).fillna("")
        return dict(zip(self._people["person_id"], shown, strict=True))

    @cached_property
    def accounts(self) -> tuple[ReviewAccount, ...]:
        """Every account, the most critical first, with all that can act as it."""
        holders: defaultdict[str, list[Holder]] = defaultdict(list)
        for holder in self.holders:
            holders[holder.account_id].append(holder)
        apps: defaultdict[str, list[ConnectedApp]] = defaultdict(list)
        for row in rows(self.app_rows) if self._with_apps else ():
            app = _app(row)
            apps[app.account_id].append(app)
        found = [self._account(row, holders, apps) for row in rows(self._account_rows)]
        return tuple(
            sorted(found, key=lambda a: (a.tier or 9, a.platform, (a.handle or a.name or "").casefold()))
        )

    @cached_property
    def holders(self) -> tuple[Holder, ...]:
        """Every grant, the highest level first; an unmapped level ranks as high as it could be."""
        named = self._account_rows[["account_id", "account_name"]]
        account_names = {row.text("account_id"): row.text("account_name") for row in rows(named)}
        # Of the whole estate they are not kept: a million would be most of a run's memory.
        grants = self._grants if self._among is not None else self._of_accounts("grants", HOLDER)
        found = [_holder(row, account_names) for row in rows(grants)]
        return tuple(
            sorted(
                found, key=lambda h: (h.account_id, -(h.level or Level.ADMIN), h.principal_name.casefold())
            )
        )

    @cached_property
    def people(self) -> tuple[ReviewPerson, ...]:
        """Everyone of the roster who holds a grant or answers for an account; all of it where asked for."""
        concerned = {holder.person_id for holder in self.holders} | {a.owner_person_id for a in self.accounts}
        matched: defaultdict[str, dict[str, str]] = defaultdict(dict)
        names = ["principal_id", "person_id", "identity_method"]
        every = self._among is None
        matches = self._views.query("principals", names) if every else self._grants[names]
        for row in rows(matches.drop_duplicates("principal_id")):
            person_id = row.text("person_id")
            if person_id:
                matched[person_id][row.text("principal_id") or ""] = row.text("identity_method") or ""
        people = self._people
        if not self._everyone:
            people = people[people["person_id"].isin({one for one in concerned if one})]
        found = [self._person(row, matched) for row in rows(people)]
        return tuple(sorted(found, key=lambda person: person.name.casefold()))

    @cached_property
    def unmatched(self) -> tuple[UnmatchedPrincipal, ...]:
        """Human or unclassified identities with access that are matched to nobody."""
        holding = {holder.principal_id for holder in self.holders}
        found = []
        for row in rows(self._views.query("principals", _UNMATCHED)):
            principal_id = row.text("principal_id") or ""
            kind = _kind(row)
            if (
                principal_id in holding
                and row.text("person_id") is None
                and kind in (None, PrincipalKind.HUMAN)
            ):
                found.append(
                    UnmatchedPrincipal(
                        principal_id=principal_id,
                        platform=row.text("platform") or "",
                        name=row.text("principal_name") or principal_id,
                        kind=kind,
                        email=row.text("principal_email"),
                        handle=row.text("principal_handle"),
                        status=_status(row.text("principal_status")),
                    )
                )
        return tuple(sorted(found, key=lambda one: one.name.casefold()))

    @property
    def app_rows(self) -> pd.DataFrame:
        """Every authorisation of an app: rows of the view of apps; of the whole estate they are not kept."""
        return self._of_accounts("apps") if self._among is None else self._kept_apps

    @cached_property
    def _kept_apps(self) -> pd.DataFrame:
        return self._of_accounts("apps")

    @cached_property
    def _account_rows(self) -> pd.DataFrame:
        return self._of_accounts("accounts")

    @cached_property
    def _grants(self) -> pd.DataFrame:
        return self._of_accounts("grants", HOLDER) if self._given_grants is None else self._given_grants

    def _of_accounts(self, view: str, only: Collection[str] | None = None) -> pd.DataFrame:
        """Return the rows of a view of the accounts it is about, and of their columns only those named."""
        if self._among is None:
            return self._views.query(view, only)
        return self._views.query(view, only, account_id=self._among)

    def _account(
        self, row: Row, holders: dict[str, list[Holder]], apps: dict[str, list[ConnectedApp]]
    ) -> ReviewAccount:
        account_id = row.text("account_id") or ""
        required = row.text("mfa_required")
        owner_id = row.text("owner_person_id")
        return ReviewAccount(
            account_id=account_id,
            platform=row.text("platform") or "",
            kind=row.text("account_kind") or "",
            known=_known(row),
            handle=row.text("account_handle"),
            name=row.text("account_name"),
            url=row.text("account_url"),
            parent_id=row.text("parent_id"),
            tier=row.number("tier"),
            phi_exposed=row.flag("phi_exposed"),
            owner_email=row.text("owner_email"),
            owner_name=self._names.get(owner_id) if owner_id else None,
            owner_person_id=owner_id,
            owner_status=_person_status(row.text("owner_status")),
            verified=row.flag("account_verified"),
            published=row.flag("account_published"),
            mfa_required=MfaRequired(required) if required else None,
            followers=row.number("followers"),
            recovery_email=row.text("recovery_email"),
            recovery_person_id=row.text("recovery_person_id"),
            last_reviewed_on=row.day("last_reviewed_on"),
            holders=tuple(holders.get(account_id, ())),
            apps=tuple(apps.get(account_id, ())),
            coverage=tuple(sorted(self._cells.get(account_id, ()), key=lambda cell: cell.fact)),
        )

    def _person(self, row: Row, matched: dict[str, dict[str, str]]) -> ReviewPerson:
        person_id = row.text("person_id") or ""
        kind = row.text("kind")
        manager_id = row.text("manager_id")
        return ReviewPerson(
            person_id=person_id,
            name=row.text("preferred_name") or row.text("name") or person_id,
            known=_known(row),
            work_email=row.text("work_email"),
            status=_person_status(row.text("status")),
            kind=PersonKind(kind) if kind else None,
            department=row.text("department"),
            title=row.text("title"),
            manager_name=self._names.get(manager_id) if manager_id else None,
            hired_on=row.day("hired_on"),
            left_on=row.day("left_on"),
            matched_by=matched.get(person_id, {}),
        )


def _holder(row: Row, account_names: dict[str | None, str | None]) -> Holder:
    via_id = row.text("via_id")
    return Holder(
        grant_id=row.text("grant_id") or "",
        account_id=row.text("account_id") or "",
        principal_id=row.text("principal_id") or "",
        principal_name=row.text("principal_name") or row.text("principal_id") or "",
        principal_kind=_kind(row),
        known=_known(row),
        principal_email=row.text("principal_email"),
        principal_handle=row.text("principal_handle"),
        principal_status=_status(row.text("principal_status")),
        person_id=row.text("person_id"),
        person_name=row.text("person_name"),
        person_status=_person_status(row.text("person_status")),
        role=row.text("role") or ", ".join(row.texts("tasks") or ()) or None,
        level=Level.parse(row.text("level")),
        via=GrantPath(row.text("via") or "direct"),
        via_id=via_id,
        via_name=account_names.get(via_id) if via_id else None,
        status=_status(row.text("grant_status")),
        mfa=row.flag("mfa"),
        mfa_methods=row.texts("mfa_methods"),
        can_message=row.flag("can_message"),
        can_grant=row.flag("can_grant"),
        granted_at=row.instant("granted_at"),
        last_used_at=row.instant("last_used_at"),
        expires_at=row.instant("expires_at"),
    )


def _app(row: Row) -> ConnectedApp:
    return ConnectedApp(
        app_key=row.text("app_key") or "",
        app_id=row.text("app_id") or "",
        account_id=row.text("account_id") or "",
        known=_known(row),
        name=row.text("app_name"),
        publisher=row.text("publisher"),
        scopes=row.texts("scopes"),
        level=Level.parse(row.text("level")),
        can_message=row.flag("can_message"),
        approved_at=row.instant("approved_at"),
        approved_by=row.text("approved_by"),
        last_used_at=row.instant("last_used_at"),
        first_party=row.flag("first_party"),
        vendor_name=row.text("vendor_name"),
        in_inventory=row.flag("in_inventory"),
    )


def _known(row: Row) -> HowKnown:
    attested_by = row.text("attested_by")
    basis = row.text("basis") or ("attested" if attested_by else "verified")
    return HowKnown(
        basis=Basis(basis),
        source=row.text("source") or "",
        observed_at=row.instant("observed_at"),
        evidence_id=row.text("evidence_id"),
        attested_by=attested_by,
        valid_until=row.instant("valid_until"),
    )


def _kind(row: Row) -> PrincipalKind | None:
    kind = row.text("principal_kind")
    return PrincipalKind(kind) if kind else None


def _status(text: str | None) -> AccessStatus | None:
    return AccessStatus(text) if text else None


def _person_status(text: str | None) -> PersonStatus | None:
    return PersonStatus(text) if text else None
