"""Rosters in the shapes HR systems export them; the people in them are made up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from auditor.model.estate import PersonKind, PersonStatus
from auditor.model.people import Person
from tests.connectors.support_hr import by_id, roster_of

ACTIVE, LEAVE, GONE, FUTURE = (
    PersonStatus.ACTIVE,
    PersonStatus.LEAVE,
    PersonStatus.TERMINATED,
    PersonStatus.FUTURE,
)


@dataclass(frozen=True)
class Shape:
    """One export and what it says."""

    name: str
    content: str
    statuses: dict[str, PersonStatus | None]
    details: dict[str, dict[str, Any]]
    encoding: str = "utf-8"
    problems: int = 0


SHAPES = [
    Shape(
        "workday",
        """All Active and Terminated Workers,,,,,,,
As of 11/19/2026,,,,,,,
Employee ID,Worker,Email - Primary Work,Active Status,Hire Date,Termination Date,Supervisory Organization,Worker Type
000101,Dana Whitcombe,dana.whitcombe@riverside.example,Yes,2019-03-04,,Communications,Employee
000102,Priya Ostrander (On Leave),priya.ostrander@riverside.example,Yes,2020-05-18,,Marketing,Employee
000103,Milo Farthing (Terminated),milo.farthing@riverside.example,No,2018-01-08,2026-09-30,Marketing,Employee
000104,Tess Quillon,tess.quillon@riverside.example,1,2023-02-13,2026-12-31,Marketing,Contingent Worker
""",
        {"000101": ACTIVE, "000102": LEAVE, "000103": GONE, "000104": ACTIVE},
        {
            "000102": {"name": "Priya Ostrander"},
            "000103": {"left_on": date(2026, 9, 30)},
            "000104": {
                "kind": PersonKind.CONTRACTOR,
                "department": "Marketing",
                "left_on": date(2026, 12, 31),
            },
        },
    ),
    Shape(
        "bamboohr",
        """Employee #,First Name,Last Name,Preferred Name,Work Email,Home Email,Employment Status,Status,Hire Date,Job Title,LinkedIn URL,Twitter URL
7,Robert,Fennimore,Bob,bob.fennimore@riverside.example,bobf@mail.example,Full-Time,Active,01/15/2019,Social Media Manager,https://www.linkedin.com/in/bob-fennimore,https://twitter.com/bobfennimore
8,Ines,Halloway,,ines.halloway@riverside.example,,Terminated,Inactive,07/30/2018,Editor,,
9,Cora,Vantongeren,,cora.v@riverside.example,,Full-Time,Inactive,12/28/2026,Editor,,
""",
        {"7": ACTIVE, "8": GONE, "9": FUTURE},
        {
            "7": {
                "name": "Robert Fennimore",
                "preferred_name": "Bob Fennimore",
                "other_emails": ("bobf@mail.example",),
                "handles": ("linkedin:bob-fennimore", "x:bobfennimore"),
                "title": "Social Media Manager",
                "raw_status": "Full-Time / Active",
            }
        },
    ),
    Shape(
        "adp with positions",
        """Associate ID,Payroll Name,Work Contact: Work Email (Personal Profile),Position Status,Primary Position,Hire Date (Employment Profile),Termination Date,Job Title Description (Employment Profile),Home Department Description,Reports To Associate ID
0A1X9,"Lindgren, Asa K. (Jr.)",asa.lindgren@riverside.example,Terminated,No,2/1/2015,8/31/2024,Copywriter,Marketing,0B2Y8
0A1X9,"Lindgren, Asa K. (Jr.)",asa.lindgren@riverside.example,Active,Yes,9/1/2024,,Community Manager,Communications,0B2Y8
0B2Y8,"O'Hare, Nuala",nuala.ohare@riverside.example,Leave,Yes,10/15/2012,,Director,Communications,
0C3Z7,"Berisha, Luan",luan.berisha@riverside.example,Terminated,Yes,6/3/2019,3/31/2026,Designer,Marketing,0B2Y8
Grand Total,4,,,,,,,,
"Report run 11/19/2026 06:00 by HRIS",,,,,,,,,
""",
        {"0A1X9": ACTIVE, "0B2Y8": LEAVE, "0C3Z7": GONE},
        {
            "0A1X9": {
                "name": "Asa K. Lindgren Jr.",
                "title": "Community Manager",
                "department": "Communications",
                "manager_id": "0B2Y8",
                "hired_on": date(2024, 9, 1),
                "left_on": None,
            }
        },
    ),
    Shape(
        "ukg, several companies",
        """employeeNumber\temployeeName\temailAddress\temployeeStatus\tlastHireDate\toriginalHireDate\tdateOfTermination\tcompanyCode\tsupervisorID
01007\tMarisol Etxeberria\tmarisol.e@riverside.example\tT\t03/04/2016\t03/04/2016\t06/30/2021\tRVH\t
01007\tMarisol Etxeberria\tmarisol.e@riverside.example\tA\t07/01/2021\t03/04/2016\t\tRVC\t01009
01008\tHugh Pemberly\thugh.pemberly@riverside.example\tL\t01/15/2020\t01/15/2020\t\tRVH\t01009
01009\tOdile Marchetti\todile.marchetti@riverside.example\tA\t11/30/2011\t11/30/2011\t\tRVH\t
""",
        {"01007": ACTIVE, "01008": LEAVE, "01009": ACTIVE},
        {"01007": {"manager_id": "01009", "hired_on": date(2021, 7, 1)}},
    ),
    Shape(
        "gusto",
        """id,first_name,last_name,preferred_first_name,email,work_email,department,terminated,hire_date
e1,Katarzyna,Wrona,Kasia,kasia@mail.example,kasia@riverside.example,Digital,false,2022-06-01
e2,Theo,Blum,,theo@mail.example,theo@riverside.example,Digital,true,2021-02-01
e3,Ana,Rui,,ana@mail.example,,Digital,false,2020-02-01
""",
        {"e1": ACTIVE, "e2": GONE, "e3": ACTIVE},
        {
            "e1": {"preferred_name": "Kasia Wrona", "other_emails": ("kasia@mail.example",)},
            "e3": {"work_email": None, "other_emails": ("ana@mail.example",)},
        },
    ),
    Shape(
        "rippling",
        """number,display_full_name,work_email,personal_email,status,start_date,end_date,manager_id,department,title
12,Femi Adeyemi-Cole,femi@riverside.example,femi@mail.example,HIRED,2023-03-01,,3,Brand,Producer
13,Joost van Dalen,joost@riverside.example,,TERMINATED,2021-01-04,2025-08-15,3,Brand,Producer
3,Wilma Stroud,wilma@riverside.example,,ACTIVE,2015-01-05,,,Brand,Director
""",
        {"12": ACTIVE, "13": GONE, "3": ACTIVE},
        {"12": {"manager_id": "3"}, "13": {"left_on": date(2025, 8, 15)}},
    ),
    Shape(
        "paycom",
        """Employee_Code|Legal_Lastname|Legal_Firstname|Work_Email|Employee_Status|Most_Recent_Hire_Date|Termination_Date|Department_Description
A0B1|Sandoval|Ruth|ruth.sandoval@riverside.example|Active|04-MAR-2019||Public Affairs
A0B2|Igwe|Chidi|chidi.igwe@riverside.example|Terminated - Voluntary|18-NOV-2020|30-JUN-2026|Public Affairs
A0B3|Laurent|Zoe|zoe.laurent@riverside.example|Inactive - Leave of Absence|02-JAN-2018||Public Affairs
""",
        {"A0B1": ACTIVE, "A0B2": GONE, "A0B3": LEAVE},
        {"A0B2": {"name": "Chidi Igwe", "left_on": date(2026, 6, 30)}},
    ),
    Shape(
        "british, leaving dates only",
        """Staff ID;Surname;Forename;E-mail Address;Start Date;Leave Date
0042;Ashdown;Imogen;imogen.ashdown@riverside.example;28/02/2019;
0043;Tremaine;Giles;giles.tremaine@riverside.example;01/09/2020;31/10/2026
0044;Okafor;Ngozi;ngozi.okafor@riverside.example;14/12/2026;
Total employees: 3;;;;;
Strictly confidential;;;;;
""",
        {"0042": ACTIVE, "0043": GONE, "0044": FUTURE},
        {"0043": {"left_on": date(2026, 10, 31), "name": "Giles Tremaine"}},
    ),
    Shape(
        "french, windows-1252",
        """Employee ID;Nom;Pr\u00e9nom;Work Email;Statut;Date d'entr\u00e9e;Poste
17;Lef\u00e8vre;Ana\u00efs;anais.lefevre@riverside.example;Active;25.04.2017;Charg\u00e9e de communication
""",
        {"17": ACTIVE},
        {
            "17": {
                "name": "Ana\u00efs Lef\u00e8vre",
                "title": "Charg\u00e9e de communication",
                "hired_on": date(2017, 4, 25),
            }
        },
        encoding="cp1252",
    ),
    Shape(
        "utf-16 from a spreadsheet",
        'Employee ID\tName\tWork Email\tStatus\tHire Date\n="0009"\tZ\u00fcmra Kaya\tzumra@riverside.example\tActive\t45000\n',
        {"0009": ACTIVE},
        {"0009": {"name": "Z\u00fcmra Kaya", "hired_on": date(2023, 3, 15)}},
        encoding="utf-16",
    ),
    Shape(
        "plain, with training and social handles",
        """Name,Email,Active,Training: HIPAA Privacy,Social Handles
Bo Fox,bo.fox@riverside.example,Yes,2026-02-03,x: @bofox; instagram: bo.fox
Eve Stone,eve.stone@riverside.example,No,,
""",
        {"bo.fox@riverside.example": ACTIVE, "eve.stone@riverside.example": GONE},
        {
            "bo.fox@riverside.example": {
                "training": {"HIPAA Privacy": date(2026, 2, 3)},
                "handles": ("x:bofox", "instagram:bo.fox"),
            }
        },
        problems=1,
    ),
    Shape(
        "paged report with the header repeated",
        """Report: Staff by Department
Page 1 of 2
Emp No,Employee,Business Email,Employment Status
1,Ana Rui,ana@riverside.example,Regular
Page 2 of 2,,,
Emp No,Employee,Business Email,Employment Status
2,Ben Orr,ben@riverside.example,Separated
End of report,,,
""",
        {"1": ACTIVE, "2": GONE},
        {"2": {"name": "Ben Orr"}},
    ),
]


@pytest.mark.parametrize("shape", SHAPES, ids=[shape.name for shape in SHAPES])
def test_shape(shape: Shape, tmp_path: Path) -> None:
    """The export is understood as it comes out of the system, with nothing mapped by hand."""
    roster = roster_of(tmp_path, shape.content.encode(shape.encoding))
    assert {person_id: person.status for person_id, person in by_id(roster).items()} == shape.statuses
    for person_id, expected in shape.details.items():
        person: Person = by_id(roster)[person_id]
        assert {name: getattr(person, name) for name in expected} == expected
    assert len(roster.problems) == shape.problems, roster.problems


def test_workbook(tmp_path: Path) -> None:
    """A spreadsheet with a title, numbers as ids, real dates and a named sheet is read alike."""
    book = Workbook()
    page = book.active
    page.title = "Cover"
    page.append(["see the other sheet"])
    page = book.create_sheet("Staff")
    page.append(["Staff list"])
    page.append(["Employee ID", "Name", "Work Email", "Status", "Termination Date"])
    page.append([1001, "Bo Fox", "bo@riverside.example", "Active", None])
    page.append([1002.0, "Eve Stone", "eve@riverside.example", "Terminated", date(2026, 3, 4)])
    book.save(tmp_path / "people.xlsx")
    content = (tmp_path / "people.xlsx").read_bytes()
    roster = roster_of(tmp_path, content, name="people.xlsx", sheet="Staff")
    assert {person_id: person.status for person_id, person in by_id(roster).items()} == {
        "1001": ACTIVE,
        "1002": GONE,
    }
    assert by_id(roster)["1002"].left_on == date(2026, 3, 4)
