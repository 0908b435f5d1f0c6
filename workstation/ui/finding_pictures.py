"""A small picture of each finding in sight: cut around it on its best slice, with its mark; made in the pool."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from workstation.catalogue import operation_named
from workstation.domain.error import WorkstationError
from workstation.domain.geometry import Geometry, pixel_grid
from workstation.domain.projection import Dot, Ellipse, LabelImage, Mark, Path, Text, ViewPlane, project, slice_plane
from workstation.domain.series import Stack
from workstation.domain.volume import SlicePixels
from workstation.domain.work import CancelToken
from workstation.imaging.pixels.rescale import padding_of
from workstation.imaging.pixels.voi import GrayTable, auto_window, preset
from workstation.ui.sitting import Sitting
from workstation.ui.theme import finding_colour
from workstation.ui.viewport.overlay import center_slice
from workstation.ui.work_runner import WorkView
from workstation.workspace.coverage import first_window
from workstation.workspace.drawn_masks import can_draw
from workstation.workspace.finding_list import Entry

PICTURE_PX: Final = 52
_SCALE: Final = 2  # pixels of the picture for one on the screen: sharp on dense screens too
_LEAST_MM: Final = 36.0
_LEAST_PX: Final = 48  # of a picture without a place
_AROUND: Final = 2.2
_KEPT: Final = 120  # five megabytes, and many times those in sight
_LATER: Final = -5  # after all that the reader waits for

Key = tuple[object, ...]


class FindingPictures(QObject):
    """made: a finding id."""

    made = Signal(str)

    def __init__(self, sitting: Sitting, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sitting = sitting
        self._pictures: OrderedDict[Key, QImage | None] = OrderedDict()
        self._keys: dict[str, Key] = {}
        self._under_way: dict[Key, CancelToken] = {}

    def picture(self, finding_id: str) -> QImage | None:
        """None: not made yet, or there is nothing to show."""
        key = self._keys.get(finding_id)
        return self._pictures.get(key) if key is not None else None

    @property
    def at_rest(self) -> bool:
        return not self._under_way

    def want(self, entries: Iterable[Entry]) -> None:
        """These are in sight: what is not any more is not made."""
        wanted = {(e.finding.id, e.finding.shapes, e.decision.state): e for e in entries}
        for key in [key for key in self._under_way if key not in wanted]:
            self._under_way.pop(key).cancel()
        for key, entry in wanted.items():
            self._keys[entry.finding.id] = key
            if key in self._pictures:
                self._pictures.move_to_end(key)
            elif key not in self._under_way and (entry.result.placement.state.painted or can_draw(entry.stack)):
                self._start(key, entry)

    def _start(self, key: Key, entry: Entry) -> None:
        desk = self._sitting.desk
        self._under_way[key] = self._sitting.runners.pictures.start(
            lambda _report, cancel, _part: _make(entry, desk.first_slice, cancel),
            WorkView[QImage | None, None](
                finished=partial(self._take, key, entry.finding.id),
                failed=lambda _error: self._take(key, entry.finding.id, None),
            ),
            priority=_LATER,
        )

    def _take(self, key: Key, finding_id: str, image: QImage | None) -> None:
        self._under_way.pop(key, None)
        self._pictures[key] = image
        while len(self._pictures) > _KEPT:
            self._pictures.popitem(last=False)
        self.made.emit(finding_id)


def _make(entry: Entry, read: Callable[[Stack, int], SlicePixels], cancel: CancelToken) -> QImage | None:
    """None: it has no place. A photograph is all that a tag or a colour of it is about."""
    if can_draw(entry.stack) and not (entry.result.placement.state.painted and entry.finding.shapes):
        return _whole(_gray(entry, read(entry.stack, 0), 0))
    geometry = pixel_grid(entry.stack.rows, entry.stack.columns) if entry.result.in_pixels else entry.stack.geometry
    if geometry is None:
        return None
    k = center_slice(entry.finding, geometry, entry.result.masks)
    if k is None:
        return None
    plane = slice_plane(geometry, k)
    marks = [mark for shape in entry.finding.shapes for mark in project(shape, plane, entry.result.masks)]
    bounds = _bounds(marks)
    if bounds is None:
        return None
    cancel.check()
    gray = _gray(entry, read(entry.stack, k), k)
    cancel.check()
    return _drawn(gray, marks, _crop(bounds, plane, geometry, entry), finding_colour(entry.number))


def _whole(gray: npt.NDArray[np.uint8]) -> QImage:
    rows, columns = gray.shape[:2]
    side = max(rows, columns)
    return _drawn(gray, (), QRectF((columns - side) / 2 - 0.5, (rows - side) / 2 - 0.5, side, side), QColor())


def _gray(entry: Entry, pixels: SlicePixels, k: int) -> npt.NDArray[np.uint8]:
    """As the operation's findings are read: [row, column] or [row, column, 3]."""
    if pixels.colour is not None:
        return np.ascontiguousarray(pixels.colour)
    try:
        code = operation_named(entry.result.operation).window
    except WorkstationError:
        code = ""
    instance = entry.stack.instances[k]
    padding, inverted = padding_of(instance), instance.pixels.photometric == "MONOCHROME1"
    told = preset(code) if code and entry.stack.unit == "HU" else None
    window = told or first_window(entry.stack, k) or auto_window(pixels.values, padding)
    return np.ascontiguousarray(GrayTable(window, inverted, padding).apply(pixels.values))


def _bounds(marks: Iterable[Mark]) -> QRectF | None:
    """Around all marks, in slice pixels."""
    found: QRectF | None = None
    for mark in marks:
        match mark:
            case Ellipse(center=(x, y), radius=(across, along)):
                area = QRectF(x - across, y - along, 2 * across, 2 * along)
            case Path(points=points):
                area = QPolygonF([QPointF(*point) for point in points]).boundingRect()
            case Dot(at=(x, y)) | Text(at=(x, y)):
                area = QRectF(x, y, 0.01, 0.01)
            case LabelImage(covered=covered):
                rows, columns = np.nonzero(covered)
                left, top = int(columns.min()), int(rows.min())
                area = QRectF(left, top, int(columns.max()) + 1 - left, int(rows.max()) + 1 - top)
        found = area if found is None else found.united(area)
    return found


def _crop(bounds: QRectF, plane: ViewPlane, geometry: Geometry, entry: Entry) -> QRectF:
    """A square in the patient, at least a few centimetres wide, in slice pixels."""
    row, column = plane.spacing
    least = _LEAST_PX if entry.result.in_pixels else _LEAST_MM
    side = max(least, _AROUND * max(bounds.width() * column, bounds.height() * row))
    side = min(side, max(geometry.columns * column, geometry.rows * row))
    center = bounds.center()
    return QRectF(center.x() - side / column / 2, center.y() - side / row / 2, side / column, side / row)


def _drawn(gray: npt.NDArray[np.uint8], marks: Iterable[Mark], crop: QRectF, colour: QColor) -> QImage:
    rows, columns = gray.shape[:2]
    form = QImage.Format.Format_RGB888 if gray.ndim == 3 else QImage.Format.Format_Grayscale8
    slice_image = QImage(gray.data, columns, rows, gray.strides[0], form)
    side = PICTURE_PX * _SCALE
    made = QImage(side, side, QImage.Format.Format_RGB32)
    made.fill(QColor(0, 0, 0))
    painter = QPainter(made)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    painter.scale(side / crop.width(), side / crop.height())
    painter.translate(-crop.left(), -crop.top())
    painter.drawImage(QRectF(-0.5, -0.5, columns, rows), slice_image)
    for width, pen_colour in ((2.0 * _SCALE, QColor(0, 0, 0)), (1.2 * _SCALE, colour)):
        pen = QPen(pen_colour, width)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for mark in marks:
            _mark(painter, mark, crop.width() / side, crop.height() / side, colour)
    painter.end()
    return made


def _mark(painter: QPainter, mark: Mark, across: float, along: float, colour: QColor) -> None:
    """across, along: slice pixels of one pixel of the picture."""
    match mark:
        case Ellipse(center=center, radius=(x, y)):
            painter.drawEllipse(QPointF(*center), x, y)
        case Path(points=points, closed=closed):
            line = QPolygonF([QPointF(*point) for point in points])
            if closed:
                painter.drawPolygon(line)
            else:
                painter.drawPolyline(line)
        case Dot(at=at) | Text(at=at):
            painter.drawEllipse(QPointF(*at), 7 * across, 7 * along)
        case LabelImage(covered=covered):
            painter.drawImage(QRectF(-0.5, -0.5, covered.shape[1], covered.shape[0]), _tint(covered, colour))


def _tint(covered: npt.NDArray[np.bool_], colour: QColor) -> QImage:
    shade = np.zeros((*covered.shape, 4), dtype=np.uint8)
    opacity = 0.3
    shade[covered] = [round(v * opacity) for v in (colour.blue(), colour.green(), colour.red(), 255)]
    image = QImage(shade.data, covered.shape[1], covered.shape[0], QImage.Format.Format_ARGB32_Premultiplied)
    return image.copy()
