"""Packs from YAML: what is read, and how every mistake is told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from auditor.errors import DocumentError, RuleError
from auditor.model.estate import FactKind
from auditor.model.finding import Severity, Verdict
from policies.columns import VIEWS
from policies.loader import built_in_packs, load_packs
from tests.policies.support_engine import packs_of, rule, write_pack

WHOLE = """
pack: {id: house, title: House rules, version: "2", description: Ours.}
rules:
  - id: no-old-access
    title: Nobody keeps access they do not use
    severity: high
    over: grants
    applies_when: principal_kind = 'human'
    fails_when: date_diff('day', last_used_at, as_of) > $days and not mfa
    message: "{{ principal_name }} has not used {{ account_name }} for {{ last_used_at | days_ago }} of {{ $days }} days"
    unknown: "Nobody knows when {{ principal_name }} last used {{ account_name }}"
    remediation: Remove it.
    rationale: Unused access is risk without use.
    params: {days: 90}
    references: {cis: ["5.3"]}
    examples:
      - {given: {principal_kind: human, mfa: false, last_used_at: 2025-01-01}, verdict: fail}
"""
MISTAKES = [
    ("id: no-old-access", "id: No_Old_Access", 4, "small letters"),
    ("severity: high", "severity: hihg", 6, "Did you mean 'high'"),
    ("over: grants", "over: grant", 7, "Did you mean 'grants'"),
    ("    title:", "    titel:", 5, "Did you mean 'title'"),
    ("    rationale:", "    because:", 13, "no such key"),
    ("version:", "verison:", 2, "Did you mean 'version'"),
    ("principal_kind = 'human'", "principal_kin = 'human'", 8, "Did you mean 'principal_kind'"),
    ("and not mfa", "and not (select mfa)", 9, "a query of its own"),
    ("> $days", "> $dyas", 9, "Did you mean 'days'"),
    ("{{ principal_name }} has", "{{ principal_nam }} has", 10, "Did you mean 'principal_name'"),
    ("| days_ago", "| days_aog", 10, "Did you mean 'days_ago'"),
    ("| days_ago", "| platform", 10, "on last_used_at, which is of type TIMESTAMPTZ"),
    ("{{ $days }}", "{{ $dayz }}", 10, "Did you mean 'days'"),
    ("{{ $days }}", "{{ days() }}", 10, "neither a column nor a parameter"),
    ("{{ $days }}", "{% days %}", 10, "stray"),
    ("Nobody knows when {{", "Nobody knows when {{{", 11, "neither"),
    ("params: {days: 90}", "params: {days: {a: 1}}", 14, "neither text"),
    ("params: {days: 90}", "params: {days: 90, weeks: 1}", 14, "read by nothing"),
    ('references: {cis: ["5.3"]}', 'references: {cis: "5.3"}', 15, "list of clauses"),
    ("mfa: false,", "mfaa: false,", 17, "Did you mean 'mfa'"),
    ("verdict: fail", "verdict: fails", 17, "Did you mean 'fail'"),
    ("    severity: high\n", "", 4, "severity is missing"),
    ("    fails_when: date", "    fails_when: 1\n    applies_when: date", 10, "given twice"),
]


def load(tmp_path: Path, text: str) -> None:
    """Load ``text`` as a pack."""
    path = tmp_path / "house.yaml"
    path.write_text(text, encoding="utf-8")
    load_packs(["house.yaml"], base_dir=tmp_path)


def test_a_whole_rule_is_read(tmp_path: Path) -> None:
    """Every key of a rule arrives, with the columns and kinds of fact its verdict depends on."""
    path = tmp_path / "house.yaml"
    path.write_text(WHOLE, encoding="utf-8")
    (pack,) = load_packs(["house.yaml"], base_dir=tmp_path)
    (read,) = pack.rules
    assert (pack.id, pack.version, pack.description, read.pack) == ("house", "2", "Ours.", "house")
    assert (read.id, read.severity, read.over, read.line) == ("no-old-access", Severity.HIGH, "grants", 4)
    assert read.columns == {"principal_kind", "last_used_at", "as_of", "mfa"}
    assert read.kinds == (FactKind.GRANTS, FactKind.LAST_USED, FactKind.MFA)
    assert dict(read.params) == {"days": 90}
    assert dict(read.references) == {"cis": ("5.3",)}
    assert read.examples[0].verdict is Verdict.FAIL


@pytest.mark.parametrize(("right", "wrong", "line", "said"), MISTAKES)
def test_every_mistake_names_file_line_and_mend(
    tmp_path: Path, right: str, wrong: str, line: int, said: str
) -> None:
    """A mistake is refused with the file, its line and what to do."""
    assert right in WHOLE
    with pytest.raises(DocumentError, match=re.escape(said)) as caught:
        load(tmp_path, WHOLE.replace(right, wrong, 1))
    assert caught.value.path.endswith("house.yaml")
    assert caught.value.line == line


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not a mapping"),
        ("pack: {id: a, title: b}\nrules: []", "no rule"),
        ("pack: {id: a, title: b}\nrules:", "missing"),
        ("pack: {id: a, title: b}", "missing"),
        ("pack: {id: a, title: b}\nrules: {x: 1}", "no rule"),
        ("pack: {id: a, title: b}\nrules: [one]", "not a mapping"),
        ("pack: {title: b}\nrules: [one]", "missing"),
        ("- 1", "not a mapping"),
    ],
)
def test_a_file_without_rules_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """A file that holds no rule is an error: judged by it, everything would look clean."""
    with pytest.raises(RuleError, match=said):
        load(tmp_path, text)


def test_no_pack_at_all_is_refused(tmp_path: Path) -> None:
    """An empty list of packs is an error that names the ones there are."""
    with pytest.raises(RuleError, match="least-privilege"):
        load_packs([], base_dir=tmp_path)


def test_an_unknown_pack_is_refused(tmp_path: Path) -> None:
    """A misspelt built-in pack is told with the nearest one; a missing file as missing."""
    with pytest.raises(RuleError, match="Did you mean 'hipaa-social'"):
        load_packs(["hippa-social"], base_dir=tmp_path)
    with pytest.raises(DocumentError, match="cannot be read"):
        load_packs(["./nowhere.yaml"], base_dir=tmp_path)


def test_rule_ids_are_unique_across_packs(tmp_path: Path) -> None:
    """The same rule id in two packs, or one pack named twice, is refused with both places."""
    write_pack(tmp_path, rule("mfa"), name="one")
    write_pack(tmp_path, rule("not mfa"), name="two")
    with pytest.raises(
        RuleError, match=r"two\.yaml:3: the rule id 'the-rule' is already taken by .*one\.yaml:3"
    ):
        load_packs(["one.yaml", "two.yaml"], base_dir=tmp_path)
    with pytest.raises(RuleError, match="loaded twice"):
        load_packs(["one.yaml", "./one.yaml"], base_dir=tmp_path)


def test_built_in_packs_load_by_their_names(tmp_path: Path) -> None:
    """The packs that come along load together, by name, from wherever one stands."""
    packs = load_packs(built_in_packs(), base_dir=tmp_path)
    assert {pack.id for pack in packs} == set(built_in_packs())
    assert all(pack.rules for pack in packs)


def test_a_built_in_pack_is_read_once_and_a_file_each_time(tmp_path: Path) -> None:
    """Inspecting our own rules anew would find what it found before; a file may have been edited."""
    ours = built_in_packs()[:1]
    assert load_packs(ours, base_dir=tmp_path)[0] is load_packs(ours, base_dir=tmp_path)[0]
    for title in ("Old", "New"):
        (tmp_path / "house.yaml").write_text(WHOLE.replace("House rules", title), encoding="utf-8")
        (read,) = load_packs(["house.yaml"], base_dir=tmp_path)
        assert read.title == title


def test_days_and_lists_can_be_parameters(tmp_path: Path) -> None:
    """A parameter may be a number, a text, a day, true or false, or a list of texts."""
    more = "params: {words: [x, facebook], day: 2026-01-01, share: 0.5, strict: true}"
    text = rule(
        "platform in $words and granted_at > cast($day as date) and tier > $share and mfa = $strict",
        more=more,
    )
    (pack,) = packs_of(tmp_path, text)
    assert dict(pack.rules[0].params) == {
        "words": ("x", "facebook"),
        "day": "2026-01-01",
        "share": 0.5,
        "strict": True,
    }


def test_columns_of_a_view_have_meanings() -> None:
    """Every published column has a type and a meaning, and is named once in its view."""
    for view in VIEWS.values():
        names = [column.name for column in view.columns]
        assert len(names) == len(set(names))
        assert all(column.type and column.meaning for column in view.columns)
        assert view.column(view.key) is not None


def test_a_rule_may_call_for_a_removal(tmp_path: Path) -> None:
    """``removes`` says what a fail takes away; most rules take nothing away."""
    write_pack(tmp_path, rule("mfa", more="removes: app"), name="one")
    write_pack(tmp_path, rule("mfa").replace("the-rule", "another"), name="two")
    one, two = load_packs(["one.yaml", "two.yaml"], base_dir=tmp_path)
    assert (one.rules[0].removes, two.rules[0].removes) == ("app", None)


@pytest.mark.parametrize(
    ("wrong", "said"), [("acess", "Did you mean 'access'"), ("everything", "There are: access, app")]
)
def test_a_rule_removes_access_or_an_app_and_nothing_else(tmp_path: Path, wrong: str, said: str) -> None:
    """Another word is refused with its line and the nearest right one."""
    write_pack(tmp_path, rule("mfa", more=f"removes: {wrong}"), name="one")
    with pytest.raises(RuleError, match=said) as caught:
        load_packs(["one.yaml"], base_dir=tmp_path)
    assert caught.value.line is not None


def test_built_in_rules_that_end_access_say_so(tmp_path: Path) -> None:
    """Leavers and strangers lose access; whoever lacks MFA or holds too much does not."""
    packs = load_packs(built_in_packs(), base_dir=tmp_path)
    removes = {rule.id: rule.removes for pack in packs for rule in pack.rules}
    assert {removes[rule] for rule in ("former-staff-access", "known-holders", "dormant-access")} == {
        "access"
    }
    assert {removes[rule] for rule in ("app-in-inventory", "app-messages-covered")} == {"app"}
    assert {removes[rule] for rule in ("mfa-every-holder", "access-within-matrix", "leave-access")} == {None}


def test_of_several_mistakes_the_first_is_told(tmp_path: Path) -> None:
    """Conditions are checked together; a pack that is not usable names the first rule that is not, as before."""
    text = WHOLE.replace("and not mfa", "and mfa + 1") + WHOLE.partition("rules:")[2].replace(
        "severity: high", "severity: hihg"
    ).replace("no-old-access", "another")
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(RuleError) as caught:
        load_packs(["own.yaml"], base_dir=tmp_path)
    assert caught.value.line == 9
    assert "fails_when does not fit the columns" in str(caught.value)
