"""The corners say what is shown, how sure marks are, and what they are worth."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRectF
from pytestqt.qtbot import QtBot

from tests.ui.scene import PROVEN, WINDOW, Arriving, nodule, noise_volume, to_gray, viewport
from workstation.domain.answer import Placement, PlacementState
from workstation.domain.calibration import IN_PATIENT
from workstation.domain.figures import figure
from workstation.domain.finding import Basis
from workstation.domain.series import VoiWindow
from workstation.domain.volume import Volume
from workstation.domain.words import Language, say
from workstation.ui.keys import Command
from workstation.ui.speech import Speech
from workstation.ui.viewport.captions import (
    CursorPoint,
    calibration_lines,
    cursor_text,
    display_lines,
    grid_text,
    overlay_lines,
    place_lines,
)
from workstation.ui.viewport.corner import Corner, CornerLine, lay_out, length_text, letter_rects, nice_length_mm
from workstation.ui.viewport.overlay import Overlay
from workstation.ui.viewport.slice_view import SliceView
from workstation.ui.viewport.source import VolumeSource

SPEECH = Speech()


def said(overlay: Overlay) -> list[str]:
    return [line.text for line in overlay_lines(SPEECH, overlay)]


def test_slices_are_counted_from_one_with_their_place_in_millimetres() -> None:
    source = VolumeSource(noise_volume())

    lines = place_lines(SPEECH, "WANG^LI", "thin", source, 2, loaded=True)

    assert [line.text for line in lines] == ["WANG^LI", "thin", "slice 3 / 5 · −296.0 mm"]


def test_a_slice_that_is_not_here_yet_is_said_to_be_loading() -> None:
    lines = place_lines(SPEECH, "", "", VolumeSource(noise_volume()), 2, loaded=False)

    assert lines[-1].text == "this slice is still loading"


def test_the_window_and_the_zoom_are_written() -> None:
    lines = display_lines(SPEECH, VoiWindow(center=-600, width=1500), inverted=True, zoom=1.636, tool=None)

    assert [line.text for line in lines] == ["C −600 W 1500", "zoom 1.64×", "inverted"]


def test_the_cursor_is_written_with_unit_and_patient_place() -> None:
    point = CursorPoint(slice_index=3, row=1, column=2, value=-812.0, unit="HU", position=(61.23, 38.0, -142.04))

    assert cursor_text(SPEECH, point) == "HU −812 @ (61.2, 38.0, −142.0) LPS"


def test_without_a_place_the_cursor_tells_row_and_column_from_one() -> None:
    point = CursorPoint(slice_index=3, row=1, column=2, value=0.25, unit="", position=None)

    assert cursor_text(SPEECH, point) == "value 0.25 @ row 2, column 3"


def test_unknown_pixel_size_is_said() -> None:
    plain = Volume(values=noise_volume().values, geometry=None, unit="")

    assert grid_text(SPEECH, VolumeSource(plain)) == ""
    assert [line.text for line in calibration_lines(SPEECH, VolumeSource(plain), IN_PATIENT)] == [
        "no pixel size: lengths in px"
    ]
    assert grid_text(SPEECH, VolumeSource(noise_volume())) == "2 mm · 0.70 × 0.70 mm"


def test_an_assumed_placement_is_said_on_the_screen() -> None:
    assumed = Placement(PlacementState.ASSUMED, say("why"))

    assert said(Overlay(placement=assumed)) == ["marks: placement assumed, not proven"]


def test_a_contradicted_placement_gives_its_reason() -> None:
    reason = say("Not painted: {reason}", reason=say("the answer's spacing differs from the series sent."))
    overlay = Overlay(placement=Placement(PlacementState.CONTRADICTED, reason))

    assert said(overlay) == ["Not painted: the answer's spacing differs from the series sent."]


def test_hidden_marks_and_local_results_are_said() -> None:
    overlay = Overlay(findings=(nodule((0, 0, 0), 1),), placement=PROVEN, visible=False, local=True)

    assert said(overlay) == [
        "marks: placement proven",
        "marks are hidden",
        "research use, not a medical device",
    ]


@pytest.mark.parametrize(
    ("whole", "part", "simulated"),
    [
        (Basis.ALGORITHM, Basis.SIMULATED, True),
        (Basis.SIMULATED, Basis.VENDOR, True),
        (Basis.TRUTH, Basis.ALGORITHM, False),
    ],
)
def test_one_simulated_part_makes_the_whole_simulated(whole: Basis, part: Basis, simulated: bool) -> None:
    assert Overlay(findings=(nodule((0, 0, 0), 1, basis=part),), basis=whole).simulated is simulated


@pytest.mark.parametrize(("longest", "nice"), [(73, 50), (50, 50), (49.9, 20), (9.9, 5), (1.2, 1), (0.7, 0.5)])
def test_the_scale_bar_has_a_round_length(longest: float, nice: float) -> None:
    assert nice_length_mm(longest) == pytest.approx(nice)


def test_a_long_reason_is_broken_not_cut(qtbot: QtBot) -> None:
    reason = "Not painted: the answer's spacing differs from the series sent."

    placed = lay_out(Corner.BOTTOM_RIGHT, [CornerLine(reason), CornerLine("short")], QRectF(0, 0, 400, 400))

    assert len(placed) > 2
    assert " ".join(one.line.text for one in placed) == f"{reason} short"
    assert all(one.rect.left() >= 200 and one.rect.bottom() <= 400 for one in placed)


def test_no_figure_is_torn_from_its_unit_in_a_narrow_view(qtbot: QtBot) -> None:
    area = QRectF(0, 0, 200, 400)

    kept = lay_out(Corner.TOP_LEFT, [CornerLine("slice 3 / 5 · −184.0 mm", rank=0)], area)
    narrow = QRectF(0, 0, 130, 400)
    left_out = lay_out(Corner.BOTTOM_LEFT, [CornerLine("1234567.25 HU", rank=2)], narrow)

    assert [one.line.text for one in kept] == ["slice 3 / 5", "−184.0 mm"]
    assert left_out == []


@pytest.mark.parametrize("width", [130, 140, 300])
def test_words_that_have_to_stay_are_broken_between_words_and_beside_the_letter(qtbot: QtBot, width: int) -> None:
    area = QRectF(0, 0, width, 400)
    line = CornerLine("research use, not a medical device", rank=0)

    placed = lay_out(Corner.BOTTOM_RIGHT, [line], area)

    assert " ".join(one.line.text for one in placed) == line.text
    letter = letter_rects(("R", "L", "A", "P"), area)[3]
    assert not any(one.rect.intersects(letter) for one in placed)


def test_chinese_may_be_broken_anywhere(qtbot: QtBot) -> None:
    line = CornerLine("仅供研究使用，不是医疗器械", rank=0)

    placed = lay_out(Corner.BOTTOM_RIGHT, [line], QRectF(0, 0, 200, 400))

    assert len(placed) > 1
    assert all(one.rect.left() > 100 for one in placed)


def test_lengths_are_written_in_the_unit_people_use() -> None:
    assert [length_text(mm) for mm in (50, 10, 5, 0.5)] == ["5 cm", "1 cm", "5 mm", "0.5 mm"]


def test_numbers_have_a_true_minus_and_no_negative_zero() -> None:
    assert [figure(-0.04, 1), figure(-142, 1), figure(3.14159, 2)] == ["0.0", "−142.0", "3.14"]


def test_screen_readers_hear_what_is_shown(qtbot: QtBot) -> None:
    view = viewport(qtbot, noise_volume())
    view.perform(Command.FIRST_SLICE)
    shown = view.accessibleDescription()

    view.show_failed(say("This file is damaged."))

    assert shown == "PHANTOM, thin, slice 1 / 5 · −300.0 mm"
    assert view.accessibleDescription() == "This file is damaged."
    assert view.accessibleName() == "Picture"


def test_states_without_a_picture_are_told_apart(qtbot: QtBot) -> None:
    view = viewport(qtbot)
    empty = view.accessibleDescription()

    view.show_loading()
    loading = view.accessibleDescription()
    view.show_slice_source(Arriving(noise_volume()), file_windows=(WINDOW,))
    view.show_empty()

    assert empty == "Drag a study folder here"
    assert loading == "Loading…"
    assert view.accessibleDescription() == empty


def test_another_language_is_spoken_at_once(qtbot: QtBot) -> None:
    speech = Speech()
    heard: list[Language] = []
    view = SliceView(speech, to_gray)
    qtbot.addWidget(view)
    speech.changed.connect(lambda: heard.append(speech.language))

    speech.set_language(Language.CHINESE)
    speech.set_language(Language.CHINESE)

    assert heard == [Language.CHINESE]
    assert view.accessibleName() == speech.tr(say("Picture"))
