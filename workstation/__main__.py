"""`python -m workstation` and the command `yingtai`."""

from __future__ import annotations

import multiprocessing
import os
import sys


def main() -> int:
    # Before numpy is imported: its threads cost memory and gain nothing for slices.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    multiprocessing.freeze_support()
    if sys.argv[1:2] == ["--reading-worker"]:  # the bundle, started again by itself
        from workstation.imaging.worker.child import main as work

        work(int(sys.argv[2]), int(sys.argv[3]))
    from workstation.app import run

    return run()


if __name__ == "__main__":
    sys.exit(main())
