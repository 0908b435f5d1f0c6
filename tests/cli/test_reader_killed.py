"""Files at which the reading process really dies: named once, not tried at the next start, read again when asked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.imaging.hostile import body, deflated, text
from tests.imaging.made import write_slice

KILLED = "This file made the reader fail and is not tried again as long as it is unchanged."

# Loaded by every Python that starts with it on its path: a worker then dies where it reads a "killer", of a signal when
# it opens that as a file, by itself when that is the next member of an archive.
DYING = """
import os, signal, sys

def die(path):
    if str(path).endswith("killer.dcm"):
        with open(os.environ["DEATHS"], "a") as deaths:
            print(os.path.basename(path), file=deaths)
        os.kill(os.getpid(), signal.SIGSEGV) if "!/" not in path else os._exit(3)

def profile(frame, event, argument):
    if event == "call" and frame.f_code.co_name == "standing_at":
        die(frame.f_locals["path"])

def hook(event, arguments):
    if event == "open":
        die(arguments[0])
    if event == "import" and arguments[0] == "workstation.imaging.archive.member":
        sys.setprofile(profile)  # from here on: it makes all imports slow

if "-c" in sys.orig_argv:
    sys.addaudithook(hook)
"""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there are no signals")


def killer() -> bytes:
    """A good slice beside the others, for which a library is needed."""
    return deflated(body({(0x0020, 0x000E): text("1.2.3.77")}))


@pytest.fixture
def study(tmp_path: Path) -> Path:
    (tmp_path / "path").mkdir()
    (tmp_path / "path" / "sitecustomize.py").write_text(DYING)
    folder = tmp_path / "study"
    folder.mkdir()
    for number in range(3):
        write_slice(folder / f"{number}.dcm", z=number)
    return folder


def scanned(study: Path, *options: str, dying: bool = True) -> tuple[int, list[str], int]:
    """In a program of its own: slices of all series, sentences, and how often a reader died so far."""
    deaths = study.parent / "deaths"
    environment = {**os.environ, "YINGTAI_HOME": str(study.parent / "home"), "LC_ALL": "C.UTF-8", "DEATHS": str(deaths)}
    if dying:
        environment["PYTHONPATH"] = str(study.parent / "path")
    command = [sys.executable, "-m", "workstation", "scan", str(study), "--json", *options]
    result = json.loads(subprocess.run(command, env=environment, capture_output=True, check=True, text=True).stdout)
    slices = sum(one["slices"] for one in result["series"])
    count = len(deaths.read_text().splitlines()) if deaths.exists() else 0
    return slices, [one["sentence"] for one in result["left_out"]], count


def test_a_file_that_kills_the_reader_is_named_and_not_tried_at_the_next_start(study: Path) -> None:
    (study / "killer.dcm").write_bytes(killer())

    slices, sentences, deaths = scanned(study)

    assert (slices, sentences) == (3, [KILLED])
    assert deaths > 0
    assert scanned(study) == (3, [KILLED], deaths)
    assert scanned(study, "--retry", dying=False) == (4, [], deaths)


@pytest.mark.long
def test_a_member_that_kills_the_reader_is_named_and_the_others_of_its_archive_open(study: Path) -> None:
    with zipfile.ZipFile(study / "all.zip", "w") as archive:
        for name in ("0.dcm", "killer.dcm", "1.dcm"):
            archive.writestr(name, killer() if name == "killer.dcm" else (study / name).read_bytes())
            (study / name).unlink(missing_ok=True)

    slices, sentences, deaths = scanned(study)

    assert (slices, sentences) == (3, [KILLED])
    assert deaths > 0
    assert scanned(study) == (3, [KILLED], deaths)
    assert scanned(study, "--retry", dying=False) == (4, [], deaths)
