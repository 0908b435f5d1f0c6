"""However a patient was scanned, what a service finds is painted over what is seen: from the truth over the service's
answer, its parser and its placement to the pixels of the screen."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import numpy.typing as npt
import pytest
from pytestqt.qtbot import QtBot
from scipy import ndimage

from tests.ui.scene import PROVEN, bare, picture, viewport
from workstation.catalogue.abdomen import ALIYUN_PANCREAS
from workstation.catalogue.chest import ALIYUN_COVID, ALIYUN_LYMPH, ALIYUN_NODULES
from workstation.catalogue.operation import Service
from workstation.catalogue.spine import ALIYUN_SPINE
from workstation.domain.answer import Placement, PlacementState, SentSeries
from workstation.domain.finding import Finding
from workstation.domain.mask_place import place_mask
from workstation.domain.placement import place
from workstation.domain.series import VoiWindow
from workstation.domain.shapes import Box3D, Label, Line, Mask, Shape, Sphere
from workstation.domain.volume import LabelVolume, ResultVolume, Volume
from workstation.imaging.phantom.chest import Nodule
from workstation.imaging.phantom.make import PhantomOptions, make_phantom
from workstation.imaging.phantom.spine import USUAL, make_spine
from workstation.imaging.pixels.load import load_volume
from workstation.imaging.series.scan import scan
from workstation.localcloud.engine.asked import Analysis, Answer, AnswerFile
from workstation.localcloud.engine.covid_answer import detect_covid
from workstation.localcloud.engine.lung_nodule_answer import detect_lung_nodule
from workstation.localcloud.engine.lymph_answer import detect_lymph
from workstation.localcloud.engine.pancreas_answer import detect_panc
from workstation.localcloud.engine.spine_answer import detect_spine_mri
from workstation.ui.viewport.slice_view import SliceView

Array = npt.NDArray[np.float64]
SMALL = PhantomOptions(slices=24, size=128, spacing_mm=4.0)
SPINE = replace(USUAL, size=128)
WAYS: dict[str, dict[str, Any]] = {
    "head first": {},
    "feet first": {"feet_first": True},
    "reversed, flipped rows": {"reversed_order": True, "flip_rows": True},
    "shuffled, flipped columns": {"shuffled": True, "flip_columns": True},
    "signed, oblong pixels": {"signed": True, "pixel_mm": (2.9, 3.6)},
    "oblique": {"oblique_deg": 10.0},
}
LUNG = VoiWindow(center=-600, width=1500)
BETWEEN = 115  # gray of about -670 HU in this window: lung is darker, every ball brighter
ONLY_SPOTS = VoiWindow(center=1300, width=100)  # only the middles of vertebrae are brighter than its lower end


@dataclass(frozen=True)
class Scan:
    """A phantom as the program reads it from its files, and what is known of what was sent."""

    folder: Path
    files: tuple[Path, ...]
    volume: Volume
    sent: SentSeries
    balls: tuple[Nodule, ...] = ()
    levels: tuple[tuple[str, Array], ...] = ()

    def answer(
        self, service: Service, engine: Callable[[Analysis], Answer]
    ) -> tuple[Placement, list[Finding], list[LabelVolume]]:
        """Placement, findings and masks; the service has to find the order of the files itself."""
        asked = Analysis(service.action, {"URLList": self.files}, {"DataFormat": "DICOM"}, (self.folder,))
        wire = dict(engine(asked))
        images = {path: (image(file),) for path in service.links if (file := taken(wire, path)) is not None}
        answer = service.parse(json.dumps(wire), True, images)
        placement, findings = place(answer, self.sent, "J")
        masks = [placed for mask in answer.masks if isinstance(placed := place_mask(mask, self.sent), LabelVolume)]
        return placement, list(findings), masks


def taken(wire: dict[str, Any], path: str) -> AnswerFile | None:
    """The file at this place of an answer, a link in its stead."""
    *way, last = path.split(".")
    for name in way:
        wire = wire[name]
    file, wire[last] = wire[last], "https://x"
    return file if isinstance(file, AnswerFile) else None


def image(file: AnswerFile) -> ResultVolume:
    read = nibabel.Nifti1Image.from_bytes(gzip.decompress(file.content))
    affine = np.diag([-1.0, -1.0, 1.0, 1.0]) @ read.affine
    return ResultVolume(name="x.nii.gz", values=np.asanyarray(read.dataobj).T, to_patient=affine)


def read(folder: Path) -> Scan:
    (stack,) = scan([folder]).stacks
    files = tuple(sorted(Path(one.path) for one in stack.instances))
    uids = tuple(one.sop_instance_uid for one in stack.instances)
    sent = SentSeries(geometry=stack.geometry, series_uid=stack.series_uid, sop_instance_uids=uids)
    return Scan(folder, files, load_volume(stack), sent)


@pytest.fixture(scope="module", params=list(WAYS))
def chest(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Scan:
    truth = make_phantom("chest-ct", tmp_path_factory.mktemp("chest"), 1, replace(SMALL, **WAYS[request.param]))
    return replace(read(truth.folder), balls=truth.nodules)


@pytest.fixture(scope="module", params=list(WAYS))
def spine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Scan:
    way = WAYS[request.param] | ({"pixel_mm": (2.3, 1.8)} if "pixel_mm" in WAYS[request.param] else {})
    folder = tmp_path_factory.mktemp("spine")
    make_spine(folder, 1, replace(SPINE, **way))
    told = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    levels = tuple((one["level"], np.array(one["index"])) for one in (*told["vertebrae"], *told["discs"]))
    return replace(read(folder), levels=levels)


def only(kind: type[Shape], finding: Finding) -> list[Any]:
    return [shape for shape in finding.shapes if isinstance(shape, kind)]


def gaps(mask: LabelVolume, balls: tuple[Nodule, ...]) -> Array:
    """Of every voxel [slice, row, column]: mm outside the nearest ball, below 0 within."""
    every = np.indices(mask.values.shape).reshape(3, -1).T.astype(np.float64)
    points = mask.geometry.to_patient(every)
    away = [np.linalg.norm(points - np.array(ball.center_mm), axis=1) - ball.diameter_mm / 2 for ball in balls]
    found: Array = np.min(away, axis=0).reshape(mask.values.shape)
    return found


def largest(parts: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    named, count = ndimage.label(parts)
    assert count
    found: npt.NDArray[np.bool_] = named == 1 + np.bincount(named.ravel())[1:].argmax()
    return found


@contextmanager
def seen(qtbot: QtBot, chest: Scan, window: VoiWindow, k: int) -> Iterator[tuple[SliceView, npt.NDArray[np.int64]]]:
    """The viewport at slice k, and its gray picture without marks."""
    view = bare(viewport(qtbot, chest.volume))
    view.show_window(window)
    view.show_slice(k)
    yield view, picture(view).astype(int)


def slice_of(chest: Scan, ball: Nodule) -> int:
    geometry = chest.volume.geometry
    assert geometry is not None
    return round(float(geometry.to_index(np.array(ball.center_mm))[0]))


def around_the_bright(now: npt.NDArray[np.int64], plain: npt.NDArray[np.int64]) -> float:
    """The share of bright tissue in what a mark encloses, once its middle is that of the mark."""
    inside = largest(ndimage.binary_fill_holes(np.ptp(now - plain, axis=2) > 25))
    bright = inside & (plain[..., 0] > BETWEEN)
    gap = np.argwhere(bright).mean(axis=0) - np.argwhere(inside).mean(axis=0)
    assert np.abs(gap).max() <= 4  # a pixel of the series
    return float(bright.sum() / inside.sum())


def test_the_painted_circle_of_a_known_nodule_lies_around_the_ball_that_is_seen(chest: Scan, qtbot: QtBot) -> None:
    placement, findings, _ = chest.answer(ALIYUN_NODULES, detect_lung_nodule)

    assert placement.state is PlacementState.PROVEN
    assert len(findings) == len(chest.balls) >= 3
    for finding, ball in zip(findings, chest.balls, strict=True):
        (sphere,) = only(Sphere, finding)
        assert sphere.center == pytest.approx(ball.center_mm, abs=0.01)
        assert 2 * sphere.radius == pytest.approx(ball.diameter_mm, abs=0.01)

    largest_one = max(range(len(findings)), key=lambda n: chest.balls[n].diameter_mm)
    with seen(qtbot, chest, LUNG, slice_of(chest, chest.balls[largest_one])) as (view, plain):
        view.show_findings([findings[largest_one]], {}, "", placement)
        now = picture(view).astype(int)
    assert around_the_bright(now, plain) > 0.5


def test_the_painted_lesions_cover_the_balls_and_nothing_else(chest: Scan, qtbot: QtBot) -> None:
    placement, findings, (mask,) = chest.answer(ALIYUN_COVID, detect_covid)
    away, marked = gaps(mask, chest.balls), mask.values == 1

    assert placement.state is not PlacementState.CONTRADICTED
    assert marked.sum() > 50
    assert away[marked].max() <= 0.01
    assert marked[away <= -0.01].all()

    ball = max(chest.balls, key=lambda one: one.diameter_mm)
    with seen(qtbot, chest, LUNG, slice_of(chest, ball)) as (view, plain):
        view.show_findings(findings, {}, "", PROVEN, masks=[mask])
        now = picture(view).astype(int)
    colour = largest((now[..., 1] - now[..., 2]) - (plain[..., 1] - plain[..., 2]) > 25)
    around = ndimage.binary_dilation(colour, iterations=10) & ~ndimage.binary_dilation(colour, iterations=5)
    assert colour.sum() > 100
    assert (plain[colour][:, 0] > BETWEEN).mean() > 0.8  # the ball's rim is mixed with lung
    assert (plain[around][:, 0] < BETWEEN).mean() > 0.7


def test_the_painted_box_of_a_node_lies_around_the_ball_that_is_seen(chest: Scan, qtbot: QtBot) -> None:
    placement, findings, _ = chest.answer(ALIYUN_LYMPH, detect_lymph)

    assert placement.state is PlacementState.ASSUMED
    assert len(findings) == len(chest.balls)
    for finding, ball in zip(findings, chest.balls, strict=True):
        middle, diameter = np.array(ball.center_mm), ball.diameter_mm
        (box,) = only(Box3D, finding)
        voxel = np.linalg.norm(chest.sent.geometry.spacing_zyx) if chest.sent.geometry else 0.0
        assert np.linalg.norm(np.mean(box.corners, axis=0) - middle) <= voxel
        long, short = (np.array([line.start, line.end]) for line in only(Line, finding))
        for ends in (long, short):
            assert np.linalg.norm(ends - middle, axis=1) == pytest.approx(diameter / 2, abs=0.01)
        assert abs((long[1] - long[0]) @ (short[1] - short[0])) < 0.1

    largest_one = max(range(len(findings)), key=lambda n: chest.balls[n].diameter_mm)
    with seen(qtbot, chest, LUNG, slice_of(chest, chest.balls[largest_one])) as (view, plain):
        view.show_findings([findings[largest_one]], {}, "", placement)
        now = picture(view).astype(int)
    assert around_the_bright(now, plain) > 0.3  # a circle in its square, and a voxel more on each side


def test_the_painted_parts_of_the_pancreas_cover_what_was_drawn_each_by_its_name(chest: Scan, qtbot: QtBot) -> None:
    """The balls of the phantom are in turn pancreas, cancer and another lesion."""
    placement, findings, (mask,) = chest.answer(ALIYUN_PANCREAS, detect_panc)

    assert [shape.label for finding in findings for shape in only(Mask, finding)] == [1, 2, 3]
    for label in (1, 2, 3):
        away, marked = gaps(mask, chest.balls[label - 1 :: 3]), mask.values == label
        assert marked.sum() >= 3
        assert away[marked].max() <= 0.01
        assert marked[away <= -0.01].all()

    ball = max(chest.balls, key=lambda one: one.diameter_mm)
    with seen(qtbot, chest, LUNG, slice_of(chest, ball)) as (view, plain):
        view.show_findings(findings, {}, "", placement, masks=[mask])
        now = picture(view).astype(int)
    colour = largest(ndimage.binary_fill_holes(np.ptp(now - plain, axis=2) > 25))
    assert colour.sum() > 100
    assert (plain[colour][:, 0] > BETWEEN).mean() > 0.6  # outline and rim are mixed with lung


def test_each_level_of_a_spine_is_painted_over_its_spot_on_the_middle_slice(spine: Scan, qtbot: QtBot) -> None:
    placement, findings, _ = spine.answer(ALIYUN_SPINE, detect_spine_mri)
    drawn, geometry = dict(spine.levels), spine.volume.geometry

    assert geometry is not None
    assert placement.state is PlacementState.ASSUMED
    assert len(findings) == len(drawn) == 15
    for finding in findings:
        (label,) = only(Label, finding)
        slice_, row, column = geometry.to_index(np.array(label.at)).tolist()
        assert slice_ == pytest.approx(10, abs=1e-3)
        assert [row, column] == pytest.approx(drawn[label.text][1:].tolist(), abs=0.51)

    with seen(qtbot, spine, ONLY_SPOTS, 10) as (view, plain):
        view.show_findings(findings, {}, "", placement)
        new = np.argwhere((picture(view) != plain).any(axis=2))
        ratio = view.devicePixelRatioF()
    gray, edge = plain.max(axis=2) > 60, round(30 * ratio)
    gray[:edge] = gray[-edge:] = gray[:, :edge] = gray[:, -edge:] = False  # the letters of the directions
    spots, count = ndimage.label(ndimage.binary_closing(gray, iterations=2))
    on_it = [at for name, at in spine.levels if "-" not in name and abs(at[0] - 10) < 0.3]  # an oblique slice meets few
    assert count >= len(on_it) > 0
    for middle in ndimage.center_of_mass(spots > 0, spots, np.arange(1, count + 1)):
        assert np.linalg.norm(new - np.array(middle), axis=1).min() <= 6 * ratio
