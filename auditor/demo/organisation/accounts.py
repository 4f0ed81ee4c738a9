"""The accounts of Riverside Health, and what the organisation itself says of them."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.demo.organisation.people import who


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A brand account, and its line in owners.csv; texts are empty where nobody has said."""

    platform: str
    native_id: str
    handle: str
    name: str
    owner_email: str = ""
    tier: str = ""
    phi_exposed: str = ""
    last_reviewed_on: str = ""
    mfa_required: str = ""

    @property
    def account_id(self) -> str:
        """The id under which a platform's connector knows it."""
        return f"{self.platform}:{self.native_id}"


_NORA = who("Linden").email
_WANDA = who("Jelinek").email
_LEO = who("Varga").email
_DANA = who("Kowalczyk").email
_MEI = who("Zhou").email
_AMARA = who("Okafor").email

X_HEALTH = DemoAccount(
    "x", "1001001", "RiversideHealth", "Riverside Health", _NORA, "1", "yes", "2026-10-15", "none"
)
X_CARE = DemoAccount("x", "1001002", "RiversideCare", "Riverside Care Desk", _WANDA, "1", "yes", "2026-10-15")
X_JOBS = DemoAccount("x", "1001003", "RiversideJobs", "Riverside Jobs", "", "3", "no", "2026-03-02")

PORTFOLIO = DemoAccount(
    "facebook", "1029384756", "1029384756", "Riverside Health System", _LEO, "1", "no", "2026-10-16"
)
PAGE_HEALTH = DemoAccount(
    "facebook", "210000000000001", "riversidehealth", "Riverside Health", _NORA, "1", "yes", "2026-10-16"
)
PAGE_CHILDREN = DemoAccount(
    "facebook",
    "210000000000002",
    "riversidechildrens",
    "Riverside Children's Hospital",
    _NORA,
    "1",
    "yes",
    "2026-06-30",
)
PAGE_CAREERS = DemoAccount(
    "facebook",
    "210000000000003",
    "riversidecareers",
    "Riverside Careers",
    who("Rossi").email,
    "3",
    "no",
    "2026-10-16",
)
FOUNDATION = DemoAccount(
    "facebook", "@riverside-foundation", "riverside-foundation", "Riverside Foundation", _AMARA, "2", "no"
)
IG_HEALTH = DemoAccount(
    "instagram", "17840000000000001", "riverside.health", "Riverside Health", _NORA, "1", "yes", "2026-10-16"
)
IG_KIDS = DemoAccount(
    "instagram", "17840000000000002", "riverside.kids", "Riverside Kids", _NORA, "2", "yes", "2026-10-16"
)
LINKEDIN = DemoAccount(
    "linkedin", "@riverside-health", "riverside-health", "Riverside Health", _NORA, "2", "no", "2026-10-20"
)
YOUTUBE = DemoAccount(
    "youtube", "@riversidehealthtv", "RiversideHealthTV", "Riverside Health TV", _MEI, "2", "no", "2026-10-20"
)
TIKTOK = DemoAccount("tiktok", "@riverside.health", "riverside.health", "Riverside Health", _DANA, "3", "")

ACCOUNTS: tuple[DemoAccount, ...] = (
    X_HEALTH,
    X_CARE,
    X_JOBS,
    PORTFOLIO,
    PAGE_HEALTH,
    PAGE_CHILDREN,
    PAGE_CAREERS,
    FOUNDATION,
    IG_HEALTH,
    IG_KIDS,
    LINKEDIN,
    YOUTUBE,
    TIKTOK,
)
