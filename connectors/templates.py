"""Attestation templates: the tables a human fills in for what no API shows."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from auditor.errors import DocumentError, UsageError
from connectors.table.rows import EXAMPLE, WHO_LOOKED


@dataclass(frozen=True, slots=True)
class Template:
    """One table to fill in."""

    kind: str
    summary: str
    where_to_look: str
    """What whoever fills it in should open."""
    columns: tuple[str, ...]
    example: Mapping[str, str]
    """Cells of the example row; a table that still has that row is refused."""
    platform: str | None = None
    """Only accounts of this platform belong in it."""


_GRANT_COLUMNS = (
    "platform",
    "account",
    "principal_name",
    "principal_email",
    "principal_handle",
    "principal_kind",
    "role",
    "granted_on",
    "last_used_on",
    "mfa",
    "mfa_method",
)
_PERSON = {
    "principal_name": "Jordan Example",
    "principal_email": "jordan@company.example",
    "principal_kind": "human",
}

TEMPLATES: Mapping[str, Template] = {
    template.kind: template
    for template in (
        Template(
            "x-delegates",
            "who acts as an X account, as owner or delegate",
            "On x.com as the account: Settings > Security and account access > Delegate. One row a person; "
            "role is owner, admin or contributor. No delegates: one row with the role 'none'.",
            _GRANT_COLUMNS,
            {
                "platform": "x",
                **_PERSON,
                "principal_handle": "jordan_example",
                "role": "contributor",
                "granted_on": "2026-01-31",
                "mfa": "yes",
                "mfa_method": "security key",
            },
            platform="x",
        ),
        Template(
            "mfa",
            "whether each holder of an account uses a second factor",
            "Ask each holder to show their security settings. mfa is yes, no or unknown; the method is security "
            "key, passkey, authenticator app, push, sms or email. The account's own login: leave the principal blank.",
            (*_GRANT_COLUMNS[:6], "mfa", "mfa_method"),
            {"platform": "x", **_PERSON, "mfa": "yes", "mfa_method": "authenticator app"},
        ),
        Template(
            "grants",
            "who holds which role on an account of any platform",
            "In the account's settings, the page that lists people and roles. One row a person and account.",
            _GRANT_COLUMNS,
            {
                "platform": "youtube",
                **_PERSON,
                "role": "manager",
                "granted_on": "2026-01-31",
                "mfa": "unknown",
            },
        ),
        Template(
            "apps",
            "which apps are connected to an account",
            "In the account's settings, the page that lists connected apps. One row an app and account. "
            "No apps: one row with the app_name 'none'.",
            (
                "platform",
                "account",
                "app_name",
                "app_id",
                "publisher",
                "scopes",
                "approved_on",
                "last_used_on",
            ),
            {
                "platform": "x",
                "app_name": "Example Scheduler",
                "publisher": "Example Software",
                "scopes": "read, write",
                "approved_on": "2026-01-31",
            },
        ),
        Template(
            "accounts",
            "who answers for each account, and how critical it is",
            "Ask whoever runs social media. tier 1 is most critical; mfa_required is none, admins or all; "
            "phi_exposed is yes where patients' messages or comments can reach the account.",
            ("platform", "account", "name", "url", "owner_email", "tier", "mfa_required", "phi_exposed"),
            {
                "platform": "x",
                "name": "Company",
                "url": "https://x.com/company_example",
                "owner_email": "jordan@company.example",
                "tier": "1",
                "phi_exposed": "yes",
            },
        ),
    )
}


def template(kind: str) -> Template:
    """Return the template called ``kind``; raises UsageError where there is none."""
    if kind not in TEMPLATES:
        raise UsageError(f"there is no template {kind!r}.", remedy=f"Known: {', '.join(TEMPLATES)}.")
    return TEMPLATES[kind]


def write_template(kind: str, path: Path, *, accounts: Sequence[tuple[str, str]] = ()) -> str:
    """Write the template ``kind`` to ``path`` and return the connection to paste into auditor.yaml.

    Args:
        kind: a key of `TEMPLATES`.
        path: where to; nothing there is ever overwritten, and no half-written file is left.
        accounts: platform and handle or id of accounts to start a row for. The row counts as
            unreadable, and its account as known in part, until somebody fills it in.

    Raises:
        UsageError: there is no such template.
        DocumentError: ``path`` exists or cannot be written.

    """
    chosen = template(kind)
    rows = [{"account": EXAMPLE, **chosen.example}]
    rows += [
        {"platform": platform, "account": _plain(account)}
        for platform, account in accounts
        if chosen.platform in (None, platform)
    ]
    # The mark at the start lets a spreadsheet know that it is UTF-8.
    _write_new(path, ("\ufeff" + _csv(chosen.columns, rows)).encode())
    return connection_snippet(kind, path)


def connection_snippet(kind: str, path: Path) -> str:
    """Return the lines to paste under ``connections:``; name and day are left for a human to fill in."""
    shown = path.as_posix().replace("\\", "\\\\").replace('"', '\\"')
    return (
        f"  - id: {kind}\n"
        "    connector: table\n"
        f'    path: "{shown}"\n'
        f"    attested_by: {WHO_LOOKED}   # name or e-mail of whoever looked\n"
        "    attested_on: YYYY-MM-DD   # the day they looked\n"
        "    valid_days: 92\n"
    )


def _plain(account: str) -> str:
    """Return an account as a cell no spreadsheet takes for a formula."""
    return account.strip().lstrip("=+-@\t\r ")


def _csv(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([row.get(column, "") for column in columns] for row in rows)
    return text.getvalue()


def _write_new(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise DocumentError(f"cannot be written: {error.strerror}.", path=path) from None
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        _publish(temporary, path, data)
    except FileExistsError:
        raise DocumentError(
            "already exists and is not overwritten.",
            path=path,
            remedy="Name another file, or move that one away.",
        ) from None
    except OSError as error:
        raise DocumentError(f"cannot be written: {error.strerror}.", path=path) from None
    finally:
        temporary.unlink(missing_ok=True)


def _publish(temporary: Path, path: Path, data: bytes) -> None:
    """Give the finished file its name, which fails if the name is taken, unlike a rename."""
    temporary.chmod(0o644)
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:
        # A file system without hard links: an exclusive create is the next best.
        with path.open("xb") as stream:
            try:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            except OSError:
                # Half a table would be filled in, and read, as if it were the whole.
                path.unlink(missing_ok=True)
                raise
