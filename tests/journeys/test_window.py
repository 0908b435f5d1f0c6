"""A whole reading in the real window, with mouse and keys only: from the drop of a folder to the signed report."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pypdf
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from tests.ui.window import buttons, offscreen_dialog, press
from workstation.app import App
from workstation.domain.decision import DecisionState
from workstation.domain.measure import MeasureKind
from workstation.records import Records
from workstation.ui.keys import Command, hands
from workstation.ui.main_window import MainWindow
from workstation.ui.screen import QtScreen
from workstation.ui.sign_dialog import SignDialog
from workstation.workspace.state import Reader

LONG_MS = 120_000  # an analysis beside other tests


@pytest.fixture
def window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> Iterator[MainWindow]:
    """The program as it is, with a home of its own."""
    monkeypatch.setenv("YINGTAI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LANG", "en")
    program = App()
    made = QtScreen(program.desk).window()
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    made.start()
    yield made
    made.close()
    program.close()


def drop(window: MainWindow, folder: Path) -> None:
    """As a file manager does it."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(folder))])
    middle, copy = QPoint(window.width() // 2, window.height() // 2), Qt.DropAction.CopyAction
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(window, QDragEnterEvent(middle, copy, mime, left, none))
    QApplication.sendEvent(window, QDropEvent(QPointF(middle), copy, mime, left, none))


def type_key(window: MainWindow, qtbot: QtBot, command: Command) -> None:
    """The key of a command, wherever the focus is."""
    key = QKeySequence(hands().keys.keys[command.value])[0]
    qtbot.keyClick(QApplication.focusWidget() or window.view, key.key(), key.keyboardModifiers())


def drag(window: MainWindow, qtbot: QtBot, start: QPoint, end: QPoint) -> None:
    left = Qt.MouseButton.LeftButton
    qtbot.mousePress(window.view, left, pos=start)
    qtbot.mouseMove(window.view, (start + end) / 2)
    qtbot.mouseMove(window.view, end)
    qtbot.mouseRelease(window.view, left, pos=end)


@offscreen_dialog
def test_from_the_drop_of_a_folder_to_the_signed_report(
    window: MainWindow, study: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    sitting = window.sitting
    qtbot.waitUntil(lambda: bool(window.analysis_side.connections))
    sitting.set_reader(Reader("Li Wei", "radiologist"))

    drop(window, study)
    qtbot.waitUntil(lambda: window.loaded and not sitting.state.scanning, timeout=LONG_MS)
    stack = sitting.state.chosen_stack
    assert stack is not None
    assert stack.geometry is not None
    first = window.view.slice_index
    type_key(window, qtbot, Command.NEXT_SLICE)
    type_key(window, qtbot, Command.WINDOW_LUNG)
    assert window.view.slice_index == first + 1
    assert window.view.window_shown is not None
    assert window.view.window_shown.width == 1500

    type_key(window, qtbot, Command.TOOL_LENGTH)
    start, end = QPoint(200, 200), QPoint(300, 200)
    drag(window, qtbot, start, end)
    (length,) = sitting.state.measures[stack.id]
    inverse, _ = window.view.to_widget().inverted()
    wide = inverse.map(QPointF(end)).x() - inverse.map(QPointF(start)).x()
    assert length.kind is MeasureKind.LENGTH
    assert abs(length.points[1][0] - length.points[0][0]) == pytest.approx(wide * stack.geometry.spacing[1], abs=0.01)
    type_key(window, qtbot, Command.TOOL_WINDOW)

    qtbot.waitUntil(lambda: bool(buttons(window.analysis_panel, "Analyse")), timeout=LONG_MS)
    press(window.analysis_panel, qtbot, "Analyse")
    qtbot.waitUntil(lambda: sitting.state.shown_result is not None, timeout=LONG_MS)
    result = sitting.state.shown_result
    assert result is not None
    assert result.findings

    window.view.setFocus()
    type_key(window, qtbot, Command.NEXT_FINDING)
    chosen = sitting.state.selected
    type_key(window, qtbot, Command.ACCEPT)
    assert sitting.state.decision(chosen).state is DecisionState.ACCEPTED
    type_key(window, qtbot, Command.UNDO)
    assert sitting.state.decision(chosen).state is DecisionState.OPEN
    type_key(window, qtbot, Command.REDO)
    assert sitting.state.decision(chosen).state is DecisionState.ACCEPTED

    type_key(window, qtbot, Command.SIGN)
    dialog = window.dialogs.current
    assert isinstance(dialog, SignDialog)
    for tick in dialog.ticks:
        qtbot.keyClick(tick, Qt.Key.Key_Space)
    qtbot.mouseClick(dialog.sign, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: result.job.id in sitting.state.signed, timeout=LONG_MS)
    window.view.setFocus()
    type_key(window, qtbot, Command.REJECT)
    assert sitting.state.decision(chosen).state is DecisionState.ACCEPTED

    type_key(window, qtbot, Command.SHOW_REPORT)
    press(window.report_panel, qtbot, "Write report…")
    asked = window.dialogs.current
    assert isinstance(asked, QFileDialog)
    (tmp_path / "out").mkdir()
    asked.filesSelected.emit([str(tmp_path / "out")])
    asked.reject()
    qtbot.waitUntil(lambda: any((tmp_path / "out").rglob("report.pdf")), timeout=LONG_MS)
    (report,) = (tmp_path / "out").rglob("report.pdf")
    window.close()

    text = "".join(page.extract_text() for page in pypdf.PdfReader(report).pages)
    assert "signed by Li Wei, radiologist" in text
    with Records(next((tmp_path / "home").rglob("records.sqlite"))) as records:
        kept = records.decisions.of_job(result.job.id)
        assert kept[chosen].state is DecisionState.ACCEPTED
        assert kept[chosen].by == "Li Wei"
        assert [one.points for one in records.measures.of_stack(stack.id)] == [length.points]
        assert records.signings.of_job(result.job.id) is not None
