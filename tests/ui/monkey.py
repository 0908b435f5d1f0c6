"""A reader who does anything: seeded random hands on the real program, its real records and its local cloud.

    python -m tests.ui.monkey --events 20000 --seed 1

Ends with 1 if something was raised, Qt complained, a decision was lost or the memory grew. Memory is compared in one
and the same state: now and then all is closed that can be, the first series is looked at in one view, and what nobody
holds any more is given back. The first fifth of the events is there to meet everything once; from then on nothing new
is opened or analysed, so that there is nothing more to hold.
"""

from __future__ import annotations

import argparse
import ctypes
import faulthandler
import gc
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QKeySequence, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QTabBar,
    QToolButton,
    QWidget,
)

from tests.ui.complaints import Complaints
from workstation.app import App
from workstation.domain.decision import OPEN, Decision, DecisionState
from workstation.domain.words import say
from workstation.imaging.phantom.make import PhantomOptions, make_phantom
from workstation.records import Records
from workstation.ui.heap import give_back
from workstation.ui.keys import KEYS, Command, key_of
from workstation.ui.main_window import MainWindow
from workstation.ui.reading import pictures
from workstation.ui.screen import QtScreen, application, rest, wait
from workstation.ui.viewport import kept_traces
from workstation.ui.window_dialogs import REPORT_FOLDER
from workstation.workspace.drawn_masks import can_draw
from workstation.workspace.findings import select_finding
from workstation.workspace.hanging import lay_out
from workstation.workspace.layouts import Layout
from workstation.workspace.opening import choose_stack
from workstation.workspace.state import Reader

_GLIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
_SPREAD = 12  # events between two looks at what was decided
_GROWTH = 1.05
_KEPT_BYTES = 2**20  # of volumes that nobody looks at: so few that what grows is no store, whichever was left last
_TRACE_BYTES = 2**20  # of cuts that a view keeps, likewise
_TOGETHER = 5  # times that memory was measured, of which the lowest counts: what is held for a while is no leak
_WARM_UP = 5  # one of these parts of all events
_WORDS = "ok 结节?<b>&%{x}\\'"
_BUTTONS = (Qt.MouseButton.LeftButton,) * 4 + (Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton)
_MODIFIERS = (Qt.KeyboardModifier.NoModifier,) * 6 + (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)
_DRAWING = tuple(command for command in Command if command.value.startswith("tool-"))
_COMMANDS = tuple(key.command for key in KEYS)
_TOURED = (Layout.NINE, Layout.MPR, Layout.COMPARE, Layout.FOUR, Layout.TWO, Layout.ONE)
_SCROLLED = (Command.TEN_ON, Command.TEN_BACK, Command.NEXT_SLICE, Command.NEXT_FINDING, Command.SHOW_FINDINGS)
_NOW_AND_THEN = frozenset(
    {
        Command.THEME,
        Command.LANGUAGE,
        Command.OPEN,
        Command.OPEN_FILES,
        Command.SIGN,
        Command.TEXTS,
        Command.FULL_SCREEN,
    }
)


class Monkey:
    """`act` does one thing. `decided`: what each finding was decided to be, as the reader saw it."""

    def __init__(self, window: MainWindow, folders: list[Path], seed: int, complaints: Complaints) -> None:
        self._window, self._folders, self._complaints = window, folders, complaints
        self._dice = random.Random(seed)
        self._at = QPoint(400, 400)
        self._held: set[Qt.MouseButton] = set()
        self._reports = 0
        self.settled = False  # from then on there is nothing new
        self.done: Counter[str] = Counter()
        self.decided: dict[str, Decision] = {}
        self._acts: list[tuple[int, str, Callable[[], object]]] = [
            (26, "command", self._command),
            (24, "mouse move", self._move),
            (9, "mouse press", self._press),
            (9, "mouse release", self._release),
            (9, "wheel", self._wheel),
            (3, "drawing tool", self._tool),
            (4, "decide", self._decide),
            (2, "type", self._type),
            (3, "button", self._button),
            (1, "tab", self._tab),
            (2, "series", self._series),
            (1, "drop a series", self._drop),
            (1, "draw on a picture", self._draw),
            (1, "undo", lambda: self._key(self._dice.choice((Command.UNDO, Command.REDO)))),
            (1, "resize", self._resize),
            (1, "double click", self._double_click),
        ]
        self._weights = [weight for weight, _, _ in self._acts]
        unblocking = QTimer(window, interval=60)  # a menu of a button waits in a loop of its own
        unblocking.timeout.connect(self._menu)
        unblocking.start()

    def act(self) -> None:
        app = QApplication
        if app.activePopupWidget() is not None:
            self._do("menu", self._menu)
        elif app.activeModalWidget() is not None:
            self._do("dialog", self._dialog)
        else:
            _, name, act = self._dice.choices(self._acts, self._weights)[0]
            self._do(name, act)
        QApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # as the loop of a running program does
        if self._dice.random() < 0.02:
            rest(0.03)
        if sum(self.done.values()) % _SPREAD == 0:
            self.look()

    def look(self) -> None:
        """What is decided by now."""
        self.decided = dict(self._window.sitting.state.decisions)

    def let_go(self) -> None:
        """Close all that stands open."""
        for button in tuple(self._held):
            QTest.mouseRelease(self._window, button, pos=self._at)
        self._held.clear()
        while (popup := QApplication.activePopupWidget()) is not None:
            popup.close()
            QApplication.processEvents()
        while (dialog := self._window.dialogs.current) is not None:
            dialog.reject()
            QApplication.processEvents()

    def tour(self) -> None:
        """Every series in every layout, so that whatever is kept of a series is kept from now on."""
        self.let_go()
        sitting = self._window.sitting
        for stack in sitting.state.stacks:
            sitting.apply(choose_stack(sitting.state, stack.id))
            for layout in _TOURED:
                sitting.apply(lay_out(sitting.state, layout))
                rest(0.1)
            until = time.monotonic() + 5
            while time.monotonic() < until and not self._window.loaded:
                rest(0.05)
            for _ in range(20):
                self._window.perform(self._dice.choice(_SCROLLED))
                rest(0.01)
        self._open_each()

    def _open_each(self) -> None:
        """Every menu, list and dialog, each of which keeps what its own window was painted on."""
        sitting, window = self._window.sitting, self._window
        sitting.apply(lay_out(sitting.state, Layout.NINE))
        rest(0.1)
        for view in window.grid.views:
            view.open_menu(view.mapToGlobal(view.rect().center()))
            self._close()
        for tab in (Command.SHOW_ANALYSES, Command.SHOW_FINDINGS, Command.SHOW_REPORT):
            window.perform(tab)
            rest(0.1)
            for button in [one for one in window.findChildren(QToolButton) if one.isVisible() and one.menu()]:
                button.menu().popup(button.mapToGlobal(button.rect().bottomLeft()))
                self._close()
            for box in [one for one in window.findChildren(QComboBox) if one.isVisible() and one.count()]:
                box.showPopup()
                self._close()
        for command in (Command.KEY_SHEET, Command.PALETTE, Command.SETTINGS, Command.SIGN, Command.TEXTS):
            window.perform(command)
            rest(0.1)
            self.let_go()

    def _close(self) -> None:
        """What was just opened, once it was painted."""
        rest(0.03)
        while (popup := QApplication.activePopupWidget()) is not None:
            popup.close()
            QApplication.processEvents()

    def settle(self) -> None:
        """One view of the first series, nothing open, nothing under way, and nothing kept that nobody needs."""
        window, sitting = self._window, self._window.sitting
        self.let_go()
        window._panes.dock()
        if window.text_side.window is not None:
            window.text_side.window.hide()
        window.showNormal()
        window.resize(1400, 900)
        chest = next(one for one in sitting.state.stacks if one.modality == "CT" and one.slices == 24)
        for stack in (*sitting.state.stacks, chest):  # through another one, so that cards are folded as at first
            sitting.apply(choose_stack(sitting.state, stack.id))
        for step in (choose_stack, lambda state, _: lay_out(state, Layout.ONE), lambda s, _: select_finding(s, "")):
            sitting.apply(step(sitting.state, chest.id))
        window.activateWindow()
        window.view.setFocus()
        rest(0.3)
        until = time.monotonic() + 5
        while time.monotonic() < until and any(runner.busy for runner in sitting.runners.all):
            rest(0.05)
        rest(0.1)
        gc.collect()
        if _GLIBC is not None:
            _GLIBC.malloc_trim(0)

    def _do(self, name: str, act: Callable[[], object]) -> None:
        self._complaints.last = f"{sum(self.done.values())} {name}"
        self.done[name] += 1
        act()

    # Keys

    def _command(self) -> None:
        command = self._dice.choice(_COMMANDS)
        if command not in _NOW_AND_THEN or self._dice.random() < 0.15:
            self._key(command)

    def _key(self, command: Command) -> None:
        self._complaints.last += f" {command.value}"
        if not key_of(command):  # taken away in the sheet of keys
            self._window.perform(command)
            return
        key = QKeySequence(key_of(command))[0]
        QTest.keyClick(self._focused(), key.key(), key.keyboardModifiers())

    def _focused(self) -> QWidget:
        return QApplication.focusWidget() or self._window

    def _write(self) -> None:
        target = self._focused()
        if isinstance(target, QLineEdit):
            target.insert(self._dice.choice(_WORDS))

    def _tool(self) -> None:
        self._window.view.setFocus()
        self._key(self._dice.choice(_DRAWING))

    def _type(self) -> None:
        self._write()
        key = self._dice.choice((Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Space))
        QTest.keyClick(self._focused(), key)

    def _decide(self) -> None:
        """Select, decide, and see at once that it is so."""
        sitting = self._window.sitting
        self._window.activateWindow()
        self._window.view.setFocus()
        self._key(Command.NEXT_FINDING)
        finding = sitting.state.selected
        result, found = sitting.state.owner(finding), sitting.state.finding(finding)
        if result is None or found is None or found.own:
            return
        signed = result.job.id in sitting.state.signed
        command = self._dice.choice((Command.ACCEPT, Command.REJECT, Command.COMMENT))
        before = sitting.state.decision(finding)
        self._window.view.setFocus()
        if QApplication.focusWidget() is not self._window.view or sitting.state.selected != finding:
            return  # another window is the active one
        self._key(command)
        if command is Command.COMMENT:
            box = self._focused()
            if isinstance(box, QLineEdit) and not signed:
                text = "".join(self._dice.choices(_WORDS, k=8)).strip()
                box.clear()
                box.insert(text)
                QTest.keyClick(box, Qt.Key.Key_Return)
                self._expect(sitting.state.decision(finding).comment.strip() == text, "a comment was not taken")
            return
        wanted = DecisionState.ACCEPTED if command is Command.ACCEPT else DecisionState.REJECTED
        now = sitting.state.decision(finding).state
        if signed:
            self._expect(sitting.state.decision(finding) == before, "a signed decision was changed")
        elif QApplication.activeModalWidget() is None:
            self._expect(now in (wanted, DecisionState.OPEN), f"{now} instead of {wanted}")
            self._expect(
                now is wanted or before.state is wanted,
                f"{before.state} became {now} by {wanted}, {finding} of {result.operation}",
            )

    def _expect(self, so: bool, else_: str) -> None:
        if not so:
            self._complaints.add(else_)

    # Mouse

    def _somewhere(self) -> QPoint:
        """In a view mostly, near where the pointer was as often as not."""
        if self._dice.random() < 0.5:
            near = self._at + QPoint(self._dice.randint(-40, 40), self._dice.randint(-40, 40))
            if self._window.rect().contains(near):
                return near
        views = [view for view in self._window.grid.views if view.isVisible()]
        inside: QWidget = self._dice.choice(views) if self._dice.random() < 0.92 else self._window
        at = QPoint(self._dice.randrange(max(1, inside.width())), self._dice.randrange(max(1, inside.height())))
        return inside.mapTo(self._window, at) if inside is not self._window else at

    def _under(self) -> tuple[QWidget, QPoint]:
        """What a press there reaches, and where in it."""
        widget = QWidget.mouseGrabber() or self._window.childAt(self._at) or self._window
        return widget, widget.mapFrom(self._window, self._at) if self._window.isAncestorOf(widget) else self._at

    def _move(self) -> None:
        self._at = self._somewhere()
        handle = self._window.windowHandle()
        QTest.mouseMove(handle, self._at)

    def _press(self) -> None:
        button = self._dice.choice(_BUTTONS)
        self._held.add(button)
        QTest.mousePress(self._window.windowHandle(), button, self._dice.choice(_MODIFIERS), self._at)

    def _release(self) -> None:
        if self._held:
            button = self._held.pop()
            QTest.mouseRelease(self._window.windowHandle(), button, self._dice.choice(_MODIFIERS), self._at)

    def _double_click(self) -> None:
        QTest.mouseDClick(self._window.windowHandle(), Qt.MouseButton.LeftButton, pos=self._at)

    def _wheel(self) -> None:
        widget, at = self._under()
        turned = self._dice.choice((-1200, -240, -120, -30, 30, 120, 240, 1200))
        event = QWheelEvent(
            QPointF(at),
            QPointF(widget.mapToGlobal(at)),
            QPoint(),
            QPoint(0, turned),
            Qt.MouseButton.NoButton,
            self._dice.choice(_MODIFIERS),
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(widget, event)

    def _button(self) -> None:
        """Any button or box that is seen in the window."""
        seen = [one for one in self._window.findChildren(QAbstractButton) if one.isVisible() and one.isEnabled()]
        boxes = [one for one in self._window.findChildren(QComboBox) if one.isVisible() and one.isEnabled()]
        if boxes and self._dice.random() < 0.2:
            box = self._dice.choice(boxes)
            if box.count():
                box.setCurrentIndex(self._dice.randrange(box.count()))
        elif seen:
            button = self._dice.choice(seen)
            self._complaints.last += f" {button.accessibleName() or button.text()}"
            if not (self.settled and button.text() == self._window.sitting.speech.tr(say("Analyse"))):
                button.click()

    def _tab(self) -> None:
        tabs = [one for one in self._window.findChildren(QTabBar) if one.isVisible() and one.count()]
        if tabs:
            bar = self._dice.choice(tabs)
            bar.setCurrentIndex(self._dice.randrange(bar.count()))

    def _menu(self) -> None:
        popup = QApplication.activePopupWidget()
        keys = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Escape)
        if popup is not None:
            QTest.keyClick(popup, self._dice.choice(keys))

    def _dialog(self) -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QFileDialog):  # never into the folders of this PC
            asks_where = dialog.windowTitle() == self._window.sitting.speech.tr(REPORT_FOLDER)
            if self._dice.random() < 0.5 and self._reports < 20 and not (asks_where and self.settled):
                self._reports += 1
                dialog.filesSelected.emit([str(self._dice.choice(self._folders))])
            dialog.reject()
        elif dialog is not None and (buttons := dialog.findChildren(QAbstractButton)) and self._dice.random() < 0.5:
            seen = [one for one in buttons if one.isVisible() and one.isEnabled()]
            if seen:
                button = self._dice.choice(seen)
                self._complaints.last += f" {type(dialog).__name__} {button.accessibleName() or button.text()}"
                button.click()
        elif dialog is not None and self._dice.random() < 0.5:
            self._write()
        elif dialog is not None:
            QTest.keyClick(dialog, Qt.Key.Key_Escape)

    # Series and sizes

    def _series(self) -> None:
        stacks = self._window.sitting.state.stacks
        if stacks:
            self._window.browser.stack_asked.emit(self._dice.choice(stacks).id)

    def _drop(self) -> None:
        stacks, views = self._window.sitting.state.stacks, self._window.grid.views
        if stacks:
            self._window.grid.series_dropped.emit(self._dice.randrange(len(views)), self._dice.choice(stacks).id)
        if self._dice.random() < 0.05:
            self._window.open([self._dice.choice(self._folders)])

    def _draw(self) -> None:
        """A stroke or a corner on a photograph, taken back in the middle of it now and then."""
        pictures = [one for one in self._window.sitting.state.stacks if can_draw(one)]
        if not pictures:
            return
        self._window.browser.stack_asked.emit(self._dice.choice(pictures).id)
        view = self._window.view
        self._window.perform(self._dice.choice((Command.TOOL_BRUSH, Command.TOOL_ERASER, Command.TOOL_POLYGON)))
        at = [QPoint(self._dice.randrange(view.width()), self._dice.randrange(view.height())) for _ in range(4)]
        QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=at[0])
        for point in at[1:]:
            QTest.mouseMove(view, point)
        if self._dice.random() < 0.2:
            self._window.perform(self._dice.choice((Command.UNDO, Command.REDO, Command.NEXT_SERIES)))
        QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=at[-1])

    def _resize(self) -> None:
        self._window.resize(self._dice.randint(960, 1700), self._dice.randint(600, 1100))


def run(home: Path, events: int, seed: int, *, every: int = 500) -> tuple[list[str], list[float]]:
    """Complaints, and the memory (MB) after each `every` events."""
    os.environ["YINGTAI_HOME"] = str(home / "home")
    data = home / "data"
    small = PhantomOptions(slices=24, size=128, spacing_mm=6.0)
    make_phantom("chest-ct", data / "one", 3, small)
    make_phantom("chest-ct", data / "later", 3, PhantomOptions(slices=20, size=128, spacing_mm=6.0, follow_up=True))
    make_phantom("chest-ct", data / "tilted", 4, PhantomOptions(slices=16, size=96, spacing_mm=8.0, tilt_deg=12.0))
    application(offscreen=True)
    photo = QImage(240, 180, QImage.Format.Format_RGB32)
    photo.fill(QColor(180, 140, 120))
    photo.save(str(data / "photo.png"))
    program = App()
    (home / "out").mkdir()
    window = QtScreen(program.desk).window()
    window.resize(1400, 900)
    window.show()
    window.start()
    complaints = Complaints()
    memory = []
    pictures.KEPT_BYTES = _KEPT_BYTES  # type: ignore[misc]
    kept_traces.MOST_BYTES = _TRACE_BYTES  # type: ignore[misc]
    with complaints.heard():
        _prepare(window, data)
        monkey = Monkey(window, [data, home / "out", data / "one"], seed, complaints)
        for number in range(1, events + 1):
            monkey.act()
            if not window.isVisible():
                complaints.add("the window is gone")
                break
            if number % every == 0:
                if not monkey.settled and number >= events // _WARM_UP:
                    monkey.settled = True
                    window.open([data, home / "out"])  # with the reports that were written
                    wait(lambda: not window.sitting.state.scanning)
                    monkey.tour()
                monkey.settle()
                memory.append(_megabytes())
                print(number, f"{memory[-1]:.0f} MB", len(complaints.said), flush=True)
        complaints.last = "closing"
        monkey.let_go()
        rest(0.5)
        monkey.look()
        window.close()
        program.close()
        window.deleteLater()
        rest(0.1)
    print(dict(monkey.done))
    lost = _lost(home, monkey.decided)
    return [*complaints.said, *lost], memory


def _prepare(window: MainWindow, data: Path) -> None:
    """A reader, a study open, one real result of the local cloud, and its report."""
    wait(lambda: bool(window.analysis_side.connections))
    window.report_panel.reader_changed.emit(Reader("Li", "radiologist"))
    window.open([data])
    wait(lambda: window.loaded and not window.sitting.state.scanning)
    chest = next(one for one in window.sitting.state.stacks if one.modality == "CT" and one.slices == 24)
    window.browser.stack_asked.emit(chest.id)

    def asked() -> bool:
        buttons = [one for one in window.analysis_panel.findChildren(QAbstractButton) if one.text() == "Analyse"]
        for button in buttons[:1]:
            button.click()
        return bool(buttons)

    wait(asked)
    wait(lambda: window.sitting.state.shown_result is not None)
    # What is loaded when it is first needed, is not what grows.
    window.report_panel.write_asked.emit(window.report_panel.report_language)
    dialog = window.dialogs.current
    assert isinstance(dialog, QFileDialog)
    dialog.filesSelected.emit([str(data.parent / "out")])
    dialog.reject()
    wait(lambda: any((data.parent / "out").rglob("report.pdf")))


def _lost(home: Path, decided: dict[str, Decision]) -> list[str]:
    """What the reader had decided at the end and the records don't have."""
    path = next(home.rglob("records.sqlite"))
    with Records(path) as records:
        kept = {job: records.decisions.of_job(job) for job in {name.rsplit("/", 1)[0] for name in decided}}
        lost = []
        for name, decision in decided.items():
            found = kept[name.rsplit("/", 1)[0]].get(name, OPEN)
            same = (found.state, found.comment, found.shapes) == (decision.state, decision.comment, decision.shapes)
            if not same:
                lost.append(f"lost: {decision.state} {decision.comment!r} is {found.state} {found.comment!r}")
    print(len(decided), "decisions compared", *lost, sep="\n")
    return lost


def _megabytes() -> float:
    give_back()  # as the program does every ten seconds: what is measured is what it holds
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> int:
    faulthandler.enable()
    faulthandler.dump_traceback_later(int(os.environ.get("MONKEY_DUMP_S", "100000")), repeat=True)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        said, memory = run(Path(name), options.events, options.seed)
    grown = False
    if len(memory) > 8:
        warm = len(memory) // _WARM_UP
        met, end = (min(part) for part in (memory[warm : warm + _TOGETHER], memory[-_TOGETHER:]))
        grown = end > _GROWTH * met
        print(f"memory: {met:.0f} MB once everything was met, {end:.0f} MB at the end")
    print(f"{options.events} events in {time.monotonic() - started:.0f} s, {len(said)} complaints")
    return 1 if said or grown else 0


if __name__ == "__main__":
    sys.exit(main())
