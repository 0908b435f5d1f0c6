"""Where the words over a picture stand, so that none covers another: the least important give way first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QTransform

from workstation.ui.viewport.corner import (
    MARGIN_PX,
    Corner,
    CornerLine,
    Letters,
    PlacedLine,
    lay_out,
    length_text,
    letter_rects,
    nice_length_mm,
)
from workstation.ui.viewport.lettering import metrics, text_width
from workstation.ui.viewport.source import Spacing

Corners = Sequence[tuple[Corner, tuple[CornerLine, ...]]]
_TICK_PX: Final = 8.0  # between the bar and its text
_BAR_RANK: Final = 2
_LETTER_ROOM_PX: Final = 26.0
_LEGEND_PX: Final = 12.0  # width of the colours
_LEGEND_SHARE: Final = 0.4  # of the view's height
_LEGEND_MOST_PX: Final = 220.0
_LEGEND_LEAST_PX: Final = 48.0


@dataclass(frozen=True, slots=True)
class Scale:
    """Size of a pixel, between rows and between columns, mm; `note`: what millimetres are worth, "" in the patient."""

    spacing: Spacing
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """The scale bar, which ends at `right`; `rect` holds it and its text."""

    right: QPointF
    length_px: float
    rect: QRectF


@dataclass(frozen=True, slots=True)
class LegendPlace:
    """`rect`: the colours; `texts`: where the highest, the middle and the lowest value stand."""

    rect: QRectF
    texts: tuple[PlacedLine, ...]

    @property
    def whole(self) -> QRectF:
        whole = QRectF(self.rect)
        for text in self.texts:
            whole = whole.united(text.rect)
        return whole


@dataclass(frozen=True, slots=True)
class Arranged:
    lines: tuple[PlacedLine, ...]
    bar: Bar | None = None
    legend: LegendPlace | None = None
    letters: tuple[PlacedLine, ...] = ()

    def rects(self) -> list[QRectF]:
        """What labels keep free of."""
        taken = [placed.rect for placed in (*self.lines, *self.letters)]
        taken += [self.bar.rect] if self.bar is not None else []
        return taken + ([self.legend.whole] if self.legend is not None else [])


def arrange(
    corners: Corners,
    letters: Letters | None,
    scale: Scale | None,
    legend: Sequence[str],
    to_widget: QTransform,
    area: QRectF,
) -> Arranged:
    """Everything that has a place without covering anything else; rank by rank gives way until that is so.

    Where even the words that may never give way are too many, they run across the whole view, and those letters that
    they cover are left out.

    legend  its texts from the highest value to the lowest; empty: there is none
    """
    edges = _edges(letters, area)
    fixed = [edge.rect for edge in edges]
    ranks = {line.rank for _, lines in corners for line in lines} | ({_BAR_RANK} if scale is not None else set())
    arranged = Arranged(())
    for limit in sorted(ranks | {0}, reverse=True):
        kept = {corner: [line for line in lines if line.rank <= limit] for corner, lines in corners}
        arranged = _placed(kept, scale if limit >= _BAR_RANK and corners else None, to_widget, area, fixed)
        if not _crowded([*arranged.rects(), *fixed], area):
            arranged = replace(arranged, letters=edges)
            break
    else:
        arranged = _across(corners, area)
        taken = arranged.rects()
        free = tuple(edge for edge in edges if not any(edge.rect.intersects(rect) for rect in taken))
        arranged = replace(arranged, letters=free)
    return replace(arranged, legend=_legend(legend, arranged.rects(), area))


def _across(corners: Corners, area: QRectF) -> Arranged:
    """The words that stay whatever happens, above and below."""
    kept = {corner: [line for line in lines if not line.rank] for corner, lines in corners}
    above = [*kept.get(Corner.TOP_LEFT, ()), *kept.get(Corner.TOP_RIGHT, ())]
    below = [*kept.get(Corner.BOTTOM_LEFT, ()), *kept.get(Corner.BOTTOM_RIGHT, ())]
    placed = [
        *lay_out(Corner.TOP_LEFT, above, area, whole=True),
        *lay_out(Corner.BOTTOM_LEFT, below, area, whole=True),
    ]
    return Arranged(tuple(placed))


def _edges(letters: Letters | None, area: QRectF) -> tuple[PlacedLine, ...]:
    if letters is None:
        return ()
    rects = letter_rects(letters, area)
    return tuple(PlacedLine(rect, CornerLine(text)) for text, rect in zip(letters, rects, strict=True) if text)


def _placed(
    kept: dict[Corner, list[CornerLine]],
    scale: Scale | None,
    to_widget: QTransform,
    area: QRectF,
    letters: Sequence[QRectF],
) -> Arranged:
    lines = [line for corner, texts in kept.items() for line in lay_out(corner, texts, area)]
    if scale is None:
        return Arranged(tuple(lines))
    below = [line.rect.top() for line in lay_out(Corner.BOTTOM_RIGHT, kept.get(Corner.BOTTOM_RIGHT, []), area)]
    height = metrics().lineSpacing() + 1
    top = min(below, default=area.bottom() - MARGIN_PX + 2) - height
    px_per_mm = _px_per_mm(scale.spacing, to_widget)
    length_mm = nice_length_mm(area.width() / 5 / px_per_mm)
    text = CornerLine(f"{length_text(length_mm)} ({scale.note})" if scale.note else length_text(length_mm))
    width, length_px = text_width(text.text), length_mm * px_per_mm
    whole = length_px + _TICK_PX + width
    needed = QRectF(area.right() - MARGIN_PX - whole - _TICK_PX, top, whole + _TICK_PX, height)
    if any(letter.intersects(needed) for letter in letters):
        top -= height  # the letter's row is the letter's
    rect = QRectF(area.right() - MARGIN_PX - width, top, width, height)
    right = QPointF(rect.left() - _TICK_PX, rect.center().y())
    bar = Bar(right, length_px, QRectF(right.x() - length_px, top, length_px + _TICK_PX - 1, height))
    return Arranged((*lines, PlacedLine(rect, text)), bar)


def _px_per_mm(spacing: Spacing, to_widget: QTransform) -> float:
    """Widget pixels of a millimetre across the screen, where rows or columns run."""
    lying = abs(to_widget.m21()) > abs(to_widget.m11())
    return abs(to_widget.m21()) / spacing[0] if lying else abs(to_widget.m11()) / spacing[1]


def _crowded(rects: Sequence[QRectF], area: QRectF) -> bool:
    """Whether two of them share a place, or one is not wholly in view."""
    inside = area.adjusted(0, -1, 0, 1)
    return any(
        not inside.contains(rect) or any(rect.intersects(other) for other in rects[:number])
        for number, rect in enumerate(rects)
    )


def _legend(texts: Sequence[str], taken: Sequence[QRectF], area: QRectF) -> LegendPlace | None:
    """Left of the middle, between the words above and below; None where there is no room for it."""
    if not texts:
        return None
    line = metrics().lineSpacing()
    left = area.left() + MARGIN_PX + _LETTER_ROOM_PX
    widest = _LEGEND_PX + 6 + max(text_width(text) for text in texts)
    column = QRectF(left, area.top(), widest, area.height())
    middle = area.center().y()
    near = [rect for rect in taken if rect.intersects(column)]
    above = max((rect.bottom() for rect in near if rect.center().y() <= middle), default=area.top())
    below = min((rect.top() for rect in near if rect.center().y() > middle), default=area.bottom())
    reach = min(middle - above, below - middle) - line
    height = min(_LEGEND_MOST_PX, _LEGEND_SHARE * area.height(), 2 * reach)
    if height < _LEGEND_LEAST_PX:
        return None
    rect = QRectF(left, middle - height / 2, _LEGEND_PX, height)
    placed = []
    for number, text in enumerate(texts):
        y = rect.top() + height * number / max(1, len(texts) - 1)
        width = text_width(text)
        placed.append(PlacedLine(QRectF(rect.right() + 6, y - line / 2, width, line), CornerLine(text)))
    return LegendPlace(rect, tuple(placed))
