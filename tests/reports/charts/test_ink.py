"""What every picture promises: well-formed, harmless, told in words, the same in every document."""

from __future__ import annotations

import ast
import math
import re
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import reports
from reports.charts import (
    Exposure,
    Gallery,
    Picture,
    account_map,
    coverage_bar,
    coverage_by_platform,
    exposure,
    levels_bar,
    levels_by_account,
    person_map,
    trend,
)
from reports.charts.ink import words
from reports.charts.letters import fit, text_width
from reports.charts.looks import FONT, LOOKS, Look
from reports.review import CoverageSplit, TrendPoint
from tests.reports.charts.support_svg import (
    KNOWN_ATTRIBUTES,
    KNOWN_SHAPES,
    NAMES,
    account,
    accounts,
    holders,
    parsed,
)
from tests.reports.support_estate import NOW
from tests.reports.support_hostile import HOSTILE

SPLITS = st.builds(
    CoverageSplit,
    verified=st.integers(0, 10**6),
    attested=st.integers(0, 10**6),
    unknown=st.integers(0, 10**6),
)
EXPOSURES = st.builds(
    Exposure,
    person_id=st.text(max_size=8),
    name=NAMES,
    left_on=st.one_of(st.none(), st.dates(date(2000, 1, 1), date(2026, 1, 1))),
    days=st.one_of(st.none(), st.integers(0, 9000)),
    account_ids=st.just(("a",)),
    accounts=st.lists(NAMES, min_size=1, max_size=12).map(tuple),
)
POINTS = st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), max_size=8).map(
    lambda counts: [
        TrendPoint(snapshot_id=str(n), at=NOW + timedelta(days=n), failed=failed, unknown=unknown)
        for n, (failed, unknown) in enumerate(counts)
    ]
)
PICTURES = st.one_of(
    SPLITS.map(coverage_bar),
    st.dictionaries(NAMES, SPLITS, max_size=6).map(coverage_by_platform),
    accounts().map(levels_bar),
    st.lists(accounts(), max_size=5).map(levels_by_account),
    accounts().map(account_map),
    st.builds(
        lambda name, held: person_map(name, held, {"facebook:1": account()}),
        NAMES,
        st.lists(holders(), max_size=40),
    ),
    POINTS.map(lambda points: trend(points, "America/Chicago")),
    st.lists(EXPOSURES, max_size=20).map(exposure),
).filter(lambda picture: picture is not None)
"""Any picture of anything, names hostile."""


@settings(deadline=None, max_examples=150)
@given(PICTURES)
def test_any_picture_is_well_formed_and_holds_nothing_that_acts(picture: Picture) -> None:
    """Whatever the names: parseable XML, our few elements and attributes, no script, no event, no address."""
    root = parsed(picture)
    assert {element.tag for element in root.iter()} <= KNOWN_SHAPES
    for element in root.iter():
        assert set(element.attrib) <= KNOWN_ATTRIBUTES
        assert element.get("class", "picture").split()[0] in {*LOOKS, "picture"}


@settings(deadline=None, max_examples=150)
@given(PICTURES)
def test_any_picture_is_an_image_with_a_name_and_a_description(picture: Picture) -> None:
    """The root is an image; its name and description are its first children, and neither is empty."""
    root = parsed(picture)
    title, desc = root[0], root[1]
    assert (root.get("role"), title.tag, desc.tag) == ("img", "title", "desc")
    assert root.get("aria-labelledby") == title.get("id")
    assert root.get("aria-describedby") == desc.get("id")
    assert (title.text or "").strip()
    assert (desc.text or "").strip()


@settings(deadline=None, max_examples=150)
@given(PICTURES)
def test_every_number_is_finite_and_inside_the_drawing(picture: Picture) -> None:
    """No NaN, no infinity; rectangles, circles and the starts of texts lie within the frame."""
    for element in parsed(picture).iter():
        for name in ("x", "y", "cx", "cy", "r", "width", "height"):
            assert math.isfinite(float(element.get(name, 0)))
        if element.tag in {"rect", "circle", "text"}:
            x, y = (float(element.get(axis) or element.get(f"c{axis}") or 0) for axis in "xy")
            assert -1 <= x <= picture.width + 1
            assert -1 <= y <= picture.height + 1
        if element.tag == "rect":
            assert x + float(element.get("width", 0)) <= picture.width + 1
        if element.tag == "path":
            numbers = re.findall(r"-?[\d.]+|[a-z]{3,}", element.get("d", ""))
            assert numbers
            assert all(math.isfinite(float(number)) for number in numbers)


@given(PICTURES)
@settings(deadline=None, max_examples=50)
def test_the_same_picture_is_the_same_text_and_never_shares_an_id(picture: Picture) -> None:
    """Placed twice in one document the ids differ; placed in two documents the text is the same."""
    first, second = Gallery(), Gallery()
    once, again = first(picture), first(picture)
    ids = re.findall(r' id="([^"]+)"', once + again)
    assert len(ids) == len(set(ids)) == 4
    assert once == second(picture)


def test_nothing_to_draw_leaves_nothing() -> None:
    """Where a function returns None the document gets no mark at all, and no number is used up."""
    gallery = Gallery()
    assert gallery(None) == ""
    picture = coverage_bar(CoverageSplit(verified=1))
    assert 'id="picture-1-t"' in gallery(picture)


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_names_are_escaped_which_the_library_does_not_do(kind: str) -> None:
    """Text that looks like markup comes back from the parser as the very text that was shown."""
    shape = words(0, 10, HOSTILE[kind])
    picture = Picture("map", HOSTILE[kind], HOSTILE[kind], 10, 10, (shape,))
    root = parsed(picture)
    assert [element.tag for element in root.iter()] == ["svg", "title", "desc", "text"]
    shown = root.findtext("text") or ""
    assert shown.startswith(fit(HOSTILE[kind], 200)[:10])
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x1f]", shown)


@settings(deadline=None)
@given(st.text(), st.floats(30, 400), st.booleans())
def test_what_is_fitted_fits(text: str, room: float, bold: bool) -> None:
    """A cut text takes no more room than it was given, but for the ellipsis; an uncut one is whole."""
    fitted = fit(text, room, bold=bold)
    assert fitted
    assert text_width(fitted.removesuffix("…"), bold=bold) <= room + 1


def test_only_one_file_knows_the_library() -> None:
    """All drawing passes `ink`, where texts are escaped; no other file of the product imports the library."""
    root = Path(reports.__file__).parent
    for path in root.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        names = {
            alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
        }
        assert ("svg" in names) == (path.name == "ink.py"), path


def test_help_does_not_load_the_library() -> None:
    """``auditor --help`` starts without anything that draws."""
    told = "import runpy, sys; sys.argv = ['auditor', '--help']\ntry: runpy.run_module('auditor', run_name='__main__')"
    told += "\nexcept SystemExit: pass\nsys.exit('svg' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", told], capture_output=True, text=True, cwd=Path(reports.__file__).parents[1]
    )
    assert (done.returncode, "Usage" in done.stdout) == (0, True)


def _contrast(one: str, other: str) -> float:
    lights = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lights[0] + 0.05) / (lights[1] + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _style_sheet() -> str:
    return (Path(reports.__file__).parent / "templates" / "pictures.css").read_text("utf-8")


def test_every_palette_has_enough_contrast() -> None:
    """Light, dark and print: words at 4.5 : 1 on what they stand on, outlines and marks at 3 : 1 on paper."""
    palettes = [
        dict(re.findall(r"--p-([\w-]+): (#[0-9a-f]{6})", block))
        for block in re.findall(r"\.picture \{(.*?)\}", _style_sheet(), re.DOTALL)
    ]
    palettes = [palette for palette in palettes if palette]
    assert len(palettes) == 3
    for palette in palettes:
        on = {"ink": "paper", "quiet": "paper", "on-known": "known", "on-mid": "mid", "on-low": "low"}
        for word, ground in on.items():
            assert _contrast(palette[word], palette[ground]) >= 4.5, (word, palette)
        for drawn in ("known", "rule"):
            assert _contrast(palette[drawn], palette["paper"]) >= 3, (drawn, palette)
        # The dots of "attested" must be seen on their own ground.
        assert _contrast(palette["known"], palette["half"]) >= 3


def _resolved(declaration: str, light: dict[str, str]) -> str:
    return re.sub(r"var\(--p-([\w-]+)\)", lambda found: light[found.group(1)], declaration)


def test_the_style_sheet_and_the_attributes_show_the_same_light_colours() -> None:
    """A class's colours in the light palette are those its shapes carry for PDF."""
    sheet = _style_sheet()
    light = dict(re.findall(r"--p-([\w-]+): (#[0-9a-f]{6})", sheet.split("@media")[0]))
    rules: dict[str, dict[str, str]] = {}
    for selectors, body in re.findall(r"^(\.picture [^{]+)\{([^}]*)\}", sheet, re.MULTILINE):
        for style in re.findall(r"\.picture \.([\w-]+)", selectors):
            rules.setdefault(style, {}).update(re.findall(r"(fill|stroke): ([^;]+);", _resolved(body, light)))
    for style, look in LOOKS.items():
        assert rules.get(style, {}).get("fill", _fill(style, look)) == look.fill, style
        assert rules.get(style, {}).get("stroke") == look.stroke, style
    assert set(rules) <= set(LOOKS)


def _fill(style: str, look: Look) -> str:
    """Return what a class without a fill of its own in the sheet has: the words' ink, else none."""
    return LOOKS["t"].fill if style.startswith("t-") else look.fill if look.fill == "none" else "missing"


def test_the_whole_picture_carries_font_and_ink_for_pdf() -> None:
    """Where no stylesheet reaches, texts inherit font, size and ink from the picture itself."""
    picture = coverage_bar(CoverageSplit(verified=3, unknown=4))
    assert picture is not None
    root = parsed(picture)
    assert (root.get("font-family"), root.get("font-size"), root.get("fill")) == (FONT, "14", LOOKS["t"].fill)
