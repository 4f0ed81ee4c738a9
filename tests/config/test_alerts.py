"""The section alerts: what it takes, and the sentence for each slip."""

from __future__ import annotations

import re
from datetime import time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.config import load_config
from auditor.config.alerts import AlertsSection, digest_times, matches
from auditor.errors import ConfigError

WHOLE = """\
  targets:
    security: {mail: [secops@riverside.example]}
    owners: {owner: true}
    chat: {apprise: "keyring:chat"}
    siem: {webhook: {url: "https://siem.example/in", secret: "keyring:hook", timeout: 5s}}
  routes:
    - when: {severity: high, rules: [former-*], platforms: [x], tiers: [1, 2], owners: ["*@riverside.example"]}
      to: [security, owner]
      quiet_hours: {from: "22:00", to: "07:00"}
      escalate: {after: 4h, to: [chat]}
      final: true
    - {when: {kinds: ["drift.*"], severity: low}, to: [siem], mode: digest, digest: weekly mon 08:30}
  operators: [it@riverside.example, chat]
  storm: 10
"""


def load(folder: Path, section: str) -> AlertsSection:
    """Return the section as the configuration file has it."""
    path = folder / "auditor.yaml"
    path.write_text(f"organization: {{name: Riverside Health}}\nalerts:\n{section}", encoding="utf-8")
    return load_config(path).config.alerts


def test_every_key_is_taken(tmp_path: Path) -> None:
    """The example of the docs loads, with durations and times as values."""
    section = load(tmp_path, WHOLE)
    assert section.routes is not None
    first, second = section.routes
    assert first.escalate is not None
    assert first.quiet_hours is not None
    assert first.escalate.after == timedelta(hours=4)
    assert (first.quiet_hours.start, first.quiet_hours.end) == (time(22), time(7))
    assert digest_times(second.digest) == (time(8, 30), 0)


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ("  routes: [{to: [nobody]}]\n", "no target 'nobody'; there are owner, recipients"),
        ("  operators: [owner]\n", "no owner"),
        ("  operators: ['a b@x.example']\n", "is no address"),
        ("  targets: {owner: {owner: true}}\n", "always there"),
        ("  targets: {a: {owner: true, mail: [a@x.example]}}\n", "exactly one"),
        ("  targets: {a: {apprise: 'slack://token'}}\n", "a secret must not stand in this file"),
        ("  targets: {a: {webhook: {url: 'ftp://x', secret: 'env:S'}}}\n", "https://host/path"),
        ("  routes: [{to: [owner], when: {kinds: [finding.nwe]}}]\n", "fits no kind of event"),
        ("  routes: [{to: [owner], digest: daily 8}]\n", "write hourly"),
        ("  routes: [{to: [owner], digest: daily 09:00}]\n", "mode: digest"),
        ("  routes: [{to: [owner], mode: digest, digest: weekly xxx 08:00}]\n", "write hourly"),
        ("  routes: [{to: [owner], quiet_hours: {from: '24:00', to: '07:00'}}]\n", "such as"),
        ("  routes: [{to: [owner], quiet_hours: {from: '07:00', to: '07:00'}}]\n", "same time"),
        ("  routes: [{to: [owner], escalate: {after: 4, to: [owner]}}]\n", "with its unit"),
        ("  routes: [{too: [owner]}]\n", "no such key"),
    ],
)  # fmt: skip
def test_a_slip_is_told_with_its_line(tmp_path: Path, section: str, told: str) -> None:
    """Nothing is silently left out: file, line and what to write."""
    with pytest.raises(ConfigError, match=re.escape(told)) as caught:
        load(tmp_path, section)
    assert "auditor.yaml:" in str(caught.value)
    assert "token" not in str(caught.value)


@given(st.text(max_size=12), st.text(max_size=12))
def test_a_pattern_fits_the_whole_or_nothing(pattern: str, text: str) -> None:
    """Without a wildcard a pattern fits itself alone; a part of a text is never enough."""
    if not set("*?") & set(pattern):
        assert matches(pattern, text) is (pattern == text)
    assert matches("*", text)
    assert matches(f"{'?' * len(text)}", text)
    assert not matches(f"{'?' * (len(text) + 1)}", text)


def test_the_example_of_the_docs_loads(tmp_path: Path) -> None:
    """What docs/alerts.md shows is what the program takes."""
    page = (Path(__file__).parents[2] / "docs" / "alerts.md").read_text(encoding="utf-8")
    found = re.search(r"```yaml\n(alerts:.*?)```", page, re.DOTALL)
    assert found is not None
    section = load(tmp_path, found.group(1).removeprefix("alerts:\n"))
    assert section.routes is not None
    assert len(section.routes) == 3
