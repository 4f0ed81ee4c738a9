"""Packs and rules from YAML, strictly: every error names the file, the line and the mend."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from auditor.documents import Document, load_yaml
from auditor.errors import RuleError
from auditor.model.finding import Severity, Verdict
from policies import messages
from policies.columns import VIEWS, View
from policies.expressions import ExpressionError, Inspector, nearest
from policies.rule import REMOVES, Example, Expression, Pack, ParamValue, Rule, Template

PACK_KEYS = ("id", "title", "version", "description")
RULE_KEYS = (
    "id",
    "title",
    "severity",
    "over",
    "applies_when",
    "fails_when",
    "message",
    "unknown",
    "remediation",
    "removes",
    "params",
    "references",
    "examples",
    "rationale",
)
REQUIRED_RULE_KEYS = ("id", "title", "severity", "over", "fails_when", "message")
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_PARAM = re.compile(r"[a-z][a-z0-9_]*")
_SUFFIXES = (".yaml", ".yml")
_At = tuple[str | int, ...]
_BUILT_IN: dict[str, Pack] = {}
"""Those read so far. A pack is a value, so whoever asks may have the same one."""


def load_packs(refs: Sequence[str], *, base_dir: Path) -> tuple[Pack, ...]:
    """Return the packs named: built-in ones by their name, others by path (seen from ``base_dir``).

    Raises:
        RuleError: no pack, an unknown one, one without a rule, or a rule that is not usable.
        DocumentError: a file cannot be read, or is not strict YAML.

    """
    if not refs:
        raise RuleError(
            "names no policy pack, so there is nothing to judge by.",
            path="policies.packs",
            remedy=f"Built in are: {', '.join(built_in_packs())}.",
        )
    with ExitStack() as stack:
        inspector = cache(lambda: stack.enter_context(closing(Inspector())))
        packs = tuple(_pack(ref, base_dir, inspector) for ref in refs)
    _refuse_doubles(packs)
    return packs


def built_in_packs() -> tuple[str, ...]:
    """Return the names of the packs that come with Auditor."""
    folder = resources.files("policies") / "packs"
    return tuple(
        sorted(entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    )


def _pack(ref: str, base_dir: Path, inspector: Callable[[], Inspector]) -> Pack:
    """Return one pack; a built-in one is read once in a process, as the program around it is."""
    if ref.endswith(_SUFFIXES) or "/" in ref or "\\" in ref:
        return _read(load_yaml(base_dir / Path(ref).expanduser()), inspector())
    if ref not in _BUILT_IN:
        _BUILT_IN[ref] = _read(_built_in(ref), inspector())
    return _BUILT_IN[ref]


def _read(document: Document, inspector: Inspector) -> Pack:
    """Return the pack; where it is not usable, read it rule by rule, to tell of the first that is not."""
    reader = _Reader(document, inspector)
    with suppress(RuleError, ExpressionError), inspector.together():
        return reader.pack()
    return reader.pack()


def _built_in(ref: str) -> Document:
    names = built_in_packs()
    if ref not in names:
        raise RuleError(
            f"there is no built-in pack {ref!r}.",
            path="policies.packs",
            remedy=nearest(ref, list(names))
            or f"Built in are: {', '.join(names)}; a file of your own ends in .yaml.",
        )
    with resources.as_file(resources.files("policies") / "packs" / f"{ref}.yaml") as path:
        return load_yaml(path, is_ours=True)


def _refuse_doubles(packs: Sequence[Pack]) -> None:
    seen: dict[str, Rule] = {}
    ids: set[str] = set()
    for pack in packs:
        if pack.id in ids:
            raise RuleError(f"the pack {pack.id!r} is loaded twice.", path=pack.path, remedy="Name it once.")
        ids.add(pack.id)
        for rule in pack.rules:
            if rule.id in seen:
                first = seen[rule.id]
                raise RuleError(
                    f"the rule id {rule.id!r} is already taken by {first.path}:{first.line}.",
                    path=rule.path,
                    line=rule.line,
                    remedy="Give it an id of its own.",
                )
            seen[rule.id] = rule


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one document as a pack."""

    document: Document
    inspector: Inspector

    def error(self, message: str, at: _At, remedy: str = "") -> RuleError:
        return RuleError(message, path=self.document.path, line=self.document.line(at), remedy=remedy)

    def pack(self) -> Pack:
        data = self.mapping(self.document.data, (), ("pack", "rules"), ("pack", "rules"))
        head = self.mapping(data["pack"], ("pack",), PACK_KEYS, ("id", "title"))
        pack_id = self.identifier(head["id"], ("pack", "id"))
        rules = data["rules"]
        if not isinstance(rules, list) or not rules:
            raise self.error(
                "the pack has no rule; judged by it, everything would look clean.", ("rules",), "Add a rule."
            )
        read = tuple(self.rule(entry, ("rules", index), pack_id) for index, entry in enumerate(rules))
        return Pack(
            id=pack_id,
            title=self.text(head["title"], ("pack", "title")),
            version=str(head.get("version", "")),
            description=str(head.get("description", "")).strip(),
            rules=read,
            path=str(self.document.path),
        )

    def rule(self, entry: Any, at: _At, pack_id: str) -> Rule:
        data = self.mapping(entry, at, RULE_KEYS, REQUIRED_RULE_KEYS)
        over = self.one_of(data["over"], (*at, "over"), tuple(VIEWS))
        view = VIEWS[over]
        params = self.params(data.get("params") or {}, (*at, "params"))
        severity = self.one_of(data["severity"], (*at, "severity"), tuple(level.word for level in Severity))
        rule = Rule(
            id=self.identifier(data["id"], (*at, "id")),
            title=self.text(data["title"], (*at, "title")),
            severity=Severity.parse(severity),
            over=over,
            fails_when=self.expression(data["fails_when"], (*at, "fails_when"), view, params),
            applies_when=None
            if data.get("applies_when") is None
            else self.expression(data["applies_when"], (*at, "applies_when"), view, params),
            message=self.template(data["message"], (*at, "message"), view, params),
            unknown=None
            if data.get("unknown") is None
            else self.template(data["unknown"], (*at, "unknown"), view, params),
            remediation=self.template(data.get("remediation") or "", (*at, "remediation"), view, params),
            removes=None
            if data.get("removes") is None
            else self.one_of(data["removes"], (*at, "removes"), REMOVES),
            rationale=str(data.get("rationale") or "").strip(),
            params=params,
            references=self.references(data.get("references") or {}, (*at, "references")),
            examples=self.examples(data.get("examples") or [], (*at, "examples"), view),
            pack=pack_id,
            path=str(self.document.path),
            line=self.document.line(at),
        )
        self.refuse_idle_params(rule, at)
        return rule

    def refuse_idle_params(self, rule: Rule, at: _At) -> None:
        """A parameter that nothing reads would be overridden in vain."""
        read = set(rule.fails_when.params) | set(rule.applies_when.params if rule.applies_when else ())
        for template in (rule.message, rule.unknown, rule.remediation):
            read |= {slot.name for slot in template.slots if slot.is_param} if template else set()
        for name in rule.params:
            if name not in read:
                raise self.error(
                    f"the parameter {name!r} is read by nothing.",
                    (*at, "params", name),
                    f"Use ${name}, or remove it.",
                )

    def mapping(self, value: Any, at: _At, known: Sequence[str], required: Sequence[str]) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.error(f"{_place(at)} is not a mapping with the keys {', '.join(known)}.", at)
        for key in value:
            if key not in known:
                remedy = nearest(key, list(known)) or f"Known keys here: {', '.join(known)}."
                raise self.error(f"{_place((*at, key))}: there is no such key.", (*at, key), remedy)
        for key in required:
            if value.get(key) in (None, ""):
                raise self.error(
                    f"{_place((*at, key))} is missing.", at, "Add it; docs/rules.md shows a whole rule."
                )
        return value

    def text(self, value: Any, at: _At) -> str:
        if not isinstance(value, str) or not value.strip():
            raise self.error(f"{_place(at)} is not text.", at, "Put it in quotes.")
        return value.strip()

    def identifier(self, value: Any, at: _At) -> str:
        if not isinstance(value, str) or not _ID.fullmatch(value) or len(value) > 64:
            raise self.error(
                f"{_place(at)} is not of small letters, digits and single hyphens.",
                at,
                "Such as: former-staff-access.",
            )
        return value

    def one_of(self, value: Any, at: _At, known: tuple[str, ...]) -> str:
        if not isinstance(value, str) or value not in known:
            remedy = nearest(str(value), list(known)) or f"There are: {', '.join(known)}."
            raise self.error(f"{_place(at)}: there is no {str(value)[:60]!r}.", at, remedy)
        return value

    def params(self, value: Any, at: _At) -> dict[str, ParamValue]:
        if not isinstance(value, dict):
            raise self.error(f"{_place(at)} is not a mapping of names to values.", at)
        read: dict[str, ParamValue] = {}
        for name, given in value.items():
            if not _PARAM.fullmatch(name):
                raise self.error(
                    f"the parameter {name!r} is not of small letters, digits and _.", (*at, name)
                )
            checked = param_value(given)
            if checked is None:
                raise self.error(
                    f"the parameter {name!r} is neither text, a number, true or false, nor a list of texts.",
                    (*at, name),
                )
            read[name] = checked
        return read

    def expression(self, value: Any, at: _At, view: View, params: Mapping[str, ParamValue]) -> Expression:
        if not isinstance(value, str):
            raise self.error(f"{_place(at)} is not text.", at, "Write a condition, such as: not mfa.")
        try:
            return self.inspector.read(value, view, params)
        except ExpressionError as error:
            raise self.error(f"{_place(at)} {error.message}", at, error.remedy) from None

    def template(self, value: Any, at: _At, view: View, params: Mapping[str, ParamValue]) -> Template:
        if not isinstance(value, str):
            raise self.error(f"{_place(at)} is not text.", at, "Put it in quotes.")
        try:
            return messages.parse(value.strip(), view, params)
        except ExpressionError as error:
            raise self.error(f"{_place(at)} {error.message}", at, error.remedy) from None

    def references(self, value: Any, at: _At) -> dict[str, tuple[str, ...]]:
        if not isinstance(value, dict):
            raise self.error(f"{_place(at)} is not a mapping of standards to lists of clauses.", at)
        for standard, clauses in value.items():
            if not isinstance(clauses, list) or not clauses:
                raise self.error(f"{_place((*at, standard))} is not a list of clauses.", (*at, standard))
        return {standard: tuple(str(clause) for clause in clauses) for standard, clauses in value.items()}

    def examples(self, value: Any, at: _At, view: View) -> tuple[Example, ...]:
        if not isinstance(value, list):
            raise self.error(f"{_place(at)} is not a list.", at)
        return tuple(self.example(entry, (*at, index), view) for index, entry in enumerate(value))

    def example(self, entry: Any, at: _At, view: View) -> Example:
        data = self.mapping(entry, at, ("given", "verdict"), ("verdict",))
        given = data.get("given") or {}
        self.mapping(given, (*at, "given"), [column.name for column in view.columns], ())
        verdict = self.one_of(data["verdict"], (*at, "verdict"), tuple(word.value for word in Verdict))
        return Example(given, Verdict(verdict), self.document.line(at))


def param_value(value: Any) -> ParamValue | None:
    """Return ``value`` as a rule's parameter, or None where it cannot be one."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value):
        return tuple(value)
    return None


def _place(at: _At) -> str:
    return ".".join(str(part) for part in at) or "the file"
