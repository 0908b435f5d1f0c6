"""A store and a service in a folder, which outlive the process that uses them, and a world around one job.

Every call to the outside passes named moments, before it takes effect and after; a test can fail or die at any of them.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from sqlite3 import Connection

from tests.stacks import geometry
from workstation.catalogue.chest import LUNG_NODULE
from workstation.catalogue.operation import ConnectionKind
from workstation.cloud.oss import ByteCount, Upload
from workstation.domain.answer import SentSeries
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.request import CallKind, RpcAnswer, ServiceCall
from workstation.domain.words import Words
from workstation.domain.work import CancelToken, Clock, Reporter
from workstation.jobs import Consent, NewJob, World
from workstation.records import Records
from workstation.records.database import Database
from workstation.workspace.result_files import KeptFiles

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
SLICES = 3
BASIS = {"all": "algorithm", "parts": {}}

Moment = Callable[[str], None]


def nothing_happens(name: str) -> None:
    """The moment of a test that lets everything go well."""


class TestClock:
    """Time passes only when somebody sleeps."""

    __test__ = False

    def __init__(self) -> None:
        self.seconds = 0.0
        self.slept: list[float] = []

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float, cancel: CancelToken) -> None:
        cancel.check()
        self.slept.append(seconds)
        self.seconds += seconds


@dataclass
class FolderStore:
    """Objects are files; `log` has a line for each that was stored."""

    root: Path
    moment: Moment = nothing_happens

    @property
    def objects(self) -> set[str]:
        return {file.name.replace("+", "/") for file in (self.root / "objects").glob("*")}

    @property
    def stored(self) -> list[str]:
        """Every key that was stored, in order, as often as it was."""
        return _lines(self.root / "stored")

    def put_all(
        self,
        uploads: Sequence[Upload],
        cancel: CancelToken,
        stored: Callable[[Upload], None],
        progress: ByteCount,
    ) -> None:
        for upload in uploads:
            cancel.check()
            number = upload.key[-8:-4]
            self.moment(f"put {number}")
            content = upload.file.read_bytes()
            target = self._file(upload.key)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            _add_line(self.root / "stored", upload.key)
            self.moment(f"was put {number}")
            progress(len(content))
            stored(upload)

    def exists(self, key: str) -> str | None:
        self.moment("exists")
        file = self._file(key)
        return hashlib.md5(file.read_bytes()).hexdigest().upper() if file.exists() else None

    def sign_get(self, key: str, seconds: int) -> str:
        return f"https://store.example/{key}?signature=SECRET&for={seconds}"

    def delete(self, keys: Sequence[str]) -> tuple[str, ...]:
        self.moment("delete")
        for key in keys:
            self._file(key).unlink(missing_ok=True)
        self.moment("was deleted")
        return tuple(keys)

    def _file(self, key: str) -> Path:
        return self.root / "objects" / key.replace("/", "+")


@dataclass
class FolderService:
    """Takes each submit as a new job; `statuses` is what asking gives, the last one for ever."""

    root: Path
    moment: Moment = nothing_happens
    statuses: Sequence[Mapping[str, object]] = field(default_factory=lambda: (running(), done()))

    @property
    def submits(self) -> list[dict[str, str]]:
        """The business parameters of every submit that was taken."""
        return [json.loads(line) for line in _lines(self.root / "submits")]

    @property
    def polls(self) -> list[str]:
        return _lines(self.root / "polls")

    def call(self, call: ServiceCall, kind: CallKind, cancel: CancelToken | None = None) -> RpcAnswer:
        if kind is CallKind.SUBMIT:
            self.moment("submit")
            _add_line(self.root / "submits", json.dumps(dict(call.body)))
            number = f"REQUEST-{len(self.submits)}"
            self.moment("was submitted")
            return _answer({"RequestId": number}, number)
        self.moment("poll")
        _add_line(self.root / "polls", call.body["JobId"])
        status = self.statuses[min(len(self.polls), len(self.statuses)) - 1]
        self.moment("was polled")
        return _answer({"RequestId": "q", "Data": dict(status)}, "q")


def running() -> dict[str, object]:
    return {"Status": "PROCESSING"}


def failed(code: str) -> dict[str, object]:
    return {"Status": "PROCESS_FAILED", "ErrorCode": code, "ErrorMessage": "https://store.example/secret"}


def done(basis: Mapping[str, object] | None = BASIS) -> dict[str, object]:
    """One nodule at the middle slice of the series sent, in the service's own geometry."""
    place = sent().geometry
    assert place is not None
    element = {
        "ImageX": 10.0,
        "ImageY": 20.0,
        "ImageZ": 1.0,
        "Diameter": 6.0,
        "Confidence": 0.9,
        "SOPInstanceUID": sent().sop_instance_uids[1],
    }
    series = {
        "SeriesInstanceUid": sent().series_uid,
        "Elements": [element],
        "Origin": list(map(float, place.positions[0])),
        "Spacing": list(place.spacing_zyx[::-1]),
    }
    result: dict[str, object] = {"Series": [series]}
    if basis is not None:
        result["YingtaiBasis"] = basis
    return {"Status": "PROCESS_SUCCESS", "Result": json.dumps(result)}


def sent() -> SentSeries:
    uids = tuple(f"2.25.{n}" for n in range(1, SLICES + 1))
    return SentSeries(geometry=geometry(SLICES), series_uid="2.25.100", sop_instance_uids=uids)


@dataclass(frozen=True)
class PreparedCopies:
    files: tuple[Path, ...]
    sent: SentSeries
    uid_map: Mapping[str, str]
    notes: tuple[Words, ...] = ()


def prepare(folder: Path, salt: bytes, reporter: Reporter, cancel: CancelToken) -> PreparedCopies:
    """Three copies that depend on the salt, as real ones do."""
    files = tuple(folder / f"{n:04d}.dcm" for n in range(1, SLICES + 1))
    for file in files:
        cancel.check()
        file.write_bytes(salt + file.name.encode() * 100)
    return PreparedCopies(files, sent(), {"1.2.3.1": "2.25.1"})


NEW = NewJob(
    operation="lung-nodule",
    connection="local",
    stack_id="1.2.3#0",
    study_uid="1.2",
    parameters={"threshold": 0.6},
)
CONSENT = Consent(slices=SLICES, bytes=3000, place="studies", cost_yuan=2.4, limit_yuan=3.0, given_at=NOON)
PAID = replace(NEW, connection="clinic", consent=CONSENT)


def world(
    root: Path,
    ledger: Records,
    *,
    moment: Moment = nothing_happens,
    clock: Clock | None = None,
    statuses: Sequence[Mapping[str, object]] | None = None,
    kind: ConnectionKind = ConnectionKind.LOCAL,
) -> World:
    service = LUNG_NODULE.service_for(kind)
    assert service is not None
    client = FolderService(root, moment) if statuses is None else FolderService(root, moment, statuses)
    return World(
        store=FolderStore(root, moment),
        client=client,
        service=service,
        files=KeptFiles(root / "results", clock or TestClock(), loopback_allowed=True),
        ledger=ledger,
        clock=clock or TestClock(),
        connection="local" if kind is ConnectionKind.LOCAL else "clinic",
        kind=kind,
        bucket="studies",
        folder=root / "prepared",
        prepare=prepare,
    )


class FailAt:
    """A moment that fails with an error, `times` times."""

    def __init__(self, name: str, code: ErrorCode, *, times: int = 1, **facts: str) -> None:
        self.name, self.code, self.left, self.facts = name, code, times, facts

    def __call__(self, name: str) -> None:
        if name == self.name and self.left:
            self.left -= 1
            raise WorkstationError(self.code, **self.facts)


class DoAt:
    """A moment at which something else happens, once."""

    def __init__(self, name: str, act: Callable[[], object]) -> None:
        self.name, self.act = name, act
        self.happened = False

    def __call__(self, name: str) -> None:
        if name == self.name and not self.happened:
            self.happened = True
            self.act()


class Killed(BaseException):
    """The process is gone: nothing after it takes effect."""


class Death:
    """Dies at the nth thing that takes effect, in the ledger or outside; nothing takes effect afterwards."""

    def __init__(self, at: int) -> None:
        self.left = at
        self._lock = threading.Lock()

    def __call__(self, name: str) -> None:
        with self._lock:
            self.left -= 1
            if self.left <= 0:
                raise Killed

    def records(self, path: Path) -> Records:
        return Records(path, lambda file: _MortalDatabase(file, self))


class _MortalDatabase(Database):
    def __init__(self, path: Path, moment: Moment) -> None:
        super().__init__(path)
        self._moment = moment

    @contextmanager
    def write(self) -> Iterator[Connection]:
        if not hasattr(self, "_moment"):  # while it is opened
            with super().write() as connection:
                yield connection
            return
        self._moment("write")
        with super().write() as connection:
            yield connection
        self._moment("was written")


def _answer(body: dict[str, object], number: str) -> RpcAnswer:
    return RpcAnswer(body=body, request_id=number, raw=json.dumps(body))


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def _add_line(file: Path, line: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as stream:
        stream.write(line + "\n")
