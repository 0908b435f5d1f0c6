"""The consent shows what is covered in the copy, and does not let go what nobody looked at."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from tests.imaging.drawn_face import drawn_face
from tests.ui.window import offscreen_dialog
from workstation.domain.covering import Covering, FaceCover, FoundText, HiddenPixels, Subject, box, over_texts
from workstation.domain.drawn_mask import DrawnMask, pack
from workstation.domain.words import Language, say
from workstation.ui.consent_dialog import ConsentDialog
from workstation.ui.speech import Speech
from workstation.workspace.cards import ConsentView, CoverView

NAME = FoundText(frame=0, corners=((20, 10), (150, 10), (150, 34), (20, 34)), text="张伟 00482130", confidence=0.98)
DATE = FoundText(frame=0, corners=((20, 320), (130, 320), (130, 344), (20, 344)), text="1985-03-12", confidence=0.97)


def consent() -> ConsentView:
    faces = (
        (FaceCover.EYES, Covering(regions=(box(Subject.EYES, 110, 135, 250, 175),))),
        (FaceCover.FACE, Covering(regions=(box(Subject.FACE, 100, 80, 260, 290),))),
    )
    cover = CoverView(texts=(NAME, DATE), faces=faces, picture=np.asarray(drawn_face()), searched=1)
    return ConsentView(
        leaves_pc=True,
        title=say("Send one picture to {place}?", place="aliyun"),
        subtitle=say("Show every tag"),
        leaves=(say("One picture, up to {megabytes:.1f} MB", megabytes=1.2),),
        stays=(say("Every date and time"),),
        cost=say("Free"),
        cost_yuan=0.0,
        deleted=say("as soon as the result is here"),
        covers=(cover,),
    )


def drawn_mask() -> DrawnMask:
    """Over the left part of the picture that the consent shows."""
    covered = np.zeros(np.asarray(drawn_face()).shape[:2], np.bool_)
    covered[40:90, 5:60] = True
    rows, columns = covered.shape
    return DrawnMask(
        id="m", stack_id="p", number=1, colour=(0, 200, 0), rows=rows, columns=columns, packed=pack(covered),
        at=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip


def with_mask() -> ConsentView:
    view = consent()
    return replace(view, covers=(replace(view.covers[0], masks=(drawn_mask(),)),))


def drawn_boxes(dialog: ConsentDialog) -> list[tuple[int, ...]]:
    """left, top, right, bottom of what was drawn by hand, in pixels."""
    regions = [one for one in dialog.covering.regions if one.subject is Subject.DRAWN]
    return [tuple(round(edge) for edge in (*one.corners[0], *one.corners[2])) for one in regions]


def shown(qtbot: QtBot, view: ConsentView, language: Language = Language.ENGLISH) -> ConsentDialog:
    dialog = ConsentDialog(Speech(language), view)
    qtbot.addWidget(dialog)
    if folder := os.environ.get("YINGTAI_PICTURES"):
        dialog.grab().save(str(Path(folder) / f"consent-{language.value}.png"))
    return dialog


def send_button(dialog: ConsentDialog) -> QPushButton:
    return next(one for one in dialog.findChildren(QPushButton) if one.text() == "Send and analyse")


def test_all_that_was_found_is_covered_unless_it_is_unticked(qtbot: QtBot) -> None:
    dialog = shown(qtbot, consent())
    (cover,) = dialog.covers
    everything = dialog.covering

    cover.ticks[1].setChecked(False)

    assert everything.regions == (*over_texts((NAME, DATE)), box(Subject.FACE, 100, 80, 260, 290))
    assert dialog.covering.regions == (*over_texts((NAME,)), box(Subject.FACE, 100, 80, 260, 290))


def test_it_is_sent_only_once_the_person_says_that_the_picture_was_looked_at(qtbot: QtBot) -> None:
    dialog = shown(qtbot, consent())
    (cover,) = dialog.covers
    before = send_button(dialog).isEnabled(), dialog.covering.reviewed

    cover.looked.setChecked(True)

    assert before == (False, False)
    assert (send_button(dialog).isEnabled(), dialog.covering.reviewed) == (True, True)


def test_as_much_of_a_face_is_covered_as_is_chosen(qtbot: QtBot) -> None:
    dialog = shown(qtbot, consent())
    (cover,) = dialog.covers

    cover.faces.setCurrentIndex(cover.faces.findData(FaceCover.EYES))

    assert dialog.covering.count(Subject.EYES) == 1
    assert dialog.covering.count(Subject.FACE) == 0


def test_where_nothing_has_to_be_looked_at_it_can_be_sent_at_once(qtbot: QtBot) -> None:
    dialog = shown(qtbot, replace(consent(), covers=()))

    assert send_button(dialog).isEnabled()
    assert dialog.covering == Covering()


@pytest.mark.parametrize("language", list(Language))
def test_the_dialog_fits_a_screen_of_768_lines(qtbot: QtBot, language: Language) -> None:
    assert shown(qtbot, with_mask(), language).sizeHint().height() <= 700


def test_a_drag_over_the_picture_covers_what_is_under_it(qtbot: QtBot) -> None:
    dialog = shown(qtbot, consent())
    (cover,) = dialog.covers
    picture = cover.picture
    rows, columns = np.asarray(drawn_face()).shape[:2]
    scale = min(picture.width() / columns, picture.height() / rows)
    left, top = (picture.width() - columns * scale) / 2, (picture.height() - rows * scale) / 2

    qtbot.mousePress(picture, Qt.MouseButton.LeftButton, pos=QPoint(round(left + 200 * scale), round(top + 40 * scale)))
    qtbot.mouseMove(picture, QPoint(round(left + 300 * scale), round(top + 90 * scale)))
    qtbot.mouseRelease(picture, Qt.MouseButton.LeftButton)

    (drawn,) = drawn_boxes(dialog)
    assert np.allclose(drawn, (200, 40, 300, 90), atol=2)


def test_a_box_is_made_moved_sized_and_taken_away_by_keys(qtbot: QtBot) -> None:
    dialog = shown(qtbot, consent())
    (cover,) = dialog.covers
    picture = cover.picture
    qtbot.keyClick(picture, Qt.Key.Key_B)
    (first,) = drawn_boxes(dialog)
    qtbot.keyClick(picture, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(picture, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    (second,) = drawn_boxes(dialog)
    qtbot.keyClick(picture, Qt.Key.Key_B)
    both = len(drawn_boxes(dialog))
    qtbot.keyClick(picture, Qt.Key.Key_Delete)

    assert np.allclose(np.subtract(second, first), (1, 0, 1, 1), atol=1)
    assert both == 2
    assert drawn_boxes(dialog) == [second]


@offscreen_dialog
def test_enter_on_the_picture_neither_sends_nor_cancels(qtbot: QtBot) -> None:
    dialog = shown(qtbot, consent())
    (cover,) = dialog.covers
    dialog.show()

    qtbot.keyClick(cover.picture, Qt.Key.Key_Return)

    assert dialog.isVisible()


def test_a_drawn_mask_is_covered_only_where_it_is_ticked(qtbot: QtBot) -> None:
    dialog = shown(qtbot, with_mask())
    (cover,) = dialog.covers
    before = dialog.covering.masks

    cover.masks[0].setChecked(True)

    mask = drawn_mask()
    assert before == ()
    assert dialog.covering.masks == (HiddenPixels(rows=mask.rows, columns=mask.columns, packed=mask.packed),)


def test_a_face_that_is_still_found_is_said(qtbot: QtBot) -> None:
    dialog = shown(qtbot, consent())
    (cover,) = dialog.covers

    cover.show_seen(2)

    assert cover.seen.text() == "2 faces are still found in the copy."


def test_text_that_is_read_in_the_covered_copy_is_said(qtbot: QtBot) -> None:
    view = consent()
    left = replace(view, covers=(replace(view.covers[0], texts_left=1),))

    said = [label.text() for label in shown(qtbot, left).findChildren(QLabel)]

    assert "Text can still be read in the covered copy: cover the rest of it by hand." in said


def test_a_picture_that_gives_way_makes_its_box_lower_at_once(qtbot: QtBot) -> None:
    (cover,) = shown(qtbot, with_mask()).covers
    before = cover.sizeHint().height()

    cover.lessen(40)

    assert (before - cover.sizeHint().height(), cover.picture.height()) == (40, 224)
