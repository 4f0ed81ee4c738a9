"""Hashes of pictures: what copies of a logo they find, and what they take for a copy."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from auditor.lookalikes.brand import Brand
from auditor.lookalikes.candidate import Candidate
from auditor.lookalikes.elements import ElementKind
from auditor.lookalikes.images import BITS, brand_hashes, distance, picture_hash
from auditor.lookalikes.pictures import plain_picture
from auditor.lookalikes.scan import Scan
from auditor.lookalikes.thresholds import DEFAULT
from tests.lookalikes.support_pictures import COPIES, logo, png

BOUND = 2 * DEFAULT.image_distance
LOGOS = [logo(number) for number in range(60)]


def _hash(content: bytes) -> str:
    return picture_hash(plain_picture(content))


HASHES = [_hash(png(picture)) for picture in LOGOS]


@pytest.mark.parametrize("copy", COPIES)
def test_copies_are_found(copy: str) -> None:
    """At least nine of ten logos are found again after each thing that copies do to them."""
    apart = [
        distance(ours, _hash(COPIES[copy](picture)))
        for ours, picture in zip(HASHES, LOGOS, strict=True)
        if ours
    ]
    assert sum(bits is not None and bits <= BOUND for bits in apart) >= 0.9 * len(apart)


def test_different_logos_stay_different() -> None:
    """Of 1,770 pairs of different logos none is taken for one."""
    known = [each for each in HASHES if each]
    apart = [distance(one, other) for index, one in enumerate(known) for other in known[:index]]
    assert len(apart) > 1_500
    assert all(bits is not None and bits > BOUND for bits in apart)


@pytest.mark.parametrize(
    "turn", [ImageOps.mirror, ImageOps.invert], ids=["mirrored", "with colours inverted"]
)
def test_turned_copies_are_found_by_the_brand_s_variants(turn: object) -> None:
    """A mirrored or inverted copy is near one of the brand's hashes, though not near the plain one."""
    picture = logo(3)
    ours, theirs = brand_hashes(plain_picture(png(picture))), _hash(png(turn(picture)))  # type: ignore[operator]  # of two functions of Pillow
    assert min(bits for each in ours if (bits := distance(each, theirs)) is not None) <= BOUND
    assert (distance(ours[0], theirs) or 0) > BOUND


@pytest.mark.parametrize("colour", ["white", "black", "#1d9bf0"])
def test_a_plain_picture_has_no_hash(colour: str) -> None:
    """A picture of one colour is like no other, so that two blank ones accuse nobody."""
    blank = plain_picture(png(Image.new("RGB", (100, 100), colour)))
    assert picture_hash(blank) == ""
    assert brand_hashes(blank) == ()


@given(st.text(max_size=120), st.text(alphabet="0123456789abcdef", max_size=100))
def test_what_is_no_hash_is_at_no_distance(first: str, second: str) -> None:
    """Any text may be asked for; only hashes are at a distance, and it is the same from either side."""
    apart = distance(first, second)
    assert apart == distance(second, first)
    assert apart is None or 0 <= apart <= BITS


def test_a_copied_picture_makes_an_account_likely_with_the_name() -> None:
    """The name alone is for review; with the brand's picture it is likely, and the sentence says why."""
    brand = Brand("riverside", handle="RiversideHealth", name="Riverside Health",
                  avatars=brand_hashes(plain_picture(png(logo(5)))))  # fmt: skip
    account = Candidate(id="9", handle="xq_77120", name="Riverside Health", platform="x")
    scan = Scan.of((brand,), datetime(2026, 11, 20, tzinfo=UTC))
    copied = replace(account, avatar=_hash(COPIES["with a badge"](logo(5))))
    (alone,), (pictured,) = (list(scan.of_batch([each])) for each in (account, copied))
    assert (alone.tier, pictured.tier) == ("review", "likely")
    (image,) = (each for each in pictured.elements if each.kind is ElementKind.IMAGE)
    assert image.sentence.startswith("The picture is the brand's: ")
