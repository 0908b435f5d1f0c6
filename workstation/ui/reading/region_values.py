"""Numbers under regions and probes, worked out in the pool: what is outdated is dropped, what is known is kept."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from typing import Final

import numpy as np
from PySide6.QtCore import QObject, Signal

from workstation.domain.error import WorkstationError
from workstation.domain.geometry import Vector
from workstation.domain.measure import Measure, MeasureKind
from workstation.domain.projection import ViewPlane
from workstation.domain.slab import Slab
from workstation.domain.work import CancelToken
from workstation.imaging.pixels.regions import region_statistics
from workstation.ui.reading.stack_source import Form, StackSource
from workstation.ui.viewport.tools.words import Valued
from workstation.ui.work_runner import WorkRunner, WorkView

_KEPT: Final = 1000
_URGENT: Final = 30  # before slices that are loaded ahead: somebody looks at the region now

_ON_GRID: Final = 1e-3  # of a pixel

_Key = tuple[str, MeasureKind, tuple[Vector, ...], ViewPlane, Slab, Form]


class RegionValues(QObject):
    """known: id of the measure whose values are known now."""

    known = Signal(str)

    def __init__(self, runner: WorkRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._values: OrderedDict[_Key, Valued] = OrderedDict()
        self._asked: dict[str, tuple[_Key, CancelToken]] = {}

    def of(self, measure: Measure, source: StackSource) -> Valued | None:
        """What is known under a measure of this series; None: it is asked for now, or its slices are not in yet."""
        key = (measure.stack_id, measure.kind, measure.points, measure.plane, measure.slab, source.form)
        if source.stack.instances[0].pixels.coloured:
            return Valued(coloured=True)
        if key in self._values:
            self._values.move_to_end(key)
            return self._values[key]
        self._ask(measure, key, source)
        return None

    def _ask(self, measure: Measure, key: _Key, source: StackSource) -> None:
        asked = self._asked.get(measure.id)
        if asked is not None:
            if asked[0] == key:
                return
            asked[1].cancel()
        token = self._runner.start(
            lambda _report, cancel, _part: _numbers(measure, source, cancel),
            WorkView[Valued | None, None](
                finished=partial(self._take, measure.id, key, source),
                failed=partial(self._failed, measure.id),
            ),
            priority=_URGENT,
        )
        self._asked[measure.id] = (key, token)

    def _take(self, measure_id: str, key: _Key, source: StackSource, valued: Valued | None) -> None:
        self._asked.pop(measure_id, None)
        if valued is not None:
            self._values[key] = valued
            if len(self._values) > _KEPT:
                self._values.popitem(last=False)
        elif not source.loaded:
            return  # it is asked for again when more slices are in
        self.known.emit(measure_id)

    def _failed(self, measure_id: str, error: WorkstationError) -> None:
        self._asked.pop(measure_id, None)


def _numbers(measure: Measure, source: StackSource, cancel: CancelToken) -> Valued | None:
    pictured = 0 <= round(measure.points[0][2]) < source.count
    if measure.in_pixels != (source.geometry is None) or (measure.in_pixels and not pictured):
        return Valued()  # the series is not what it was when this was drawn
    try:
        numbers = region_statistics(measure, source.geometry, source.slice_values, source.padding, cancel)
    except LookupError:
        return None
    return Valued(numbers, source.unit, interpolated=_interpolated(measure.plane, source))


def _interpolated(plane: ViewPlane, source: StackSource) -> bool:
    """Whether pixels were measured that are none of the series, or none of what is shown of it."""
    ends = plane.to_patient(np.array([0, 1, 0]), np.array([0, 0, 1]))
    for grid in (source.stack.geometry, source.geometry):
        if grid is not None:
            at = grid.to_index(ends)
            if (np.abs(at - np.rint(at)) > _ON_GRID).any():
                return True
    return False
