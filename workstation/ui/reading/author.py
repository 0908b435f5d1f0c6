"""One view as the author of a presentation state wants it: window, turn, flip, part and shutter, slice by slice."""

from __future__ import annotations

from workstation.domain.overlaid import Overlaid, Presentation
from workstation.ui.keys import Command
from workstation.ui.viewport.file_marks import presentation_on
from workstation.ui.viewport.slice_view import SliceView


class AuthorsWay:
    """What the reader changes afterwards stays, until a slice comes that is to be shown otherwise."""

    def __init__(self, view: SliceView) -> None:
        self._view = view
        self._author: Overlaid | None = None
        self._applied: Presentation | None = None

    def show(self, author: Overlaid | None) -> None:
        """None: as usual again."""
        self._view.show_author(author)
        if author is self._author:
            return
        ended, self._author, self._applied = self._author is not None, author, None
        if author is None and ended:
            self._view.perform(Command.RESET)
        self.scrolled()

    def forget(self) -> None:
        """Another source is in the view, shown as usual."""
        self._author = self._applied = None

    def scrolled(self) -> None:
        wanted = presentation_on(self._author, self._view.slice_index)
        if wanted is not None and wanted is not self._applied:
            self._apply(wanted)

    def _apply(self, wanted: Presentation) -> None:
        view, self._applied = self._view, wanted
        view.perform(Command.RESET)
        for _ in range(wanted.turned // 90):
            view.perform(Command.TURN_RIGHT)
        if wanted.flipped:
            view.perform(Command.FLIP_ACROSS)
        if wanted.inverse is not None:
            view.show_inverse(wanted.inverse)
        if wanted.window is not None:
            view.show_window(wanted.window)
        if wanted.area is not None:
            view.show_part(*wanted.area, wanted.zoom)
        elif wanted.zoom is not None:
            view.show_zoom(wanted.zoom)
