"""Thirty rules over joined grants that every language can say: comparisons joined by AND.

A row is a hit where every comparison is true. A cell that is not known is left out of the row, and a
comparison with it is not true; three-valued SQL says the same of NULL. Columns are those of our view
``grants``; the ages in days, which a language without dates lacks, are given to the peers as numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

Value = str | int | bool | tuple[str, ...]
META = ("facebook", "instagram")
PEOPLE = ("human", "shared")


@dataclass(frozen=True, slots=True)
class Term:
    """One comparison; ``op`` is eq, ne, in, gt, ge or lt."""

    column: str
    op: str
    value: Value


AGES = {
    "idle_days": ("last_used_at", "today - cast(last_used_at as date)"),
    "unseen_days": ("principal_last_active_at", "today - cast(principal_last_active_at as date)"),
    "held_days": ("granted_at", "today - cast(granted_at as date)"),
    "days_left": ("expires_at", "cast(expires_at as date) - today"),
    "days_employed": ("person_hired_on", "today - person_hired_on"),
    "days_since_left": ("person_left_on", "today - person_left_on"),
}
"""Ages in days: the name a peer sees, our column, and the SQL by which our rules compute the age themselves."""


def _rule(text: str, **more: Value) -> tuple[Term, ...]:
    """Read ``column op value`` triples, separated by commas; names in ``more`` stand for their value."""
    terms = []
    for part in text.split(","):
        column, op, word = part.split()
        value: Value = more[word] if word in more else _plain(word)
        terms.append(Term(column, op, value))
    return tuple(terms)


def _plain(word: str) -> Value:
    if word in ("true", "false"):
        return word == "true"
    return int(word) if word.isdigit() else word


_HELD = "grant_status ne removed"
RULES: dict[str, tuple[Term, ...]] = {
    "former-staff": _rule(f"principal_kind eq human, person_status eq terminated, {_HELD}"),
    "left-long-ago": _rule(f"days_since_left gt 30, {_HELD}, person_status eq terminated"),
    "future-hire": _rule("principal_kind eq human, grant_status eq active, person_status eq future"),
    "on-leave": _rule("principal_kind eq human, grant_status eq active, person_status eq leave"),
    "shared-login": _rule(f"phi_exposed eq true, {_HELD}, principal_kind eq shared"),
    "above-administration": _rule(f"{_HELD}, allowed_rank eq 4, level_rank gt 4"),
    "above-care": _rule(f"{_HELD}, allowed_rank eq 2, level_rank gt 2"),
    "messages-not-allowed": _rule(f"{_HELD}, can_message eq true, allowed_messages eq false"),
    "granting-not-allowed": _rule(f"{_HELD}, can_grant eq true, allowed_rank lt 6"),
    "dormant": _rule("grant_status eq active, principal_kind in people, idle_days gt 90", people=PEOPLE),
    "dormant-admin": _rule("grant_status eq active, level_rank ge 7, idle_days gt 45"),
    "holder-unseen": _rule("grant_status eq active, principal_kind eq human, unseen_days gt 78"),
    "agency-level": _rule(f"principal_kind eq agency, {_HELD}, level_rank gt 5"),
    "agency-unlisted": _rule(f"principal_kind eq agency, {_HELD}, in_inventory eq false"),
    "agency-messages": _rule(f"principal_kind eq agency, {_HELD}, can_message eq true"),
    "suspended-holder": _rule(
        "grant_status eq active, principal_status in gone", gone=("suspended", "removed")
    ),
    "ends-soon": _rule(f"{_HELD}, days_left lt 7"),
    "never-ending-contractor": _rule(
        f"person_kind in outside, {_HELD}, days_left gt 200", outside=("contractor", "agency")
    ),
    "contract-ended": _rule(
        f"principal_kind eq human, person_kind eq contractor, {_HELD}, days_since_left gt 0"
    ),
    "system-user-admin": _rule(
        f"platform in meta, principal_kind eq service, {_HELD}, level_rank gt 5", meta=META
    ),
    "partner-full-control": _rule(
        f"platform in meta, principal_kind eq agency, {_HELD}, level_rank ge 6", meta=META
    ),
    "past-the-portfolio": _rule(
        f"platform in meta, account_kind ne portfolio, {_HELD}, via eq direct", meta=META
    ),
    "holder-without-mfa": _rule(f"principal_kind in people, {_HELD}, mfa eq false", people=PEOPLE),
    "admin-without-mfa": _rule("level_rank ge 7, grant_status eq active, mfa eq false"),
    "private-mail": _rule(f"principal_kind eq human, {_HELD}, email_is_public eq true"),
    "outside-mail": _rule(f"principal_kind eq human, {_HELD}, email_in_organization eq false"),
    "unmatched-holder": _rule(f"principal_kind eq human, {_HELD}, person_matched eq false"),
    "new-starter-admin": _rule("days_employed lt 180, level_rank ge 6, grant_status eq active"),
    "first-tier-moderator": _rule("tier eq 1, department eq Care, level_rank ge 4, grant_status eq active"),
    "old-invitation": _rule("grant_status eq invited, held_days gt 700"),
}
COLUMNS = tuple(dict.fromkeys(term.column for terms in RULES.values() for term in terms))
"""Every column the rules look at; a peer's rows have these and no others."""


def fails_sql(terms: tuple[Term, ...]) -> str:
    """Return the rule as an expression over our view."""
    return " and ".join(_comparison(term) for term in terms)


def applies_sql(terms: tuple[Term, ...]) -> str:
    """Return whom the rule concerns: grants that have the dates it looks at. Empty: all of them.

    Without it our engine would report, with reason and remedy, a million grants whose end is not known.
    """
    return " and ".join(f"{AGES[term.column][0]} is not null" for term in terms if term.column in AGES)


def column_sql(name: str) -> str:
    """Return what a peer's cell is in our view."""
    return AGES[name][1] if name in AGES else name


def _comparison(term: Term) -> str:
    name = column_sql(term.column)
    if term.op == "in":
        assert isinstance(term.value, tuple)
        return f"{name} in ({', '.join(repr(word) for word in term.value)})"
    sign = {"eq": "=", "ne": "<>", "gt": ">", "ge": ">=", "lt": "<"}[term.op]
    value = repr(term.value).lower() if isinstance(term.value, bool) else repr(term.value)
    return f"{name} {sign} {value}"
