"""From the sandbox's records to Graph's nodes and rows, every field filled in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from auditor.demo.graph_sandbox.state import (
    GraphAgency,
    GraphApp,
    GraphAssignment,
    GraphBusiness,
    GraphInstagram,
    GraphPage,
    GraphState,
)

Row = dict[str, Any]
PAGE_TOKEN_PREFIX = "sandbox-page-token-"  # noqa: S105 - the sandbox's own, worth nothing elsewhere


class World:
    """Looks nodes and edges up in a `GraphState` as it is now."""

    def __init__(self, state: GraphState) -> None:
        self.state = state

    @property
    def business(self) -> GraphBusiness:
        """The portfolio."""
        return self.state.business

    @property
    def pages(self) -> list[GraphPage]:
        """Owned and client Pages."""
        return [*self.business.pages, *self.business.client_pages]

    def node(self, node_id: str) -> tuple[str, Row] | None:
        """Return the type and the fields of the node ``node_id``, or None where it is not visible."""
        if node_id == self.business.id:
            return "Business", self._business()
        for page in self.pages:
            if page.id == node_id:
                return "Page", self.page(page)
        for account in self._instagram():
            if account.asset_id == node_id:
                return "InstagramBusinessAsset", _asset(account)
            if account.ig_user_id == node_id:
                return "IGUser", self._ig_user(account)
        for kind, rows in (("BusinessUser", self._users()), ("SystemUser", self._system_users())):
            for row in rows:
                if row["id"] == node_id:
                    return kind, row
        return None

    def edge(self, kind: str, node_id: str, edge: str) -> list[Row]:
        """Return all rows of an edge the schema has."""
        if kind == "Business":
            return self._business_edge(edge)
        if kind in ("SystemUser", "BusinessUser"):
            return self._assigned_pages(node_id)
        if kind == "Page":
            page = next(page for page in self.pages if page.id == node_id)
            return self._asset_edge(page, edge)
        asset = next(asset for asset in self._instagram() if asset.asset_id == node_id)
        return self._asset_edge(asset, edge)

    def page(self, page: GraphPage) -> Row:
        """Return a Page's fields, its token among them."""
        linked = {"id": page.instagram_user_id} if page.instagram_user_id else None
        shared = any(one is page for one in self.business.client_pages)
        strange = not any(one is page for one in self.pages)
        owner_id = page.owner_business_id or (None if shared or strange else self.business.id)
        owner_name = page.owner_business_name or (
            self.business.name if owner_id == self.business.id else None
        )
        return _present(
            id=page.id,
            name=page.name,
            username=page.username,
            link=page.link or f"https://www.facebook.com/{page.username or page.id}",
            about=page.about,
            website=page.website,
            picture={"data": {"url": page.picture_url, "is_silhouette": False}} if page.picture_url else None,
            is_published=page.is_published,
            is_verified=page.is_verified,
            verification_status=page.verification_status,
            followers_count=page.followers_count,
            fan_count=page.fan_count,
            instagram_business_account=linked,
            connected_instagram_account=linked,
            owner_business=_present(id=owner_id, name=owner_name) if owner_id else None,
            access_token=None if strange else PAGE_TOKEN_PREFIX + page.id,
            permitted_tasks=page.permitted_tasks,
        )

    def _business(self) -> Row:
        mine = self.business
        return _present(
            id=mine.id,
            name=mine.name,
            link=f"https://www.facebook.com/{mine.id}",
            two_factor_type=mine.two_factor_type,
            verification_status=mine.verification_status,
            created_time=mine.created_time,
            is_hidden=False,
        )

    def _business_edge(self, edge: str) -> list[Row]:
        mine = self.business
        makers: dict[str, Iterable[Row]] = {
            "business_users": self._users(),
            "pending_users": (_present(**asdict(invite)) for invite in mine.invites),
            "system_users": self._system_users(),
            "agencies": self._agencies(),
            "clients": self._clients(),
            "owned_pages": self._listed(mine.pages),
            "client_pages": self._listed(mine.client_pages),
            "owned_instagram_assets": map(_asset, mine.instagram),
            "client_instagram_assets": map(_asset, mine.client_instagram),
            "owned_instagram_accounts": map(self._ig_user, mine.instagram),
            "instagram_accounts": map(self._ig_user, self._instagram()),
            "owned_apps": (self._app(app, owned=True) for app in mine.owned_apps),
            "client_apps": (self._app(app, owned=False) for app in mine.client_apps),
        }
        return list(makers[edge])

    def _listed(self, pages: list[GraphPage]) -> Iterable[Row]:
        return (self.page(page) for page in pages if page.id not in self.state.hidden_pages)

    def _users(self) -> list[Row]:
        business = {"id": self.business.id, "name": self.business.name}
        return [_present(**asdict(user), business=business) for user in self.business.users]

    def _system_users(self) -> list[Row]:
        return [_present(**asdict(user)) for user in self.business.system_users]

    def _instagram(self) -> list[GraphInstagram]:
        return [*self.business.instagram, *self.business.client_instagram]

    def _ig_user(self, account: GraphInstagram) -> Row:
        owned = account in self.business.instagram
        return _present(
            id=account.ig_user_id,
            username=account.username,
            name=account.name,
            biography=account.biography,
            website=account.website,
            followers_count=account.followers_count,
            is_published=account.is_published,
            owner_business={"id": self.business.id, "name": self.business.name} if owned else None,
        )

    def _app(self, app: GraphApp, *, owned: bool) -> Row:
        owner_id = app.owner_business_id or (self.business.id if owned else None)
        return _present(
            id=app.id,
            name=app.name,
            category=app.category,
            link=app.link,
            company=app.company,
            owner_business=_present(id=owner_id, name=app.owner_business_name) if owner_id else None,
        )

    def _agencies(self) -> list[Row]:
        """Gather the partners of all owned Pages, one row a partner with its Pages in it."""
        rows: dict[str, Row] = {}
        for page in self.business.pages:
            for agency in page.agencies:
                row = rows.setdefault(agency.id, _partner(agency.id, agency.name))
                row["page_permissions"].append({**_permission(agency), "id": page.id})
        return list(rows.values())

    def _clients(self) -> list[Row]:
        rows: dict[str, Row] = {}
        for page in self.business.client_pages:
            if page.owner_business_id:
                row = rows.setdefault(
                    page.owner_business_id, _partner(page.owner_business_id, page.owner_business_name or "")
                )
                row["page_permissions"].append(
                    {
                        "id": page.id,
                        "permitted_tasks": page.permitted_tasks or [],
                        "access_status": "CONFIRMED",
                    }
                )
        return list(rows.values())

    def _assigned_pages(self, user_id: str) -> list[Row]:
        return [
            {**self.page(page), "tasks": assignment.tasks}
            for page in self.pages
            for assignment in page.assigned
            if assignment.user_id == user_id
        ]

    def _asset_edge(self, asset: GraphPage | GraphInstagram, edge: str) -> list[Row]:
        if edge == "assigned_users":
            return [self._assigned(one) for one in asset.assigned]
        if edge == "agencies":
            return [
                {**_permission(agency), "id": agency.id, "name": agency.name} for agency in asset.agencies
            ]
        if not isinstance(asset, GraphPage):
            return []
        if edge == "roles":
            return [asdict(role) for role in asset.roles]
        return [_present(**asdict(app)) for app in asset.apps]

    def _assigned(self, one: GraphAssignment) -> Row:
        people = {user.id: ("BUSINESS_USER", user.name) for user in self.business.users}
        people |= {user.id: ("SYSTEM_USER", user.name) for user in self.business.system_users}
        kind, name = people.get(one.user_id, ("BUSINESS_USER", None))
        return _present(
            id=one.user_id,
            name=one.name or name,
            user_type=one.user_type or kind,
            business={"id": one.business_id or self.business.id},
            tasks=one.tasks,
            permitted_tasks=one.tasks,
        )


def _asset(account: GraphInstagram) -> Row:
    return {"id": account.asset_id, "ig_user_id": account.ig_user_id, "ig_username": account.username}


def _partner(partner_id: str, name: str) -> Row:
    return {
        "id": partner_id,
        "name": name,
        "page_permissions": [],
        "adaccount_permissions": [],
        "application_permissions": [],
        "productcatalog_permissions": [],
        "shared_ca_count": 0,
    }


def _permission(agency: GraphAgency) -> Row:
    return {
        "permitted_tasks": agency.permitted_tasks,
        "access_status": agency.access_status,
        "access_requested_time": agency.access_requested_time,
        "access_updated_time": agency.access_updated_time,
    }


def _present(**fields: Any) -> Row:
    """Return ``fields`` without those that are None: Graph leaves an empty field out."""
    return {name: value for name, value in fields.items() if value is not None}
