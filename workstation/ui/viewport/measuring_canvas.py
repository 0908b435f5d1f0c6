"""A canvas that is measured on: tells the hand what is shown, and types words at their place."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPointF, Signal
from PySide6.QtWidgets import QWidget

from workstation.domain.measure import Measure, MeasureKind
from workstation.ui.speech import Speech
from workstation.ui.viewport.picture import ToGray
from workstation.ui.viewport.slice_canvas import SliceCanvas
from workstation.ui.viewport.tools.hand import Look, MeasureHand
from workstation.ui.viewport.tools.text_box import TextBox


class MeasuringCanvas(SliceCanvas):
    measure_drawn = Signal(object)  # Measure, new or shaped anew
    measure_shaping = Signal(object)  # Measure as it is under the hand
    measure_selected = Signal(str)  # id; "" for none
    measure_deleted = Signal(str)  # id
    measure_refused = Signal()  # a tool was set on what can't be measured

    def __init__(self, speech: Speech, to_gray: ToGray, parent: QWidget | None = None) -> None:
        super().__init__(speech, to_gray, parent)
        self._hand = MeasureHand(self)
        self._text_box = TextBox(speech, self)
        self._worded: Measure | None = None
        self._hand.drawn.connect(self.measure_drawn)
        self._hand.shaping.connect(self.measure_shaping)
        self._hand.selected.connect(self.measure_selected)
        self._hand.text_wanted.connect(self._ask_text)
        self._text_box.ended.connect(self._take_text)

    def _look(self) -> Look | None:
        """What a hand can take hold of now; None while the slice asked for is not there."""
        showing = self._showing
        # A press that makes a view the active one may find it not painted again yet: its slice is what will be seen.
        if showing is None or not (showing.loaded or showing.pixels.slice_values(showing.k) is not None):
            return None
        return Look(
            board=showing.board,
            kind=self._tool.measure,
            k=showing.k,
            drawn=showing.board.on(showing.k, self._speech),
            to_widget=self.to_widget(),
            shape=showing.camera.shape,
        )

    def _press_measure(self, at: QPointF, *, straight: bool) -> bool:
        look = self._look()
        if look is not None and look.kind is not None and not look.board.content.measurable:
            self.measure_refused.emit()
            return True
        taken = look is not None and self._hand.press(at, look, straight=straight)
        self.update()
        return taken

    def _move_measure(self, at: QPointF, *, straight: bool) -> None:
        look = self._look()
        if look is not None:
            before = look.board.hovered
            self._hand.move(at, look, straight=straight)
            if look.board.drawing is not None or look.board.shaped is not None or look.board.hovered != before:
                self.update()

    def _release_measure(self, at: QPointF, *, straight: bool) -> None:
        look = self._look()
        if look is not None:
            self._hand.release(at, look, straight=straight)
            self.update()

    def _measure_in_hand(self) -> bool:
        """Whether one is half drawn or being pulled."""
        return self._showing is not None and (self._showing.board.drawing is not None or self._hand.holds)

    def _double_click_measure(self, at: QPointF) -> bool:
        look = self._look()
        return look is not None and self._hand.double_click(at, look)

    def _cancel_measure(self) -> bool:
        """Leave what is half drawn, else what is selected. Whether there was anything."""
        if self._showing is None:
            return False
        cancelled = self._hand.cancel(self._showing.board)
        if not cancelled and self._showing.board.content.selected:
            self.measure_selected.emit("")
            cancelled = True
        self.update()
        return cancelled

    def _deletable(self) -> str:
        """Id of the selected measure, else of the last one; "" for none. Only what is seen on this slice: nothing is
        deleted behind the reader's back."""
        look = self._look()
        if look is None:
            return ""
        content = look.board.content
        seen = {one.id for one in look.drawn if not one.unfinished}
        if content.selected in seen:
            return content.selected
        return next((one.id for one in reversed(content.measures) if one.id in seen), "")

    def _delete_measure(self) -> None:
        measure_id = self._deletable()
        if measure_id:
            self.measure_deleted.emit(measure_id)

    def _ask_text(self, measure: Measure) -> None:
        """Words for a place, or other words for a measure there is."""
        showing = self._showing
        if showing is None:
            return
        self._worded = measure
        x, y, _ = showing.board.plane(showing.k).to_view(measure.points[0])
        at = self.to_widget().map(QPointF(float(x), float(y)))
        self._text_box.open(at.toPoint(), measure.text)

    def _take_text(self, text: str) -> None:
        measure, self._worded = self._worded, None
        if measure is None or text == measure.text:
            return
        if text or measure.kind is not MeasureKind.TEXT:
            self.measure_drawn.emit(replace(measure, text=text))
        else:
            self.measure_deleted.emit(measure.id)
