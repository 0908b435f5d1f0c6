"""Texts in the window: a translation beside its text, the dialogue by words, choice and pictures, consent, failure."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.fake_desk import FakeDesk
from tests.ui.fake_texts import NOW, made
from tests.ui.window import buttons, said, window_on
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.words import Language
from workstation.ui.consent_dialog import ConsentDialog
from workstation.ui.keys import Command
from workstation.ui.main_window import MainWindow
from workstation.ui.texts.text_window import TextWindow
from workstation.workspace.dialogue import Answer, begin, told, turn
from workstation.workspace.intents import TextRequest

# The platform without a screen says this of every dialog; it is about that platform, not about us.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (propagateSizeHints|raise)")


def texts_of(window: MainWindow, qtbot: QtBot) -> TextWindow:
    window.perform(Command.TEXTS)  # a small window has the button in the menu behind »
    qtbot.waitUntil(lambda: window.text_side.window is not None)
    opened = window.text_side.window
    assert opened is not None
    return opened


def dialogue_of(window: MainWindow, qtbot: QtBot) -> TextWindow:
    texts = texts_of(window, qtbot)
    texts.tabs.setCurrentIndex(1)
    return texts


def push(inside: QWidget, qtbot: QtBot, text: str) -> None:
    """Without the mouse: what is below it moves when a window is laid out. A new button is shown a moment later."""
    qtbot.waitUntil(lambda: bool(buttons(inside, text)))
    buttons(inside, text)[0].click()


def say_it(texts: TextWindow, text: str) -> None:
    texts.dialogue.answer_box.text.setPlainText(text)
    texts.dialogue.answer_box.send.click()


def done(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not window.text_side.work.busy)


def consent(window: MainWindow, qtbot: QtBot) -> ConsentDialog:
    qtbot.waitUntil(lambda: window.text_side.consent is not None)
    dialog = window.text_side.consent
    assert dialog is not None
    return dialog


def translate(window: MainWindow, qtbot: QtBot, text: str) -> TextWindow:
    texts = texts_of(window, qtbot)
    texts.translate.written.setPlainText(text)
    push(texts, qtbot, "Translate")
    done(window, qtbot)
    return texts


def test_a_text_is_translated_beside_itself_and_marked_as_simulated(qtbot: QtBot) -> None:
    desk = FakeDesk()
    with window_on(desk, qtbot) as window:
        texts = translate(window, qtbot, "肺结节")

        assert texts.translate.translated.toPlainText() == "lung nodule"
        assert window.sitting.state.jobs == ()
        assert desk.texts.asked[0].parameters == {"text": "肺结节", "direction": "zh-en"}
        assert "SIMULATED – NOT FOR DIAGNOSIS" in said(texts)


def test_a_text_that_is_too_long_can_not_be_sent(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        texts = texts_of(window, qtbot)
        texts.translate.written.setPlainText("肺" * 500)

        assert not buttons(texts, "Translate")[0].isEnabled()
        assert "500 of 499 characters or words" in said(texts)


def test_the_dialogue_goes_by_words_choice_and_pictures_to_a_report_and_feedback(qtbot: QtBot, tmp_path: Path) -> None:
    desk = FakeDesk()
    picture = tmp_path / "arm.jpg"
    picture.write_bytes(b"x")
    with window_on(desk, qtbot) as window:
        texts = dialogue_of(window, qtbot)
        say_it(texts, "痒")
        done(window, qtbot)
        push(texts.dialogue, qtbot, "瘙痒")
        push(texts.dialogue, qtbot, "疼痛")
        push(texts.dialogue, qtbot, "Send")
        done(window, qtbot)
        texts.dialogue.add_pictures((picture, tmp_path / "letter.pdf"))
        push(texts.dialogue, qtbot, "Send")
        done(window, qtbot)

        kinds = [asked.parameters["kind"] for asked in desk.texts.asked]
        assert kinds == ["chiefComplaint", "symptoms", "images"]
        assert desk.texts.asked[1].parameters["texts"] == '["瘙痒", "疼痛"]'
        assert desk.texts.asked[2].pictures == (picture,)
        qtbot.waitUntil(lambda: told(picture) in said(texts.dialogue))
        assert "Report of the service" in said(texts.dialogue)
        assert not texts.dialogue.answer_box.isVisible()

        texts.dialogue.feedback_asked.emit("备注")
        done(window, qtbot)
        assert desk.texts.asked[3].operation == "qa-feedback"
        qtbot.waitUntil(lambda: "The feedback was taken." in said(texts.dialogue))


def test_what_was_said_is_scrolled_by_keys(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        texts = dialogue_of(window, qtbot)
        texts.resize(500, 420)
        say_it(texts, "痒\n" * 60)
        done(window, qtbot)
        texts.activateWindow()
        (scroll,) = texts.dialogue.findChildren(QScrollArea)
        bar = scroll.verticalScrollBar()
        qtbot.waitUntil(lambda: bar.maximum() > 0)
        bar.setValue(bar.maximum())
        qtbot.waitUntil(texts.isActiveWindow)
        for _ in range(20):
            texts.focusNextPrevChild(True)
            if scroll.hasFocus():
                break
        assert scroll.hasFocus()
        qtbot.keyClick(scroll, Qt.Key.Key_PageUp)

        assert bar.value() < bar.maximum()


def test_of_a_single_choice_only_one_holds(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        texts = dialogue_of(window, qtbot)
        say_it(texts, "痒")
        done(window, qtbot)
        assert not texts.dialogue.answer_box.send.isEnabled()

        push(texts.dialogue, qtbot, "无")
        assert texts.dialogue.answer_box.answer == Answer(texts=("无",))


def test_a_call_that_leaves_this_pc_is_asked_about_once_a_dialogue(qtbot: QtBot) -> None:
    desk = FakeDesk()
    with window_on(desk, qtbot) as window:
        window.analysis_panel.connection_asked.emit("aliyun")
        texts = dialogue_of(window, qtbot)
        say_it(texts, "痒")
        consent(window, qtbot).reject()
        done(window, qtbot)
        assert desk.texts.asked == []

        say_it(texts, "痒")
        consent(window, qtbot).accept()
        done(window, qtbot)
        push(texts.dialogue, qtbot, "无")
        push(texts.dialogue, qtbot, "Send")
        done(window, qtbot)
        assert [asked.connection for asked in desk.texts.asked] == ["aliyun", "aliyun"]


def test_a_failed_turn_says_why_and_keeps_what_was_written(qtbot: QtBot) -> None:
    desk = FakeDesk()
    desk.texts.fault = WorkstationError(ErrorCode.UNREACHABLE)
    with window_on(desk, qtbot) as window:
        texts = dialogue_of(window, qtbot)
        say_it(texts, "痒")
        done(window, qtbot)

        assert "could not be reached" in said(texts) or "reach" in said(texts)
        assert texts.dialogue.answer_box.answer == Answer(texts=("痒",))


def test_while_a_call_is_under_way_nothing_is_sent_twice(qtbot: QtBot) -> None:
    desk = FakeDesk()
    desk.texts.gate.clear()
    with window_on(desk, qtbot) as window:
        texts = dialogue_of(window, qtbot)
        say_it(texts, "痒")
        qtbot.waitUntil(lambda: bool(desk.texts.asked))
        say_it(texts, "痒")
        desk.texts.gate.set()
        done(window, qtbot)

        assert len(desk.texts.asked) == 1


def test_a_result_of_a_resumed_job_is_shown_with_the_texts(qtbot: QtBot) -> None:
    request = TextRequest(
        operation="translation", connection="local", parameters={"text": "肺结节", "direction": "zh-en"}
    )
    with window_on(FakeDesk(), qtbot) as window:
        window.analysis_side.analyses.text_came.emit(made(request))

        assert window.text_side.window is not None
        assert window.text_side.window.isVisible()
        assert window.text_side.window.translate.translated.toPlainText() == "lung nodule"
        assert window.text_side.window.translate.written.toPlainText() == "肺结节"


def test_an_earlier_dialogue_can_be_gone_on_with(qtbot: QtBot) -> None:
    desk = FakeDesk()
    first = turn(begin("local", NOW), Answer(texts=("起疹子",)), NOW)
    desk.texts.earlier = (made(first),)
    with window_on(desk, qtbot) as window:
        texts = dialogue_of(window, qtbot)
        qtbot.waitUntil(lambda: texts._list.count() == 2)
        assert "起疹子" in texts._list.itemText(1)
        texts._list.activated.emit(1)

        assert texts.dialogue.dialogue.asked is not None
        assert texts.dialogue.dialogue.asked.kind == "symptoms"


def test_the_report_of_a_text_names_no_series(qtbot: QtBot, tmp_path: Path) -> None:
    desk = FakeDesk()
    with window_on(desk, qtbot) as window:
        texts = translate(window, qtbot, "肺结节")
        push(texts, qtbot, "Write the report…")
        dialog = window.dialogs.current
        assert isinstance(dialog, QFileDialog)
        dialog.filesSelected.emit([str(tmp_path)])
        dialog.reject()
        qtbot.waitUntil(lambda: bool(desk.reports))

        assert desk.reports[0].stack is None
        assert desk.reports[0].result.operation == "translation"
        qtbot.waitUntil(lambda: "Written to" in said(texts))


def test_an_operation_that_the_vendor_ended_says_so_and_can_not_be_asked(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        window.analysis_panel.connection_asked.emit("aliyun")
        texts = texts_of(window, qtbot)
        texts.translate.written.setPlainText("肺结节")
        qtbot.waitUntil(lambda: "withdrew" in said(texts))

        assert not buttons(texts, "Translate")[0].isEnabled()


def test_the_texts_speak_both_languages(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        texts = texts_of(window, qtbot)
        window.sitting.speech.set_language(Language.CHINESE)

        assert buttons(texts, "翻译")
        assert texts.windowTitle() == "文本"
