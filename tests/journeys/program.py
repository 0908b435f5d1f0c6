"""The program as a user has it: the real command in a process of its own, a home of its own, a service that listens."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import oss2

from tests.journeys import warm
from tests.localcloud.service import bucket
from workstation.localcloud.note import Running, count_calls, read_line

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "workstation")
PATIENCE_S = 300.0
Fault = Mapping[str, object]


@dataclass(frozen=True)
class Ran:
    """How one command ended. `json`: the one document that its standard output was."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(self.out)
        return value


@dataclass
class Service:
    """A local cloud that a person started, in front of the program's own state folder."""

    running: Running
    process: subprocess.Popen[str]

    def calls(self, operation: str, outcome: str = "200") -> int:
        """How many calls of an operation ended so."""
        counted = count_calls(self.running)
        assert counted is not None
        return counted.get(operation, {}).get(outcome, 0)

    def objects(self) -> list[str]:
        """Keys of all objects in the bucket, as the vendor's client lists them."""
        return [found.key for found in oss2.ObjectIterator(bucket(self.running))]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(30)


@dataclass
class Program:
    """One user: `home` is where the program keeps everything."""

    home: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def state(self) -> Path:
        return self.home / "data" / "localcloud"

    def run(self, *arguments: str | Path, prefix: Sequence[str] = COMMAND, timeout_s: float = PATIENCE_S) -> Ran:
        """One command from start to end, without a terminal."""
        with self.started(*arguments, prefix=prefix) as process:
            return ended(process, timeout_s)

    @contextmanager
    def started(self, *arguments: str | Path, prefix: Sequence[str] = COMMAND) -> Iterator[subprocess.Popen[str]]:
        """A command at work; killed at the end of the block if it still is."""
        process = self._process(prefix, list(map(str, arguments)))
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            process.communicate()

    def _process(self, prefix: Sequence[str], arguments: Sequence[str]) -> subprocess.Popen[str]:
        if warm.HAS_FORK and prefix == COMMAND:
            return warm.Warm(arguments, self._environment())
        return subprocess.Popen(
            [*prefix, *arguments],
            cwd=ROOT,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def analyze(self, study: Path, out: Path, *more: str | Path) -> Ran:
        return self.run(*analyze(study, out, *more))

    @contextmanager
    def service(
        self, *options: str | Path, faults: Sequence[Fault] = (), truth: Path | None = None, state: Path | None = None
    ) -> Iterator[Service]:
        """`yingtai localcloud` on this user's own state folder, so that `analyze` finds it."""
        more: list[str | Path] = [*options]
        if truth is not None:
            more += ["--engine", "truth", "--truth", truth]
        if faults:
            plan = self.home / "faults.json"
            plan.parent.mkdir(parents=True, exist_ok=True)
            plan.write_text(json.dumps({"faults": list(faults)}))
            more += ["--faults", plan]
        with self.started("localcloud", "--state", state or self.state, *more) as process:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line:
                raise AssertionError(f"the service did not start: {process.communicate()[1]}")
            assert process.stderr is not None
            threading.Thread(target=process.stderr.read, daemon=True).start()  # a full pipe would stop it
            yield Service(read_line(line), process)
            if process.poll() is None:
                process.terminate()
                process.wait(30)

    def jobs(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.run("jobs", "list", "--json").json["jobs"]
        return rows

    def job(self) -> dict[str, Any]:
        """The only job, in full."""
        (row,) = self.jobs()
        return self.run("jobs", "show", row["id"], "--json").json

    def connect(self, service: Service, name: str = "hosp", secret: str | None = None, rpc: str | None = None) -> None:
        """A connection of a hospital's own, with keys from the environment, to that service."""
        running = service.running
        added = self.run(
            *(
                "connection",
                "add",
                name,
                "--kind",
                "compatible",
                "--bucket",
                running.bucket,
                "--region",
                running.region,
            ),
            *("--oss", running.oss, "--rpc", rpc or running.rpc, "--no-keys"),
        )
        assert added.code == 0, added.err
        self.environment[f"YINGTAI_{name.upper()}_ACCESS_KEY_ID"] = running.access_key_id
        self.environment[f"YINGTAI_{name.upper()}_ACCESS_KEY_SECRET"] = secret or running.access_key_secret

    def _environment(self) -> dict[str, str]:
        ours = {name: value for name, value in os.environ.items() if not name.startswith("YINGTAI_")}
        return ours | {"YINGTAI_HOME": str(self.home), "LC_ALL": "C.UTF-8"} | self.environment


def analyze(study: Path, out: Path, *more: str | Path) -> tuple[str | Path, ...]:
    return ("analyze", study, "--operation", "lung-nodule", "--out", out, *more)


def ended(process: subprocess.Popen[str], timeout_s: float = PATIENCE_S) -> Ran:
    out, err = process.communicate(timeout=timeout_s)
    return Ran(process.returncode, out, err)


def wait_until(reached: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
    deadline = time.monotonic() + patience_s
    while not reached():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.1)
