"""Several views in one window: each shows its own series, the active one is what cards and findings are about."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QScrollArea, QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.fake_desk import LUNG, SOFT, FakeDesk
from tests.ui.window import analyse, buttons, choose, open_study, said, window_on
from tests.workspace.sitting import result, stack
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.hanging_rule import HangingRule
from workstation.domain.series import Stack, VoiWindow
from workstation.domain.volume import ResultVolume
from workstation.domain.words import Language
from workstation.ui.keys import Command
from workstation.ui.main_window import MainWindow
from workstation.ui.study_rows import SERIES_MIME
from workstation.workspace.intents import EarlierResult, WindowSettings
from workstation.workspace.layouts import Layout

NEAR = replace(LUNG, frame_of_reference_uid="1.9")


def _thick(frame: str = "1.9") -> Stack:
    """The same body in slices of 3 mm, the first one 1.5 mm higher."""
    thick = stack("1.2.4#0", number=3, slices=10, description="Mediastinum 3.0")
    assert thick.geometry is not None
    places = np.array([[0.0, 0.0, 1.5 + 3 * k] for k in range(10)])
    return replace(thick, geometry=replace(thick.geometry, positions=places), frame_of_reference_uid=frame)


def _registering(*more: Stack) -> FakeDesk:
    """Its analysis moves the thick series, of another frame of reference, onto the thin one."""
    desk = FakeDesk(LUNG, _thick("2.9"), *more)
    assert LUNG.geometry is not None
    affine = LUNG.geometry.affine()
    assert affine is not None
    moved = ResultVolume(name="m", values=np.full((32, 32, 30), 77, np.int16), to_patient=affine[:, [2, 1, 0, 3]])
    answer = replace(result(LUNG.id, confidences=()), moving_id="1.2.4#0", volumes=(moved,))
    desk.made = EarlierResult(answer, {})
    return desk


def _two(window: MainWindow, qtbot: QtBot) -> None:
    open_study(window, qtbot)
    window.perform(Command.LAYOUT_TWO)
    qtbot.waitUntil(lambda: all(cell.source is not None and cell.source.loaded for cell in window.reading_room.cells))


def _names(window: MainWindow) -> list[str]:
    return [view.accessibleDescription() for view in window.grid.views]


def test_two_views_show_two_series(qtbot: QtBot) -> None:
    with window_on(FakeDesk(LUNG, SOFT), qtbot) as window:
        _two(window, qtbot)

        first, second = _names(window)
        assert "Lung 1.0" in first
        assert "Mediastinum 3.0" in second
        assert all(view.isVisible() for view in window.grid.views)


def test_a_click_makes_a_view_the_active_one(qtbot: QtBot) -> None:
    with window_on(FakeDesk(LUNG, SOFT), qtbot) as window:
        _two(window, qtbot)
        qtbot.mouseClick(window.grid.views[1], Qt.MouseButton.LeftButton)

        assert window.sitting.state.chosen == SOFT.id
        assert window.view is window.grid.views[1]


def test_tab_goes_from_view_to_view_and_then_leaves_them(qtbot: QtBot) -> None:
    with window_on(FakeDesk(LUNG, SOFT), qtbot) as window:
        _two(window, qtbot)
        window.grid.views[0].setFocus()
        qtbot.keyClick(window.grid.views[0], Qt.Key.Key_Tab)
        second = window.sitting.state.hanging.active
        qtbot.keyClick(window.grid.views[1], Qt.Key.Key_Tab)

        assert second == 1
        assert window.focusWidget() not in window.grid.views


def tab_ways(window: MainWindow, qtbot: QtBot) -> list[QWidget]:
    """What has the focus, key by key, from the tabs on until they have it again."""
    first = window.findChild(QTabWidget).tabBar()
    first.setFocus()
    ways = [first]
    while len(ways) < 100:
        qtbot.keyClick(ways[-1], Qt.Key.Key_Tab)
        now = window.focusWidget()
        if now is first:
            break
        ways.append(now)
    return ways


def test_tab_goes_through_the_cards_before_the_jobs_and_the_line_at_the_bottom(qtbot: QtBot) -> None:
    with window_on(FakeDesk(LUNG, SOFT), qtbot) as window:
        open_study(window, qtbot)
        qtbot.waitUntil(lambda: bool(buttons(window.analysis_panel, "Analyse")))
        ways = tab_ways(window, qtbot)
        parts = (window.analysis_panel, window.jobs_strip, window.status_line, window.toolbar)

        places = [[at for at, one in enumerate(ways) if part.isAncestorOf(one)] for part in parts]

        assert all(places)
        for before, after in pairwise(places):
            assert max(before) < min(after)


def test_tabs_and_jobs_are_named_in_either_language(qtbot: QtBot) -> None:
    with window_on(FakeDesk(LUNG, SOFT), qtbot) as window:
        bar, jobs = window.findChild(QTabWidget).tabBar(), window.jobs_strip.findChild(QScrollArea)

        assert (bar.accessibleName(), jobs.accessibleName()) == ("Analyses, findings and report", "Jobs")
        window.sitting.speech.set_language(Language.CHINESE)
        assert (bar.accessibleName(), jobs.accessibleName()) == ("分析、影像所见与报告", "任务")


def test_a_double_click_gives_a_view_the_room_and_takes_it_back(qtbot: QtBot) -> None:
    with window_on(FakeDesk(LUNG, SOFT), qtbot) as window:
        _two(window, qtbot)
        second = window.grid.views[1]
        small = second.width()
        qtbot.mouseDClick(second, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: second.width() > small * 1.5)
        assert not window.grid.views[0].isVisible()

        qtbot.mouseDClick(second, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: second.width() == small)
        assert window.grid.views[0].isVisible()


def test_views_of_one_frame_of_reference_scroll_together_by_place(qtbot: QtBot) -> None:
    with window_on(FakeDesk(NEAR, _thick()), qtbot) as window:
        _two(window, qtbot)
        first, second = window.grid.views
        first.show_slice(0)
        first.perform(Command.TEN_ON)  # 10 mm

        assert (first.slice_index, second.slice_index) == (10, 3)  # 10.5 mm


def test_views_that_are_not_linked_stay_where_they_are(qtbot: QtBot) -> None:
    with window_on(FakeDesk(NEAR, _thick()), qtbot) as window:
        _two(window, qtbot)
        first, second = window.grid.views
        window.perform(Command.LINK)
        before = second.slice_index
        first.perform(Command.FIRST_SLICE)

        assert second.slice_index == before


def test_another_frame_of_reference_says_nothing_about_the_place(qtbot: QtBot) -> None:
    with window_on(FakeDesk(NEAR, _thick("2.9")), qtbot) as window:
        _two(window, qtbot)
        before = window.grid.views[1].slice_index
        window.grid.views[0].perform(Command.FIRST_SLICE)

        assert window.grid.views[1].slice_index == before


def test_nobody_follows_another_patient_whatever_the_files_say(qtbot: QtBot) -> None:
    other = _thick()
    with window_on(FakeDesk(NEAR, replace(other, patient=replace(other.patient, id="2"))), qtbot) as window:
        open_study(window, qtbot)
        window.perform(Command.LAYOUT_TWO)
        qtbot.mouseClick(window.grid.views[1], Qt.MouseButton.LeftButton)
        choose(window, qtbot, other.id)
        qtbot.waitUntil(lambda: window.loaded)
        before = window.grid.views[1].slice_index
        window.grid.views[0].perform(Command.FIRST_SLICE)

        assert window.grid.views[1].slice_index == before
        assert {view.note for view in window.grid.views} == {"not linked: another frame of reference or plane"}


def test_series_of_two_frames_are_linked_by_hand_as_they_are_shown(qtbot: QtBot) -> None:
    with window_on(FakeDesk(NEAR, _thick("2.9")), qtbot) as window:
        _two(window, qtbot)
        first, second = window.grid.views
        first.show_slice(5)
        second.show_slice(0)
        window.perform(Command.LINK)
        window.perform(Command.LINK)
        first.perform(Command.TEN_ON)
        here = (first.slice_index, second.slice_index)
        second.perform(Command.PREVIOUS_SLICE)

        assert here == (15, 3)  # 10 mm further in both
        assert first.slice_index == 11  # 9 mm from the first, where the second's slice is 2 · 3 mm from its own
        assert {view.note for view in window.grid.views} == {"linked by hand"}


def test_a_view_says_how_it_follows(qtbot: QtBot) -> None:
    with window_on(FakeDesk(NEAR, _thick(), stack("7.7#0", number=9, description="Other")), qtbot) as window:
        _two(window, qtbot)
        linked = [view.note for view in window.grid.views]
        window.perform(Command.LINK)
        loose = [view.note for view in window.grid.views]
        window.perform(Command.LAYOUT_ONE)

        assert linked == ["linked by place"] * 2
        assert loose == ["not linked"] * 2
        assert window.view.note == ""


def test_a_layout_is_kept_for_series_like_this_one_and_forgotten(qtbot: QtBot) -> None:
    desk = FakeDesk(LUNG, SOFT)
    with window_on(desk, qtbot) as window:
        _two(window, qtbot)
        window.view.perform(Command.WINDOW_BONE)
        window.perform(Command.KEEP_HANGING)
    desk.start = desk.kept[-1]
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        qtbot.waitUntil(lambda: window.loaded)
        again = (window.sitting.state.hanging.layout, window.view.window_shown)
        window.perform(Command.FORGET_HANGING)

    assert again == (Layout.TWO, VoiWindow(center=350, width=2000))
    assert desk.kept[-1].hanging_rules == ()


def test_a_finding_is_shown_in_its_operations_window_unless_the_reader_chose_one(qtbot: QtBot) -> None:
    with window_on(FakeDesk(LUNG, SOFT), qtbot) as window:
        open_study(window, qtbot)
        analyse(window, qtbot)
        window.perform(Command.NEXT_FINDING)
        jumped = window.view.window_shown
        window.view.perform(Command.WINDOW_BONE)
        window.perform(Command.NEXT_FINDING)

        assert jumped == VoiWindow(center=-600, width=1500)
        assert window.view.window_shown == VoiWindow(center=350, width=2000)


def test_a_registered_series_is_compared_as_it_was_moved(qtbot: QtBot) -> None:
    desk = FakeDesk(LUNG, _thick("2.9"))
    assert LUNG.geometry is not None
    affine = LUNG.geometry.affine()
    assert affine is not None
    values = np.full((30, 32, 32), 77, np.int16)
    moved = ResultVolume(name="moved.nii.gz", values=values.T, to_patient=affine[:, [2, 1, 0, 3]])
    answer = replace(result(LUNG.id, confidences=()), moving_id="1.2.4#0", volumes=(moved,))
    desk.made = EarlierResult(answer, {})
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        analyse(window, qtbot)
        window.perform(Command.LAYOUT_COMPARE)
        first, second = window.grid.views
        first.perform(Command.FIRST_SLICE)

        assert (first.slice_index, second.slice_index) == (0, 0)
        assert "moved by registration" in second.accessibleDescription()
        assert {view.note for view in window.grid.views} == {"linked by registration"}


def test_another_series_in_the_place_of_a_moved_one_is_shown_as_it_is(qtbot: QtBot) -> None:
    third = stack("1.2.5#0", number=4, description="Bone 2.0")
    desk = _registering(third)
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        analyse(window, qtbot)
        window.perform(Command.LAYOUT_COMPARE)
        qtbot.mouseClick(window.grid.views[1], Qt.MouseButton.LeftButton)
        choose(window, qtbot, third.id)
        cell = window.reading_room.cells[1]
        qtbot.waitUntil(lambda: window.loaded)

        assert cell.shown is cell.source
        assert "moved by registration" not in cell.view.accessibleDescription()


def test_a_moved_series_is_not_framed_as_its_own_slices_were(qtbot: QtBot) -> None:
    desk = _registering()
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        analyse(window, qtbot)
        choose(window, qtbot, "1.2.4#0")
        for command in (Command.ZOOM_IN, Command.TURN_RIGHT):
            window.perform(command)
        choose(window, qtbot, LUNG.id)
        window.perform(Command.LAYOUT_COMPARE)
        cell = window.reading_room.cells[1]

        assert cell.cell.onto == LUNG.id
        assert cell.view.framing is None


def test_a_reader_who_fits_a_series_finds_it_so_again_whatever_zoom_a_rule_asks(qtbot: QtBot) -> None:
    desk = FakeDesk(LUNG, SOFT)
    desk.start = WindowSettings(hanging_rules=(HangingRule(modality="CT", zoom=3.0),))
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        first = window.view.zoom_shown
        window.perform(Command.FIT)
        choose(window, qtbot, SOFT.id)
        other = window.view.zoom_shown
        choose(window, qtbot, LUNG.id)

        assert (first, other) == (3.0, 3.0)
        assert window.view.zoom_shown is None


def test_mpr_shows_one_window_in_all_planes(qtbot: QtBot) -> None:
    with window_on(FakeDesk(LUNG), qtbot) as window:
        open_study(window, qtbot)
        window.perform(Command.LAYOUT_MPR)
        qtbot.waitUntil(lambda: all(view.window_shown is not None for view in window.grid.views))
        window.grid.views[0].perform(Command.WINDOW_BONE)

        assert {view.window_shown for view in window.grid.views} == {VoiWindow(center=350, width=2000)}


def test_why_there_are_no_other_planes_is_told_as_it_is(qtbot: QtBot) -> None:
    def told(window: MainWindow) -> str:
        words = window.grid.views[1]._message
        return window.sitting.speech.tr(words) if words is not None else ""

    one = replace(LUNG, id="1.2.6#0", instances=LUNG.instances[:1], geometry=stack("1.2.6#0", slices=1).geometry)
    placeless = replace(LUNG, id="1.2.7#0", geometry=None)
    with window_on(FakeDesk(one, placeless), qtbot) as window:
        open_study(window, qtbot)
        window.perform(Command.LAYOUT_MPR)
        for asked, words in ((one, "The series has one slice"), (placeless, "says nothing about its place")):
            choose(window, qtbot, asked.id)
            qtbot.waitUntil(partial(lambda words: words in told(window), words))


def test_a_series_dragged_onto_a_view_hangs_there(qtbot: QtBot) -> None:
    third = stack("1.2.5#0", number=4, description="Bone 2.0")
    with window_on(FakeDesk(LUNG, SOFT, third), qtbot) as window:
        _two(window, qtbot)
        data = QMimeData()
        data.setData(SERIES_MIME, third.id.encode())
        at = QPointF(window.grid.views[1].geometry().center())
        buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        window.grid.dropEvent(QDropEvent(at, Qt.DropAction.CopyAction, data, buttons, keys))

        assert [cell.stack_id for cell in window.sitting.state.hanging.cells] == [LUNG.id, third.id]
        assert "Bone 2.0" in _names(window)[1]


def test_findings_lie_over_their_own_series_only(qtbot: QtBot) -> None:
    with window_on(FakeDesk(LUNG, SOFT), qtbot) as window:
        open_study(window, qtbot)
        analyse(window, qtbot)
        window.perform(Command.LAYOUT_TWO)
        qtbot.waitUntil(lambda: window.loaded)
        window.perform(Command.NEXT_FINDING)
        for view in window.grid.views:
            view.repaint()

        assert window.grid.views[0].painted
        assert window.grid.views[1].painted == ()


def test_going_back_to_a_series_loads_it_no_second_time(qtbot: QtBot) -> None:
    desk = FakeDesk(LUNG, SOFT)
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        qtbot.waitUntil(lambda: window.loaded)
        window.perform(Command.NEXT_SERIES)
        qtbot.waitUntil(lambda: window.loaded)
        desk.gate.clear()
        window.perform(Command.PREVIOUS_SERIES)

        assert window.loaded


def test_a_series_too_large_for_the_memory_is_read_slice_by_slice_and_offered_smaller(qtbot: QtBot) -> None:
    desk = FakeDesk(LUNG)
    desk.load_fault = WorkstationError(ErrorCode.OUT_OF_MEMORY, needed_mb=9000)
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        qtbot.waitUntil(lambda: window.notice_bar.isVisible())
        offered = said(window.notice_bar)
        window.view.perform(Command.FIRST_SLICE)
        qtbot.waitUntil(lambda: "slice 1 / 30" in window.view.accessibleDescription())
        window.perform(Command.LOAD_SMALLER)
        qtbot.waitUntil(lambda: window.loaded)

        assert "read one by one" in offered
        assert "2 × 2 pixels averaged" in window.view.accessibleDescription()
        assert window.view.slice_index == 0


def test_three_planes_open_where_and_in_the_window_that_the_slices_were_left_in(qtbot: QtBot) -> None:
    with window_on(FakeDesk(LUNG), qtbot) as window:
        open_study(window, qtbot)
        qtbot.waitUntil(lambda: window.loaded)
        window.view.setFocus()
        qtbot.keyClick(window.view, Qt.Key.Key_Home)
        qtbot.keyClick(window.view, Qt.Key.Key_Down)
        qtbot.keyClick(window.view, Qt.Key.Key_4)
        left = window.view.window_shown
        window.perform(Command.LAYOUT_MPR)
        axial = window.grid.views[0]
        qtbot.waitUntil(lambda: axial.window_shown is not None and window.reading_room.planes.at_rest)
        crosshair = window.reading_room.planes.crosshair
        assert LUNG.geometry is not None
        assert crosshair is not None
        opened = (
            axial.slice_index,
            LUNG.geometry.to_index(crosshair.at)[0],
            [v.window_shown for v in window.grid.views],
        )
        qtbot.keyClick(axial, Qt.Key.Key_Down)
        window.perform(Command.LAYOUT_ONE)

        assert left is not None
        assert opened == (1, 1, [left] * 3)
        assert (window.view.slice_index, window.view.window_shown) == (2, left)


def test_an_earlier_series_says_by_how_many_days(qtbot: QtBot) -> None:
    younger = replace(NEAR.patient, age="063Y")
    study = replace(NEAR.study, uid="7.7", date="20250314")
    before = replace(NEAR, id="7.7#0", patient=younger, study=study, acquired="20250313")
    with window_on(FakeDesk(NEAR, before), qtbot) as window:
        open_study(window, qtbot)
        window.perform(Command.LAYOUT_COMPARE)

        assert [view.note for view in window.grid.views] == ["linked by place", "linked by place · 366 days earlier"]
