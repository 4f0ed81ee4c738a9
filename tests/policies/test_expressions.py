"""Conditions from outside: what is let through, what is refused, and the room they run in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.errors import AuditorError
from policies.columns import VIEWS
from policies.expressions import FUNCTIONS, ExpressionError, Inspector, bind
from policies.messages import FILTERS
from policies.rule import Expression, ParamValue
from policies.sandbox import connect, literal, time_limit, told_failures

PARAMS: dict[str, ParamValue] = {"days": 90, "words": ("a", "b'c"), "text": "x", "share": 0.5, "on": True}

LET_THROUGH = [
    "person_status = 'terminated' and grant_status <> 'removed'",
    "not mfa",
    "mfa is null",
    "mfa is not true",
    "mfa is distinct from false",
    "last_used_at < as_of - interval 90 day",
    "last_used_at < as_of - interval ($days) day",
    "granted_at < as_of - to_days($days)",
    "person_left_on + $days < today",
    "date_diff('day', last_used_at, as_of) > $days",
    "level_rank > allowed_rank or allowed_rank = 0",
    "level in ('admin', 'manager')",
    "platform in $words",
    "'sms' in mfa_methods and len(mfa_methods) = 1",
    "list_has_any(tasks, $words)",
    "training['hipaa'] < today - interval 1 year",
    "coalesce(granted_at, observed_at) < as_of",
    "case when mfa then tier = 1 else true end",
    "tier between 1 and 2",
    "principal_name ilike '%bot%'",
    "principal_email_domain = lower('X.example')",
    "cast(granted_at as date) = date '2026-01-01'",
    "(((mfa)))",
    "mfa -- a remark",
    "mfa /* a remark */ and tier = 1",
    "principal_name = 'it''s; drop table x'",
    "principal_name = $$odd$$",
    "tier * 1.5 > $share",
]

REFUSED = [
    # not one expression
    "", "   ", "mfa; drop table grants", "mfa; select 1", "mfa, mfa", "mfa as x", "mfa x", "distinct mfa", "mfa)", "(mfa",
    "mfa) or (tier = 1", "mfa from grants", "mfa where true", "mfa order by 1", "mfa limit 1", "mfa union select true",
    "mfa) from grants where (true", "mfa /*", "mfa group by mfa", "mfa qualify true", "mfa using sample 1", "with x as (select 1) select mfa",
    "insert into grants values (1)", "pragma version", "attach 'x.db'", "copy grants to 'x'", "set threads = 1",
    # a query, a window, an aggregate, a lambda, all columns
    "(select true)", "mfa and exists (select 1)", "tier in (select 1)", "tier = any(select 1)", "mfa = any([true])",
    "count(*) > 1", "sum(tier) > 1", "bool_or(mfa)", "row_number() over () = 1", "lag(mfa) over (order by tier)",
    "list_filter(tasks, lambda x: x = 'a') = tasks", "list_transform(tasks, x -> x) = tasks", "[x for x in tasks] = tasks",
    "*", "columns('m.*')", "columns(*) = 1", "unnest(tasks) = 'a'", "#1 = tier", "mfa collate nocase",
    # files, network, system, clock, chance, time
    "read_text('/etc/passwd') = title", "read_csv('/etc/passwd') = title", "glob('/*') = tasks", "getenv('HOME') = title",
    "current_setting('memory_limit') = title", "getvariable('as_of') = as_of", "version() = title", "current_user = title",
    "current_database() = title", "query('select 1') and mfa", "query_table('grants') = 1", "pragma_version() = title",
    "now() > as_of", "current_date > today", "current_timestamp > as_of", "today() > today", "get_current_timestamp() > as_of",
    "random() > 0.5 and mfa", "uuid() = title", "nextval('s') = tier", "sleep_ms(1000) is null and mfa", "txid_current() = tier",
    "repeat(title, 1000000000) = title", "range(1000000000) = tasks", "generate_series(1, 1000000000) = tasks", "error('x') and mfa",
    "pg_sleep(1) is null and mfa", "write_log('x') is null and mfa", "sha256(title) = title", "main.read_text('x') = title",
    "system.main.getenv('HOME') = title", "pg_catalog.version() = title", "getenv ( 'HOME' ) = title", '"getenv"(\'HOME\') = title', "title.getenv() = title",
    # what skips NULL, and so would turn "not known" into an answer
    "greatest(tier, 1) = 1", "least(tier, 1) = 1", "concat(title, 'x') = 'x'", "concat_ws(',', title) = ''", "list_concat(tasks, tasks) = tasks",
    # columns and parameters that are not there
    "grants.mfa", "main.grants.mfa", "rowid = 1", "person_statu = 'x'", "mfa.x", "tier.at_least > 1", "holders > 1", "_stale is null",
    "$missing = 1 and mfa", "$1 = tier", "? = tier", "$DAYS = tier",
    # of no use as a condition
    "true", "1 = 1", "tier", "title", "null", "tier = 1 = 'x'::json", "title::json = 'x'", "title::blob = 'x'", "title::unknown_type = 1",
    "try_cast(title as uuid) = title", "holders",
]  # fmt: skip


@pytest.fixture(scope="module")
def inspector() -> Iterator[Inspector]:
    """One inspector for the whole file."""
    with closing(Inspector()) as made:
        yield made


def read(inspector: Inspector, text: str, view: str = "grants") -> Expression:
    """Read ``text`` as a condition over ``view``."""
    return inspector.read(text, VIEWS[view], PARAMS)


@pytest.mark.parametrize("text", LET_THROUGH)
def test_conditions_people_write_are_let_through(inspector: Inspector, text: str) -> None:
    """What rules need is allowed, and comes out as SQL that reads the same columns again."""
    expression = read(inspector, text)
    assert expression.columns
    again = read(inspector, expression.sql)
    assert (again.columns, again.params) == (expression.columns, expression.params)


@pytest.mark.parametrize("text", REFUSED)
def test_everything_else_is_refused(inspector: Inspector, text: str) -> None:
    """Anything that is not one plain condition over the view's columns is refused with a reason."""
    with pytest.raises(ExpressionError) as caught:
        read(inspector, text)
    assert caught.value.message


@settings(max_examples=150, deadline=None)
@given(
    st.text(max_size=60)
    | st.lists(
        st.sampled_from(
            ["mfa", "tier", "(", ")", "and", "not", "select", ";", "--", "'", "$days", "=", "1", ","]
        ),
        max_size=12,
    ).map(" ".join)
)
def test_no_text_breaks_the_reader(text: str) -> None:
    """Any text at all is either an inspected condition or an ExpressionError."""
    try:
        expression = _SHARED.read(text, VIEWS["grants"], PARAMS)
    except ExpressionError:
        return
    assert expression.columns <= {column.name for column in VIEWS["grants"].columns}


_SHARED = Inspector()


def test_remarks_do_not_reach_what_is_executed(inspector: Inspector) -> None:
    """Only what was inspected is executed: remarks, quotes and spaces of the author's are gone."""
    assert read(inspector, "mfa -- ) or true").sql == "mfa"
    assert "remark" not in read(inspector, "not /* remark */ mfa").sql


def test_columns_parameters_and_terms_are_told(inspector: Inspector) -> None:
    """The reader tells what a condition reads, and the terms of its outermost AND."""
    expression = read(inspector, "tier = 1 and (mfa or can_grant) and last_used_at < as_of - to_days($days)")
    assert expression.columns == {"tier", "mfa", "can_grant", "last_used_at", "as_of"}
    assert expression.params == {"days"}
    assert [term.columns for term in expression.conjuncts] == [
        {"tier"},
        {"mfa", "can_grant"},
        {"last_used_at", "as_of"},
    ]
    assert len(read(inspector, "tier = 1 or mfa").conjuncts) == 1


def test_counts_are_compared_by_their_bounds(inspector: Inspector) -> None:
    """A count is compared by the macros or by one of its bounds, never as a number."""
    for text in (
        "more_than(admins, $days)",
        "fewer_than(admins, 2)",
        "admins.at_least > 1",
        "admins.at_most is null",
    ):
        assert read(inspector, text, "accounts").columns == {"admins"}
    with pytest.raises(ExpressionError):
        read(inspector, "admins > 2", "accounts")


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("person_statu = 'x'", "Did you mean 'person_status'?"),
        ("$dys = tier", "Did you mean 'days'?"),
        ("now() > as_of", "today or as_of"),
        ("list_contain(tasks, 'x')", "Did you mean 'list_contains'?"),
        ("mfa, tier", "only the condition"),
    ],
)
def test_a_refusal_says_how_to_mend_it(inspector: Inspector, text: str, mend: str) -> None:
    """The nearest right name, or what to use instead, is part of the refusal."""
    with pytest.raises(ExpressionError) as caught:
        read(inspector, text)
    assert mend in caught.value.remedy


def test_long_and_deep_conditions_are_refused(inspector: Inspector) -> None:
    """A condition of immense length or depth is refused before it is worked on."""
    for text in (
        "mfa or " * 2000 + "mfa",
        "not " * 500 + "mfa",
        "-" * 500 + "tier = 1",
    ):
        with pytest.raises(ExpressionError):
            read(inspector, text)


def test_allowed_functions_do_not_swallow_null() -> None:
    """No allowed function of one argument answers NULL with anything but NULL."""
    with closing(connect()) as connection:
        for name in sorted(FUNCTIONS - {"list_value", "ifnull", "nullif"}):
            if not name.isidentifier():
                continue
            for kind in ("VARCHAR", "VARCHAR[]", "DATE", "INTEGER"):
                try:
                    found = connection.execute(f"SELECT {name}(CAST(NULL AS {kind}))").fetchone()
                except duckdb.Error:
                    continue
                assert found == (None,), f"{name}({kind})"


@settings(max_examples=80, deadline=None)
@given(
    st.text()
    | st.integers(-(2**62), 2**62)
    | st.booleans()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.lists(st.text(), max_size=4).map(tuple)
)
def test_parameters_arrive_as_they_are(value: ParamValue) -> None:
    """Whatever a parameter holds, quotes and dollars too, it comes out as that value and as nothing else."""
    if "\x00" in str(value):
        return
    found = _SHARED._connection.execute(f"SELECT {bind('$value', {'value': value})}").fetchone()
    assert found is not None
    assert (tuple(found[0]) if isinstance(value, tuple) else found[0]) == value


def test_binding_leaves_texts_alone() -> None:
    """A dollar inside a text or a quoted name is no parameter."""
    assert bind("a = '$x' AND \"$x\" = $x", {"x": 1}) == "a = '$x' AND \"$x\" = (1)"


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_text('{file}')",
        "SELECT * FROM '{file}'",
        "COPY (SELECT 1) TO '{folder}/out.csv'",
        "ATTACH '{folder}/x.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET memory_limit = '64GB'",
        "SET enable_external_access = true",
        "RESET lock_configuration",
        "EXPORT DATABASE '{folder}/all'",
        "SELECT * FROM secret_frame",
    ],
)
def test_every_door_of_the_room_is_locked(tmp_path: Path, statement: str) -> None:
    """Even a statement that got past the inspection finds no file, no network, no setting, no Python variable."""
    import pandas as pd

    secret_frame = pd.DataFrame({"a": [1]})
    file = tmp_path / "secret.txt"
    file.write_text("secret")
    with closing(connect()) as connection, pytest.raises(duckdb.Error):
        connection.execute(statement.format(file=file, folder=tmp_path)).fetchall()
    assert len(secret_frame) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret.txt"]


def test_a_query_that_does_not_end_is_stopped() -> None:
    """The time limit interrupts what runs too long, and says so."""
    with (
        closing(connect()) as connection,
        pytest.raises(AuditorError, match="took longer"),
        time_limit(0.2, connection),
    ):
        connection.execute(
            "SELECT count(*) FROM range(100000000) a, range(100000000) b WHERE a.range + b.range = -1"
        ).fetchall()


def test_a_query_that_needs_too_much_memory_is_stopped() -> None:
    """The memory limit ends what would need too much, and says so."""
    with (
        closing(connect(memory_limit="20MB")) as connection,
        pytest.raises(AuditorError, match="more memory"),
        told_failures(),
    ):
        connection.execute(
            "CREATE TABLE t AS SELECT range, range::VARCHAR || repeat('x', 100) AS s FROM range(5000000)"
        )


def test_the_guide_lists_what_a_rule_may_use() -> None:
    """docs/rules.md names every function, every filter and every view."""
    guide = (Path(__file__).resolve().parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
    named = set(re.findall(r"[a-z_]+", guide))
    assert {name for name in FUNCTIONS if name.isidentifier()} <= named
    assert set(FILTERS) <= named
    assert set(VIEWS) <= named


def test_instants_are_written_in_utc() -> None:
    """An instant becomes a literal in UTC whatever zone it came in."""
    assert literal(datetime(2026, 1, 1, 12, tzinfo=UTC)) == "TIMESTAMPTZ '2026-01-01T12:00:00+00:00'"
