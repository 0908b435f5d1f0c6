"""A second series of the same patient comes back on the grid of the first, however either was scanned."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdf
import pytest
import SimpleITK
from PIL import Image
from pytestqt.qtbot import QtBot

from tests.journeys.conftest import SMALL
from tests.journeys.program import Program, Ran
from tests.ui.scene import pixels, viewport
from workstation.domain.geometry import Geometry
from workstation.imaging.pixels.load import load_volume
from workstation.imaging.pixels.on_grid import across, slices_on
from workstation.imaging.series.scan import scan
from workstation.report.read_result import read_result
from workstation.ui.keys import Command

WAYS = {
    "feet first, mirrored, oblong pixels": ("--feet-first", "--flip-columns", "--pixel", "2.9", "3.4"),
    "reversed, upside down, oblique, signed": ("--reversed", "--flip-rows", "--oblique", "10", "--signed"),
}


def drawn(folder: Path, *options: str) -> Path:
    made = Program(folder.parent / "home").run("phantom", "chest-ct", "--out", folder, *SMALL, *options)
    assert made.code == 0, made.err
    return folder


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return drawn(tmp_path_factory.mktemp("later") / "study", "--follow-up")


def register(program: Program, study: Path, out: Path, *more: str | Path) -> Ran:
    return program.analyze(study, out, "--operation", "ct-registration", *more)


def block(geometry: Geometry) -> tuple[slice, ...]:
    """The chest, away from what only one of the two shows."""
    return tuple(slice(size // 4, size - size // 4) for size in geometry.shape)


@pytest.mark.parametrize("way", list(WAYS))
def test_the_moved_series_lies_over_the_first_one_on_the_screen(
    way: str, later: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    study = drawn(tmp_path / "study", *WAYS[way])
    ran = register(Program(tmp_path / "home"), study, tmp_path / "out", "--input", f"floating={later}", "--json")
    assert ran.code == 0, ran.err
    result, _ = read_result(tmp_path / "out" / "result.json")
    (stack,), (moving,) = scan([study]).stacks, scan([later]).stacks
    geometry, this = stack.geometry, load_volume(stack)
    assert geometry is not None
    moved, before = slices_on(result.volumes[0], geometry), across(load_volume(moving), geometry)

    assert ran.json["placement"]["state"] == "proven"
    assert (result.stack_id, result.moving_id) == (stack.id, moving.id)
    k, (_, rows, columns) = geometry.slices // 2, block(geometry)
    away = {
        name: float(np.abs(other(k).astype(float) - this.values[k])[rows, columns].mean())
        for name, other in (("before", before), ("after", moved))
    }
    assert away["after"] < 0.5 * away["before"]

    view = viewport(qtbot, this)
    view.show_slice(k)
    view.show_other(moved)
    shown = {}
    for name, command in (("this", Command.FIT), ("moved", Command.FLICKER), ("difference", Command.DIFFERENCE)):
        view.perform(command)
        shown[name] = middle(pixels(view))
    assert np.corrcoef(shown["this"].ravel(), shown["moved"].ravel())[0, 1] > 0.9
    assert float(np.abs(shown["difference"].astype(float) - 128).mean()) < 20


def middle(picture: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Of what is on the screen, without words and borders."""
    rows, columns, _ = picture.shape
    return picture[rows // 3 : -rows // 3, columns // 3 : -columns // 3, 0]


@pytest.fixture(scope="module")
def whole(later: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ran]:
    folder = tmp_path_factory.mktemp("whole")
    study = drawn(folder / "study")
    (moving,) = scan([later]).stacks
    by_id = (later, "--input", f"floating={moving.id}")
    ran = register(Program(folder / "home"), study, folder / "out", *by_id, "--lang", "zh")
    assert ran.code == 0, ran.err
    return folder, ran


def test_everything_the_service_made_lies_beside_the_report(whole: tuple[Path, Ran]) -> None:
    folder, _ = whole
    result: dict[str, Any] = json.loads((folder / "out" / "result.json").read_text(encoding="utf-8"))
    image = SimpleITK.ReadImage(str(folder / "out" / "files" / "NUrl.nii.gz"))
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder / "study")))
    first = reader.Execute()

    assert [entry["file"] for entry in result["files"]] == ["files/DUrl.tar.gz", "files/NUrl.nii.gz"]
    assert image.GetSize() == first.GetSize()
    ends = [(0, 0, 0), tuple(size - 1 for size in first.GetSize())]
    for index in ends:
        a, b = (i.TransformIndexToPhysicalPoint(index) for i in (image, first))
        assert np.allclose(a, b, atol=1e-2)
    with tarfile.open(folder / "out" / "files" / "DUrl.tar.gz") as archive:
        assert len(archive.getnames()) == first.GetSize()[2]


def test_the_report_shows_before_and_after(whole: tuple[Path, Ran]) -> None:
    folder, _ = whole
    text = "".join(page.extract_text() for page in pypdf.PdfReader(folder / "out" / "report.pdf").pages)

    assert "配准前" in text
    assert "配准后" in text
    assert "is no image" not in text


def test_a_stored_result_is_looked_at_again_as_a_difference(whole: tuple[Path, Ran]) -> None:
    folder, _ = whole
    program, picture = Program(folder / "home"), folder / "difference.png"
    result = folder / "out" / "result.json"
    ran = program.run("view", folder / "study", "--result", result, "--look", "difference", "--screenshot", picture)
    alone = program.run("view", folder / "study", "--look", "difference", "--screenshot", picture)

    assert ran.code == 0, ran.err
    gray = np.asarray(Image.open(picture))[350:650, 350:650, 0].astype(float)
    assert np.abs(gray - 128).mean() < 20
    assert alone.code == 2


def test_a_link_that_signed_for_a_file_is_kept_nowhere(whole: tuple[Path, Ran]) -> None:
    folder, _ = whole

    assert "Signature=" not in (folder / "out" / "raw.json").read_text(encoding="utf-8")


def test_the_second_series_may_be_named_by_its_id(whole: tuple[Path, Ran], later: Path) -> None:
    (moving,) = scan([later]).stacks
    result, _ = read_result(whole[0] / "out" / "result.json")

    assert result.moving_id == moving.id


def test_without_a_second_series_it_says_which_there_are(study: Path, later: Path, tmp_path: Path) -> None:
    (stack,), (moving,) = scan([study]).stacks, scan([later]).stacks
    ran = register(Program(tmp_path / "home"), study, tmp_path / "out", later, "--series", stack.id)

    assert ran.code == 2
    assert "needs two series of the same patient" in ran.err
    assert moving.id in ran.err


def test_a_series_of_another_patient_is_refused(study: Path, tmp_path: Path) -> None:
    stranger = drawn(tmp_path / "stranger", "--seed", "2")
    ran = register(Program(tmp_path / "home"), study, tmp_path / "out", "--input", f"floating={stranger}")

    assert ran.code == 3
    assert "another patient" in ran.err
    assert not (tmp_path / "out").exists()


def test_the_same_series_twice_is_refused(study: Path, tmp_path: Path) -> None:
    ran = register(Program(tmp_path / "home"), study, tmp_path / "out", "--input", f"floating={study}")

    assert ran.code == 3
    assert "the same series twice" in ran.err


def test_an_input_that_it_does_not_take_is_wrong_usage(study: Path, tmp_path: Path) -> None:
    ran = register(Program(tmp_path / "home"), study, tmp_path / "out", "--input", f"picture={study}")

    assert ran.code == 2
    assert "floating=" in ran.err
