"""The reader's hand on findings: shapes that are pulled, and findings of the reader's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject

from workstation.domain.editing import editable
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.finding import Measurement
from workstation.domain.geometry import pixel_grid
from workstation.domain.measure import Measure
from workstation.domain.measuring import Scale
from workstation.domain.own_finding import measured_by, shapes_from_measure
from workstation.domain.shapes import Point, Shape
from workstation.domain.words import Words, say
from workstation.ui.keys import BY_COMMAND, Command, key_text
from workstation.ui.own_ask import OwnAsk
from workstation.ui.reading.cell_view import CellView
from workstation.ui.reading.measure_side import not_on_moved
from workstation.ui.reading.room import ReadingRoom
from workstation.ui.sitting import Notice, Sitting
from workstation.ui.viewport.captions import CursorPoint
from workstation.ui.viewport.tools.shape_layer import ShapeLayer
from workstation.workspace.own import source_measure
from workstation.workspace.signing import is_signed
from workstation.workspace.state import Changed

_Found = tuple[str, tuple[Shape, ...], tuple[Measurement, ...], bool]


class ShapeSide(QObject):
    """`commands`: what the keys of own findings and shapes do."""

    def __init__(self, sitting: Sitting, room: ReadingRoom, ask: OwnAsk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sitting, self._room, self._ask = sitting, room, ask
        self._layers: dict[CellView, ShapeLayer] = {}
        self._shaped = ""  # the finding whose handles are shown
        self._found: _Found | None = None
        ask.named.connect(self._named)
        self.commands: Mapping[Command, Callable[[], object]] = {
            Command.EDIT_SHAPE: self.toggle,
            Command.SHAPE_BACK: lambda: sitting.shapes_as_answered(sitting.state.selected),
            Command.OWN_FINDING: self.find,
        }

    @property
    def layers(self) -> tuple[ShapeLayer, ...]:
        """Of the views in which handles are shown."""
        return tuple(layer for layer in self._layers.values() if not layer.isHidden())

    def toggle(self) -> None:
        """Take the selected finding's shapes in hand, or let them go."""
        sitting, state = self._sitting, self._sitting.state
        if self._shaped:
            self.end()
            return
        finding, owner = state.finding(state.selected), state.owner(state.selected)
        if finding is None or owner is None:
            words = say("No finding is selected."), say("N goes to the next one; or click one.")
            sitting.noticed.emit(Notice(*words, bad=False))
        elif is_signed(state, finding.id):
            sitting.failed(WorkstationError(ErrorCode.READING_SIGNED))
        elif not owner.placement.state.painted:
            sitting.noticed.emit(Notice(say("A finding that is not painted has no shape to pull."), bad=False))
        elif not editable(finding.shapes):
            words = say("A mask is not changed by handles."), say("Reject it, and measure or mark what you see.")
            sitting.noticed.emit(Notice(*words, bad=False))
        else:
            self._shaped = finding.id
            key = key_text(Command.EDIT_SHAPE)
            says = say("Pull the handles to change the shape.")
            sitting.noticed.emit(Notice(says, say("{key} or Esc ends it.", key=key), bad=False))
            self._show()

    def end(self) -> None:
        self._shaped = ""
        for layer in self._layers.values():
            layer.show_shapes(())
        for cell in self._room.cells:
            cell.show_shaped("", ())

    def show_changed(self, changed: Changed) -> None:
        state = self._sitting.state
        if not self._shaped:
            return
        if state.selected != self._shaped or is_signed(state, self._shaped) or state.finding(self._shaped) is None:
            self.end()
        elif changed & (Changed.DECISIONS | Changed.RESULTS | Changed.LAYOUT | Changed.CHOSEN):
            self._show()

    def find(self) -> None:
        """A finding of the measure that is selected or was drawn last, else at the pointer: ask what it is."""
        state = self._sitting.state
        stack = state.chosen_stack
        if stack is None:
            return
        measure, pointed = source_measure(state), self._room.pointed
        if measure is not None:
            self._found = _of_measure(measure, stack.instances[0].aspect)
            title = BY_COMMAND[Command(f"tool-{measure.kind.value}")].title
            self._ask.ask(say("Of the measure: {kind}", kind=title), measure.text)
        elif pointed is not None and self._room.active.acquired is not None:
            self._found = _at_pointer(stack.id, pointed)
            self._ask.ask(say("At the pointer, slice {first}", first=pointed.slice_index + 1))
        elif self._room.active.cell.onto:
            self._sitting.noticed.emit(not_on_moved())
        else:
            words: tuple[Words, Words] = (
                say("Nothing is marked."),
                say("Measure it, or point at it, and press {key}.", key=key_text(Command.OWN_FINDING)),
            )
            self._sitting.noticed.emit(Notice(*words, bad=False))

    def _named(self, code: str, text: str) -> None:
        if self._found is not None:
            stack_id, shapes, measurements, in_pixels = self._found
            self._found = None
            self._sitting.add_own(stack_id, code, text, shapes, measurements, in_pixels=in_pixels)

    def _show(self) -> None:
        """Handles in every view of the finding's series."""
        state = self._sitting.state
        finding, owner = state.finding(self._shaped), state.owner(self._shaped)
        if finding is None or owner is None:
            return
        shapes = state.as_read(finding).shapes
        for cell in self._room.cells:
            layer = self._layer(cell)
            here = cell.cell.stack_id == owner.stack_id and not cell.cell.onto and cell.shown is not None
            stack = cell.stack
            grid = pixel_grid(stack.rows, stack.columns) if owner.in_pixels and stack is not None else None
            layer.show_shapes(shapes if here else (), grid)
            cell.show_shaped("", ())

    def _layer(self, cell: CellView) -> ShapeLayer:
        layer = self._layers.get(cell)
        if layer is None:
            layer = self._layers[cell] = ShapeLayer(cell.view)
            self._sitting.hands.append(layer)
            layer.shaping.connect(self._shaping)
            layer.shaped.connect(lambda shapes: self._sitting.reshape(self._shaped, shapes))
            layer.left.connect(self.end)
        return layer

    def _shaping(self, shapes: tuple[Shape, ...]) -> None:
        """Painted in all views while the hand pulls."""
        for cell in self._room.cells:
            cell.show_shaped(self._shaped, shapes)


def _of_measure(measure: Measure, aspect: tuple[float, float] | None) -> _Found:
    scale = Scale(aspect=aspect)
    return (measure.stack_id, shapes_from_measure(measure), measured_by(measure, scale), measure.in_pixels)


def _at_pointer(stack_id: str, pointed: CursorPoint) -> _Found:
    if pointed.position is not None:
        return (stack_id, (Point(at=pointed.position),), (), False)
    place = (float(pointed.column), float(pointed.row), float(pointed.slice_index))
    return (stack_id, (Point(at=place),), (), True)
