"""What files from elsewhere show is painted over what is seen, in all three planes, on rendered pixels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import highdicom as hd
import nibabel
import numpy as np
import numpy.typing as npt
import pytest
from pytestqt.qtbot import QtBot
from scipy import ndimage

from tests.imaging.asymmetric import Body, outline
from tests.imaging.test_drawn_objects import around, graphic, report, state, structures
from tests.imaging.test_segmentation import segmentation
from tests.ui.scene import bare, picture, viewport
from workstation.domain.answer import Placement, PlacementState
from workstation.domain.geometry import Plane
from workstation.domain.overlaid import FileLook, Overlaid
from workstation.domain.series import VoiWindow
from workstation.domain.slab import Slab, SlabKind
from workstation.domain.words import say
from workstation.imaging.objects.read import read_objects
from workstation.imaging.pixels.load import load_volume
from workstation.imaging.pixels.oblique import Cutter
from workstation.imaging.series.scan import scan
from workstation.ui.screen import source_of
from workstation.ui.speech import Speech
from workstation.ui.viewport.captions import file_lines
from workstation.ui.viewport.file_marks import FileTracer
from workstation.ui.viewport.plane_source import SlabSource
from workstation.ui.viewport.slice_view import SliceView

Bools = npt.NDArray[np.bool_]
PLANES = (Plane.AXIAL, Plane.CORONAL, Plane.SAGITTAL)
WINDOW = VoiWindow(center=0, width=4000)  # the body is light gray, all else dark gray: both can be tinted
SOLID = FileLook(opacity=1.0)


def as_seg(body: Body, folder: Path) -> None:
    segmentation(body.files, body.mask().astype(np.uint8)).save_as(folder / "seg.dcm")


def as_fractions(body: Body, folder: Path) -> None:
    segmentation(body.files, body.mask().astype(np.float32), "FRACTIONAL").save_as(folder / "seg.dcm")


def as_label_map(body: Body, folder: Path) -> None:
    segmentation(body.files, body.mask().astype(np.uint8), "LABELMAP").save_as(folder / "seg.dcm")


def as_structures(body: Body, folder: Path) -> None:
    structures(body, around(body)).save_as(folder / "rt.dcm", enforce_file_format=True)


def as_nifti(body: Body, folder: Path) -> None:
    affine = np.eye(4)
    steps = (body.row * body.spacing[2], body.column * body.spacing[1], body.normal * body.spacing[0])
    for axis, step in enumerate(steps):
        affine[:3, axis] = step
    affine[:3, 3] = body.first
    labels = body.mask().astype(np.uint8).transpose(2, 1, 0)
    nibabel.save(nibabel.Nifti1Image(labels, np.diag([-1.0, -1.0, 1.0, 1.0]) @ affine), folder / "labels.nii.gz")


def shown(qtbot: QtBot, folder: Path, plane: Plane) -> tuple[SliceView, tuple[Overlaid, ...]]:
    """The series of a folder in one plane at its middle slice, and what there is over it."""
    found = scan([folder])
    stack = max(found.stacks, key=lambda one: one.slices)
    view = bare(viewport(qtbot, source=source_of(load_volume(stack), stack, plane)))
    view.show_window(WINDOW)
    return view, read_objects(stack, found.objects)


def body_and_paint(view: SliceView, overlaid: Overlaid, k: int) -> tuple[Bools, Bools]:
    """Where the body is on the screen, and where it looks otherwise with the object over it."""
    view.show_slice(k)
    view.show_files(())
    plain = picture(view).astype(int)
    view.show_files([(overlaid, SOLID)])
    painted = picture(view).astype(int)
    parts, _ = ndimage.label(plain[..., 0] > 160)  # letters are bright, too
    largest = int(np.bincount(parts.ravel())[1:].argmax()) + 1
    return parts == largest, coloured(painted) & ~coloured(plain)


def coloured(pixels: npt.NDArray[np.int_]) -> Bools:
    """The corner's words about it are gray."""
    return np.asarray(np.ptp(pixels, axis=-1) > 8)


def alike(one: Bools, other: Bools) -> float:
    """Jaccard's index."""
    return float((one & other).sum() / max(1, (one | other).sum()))


@pytest.mark.parametrize("drawn", [as_seg, as_fractions, as_label_map, as_structures, as_nifti])
@pytest.mark.parametrize("way", ["axial", "rows and columns reversed"])
@pytest.mark.parametrize("plane", PLANES)
def test_what_is_painted_is_what_is_seen_in_every_plane(
    qtbot: QtBot, tmp_path: Path, drawn: Callable[[Body, Path], None], way: str, plane: Plane
) -> None:
    body = Body(way)
    body.write(tmp_path)
    drawn(body, tmp_path)

    view, (overlaid,) = shown(qtbot, tmp_path, plane)

    found = 0
    geometry = view._showing.source.geometry  # type: ignore[union-attr]
    assert geometry is not None
    middle = round(float(geometry.to_index((0.0, 0.0, 0.0))[0]))
    for k in (middle, middle + 3, middle - 3):
        seen, painted = body_and_paint(view, overlaid, k)
        found += int(seen.any())
        assert alike(seen, painted) > 0.93
        for turned in (painted[::-1], painted[:, ::-1]):  # the picture is centered: a flip would be seen
            assert alike(seen, turned) < 0.93
    assert found == 3


@pytest.mark.parametrize("way", ["sagittal", "coronal", "oblique"])
def test_a_segmentation_of_a_series_of_any_plane_is_painted_where_it_is_seen(
    qtbot: QtBot, tmp_path: Path, way: str
) -> None:
    body = Body(way)
    body.write(tmp_path)
    as_seg(body, tmp_path)

    for plane in PLANES:
        view, (overlaid,) = shown(qtbot, tmp_path, plane)
        geometry = view._showing.source.geometry  # type: ignore[union-attr]
        assert geometry is not None
        seen, painted = body_and_paint(view, overlaid, round(float(geometry.to_index((0.0, 0.0, 0.0))[0])))
        assert alike(seen, painted) > 0.9


def as_report(body: Body, folder: Path, k: int) -> None:
    """The body's border in pixels of one image."""
    line = body_outline(body, k)
    report(body, graphic("POLYLINE", line, image=str(body.files[k].SOPInstanceUID))).save_as(
        folder / "sr.dcm", enforce_file_format=True
    )


def as_presentation(body: Body, folder: Path, k: int) -> None:
    layer = hd.pr.GraphicLayer("MARKS", 1)
    one = hd.pr.GraphicObject("POLYLINE", body_outline(body, k), "PIXEL")
    marks = hd.pr.GraphicAnnotation(referenced_images=[body.files[k]], graphic_layer=layer, graphic_objects=[one])
    state(body, marks).save_as(folder / "pr.dcm")


def body_outline(body: Body, k: int) -> npt.NDArray[np.float64]:
    z = float(body.files[k].ImagePositionPatient[2])
    line = outline(z)
    assert line is not None
    pixels = body.pixels_of(k, np.column_stack([line, np.full(len(line), z)]))
    return np.vstack([pixels, pixels[:1]])


@pytest.mark.parametrize("drawn", [as_report, as_presentation])
@pytest.mark.parametrize("way", ["axial", "rows and columns reversed"])
def test_lines_in_pixels_of_an_image_run_round_what_is_seen(
    qtbot: QtBot, tmp_path: Path, drawn: Callable[[Body, Path, int], None], way: str
) -> None:
    body = Body(way)
    body.write(tmp_path)
    k = 13 if way == "axial" else 12
    drawn(body, tmp_path, k)

    view, (overlaid,) = shown(qtbot, tmp_path, Plane.AXIAL)
    seen, painted = body_and_paint(view, overlaid, k)

    rows, columns = np.nonzero(painted)
    lit = np.nonzero(seen)
    pixel = view.to_widget().m11()
    for drawn_at, seen_at in ((rows, lit[0]), (columns, lit[1])):
        assert abs(drawn_at.min() - seen_at.min()) < pixel + 3
        assert abs(drawn_at.max() - seen_at.max()) < pixel + 3
    assert not body_and_paint(view, overlaid, k + 1)[1].any()


def test_opacity_and_outline_change_the_fill_alone(qtbot: QtBot, tmp_path: Path) -> None:
    body = Body()
    body.write(tmp_path)
    as_seg(body, tmp_path)
    view, (overlaid,) = shown(qtbot, tmp_path, Plane.AXIAL)
    view.show_slice(13)

    tints = []
    for look in (SOLID, replace(SOLID, opacity=0.4), replace(SOLID, outline=True)):
        view.show_files(())
        plain = picture(view).astype(int)
        view.show_files([(overlaid, look)])
        tints.append(np.abs(picture(view).astype(int) - plain).sum(axis=-1))

    strong, weak, outlined = tints
    assert (outlined > 8).sum() < 0.3 * (strong > 8).sum()
    assert np.isclose(np.median(weak[weak > 8]) / np.median(strong[strong > 8]), 0.4, atol=0.05)


def test_a_hidden_part_and_a_contradicted_object_are_not_painted(qtbot: QtBot, tmp_path: Path) -> None:
    body = Body()
    body.write(tmp_path)
    as_seg(body, tmp_path)
    view, (overlaid,) = shown(qtbot, tmp_path, Plane.AXIAL)
    view.show_slice(13)
    view.show_files(())
    plain = picture(view)

    view.show_files([(overlaid, replace(SOLID, hidden=frozenset({overlaid.findings[0].id})))])

    assert np.array_equal(picture(view), plain)


def test_the_corner_says_that_it_comes_from_a_file_and_how_sure_its_place_is(qtbot: QtBot, tmp_path: Path) -> None:
    body = Body()
    body.write(tmp_path)
    as_seg(body, tmp_path)
    found = scan([tmp_path])
    (overlaid,) = read_objects(found.stacks[0], found.objects)
    assumed = replace(overlaid, placement=Placement(PlacementState.ASSUMED, say("Nobody knows.")))

    tracer = FileTracer()
    said = []
    for one in (overlaid, assumed):
        tracer.show([(one, SOLID)], None)
        said.append([line.text for line in file_lines(Speech(), tracer.placements)])

    assert said == [["from files: placement proven"], ["from files: placement assumed, not proven"]]


@pytest.mark.parametrize("drawn", [as_seg, as_structures])
@pytest.mark.parametrize("plane", PLANES)
def test_over_a_slab_all_of_a_mask_within_it_is_painted(
    qtbot: QtBot, tmp_path: Path, drawn: Callable[[Body, Path], None], plane: Plane
) -> None:
    """The brightest of several planes shows the body of them all; so does the tint over it."""
    body = Body()
    body.write(tmp_path)
    drawn(body, tmp_path)
    found = scan([tmp_path])
    (stack,) = found.stacks
    (overlaid,) = read_objects(stack, found.objects)
    source = SlabSource(Cutter(load_volume(stack)), plane, Slab(SlabKind.MIP, 24.0))
    assert source.geometry is not None
    k = round(float(source.geometry.to_index((0.0, 0.0, 13.0))[0]))
    source.take(k, source.make(k, quick=False), quick=False)
    view = bare(viewport(qtbot, source=source))
    view.show_window(WINDOW)

    seen, painted = body_and_paint(view, overlaid, k)

    assert alike(seen, painted) > 0.93
