"""Masks on pictures: strokes into the state, masks onto the panel, cut-outs into files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QColor

from workstation.domain.drawn_mask import Covered, DrawnMask
from workstation.domain.finding import Basis
from workstation.domain.overlaid import Rgb
from workstation.domain.series import Stack
from workstation.domain.words import say
from workstation.imaging.pixels.mask_drawing import brushed, with_polygon, without_holes
from workstation.ui.keys import Command
from workstation.ui.photo.mask_panel import MaskPanel
from workstation.ui.photo.pencil import Stroke
from workstation.ui.preferences import Preferences
from workstation.ui.sitting import Notice, Sitting
from workstation.ui.theme import FINDING_COLOURS, finding_colour
from workstation.ui.viewport.gestures import Tool
from workstation.ui.viewport.slice_view import SliceView
from workstation.ui.window_dialogs import Dialogs
from workstation.ui.work_runner import WorkView
from workstation.workspace import drawn_masks
from workstation.workspace.drawn_masks import can_draw, drawn_on
from workstation.workspace.state import Changed

_SHOWN: Final = (
    Changed.CHOSEN | Changed.STACKS | Changed.LAYOUT | Changed.DRAWN | Changed.RESULTS | Changed.FILTER | Changed.RULERS
)
_PAUSE_MS: Final = 400
_APART: Final = 3  # colours between a result's first mask and the first one drawn
CUT_OUT_FOLDER: Final = say("Folder for the picture that is cut out")


class MaskSide(QObject):
    """`view`: the active one. `commands`: what the keys about masks do."""

    def __init__(
        self,
        sitting: Sitting,
        panel: MaskPanel,
        dialogs: Dialogs,
        preferences: Preferences,
        view: Callable[[], SliceView],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self._look_kept = QTimer(self, interval=_PAUSE_MS, singleShot=True)  # a slider tells of every step
        self._look_kept.timeout.connect(self._keep_look)
        kept = preferences.settings
        sitting.apply(drawn_masks.set_looks(sitting.state, kept.mask_opacity, kept.mask_outline))
        self._sitting, self._panel, self._dialogs, self._view = sitting, panel, dialogs, view
        self._asked: set[str] = set()
        self._drawing = False
        self._diameter: dict[str, float] = {}  # by stack id
        self._folder = ""
        self._decoded: tuple[DrawnMask, Covered] | None = None  # the last one: a stroke goes on with it
        self.commands: Mapping[Command, Callable[[], object]] = {
            Command.NEW_MASK: self._begin_new,
            Command.FILL_HOLES: lambda: self._fill(self._selected_id),
            Command.CUT_OUT: lambda: self._cut_out(self._selected_id),
        }
        draw = sitting.draw
        panel.new_asked.connect(self._begin_new)
        panel.select_asked.connect(lambda id_: draw(lambda state: drawn_masks.select_drawn(state, id_)))
        panel.shown_asked.connect(lambda id_, on: draw(lambda state: drawn_masks.show_drawn(state, id_, on)))
        panel.opacity_asked.connect(lambda value: self._set_looks(opacity=value))
        panel.outline_asked.connect(lambda on: self._set_looks(outline=on))
        panel.name_asked.connect(self._rename)
        panel.colour_asked.connect(self._next_colour)
        panel.fill_asked.connect(self._fill)
        panel.cut_out_asked.connect(self._cut_out)
        panel.save_asked.connect(self._save)
        panel.delete_asked.connect(lambda id_: draw(lambda state: drawn_masks.delete_drawn(state, id_)))
        panel.keep_asked.connect(self._keep)
        panel.layer_cut_asked.connect(self._cut_layer)

    def _set_looks(self, opacity: float | None = None, outline: bool | None = None) -> None:
        self._sitting.draw(lambda state: drawn_masks.set_looks(state, opacity=opacity, outline=outline))
        self._look_kept.start()

    def _keep_look(self) -> None:
        """For the next sitting."""
        look, settings = self._sitting.state.mask_look, self._preferences.settings
        self._preferences.keep(replace(settings, mask_opacity=look.opacity, mask_outline=look.outline))

    def take_view(self, view: SliceView) -> None:
        """Hear of what is drawn on one more view."""
        view.stroke_drawn.connect(self._drawn)
        view.brush_sized.connect(self._sized)
        view.drawing_refused.connect(self._refused)

    def show_tool(self, tool: Tool) -> None:
        """The panel is there while something draws."""
        self._drawing = tool.draws
        self.show()

    def show_changed(self, changed: Changed) -> None:
        if changed & _SHOWN:
            self.show()

    def show(self) -> None:
        """The picture looked at: its panel, and the brush in the colour of its mask."""
        state, stack = self._sitting.state, self._sitting.state.chosen_stack
        if stack is not None and can_draw(stack):
            self._ask_kept(stack)
            colour = self._colour(stack)
            self._view().show_pencil(QColor(*colour), self._diameter.get(stack.id, 0.0))
        self._panel.show_state(state, drawing=self._drawing)

    @property
    def _selected_id(self) -> str:
        """Of the mask that is drawn on; where none is, the last one there is."""
        state = self._sitting.state
        there = state.drawn.get(state.chosen, ())
        mask = drawn_on(state, state.chosen) or (there[-1] if there else None)
        return mask.id if mask is not None else ""

    def _colour(self, stack: Stack) -> Rgb:
        """Of the mask that is drawn on, or of the next one."""
        mask = drawn_on(self._sitting.state, stack.id)
        if mask is not None:
            return mask.colour
        there = self._sitting.state.drawn.get(stack.id, ())
        return _rgb(max((one.number for one in there), default=0) + 1)

    def _drawn(self, stroke: Stroke) -> None:
        state, stack = self._sitting.state, self._sitting.state.chosen_stack
        if stack is None or not can_draw(stack):
            return
        mask = drawn_on(state, stack.id)
        before = self._covered(stack, mask)
        if stroke.tool is Tool.POLYGON:
            after = with_polygon(before, stroke.points)
        else:
            after = brushed(before, stroke.points, stroke.diameter / 2, erase=stroke.tool is Tool.ERASER)
        self._put(after, stack, mask)

    def _put(self, after: Covered, stack: Stack, mask: DrawnMask | None) -> None:
        mask_id, colour = mask.id if mask is not None else "", self._colour(stack)
        self._sitting.draw(lambda state: drawn_masks.draw(state, after, colour, _now(), mask_id=mask_id))
        now = drawn_on(self._sitting.state, stack.id)
        if now is not mask:  # else nothing came of it: it was refused, or there before
            self._decoded = (now, after) if now is not None else None

    def _covered(self, stack: Stack, mask: DrawnMask | None) -> Covered:
        if mask is None:
            return drawn_masks.nothing_drawn(stack)
        if self._decoded is not None and self._decoded[0] is mask:
            return self._decoded[1]
        return mask.covered

    def _begin_new(self) -> None:
        """The next stroke is another mask's; with the brush in the hand, unless something draws already."""
        self._sitting.draw(lambda state: drawn_masks.select_drawn(state, ""))
        if can_draw(self._sitting.state.chosen_stack) and not self._view().tool.draws:
            self._view().perform(Command.TOOL_BRUSH)

    def _fill(self, mask_id: str) -> None:
        mask, stack = self._sitting.state.drawn_mask(mask_id), self._sitting.state.chosen_stack
        if mask is not None and stack is not None:
            self._put(without_holes(mask.covered), stack, mask)

    def _rename(self, mask_id: str, name: str) -> None:
        self._sitting.draw(lambda state: drawn_masks.rename(state, mask_id, name, _now()))
        self.show()  # where it was refused, the name it has

    def _next_colour(self, mask_id: str) -> None:
        mask = self._sitting.state.drawn_mask(mask_id)
        if mask is None:
            return
        palette = [_rgb(number + 1) for number in range(len(FINDING_COLOURS))]
        at = palette.index(mask.colour) + 1 if mask.colour in palette else 0
        colour = palette[at % len(palette)]
        self._sitting.draw(lambda state: drawn_masks.recolour(state, mask_id, colour, _now()))

    def _keep(self, volume: str, label: int) -> None:
        """In a colour of its own, under the name that the result gave it."""
        stack = self._sitting.state.chosen_stack
        layer = next((one for one in self._sitting.state.layers if one.key == (volume, label)), None)
        if stack is None or layer is None:
            return
        there = self._sitting.state.drawn.get(stack.id, ())
        colour, name = _rgb(max((one.number for one in there), default=0) + 1), self._sitting.speech.tr(layer.name)
        self._sitting.draw(lambda s: drawn_masks.keep_layer(s, volume, label, name, colour, _now()))

    # Files

    def _cut_out(self, mask_id: str) -> None:
        mask, stack = self._sitting.state.drawn_mask(mask_id), self._sitting.state.chosen_stack
        if mask is not None and stack is not None:
            simulated = mask.basis is Basis.SIMULATED
            self._ask_folder(
                lambda folder: self._sitting.desk.drawings.cut_out(stack, mask.covered, folder, simulated=simulated)
            )

    def _cut_layer(self, volume: str, label: int) -> None:
        covered = drawn_masks.layer_pixels(self._sitting.state, volume, label)
        stack = self._sitting.state.chosen_stack
        simulated = drawn_masks.layer_simulated(self._sitting.state, volume, label)
        if covered is not None and stack is not None:
            self._ask_folder(
                lambda folder: self._sitting.desk.drawings.cut_out(stack, covered, folder, simulated=simulated)
            )

    def _save(self, mask_id: str) -> None:
        mask = self._sitting.state.drawn_mask(mask_id)
        if mask is not None:
            simulated = mask.basis is Basis.SIMULATED
            self._ask_folder(
                lambda folder: self._sitting.desk.drawings.save_mask(mask.covered, folder, simulated=simulated)
            )

    def _ask_folder(self, write: Callable[[Path], Path]) -> None:
        def take(folders: tuple[Path, ...]) -> None:
            if folders:
                self._folder = str(folders[0])
                self._sitting.runners.waiting.start(
                    lambda _report, _cancel, _part: write(folders[0]),
                    WorkView[Path, None](finished=self._written, failed=self._sitting.failed),
                )

        self._dialogs.ask_folder(CUT_OUT_FOLDER, self._folder, take)

    def _written(self, path: Path) -> None:
        self._sitting.noticed.emit(Notice(say("Saved as {name}.", name=path.name), bad=False))

    # What is kept

    def _ask_kept(self, stack: Stack) -> None:
        """What earlier sittings drew on this picture, once."""
        if stack.id in self._asked:
            return
        self._asked.add(stack.id)
        self._sitting.runners.waiting.start(
            lambda _report, _cancel, _part: self._sitting.desk.drawings.masks(stack),
            WorkView[tuple[DrawnMask, ...], None](
                finished=partial(self._take_kept, stack.id), failed=self._sitting.failed
            ),
        )

    def _take_kept(self, stack_id: str, kept: tuple[DrawnMask, ...]) -> None:
        self._sitting.apply(drawn_masks.take_drawn(self._sitting.state, stack_id, kept))

    def _sized(self, diameter: float) -> None:
        self._diameter[self._sitting.state.chosen] = diameter

    def _refused(self) -> None:
        self._sitting.noticed.emit(
            Notice(
                say("Masks are drawn on single pictures."),
                say("Open a photograph, or another picture that is no part of a stack of slices."),
                bad=False,
            )
        )


def _rgb(number: int) -> Rgb:
    colour = finding_colour(number + _APART)
    return (colour.red(), colour.green(), colour.blue())


def _now() -> datetime:
    return datetime.now(UTC)
