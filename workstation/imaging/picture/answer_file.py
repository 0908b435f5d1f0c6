"""Pictures of an answer → their samples as stored. Read in a worker, as they come from elsewhere."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.volume import ResultVolume
from workstation.imaging.archive.member import open_binary
from workstation.imaging.damage import as_error
from workstation.imaging.picture.forms import picture_form
from workstation.imaging.worker import call

if TYPE_CHECKING:
    from PIL.Image import Image

_HEAD: Final = 64
_MOST_PIXELS: Final = 200_000_000
_DEEP: Final = frozenset({"I;16", "I;16B", "I;16L", "I"})


def is_picture(path: Path) -> bool:
    """By its first bytes. raises OSError"""
    with path.open("rb") as file:
        return picture_form(file.read(_HEAD)) is not None


def read_answer_picture(path: Path) -> ResultVolume:
    """uint8 [1, row, column] of a gray picture, [1, row, column, 3 or 4] of a coloured or transparent one.

    Nothing is turned or blended: places are counted in the stored samples.
    raises PICTURE_CUT, DECODE_FAILED, TOO_LARGE, NOT_FOUND, UNREADABLE
    """
    volume: ResultVolume = call(_read, str(path))
    return volume


def _read(path: str) -> ResultVolume:
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # our own limit below counts, in place of a warning and another error
    with open_binary(path) as file, as_error(ErrorCode.DECODE_FAILED), Image.open(file) as image:
        claimed = image.size[0] * image.size[1]
        if claimed > _MOST_PIXELS:
            raise WorkstationError(
                ErrorCode.TOO_LARGE, claimed_mb=claimed * 4 // 2**20, limit_mb=_MOST_PIXELS * 4 // 2**20
            )
        try:
            image.load()
        except (OSError, EOFError):
            raise WorkstationError(ErrorCode.PICTURE_CUT) from None
        values = _samples(image)
    name = PurePosixPath(path.replace("\\", "/")).name
    return ResultVolume(name=name, values=values[None], to_patient=np.eye(4))


def _samples(image: Image) -> npt.NDArray[np.uint8]:
    if image.mode in _DEEP:
        deep: npt.NDArray[Any] = np.asarray(image).clip(0, 65535)
        return (deep.astype(np.uint16) >> 8).astype(np.uint8)
    if image.has_transparency_data:
        return np.array(image.convert("RGBA"))
    return np.array(image.convert("L" if image.mode in ("1", "L") else "RGB"))
