"""Cards, consent, jobs and reports in the window."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QDoubleSpinBox, QFileDialog, QLabel, QTreeWidget
from pytestqt.qtbot import QtBot

from tests.ui.fake_desk import LUNG, SOFT, TITLE, FakeDesk
from tests.ui.window import analyse, buttons, choose, offscreen_dialog, open_study, press, said, window_on
from workstation.domain.covering import Subject
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.sentences import sentence
from workstation.domain.words import Language, say
from workstation.imaging.phantom.make import PhantomOptions, make_phantom
from workstation.imaging.series.scan import scan
from workstation.ui.consent_dialog import ConsentDialog
from workstation.ui.main_window import MainWindow
from workstation.ui.resolve_dialog import ListedDialog, ResolveDialog
from workstation.ui.sitting import Notice
from workstation.workspace.intents import AnalysisRequest
from workstation.workspace.jobs import JobLine, Resolution

UNKNOWN = JobLine(
    id="j9",
    title=TITLE,
    state=say("outcome unknown"),
    error=sentence(WorkstationError(ErrorCode.OUTCOME_UNKNOWN)).says,
    needs_decision=True,
)
STOPPED = JobLine(
    id="j8",
    title=TITLE,
    state=say("stopped"),
    error=sentence(WorkstationError(ErrorCode.UNREACHABLE)).says,
    remedy=sentence(WorkstationError(ErrorCode.UNREACHABLE)).remedy,
    resumable=True,
)


def to_cloud(window: MainWindow, qtbot: QtBot) -> None:
    combo = window.analysis_panel.findChild(QComboBox)
    combo.setCurrentIndex(1)
    qtbot.waitUntil(lambda: window.analysis_side.analyses.connection == "aliyun")


def test_a_card_says_every_reason_and_whose_limit_it_is(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        open_study(window, qtbot)
        choose(window, qtbot, SOFT.id)
        qtbot.waitUntil(lambda: "does not fit" in said(window.analysis_panel))
        words = said(window.analysis_panel)

        assert "19 slices; at least 20 are needed. The service's own limit." in words
        assert "The slices are sagittal; axial is needed. Our limit" in words
        assert not buttons(window.analysis_panel, "Analyse")


def test_the_better_series_is_one_click_away(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        open_study(window, qtbot)
        choose(window, qtbot, SOFT.id)
        qtbot.waitUntil(lambda: bool(buttons(window.analysis_panel, "Show series 4")))
        assert "Better: series 4 – 1 mm" in said(window.analysis_panel)
        press(window.analysis_panel, qtbot, "Show series 4")

        assert window.sitting.state.chosen == LUNG.id


def test_on_the_local_connection_nobody_is_asked_and_the_chosen_value_is_sent(qtbot: QtBot) -> None:
    desk = FakeDesk()
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        qtbot.waitUntil(lambda: bool(buttons(window.analysis_panel, "Analyse")))
        window.analysis_panel.findChild(QDoubleSpinBox).setValue(0.75)
        analyse(window, qtbot)

        assert window.analysis_side.dialog is None
        assert desk.asked[0].parameters == {"threshold": 0.75}
        assert desk.asked[0].connection == "local"


def test_a_repair_of_pixels_has_to_be_agreed_to(qtbot: QtBot) -> None:
    desk = FakeDesk()
    desk.repair = True
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        qtbot.waitUntil(lambda: bool(buttons(window.analysis_panel, "Analyse")))
        assert not buttons(window.analysis_panel, "Analyse")[0].isEnabled()
        window.analysis_panel.findChild(QCheckBox).setChecked(True)
        analyse(window, qtbot)

        assert desk.asked[0].repair


@offscreen_dialog
def test_nothing_is_sent_before_the_person_agrees_and_enter_alone_does_not_agree(qtbot: QtBot) -> None:
    desk = FakeDesk()
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        to_cloud(window, qtbot)
        qtbot.waitUntil(lambda: bool(buttons(window.analysis_panel, "Analyse")))
        press(window.analysis_panel, qtbot, "Analyse")
        qtbot.waitUntil(lambda: window.analysis_side.dialog is not None)
        dialog = window.analysis_side.dialog
        assert isinstance(dialog, ConsentDialog)
        assert "30 slices, pixels unchanged" in said(dialog)
        assert "¥2.40" in said(dialog)
        qtbot.keyClick(QApplication.focusWidget() or dialog, Qt.Key.Key_Return)

        assert not dialog.isVisible()
        assert desk.asked == []
        assert window.analysis_side.analyses.busy == frozenset()


@offscreen_dialog
def test_consent_shows_every_tag_and_sends_when_agreed(qtbot: QtBot) -> None:
    desk = FakeDesk()
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        to_cloud(window, qtbot)
        window.analysis_side.analyses.ask("lung-nodule", {"threshold": 0.6}, False)
        qtbot.waitUntil(lambda: window.analysis_side.dialog is not None)
        dialog = window.analysis_side.dialog
        assert dialog is not None
        press(dialog, qtbot, "Show every tag")
        tree = dialog.findChild(QTreeWidget)
        assert tree.isVisible()
        item = tree.topLevelItem(0)
        assert item is not None
        assert item.text(1) == "PatientName"
        press(dialog, qtbot, "Send and analyse")
        qtbot.waitUntil(lambda: bool(desk.asked))

        assert desk.asked[0].connection == "aliyun"
        assert desk.asked[0].limit_yuan == 2.4  # what the dialog said, whatever the price is by then


@pytest.mark.long
@offscreen_dialog
def test_any_series_can_be_covered_before_it_is_sent(qtbot: QtBot, tmp_path: Path) -> None:
    make_phantom("chest-ct", tmp_path, options=PhantomOptions(slices=61, size=32, spacing_mm=5.0))
    (stack,) = scan([tmp_path]).stacks
    desk = FakeDesk(stack)
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        to_cloud(window, qtbot)
        window.analysis_side.analyses.ask("lung-nodule", {"threshold": 0.6}, False)
        qtbot.waitUntil(lambda: window.analysis_side.dialog is not None)
        first = window.analysis_side.dialog
        assert isinstance(first, ConsentDialog)
        press(first, qtbot, "Cover…")
        qtbot.waitUntil(lambda: window.analysis_side.dialog not in (None, first))
        dialog = window.analysis_side.dialog
        assert isinstance(dialog, ConsentDialog)
        (cover,) = dialog.covers
        assert desk.asked == []
        qtbot.keyClick(cover.picture, Qt.Key.Key_B)
        cover.looked.setChecked(True)
        press(dialog, qtbot, "Send and analyse")
        qtbot.waitUntil(lambda: bool(desk.asked))

        assert desk.asked[0].covering.count(Subject.DRAWN) == 1


def test_a_job_names_its_series_and_a_place_that_is_not_this_pc(qtbot: QtBot) -> None:
    desk = FakeDesk()
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        qtbot.waitUntil(lambda: window.loaded)
        to_cloud(window, qtbot)
        desk.gate.clear()
        window.analysis_side.analyses.run(
            AnalysisRequest(stack=LUNG, operation="lung-nodule", connection="aliyun", parameters={})
        )
        qtbot.waitUntil(lambda: "uploading" in said(window.jobs_strip))

        assert "Lung nodules · Lung 1.0 · Alibaba" in said(window.jobs_strip)
        desk.gate.set()


def test_a_running_job_is_cancelled_from_its_tile_and_says_how_it_ended(qtbot: QtBot) -> None:
    desk = FakeDesk()
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        qtbot.waitUntil(lambda: window.loaded)
        desk.gate.clear()
        window.analysis_side.analyses.ask("lung-nodule", {"threshold": 0.6}, False)
        qtbot.waitUntil(lambda: "uploading" in said(window.jobs_strip))
        press(window.jobs_strip, qtbot, "Cancel this job")
        qtbot.waitUntil(lambda: "cancelled" in said(window.jobs_strip))
        assert desk.cancelled == ["job1"]
        assert not window.notice_bar.isVisible()
        press(window.jobs_strip, qtbot, "Put away")

        assert window.sitting.state.jobs == ()


def test_a_second_click_is_not_a_second_job(qtbot: QtBot) -> None:
    desk = FakeDesk()
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        qtbot.waitUntil(lambda: window.loaded)
        desk.gate.clear()
        qtbot.waitUntil(lambda: bool(buttons(window.analysis_panel, "Analyse")))
        press(window.analysis_panel, qtbot, "Analyse")
        window.analysis_side.analyses.ask("lung-nodule", {"threshold": 0.6}, False)
        qtbot.waitUntil(lambda: bool(desk.asked))
        assert not buttons(window.analysis_panel, "Analysing…")[0].isEnabled()
        desk.gate.set()
        qtbot.waitUntil(lambda: window.sitting.state.shown_result is not None)

        assert len(desk.asked) == 1
        assert window.analysis_side.analyses.busy == frozenset()


def test_a_job_that_stopped_can_be_cancelled_for_good_and_resumed_with_the_open_series(qtbot: QtBot) -> None:
    desk = FakeDesk()
    desk.pending = (STOPPED,)
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        qtbot.waitUntil(lambda: bool(buttons(window.jobs_strip, "Resume")))
        press(window.jobs_strip, qtbot, "Resume")
        qtbot.waitUntil(lambda: desk.resumed == ["j8"])
        assert desk.resumed_with == window.sitting.state.stacks  # copies may have to be made anew

        press(window.jobs_strip, qtbot, "Cancel this job")
        qtbot.waitUntil(lambda: "cancelled" in said(window.jobs_strip))
        assert desk.cancelled == ["j8"]


def test_jobs_of_an_earlier_sitting_are_listed_and_resumed(qtbot: QtBot) -> None:
    desk = FakeDesk()
    desk.pending = (STOPPED,)
    with window_on(desk, qtbot) as window:
        qtbot.waitUntil(lambda: "can't be reached" in said(window.jobs_strip))
        press(window.jobs_strip, qtbot, "Resume")
        qtbot.waitUntil(lambda: desk.resumed == ["j8"])


@offscreen_dialog
def test_an_unknown_outcome_is_decided_by_a_person(qtbot: QtBot) -> None:
    desk = FakeDesk()
    desk.pending = (UNKNOWN,)
    with window_on(desk, qtbot) as window:
        qtbot.waitUntil(lambda: bool(buttons(window.jobs_strip, "Decide…")))
        press(window.jobs_strip, qtbot, "Decide…")
        dialog = window.analysis_side.dialog
        assert isinstance(dialog, ResolveDialog)
        assert "charged twice" in said(dialog)
        press(dialog, qtbot, "Ask the service")
        qtbot.waitUntil(lambda: desk.resolved == [("j9", Resolution.ASK_AGAIN)])


@offscreen_dialog
def test_a_person_says_which_job_of_the_services_list_it_is(qtbot: QtBot) -> None:
    desk = FakeDesk()
    desk.pending, desk.listed = (UNKNOWN,), ("NUMBER-1", "NUMBER-2")
    with window_on(desk, qtbot) as window:
        qtbot.waitUntil(lambda: bool(buttons(window.jobs_strip, "Decide…")))
        press(window.jobs_strip, qtbot, "Decide…")
        assert window.analysis_side.dialog is not None
        press(window.analysis_side.dialog, qtbot, "Ask the service")
        qtbot.waitUntil(lambda: isinstance(window.analysis_side.dialog, ListedDialog))
        assert window.analysis_side.dialog is not None
        assert "may be: NUMBER-1, NUMBER-2." in said(window.analysis_side.dialog)
        press(window.analysis_side.dialog, qtbot, "Go on with NUMBER-2")
        qtbot.waitUntil(lambda: desk.numbers == ["NUMBER-2"])
        assert desk.resolved == [("j9", Resolution.ASK_AGAIN)]


@offscreen_dialog
def test_deciding_later_decides_nothing(qtbot: QtBot) -> None:
    desk = FakeDesk()
    desk.pending = (UNKNOWN,)
    with window_on(desk, qtbot) as window:
        qtbot.waitUntil(lambda: bool(buttons(window.jobs_strip, "Decide…")))
        press(window.jobs_strip, qtbot, "Decide…")
        assert window.analysis_side.dialog is not None
        press(window.analysis_side.dialog, qtbot, "Decide later")

        assert desk.resolved == []


@offscreen_dialog
def test_a_report_is_written_where_the_reader_chose_with_missing_glyphs_told(qtbot: QtBot, tmp_path: Path) -> None:
    desk = FakeDesk()
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        analyse(window, qtbot)
        window.report_panel.write_asked.emit(Language.CHINESE)
        dialog = window.dialogs.current
        assert isinstance(dialog, QFileDialog)
        dialog.filesSelected.emit([str(tmp_path)])
        qtbot.waitUntil(lambda: "report.pdf" in said(window.report_panel))

        assert (desk.reports[0].folder, desk.reports[0].language) == (tmp_path, Language.CHINESE)
        assert set(desk.reports[0].decisions) == {"job1/1", "job1/2", "job1/3"}
        assert "U+2A6A5" in said(window.report_panel)
        assert "Draft, unsigned" in said(window.report_panel)
        dialog.reject()


def test_after_closing_nothing_is_asked_of_the_desk_and_what_was_decided_is_written(qtbot: QtBot) -> None:
    desk = FakeDesk()
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        analyse(window, qtbot)
        for _ in range(3):
            qtbot.keyClick(window.view, Qt.Key.Key_N)
            qtbot.keyClick(window.view, Qt.Key.Key_A)
    QApplication.processEvents()

    assert desk.closed
    assert len(desk.decided) == 3
    assert desk.after_close == []


def test_a_notice_leaves_the_line_of_files_left_out_in_sight(qtbot: QtBot) -> None:
    desk = FakeDesk()
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        window.sitting.failed(WorkstationError(ErrorCode.OVER_MONTH_LIMIT, total=2.4, limit=0.0))
        qtbot.waitUntil(window.notice_bar.isVisible)
        window.resize(1000, 640)

        def inside_the_picture() -> None:
            view, bar = window.view, window.notice_bar
            left = view.mapTo(window, view.rect().topLeft())
            at = bar.mapTo(window, bar.rect().topLeft())
            assert (at.x(), bar.width()) == (left.x(), view.width())
            assert at.y() + bar.height() == left.y() + view.height()

        qtbot.waitUntil(lambda: inside_the_picture() is None)


def test_the_first_notice_shows_both_of_its_lines_whole(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        bar = window.notice_bar
        bar.show_notice(Notice(say("Let go to open it."), say("Nothing leaves this PC by it."), bad=False))
        lines = [label for label in bar.findChildren(QLabel) if label.isVisibleTo(bar)]
        assert len(lines) == 2
        qtbot.waitUntil(lambda: all(label.height() >= label.fontMetrics().height() for label in lines))


@offscreen_dialog
def test_the_consent_s_buttons_stay_on_the_screen_when_it_grows(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        open_study(window, qtbot)
        to_cloud(window, qtbot)
        window.analysis_side.analyses.ask("lung-nodule", {"threshold": 0.6}, False)
        qtbot.waitUntil(lambda: window.analysis_side.dialog is not None)
        dialog = window.analysis_side.dialog
        assert dialog is not None
        bottom = dialog.screen().availableGeometry().bottom()
        dialog.move(0, bottom - dialog.frameGeometry().height())
        press(dialog, qtbot, "Show every tag")

        assert dialog.frameGeometry().bottom() <= bottom
        dialog.reject()
