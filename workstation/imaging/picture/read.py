"""One picture file: its size and kind from the header, its pixels as they are meant to be seen. Called in workers."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import Instance
from workstation.imaging.archive.member import open_binary
from workstation.imaging.damage import as_error
from workstation.imaging.picture.forms import BMP, JPEG, NAMES, PNG, picture_form
from workstation.imaging.pixels.colour import luma_of
from workstation.imaging.pixels.rescale import rescale

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_PIXELS: Final = 200_000_000
ICON_PX: Final = 64  # discs bring viewers, and those bring buttons
_HEAD: Final = 65_536
_TURNED: Final = 0x0112  # EXIF Orientation
_SIDEWAYS: Final = frozenset({5, 6, 7, 8})
_GRAY: Final = frozenset({"1", "L", "I;16", "I;16B", "I;16L", "I"})
_DEEP: Final = frozenset({"I;16", "I;16B", "I;16L", "I"})
_LOOKED_AT: Final = 128  # pixels of the shorter side are enough to tell whether it is coloured
_MOST_LOOKED_AT: Final = 12_000_000  # pixels; more take too long to decode while a folder is scanned
_DIFFERING: Final = 24  # gray levels between red, green and blue: JPEG makes gray pictures differ by a few
_DIFFERING_SHARE: Final = 0.02  # of the pixels: a coloured stamp on a radiograph is less
_JPEG_END: Final = b"\xff\xd9"


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFile:
    """What is known of a picture before its pixels are read.

    rows, columns  as it is seen: turned as the camera noted
    samples        3, also where all three are always alike
    coloured       they are not: a photograph, no exported radiograph
    deep           16 bits of gray
    turned         the camera was held otherwise than its sensor
    digest         of its first bytes and its size
    """

    path: str
    form: str
    file_bytes: int
    rows: int
    columns: int
    samples: int
    coloured: bool
    deep: bool
    turned: bool
    digest: str


def read_picture(path: str) -> PictureFile:
    """Header and end of one picture, and a coarse look at its colours.

    raises NOT_A_PICTURE, PICTURE_CUT, PICTURE_TOO_SMALL, TOO_LARGE, NOT_FOUND, UNREADABLE
    """
    with open_binary(path) as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        head = file.read(_HEAD)
        form = picture_form(head)
        if form is None:
            raise WorkstationError(ErrorCode.NOT_A_PICTURE)
        with _opened(file, form, ErrorCode.NOT_A_PICTURE) as image:
            mode, (width, height) = image.mode, image.size
            if min(width, height) <= ICON_PX:
                raise WorkstationError(ErrorCode.PICTURE_TOO_SMALL, width=width, height=height, least=ICON_PX)
            kinds = _png_chunks(file) if form == PNG else set()
            if not (b"IEND" in kinds if form == PNG else _ends_whole(file, form, size)):
                raise WorkstationError(ErrorCode.PICTURE_CUT)
            with _complete():  # of a PNG this decodes all of it
                orientation = image.getexif().get(_TURNED, 1) if form == JPEG or b"eXIf" in kinds else 1
            coloured = mode not in _GRAY and _coloured(image)
    if orientation in _SIDEWAYS:
        width, height = height, width
    return PictureFile(
        path=path,
        form=form,
        file_bytes=size,
        rows=height,
        columns=width,
        samples=1 if mode in _GRAY else 3,
        coloured=coloured,
        deep=mode in _DEEP,
        turned=orientation in range(2, 9),
        digest=sha256(head + str(size).encode()).hexdigest()[:16],
    )


def fill(instances: Sequence[Instance], gray: Sequence[npt.NDArray[Any]], colour: Sequence[Any] | None = None) -> None:
    """Pictures decoded into their places, as `pixels.decode.fill` is.

    raises DoesNotFitError; PICTURE_CUT, DECODE_FAILED, FILE_CHANGED, NOT_FOUND, UNREADABLE, with the fact `part`
    """
    for part, instance in enumerate(instances):
        try:
            _fill(instance, gray[part], colour[part] if colour is not None else None)
        except WorkstationError as error:
            raise WorkstationError(error.code, **error.facts, part=part) from None


def _fill(instance: Instance, gray: npt.NDArray[Any], colour: npt.NDArray[np.uint8] | None) -> None:
    with open_binary(instance.path) as file:
        if file.seek(0, os.SEEK_END) != instance.file_bytes:
            raise WorkstationError(ErrorCode.FILE_CHANGED)
        pixels = _seen(file, instance.transfer_syntax)
    if pixels.shape[:2] != gray.shape:
        raise WorkstationError(ErrorCode.FILE_CHANGED)
    if pixels.ndim == 2:
        rescale(pixels, instance, gray)
        return
    gray[...] = luma_of(pixels)
    if colour is not None:
        colour[...] = pixels


def _seen(file: BinaryIO, form: str) -> npt.NDArray[Any]:
    """uint8 [row, column, 3] in sRGB, or gray [row, column] uint8 or uint16; turned as the camera noted, transparent
    parts on white."""
    from PIL import Image, ImageOps

    with _opened(file, form, ErrorCode.DECODE_FAILED) as image:
        with _complete():
            image.load()
        upright = ImageOps.exif_transpose(image)
        if upright.mode in _DEEP:
            deep: npt.NDArray[np.uint16] = np.asarray(upright).clip(0, 65535).astype(np.uint16)
            return deep
        if upright.mode in _GRAY:
            return np.array(upright.convert("L"))
        if upright.has_transparency_data:
            shown = upright.convert("RGBA")
            upright = Image.alpha_composite(Image.new("RGBA", shown.size, "white"), shown)
        return np.array(upright.convert("RGB"))


def _coloured(image: Image) -> bool:
    """Whether red, green and blue ever differ much; a JPEG is decoded at an eighth of its size for it."""
    image.draft("RGB", (max(1, image.size[0] // 8), max(1, image.size[1] // 8)))
    if image.size[0] * image.size[1] > _MOST_LOOKED_AT:
        return True
    with _complete():
        small = image.convert("RGB").reduce(max(1, min(image.size) // _LOOKED_AT))
    rgb = np.asarray(small).astype(np.int16)
    differing = np.ptp(rgb, axis=2) > _DIFFERING
    return bool(differing.mean() > _DIFFERING_SHARE)


@contextmanager
def _opened(file: BinaryIO, form: str, damage: ErrorCode) -> Iterator[Image]:
    """raises TOO_LARGE, `damage`"""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # our own limit below counts, in place of a warning and another error
    file.seek(0)
    with as_error(damage), Image.open(file, formats=(NAMES[form],)) as image:
        claimed = image.size[0] * image.size[1]
        if claimed > MOST_PIXELS:
            raise WorkstationError(
                ErrorCode.TOO_LARGE, claimed_mb=claimed * 3 // 2**20, limit_mb=MOST_PIXELS * 3 // 2**20
            )
        yield image


@contextmanager
def _complete() -> Iterator[None]:
    """raises PICTURE_CUT where Pillow meets the end before the picture is full"""
    try:
        yield
    except (OSError, EOFError):
        raise WorkstationError(ErrorCode.PICTURE_CUT) from None


def _ends_whole(file: BinaryIO, form: str, size: int) -> bool:
    """Whether a JPEG's mark of the end is there; a BMP tells its size. Pillow's own place in the file is kept."""
    with _from(file, 2 if form == BMP else max(0, size - _HEAD)):
        return size >= int.from_bytes(file.read(4), "little") if form == BMP else _JPEG_END in file.read()


def _png_chunks(file: BinaryIO) -> set[bytes]:
    """The kinds of chunks that are there from first to last byte. Reading EXIF data otherwise decodes every PNG."""
    kinds: set[bytes] = set()
    with _from(file, 8):
        while len(head := file.read(8)) == 8 and head[4:] != b"IEND":
            file.seek(int.from_bytes(head[:4], "big") + 4, os.SEEK_CUR)
            kinds.add(head[4:])
        return kinds | {head[4:]}


@contextmanager
def _from(file: BinaryIO, start: int) -> Iterator[None]:
    at = file.tell()
    file.seek(start)
    try:
        yield
    finally:
        file.seek(at)
