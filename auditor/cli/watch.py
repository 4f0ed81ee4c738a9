"""``auditor watch`` and ``auditor jobs``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from auditor.cli.common import COMMON, Common, Format
from auditor.cli.console import cell_text, put_json, put_line, put_table, say

if TYPE_CHECKING:
    from auditor.app.workspace import Workspace
    from auditor.store.job_records import JobRun

HealthFile = Annotated[
    Path | None, Parameter(name="--health", help="Health file; default: watch.health_file.")
]


def watch(
    *,
    once: Annotated[
        bool, Parameter(help="Poll, run all that is due, send what waits, and exit.", negative=())
    ] = False,
    health: HealthFile = None,
    log_format: Annotated[Literal["text", "json"], Parameter(help="Form of the log lines.")] = "text",
    common: Common = COMMON,
) -> int:
    """Run the daemon: roster polls, nightly audits, periodic reviews, reminders, alerts and mail.

    When each is due stands under 'watch:' in auditor.yaml; 'auditor jobs list' shows it. A slot is run
    once, whatever is restarted and however many daemons share the store. SIGTERM or Ctrl-C ends it
    cleanly, a second one at once.

    Exit code 0: asked to end, or with --once all went well. With --once 5: a job failed; 6: a message
    could not be sent yet. 1: an error.

    Examples: auditor watch; auditor watch --log-format json; auditor watch --once
    """
    from auditor.daemon.service import watch as run
    from auditor.logs import configure

    workspace = common.workspace()
    configure("debug" if common.debug else "info", log_format)
    return int(run(workspace, once=once, health_file=health, log_style=log_format))


def list_jobs(*, health: HealthFile = None, format: Format = "table", common: Common = COMMON) -> None:
    """List the jobs: when each is due, how its last run ended, and whether a daemon is watching here.

    Examples: auditor jobs list; auditor jobs list --format json
    """
    from dataclasses import asdict

    from auditor.daemon.health import jobs_health
    from auditor.daemon.plan import make_plan

    workspace = common.workspace()
    with workspace.store(create=False) as store:
        jobs = jobs_health(store, make_plan(workspace.config), workspace.clock())
    state, sentence = _daemon(workspace, health)
    if format == "json":
        put_json({"daemon": {"state": state, "message": sentence}, "jobs": [asdict(job) for job in jobs]})
        return
    put_table(
        ("job", "cadence", "due", "last slot", "state", "ended", "outcome"),
        [
            (
                job.name, job.cadence, job.is_due_at, job.last_slot or "never", job.last_state,
                job.last_finished_at, job.last_outcome,
            )
            for job in jobs
        ],
    )  # fmt: skip
    put_line(sentence)


def history(
    name: str | None = None,
    *,
    limit: Annotated[int, Parameter(help="How many runs at most.")] = 50,
    format: Format = "table",
    common: Common = COMMON,
) -> None:
    """List the runs of one job or of all, the newest slot first: the evidence that reviews took place.

    Examples: auditor jobs history report; auditor jobs history --limit 200 --format json
    """
    from dataclasses import asdict

    workspace = common.workspace()
    if name is not None:
        _known(name)
    with workspace.store(create=False) as store:
        runs = store.jobs.runs(name, limit=limit)
    if format == "json":
        put_json([asdict(run) for run in runs])
        return
    put_table(
        ("job", "slot", "state", "try", "began", "ended", "machine", "outcome"),
        [
            (
                run.job, run.slot, run.state, run.attempt, run.claimed_at, run.finished_at,
                f"{run.host} ({run.pid})", run.outcome,
            )
            for run in runs
        ],
    )  # fmt: skip


def run(name: str, *, common: Common = COMMON) -> int:
    """Run one job now, outside of its slots, and wait for it; refused while it runs elsewhere.

    Exit code 0: it went well. 5: it failed; the reason is shown.

    Examples: auditor jobs run roster; auditor jobs run report
    """
    from auditor.daemon.once import run_now
    from auditor.logs import configure
    from auditor.store.job_records import JobState

    workspace = common.workspace()
    configure("debug" if common.debug else "info")
    with workspace.store() as store:
        ended = run_now(workspace, store, name)
    say(_told(ended))
    return 0 if ended.state is JobState.DONE else 5


def health(*, health: HealthFile = None, format: Format = "table", common: Common = COMMON) -> int:
    """Say whether the daemon here is well, from its health file alone: for a container's health check.

    Exit code 0: it looked lately and nothing is amiss. 1: it is not running, is stuck, cannot reach the
    store, or a job is failing.

    Examples: auditor jobs health; auditor jobs health --format json
    """
    workspace = common.workspace()
    state, sentence = _daemon(workspace, health)
    if format == "json":
        put_json({"state": state, "message": sentence})
    else:
        put_line(sentence)
    return 0 if state == "well" else 1


def _daemon(workspace: Workspace, given: Path | None) -> tuple[str, str]:
    """Return the state of this machine's daemon in a word and in a sentence."""
    from auditor.daemon.health import is_fresh, read_health
    from auditor.daemon.service import health_path

    path = health_path(workspace, given)
    said = read_health(path)
    if said is None:
        return "absent", f"No daemon has written {path}; begin one with 'auditor watch'."
    if not is_fresh(said, workspace.clock()):
        return (
            "gone",
            f"The daemon has not looked since {_moment(said['looked_at'])}; it is stopped or stuck.",
        )
    if said.get("stopping"):
        return "stopping", "The daemon is stopping."
    return _fresh(said)


def _fresh(said: dict[str, Any]) -> tuple[str, str]:
    who = f"process {said.get('pid')} on {said.get('host')}, since {_moment(said.get('since'))}"
    if said.get("trouble"):
        return "troubled", f"The daemon ({who}) is in trouble: {said['trouble']}"
    failing = [name for name, job in said.get("jobs", {}).items() if job.get("failing_since")]
    if failing:
        return "failing", f"The daemon ({who}) watches, but these jobs fail: {', '.join(failing)}."
    return "well", f"The daemon ({who}) watches and all is well."


def _moment(text: object) -> str:
    """Return an instant of the health file as this organisation's clock shows it."""
    try:
        return cell_text(datetime.fromisoformat(f"{text}"))
    except ValueError:
        return f"{text}"


def _known(name: str) -> None:
    from auditor.daemon.jobs import JOBS
    from auditor.errors import UsageError

    names = [job.name for job in JOBS]
    if name not in names:
        raise UsageError(f"there is no job {name!r}.", remedy=f"There are: {', '.join(names)}.")


def _told(ended: JobRun) -> str:
    return f"{ended.job}: {ended.state}. {ended.outcome}"
