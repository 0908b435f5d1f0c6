"""The object store: put, look, sign, delete, list. Every verb may be repeated, so network failures are tried again."""

from __future__ import annotations

import base64
import hashlib
import io
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, TypeVar

from workstation.cloud.download import download
from workstation.cloud.http import is_loopback
from workstation.cloud.retry import repeat
from workstation.domain.credentials import Credentials
from workstation.domain.error import Cancelled, ErrorCode, WorkstationError
from workstation.domain.words import say
from workstation.domain.work import CancelToken, Clock, SystemClock

if TYPE_CHECKING:
    import oss2

T = TypeVar("T")
ByteCount = Callable[[int], None]  # bytes that went out since the last call; negative when some must go again

PART_BYTES: Final = 8 * 1024**2
MULTIPART_BYTES: Final = 32 * 1024**2
_THREADS: Final = 4
_KEYS_AT_ONCE: Final = 1000
_TICK_S: Final = 0.1
_CONTENT_TYPE: Final = "application/octet-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One file and where it goes. `md5_base64` as in Content-MD5; the store refuses content that differs."""

    key: str
    file: Path
    md5_base64: str


def etag_of(md5_base64: str) -> str:
    """The ETag that the store gives a file put in one piece: `exists` returns the same if it is there unchanged."""
    return base64.b64decode(md5_base64).hex().upper()


def silent(count: int) -> None:
    """The byte counter of a caller that wants none."""


class OssStore:
    """One private bucket. Safe between threads."""

    def __init__(
        self, endpoint: str, bucket: str, region: str, credentials: Credentials, *, clock: Clock | None = None
    ) -> None:
        """
        endpoint  storage address with its scheme; `https` unless it is loopback or a network of one's own
        raises    BAD_CONNECTION without a scheme
        """
        if not endpoint.startswith(("https://", "http://")):
            raise WorkstationError(
                ErrorCode.BAD_CONNECTION, name="oss_endpoint", allowed=say("an address with https:// or http://")
            )
        self._endpoint, self._name, self._region = endpoint.rstrip("/"), bucket, region
        self._credentials, self._clock = credentials, clock or SystemClock()
        self._opened: oss2.Bucket | None = None
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"OssStore({self._endpoint!r}, {self._name!r})"

    def close(self) -> None:
        with self._lock:
            if self._opened is not None:
                self._opened.session.session.close()
                self._opened = None

    def put(self, key: str, file: Path, md5_base64: str, cancel: CancelToken, progress: ByteCount = silent) -> None:
        """Store one file, in parts above 32 MiB; nothing of it stays if that fails.

        raises  UPLOAD_DAMAGED, FILE_CHANGED, UNREADABLE, network and service errors, Cancelled (between blocks)
        """
        cancel.check()
        try:
            size = file.stat().st_size
            if size > MULTIPART_BYTES:
                self._put_in_parts(key, file, md5_base64, cancel, progress)
            else:
                self._again(lambda: self._put_whole(key, file, size, md5_base64, cancel, progress), cancel)
        except OSError:
            raise WorkstationError(ErrorCode.UNREADABLE) from None

    def put_all(
        self,
        uploads: Sequence[Upload],
        cancel: CancelToken,
        stored: Callable[[Upload], None],
        progress: ByteCount = silent,
    ) -> None:
        """Store many files, four at a time. The first failure ends the others.

        stored, progress  called in the caller's thread; `stored` for every file that is there, also after a failure
        raises            as `put`
        """
        stop, count = CancelToken(), _Counter()
        pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="upload")
        waiting = {
            pool.submit(self.put, upload.key, upload.file, upload.md5_base64, stop, count.add): upload
            for upload in uploads
        }
        failures: list[Exception] = []
        try:
            while waiting:
                done, _ = wait(waiting, timeout=_TICK_S, return_when=FIRST_COMPLETED)
                progress(count.take())
                for future in done:
                    _settle(future, waiting.pop(future), stored, failures)
                if failures or cancel.cancelled:
                    stop.cancel()
        finally:
            stop.cancel()
            pool.shutdown(cancel_futures=True)
        if failures:
            raise next((failure for failure in failures if not isinstance(failure, Cancelled)), failures[0])

    def exists(self, key: str) -> str | None:
        """The object's ETag in upper case without quotes, or None if there is none. See `etag_of`."""
        import oss2

        def look() -> str | None:
            try:
                etag: str = self._bucket().head_object(key).etag
            except oss2.exceptions.NotFound as error:
                if error.code == "NoSuchBucket":
                    raise
                return None
            return etag.strip('"').upper()

        return self._again(look, CancelToken())

    def sign_get(self, key: str, seconds: int) -> str:
        """A link that fetches the object for so many seconds: plain GET, no headers needed. Never store or log it."""
        from workstation.cloud.oss_session import meant

        with meant():
            url: str = self._bucket().sign_url("GET", key, seconds, slash_safe=True)
        return url

    def delete(self, keys: Sequence[str]) -> tuple[str, ...]:
        """Delete objects; those that were not there count as deleted.

        returns  the keys that are gone; fewer than asked for if a later part of many failed
        raises   when nothing could be deleted
        """
        gone: list[str] = []
        for start in range(0, len(keys), _KEYS_AT_ONCE):
            some = list(keys[start : start + _KEYS_AT_ONCE])
            try:
                gone += self._again(partial(self._delete_some, some), CancelToken())
            except WorkstationError:
                if not gone:
                    raise
                break
        return tuple(gone)

    def list(self, prefix: str) -> tuple[str, ...]:
        """All keys that start so."""
        keys: list[str] = []
        token = ""
        while True:
            some, token = self._again(partial(self._list_some, prefix, token), CancelToken())
            keys += some
            if not token:
                return tuple(keys)

    def download(self, url: str, target: Path, limit_bytes: int, cancel: CancelToken) -> int:
        """Fetch a result link into a file. See `cloud.download.download`; returns the bytes written."""
        return download(
            url, target, limit_bytes, cancel, clock=self._clock, loopback_allowed=is_loopback(self._endpoint)
        )

    def _bucket(self) -> oss2.Bucket:
        from workstation.cloud.oss_session import open_bucket

        with self._lock:
            if self._opened is None:
                self._opened = open_bucket(self._endpoint, self._name, self._region, self._credentials)
            return self._opened

    def _again(self, attempt: Callable[[], T], cancel: CancelToken) -> T:
        from workstation.cloud.oss_session import meant

        def once() -> T:
            with meant():
                return attempt()

        return repeat(once, self._clock, cancel)

    def _delete_some(self, keys: Sequence[str]) -> Sequence[str]:
        gone: Sequence[str] = self._bucket().batch_delete_objects(keys).deleted_keys
        return gone

    def _list_some(self, prefix: str, token: str) -> tuple[Sequence[str], str]:
        """One page, and the token of the next or ''."""
        page = self._bucket().list_objects_v2(prefix=prefix, continuation_token=token, max_keys=_KEYS_AT_ONCE)
        keys = [entry.key for entry in page.object_list]
        return keys, page.next_continuation_token if page.is_truncated else ""

    def _put_whole(
        self, key: str, file: Path, size: int, md5_base64: str, cancel: CancelToken, progress: ByteCount
    ) -> None:
        with file.open("rb") as stream, _counted(stream, size, cancel, progress) as body:
            headers = {"Content-MD5": md5_base64, "Content-Type": _CONTENT_TYPE}
            self._bucket().put_object(key, body, headers=headers)

    def _put_in_parts(self, key: str, file: Path, md5_base64: str, cancel: CancelToken, progress: ByteCount) -> None:
        bucket = self._bucket()
        headers = {"Content-Type": _CONTENT_TYPE}
        upload_id = self._again(lambda: bucket.init_multipart_upload(key, headers=headers).upload_id, cancel)
        try:
            parts = list(self._put_parts(key, upload_id, file, md5_base64, cancel, progress))
            cancel.check()
            self._again(lambda: bucket.complete_multipart_upload(key, upload_id, parts), cancel)
        except BaseException:
            self._forget(key, upload_id)
            raise

    def _put_parts(
        self, key: str, upload_id: str, file: Path, md5_base64: str, cancel: CancelToken, progress: ByteCount
    ) -> Iterator[oss2.models.PartInfo]:
        """Each part with its own Content-MD5; the whole is compared before it is completed."""
        import oss2

        whole = hashlib.md5(usedforsecurity=False)
        with file.open("rb") as stream:
            for number, data in enumerate(iter(lambda: stream.read(PART_BYTES), b""), start=1):
                whole.update(data)
                attempt = partial(self._put_part, key, upload_id, number, data, cancel, progress)
                etag = self._again(attempt, cancel)
                yield oss2.models.PartInfo(number, etag)
        if base64.b64encode(whole.digest()).decode() != md5_base64:
            raise WorkstationError(ErrorCode.FILE_CHANGED)

    def _put_part(
        self, key: str, upload_id: str, number: int, data: bytes, cancel: CancelToken, progress: ByteCount
    ) -> str:
        digest = base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()
        with _counted(io.BytesIO(data), len(data), cancel, progress) as body:
            etag: str = self._bucket().upload_part(key, upload_id, number, body, headers={"Content-MD5": digest}).etag
        return etag

    def _forget(self, key: str, upload_id: str) -> None:
        """Take back the parts of a failed upload; what that itself fails with is not news to anyone."""
        from workstation.cloud.oss_session import meant

        try:
            with meant():
                self._bucket().abort_multipart_upload(key, upload_id)
        except WorkstationError:
            return


class _Body:
    """A request body of a known length that looks at the cancel token before each block."""

    def __init__(self, stream: BinaryIO, size: int, cancel: CancelToken, progress: ByteCount) -> None:
        self._stream, self._size, self._cancel, self._progress = stream, size, cancel, progress
        self.sent = 0

    def __len__(self) -> int:
        return self._size

    def read(self, count: int = -1) -> bytes:
        self._cancel.check()
        left = self._size - self.sent
        data = self._stream.read(left if count < 0 else min(count, left))
        if not data and left:
            raise WorkstationError(ErrorCode.FILE_CHANGED)
        self.sent += len(data)
        self._progress(len(data))
        return data


@contextmanager
def _counted(stream: BinaryIO, size: int, cancel: CancelToken, progress: ByteCount) -> Iterator[_Body]:
    """A body whose bytes are taken off the count again if sending it fails."""
    body = _Body(stream, size, cancel, progress)
    try:
        yield body
    except BaseException:
        progress(-body.sent)
        raise


class _Counter:
    """Bytes from several threads, taken by one."""

    def __init__(self) -> None:
        self._bytes, self._lock = 0, threading.Lock()

    def add(self, count: int) -> None:
        with self._lock:
            self._bytes += count

    def take(self) -> int:
        with self._lock:
            taken, self._bytes = self._bytes, 0
        return taken


def _settle(future: Future[None], upload: Upload, stored: Callable[[Upload], None], failures: list[Exception]) -> None:
    try:
        future.result()
    except WorkstationError as error:
        failures.append(error)
    else:
        stored(upload)
