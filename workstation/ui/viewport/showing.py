"""One source on one view: which slice, which window, how near, what was measured on it."""

from __future__ import annotations

import numpy as np

from workstation.domain.projection import XY
from workstation.domain.series import VoiWindow
from workstation.ui.viewport.camera import Camera
from workstation.ui.viewport.captions import CursorPoint
from workstation.ui.viewport.comparing import DIFFERENCE_WINDOW, DifferenceSource, Look, OtherSlices, OtherSource
from workstation.ui.viewport.picture import Picture
from workstation.ui.viewport.ruler import Length
from workstation.ui.viewport.source import SliceSource, Spacing
from workstation.ui.viewport.windowing import Windowing


class Showing:
    """Another source gets another one of these, so nothing of the series before can stay on the screen.

    k          slice asked for, from 0
    pictured   slice whose pixels are in the picture; None: none yet
    stale      whether the picture has to be made again
    coloured   whether the picture is shown in its own colours: no window, no inversion
    inverted   by the reader, on top of MONOCHROME1
    fit        whether zoom follows the size of the view
    lengths    by slice; `drawn` is the one under the mouse
    seen       which slices were looked at
    other      another series on this grid; `look` says which of the two is on the screen
    """

    def __init__(
        self,
        source: SliceSource,
        texts: tuple[str, str],
        window: VoiWindow | None,
        file_windows: tuple[VoiWindow, ...],
        slice_index: int | None,
        aspect: Spacing | None,
    ) -> None:
        self.source = source
        self.texts = texts
        self._windowing = Windowing(source, window, file_windows)
        self._differing: Windowing | None = None
        self.other: OtherSlices | None = None
        self.look = Look.THIS
        self.pixels = source  # what is painted
        self.camera = Camera.of(source.rows, source.columns, source.spacing or aspect)
        self.fit = True
        self.inverted = False
        self.coloured = False
        self.k = self.within(source.count // 2 if slice_index is None else slice_index)
        self.pictured: int | None = None
        self.stale = True
        self.lengths: dict[int, list[Length]] = {}
        self.drawn: Length | None = None
        self.seen = np.zeros(source.count, dtype=np.bool_)

    @property
    def windowing(self) -> Windowing:
        """Of what is painted: a difference has a window of its own."""
        return self._differing if self._differing is not None and self.look is Look.DIFFERENCE else self._windowing

    @property
    def series_window(self) -> VoiWindow | None:
        return self._windowing.shown

    def take_other(self, other: OtherSlices | None) -> None:
        """Another series on this grid, or none; what is shown is this one again."""
        self.other = other
        self._differing = None
        self.show_look(Look.THIS)

    def show_look(self, look: Look) -> None:
        if self.other is None or look is Look.THIS:
            self.pixels, look = self.source, Look.THIS
        elif look is Look.OTHER:
            self.pixels = OtherSource(self.source, self.other)
        else:
            self.pixels = DifferenceSource(self.source, self.other)
            self._differing = self._differing or Windowing(self.pixels, DIFFERENCE_WINDOW)
        self.look, self.stale = look, True

    @property
    def loaded(self) -> bool:
        """Whether the picture is of the slice asked for; else it is of the one before."""
        return self.pictured == self.k

    def within(self, k: int) -> int:
        return min(self.source.count - 1, max(0, k))

    def fill(self, picture: Picture) -> bool:
        """Bring slice k into the picture if it is there. Returns whether the picture was made again."""
        values = self.pixels.slice_values(self.k) if self.stale else None
        if values is None:
            return False
        colour = self.pixels.slice_colour(self.k)
        self.coloured = colour is not None
        if colour is not None:
            picture.show_colour(colour)
        else:
            inverted = self.inverted != self.pixels.inverted
            picture.show(values, self.windowing.settle(self.k), inverted, self.pixels.padding)
        self.pictured, self.stale = self.k, False
        return True

    def lengths_now(self) -> tuple[Length, ...]:
        """Those of this slice, with the one that is being drawn."""
        kept = self.lengths.get(self.k, ())
        return (*kept, self.drawn) if self.drawn is not None else tuple(kept)

    def keep_length(self) -> None:
        if self.drawn is not None:
            self.lengths.setdefault(self.k, []).append(self.drawn)
            self.drawn = None

    def delete_length(self) -> None:
        """The last one of this slice."""
        if self.lengths.get(self.k):
            self.lengths[self.k].pop()

    def cursor_point(self, at: XY) -> CursorPoint | None:
        """The pixel at slice coordinates (column, row); None outside the slice, or while it is not loaded."""
        column, row = round(at[0]), round(at[1])
        values = self.pixels.slice_values(self.k)
        if values is None or not (0 <= row < self.source.rows and 0 <= column < self.source.columns):
            return None
        position = None
        if self.source.geometry is not None:
            x, y, z = self.source.geometry.to_patient((self.k, row, column))
            position = (float(x), float(y), float(z))
        return CursorPoint(
            slice_index=self.k,
            row=row,
            column=column,
            value=float(values[row, column]),
            unit=self.pixels.unit,
            position=position,
        )
