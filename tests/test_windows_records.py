"""Each window closes the records that it works with."""

from __future__ import annotations

from pathlib import Path

import pytest

from workstation.app import App


def test_after_a_closed_window_the_next_has_records_that_are_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YINGTAI_HOME", str(tmp_path))
    app = App()
    first = app.desk()
    assert app.desk() is first

    first.close()

    assert list(app.desk().all_jobs()) == []
    app.close()
