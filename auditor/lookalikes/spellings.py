"""How one word is also written: short and long, in figures, in British and American English, a region by its code."""

from __future__ import annotations

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
_BRITISH = {
    "center": "centre", "harbor": "harbour", "theater": "theatre", "color": "colour", "labor": "labour", "honor": "honour",
    "neighbor": "neighbour", "arbor": "arbour", "armor": "armour", "favor": "favour", "gray": "grey", "fiber": "fibre",
    "jewelers": "jewellers", "jewelry": "jewellery", "pediatric": "paediatric", "pediatrics": "paediatrics",
    "orthopedic": "orthopaedic", "orthopedics": "orthopaedics", "program": "programme", "catalog": "catalogue",
    "organization": "organisation", "aging": "ageing", "tire": "tyre", "tires": "tyres", "mold": "mould", "plow": "plough",
}  # fmt: skip
"""American to British."""
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
_OF_REGIONS = {name: code for code, name in reversed(_CODES.items()) if len(name) > 3} | {"america": "us"}
_OTHER_WAYS = (
    ABBREVIATIONS,
    {long: short for short, long in reversed(ABBREVIATIONS.items())},
    _BRITISH,
    {british: american for american, british in _BRITISH.items()},
    _OF_REGIONS,
)


def region_of(code: str) -> str:
    """Return the region a code stands for, as one word; nothing where it is no code."""
    return _CODES.get(code, "")


def spellings(word: str) -> tuple[str, ...]:
    """Return a word and how else it is written, itself first."""
    plainly = word.casefold()
    return tuple(dict.fromkeys((word, *(way[plainly] for way in _OTHER_WAYS if plainly in way))))
