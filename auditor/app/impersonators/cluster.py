"""The scan of a list on a Dask cluster: parts of the list go to its workers, answers come in the order of the list.

Parts are handed over as tasks with their data, not scattered beforehand: what a dead worker had in hand or had found is
worked out again by another. Only a few parts are under way at a time, so memory here and on the scheduler does
not grow with the list. TLS and time limits are Dask's own settings (``distributed.comm`` in its configuration).
"""

from __future__ import annotations

import logging
import re
import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from auditor.app.impersonators.files import parquet_length
from auditor.app.impersonators.offline import OfflineScan
from auditor.app.impersonators.partition import Answer, Batch, Plan, Span, examine, fingerprint, kept
from auditor.app.impersonators.profiles import candidates
from auditor.app.progress import Progress, Silent
from auditor.errors import AuditorError, UsageError
from auditor.lookalikes import Candidate, Verdict

if TYPE_CHECKING:
    from distributed import Client, Future

_ADDRESS = re.compile(r"(?:tcp|tls)://(?:[\w.-]+|\[[\da-fA-F:]+\]):\d{1,5}")
_MOST_ACCOUNTS = 20_000
"""Accounts of a part: about a second of a worker's time, far more than Dask takes to hand it over."""
_MOST_LETTERS = 2_000_000
"""Letters of a part, so that accounts with much to say do not make a part too heavy to hand over."""
_PARTS_A_THREAD = 2
_TOLD_EVERY = 250_000
_LOOK_EVERY = 15.0
_PATIENCE = 600.0
"""Seconds a scan waits while the cluster has no worker at all."""
_CONNECT = 30.0


@contextmanager
def on_cluster(
    opened: OfflineScan, address: str, progress: Progress | None = None
) -> Iterator[Iterator[Verdict]]:
    """Connect to a cluster, and give the verdicts in the order of the accounts, as one machine would.

    Leaving, however it comes about, takes back what is still under way.

    Raises:
        UsageError: ``address`` is none.
        AuditorError: the extra is missing, the cluster does not answer, is lost on the way, or a worker cannot do it.
        DocumentError: the list of accounts is broken at the line named.

    """
    client = _connect(address)
    try:
        run = ClusterRun(client, address, opened, progress or Silent())
        with closing(run.verdicts()) as verdicts:
            yield verdicts
    finally:
        client.close()


def _connect(address: str) -> Client:
    if not _ADDRESS.fullmatch(address):
        raise UsageError(
            "--dask needs the address of a scheduler.",
            remedy="Give it as tcp://host:8786, or tls://host:8786 with certificates in Dask's own configuration.",
        )
    try:
        from distributed import Client
    except ImportError:
        raise AuditorError(
            "--dask needs Dask, which is not installed.",
            remedy="Install the extra 'dask', here and on the cluster: pip install 'brand-account-auditor[dask]'; "
            "or leave --dask out: one machine looks through a million accounts in about a minute.",
        ) from None
    # A scheduler that is lost is told in a sentence; Dask would log each try to find it again, with a traceback.
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
    try:
        return Client(address, timeout=_CONNECT, set_as_default=False, name="auditor")
    except (OSError, ValueError) as error:
        raise AuditorError(
            f"no Dask scheduler answers at {address} ({type(error).__name__}).",
            remedy="Start one with 'dask scheduler', see that this machine reaches it, and that both speak tcp or both tls.",
        ) from None


@dataclass
class ClusterRun:
    """One list on its way through a cluster."""

    client: Client
    address: str
    opened: OfflineScan
    progress: Progress
    _told: int = field(default=0, init=False)

    def verdicts(self) -> Generator[Verdict, None, None]:
        """Yield the verdicts in the order of the accounts.

        Raises:
            AuditorError: the cluster is lost, or a worker cannot do it.
            DocumentError: the list of accounts is broken at the line named.

        """
        tally = self.opened.tally
        with closing(self._answers(self._parts())) as answers:
            for answer in answers:
                tally.accounts += answer.accounts
                if answer.unread is not None:
                    tally.unread.dates += answer.unread.dates
                    tally.unread.numbers += answer.unread.numbers
                    tally.unread.nameless += answer.unread.nameless
                for verdict in answer.verdicts:
                    tally.count(verdict)
                    yield verdict
                self._tell()

    def _answers(self, parts: Iterable[Batch | Span]) -> Generator[Answer, None, None]:
        """Yield the answers to ``parts`` in their order, a bounded number of parts under way at a time."""
        under_way: deque[Future[Answer]] = deque()
        try:
            plan = self.client.submit(kept, Plan.of(self.opened.scan), pure=False)
            for part in parts:
                under_way.append(self.client.submit(examine, plan, part, pure=False))
                while len(under_way) >= self._window():
                    yield self._answer(under_way.popleft())
            while under_way:
                yield self._answer(under_way.popleft())
        except CancelledError:
            raise self._lost() from None
        finally:
            if self.client.status == "running":
                self.client.cancel(list(under_way))

    def _window(self) -> int:
        """Return how many parts may be under way: enough that no worker waits for the next."""
        return _PARTS_A_THREAD * sum(self._threads().values()) + 1

    def _threads(self) -> dict[str, int]:
        try:
            return dict(self.client.nthreads())
        except OSError:
            raise self._lost() from None

    def _answer(self, future: Future[Answer]) -> Answer:
        from distributed import KilledWorker

        try:
            answer = self._awaited(future)
        except KilledWorker:
            raise AuditorError(
                "a part of the list was tried on several workers, and each died with it.",
                remedy="Look at the workers' logs; most often they have too little memory.",
            ) from None
        except (RuntimeError, ImportError, AttributeError) as error:
            raise AuditorError(
                f"the cluster could not run a part of the list ({type(error).__name__}).",
                remedy="Install the same version of Auditor on the scheduler and on every worker.",
            ) from None
        except OSError:
            raise self._lost() from None
        if answer.failure is not None:
            raise AuditorError(answer.failure[0], remedy=answer.failure[1])
        return answer

    def _awaited(self, future: Future[Answer]) -> Answer:
        """Wait for an answer; say so, and in the end give up, when there is no worker to give it."""
        alone_since: float | None = None
        while True:
            try:
                return future.result(timeout=_PATIENCE if future.done() else _LOOK_EVERY)
            except TimeoutError:
                alone_since = None if self._threads() else alone_since or time.monotonic()
            if alone_since is None:
                continue
            self.progress.step("The cluster has no worker; waiting for one")
            if time.monotonic() - alone_since > _PATIENCE:
                raise AuditorError(
                    f"the cluster at {self.address} had no worker for {_PATIENCE / 60:.0f} minutes.",
                    remedy="Start workers with 'dask worker', and scan again.",
                )

    def _lost(self) -> AuditorError:
        return AuditorError(
            f"the scheduler at {self.address} was lost.",
            remedy="Look at its log, and scan again; what was printed up to here is right, and not all.",
        )

    def _parts(self) -> Iterator[Batch | Span]:
        """Cut the list: into rows that workers read where they see the file, else into accounts read here."""
        path = self.opened.accounts.resolve()
        length = parquet_length(path)
        mark = fingerprint(str(path))
        if length is not None and self._all_see(str(path), mark):
            for first in range(1, length + 1, _MOST_ACCOUNTS):
                yield Span(str(path), mark, first, min(_MOST_ACCOUNTS, length + 1 - first))
        else:
            for batch in batches(candidates(self.opened.accounts, self.opened.tally.unread)):
                yield Batch.of(batch)

    def _all_see(self, path: str, mark: str) -> bool:
        try:
            seen = self.client.run(fingerprint, path, on_error="return")
        except OSError:
            raise self._lost() from None
        return bool(seen) and all(each == mark for each in seen.values())

    def _tell(self) -> None:
        accounts = self.opened.tally.accounts
        if accounts - self._told >= _TOLD_EVERY:
            self._told = accounts
            workers = len(self._threads())
            self.progress.step(
                f"{accounts:,} accounts looked at by {workers:,} workers, {self.opened.tally.likely:,} likely"
            )


def batches(accounts: Iterable[Candidate]) -> Iterator[list[Candidate]]:
    """Cut accounts into lists that are neither too long nor too heavy."""
    batch: list[Candidate] = []
    letters = 0
    for account in accounts:
        batch.append(account)
        letters += (
            len(account.handle)
            + len(account.name)
            + len(account.bio)
            + len(account.url)
            + len(account.avatar)
        )
        if len(batch) >= _MOST_ACCOUNTS or letters >= _MOST_LETTERS:
            yield batch
            batch, letters = [], 0
    if batch:
        yield batch
