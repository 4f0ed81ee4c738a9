"""Generated handles and search texts."""

from __future__ import annotations

import re
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from auditor.model.impersonation import ProtectedProfile
from connectors.candidates.handles import X_HANDLE, handles
from connectors.candidates.queries import for_x, queries
from tests.connectors.candidates.support_candidates import HEALTH


@given(handle=st.text(max_size=20), name=st.text(max_size=30))
def test_every_handle_is_one_that_the_platform_lets_exist(handle: str, name: str) -> None:
    """Whatever a profile is called, its handles are valid, each once, and never its own."""
    made = [one for _kind, one in handles([ProtectedProfile(key="k", handle=handle, name=name)])]
    folded = [one.casefold() for one in made]
    assert len(set(folded)) == len(folded)
    assert handle.casefold() not in folded
    assert all(X_HANDLE.fullmatch(one) for one in made)


def test_each_kind_of_squat_is_asked_for() -> None:
    """One squat of each kind is among the handles of a short name."""
    made = {one for _kind, one in handles([ProtectedProfile(key="k", name="Oakmere", handle="Oakmere")])}
    wanted = {"Oakmere_", "OakmereSupport", "0akmere", "OakmereOfficial", "Oakmree", "Oakmere24", "OakmereHQ",
              "OakmereUK", "Oakkmere", "Oakmre", "Oakrnere"}  # fmt: skip
    assert wanted <= made


def test_a_long_name_is_shortened_to_leave_room() -> None:
    """X's 15 letters do not end the list for a brand that fills them."""
    made = {one for _kind, one in handles([HEALTH])}
    assert {"RiversideHlth", "RiversideHlthHQ", "RiversideHlth24"} <= made


def test_a_former_handle_is_asked_for_first() -> None:
    """Whoever holds a handle that we gave up is asked for before any invented one."""
    profile = ProtectedProfile(key="k", handle="RiversideHealth", former_handles=("RiversideHosp",))
    assert [one for _kind, one in islice(handles([profile]), 1)] == ["RiversideHosp"]


def test_a_cap_cuts_kinds_and_not_profiles() -> None:
    """The first kind is asked for all profiles before the second kind of any."""
    other = ProtectedProfile(key="o", name="Oakmere Kids", handle="OakmereKids")
    first = list(islice(handles([HEALTH, other]), 4))
    assert [one for kind, one in first if kind == "same"] == ["RiversideHlth", "OakmereKds"]


@given(st.text(max_size=80))
def test_a_query_to_x_is_one_that_x_takes(name: str) -> None:
    """X's pattern holds for whatever is asked."""
    asked = for_x(name)
    assert asked is None or re.fullmatch(r"[A-Za-z0-9_' ]{1,50}", asked)


def test_accents_are_taken_off_and_other_scripts_are_not_asked() -> None:
    """A Latin name is searched for in ASCII; one of another script is not turned into something else."""
    assert for_x("Nestlé") == "Nestle"
    assert for_x("H&M Group") == "H M Group"
    assert for_x("川辺病院") is None


def test_each_name_is_searched_for_once() -> None:
    """Names that differ by case or blanks are one query; short ones are none."""
    twin = ProtectedProfile(key="t", name="riverside  health", short_names=("RH", "RSH"))
    assert list(queries([HEALTH, twin])) == ["Riverside Health", "RSH", "RiversideHealth"]
