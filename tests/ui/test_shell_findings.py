"""Reading a result in the window: select, decide, comment, filter, undo; what is written, and over whom it is shown."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QSlider
from pytestqt.qtbot import QtBot

from tests.ui.fake_desk import LUNG, SOFT, FakeDesk
from tests.ui.window import analyse, choose, offscreen_dialog, open_study, said, window_on
from tests.workspace.sitting import NOON, result
from workstation.domain.answer import PlacementState
from workstation.domain.decision import Decision, DecisionState
from workstation.domain.finding import Basis
from workstation.ui.finding_delegate import Part
from workstation.ui.keys import Command
from workstation.ui.main_window import MainWindow
from workstation.workspace.findings import select_finding
from workstation.workspace.intents import EarlierResult, WindowSettings
from workstation.workspace.state import Reader


def reading(window: MainWindow, qtbot: QtBot) -> None:
    open_study(window, qtbot)
    qtbot.waitUntil(lambda: window.loaded)
    analyse(window, qtbot)


def click_row(window: MainWindow, qtbot: QtBot, finding_id: str, part: Part) -> None:
    rows = window.findings_panel.list
    area = rows.row_area(finding_id) if part is Part.ROW else rows.button_area(finding_id, part)
    at = area.center() if part is not Part.ROW else area.topLeft() + QPoint(80, 14)
    qtbot.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_a_series_without_a_result_says_so_and_leads_to_the_analyses(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        open_study(window, qtbot)
        assert "This series was not analysed yet." in said(window.findings_panel)


def test_a_result_lists_its_findings_with_size_place_and_confidence(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        reading(window, qtbot)
        rows = window.findings_panel.list
        qtbot.waitUntil(lambda: "slices" in rows.text_of("job1/1"))
        row = rows.text_of("job1/1").replace("\u00a0", " ")

        assert "1 · Nodule" in row
        assert "6.0 mm · 113 mm³ · slices 8–14 · confidence 0.92" in row
        assert "3 findings undecided" in said(window.findings_panel)


def test_a_selected_finding_is_gone_to_again_from_elsewhere(qtbot: QtBot) -> None:
    desk = FakeDesk()
    desk.made = EarlierResult(result(LUNG.id, confidences=(0.9,)), {})
    with window_on(desk, qtbot) as window:
        reading(window, qtbot)
        window.perform(Command.NEXT_FINDING)
        window.perform(Command.LAST_SLICE)
        window.perform(Command.NEXT_FINDING)  # the only one
        by_key = window.view.slice_index
        window.perform(Command.LAST_SLICE)
        qtbot.waitUntil(lambda: bool(window.findings_panel.list.text_of("job1/1")))
        click_row(window, qtbot, "job1/1", Part.ROW)

        assert (by_key, window.view.slice_index) == (10, 10)


def test_n_goes_to_the_next_finding_and_its_slice(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        reading(window, qtbot)
        qtbot.keyClick(window.view, Qt.Key.Key_N)
        assert (window.sitting.state.selected, window.view.slice_index) == ("job1/1", 10)
        qtbot.keyClick(window.view, Qt.Key.Key_N)
        assert (window.sitting.state.selected, window.view.slice_index) == ("job1/2", 15)
        qtbot.keyClick(window.view, Qt.Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
        assert window.sitting.state.selected == "job1/1"


def test_a_click_on_a_row_jumps_to_its_slice(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        reading(window, qtbot)
        click_row(window, qtbot, "job1/3", Part.ROW)

        assert window.view.slice_index == 20


def test_keys_decide_and_each_decision_is_written_at_once_with_the_reader(qtbot: QtBot) -> None:
    desk = FakeDesk()
    desk.start = WindowSettings(reader=Reader("Li", "radiologist"))
    with window_on(desk, qtbot) as window:
        reading(window, qtbot)
        qtbot.keyClick(window.view, Qt.Key.Key_N)
        qtbot.keyClick(window.view, Qt.Key.Key_A)
        qtbot.keyClick(window.view, Qt.Key.Key_N)
        qtbot.keyClick(window.view, Qt.Key.Key_X)
        qtbot.waitUntil(lambda: len(desk.decided) == 2)

    states = [(finding_id, decision.state, decision.by) for finding_id, decision in desk.decided]
    assert states == [("job1/1", DecisionState.ACCEPTED, "Li"), ("job1/2", DecisionState.REJECTED, "Li")]


def test_a_decision_without_a_selected_finding_is_asked_back(qtbot: QtBot) -> None:
    desk = FakeDesk()
    with window_on(desk, qtbot) as window:
        reading(window, qtbot)
        qtbot.keyClick(window.view, Qt.Key.Key_A)

        assert "No finding is selected." in said(window.notice_bar)
        assert desk.decided == []


def test_the_buttons_of_a_row_decide_and_take_back(qtbot: QtBot) -> None:
    desk = FakeDesk()
    with window_on(desk, qtbot) as window:
        reading(window, qtbot)
        click_row(window, qtbot, "job1/1", Part.ACCEPT)
        assert window.sitting.state.decision("job1/1").state is DecisionState.ACCEPTED
        click_row(window, qtbot, "job1/1", Part.ACCEPT)
        assert window.sitting.state.decision("job1/1").state is DecisionState.OPEN


def test_undo_and_redo_are_written_too(qtbot: QtBot) -> None:
    desk = FakeDesk()
    with window_on(desk, qtbot) as window:
        reading(window, qtbot)
        qtbot.keyClick(window.view, Qt.Key.Key_N)
        qtbot.keyClick(window.view, Qt.Key.Key_A)
        qtbot.keyClick(window.view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        qtbot.keyClick(window.view, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda: len(desk.decided) == 3)

    assert [d.state for _, d in desk.decided] == [DecisionState.ACCEPTED, DecisionState.OPEN, DecisionState.ACCEPTED]


def test_a_comment_is_typed_in_the_row_without_its_letters_being_commands(qtbot: QtBot) -> None:
    desk = FakeDesk()
    with window_on(desk, qtbot) as window:
        reading(window, qtbot)
        qtbot.keyClick(window.view, Qt.Key.Key_N)
        qtbot.keyClick(window.view, Qt.Key.Key_C)
        box = window.findings_panel.list.comment_box
        qtbot.keyClicks(box, "axon 3")
        qtbot.keyClick(box, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: bool(desk.decided))

        assert desk.last_decisions()["job1/1"].comment == "axon 3"
        assert window.sitting.state.decision("job1/1").state is DecisionState.OPEN
        assert "“axon 3”" in window.findings_panel.list.text_of("job1/1")


def test_escape_leaves_a_comment_as_it_was(qtbot: QtBot) -> None:
    desk = FakeDesk()
    with window_on(desk, qtbot) as window:
        reading(window, qtbot)
        qtbot.keyClick(window.view, Qt.Key.Key_N)
        qtbot.keyClick(window.view, Qt.Key.Key_C)
        box = window.findings_panel.list.comment_box
        qtbot.keyClicks(box, "no")
        qtbot.keyClick(box, Qt.Key.Key_Escape)

        assert not box.isVisible()
        assert window.sitting.state.decision("job1/1").comment == ""


@offscreen_dialog
def test_a_comment_that_is_left_is_kept_however_it_is_left(qtbot: QtBot) -> None:
    desk = FakeDesk()
    with window_on(desk, qtbot) as window:
        reading(window, qtbot)
        window.activateWindow()
        box = window.findings_panel.list.comment_box

        def typed(words: str) -> None:
            window.sitting.apply(select_finding(window.sitting.state, "job1/1"))
            window.perform(Command.COMMENT)
            qtbot.waitUntil(box.hasFocus)
            box.setText(words)

        def kept() -> str:
            return window.sitting.state.decision("job1/1").comment

        typed("to another")
        window.perform(Command.NEXT_FINDING)
        assert kept() == "to another"
        assert window.sitting.state.decision("job1/2").comment == ""
        typed("to the picture")
        window.view.setFocus(Qt.FocusReason.MouseFocusReason)
        assert kept() == "to the picture"
        typed("once")
        window.perform(Command.COMMENT)
        assert box.text() == "once"
        window.perform(Command.SIGN)
        assert kept() == "once"
        dialog = window.dialogs.current
        assert dialog is not None
        dialog.reject()
        typed("to the end")
    assert desk.last_decisions()["job1/1"].comment == "to the end"


def test_a_result_that_comes_leaves_what_a_reader_holds_in_the_hand(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        reading(window, qtbot)
        window.activateWindow()
        window.sitting.apply(select_finding(window.sitting.state, "job1/2"))
        window.perform(Command.COMMENT)
        box = window.findings_panel.list.comment_box
        box.setText("half typed")
        window.analysis_side.analyses._ended(EarlierResult(result(LUNG.id, job="job2"), {}))

        state = window.sitting.state
        assert state.selected == "job1/2"
        assert state.shown_result is not None
        assert state.shown_result.job.id == "job1"
        assert box.isVisible()
        assert box.text() == "half typed"
        assert "Another result of this series came." in said(window.notice_bar)

        window.sitting.apply(select_finding(state, ""))
        window.analysis_side.analyses._ended(EarlierResult(result(LUNG.id, job="job3"), {}))
        shown = window.sitting.state.shown_result
        assert shown is not None
        assert shown.job.id == "job3"


def test_the_threshold_hides_and_counts(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        reading(window, qtbot)
        window.findings_panel.findChild(QSlider).setValue(60)

        assert "2 of 3 shown" in said(window.findings_panel)
        assert "Confidence ≥ 0.60" in said(window.findings_panel)
        assert len(window.sitting.state.visible_findings) == 2


def test_there_is_no_threshold_where_nothing_has_a_confidence(qtbot: QtBot) -> None:
    desk = FakeDesk()
    desk.made = EarlierResult(result(LUNG.id, confidences=(None, None)), {})
    with window_on(desk, qtbot) as window:
        reading(window, qtbot)

        assert not window.findings_panel.findChild(QSlider).isVisible()


def test_no_findings_is_never_called_normal(qtbot: QtBot) -> None:
    desk = FakeDesk()
    desk.made = EarlierResult(result(LUNG.id, confidences=()), {})
    with window_on(desk, qtbot) as window:
        reading(window, qtbot)

        assert "None reported by DetectLungNodule (Lung nodules) at threshold 0.60." in said(window.findings_panel)


def test_a_result_is_not_shown_over_another_series(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        reading(window, qtbot)
        choose(window, qtbot, SOFT.id)

        assert window.view.painted == ()
        assert "This series was not analysed yet." in said(window.findings_panel)


def test_a_result_of_another_study_is_refused_with_words(qtbot: QtBot) -> None:
    desk = FakeDesk()
    desk.made = EarlierResult(result(LUNG.id, study="another"), {})
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        window.analysis_side.analyses.ask("lung-nodule", {"threshold": 0.6}, False)
        qtbot.waitUntil(window.notice_bar.isVisible)

        assert "This result belongs to another study." in said(window.notice_bar)
        assert window.sitting.state.results == {}


def test_a_contradicted_result_is_listed_but_not_painted(qtbot: QtBot) -> None:
    desk = FakeDesk()
    desk.made = EarlierResult(result(LUNG.id, placement=PlacementState.CONTRADICTED), {})
    with window_on(desk, qtbot) as window:
        reading(window, qtbot)
        qtbot.keyClick(window.view, Qt.Key.Key_N)

        assert "The findings are listed, but not painted." in said(window.findings_panel)
        assert window.view.painted == ()


def test_a_simulated_result_says_so_in_list_and_report(qtbot: QtBot) -> None:
    desk = FakeDesk()
    desk.made = EarlierResult(result(LUNG.id, basis=Basis.SIMULATED), {})
    with window_on(desk, qtbot) as window:
        reading(window, qtbot)

        assert "SIMULATED – NOT FOR DIAGNOSIS" in said(window.findings_panel)
        assert "SIMULATED – NOT FOR DIAGNOSIS" in said(window.report_panel)


def test_results_and_decisions_of_an_earlier_sitting_come_back_and_are_not_written_again(qtbot: QtBot) -> None:
    desk = FakeDesk()
    kept = {"job0/1": Decision(state=DecisionState.ACCEPTED, by="Wang", at=NOON)}
    desk.earlier = {LUNG.id: (EarlierResult(result(LUNG.id, job="job0"), kept),)}
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        qtbot.waitUntil(lambda: window.sitting.state.shown_result is not None)
        assert "2 findings undecided" in said(window.findings_panel)

    assert desk.decided == []


def test_an_older_result_of_the_series_can_be_chosen(qtbot: QtBot) -> None:
    desk = FakeDesk()
    desk.earlier = {LUNG.id: (EarlierResult(result(LUNG.id, job="job0", confidences=(0.9,)), {}),)}
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        qtbot.waitUntil(lambda: window.sitting.state.shown_result is not None)
        window.analysis_side.analyses.ask("lung-nodule", {"threshold": 0.6}, False)
        qtbot.waitUntil(lambda: len(window.sitting.state.results[LUNG.id]) == 2)
        window.findings_panel.result_asked.emit("job0")

        assert [f.id for f in window.sitting.state.visible_findings] == ["job0/1"]


def test_o_hides_the_marks(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        reading(window, qtbot)
        qtbot.keyClick(window.view, Qt.Key.Key_N)
        window.view.repaint()
        assert window.view.painted
        qtbot.keyClick(window.view, Qt.Key.Key_O)
        window.view.repaint()

        assert window.view.painted == ()
