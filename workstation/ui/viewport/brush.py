"""The screen's brush: draws the marks of findings with QPainter, in the place that `domain.projection` cut them.

The report has a brush of its own for the same marks.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QByteArray, QDataStream, QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPainterPathStroker, QPen, QPolygonF, QTransform

from workstation.domain.projection import Dot, Ellipse, LabelImage, Mark, Path, Text
from workstation.ui.theme import IMAGE_REJECTED
from workstation.ui.viewport.labels import PlacedLabel, place_labels
from workstation.ui.viewport.lettering import draw_text, text_size

LINE_PX: Final = 2.0
MASK_LINE_PX: Final = 1.0
MASK_FILL: Final = 0.35
OTHERS: Final = 0.6
_UNDER: Final = QColor(0, 0, 0)
_CLEAR_PX: Final = 2.0  # a ball's circle keeps this far outside its edge, so that the edge stays to be seen
_LEAST_PX: Final = 6.0  # smallest radius on screen
_REACH_PX: Final = 10.0  # how near a click has to be
# Kinds differ in dash as well, never in colour alone; rejected ones have a dash that no kind has.
_KINDS: Final[tuple[tuple[float, ...], ...]] = ((), (6.0, 2.0, 1.0, 2.0), (1.0, 2.0))
_REJECTED_DASH: Final = (3.0, 3.0)
_ELEMENT: Final = np.dtype([("kind", ">i4"), ("x", ">f8"), ("y", ">f8")])


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """One mark made ready for painting, in slice pixels.

    path      the line; empty for a dot and a mask
    dot       a point's place
    ball      grown on screen so that it does not cover what it surrounds
    text      what is written beside the dot
    fill      premultiplied colour of a mask over `fill_rect`; `edges` are parts of the border of what it covers, in
              `edge_colour`
    """

    path: QPainterPath
    ball: QRectF | None = None
    dot: QPointF | None = None
    text: str = ""
    fill: QImage | None = None
    fill_rect: QRectF | None = None
    edges: tuple[QPainterPath, ...] = ()
    edge_colour: QColor | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drawable:
    """A finding as it is to be painted, or a label of a mask that no finding is about: then without id and label.

    kind   chooses the dash: 0 solid
    texts  texts of traces stand beside their own places; else they are part of the label
    opacity  of a mask's fill, where it is no finding of ours: painted as its file or the reader wants it
    """

    finding_id: str
    label: str
    colour: QColor
    traces: tuple[Trace, ...]
    selected: bool = False
    rejected: bool = False
    kind: int = 0
    texts: bool = False
    opacity: float | None = None

    @property
    def is_line(self) -> bool:
        """Whether it has no mask, which would cover the lines of others."""
        return all(traced.fill is None for traced in self.traces)


@dataclass(frozen=True, slots=True, eq=False)
class Painted:
    """What was painted of one finding, in widget pixels: for clicks, and for tests. A mask is clicked by its label."""

    finding_id: str
    outline: QPainterPath
    bounds: QRectF
    label: QRectF

    def hit_by(self, point: QPointF) -> bool:
        if self.label.contains(point):
            return True
        stroker = QPainterPathStroker()
        stroker.setWidth(_REACH_PX)
        return self.outline.contains(point) or stroker.createStroke(self.outline).contains(point)


def colour_of(colour: QColor, rejected: bool) -> QColor:
    return QColor(IMAGE_REJECTED) if rejected else colour


def trace(mark: Mark, colour: QColor, fill: float = MASK_FILL) -> Trace:
    """Make one mark ready; for masks this is the costly part, so the result is worth keeping."""
    path = QPainterPath()
    match mark:
        case Ellipse(center=center, radius=radius):
            ball = QRectF(center[0] - radius[0], center[1] - radius[1], 2 * radius[0], 2 * radius[1])
            return Trace(path, ball=ball)
        case Path(points=points, closed=closed):
            path.addPolygon(QPolygonF([QPointF(*point) for point in points]))
            if closed:
                path.closeSubpath()
            return Trace(path)
        case Dot(at=at):
            return Trace(path, dot=QPointF(*at))
        case Text(at=at, text=text):
            return Trace(path, dot=QPointF(*at), text=text)
        case LabelImage(covered=covered):
            return _trace_mask(covered, colour, fill)


def _trace_mask(covered: npt.NDArray[np.bool_], colour: QColor, opacity: float) -> Trace:
    rows, columns = np.flatnonzero(covered.any(axis=1)), np.flatnonzero(covered.any(axis=0))
    top, left = int(rows[0]), int(columns[0])
    part = covered[top : rows[-1] + 1, left : columns[-1] + 1]
    height, width = part.shape
    red, green, blue = (round(level * opacity) for level in (colour.red(), colour.green(), colour.blue()))
    pixel = round(255 * opacity) << 24 | red << 16 | green << 8 | blue
    pixels = part * np.uint32(pixel)
    fill = QImage(pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied).copy()
    edges = border_runs(np.pad(part, 1)) + np.array([left, top, left, top]) - 0.5
    return Trace(
        QPainterPath(),
        fill=fill,
        fill_rect=QRectF(left - 0.5, top - 0.5, width, height),
        edges=(runs_path(edges),),
        edge_colour=colour,
    )


def border_runs(covered: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """The border between inside and outside as straight runs [n, (x1, y1, x2, y2)], in corners of pixels.

    covered  begins with a row and a column that only bound the others: corner 0 lies behind them. What its last row and
             column border on is not known, so that is no border
    """
    inner = covered[1:, 1:]
    upright = _runs((inner != covered[1:, :-1]).T)
    return np.concatenate([_runs(inner != covered[:-1, 1:]), upright[:, [1, 0, 3, 2]]])


def _runs(changed: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """Along lines [line, place]."""
    framed = np.zeros((changed.shape[0], changed.shape[1] + 2), dtype=np.bool_)
    framed[:, 1:-1] = changed
    # Along a line, starts and ends take turns.
    lines, turns = np.divmod(np.flatnonzero(framed[:, 1:] != framed[:, :-1]), changed.shape[1] + 1)
    starts, ends = turns[::2], turns[1::2]
    return np.column_stack([starts, lines[::2], ends, lines[::2]]).astype(np.float64)


def runs_path(runs: npt.NDArray[np.float64]) -> QPainterPath:
    """Straight runs [n, (x1, y1, x2, y2)] as one path; Python would take a microsecond or two for each."""
    elements = np.zeros((len(runs), 2), dtype=_ELEMENT)
    elements["kind"] = (0, 1)  # move to, line to
    elements["x"], elements["y"] = runs[:, ::2], runs[:, 1::2]
    # As QDataStream has a path: the number of elements, these, where the last part begins, how it is filled.
    content = struct.pack(">i", elements.size) + elements.tobytes() + struct.pack(">ii", max(0, elements.size - 2), 0)
    path = QPainterPath()
    QDataStream(QByteArray(content)) >> path
    return path


def paint(
    painter: QPainter, drawables: Sequence[Drawable], to_widget: QTransform, area: QRectF, taken: Sequence[QRectF] = ()
) -> tuple[Painted, ...]:
    """Masks, then lines, the selected one last and on top; then every label.

    taken  rectangles that no label may cover (corner text)
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    outlines = [_outline(drawable, to_widget) for drawable in drawables]
    rects = [_bounds(drawable, outline, to_widget) for drawable, outline in zip(drawables, outlines, strict=True)]
    order = sorted(range(len(drawables)), key=lambda i: (drawables[i].is_line, drawables[i].selected))
    for i in order:
        _paint_shape(painter, drawables[i], outlines[i], to_widget)
    said = [_Said(drawables[i], drawables[i].label, rects[i]) for i in range(len(drawables)) if drawables[i].label]
    said += [text for drawable in drawables for text in _texts(drawable, to_widget)]
    labels = place_labels([one.shape for one in said], [text_size(one.text) for one in said], taken, area)
    for one, label in sorted(zip(said, labels, strict=True), key=lambda pair: pair[0].drawable.selected):
        _paint_label(painter, one, label)
    painter.restore()
    own = {one.drawable.finding_id: label.rect for one, label in zip(said, labels, strict=True) if one.is_label}
    return tuple(
        Painted(drawable.finding_id, outline, rect, own.get(drawable.finding_id, QRectF()))
        for drawable, outline, rect in zip(drawables, outlines, rects, strict=True)
        if drawable.finding_id
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Said:
    """A text, and the rectangle of what it stands beside: a finding's label, or a text of one of its places."""

    drawable: Drawable
    text: str
    shape: QRectF
    is_label: bool = True


def _texts(drawable: Drawable, to_widget: QTransform) -> list[_Said]:
    if not drawable.texts:
        return []
    dots = [(traced.text, to_widget.map(traced.dot)) for traced in drawable.traces if traced.text and traced.dot]
    around = QPointF(_LEAST_PX, _LEAST_PX)
    return [_Said(drawable, text, QRectF(at - around, at + around), is_label=False) for text, at in dots]


def _outline(drawable: Drawable, to_widget: QTransform) -> QPainterPath:
    """All lines of a finding in widget pixels."""
    outline = QPainterPath()
    for traced in drawable.traces:
        if traced.ball is not None:
            ball = to_widget.mapRect(traced.ball)
            across = max(ball.width() / 2 + _CLEAR_PX, _LEAST_PX)
            along = max(ball.height() / 2 + _CLEAR_PX, _LEAST_PX)
            outline.addEllipse(ball.center(), across, along)
        elif traced.dot is not None:
            outline.addEllipse(to_widget.map(traced.dot), _LEAST_PX, _LEAST_PX)
        elif traced.fill is None:
            outline.addPath(to_widget.map(traced.path))
    return outline


def _bounds(drawable: Drawable, outline: QPainterPath, to_widget: QTransform) -> QRectF:
    bounds = outline.boundingRect()
    for traced in drawable.traces:
        if traced.fill_rect is not None:
            bounds = bounds.united(to_widget.mapRect(traced.fill_rect))
    return bounds


def _paint_shape(painter: QPainter, drawable: Drawable, outline: QPainterPath, to_widget: QTransform) -> None:
    """Lines are opaque: on their black under-stroke a darker colour looks like a translucent one, at a quarter of the
    cost."""
    colour = colour_of(drawable.colour, drawable.rejected)
    if not drawable.selected and not drawable.rejected and drawable.opacity is None:  # grey and dashed is quiet enough
        colour = QColor.fromRgbF(colour.redF() * OTHERS, colour.greenF() * OTHERS, colour.blueF() * OTHERS)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if not outline.isEmpty():
        for pen in (_pen(drawable, _UNDER, LINE_PX + 2), _pen(drawable, colour, LINE_PX)):
            painter.setPen(pen)
            painter.drawPath(outline)
    for traced in drawable.traces:
        if traced.fill is not None:
            _paint_mask(painter, traced, drawable, to_widget)
        elif traced.dot is not None:
            painter.setPen(QPen(colour, 3.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawPoint(to_widget.map(traced.dot))


def _paint_mask(painter: QPainter, traced: Trace, drawable: Drawable, to_widget: QTransform) -> None:
    painter.save()
    usual = 1.0 if drawable.selected else OTHERS
    opacity = usual if drawable.opacity is None else drawable.opacity
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)  # a voxel is in the mask or not
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setTransform(to_widget, True)  # Qt maps thousands of edges faster than Python
    if not drawable.rejected and opacity and traced.fill is not None and traced.fill_rect is not None:
        painter.setOpacity(opacity)
        painter.drawImage(traced.fill_rect, traced.fill)
    painter.setOpacity(usual if drawable.opacity is None else 1.0)
    pen = QPen(colour_of(traced.edge_colour or drawable.colour, drawable.rejected), MASK_LINE_PX)
    pen.setCosmetic(True)
    painter.setPen(pen)
    for edges in traced.edges:
        painter.drawPath(edges)
    painter.restore()


def _pen(drawable: Drawable, colour: QColor, width: float) -> QPen:
    """Qt counts dashes in widths of the pen; under-stroke and line have the same gaps."""
    pen = QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
    dash = _REJECTED_DASH if drawable.rejected else _KINDS[drawable.kind % len(_KINDS)]
    if dash:
        pen.setDashPattern([length * LINE_PX / width for length in dash])
    return pen


def _paint_label(painter: QPainter, said: _Said, label: PlacedLabel) -> None:
    drawable = said.drawable
    colour = colour_of(drawable.colour, drawable.rejected)  # full for others too: text has to be read
    if label.leader is not None:
        _paint_leader(painter, label.leader, colour)
    draw_text(painter, label.rect, said.text, colour, struck=drawable.rejected)


def _paint_leader(painter: QPainter, leader: QLineF, colour: QColor) -> None:
    painter.setPen(QPen(_UNDER, 3.0))
    painter.drawLine(leader)
    painter.setPen(QPen(colour, 1.0))
    painter.drawLine(leader)
