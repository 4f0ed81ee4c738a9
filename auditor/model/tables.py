"""The snapshot's tables: name to the fact kept in it. Store, views and reports follow this map."""

from __future__ import annotations

from auditor.model.facts import (
    Account,
    App,
    Change,
    Coverage,
    Fact,
    Grant,
    Login,
    Principal,
    SeedCustody,
    Token,
)
from auditor.model.people import Person, Vendor

FACT_TABLES: dict[str, type[Fact]] = {
    "accounts": Account,
    "principals": Principal,
    "grants": Grant,
    "apps": App,
    "logins": Login,
    "tokens": Token,
    "changes": Change,
    "seeds": SeedCustody,
    "people": Person,
    "vendors": Vendor,
    "coverage": Coverage,
}

TABLE_OF: dict[type[Fact], str] = {fact: table for table, fact in FACT_TABLES.items()}
