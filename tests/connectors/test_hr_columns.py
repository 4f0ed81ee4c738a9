"""Which column is which, and the small readers of cells."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.hr_table import HrTableSettings
from connectors.hr_table.columns import FIELDS, HEADERS, course_of, find_columns, place_of
from connectors.hr_table.guard import roster_shrank
from connectors.hr_table.handles import read_handles
from connectors.hr_table.names import read_name
from connectors.hr_table.rows import clean_emails, clean_id, is_damaged


def test_a_header_belongs_to_one_field() -> None:
    """No spelling stands for two fields."""
    owners = [(header, field) for field, headers in HEADERS.items() for header in set(headers)]
    assert len({header for header, _field in owners}) == len(owners)
    assert all(header for header, _field in owners)


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Associate ID", "person_id"),
        ("Legal First Name (Personal Profile)", "first_name"),
        ("Job Title Description (Employment Profile - Pay Rates)", "title"),
        ("Work Contact: Work Email", "work_email"),
        ("Employee #", "person_id"),
        ("employee_number", "person_id"),
        ("Hire Date/Rehire Date", "hired_on"),
        ("employeeLeaveDateTime", "left_on"),
        ("Pr\u00e9nom", "first_name"),
        ("Reports To Associate ID", "manager_id"),
        ("X Handle", "handle_x"),
    ],
)
def test_headers(header: str, field: str) -> None:
    """Headers are known without regard to case, punctuation, accents or a trailing group."""
    place = place_of(header)
    assert place is not None
    assert place[0] == field


def test_documentation_names_every_field_and_setting() -> None:
    """docs/roster.md tells of everything that can be mapped or set."""
    text = (Path(__file__).parents[2] / "docs" / "roster.md").read_text(encoding="utf-8")
    settings = set(HrTableSettings.model_fields) - {"id", "connector"}
    assert {name for name in FIELDS | settings if f"`{name}`" not in text} == set()


def test_better_header_wins() -> None:
    """Where two columns hit one field, the better name is first wherever it stands."""
    found = find_columns(["Email", "Work Email", "Status"], given={}, training={})
    assert found.found["work_email"] == (1, 0)


def test_given_column_is_the_only_one() -> None:
    """A mapped field leaves its other columns alone, and they are told as unused."""
    found = find_columns(["Status", "Stand"], given={"status": "stand"}, training={})
    assert found.found["status"] == (1,)
    assert found.unused == ("Status",)


def test_given_header_that_is_not_there() -> None:
    """A mapped header that is missing is told with the nearest one."""
    with pytest.raises(LookupError, match="Did you mean 'Stand'"):
        find_columns(["Stand"], given={"status": "Stnd"}, training={})


def test_training_columns() -> None:
    """Courses come from their headers or from the mapping."""
    found = find_columns(
        ["Training: HIPAA Privacy", "Sec Aware"], given={}, training={"sec aware": "security"}
    )
    assert dict(found.training) == {0: "HIPAA Privacy", 1: "security"}
    assert course_of("Training") is None


def test_header_spellings_of_the_field_survey() -> None:
    """Every spelling of a person's number, e-mail, status and dates in the survey of exports is known."""
    specs = os.environ.get("AUDITOR_SPECS")
    survey = Path(specs or "").parent / "samples" / "hr" / "header_aliases.json" if specs else None
    if survey is None or not survey.is_file():
        pytest.skip("AUDITOR_SPECS names no folder with the survey of header spellings")
    known = json.loads(survey.read_text(encoding="utf-8"))
    fields = (
        "employee_id",
        "work_email",
        "full_name",
        "status",
        "hire_date",
        "termination_date",
        "manager_id",
    )
    unknown = [header for field in fields for header in known[field] if place_of(header) is None]
    assert unknown == ["Reports To Position ID"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Fox, Bo", "Bo Fox"),
        ("Fox, Bo T. (Jr.)", "Bo T. Fox Jr."),
        ("Fox Jr., Bo", "Bo Fox Jr."),
        ("Bo Fox, RN", "Bo Fox RN"),
        ("Fox, Bo, RN", "Bo Fox RN"),
        ("Garc\u00eda L\u00f3pez, Ana Mar\u00eda", "Ana Mar\u00eda Garc\u00eda L\u00f3pez"),
        ("  Bo   Fox ", "Bo Fox"),
        ("Fox,", "Fox"),
        ("", ""),
    ],
)
def test_names(written: str, read: str) -> None:
    """Names come out in reading order, suffixes last."""
    assert read_name(written).text == read


def test_name_notes() -> None:
    """Parentheses after a name hold a nickname or a status."""
    assert read_name("Fox, Robert (Bob)").nickname == "Bob"
    assert read_name("Bo Fox (Terminated)").status_note == "Terminated"
    assert read_name("Bo Fox (On Leave)").text == "Bo Fox"


@given(st.text(max_size=200))
def test_any_name(text: str) -> None:
    """No text breaks the reader, and no name grows."""
    assert len(read_name(text).text) <= len(text) + 1


@pytest.mark.parametrize(
    ("text", "platform", "handles"),
    [
        ("@BoFox", "x", ("x:BoFox",)),
        ("https://x.com/BoFox?lang=en", "x", ("x:BoFox",)),
        ("twitter.com/@BoFox", "x", ("x:BoFox",)),
        ("https://www.linkedin.com/in/bo-fox/", "linkedin", ("linkedin:bo-fox",)),
        ("https://www.facebook.com/profile.php?id=100012", "facebook", ("facebook:100012",)),
        (
            "x: @BoFox; instagram: bo.fox; https://www.youtube.com/@bofox",
            None,
            ("x:BoFox", "instagram:bo.fox", "youtube:bofox"),
        ),
        ("N/A", "x", ()),
    ],
)
def test_handles(text: str, platform: str | None, handles: tuple[str, ...]) -> None:
    """Handles are read from handles, addresses and lists of both."""
    assert read_handles(text, platform) == (handles, ())


@pytest.mark.parametrize(
    ("text", "platform"),
    [
        ("https://x.com/BoFox", "instagram"),
        ("https://x.com.evil.example/BoFox", "x"),
        ("javascript:alert(1)", "x"),
        ("BoFox", None),
        ("bo fox", "x"),
        ("https://x.com/", "x"),
        ("https://www.linkedin.com/company/acme", "linkedin"),
        ("https://[broken", "x"),
    ],
)
def test_no_handles(text: str, platform: str | None) -> None:
    """What is no handle of that platform is told, not guessed at."""
    handles, bad = read_handles(text, platform)
    assert handles == ()
    assert bad


@given(st.text(max_size=80), st.sampled_from(["x", "linkedin", None]))
def test_any_handle_cell(text: str, platform: str | None) -> None:
    """Whatever is in the cell, each handle has a known platform and no blank in it."""
    for handle in read_handles(text, platform)[0]:
        said, _, name = handle.partition(":")
        assert said
        assert name
        assert not any(c.isspace() for c in name)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("00123", "00123"),
        ("123.0", "123"),
        ('="00123"', "00123"),
        ("'00123", "00123"),
        ("A-1.0", "A-1.0"),
        ("n/a", ""),
    ],
)
def test_ids(written: str, read: str) -> None:
    """Ids stay text with their zeros; what a spreadsheet put around them goes."""
    assert clean_id(written) == read


def test_damaged_ids() -> None:
    """1.23E+05 is what is left of an id; 1E5 may be one."""
    assert is_damaged("1.23E+05")
    assert not is_damaged("1E5")


@pytest.mark.parametrize(
    ("written", "emails", "bad"),
    [
        ("Bo.Fox@riverside.example", ("Bo.Fox@riverside.example",), False),
        ("Fox, Bo <bo@riverside.example>", ("bo@riverside.example",), False),
        ("mailto:bo@riverside.example", ("bo@riverside.example",), False),
        (
            "bo@riverside.example; fox@riverside.example",
            ("bo@riverside.example", "fox@riverside.example"),
            False,
        ),
        ("SMTP:bo@a.example,smtp:b@a.example", ("bo@a.example", "b@a.example"), False),
        ("not yet", (), True),
        ("none", (), False),
    ],
)
def test_emails(written: str, emails: tuple[str, ...], bad: bool) -> None:
    """Addresses are taken from what stands around them; other text is told."""
    assert clean_emails(written) == (emails, bad)


@pytest.mark.parametrize(
    ("previous", "current", "share", "stops"),
    [
        (0, 10, 0.2, False),
        (100, 80, 0.2, False),
        (100, 79, 0.2, True),
        (100, 150, 0.0, False),
        (5, 0, 1.0, False),
    ],
)
def test_roster_shrank(previous: int, current: int, share: float, stops: bool) -> None:
    """More people missing than the share allows is an error that names --accept-roster."""
    error = roster_shrank(previous, current, share)
    assert (error is not None) is stops
    assert error is None or "--accept-roster" in error.remedy
