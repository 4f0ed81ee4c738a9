"""Writes a review as an index and a folder of pages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup

from auditor.collection import no_collection
from reports.files import whole_file
from reports.large.accounts import account_row, by_risk, write_account_lists, write_accounts
from reports.large.appendix import closes, write_apps, write_evidence, write_unknowns
from reports.large.edition import Dress, Edition
from reports.large.finder import finder
from reports.large.folder import whole_folder
from reports.large.frames import NOTHING
from reports.large.people import (
    people_by_risk,
    person_row,
    write_leavers,
    write_people,
    write_people_list,
    write_principals,
    write_removals,
)
from reports.large.rules import (
    RuleFindings,
    rule_row,
    rules_by_risk,
    write_resolved,
    write_rule_list,
    write_rules,
)
from reports.large.say import FOLDER, INDEX, LargeSay
from reports.large.tables import TABLE_END, table
from reports.review import AccessReview

FIRST_RULES = 60
FIRST_ACCOUNTS = 25
FIRST_PEOPLE = 25
"""Lines of each list on the index; the lists themselves have all."""
Dresser = Callable[[tuple[str, ...]], Dress]
"""Makes the dress of a page from the names of its scripts."""


def write_large(review: AccessReview, out_dir: Path, env: Environment, dresser: Dresser) -> list[Path]:
    """Write index and pages; return them, the index first.

    The order lets every link be known when it is written: what others link into comes first, the index last,
    when all its pages are in their place.
    """
    with no_collection(), whole_folder(out_dir / FOLDER) as folder:
        edition = Edition(review, folder, env, dresser(("report.js",)))
        write_evidence(edition)
        write_unknowns(edition)
        write_apps(edition)
        write_principals(edition)
        write_people(edition)
        write_accounts(edition)
        rules = rules_by_risk(edition)
        write_rules(edition, rules)
        write_rule_list(edition, rules)
        write_account_lists(edition)
        write_people_list(edition)
        write_leavers(edition)
        write_resolved(edition)
        write_removals(edition)
        index = _index(edition, rules, dresser(("report.js", "large/seek.js")))
        edition.finish_texts()
    path = out_dir / INDEX
    with whole_file(path) as file:
        file.write(index)
    return [path, *sorted((out_dir / FOLDER).glob("*.html"))]


def _index(edition: Edition, rules: list[RuleFindings], dress: Dress) -> str:
    review, page = edition.review, edition.page
    say = LargeSay(review.timezone, edition.targets, edition.keep_text, on_index=True)
    say.account_of = {
        line.finding.fingerprint: line.finding.account_id
        for line in page.today.lines
        if line.finding.account_id in page.accounts
    }
    edition.stand_on_index(say)
    accounts = by_risk(edition)[:FIRST_ACCOUNTS]
    people = people_by_risk(edition)[:FIRST_PEOPLE]
    return edition.env.get_template("large/index.html").render(
        review=review,
        page=page,
        say=say,
        folder=FOLDER,
        finder=finder(edition, rules),
        rules=_listed(
            "rules", "Rules and what they found", [rule_row(edition, one) for one in rules[:FIRST_RULES]]
        ),
        more_rules=len(rules) > FIRST_RULES,
        rule_count=len(rules),
        top_accounts=accounts,
        shown_accounts=len(accounts),
        accounts=_listed(
            "accounts", "Accounts with the riskiest findings", [account_row(edition, a) for a in accounts]
        ),
        shown_people=len(people),
        people=_listed(
            "people", "People with the riskiest findings", [person_row(edition, p) for p in people]
        ),
        closes=closes,
        style=dress.style,
        script=dress.script,
        policy=dress.policy,
    )


def _listed(kind: str, caption: str, lines: list[Markup]) -> Markup:
    return NOTHING.join((table(kind, caption), *lines, TABLE_END))
