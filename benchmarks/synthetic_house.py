"""The house side of the made-up organisation: people and outside firms, with a realistic few out of order."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.dice import Column, Dice, frame, joined, numbered, texts, where

DOMAIN = "riverside.example"
DEPARTMENTS = {"Care": 50.0, "Administration": 22.0, "Marketing": 14.0, "Communications": 10.0, "IT": 4.0}
VENDORS = 60
_FIRST = (
    "Ada",
    "Bo",
    "Chidi",
    "Dana",
    "Emeka",
    "Femi",
    "Grace",
    "Hana",
    "Ines",
    "Jo",
    "Kofi",
    "Lena",
    "Mara",
)
_LAST = ("Amani", "Brook", "Castell", "Dyer", "Eze", "Farrow", "Glenn", "Holt", "Ibarra", "Juhl", "Kovar")
_STATUS = {"active": 96.6, "leave": 1.5, "terminated": 1.0, "future": 0.3, None: 0.6}
_RAW = {"active": "Active", "leave": "On leave", "terminated": "Terminated", "future": "Starting"}


def people(dice: Dice, count: int, observed: Column) -> pd.DataFrame:
    """Return the roster: one in a hundred has left, three in a thousand have not started."""
    first, last = _names(dice, count)
    ids = numbered("E", count)
    status = dice.words(count, _STATUS)
    kind = dice.words(count, {"employee": 92.0, "contractor": 7.0, "agency": 1.0})
    raw = np.array([_RAW.get(word, "Garden leave") for word in status], dtype=object)
    ends = dice.days(count, -300, -20)
    left = where(kind == "employee", None, where(dice.share(count, 0.01), dice.days(count, 1, 30), ends))
    left = where(status == "terminated", dice.days(count, 1, 60), left)
    training = where(dice.share(count, 0.01), dice.days(count, 370, 700), dice.days(count, 5, 350))
    handles = joined('["x:', np.array([name.lower() for name in ids], dtype=object), '"]')
    return frame(
        "people",
        {
            "source": "hr",
            "observed_at": observed[:1].repeat(count),
            "person_id": ids,
            "name": joined(first, " ", last),
            "work_email": joined(_lower(first), ".", _lower(last), ".", _lower(ids), "@" + DOMAIN),
            "other_emails": "[]",
            "handles": where(dice.share(count, 0.98), "[]", handles),
            "status": status,
            "raw_status": where(dice.share(count, 0.002), "", raw),
            "kind": kind,
            "department": dice.words(count, DEPARTMENTS),
            "title": dice.words(count, {"Nurse": 5.0, "Clerk": 3.0, "Editor": 2.0}),
            "manager_id": where(
                dice.share(count, 0.005), None, ids[dice.numbers(count, 0, max(1, count // 20))]
            ),
            "hired_on": where(status == "future", dice.days(count, -40, -5), dice.days(count, 100, 5000)),
            "left_on": left,
            "training": where(dice.share(count, 0.005), "{}", joined('{"hipaa":"', training, '"}')),
        },
    )


def vendors(dice: Dice, roster: pd.DataFrame, observed: Column) -> pd.DataFrame:
    """Return the outside firms, each with a mail domain and two apps."""
    numbers = texts(np.arange(VENDORS))
    ids = joined("V", numbers)
    owners = roster["work_email"].to_numpy(dtype=object)
    apps = [f'["facebook:app{n}","x:app{n}","linkedin:app{n}","youtube:app{n}"]' for n in range(VENDORS)]
    return frame(
        "vendors",
        {
            "source": "vendors",
            "observed_at": observed[:1].repeat(VENDORS),
            "vendor_id": ids,
            "name": joined("Firm ", numbers),
            "kind": "agency",
            "domains": joined('["firm', numbers, '.example"]'),
            "app_names": joined('["Tool ', numbers, '"]'),
            "app_ids": np.array(apps, dtype=object),
            "contract_ends_on": where(
                dice.share(VENDORS, 0.03), dice.days(VENDORS, 5, 90), dice.days(VENDORS, -390, -30)
            ),
            "baa_signed_on": where(dice.share(VENDORS, 0.05), None, dice.days(VENDORS, 100, 600)),
            "baa_expires_on": dice.days(VENDORS, -500, -10),
            "owner_email": owners[dice.numbers(VENDORS, 0, len(owners))],
        },
    )


def _names(dice: Dice, count: int) -> tuple[Column, Column]:
    first = np.array(_FIRST, dtype=object)[dice.numbers(count, 0, len(_FIRST))]
    return first, np.array(_LAST, dtype=object)[dice.numbers(count, 0, len(_LAST))]


def _lower(column: Column) -> Column:
    return np.array([text.lower() for text in column], dtype=object)
