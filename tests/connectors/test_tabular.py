"""Tables people hand in: encodings, separators, line numbers, rows lost and rows kept."""

from __future__ import annotations

import contextlib
import csv
import io
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from auditor.errors import DocumentError
from connectors.tabular import Row, find_header, normalise_header, read_sheet, read_table, table_of

HEADER = ("Employee ID", "Full Name", "Work Email")


def written(folder: Path, data: bytes | str, name: str = "t.csv") -> Path:
    """Write ``data`` (text as UTF-8) and return where."""
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def workbook(path: Path, rows: list[list[object]], title: str = "Sheet1") -> Path:
    """Write ``rows`` as an XLSX file."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = title
    for row in rows:
        page.append(row)
    book.save(path)
    return path


def with_member(
    path: Path, name: str, change: dict[bytes, bytes], extra: dict[str, bytes] | None = None
) -> None:
    """Rewrite one member of a zip by replacing bytes in it; add ``extra`` members."""
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    for old, new in change.items():
        assert old in members[name]
        members[name] = members[name].replace(old, new)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in {**members, **(extra or {})}.items():
            archive.writestr(member, data)


def test_ids_keep_their_zeros_and_blanks_stay_blank(tmp_path: Path) -> None:
    """Every cell is text: zeros, NA and dates come back as written."""
    path = written(tmp_path, "id,name,when\n00042,NA,03/04/2026\n,null,\n")
    table = read_table(path)
    assert table.columns == ("id", "name", "when")
    assert table.rows == (Row(2, ("00042", "NA", "03/04/2026")), Row(3, ("", "null", "")))


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le-bom", "utf-16-be-bom"]
)
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_encodings_and_separators(tmp_path: Path, encoding: str, separator: str) -> None:
    """Each encoding is read with each separator, whatever else the cells hold."""
    text = (
        separator.join(HEADER) + "\r\n" + separator.join(("007", '"Peña, Zoë; x|y"', "z@a.example")) + "\r\n"
    )
    if encoding.endswith("-bom"):
        codec = encoding.removesuffix("-bom")
        data = ("\ufeff" + text).encode(codec)
    else:
        data = text.encode(encoding)
    table = read_table(written(tmp_path, data))
    assert table.columns == HEADER
    assert table.rows == (Row(2, ("007", "Peña, Zoë; x|y", "z@a.example")),)


def test_last_comma_first_names_do_not_fool_the_separator(tmp_path: Path) -> None:
    """Commas inside unquoted names of a semicolon file are not separators."""
    path = written(tmp_path, "Name;E-mail;Status\nDoe, Jane;j@a.example;Active\nRoe, Max;m@a.example;Left\n")
    assert read_table(path).rows[0].cells == ("Doe, Jane", "j@a.example", "Active")


def test_a_separator_named_by_excel_counts(tmp_path: Path) -> None:
    """A first line 'sep=;' names the separator and is no data."""
    table = read_table(written(tmp_path, "sep=;\na;b\n1,5;2\n"))
    assert (table.columns, table.rows) == (("a", "b"), (Row(3, ("1,5", "2")),))


def test_one_column_is_a_table_too(tmp_path: Path) -> None:
    """A file without any separator has one column."""
    assert read_table(written(tmp_path, "email\na@b.example\n")).rows == (Row(2, ("a@b.example",)),)


def test_line_numbers_count_quoted_line_breaks_and_blank_lines(tmp_path: Path) -> None:
    """A row's line is where a person finds it, after line breaks in cells and blank lines."""
    path = written(tmp_path, 'a,b\n"x\ny",1\n\n\nz,2\n')
    assert [row.line for row in read_table(path).rows] == [2, 6]


def test_an_unclosed_quote_costs_one_row(tmp_path: Path) -> None:
    """The lines an unclosed quote would swallow are still read; the bad one is told with its line."""
    path = written(tmp_path, 'a,b\n1,2\n3,"oops\n4,5\n6,7\n')
    table = read_table(path)
    assert [row.cells for row in table.rows] == [("1", "2"), ("4", "5"), ("6", "7")]
    (problem,) = table.problems
    assert (problem.line, problem.cells) == (3, ("3",))
    assert "quotation" in problem.reason


def test_a_row_with_too_many_cells_is_a_problem_and_a_short_one_is_filled(tmp_path: Path) -> None:
    """Extra cells mean shifted cells; missing trailing ones are blanks."""
    table = read_table(written(tmp_path, "a,b,c\n1,2,3,4\n5\n6,7,8,,\n"))
    assert table.rows == (Row(3, ("5", "", "")), Row(4, ("6", "7", "8")))
    assert [(p.line, p.reason) for p in table.problems] == [(2, "it has 4 cells under 3 columns")]


def test_a_file_cut_off_in_its_last_row_says_so(tmp_path: Path) -> None:
    """The half row at the end of a truncated export is not taken for a whole one."""
    table = read_table(written(tmp_path, "a,b,c\n1,2,3\n4,5"))
    assert table.rows == (Row(2, ("1", "2", "3")),)
    assert "cut off" in table.problems[0].reason
    whole = read_table(written(tmp_path, "a,b,c\n1,2\n4,5"))
    assert len(whole.rows) == 2


def test_mixed_encodings_name_the_line(tmp_path: Path) -> None:
    """UTF-8 on one line and Windows-1252 on another is refused with the line."""
    data = "id,name\n1,Zoë\n".encode() + "2,Peña\n".encode("cp1252")
    with pytest.raises(DocumentError, match=r"t\.csv:3: mixes encodings: line 2 holds UTF-8"):
        read_sheet(written(tmp_path, data))
    one_line = b"id,name,town\n1," + "Zoë".encode() + b"," + "Malmö\n".encode("cp1252")
    with pytest.raises(DocumentError, match="mixes encodings"):
        read_sheet(written(tmp_path, one_line))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "holds no rows"),
        (b"\n\n , \n", "holds no rows"),
        (b"a,b\n1,\x81\x9d\n", "neither UTF-8"),
        (b"a\x00,b\n", "NUL"),
        ("a,b\n".encode("utf-16-le"), "NUL"),
        (b"\xff\xfea\x00,\x00b\x00\n\x00\x00\xd8", "does not go on"),
        (b"\xff\xfe\x00\x00a\x00\x00\x00", "UTF-32"),
        (b"\xd0\xcf\x11\xe0rest", "old Excel"),
        (b"PK\x03\x04 no zip", "damaged"),
    ],
)
def test_files_that_are_no_table_are_refused(tmp_path: Path, data: bytes, words: str) -> None:
    """Each is refused with a sentence that names the file."""
    path = written(tmp_path, data)
    with pytest.raises(DocumentError, match=words) as caught:
        read_sheet(path)
    assert str(path) in str(caught.value)


def test_missing_files_and_too_many_rows_are_refused(tmp_path: Path) -> None:
    """No file, a folder, or more rows than the limit is refused."""
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(DocumentError, match="no such file"):
            read_sheet(path)
    with pytest.raises(DocumentError, match="more than 2 rows"):
        read_sheet(written(tmp_path, "a\n1\n2\n3\n"), max_rows=2)


def test_a_file_of_broken_rows_is_refused(tmp_path: Path) -> None:
    """Beyond a thousand unreadable rows the file is no table."""
    with pytest.raises(DocumentError, match=r"more than 1,000 rows cannot be read"):
        read_sheet(written(tmp_path, "a,b\n" + '"x"y,z\n' * 1100))


def test_endless_cells_and_columns_are_problems(tmp_path: Path) -> None:
    """A cell beyond a spreadsheet's limit, or too many cells, costs its row only."""
    data = "a,b\n" + "x" * 40_000 + ",1\n" + "y," * 300 + "\n1,2\n"
    sheet = read_sheet(written(tmp_path, data))
    assert [row.line for row in sheet.rows] == [1, 4]
    assert [problem.line for problem in sheet.problems] == [2, 3]


def test_a_record_without_end_costs_one_row(tmp_path: Path) -> None:
    """A line of a million cells, or a quote that runs on for ever, is set aside unparsed."""
    data = "a,b\n" + "," * 2_000_000 + '\n1,2\n3,"' + "x\n" * 2 + "\n4,5\n" + "y,z\n" * 300_000
    sheet = read_sheet(written(tmp_path, data))
    assert [problem.line for problem in sheet.problems] == [2, 4]
    assert "far too long" in sheet.problems[0].reason
    assert len(sheet.rows) == 300_004


def test_the_header_is_found_below_title_rows(tmp_path: Path) -> None:
    """The row with most known names is the header; without two known names there is none."""
    path = written(
        tmp_path, "Headcount report\nRun on,2026-11-01\n\nEmployee ID,Full Name,Work Email\n1,A,a@b.example\n"
    )
    known = {normalise_header(name) for name in HEADER}
    table = read_table(path, known=lambda text: normalise_header(text) in known)
    assert (table.header_line, table.columns) == (4, HEADER)
    assert find_header(read_sheet(path).rows, lambda _text: False) is None
    with pytest.raises(DocumentError, match="no row of known column names"):
        read_table(path, known=lambda _text: False)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Work E-mail", "work_email"),
        ("  EMPLOYEE\tID ", "employeeId"),
        ("Prénom", "prenom"),
        ("Employee #", "Employee Number"),
        ("Straße", "strasse"),
    ],
)
def test_headers_are_compared_without_case_spaces_punctuation_and_accents(one: str, other: str) -> None:
    """Spellings of one header are one."""
    assert normalise_header(one) == normalise_header(other)


def test_xlsx_cells_become_text(tmp_path: Path) -> None:
    """Numbers lose no digit and gain no '.0', dates are ISO, zero-padded formats keep their zeros."""
    path = workbook(
        tmp_path / "t.xlsx",
        [
            ["id", "when", "at", "share", "flag", "padded", "text"],
            [7.0, datetime(2026, 11, 2), datetime(2026, 11, 2, 8, 30), 0.25, True, 42, " 007 "],  # noqa: DTZ001
        ],
    )
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["F2"].number_format = "00000"
    book.save(path)
    assert read_table(path).rows == (
        Row(2, ("7", "2026-11-02", "2026-11-02T08:30:00", "0.25", "TRUE", "00042", "007")),
    )


def test_xlsx_row_numbers_are_the_spreadsheets(tmp_path: Path) -> None:
    """Blank rows are left out but counted."""
    path = workbook(tmp_path / "t.xlsx", [["Report"], [], ["a", "b"], [], ["1", "2"]])
    assert [row.line for row in read_sheet(path).rows] == [1, 3, 5]


def test_xlsx_numbers_too_long_to_be_exact_are_problems(tmp_path: Path) -> None:
    """An id of 19 digits stored as a number has been rounded, so its row is told, not guessed."""
    path = workbook(tmp_path / "t.xlsx", [["id", "n"], [1029384756102938475, "a"], [1.5e17, "b"], [12, "c"]])
    table = read_table(path)
    assert [row.cells for row in table.rows] == [("12", "c")]
    assert [problem.line for problem in table.problems] == [2, 3]
    assert "cell A2 holds a number of more than 15 digits" in table.problems[0].reason
    assert table.problems[0].cells == ("", "a")


def test_xlsx_formulas_count_only_with_their_saved_result(tmp_path: Path) -> None:
    """A formula's saved value is read; one without is a problem, never a blank; so is an error."""
    path = workbook(tmp_path / "t.xlsx", [["a", "b"], ["=1+1", "x"], ["#N/A", "y"], ["=2+2", "z"]])
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    assert b"<f>2+2</f><v" in sheet
    with_member(
        path,
        "xl/worksheets/sheet1.xml",
        {b"<f>2+2</f><v></v>": b"<f>2+2</f><v>4</v>"}
        if b"<f>2+2</f><v></v>" in sheet
        else {b"<f>2+2</f><v />": b"<f>2+2</f><v>4</v>"},
    )
    table = read_table(path)
    assert [row.cells for row in table.rows] == [("4", "z")]
    assert [(p.line, p.reason) for p in table.problems] == [
        (2, "cell A2 holds a formula whose result was not saved"),
        (3, "cell A3 holds the error #N/A"),
    ]


def test_xlsx_sheets_are_chosen_by_name_or_the_first_visible(tmp_path: Path) -> None:
    """The named sheet is read, else the first not hidden; a wrong name lists the right ones."""
    book = openpyxl.Workbook()
    hidden = book.worksheets[0]
    hidden.title, hidden.sheet_state = "Lists", "hidden"
    hidden.append(["no"])
    people = book.create_sheet("People")
    people.append(["yes"])
    book.save(tmp_path / "t.xlsx")
    assert read_table(tmp_path / "t.xlsx").columns == ("yes",)
    assert read_table(tmp_path / "t.xlsx", sheet="Lists").columns == ("no",)
    with pytest.raises(DocumentError, match=r"no sheet 'Staff'.*People"):
        read_table(tmp_path / "t.xlsx", sheet="Staff")


def test_xlsx_that_lies_about_its_size_loses_no_row(tmp_path: Path) -> None:
    """A wrong dimension in the sheet cuts neither rows nor columns off."""
    path = workbook(tmp_path / "t.xlsx", [["a", "b"], ["1", "2"], ["3", "4"]])
    with_member(path, "xl/worksheets/sheet1.xml", {b'ref="A1:B3"': b'ref="A1:A1"'})
    assert [row.cells for row in read_sheet(path).rows] == [("a", "b"), ("1", "2"), ("3", "4")]


def test_xlsx_traps_are_refused(tmp_path: Path) -> None:
    """A zip bomb, an entity declaration and a zip that is no workbook are refused."""
    bomb = workbook(tmp_path / "bomb.xlsx", [["a"]])
    with_member(bomb, "xl/workbook.xml", {}, {"xl/media/x.xml": b" " * (32 * 1024 * 1024)})
    with pytest.raises(DocumentError, match="zip bomb"):
        read_sheet(bomb)
    entities = workbook(tmp_path / "entities.xlsx", [["a"]])
    with_member(
        entities,
        "xl/worksheets/sheet1.xml",
        {b"<worksheet": b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet'},
    )
    with pytest.raises(DocumentError, match="entities"):
        read_sheet(entities)
    with zipfile.ZipFile(tmp_path / "no.xlsx", "w") as archive:
        archive.writestr("readme.txt", "not a workbook")
    with pytest.raises(DocumentError, match="not a readable XLSX"):
        read_sheet(tmp_path / "no.xlsx")


CELL = st.text(
    st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=("Cs",)), max_size=12
).map(str.strip)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(rows=[("a\r\nb", ';"|', ",")], separator=";", encoding="utf-16", line_end="\r\n")
@given(
    rows=st.lists(st.tuples(CELL, CELL, CELL).filter(any), min_size=1, max_size=8),
    separator=st.sampled_from([",", ";", "\t", "|"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    line_end=st.sampled_from(["\n", "\r\n"]),
)
def test_what_is_written_is_read(
    tmp_path: Path, rows: list[tuple[str, ...]], separator: str, encoding: str, line_end: str
) -> None:
    """Any cells survive a round trip over every separator and encoding, each on its own line."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    text.write(separator.join(HEADER) + line_end)
    lines: list[int] = []
    for row in rows:
        so_far = text.getvalue()
        lines.append(len(io.StringIO(so_far, newline="").readlines()) + 1)
        writer.writerow(row)
    path = written(tmp_path, text.getvalue().encode(encoding))
    table = read_table(path)
    assert table.columns == HEADER
    assert [row.cells for row in table.rows] == rows
    assert [row.line for row in table.rows] == lines
    assert not table.problems


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_a_document_error(tmp_path: Path, data: bytes) -> None:
    """Whatever the bytes, the reader returns rows or raises DocumentError."""
    try:
        table = read_table(written(tmp_path, data))
    except DocumentError:
        return
    assert all(len(row.cells) == len(table.columns) for row in table.rows)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_mutated_workbooks_are_a_table_or_a_document_error(tmp_path: Path, data: st.DataObject) -> None:
    """Whatever is changed inside a workbook's XML, only DocumentError comes out."""
    path = workbook(tmp_path / "m.xlsx", [["a", "b"], [1, "x"], ["=1+1", datetime(2026, 1, 1)]])  # noqa: DTZ001
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: bytearray(archive.read(info)) for info in archive.infolist()}
    name = data.draw(st.sampled_from([name for name in sorted(members) if "docProps" not in name]))
    for _ in range(data.draw(st.integers(1, 5))):
        members[name][data.draw(st.integers(0, len(members[name]) - 1))] = data.draw(st.integers(0, 255))
    with zipfile.ZipFile(path, "w") as archive:
        for member, content in members.items():
            archive.writestr(member, bytes(content))
    with contextlib.suppress(DocumentError):
        table_of(read_sheet(path), 0)
