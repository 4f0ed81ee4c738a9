"""Letters with marks, and whether any language writes those of a text together.

Accents have an honest reading, be it that of a language the brand does not use; three kinds of them that no one
language has are there to look like the name and to be another text.
"""

from __future__ import annotations

import unicodedata

_LETTERS = {
    "Catalan": "àèéíïòóúüç",
    "Croatian": "čćšž",
    "Czech and Slovak": "áäčďéěíĺľňóôŕřšťúůýž",
    "Dutch": "éèëïöüêç",
    "Esperanto": "ĉĝĥĵŝŭ",
    "Estonian and Finnish": "åäõöüšž",
    "French and Breton": "àâçéèêëîïñôùûüÿ",
    "Hungarian": "áéíóöőúüű",
    "Icelandic and Faroese": "áéíóöúý",
    "Indian languages, as scholars write them": "āīūṛṝḷṃḥñṅṇṭḍśṣ",
    "Italian and Maltese": "àèéìîòóùċġż",
    "Latvian": "āčēģīķļņōŗšūž",
    "Lithuanian": "ąčęėįšųūž",
    "Maori and Japanese": "āēīōū",
    "Polish": "ąćęńóśźż",
    "Portuguese": "áâãàçéêíóôõúü",
    "Romanian": "ăâîșțşţ",
    "Scandinavian and German": "åäöéàü",
    "Spanish and Basque": "áéíóúüñç",
    "Turkish and Azerbaijani": "âçğîöşûü",
    "Vietnamese": "àáâãèéêìíòóôõùúýăĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ",
    "Welsh": "âêîôûŵŷäëïöü",
    "Yoruba and its neighbours": "ẹọṣáàéèíìóòúùǹńḿ",
}
"""Marked letters of languages written in Latin script, small."""
_LANGUAGES = tuple(map(frozenset, _LETTERS.values()))
_MOST = 2
"""Kinds of marked letters that prove nothing: a name may come from two languages."""


def of_no_language(text: str, genuine: str) -> list[str]:
    """Return the marked letters of ``text``, where no one language has them all; empty where one has.

    Those of ``genuine`` do not count, and fewer than three kinds prove nothing.
    """
    composed = unicodedata.normalize("NFC", text).lower()
    own = set(unicodedata.normalize("NFC", genuine).lower())
    marked = {char for char in composed if not char.isascii() and _is_marked(char)} - own
    if len(marked) <= _MOST or any(marked <= letters for letters in _LANGUAGES):
        return []
    return [char for char in composed if char in marked]


def _is_marked(char: str) -> bool:
    parts = unicodedata.normalize("NFD", char)
    return len(parts) > 1 and parts[0].isascii() and parts[0].isalpha()
