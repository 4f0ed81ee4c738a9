"""Reads pictures as a strict reader of XML would, and makes the values they are drawn from."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree

from hypothesis import strategies as st

from auditor.model.estate import AccessStatus, CoverageState, FactKind, GrantPath, Level, PersonStatus
from reports.charts import Gallery, Picture
from reports.review import ConnectedApp, CoverageCell, Holder, ReviewAccount
from tests.reports.support_estate import APPS, HOLDERS, NOW, known
from tests.reports.support_hostile import HOSTILE

NAMES = st.one_of(st.sampled_from(sorted(HOSTILE.values())), st.text(max_size=40))
"""Names as a platform may send them."""
LEVELS = st.one_of(st.none(), st.sampled_from(Level))
KNOWN_SHAPES = frozenset({"svg", "title", "desc", "rect", "path", "circle", "text"})
KNOWN_ATTRIBUTES = frozenset(
    [
        "id",
        "class",
        "role",
        "aria-labelledby",
        "aria-describedby",
        "viewBox",
        "width",
        "height",
        "fill",
        "stroke",
        "stroke-width",
        "stroke-dasharray",
        "stroke-linecap",
        "font-family",
        "font-size",
        "font-weight",
        "direction",
        "text-anchor",
        "x",
        "y",
        "rx",
        "cx",
        "cy",
        "r",
        "d",
    ]
)


def parsed(picture: Picture) -> ElementTree.Element:
    """Return the picture's root; markup that is not well-formed fails here."""
    return ElementTree.fromstring(str(Gallery()(picture)))


def texts(picture: Picture) -> list[str]:
    """Return every piece of writing in the drawing."""
    return [element.text or "" for element in parsed(picture).iter("text")]


def described(picture: Picture) -> str:
    """Return the description as an assistive program reads it."""
    element = parsed(picture).find("desc")
    assert element is not None
    return element.text or ""


def boxes(picture: Picture, style: str) -> list[tuple[float, float, float, float]]:
    """Return left, top, width and height of each rectangle of class ``style``."""
    return [
        (float(e.get("x", 0)), float(e.get("y", 0)), float(e.get("width", 0)), float(e.get("height", 0)))
        for e in parsed(picture).iter("rect")
        if e.get("class") == style
    ]


def account(holders: tuple[Holder, ...] = (), apps: tuple[ConnectedApp, ...] = (), *, name: str = "Riverside",
            key: str = "facebook:1", state: str = "observed", tier: int | None = 1) -> ReviewAccount:  # fmt: skip
    """Return an account held by ``holders``, of which the holders were read as ``state`` says."""
    return ReviewAccount(
        account_id=key,
        platform="facebook",
        kind="page",
        known=known("meta", key),
        name=name,
        tier=tier,
        holders=holders,
        apps=apps,
        coverage=(CoverageCell(account_id=key, fact=FactKind.GRANTS, state=CoverageState(state)),),
    )


@st.composite
def holders(draw: st.DrawFn, at: str = "facebook:1") -> Holder:
    """Return one grant on the account ``at``, of anyone, by any path, at any level, named in any way."""
    number = draw(st.integers(0, 9))
    status = draw(st.one_of(st.none(), st.sampled_from(PersonStatus)))
    return replace(
        HOLDERS[0],
        grant_id=f"{at}|{number}",
        account_id=at,
        principal_id=f"facebook:{number}",
        principal_name=draw(NAMES),
        person_id=f"hr:{number}" if status else None,
        person_name=draw(NAMES) if status else None,
        person_status=status,
        level=draw(LEVELS),
        via=draw(st.sampled_from(GrantPath)),
        via_name=draw(st.one_of(st.none(), NAMES)),
        status=draw(st.sampled_from(AccessStatus)),
    )


@st.composite
def accounts(draw: st.DrawFn, key: str = "facebook:1") -> ReviewAccount:
    """Return an account with anyone and anything on it."""
    held = tuple(draw(st.lists(holders(at=key), max_size=40)))
    apps = tuple(
        replace(APPS[0], app_key=f"{key}|{n}", account_id=key, name=draw(NAMES), level=draw(LEVELS),
                last_used_at=NOW - timedelta(days=n))
        for n in range(draw(st.integers(0, 4)))
    )  # fmt: skip
    state = draw(st.sampled_from(CoverageState))
    return account(held, apps, name=draw(NAMES), key=key, state=state)
