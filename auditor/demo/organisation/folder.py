"""The working folder of Riverside Health: everything a user of Auditor would have, ready to run."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType

from auditor.demo.organisation import (
    ALIAS_DOMAIN,
    DOMAIN,
    NAME,
    PRIVACY_OFFICER,
    TIMEZONE,
    house,
    lookalikes,
    tables,
)
from auditor.demo.organisation.accounts import LINKEDIN, PORTFOLIO, TIKTOK, X_CARE, X_HEALTH, X_JOBS, YOUTUBE
from auditor.demo.organisation.meta_state import ACCESS_TOKEN, APP_ID, APP_SECRET
from auditor.demo.organisation.people import TRAINING_HEADER, roster_csv
from auditor.demo.organisation.x_state import BRAND_TOKEN, CARE_TOKEN, write_archives

SECRETS: Mapping[str, str] = MappingProxyType(
    {
        "DEMO_X_BRAND_TOKEN": BRAND_TOKEN,
        "DEMO_X_CARE_TOKEN": CARE_TOKEN,
        "DEMO_META_APP_SECRET": APP_SECRET,
        "DEMO_META_ACCESS_TOKEN": ACCESS_TOKEN,
    }
)
"""Environment variables the configuration refers to; they open the sandboxes and nothing else."""

EXPORTED_ON = date(2026, 11, 19)
"""The day HR exported the roster."""
_WRITTEN_AT = datetime(2026, 10, 20, 15, 0, tzinfo=UTC)
"""When the house's own tables were last saved: their facts are as old as the file."""

_CONFIG = f"""\
# {NAME}, a made-up health system: the configuration of Auditor's demo.
# Every key is explained in docs/configuration.md; 'auditor doctor' checks this file and all it names.
organization:
  name: {NAME}
  timezone: {TIMEZONE}
  email_domains: [{DOMAIN}]
  email_aliases: {{{ALIAS_DOMAIN}: {DOMAIN}}}        # the domain from before the merger

store: sqlite:///auditor.db

# Where facts come from. Secrets are references; here they are variables that the demo sets.
connections:
  # The platforms, through their APIs (in the demo: sandboxes on this machine).
  - id: x-brand
    connector: x
    accounts: [{X_HEALTH.handle}, {X_JOBS.handle}]
    bearer_token: env:DEMO_X_BRAND_TOKEN
    base_url: "@X@"
  - id: x-care
    connector: x
    accounts: [{X_CARE.handle}]
    bearer_token: env:DEMO_X_CARE_TOKEN
    base_url: "@X@"
  - id: meta
    connector: meta
    business_id: "{PORTFOLIO.native_id}"
    app_id: "{APP_ID}"
    app_secret: env:DEMO_META_APP_SECRET
    access_token: env:DEMO_META_ACCESS_TOKEN
    base_url: "@GRAPH@"

  # What the accounts' owners downloaded from X.
  - {{id: x-archives, connector: x-archive, path: exports/x/, max_age_days: 90}}

  # What no API shows, stated by a named person; each statement lapses after valid_days.
  - {{id: x-delegates, connector: table, path: attestations/x-delegates.csv, attested_by: {PRIVACY_OFFICER}, attested_on: 2026-11-02, valid_days: 92}}
  - {{id: mfa, connector: table, path: attestations/mfa.csv, attested_by: {PRIVACY_OFFICER}, attested_on: 2026-11-02, valid_days: 92}}
  - {{id: mfa-video-marketing, connector: table, path: attestations/mfa-video-marketing.csv, attested_by: nora.linden@{DOMAIN}, attested_on: 2026-11-04, valid_days: 92}}
  - {{id: mfa-video-security, connector: table, path: attestations/mfa-video-security.csv, attested_by: stella.marchetti@{DOMAIN}, attested_on: 2026-11-04, valid_days: 92}}
  - {{id: linkedin, connector: table, path: attestations/linkedin.csv, attested_by: {PRIVACY_OFFICER}, attested_on: 2026-11-03, valid_days: 92}}
  - {{id: linkedin-people, connector: table, path: attestations/linkedin-people.csv, attested_by: {PRIVACY_OFFICER}, attested_on: 2026-11-12, valid_days: 92}}
  - {{id: youtube, connector: table, path: attestations/youtube.csv, attested_by: mei-ling.zhou@{DOMAIN}, attested_on: 2026-11-03, valid_days: 92}}
  - {{id: tiktok, connector: table, path: attestations/tiktok.csv, attested_by: {PRIVACY_OFFICER}, attested_on: 2026-06-30, valid_days: 92}}
  - {{id: passwords, connector: table, path: attestations/passwords.csv, attested_by: {PRIVACY_OFFICER}, attested_on: 2026-11-03, valid_days: 92}}
  - {{id: meta-security-center, connector: table, path: attestations/meta-security-center.csv, attested_by: leo.varga@{DOMAIN}, attested_on: 2026-11-12, valid_days: 92}}
  - {{id: connected-apps, connector: table, path: attestations/apps.csv, attested_by: {PRIVACY_OFFICER}, attested_on: 2026-11-03, valid_days: 92}}
  - {{id: other-accounts, connector: table, path: attestations/accounts.csv, attested_by: {PRIVACY_OFFICER}, attested_on: 2026-11-13, valid_days: 92}}

# Everyone who works here, as the HR system exports them. Columns are found by their names.
roster:
  connector: hr-table
  path: hr/people.csv
  as_of: @EXPORTED@
  training: {{"{TRAINING_HEADER}": hipaa}}

vendors: vendors.csv             # agencies and tools, with contract and BAA dates
identities: identities.csv       # matches a human has reviewed
accounts: {{owners: owners.csv}}   # who answers for each account; whether patients' data can reach it

policies:
  packs: [least-privilege, hipaa-social, meta-baseline]
  access: policies/access-matrix.yaml
  params:
    app-level: {{highest_rank: 4}}   # in this house people publish, apps do not

reports:
  out: reports-out
  formats: [html, pdf, xlsx, csv, json, ocsf, sarif]
  readers: [full, executive, owners, method]   # whom reports are written for
  email_owners: true                           # each responsible person gets theirs
  owner_formats: [html]
  recipients: [{PRIVACY_OFFICER}]
"""

_ACCESS_MATRIX = """\
# Who may hold which level where. The first line that fits a holder decides; none fits: no access.
# level: viewer < analyst < advertiser < moderator < publisher < manager < admin, or none.
# messages: may read or send direct messages.
- {principal_kind: shared, platform: x, level: admin, messages: true}   # an X account's own password, sealed
- {title: [Chief Marketing Officer, Director of Digital, Social Media Manager], level: admin, messages: true}
- {department: IT Security, platform: [facebook, instagram], level: admin, messages: false}
- {title: Patient Relations Manager, account: RiversideCare, level: admin, messages: true}
- {department: Patient Relations, level: moderator, messages: true}
- {title: Video Producer, platform: youtube, level: admin, messages: false}
- {title: [Content Producer, Community Manager, Campaign Manager, Events Coordinator, Video Producer], level: publisher, messages: false}
- {person_kind: contractor, department: Marketing, level: publisher, messages: false}
- {title: Paid Media Specialist, level: advertiser, messages: false}
- {title: [Web Analyst, Brand Designer, Coordinator], level: analyst, messages: false}
- {department: Talent, account: [riversidecareers, RiversideJobs], level: publisher, messages: true}
- {department: Talent, platform: linkedin, level: publisher, messages: false}
- {department: [Compliance, Cardiology], level: viewer, messages: false}
- {principal_kind: agency, level: publisher, messages: false}
- {principal_kind: service, level: publisher, messages: false}
"""


def write_demo(
    folder: Path,
    *,
    x_base_url: str,
    graph_base_url: str,
    media_base_url: str = "",
    exported_on: date = EXPORTED_ON,
    week_before: bool = False,
    mail: str = "",
) -> Path:
    """Write the whole folder; return the path of its auditor.yaml.

    Args:
        folder: made if it is not there; files of the same names are overwritten.
        x_base_url: where the X sandbox listens.
        graph_base_url: where the Graph sandbox listens.
        media_base_url: where the media sandbox listens; none: no profile picture is fetched.
        exported_on: the day HR exported the roster.
        week_before: with the look-alikes as they were a week earlier.
        mail: address of the SMTP server reports go out by; none: no mail is set up.

    """
    config = _CONFIG.replace("@X@", x_base_url).replace("@GRAPH@", graph_base_url)
    config = config.replace("@EXPORTED@", exported_on.isoformat())
    if mail:
        config += f'  mail: {{smtp: "{mail}", sender: auditor@{DOMAIN}}}\n'
    config += lookalikes.config(x_base_url, media_base_url)
    for name, text in _files(config, week_before=week_before).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
        os.utime(path, (_WRITTEN_AT.timestamp(), _WRITTEN_AT.timestamp()))
    write_archives(folder / "exports" / "x")
    return folder / "auditor.yaml"


def _files(config: str, *, week_before: bool) -> dict[str, str]:
    return {
        "auditor.yaml": config,
        "hr/people.csv": roster_csv(),
        "vendors.csv": house.vendors_csv(),
        "owners.csv": house.owners_csv(),
        "identities.csv": house.identities_csv(),
        "policies/access-matrix.yaml": _ACCESS_MATRIX,
        "attestations/x-delegates.csv": tables.delegates_csv(),
        "attestations/mfa.csv": tables.mfa_csv(),
        "attestations/mfa-video-marketing.csv": tables.video_mfa_csv("yes"),
        "attestations/mfa-video-security.csv": tables.video_mfa_csv("no"),
        "attestations/linkedin.csv": tables.members_csv(LINKEDIN),
        "attestations/linkedin-people.csv": tables.linkedin_people_csv(),
        "attestations/youtube.csv": tables.members_csv(YOUTUBE),
        "attestations/tiktok.csv": tables.members_csv(TIKTOK),
        "attestations/passwords.csv": tables.passwords_csv(),
        "attestations/meta-security-center.csv": tables.security_center_csv(),
        "attestations/apps.csv": tables.apps_csv(),
        "attestations/accounts.csv": tables.accounts_csv(),
        lookalikes.SOURCE_FILE: lookalikes.accounts_jsonl(week_before=week_before),
    }
