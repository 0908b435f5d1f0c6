"""One source on one view: which slice, which window, how near, what was measured on it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from workstation.domain.measuring import Scale
from workstation.domain.projection import XY
from workstation.domain.radiographs import AS_STORED
from workstation.domain.series import VoiWindow
from workstation.domain.words import Words
from workstation.ui.viewport.camera import Camera
from workstation.ui.viewport.captions import CursorPoint
from workstation.ui.viewport.cine import Played
from workstation.ui.viewport.comparing import DIFFERENCE_WINDOW, DifferenceSource, Look, OtherSlices, OtherSource
from workstation.ui.viewport.luts import GRAYS
from workstation.ui.viewport.picture import Picture
from workstation.ui.viewport.pose import UPRIGHT, Pose
from workstation.ui.viewport.source import SliceSource, Spacing
from workstation.ui.viewport.tools.board import MeasureBoard
from workstation.ui.viewport.traits import PLAIN, Traits
from workstation.ui.viewport.windowing import Windowing


class Showing:
    """Another source gets another one of these, so nothing of the series before can stay on the screen.

    k          slice asked for, from 0
    pictured   slice whose pixels are in the picture; None: none yet
    stale      whether the picture has to be made again
    coloured   whether the picture is shown in its own colours: no window, no inversion
    inverted   by the reader, on top of MONOCHROME1
    colours    what is painted in place of each gray
    traits     what the series says of its pictures as a whole
    fit        whether zoom follows the size of the view
    board      what was measured
    seen       which slices were looked at
    lying      how the picture hangs as readers expect
    other      another series on this grid; `look` says which of the two is on the screen
    note       how this view follows others
    played     how fast it plays; None while it stands still
    """

    def __init__(
        self,
        source: SliceSource,
        texts: tuple[str, str],
        window: VoiWindow | None,
        file_windows: tuple[VoiWindow, ...],
        slice_index: int | None,
        aspect: Spacing | None,
        traits: Traits = PLAIN,
    ) -> None:
        self.source = source
        self.texts = texts
        self.traits = traits
        self._windowing = Windowing(source, window, file_windows)
        self._differing: Windowing | None = None
        self.other: OtherSlices | None = None
        self.look = Look.THIS
        self.note: Words | None = None
        self.played: Played | None = None
        self.pixels = source  # what is painted
        self.camera = Camera.of(source.rows, source.columns, source.spacing or aspect)
        self.fit = True
        self.lying = AS_STORED
        self.inverted = False
        self.colours = GRAYS
        self.coloured = False
        self.k = self.within(source.count // 2 if slice_index is None else slice_index)
        self.pictured: int | None = None
        self.stale = True
        scale = Scale(spacing=source.spacing, calibration=traits.calibration, aspect=aspect)
        self.board = MeasureBoard(source, scale)
        self.seen = np.zeros(source.count, dtype=np.bool_)

    def over(self, source: SliceSource, k: int) -> Showing:
        """Another plane of the same volume, shown just like this one: as near, in the same window and colours."""
        there = Showing(source, self.texts, None, (), k, None, self.traits)
        there._windowing = self._windowing.over(source)
        there.note, there.fit = self.note, self.fit
        there.board.show(self.board.content)
        there.inverted, there.colours = self.inverted, self.colours
        size = [min(one.spacing) if one.spacing is not None else 1.0 for one in (source, self.source)]
        there.camera = replace(
            there.camera, zoom=self.camera.zoom * size[0] / size[1], pan=self.camera.pan, pose=self.camera.pose
        )
        return there

    def rescale(self, traits: Traits) -> None:
        """The size of a pixel of the source is another one now; its shape is not."""
        self.traits = traits
        self.board.rescale(replace(self.board.scale, spacing=self.source.spacing, calibration=traits.calibration))

    @property
    def upright(self) -> Pose:
        """As it hangs at first."""
        pose = UPRIGHT.flipped(across=True) if self.lying.across else UPRIGHT
        return pose.flipped(across=False) if self.lying.down else pose

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

    def turn(self, camera: Camera) -> None:
        """As it is, or turned or flipped: then the picture has to be made again."""
        if camera.pose != self.camera.pose:
            self.stale = True
            if self.pixels.slice_values(self.k) is None:
                self.pictured = None  # the picture that is there lies as it did
        self.camera = camera

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
            picture.show_colour(colour, self.camera.pose)
        else:
            inverted = self.inverted != self.pixels.inverted
            picture.show(
                values,
                self.windowing.settle(self.k),
                inverted,
                self.pixels.padding,
                pose=self.camera.pose,
                colours=self.colours,
            )
        self.pictured, self.stale = self.k, False
        return True

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
        colour = self.pixels.slice_colour(self.k)
        red, green, blue = (int(part) for part in colour[row, column]) if colour is not None else (0, 0, 0)
        return CursorPoint(
            slice_index=self.k,
            row=row,
            column=column,
            value=float(values[row, column]),
            unit=self.pixels.unit,
            position=position,
            colour=(red, green, blue) if colour is not None else None,
        )
