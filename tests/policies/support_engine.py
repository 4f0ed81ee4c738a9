"""A small fictional estate as frames, and rules written as YAML, for the tests of the rules engine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from datetime import date, datetime, timedelta
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from auditor.model.estate import (
    AccessStatus,
    CoverageState,
    FactKind,
    GrantPath,
    Level,
    PersonStatus,
    PrincipalKind,
)
from auditor.model.facts import Account, App, Coverage, Fact, Grant, Login, Principal, Token, grant_key
from auditor.model.people import Person, Vendor
from auditor.model.tables import FACT_TABLES, TABLE_OF
from policies.engine import Judgement, JudgeSettings, judge
from policies.loader import load_packs
from policies.rule import Pack
from policies.views import Views
from tests.support import NOW

SETTINGS = JudgeSettings(timezone="America/Chicago", email_domains=("riverside.example",))
PAGE, BRAND = "facebook:100", "x:200"
EVERY_KIND = tuple(FactKind)


class Estate:
    """Facts by the handful; `frames` gives them as the store would."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self.matches: list[dict[str, str]] = []

    def add(self, fact: type[Fact], /, **values: Any) -> Estate:
        """Add a fact; source and time unless given."""
        self.facts.append(fact(**{"source": "meta", "observed_at": NOW, **values}))
        return self

    def account(
        self, account_id: str = PAGE, *, covered: tuple[FactKind, ...] = EVERY_KIND, **values: Any
    ) -> Estate:
        """Add an account and, as observed, its coverage."""
        platform = account_id.partition(":")[0]
        self.add(
            Account,
            **{"account_id": account_id, "platform": platform, "kind": "page", "name": "Riverside", **values},
        )
        for kind in covered:
            self.cover(account_id, kind)
        return self

    def cover(
        self, account_id: str, kind: FactKind, state: CoverageState = CoverageState.OBSERVED, **values: Any
    ) -> Estate:
        """Add one line of coverage."""
        return self.add(Coverage, account_id=account_id, fact=kind, state=state, **values)

    def holder(
        self, name: str = "bo", *, account_id: str = PAGE, person: str | None = None, **values: Any
    ) -> Estate:
        """Add a principal with one grant, and its person where one is named; values go where they fit."""
        platform = account_id.partition(":")[0]
        principal_id = f"{platform}:{name}"
        principal = {field.name for field in fields(Principal)} - {"source", "observed_at", "status"}
        grant = {field.name for field in fields(Grant)}
        provenance = {
            key: values[key]
            for key in ("source", "observed_at", "attested_by", "valid_until")
            if key in values
        }
        self.add(
            Principal,
            **{
                "principal_id": principal_id,
                "platform": platform,
                "kind": PrincipalKind.HUMAN,
                "name": name.title(),
                "status": AccessStatus.ACTIVE,
                **provenance,
                **{key: value for key, value in values.items() if key in principal},
            },
        )
        self.add(
            Grant,
            **{
                "grant_id": grant_key(account_id, principal_id, GrantPath.DIRECT),
                "account_id": account_id,
                "principal_id": principal_id,
                "level": Level.PUBLISHER,
                "role": "EDITOR",
                "status": AccessStatus.ACTIVE,
                **{key: value for key, value in values.items() if key in grant and key not in ("source",)},
                **provenance,
            },
        )
        if person is not None:
            self.match(principal_id, person)
        return self

    def person(
        self, person_id: str = "E1", status: PersonStatus | None = PersonStatus.ACTIVE, **values: Any
    ) -> Estate:
        """Add somebody to the roster."""
        return self.add(
            Person,
            **{
                "person_id": person_id,
                "name": f"Person {person_id}",
                "status": status,
                "source": "hr",
                **values,
            },
        )

    def add_name(self, name: str) -> Estate:
        """Give every principal this name."""
        self.facts = [
            replace(fact, name=name) if isinstance(fact, Principal) else fact for fact in self.facts
        ]
        return self

    def match(self, principal_id: str, person_id: str) -> Estate:
        """Say that a principal is a person."""
        self.matches.append({"principal_id": principal_id, "person_id": person_id, "method": "email"})
        return self

    @property
    def frames(self) -> dict[str, pd.DataFrame]:
        """The facts as the store's frames: words, JSON text, UTC instants, ISO days."""
        rows: dict[str, list[dict[str, Any]]] = {table: [] for table in FACT_TABLES}
        for fact in self.facts:
            rows[TABLE_OF[type(fact)]].append({name: _cell(value) for name, value in asdict(fact).items()})
        return {table: _frame(table, found) for table, found in rows.items()}

    @property
    def identities(self) -> pd.DataFrame:
        """The matches."""
        return pd.DataFrame(self.matches, columns=["principal_id", "person_id", "method"])


def _cell(value: Any) -> Any:
    if isinstance(value, Level):
        return value.word
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, (tuple, dict)):
        return json.dumps(value, default=str)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    return value


@cache
def _empty(table: str) -> pd.DataFrame:
    return pd.DataFrame(columns=[field.name for field in fields(FACT_TABLES[table])])


def _frame(table: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    if not rows:
        return _empty(table).copy()
    frame = pd.DataFrame(rows, columns=[field.name for field in fields(FACT_TABLES[table])])
    for name in frame.columns:
        known = next((row[name] for row in rows if row[name] is not None), None)
        if isinstance(known, bool):
            frame[name] = frame[name].astype("boolean")
        elif isinstance(known, datetime):
            frame[name] = pd.to_datetime(frame[name], utc=True)
    return frame


def write_pack(folder: Path, rules: str, *, name: str = "house") -> Path:
    """Write a pack with ``rules`` (YAML list, indented by two) and return its path."""
    path = folder / f"{name}.yaml"
    path.write_text(
        f"pack: {{id: {name}, title: House rules, version: '1'}}\nrules:\n{rules}", encoding="utf-8"
    )
    return path


def rule(
    fails_when: str,
    *,
    over: str = "grants",
    applies_when: str | None = None,
    rule_id: str = "the-rule",
    severity: str = "high",
    message: str = "it fails",
    more: str = "",
) -> str:
    """Return one rule as YAML."""
    lines = [
        f"  - id: {rule_id}",
        "    title: The rule holds",
        f"    severity: {severity}",
        f"    over: {over}",
    ]
    lines += [f"    fails_when: {json.dumps(fails_when)}", f"    message: {json.dumps(message)}"]
    if applies_when is not None:
        lines.append(f"    applies_when: {json.dumps(applies_when)}")
    return "\n".join([*lines, *(f"    {line}" for line in more.splitlines())]) + "\n"


def packs_of(folder: Path, *rules: str) -> tuple[Pack, ...]:
    """Return a pack of the rules given."""
    return load_packs([str(write_pack(folder, "".join(rules)))], base_dir=folder)


def judged(
    estate: Estate, folder: Path, *rules: str, settings: JudgeSettings = SETTINGS, as_of: datetime = NOW
) -> Judgement:
    """Judge ``estate`` by the rules given."""
    return judge(
        estate.frames,
        identities=estate.identities,
        packs=packs_of(folder, *rules),
        as_of=as_of,
        settings=settings,
    )


def seen(estate: Estate, settings: JudgeSettings = SETTINGS, as_of: datetime = NOW) -> Views:
    """Return the views of ``estate``."""
    return Views(estate.frames, identities=estate.identities, as_of=as_of, settings=settings)


def verdicts(judgement: Judgement) -> dict[str, str]:
    """Return subject id to verdict of what was found."""
    return dict(zip(judgement.findings["subject_id"], judgement.findings["verdict"], strict=True))


def result(judgement: Judgement, rule_id: str = "the-rule") -> Mapping[str, Any]:
    """Return the numbers of one rule."""
    rows = judgement.rule_results
    return dict(rows[rows["rule"] == rule_id].iloc[0])


def days_ago(days: float) -> datetime:
    """Return the instant so many days before the one judged at."""
    return NOW - timedelta(days=days)


__all__ = [
    "BRAND",
    "EVERY_KIND",
    "PAGE",
    "SETTINGS",
    "App",
    "Estate",
    "Login",
    "Token",
    "Vendor",
    "days_ago",
    "judged",
    "packs_of",
    "result",
    "rule",
    "seen",
    "verdicts",
    "write_pack",
]
