"""Words that brands share: generic ones, those of one sense, and words of the language."""

from __future__ import annotations

from functools import cache

from auditor.lookalikes.affixes import Affix, vocabulary
from auditor.lookalikes.canon import plain, to_ascii
from auditor.lookalikes.tables import common_words, listed

GENERIC = listed(
    """
    health healthcare medical medicine med clinic clinics hospital hospitals hosp care dental wellness group bank banks
    banking credit trust savings center centre company companies service services solutions systems system technologies
    technology tech insurance financial finance capital energy power electric foods food airlines airline airways air hotel
    hotels resort resorts restaurant restaurants pharmacy pharmaceuticals pharmaceutical pharma labs laboratories partners
    holdings holding international global national american community regional county city state states university
    college school schools institute foundation association society union of and the for in at by on de la le du des und y
    inc incorporated llc ltd limited corp corporation co plc gmbh ag sa store stores shop market markets supermarket
    supermarkets motors auto automotive brands brand industries enterprises media network networks communications realty
    properties logistics transport transit authority agency department council museum library park parks club
    banco banca banque caja sparkasse volksbank credito seguros assurance assurances versicherung versicherungen clinica
    clinique klinik klinikum kliniken krankenhaus spital ospedale hopital farmacia pharmacie apotheke universidad universidade
    universitat universite universita colegio lycee ecole schule stadtwerke stadtwerk grupo groupe gruppe gruppo compania
    compagnie aerolineas fundacion fondation stiftung ayuntamiento krankenkasse kasse
    therapeutics biotech biosciences biopharma diagnostics laboratory laboratoires hospice physicians surgery orthopedics
    pediatrics dentistry orthodontics veterinary nursing broadband telecom telecoms telecommunications mobile wireless
    cellular fiber internet railway railways airport cruises brewing brewery winery distillery outfitters apparel clothing
    footwear furniture jewelers jewellers bakery pizzeria grill diner coffee roasters fitness gym studios attorneys
    mortgage mortgages lending brokerage securities investments advisors utilities water gas petroleum
    """
)
"""Words that tell what a brand is, not which; without accents."""
SENSES = (
    listed("clinic klinik klinic clinica clinique"),
    listed("bank banc bancorp banco banca banque"),
    listed("hospital hospitals hosp hopital ospital ospedale krankenhaus spital"),
    listed("pharma farma pharm"),
    listed("pharmacy farmacy farmacia pharmacie"),
    listed("center centre centro zentrum"),
    listed("insurance assurance ensurance"),
    listed("university univ uni universidad universidade universitat universite universita"),
    listed("group groupe grupo gruppe gruppo"),
)
"""Generic words of one sense: whoever writes one for another writes the same name."""
TITLES = frozenset({"dr", "doctor", "prof", "professor", "sir", "dame"})
LEGAL_FORMS = frozenset(word for word, affix in vocabulary().items() if affix is Affix.LEGAL)
_SHORTEST_DISTINCT = 4
_LONGEST_WORD = 8


def is_generic(word: str) -> bool:
    """Whether ``word`` tells what a brand is, however it is written."""
    return plain(word) in GENERIC or (not word.isascii() and plain(to_ascii(word)) in GENERIC)


def one_sense(word: str, other: str) -> bool:
    """Whether two words tell the same of what a brand is: one in two languages, or one and its plural."""
    if word.removesuffix("s") == other.removesuffix("s"):
        return is_generic(word) or is_generic(other)
    return any(word in sense and other in sense for sense in SENSES)


def is_word(text: str) -> bool:
    """Whether ``text`` (plain) is a common English word or name, or generic in names of brands."""
    return text in common_words() or text in GENERIC or text in vocabulary()


@cache
def is_common(text: str) -> bool:
    """Whether a name of this one word may well be somebody else's: a common word or name, or very short."""
    if len(text) < _SHORTEST_DISTINCT or is_word(text):
        return True
    # Plurals and the like of common words are common too, and too many to list.
    return len(text) <= _LONGEST_WORD + 1 and any(
        text.endswith(end) and is_word(text[: -len(end)]) for end in ("s", "es", "ed")
    )
