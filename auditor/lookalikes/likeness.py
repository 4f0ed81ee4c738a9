"""How one text (a handle or a display name) is like one form of a brand's name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from auditor.lookalikes.affixes import Affix, Remainder, remainder, remainder_of_words
from auditor.lookalikes.brand import Form
from auditor.lookalikes.canon import Canonical, plain, to_ascii, word_starts
from auditor.lookalikes.disguise import Disguise, Trick, disguise, glyphs
from auditor.lookalikes.edits import distance, is_slip
from auditor.lookalikes.thresholds import radius
from auditor.lookalikes.words import is_word, one_sense

_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_VOWEL = re.compile("[aeiou]")
_FEWEST_CONSONANTS = 5
_SHORTEST_CONTAINED = 4
_SHORTEST_CLAIMED = 2
_CASE_COUNTS = 2
"""Letters of a name that only its own case tells from a word: HP is not hp, nor IT it."""
_LONG = 8
_LONG_WORD = 4
_LONG_ENOUGH = 6
"""Letters of a name from which it is seen in disguise beside another word."""
_DENSE_LONG, _DENSE_LONG_WORD = 4, 2
"""The same of scripts in which a character is a syllable or a word."""
_ANY_OTHER = frozenset({Affix.OTHER, Affix.FILLER, Affix.REGION, Affix.CORPORATE, Affix.LEGAL})
"""Words that beside a mistyped name more likely belong to another name."""
_NOTHING = Remainder(())


class Kind(StrEnum):
    """Ways of being alike."""

    SAME = "the same"
    DISGUISED = "the same, disguised"
    ABBREVIATED = "the same without its vowels"
    MISSPELT = "mistyped"
    NEAR = "a few letters different"


@dataclass(frozen=True, slots=True)
class Likeness:
    """One text's likeness to one form."""

    form: Form
    kind: Kind
    remainder: Remainder = _NOTHING
    """What stands around the form in the text."""
    distance: int = 0
    disguise: Disguise | None = None
    is_other_word: bool = False
    """Whether what differs is a word of its own, or the form stands inside a longer word."""

    keeps_core: bool = False
    """Whether what differs is in a generic word beside the brand's own: Riverside Klinic."""
    other_vowel: bool = False
    """Whether another vowel is all that differs: Lundberg is no Lindberg."""
    same_sense: bool = False
    """Whether a generic word stands for another of the same sense beside the brand's own: Marnor Klinik."""
    signed: bool = False
    """Whether what stands before the form is somebody who names it: *Ana Keller, Riverside Health*."""
    mixed: bool = False
    """Whether plain letters and others make up the form together, which no style of writing a whole name does."""

    @property
    def is_whole(self) -> bool:
        """Whether nothing stands around the form."""
        return not self.remainder.words


def likenesses(text: Canonical, form: Form) -> list[Likeness]:
    """Return the ways in which ``text`` is like ``form``; none where it is not."""
    same = _same(text, form)
    if same is not None:
        return [same]
    found = [_contains(text, form)]
    if not form.is_part:
        found += [_consonants(text, form), _near(text, form), _near_with_affix(text, form)]
    return [each for each in found if each is not None]


def _same(text: Canonical, form: Form) -> Likeness | None:
    ours = form.text
    if text.folded != ours.folded:
        return None
    hidden = disguise(text, ours)
    if hidden is not None:
        return Likeness(form, Kind.DISGUISED, disguise=hidden)
    if ours.seen == text.seen or ours.plain == text.plain:
        return Likeness(form, Kind.SAME)
    ending = text.seen.removeprefix(ours.seen)
    if ending.isdecimal():
        return Likeness(form, Kind.SAME, remainder("", ending))
    # Letters a folded form takes for one another but an eye does not, such as i and l.
    errors = distance(text.seen, ours.seen, 2)
    return Likeness(form, Kind.MISSPELT, distance=errors) if errors <= radius(len(ours.seen)) else None


def _contains(text: Canonical, form: Form) -> Likeness | None:
    ours = form.text
    if len(ours.seen) < _SHORTEST_CONTAINED:
        return _claimed(text, form)
    place = text.seen.find(ours.seen)
    if place >= 0:
        rest = _around(text, place, place + len(ours.seen))
        hidden = disguise(text, ours)
        kind = Kind.SAME if hidden is None else Kind.DISGUISED
        inside = not _is_bounded(text, place, form, rest)
        plainly = _letters(ours.raw) in _letters(text.raw)
        mixed = not plainly and any(char.isascii() and char.isalpha() for char in text.raw)
        signed = _is_signed(text.raw, place)
        return Likeness(form, kind, rest, disguise=hidden, is_other_word=inside, signed=signed, mixed=mixed)
    place = text.folded.find(ours.folded)
    if place < 0:
        return None
    rest = remainder(text.folded[:place], text.folded[place + len(ours.folded) :], folded=True)
    shortest = min((len(word) for word, _ in rest.words), default=0)
    another = Affix.OTHER in rest.classes and not _stands_at_an_end(text, form, place)
    if another or not shortest or (shortest < _LONG_WORD and len(ours.seen) < _LONG):
        return None
    hidden = disguise(text, ours) or _swapped_inside(text, form)
    if hidden is None:
        return None
    return Likeness(form, Kind.DISGUISED, rest, disguise=hidden)


def _stands_at_an_end(text: Canonical, form: Form, place: int) -> bool:
    """Whether a name that is nobody else's word begins or ends ``text`` in its folded form."""
    long = len(form.text.seen) >= _LONG_ENOUGH and not (form.common or form.is_part)
    return long and place in (0, len(text.folded) - len(form.text.folded))


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _claimed(text: Canonical, form: Form) -> Likeness | None:
    """Return the likeness of a short form at an end of ``text`` with nothing else there but a claim to act for it."""
    ours = form.text.seen
    if len(ours) < _SHORTEST_CLAIMED or form.is_part:
        return None
    if len(ours) <= _CASE_COUNTS and form.text.raw not in text.raw:
        return None
    for place in {text.seen.find(ours), text.seen.rfind(ours)} & {0, len(text.seen) - len(ours)}:
        rest = _around(text, place, place + len(ours))
        if rest.claims and _is_bounded(text, place, form, rest):
            return Likeness(form, Kind.SAME, rest)
    return None


def _around(text: Canonical, start: int, end: int) -> Remainder:
    """Return what stands around a form at these places: by words where spaces show them."""
    before, after = text.seen[:start], text.seen[end:]
    if not any(char.isspace() for char in text.raw.strip()):
        return remainder(before, after)
    edges = word_starts(text.raw)
    rest = remainder_of_words(_at(before, 0, edges), _at(after, end, edges))
    return rest.with_asides(_small_beside(text.raw, start, end))


def _small_beside(raw: str, start: int, end: int) -> frozenset[str]:
    """Return the words of ``raw`` in small letters that stand beside a name with capitals at these places of letters."""
    inside, small = [""], set()
    for word, first, last in _placed(raw):
        if start <= first and last <= end:
            inside.append(word)
        elif word.islower():
            small.add(plain(to_ascii(word)))
    # Particles within the name are small; its longest word is none.
    return frozenset(small) if max(inside, key=len)[:1].isupper() else frozenset()


def _is_signed(raw: str, start: int) -> bool:
    """Whether a comma, a bar or ``at`` divides what stands before the name, at this place of letters, from it."""
    if start == 0 or " " not in raw:
        return False
    before = [word for word, _, last in _placed(raw) if last <= start]
    return bool(before) and (before[-1].casefold() == "at" or before[-1][-1] in ",|@\u2022\u00b7")


def _placed(raw: str) -> Iterator[tuple[str, int, int]]:
    """Yield the words of ``raw`` that spaces divide, with the places of their letters in its seen form."""
    place = 0
    for word in raw.split():
        first, place = place, place + len(plain(word if word.isascii() else to_ascii(word)))
        yield word, first, place


def _at(part: str, offset: int, edges: frozenset[int]) -> list[str]:
    """Return ``part``, which begins at ``offset``, cut at ``edges``."""
    cuts = sorted({0, len(part), *(edge - offset for edge in edges if 0 < edge - offset < len(part))})
    return [part[start:end] for start, end in pairwise(cuts)]


def _swapped_inside(text: Canonical, form: Form) -> Disguise | None:
    """Return the disguise of the part of ``text`` that folds to ``form``, where an affix stands beside it."""
    raw = "".join(char for char in text.raw if char.isalnum())
    length = len(form.text.seen)
    for size in (length, length + 1, length + 2):
        for start in range(len(raw) - size + 1):
            part = raw[start : start + size]
            if Canonical.of(part).folded == form.text.folded and not is_word(part.casefold()):
                swapped = glyphs(part, form.text.raw)
                if swapped:
                    return Disguise((Trick.GLYPHS,), swapped)
    return None


def _is_bounded(text: Canonical, place: int, form: Form, rest: Remainder) -> bool:
    """Whether the form stands at ``place`` as words of its own, not within a longer word.

    Where no edge of a word shows, as in a handle without capitals, a long form or a long known word beside a short
    one is taken for it; a letter or two more make another name: Petronas is no Petron.
    """
    edges, end = word_starts(text.raw), place + len(form.text.seen)
    if place in edges and end in edges:
        return True
    if any(char.isspace() for char in text.raw.strip()) or Affix.OTHER in rest.classes:
        return False
    dense = unicodedata.east_asian_width(form.text.seen[-1]) == "W"
    long, word = (_DENSE_LONG, _DENSE_LONG_WORD) if dense else (_LONG, _LONG_WORD)
    return len(form.text.seen) >= long or min(len(each) for each, _ in rest.words) >= word


def _consonants(text: Canonical, form: Form) -> Likeness | None:
    if _VOWEL.search(text.seen, 1) or len(text.seen) >= len(form.text.seen):
        return None
    ours, theirs = (_VOWEL.sub("", each.seen) for each in (form.text, text))
    shortened = ours == theirs and len(ours) >= _FEWEST_CONSONANTS and text.seen[0] == form.text.seen[0]
    return Likeness(form, Kind.ABBREVIATED) if shortened else None


def _near(text: Canonical, form: Form) -> Likeness | None:
    most = radius(len(form.text.seen))
    errors = distance(text.seen, form.text.seen, most)
    if not 0 < errors <= most:
        return None
    slip = is_slip(text.seen, form.text.seen)
    hidden = disguise(text, form.text)
    if hidden is not None and Trick.GLYPHS in hidden.tricks:
        hidden = None
    other = (not slip or " " not in form.text.raw.strip()) and _other_words(text.raw, form.text.raw)
    return Likeness(
        form,
        Kind.MISSPELT if slip else Kind.NEAR,
        distance=errors,
        disguise=hidden,
        is_other_word=other,
        keeps_core=bool(form.own) and form.own in text.seen,
        other_vowel=_VOWEL.sub("", text.seen) == _VOWEL.sub("", form.text.seen)
        and len(text.seen) == len(form.text.seen),
        same_sense=_same_sense(text.seen, form),
    )


def _same_sense(text: str, form: Form) -> bool:
    """Whether ``text`` has the brand's own letters and, where the form has its generic word, one of the same sense."""
    own = form.own
    before, _, after = form.text.seen.partition(own) if own else ("", "", "")
    if after and not before and text.startswith(own):
        return one_sense(text[len(own) :], after)
    return bool(before) and not after and text.endswith(own) and one_sense(text[: -len(own)], before)


def _other_words(raw: str, genuine: str) -> bool:
    """Whether all words of ``raw`` that ``genuine`` lacks are words of the language."""
    theirs = set(_words(genuine))
    different = [word for word in _words(raw) if word not in theirs]
    return bool(different) and all(is_word(word) for word in different)


def _words(raw: str) -> list[str]:
    return [word.casefold() for word in _CAMEL.findall(raw)] or [raw.casefold()]


def _near_with_affix(text: Canonical, form: Form) -> Likeness | None:
    """Return the likeness of a mistyped form with a known word before or after it."""
    ours, length = form.text.seen, len(form.text.seen)
    most = 1 if length < 10 else 2
    if length < _LONG or len(text.seen) <= length + 1:
        return None
    for cut in range(length - most, min(length + most, len(text.seen) - 1) + 1):
        for part, before, after in (
            (text.seen[:cut], "", text.seen[cut:]),
            (text.seen[-cut:], text.seen[:-cut], ""),
        ):
            errors = distance(part, ours, most)
            if not 0 < errors <= most or not is_slip(part, ours):
                continue
            rest = remainder(before, after)
            if not rest.classes & _ANY_OTHER:
                return Likeness(form, Kind.MISSPELT, rest, errors, is_other_word=is_word(part))
    return None
