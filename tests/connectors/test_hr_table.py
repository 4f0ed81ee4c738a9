"""The roster connector on rosters that are wrong, doubtful or hostile."""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from auditor.errors import DocumentError, RosterError
from auditor.model.estate import CoverageState, FactKind, PersonStatus
from auditor.model.facts import Coverage
from auditor.model.people import Person
from connectors.base import CheckState, Connector
from connectors.hr_table import HrTableConnector, HrTableSettings, read_roster
from tests.connectors.support_hr import by_id, roster_of
from tests.support import NOW, MemoryEvidence, make_context

HEADER = "Employee ID,Name,Work Email,Status\n"


def refused(folder: Path, content: str, **options: object) -> RosterError:
    """Return the error the roster is refused with."""
    with pytest.raises(RosterError) as caught:
        roster_of(folder, content, **options)
    return caught.value


def test_meets_the_contract() -> None:
    """It is a connector like any other, and needs no scope."""
    connector = HrTableConnector()
    assert isinstance(connector, Connector)
    assert connector.scopes == ()


def test_collect_yields_people_then_problems(tmp_path: Path) -> None:
    """People come first, then one partial coverage a problem, with file and line."""
    (tmp_path / "people.csv").write_text(HEADER + "1,Bo Fox,bo@riverside.example,Zorbed\n")
    options = HrTableSettings(id="roster", connector="hr-table", path="people.csv")
    facts = list(HrTableConnector().collect(options, make_context(tmp_path)))
    assert [type(fact) for fact in facts] == [Person, Coverage]
    person, gap = facts
    assert isinstance(person, Person)
    assert (person.status, person.raw_status) == (None, "Zorbed")
    assert isinstance(gap, Coverage)
    assert (gap.account_id, gap.fact, gap.state) == ("roster", FactKind.PRINCIPALS, CoverageState.PARTIAL)
    assert gap.reason.startswith("people.csv:2: 'Zorbed' in column 'Status'")


def test_evidence_is_the_file_and_how_it_was_read(tmp_path: Path) -> None:
    """The evidence names file, hash, columns and date orders, and none of its people."""
    (tmp_path / "people.csv").write_text(
        "Employee ID,Name,Work Email,Status,Hire Date\n1,Bo Fox,bo@riverside.example,Active,3/14/2020\n"
    )
    context = make_context(tmp_path)
    options = HrTableSettings(id="roster", connector="hr-table", path="people.csv")
    (person,) = read_roster(options, context).people
    evidence = context.evidence
    assert isinstance(evidence, MemoryEvidence)
    kind, record = evidence.records[str(person.evidence_id)]
    assert kind == "hr.roster"
    assert isinstance(record, dict)
    assert record.keys() == HrTableConnector.kept_fields["hr.roster"]
    assert record["date_orders"] == {"hired_on": "m/d/y"}
    assert "Fox" not in json.dumps(record)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (HEADER, "nobody below it"),
        (HEADER + "Grand Total,0,,\n", "nobody below it"),
        ("Employee ID,Name,Status\n1,Bo Fox,Active\n", "no column of work e-mail"),
        (
            "Employee ID,Name,Work Email\n1,Bo Fox,bo@riverside.example\n",
            "neither a status nor a termination date",
        ),
        (HEADER + ",,,Active\n", "none of its 1 rows tells of a person"),
    ],
)
def test_roster_that_cannot_be_trusted(tmp_path: Path, content: str, says: str) -> None:
    """An empty roster, or one that cannot tell leavers, is an error that names the file and the mend."""
    error = refused(tmp_path, content)
    assert says in error.message
    assert "people.csv" in error.message


@pytest.mark.parametrize("content", ["", "\n\n", "lorem ipsum\ndolor sit amet\n"])
def test_file_that_is_no_table(tmp_path: Path, content: str) -> None:
    """A file without a header is refused by the table reader."""
    with pytest.raises(DocumentError):
        roster_of(tmp_path, content)


def test_missing_file(tmp_path: Path) -> None:
    """A roster that is not there is an error, not an empty roster."""
    options = HrTableSettings(id="roster", connector="hr-table", path="none.csv")
    with pytest.raises(DocumentError, match=r"none\.csv"):
        read_roster(options, make_context(tmp_path))


def test_ambiguous_dates_ask(tmp_path: Path) -> None:
    """03/04/2026 alone stops the roster with a question and the line that answers it."""
    content = "Employee ID,Name,Work Email,Status,Termination Date\n1,Bo Fox,bo@riverside.example,Terminated,03/04/2026\n"
    error = refused(tmp_path, content)
    assert "'Termination Date'" in error.message
    assert "line 2" in error.message
    assert "'date_format: m/d/y' or 'date_format: d/m/y'" in error.remedy
    roster = roster_of(tmp_path, content, date_format={"termination date": "d/m/y"})
    assert by_id(roster)["1"].left_on == date(2026, 4, 3)


def test_settings_refuse_unknown_fields_and_orders() -> None:
    """A wrong field in map, a wrong date_format or an unknown key is refused before anything is read."""
    for wrong in ({"map": {"emial": "X"}}, {"date_format": "american"}, {"pathh": "x"}):
        with pytest.raises(ValidationError):
            HrTableSettings(id="roster", connector="hr-table", path="p.csv", **wrong)


def test_mapped_columns(tmp_path: Path) -> None:
    """Columns with names of the house's own are read through map and training."""
    content = "Pers-Nr;Wer;Mailbox;Stand;HIPAA done\n007;Bo Fox;bo@riverside.example;aktiv;2026-01-31\n"
    roster = roster_of(
        tmp_path,
        content,
        map={"person_id": "Pers-Nr", "name": "Wer", "work_email": "mailbox", "status": "Stand"},
        training={"HIPAA done": "HIPAA Privacy"},
    )
    person = by_id(roster)["007"]
    assert (person.name, person.work_email, person.status) == ("Bo Fox", "bo@riverside.example", None)
    assert person.training == {"HIPAA Privacy": date(2026, 1, 31)}


def test_mapped_column_that_is_missing(tmp_path: Path) -> None:
    """A mapped header that is not in the file is an error with the nearest one."""
    error = refused(tmp_path, HEADER + "1,Bo,bo@riverside.example,Active\n", map={"title": "Nmae"})
    assert "Did you mean 'Name'?" in error.message


def test_as_of_in_the_future(tmp_path: Path) -> None:
    """A roster cannot be exported tomorrow."""
    assert (
        "still to come"
        in refused(tmp_path, HEADER + "1,B,b@a.example,Active\n", as_of=date(2027, 1, 1)).message
    )


def test_observed_when_the_file_was_written(tmp_path: Path) -> None:
    """Without as_of the file's own time is when the roster was so, never later than now."""
    (tmp_path / "people.csv").write_text(HEADER + "1,Bo Fox,bo@riverside.example,Active\n")
    options = HrTableSettings(id="roster", connector="hr-table", path="people.csv")
    written = datetime(2026, 10, 1, 8, 0, tzinfo=UTC)
    os.utime(tmp_path / "people.csv", (written.timestamp(), written.timestamp()))
    assert read_roster(options, make_context(tmp_path)).observed_at == written
    os.utime(tmp_path / "people.csv", (NOW.timestamp() + 1e6, NOW.timestamp() + 1e6))
    assert read_roster(options, make_context(tmp_path)).observed_at == NOW


def test_damaged_id_never_becomes_an_id(tmp_path: Path) -> None:
    """An id rounded by a spreadsheet is told with its line; the person is known by e-mail or left out."""
    content = (
        HEADER
        + "1.23E+05,Bo Fox,Bo@riverside.example,Active\n1.23E+05,Eve Stone,,Active\n2,Al Orr,al@riverside.example,A\n"
    )
    roster = roster_of(tmp_path, content)
    assert by_id(roster).keys() == {"bo@riverside.example", "2"}
    assert [problem.split(": ")[0] for problem in roster.problems] == ["people.csv:2", "people.csv:3"]


def test_no_id_column_falls_back_to_email_and_says_so(tmp_path: Path) -> None:
    """Without employee numbers people are told apart by work e-mail, which the roster's problems say."""
    roster = roster_of(tmp_path, "Name,Work Email,Status\nBo Fox,Bo@riverside.example,Active\n")
    assert by_id(roster).keys() == {"bo@riverside.example"}
    assert "told apart by 'Work Email'" in roster.problems[0]


def test_one_id_with_two_addresses(tmp_path: Path) -> None:
    """Two people under one number are told, and what differs between them is unknown."""
    content = HEADER + "1,Bo Fox,bo@riverside.example,Active\n1,Eve Stone,eve@riverside.example,Terminated\n"
    roster = roster_of(tmp_path, content)
    person = by_id(roster)["1"]
    assert person.status is None
    assert {person.work_email, *person.other_emails} == {"bo@riverside.example", "eve@riverside.example"}
    assert "different work e-mail addresses" in roster.problems[0]


def test_one_id_with_two_names(tmp_path: Path) -> None:
    """Two names under one number, without an address to tell them, are told and not merged in silence."""
    roster = roster_of(tmp_path, HEADER + "1,Bo Fox,,Active\n1,Eve Stone,,Terminated\n")
    assert by_id(roster)["1"].status is None
    assert "different names" in roster.problems[0]


def test_one_address_of_two_ids(tmp_path: Path) -> None:
    """An address two people share is told; both stay in the roster."""
    content = HEADER + "1,Bo Fox,bo@riverside.example,Terminated\n2,Bo Fox,BO@riverside.example,Active\n"
    roster = roster_of(tmp_path, content)
    assert by_id(roster).keys() == {"1", "2"}
    assert "identifies none of them" in roster.problems[0]


def test_contradicting_rows_of_one_position(tmp_path: Path) -> None:
    """Active and terminated with nothing to tell two positions apart is unknown, and told."""
    content = HEADER + "1,Bo Fox,bo@riverside.example,Active\n1,Bo Fox,bo@riverside.example,Terminated\n"
    roster = roster_of(tmp_path, content)
    assert by_id(roster)["1"].status is None
    assert "line 3" in roster.problems[0]


def test_active_in_any_position(tmp_path: Path) -> None:
    """A person with one current position of two is active, and the main one describes them."""
    content = (
        "Employee ID,Name,Work Email,Status,Job Title,Primary Position\n"
        "1,Bo Fox,bo@riverside.example,Terminated,Driver,No\n"
        "1,Bo Fox,bo@riverside.example,Active,Editor,Yes\n"
        "1,Bo Fox,bo@riverside.example,Active,Host,No\n"
    )
    roster = roster_of(tmp_path, content)
    assert (by_id(roster)["1"].status, by_id(roster)["1"].title) == (PersonStatus.ACTIVE, "Editor")
    assert roster.problems == ()


def test_status_beside_a_past_last_day(tmp_path: Path) -> None:
    """'Active' with a last day long past is unknown, and told with its line."""
    content = "Employee ID,Name,Work Email,Status,Last Day\n1,Bo Fox,bo@riverside.example,Active,2020-01-31\n"
    roster = roster_of(tmp_path, content)
    assert by_id(roster)["1"].status is None
    assert roster.problems[0].startswith("people.csv:2: 1: it says active, but the last day was 2020-01-31")


def test_unreadable_last_day_is_not_active(tmp_path: Path) -> None:
    """A last day nobody can read may be past: the status is unknown."""
    content = (
        "Employee ID,Name,Work Email,Last Day\n1,Bo,bo@riverside.example,ask HR\n2,Al,al@riverside.example,\n"
    )
    roster = roster_of(tmp_path, content)
    assert {key: person.status for key, person in by_id(roster).items()} == {
        "1": None,
        "2": PersonStatus.ACTIVE,
    }


def test_regular_does_not_hide_a_leaver(tmp_path: Path) -> None:
    """'Employment Status: Regular' beside 'Status: Terminated' is a leaver."""
    content = "Employee ID,Name,Work Email,Employment Status,Status\n1,Bo Fox,bo@riverside.example,Regular,Terminated\n"
    assert by_id(roster_of(tmp_path, content))["1"].status is PersonStatus.TERMINATED


def test_total_that_does_not_fit(tmp_path: Path) -> None:
    """A footer that counts more people than there are is the mark of a truncated export."""
    content = HEADER + "1,Bo Fox,bo@riverside.example,Active\nTotal employees: 57,,,\n"
    (problem,) = roster_of(tmp_path, content).problems
    assert "it says there are 57, but 1 rows were found" in problem


def test_unreadable_rows_are_told_and_the_rest_kept(tmp_path: Path) -> None:
    """A row with too many cells is told with its line; the others count."""
    content = HEADER + "1,Bo,Fox,bo@riverside.example,Active\n2,Al,al@riverside.example,Active\n"
    roster = roster_of(tmp_path, content)
    assert by_id(roster).keys() == {"2"}
    assert roster.problems[0].startswith("people.csv:2: ")


def test_problems_are_bounded(tmp_path: Path) -> None:
    """A thousand bad cells make some hundred sentences and the number of the rest."""
    rows = "".join(f"{n},P{n},no address {n},Status{n}\n" for n in range(1_000))
    roster = roster_of(tmp_path, HEADER + rows + "x,Y,y@riverside.example,Active\n")
    assert len(roster.people) == 1_001
    assert len(roster.problems) < 200
    assert any("more lines" in problem for problem in roster.problems)


def test_manager_by_email(tmp_path: Path) -> None:
    """A manager given by e-mail becomes that person's id; an unknown one stays unknown."""
    content = (
        "Employee ID,Name,Work Email,Status,Manager Email\n"
        "1,Bo,bo@riverside.example,Active,Al@riverside.example\n2,Al,al@riverside.example,Active,ceo@elsewhere.example\n"
    )
    people = by_id(roster_of(tmp_path, content))
    assert (people["1"].manager_id, people["2"].manager_id) == ("2", None)


def test_training_to_come_does_not_count(tmp_path: Path) -> None:
    """A course completed tomorrow, or 'yes' without a day, is told and not counted."""
    content = (
        "Employee ID,Name,Work Email,Status,Training: HIPAA\n"
        "1,Bo,bo@riverside.example,Active,2026-12-24\n2,Al,al@riverside.example,Active,yes\n"
    )
    roster = roster_of(tmp_path, content)
    assert [person.training for person in roster.people] == [{}, {}]
    assert len(roster.problems) == 2


def test_doctor_says_how_the_roster_was_understood(tmp_path: Path) -> None:
    """The check names people, columns read and not read; a bad roster is one bad line."""
    (tmp_path / "people.csv").write_text(
        "Employee ID,Name,Work Email,Status,Shoe Size\n1,Bo,bo@riverside.example,Active,44\n"
    )
    options = HrTableSettings(id="roster", connector="hr-table", path="people.csv")
    checks = list(HrTableConnector().check(options, make_context(tmp_path)))
    assert [check.state for check in checks] == [CheckState.GOOD, CheckState.GOOD]
    assert "work_email = 'Work Email'" in checks[0].message
    assert "'Shoe Size'" in checks[1].message
    (tmp_path / "people.csv").write_text(HEADER)
    assert [c.state for c in HrTableConnector().check(options, make_context(tmp_path))] == [CheckState.BAD]


def test_hostile_cells_stay_text(tmp_path: Path) -> None:
    """Markup, formulas, direction marks and very long names are kept as data and break nothing."""
    names = ["<script>alert(1)</script>", "=HYPERLINK(1)", "a\u202eb", "N" * 10_000, "\U0001f98a Fox"]
    rows = "".join(f'{n},"{name}",p{n}@riverside.example,Active\n' for n, name in enumerate(names))
    assert [person.name for person in roster_of(tmp_path, HEADER + rows).people] == names


CELL = st.text(
    st.characters(codec="utf-8", exclude_characters='"\x00', exclude_categories=["Cs", "Cc"]), max_size=15
)
STATUS = st.sampled_from(["Active", "A", "Terminated", "T", "Leave", "Inactive", "", "Zorbed", "Full-Time"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["1", "2", "3", ""]), CELL, STATUS), min_size=1, max_size=8))
def test_no_row_is_lost_in_silence(tmp_path: Path, rows: list[tuple[str, str, str]]) -> None:
    """Every row ends in a person or in a sentence, and nobody terminated in all rows is anything better."""
    body = "".join(f'{key},"{name}",,"{status}"\n' for key, name, status in rows)
    try:
        roster = roster_of(tmp_path, HEADER + body)
    except RosterError:
        return
    people = by_id(roster)
    told = " ".join(roster.problems)
    for number, (key, name, _status) in enumerate(rows, 2):
        assert key in people or f":{number}:" in told or not (key or name.strip())
    for key, person in people.items():
        said = {status for other, name, status in rows if other == key and name.strip()}
        if said and said <= {"Terminated", "T"}:
            assert person.status is PersonStatus.TERMINATED
        if said & {"Zorbed", ""} and not said & {"Active", "A", "Full-Time", "Leave"}:
            assert person.status is None
