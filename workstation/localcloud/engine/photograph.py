"""A photograph as it was sent, in colour, checked as the recognition document demands of each action."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from workstation.localcloud.engine.asked import Analysis, BadInput, File

_MOST_PIXELS: Final = 200_000_000
_NAMES: Final = {"MPO": "JPEG"}  # several JPEG pictures in one file, as telephones write; the first is looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """least, most  pixels each way, both inclusive; color: three channels of 8 bits"""

    formats: tuple[str, ...] = ("JPEG", "PNG", "BMP")
    least: int = 1
    most: int | None = None
    color: bool = False


DEMANDS: Final[Mapping[str, Demand]] = {
    "TaggingImage": Demand(least=6),
    "TaggingAdImage": Demand(least=6),
    "RecognizeImageColor": Demand(most=2499, color=True),
    "DetectImageElements": Demand(most=1280),
    "RecognizeLogo": Demand(formats=("JPEG", "PNG", "BMP", "GIF", "WEBP")),
    "RecognizeImageStyle": Demand(formats=("JPEG", "PNG", "BMP", "WEBP"), most=2999, color=True),
    "ClassifyingRubbish": Demand(formats=("JPEG", "PNG")),
    "DetectFruits": Demand(formats=("JPEG", "PNG", "TIFF"), least=101),
    "RecognizeVehicleType": Demand(formats=("JPEG", "PNG")),
    "EvaluateCertificateQuality": Demand(least=101, most=4999),
    "RecognizeFood": Demand(least=100, most=4096),
    "RecognizeScene": Demand(least=6),
}


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Photograph:
    """
    rgb     uint8 [row, column, 3]
    digest  SHA-256 of those bytes
    """

    rgb: npt.NDArray[np.uint8]
    digest: bytes

    @property
    def rows(self) -> int:
        return int(self.rgb.shape[0])

    @property
    def columns(self) -> int:
        return int(self.rgb.shape[1])


def photograph_of(asked: Analysis) -> Photograph:
    """The only picture of a call. raises BadInput"""
    ((file,),) = asked.files.values()
    return read(file, DEMANDS[asked.action])


def read(file: File, demand: Demand) -> Photograph:
    """raises BadInput: InvalidImage.Content of another format or kind, .Resolution, .Decode"""
    from PIL import Image, UnidentifiedImageError

    content = file if isinstance(file, bytes) else Path(file).read_bytes()
    allowed = " or ".join(demand.formats)
    try:
        with Image.open(io.BytesIO(content)) as image:
            if _NAMES.get(str(image.format), image.format) not in demand.formats:
                raise BadInput("InvalidImage.Content", f"the picture is no {allowed}")
            _check_size(image.width, image.height, demand)
            if demand.color and image.mode != "RGB":
                raise BadInput("InvalidImage.Content", "the picture has not three channels of 8 bits")
            rgb = np.asarray(image.convert("RGB"))
    except UnidentifiedImageError:
        raise BadInput("InvalidImage.Content", f"the file is no {allowed}") from None
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise BadInput("InvalidImage.Decode", "the picture cannot be decoded") from None
    return Photograph(rgb=rgb, digest=hashlib.sha256(rgb.tobytes()).digest())


def _check_size(width: int, height: int, demand: Demand) -> None:
    """Before anything is decoded. raises BadInput"""
    if min(width, height) < demand.least:
        raise BadInput("InvalidImage.Resolution", f"a side has fewer than {demand.least} pixels")
    if demand.most is not None and max(width, height) > demand.most:
        raise BadInput("InvalidImage.Resolution", f"a side has more than {demand.most} pixels")
    if width * height > _MOST_PIXELS:
        raise BadInput("InvalidImage.Resolution", f"more than {_MOST_PIXELS} pixels")
