"""One file's header as raw values: our own walker for the plain cases, pydicom for every other."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.imaging.dicom import tags
from workstation.imaging.dicom.leaping import Leaping
from workstation.imaging.dicom.tags import Tag
from workstation.imaging.dicom.walk import Element, Odd, Short, Template, Walked, data_start, learn, syntax_of, walk

FIRST_BYTES: Final = 8192
LARGEST_HEADER: Final = 64 * 2**20
LARGEST_PLAIN: Final = 4 * 2**20  # a longer header takes too long to walk here; it is read in a worker
READ_FLAGS: Final = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)


@dataclass(slots=True, eq=False)
class Header:
    """
    own       wanted tag → raw bytes, little endian; those that the template fixes are not among them
    pixels    offset and length of the pixel data; length -1: encapsulated; offset 0: inside a deflated data set;
              None: the file has no pixel data
    template  shared by files that differ in the elements `template.own` only
    """

    path: str
    file_bytes: int
    own: dict[Tag, bytes]
    syntax: str
    pixels: tuple[int, int] | None
    template: Template | None = None

    @property
    def values(self) -> dict[Tag, bytes]:
        """Wanted tag → raw bytes, little endian; with a template put together at each call."""
        return self.own if self.template is None else self.template.fixed | self.own

    def text(self, key: Tag) -> str:
        """An ASCII value without its padding; "" where it is missing."""
        return self.values.get(key, b"").strip(b"\0 ").decode("ascii", "replace")

    @property
    def sop_class(self) -> str:
        return self.text(tags.SOP_CLASS) or self.text(tags.MEDIA_CLASS)


def plausible(head: bytes) -> bool:
    """Whether bytes without the DICM mark look like a data set: a first element of group 0002 or 0008, low in it."""
    if len(head) < 12 or head[:4] == b"\0\0\0\0":
        return False
    vr = head[4:6].isalpha() and head[4:6].isupper()
    if head[0] in (2, 8) and head[1] == 0 and head[3] == 0:
        length = int.from_bytes(head[4:8], "little")
        return vr or (length <= 256 if head[2] else length == 4)  # the length of a group is a number of four bytes
    return vr and head[0] == 0 and head[1] in (2, 8) and head[2] == 0


def pread(descriptor: int, count: int, offset: int) -> bytes:
    """Bytes at an offset; on systems without `pread` by seeking, so one thread per descriptor."""
    if hasattr(os, "pread"):
        return os.pread(descriptor, count, offset)
    os.lseek(descriptor, offset, os.SEEK_SET)
    return os.read(descriptor, count)


class NeedsWorker(Exception):
    """The file is none of the plain ones that are read without a library."""


@dataclass(slots=True, eq=False)
class HeaderReader:
    """Reads headers one after the other and learns what the files have in common. One per thread.

    plain_only  raise NeedsWorker for what our own walker refuses, instead of handing it to pydicom here
    """

    plain_only: bool = False
    _templates: list[Template] = field(default_factory=list)
    _last: tuple[bytes, list[Element]] | None = None
    _first_bytes: int = FIRST_BYTES

    def read(self, path: str) -> Header:
        """raises NOT_DICOM, UNREADABLE, NOT_FOUND, TOO_LARGE; NeedsWorker"""
        try:
            descriptor = os.open(path, READ_FLAGS)
        except FileNotFoundError:
            raise WorkstationError(ErrorCode.NOT_FOUND) from None
        except OSError:
            raise WorkstationError(ErrorCode.UNREADABLE) from None
        try:
            head = os.read(descriptor, self._first_bytes)
            size = os.lseek(descriptor, 0, os.SEEK_END)  # fstat takes three times as long
            walked = self._match(head) or self._walk(head, size, lambda count, offset: pread(descriptor, count, offset))
        except OSError:
            raise WorkstationError(ErrorCode.UNREADABLE) from None
        finally:
            os.close(descriptor)
        return self._header(path, size, walked)

    def read_stream(self, path: str, file: BinaryIO) -> Header:
        """The same of an open file, which may be a member of an archive. raises as `read`, and what `file` raises"""

        def read(count: int, offset: int) -> bytes:
            file.seek(offset)
            return file.read(count)

        size = file.seek(0, os.SEEK_END)
        head = read(self._first_bytes, 0)
        return self._header(path, size, self._match(head) or self._walk(head, size, read))

    def _header(self, path: str, size: int, walked: Walked | None) -> Header:
        if walked is None:
            if self.plain_only:
                raise NeedsWorker
            from workstation.imaging.dicom.fallback import read_header

            return read_header(path)
        template = walked.template
        syntax = template.syntax if template is not None else syntax_of(walked.values)
        return Header(path, size, walked.values, syntax, walked.pixels, template)

    def _match(self, head: bytes) -> Walked | None:
        for template in self._templates:
            walked = template.match(head)
            if walked is not None:
                return walked
        return None

    def _walk(self, head: bytes, size: int, read: Callable[[int, int], bytes]) -> Walked | None:
        """None for what has to be read with pydicom. `read` gives so many bytes of the file from an offset."""
        if not data_start(head) and not plausible(head):
            raise WorkstationError(ErrorCode.NOT_DICOM)
        while True:
            try:
                walked, elements = walk(head, size)
            except Odd:
                return None
            except Short:
                if len(head) >= min(size, LARGEST_PLAIN):
                    return None if self.plain_only else _leap(Leaping(read, size))
                head = read(min(size, len(head) * 8), 0)
                continue
            self._remember(head, elements, walked)
            return walked

    def _remember(self, head: bytes, elements: list[Element], walked: Walked) -> None:
        if walked.pixels is None or elements[-1].tag not in tags.PIXEL_TAGS:
            return
        self._first_bytes = max(FIRST_BYTES, min(2**18, -(-(walked.pixels[0] + 64) // 4096) * 4096))
        if self._last is not None:
            template = learn(head, elements, *self._last, walked.values)
            if template is not None:
                self._templates = [template, *self._templates[:2]]
        self._last = (head[: walked.pixels[0]], elements)


def _leap(file: Leaping) -> Walked | None:
    """The same of a header of any length: what is not wanted is leapt over as far as it tells its length."""
    try:
        return walk(file, len(file))[0]
    except (Odd, Short):
        return None
