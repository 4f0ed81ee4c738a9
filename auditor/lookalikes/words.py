"""Words that brands share: generic ones, abbreviations and what they stand for, and codes of regions."""

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
ABBREVIATIONS = {
    "st": "saint", "ste": "sainte", "mt": "mount", "ft": "fort", "dr": "doctor", "hosp": "hospital", "med": "medical",
    "pharma": "pharmaceuticals", "pharm": "pharmacy", "intl": "international", "natl": "national", "univ": "university",
    "uni": "university", "inst": "institute", "ctr": "center", "dept": "department", "govt": "government",
    "assoc": "association", "assn": "association", "bros": "brothers", "mfg": "manufacturing", "svc": "service",
    "svcs": "services", "tech": "technologies", "corp": "corporation", "co": "company", "inc": "incorporated",
    "ltd": "limited", "mgmt": "management", "comm": "communications", "fin": "financial", "ins": "insurance",
    "lab": "laboratories", "labs": "laboratories", "sys": "systems", "grp": "group", "hc": "healthcare",
    "hlth": "health", "mkt": "market", "fed": "federal", "clin": "clinic", "svgs": "savings", "acad": "academy",
    "fdn": "foundation", "cty": "county", "sci": "sciences",
}  # fmt: skip
"""Short to long; both ways round they are the same name."""
NUMBERS = {
    "1": "one", "2": "two", "3": "three", "4": "four", "5": "five", "6": "six", "7": "seven", "8": "eight", "9": "nine",
    "10": "ten", "11": "eleven", "12": "twelve",
}  # fmt: skip
"""Figures that names also spell out."""
SENSES = (
    listed("clinic klinik klinic clinica clinique"),
    listed("bank banc bancorp banco banca banque"),
    listed("hospital hospitals hosp hopital ospital"),
    listed("pharma farma pharm"),
    listed("pharmacy farmacy farmacia pharmacie"),
    listed("center centre centro zentrum"),
    listed("insurance assurance ensurance"),
    listed("university universidad universidade universitat universite universita"),
    listed("group groupe grupo gruppe gruppo"),
)
"""Generic words of one sense: whoever writes one for another writes the same name."""
TITLES = frozenset({"dr", "doctor", "prof", "professor", "sir", "dame"})
LEGAL_FORMS = frozenset(word for word, affix in vocabulary().items() if affix is Affix.LEGAL)
_CODES = {
    "al": "alabama", "ak": "alaska", "az": "arizona", "ar": "arkansas", "ca": "california", "co": "colorado",
    "ct": "connecticut", "de": "delaware", "fl": "florida", "ga": "georgia", "hi": "hawaii", "id": "idaho",
    "il": "illinois", "in": "indiana", "ia": "iowa", "ks": "kansas", "ky": "kentucky", "la": "louisiana",
    "me": "maine", "md": "maryland", "ma": "massachusetts", "mi": "michigan", "mn": "minnesota", "ms": "mississippi",
    "mo": "missouri", "mt": "montana", "ne": "nebraska", "nv": "nevada", "nh": "newhampshire", "nj": "newjersey",
    "nm": "newmexico", "ny": "newyork", "nc": "northcarolina", "nd": "northdakota", "oh": "ohio", "ok": "oklahoma",
    "or": "oregon", "pa": "pennsylvania", "ri": "rhodeisland", "sc": "southcarolina", "sd": "southdakota",
    "tn": "tennessee", "tx": "texas", "ut": "utah", "vt": "vermont", "va": "virginia", "wa": "washington",
    "wv": "westvirginia", "wi": "wisconsin", "wy": "wyoming", "to": "toronto", "uk": "unitedkingdom",
    "us": "usa", "au": "australia", "nz": "newzealand", "fr": "france", "jp": "japan", "nyc": "newyork",
    "sf": "sanfrancisco", "dc": "washington",
}  # fmt: skip
_SHORTEST_DISTINCT = 4
_LONGEST_WORD = 8


def region_of(code: str) -> str:
    """Return the region a code stands for, as one word; nothing where it is no code."""
    return _CODES.get(code, "")


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
