"""Radiographs of an invented patient: bones as soft bars between known points, and `truth.json` beside them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.words import Words, say
from workstation.imaging.phantom.header import made_uid, series_header
from workstation.imaging.upload.write import make_folder, write_part10, write_whole

XY = tuple[float, float]  # shares of width and height

KINDS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "leg-xray": say("Radiograph of both legs with key points"),
        "hip-xray": say("Radiograph of both hips with key points and a fracture"),
        "knee-xray": say("Radiograph of both knees with their grades"),
    }
)
CR_IMAGE_STORAGE: Final = "1.2.840.10008.5.1.4.1.1.1"
# Points of the patient's right side, on the left of the picture; the other side is mirrored.
_POINTS: Final[Mapping[str, Mapping[str, XY]]] = {
    "leg-xray": {
        "v1": (0.30, 0.06), "v2": (0.27, 0.26), "v3": (0.21, 0.496), "v4": (0.27, 0.492), "v5": (0.33, 0.498),
        "v6": (0.212, 0.507), "v7": (0.27, 0.51), "v8": (0.328, 0.508), "v9": (0.275, 0.72), "v10": (0.285, 0.95),
    },
    "hip-xray": {
        "v1": (0.16, 0.27), "v2": (0.27, 0.31), "v3": (0.06, 0.50), "v4": (0.22, 0.38), "v5": (0.28, 0.39),
        "v6": (0.36, 0.48), "v7": (0.16, 0.46), "v8": (0.15, 0.62), "v9": (0.10, 0.70), "v10": (0.09, 0.93),
    },
    "knee-xray": {},
}  # fmt: skip
_MIDLINE: Final[Mapping[str, Mapping[str, XY]]] = {"hip-xray": {"v11": (0.5, 0.55)}}
_BONES: Final[Mapping[str, tuple[tuple[XY, XY], ...]]] = {
    "leg-xray": (((0.30, 0.06), (0.27, 0.49)), ((0.27, 0.51), (0.285, 0.95))),
    "hip-xray": (((0.22, 0.38), (0.12, 0.55)), ((0.12, 0.55), (0.09, 0.97)), ((0.30, 0.10), (0.36, 0.48))),
    "knee-xray": (((0.27, 0.02), (0.27, 0.47)), ((0.27, 0.52), (0.27, 0.98))),
}
_KNEES: Final = ((0.12, 0.35, 0.42, 0.64), 3), ((0.58, 0.36, 0.88, 0.65), 5)  # left, top, right, bottom; class
_FRACTURE: Final = (0.66, 0.40, 0.90, 0.56), "v3"
_SIZES: Final[Mapping[str, tuple[int, int]]] = {
    "leg-xray": (1400, 620), "hip-xray": (700, 900), "knee-xray": (640, 820),
}  # fmt: skip
_TOP: Final = 4095
_TURNED: Final = 0x0112  # EXIF Orientation
_ON_ITS_SIDE: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class RadiographOptions:
    """
    inverted  stored dark for bone, which the header says (MONOCHROME1); DICOM only
    picture   a PNG in place of DICOM, as an export has it
    turned    the PNG lies on its side, and its EXIF data says so
    """

    inverted: bool = False
    picture: bool = False
    turned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RadiographTruth:
    """What was written, in pixels as the picture is seen: points by (name, side); boxes as left, top, right, bottom."""

    file: Path
    rows: int
    columns: int
    points: Mapping[tuple[str, str], XY]
    boxes: tuple[tuple[float, float, float, float], ...]


def make_radiograph(kind: str, out: Path, seed: int = 1, options: RadiographOptions | None = None) -> RadiographTruth:
    """Write one radiograph into a folder, and `truth.json` beside it. raises BAD_PARAMETER, CANNOT_WRITE, NO_SPACE"""
    if kind not in KINDS:
        raise WorkstationError(ErrorCode.BAD_PARAMETER, name="kind", value=kind, allowed=", ".join(KINDS))
    options = options or RadiographOptions()
    rows, columns = _SIZES[kind]
    make_folder(out)
    points = {name: (round(x * columns), round(y * rows)) for name, (x, y) in _shares(kind).items()}
    gray = _drawn(kind, rows, columns, np.random.default_rng([seed, 7]))
    knees = [_box(share, rows, columns) for share, _ in _KNEES] if kind == "knee-xray" else []
    breaks = [_box(_FRACTURE[0], rows, columns)] if kind == "hip-xray" else []
    if options.picture:
        file, digest = _write_png(out, gray, turned=options.turned)
    else:
        file, digest = _write_dicom(out, kind, gray, seed, inverted=options.inverted)
    truth = {
        "schema": "yingtai-phantom/1",
        "kind": kind,
        "seed": seed,
        "pixel_sha256": [digest],
        "nodules": [],
        "points": [{"label": label, "side": side, "at": list(at)} for (label, side), at in points.items()],
        "knees": [{"box": list(box), "class": grade} for box, (_, grade) in zip(knees, _KNEES, strict=False)],
        "fractures": [{"box": list(box), "label": _FRACTURE[1]} for box in breaks],
    }
    write_whole(out / "truth.json", [(json.dumps(truth, indent=1) + "\n").encode()])
    return RadiographTruth(file=file, rows=rows, columns=columns, points=points, boxes=(*knees, *breaks))


def _shares(kind: str) -> dict[tuple[str, str], XY]:
    right = {(name, "R"): at for name, at in _POINTS[kind].items()}
    left = {(name, "L"): (1 - x, y) for name, (x, y) in _POINTS[kind].items()}
    return right | left | {(name, "M"): at for name, at in _MIDLINE.get(kind, {}).items()}


def _box(share: tuple[float, float, float, float], rows: int, columns: int) -> tuple[float, float, float, float]:
    left, top, right, bottom = share
    return (round(left * columns), round(top * rows), round(right * columns), round(bottom * rows))


def _drawn(kind: str, rows: int, columns: int, rng: np.random.Generator) -> npt.NDArray[np.uint16]:
    """12-bit gray: soft tissue around bones, brighter where denser."""
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    picture = np.full((rows, columns), 300.0, dtype=np.float32)
    for bone in _BONES[kind]:
        for mirrored in (False, True):
            (x1, y1), (x2, y2) = (((1 - a) * columns if mirrored else a * columns, b * rows) for a, b in bone)
            along = np.array([x2 - x1, y2 - y1], dtype=np.float32)
            share = np.clip(((x - x1) * along[0] + (y - y1) * along[1]) / float(along @ along), 0, 1)
            distance = np.hypot(x - x1 - share * along[0], y - y1 - share * along[1])
            picture += 900 * np.exp(-((distance / (0.14 * columns)) ** 2))
            picture += 800 * (1 - np.tanh((distance - 0.035 * columns) / (0.012 * columns)))
    picture += rng.normal(0, 12, picture.shape).astype(np.float32)
    drawn: npt.NDArray[np.uint16] = np.rint(picture.clip(0, _TOP)).astype(np.uint16)
    return drawn


def _write_dicom(out: Path, kind: str, gray: npt.NDArray[np.uint16], seed: int, *, inverted: bool) -> tuple[Path, str]:
    from pydicom.uid import UID

    ds = series_header(seed, made_uid("radiograph", kind, seed, inverted), "GB18030")
    for keyword in ("ImagePositionPatient", "FrameOfReferenceUID", "SliceLocation", "ConvolutionKernel", "ScanOptions"):
        ds.pop(keyword, None)
    stored = (_TOP - gray) if inverted else gray
    pixels = stored.astype("<u2").tobytes()
    header: dict[str, Any] = {
        "SOPClassUID": UID(CR_IMAGE_STORAGE), "SOPInstanceUID": UID(made_uid("radiograph", kind, seed, inverted, 1)),
        "Modality": "CR", "ImageType": ["ORIGINAL", "PRIMARY"], "InstanceNumber": "1", "ViewPosition": "AP",
        "BodyPartExamined": {"leg-xray": "LEG", "hip-xray": "HIP", "knee-xray": "KNEE"}[kind],
        "StudyDescription": "X-ray", "SeriesDescription": f"{kind} AP", "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME1" if inverted else "MONOCHROME2",
        "Rows": gray.shape[0], "Columns": gray.shape[1], "BitsAllocated": 16, "BitsStored": 12, "HighBit": 11,
        "PixelRepresentation": 0, "ImagerPixelSpacing": ["0.3", "0.3"], "PixelData": pixels,
    }  # fmt: skip
    for keyword, value in header.items():
        setattr(ds, keyword, value)
    ds["PixelData"].VR = "OW"
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    write_part10(out / f"{kind}.dcm", ds)
    return out / f"{kind}.dcm", hashlib.sha256(pixels).hexdigest()


def _write_png(out: Path, gray: npt.NDArray[np.uint16], *, turned: bool) -> tuple[Path, str]:
    """The digest is of the pixels as they are seen: that is how a picture leaves this PC."""
    from PIL import Image

    eight = (gray >> 4).astype(np.uint8)
    exif = Image.Exif()
    if turned:
        exif[_TURNED] = _ON_ITS_SIDE
    image = Image.fromarray(np.rot90(eight).copy() if turned else eight)  # quarter turn clockwise undoes it
    image.save(out / "radiograph.png", exif=exif)
    return out / "radiograph.png", hashlib.sha256(eight.tobytes()).hexdigest()
