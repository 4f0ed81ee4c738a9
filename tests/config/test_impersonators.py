"""The section ``impersonators``: what is refused, with the line and what to write."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.config import load_config
from auditor.errors import ConfigError


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("names: [{legal_name: Oakmere LLC}]", "write a name or a handle"),
        ("allowed: [{account: RiversideUK}]", "reason"),
        ("names: [{name: R, avatars: [not-a-hash]}]", "avatars"),
        ("thresholds: {element: 1.5}", "element"),
        ("dismiss_max_days: 0", "dismiss_max_days"),
        ("sources: [{id: a, source: file, path: x}, {id: a, source: file, path: y}]", "same id"),
        ("sources: [{id: 'A B', source: file}]", "id"),
        ("trade_names: []", "trade_names"),
    ],
)
def test_what_cannot_be_used_is_told(tmp_path: Path, written: str, message: str) -> None:
    """Each is an error that names the place."""
    path = tmp_path / "auditor.yaml"
    path.write_text(
        f"organization: {{name: Riverside Health}}\nimpersonators:\n  {written}\n", encoding="utf-8"
    )
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert message in str(caught.value)
    assert "auditor.yaml:" in str(caught.value)


def test_handles_are_written_with_or_without_at(tmp_path: Path) -> None:
    """People copy them either way."""
    path = tmp_path / "auditor.yaml"
    path.write_text(
        "organization: {name: Riverside Health}\n"
        "impersonators:\n"
        "  names: [{handle: '@RiversideHealth'}]\n"
        "  allowed: [{account: '@RiversideUK', reason: a namesake}]\n",
        encoding="utf-8",
    )
    section = load_config(path).config.impersonators
    assert (section.names[0].handle, section.allowed[0].account) == ("RiversideHealth", "RiversideUK")
