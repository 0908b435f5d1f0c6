"""The world as a job sees it. `app` fills the ports; tests fill them with small fakes.

The ledger is the records themselves: tests use them too, on a temporary file.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from workstation.catalogue.job_query import Polled
from workstation.catalogue.operation import CallInput, ConnectionKind
from workstation.cloud.oss import ByteCount, Upload
from workstation.domain.answer import SentSeries, ServiceAnswer
from workstation.domain.request import CallKind, Parameters, RpcAnswer, ServiceCall
from workstation.domain.volume import ResultVolume
from workstation.domain.words import Words
from workstation.domain.work import CancelToken, Clock, Reporter
from workstation.records import Records as Ledger

__all__ = ["AnalysisService", "Ledger", "ObjectStore", "Prepare", "Prepared", "ResultFiles", "ServiceRow", "World"]


class ObjectStore(Protocol):
    """A private bucket. Every method raises what the network and the store answer."""

    def put_all(
        self,
        uploads: Sequence[Upload],
        cancel: CancelToken,
        stored: Callable[[Upload], None],
        progress: ByteCount,
    ) -> None:
        """Store many files; `stored` in the caller's thread for each that is there, also after a failure.

        raises the first failure; Cancelled
        """

    def exists(self, key: str) -> str | None:
        """MD5 of the object in hex (ETag), any case; None if there is none."""

    def sign_get(self, key: str, seconds: int) -> str:
        """A link that fetches the object for so long."""

    def delete(self, keys: Sequence[str]) -> tuple[str, ...]:
        """returns the keys that are gone now, including those that never were there"""


class AnalysisService(Protocol):
    def call(self, call: ServiceCall, kind: CallKind, cancel: CancelToken | None = None) -> RpcAnswer:
        """One call. A SUBMIT is sent at most once; a POLL is repeated inside where that helps.

        raises UNREACHABLE (nothing was sent), OUTCOME_UNKNOWN (SUBMIT: it may have been taken), what a documented
               refusal means, Cancelled (nothing was sent)
        """


class ServiceRow(Protocol):
    """What a job reads of the catalogue's `Service`."""

    @property
    def source(self) -> str: ...
    @property
    def product(self) -> str: ...
    @property
    def action(self) -> str: ...
    @property
    def asynchronous(self) -> bool: ...
    def is_job(self, parameters: Parameters) -> bool:
        """Whether a call with these parameters is answered later."""

    @property
    def kept(self) -> tuple[str, ...]:
        """Wire paths of links to files that are kept and not read."""

    def submit_call(self, call: CallInput) -> ServiceCall:
        """raises URL_TOO_LONG"""

    def poll_call(self, job_id: str) -> ServiceCall: ...
    def read_poll(self, body: Mapping[str, object]) -> Polled:
        """raises BAD_ANSWER"""

    def file_links(self, text: str) -> Mapping[str, str]:
        """Links to files of an answer, by wire path. raises BAD_ANSWER"""

    def parse(
        self,
        text: str,
        expect_basis: bool,
        files: Mapping[str, tuple[ResultVolume, ...]],
        size: tuple[int, int] | None = None,
    ) -> ServiceAnswer:
        """`size`: rows, columns of a picture that was sent. raises BAD_ANSWER, NO_BASIS"""

    @property
    def uses(self) -> Callable[[Parameters], int]:
        """As how many calls of the price list one call counts."""

    def billed_uses(self, parameters: Parameters, answer: ServiceAnswer) -> int: ...
    def price(self, calls_before: int, parameters: Parameters) -> float: ...


class ResultFiles(Protocol):
    """Files that answers link to: fetched once, kept on this PC as long as their job."""

    def fetch(self, job_id: str, path: str, link: str, cancel: CancelToken) -> None:
        """Fetch the link that stands at this wire path, unless it is here.

        raises LINK_EXPIRED, TOO_LARGE, BAD_ANSWER, UNREACHABLE, TIMED_OUT, NO_SPACE, Cancelled
        """

    def places(self, job_id: str) -> Mapping[str, Path]:
        """Where each file lies, by wire path."""

    def read(
        self, job_id: str, leave: Container[str]
    ) -> tuple[Mapping[str, tuple[ResultVolume, ...]], Callable[[], tuple[Words, ...]]]:
        """What was fetched, by wire path, as images, each read when it is asked for and not kept; and sentences about
        files that are none, or can't be read, to be asked for afterwards.

        leave  wire paths of files that are not read
        """


class Prepared(Protocol):
    """De-identified copies in canonical order, and what they are copies of.

    files  each in the given folder, or in a folder there whose name is its role
    """

    @property
    def files(self) -> Sequence[Path]: ...
    @property
    def sent(self) -> SentSeries: ...
    @property
    def uid_map(self) -> Mapping[str, str]: ...
    @property
    def notes(self) -> tuple[Words, ...]:
        """What was done to the pixels or taken for granted."""


class Prepare(Protocol):
    def __call__(self, folder: Path, salt: bytes, reporter: Reporter, cancel: CancelToken) -> Prepared:
        """Fill the empty folder. The same salt gives the same UIDs. raises NO_SPACE, BURNT_IN, …, Cancelled"""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything outside that one job needs.

    connection, kind, bucket  where it goes, as the ledger names it
    prefix          the first part of every object key
    org_name, org_id  whom the service is told the data comes from
    files           what answers link to
    jobs_service    whom to ask for the list of jobs, and to cancel one; None where there is nobody
    folder          prepared copies lie in `folder/JOB`
    prepare         None where the study is not open: a job that has its copies still goes on
    link_seconds    how long signed links work
    deadline_s      how long one run waits for the service; the job stays resumable after it
    """

    store: ObjectStore
    client: AnalysisService
    service: ServiceRow
    files: ResultFiles
    ledger: Ledger
    clock: Clock
    connection: str
    kind: ConnectionKind
    bucket: str
    folder: Path
    prepare: Prepare | None = None
    prefix: str = "yingtai"
    org_name: str = ""
    org_id: str = ""
    jobs_service: AnalysisService | None = None
    link_seconds: int = 3600
    deadline_s: float = 3600.0
