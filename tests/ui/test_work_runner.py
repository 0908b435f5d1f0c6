"""Background work comes home to the window's thread, and only as long as it is wanted."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.words import say
from workstation.domain.work import CancelToken, Progress, Reporter
from workstation.ui.work_runner import Work, WorkRunner, WorkView


class Heard:
    def __init__(self) -> None:
        self.finished: list[int] = []
        self.failed: list[WorkstationError] = []
        self.progress: list[Progress] = []
        self.parts: list[str] = []
        self.threads: set[int] = set()

    def view(self) -> WorkView[int, str]:
        return WorkView(
            finished=self._finished,
            failed=self.failed.append,
            progressed=self.progress.append,
            arrived=self.parts.append,
        )

    def _finished(self, value: int) -> None:
        self.threads.add(threading.get_ident())
        self.finished.append(value)


def gives(value: int) -> Work[str, int]:
    def work(report: Reporter, cancel: CancelToken, part: Callable[[str], None]) -> int:
        return value

    return work


def test_result_parts_and_progress_arrive_on_the_thread_of_the_window(qtbot: QtBot) -> None:
    runner, heard = WorkRunner(1), Heard()

    def work(report: Reporter, cancel: CancelToken, part: Callable[[str], None]) -> int:
        report(Progress(1, 2, say("half")))
        part("first")
        return 7

    runner.start(work, heard.view())
    qtbot.waitUntil(lambda: heard.finished == [7])
    runner.stop()

    assert heard.parts == ["first"]
    assert [p.done for p in heard.progress] == [1]
    assert heard.threads == {threading.get_ident()}


def test_nothing_arrives_after_a_cancel_even_if_it_was_on_its_way(qtbot: QtBot) -> None:
    runner, heard = WorkRunner(1), Heard()
    cancel = runner.start(gives(7), heard.view())
    runner.finish()  # the result is posted, but no event was handled yet
    cancel.cancel()
    QCoreApplication.processEvents()
    runner.stop()

    assert heard.finished == []


def test_nothing_arrives_after_stop_and_nothing_new_starts(qtbot: QtBot) -> None:
    runner, heard = WorkRunner(1), Heard()
    runner.start(gives(7), heard.view())
    runner.stop()
    runner.start(gives(8), heard.view())
    QCoreApplication.processEvents()

    assert heard.finished == []


def test_stop_cancels_what_runs_and_waits_for_it(qtbot: QtBot) -> None:
    runner, heard = WorkRunner(1), Heard()
    started, ended = threading.Event(), threading.Event()

    def work(report: Reporter, cancel: CancelToken, part: Callable[[str], None]) -> int:
        started.set()
        try:
            cancel.wait(30)
        finally:
            ended.set()
        return 1

    runner.start(work, heard.view())
    qtbot.waitUntil(started.is_set)
    runner.stop()

    assert ended.is_set()
    assert not heard.failed


def test_a_known_fault_arrives_with_its_code(qtbot: QtBot) -> None:
    runner, heard = WorkRunner(1), Heard()

    def work(report: Reporter, cancel: CancelToken, part: Callable[[str], None]) -> int:
        raise WorkstationError(ErrorCode.TRUNCATED, missing_bytes=3)

    runner.start(work, heard.view())
    qtbot.waitUntil(lambda: bool(heard.failed))
    runner.stop()

    assert heard.failed[0].code is ErrorCode.TRUNCATED


def test_a_defect_is_told_by_kind_and_never_logged_with_its_message(
    qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    runner, heard = WorkRunner(1), Heard()

    def work(report: Reporter, cancel: CancelToken, part: Callable[[str], None]) -> int:
        raise KeyError("ZHANG^SAN")

    runner.start(work, heard.view())
    qtbot.waitUntil(lambda: bool(heard.failed))
    runner.stop()

    assert heard.failed[0].facts == {"kind": "KeyError"}
    assert "KeyError at test_work_runner.py" in caplog.text
    assert "ZHANG" not in caplog.text


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the pool's priority does it")
def test_work_and_what_it_starts_give_way_to_the_window(qtbot: QtBot) -> None:
    runner, heard = WorkRunner(1), Heard()

    def work(report: Reporter, cancel: CancelToken, part: Callable[[str], None]) -> int:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(niceness).result()

    runner.start(work, heard.view())
    qtbot.waitUntil(lambda: bool(heard.finished))

    assert heard.finished[0] > niceness()
    runner.stop()


def niceness() -> int:
    """Of the thread that asks."""
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def test_one_thread_keeps_the_order_of_starting(qtbot: QtBot) -> None:
    runner, heard = WorkRunner(1), Heard()
    for number in range(20):
        runner.start(gives(number), heard.view())
    qtbot.waitUntil(lambda: len(heard.finished) == 20)
    runner.stop()

    assert heard.finished == list(range(20))
