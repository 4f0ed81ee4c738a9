"""The elements of a likeness, kept apart as the platforms' own rules do: each with what it was seen in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from auditor.lookalikes.affixes import Affix
from auditor.lookalikes.brand import Brand, Role
from auditor.lookalikes.canon import Canonical, plain, to_ascii
from auditor.lookalikes.likeness import Kind, Likeness, likenesses
from auditor.lookalikes.strength import beside_copy, is_obfuscated, strength


class ElementKind(StrEnum):
    """What of the brand an account shows."""

    NAME = "NAME"
    HANDLE = "HANDLE"
    IMAGE = "IMAGE"
    AFFILIATION = "AFFILIATION"
    CONTACT = "CONTACT"
    CONTEXT = "CONTEXT"


COUNTED = frozenset({ElementKind.NAME, ElementKind.HANDLE, ElementKind.IMAGE, ElementKind.AFFILIATION})
"""Two of these make a likely impersonator."""


@dataclass(frozen=True, slots=True)
class Element:
    """One element: how strong it is, on what values it rests, and a sentence for a reader."""

    kind: ElementKind
    strength: float
    sentence: str
    values: Mapping[str, str] = field(default_factory=dict)
    """The raw texts compared, unchanged, by what they are."""
    code_points: tuple[str, ...] = ()
    """The characters that disguise, or the swaps of letters."""
    obfuscated: bool = False


def closest(
    text: Canonical, brand: Brand, *, in_name: bool, beside: Likeness | None = None
) -> Likeness | None:
    """Return the strongest likeness of ``text`` to any form of ``brand``; of equal ones, like to like first.

    A handle's is the strongest ``beside`` what is known of the display name.
    """
    best: Likeness | None = None
    highest = (0.0, False)
    for form in brand.forms:
        is_name = form.role in (Role.NAME, Role.LEGAL)
        for likeness in likenesses(text, form):
            said = strength(likeness, in_name=in_name)
            if beside is not None:
                said = max(said, beside_copy(likeness, beside))
            value = (said, is_name is in_name)
            if value > highest and value[0] > 0:
                best, highest = likeness, value
    return best


def element_of(
    kind: ElementKind, text: Canonical, likeness: Likeness, brand: Brand, *, at_least: float = 0.0
) -> Element:
    """Return the NAME or HANDLE element that ``likeness`` makes, of a strength of ``at_least``."""
    what = "display name" if kind is ElementKind.NAME else "handle"
    hidden = likeness.disguise
    role, ours = _called(kind, likeness, brand)
    values = {
        what.replace(" ", "_"): text.raw,
        role.value.replace(" ", "_"): ours,
        "likeness": likeness.kind.value,
    }
    if likeness.remainder.words:
        values["around_it"] = around(text, likeness)
    return Element(
        kind,
        round(max(strength(likeness, in_name=kind is ElementKind.NAME), at_least), 3),
        _sentence(what, text, likeness, role),
        values,
        hidden.characters if hidden else (),
        is_obfuscated(likeness),
    )


_HOW = {
    Kind.SAME: "is the brand's {role}",
    Kind.DISGUISED: "is the brand's {role} in disguise",
    Kind.ABBREVIATED: "is the brand's {role} without its vowels",
    Kind.MISSPELT: "is the brand's {role} mistyped",
    Kind.NEAR: "differs from the brand's {role} by {letters}",
}
_HOW_WITHIN = {
    Kind.SAME: "holds the brand's {role}",
    Kind.DISGUISED: "holds the brand's {role} in disguise",
    Kind.MISSPELT: "holds the brand's {role} mistyped",
}


def _called(kind: ElementKind, likeness: Likeness, brand: Brand) -> tuple[Role, str]:
    """Return what the form is called and how it is written: a display name that is handle and name is the name."""
    form = likeness.form
    if kind is ElementKind.NAME and form.role is Role.HANDLE:
        for role, name in ((Role.NAME, brand.name), (Role.LEGAL, brand.legal_name)):
            if name and Canonical.of(name).plain == form.text.plain:
                return role, name
    return form.role, form.text.raw


def around(text: Canonical, likeness: Likeness) -> str:
    """Return what stands around the name, words of other scripts as they are written there."""
    if text.raw.isascii():
        return likeness.remainder.text
    written = {plain(to_ascii(word)): word for word in text.raw.split()}
    words = (
        (written.get(word, word) if affix is Affix.OTHER or not word.isascii() else word, affix)
        for word, affix in likeness.remainder.words
    )
    return ", ".join(f"{word} ({affix.value})" for word, affix in words)


def _sentence(what: str, text: Canonical, likeness: Likeness, role: Role) -> str:
    letters = "one letter" if likeness.distance == 1 else f"{likeness.distance} letters"
    how = (_HOW if likeness.is_whole else _HOW_WITHIN)[likeness.kind]
    said = f"The {what} {how.format(role=role.value, letters=letters)}"
    if likeness.disguise is not None:
        said += f" ({', '.join(trick.value for trick in likeness.disguise.tricks)})"
    if not likeness.is_whole:
        said += f", with {around(text, likeness)} around it"
    if likeness.form.common:
        said += "; the same word is a name of many"
    return said + "."
