"""The access matrix: who may hold which level where, as written by the organisation.

A list of lines; the first that matches a grant decides, none means no access. A line's condition
on something that is not known of the holder is itself not known, and so is then the answer.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from auditor.documents import Document, load_yaml
from auditor.errors import RuleError
from auditor.model.estate import PLATFORM_NAMES, Level, PersonKind, PrincipalKind
from policies.expressions import nearest
from policies.sandbox import quote

NO_LEVEL = "none"
_KEYS = {"department": "_department_key", "title": "_title_key", "person_kind": "person_kind"}
"""Conditions on a person, and where the views keep what they are compared with."""
_ENUMS = {"person_kind": tuple(PersonKind), "principal_kind": tuple(PrincipalKind)}
_LEVELS = (*(level.word for level in Level), NO_LEVEL)


@dataclass(frozen=True, slots=True)
class AccessLine:
    """One line: its conditions (an empty one matches all), and what it allows."""

    level: Level | None
    """None: no access."""
    messages: bool = False
    department: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    person_kind: tuple[str, ...] = ()
    principal_kind: tuple[str, ...] = ()
    platform: tuple[str, ...] = ()
    tier: tuple[int, ...] = ()
    account: tuple[str, ...] = ()
    """Account ids or handles."""

    @property
    def level_word(self) -> str:
        """The level as written, or ``none``."""
        return self.level.word if self.level else NO_LEVEL


@dataclass(frozen=True, slots=True)
class AccessMatrix:
    """The lines, in their order."""

    lines: tuple[AccessLine, ...]
    path: str = ""


CONDITIONS = tuple(field.name for field in fields(AccessLine) if field.name not in ("level", "messages"))


def load_access(path: Path) -> AccessMatrix:
    """Read the access matrix at ``path``.

    Raises:
        RuleError: no line, an unknown key, level, kind or type; with file, line and mend.
        DocumentError: the file cannot be read or is not strict YAML.

    """
    document = load_yaml(path)
    if not isinstance(document.data, list) or not document.data:
        raise RuleError(
            "is not a list of lines.",
            path=path,
            remedy="Such as: - {department: Marketing, platform: x, level: publisher}.",
        )
    return AccessMatrix(tuple(_line(document, index) for index in range(len(document.data))), str(path))


def _line(document: Document, index: int) -> AccessLine:
    data = document.data[index]

    def error(message: str, key: str = "", remedy: str = "") -> RuleError:
        at = (index, key) if key else (index,)
        return RuleError(message, path=document.path, line=document.line(at), remedy=remedy)

    known = (*CONDITIONS, "level", "messages")
    if not isinstance(data, dict):
        raise error(f"line {index + 1} of the matrix is not a mapping.", "", f"Its keys: {', '.join(known)}.")
    for key in data:
        if key not in known:
            raise error(
                f"{key}: there is no such key.",
                key,
                nearest(key, list(known)) or f"Known: {', '.join(known)}.",
            )
    level = data.get("level")
    if level not in _LEVELS:
        raise error(
            f"level: there is no {str(level)[:40]!r}.",
            "level",
            nearest(str(level), list(_LEVELS)) or f"There are: {', '.join(_LEVELS)}.",
        )
    messages = data.get("messages", False)
    if not isinstance(messages, bool):
        raise error("messages is neither true nor false.", "messages")
    conditions: dict[str, Any] = {}
    for key in CONDITIONS:
        if key in data:
            problem, conditions[key] = _condition(key, data[key])
            if problem:
                raise error(f"{key}: {problem}", key)
    return AccessLine(level=Level.parse(level), messages=messages, **conditions)


def _condition(key: str, value: Any) -> tuple[str, tuple[Any, ...]]:
    """Return a problem, or nothing, and the values a condition accepts."""
    values = tuple(value) if isinstance(value, list) else (value,)
    if not values:
        return "is an empty list, which nothing can match.", ()
    if key == "tier":
        if not all(isinstance(item, int) and not isinstance(item, bool) for item in values):
            return "is not a number or a list of numbers.", ()
        return "", values
    if not all(isinstance(item, str) and item.strip() for item in values):
        return "is not text or a list of texts.", ()
    words = tuple(item.strip().lower() for item in values)
    allowed = _ENUMS.get(key)
    strange = [word for word in words if allowed and word not in allowed]
    if allowed and strange:
        return f"there is no {strange[0]!r}; there are: {', '.join(allowed)}.", ()
    if key == "platform" and (odd := [word for word in words if word not in PLATFORM_NAMES]):
        close = nearest(odd[0], PLATFORM_NAMES)
        if close:
            return f"there is no platform {odd[0]!r}. {close}", ()
    return "", words


def line_sql(matrix: AccessMatrix | None) -> str:
    """Return SQL for the number of the line that decides a grant: 0 where none matches, NULL where
    it cannot be told.
    """
    if matrix is None:
        return "CAST(NULL AS INTEGER)"
    cases: list[str] = []
    for number, line in enumerate(matrix.lines, start=1):
        condition = _line_sql(line)
        # A line that may or may not match leaves the answer open: CASE would take NULL for "no".
        cases.append(f"WHEN {condition} THEN {number} WHEN ({condition}) IS NULL THEN NULL")
    return f"CASE {' '.join(cases)} ELSE 0 END"


def answers_sql(matrix: AccessMatrix | None) -> dict[str, str]:
    """Return SQL lists, indexed by the line's number + 1, of the level, the rank and the messages allowed."""
    lines = matrix.lines if matrix else ()
    words = ", ".join(quote(word) for word in (NO_LEVEL, *(line.level_word for line in lines)))
    ranks = ", ".join(str(rank) for rank in (0, *(int(line.level or 0) for line in lines)))
    messages = ", ".join(str(answer).lower() for answer in (False, *(line.messages for line in lines)))
    return {"level": f"[{words}]", "rank": f"[{ranks}]", "messages": f"[{messages}]"}


def _line_sql(line: AccessLine) -> str:
    terms = []
    for key in CONDITIONS:
        values = getattr(line, key)
        if not values:
            continue
        if key == "tier":
            terms.append(f"tier IN ({', '.join(str(value) for value in values)})")
            continue
        words = ", ".join(quote(value) for value in values)
        if key == "account":
            names = ", ".join(quote(value.lstrip("@")) for value in values)
            terms.append(f"(_account_key IN ({words}) OR _handle_key IN ({names}))")
        elif key in _KEYS:
            # What is no human has no department: such a line is not for it.
            terms.append(
                f"CASE WHEN person_id IS NULL AND principal_kind IN ('service', 'shared', 'agency')"
                f" THEN FALSE ELSE {_KEYS[key]} IN ({words}) END"
            )
        else:
            terms.append(f"{key} IN ({words})")
    return "(" + (" AND ".join(terms) or "TRUE") + ")"
