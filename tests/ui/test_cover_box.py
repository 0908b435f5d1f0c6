"""The consent shows what is covered in the copy, and does not let go what nobody looked at."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from tests.imaging.drawn_face import drawn_face
from workstation.domain.covering import Covering, FaceCover, FoundText, Subject, box, over_texts
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
        cover=cover,
    )


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
    assert dialog.cover is not None
    everything = dialog.covering

    dialog.cover.ticks[1].setChecked(False)

    assert everything.regions == (*over_texts((NAME, DATE)), box(Subject.FACE, 100, 80, 260, 290))
    assert dialog.covering.regions == (*over_texts((NAME,)), box(Subject.FACE, 100, 80, 260, 290))


def test_it_is_sent_only_once_the_person_says_that_the_picture_was_looked_at(qtbot: QtBot) -> None:
    dialog = shown(qtbot, consent())
    assert dialog.cover is not None
    before = send_button(dialog).isEnabled(), dialog.covering.reviewed

    dialog.cover.looked.setChecked(True)

    assert before == (False, False)
    assert (send_button(dialog).isEnabled(), dialog.covering.reviewed) == (True, True)


def test_as_much_of_a_face_is_covered_as_is_chosen(qtbot: QtBot) -> None:
    dialog = shown(qtbot, consent())
    assert dialog.cover is not None

    dialog.cover.faces.setCurrentIndex(dialog.cover.faces.findData(FaceCover.EYES))

    assert dialog.covering.count(Subject.EYES) == 1
    assert dialog.covering.count(Subject.FACE) == 0


def test_where_nothing_has_to_be_looked_at_it_can_be_sent_at_once(qtbot: QtBot) -> None:
    dialog = shown(qtbot, replace(consent(), cover=None))

    assert send_button(dialog).isEnabled()
    assert dialog.covering == Covering()


@pytest.mark.parametrize("language", list(Language))
def test_the_dialog_fits_a_screen_of_768_lines(qtbot: QtBot, language: Language) -> None:
    assert shown(qtbot, consent(), language).sizeHint().height() <= 700
