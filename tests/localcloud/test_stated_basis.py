"""What the catalogue says of the local cloud beforehand is what its engine says of its answers."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from PIL import Image

from workstation.catalogue import OPERATIONS
from workstation.catalogue.operation import ConnectionKind, Operation
from workstation.catalogue.photo_segmentation.rows import SEGMENTATIONS
from workstation.imaging.phantom.make import PhantomOptions, make_phantom
from workstation.imaging.phantom.radiograph import make_radiograph
from workstation.imaging.phantom.spine import make_spine
from workstation.localcloud.engine.analyses import ANALYSES, analyse
from workstation.localcloud.engine.asked import Analysis, Talk
from workstation.localcloud.operations.photo_recognition import PHOTO_RECOGNITION

CHEST: Final = PhantomOptions(slices=20, size=96, spacing_mm=3.0, nodules=0)
DICOM: Final = {"DataFormat": "DICOM"}
ORGANISATION: Final = {"DataFormat": "dcm", "OrgId": "1", "OrgName": "x"}


def slices(action: str, folder: Path) -> Analysis:
    return Analysis(action, {"URLList": make_phantom("chest-ct", folder, 1, CHEST).files}, DICOM)


def screened(action: str, folder: Path) -> Analysis:
    """For calcium only: the quickest on slices of the size that it demands."""
    files = make_phantom("chest-ct", folder, 1, replace(CHEST, size=512)).files
    return Analysis(action, {"URLList": files}, {**DICOM, "Mask": "2"})


def pair(action: str, folder: Path) -> Analysis:
    small = PhantomOptions(slices=24, size=64, spacing_mm=8.0, nodules=0)
    files = make_phantom("chest-ct", folder, 1, small).files
    return Analysis(action, {"ReferenceList": files, "FloatingList": files}, DICOM)


def spine(action: str, folder: Path) -> Analysis:
    return Analysis(action, {"URLList": make_spine(folder, 1).files}, DICOM)


def knees(action: str, folder: Path) -> Analysis:
    return Analysis(action, {"Url": (make_radiograph("knee-xray", folder).file,)}, DICOM)


def radiograph(action: str, folder: Path) -> Analysis:
    return Analysis(action, {"ImageUrl": (make_radiograph("hip-xray", folder).file,)}, ORGANISATION)


def photograph(action: str, folder: Path) -> Analysis:
    stream = io.BytesIO()
    y, x = np.mgrid[0:400, 0:300]
    Image.fromarray(((x + y) % 256).astype(np.uint8)).convert("RGB").save(stream, "JPEG")
    return Analysis(action, {"Url": (stream.getvalue(),)}, {})


def shown(action: str, folder: Path) -> Analysis:
    """A photograph for image recognition, whatever an action calls its address."""
    ((jpeg,),) = photograph(action, folder).files.values()
    return Analysis(action, {"Tasks": (jpeg,)}, {"Type": "IDCard"})


def text(action: str, folder: Path) -> Analysis:
    return Analysis(action, {}, {"Text": "lung nodule", "FromLanguage": "en", "ToLanguage": "zh"})


def dialogue(action: str, folder: Path) -> Analysis:
    return Analysis(action, {}, {"QuestionType": "chiefComplaint", "SessionId": "s"}, talk=Talk("s", {}))


ASKED: Final[Mapping[str, Callable[[str, Path], Analysis]]] = {
    "ScreenChestCT": screened,
    "RunCTRegistration": pair,
    "DetectSpineMRI": spine,
    "DetectKneeXRay": knees,
    "ClassifyFNF": radiograph,
    "DetectHipKeypointXRay": radiograph,
    "DetectKneeKeypointXRay": radiograph,
    "DetectSkinDisease": photograph,
    **{row.action: shown for row in PHOTO_RECOGNITION},
    "TranslateMed": text,
    "RunMedQA": dialogue,
    "FeedbackSession": dialogue,
}
ROWS: Final = [
    (row, service.action)
    for row in OPERATIONS
    if (service := row.service_for(ConnectionKind.LOCAL)) is not None and service.action in ANALYSES
]


def test_every_analysis_of_the_engine_has_a_row() -> None:
    assert {action for _, action in ROWS} == ANALYSES.keys()


# What cuts out people and things needs a picture with them: test_photo_segmentation asks there for the basis.
ASKED_HERE: Final = [(row, action) for row, action in ROWS if row not in SEGMENTATIONS]


@pytest.mark.parametrize(("row", "action"), ASKED_HERE, ids=[row.name for row, _ in ASKED_HERE])
def test_a_row_says_beforehand_whether_its_answer_is_made_up(row: Operation, action: str, tmp_path: Path) -> None:
    if row.extra is not None:
        pytest.importorskip(row.extra.module)
    answer: dict[str, Any] = dict(analyse(ASKED.get(action, slices)(action, tmp_path)))

    assert row.simulated is (answer["YingtaiBasis"]["all"] == "simulated")
