"""The built-in packs as documents: complete, consistent, and the same as their page."""

from __future__ import annotations

import re
from typing import Any

import pytest

from auditor.model.finding import Severity
from policies.columns import VIEWS
from tests.policies.support_packs import (
    COLUMN_IN_TEXT,
    PACKS,
    ROOT,
    STANDARDS,
    TABLE_BEGINS,
    all_rules,
    rules_of,
    rules_table,
)

RULES = [pytest.param(rule, id=rule["id"]) for _pack, rule in all_rules()]


def test_there_are_at_least_thirty_five_rules() -> None:
    """The packs hold what the product promises, each id once."""
    ids = [rule["id"] for _pack, rule in all_rules()]
    assert len(ids) >= 35
    assert len(ids) == len(set(ids))
    assert all(rules_of(pack) for pack in PACKS)


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_says_everything_a_reader_needs(rule: dict[str, Any]) -> None:
    """No built-in rule leaves out its reason, its remedy, its unknown or its references."""
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule["id"])
    assert Severity.parse(rule["severity"])
    assert rule["over"] in VIEWS
    for part in ("title", "message", "unknown", "remediation", "rationale"):
        assert rule[part].strip(), part
    assert not rule["title"].endswith(("?", ".")), "a title is an obligation, not a question"
    assert set(rule["references"]) <= set(STANDARDS)
    assert rule["references"]


@pytest.mark.parametrize("rule", RULES)
def test_a_remediation_begins_with_a_step(rule: dict[str, Any]) -> None:
    """The first line is something to do; the lines after it say where."""
    lines = rule["remediation"].strip().splitlines()
    assert len(lines) >= 2
    assert lines[0].endswith((".", ":")) or ":" in lines[0]


@pytest.mark.parametrize("rule", RULES)
def test_a_message_names_things_by_their_names(rule: dict[str, Any]) -> None:
    """Texts show published columns or the rule's own parameters, never an id; only dates and platforms are formatted."""
    known = {column.name for column in VIEWS[rule["over"]].columns} | {f"${name}" for name in rule["params"]}
    shown = COLUMN_IN_TEXT.findall(rule["message"] + rule["unknown"])
    assert shown, "a finding must say whom or what it is about"
    for slot in shown:
        name, _, applied = (part.strip() for part in slot.partition("|"))
        assert name in known
        assert not name.endswith(("_id", "_key"))
        assert applied in ("", "date") or (name, applied) == ("platform", "platform")


@pytest.mark.parametrize("rule", RULES)
def test_examples_show_a_fail_a_pass_and_an_unknown(rule: dict[str, Any]) -> None:
    """Every rule is shown at work in its three answers, on columns its view has."""
    columns = {column.name for column in VIEWS[rule["over"]].columns}
    assert {"fail", "pass", "unknown"} <= {example["verdict"] for example in rule["examples"]}
    for example in rule["examples"]:
        assert set(example["given"]) <= columns


def test_every_reference_is_explained() -> None:
    """docs/standards.md has a gloss for each id used, under its own standard, and for no other."""
    page = (ROOT / "docs" / "standards.md").read_text(encoding="utf-8")
    explained: dict[str, set[str]] = {}
    for section in page.split("\n## ")[1:]:
        standard = re.search(r"\(`([a-z0-9-]+)`\)", section.splitlines()[0])
        assert standard
        explained[standard[1]] = set(re.findall(r"^\| ([A-Z0-9][^ |]*) \|", section, re.MULTILINE))
    used: dict[str, set[str]] = {standard: set() for standard in STANDARDS}
    for _pack, rule in all_rules():
        for standard, ids in rule["references"].items():
            used[standard] |= set(ids)
    assert used == explained


def test_nothing_claims_compliance() -> None:
    """A rule supports evidence for a control; it never says that one is met."""
    for _pack, rule in all_rules():
        texts = " ".join(
            str(rule[part]) for part in ("title", "message", "unknown", "remediation", "rationale")
        )
        assert not re.search(r"\b(compliant|complies|compliance|satisf)", texts, re.IGNORECASE)


def test_the_page_lists_every_rule_as_it_is() -> None:
    """docs/packs.md is true; `python -m tests.policies.support_packs` writes it anew."""
    page = (ROOT / "docs" / "packs.md").read_text(encoding="utf-8")
    assert page.split(TABLE_BEGINS)[1].strip() == rules_table().strip()


def test_the_packs_reach_every_view_that_holds_access() -> None:
    """No published view with a subject of its own is left without a rule."""
    assert {rule["over"] for _pack, rule in all_rules()} == set(VIEWS)


def test_the_meta_baseline_judges_meta_only() -> None:
    """A rule of Meta's advice is not applicable on any other platform."""
    for rule in rules_of("meta-baseline"):
        assert rule["applies_when"].startswith("platform in ('facebook', 'instagram')")


def test_parameters_are_used() -> None:
    """A parameter nobody reads would be a number that changes nothing."""
    for _pack, rule in all_rules():
        text = f"{rule.get('applies_when', '')} {rule['fails_when']}"
        assert set(re.findall(r"\$(\w+)", text)) == set(rule["params"]), rule["id"]
