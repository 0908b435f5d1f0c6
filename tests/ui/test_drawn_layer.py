"""What is painted of a drawn mask follows each stroke, and only where the stroke was."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainterPath

from tests.drawn import RED, disc, mask
from workstation.domain.drawn_mask import Covered, pack
from workstation.domain.overlaid import FileLook
from workstation.imaging.pixels.mask_drawing import brushed
from workstation.ui.photo.drawn_layer import TILE, DrawnTracer
from workstation.ui.viewport.brush import Trace

pytestmark = pytest.mark.usefixtures("qapp")
ROWS, COLUMNS = 2 * TILE + 70, 3 * TILE


def traced(tracer: DrawnTracer, covered: Covered) -> Trace:
    tracer.show([(mask(covered), FileLook())])
    ((found,),) = (drawable.traces for drawable in tracer.drawables(0))
    return found


def filled(trace: Trace) -> Covered:
    """Which pixels have the mask's colour."""
    assert trace.fill is not None
    image = trace.fill.convertToFormat(trace.fill.Format.Format_ARGB32)
    pixels = np.frombuffer(image.constBits(), dtype=np.uint32).reshape(image.height(), image.width())
    assert set(np.unique(pixels)) <= {0, QColor(*RED).rgba()}
    return np.asarray(pixels != 0)


def sides(trace: Trace) -> list[tuple[float, float, float, float]]:
    """The border in steps of one pixel's side (x1, y1, x2, y2)."""
    return sorted(step for path in trace.edges for step in _steps(path))


def _steps(path: QPainterPath) -> list[tuple[float, float, float, float]]:
    ends = [path.elementAt(place) for place in range(path.elementCount())]
    found = []
    for start, end in zip(ends[::2], ends[1::2], strict=True):
        assert start.isMoveTo()
        assert end.isLineTo()
        way = QPointF(end.x - start.x, end.y - start.y)
        length = round(abs(way.x()) + abs(way.y()))
        one = way / length
        places = [QPointF(start.x, start.y) + step * one for step in range(length + 1)]
        found += [(a.x(), a.y(), b.x(), b.y()) for a, b in pairwise(places)]
    return found


def border(covered: Covered) -> list[tuple[float, float, float, float]]:
    """By the definition: every side that one covered and one other pixel share, or that lies on the picture's rim."""
    framed = np.pad(covered, 1)
    level = [(x - 0.5, y - 0.5, x + 0.5, y - 0.5) for y, x in np.argwhere(framed[1:, 1:-1] != framed[:-1, 1:-1])]
    upright = [(x - 0.5, y - 0.5, x - 0.5, y + 0.5) for y, x in np.argwhere(framed[1:-1, 1:] != framed[1:-1, :-1])]
    return sorted(level + upright)


def test_fill_and_border_are_the_mask_s_after_every_stroke_across_tiles_and_edges() -> None:
    tracer, covered = DrawnTracer(), np.zeros((ROWS, COLUMNS), dtype=np.bool_)
    strokes = [
        ([(TILE - 1.0, TILE - 1.0), (TILE * 2.0, TILE + 9.0)], 20.0, False),
        ([(0.0, 5.0), (0.0, ROWS)], 12.0, False),
        ([(COLUMNS - 1.0, ROWS - 1.0)], 30.0, False),
        ([(float(TILE), 0.0), (float(TILE), ROWS)], 3.0, True),
        ([(300.0, TILE * 2.0), (700.0, TILE * 2.0)], 0.6, False),
    ]
    for points, radius, erase in strokes:
        covered = brushed(covered, points, radius, erase=erase)
        trace = traced(tracer, covered)
        assert np.array_equal(filled(trace), covered)
        assert sides(trace) == border(covered)


def test_a_stroke_leaves_the_border_of_other_tiles_as_it_is() -> None:
    tracer, covered = DrawnTracer(), disc(ROWS, COLUMNS, (COLUMNS / 2, ROWS / 2), 250)
    before = traced(tracer, covered).edges
    after = traced(tracer, brushed(covered, [(COLUMNS / 2 + 245, ROWS / 2)], 20)).edges

    assert len(before) >= 6
    assert sum(any(one is other for other in before) for one in after) >= len(before) - 1


def test_another_colour_and_a_step_back_are_painted() -> None:
    tracer, small, large = DrawnTracer(), disc(90, 70, (30, 40), 9), disc(90, 70, (35, 40), 30)
    traced(tracer, large)
    blue = replace(mask(small), colour=(1, 2, 250), packed=pack(small))
    tracer.show([(blue, FileLook(outline=True))])
    (drawable,) = tracer.drawables(0)
    (trace,) = drawable.traces

    assert (trace.edge_colour, drawable.opacity) == (QColor(1, 2, 250), 0.0)
    assert trace.fill is not None
    assert trace.fill.pixelColor(30, 40) == QColor(1, 2, 250)
    assert trace.fill.pixelColor(60, 40).alpha() == 0


def test_masks_of_the_picture_before_are_gone() -> None:
    tracer = DrawnTracer()
    traced(tracer, disc(90, 70, (30, 40), 9))
    tracer.show(())

    assert tracer.drawables(0) == ()
    assert traced(tracer, disc(40, 50, (20, 20), 9)).edges
