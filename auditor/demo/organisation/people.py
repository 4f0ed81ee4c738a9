"""The people of Riverside Health, and the roster its HR system would export of them."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date

from auditor.demo.organisation import DOMAIN, NAME

TRAINING_HEADER = "HIPAA Training Completed"

# number | first | last | goes by | department | title | type | status | hired | left | manager | trained | X handle | private e-mail
_PEOPLE = """
010001 | Amara | Okafor | | Marketing | Chief Marketing Officer | Regular | Active | 2018-04-16 | | 010060 | 2026-02-11 | |
010002 | Nora | Linden | | Marketing | Director of Digital | Regular | Active | 2019-01-14 | | 010001 | 2026-03-02 | @nora_linden_rh |
010003 | Tomas | Berg | | Marketing | Social Media Manager | Regular | Active | 2021-06-21 | | 010002 | 2026-03-17 | @tomasberg_rh |
010004 | Priya | Raman | | Marketing | Social Media Manager | Regular | Active | 2020-09-28 | | 010002 | 2024-05-13 | @priya_raman_rh |
010005 | Jonah | Whitfield | | Marketing | Content Producer | Regular | Active | 2022-02-14 | | 010025 | 2026-04-20 | @jonahw_rh |
010006 | Lucía | Fernández-Ortiz | Lucy | Marketing | Content Producer | Regular | Active | 2023-10-30 | | 010002 | 2026-05-19 | @lucia_fo |
010007 | Mei-Ling | Zhou | | Marketing | Video Producer | Regular | Active | 2020-01-27 | | 010002 | 2026-01-26 | |
010008 | Samuel | Abiodun | Sam | Marketing | Paid Media Specialist | Regular | Active | 2022-08-22 | | 010002 | 2026-06-15 | |
010009 | Greta | Holm | | Marketing | Web Analyst | Regular | Active | 2024-03-18 | | 010002 | 2026-03-30 | @greta_holm_rh |
010010 | Dana | Kowalczyk | | Marketing | Social Media Manager | Regular | Terminated | 2017-05-22 | 2026-08-14 | 010002 | 2025-09-15 | @dana_kow |
010011 | Victor | Salcedo | | Marketing | Content Producer | Regular | Terminated | 2021-11-15 | 2026-10-30 | 010002 | 2026-02-23 | |
010012 | Hannah | Brightwater | | Marketing | Community Manager | Regular | On Leave | 2019-08-26 | | 010002 | 2026-01-19 | |
010013 | Eli | Nakamura | | Marketing | Content Producer | Regular | Active | 2026-12-14 | | 010002 | | |
010014 | Rosalind | Pike | | Marketing | Brand Designer | Regular | Reassigned Pool B | 2016-10-17 | | 010002 | 2026-02-16 | |
010015 | Omar | Haddad | | Marketing | Copywriter | Contractor | Active | 2025-10-13 | 2026-09-30 | 010002 | 2026-01-28 | |
010016 | Ingrid | Sund | | Marketing | Photographer | Contractor | Active | 2026-01-19 | 2027-03-31 | 010002 | 2026-01-21 | |
010017 | Paul | Achterberg | | Marketing | Illustrator | Contractor | Active | 2025-05-26 | | 010002 | | |
010018 | Wanda | Jelinek | | Patient Relations | Patient Relations Manager | Regular | Active | 2015-03-23 | | 010051 | 2026-04-14 | @wanda_jelinek |
010019 | Marcus | Trent | | Patient Relations | Patient Relations Specialist | Regular | Active | 2022-07-25 | | 010018 | 2026-04-14 | @marcust_rh |
010020 | Yusuf | Demir | | Talent | Recruiter | Regular | Active | 2021-04-19 | | 010052 | 2026-06-23 | @yusuf_hires |
010021 | Carla | Mendes | | Talent | Recruiter | Regular | Active | 2023-01-30 | | 010052 | 2026-06-24 | |
010022 | Benedikt | Faulkner | | Compliance | Privacy Officer | Regular | Active | 2014-09-15 | | 010060 | 2026-01-14 | |
010023 | Stella | Marchetti | | IT Security | Security Analyst | Regular | Active | 2020-11-16 | | 010024 | 2026-02-26 | |
010024 | Leo | Varga | | IT Security | Security Manager | Regular | Active | 2017-02-20 | | 010053 | 2026-02-26 | |
010025 | Ruth | Castellano | | Marketing | Head of Content | Regular | Terminated | 2013-06-17 | 2026-07-31 | 010001 | 2025-10-20 | |
010026 | Fiona | Gallagher | | Marketing | Events Coordinator | Regular | Active | 2019-10-21 | | 010002 | 2026-03-25 | @fionag_events |
010027 | Hugo | Lindqvist | | Marketing | Campaign Manager | Regular | Active | 2022-05-16 | | 010002 | 2026-05-20 | |
010028 | Aisha | Karim | | Marketing | Content Producer | Regular | Active | 2023-06-26 | | 010002 | 2026-06-29 | |
010029 | Peter | O'Shaughnessy | | Marketing | Campaign Manager | Regular | Active | 2018-11-26 | | 010002 | 2026-02-18 | | peter.oshaughnessy.private@gmail.com
010030 | Katarzyna | Wójcik | Kasia | Marketing | Video Producer | Regular | Active | 2024-09-23 | | 010002 | 2026-09-28 | |
010031 | Adaeze | Nwosu | | Nursing | Registered Nurse | Regular | Active | 2016-04-18 | | 010054 | 2026-03-16 | |
010032 | Bram | Visser | | Nursing | Registered Nurse | Regular | Active | 2019-07-22 | | 010054 | 2026-03-16 | |
010033 | Celeste | Arnaud | | Nursing | Nurse Manager | Regular | Active | 2012-01-23 | | 010054 | 2026-03-18 | |
010034 | Dmitri | Volkonsky | | Cardiology | Physician | Regular | Active | 2010-08-30 | | 010055 | 2026-01-22 | |
010035 | Esther | Lindgren | | Cardiology | Physician | Regular | Active | 2014-05-19 | | 010055 | 2026-01-22 | |
010036 | Farid | Mansour | | Pediatrics | Physician | Regular | Active | 2017-09-25 | | 010056 | 2026-02-24 | |
010037 | Gwen | Abernathy | | Pediatrics | Child Life Specialist | Regular | Active | 2021-03-29 | | 010056 | 2026-02-24 | |
010038 | Hassan | Qureshi | | Radiology | Technologist | Regular | Active | 2018-06-18 | | 010055 | 2026-04-27 | |
010039 | Ivana | Petrović | | Radiology | Technologist | Regular | Active | 2020-10-19 | | 010055 | 2026-04-27 | |
010040 | Jasper | Thorne | | Facilities | Building Engineer | Regular | Active | 2009-02-16 | | 010057 | 2025-12-15 | |
010041 | Keiko | Tanabe | | Pharmacy | Pharmacist | Regular | Active | 2015-11-30 | | 010058 | 2026-05-18 | |
010042 | Liam | Corrigan | | Pharmacy | Pharmacy Technician | Regular | Active | 2022-12-19 | | 010058 | 2026-05-18 | |
010043 | Maribel | Quintana | | Finance | Accountant | Regular | Active | 2019-04-29 | | 010059 | 2026-06-17 | |
010044 | Nils | Aaltonen | | Finance | Payroll Analyst | Regular | Active | 2021-08-30 | | 010059 | 2026-06-17 | |
010045 | Oksana | Hrytsenko | | Nursing | Registered Nurse | Regular | On Leave | 2018-02-26 | | 010033 | 2026-03-16 | |
010046 | Percival | Dunmore | Percy | Facilities | Security Guard | Regular | Active | 2023-05-22 | | 010057 | 2026-01-29 | |
010047 | Quentin | Marlowe | | IT Security | Security Analyst | Regular | Terminated | 2019-03-25 | 2026-05-29 | 010024 | 2025-06-16 | |
010048 | Renata | Silveira | | Nursing | Registered Nurse | Regular | Terminated | 2014-10-27 | 2026-01-30 | 010033 | 2025-03-17 | |
010049 | Soren | Mikkelsen | | Pediatrics | Nurse Practitioner | Regular | Active | 2020-06-29 | | 010056 | 2026-02-24 | |
010050 | Tabitha | Osgood | | Volunteer Services | Coordinator | Regular | Active | 2016-08-22 | | 010051 | 2026-04-15 | |
010051 | Ulrich | Brandt | | Patient Relations | Director of Patient Experience | Regular | Active | 2011-05-16 | | 010060 | 2026-01-20 | |
010052 | Valentina | Rossi | | Talent | Director of Talent | Regular | Active | 2013-09-23 | | 010060 | 2026-06-22 | |
010053 | Winston | Achebe | | IT Security | Chief Information Security Officer | Regular | Active | 2015-01-26 | | 010060 | 2026-02-25 | |
010054 | Xiomara | Delgado | | Nursing | Chief Nursing Officer | Regular | Active | 2008-03-17 | | 010060 | 2026-03-15 | |
010055 | Yannick | Moreau | | Cardiology | Chief of Medicine | Regular | Active | 2007-07-23 | | 010060 | 2026-01-21 | |
010056 | Zainab | Farouk | | Pediatrics | Chief of Pediatrics | Regular | Active | 2012-11-26 | | 010060 | 2026-02-23 | |
010057 | Albrecht | Stein | | Facilities | Director of Facilities | Regular | Active | 2006-04-24 | | 010060 | 2025-12-14 | |
010058 | Beatriz | Campos | | Pharmacy | Director of Pharmacy | Regular | Active | 2014-02-17 | | 010060 | 2026-05-17 | |
010059 | Cornelius | Vane | | Finance | Controller | Regular | Active | 2010-10-25 | | 010060 | 2026-06-16 | |
010060 | Delphine | Marchetti-Roy | | Executive | Chief Executive Officer | Regular | Active | 2005-09-19 | | | 2026-01-13 | |
"""

_HEADERS = (
    "Employee Number",
    "Legal Name",
    "Preferred First Name",
    "Work Email",
    "Personal Email",
    "Employment Status",
    "Worker Type",
    "Hire Date",
    "Termination Date",
    "Department",
    "Job Title",
    "Manager ID",
    "X Handle",
    TRAINING_HEADER,
)


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A person as HR has them; texts are empty where HR has nothing."""

    number: str
    first: str
    last: str
    goes_by: str
    department: str
    title: str
    worker_type: str
    status: str
    hired_on: date
    left_on: date | None
    manager: str
    trained_on: date | None
    x_handle: str
    private_email: str

    @property
    def name(self) -> str:
        """The name people use."""
        return f"{self.goes_by or self.first} {self.last}"

    @property
    def email(self) -> str:
        """The work address."""
        return f"{plain(self.first)}.{plain(self.last)}@{DOMAIN}"


def plain(name: str) -> str:
    """Return a name as it stands in an address: small letters without accents and apostrophes."""
    table = str.maketrans("íáéóúćłż", "iaeouclz", "' ")
    return name.casefold().translate(table)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _read(line: str) -> DemoPerson:
    cells = [cell.strip() for cell in line.split("|")]
    number, first, last, goes_by, department, title, worker_type, status = cells[:8]
    hired, left, manager, trained, x_handle, private_email = cells[8:]
    return DemoPerson(
        number,
        first,
        last,
        goes_by,
        department,
        title,
        worker_type,
        status,
        hired_on=date.fromisoformat(hired),
        left_on=_day(left),
        manager=manager,
        trained_on=_day(trained),
        x_handle=x_handle,
        private_email=private_email,
    )


PEOPLE: tuple[DemoPerson, ...] = tuple(_read(line) for line in _PEOPLE.strip().splitlines())
_BY_LAST_NAME = {person.last: person for person in PEOPLE}


def who(last_name: str) -> DemoPerson:
    """Return the person of this last name; each occurs once."""
    return _BY_LAST_NAME[last_name]


def roster_csv() -> str:
    """Return the roster as an HR system exports it: a title above, a total and a stamp below."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([f"{NAME}: All Workers, Active and Terminated"])
    writer.writerow([])
    writer.writerow(_HEADERS)
    writer.writerows(_row(person) for person in PEOPLE)
    writer.writerow([f"Total employees: {len(PEOPLE)}"])
    writer.writerow(["Report run on 11/19/2026 by HR Operations. Confidential."])
    return out.getvalue()


def _row(person: DemoPerson) -> tuple[str, ...]:
    return (
        person.number,
        f"{person.last}, {person.first}",
        person.goes_by,
        person.email,
        person.private_email,
        person.status,
        person.worker_type,
        _american(person.hired_on),
        _american(person.left_on),
        person.department,
        person.title,
        person.manager,
        person.x_handle,
        _american(person.trained_on),
    )


def _american(day: date | None) -> str:
    return f"{day:%m/%d/%Y}" if day else ""
