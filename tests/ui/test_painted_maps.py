"""A parametric map of others over the slices: its colours, its legend and its values, on rendered pixels."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from tests.imaging.asymmetric import Body
from tests.imaging.test_parametric_maps import mapping, parametric_map, ramp
from tests.ui.scene import bare, picture, viewport
from workstation.domain.geometry import Plane
from workstation.domain.overlaid import FileLook, Overlaid
from workstation.domain.series import VoiWindow
from workstation.domain.slab import Slab, SlabKind
from workstation.imaging.objects.read import read_objects
from workstation.imaging.pixels.load import load_volume
from workstation.imaging.pixels.oblique import Cutter
from workstation.imaging.series.scan import scan
from workstation.ui.keys import Command
from workstation.ui.screen import source_of
from workstation.ui.speech import Speech
from workstation.ui.viewport.captions import cursor_text
from workstation.ui.viewport.plane_source import SlabSource
from workstation.ui.viewport.slice_view import SliceView

SOLID = FileLook(opacity=1.0)
# Viridis by Smith and van der Walt, at 0, 1/4, 1/2, 3/4 and 1.
VIRIDIS = np.array([(68, 1, 84), (59, 82, 139), (33, 144, 141), (93, 201, 99), (253, 231, 37)])


def opened(qtbot: QtBot, folder: Path, plane: Plane) -> tuple[SliceView, Overlaid, Body]:
    body = Body()
    body.write(folder)
    values = ramp(body).astype(np.float32)
    values[:, :8] = np.nan
    parametric_map(body, values, mapping(), window=(1e-3, 1e-3)).save_as(folder / "map.dcm")
    found = scan([folder])
    stack = max(found.stacks, key=lambda one: one.slices)
    view = bare(viewport(qtbot, source=source_of(load_volume(stack), stack, plane)))
    view.show_window(VoiWindow(center=0, width=100_000))
    view.show_zoom(8)
    (overlaid,) = read_objects(stack, found.objects)
    return view, overlaid, body


@pytest.mark.parametrize("plane", [Plane.AXIAL, Plane.CORONAL, Plane.SAGITTAL])
def test_its_colours_say_the_values_that_were_measured(qtbot: QtBot, tmp_path: Path, plane: Plane) -> None:
    view, overlaid, body = opened(qtbot, tmp_path, plane)
    view.show_files([(overlaid, SOLID)])
    view.perform(Command.TURN_RIGHT)
    view.perform(Command.FLIP_ACROSS)
    shown, transform = picture(view).astype(int), view.to_widget()
    geometry = view._showing.source.geometry  # type: ignore[union-attr]
    assert geometry is not None

    checked = 0
    for row in range(2, geometry.rows, 5):
        for column in range(2, geometry.columns, 5):
            at = transform.map(QPointF(column, row))
            red, green, blue = shown[int(at.y()), int(at.x())]
            x, y, z = geometry.to_patient((view.slice_index, row, column))
            down = (np.array((x, y, z)) - body.first) @ body.column / body.spacing[1]
            if round(float(down)) < 8:
                assert max(red, green, blue) - min(red, green, blue) <= 3  # grey, but for the rim of a letter
                continue
            value = (1e-3 + 1e-5 * x + 3e-6 * y + 7e-6 * z - 0.5e-3) / 1e-3
            wanted = [np.interp(np.clip(value, 0, 1), np.linspace(0, 1, 5), level) for level in VIRIDIS.T]
            assert np.allclose((red, green, blue), wanted, atol=26)  # straight between the five
            checked += 1
    assert checked > 20


def test_its_opacity_lets_the_picture_through_and_hiding_it_ends_it(qtbot: QtBot, tmp_path: Path) -> None:
    view, overlaid, _ = opened(qtbot, tmp_path, Plane.AXIAL)
    plain = picture(view).astype(int)
    seen = []
    for opacity in (1.0, 0.4):
        view.show_files([(overlaid, replace(SOLID, opacity=opacity))])
        seen.append(picture(view).astype(int) - plain)
    middle = tuple(size // 2 for size in plain.shape[:2])
    assert np.allclose(seen[1][middle], 0.4 * seen[0][middle], atol=2)

    view.show_files([(overlaid, replace(SOLID, hidden=frozenset({overlaid.maps[0].part})))])

    assert np.array_equal(picture(view).astype(int), plain)


def test_legend_corner_and_probe_have_value_and_unit(qtbot: QtBot, tmp_path: Path) -> None:
    view, overlaid, _ = opened(qtbot, tmp_path, Plane.AXIAL)
    view.show_files([(overlaid, SOLID)])

    scene = view._scene()
    assert scene.legend == ("0.00150 mm²/s", "0.00100", "0.00050")
    assert scene.legend_image is not None
    ends = [scene.legend_image.pixelColor(0, y).getRgb()[:3] for y in (255, 0)]
    assert np.allclose(ends, VIRIDIS[[0, -1]], atol=2)
    said = [line.text for _, lines in scene.corners for line in lines]
    assert "Apparent Diffusion Coefficient" in said
    assert "from files: placement proven" in said

    view._pointer = view.to_widget().map(QPointF(20, 30))
    point = view._cursor_point()
    assert point is not None
    assert point.position is not None
    x, y, z = point.position
    found = re.search(r"Apparent Diffusion Coefficient ([0-9.]+) mm²/s", cursor_text(Speech(), point))
    assert found is not None
    assert float(found[1]) == pytest.approx(1e-3 + 1e-5 * x + 3e-6 * y + 7e-6 * z, abs=5.1e-6)
    view._pointer = view.to_widget().map(QPointF(20, 3))
    assert "Diffusion" not in cursor_text(Speech(), view._cursor_point())


def test_over_a_slab_the_corner_says_which_plane_of_it_is_coloured(qtbot: QtBot, tmp_path: Path) -> None:
    _, overlaid, _ = opened(qtbot, tmp_path, Plane.AXIAL)
    (stack,) = [one for one in scan([tmp_path]).stacks if one.slices > 1]
    source = SlabSource(Cutter(load_volume(stack)), Plane.CORONAL, Slab(SlabKind.MIP, 10.0))
    source.take(20, source.make(20, quick=False), quick=False)
    view = viewport(qtbot, source=source)
    view.show_slice(20)
    view.show_files([(overlaid, SOLID)])

    said = [line.text for _, lines in view._scene().corners for line in lines]

    assert "Apparent Diffusion Coefficient: of the slab's middle plane" in said
