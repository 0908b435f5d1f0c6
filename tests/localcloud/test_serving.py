"""The service as a process: one a state, found again, ended with its owner, killed and back."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.localcloud.service import bucket, call_v1, eventually, finished, nodule_call, result_of, uploaded
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.localcloud.note import Running, answers, count_calls, find_running, read_line
from workstation.localcloud.owners import alive
from workstation.localcloud.serve import serve
from workstation.localcloud.server import CloudOptions
from workstation.localcloud.starting import ensure_running
from workstation.localcloud.state import lock

ROOT = Path(__file__).parents[2]


def command(state: Path, owner: int | None = None) -> list[str]:
    return [sys.executable, "-m", "tests.localcloud.serve_state", str(state), "-" if owner is None else str(owner)]


def pid_of(state: Path) -> int:
    return int(json.loads((state / "server.json").read_text())["pid"])


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(ROOT)
    folder = tmp_path / "state"
    yield folder
    if find_running(folder) is not None:
        os.kill(pid_of(folder), signal.SIGTERM)
        assert eventually(lambda: find_running(folder) is None)


@pytest.fixture
def running(state: Path) -> Running:
    return ensure_running(state, command(state, os.getpid()), os.getpid())


def test_a_started_service_answers_and_proves_itself(running: Running) -> None:
    assert answers(running)
    assert running.rpc.startswith("http://127.0.0.1:")
    assert bucket(running).put_object("x", b"1").status == 200


def test_its_keys_are_for_its_owner_only_and_never_shown(running: Running, state: Path) -> None:
    bucket(running).put_object("x", b"1")

    assert running.access_key_secret not in repr(running)
    if os.name == "posix":
        open_to_others = [path.name for path in (state, *state.rglob("*")) if path.stat().st_mode & 0o077]
        assert open_to_others == []


def test_a_second_start_prints_the_line_of_the_first_and_succeeds(running: Running, state: Path) -> None:
    second = subprocess.run(command(state), capture_output=True, text=True, timeout=120, check=False)

    assert second.returncode == 0, second.stderr
    assert read_line(second.stdout) == running
    assert json.loads(second.stdout)["schema"] == "yingtai-localcloud/1"
    assert second.stdout.count("\n") == 1


def test_a_running_one_is_found_and_not_started_again(running: Running, state: Path) -> None:
    assert ensure_running(state, ["never-started"], os.getpid()) == running


def test_a_note_of_somebody_else_is_not_believed(running: Running, state: Path) -> None:
    forged = json.loads((state / "server.json").read_text())
    forged["line"] = json.dumps(json.loads(forged["line"]) | {"access_key_secret": "0" * 40})
    other = state.parent / "other"
    other.mkdir()
    (other / "server.json").write_text(json.dumps(forged))

    assert find_running(other) is None


def test_a_service_that_cannot_start_is_one_clear_error(state: Path) -> None:
    for attempt in (
        ["never-there"],
        [sys.executable, "-c", "print('hello')"],
        [sys.executable, "-c", "raise SystemExit(1)"],
    ):
        with pytest.raises(WorkstationError) as failed:
            ensure_running(state, attempt, None)
        assert failed.value.code is ErrorCode.LOCAL_CLOUD_FAILED


def test_a_killed_service_comes_back_with_its_job_and_works_it_once_more(running: Running, state: Path) -> None:
    job = call_v1(running, "DetectLungNodule", nodule_call(uploaded(running, 20))).json()["RequestId"]
    assert eventually(lambda: _status(running, job) == "PROCESSING")
    os.kill(pid_of(state), signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
    assert eventually(lambda: find_running(state) is None)

    again = ensure_running(state, command(state, os.getpid()), os.getpid())

    assert again == running, "same keys, same port"
    assert result_of(finished(again, job))["Series"][0]["Sizes"] == [100] * 20
    calls = count_calls(again)
    assert calls is not None
    assert calls["DetectLungNodule"] == {"200": 1}


def _status(running: Running, job: str) -> str:
    status: str = call_v1(running, "GetAsyncJobResult", {"JobId": job}).json()["Data"]["Status"]
    return status


def test_it_ends_with_its_last_owner_but_not_before_its_jobs(state: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as owner:
        running = ensure_running(state, command(state, owner.pid), owner.pid)
        pid = pid_of(state)
        job = call_v1(running, "DetectLungNodule", nodule_call(uploaded(running, 20))).json()["RequestId"]
    assert answers(running), "a job is still running"
    assert finished(running, job)["Status"] == "PROCESS_SUCCESS"

    assert eventually(lambda: not answers(running))
    assert eventually(lambda: not alive(pid))


@pytest.mark.skipif(os.name != "posix", reason="a console signal cannot be sent to one process on Windows")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly(state: Path, number: int) -> None:
    with subprocess.Popen(command(state), stdout=subprocess.PIPE, text=True) as service:
        assert service.stdout is not None
        running = read_line(service.stdout.readline())
        bucket(running).put_object("x", b"1")
        service.send_signal(number)

        assert service.wait(60) == 0


def test_a_start_waits_for_one_that_is_just_ending(state: Path) -> None:
    state.mkdir()
    ending = lock(state)
    assert ending is not None
    with subprocess.Popen(command(state), stdout=subprocess.PIPE, text=True) as starting:
        time.sleep(1.0)
        assert starting.poll() is None
        ending.close()

        assert starting.stdout is not None
        assert answers(read_line(starting.stdout.readline()))
        starting.terminate()


def test_a_fault_plan_that_cannot_be_used_is_one_clear_error(tmp_path: Path) -> None:
    plan = tmp_path / "faults.json"
    plan.write_text("nonsense")

    with pytest.raises(WorkstationError) as failed:
        serve(CloudOptions(state=tmp_path / "state"), faults_file=plan)

    assert failed.value.code is ErrorCode.BAD_PARAMETER


def test_a_state_that_can_not_be_made_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(WorkstationError) as failed:
        serve(CloudOptions(state=tmp_path / "file" / "state"))

    assert failed.value.code is ErrorCode.CANNOT_WRITE


@pytest.mark.parametrize("text", ["", "{", "[]", '{"access_key_id": "A"}'])
def test_damaged_keys_are_named_and_not_replaced(tmp_path: Path, text: str) -> None:
    (tmp_path / "keys.json").write_text(text)
    ended = subprocess.run(command(tmp_path), cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)

    assert (ended.returncode, ended.stdout) == (1, "")
    assert "keys.json of its state is damaged" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert (tmp_path / "keys.json").read_text() == text
