"""Photographs that go with a dialogue: pixels only, turned as the camera noted, within the service's limits."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from workstation.domain.answer import SentSeries
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.geometry import pixel_grid
from workstation.domain.words import Words, say
from workstation.domain.work import CancelToken, Progress, Reporter, silent
from workstation.imaging.picture.forms import NAMES
from workstation.imaging.picture.read import read_picture
from workstation.imaging.worker import call

_QUALITIES: Final = (92, 85, 75, 60, 45)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoLimits:
    """Each side in pixels, both inclusive, and the size of the file."""

    smallest: tuple[int, int]
    largest: tuple[int, int]
    file_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PreparedPhotos:
    """Copies `0001.jpg` … in the order given. `sent`: the frame of the picture, where it is only one."""

    files: tuple[Path, ...]
    sent: SentSeries
    notes: tuple[Words, ...]
    uid_map: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Photo:
    """One picture encoded anew: nothing of the file but its pixels. `smaller`: it had more of them."""

    content: bytes
    rows: int
    columns: int
    smaller: bool


def prepare_photos(
    paths: Sequence[Path],
    folder: Path,
    limits: PhotoLimits,
    reporter: Reporter = silent,
    cancel: CancelToken | None = None,
) -> PreparedPhotos:
    """Write the copies; nothing of a file's name, date, place and camera is in them.

    raises NOT_A_PICTURE, PICTURE_CUT, PICTURE_TOO_SMALL, TOO_LARGE, NOT_FOUND, NO_SPACE, Cancelled
    """
    cancel, photos = cancel or CancelToken(), []
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for number, path in enumerate(paths, start=1):
        cancel.check()
        reporter(Progress(number - 1, len(paths), say("Preparing pictures")))
        photo: Photo = call(encode_photo, str(path), limits, about=str(path), cancel=cancel)
        (folder / f"{number:04d}.jpg").write_bytes(photo.content)
        photos.append(photo)
    frame = pixel_grid(photos[0].rows, photos[0].columns) if len(photos) == 1 else None
    notes = (say("Pictures were sent with fewer pixels than they have."),) if any(p.smaller for p in photos) else ()
    return PreparedPhotos(
        files=tuple(folder / f"{number:04d}.jpg" for number in range(1, len(photos) + 1)),
        sent=SentSeries(geometry=frame, series_uid="", sop_instance_uids=(), pixels=True),
        notes=notes,
    )


def encode_photo(path: str, limits: PhotoLimits) -> Photo:
    """One picture as JPEG within the limits. Called in a worker. raises as `prepare_photos`"""
    from PIL import Image, ImageOps

    known = read_picture(path)
    (least_rows, least_columns), (most_rows, most_columns) = limits.smallest, limits.largest
    if known.rows < least_rows or known.columns < least_columns:
        least = max(least_rows, least_columns) - 1
        raise WorkstationError(ErrorCode.PICTURE_TOO_SMALL, width=known.columns, height=known.rows, least=least)
    try:
        with Image.open(path, formats=(NAMES[known.form],)) as image:
            image.draft("RGB", (most_columns, most_rows))
            upright = ImageOps.exif_transpose(image)
            if known.deep:
                upright = upright.point(lambda value: value / 256, "L")
            if upright.has_transparency_data:
                shown = upright.convert("RGBA")
                upright = Image.alpha_composite(Image.new("RGBA", shown.size, "white"), shown)
            plain = upright.convert("RGB")
    except (OSError, EOFError):
        raise WorkstationError(ErrorCode.PICTURE_CUT) from None
    plain.thumbnail((most_columns, most_rows))
    plain = Image.frombytes("RGB", plain.size, plain.tobytes())  # Pillow carries a comment along otherwise
    width, height = plain.size
    if height < least_rows or width < least_columns:  # a long strip: what fits one way is too small the other
        raise WorkstationError(ErrorCode.PICTURE_TOO_SMALL, width=width, height=height, least=least_rows - 1)
    for quality in _QUALITIES:
        stream = io.BytesIO()
        plain.save(stream, "JPEG", quality=quality)
        if stream.tell() <= limits.file_bytes:
            return Photo(stream.getvalue(), height, width, (height, width) != (known.rows, known.columns))
    raise WorkstationError(ErrorCode.TOO_LARGE, claimed_mb=stream.tell() >> 20, limit_mb=limits.file_bytes >> 20)
