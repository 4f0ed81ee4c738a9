"""What an audit of Riverside Health must find: at least one row for every built-in rule.

A row names a rule, the verdict, whom or what it is about, and where. `NAME_COLUMNS` says in which
published column the name stands; "where" is an account, or for an identity its platform. A row
without a name is about the account itself: its own verdict, or that its facts are not known.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from auditor.demo.organisation import accounts, hostile
from auditor.demo.organisation.accounts import DemoAccount
from auditor.model.finding import Verdict

_ROWS = """
# --- least privilege ---------------------------------------------------------------------------
access-within-matrix       | fail    | Jonah Whitfield      | X_HEALTH        # Admin; a producer may publish
access-within-matrix       | fail    | Carla Mendes         | LINKEDIN
access-within-matrix       | fail    | Gwen Abernathy       | IG_KIDS         # no line of the matrix is hers
access-within-matrix       | pass    | Nora Linden          | X_HEALTH
access-within-matrix       | pass    | Brightline Social    | PAGE_HEALTH
access-within-matrix       | unknown | Fiona Gallagher      | PAGE_CHILDREN   # CASHIER_ROLE: unmapped
access-within-matrix       | unknown | Kristoffer Blom      | PAGE_HEALTH     # in no roster
messages-within-matrix     | fail    | Greta Holm           | X_HEALTH        # every delegate reads messages
messages-within-matrix     | fail    | Shadow Peak Media    | IG_KIDS
messages-within-matrix     | pass    | Marcus Trent         | PAGE_HEALTH
messages-within-matrix     | unknown | Fiona Gallagher      | PAGE_CHILDREN
granting-within-matrix     | fail    | Yusuf Demir          | X_JOBS
granting-within-matrix     | fail    | Hugo Lindqvist       | YOUTUBE
granting-within-matrix     | pass    | Wanda Jelinek        | X_CARE
granting-within-matrix     | unknown | Schedule Robot       | PORTFOLIO       # Meta does not show its role
enough-admins              | fail    |                      | FOUNDATION      # one person
enough-admins              | pass    |                      | X_CARE
enough-admins              | unknown |                      | TIKTOK          # the attestation lapsed
few-admins                 | fail    |                      | PORTFOLIO       # eleven
few-admins                 | pass    |                      | YOUTUBE
few-admins                 | unknown |                      | IG_HEALTH       # who knows the password?
dormant-access             | fail    | Fiona Gallagher      | X_HEALTH        # last used in May
dormant-access             | fail    | Fiona Gallagher      | PAGE_HEALTH     # not seen at all since May
dormant-access             | pass    | Nora Linden          | X_HEALTH
dormant-access             | pass    | Lucy Fernández-Ortiz | X_HEALTH        # given a month ago
dormant-access             | unknown | Greta Holm           | X_HEALTH        # nobody wrote down the last use
dormant-access             | unknown | Amara Okafor         | PORTFOLIO
agency-level               | fail    | Northwind Creative   | PAGE_CHILDREN
agency-level               | pass    | Brightline Social    | PAGE_HEALTH
agency-level               | unknown |                      | IG_HEALTH       # Meta does not list who has the password
agency-access-ends         | fail    | Evergreen Outreach   | PAGE_CAREERS    # 2031
agency-access-ends         | fail    | Shadow Peak Media    | IG_KIDS
agency-access-ends         | pass    | Brightline Social    | PAGE_HEALTH
no-shared-logins           | fail    | Children's ward tablet | instagram
no-shared-logins           | fail    | Riverside Care Desk  | x
no-shared-logins           | pass    | Wanda Jelinek        | x
no-shared-logins           | unknown | Riverside Foundation | x
no-personal-email          | fail    | Peter O'Shaughnessy  | facebook
no-personal-email          | fail    | nina.ostrow.private@gmail.com | facebook
no-personal-email          | pass    | Nora Linden          | facebook
no-personal-email          | unknown | Kristoffer Blom      | facebook
organization-email         | fail    | Kim Ashdown          | facebook
organization-email         | pass    | Lucy Fernández-Ortiz | facebook        # the domain from before the merger
organization-email         | unknown | Nora Linden          | x               # X shows no addresses
invites-answered           | fail    | lucas.firth@riverside.example | facebook
invites-answered           | pass    | mei-ling.zhou@riverside.example | facebook
known-holders              | fail    | Bright Futures 22    | x
known-holders              | fail    | Kristoffer Blom      | facebook
known-holders              | fail    | {SCRIPT}             | facebook
known-holders              | fail    | {NEWLINES}           | instagram
known-holders              | pass    | Marcus Trent         | facebook        # marcus.trent+meta@...
known-holders              | pass    | Peter O'Shaughnessy  | facebook        # HR knows his private address
known-holders              | unknown | Riverside Foundation | x
suspended-holders          | fail    | Tabitha Osgood       | LINKEDIN
suspended-holders          | pass    | Greta Holm           | LINKEDIN
expired-access-removed     | fail    | lucas.firth@riverside.example | PORTFOLIO
expired-access-removed     | pass    | nina.ostrow.private@gmail.com | PORTFOLIO
contractor-access-ends     | fail    | Omar Haddad          | PAGE_HEALTH
contractor-access-ends     | pass    | Ingrid Sund          | PAGE_CHILDREN
contractor-access-ends     | unknown | Paul Achterberg      | PAGE_CHILDREN
roles-mapped               | fail    | Benedikt Faulkner    | LINKEDIN        # "Ambassador lead"
roles-mapped               | fail    | Fiona Gallagher      | PAGE_CHILDREN
roles-mapped               | pass    | Yusuf Demir          | LINKEDIN
roles-mapped               | unknown | Report Robot         | PORTFOLIO
app-level                  | fail    | Chirpdeck Classic    | X_JOBS          # publishes; this house allows moderating
app-level                  | pass    | MetricFox Analytics  | X_HEALTH
app-level                  | unknown | {EMOJI}              | X_HEALTH
app-authorisation-fresh    | fail    | Chirpdeck Classic    | X_JOBS
app-authorisation-fresh    | pass    | ClearQueue Inbox     | X_CARE
app-authorisation-fresh    | unknown | PostPilot            | PAGE_HEALTH
app-authorised-once        | fail    | PostPilot            | X_HEALTH
app-authorised-once        | pass    | {HOMOGLYPH}          | X_HEALTH
scopes-mapped              | fail    | {EMOJI}              | X_HEALTH
scopes-mapped              | pass    | MetricFox Analytics  | X_HEALTH
scopes-mapped              | unknown | PostPilot            | LINKEDIN        # nobody wrote its scopes down
token-expires              | fail    | x-brand              |
token-expires              | pass    | meta                 |
token-scopes               | fail    | x-care               |
token-scopes               | pass    | x-brand              |
token-renewed              | fail    | meta                 |
token-renewed              | unknown | x-care               |
account-sources-agree      | fail    |                      | X_CARE          # X and its archive differ
account-sources-agree      | pass    |                      | X_HEALTH
holder-sources-agree       | fail    | Kasia Wójcik         | youtube         # two attestations of one day differ
holder-sources-agree       | pass    | Mei-Ling Zhou        | youtube

# --- HIPAA -------------------------------------------------------------------------------------
former-staff-access        | fail    | Dana Kowalczyk       | PAGE_HEALTH
former-staff-access        | fail    | Dana Kowalczyk       | X_JOBS
former-staff-access        | fail    | Victor Salcedo       | LINKEDIN
former-staff-access        | pass    | Nora Linden          | PAGE_HEALTH
former-staff-access        | unknown | Dana Kowalczyk       | TIKTOK          # the attestation lapsed: still there?
former-staff-access        | unknown | Omar Haddad          | PAGE_HEALTH     # active, says HR, with a last day in the past
former-staff-access        | unknown | Rosalind Pike        | LINKEDIN        # "Reassigned Pool B"
future-hire-access         | fail    | Eli Nakamura         | IG_HEALTH
future-hire-access         | pass    | Greta Holm           | IG_HEALTH
future-hire-access         | unknown | Kim Ashdown          | PAGE_HEALTH
leave-access               | fail    | Hannah Brightwater   | PAGE_HEALTH
leave-access               | pass    | Marcus Trent         | PAGE_HEALTH
leave-access               | unknown | Kristoffer Blom      | PAGE_HEALTH
roster-status-understood   | fail    | Rosalind Pike        |
roster-status-understood   | fail    | Omar Haddad          |
roster-status-understood   | pass    | Nora Linden          |
manager-present            | fail    | Jonah Whitfield      |
manager-present            | pass    | Nora Linden          |
mfa-every-holder           | fail    | Hugo Lindqvist       | facebook
mfa-every-holder           | fail    | Jonah Whitfield      | x
mfa-every-holder           | fail    | Children's ward tablet | instagram
mfa-every-holder           | pass    | Nora Linden          | x
mfa-every-holder           | unknown | Hannah Brightwater   | facebook        # Meta leaves the field out
mfa-every-holder           | unknown | Omar Haddad          | facebook        # in Meta's own, unexplained word
mfa-every-holder           | unknown | Kristoffer Blom      | facebook        # outside the portfolio
mfa-every-holder           | unknown | Kasia Wójcik         | youtube         # one says yes, one says no
mfa-enforced               | fail    |                      | PORTFOLIO
mfa-enforced               | fail    |                      | X_HEALTH        # the owner says so
mfa-enforced               | fail    |                      | PAGE_CAREERS    # as its portfolio
mfa-enforced               | pass    |                      | YOUTUBE
mfa-enforced               | unknown |                      | X_CARE
mfa-not-sms-only           | fail    | Priya Raman          | x
mfa-not-sms-only           | fail    | Aisha Karim          | linkedin
mfa-not-sms-only           | pass    | Aisha Karim          | youtube         # text message and authenticator app
mfa-not-sms-only           | unknown | Nora Linden          | facebook        # Meta does not show the method
unique-identification      | fail    | Riverside Care Desk  | X_CARE
unique-identification      | fail    | Children's ward tablet | IG_KIDS
unique-identification      | pass    | Wanda Jelinek        | X_CARE
unique-identification      | unknown | Riverside Foundation | X_HEALTH
training-current           | fail    | Priya Raman          |
training-current           | pass    | Nora Linden          |
training-current           | pass    | Omar Haddad          |                 # trained, whether still here or not
training-current           | unknown | Paul Achterberg      |
vendor-listed              | fail    | Shadow Peak Media    | facebook
vendor-listed              | pass    | Northwind Creative   | facebook
vendor-contract-in-force   | fail    | Northwind Creative   |
vendor-contract-in-force   | pass    | Brightline Social    |
vendor-contract-in-force   | unknown | MetricFox            |
vendor-baa-on-record       | fail    | PostPilot            |
vendor-baa-on-record       | pass    | Northwind Creative   |
vendor-baa-in-force        | fail    | Northwind Creative   |
vendor-baa-in-force        | pass    | ClearQueue           |
vendor-baa-in-force        | unknown | Tidewater Media      |
vendor-owner-present       | fail    | Northwind Creative   |
vendor-owner-present       | pass    | Brightline Social    |
vendor-owner-present       | unknown | MetricFox            |
app-in-inventory           | fail    | {HOMOGLYPH}          | X_HEALTH        # not the PostPilot it looks like
app-in-inventory           | fail    | {FORMULA}            | PAGE_CHILDREN
app-in-inventory           | fail    | {LONG}               | PAGE_CAREERS
app-in-inventory           | pass    | PostPilot            | X_HEALTH
app-messages-covered       | fail    | PostPilot            | X_HEALTH        # no BAA
app-messages-covered       | fail    | {FORMULA}            | PAGE_CHILDREN   # no vendor at all
app-messages-covered       | pass    | ClearQueue Inbox     | X_CARE
app-messages-covered       | unknown | MetricFox Analytics  | PAGE_HEALTH     # receives no messages; may it read them?
recovery-not-a-leavers     | fail    |                      | X_JOBS
recovery-not-a-leavers     | pass    |                      | TIKTOK
recovery-not-a-leavers     | unknown |                      | X_HEALTH        # a team mailbox: nobody's in particular
recovery-in-organization   | fail    |                      | YOUTUBE
recovery-in-organization   | pass    |                      | X_HEALTH
recovery-in-organization   | unknown |                      | X_CARE          # two sources, two addresses
recent-recovery-change     | fail    | care.desk@riverside.example | X_CARE
recent-recovery-change     | pass    | care@riverside.example | X_CARE         # twelve years ago
recent-recovery-change     | unknown | a number that ends in 42 | X_CARE       # the archive does not date it
recent-handle-change       | fail    | RiversideJobs        | X_JOBS
recent-handle-change       | pass    | RiversideCareers     | X_JOBS          # ten years ago
stale-devices              | fail    | Twitter for iOS      | X_HEALTH
stale-devices              | fail    | SMS second-factor phone | X_HEALTH
stale-devices              | pass    | Twitter Web App      | X_CARE
stale-devices              | unknown |                      | YOUTUBE         # no source shows its sessions
no-outside-sign-in         | fail    | single sign-on through Google, address at gmail.com | X_JOBS
no-outside-sign-in         | pass    | Twitter Web App      | X_CARE
responsible-person-named   | fail    |                      | X_JOBS
responsible-person-named   | pass    |                      | X_HEALTH
responsible-person-present | fail    |                      | TIKTOK
responsible-person-present | pass    |                      | X_HEALTH
review-on-time             | fail    |                      | PAGE_CHILDREN
review-on-time             | pass    |                      | X_HEALTH
review-on-time             | unknown |                      | TIKTOK

# --- Meta --------------------------------------------------------------------------------------
meta-portfolio-mfa         | fail    |                      | PORTFOLIO
meta-person-mfa            | fail    | Hugo Lindqvist       | facebook
meta-person-mfa            | pass    | Nora Linden          | facebook
meta-person-mfa            | unknown | Kristoffer Blom      | facebook
meta-portfolio-verified    | fail    |                      | PORTFOLIO
meta-portfolio-verified    | unknown |                      | FOUNDATION
meta-two-admins            | fail    |                      | FOUNDATION
meta-two-admins            | pass    |                      | PORTFOLIO
meta-few-full-control      | fail    |                      | PORTFOLIO
meta-few-full-control      | pass    |                      | FOUNDATION
meta-inactive              | fail    | Fiona Gallagher      | facebook
meta-inactive              | pass    | Nora Linden          | facebook
meta-inactive              | unknown | Carla Mendes         | facebook
meta-public-email          | fail    | Peter O'Shaughnessy  | facebook
meta-public-email          | pass    | Nora Linden          | facebook
meta-system-user-admin     | fail    | Report Robot         | PAGE_HEALTH
meta-system-user-admin     | pass    | Schedule Robot       | PAGE_HEALTH
meta-system-user-admin     | unknown | Account Auditor      | PORTFOLIO
meta-partner-full-control  | fail    | Northwind Creative   | PAGE_CHILDREN
meta-partner-full-control  | pass    | Brightline Social    | PAGE_HEALTH
meta-pending-requests      | fail    | lucas.firth@riverside.example | facebook
meta-pending-requests      | pass    | nina.ostrow.private@gmail.com | facebook
meta-inside-portfolio      | fail    | Kristoffer Blom      | PAGE_HEALTH
meta-inside-portfolio      | fail    | {REVERSED}           | PAGE_CAREERS
meta-inside-portfolio      | pass    | Nora Linden          | PAGE_HEALTH
"""

NAME_COLUMNS = MappingProxyType(
    {
        "grants": "principal_name",
        "principals": "principal_name",
        "people": "person_name",
        "apps": "app_name",
        "tokens": "source",
        "vendors": "vendor_name",
        "logins": "client",
        "changes": "after",
    }
)
"""Published view to the column in which the name stands; a view of accounts has none."""


@dataclass(frozen=True, slots=True)
class Expected:
    """One row of the table."""

    rule: str
    verdict: Verdict
    who: str
    """Name of the holder, person, app, vendor, connection or client, or what a change made of a setting;
    empty: the account itself."""
    account: DemoAccount | None = None
    platform: str = ""
    """Of an identity that is told by its platform."""


def _read(line: str) -> Expected:
    rule, verdict, who, where = (cell.strip() for cell in line.partition("  #")[0].split("|"))
    named = who.format_map({name: value for name, value in vars(hostile).items() if name.isupper()})
    account = getattr(accounts, where) if where.isupper() else None
    return Expected(rule, Verdict(verdict), named, account, account.platform if account else where)


EXPECTED: tuple[Expected, ...] = tuple(
    _read(line) for line in _ROWS.strip().splitlines() if line and not line.startswith("#")
)
