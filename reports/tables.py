"""The tables of a review, in the order a reader wants them: one CSV file or one sheet each.

A row is a mapping with a value for each of the table's columns; None is an empty cell. Judgements say
``yes``, ``no`` or ``unknown``, never an empty cell. A new table is a `Table` and its place in `TABLES`.
"""

from __future__ import annotations

from reports.access_tables import ACCOUNTS, APPS, COVERAGE, GRANTS, PEOPLE
from reports.cells import Table
from reports.exposure_table import EXPOSURE
from reports.finding_tables import FINDINGS, REMOVALS, RULES, STANDARDS
from reports.impersonator_table import IMPERSONATORS
from reports.waiver_table import WAIVERS

TABLES: tuple[Table, ...] = (
    FINDINGS,
    WAIVERS,
    REMOVALS,
    GRANTS,
    ACCOUNTS,
    APPS,
    PEOPLE,
    EXPOSURE,
    IMPERSONATORS,
    COVERAGE,
    RULES,
    STANDARDS,
)
