"""What every join is given and gives."""

from __future__ import annotations

from typing import TypeAlias

import pandas as pd

Pairs: TypeAlias = pd.DataFrame
"""Columns principal_id and person_id."""
PRINCIPALS = ("principal_id", "platform", "email", "handle")
PEOPLE = ("person_id", "work_email", "other_emails", "handles")
