"""Rescaled values as a picture: exact grey through a look-up table, in buffers that are used again."""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QImage

from workstation.domain.series import VoiWindow
from workstation.domain.volume import Colour
from workstation.ui.viewport.luts import GRAYS, Colours
from workstation.ui.viewport.pose import UPRIGHT, Pose
from workstation.ui.viewport.source import SliceValues

Gray = npt.NDArray[np.uint8]
Padding = tuple[float, float] | None
ToGray = Callable[[SliceValues, VoiWindow, bool, Padding], Gray]

_ALL: Final[npt.NDArray[np.uint16]] = np.arange(1 << 16, dtype=np.uint16)
_KEPT: Final = 8  # tables, of 256 KB
_LEGEND_STEPS: Final = 256
_BLACK: Final = np.uint32(0xFF000000)
_Key = tuple[ToGray, bool, VoiWindow, bool, Padding, str]
_tables: Final[OrderedDict[_Key, npt.NDArray[np.uint32]]] = OrderedDict()  # views side by side have the same window


class Picture:
    """One slice's grey as a QImage.

    32 bits a pixel, because Qt scales that several times as fast as 8-bit grey. 16-bit values go through a table of
    all their 65,536 values, made by the very function that other values go through: same grey, by construction.
    """

    def __init__(self, to_gray: ToGray) -> None:
        self._to_gray = to_gray
        self._buffer = np.zeros((1, 1), dtype=np.uint32)
        self._image = QImage()

    @property
    def image(self) -> QImage:
        """Shares the buffer: valid until the next `show`."""
        return self._image

    def show(
        self,
        values: SliceValues,
        window: VoiWindow,
        inverted: bool,
        padding: Padding,
        *,
        pose: Pose = UPRIGHT,
        colours: Colours = GRAYS,
    ) -> None:
        """values [row, column]; inverted: the highest values are black; padding is painted as background.

        pose     how the picture lies on the screen
        colours  what is painted in place of each gray
        """
        values = pose.laid(values)
        self._ready(values.shape)
        if values.dtype.kind in "iu" and values.dtype.itemsize == 2:
            table = self._table(values.dtype.kind == "i", window, inverted, padding, colours)
            # Every index is within the table; "wrap" merely spares numpy the test and a buffer.
            table.take(values.view(np.uint16), out=self._buffer, mode="wrap")
        else:
            np.copyto(self._buffer, self._painted(values, window, inverted, padding, colours))

    def legend(self, window: VoiWindow, inverted: bool, colours: Colours) -> QImage:
        """The colours of the values across a window, the highest on top: one pixel wide."""
        values = np.linspace(window.center + window.width / 2, window.center - window.width / 2, _LEGEND_STEPS)
        column = self._painted(values.astype(np.float32)[:, None], window, inverted, None, colours)
        return QImage(column.tobytes(), 1, _LEGEND_STEPS, 4, QImage.Format.Format_RGB32).copy()

    def _painted(
        self, values: SliceValues, window: VoiWindow, inverted: bool, padding: Padding, colours: Colours
    ) -> npt.NDArray[np.uint32]:
        painted = colours.pixels[self._to_gray(values, window, inverted, padding)]
        if padding is not None and colours is not GRAYS:
            painted[(values >= padding[0]) & (values <= padding[1])] = _BLACK
        return painted

    def show_colour(self, colour: Colour, pose: Pose = UPRIGHT) -> None:
        """colour [row, column, 3]; no window, no inversion."""
        colour = pose.laid(colour)
        rows, columns, _ = colour.shape
        self._ready((rows, columns))
        parts = self._buffer.view(np.uint8).reshape(rows, columns, 4)
        if sys.byteorder == "little":
            parts[..., 2::-1], parts[..., 3] = colour, 255
        else:
            parts[..., 1:], parts[..., 0] = colour, 255

    def _ready(self, shape: tuple[int, ...]) -> None:
        if self._buffer.shape != shape or self._image.isNull():
            self._buffer = np.zeros(shape, dtype=np.uint32)
            rows, columns = shape
            self._image = QImage(self._buffer.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32)

    def _table(
        self, signed: bool, window: VoiWindow, inverted: bool, padding: Padding, colours: Colours
    ) -> npt.NDArray[np.uint32]:
        key = (self._to_gray, signed, window, inverted, padding, colours.name)
        table = _tables.get(key)
        if table is None:
            every = _ALL.view(np.int16) if signed else _ALL
            table = _tables[key] = self._painted(every, window, inverted, padding, colours)
            if len(_tables) > _KEPT:
                _tables.popitem(last=False)
        else:
            _tables.move_to_end(key)
        return table
