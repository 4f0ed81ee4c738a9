"""The process of one run of the tests' jobs."""

from __future__ import annotations

import sys

from auditor.daemon.child import main
from tests.daemon.support_daemon import PROCESS_JOBS

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], PROCESS_JOBS))
