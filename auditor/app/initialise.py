"""A first configuration: a commented auditor.yaml and the tables a person fills in."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from auditor.config import load_config
from auditor.errors import UsageError
from connectors.templates import write_template

_ACCESS_MATRIX = """\
# Who may hold which level where. The first line that fits a holder decides; none fits: no access.
# Keys, each optional, each a value or a list: department, title, person_kind (employee, contractor,
# agency), principal_kind (human, service, agency, shared), platform, tier, account.
# level: viewer < analyst < advertiser < moderator < publisher < manager < admin, or none.
# messages: may read or send direct messages.
- {department: [Marketing, Communications], title: [Director of Digital, Social Media Manager], level: admin, messages: true}
- {department: [Marketing, Communications], level: publisher, messages: false}
- {principal_kind: agency, level: publisher, messages: false}
- {principal_kind: service, level: publisher, messages: true}
"""
_OWNERS = "platform,account,owner_email,tier,phi_exposed,last_reviewed_on,mfa_required\n"
_VENDORS = "name,kind,domains,app_names,app_ids,contract_ends_on,baa_signed_on,baa_expires_on,owner_email\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a new user says of the organisation; everything but the name may be left open."""

    organization: str
    timezone: str = "UTC"
    email_domains: tuple[str, ...] = ()
    roster: str = ""
    x_archive: str = ""
    x_handles: tuple[str, ...] = field(default=())
    meta_business_id: str = ""
    recipients: tuple[str, ...] = ()


def initialise(answers: Answers, folder: Path) -> list[Path]:
    """Write auditor.yaml and its companions into ``folder``; return what was written.

    Files that are already there stay as they are, but for auditor.yaml, which must not be there.

    Raises:
        UsageError: auditor.yaml is there already.
        ConfigError: an answer is not usable; nothing is left behind.

    """
    config = folder / "auditor.yaml"
    if config.exists():
        raise UsageError(f"{config} is there already.", remedy="Edit it, or name another folder with --out.")
    folder.mkdir(parents=True, exist_ok=True)
    config.write_text(_configuration(answers), encoding="utf-8")
    try:
        load_config(config)
    except BaseException:
        config.unlink()
        raise
    written = [config]
    companions = {
        "policies/access-matrix.yaml": _ACCESS_MATRIX,
        "owners.csv": _OWNERS,
        "vendors.csv": _VENDORS,
    }
    for name, text in companions.items():
        path = folder / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            written.append(path)
    for kind in ("x-delegates", "mfa"):
        path = folder / "attestations" / f"{kind}.csv"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_template(kind, path)
            written.append(path)
    return written


def _configuration(answers: Answers) -> str:
    quote = json.dumps  # a JSON string is a YAML string
    domains = ", ".join(quote(domain) for domain in answers.email_domains)
    lines = [
        "# Auditor's configuration. Every key: docs/configuration.md. Check it with: auditor doctor",
        "organization:",
        f"  name: {quote(answers.organization)}",
        f"  timezone: {quote(answers.timezone)}",
        f"  email_domains: [{domains}]      # work addresses end in these",
        "",
        "store: sqlite:///auditor.db      # or postgresql+psycopg://auditor@db/auditor, with store_password",
        "",
        "# Where facts come from. Secrets are references: keyring:NAME (auditor secrets set NAME), env:NAME",
        "# or file:PATH (mode 0600). 'auditor connectors list' shows what each can and cannot see.",
        "connections:",
        *_connections(answers),
        "",
        *_roster(answers),
        "",
        "vendors: vendors.csv             # agencies and tools, with contract and BAA dates",
        "accounts: {owners: owners.csv}   # who answers for each account, its tier, whether patients' data reaches it",
        "# identities: identities.csv     # reviewed matches; 'auditor identities accept' writes it",
        "",
        "policies:",
        "  packs: [least-privilege, hipaa-social, meta-baseline]",
        "  access: policies/access-matrix.yaml",
        "",
        *_reports(answers),
    ]
    return "\n".join(lines) + "\n"


def _connections(answers: Answers) -> list[str]:
    quote = json.dumps
    handles = ", ".join(quote(handle.lstrip("@")) for handle in answers.x_handles) or "YourBrand"
    on_x = "  " if answers.x_handles else "  # "
    archive = "  " if answers.x_archive else "  # "
    meta = "  " if answers.meta_business_id else "  # "
    business = quote(answers.meta_business_id or "1029384756")
    lines = [
        f"{archive}- {{id: x-archive, connector: x-archive, path: {quote(answers.x_archive or 'exports/x/')}}}",
        f"{on_x}- {{id: x-brand, connector: x, accounts: [{handles}], bearer_token: keyring:x-brand}}",
        (
            f'{meta}- {{id: meta, connector: meta, business_id: {business}, app_id: "55",'
            " app_secret: keyring:meta-app-secret, access_token: keyring:meta}"
        ),
        "  # What no API shows, stated by a named person. Fill the table in, then take the # away:",
        (
            "  # - {id: x-delegates, connector: table, path: attestations/x-delegates.csv,"
            " attested_by: you@example.com, attested_on: 2026-01-31, valid_days: 92}"
        ),
        (
            "  # - {id: mfa, connector: table, path: attestations/mfa.csv,"
            " attested_by: you@example.com, attested_on: 2026-01-31, valid_days: 92}"
        ),
    ]
    if not (answers.x_handles or answers.x_archive or answers.meta_business_id):
        lines[0:0] = ["  []   # nothing yet: replace these brackets by at least one of the lines below"]
    return lines


def _roster(answers: Answers) -> list[str]:
    path = json.dumps(answers.roster or "hr/people.csv")
    text = (
        f"roster: {{connector: hr-table, path: {path}}}   # columns are found by their names; map: overrides"
    )
    return [text if answers.roster else f"# {text}"]


def _reports(answers: Answers) -> list[str]:
    recipients = ", ".join(json.dumps(recipient) for recipient in answers.recipients)
    return [
        "reports:",
        "  out: reports-out",
        "  formats: [html, csv, json]",
        f"  recipients: [{recipients}]",
        (
            '  # mail: {smtp: "smtp+starttls://auditor@mail.example.com:587", password: keyring:smtp,'
            " sender: auditor@example.com}"
        ),
    ]
