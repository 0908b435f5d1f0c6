"""A ruler in the picture: asked for its length, and what was said of it in earlier sittings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial

from PySide6.QtCore import QObject

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.ruler import SHORTEST_PX, RulerCalibration, knows_better, pixels_of
from workstation.domain.series import Stack
from workstation.domain.words import Words, say
from workstation.ui.keys import Command, key_text
from workstation.ui.ruler_ask import RulerAsk
from workstation.ui.sitting import Notice, Sitting
from workstation.ui.work_runner import WorkView
from workstation.workspace import rulers
from workstation.workspace.signing import held_until
from workstation.workspace.state import Changed


class RulerSide(QObject):
    """`commands`: what the key of calibration does. `take_length`: from now on the mouse draws lengths."""

    def __init__(
        self, sitting: Sitting, ask: RulerAsk, take_length: Callable[[], object], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._sitting, self._ask, self._take_length = sitting, ask, take_length
        self._asked: set[str] = set()
        self._line = self._picture = ""  # that the bar is about
        ask.given.connect(self._given)
        ask.removed.connect(lambda: sitting.draw(lambda state: rulers.remove_ruler(state, self._picture)))
        self.commands: Mapping[Command, Callable[[], object]] = {Command.CALIBRATE: self.ask}

    def ask(self) -> None:
        """How long the line is that is selected, else the last one; where none is drawn, give the tool for it. Or say
        why that can't be asked."""
        state, stack = self._sitting.state, self._sitting.state.chosen_stack
        if stack is None:
            return
        line, ruler = rulers.ruler_line(state), state.rulers.get(stack.id)
        pixels = pixels_of(line) if line is not None else 0.0
        if not rulers.can_calibrate(stack):
            self._refuse(*_why_not(stack))
        elif held_until(state, stack.id) is not None:
            self._sitting.failed(WorkstationError(ErrorCode.READING_SIGNED))
        elif pixels < SHORTEST_PX and ruler is None:
            self._take_length()
            if line is None:
                remedy = say("Then press {key} again and type how long it is.", key=key_text(Command.CALIBRATE))
                self._refuse(say("Click the two ends of a known length on the ruler in the picture."), remedy)
            else:
                self._refuse(say("The line is too short to calibrate by."), say("Draw a longer one along the ruler."))
        else:
            usable = line is not None and pixels >= SHORTEST_PX
            self._line, self._picture = line.id if line is not None else "", stack.id
            known = ruler.mm_per_pixel * pixels if ruler is not None else None
            self._ask.ask(pixels if usable else 0.0, known)

    def show_changed(self, changed: Changed) -> None:
        state = self._sitting.state
        if self._ask.isVisible() and (state.chosen != self._picture or (self._line and not state.measure(self._line))):
            self._ask.leave()
        if changed & (Changed.CHOSEN | Changed.STACKS | Changed.LAYOUT):
            for cell in state.hanging.cells:
                stack = state.stack(cell.stack_id)
                if stack is not None and rulers.can_calibrate(stack):
                    self._ask_kept(stack)

    def _given(self, millimetres: float) -> None:
        line = self._line
        self._sitting.draw(lambda state: rulers.calibrate(state, line, millimetres, datetime.now(UTC)))

    def _refuse(self, says: Words, remedy: Words) -> None:
        self._sitting.noticed.emit(Notice(says, remedy, bad=False))

    def _ask_kept(self, stack: Stack) -> None:
        """What an earlier sitting said of this picture, once."""
        if stack.id in self._asked:
            return
        self._asked.add(stack.id)
        self._sitting.runners.waiting.start(
            lambda _report, _cancel, _part: self._sitting.desk.drawings.ruler(stack),
            WorkView[RulerCalibration | None, None](
                finished=partial(self._take_kept, stack.id), failed=self._sitting.failed
            ),
        )

    def _take_kept(self, stack_id: str, kept: RulerCalibration | None) -> None:
        self._sitting.apply(rulers.take_ruler(self._sitting.state, stack_id, kept))


def _why_not(stack: Stack) -> tuple[Words, Words]:
    if any(one.calibration.regions for one in stack.instances):
        return say("This picture has millimetres within its regions."), say("Measure there.")
    if knows_better(stack):
        return say("This picture has millimetres of its own."), say("Its measures are in them already.")
    if not rulers.square(stack):
        return say("The pixels of this picture are not square."), say("A ruler along one way tells only that way.")
    return say("The pictures of this series have pixels of several sizes."), say(
        "A ruler in one tells only of that one."
    )
