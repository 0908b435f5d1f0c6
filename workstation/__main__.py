"""`python -m workstation` and the command `yingtai`."""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys


def main() -> int:
    # Before numpy is imported: its threads cost memory and gain nothing for slices.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Nor does it ask for large pages for every array of 4 MB: in a heap, what is free between two small values takes
    # 2 MB from then on. Volumes have large pages of their own.
    os.environ.setdefault("NUMPY_MADVISE_HUGEPAGE", "0")
    multiprocessing.freeze_support()
    if sys.argv[1:2] == ["--reading-worker"]:  # the bundle, started again by itself
        from workstation.imaging.worker.child import main as work

        work(int(sys.argv[2]), int(sys.argv[3]))
    from workstation.app import run

    # A scan makes a million small values that stay; looking through all of them again and again finds no garbage. Each
    # look stops every thread, the window's too: 5,000 new values take 2 ms, 50,000 of them 20 ms.
    gc.freeze()
    gc.set_threshold(5_000, 4, 2_500)
    # What the window's thread waits for the lock of the interpreter each time Qt calls it, for every thread that works
    # meanwhile: drawing the window asks for the lock a hundred times. Beats while 10,000 files are scanned are late by
    # (p99, ms) 18 with 0.1 ms, 20 with 0.5, 36 with 1, 38 with 5; the scan takes as long with each.
    sys.setswitchinterval(0.0001)
    return run()


if __name__ == "__main__":
    sys.exit(main())
