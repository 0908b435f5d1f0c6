"""The pool: real processes that end with the service, whatever they do."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import pytest

from tests.localcloud.service import eventually
from workstation.localcloud.engine.asked import Analysis
from workstation.localcloud.engine_pool import EnginePool, NotAnalysed
from workstation.localcloud.owners import alive


def pid_engine(analysis: Analysis) -> dict[str, object]:
    return {"pid": os.getpid(), "YingtaiBasis": {"all": "simulated", "parts": {}}}


def stuck_engine(analysis: Analysis) -> dict[str, object]:
    Path(analysis.parameters["note"]).write_text(str(os.getpid()))
    time.sleep(600)
    raise AssertionError("nobody waits that long")


def dying_engine(analysis: Analysis) -> dict[str, object]:
    os._exit(3)


def asked(**parameters: str) -> Analysis:
    return Analysis("DetectLungNodule", {"URLList": ()}, parameters, ())


def test_an_analysis_runs_in_another_process() -> None:
    pool = EnginePool(pid_engine)

    answer = asyncio.run(pool.run(asked()))

    assert answer["pid"] != os.getpid()
    pool.close()


def test_a_process_that_dies_is_told_and_the_next_analysis_gets_a_new_one() -> None:
    pool = EnginePool(dying_engine)

    for _ in range(2):
        with pytest.raises(NotAnalysed) as failed:
            asyncio.run(pool.run(asked()))
        assert failed.value.repeat
    pool.close()


def test_an_analysis_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    pool = EnginePool(stuck_engine, longest_s=0.1)

    with pytest.raises(TimeoutError):
        asyncio.run(pool.run(asked(note=str(tmp_path / "pid"))))


def test_a_stuck_process_ends_when_the_pool_is_closed(tmp_path: Path) -> None:
    pool = EnginePool(stuck_engine)
    note = tmp_path / "pid"

    async def close_it_in_the_middle() -> None:
        running = asyncio.create_task(pool.run(asked(note=str(note))))
        await asyncio.to_thread(eventually, lambda: note.exists() and note.read_text() != "")
        pool.close()
        await running

    with pytest.raises(NotAnalysed):
        asyncio.run(close_it_in_the_middle())

    assert eventually(lambda: not alive(int(note.read_text())))


def test_our_own_engine_refuses_what_is_no_dicom(tmp_path: Path) -> None:
    files = tuple(tmp_path / f"{number:04d}" for number in range(20))
    for file in files:
        file.write_bytes(b"not a picture")
    pool = EnginePool()

    with pytest.raises(NotAnalysed) as refused:
        asyncio.run(pool.run(Analysis("DetectLungNodule", {"URLList": files}, {}, ())))

    assert refused.value.code == "InvalidParameter"
    assert refused.value.message.startswith("423: ")
    pool.close()
