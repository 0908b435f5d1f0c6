"""Masks beside `result.json`: written on the grid that was sent, read back where they were."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import nibabel
import numpy as np
import pytest

from tests.report.readings import finding, reading, result, stack
from workstation.domain.answer import AnalysisResult
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.finding import Basis
from workstation.domain.shapes import Mask
from workstation.domain.volume import LabelVolume
from workstation.domain.words import Language, say
from workstation.report.mask_files import read_mask, write_masks
from workstation.report.read_result import read_result
from workstation.report.result_json import result_json
from workstation.resources import resource


def lesions() -> LabelVolume:
    geometry = stack().geometry
    assert geometry is not None
    values = np.zeros(geometry.shape, np.uint8)
    values[3:6, 10:14, 20:30] = 1
    values[5, 30, 40] = 7
    names = {1: say("Pneumonia lesions"), 7: say("Lesion")}
    return LabelVolume(name="lesions", values=values, geometry=geometry, names=names, basis=Basis.ALGORITHM)


def analysed() -> AnalysisResult:
    marked = replace(finding(1), shapes=(Mask(volume="lesions", label=1),))
    return replace(result(marked), masks=(lesions(),))


def written(folder: Path) -> Path:
    made = analysed()
    data = result_json(made, {}, reading().stack.geometry, Language.ENGLISH)
    jsonschema.validate(data, json.loads(resource("schema", "yingtai-result-1.json").read_text(encoding="utf-8")))
    write_masks(made.masks, folder)
    file = folder / "result.json"
    file.write_text(json.dumps(data), encoding="utf-8")
    return file


def test_a_mask_reads_back_on_its_grid_with_its_names(tmp_path: Path) -> None:
    (again,) = read_result(written(tmp_path))[0].masks

    assert np.array_equal(again.values, lesions().values)
    assert again.geometry.same_as(lesions().geometry)
    assert {label: str(words) for label, words in again.names.items()} == {1: "Pneumonia lesions", 7: "Lesion"}
    assert again.basis is Basis.ALGORITHM


def test_another_reader_finds_the_same_voxels_in_the_same_place(tmp_path: Path) -> None:
    written(tmp_path)
    image = nibabel.load(tmp_path / "masks" / "lesions.nii.gz")
    (at,) = np.argwhere(np.asanyarray(image.dataobj) == 7)

    lps = (image.affine @ np.append(at, 1))[:3] * (-1, -1, 1)
    assert lps == pytest.approx(lesions().geometry.to_patient((5.0, 30.0, 40.0)), abs=1e-3)


def test_result_json_counts_each_label_and_its_slices(tmp_path: Path) -> None:
    data = json.loads(written(tmp_path).read_text(encoding="utf-8"))
    first, single = data["masks"]

    assert (first["label"], first["voxels"], first["title"]) == (1, 120, "Pneumonia lesions")
    assert (single["label"], single["voxels"], single["file"]) == (7, 1, "masks/lesions.nii.gz")
    assert data["findings"][0]["slices"] == [3, 5]


def test_a_missing_mask_is_said_and_the_rest_is_read(tmp_path: Path) -> None:
    file = written(tmp_path)
    (tmp_path / "masks" / "lesions.nii.gz").unlink()

    again, _ = read_result(file)

    assert again.masks == ()
    assert len(again.findings) == 1
    assert [str(note).startswith("Mask lesions is not painted") for note in again.notes] == [True]


@pytest.mark.parametrize("name", ["../lesions", "/etc/lesions", "", ".hidden", "a/b"])
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(WorkstationError) as error:
        read_mask(tmp_path, name, {}, None)

    assert error.value.code is ErrorCode.NO_RESULT
