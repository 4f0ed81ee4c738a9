"""The published views and their columns: the contract rules are written against.

A column's ``fact`` says which kind of coverage stands behind it: where that kind was not observed
or attested for an account, a rule that reads the column cannot pass there. Its ``part`` says which
of the joined facts it comes from, and so whose attester and whose age it answers to. Columns of
type ``count`` are structs ``{at_least, at_most}`` (``at_most`` NULL: unbounded, because the list is
known only in part); compare them with ``more_than(count, n)`` and ``fewer_than(count, n)``, which
are TRUE, FALSE or NULL as the bounds allow.
"""

from __future__ import annotations

from dataclasses import dataclass

from auditor.model.estate import FactKind

COUNT_TYPE = "STRUCT(at_least BIGINT, at_most BIGINT)"


@dataclass(frozen=True, slots=True)
class Column:
    """One published column."""

    name: str
    type: str
    """DuckDB type, or ``count``."""
    meaning: str
    fact: FactKind | None = None
    part: str = "row"
    """row, account, principal, person, vendor or basis."""

    @property
    def sql_type(self) -> str:
        """The type as DuckDB writes it."""
        return COUNT_TYPE if self.type == "count" else self.type


@dataclass(frozen=True, slots=True)
class View:
    """One published view."""

    name: str
    subject: str
    """Subject type of a finding over this view."""
    key: str
    """Column that identifies a row: the finding's subject id."""
    fact: FactKind | None
    """Coverage without which the absence of rows says nothing; None: not judged per account."""
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column | None:
        """Return the column of this name, or None."""
        return next((column for column in self.columns if column.name == name), None)


def _columns(fact: FactKind | None, text: str, part: str = "row") -> tuple[Column, ...]:
    """Parse ``name | type | meaning [| fact]`` lines."""
    rows = [[part.strip() for part in line.split("|")] for line in text.strip().splitlines()]
    return tuple(
        Column(row[0], row[1], row[2], FactKind(row[3]) if len(row) > 3 else fact, part) for row in rows
    )


_ACCOUNT = """
account_id | VARCHAR | The account
platform | VARCHAR | x, facebook, instagram, ...
account_name | VARCHAR | Display name, else handle, else id
account_handle | VARCHAR | Handle without @
account_kind | VARCHAR | profile, page, channel, portfolio, ad_account; NULL where nobody said
account_url | VARCHAR | Address of the account
parent_id | VARCHAR | The container it belongs to
tier | INTEGER | 1 is most critical; from the owners table
phi_exposed | BOOLEAN | The owner marked that patients' data can reach it
owner_email | VARCHAR | The responsible person
owner_person_id | VARCHAR | The responsible person in the roster
owner_status | VARCHAR | active, leave, terminated, future
owner_named | BOOLEAN | A responsible person is named for it; NULL where none is named for any account (no owners table)
account_verified | BOOLEAN | The platform verified it | accounts
account_published | BOOLEAN | Publicly visible | accounts
mfa_required | VARCHAR | Whom the container forces to use MFA: none, admins, all (own, else the parent's) | mfa_required
"""

_PERSON = """
person_id | VARCHAR | The person matched, exactly
person_name | VARCHAR | Preferred name, else name
person_email | VARCHAR | Work e-mail
person_status | VARCHAR | active, leave, terminated, future; NULL where matched to nobody or the roster's word is unknown
person_kind | VARCHAR | employee, contractor, agency
person_left_on | DATE | Last day
person_hired_on | DATE | First day
department | VARCHAR | Department
title | VARCHAR | Job title
location | VARCHAR | Place of work
manager_id | VARCHAR | Manager's person id
manager_status | VARCHAR | Manager's status
training | MAP(VARCHAR, DATE) | Course to the day it was completed
identity_method | VARCHAR | reviewed, declared, email, idp
"""

_PRINCIPAL = """
principal_id | VARCHAR | The identity that holds access
principal_name | VARCHAR | Its name, else handle, e-mail, id
principal_email | VARCHAR | Its e-mail
principal_email_domain | VARCHAR | Domain of its e-mail, alias domains resolved
principal_handle | VARCHAR | Its handle
principal_kind | VARCHAR | human, service, agency, shared
principal_status | VARCHAR | active, invited, suspended, removed | principals
person_matched | BOOLEAN | Matched to a person; FALSE where a roster exists and nobody in it matches; NULL where there is no roster
email_in_organization | BOOLEAN | Its e-mail is at one of the organisation's domains
email_is_public | BOOLEAN | Its e-mail is at a public mail provider (gmail.com, outlook.com, ...)
mfa | BOOLEAN | MFA is on | mfa
mfa_methods | VARCHAR[] | security_key, passkey, totp, push, sms, email, unknown | mfa
principal_last_active_at | TIMESTAMPTZ | Last sign of life | last_used
principal_invited_at | TIMESTAMPTZ | When invited
"""

_VENDOR = """
vendor_id | VARCHAR | The outside firm behind it, by exact app id, app name, e-mail domain or firm name
vendor_name | VARCHAR | Its name
vendor_contract_ends_on | DATE | Contract ends
vendor_baa_signed_on | DATE | Business associate agreement signed
vendor_baa_expires_on | DATE | Business associate agreement expires
in_inventory | BOOLEAN | The vendors table lists it; NULL where there is no vendors table, or where an app has the name of a listed one but another id
"""

_BASIS = """
basis | VARCHAR | verified or attested: the weakest fact in the row
attested_by | VARCHAR | Who vouches, where attested
valid_until | TIMESTAMPTZ | When the row's facts expire
is_current | BOOLEAN | TRUE, or NULL where the row's facts are too old to count (the verdict is then unknown by itself)
source | VARCHAR | Connection that yielded it
observed_at | TIMESTAMPTZ | When it was seen so
evidence_id | VARCHAR | SHA-256 of the raw record
as_of | TIMESTAMPTZ | The instant judged at
today | DATE | That instant's day in the organisation's zone
"""

_GRANT = """
grant_id | VARCHAR | The grant
role | VARCHAR | The platform's own word
tasks | VARCHAR[] | The platform's own tasks
level | VARCHAR | viewer, analyst, advertiser, moderator, publisher, manager, admin; NULL where unmapped
level_rank | INTEGER | 1 (viewer) to 7 (admin); NULL where unmapped
sort_rank | INTEGER | The same for sorting: an unmapped level ranks as high as it could be, 7
can_message | BOOLEAN | Reads or sends direct messages
can_grant | BOOLEAN | Gives access to others
via | VARCHAR | direct, portfolio, agency, suite, delegate
via_id | VARCHAR | What it came by
grant_status | VARCHAR | active, invited, suspended, removed
granted_at | TIMESTAMPTZ | When given
last_used_at | TIMESTAMPTZ | When last used | last_used
expires_at | TIMESTAMPTZ | When it ends by itself
allowed_level | VARCHAR | Highest level the access matrix allows this holder here; 'none' where no line allows any; NULL where there is no matrix or the holder is unknown
allowed_rank | INTEGER | The same as a number, 0 for none
allowed_messages | BOOLEAN | The matrix lets this holder reach direct messages here
conflicts | VARCHAR[] | Facts of the grant on which two sources contradict each other
"""

_APP = """
app_key | VARCHAR | One authorisation of the app
app_id | VARCHAR | The app
app_name | VARCHAR | Its name, as it calls itself
publisher | VARCHAR | Who publishes it, as it says
scopes | VARCHAR[] | What it may do, in the platform's words
level | VARCHAR | Level its scopes map to; NULL where a scope is unmapped
level_rank | INTEGER | The same as a number
sort_rank | INTEGER | The same for sorting: an unmapped level ranks as high as it could be, 7
can_message | BOOLEAN | It can read or send direct messages
approved_at | TIMESTAMPTZ | When it was let in
approved_by | VARCHAR | Who let it in
last_used_at | TIMESTAMPTZ | When last used | last_used
first_party | BOOLEAN | The platform's own client
authorisations | INTEGER | How many times the same app is authorised on the account
conflicts | VARCHAR[] | Facts of the app on which two sources contradict each other
"""

VIEWS: dict[str, View] = {
    view.name: view
    for view in (
        View(
            "grants",
            "grant",
            "grant_id",
            FactKind.GRANTS,
            _columns(FactKind.GRANTS, _GRANT)
            + _columns(None, _ACCOUNT, "account")
            + _columns(None, _PRINCIPAL, "principal")
            + _columns(None, _PERSON, "person")
            + _columns(None, _VENDOR, "vendor")
            + _columns(None, _BASIS, "basis"),
        ),
        View(
            "accounts",
            "account",
            "account_id",
            None,
            _columns(None, _ACCOUNT, "account")
            + _columns(
                FactKind.GRANTS,
                """
holders | count | Principals with an active grant
admins | count | Humans with an active grant at level admin (an unmapped level counts towards at_most)
managers | count | Humans with an active grant at level manager or above
invited | count | Invitations pending
""",
            )
            + _columns(
                None,
                """
created_at | TIMESTAMPTZ | When the account was made | accounts
followers | BIGINT | Followers | accounts
last_reviewed_on | DATE | Day the last access review was signed off
recovery_email | VARCHAR | Where the platform sends password resets | recovery
recovery_email_domain | VARCHAR | Its domain | recovery
recovery_in_organization | BOOLEAN | It is at one of the organisation's domains | recovery
recovery_person_id | VARCHAR | The person it belongs to | recovery
recovery_status | VARCHAR | That person's status | recovery
conflicts | VARCHAR[] | Facts of the account or its grants on which two sources contradict each other
""",
            )
            + _columns(None, _BASIS, "basis"),
        ),
        View(
            "apps",
            "app",
            "app_key",
            FactKind.APPS,
            _columns(FactKind.APPS, _APP)
            + _columns(None, _ACCOUNT, "account")
            + _columns(None, _VENDOR, "vendor")
            + _columns(None, _BASIS, "basis"),
        ),
        View(
            "principals",
            "principal",
            "principal_id",
            FactKind.GRANTS,
            _columns(
                None,
                """
platform | VARCHAR | x, facebook, ...
active_grants | INTEGER | Active grants it holds, at least; NULL where none is for certain and one could be
highest_level | VARCHAR | The highest of their levels; NULL where one is unmapped and none is admin
highest_rank | INTEGER | The same as a number
any_can_message | BOOLEAN | One of them reaches direct messages
accounts | VARCHAR[] | Names of the accounts it reaches
conflicts | VARCHAR[] | Facts on which two verified sources contradict each other
""",
            )
            + _columns(None, _PRINCIPAL, "principal")
            + _columns(None, _PERSON, "person")
            + _columns(None, _VENDOR, "vendor")
            + _columns(None, _BASIS, "basis"),
        ),
        View(
            "people",
            "person",
            "person_id",
            None,
            _columns(None, _PERSON, "person")
            + _columns(
                None,
                """
active_grants | INTEGER | Active grants of every identity matched to the person, at least; NULL where none is for certain and one could be | grants
highest_level | VARCHAR | The highest of their levels; NULL where one is unmapped and none is admin | grants
highest_rank | INTEGER | The same as a number | grants
owned_accounts | INTEGER | Accounts the person is responsible for
raw_status | VARCHAR | The roster's own word
""",
            )
            + _columns(None, _BASIS, "basis"),
        ),
        View(
            "logins",
            "login",
            "login_key",
            FactKind.LOGINS,
            _columns(
                FactKind.LOGINS,
                """
login_key | VARCHAR | The login, session, device or single sign-on
login_kind | VARCHAR | login, session, device, sso
at | TIMESTAMPTZ | When
client | VARCHAR | With what
address_hash | VARCHAR | Keyed hash of the network address
""",
            )
            + _columns(None, _ACCOUNT, "account")
            + _columns(None, _BASIS, "basis"),
        ),
        View(
            "tokens",
            "token",
            "token_id",
            None,
            _columns(
                None,
                """
token_id | VARCHAR | The token, never its value
token_kind | VARCHAR | user, page, app, system_user, bearer
app_id | VARCHAR | The app it belongs to
scopes | VARCHAR[] | What it may do
excess_scopes | VARCHAR[] | Scopes it holds beyond those its use needs
issued_at | TIMESTAMPTZ | Issued
expires_at | TIMESTAMPTZ | Expires
never_expires | BOOLEAN | It never expires
data_access_expires_at | TIMESTAMPTZ | Data access ends
""",
            )
            + _columns(None, _ACCOUNT, "account")
            + _columns(None, _BASIS, "basis"),
        ),
        View(
            "seeds",
            "account",
            "account_id",
            FactKind.SEEDS,
            _columns(
                FactKind.SEEDS,
                """
seed_in_custody | BOOLEAN | The account's TOTP seed is in custody; FALSE: it should be and is not
seed_bits | INTEGER | Length of the seed
seed_enrolled_at | TIMESTAMPTZ | When the seed in force came into custody
seed_age_days | INTEGER | How many days ago that was
seed_confirmed | BOOLEAN | A code showed that it is the seed the platform has
seed_last_used_at | TIMESTAMPTZ | When a code of it was last given out
seed_readers | VARCHAR[] | Addresses of all who could read it since, whether they still may or not
seed_reader_left | BOOLEAN | One of them left after it came in; NULL where one is not in the roster, or it is not known whether or when they left
seed_readers_left | VARCHAR[] | Names of those who left
seed_last_departure | DATE | When the last of them did
""",
            )
            + _columns(None, _ACCOUNT, "account")
            + _columns(None, _BASIS, "basis"),
        ),
        View(
            "vendors",
            "vendor",
            "vendor_id",
            None,
            _columns(
                None,
                """
vendor_id | VARCHAR | The firm
vendor_name | VARCHAR | Its name
vendor_kind | VARCHAR | agency, tool, ...
vendor_contract_ends_on | DATE | Contract ends
vendor_baa_signed_on | DATE | Business associate agreement signed
vendor_baa_expires_on | DATE | Business associate agreement expires
owner_email | VARCHAR | Who answers for the firm in the house
owner_status | VARCHAR | That person's status
active_grants | INTEGER | Active grants its people hold, at least; NULL where none is for certain and one could be | grants
connected_apps | INTEGER | Its apps connected to accounts, at least; NULL where all of them were seen too long ago | apps
reaches_phi | BOOLEAN | It reaches an account marked as reachable by patients' data | grants
""",
            )
            + _columns(None, _BASIS, "basis"),
        ),
        View(
            "changes",
            "account",
            "change_key",
            None,
            _columns(
                None,
                """
change_key | VARCHAR | The change
change_kind | VARCHAR | handle, email, phone, protection, verification
at | TIMESTAMPTZ | When
before | VARCHAR | What it was
after | VARCHAR | What it became
""",
            )
            + _columns(None, _ACCOUNT, "account")
            + _columns(None, _BASIS, "basis"),
        ),
    )
}
