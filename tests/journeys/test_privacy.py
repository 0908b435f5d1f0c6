"""Every byte that the service received is read: nothing of the originals' identity is among them."""

from __future__ import annotations

from pathlib import Path

import pydicom
import pytest

from tests.data import shared
from tests.imaging.leaks import find_leaks
from tests.journeys.program import Program


def received(program: Program, study: Path, tmp_path: Path) -> bytes:
    """All bytes of all connections while the study was analysed."""
    with program.service("--record", tmp_path / "record", truth=study) as service:
        ran = program.analyze(study, tmp_path / "out")

        assert ran.code == 0, ran.err
        assert service.calls("DetectLungNodule") == 1
    return b"\n".join(file.read_bytes() for file in sorted((tmp_path / "record").iterdir()))


def test_nothing_that_identifies_the_patient_is_received(program: Program, study: Path, tmp_path: Path) -> None:
    originals = sorted(study.glob("*.dcm"))
    bytes_received = received(program, study, tmp_path)

    assert find_leaks(originals, bytes_received) == []
    assert all(str(part).encode() not in bytes_received for part in (study.name + "/", program.home, tmp_path))
    # The net has no holes: what must not come is found once it does.
    first = pydicom.dcmread(originals[0])
    for planted in (first.PatientName.original_string, first.StudyInstanceUID.encode(), first.StudyDate.encode()):
        assert find_leaks(originals[:1], bytes_received + b"\0" + planted + b"\0") != []


def test_nothing_of_a_real_study_is_received(program: Program, tmp_path: Path) -> None:
    study = shared("data", "chest-ct", "lung-dx-a0001")

    assert find_leaks(sorted(study.glob("*.dcm")), received(program, study, tmp_path)) == []


@pytest.mark.parametrize("keyword", ["PatientName", "PatientID", "StudyDate", "InstitutionName", "SeriesInstanceUID"])
def test_a_planted_leak_is_found_in_a_received_file(study: Path, tmp_path: Path, keyword: str) -> None:
    """The same search over an upload whose one attribute was left in."""
    original = sorted(study.glob("*.dcm"))[0]
    leaking = pydicom.dcmread(original)
    for element in list(leaking):
        if element.keyword != keyword and element.VR in ("PN", "LO", "SH", "DA", "TM", "DT", "UI", "ST", "LT"):
            del leaking[element.tag]
    leaking.file_meta.MediaStorageSOPInstanceUID = "2.25.1"
    leaking.save_as(tmp_path / "leak.dcm")

    assert keyword in {leak.keyword for leak in find_leaks([original], (tmp_path / "leak.dcm").read_bytes())}
