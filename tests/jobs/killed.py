"""Run as a process: one job that stands still at a named moment and waits to be killed."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from tests.jobs.fakes import NEW, DoAt, world
from workstation.jobs import run
from workstation.records import Records


def main(root: Path, moment: str) -> None:
    def stand_still() -> None:
        (root / "reached").touch()
        time.sleep(3600)

    with Records(root / "records.db") as ledger:
        run(NEW, world(root, ledger, moment=DoAt(moment, stand_still)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
