"""``auditor secrets``: keep, list and forget; values are never printed."""

from __future__ import annotations

import getpass
import re
import sys
from typing import TYPE_CHECKING, Any

from auditor.cli.common import COMMON, Common, Format
from auditor.cli.console import put_json, put_table, say
from auditor.errors import SecretUnavailable, UsageError

if TYPE_CHECKING:
    from auditor.app.workspace import Workspace

_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$")


def set_secret(name: str, *, common: Common = COMMON) -> None:
    """Keep a secret under NAME in the OS keyring, or in the vault file where there is no keyring.

    The value is asked for on the terminal without showing it, or read from a pipe. In auditor.yaml
    write keyring:NAME where the secret belongs.

    Examples: auditor secrets set x-brand; or: pass show meta | auditor secrets set meta
    """
    from auditor.vault import register
    from auditor.vault.references import SERVICE, guarded

    backend = common.workspace().secrets.writable()
    value = _read_value(_checked(name))
    register(value)
    guarded(backend.set_password, SERVICE, name, value)
    say(f"Kept. Refer to it as keyring:{name}")


def list_secrets(*, format: Format = "table", common: Common = COMMON) -> None:
    """List every secret reference in the configuration, and whether it resolves here.

    Example: auditor secrets list
    """
    workspace = common.workspace()
    rows = []
    for reference, place in sorted(references(workspace)):
        try:
            workspace.secrets.resolve(reference)
            rows.append({"reference": reference, "used_by": place, "resolves": True, "remedy": ""})
        except SecretUnavailable as error:
            rows.append({"reference": reference, "used_by": place, "resolves": False, "remedy": error.remedy})
    if format == "json":
        put_json(rows)
        return
    put_table(["reference", "used by", "resolves", "what to do"], [list(row.values()) for row in rows])


def delete(name: str, *, common: Common = COMMON) -> None:
    """Forget the secret kept under NAME.

    Example: auditor secrets delete x-brand
    """
    from keyring.errors import KeyringError

    from auditor.vault.references import SERVICE

    backend = common.workspace().secrets.writable()
    try:
        backend.delete_password(SERVICE, _checked(name))
    except KeyringError:
        raise SecretUnavailable(
            f"there is no secret named {name} to forget.", remedy="'auditor secrets list' shows those in use."
        ) from None
    say(f"Forgotten: {name}")


def references(workspace: Workspace) -> set[tuple[str, str]]:
    """Return every secret reference in the configuration with the key it stands under."""
    from auditor.config import SECRET_REFERENCE

    found: set[tuple[str, str]] = set()

    def walk(value: Any, place: str) -> None:
        if isinstance(value, dict):
            for key, item in value.items():
                walk(item, f"{place}.{key}" if place else str(key))
        elif isinstance(value, list):
            for index, item in enumerate(value):
                named = item.get("id", index) if isinstance(item, dict) else index
                walk(item, f"{place}.{named}")
        elif isinstance(value, str) and SECRET_REFERENCE.match(value):
            found.add((value, place))

    walk(workspace.loaded.document.data, "")
    return found


def _checked(name: str) -> str:
    if not _NAME.match(name):
        raise UsageError(
            f"{name!r} cannot be a secret's name.",
            remedy="Use letters, digits, '-', '_' and '.', as in x-brand.",
        )
    return name


def _read_value(name: str) -> str:
    value = getpass.getpass(f"Secret for {name}: ") if sys.stdin.isatty() else sys.stdin.readline()
    if not value.strip():
        raise UsageError("an empty secret was not kept.", remedy="Type it at the prompt, or pipe it in.")
    return value.strip()
