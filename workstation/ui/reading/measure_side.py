"""What was measured: from the state onto the views, and from the reader's hand into the state."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtCore import QObject

from workstation.domain.measure import Measure
from workstation.domain.series import Stack
from workstation.domain.words import say
from workstation.ui.keys import Command, key_text
from workstation.ui.reading.region_values import RegionValues
from workstation.ui.reading.stack_source import StackSource
from workstation.ui.sitting import Notice, Sitting
from workstation.ui.viewport.slice_view import SliceView
from workstation.ui.viewport.tools.board import BoardContent
from workstation.ui.work_runner import WorkView
from workstation.workspace import measures
from workstation.workspace.signing import held_until
from workstation.workspace.state import Changed

_SHOWN = Changed.CHOSEN | Changed.STACKS | Changed.LAYOUT | Changed.MEASURES | Changed.RESULTS | Changed.SIGNED


def not_on_moved() -> Notice:
    """Why nothing can be drawn on a series that was moved onto another one: it was bent until it fitted."""
    remedy = say("{key} shows it as it was acquired.", key=key_text(Command.LAYOUT_ONE))
    return Notice(
        say("Sizes in a series moved by registration may be wrong: nothing is measured in it."), remedy, bad=False
    )


class MeasureSide(QObject):
    """For all views of a sitting. `sources` tells each view that is seen, and what it shows."""

    def __init__(
        self,
        sitting: Sitting,
        sources: Callable[[], Iterable[tuple[SliceView, StackSource | None]]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._sitting, self._sources = sitting, sources
        self._values = RegionValues(sitting.runners.pictures, self)
        self._values.known.connect(lambda _id: self.show())
        self._asked: set[str] = set()
        self._shaped: Measure | None = None

    def take_view(self, view: SliceView) -> None:
        """Hear of what is done on one more view."""
        view.measure_drawn.connect(self._drawn)
        view.measure_shaping.connect(self._shaping)
        view.measure_deleted.connect(self._sitting.delete_measure)
        view.measure_refused.connect(lambda: self._sitting.noticed.emit(not_on_moved()))
        view.measure_selected.connect(
            lambda id_: self._sitting.apply(measures.select_measure(self._sitting.state, id_))
        )

    def show_changed(self, changed: Changed) -> None:
        if changed & _SHOWN:
            self.show()
        sought = self._sitting.state.sought
        if Changed.SOUGHT in changed and sought is not None:
            for view, source in self._sources():
                if source is not None and source.stack.id == sought.stack_id:
                    view.show_measure(sought)

    def show(self) -> None:
        """Put onto every view what was measured on its series."""
        for view, source in self._sources():
            if source is not None:
                self._ask_kept(source.stack)
                view.show_measures(self._content(source))
            else:
                view.show_measures(BoardContent(measurable=False))

    def _content(self, source: StackSource) -> BoardContent:
        state = self._sitting.state
        of_stack = state.measures.get(source.stack.id, ())
        shaped = self._shaped
        wanted = [measure for measure in of_stack if measure.kind.valued]
        if shaped is not None and shaped.stack_id == source.stack.id:
            wanted.append(shaped)
        known = {(one.id, one.points): self._values.of(one, source) for one in wanted}
        values = {key: valued for key, valued in known.items() if valued is not None}
        return BoardContent(
            stack_id=source.stack.id,
            measures=of_stack,
            selected=state.selected_measure,
            values=values,
            held_until=held_until(state, source.stack.id),
        )

    def _drawn(self, measure: Measure) -> None:
        self._shaped = None
        if measure.stack_id:  # else nobody has told the view yet what it shows
            self._sitting.put_measure(measure)

    def _shaping(self, measure: Measure) -> None:
        self._shaped = measure
        self.show()

    def _ask_kept(self, stack: Stack) -> None:
        """What earlier sittings left on this series, once."""
        if stack.id in self._asked:
            return
        self._asked.add(stack.id)
        self._sitting.runners.waiting.start(
            lambda _report, _cancel, _part: self._sitting.desk.measures(stack),
            WorkView[tuple[Measure, ...], None](
                finished=partial(self._take_kept, stack.id),
                failed=self._sitting.failed,
            ),
        )

    def _take_kept(self, stack_id: str, kept: tuple[Measure, ...]) -> None:
        self._sitting.apply(measures.take_measures(self._sitting.state, stack_id, kept))
