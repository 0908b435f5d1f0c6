"""One picture as it was sent: a radiograph in DICOM, or a plain picture, checked as the documents demand.

Independent of the client that sent it: pydicom and Pillow read it here, and nothing is turned or resized.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from workstation.localcloud.engine.asked import BadInput, File
from workstation.localcloud.engine.volume import FOREIGN_BYTES

RADIOGRAPHS: Final = ("DX", "CR")
_MOST_PIXELS: Final = 200_000_000
_LEAST_SIDE: Final = 8
_BY_NAME: Final = {"jpeg": "JPEG", "jpg": "JPEG", "png": "PNG", "bmp": "BMP", "tiff": "TIFF", "heic": "HEIF"}


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Picture:
    """
    gray    float32 [row, column], bright is dense
    sha256  of the pixels as they were sent: the Pixel Data of a DICOM file, the decoded bytes of any other
    """

    gray: npt.NDArray[np.float32]
    sha256: str

    @property
    def rows(self) -> int:
        return int(self.gray.shape[0])

    @property
    def columns(self) -> int:
        return int(self.gray.shape[1])


def read_picture(file: File, data_format: str) -> Picture:
    """What `DataFormat` says it is ("dcm", "png" …, in any case).

    raises BadInput: 422 empty, 423 no DICOM, InvalidParameter.Unsuitable of another modality or more than one frame,
           InvalidImage.Content another format, InvalidImage.Decode damaged pixels, InvalidImage.Resolution size
    """
    content = file if isinstance(file, bytes) else Path(file).read_bytes()
    if not content:
        raise BadInput("422", "an empty file")
    name = data_format.lower()
    return _radiograph(content) if name in ("dcm", "dicom") else _plain(content, (_BY_NAME[name],))


def read_photograph(file: File) -> Picture:
    """JPEG or PNG by its content. raises BadInput as `read_picture`"""
    content = file if isinstance(file, bytes) else Path(file).read_bytes()
    if not content:
        raise BadInput("422", "an empty file")
    return _plain(content, ("JPEG", "PNG"))


def _radiograph(content: bytes) -> Picture:
    from pydicom import dcmread
    from pydicom.errors import InvalidDicomError

    try:
        ds = dcmread(io.BytesIO(content))
        modality, frames = str(ds.get("Modality", "")), int(ds.get("NumberOfFrames") or 1)
        rows, columns = int(ds.get("Rows") or 0), int(ds.get("Columns") or 0)
    except InvalidDicomError:
        raise BadInput("423", "the file is not DICOM") from None
    except FOREIGN_BYTES as defect:
        raise BadInput("423", f"the file is damaged ({type(defect).__name__})") from None
    if modality not in RADIOGRAPHS:
        raise BadInput("InvalidParameter.Unsuitable", "the modality is neither DX nor CR")
    if "PixelData" not in ds or rows < 1 or columns < 1:
        raise BadInput("422", "a file without picture")
    _check_size(rows, columns)
    if frames != 1:
        raise BadInput("InvalidParameter.Unsuitable", "more than one frame")
    digest = hashlib.sha256(ds.PixelData).hexdigest()
    try:
        stored = np.asarray(ds.pixel_array).astype(np.float32)
    except FOREIGN_BYTES as defect:
        raise BadInput("InvalidImage.Decode", f"pixels cannot be decoded ({type(defect).__name__})") from None
    gray: npt.NDArray[np.float32] = stored.mean(axis=2, dtype=np.float32) if stored.ndim == 3 else stored
    if ds.get("PhotometricInterpretation") == "MONOCHROME1":
        gray = gray.max() - gray
    return Picture(gray=gray, sha256=digest)


def _check_size(rows: int, columns: int) -> None:
    """Before anything is decoded."""
    if min(rows, columns) < _LEAST_SIDE or rows * columns > _MOST_PIXELS:
        raise BadInput("InvalidImage.Resolution", f"a side below {_LEAST_SIDE} or more than {_MOST_PIXELS} pixels")


def _plain(content: bytes, formats: tuple[str, ...]) -> Picture:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content)) as image:
            if image.format not in formats:
                raise BadInput("InvalidImage.Content", f"the picture is no {' or '.join(formats)}")
            _check_size(image.height, image.width)
            pixels = np.asarray(image if image.mode in ("L", "RGB") else image.convert("RGB"))
    except UnidentifiedImageError:
        raise BadInput("InvalidImage.Content", f"the file is no {' or '.join(formats)}") from None
    except (OSError, ValueError, Image.DecompressionBombError):
        raise BadInput("InvalidImage.Decode", "the picture cannot be decoded") from None
    digest = hashlib.sha256(np.ascontiguousarray(pixels).tobytes()).hexdigest()
    gray = pixels.astype(np.float32)
    return Picture(gray=gray.mean(axis=2, dtype=np.float32) if gray.ndim == 3 else gray, sha256=digest)
