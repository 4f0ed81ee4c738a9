"""The journal of events: once each, in order, and no reader's place is lost."""

from __future__ import annotations

from datetime import UTC, datetime

from auditor.model.event import Event, EventKind
from auditor.model.finding import Severity
from auditor.store import Store

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def event(key: str, **values: object) -> Event:
    """Return an event; ``values`` replace what it says by default."""
    given: dict[str, object] = {"kind": EventKind.GRANT_ADDED, "at": NOON, "message": "Ada was let in."}
    return Event(key=key, **(given | values))  # type: ignore[arg-type]


def test_an_event_comes_back_as_it_was_told(store: Store) -> None:
    """Every field survives, JSON values and the severity among them."""
    told = event(
        "a",
        severity=Severity.HIGH,
        snapshot_id="s2",
        before_snapshot_id="s1",
        fingerprint="f" * 32,
        platform="x",
        account_id="x:1",
        before={"level": None},
        after={"level": "admin"},
    )
    assert store.events.append([told]) == 1
    (kept,) = store.events.after(0)
    assert kept.seq == store.events.last()
    assert {name: getattr(kept, name) for name in told.__dataclass_fields__ if name != "seq"} == {
        name: getattr(told, name) for name in told.__dataclass_fields__ if name != "seq"
    }
    assert store.events.of_finding("f" * 32) == (kept,)


def test_an_event_told_twice_is_kept_once(store: Store) -> None:
    """The key decides; the first telling stays."""
    assert store.events.append([event("a"), event("b"), event("a", message="Again.")]) == 2
    assert store.events.append([event("b"), event("c")]) == 1
    assert [kept.key for kept in store.events.after(0)] == ["a", "b", "c"]
    assert [kept.message for kept in store.events.after(0)] == ["Ada was let in."] * 3


def test_a_reader_goes_on_where_it_was(store: Store) -> None:
    """A cursor starts at nothing, moves forward and never back."""
    store.events.append(event(str(number)) for number in range(5))
    assert store.events.cursor("alerts") is None
    first = store.events.after(0, limit=2)
    store.events.advance("alerts", first[-1].seq or 0)
    store.events.advance("alerts", first[0].seq or 0)
    done = store.events.cursor("alerts")
    assert done == first[-1].seq
    assert [kept.key for kept in store.events.after(done or 0)] == ["2", "3", "4"]


def test_what_a_reader_has_not_read_is_counted(store: Store) -> None:
    """As many events as `after` would return, without reading them."""
    store.events.append(event(str(number)) for number in range(5))
    second = store.events.after(0)[1].seq or 0
    assert [store.events.count_after(seq) for seq in (0, second, store.events.last())] == [5, 3, 0]
