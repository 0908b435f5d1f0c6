"""No space: a file-size limit stands for a full disk. It is said as such, and with room again the job goes on."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.journeys.program import Program, analyze

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a file-size limit is set with resource, only on POSIX")
_LIMITED = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
del sys.argv[1]
from workstation.__main__ import main
sys.exit(main())
"""


@pytest.mark.parametrize("kilobytes", [20, 400])
@pytest.mark.long
def test_a_full_disk_is_said_and_nothing_is_sent_twice(
    program: Program, study: Path, tmp_path: Path, kilobytes: int
) -> None:
    out = tmp_path / "out"
    with program.service(truth=study) as service:
        program.jobs()  # the records exist
        limited = (sys.executable, "-c", _LIMITED, str(kilobytes * 1024))
        full = program.run(*analyze(study, out, "--json"), prefix=limited)
        jobs = program.jobs()
        if jobs:
            again = program.run("jobs", "resume", jobs[0]["id"], study, "--out", out)
        else:
            again = program.analyze(study, out)

        assert (service.calls("PutObject"), service.calls("DetectLungNodule")) == (24, 1)
        assert service.objects() == []
    assert (full.code, full.json["code"]) == (1, "no-space")
    assert "disk is full" in full.err
    assert again.code == 0, again.err
    assert sorted(file.name for file in out.iterdir() if file.name.startswith(".")) == []
    assert (out / "report.pdf").exists()
