"""Why a verdict is unknown, and what would close the gap; written in SQL, for emitted rows only.

A ladder of causes, the surest first: the row is too old, sources contradict each other, the
platform or the connection does not show it, the holder is nobody we know, a table of the
organisation's own does not say. The first that fits the row is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from auditor.model.estate import FactKind
from policies.columns import Column
from policies.messages import clean_sql
from policies.rule import Rule
from policies.sandbox import quote

_PREFIXES = ("grant_", "principal_", "account_", "vendor_", "person_")
_OWNERS_TABLE = frozenset({"tier", "phi_exposed", "owner_email", "owner_named"})
_COMPLETE = "Complete the roster."
_STATUS_WORDS = (
    " A status must be a word such as Active, On leave or Terminated, and agree with the last day."
)
_AGAIN = "Read the source again, or have the fact attested again."


@dataclass(frozen=True, slots=True)
class Cause:
    """One rung: when it applies, and SQL for what it says."""

    when: str
    reason: str
    remedy: str
    about: str
    """The kind of fact, or the table of our own, that is missing."""

    @property
    def told(self) -> Cause:
        """What it says, whenever it applies: rungs of several rules may say the same."""
        return replace(self, when="")


def causes(rule: Rule, hidden: frozenset[str]) -> tuple[Cause, ...]:
    """Return the ladder for ``rule``; ``hidden`` are the helper columns its view has."""
    read = [column for column in rule.view.columns if column.name in rule.columns and column.part != "basis"]
    return (
        *_row(rule),
        *_conflicts(read),
        *_kinds(rule, read, hidden),
        *_people(rule, read, hidden),
        *_own_tables(read, hidden),
        *_levels(rule, read),
        _rest(read),
    )


def rung_sql(ladder: tuple[Cause, ...], numbers: Mapping[Cause, int]) -> str:
    """Return SQL for the number of the first rung that fits a row; ``numbers`` leave out when it applies."""
    rungs = " ".join(f"WHEN {cause.when} THEN {numbers[cause.told]}" for cause in ladder[:-1])
    last = numbers[ladder[-1].told]
    return f"CASE {rungs} ELSE {last} END" if rungs else str(last)


def _missing(columns: list[Column]) -> str:
    terms = [
        f'"{column.name}".at_most IS NULL' if column.type == "count" else f'"{column.name}" IS NULL'
        for column in columns
    ]
    return "(" + " OR ".join(terms) + ")"


def _sentence(text: str) -> str:
    return f"{text} || '.'"


def _row(rule: Rule) -> Iterator[Cause]:
    again = (
        "CASE WHEN attested_by IS NOT NULL THEN 'Have ' || attested_by || ' attest it again.'"
        " ELSE 'Read ' || source || ' again.' END"
    )
    kind = rule.view.fact or rule.view.name
    yield Cause("_stale IS NOT NULL", _sentence("_stale"), again, quote(kind))


def _conflicts(read: list[Column]) -> Iterator[Cause]:
    cells = sorted({cell for column in read for cell in _cells(column.name)})
    if not cells or not read:
        return
    listed = ", ".join(quote(cell) for cell in cells)
    # A CASE, not an AND: nearly every row has no conflict, and then its list is not gone through.
    yield Cause(
        f"CASE WHEN len(_conflicts) > 0 AND {_missing(read)}"
        f" THEN len(list_filter(_conflicts, lambda t: split_part(t, ':', 1) IN ({listed}))) > 0 END",
        _sentence("'Sources contradict each other on ' || " + clean_sql("array_to_string(_conflicts, '; ')")),
        quote("Correct the source that is wrong."),
        quote("conflict"),
    )


def _cells(name: str) -> set[str]:
    """Return the names the cell behind a column may have in its own table."""
    plain = next((name.removeprefix(prefix) for prefix in _PREFIXES if name.startswith(prefix)), name)
    return {name, plain, plain.removesuffix("_rank"), plain.removesuffix("_domain")}


def _kinds(rule: Rule, read: list[Column], hidden: frozenset[str]) -> Iterator[Cause]:
    for kind in FactKind:
        columns = [column for column in read if column.fact == kind]
        counts = [column for column in columns if column.type == "count"]
        if kind == rule.view.fact:
            # The row is there, so a gap in the list is not why one of its cells is empty.
            columns = counts
        if not columns:
            continue
        missing = _missing(columns)
        if f"_{kind}_stale" in hidden:
            stale = f"_{kind}_stale"
            yield Cause(f"({missing} AND {stale} IS NOT NULL)", _sentence(stale), quote(_AGAIN), quote(kind))
        if "_cov_account" in hidden:
            yield Cause(
                f"({missing} AND gap_{kind}.reason IS NOT NULL)",
                f"gap_{kind}.reason",
                f"gap_{kind}.remedy",
                quote(kind),
            )


def _people(rule: Rule, read: list[Column], hidden: frozenset[str]) -> Iterator[Cause]:
    names = {column.name for column in read}
    columns = [column for column in read if column.part == "person" or column.name == "person_matched"]
    owners = [column for column in read if column.name in ("owner_status", "owner_person_id")]
    matrix = [column for column in read if column.name.startswith("allowed_")]
    if columns or owners:
        yield Cause(
            f"(NOT getvariable('has_roster') AND {_missing([*columns, *owners])})",
            quote("No roster is configured, so nobody can be matched to a person."),
            quote("Name the HR roster under roster: in auditor.yaml."),
            quote("roster"),
        )
    if matrix:
        yield Cause(
            "NOT getvariable('has_access')",
            quote("No access matrix is configured."),
            quote("Write one and name it under policies.access in auditor.yaml."),
            quote("access"),
        )
    if "_person_stale" in hidden and columns:
        yield Cause(
            f"({_missing(columns)} AND _person_stale IS NOT NULL)",
            _sentence("_person_stale"),
            quote(_AGAIN),
            quote("roster"),
        )
    if (columns or matrix) and rule.view.name in ("grants", "principals"):
        yield Cause(
            f"(person_id IS NULL AND principal_kind IS NOT DISTINCT FROM 'human' AND {_missing([*columns, *matrix])})",
            clean_sql("principal_name") + " || ' is matched to nobody in the roster.'",
            quote(
                "Match the identity to a person: 'auditor identities propose', then 'auditor identities accept'."
            ),
            quote("identity"),
        )
    if columns:
        silent = quote("oster does not say: " + _labels(columns) + ".")
        matched = f"{clean_sql('principal_name')} || ' is matched to ' || {clean_sql('person_name')}"
        yield Cause(
            _missing(columns),
            f"coalesce({matched} || ', of whom the r', 'The r') || {silent}"
            if rule.view.name in ("grants", "principals")
            else quote("The r") + f" || {silent}",
            quote(_COMPLETE + (_STATUS_WORDS if "person_status" in names else "")),
            quote("roster"),
        )
    if owners:
        named = "owner_email IS NOT NULL"
        yield Cause(
            f"({_missing(owners)} AND {named})",
            clean_sql("owner_email") + " || ' is matched to nobody in the roster.'",
            quote("Name a responsible person who is in the roster, in the owners table."),
            quote("owners"),
        )
        if "owner_email" not in names:
            yield Cause(
                _missing(owners),
                quote("No responsible person is named."),
                quote("Name one in the owners table (accounts.owners)."),
                quote("owners"),
            )


def _own_tables(read: list[Column], hidden: frozenset[str]) -> Iterator[Cause]:
    owned = [column for column in read if column.name in _OWNERS_TABLE]
    vendors = [column for column in read if column.part == "vendor" or column.name.startswith("vendor_")]
    if owned:
        yield Cause(
            _missing(owned),
            quote("The owners table does not say: " + _labels(owned) + "."),
            quote("Complete the owners table (accounts.owners)."),
            quote("owners"),
        )
    if not vendors:
        return
    yield Cause(
        f"(NOT getvariable('has_vendors') AND {_missing(vendors)})",
        quote("No table of vendors is configured."),
        quote("Name it under vendors: in auditor.yaml."),
        quote("vendors"),
    )
    if "_attested_vendor" in hidden:
        yield Cause(
            f"({_missing(vendors)} AND _attested_vendor AND in_inventory IS NULL)",
            clean_sql("app_name") + " || ' has the name of a listed vendor''s app, but another id.'",
            quote("Add its id to app_ids in the table of vendors if it is theirs; if not, revoke it."),
            quote("vendors"),
        )
    if "_vendor_stale" in hidden:
        yield Cause(
            f"({_missing(vendors)} AND _vendor_stale IS NOT NULL)",
            _sentence("_vendor_stale"),
            quote(_AGAIN),
            quote("vendors"),
        )
    yield Cause(
        _missing(vendors),
        quote("The table of vendors does not say: " + _labels(vendors) + "."),
        quote("Complete the table of vendors."),
        quote("vendors"),
    )


def _levels(rule: Rule, read: list[Column]) -> Iterator[Cause]:
    levels = [column for column in read if column.name in ("level", "level_rank")]
    if levels and rule.view.name == "grants":
        yield Cause(
            _missing(levels),
            "'The role ' || coalesce(" + clean_sql("role") + ", '(none told)') || ' maps to no known level.'",
            quote("Attest the level of this role, or report it so that it can be mapped."),
            quote("level"),
        )
    elif levels and rule.view.name == "apps":
        yield Cause(
            _missing(levels),
            quote("One of its permissions maps to no known level, or its permissions are not known."),
            quote("Attest what the app may do, or report the permission so that it can be mapped."),
            quote("level"),
        )


def _rest(read: list[Column]) -> Cause:
    """What is left: name the empty cells."""
    listed = ", ".join(
        f"CASE WHEN {_missing([column])} THEN {quote(_labels([column]))} END" for column in read
    )
    empty = f"nullif(concat_ws(', ', {listed}), '')" if listed else "NULL"
    return Cause(
        "TRUE",
        f"coalesce('Not known: ' || {empty} || '.', 'What the rule compares cannot be computed.')",
        quote(
            "Connect a source that shows what is missing, or attest it: auditor attest new grants, mfa or apps."
        ),
        quote(""),
    )


def _labels(columns: list[Column]) -> str:
    return ", ".join(column.name.replace("_", " ") for column in columns)
