"""One picture file: its size and kind from the header, its pixels as they are meant to be seen. Called in workers."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
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
from workstation.imaging.picture.forms import HEIC, NAMES, PNG, TIFF, WEBP, picture_form
from workstation.imaging.picture.whole import is_whole, png_chunks
from workstation.imaging.pixels.colour import luma_of
from workstation.imaging.pixels.rescale import rescale
from workstation.imaging.worker import PATIENCE_S, more_time

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
_REDUCED: Final = 1  # bit of a TIFF page's kind (tag 254): a preview of another page
_MOST_PAGES: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFile:
    """What is known of a picture before its pixels are read.

    rows, columns  as it is seen: turned as the camera noted
    samples        3, also where all three are always alike
    coloured       they are not: a photograph, no exported radiograph
    deep           16 bits of gray
    turned         the camera was held otherwise than its sensor
    transparent    parts of it show what lies below
    narrowed       its colours have more than the 8 bits that are read
    page           of a TIFF, from 0
    digest         of its first bytes and its size, and the page
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
    transparent: bool = False
    narrowed: bool = False
    page: int = 0
    digest: str


def read_picture(path: str) -> tuple[PictureFile, ...]:
    """Header and end of one picture, and a coarse look at its colours. One for each page of a TIFF.

    raises NOT_A_PICTURE, PICTURE_CUT, DECODE_FAILED, PICTURE_TOO_SMALL, TOO_LARGE, NOT_FOUND, UNREADABLE
    """
    with open_binary(path) as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        head = file.read(_HEAD)
        form = picture_form(head)
        if form is None:
            raise WorkstationError(ErrorCode.NOT_A_PICTURE)
        if form in (HEIC, WEBP) and not is_whole(file, form, size):  # of a part of these Pillow tells nothing
            raise WorkstationError(ErrorCode.PICTURE_CUT)
        digest = sha256(head + str(size).encode()).hexdigest()[:16]
        with _opened(file, form, ErrorCode.NOT_A_PICTURE) as image:
            first = _page(image, file, path, form, size, digest)
            if form != TIFF:
                return (first,)
            pages = [first]
            for number in range(1, min(_pages(image), _MOST_PAGES)):
                with _complete():
                    image.seek(number)
                if image.tag_v2.get(254, 0) & _REDUCED or min(image.size) <= ICON_PX:  # type: ignore[attr-defined]
                    continue
                _check_size(image)
                more_time(PATIENCE_S)
                pages.append(_page(image, file, path, form, size, f"{digest}-{number + 1}", number))
            return tuple(pages)


def _pages(image: Image) -> int:
    with _complete():
        return int(getattr(image, "n_frames", 1))


def _page(image: Image, file: BinaryIO, path: str, form: str, size: int, digest: str, number: int = 0) -> PictureFile:
    mode, (width, height) = image.mode, image.size
    if min(width, height) <= ICON_PX:
        raise WorkstationError(ErrorCode.PICTURE_TOO_SMALL, width=width, height=height, least=ICON_PX)
    if mode == "F":  # of a TIFF: measured values without a range to show them in
        raise WorkstationError(ErrorCode.DECODE_FAILED)
    chunks = png_chunks(file) if form == PNG else {}
    if not (b"IEND" in chunks if form == PNG else is_whole(file, form, size, image)):
        raise WorkstationError(ErrorCode.PICTURE_CUT)
    orientation = 1
    if form not in (TIFF, HEIC) and (form != PNG or b"eXIf" in chunks):  # those are turned as they are opened
        with _complete():  # of a PNG this decodes all of it
            orientation = image.getexif().get(_TURNED, 1)
    transparent = image.has_transparency_data
    narrowed = mode not in _DEEP and _depth(image, chunks) > 8
    coloured = mode not in _GRAY and (form == HEIC or _coloured(image))
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
        transparent=transparent,
        narrowed=narrowed,
        page=number,
        digest=digest,
    )


def _depth(image: Image, chunks: Mapping[bytes, bytes]) -> int:
    """Bits a sample as the file has them, where it may be more than Pillow gives: PNG and TIFF."""
    if b"IHDR" in chunks:
        return chunks[b"IHDR"][8]
    bits = getattr(image, "tag_v2", {}).get(258, (8,))
    return max(bits) if isinstance(bits, tuple) else int(bits)


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
        pixels = _seen(file, instance.transfer_syntax, instance.frame)
    if pixels.shape[:2] != gray.shape:
        raise WorkstationError(ErrorCode.FILE_CHANGED)
    if pixels.ndim == 2:
        rescale(pixels, instance, gray)
        return
    gray[...] = luma_of(pixels)
    if colour is not None:
        colour[...] = pixels


def _seen(file: BinaryIO, form: str, page: int = 0) -> npt.NDArray[Any]:
    """uint8 [row, column, 3] in sRGB, or gray [row, column] uint8 or uint16; turned as the camera noted, transparent
    parts on white."""
    from PIL import Image, ImageOps

    with _opened(file, form, ErrorCode.DECODE_FAILED) as image:
        with _complete():
            if page:
                image.seek(page)
                _check_size(image)
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
    if form == HEIC:
        from pi_heif import register_heif_opener

        register_heif_opener(thumbnails=False)
    file.seek(0)
    with as_error(damage), Image.open(file, formats=(NAMES[form],)) as image:
        _check_size(image)
        yield image


def _check_size(image: Image) -> None:
    """raises TOO_LARGE"""
    claimed = image.size[0] * image.size[1]
    if claimed > MOST_PIXELS:
        raise WorkstationError(ErrorCode.TOO_LARGE, claimed_mb=claimed * 3 // 2**20, limit_mb=MOST_PIXELS * 3 // 2**20)


@contextmanager
def _complete() -> Iterator[None]:
    """raises PICTURE_CUT where Pillow meets the end before the picture is full, DECODE_FAILED where it gives up"""
    try:
        yield
    except (OSError, EOFError) as error:
        gave_up = str(error).startswith("decoder error")
        raise WorkstationError(ErrorCode.DECODE_FAILED if gave_up else ErrorCode.PICTURE_CUT) from None
