"""What the judge takes in is the same in whichever form the store hands it over."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from typing import Any

import pandas as pd
import pytest
from duckdb import DuckDBPyConnection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.model.bundle import Bundle
from auditor.model.estate import FactKind
from auditor.model.people import Person
from auditor.model.tables import FACT_TABLES
from auditor.store import Store, bundles
from policies.intake import Intake
from policies.sandbox import connect
from policies.settings import JudgeSettings
from policies.views import Views
from policies.views_staging import Frame, stage
from tests.store.support_store import ORGANIZATION, account, facts_of, grant, snapshot
from tests.support import NOW


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return a store; each test adds snapshots of its own."""
    url = f"sqlite:///{tmp_path_factory.mktemp('parts') / 'auditor.db'}"
    with Store.open(url, organization=ORGANIZATION, clock=lambda: NOW) as opened:
        yield opened


@pytest.fixture(scope="module")
def room() -> Any:
    """Return a locked room to stage in."""
    with closing(connect(variables={"as_of": NOW, "zone": "Europe/London"})) as opened:
        opened.execute("CREATE MACRO day_of(t) AS strftime(timezone(getvariable('zone'), t), '%-d %b %Y')")
        yield opened


def staged(room: DuckDBPyConnection, table: str, frame: Frame) -> list[tuple[Any, ...]]:
    """Return the rows and the types of what is staged of ``frame``; leave nothing of it behind."""
    stage(room, {table: frame}, dict.fromkeys(FactKind, 30), [table])
    described = room.execute(f"DESCRIBE s_{table}").fetchall()
    instants = {row[0] for row in described if row[1] == "TIMESTAMP WITH TIME ZONE"}
    cells = ", ".join(f'epoch_us("{r[0]}")' if r[0] in instants else f'"{r[0]}"' for r in described)
    rows = room.execute(f"SELECT {cells} FROM s_{table}").fetchall()
    room.execute(f"DROP TABLE s_{table}")
    return [*described, *sorted(rows, key=repr)]


@pytest.mark.parametrize("table", FACT_TABLES)
@settings(
    max_examples=4,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(data=st.data())
def test_bundles_are_staged_as_frames_are(
    store: Store, room: DuckDBPyConnection, table: str, data: st.DataObject
) -> None:
    """Whatever a platform says, bundles and frames of it make the same rows of the same types."""
    info = snapshot(store, data.draw(st.lists(facts_of(FACT_TABLES[table]), min_size=1, max_size=4)))
    parts = list(store.parts(info.id, table))
    assert all(isinstance(part, Bundle) for part in parts)
    assert staged(room, table, parts) == staged(room, table, store.frames(info.id, [table])[table])


def test_bundles_make_up_the_whole_table(
    store: Store, room: DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Across stretches and bundles no row is lost or told twice, and an empty table has none."""
    monkeypatch.setattr(bundles, "_STRETCH", 100)
    monkeypatch.setattr(bundles, "_ROWS", 300)
    info = snapshot(store, [grant(number, can_grant=number % 2 == 0) for number in range(1_050)])
    parts = [part for part in store.parts(info.id, "grants") if isinstance(part, Bundle)]
    assert [len(part.columns["grant_id"]) for part in parts] == [3, 3, 3, 2]
    whole = store.frames(info.id, ["grants"])["grants"]
    assert staged(room, "grants", parts) == staged(room, "grants", whole)
    assert isinstance(whole, pd.DataFrame)
    assert list(store.parts(info.id, "apps")) == []


def test_what_is_taken_in_ahead_is_seen_as_what_is_taken_in_then(store: Store) -> None:
    """Views over facts taken in before, and the people told then, show the same cells; the room ends with them."""
    left = Person(
        source="hr", observed_at=NOW, person_id="E1", name="Bo Fox", work_email="bo@riverside.example"
    )
    info = snapshot(
        store, [account(1), *(grant(number, can_grant=number % 2 == 0) for number in range(50)), left]
    )
    settings = JudgeSettings(timezone="Europe/London", has_roster=True)

    def parts(tables: Iterable[str]) -> dict[str, Frame]:
        return {table: store.parts(info.id, table) for table in tables}

    ahead = Intake(parts(table for table in FACT_TABLES if table != "people"), memory_limit="256MB")
    shown = []
    for frames, taken in ((parts(FACT_TABLES), None), (parts(["people"]), ahead)):
        with Views(frames, identities=None, as_of=NOW, settings=settings, ahead=taken) as seen:
            shown.append([seen.query(view) for view in ("accounts", "grants", "people")])
    for then, before in zip(*shown, strict=True):
        assert len(then)
        pd.testing.assert_frame_equal(then, before)
