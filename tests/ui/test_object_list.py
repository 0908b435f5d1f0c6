"""Objects of files in the window: listed beside the series, painted, hidden, jumped to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from pytestqt.qtbot import QtBot

from tests.ui.fake_desk import HEAD, LUNG, FakeDesk
from tests.ui.window import buttons, choose, offscreen_dialog, open_study, press, said, window_on
from workstation.domain.answer import Placement, PlacementState
from workstation.domain.finding import Basis, Finding, Measurement
from workstation.domain.overlaid import Overlaid, Presentation
from workstation.domain.series import FoundObject, Stack, VoiWindow
from workstation.domain.shapes import Mask
from workstation.domain.volume import LabelVolume
from workstation.domain.words import say
from workstation.domain.work import CancelToken
from workstation.ui.main_window import MainWindow
from workstation.workspace.state import Changed

pytestmark = offscreen_dialog
PROVEN = Placement(PlacementState.PROVEN, say("Placement proven: it names these very images."))


def segmented(placement: Placement = PROVEN, name: str = "1.5", **more: object) -> Overlaid:
    """Two parts: one on slices 5 to 24, one on slice 8 alone."""
    assert LUNG.geometry is not None
    values = np.zeros(LUNG.geometry.shape, dtype=np.uint8)
    values[5:25, 4:12, 4:12] = 1
    values[8, 16:28, 16:28] = 2
    mask = LabelVolume(name="segmentation-1", values=values, geometry=LUNG.geometry, basis=Basis.VENDOR)
    parts = []
    for number, label in ((1, "Liver"), (2, "Lesion")):
        volume = Measurement(name="volume", label=say("Volume"), value=1.8, unit="mL", basis=Basis.VENDOR)
        parts.append(
            Finding(
                id=f"{name}/{number}",
                code="segment",
                label=say("{text}", text=label),
                shapes=(Mask(volume="segmentation-1", label=number),) if placement.state.painted else (),
                measurements=(volume,),
                confidence=None,
                basis=Basis.VENDOR,
            )
        )
    made = Overlaid(
        id=name,
        kind="seg",
        title=say("{text}", text="Manual"),
        placement=placement,
        findings=tuple(parts),
        masks=(mask,),
    )
    return replace(made, **more)


def opened(window: MainWindow, qtbot: QtBot) -> None:
    open_study(window, qtbot)
    choose(window, qtbot, LUNG.id)
    qtbot.waitUntil(lambda: window.loaded and LUNG.id in window.sitting.state.overlaid)
    window.view.show_slice(8)


def test_an_object_is_painted_at_once_and_its_parts_are_hidden_one_by_one(qtbot: QtBot) -> None:
    desk = FakeDesk()
    desk.overlaid = {LUNG.id: (segmented(),)}
    with window_on(desk, qtbot) as window:
        opened(window, qtbot)
        card = window.findings_panel.files.card("1.5")
        assert len(window.view.drawables) == 2
        assert [card.part_box(f"1.5/{n}").text() for n in (1, 2)] == ["Liver", "Lesion"]
        assert "From files" in said(window.findings_panel.files)

        card.part_box("1.5/2").setChecked(False)
        assert len(window.view.drawables) == 1
        card.shown_box.setChecked(False)
        assert window.view.drawables == ()
        card.shown_box.setChecked(True)
        assert len(window.view.drawables) == 1


def test_opacity_and_outline_reach_the_picture(qtbot: QtBot) -> None:
    desk = FakeDesk()
    desk.overlaid = {LUNG.id: (segmented(),)}
    with window_on(desk, qtbot) as window:
        opened(window, qtbot)
        card = window.findings_panel.files.card("1.5")

        card.opacity_slider.setValue(80)
        assert {one.opacity for one in window.view.drawables} == {0.8}
        card.outline_box.setChecked(True)
        assert {one.opacity for one in window.view.drawables} == {0.0}
        assert not card.opacity_slider.isEnabled()


def test_the_way_to_a_part_goes_to_its_slice(qtbot: QtBot) -> None:
    desk = FakeDesk()
    desk.overlaid = {LUNG.id: (segmented(slices=(2, 21)),)}
    with window_on(desk, qtbot) as window:
        opened(window, qtbot)
        window.view.show_slice(20)
        files = window.findings_panel.files
        window.findings_panel.show()

        files.jump_asked.emit("1.5", "1.5/2")
        assert window.view.slice_index == 8
        buttons(files, "22")[0].click()
        assert window.view.slice_index == 21


def test_what_is_contradicted_is_listed_and_says_why(qtbot: QtBot) -> None:
    desk = FakeDesk()
    lies = Placement(PlacementState.CONTRADICTED, say("Not painted: it lies outside the series."))
    desk.overlaid = {LUNG.id: (segmented(lies), replace(segmented(name="1.6"), fault=say("The file is cut off.")))}
    with window_on(desk, qtbot) as window:
        opened(window, qtbot)
        card = window.findings_panel.files.card("1.5")

        assert "Not painted: it lies outside the series." in said(window.findings_panel.files)
        assert "The file is cut off." in said(window.findings_panel.files)
        assert not card.shown_box.isEnabled()
        assert not any(one for one in window.view.drawables if one.traces and "1.5" in one.label)


def test_another_series_has_its_own_list(qtbot: QtBot) -> None:
    desk = FakeDesk()
    desk.overlaid = {LUNG.id: (segmented(),)}
    with window_on(desk, qtbot) as window:
        opened(window, qtbot)
        choose(window, qtbot, HEAD.id)

        assert window.findings_panel.files.isHidden()
        assert window.view.drawables == ()


def test_the_picture_is_shown_as_the_author_of_a_presentation_wants_it(qtbot: QtBot) -> None:
    desk = FakeDesk()
    wanted = Presentation(slices=(4,), window=VoiWindow(center=-300, width=700))
    desk.overlaid = {LUNG.id: (segmented(presentations=(wanted,), kind="presentation-state"),)}
    with window_on(desk, qtbot) as window:
        opened(window, qtbot)
        assert window.view.drawables == ()

        buttons(window.findings_panel.files, "Show as its author did")[0].click()

        assert window.view.slice_index == 4
        assert window.view.window_shown == wanted.window

        usual = window.view.series_window
        window.view.show_slice(5)
        buttons(window.findings_panel.files, "Show as usual")[0].click()
        assert window.view.window_shown != usual
        assert not buttons(window.findings_panel.files, "Show as its author did")[0].isHidden()


def test_the_list_speaks_both_languages(qtbot: QtBot) -> None:
    desk = FakeDesk()
    desk.overlaid = {LUNG.id: (segmented(texts=("Report",)),)}
    with window_on(desk, qtbot) as window:
        opened(window, qtbot)

        press(window.toolbar, qtbot, "中 / EN")

        files = window.findings_panel.files
        assert "来自文件" in said(files)
        assert files.card("1.5").outline_box.text() == "轮廓"
        assert buttons(files, "阅读")


def test_objects_are_asked_for_while_changes_keep_coming_and_not_during_a_scan(qtbot: QtBot) -> None:
    asked: list[str] = []

    class Asked(FakeDesk):
        def objects(self, stack: Stack, objects: Sequence[FoundObject], cancel: CancelToken) -> tuple[Overlaid, ...]:
            asked.append(stack.id)
            return super().objects(stack, objects, cancel)

    def again(scans: int) -> None:
        """The series is found anew, as at each change of a watched folder."""
        state = replace(window.sitting.state, stacks=(replace(LUNG), HEAD), scanning=scans)
        window.sitting.apply((state, Changed.STACKS))

    with window_on(Asked(), qtbot) as window:
        open_study(window, qtbot)
        choose(window, qtbot, LUNG.id)
        qtbot.waitUntil(lambda: LUNG.id in asked)
        asked.clear()
        for _ in range(100):
            again(0)
            qtbot.wait(20)
            if asked:
                break
        assert asked == [LUNG.id]

        qtbot.wait(400)
        asked.clear()
        again(0)
        again(1)  # a scan begins before they were asked for
        qtbot.wait(400)
        assert asked == []
        again(0)
        qtbot.waitUntil(lambda: asked == [LUNG.id])
