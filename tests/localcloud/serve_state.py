"""`python -m tests.localcloud.serve_state STATE OWNER|- [DELAY_S]`: the service as a process of its own."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from tests.localcloud.service import counting_engine
from workstation.localcloud.engine.asked import Analysis
from workstation.localcloud.serve import serve
from workstation.localcloud.server import CloudOptions


def slow_engine(analysis: Analysis) -> dict[str, object]:
    """Long enough to be killed in the middle."""
    time.sleep(1.5)
    return counting_engine(analysis)


if __name__ == "__main__":
    owner = None if sys.argv[2] == "-" else int(sys.argv[2])
    sys.exit(serve(CloudOptions(state=Path(sys.argv[1]), owner=owner, least_job_s=0.1), engine=slow_engine))
