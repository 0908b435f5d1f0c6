"""Whether what a view shows now can be looked at: which slice, in what kind of window, large enough."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QTransform

from workstation.domain.coverage import LEAST_OF_FIT, LEAST_SHARE, LEAST_SIDE_PX, WindowGroup, group_of
from workstation.ui.viewport.comparing import Look
from workstation.ui.viewport.showing import Showing


def slice_in_sight(
    showing: Showing | None, to_widget: QTransform, area: QRectF, ratio: float
) -> tuple[int, WindowGroup] | None:
    """The slice on the screen and the kind of its window; None where there is none, it is another series in its place,
    its window shows nothing, or it is too small to be read.

    to_widget  slice pixels → widget pixels
    area       of the view where pictures lie, widget pixels
    ratio      device pixels per widget pixel
    """
    if showing is None or not showing.loaded or showing.stale or showing.look is not Look.THIS:
        return None
    picture = to_widget.mapRect(QRectF(-0.5, -0.5, showing.source.columns, showing.source.rows))
    seen = picture.intersected(area)
    if seen.width() * seen.height() < LEAST_SHARE * picture.width() * picture.height():
        return None
    fitting = showing.camera.fitted(area, ratio)
    # One to one is always enough: a small matrix has no more to show.
    if max(picture.width(), picture.height()) * ratio < LEAST_SIDE_PX and showing.camera.zoom < 1:
        return None
    if showing.camera.zoom < LEAST_OF_FIT * fitting.zoom:
        return None
    if showing.coloured:
        return showing.k, WindowGroup.OTHER
    window = showing.windowing.shown
    group = group_of(window, showing.source.unit, showing.windowing.span) if window is not None else None
    return (showing.k, group) if group is not None else None
