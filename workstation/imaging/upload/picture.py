"""The copy of one picture that may leave this PC: DICOM without identity, or pixels alone written anew."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from workstation.domain.answer import SentSeries
from workstation.domain.covering import NO_COVERING, Covering, covered_words
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.geometry import Geometry, pixel_grid
from workstation.domain.photo_mask import PhotoMask
from workstation.domain.series import FileForm, Stack
from workstation.domain.volume import Volume
from workstation.domain.words import Words, say
from workstation.domain.work import CancelToken, Progress, Reporter
from workstation.imaging.redact.fill import cover_volume
from workstation.imaging.upload.burnt_in import must_not_be_sent
from workstation.imaging.upload.leaving import Leaving
from workstation.imaging.upload.prepare import Prepared, prepare
from workstation.imaging.upload.write import make_folder, write_whole

DICOM: Final = "dcm"
PNG: Final = "png"
JPEG: Final = "jpg"
_QUALITIES: Final = (95, 90, 80, 70)
_PIXELS_ONLY: Final = (
    say("The name of the file, and everything in it beside the pixels: place, time, camera, person"),
)

Pixels = npt.NDArray[np.uint8]  # [row, column, 3] or [row, column]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedPicture:
    """What `jobs` asks of copies. There is nothing to be traced back by, so there are no new UIDs."""

    files: Sequence[Path]
    sent: SentSeries
    notes: tuple[Words, ...]
    uid_map: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureTarget:
    """As what a picture is written.

    form        "png"; "jpg" where that is all that is taken
    spare_form  "jpg" where a PNG that is too large may become one; "" for none
    size        rows, columns; None: as it is
    most_bytes  of the file
    color       three channels, be it gray
    """

    form: str
    spare_form: str = ""
    size: tuple[int, int] | None = None
    most_bytes: int | None = None
    color: bool = False


def prepare_dicom(
    stack: Stack,
    folder: Path,
    salt: bytes,
    repairs: frozenset[str],
    reporter: Reporter,
    cancel: CancelToken,
    covering: Covering = NO_COVERING,
) -> Prepared:
    """A radiograph as DICOM without identity; the answer's places will be in its pixels. raises as `prepare`"""
    prepared = prepare(stack, folder, salt, repairs, reporter, cancel, covering=covering)
    grid = pixel_grid(stack.rows, stack.columns)
    return replace(prepared, sent=replace(prepared.sent, geometry=grid, original=None, pixels=True))


def prepare_picture(
    stack: Stack,
    folder: Path,
    target: PictureTarget,
    reporter: Reporter,
    cancel: CancelToken,
    number: int = 1,
    covering: Covering = NO_COVERING,
) -> PreparedPicture:
    """The pixels of a stack of one picture as `folder/0001.png`; nothing else of its file goes along.

    number    in the name, where a job sends several
    covering  what is made solid before anything else is done
    raises  BURNT_IN; TOO_LARGE where no quality is small enough; as `load_volume`; NO_SPACE, CANNOT_WRITE, Cancelled
    """
    from workstation.imaging.pixels.load import load_volume

    if stack.instances[0].form is FileForm.DICOM and must_not_be_sent(stack, covering.reviewed) is not None:
        raise WorkstationError(ErrorCode.BURNT_IN)
    volume = load_volume(stack, reporter, cancel)
    if covering.hides:
        volume = cover_volume(volume, covering)
    pixels, notes = _eight_bits(stack, volume)
    notes += covered_words(covering)
    cancel.check()
    rows, columns = target.size or (stack.rows, stack.columns)
    content, form, more = _encoded(_resized(pixels, rows, columns), target)
    make_folder(folder)
    path = folder / f"{number:04d}.{form}"
    write_whole(path, [content])
    reporter(Progress(1, 1, say("Removing the identity"), len(content)))
    if (rows, columns) != (stack.rows, stack.columns):
        before, after = f"{stack.columns} × {stack.rows}", f"{columns} × {rows}"
        notes += (say("Resized: {before} pixels became {after} by averaging areas.", before=before, after=after),)
    sent = SentSeries(
        geometry=picture_grid((stack.rows, stack.columns), (rows, columns)),
        series_uid="",
        sop_instance_uids=("",),
        pixels=True,
    )
    return PreparedPicture(files=(path,), sent=sent, notes=notes + more)


def prepare_mask(mask: PhotoMask, folder: Path, size: tuple[int, int]) -> Path:
    """What was drawn over a picture as `folder/0001.png`: white on black, as large as the picture that is sent.

    size    rows, columns
    raises  NO_SPACE, CANNOT_WRITE
    """
    samples: Pixels = np.where(mask.covered, 255, 0).astype(np.uint8)
    if mask.size != size:
        samples = np.where(_resized(samples, *size) >= 128, 255, 0).astype(np.uint8)
    make_folder(folder)
    path = folder / "0001.png"
    write_whole(path, [_file(samples, PNG, 0)])
    return path


def picture_grid(original: tuple[int, int], sent: tuple[int, int]) -> Geometry:
    """Where the pixels of a resized picture lie in the original one: x its column, y its row, in its pixels from 0.

    original, sent  rows, columns
    """
    row, column = original[0] / sent[0], original[1] / sent[1]
    return replace(
        pixel_grid(*sent), positions=np.array([[(column - 1) / 2, (row - 1) / 2, 0.0]]), spacing=(row, column)
    )


def describe_picture(stack: Stack, target: PictureTarget) -> Leaving:
    """For the consent panel, before anything is read."""
    rows, columns = target.size or (stack.rows, stack.columns)
    samples = 3 if stack.instances[0].pixels.coloured else 1
    warning = say("A picture may show the person, or words that name the person: look at it before it is sent.")
    return Leaving(
        slices=1,
        total_bytes=min(rows * columns * samples, target.most_bytes or rows * columns * samples),
        tags=(),
        stays=_PIXELS_ONLY,
        kept=0,
        removed=0,
        private=0,
        notes=(warning,),
        changed=(rows, columns) != (stack.rows, stack.columns),
    )


def _eight_bits(stack: Stack, volume: Volume) -> tuple[Pixels, tuple[Words, ...]]:
    """As it is shown: colours as they are, gray through its window."""
    if volume.colour is not None:
        return volume.colour[0], ()
    from workstation.imaging.pixels.voi import GrayTable, default_window

    first = stack.instances[0]
    plain = first.form is FileForm.PICTURE and first.pixels.bits_stored == 8
    if plain:
        return volume.values[0].astype(np.uint8), ()
    window = default_window(stack, 0, volume.values[0], volume.padding)
    gray = GrayTable(window, volume.inverted, volume.padding).apply(volume.values[0])
    return gray, (say("Gray values were reduced to 8 bits, as they are shown at first."),)


def _resized(pixels: Pixels, rows: int, columns: int) -> Pixels:
    from PIL import Image

    if pixels.shape[:2] == (rows, columns):
        return pixels
    return np.array(Image.fromarray(pixels).resize((columns, rows), Image.Resampling.BOX), dtype=np.uint8)


def _encoded(pixels: Pixels, target: PictureTarget) -> tuple[bytes, str, tuple[Words, ...]]:
    """Content, form, and what there is to say of it. raises TOO_LARGE"""
    if target.color and pixels.ndim == 2:
        pixels = np.repeat(pixels[..., None], 3, axis=2)
    size = 0
    for form, quality in _ways(target):
        content = _file(pixels, form, quality)
        size = len(content)
        if target.most_bytes is None or size <= target.most_bytes:
            lossy = say("Written as JPEG of quality {quality}: pixels changed a little.", quality=quality)
            return content, form, (lossy,) if form == JPEG else ()
    limit = target.most_bytes or 0
    raise WorkstationError(ErrorCode.TOO_LARGE, claimed_mb=size // 2**20 + 1, limit_mb=limit // 2**20)


def _ways(target: PictureTarget) -> list[tuple[str, int]]:
    ways = [(PNG, 0)] if target.form == PNG else []
    if JPEG in (target.form, target.spare_form):
        ways += [(JPEG, quality) for quality in _QUALITIES]
    return ways


def _file(pixels: Pixels, form: str, quality: int) -> bytes:
    from PIL import Image

    target, image = io.BytesIO(), Image.fromarray(np.ascontiguousarray(pixels))
    if form == PNG:
        image.save(target, "PNG", compress_level=4)
    else:
        image.save(target, "JPEG", quality=quality, subsampling=0)
    return target.getvalue()
