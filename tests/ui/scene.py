"""A phantom with one bright ball, and a viewport that shows it off screen."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QImage, QTransform
from pytestqt.qtbot import QtBot

from tests.stacks import geometry
from workstation.domain.answer import Placement, PlacementState
from workstation.domain.finding import Basis, Finding, Measurement
from workstation.domain.geometry import Geometry, Vector
from workstation.domain.series import VoiWindow
from workstation.domain.shapes import Shape, Sphere
from workstation.domain.volume import Colour, Values, Volume
from workstation.domain.words import say
from workstation.ui.keys import Command
from workstation.ui.speech import Speech
from workstation.ui.viewport.scrubber import WIDTH_PX
from workstation.ui.viewport.slice_view import SliceView
from workstation.ui.viewport.source import SliceSource, VolumeSource

WINDOW = VoiWindow(center=0, width=400)
PROVEN = Placement(PlacementState.PROVEN, say("Placement proven: origin, spacing and order equal the series sent."))


def to_gray(
    values: Values, window: VoiWindow, inverted: bool, padding: tuple[float, float] | None
) -> npt.NDArray[np.uint8]:
    """Written from PS3.3 C.11.2.1.2.1 (LINEAR), apart from the program's own."""
    x = values.astype(np.float64)
    ramp = ((x - (window.center - 0.5)) / (window.width - 1) + 0.5) * 255
    ramp[x <= window.center - 0.5 - (window.width - 1) / 2] = 0
    ramp[x > window.center - 0.5 + (window.width - 1) / 2] = 255
    gray = np.rint(ramp).astype(np.uint8)
    if inverted:
        gray = 255 - gray
    if padding is not None:
        gray[(x >= padding[0]) & (x <= padding[1])] = 0
    return gray


def ball_volume(grid: Geometry, center: Vector, radius: float) -> Volume:
    """−1000 everywhere, 1000 in the ball: voxel centers by PS3.3 C.7.6.2, slice by slice."""
    values = np.full(grid.shape, -1000, dtype=np.int16)
    rows, columns = np.mgrid[: grid.rows, : grid.columns]
    for k, position in enumerate(grid.positions):
        down = rows[..., None] * grid.spacing[0] * np.array(grid.column_cosine)
        right = columns[..., None] * grid.spacing[1] * np.array(grid.row_cosine)
        distance = np.linalg.norm(position + down + right - np.array(center), axis=-1)
        values[k][distance <= radius] = 1000
    return Volume(values=values, geometry=grid, unit="HU")


def noise_volume(slices: int = 5, rows: int = 40, columns: int = 48, *, scale: int = 1) -> Volume:
    values = np.random.default_rng(7).integers(-500, 500, (slices, rows, columns)) * scale
    return Volume(
        values=values.astype(np.int16), geometry=geometry(slices, rows=rows, columns=columns, step=2.0), unit="HU"
    )


def nodule(
    center: Vector, radius: float, *, number: int = 1, shapes: tuple[Shape, ...] = (), basis: Basis = Basis.ALGORITHM
) -> Finding:
    diameter = Measurement(name="diameter", label=say("Diameter"), value=2 * radius, unit="mm", basis=basis)
    return Finding(
        id=f"job/{number}",
        code="nodule",
        label=say("Nodule"),
        shapes=shapes or (Sphere(center=center, radius=radius),),
        measurements=(diameter,),
        confidence=0.92,
        basis=basis,
    )


def viewport(
    qtbot: QtBot, volume: Volume | None = None, *, source: SliceSource | None = None, size: int = 500
) -> SliceView:
    view = SliceView(Speech(), to_gray)
    qtbot.addWidget(view)
    view.resize(QSize(size, size))
    shown = source if source is not None else VolumeSource(volume) if volume is not None else None
    if shown is not None:
        view.show_slice_source(shown, patient="PHANTOM", series="thin", file_windows=(WINDOW,))
    with qtbot.waitExposed(view):
        view.show()
    view.setFocus()
    return view


def bare(view: SliceView) -> SliceView:
    """Without words, and with every pixel as it is."""
    view.perform(Command.INFO)
    view.perform(Command.SMOOTH)
    return view


def pixels(view: SliceView) -> npt.NDArray[np.uint8]:
    """What is on the screen, [y, x, RGB]."""
    return rgb(view.grab().toImage())


def picture(view: SliceView) -> npt.NDArray[np.uint8]:
    """The same without the bar at the right."""
    return pixels(view)[:, : -round(WIDTH_PX * view.devicePixelRatioF())]


def to_pixels(view: SliceView) -> QTransform:
    """Slice pixels → those of `pixels`: a dense screen has more of them than the view has of its own."""
    ratio = view.devicePixelRatioF()
    return view.to_widget() * QTransform.fromScale(ratio, ratio)


def part_of(view: SliceView, rect: QRectF) -> tuple[slice, slice]:
    """Rows and columns of `pixels` that a rectangle of the view covers."""
    ratio = view.devicePixelRatioF()
    dense = QRectF(rect.topLeft() * ratio, rect.size() * ratio).toAlignedRect()
    return slice(max(0, dense.top()), dense.bottom() + 1), slice(max(0, dense.left()), dense.right() + 1)


def rgb(image: QImage) -> npt.NDArray[np.uint8]:
    plain = image.convertToFormat(QImage.Format.Format_RGBX8888)
    raw = np.frombuffer(plain.constBits(), dtype=np.uint8).reshape(plain.height(), plain.bytesPerLine() // 4, 4)
    return raw[:, : plain.width(), :3].copy()


class Arriving:
    """A source whose slices come in one by one."""

    def __init__(self, volume: Volume) -> None:
        self._whole = VolumeSource(volume)
        self.loaded: set[int] = set()
        self.geometry, self.count = self._whole.geometry, self._whole.count
        self.rows, self.columns, self.spacing = self._whole.rows, self._whole.columns, self._whole.spacing
        self.unit, self.padding, self.inverted = "HU", None, False

    def slice_values(self, k: int) -> Values | None:
        return self._whole.slice_values(k) if k in self.loaded else None

    def slice_colour(self, k: int) -> Colour | None:
        return self._whole.slice_colour(k) if k in self.loaded else None
