"""What is known at all: coverage made into verdicts where rows are missing.

No rows is not clean. For every account and every kind of fact a rule reads, the best that any
source said of it is looked up; where that is neither observed nor attested, the rule cannot pass.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from auditor.model.estate import CoverageState, FactKind
from policies.columns import View
from policies.expressions import bind
from policies.rule import Expression, ParamValue, Rule
from policies.sandbox import quote

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NOT_READ = "not_read"
"""State of what no source said anything about."""
KIND_NAMES = {
    FactKind.ACCOUNTS: "the account's own details",
    FactKind.GRANTS: "who holds access",
    FactKind.PRINCIPALS: "the holders' standing",
    FactKind.MFA: "the holders' MFA",
    FactKind.MFA_REQUIRED: "whether MFA is enforced",
    FactKind.APPS: "connected apps",
    FactKind.LOGINS: "logins and sessions",
    FactKind.TOKENS: "API tokens",
    FactKind.RECOVERY: "the recovery address",
    FactKind.LAST_USED: "when access was last used",
    FactKind.SEEDS: "whether its TOTP seed is in custody",
}
# What decides, first to last. A platform that showed the whole list outweighs another source that failed;
# a person's word does not: what the failed source alone knew is missing from it.
_RANKS = (
    CoverageState.OBSERVED,
    CoverageState.FAILED,
    CoverageState.ATTESTED,
    CoverageState.PARTIAL,
    CoverageState.STALE,
    CoverageState.DENIED,
    CoverageState.NOT_EXPOSED,
)
_OBSERVED, _ATTESTED = _RANKS.index(CoverageState.OBSERVED), _RANKS.index(CoverageState.ATTESTED)
_SAYS = {
    CoverageState.PARTIAL: "is known only in part",
    CoverageState.STALE: "is known only from too long ago",
    CoverageState.FAILED: "could not be read",
    CoverageState.DENIED: "may not be read with the access we hold",
    CoverageState.NOT_EXPOSED: "is not shown by the platform",
}
_ACCOUNT_COLUMNS = """account_id platform account_name account_handle account_kind account_url parent_id tier
    phi_exposed owner_email owner_person_id owner_status owner_named account_verified account_published mfa_required"""
ACCOUNT_COLUMNS = frozenset(_ACCOUNT_COLUMNS.split())
"""Columns of an account itself: a term of a condition over these alone can be judged without any row."""

TABLE_COLUMNS = ("account_id", "platform", "fact", "state", "basis", "reason", "remedy", "source")
TABLE_SQL = """
    SELECT n.account_id, a.platform, n.fact, coalesce(g.state, c.state) AS state,
        CASE WHEN g.state IS NULL THEN c.basis ELSE 'unknown' END AS basis,
        coalesce(g.reason, c.reason, '') AS reason, coalesce(g.remedy, c.remedy, '') AS remedy,
        coalesce(c.source, '') AS source
    FROM (SELECT DISTINCT account_id, fact FROM needs) n
    JOIN d_accounts a USING (account_id)
    LEFT JOIN d_coverage c USING (account_id, fact)
    LEFT JOIN d_gaps g USING (account_id, fact)
    ORDER BY n.account_id, n.fact
"""


def stage(connection: DuckDBPyConnection, ages: Mapping[FactKind, int]) -> None:
    """Make ``d_coverage``: the best state of every account and kind of fact, aged as facts are."""
    old = " ".join(
        f"WHEN fact = {quote(kind)} THEN observed_at < getvariable('as_of') - to_days({days})"
        for kind, days in ages.items()
    )
    too_old = f"CASE {old} ELSE FALSE END" if old else "FALSE"
    ranks = " ".join(f"WHEN {quote(state)} THEN {rank}" for rank, state in enumerate(_RANKS))
    connection.execute(f"""
        CREATE TABLE d_coverage AS
        WITH told AS (
            SELECT *, valid_until < getvariable('as_of') AS lapsed, {too_old} AS old FROM s_coverage
            WHERE account_id IS NOT NULL AND fact IS NOT NULL AND state IS NOT NULL
        ),
        aged AS (
            SELECT account_id, fact, source, remedy, attested_by,
                CASE WHEN (lapsed OR old) AND state IN ('observed', 'attested', 'partial') THEN 'stale' ELSE state END AS state,
                CASE WHEN lapsed AND state <> 'stale' THEN coalesce(attested_by || ' attested it; that', source || '''s word')
                          || ' lapsed on ' || day_of(valid_until)
                     WHEN old AND state <> 'stale' THEN source || ' told it as of ' || day_of(observed_at) || ', too long ago'
                     ELSE nullif(trim(reason), '') END AS reason
            FROM told
        ),
        best AS (SELECT *, CASE state {ranks} END AS rank FROM aged)
        SELECT account_id, fact, arg_min(state, rank) AS state, arg_min_null(reason, rank) AS reason,
            arg_min_null(nullif(trim(remedy), ''), rank) AS remedy, arg_min(source, rank) AS source,
            min(rank) IN ({_OBSERVED}, {_ATTESTED}) AS known,
            CASE WHEN min(rank) NOT IN ({_OBSERVED}, {_ATTESTED}) THEN 'unknown'
                 WHEN min(rank) = {_ATTESTED} OR arg_min_null(attested_by, rank) IS NOT NULL THEN 'attested'
                 ELSE 'verified' END AS basis
        FROM best GROUP BY account_id, fact
    """)  # noqa: S608 - our names, inspected terms, quoted texts


def inherit(connection: DuckDBPyConnection) -> None:
    """Give an account its container's coverage of enforced MFA, as it gets the cell itself."""
    connection.execute("""
        CREATE TABLE inherited AS
        SELECT a.account_id, c.* EXCLUDE (account_id)
        FROM d_above a JOIN d_coverage c ON c.account_id = a.parent_id
        WHERE c.fact = 'mfa_required' AND c.known AND a.account_id NOT IN (
            SELECT account_id FROM d_coverage WHERE fact = 'mfa_required' AND known)
        QUALIFY row_number() OVER (PARTITION BY a.account_id ORDER BY a.height) = 1;
        DELETE FROM d_coverage WHERE fact = 'mfa_required' AND account_id IN (SELECT account_id FROM inherited);
        INSERT INTO d_coverage BY NAME SELECT * FROM inherited;
        DROP TABLE inherited;
    """)


def relate(
    connection: DuckDBPyConnection, rules: Sequence[Rule], params: Mapping[str, Mapping[str, ParamValue]]
) -> None:
    """Make ``needs``: which account must be known in which kind of fact, for which rule.

    A rule does not concern an account where a term of ``applies_when`` over the account's own
    columns is FALSE, whatever the missing rows may be; ``settled`` says that a term of
    ``fails_when`` is, so that it would pass there in any case.
    """
    asked = {number: rule for number, rule in enumerate(rules) if rule.kinds}
    kinds = ", ".join(
        f"({number}, {quote(kind)}, {place})"
        for number, rule in asked.items()
        for place, kind in enumerate(rule.kinds)
    )
    applies = {n: settled_sql(rule.applies_when, rule.view, params[rule.id]) for n, rule in asked.items()}
    fails = {n: settled_sql(rule.fails_when, rule.view, params[rule.id]) for n, rule in asked.items()}
    connection.execute(
        f"CREATE TABLE needs AS SELECT rule, account_id, fact, place, {_of_rule(fails)} AS settled"  # noqa: S608 - our names, inspected terms, quoted texts
        " FROM (SELECT *, getvariable('as_of') AS as_of, getvariable('today') AS today FROM d_accounts) a,"
        f" (VALUES {kinds or '(0, NULL, 0)'}) kinds(rule, fact, place)"
        f" WHERE fact IS NOT NULL AND NOT {_of_rule(applies)}"
    )
    connection.execute(_gaps_sql())


def settled_sql(expression: Expression | None, view: View, params: Mapping[str, ParamValue]) -> str:
    """Return SQL that is TRUE where a term over the account's own columns is FALSE.

    It can be asked of ``d_accounts`` and of the rows of ``view``. A cell that itself depends on coverage settles nothing while it is not known, whatever IS NULL
    may say of it.
    """
    # A vendor has an owner too: a column of the same name that is not the account's settles nothing.
    own = {column.name for column in view.columns if column.part == "account" or column.name == "platform"}
    own = (own & ACCOUNT_COLUMNS) | {"as_of", "today"}
    terms = []
    for term in expression.conjuncts if expression else ():
        if term.columns <= own:
            uncertain = sorted(
                column.name for column in view.columns if column.fact and column.name in term.columns
            )
            known = "".join(f" AND {name} IS NOT NULL" for name in uncertain)
            terms.append(f"coalesce(TRY({bind(term.sql, params)}) IS FALSE{known}, FALSE)")
    return " OR ".join(terms) or "FALSE"


def _of_rule(conditions: Mapping[int, str]) -> str:
    """Return SQL for the condition of the row's own rule; most have none."""
    cases = " ".join(f"WHEN {number} THEN {sql}" for number, sql in conditions.items() if sql != "FALSE")
    return f"CASE rule {cases} ELSE FALSE END" if cases else "FALSE"


def _gaps_sql() -> str:
    """Return the statement for ``d_gaps``: what is needed and not known, with reason and remedy."""
    name = _case("n.fact", KIND_NAMES)
    said = _case("c.state", _SAYS)
    return f"""
        CREATE TABLE d_gaps AS
        SELECT account_id, fact, state, source,
            coalesce(reason, upper(left(name, 1)) || substr(name, 2) || coalesce(' ' || said, ': no connection reads this') || '.')
                AS reason,
            coalesce(remedy, CASE WHEN source IS NULL THEN 'Add a connection that shows ' || name || ', or attest it.'
                ELSE 'Mend the connection ' || source || ', or attest it.' END) AS remedy
        FROM (
            SELECT n.account_id, n.fact, coalesce(c.state, {quote(NOT_READ)}) AS state, c.source, c.reason, c.remedy,
                {name} AS name, {said} AS said
            FROM (SELECT DISTINCT account_id, fact FROM needs) n LEFT JOIN d_coverage c USING (account_id, fact)
            WHERE c.known IS NOT TRUE
        )
    """  # noqa: S608 - our names, inspected terms, quoted texts


def _case(column: str, texts: Mapping[FactKind, str] | Mapping[CoverageState, str]) -> str:
    cases = " ".join(f"WHEN {quote(word)} THEN {quote(text)}" for word, text in texts.items())
    return f"CASE {column} {cases} END"
