"""Opening studies and choosing series in the window."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtWidgets import QListView, QTreeWidget
from pytestqt.qtbot import QtBot

from tests.ui.fake_desk import HEAD, LUNG, SOFT, FakeDesk, unreadable
from tests.ui.window import FOLDER, buttons, choose, offscreen_dialog, open_study, press, said, window_on
from tests.workspace.sitting import geometry, stack
from workstation.domain.error import ErrorCode
from workstation.domain.series import (
    FactCode,
    FileForm,
    FoundObject,
    LeftOut,
    Patient,
    Stack,
    StackFact,
    StudyInfo,
    VoiWindow,
)
from workstation.domain.volume import SlicePixels, Volume
from workstation.domain.words import say
from workstation.domain.work import CancelToken, Reporter
from workstation.ui.keys import Command
from workstation.ui.reading.left_at import LeftAt
from workstation.ui.study_rows import StudyRows
from workstation.workspace.opening import add_found, begin_scan, end_scan


def listed(view: QListView) -> list[str]:
    model = view.model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def test_a_new_window_says_how_to_begin(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        assert "Drop a folder here" in said(window.browser)
        assert "No analysis is running" in said(window.jobs_strip)
        assert "Nothing leaves this PC" in said(window.status_line)


def test_a_dropped_folder_is_opened_and_its_series_are_listed(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile("/study")])
        copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        window.dropEvent(QDropEvent(QPointF(5, 5), copy, data, left, none))
        series = window.browser.findChild(QListView)
        qtbot.waitUntil(lambda: series.model().rowCount() == 7)

        assert listed(series)[0] == "TEST ONE · 1"
        assert listed(series)[2].startswith("Lung 1.0, CT, axial, 30 slices, 1 mm")


def test_series_are_listed_while_the_scan_goes_on_and_the_first_is_shown(qtbot: QtBot) -> None:
    desk = FakeDesk()
    desk.gate.clear()
    with window_on(desk, qtbot) as window:
        window.open(FOLDER)
        qtbot.waitUntil(lambda: len(window.sitting.state.stacks) == 3)

        assert window.sitting.state.scanning == 1
        assert window.sitting.state.chosen == LUNG.id
        qtbot.waitUntil(lambda: "Scanning" in said(window.browser))


def test_what_stands_beside_the_pictures_comes_while_the_scan_goes_on(qtbot: QtBot) -> None:
    class NoPicture(FakeDesk):
        def first_slice(self, stack: Stack, slice_index: int) -> SlicePixels:
            raise unreadable()  # nothing is painted, and so nothing else changes

    desk = NoPicture(LUNG)
    desk.gate.clear()
    with window_on(desk, qtbot) as window:
        window.open(FOLDER)
        qtbot.waitUntil(lambda: bool(buttons(window.analysis_panel, "Analyse")))

        assert window.sitting.state.scanning == 1


def test_a_folder_opened_again_keeps_the_series_that_are_as_they_were(qtbot: QtBot) -> None:
    desk = FakeDesk()
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        before = {one.id: one for one in window.sitting.state.stacks}
        desk.stacks = tuple(replace(one, instances=(*one.instances,)) for one in desk.stacks[:-1])
        desk.stacks += (replace(before[HEAD.id], description="other"),)
        open_study(window, qtbot)

        now = {one.id: one for one in window.sitting.state.stacks}
        assert now[LUNG.id] is before[LUNG.id]
        assert now[SOFT.id] is before[SOFT.id]
        assert now[HEAD.id].description == "other"


@pytest.mark.parametrize(("gone_to", "then"), [(None, 20), (4, 14), (29, 39)], ids=["nowhere", "a slice", "the last"])
def test_a_series_that_grew_shows_the_same_image(qtbot: QtBot, gone_to: int | None, then: int) -> None:
    """Ten more lie before it. Who has gone nowhere is in the middle of all."""
    parts = stack(slices=40)
    assert parts.geometry is not None
    later = replace(parts.geometry, positions=parts.geometry.positions[10:])
    desk = FakeDesk(replace(parts, instances=parts.instances[10:], geometry=later, files=30))
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        qtbot.waitUntil(lambda: window.loaded)
        if gone_to is not None:
            window.view.show_slice(gone_to)
        desk.stacks = (parts,)
        open_study(window, qtbot)
        qtbot.waitUntil(lambda: window.loaded and window.view.in_sight is not None)

        assert window.view.slice_index == then


@pytest.mark.parametrize(("known", "then"), [(True, 14), (False, 2)], ids=["by its place", "by its number"])
def test_a_series_of_other_images_shows_the_nearest(known: bool, then: int) -> None:
    """As after a conversion."""
    before, now = stack(slices=5), stack(slices=30)
    others = tuple(replace(one, sop_instance_uid=f"9.{k}", path=f"{k}") for k, one in enumerate(now.instances))
    place = replace(before, geometry=geometry(5, step=7.0)) if known else replace(before, geometry=None)
    left_at = LeftAt({(before.id, None): 2})
    left_at.take_anew(place, replace(now, instances=others), at_first=False)

    assert left_at.slices == {(before.id, None): then}


def test_the_picture_says_that_it_is_scanning_until_a_series_is_found(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        window.sitting.apply(begin_scan(window.sitting.state))
        assert "Scanning" in window.view.accessibleDescription()

        window.sitting.apply(end_scan(window.sitting.state))
        assert "Drag a study folder here" in window.view.accessibleDescription()


def test_a_stopped_scan_keeps_what_was_found(qtbot: QtBot) -> None:
    desk = FakeDesk()
    desk.gate.clear()
    with window_on(desk, qtbot) as window:
        window.open(FOLDER)
        qtbot.waitUntil(lambda: len(window.sitting.state.stacks) == 3)
        press(window.browser, qtbot, "Stop")

        assert window.sitting.state.scanning == 0
        assert len(window.sitting.state.stacks) == 3


def test_a_failed_scan_says_why_and_what_to_do(qtbot: QtBot) -> None:
    desk = FakeDesk()
    desk.fault = unreadable()
    with window_on(desk, qtbot) as window:
        window.open(FOLDER)
        qtbot.waitUntil(window.notice_bar.isVisible)

        assert "The file can't be read." in said(window.notice_bar)
        assert "export or copy it again" in said(window.notice_bar)
        press(window.notice_bar, qtbot, "Close")
        assert not window.notice_bar.isVisible()


def test_a_slice_is_shown_before_the_volume_is_in(qtbot: QtBot) -> None:
    desk = FakeDesk()
    desk.gate.clear()
    with window_on(desk, qtbot) as window:
        window.open(FOLDER)
        qtbot.waitUntil(lambda: window.view.window_shown is not None)

        assert not window.loaded
        desk.gate.set()
        qtbot.waitUntil(lambda: window.loaded)


def test_a_volume_is_asked_for_once_a_slice_of_it_is_painted(qtbot: QtBot) -> None:
    happened: list[str] = []

    class NotingDesk(FakeDesk):
        def load(self, stack: Stack, reporter: Reporter, cancel: CancelToken) -> Volume:
            happened.append("load")
            return super().load(stack, reporter, cancel)

    with window_on(NotingDesk(), qtbot) as window:

        def note() -> None:
            source = window.reading_room.cells[0].source
            if source is not None and source.slice_values(window.view.slice_index) is not None:
                happened.append("paint")

        window.view.presented.connect(note)
        open_study(window, qtbot)
        qtbot.waitUntil(lambda: "load" in happened)

        assert happened[0] == "paint"


def test_a_slice_is_shown_however_many_scans_are_under_way(qtbot: QtBot) -> None:
    desk = FakeDesk()
    desk.gate.clear()
    with window_on(desk, qtbot) as window:
        for _ in range(3):
            window.open(FOLDER)
        qtbot.waitUntil(lambda: window.view.window_shown is not None)

        assert window.sitting.state.scanning == 3


def test_a_series_of_the_lung_opens_in_the_window_of_the_lung(qtbot: QtBot) -> None:
    soft, lung = VoiWindow(center=40, width=400), VoiWindow(center=-600, width=1500)
    instances = tuple(replace(one, window=soft, more_windows=(lung,)) for one in LUNG.instances)
    with window_on(FakeDesk(replace(LUNG, kernel="Bl57d", instances=instances)), qtbot) as window:
        open_study(window, qtbot)
        qtbot.waitUntil(lambda: window.view.window_shown is not None)

        assert window.view.window_shown == lung
        window.perform(Command.WINDOW_FILE)
        assert window.view.window_shown == soft


def test_a_series_that_can_not_be_loaded_says_so_in_its_place(qtbot: QtBot) -> None:
    desk = FakeDesk()
    desk.load_fault = unreadable()
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        qtbot.waitUntil(lambda: "can't be read" in window.view.accessibleDescription())


def test_page_keys_go_through_the_series_wherever_the_focus_is(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        open_study(window, qtbot)
        qtbot.keyClick(window.view, Qt.Key.Key_PageDown)
        assert window.sitting.state.chosen == SOFT.id
        series = window.browser.findChild(QListView)
        qtbot.keyClick(series, Qt.Key.Key_PageDown)
        assert window.sitting.state.chosen == HEAD.id
        qtbot.keyClick(window.analysis_panel, Qt.Key.Key_PageUp)
        assert window.sitting.state.chosen == SOFT.id


def test_a_click_on_a_row_chooses_its_series(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        open_study(window, qtbot)
        series = window.browser.findChild(QListView)
        qtbot.waitUntil(lambda: series.model().rowCount() == 7)
        place = series.visualRect(series.model().index(3, 0)).center()
        qtbot.mouseClick(series.viewport(), Qt.MouseButton.LeftButton, pos=place)

        assert window.sitting.state.chosen == SOFT.id
        qtbot.mouseClick(series.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(40, 5))  # a patient is no series
        assert window.sitting.state.chosen == SOFT.id


def test_search_leaves_matching_series_and_says_when_there_is_none(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        open_study(window, qtbot)
        series = window.browser.findChild(QListView)
        search = window.browser.search
        qtbot.keyClicks(search, "head")
        assert series.model().rowCount() == 3
        qtbot.keyClicks(search, " xx")
        assert "No series matches “head xx”." in said(window.browser)
        assert window.sitting.state.chosen == LUNG.id


@offscreen_dialog
def test_left_out_files_are_counted_and_each_has_its_reason(qtbot: QtBot) -> None:
    desk = FakeDesk()
    note = say("This is not a DICOM file.")
    desk.left_out = (
        LeftOut("/study/a.txt", ErrorCode.NOT_DICOM, note),
        LeftOut("/study/b.txt", ErrorCode.NOT_DICOM, note),
        LeftOut("/study/c.zip!/1.dcm", ErrorCode.TRUNCATED, say("The file is cut off.")),
    )
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        assert "3 files left out" in said(window.browser)
        press(window.browser, qtbot, "why?")
        dialog = window.dialogs.current
        assert dialog is not None
        tree = dialog.findChild(QTreeWidget)
        texts = [[tree.topLevelItem(row).text(column) for column in range(3)] for row in range(3)]
        assert texts[0] == ["c.zip!/1.dcm", "The file is cut off.", "Export or copy it again."]
        assert [row[0] for row in texts[1:]] == ["a.txt", "b.txt"]

        tree.topLevelItem(2).setSelected(True)
        press(dialog, qtbot, "Copy")
        assert QGuiApplication.clipboard().text() == "\t".join(("/study/b.txt", *texts[2][1:]))


def test_objects_stand_under_the_series_they_refer_to_and_others_apart(qtbot: QtBot) -> None:
    desk = FakeDesk()
    desk.found_objects = (
        FoundObject("/study/liver.dcm", "seg", (LUNG.series_uid,), description="Liver"),
        *(FoundObject(f"/study/pr{n}.dcm", "presentation-state", ("1.1", SOFT.series_uid)) for n in range(3)),
        FoundObject("/study/DICOMDIR", "dicomdir"),
        FoundObject("/study/<b>.zip", "archive"),
    )
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        series = window.browser.findChild(QListView)
        qtbot.waitUntil(lambda: series.model().rowCount() == 12)
        names = listed(series)

        assert names[3] == "Segmentation – Liver"
        assert names[5] == "Presentation state (3)"
        assert names[-3:] == [
            "Archives and indices",
            "Index of the medium (DICOMDIR) – DICOMDIR",
            "Archive – <b>.zip",
        ]
        assert "pr2.dcm" in series.model().tip(series.model().index(5, 0))
        assert "<b>" not in series.model().tip(series.model().index(11, 0))
        place = series.visualRect(series.model().index(3, 0)).center()
        qtbot.mouseClick(series.viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert window.sitting.state.chosen == LUNG.id


def test_series_from_nifti_files_stand_under_a_head_of_their_own(qtbot: QtBot) -> None:
    taken = tuple(replace(instance, form=FileForm.NIFTI) for instance in LUNG.instances)
    nifti = replace(LUNG, patient=Patient(), study=StudyInfo(), modality="", description="brain", instances=taken)
    with window_on(FakeDesk(nifti), qtbot) as window:
        open_study(window, qtbot)
        series = window.browser.findChild(QListView)
        qtbot.waitUntil(lambda: series.model().rowCount() == 2)

        assert listed(series) == ["NIfTI files", "brain, axial, 30 slices, 1 mm"]
        assert series.model().series_line(nifti) == "axial · 30 × 1 mm"


def test_a_search_keeps_the_objects_of_the_series_it_leaves(qtbot: QtBot) -> None:
    desk = FakeDesk()
    desk.found_objects = (FoundObject("/a.dcm", "seg", (HEAD.series_uid,)), FoundObject("/DICOMDIR", "dicomdir"))
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        series = window.browser.findChild(QListView)
        qtbot.keyClicks(window.browser.search, "head")

        assert [name.split(" –")[0] for name in listed(series)[2:]] == [
            "Head, CT, axial, 30 slices, 1 mm",
            "Segmentation",
        ]


def test_the_series_to_take_for_an_analysis_is_marked_with_its_reason(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        open_study(window, qtbot)
        model = window.browser.findChild(QListView).model()
        assert isinstance(model, StudyRows)
        qtbot.waitUntil(lambda: model.rowCount() == 7 and bool(model.chips(LUNG)))

        assert [(chip.text, chip.kind) for chip in model.chips(LUNG)] == [("best for Lung nodules", "good")]
        tip = model.tip(model.index(2, 0))
        assert "Lung nodules: this series suits best – 1 mm" in tip


def test_a_chip_says_which_phase_a_stack_is_and_each_word_once(qtbot: QtBot) -> None:
    several = StackFact(FactCode.MULTI_PHASE, say("A phase."))
    weighted = replace(several, brief=say("direction {number}/{count}", number=3, count=20))
    diffusion = replace(LUNG, facts=(several, several, weighted))
    with window_on(FakeDesk(diffusion), qtbot) as window:
        open_study(window, qtbot)
        model = window.browser.findChild(QListView).model()

        chips = [chip.text for chip in model.chips(diffusion) if chip.kind != "good"]  # what fits comes later
        assert chips == ["phases", "direction 3/20"]


def test_qt_lays_the_list_out_by_what_it_keeps_itself(qtbot: QtBot) -> None:
    """A call into Python for each row would wait for the interpreter's lock hundreds of times while a scan runs."""
    with window_on(FakeDesk(), qtbot) as window:
        open_study(window, qtbot)
        series = window.browser.findChild(QListView)
        qtbot.waitUntil(lambda: series.model().rowCount() == 7)
        heights = [series.sizeHintForRow(row) for row in range(7)]
        asked_here = {"data", "flags", "rowCount", "sizeHint"}

        assert heights == [series.model().item(row).sizeHint().height() for row in range(7)]
        assert not asked_here & (set(vars(StudyRows)) | set(vars(type(series.itemDelegate()))))


def test_what_is_found_meanwhile_does_not_scroll_the_list(qtbot: QtBot) -> None:
    many = [stack(f"1.2.{n}#0", number=n, description=f"Series {n}") for n in range(10, 60)]
    with window_on(FakeDesk(*many), qtbot) as window:
        open_study(window, qtbot)
        series = window.browser.findChild(QListView)
        qtbot.waitUntil(lambda: series.model().rowCount() == 52)
        series.verticalScrollBar().setValue(900)
        late = stack("1.2.99#0", number=99, description="Late")
        window.sitting.apply(add_found(window.sitting.state, (late,)))
        qtbot.waitUntil(lambda: series.model().rowCount() == 53)

        assert series.verticalScrollBar().value() == 900


def test_the_reader_comes_back_to_the_slice_and_window_of_each_series(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        open_study(window, qtbot)
        qtbot.waitUntil(lambda: window.loaded)
        qtbot.keyClick(window.view, Qt.Key.Key_Home)
        qtbot.keyClick(window.view, Qt.Key.Key_4)
        bone = window.view.window_shown
        choose(window, qtbot, SOFT.id)
        assert window.view.slice_index == 15
        choose(window, qtbot, LUNG.id)

        assert window.view.slice_index == 0
        assert window.view.window_shown == bone


def test_the_reader_comes_back_to_how_a_series_was_framed(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        open_study(window, qtbot)
        qtbot.waitUntil(lambda: window.loaded)
        for command in (Command.ZOOM_IN, Command.ZOOM_IN, Command.TURN_RIGHT, Command.FLIP_ACROSS):
            window.perform(command)
        left = window.view.to_widget()
        choose(window, qtbot, SOFT.id)
        fitted = window.view.framing
        choose(window, qtbot, LUNG.id)

        assert fitted is None
        assert window.view.to_widget() == left
        window.perform(Command.LAYOUT_MPR)
        window.perform(Command.LAYOUT_ONE)
        qtbot.waitUntil(lambda: window.view.to_widget() == left)  # when it has its size again


def test_markup_in_a_patient_name_is_shown_as_text(qtbot: QtBot) -> None:
    named = replace(LUNG, description="<img src=x>")
    with window_on(FakeDesk(named), qtbot) as window:
        open_study(window, qtbot)
        series = window.browser.findChild(QListView)
        qtbot.waitUntil(lambda: series.model().rowCount() == 3)

        assert listed(series)[2].startswith("<img src=x>")
        assert "&lt;img" in str(series.model().tip(series.model().index(2, 0)))
