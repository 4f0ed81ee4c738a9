"""The names behind the index's search: held in the page itself, so that it asks nobody, and bounded."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from markupsafe import Markup

from reports import names
from reports.large.edition import Edition
from reports.large.people import people_by_risk
from reports.large.rules import RuleFindings
from reports.text import cut

ROOM = 900_000
"""Bytes of names on the index; what matters most comes first, and what is left out is told."""

_ENCODER = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Finder:
    """What the index's search knows."""

    data: Markup
    """JSON for the script: kinds, each with its names and addresses."""
    held: int
    left_out: int


def finder(edition: Edition, rules: Iterable[RuleFindings]) -> Finder:
    """Return the names of rules, accounts, people, identities and apps, in this order, as far as there is room."""
    kinds: dict[str, list[list[str]]] = {}
    size = held = left_out = 0
    for kind, name, address in _entries(edition, rules):
        entry = [cut(name, 80), address]
        size += len(_dumped(entry)) + 1
        if size > ROOM:
            left_out += 1
            continue
        held += 1
        kinds.setdefault(kind, []).append(entry)
    return Finder(Markup(_dumped(kinds)), held, left_out)  # noqa: S704 - JSON whose angle brackets are escaped


def _entries(edition: Edition, rules: Iterable[RuleFindings]) -> Iterator[tuple[str, str, str]]:
    page_of, say = edition.targets.page_of, edition.say
    for one in rules:
        yield "Rule", say.short(one.title, 80), page_of("rule", one.rule)
    for account in edition.page.in_order:
        known_as = [names.account_with_platform(account)]
        known_as += [account.name] if account.name and account.name not in known_as[0] else []
        yield "Account", say.short(", ".join(known_as), 80), page_of("account", account.account_id)
    for person in people_by_risk(edition):
        told = ", ".join(text for text in (person.name, person.title, person.department) if text)
        yield "Person", say.short(told, 80), page_of("person", person.person_id)
    for principal in edition.review.unmatched:
        yield "Matched to nobody", say.short(principal.name, 80), page_of("principal", principal.principal_id)
    seen: dict[str, str] = {}
    for _account, app in edition.page.apps:
        seen.setdefault(names.app(app), app.app_key)
    for name, key in seen.items():
        yield "App", say.short(name, 80), page_of("app", key)


def _dumped(value: object) -> str:
    # ASCII alone, and no angle bracket or ampersand: nothing in it can end the element it stands in.
    text = _ENCODER.encode(value)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
