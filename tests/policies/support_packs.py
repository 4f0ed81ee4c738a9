"""Reads the built-in packs as plain documents, and writes the table of rules in docs/packs.md.

``python -m tests.policies.support_packs`` writes the table anew after a pack has changed.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from auditor.documents import load_yaml

ROOT = Path(__file__).resolve().parents[2]
PACKS = ("least-privilege", "hipaa-social", "meta-baseline", "mfa-custody")
STANDARDS = ("hipaa", "nist-800-53", "cis", "soc2", "iso-27001")
TABLE_BEGINS = "<!-- the tables below are written by: python -m tests.policies.support_packs -->"
COLUMN_IN_TEXT = re.compile(r"\{\{\s*(.*?)\s*\}\}")


def pack_path(pack: str) -> Path:
    """Return where a built-in pack lies."""
    return ROOT / "policies" / "packs" / f"{pack}.yaml"


def rules_of(pack: str) -> list[dict[str, Any]]:
    """Return the rules of a built-in pack as written."""
    return list(load_yaml(pack_path(pack)).data["rules"])


def all_rules() -> list[tuple[str, dict[str, Any]]]:
    """Return every built-in rule with the id of its pack."""
    return [(pack, rule) for pack in PACKS for rule in rules_of(pack)]


def rules_table() -> str:
    """Return the tables of docs/packs.md as they should be."""
    return "\n".join(_pack_section(pack) for pack in PACKS)


def _pack_section(pack: str) -> str:
    head = load_yaml(pack_path(pack)).data["pack"]
    lines = [
        f"## {head['title']} (`{head['id']}`, version {head['version']})",
        "",
        head["description"],
        "",
        "| rule | obligation | severity | judges | parameters | supports evidence for |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    return "\n".join([*lines, *(_row(rule) for rule in rules_of(pack)), ""])


def _row(rule: dict[str, Any]) -> str:
    params = ", ".join(f"`{name}`: {_shown(value)}" for name, value in rule.get("params", {}).items())
    references = "; ".join(
        f"{standard} {', '.join(rule['references'][standard])}"
        for standard in STANDARDS
        if standard in rule["references"]
    )
    cells = (f"`{rule['id']}`", rule["title"], rule["severity"], rule["over"], params or "none", references)
    return f"| {' | '.join(cells)} |"


def _shown(value: object) -> str:
    return " ".join(str(part) for part in value) if isinstance(value, list) else str(value)


def rewrite_page() -> None:
    """Replace the tables in docs/packs.md; the text before them stays."""
    page = ROOT / "docs" / "packs.md"
    before = page.read_text(encoding="utf-8").split(TABLE_BEGINS)[0]
    page.write_text(f"{before}{TABLE_BEGINS}\n\n{rules_table()}", encoding="utf-8")


if __name__ == "__main__":
    rewrite_page()
