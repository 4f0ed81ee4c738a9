"""How much a likeness says, 0 to 1; what counts as an element begins at a half.

The numbers follow three questions. Is the brand's name a word that others rightly use? Is it whole, or only its
core? What stands around it: a claim to serve the brand's customers, a department or region (which the brand or
a namesake may have), nothing of weight, or the name of somebody else?
"""

from __future__ import annotations

from itertools import pairwise

from auditor.lookalikes.affixes import Affix, Remainder
from auditor.lookalikes.brand import Form
from auditor.lookalikes.canon import word_starts
from auditor.lookalikes.disguise import Trick
from auditor.lookalikes.likeness import Kind, Likeness
from auditor.lookalikes.selfsaid import SELF_SAID
from auditor.lookalikes.spellings import spellings
from auditor.lookalikes.words import is_word, one_sense

_GLYPHS_ALONE = 5
_SHORT_NAME = 6
_CONTAINED = 4
_LEAST_BESIDE_COPY = 0.5
_SCRIPT_ALONE = 5
_LONG_NAME = 8
_LONGER_NAME = 11

# For a whole name, its core, a common whole name, a common core: with nothing around it, filler, a claim,
# a department or region, another word.
_BARE, _FILLER, _CLAIM, _OWN, _OTHER = range(5)
_STRENGTHS = {
    "whole": (0.95, 0.75, 0.75, 0.45, 0.3),
    "core": (0.45, 0.45, 0.45, 0.25, 0.15),
    "common": (0.45, 0.4, 0.5, 0.25, 0.05),
    "common core": (0.3, 0.2, 0.3, 0.1, 0.0),
}
_NAMED_SERVICE = 0.5
"""Of a whole name with other words and a claim behind it: *Riverside Health Prescription Help*."""
_SEEN = 0.4
"""Of a whole name among other words that is for a person to look at: *Adelaide Riverside Health*, *Quorvia Help Here*."""
_SAME_SENSE = 0.6
"""Of a distinct name with its generic word as others write it: *Marnor Klinik*, *Marnor Clinics*."""
_DISGUISED_AMONG_OTHERS = 0.6
"""Of a whole name disguised among other words: *Best Riverside Health* with a Cyrillic letter in it."""
_BONUS_IN_NAME = {
    ("whole", _CLAIM): 0.15,
    ("core", _CLAIM): 0.15,
    ("whole", _FILLER): 0.1,
    ("common", _BARE): 0.05,
}
"""A display name is prose: a claim in it is plainer than in a handle; and a common name, bare, beside a handle
or a claim that is the brand's own, is the brand's."""


def strength(likeness: Likeness, *, in_name: bool) -> float:
    """Return how much ``likeness`` says, 0 to 1."""
    sort, around = _sort(likeness.form), _around(likeness.form, likeness.remainder)
    value = _STRENGTHS[sort][around] + (_BONUS_IN_NAME.get((sort, around), 0.0) if in_name else 0.0)
    if (
        likeness.form.common
        and likeness.remainder.words
        and len(likeness.form.text.seen) < _CONTAINED
        and not in_name
    ):
        # Three letters within a handle are too few to count beside the claim that stands there with them.
        return min(value, 0.45)
    if likeness.is_other_word and likeness.kind in (Kind.SAME, Kind.DISGUISED):
        return min(value, 0.1)
    if in_name and likeness.remainder.ends_in_claim and sort == "whole" and _is_distinct(likeness.form):
        value = _NAMED_SERVICE
    if in_name and sort == "whole" and around == _OTHER and _is_worth_a_look(likeness):
        value = max(value, _SEEN)
    if likeness.kind in (Kind.SAME, Kind.DISGUISED):
        if is_obfuscated(likeness):
            return max(value, _DISGUISED_AMONG_OTHERS if around == _OTHER else 0.9)
        by_glyphs = likeness.disguise is not None and Trick.GLYPHS in likeness.disguise.tricks
        if not by_glyphs:
            return value
        if _is_slight(likeness):
            return min(value, 0.45)
        return max(value, 0.5) if around == _BARE and sort == "common" else value
    if likeness.kind is Kind.ABBREVIATED:
        return 0.7 * value
    return min(value, _misspelt(likeness, in_name=in_name))


def beside_copy(handle: Likeness, name: Likeness | None) -> float:
    """Return how much ``handle`` says at least, beside a display name that is a copy of the brand's own.

    What alone may be somebody else's (one letter, another word, the core) is after the brand beside its very name.
    Regions and departments are not: so the brand's own further accounts are called. Nor is a name made of words
    that others use as rightly, unless the handle is disguised.
    """
    if name is None or name.kind is not Kind.SAME or name.form.is_part:
        return 0.0
    # An article makes it no other name, nor does a legal form behind a name of several words.
    nothing = {Affix.FILLER, Affix.LEGAL} if len(_words(name.form)) > 1 else {Affix.FILLER}
    if not name.remainder.classes <= nothing:
        return 0.0
    if handle.is_whole and handle.kind is Kind.DISGUISED and not handle.form.is_part:
        return _LEAST_BESIDE_COPY
    slip = handle.is_whole and handle.kind is Kind.MISSPELT and handle.distance == 1
    if slip and not handle.form.common and len(handle.form.text.seen) >= _LONG_NAME:
        # The slip may make a word, but the display name says which word is meant.
        return _LEAST_BESIDE_COPY
    named = {spelt for word in _words(name.form) for spelt in spellings(word)}
    further = {
        affix
        for word, affix in handle.remainder.words
        if not any(word == each or one_sense(word, each) for each in named)
    }
    own = further & {Affix.REGION, Affix.CORPORATE}
    another = (
        handle.is_other_word if handle.remainder.words else handle.kind is Kind.NEAR and handle.distance > 1
    )
    if own or another or handle.form.common or not _is_distinct(name.form):
        return 0.0
    return _LEAST_BESIDE_COPY


def _words(form: Form) -> list[str]:
    """Return the words of a form as seen, divided at spaces and capitals."""
    edges = sorted(word_starts(form.text.raw))
    return [form.text.seen[start:end] for start, end in pairwise(edges)]


def _is_of_its_own(form: Form) -> bool:
    return not form.common and form.weight >= _CONTAINED and not is_word(form.own)


def _is_distinct(form: Form) -> bool:
    return _is_of_its_own(form) and not all(map(is_word, _words(form)))


def says_the_same(handle: Likeness | None, name: Likeness | None) -> bool:
    """Whether a handle is the brand's own word and words that stand around its name in the display name."""
    if handle is None or name is None:
        return False
    around = {word for word, _ in name.remainder.words}
    words = [word for word, _ in handle.remainder.words]
    plainly = _is_of_its_own(handle.form) and not handle.is_other_word
    return plainly and bool(words) and around.issuperset(words)


def _is_worth_a_look(likeness: Likeness) -> bool:
    """Whether a whole name among other words is for a person to look at, though it accuses nobody.

    A name of several words that is most of its text is, and a distinct one with a claim among what stands there;
    not where the rest says whose account it is.
    """
    around = [word for word, _ in likeness.remainder.words]
    if likeness.signed or SELF_SAID.intersection(around):
        return False
    if Affix.SUPPORT in likeness.remainder.classes and _is_distinct(likeness.form):
        return True
    return len(_words(likeness.form)) > 1 and len(likeness.form.text.seen) >= sum(map(len, around))


def is_obfuscated(likeness: Likeness) -> bool:
    """Whether the likeness is one that nobody makes but to pass for the brand."""
    hidden, form = likeness.disguise, likeness.form
    if hidden is None:
        return False
    if Affix.OTHER in likeness.remainder.classes:
        # Other words make it another's name; they explain no letters of another script within the whole of ours.
        strange = (
            Trick.FOREIGN in hidden.tricks or Trick.REVERSED in hidden.tricks or Trick.MARKS in hidden.tricks
        )
        return strange and likeness.mixed and not (form.is_part or form.common) and form.weight >= _LONG_NAME
    length = len(form.text.folded)
    if {Trick.GLYPHS, Trick.APART} & {*hidden.tricks} or form.is_part:
        return not form.common and form.weight >= _GLYPHS_ALONE
    # A short word of another script may be a word of that script; what nobody sees has no honest reading.
    return length >= _SCRIPT_ALONE or hidden.tricks != (Trick.FOREIGN,)


def _is_slight(likeness: Likeness) -> bool:
    """Whether a single swap of letters tells a short name from another."""
    hidden = likeness.disguise
    return hidden is not None and len(hidden.characters) < 2 and len(likeness.form.text.seen) < _SHORT_NAME


def claims(likeness: Likeness) -> bool:
    """Whether what stands around the name claims to act for the brand.

    Care, pay and the like are also what businesses are called: beside a common word or a core they claim nothing.
    """
    form, classes = likeness.form, likeness.remainder.classes
    if likeness.is_other_word:
        return False
    if Affix.OTHER in classes:
        return likeness.remainder.ends_in_claim and _is_distinct(form)
    if Affix.ASIDE in classes and not likeness.remainder.ends_in_claim:
        return False
    if Affix.SUPPORT in classes:
        return True
    whole = not form.common and not form.is_part and len(form.text.seen) >= _SHORT_NAME
    return likeness.remainder.serves and whole and likeness.kind in (Kind.SAME, Kind.DISGUISED)


def _misspelt(likeness: Likeness, *, in_name: bool) -> float:
    if likeness.same_sense and _is_distinct(likeness.form):
        return _SAME_SENSE
    if likeness.is_other_word or likeness.form.common:
        return 0.3
    if likeness.disguise is not None:
        return 0.9
    length = len(likeness.form.text.seen)
    if in_name:
        # A name is chosen, not typed in haste: spelt otherwise it is another name, unless hardly anybody would
        # see that it is. One letter of Work Insurance makes another firm's name, another vowel another town.
        distinct = likeness.form.weight >= _LONG_NAME or likeness.keeps_core
        overlooked = (
            likeness.kind is Kind.MISSPELT
            and likeness.distance == 1
            and length >= _LONGER_NAME
            and (likeness.keeps_core or not likeness.other_vowel)
        )
        return 0.8 if overlooked and distinct else 0.4
    if likeness.kind is Kind.MISSPELT:
        if likeness.distance > 1:
            return 0.55
        return 0.8 if length >= 6 else 0.6
    if likeness.distance > 1:
        return 0.3
    return 0.55 if length >= _LONG_NAME else 0.4


def _sort(form: Form) -> str:
    if form.is_part:
        return "common core" if form.common else "core"
    return "common" if form.common else "whole"


def _around(form: Form, rest: Remainder) -> int:
    classes = rest.classes
    if not classes:
        return _BARE
    if Affix.OTHER in classes:
        return _OWN if rest.is_unread else _OTHER
    if Affix.ASIDE in classes and not rest.ends_in_claim:
        return _OWN
    if Affix.SUPPORT in classes:
        return _CLAIM
    if rest.serves and not (form.common or form.is_part):
        return _CLAIM
    if rest.says_nothing and _is_distinct(form):
        return _FILLER
    if classes & {Affix.REGION, Affix.CORPORATE, Affix.SERVICE}:
        return _OWN
    return _FILLER
