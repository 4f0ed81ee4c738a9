"""How access is taken away on each platform: steps as data, one YAML file a platform.

A file says for each subject (the way access came about, an app, the account itself) what to do in
which order, and on which settings page. ``default.yaml`` holds what is so everywhere; a platform's
own list takes the place of the default one of the same subject. Texts and links have holes,
``{{ name }}``; ids put into a link come from platforms and are hostile, so each must have the
exact form of its kind, else the next link is taken, and at last the general settings page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from auditor.documents import Document, Path_, load_yaml
from auditor.errors import RuleError
from policies.expressions import nearest

PHASES = ("before", "remove", "after")
SUBJECTS = (
    "member",  # in the portfolio itself: with it go the accounts it opens
    "portfolio",  # on an account, through its portfolio
    "direct",
    "delegate",
    "agency",
    "suite",
    "machine",  # a system user or another service identity
    "shared",  # one login of several people
    "invitation",  # not accepted yet
    "app",
    "account",  # once an account, whatever the way
    "owner",  # an account they answer for
    "closing",  # once a plan, of a person or identity
    "closing_app",
)
CONDITIONS = (
    "last_admin",
    "orphaned",
    "no_second_person",
    "dies_with_it",
    "recovery",
    "shared_login",  # others sign in with one password there
    "unsure",  # something could not be ruled out
    "human",  # people are behind it, who read and remember
)
"""What a step may wait for (``when``); without it, it is always due."""
TEXT_HOLES = ("name", "account", "platform", "role", "portfolio", "others", "apps", "recovery")
ID_FORMS = {
    "account_id": re.compile(r"[0-9]{1,20}"),
    "portfolio_id": re.compile(r"[0-9]{1,20}"),
    "handle": re.compile(r"[A-Za-z0-9_-]{1,100}"),
    "channel_id": re.compile(r"UC[A-Za-z0-9_-]{22}"),
}
"""Holes a link may have, and the whole form of what may fill each."""
DEFAULT = "default"
_HOLE = re.compile(r"\{\{ ?([a-z_]+) ?\}\}")
_STEP_KEYS = ("phase", "text", "when", "links")


@dataclass(frozen=True, slots=True)
class StepTemplate:
    """One step with holes."""

    phase: str
    text: str
    when: frozenset[str]
    links: tuple[str, ...]
    """The most exact page first."""
    general: str | None
    """The platform's settings page, where none of the links can be filled in."""

    def fill(self, values: Mapping[str, str]) -> str:
        """Return the text with its holes filled; ``values`` has every one of `TEXT_HOLES` it uses."""
        return _HOLE.sub(lambda hole: values[hole.group(1)], self.text)

    def link(self, ids: Mapping[str, str | None]) -> str | None:
        """Return the most exact page whose ids are known and have the form they must have.

        Where there is none, the platform's settings page; for a step that is done on no page, None.
        """
        for link in self.links:
            names = _HOLE.findall(link)
            if all(ID_FORMS[name].fullmatch(ids.get(name) or "") for name in names):
                return _HOLE.sub(lambda hole: ids[hole.group(1)] or "", link)
        return self.general if self.links or self.phase == "remove" else None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The steps of all platforms."""

    platforms: Mapping[str, Mapping[str, tuple[StepTemplate, ...]]]
    general: Mapping[str, str | None]

    def steps(self, platform: str, subject: str) -> tuple[StepTemplate, ...]:
        """Return the steps for ``subject`` (one of `SUBJECTS`); of a platform without any, the default ones."""
        own = self.platforms.get(platform, {}).get(subject)
        if own is not None:
            return own
        general = self.general.get(platform)
        return tuple(
            StepTemplate(step.phase, step.text, step.when, step.links, step.general or general)
            for step in self.platforms[DEFAULT].get(subject, ())
        )


@cache
def removal_steps() -> Catalogue:
    """Return the steps that come with Auditor; raises RuleError where a file is not usable."""
    with resources.as_file(resources.files("policies") / "removal") as folder:
        return load_removal_steps(folder, is_ours=True)


def load_removal_steps(folder: Path, *, is_ours: bool = False) -> Catalogue:
    """Read every ``*.yaml`` in ``folder``.

    Raises:
        RuleError: a file names something that does not exist, two tell of one platform, or none is the default.
        DocumentError: a file cannot be read, or is not strict YAML.

    """
    readers = [_Reader(load_yaml(path, is_ours=is_ours)) for path in sorted(folder.glob("*.yaml"))]
    platforms: dict[str, Mapping[str, tuple[StepTemplate, ...]]] = {}
    general: dict[str, str | None] = {}
    for reader in readers:
        platform = reader.platform()
        if platform in platforms:
            raise reader.error(
                f"the platform {platform!r} is told of twice.", ("platform",), "Keep one file."
            )
        platforms[platform] = reader.subjects()
        general[platform] = reader.general()
    if DEFAULT not in platforms:
        raise RuleError("there are no default steps.", path=folder, remedy=f"Add {DEFAULT}.yaml.")
    return Catalogue(platforms, general)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one document as a platform's steps."""

    document: Document

    def error(self, message: str, at: Path_, remedy: str = "") -> RuleError:
        return RuleError(message, path=self.document.path, line=self.document.line(at), remedy=remedy)

    def platform(self) -> str:
        data = self._mapping(self.document.data, (), ("platform", "hosts", "general", "steps"))
        name = data.get("platform")
        if not isinstance(name, str) or not name:
            raise self.error("platform is missing.", (), "Name it, such as: facebook.")
        return name

    def general(self) -> str | None:
        link = self.document.data.get("general")
        return None if link is None else self._link(link, ("general",))

    def subjects(self) -> dict[str, tuple[StepTemplate, ...]]:
        at: Path_ = ("steps",)
        listed = self._mapping(self.document.data.get("steps"), at, SUBJECTS)
        return {subject: tuple(self._steps(steps, (*at, subject))) for subject, steps in listed.items()}

    def _steps(self, listed: Any, at: Path_) -> Iterator[StepTemplate]:
        if not isinstance(listed, list) or not listed:
            raise self.error(f"{at[-1]} has no step.", at, "Write a list of steps, or leave it out.")
        for place, entry in enumerate(listed):
            yield self._step(entry, (*at, place))

    def _step(self, entry: Any, at: Path_) -> StepTemplate:
        data = self._mapping(entry, at, _STEP_KEYS)
        links = [
            self._link(link, (*at, "links", place))
            for place, link in enumerate(self._words(data.get("links", []), (*at, "links")))
        ]
        return StepTemplate(
            phase=self._one_of(data.get("phase"), (*at, "phase"), PHASES),
            text=self._text(data.get("text"), (*at, "text")),
            when=frozenset(
                self._one_of(word, (*at, "when", place), CONDITIONS)
                for place, word in enumerate(self._words(data.get("when", []), (*at, "when")))
            ),
            links=tuple(links),
            general=self.general(),
        )

    def _text(self, value: Any, at: Path_) -> str:
        if not isinstance(value, str) or not value.strip():
            raise self.error("a step has no text.", at, "Say what to do, in one or two sentences.")
        self._holes(value, at, TEXT_HOLES)
        return " ".join(value.split())

    def _link(self, value: Any, at: Path_) -> str:
        """Return a link that only its ids can change: host and form are fixed here."""
        link = value if isinstance(value, str) else ""
        self._holes(link, at, tuple(ID_FORMS))
        bare = _HOLE.sub("0", link)
        parts = urlsplit(bare)
        hosts = self._words(self.document.data.get("hosts", []), ("hosts",))
        if parts.scheme != "https" or parts.netloc not in hosts or not re.fullmatch(r"[!-~]+", bare):
            raise self.error(
                f"{link[:80]!r} is no https page of {', '.join(hosts) or 'a host this file names'}.",
                at,
                "Write https://HOST/..., and name the host under hosts.",
            )
        return link

    def _holes(self, text: str, at: Path_, known: Sequence[str]) -> None:
        rest = _HOLE.sub("", text)
        if "{" in rest or "}" in rest:
            raise self.error("a brace is no hole.", at, "A hole is written {{ name }}.")
        for name in _HOLE.findall(text):
            self._one_of(name, at, known)

    def _mapping(self, value: Any, at: Path_, known: Sequence[str]) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.error(
                f"{at[-1] if at else 'the file'} is not a mapping with keys of {', '.join(known)}.", at
            )
        for key in value:
            self._one_of(key, (*at, key), known)
        return value

    def _words(self, value: Any, at: Path_) -> list[str]:
        if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            raise self.error(f"{at[-1]} is not a list of texts.", at, "Write [a, b].")
        return value

    def _one_of(self, value: Any, at: Path_, known: Sequence[str]) -> str:
        if not isinstance(value, str) or value not in known:
            remedy = nearest(str(value), list(known)) or f"There are: {', '.join(known)}."
            raise self.error(f"there is no {str(value)[:60]!r} here.", at, remedy)
        return value
