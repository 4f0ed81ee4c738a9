"""Finds, reads and validates auditor.yaml; every error names the file, the line and the mend."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from auditor.config.sections import Config
from auditor.documents import Document, load_yaml
from auditor.errors import ConfigError

DEFAULT_NAME = "auditor.yaml"


@dataclass(frozen=True, slots=True)
class LoadedConfig:
    """A valid configuration and the document it came from."""

    config: Config
    document: Document

    @property
    def base_dir(self) -> Path:
        """Folder that relative paths in the file start from."""
        return self.document.path.resolve().parent

    def resolve(self, path: str) -> Path:
        """Return ``path`` as absolute, seen from the configuration file."""
        return (self.base_dir / Path(path).expanduser()).resolve()


def find_config(given: str | None, environ: Mapping[str, str] | None = None) -> Path:
    """Return the configuration file to use: the one given, AUDITOR_CONFIG, or auditor.yaml here.

    Raises:
        ConfigError: there is none.

    """
    environ = os.environ if environ is None else environ
    path = Path(given or environ.get("AUDITOR_CONFIG") or DEFAULT_NAME)
    if not path.is_file():
        raise ConfigError(
            "is a folder, not a file." if path.is_dir() else "there is no such file.",
            path=path,
            remedy="Run 'auditor init' to write one, or name it with --config.",
        )
    return path


def load_config(path: Path) -> LoadedConfig:
    """Read and validate ``path``; raises ConfigError or DocumentError."""
    document = load_yaml(path)
    if not isinstance(document.data, dict):
        raise ConfigError(
            "is empty or not a mapping.", path=path, remedy="Run 'auditor init' to write a working file."
        )
    return LoadedConfig(validate(Config, document.data, document), document)


ModelT = TypeVar("ModelT", bound=BaseModel)


def validate(
    model: type[ModelT],
    data: Any,
    document: Document,
    at: tuple[str | int, ...] = (),
) -> ModelT:
    """Return ``data``, found at path ``at`` of ``document``, as ``model``.

    Raises:
        ConfigError: with file, line, the path in the file and the mend; never the offending value,
            which may be a secret written in the wrong place.

    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        # An unknown key goes first: it is often the misspelt one that is then told as missing.
        problems = sorted(
            error.errors(include_url=False, include_context=True),
            key=lambda e: (e["type"] != "extra_forbidden", _line(document, at, e)),
        )
        raise _config_error(model, problems[0], len(problems), document, at) from None


def _line(document: Document, at: tuple[str | int, ...], problem: ErrorDetails) -> int:
    return document.line((*at, *problem["loc"])) or 0


def _config_error(
    model: type[BaseModel],
    problem: ErrorDetails,
    count: int,
    document: Document,
    at: tuple[str | int, ...],
) -> ConfigError:
    loc = (*at, *problem["loc"])
    where = ".".join(_shown(part) for part in loc) or "the file"
    more = f" ({count - 1} more after this one.)" if count > 1 else ""
    if problem["type"] == "extra_forbidden":
        known = list(_model_at(model, problem["loc"][:-1]).model_fields)
        close = difflib.get_close_matches(str(loc[-1]), known, n=1, cutoff=0.5)
        remedy = f"Did you mean {close[0]!r}?" if close else f"Known keys here: {', '.join(sorted(known))}."
        message = f"{where}: there is no such key."
    elif problem["type"] == "missing":
        message, remedy = f"{where}: is missing.", "Add it; docs/configuration.md shows every key."
    else:
        text = problem["msg"].removeprefix("Value error, ").replace("valid tuple", "list, such as [a, b]")
        message, remedy = f"{where}: {text[:1].lower()}{text[1:]}.", ""
    return ConfigError(message, path=document.path, line=document.line(loc), remedy=f"{remedy}{more}".strip())


def _shown(part: str | int) -> str:
    """Return a key as an error may show it: what does not look like a key may be a secret in its place."""
    return str(part) if re.fullmatch(r"[A-Za-z0-9_.-]{1,40}", str(part)) else "(a key)"


def _model_at(model: type[BaseModel], loc: tuple[str | int, ...]) -> type[BaseModel]:
    current: Any = model
    for part in loc:
        if isinstance(part, int) or not (isinstance(current, type) and issubclass(current, BaseModel)):
            continue
        info = current.model_fields.get(part)
        if info is None:
            break
        current = _inner_model(info.annotation) or current
    return current if isinstance(current, type) and issubclass(current, BaseModel) else model


def _inner_model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        found = _inner_model(argument)
        if found is not None:
            return found
    return None
