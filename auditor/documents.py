"""Strict YAML: duplicate keys refused, no surprising types, every value with its line.

YAML 1.1 reads ``on`` as true, ``12:30`` as 750 and lets a second key silently win. None of
that may happen in a policy file, so only ``true`` and ``false`` are booleans here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from auditor.errors import DocumentError

Path_ = tuple[str | int, ...]
_Fast: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Not there where PyYAML was built without libyaml."""
MAX_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed YAML file: its data, and the line of every value by its path."""

    path: Path
    data: Any
    lines: dict[Path_, int] = field(default_factory=dict, repr=False)

    def line(self, at: Path_) -> int | None:
        """Return the 1-based line of the value at ``at``, or of its nearest ancestor."""
        for end in range(len(at), -1, -1):
            if at[:end] in self.lines:
                return self.lines[at[:end]]
        return None

    def error(self, message: str, at: Path_ = (), *, remedy: str = "") -> DocumentError:
        """Return an error that names this file and the line of ``at``."""
        return DocumentError(message, path=self.path, line=self.line(at), remedy=remedy)


class _StrictLoader(yaml.SafeLoader):
    """SafeLoader without YAML 1.1's booleans, sexagesimals and octals."""


_TAGS = frozenset(
    f"tag:yaml.org,2002:{kind}" for kind in ("str", "null", "bool", "int", "float", "timestamp", "seq", "map")
)
_StrictLoader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag.endswith((":null", ":timestamp"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_StrictLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_StrictLoader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$"), list("-+0123456789")
)
_StrictLoader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^[-+]?[0-9]+\.[0-9]+$"), list("-+0123456789")
)


class _OwnLoader(_Fast):  # type: ignore[misc, valid-type] # which of the two is known when it runs
    """The same by libyaml's parser, a tenth of the time; it lets tabs and a few other slips pass."""

    yaml_implicit_resolvers = _StrictLoader.yaml_implicit_resolvers


def load_yaml(path: Path, *, is_ours: bool = False) -> Document:
    """Read ``path`` strictly.

    ``is_ours``: the file comes with the program, and the tests have read it strictly already.

    Raises:
        DocumentError: missing, unreadable, too large, not UTF-8, not YAML, duplicate keys,
            keys that are not text, anchors or aliases (a file can multiply itself by them).

    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise DocumentError(
            f"cannot be read: {error.strerror}.", path=path, remedy="Check the path and its permissions."
        ) from None
    if len(raw) > MAX_BYTES:
        raise DocumentError(f"is larger than {MAX_BYTES // 1024 // 1024} MiB.", path=path)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise DocumentError("is not UTF-8 text.", path=path, line=line, remedy="Save it as UTF-8.") from None
    return parse_yaml(text, path, is_ours=is_ours)


def parse_yaml(text: str, path: Path, *, is_ours: bool = False) -> Document:
    """Parse ``text`` as the contents of ``path``; raises as `load_yaml` does."""
    try:
        loader = (_OwnLoader if is_ours else _StrictLoader)(text)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise DocumentError("holds a control character.", path=path, line=line) from None
    try:
        node = loader.get_single_node()
        lines: dict[Path_, int] = {}
        if node is None:
            return Document(path, None, lines)
        for at, child in _walk(node, (), path):
            lines[at] = child.start_mark.line + 1
        return Document(path, loader.construct_document(node), lines)
    except yaml.MarkedYAMLError as error:
        # Neither the parser's words nor its excerpt are shown: they quote the line, secrets and all.
        mark = error.problem_mark or error.context_mark
        raise DocumentError(
            f"is not valid YAML{_kind_of(error)}.",
            path=path,
            line=mark.line + 1 if mark else None,
            remedy="Look for an unclosed quote or bracket, a missing space after a colon, or a wrong indent.",
        ) from None
    except (yaml.YAMLError, RecursionError, ValueError, KeyError, AttributeError):
        # The last two are what PyYAML raises over an explicit tag whose value does not fit it.
        raise DocumentError("is not valid YAML.", path=path) from None
    finally:
        loader.dispose()


def _kind_of(error: yaml.MarkedYAMLError) -> str:
    """Return what the parser was busy with, in its own fixed words; never what it read."""
    context = error.context or ""
    return f" ({context})" if re.fullmatch(r"while (?:parsing|scanning) an? [a-z ]+", context) else ""


def _walk(node: yaml.Node, at: Path_, path: Path) -> Iterator[tuple[Path_, yaml.Node]]:
    seen: set[int] = set()
    stack: list[tuple[Path_, yaml.Node]] = [(at, node)]
    while stack:
        here, current = stack.pop()
        line = current.start_mark.line + 1
        if id(current) in seen:
            raise DocumentError("anchors and aliases are not accepted.", path=path, line=line)
        seen.add(id(current))
        if current.tag not in _TAGS:
            raise DocumentError(
                "explicit tags are not accepted.", path=path, line=line, remedy="Take the '!' word out."
            )
        yield here, current
        if isinstance(current, yaml.SequenceNode):
            stack.extend(((*here, i), child) for i, child in enumerate(current.value))
        elif isinstance(current, yaml.MappingNode):
            stack.extend(_entries(current, here, path))


def _entries(node: yaml.MappingNode, here: Path_, path: Path) -> Iterator[tuple[Path_, yaml.Node]]:
    first_lines: dict[str, int] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise DocumentError("a key must be plain text.", path=path, line=line)
        if key.value == "<<" and key.style is None:
            raise DocumentError("merge keys are not accepted.", path=path, line=line)
        if key.tag not in ("tag:yaml.org,2002:str",):
            raise DocumentError("a key is not text.", path=path, line=line, remedy="Put it in quotes.")
        if key.value in first_lines:
            raise DocumentError(
                f"the key {key.value!r} is given twice (first on line {first_lines[key.value]}).",
                path=path,
                line=line,
                remedy="Keep one of the two.",
            )
        first_lines[key.value] = line
        yield (*here, key.value), value
