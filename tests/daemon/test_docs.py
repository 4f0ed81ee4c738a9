"""What the page on the daemon says is what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from auditor.cadence import Calendar
from auditor.config import WatchSection, load_config
from auditor.config.watch import MetricsSection
from auditor.daemon.jobs import JOBS, Job
from auditor.daemon.plan import make_plan

PAGE = (Path(__file__).parents[2] / "docs" / "watch.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_load(tmp_path: Path, example: str) -> None:
    """Each is a piece of a configuration that is accepted, and its jobs make a plan."""
    path = tmp_path / "auditor.yaml"
    path.write_text(f"organization: {{name: Riverside Health}}\n{example}", encoding="utf-8")
    assert make_plan(load_config(path).config)


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_every_job_is_told_with_its_time_limit(job: Job) -> None:
    """A row of the table for each, with the hour it runs at by itself."""
    (row,) = re.findall(rf"^\| `{job.name}` \| (.+) \|$", PAGE, re.MULTILINE)
    hours, minutes = divmod(int(job.timeout.total_seconds()) // 60, 60)
    assert row.endswith(f"{hours} hours" if hours else f"{minutes} minutes")
    at = re.search(r"\d\d:\d\d", job.cadence(Calendar()).describe())
    assert at is None or at[0] in row


def test_every_key_is_told() -> None:
    """No key of the section is left out, and each job of the table is a key."""
    names = {job.name for job in JOBS}
    keys = set(WatchSection.model_fields)
    assert names <= keys
    told = set(re.findall(r"^\| `([a-z_.]+)` \|", PAGE, re.MULTILINE))
    assert keys - {"metrics"} <= told
    assert {f"metrics.{name}" for name in MetricsSection.model_fields} <= told


def test_every_job_can_be_loaded() -> None:
    """The functions the table names are there."""
    for job in JOBS:
        assert callable(job.load_duty())
        idle = job.load_idle()
        assert (idle is None) == (job.idle is None)
