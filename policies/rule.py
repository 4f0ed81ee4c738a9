"""A rule and a pack, as written and checked; pure values, no engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from auditor.model.estate import FactKind
from auditor.model.finding import Severity, Verdict
from policies.columns import VIEWS, View

ParamValue = str | int | float | bool | tuple[str, ...]
REMOVES = ("access", "app")
"""What a rule may call for the removal of: somebody's access, or a connected app."""


@dataclass(frozen=True, slots=True)
class Expression:
    """One boolean SQL expression that has passed the sandbox's inspection."""

    text: str
    """As the author wrote it."""
    sql: str
    """As regenerated from the inspected syntax tree; the only form that is ever executed."""
    columns: frozenset[str]
    params: frozenset[str]
    conjuncts: tuple[Conjunct, ...] = ()
    """The terms of its outermost AND; the expression is FALSE wherever one of them is."""


@dataclass(frozen=True, slots=True)
class Conjunct:
    """A term of an expression's outermost AND."""

    sql: str
    columns: frozenset[str]


@dataclass(frozen=True, slots=True)
class Slot:
    """A hole in a message: a column or a ``$param``, shown by a filter."""

    name: str
    is_param: bool = False
    filter: str | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """A message as literal text and slots."""

    text: str
    parts: tuple[str | Slot, ...]

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The holes."""
        return tuple(part for part in self.parts if isinstance(part, Slot))

    @property
    def columns(self) -> frozenset[str]:
        """The columns it shows."""
        return frozenset(slot.name for slot in self.slots if not slot.is_param)


@dataclass(frozen=True, slots=True)
class Example:
    """One row of the rule's view, and the verdict the rule must reach on it."""

    given: Mapping[str, Any]
    verdict: Verdict
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One check over one published view."""

    id: str
    title: str
    severity: Severity
    over: str
    fails_when: Expression
    message: Template
    pack: str
    applies_when: Expression | None = None
    unknown: Template | None = None
    remediation: Template = field(default_factory=lambda: Template("", ()))
    removes: str | None = None
    """What a fail calls for the removal of, one of `REMOVES`; None: its remedy is another."""
    rationale: str = ""
    params: Mapping[str, ParamValue] = field(default_factory=dict)
    references: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()
    path: str = ""
    line: int | None = None

    @property
    def view(self) -> View:
        """The view it is judged over."""
        return VIEWS[self.over]

    @property
    def columns(self) -> frozenset[str]:
        """The columns its verdict depends on."""
        applies = self.applies_when.columns if self.applies_when else frozenset()
        return self.fails_when.columns | applies

    @property
    def kinds(self) -> tuple[FactKind, ...]:
        """The kinds of fact its verdict depends on, the view's own rows first."""
        own = (self.view.fact,) if self.view.fact else ()
        read = (column.fact for column in self.view.columns if column.name in self.columns)
        return tuple(dict.fromkeys((*own, *(kind for kind in read if kind))))


@dataclass(frozen=True, slots=True)
class Pack:
    """A file of rules."""

    id: str
    title: str
    version: str
    description: str
    rules: tuple[Rule, ...]
    path: str = ""
