"""Frames of the real viewport, and the start of the real window, off screen."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from workstation.domain.answer import Placement, PlacementState
from workstation.domain.finding import Basis, Finding, Measurement
from workstation.domain.geometry import Geometry
from workstation.domain.series import VoiWindow
from workstation.domain.shapes import Mask, Shape, Sphere
from workstation.domain.volume import LabelVolume, Volume
from workstation.domain.words import Language, say


def frame_seconds(volume: Volume, side: int, frames: int) -> Iterator[float]:
    """Scroll through the volume at `side`² pixels with four marks and a mask on every slice; seconds of each frame."""
    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QImage

    from workstation.ui.screen import application, to_gray
    from workstation.ui.speech import Speech
    from workstation.ui.viewport.slice_view import SliceView
    from workstation.ui.viewport.source import VolumeSource

    application(offscreen=True)
    view = SliceView(Speech(Language.ENGLISH), to_gray)
    view.resize(side, side)
    view.show_slice_source(
        VolumeSource(volume), patient="Phantom", series="bench", window=VoiWindow(center=-600, width=1500)
    )
    geometry = volume.geometry
    assert geometry is not None
    mask = _mask(geometry)
    view.show_findings(
        _findings(geometry),
        {},
        placement=Placement(
            PlacementState.PROVEN, say("Placement proven: origin, spacing and order equal the series sent.")
        ),
        masks=(mask,),
        basis=Basis.ALGORITHM,
        local=True,
    )
    target = QImage(side, side, QImage.Format.Format_RGB32)
    for number in range(frames + 5):
        start = time.perf_counter()
        view.show_slice(number % geometry.slices)
        view.render(target, QPoint(0, 0))
        if number >= 5:
            yield time.perf_counter() - start


def show_window() -> None:
    """The main window on fresh settings, shown and painted once."""
    import os

    from workstation.app import App
    from workstation.ui.screen import QtScreen

    with TemporaryDirectory() as home:
        os.environ["YINGTAI_HOME"] = str(Path(home))
        app = App()
        QtScreen(app.desk).show_and_leave()
        app.close()


def _findings(geometry: Geometry) -> tuple[Finding, ...]:
    """Four balls that reach through all slices, and the mask."""
    length = float(geometry.offsets[-1] - geometry.offsets[0])
    places = ((0.3, 0.3), (0.3, 0.7), (0.7, 0.3), (0.7, 0.7))
    middle = (geometry.slices - 1) / 2
    balls: list[Shape] = []
    for row, column in places:
        x, y, z = geometry.to_patient((middle, row * geometry.rows, column * geometry.columns))
        balls.append(Sphere(center=(float(x), float(y), float(z)), radius=length))
    size = Measurement(name="diameter", label=say("Diameter"), value=8.4, unit="mm", basis=Basis.ALGORITHM)
    shapes: list[Shape] = [*balls, Mask(volume="bench", label=1)]
    return tuple(
        Finding(
            id=f"BENCH/{number}",
            code="nodule",
            label=say("Nodule"),
            shapes=(shape,),
            measurements=(size,),
            confidence=0.92,
            basis=Basis.ALGORITHM,
        )
        for number, shape in enumerate(shapes, start=1)
    )


def _mask(geometry: Geometry) -> LabelVolume:
    values = np.zeros(geometry.shape, dtype=np.uint8)
    rows, columns = geometry.rows, geometry.columns
    values[:, rows // 4 : rows // 2, columns // 4 : columns // 2] = 1
    return LabelVolume(name="bench", values=values, geometry=geometry)
