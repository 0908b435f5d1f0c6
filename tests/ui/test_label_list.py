"""Labels of masks are listed with colour and size, and hidden on the picture one by one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from pytestqt.qtbot import QtBot

from tests.ui.fake_desk import LUNG, FakeDesk
from tests.ui.window import analyse, offscreen_dialog, open_study, press, said, window_on
from tests.workspace.sitting import result
from workstation.domain.answer import AnalysisResult
from workstation.domain.finding import Basis
from workstation.domain.geometry import pixel_grid
from workstation.domain.layers import layers_of
from workstation.domain.shapes import Mask
from workstation.domain.volume import LabelVolume
from workstation.domain.words import Language, say
from workstation.ui.finding_words import facts_of
from workstation.ui.label_list import LabelList
from workstation.ui.speech import Speech
from workstation.workspace.intents import EarlierResult

pytestmark = offscreen_dialog


def with_masks() -> AnalysisResult:
    assert LUNG.geometry is not None
    values = np.zeros(LUNG.geometry.shape, dtype=np.uint8)
    values[5:25, 4:12, 4:12] = 1
    values[5:25, 16:28, 16:28] = 2
    names = {1: say("Left lung"), 2: say("Right lung")}
    mask = LabelVolume(name="lungs", values=values, geometry=LUNG.geometry, names=names, basis=Basis.ALGORITHM)
    made = result(LUNG.id)
    first = replace(made.findings[0], shapes=(Mask(volume="lungs", label=1),))
    return replace(made, findings=(first,), masks=(mask,))


def test_each_label_is_listed_with_its_volume_and_can_be_hidden(qtbot: QtBot) -> None:
    desk = FakeDesk()
    desk.made = EarlierResult(with_masks(), {})
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        qtbot.waitUntil(lambda: window.loaded)
        analyse(window, qtbot)
        labels = window.findings_panel.findChild(LabelList)
        assert [box.text() for box in (labels.box("lungs", 1), labels.box("lungs", 2))] == ["Left lung", "Right lung"]
        assert "1.8\u00a0ml" in said(labels)  # 20 × 12 × 12 voxels of 0.64 mm³
        assert [drawable.finding_id for drawable in window.view.drawables] == ["", "job1/1"]

        labels.box("lungs", 1).setChecked(False)
        assert [drawable.finding_id for drawable in window.view.drawables] == [""]
        labels.box("lungs", 2).setChecked(False)
        assert window.view.drawables == ()
        labels.box("lungs", 1).setChecked(True)
        assert [drawable.finding_id for drawable in window.view.drawables] == ["job1/1"]


def test_a_label_of_a_finding_hidden_by_its_confidence_is_not_painted_as_nobodys(qtbot: QtBot) -> None:
    desk = FakeDesk()
    desk.made = EarlierResult(with_masks(), {})
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        qtbot.waitUntil(lambda: window.loaded)
        analyse(window, qtbot)
        window.findings_panel.threshold_asked.emit(1.0)

        (left,) = window.view.drawables
        assert left.colour.name() == "#56b4e9"


def test_results_without_masks_have_no_list_of_labels(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        open_study(window, qtbot)
        analyse(window, qtbot)

        assert not window.findings_panel.findChild(LabelList).isVisibleTo(window.findings_panel)


def test_many_labels_are_listed_when_they_are_asked_for(qtbot: QtBot) -> None:
    values = np.arange(9, dtype=np.uint8).reshape(1, 3, 3)
    grid = replace(with_masks().masks[0].geometry, positions=np.zeros((1, 3)), rows=3, columns=3)
    layers = layers_of((), (LabelVolume(name="m", values=values, geometry=grid),))
    made = LabelList(Speech(Language.ENGLISH))
    qtbot.addWidget(made)
    made.show_layers(layers, layers)
    assert [made.box("m", label).isVisibleTo(made) for label in (6, 7)] == [True, False]
    press(made, qtbot, "All 8")

    assert made.box("m", 8).isVisibleTo(made)


def test_labels_that_are_each_a_finding_s_own_are_folded(qtbot: QtBot) -> None:
    analysed = with_masks()
    second = replace(analysed.findings[0], id="job1/2", shapes=(Mask(volume="lungs", label=2),))
    layers = layers_of((*analysed.findings, second), analysed.masks)
    made = LabelList(Speech(Language.ENGLISH))
    qtbot.addWidget(made)
    made.show_layers(layers, layers)

    assert [made.box("lungs", label).isVisibleTo(made) for label in (1, 2)] == [False, False]
    assert "Shown on the picture" in said(made)


def test_a_simulated_value_says_so_in_the_list_of_findings() -> None:
    found = with_masks().findings[0]
    size, volume = found.measurements
    mixed = replace(found, measurements=(replace(size, basis=Basis.SIMULATED), volume), basis=Basis.SIMULATED)

    assert [str(fact) for fact in facts_of(mixed, None)][:2] == ["6.0\u00a0mm (simulated)", "113\u00a0mm³"]
    assert str(facts_of(replace(found, measurements=(), basis=Basis.SIMULATED), None)[-1]) == "simulated"


def test_labels_of_a_photograph_are_counted_in_pixels(qtbot: QtBot) -> None:
    values = np.zeros((1, 40, 60), dtype=np.uint8)
    values[0, 5:15, 5:25], values[0, 20:30, 5:10] = 1, 2
    parts = LabelVolume(name="photo", values=values, geometry=pixel_grid(40, 60), names={1: say("Skin")})
    listed = LabelList(Speech())
    qtbot.addWidget(listed)
    layers = layers_of((), (parts,))
    listed.show_layers(layers, layers)

    assert "200\u00a0px" in said(listed)
    assert "ml" not in said(listed).lower()
