"""The figures Prometheus asks for, on this machine alone unless the configuration says otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from types import TracebackType
from typing import Self

from prometheus_client import CollectorRegistry, Metric, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from auditor.config.watch import MetricsSection
from auditor.daemon.health import Health, JobHealth
from auditor.errors import AuditorError
from auditor.store.job_records import JobState

_JOB_TIMES: dict[str, tuple[str, Callable[[JobHealth], datetime | None]]] = {
    "next_due": ("When the job is due next.", lambda job: job.is_due_at),
    "last_slot": ("Slot of the job's newest run.", lambda job: job.last_slot),
    "last_finished": ("When the job's newest run ended.", lambda job: job.last_finished_at),
    "failing_since": ("First slot of the failures in a row the job is in.", lambda job: job.failing_since),
}


class _FromHealth(Collector):
    """Makes figures of the newest look; asking costs the store nothing."""

    def __init__(self, health: Callable[[], Health | None]) -> None:
        self._health = health

    def describe(self) -> Iterable[Metric]:
        """Return nothing: the names are known once there was a look."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """Yield the figures."""
        health = self._health()
        if health is None:
            return
        yield GaugeMetricFamily(
            "auditor_watch_up", "1 where the last look went well.", int(not health.trouble)
        )
        yield _gauge("auditor_watch_start_time_seconds", "When the daemon began.", health.since)
        yield _gauge(
            "auditor_watch_last_look_time_seconds", "When it last looked what is due.", health.looked_at
        )
        if health.waiting is not None:
            yield GaugeMetricFamily("auditor_outbox_waiting", "Messages that are not sent.", health.waiting)
        for name, (text, of) in _JOB_TIMES.items():
            family = GaugeMetricFamily(f"auditor_job_{name}_time_seconds", text, labels=["job"])
            for job in health.jobs:
                if (instant := of(job)) is not None:
                    family.add_metric([job.name], instant.timestamp())
            yield family
        running = GaugeMetricFamily("auditor_job_running", "1 while the job runs, anywhere.", labels=["job"])
        for job in health.jobs:
            running.add_metric([job.name], int(job.last_state is JobState.RUNNING))
        yield running
        ended = CounterMetricFamily(
            "auditor_job_runs", "Runs of this daemon by how they ended.", labels=["job", "state"]
        )
        for (name, state), count in sorted(health.ended.items()):
            ended.add_metric([name, state.value], count)
        yield ended


def _gauge(name: str, text: str, instant: datetime) -> Metric:
    return GaugeMetricFamily(name, text, instant.timestamp())


class MetricsServer:
    """Answers Prometheus until closed."""

    def __init__(self, section: MetricsSection, health: Callable[[], Health | None]) -> None:
        # A registry of its own: figures of this process that a library adds to the common one are not ours to show.
        registry = CollectorRegistry()
        registry.register(_FromHealth(health))
        try:
            self._server, self._thread = start_http_server(section.port, section.host, registry)
        except OSError as error:
            raise AuditorError(
                f"watch.metrics.listen: {section.listen} cannot be listened on: {error.strerror}.",
                remedy="Choose another port, or end the program that has it.",
            ) from None

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.server_address[1])

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
