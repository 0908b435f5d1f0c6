"""Cuts are kept within a limit of memory, those looked at last the longest."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from workstation.domain.projection import LabelImage
from workstation.ui.viewport import kept_traces
from workstation.ui.viewport.brush import Trace, trace
from workstation.ui.viewport.kept_traces import KeptTraces


def _mask() -> tuple[Trace, ...]:
    return (trace(LabelImage(np.ones((100, 100), np.bool_)), QColor("red")),)  # 40,000 bytes and its border


def test_a_cut_is_made_once_until_others_need_its_memory(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_traces, "MOST_BYTES", 200_000)
    made: list[int] = []
    kept = KeptTraces()

    def look(k: int) -> None:
        kept.get((k,), lambda: made.append(k) or _mask())

    for k in (0, 1, 0, 2, 0, 3, 0):
        look(k)
    once = list(made)
    for k in range(4, 12):
        look(k)
    look(0)

    assert once == [0, 1, 2, 3]
    assert made[-1] == 0


def test_what_is_out_of_date_is_cut_again(qtbot: QtBot) -> None:
    made: list[str] = []
    kept = KeptTraces()
    for name in ("a", "b"):
        kept.get((0, name), lambda name=name: made.append(name) or _mask())
    kept.drop(lambda key: key[1] == "a")
    for name in ("a", "b"):
        kept.get((0, name), lambda name=name: made.append(name) or _mask())

    assert made == ["a", "b", "a"]
