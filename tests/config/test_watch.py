"""The section ``watch:``: cadences as people write them, and errors that name the place and the mend."""

from __future__ import annotations

from datetime import UTC, date
from pathlib import Path

import pytest

from auditor.config import WatchSection, load_config
from auditor.errors import DocumentError

HEAD = "organization: {name: Riverside Health, timezone: America/Chicago}\nwatch:\n"


def watch(tmp_path: Path, text: str) -> WatchSection:
    """Return the section as loaded from a file."""
    path = tmp_path / "auditor.yaml"
    path.write_text(HEAD + f"  {text}\n", encoding="utf-8")
    return load_config(path).config.watch


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{every: 15m}", "every 15m"),
        ('{daily: "02:00"}', "daily at 02:00"),
        ("{daily: 02:00}", "daily at 02:00"),
        ('{daily: {at: "07:00", business_days: true}}', "every business day at 07:00"),
        ('{weekly: {on: monday, at: "06:30"}}', "weekly on Monday at 06:30"),
        ('{weekly: {on: [thu, mon], at: "06:30"}}', "weekly on Monday and Thursday at 06:30"),
        ('{monthly: {day: 15, at: "08:00"}}', "monthly on day 15 at 08:00"),
        ('{monthly: {day: last, at: "08:00"}}', "monthly on the last day at 08:00"),
        ('{monthly: {weekday: second tuesday, at: "08:00"}}', "monthly on the second Tuesday at 08:00"),
        ('{quarterly: {business_day: 3, at: "08:00"}}', "quarterly on business day 3 at 08:00"),
        ('{quarterly: {business_day: -2, at: "08:00"}}', "quarterly on business day 2 from the end at 08:00"),
        ('{yearly: {business_day: last, at: "08:00"}}', "yearly on the last business day at 08:00"),
    ],
)
def test_cadences_as_written(tmp_path: Path, text: str, words: str) -> None:
    """Every form is read as the cadence it says."""
    section = watch(tmp_path, f"report: {text}")
    cadence = section.report.cadence(section.calendar(UTC))
    assert cadence is not None
    assert cadence.describe() == words


@pytest.mark.parametrize("text", ["off", "false", '"off"'])
def test_a_job_can_be_off(tmp_path: Path, text: str) -> None:
    """``off`` is a word like any other in this YAML, and means what it says."""
    assert watch(tmp_path, f"report: {text}").report.off


@pytest.mark.parametrize(
    ("text", "place", "mend"),
    [
        ("reprot: {every: 15m}", "watch.reprot", "Did you mean 'report'?"),
        ("report: {dayly: 02:00}", "watch.report.dayly", "Did you mean 'daily'?"),
        ("report: nightly", "watch.report", "or off"),
        ("report: {every: 15}", "watch.report.every", "such as 90s"),
        ("report: {every: 0s}", "watch.report.every", "longer than nothing"),
        ("report: {daily: 2:00}", "watch.report.daily.at", "24 hours"),
        ("report: {daily: 02:00, every: 1h}", "watch.report", "every and daily"),
        ("report: {off: true, every: 1h}", "watch.report", "no cadence"),
        ("report: {weekly: {on: [], at: 02:00}}", "watch.report.weekly.on", "at least 1"),
        ("report: {weekly: {on: caturday, at: 02:00}}", "watch.report.weekly.on", "monday or mon"),
        ("report: {quarterly: {at: 08:00}}", "watch.report.quarterly", "exactly one"),
        ("report: {quarterly: {day: 1, business_day: 1, at: 08:00}}", "quarterly", "exactly one"),
        ("report: {quarterly: {business_day: 0, at: 08:00}}", "quarterly", "counted from 1"),
        ("report: {quarterly: {business_day: 99, at: 08:00}}", "business_day", "less than"),
        ("report: {monthly: {weekday: fifth monday, at: 08:00}}", "weekday", "second tuesday"),
        ("holidays: [2026-02-30]", "watch", "YAML"),
        ("workdays: []", "watch.workdays", "at least 1"),
        ("fiscal_year_starts: 13", "watch.fiscal_year_starts", "12"),
        ("heartbeat: 1h", "watch.heartbeat", "1m"),
        ("metrics: {listen: 0.0.0.0:9464}", "watch.metrics", "allow_remote"),
        ("metrics: {listen: localhost:9464}", "watch.metrics", "127.0.0.1:9464"),
        ("metrics: {listen: 127.0.0.1:94640}", "watch.metrics", "127.0.0.1:9464"),
    ],
)
def test_errors_name_the_place_and_the_mend(tmp_path: Path, text: str, place: str, mend: str) -> None:
    """What is amiss is told with its place in the file and what to write instead."""
    with pytest.raises(DocumentError) as caught:
        watch(tmp_path, text)
    assert "auditor.yaml" in str(caught.value)
    assert mend in str(caught.value)
    assert place in str(caught.value) or mend == "YAML"


def test_the_calendar_is_the_organisations(tmp_path: Path) -> None:
    """Holidays, working days and fiscal year reach the calendar."""
    section = watch(tmp_path, "{holidays: [2026-12-25], workdays: [sun, mon], fiscal_year_starts: 7}")
    calendar = section.calendar(UTC)
    assert calendar.holidays == {date(2026, 12, 25)}
    assert calendar.workdays == {6, 0}
    assert calendar.fiscal_start == 7


def test_metrics_may_be_reached_from_elsewhere_where_that_is_said(tmp_path: Path) -> None:
    """Both address families are read."""
    section = watch(tmp_path, "metrics: {listen: '[::]:9464', allow_remote: true}")
    assert section.metrics is not None
    assert (section.metrics.host, section.metrics.port) == ("::", 9464)
