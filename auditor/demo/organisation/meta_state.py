"""Riverside Health on Facebook and Instagram: the state of the Graph sandbox."""

from __future__ import annotations

from datetime import UTC, datetime

from auditor.demo.graph_sandbox.state import (
    ALL_SCOPES,
    GraphAgency,
    GraphApp,
    GraphAssignment,
    GraphBusiness,
    GraphInstagram,
    GraphInvite,
    GraphPage,
    GraphPageRole,
    GraphState,
    GraphSystemUser,
    GraphToken,
    GraphUser,
)
from auditor.demo.organisation import ALIAS_DOMAIN, DOMAIN, hostile
from auditor.demo.organisation.accounts import (
    IG_HEALTH,
    IG_KIDS,
    PAGE_CAREERS,
    PAGE_CHILDREN,
    PAGE_HEALTH,
    PORTFOLIO,
    DemoAccount,
)
from auditor.demo.organisation.people import plain, who

APP_ID = "550000000000001"
APP_SECRET = "demo-graph-app-secret"  # noqa: S105 - opens nothing but the sandbox
ACCESS_TOKEN = "demo-graph-system-user-token"  # noqa: S105 - likewise

_OUTSIDER = "Kim Ashdown"
_ADMINS = (
    "Okafor",
    "Linden",
    "Berg",
    "Raman",
    "Kowalczyk",
    "Whitfield",
    "Varga",
    "Marchetti",
    "Gallagher",
    "Lindqvist",
    "O'Shaughnessy",
)
_EMPLOYEES = (
    "Fernández-Ortiz",
    "Abiodun",
    "Holm",
    "Brightwater",
    "Nakamura",
    "Haddad",
    "Sund",
    "Achterberg",
    "Jelinek",
    "Trent",
    "Demir",
    "Mendes",
    "Faulkner",
    "Karim",
    "Rossi",
    "Abernathy",
    "Mikkelsen",
    "Farouk",
    "Marlowe",
)
_EMAILS = {
    # The same mailboxes in other clothes: the old domain, a plus-tag, capitals; and a private one.
    "Fernández-Ortiz": f"lucia.fernandez-ortiz@{ALIAS_DOMAIN}",
    "Trent": f"marcus.trent+meta@{DOMAIN}",
    "Holm": f"Greta.Holm@{DOMAIN.title()}",
    "O'Shaughnessy": who("O'Shaughnessy").private_email,
}
_TWO_FACTOR: dict[str, str | None] = {
    "Lindqvist": "not_enabled",
    "Brightwater": None,
    "Haddad": "grace_period",
}
"""Everybody else has it enabled. One word is left out, and one is none that anybody has explained."""

_FULL = "MANAGE CREATE_CONTENT MODERATE MESSAGING ADVERTISE ANALYZE"
_PUBLISH = "CREATE_CONTENT MODERATE ANALYZE"
_REPLY = "MODERATE MESSAGING ANALYZE"
_ADS = "ADVERTISE ANALYZE"
_READ = "ANALYZE"
_IG_ALL = "CONTENT MESSAGES COMMUNITY_ACTIVITY ADVERTISE ANALYZE"
_IG_REPLY = "MESSAGES COMMUNITY_ACTIVITY"

_SYSTEM_USERS = {"Schedule Robot": "6900000000000001", "Report Robot": "6900000000000002"}
_AUDITOR_USER = "6900000000000009"

_PAGE_HOLDERS: dict[DemoAccount, dict[str, str]] = {
    PAGE_HEALTH: {
        "Linden": _FULL,
        "Berg": _FULL,
        "Raman": _FULL,
        "Kowalczyk": _FULL,
        "Whitfield": f"{_PUBLISH} MESSAGING",
        "Fernández-Ortiz": _PUBLISH,
        "Abiodun": _ADS,
        "Holm": _READ,
        "Brightwater": "MODERATE ANALYZE",
        "Haddad": _PUBLISH,
        "Jelinek": _REPLY,
        "Trent": _REPLY,
        "Gallagher": _PUBLISH,
        "Lindqvist": _ADS,
        "Karim": _PUBLISH,
        _OUTSIDER: _READ,
        "Schedule Robot": "CREATE_CONTENT",
        "Report Robot": _FULL,
    },
    PAGE_CHILDREN: {
        "Linden": _FULL,
        "Berg": _FULL,
        "O'Shaughnessy": _FULL,
        "Sund": "CREATE_CONTENT",
        "Achterberg": "CREATE_CONTENT",
        "Jelinek": _REPLY,
        "Karim": _PUBLISH,
        "Faulkner": _READ,
        "Abernathy": "CREATE_CONTENT",
        "Mikkelsen": _READ,
        "Farouk": _READ,
        "Gallagher": "CASHIER_ROLE",
        "Schedule Robot": "CREATE_CONTENT",
    },
    PAGE_CAREERS: {
        "Linden": _FULL,
        "Demir": _PUBLISH,
        "Mendes": _FULL,
        "Rossi": _FULL,
        "Abiodun": _ADS,
        "Holm": _READ,
        "Schedule Robot": "CREATE_CONTENT",
    },
}
_INSTAGRAM_HOLDERS: dict[DemoAccount, dict[str, str]] = {
    IG_HEALTH: {
        "Linden": _IG_ALL,
        "Berg": _IG_ALL,
        "Raman": _IG_ALL,
        "Kowalczyk": "CONTENT MESSAGES",
        "Whitfield": "CONTENT",
        "Nakamura": "CONTENT",
        "Fernández-Ortiz": "CONTENT",
        "Trent": _IG_REPLY,
        "Jelinek": _IG_REPLY,
        "Gallagher": "CONTENT",
        "Abiodun": _ADS,
        "Holm": _READ,
    },
    IG_KIDS: {
        "Linden": _IG_ALL,
        "Berg": _IG_ALL,
        "O'Shaughnessy": _IG_ALL,
        "Sund": "CONTENT",
        "Karim": "CONTENT",
        "Abernathy": "CONTENT",
        "Jelinek": _IG_REPLY,
        "Holm": _READ,
    },
}


def graph_state() -> GraphState:
    """Return a fresh sandbox state; the caller may change it."""
    return GraphState(
        business=_business(),
        app_id=APP_ID,
        app_secret=APP_SECRET,
        tokens=[
            GraphToken(
                ACCESS_TOKEN,
                user_id=_AUDITOR_USER,
                scopes=[*ALL_SCOPES, "pages_manage_posts"],
                issued_at=_seconds(datetime(2026, 9, 30, 12, tzinfo=UTC)),
                expires_at=_seconds(datetime(2026, 11, 29, 12, tzinfo=UTC)),
                data_access_expires_at=_seconds(datetime(2026, 12, 29, 12, tzinfo=UTC)),
            )
        ],
    )


def state_week_before() -> GraphState:
    """Return the state a week earlier: one leaver more, and some of today's troubles not there yet."""
    state = graph_state()
    business = state.business
    business.users.append(_user("Castellano", "ADMIN"))
    business.invites = [invite for invite in business.invites if invite.created_time < "2026-11-13"]
    for page in business.pages:
        if page.id == PAGE_HEALTH.native_id:
            page.roles = []
        if page.id == PAGE_CHILDREN.native_id:
            page.apps = []
    return state


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


def _user_id(name: str) -> str:
    """Return the portfolio id of a person by last name, of a machine or of the outsider by name."""
    if name in _SYSTEM_USERS:
        return _SYSTEM_USERS[name]
    number = "099999" if name == _OUTSIDER else who(name).number
    return f"6000000000{number}"


def _business() -> GraphBusiness:
    return GraphBusiness(
        id=PORTFOLIO.native_id,
        name=PORTFOLIO.name,
        two_factor_type="admin_required",
        verification_status="not_verified",
        users=[
            *(_user(name, "ADMIN") for name in _ADMINS),
            *(_user(name, "EMPLOYEE") for name in _EMPLOYEES),
            GraphUser(
                _user_id(_OUTSIDER), _OUTSIDER, "kim.ashdown@oldtown-media.example", two_fac_status="enabled"
            ),
        ],
        invites=_invites(),
        system_users=[
            *(GraphSystemUser(user_id, name) for name, user_id in _SYSTEM_USERS.items()),
            GraphSystemUser(_AUDITOR_USER, "Account Auditor", created_time="2026-09-30T11:00:00+0000"),
        ],
        pages=[_health_page(), _children_page(), _careers_page()],
        instagram=_instagram(),
    )


def _user(last_name: str, role: str) -> GraphUser:
    person = who(last_name)
    return GraphUser(
        id=_user_id(last_name),
        name=person.name,
        email=_EMAILS.get(last_name, person.email),
        role=role,
        two_fac_status=_TWO_FACTOR.get(last_name, "enabled"),
        title=person.title,
    )


def _invites() -> list[GraphInvite]:
    return [
        GraphInvite(
            "6800000000000001",
            f"lucas.firth@{DOMAIN}",
            created_time="2026-09-01T15:20:00+0000",
            expiration_time="2026-10-31T15:20:00+0000",
        ),
        GraphInvite(
            "6800000000000002",
            "nina.ostrow.private@gmail.com",
            created_time="2026-11-12T10:05:00+0000",
            expiration_time="2027-01-11T10:05:00+0000",
        ),
        GraphInvite(
            "6800000000000003",
            who("Zhou").email,
            created_time="2026-11-16T08:45:00+0000",
            expiration_time="2027-01-15T08:45:00+0000",
        ),
    ]


def _assigned(holders: dict[str, str]) -> list[GraphAssignment]:
    return [GraphAssignment(_user_id(name), tasks.split()) for name, tasks in holders.items()]


def _page(account: DemoAccount, **more: object) -> GraphPage:
    page = GraphPage(
        id=account.native_id,
        name=account.name,
        username=account.handle,
        about=f"{account.name}. For emergencies call your local number; this page is not monitored at night.",
        is_verified=account is PAGE_HEALTH,
        verification_status="blue_verified" if account is PAGE_HEALTH else "not_verified",
        assigned=_assigned(_PAGE_HOLDERS[account]),
    )
    for name, value in more.items():
        setattr(page, name, value)
    return page


def _health_page() -> GraphPage:
    return _page(
        PAGE_HEALTH,
        followers_count=48210,
        fan_count=47105,
        instagram_user_id=IG_HEALTH.native_id,
        roles=[GraphPageRole("7000000000000001", "Kristoffer Blom", _FULL.split())],
        agencies=[
            GraphAgency("7700000000000001", "Brightline Social", ["CREATE_CONTENT", "ANALYZE"]),
            GraphAgency(
                "7700000000000005",
                "Tidewater Media",
                ["ANALYZE"],
                access_status="CLIENT_RESPONSE_PENDING",
                access_requested_time="2026-11-10T09:00:00+0000",
            ),
        ],
        apps=[
            GraphApp("880000000000001", "PostPilot", "Business", subscribed_fields=["feed", "messages"]),
            GraphApp("880000000000002", "ClearQueue Inbox", "Business", subscribed_fields=["messages"]),
            GraphApp("880000000000003", "MetricFox Analytics", "Business", subscribed_fields=["feed"]),
        ],
    )


def _children_page() -> GraphPage:
    return _page(
        PAGE_CHILDREN,
        followers_count=21877,
        instagram_user_id=IG_KIDS.native_id,
        roles=[GraphPageRole("7000000000000002", hostile.SCRIPT, ["CREATE_CONTENT"])],
        agencies=[GraphAgency("7700000000000002", "Northwind Creative", _FULL.split())],
        apps=[GraphApp("880000000000004", hostile.FORMULA, "Games", subscribed_fields=["feed", "messages"])],
    )


def _careers_page() -> GraphPage:
    return _page(
        PAGE_CAREERS,
        followers_count=5390,
        roles=[GraphPageRole("7000000000000003", hostile.REVERSED, ["MODERATE"])],
        agencies=[GraphAgency("7700000000000003", "Evergreen Outreach", _ADS.split())],
        apps=[GraphApp("880000000000005", hostile.LONG, "Utilities", subscribed_fields=["feed"])],
    )


def _instagram() -> list[GraphInstagram]:
    shadow = GraphAgency("7700000000000004", "Shadow Peak Media", ["CONTENT", "MESSAGES"])
    return [
        GraphInstagram(
            ig_user_id=account.native_id,
            asset_id=f"9900000000{account.native_id[-6:]}",
            username=account.handle,
            name=account.name,
            biography=f"{plain(account.name)} on Instagram",
            followers_count=12000 + 500 * index,
            assigned=_assigned(_INSTAGRAM_HOLDERS[account]),
            agencies=[shadow] if account is IG_KIDS else [],
        )
        for index, account in enumerate((IG_HEALTH, IG_KIDS))
    ]
