"""The parts of a comparison: disguise, slips, words around a name, a brand's forms."""

from __future__ import annotations

import pytest

from auditor.lookalikes.affixes import Affix, remainder, remainder_of_words
from auditor.lookalikes.brand import Brand, Role, with_forms
from auditor.lookalikes.canon import Canonical
from auditor.lookalikes.disguise import Trick, disguise
from auditor.lookalikes.edits import is_slip
from auditor.lookalikes.links import hosts


@pytest.mark.parametrize(
    ("text", "trick"),
    [
        ("Rivers\u0456de", Trick.FOREIGN),
        ("River\u200bside", Trick.INVISIBLE),
        ("\u202eedisreviR", Trick.REVERSED),
        ("River\u0336side", Trick.MARKS),
        ("River\u200aside", Trick.SPACES),
        ("R\u00edv\u00ebrsid\u011b", Trick.MARKS),
        ("R1verside", Trick.GLYPHS),
        ("Riversicle", Trick.GLYPHS),
        ("R-i-v-e-r-s-i-d-e", Trick.APART),
        ("RIversIde".replace("I", "l"), Trick.GLYPHS),
    ],
)
def test_tricks_are_named(text: str, trick: Trick) -> None:
    """Each way of disguising the name is told by what it is, with the characters it uses."""
    found = disguise(Canonical.of(text), Canonical.of("RIVERSIDE" if "l" in text else "Riverside"))
    assert found is not None
    assert found.tricks == (trick,)
    assert found.characters


@pytest.mark.parametrize(
    "text",
    [
        "RIVERSIDE",
        "river side",
        "Riversid\u00e9",
        "R\u00edversid\u00e9",
        "\u0421\u0443\u0445\u043e Riverside",
        "Riverside \u2764\ufe0f",
        "\u200eRiverside",
        "Riverside\u00a0",
    ],
)
def test_an_honest_reading_is_no_disguise(text: str) -> None:
    """Case, spaces, accents, emoji and marks of direction at an edge have an honest reading."""
    assert disguise(Canonical.of(text), Canonical.of("Riverside")) is None


def test_what_the_brand_writes_itself_is_no_disguise() -> None:
    """A brand with letters of its own, or digits for letters, is not disguised by them."""
    assert (
        disguise(
            Canonical.of("\u0420\u0438\u0432\u0435\u0440\u0441\u0430\u0439\u0434"),
            Canonical.of("\u0420\u0438\u0432\u0435\u0440\u0441\u0430\u0439\u0434"),
        )
        is None
    )
    assert disguise(Canonical.of("Learn"), Canonical.of("L3arn")) is None


def test_latin_letters_are_foreign_to_a_name_in_another_script() -> None:
    """Who writes a Cyrillic name writes its letters in Cyrillic; a word of Latin letters beside it is another word."""
    genuine = Canonical.of("\u0420\u0435\u0447\u043d\u043e\u0439")
    found = disguise(Canonical.of("P\u0435\u0447\u043d\u043e\u0439"), genuine)
    assert found is not None
    assert (found.tricks, found.characters) == ((Trick.FOREIGN,), ("U+0050 LATIN CAPITAL LETTER P",))
    assert disguise(Canonical.of("\u0420\u0435\u0447\u043d\u043e\u0439 Help"), genuine) is None


def test_an_abbreviation_may_stand_apart() -> None:
    """Four letters or fewer are no word set apart, nor are letters that the brand sets apart itself."""
    assert disguise(Canonical.of("N.A.S.A"), Canonical.of("NASA")) is None
    assert disguise(Canonical.of("Q.U.A.R.T.Z"), Canonical.of("Q U A R T Z")) is None


@pytest.mark.parametrize("text", ["rivreside", "riverrside", "rivrside", "rivetside", "rivarside"])
def test_slips_of_typing(text: str) -> None:
    """Swapped, doubled, left out, neighbouring keys and other vowels are slips."""
    assert is_slip(text, "riverside")


@pytest.mark.parametrize("text", ["riversides", "liverside", "riverside2", "rivermide"])
def test_other_names_are_no_slips(text: str) -> None:
    """A plural, another first letter, a further sign or a far key make another name."""
    assert not is_slip(text, "riverside")


@pytest.mark.parametrize(
    ("before", "after", "classes"),
    [
        ("", "support", {Affix.SUPPORT}),
        ("the", "uk", {Affix.FILLER, Affix.REGION}),
        ("", "jobs24", {Affix.CORPORATE, Affix.DIGITS}),
        ("", "llc", {Affix.LEGAL}),
        ("", "pizza", {Affix.OTHER}),
        ("", "supportpizza", {Affix.OTHER}),
        ("", "", set()),
    ],
)
def test_the_words_around_a_name_have_classes(before: str, after: str, classes: set[Affix]) -> None:
    """What stands around is parsed whole into known words, or is another word."""
    assert remainder(before, after).classes == classes


def forms(brand: Brand) -> dict[str, Role]:
    """Return the plain forms of a brand with their roles."""
    return {form.text.plain: form.role for form in with_forms([brand])[0].forms}


def test_words_are_joined_but_never_cut() -> None:
    """Where spaces show the words, help desk is one claim, and Adelaide holds no aide."""
    assert remainder_of_words(["help", "desk"], ["new", "york"]).classes == {Affix.SUPPORT, Affix.REGION}
    assert remainder_of_words([], ["adelaide"]).classes == {Affix.OTHER}
    assert remainder_of_words(["admitting"], ["help"]).classes == {Affix.OTHER, Affix.SUPPORT}


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("Stadtwerke Br\u00fcnau", "brunau"),
        ("Riverside Health", "riverside"),
        ("Parkland", "parkland"),
        ("Bank", ""),
    ],
)
def test_generic_words_are_not_the_brands_own(name: str, own: str) -> None:
    """What a brand is, before or behind its name and with or without accents, is not what is its own."""
    (brand,) = with_forms([Brand("b", name=name)])
    assert brand.forms[0].own == own


def test_a_brand_goes_by_several_forms() -> None:
    """Handles, names with abbreviations spelt out or not, the legal name and the core are all looked for."""
    found = forms(
        Brand(
            "k", "UnionHealthTX", "St. Briac's Hosp", "Briac Holdings Ltd", former_handles=("OldBriac",),
            short_names=("SBH",), domains=("briachealth.example",),
        )
    )  # fmt: skip
    assert found["unionhealthtexas"] is Role.HANDLE
    assert found["saintbriachospital"] is Role.NAME
    assert found["stbriachosp"] is Role.NAME
    assert found["briacholdings"] is Role.LEGAL
    assert found["oldbriac"] is Role.FORMER
    assert found["briachealth"] is Role.DOMAIN
    assert found["sbh"] is Role.NAME
    assert found["briac"] is Role.CORE


def test_a_name_has_the_spellings_that_name_the_same() -> None:
    """Figures and words, British and American, a region and its code, a doctor's title behind: all are the name."""
    found = forms(Brand("k", "SevenWellsCU", "Seven Wells Medical Center"))
    assert {"7wellscu", "7wellsmedicalcenter", "sevenwellsmedcentre"} <= set(found)
    assert "samuelokmd" in forms(Brand("d", name="Dr. Samuel Ok"))
    assert "tamsinoftx" in forms(Brand("t", name="Tamsin of Texas"))


def test_what_a_brand_is_may_stand_at_the_other_end() -> None:
    """With the generic word moved it is the name; another order of its own words, or of short ones, is part of it."""
    found = forms(Brand("k", name="Bright Path Clinic"))
    assert found["clinicbrightpath"] is Role.NAME
    assert found["pathbright"] is Role.CORE
    assert forms(Brand("k", name="Air One"))["oneair"] is Role.CORE


def test_abbreviations_of_known_words_are_known() -> None:
    """Univ stands for university around a name as well; a code of two letters stands for nothing."""
    assert remainder("", "univ").classes == remainder("", "university").classes
    assert remainder("", "mt").classes == {Affix.OTHER}


def test_a_core_that_many_brands_share_is_common() -> None:
    """A core word of three protected brands is a name of none of them."""
    many = [
        Brand(f"b{n}", f"Tarnvale{kind}", f"Tarnvale {kind}")
        for n, kind in enumerate(("Bank", "Clinic", "Foods"))
    ]
    few = [form for brand in with_forms(many[:2]) for form in brand.forms if form.role is Role.CORE]
    shared = [form for brand in with_forms(many) for form in brand.forms if form.role is Role.CORE]
    assert [form.common for form in few] == [False, False]
    assert [form.common for form in shared] == [True, True, True]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Care at https://www.riverside.example/a?b=c.example.", ["www.riverside.example"]),
        (
            "see riverside.example, or (help.riverside.example)",
            ["riverside.example", "help.riverside.example"],
        ),
        ("https://evil.example/riverside.example", ["evil.example"]),
        ("https://evil.example?to=https://riverside.example", ["evil.example"]),
        ("https://riverside.example@evil.example/", ["evil.example"]),
        ("https://riverside.example.evil.example:443/", ["riverside.example.evil.example"]),
        ("https://evil.example\\@riverside.example", ["evil.example"]),
        ("write to help@riverside.example", []),
        ("no link. Here", []),
    ],
)
def test_a_link_leads_where_a_browser_would_go(text: str, found: list[str]) -> None:
    """The brand's domain within another link's path, query or user part is no link to the brand."""
    assert hosts(text) == found


def test_mailboxes_lead_somewhere_too() -> None:
    """For ways of contact, the domain of a mailbox counts."""
    assert hosts("write to help@riverside-care.example", mail=True) == ["riverside-care.example"]
