"""The ten actions of imageseg: read as documented, cut, answered in the documents' shapes and spellings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from workstation.localcloud.engine.asked import Analysis, Answer, AnswerFile, BadInput
from workstation.localcloud.engine.photo import Demands, Mask, Rgb, black_and_white, cut_out, on_white, read_photo
from workstation.localcloud.engine.photo_cutting import main_object, pieces, refined
from workstation.localcloud.engine.photo_faces import (
    Box,
    box_of,
    face_mask,
    find_faces,
    hair_mask,
    head_mask,
    part_masks,
)

_ALL_FORMATS: Final = ("JPEG", "PNG", "BMP", "WEBP")
_PLAIN_FORMATS: Final = ("JPEG", "PNG", "BMP")
_WHOLE: Final = Demands(formats=_ALL_FORMATS, most=1279, png_color=True)
_PERSON: Final = Demands(
    formats=_ALL_FORMATS,
    short_most=2000,
    long=(32, 8000),
    fewer_than=8_000_000,
    aspect=(1 / 16, 16.0),
    png_color=True,
)
_ONE_FACE: Final = Demands(formats=("JPEG", "PNG"), least=100, most=2048, aspect=(0.5, 2.0))
_FURNITURE: Final = Demands(formats=_PLAIN_FORMATS, least=41, most=1998)
_VEHICLE: Final = Demands(formats=_PLAIN_FORMATS, least=33, most=1999)
_LEAST_FACE: Final = 100
_FACE_SHARE: Final = 0.1
_HALF: Final = 128
_ALGORITHM: Final[Answer] = {"all": "algorithm", "parts": {}}
_SIMULATED: Final[Answer] = {"all": "simulated", "parts": {}}
_ECHO: Final = "http://internal.invalid/picture"  # an address that works inside only, as in the documents


def segment_body(asked: Analysis) -> Answer:
    """The faces that are found are sure to belong to it. raises BadInput"""
    rgb = _photo(asked, _WHOLE)
    sure: Mask | None = None
    for box in find_faces(rgb):
        face = face_mask(rgb, box)
        sure = face if sure is None else sure | face
    return _one(asked, rgb, main_object(rgb, sure))


def segment_main_object(asked: Analysis) -> Answer:
    """SegmentCommodity and SegmentCommonImage. raises BadInput"""
    rgb = _photo(asked, _WHOLE)
    return _one(asked, rgb, main_object(rgb))


def segment_furniture(asked: Analysis) -> Answer:
    """The documents' example spells `ImageUrl` here. raises BadInput"""
    rgb = _photo(asked, _FURNITURE)
    elements = [{"ImageUrl": cut_out(rgb, piece, f"{n}.png")} for n, piece in enumerate(_pieces(rgb), start=1)]
    return {"Elements": elements, "YingtaiBasis": _ALGORITHM}


def segment_vehicle(asked: Analysis) -> Answer:
    """raises BadInput"""
    rgb = _photo(asked, _VEHICLE)
    elements = [
        {"OriginImageURL": _ECHO, "ImageURL": cut_out(rgb, piece, f"{n}.png")}
        for n, piece in enumerate(_pieces(rgb), start=1)
    ]
    return {"Elements": elements, "YingtaiBasis": _ALGORITHM}


def segment_head(asked: Analysis) -> Answer:
    """raises BadInput"""
    return _people(asked, head_mask)


def segment_face(asked: Analysis) -> Answer:
    """raises BadInput"""
    return _people(asked, face_mask)


def segment_hair(asked: Analysis) -> Answer:
    """raises BadInput"""
    return _people(asked, hair_mask)


def parse_face(asked: Analysis) -> Answer:
    """raises BadInput: InvalidImage.Content not one face, InvalidImage.Resolution a small one"""
    rgb = _photo(asked, _ONE_FACE)
    faces = find_faces(rgb)
    if len(faces) != 1:
        raise BadInput("InvalidImage.Content", f"the picture shows {len(faces)} faces")
    _, _, width, height = faces[0]
    rows, columns = rgb.shape[:2]
    if min(width, height) < _LEAST_FACE or width < _FACE_SHARE * columns or height < _FACE_SHARE * rows:
        raise BadInput("InvalidImage.Resolution", f"the face is smaller than {_LEAST_FACE} pixels or a tenth")
    elements = [
        {"Name": name, "ImageURL": black_and_white(mask, f"{name}.png")}
        for name, mask in part_masks(rgb, faces[0]).items()
    ]
    return {"OriginImageURL": _ECHO, "Elements": elements, "YingtaiBasis": _SIMULATED}


def refine_mask(asked: Analysis) -> Answer:
    """The mask comes back as JPEG, as in the documents' example. raises BadInput"""
    rgb = _photo(asked, _VEHICLE)
    (file,) = asked.files["MaskImageURL"]
    drawn = read_photo(file, _VEHICLE).max(axis=2) >= _HALF
    if drawn.shape != rgb.shape[:2]:
        raise BadInput("InvalidParameter.Unsuitable", "the mask has another size than the picture")
    mask = refined(rgb, drawn)
    return {
        "Elements": [{"ImageURL": black_and_white(mask, "mask.jpeg", "JPEG")}],
        "YingtaiBasis": _ALGORITHM,
    }


def _photo(asked: Analysis, demands: Demands) -> Rgb:
    (file,) = asked.files["ImageURL"]
    return read_photo(file, demands)


def _pieces(rgb: Rgb) -> list[Mask]:
    return pieces(main_object(rgb))


def _one(asked: Analysis, rgb: Rgb, mask: Mask) -> Answer:
    return {"ImageURL": _picture(asked, rgb, mask, "1"), "YingtaiBasis": _ALGORITHM}


def _people(asked: Analysis, cut: Callable[[Rgb, Box], Mask]) -> Answer:
    """A picture for each face, as large as the box that it names."""
    rgb = _photo(asked, _PERSON)
    elements: list[Answer] = []
    for box in find_faces(rgb):
        mask = cut(rgb, box)
        if not mask.any():
            continue
        left, top, width, height = box_of(mask)
        there = slice(top, top + height), slice(left, left + width)
        picture = _picture(asked, rgb[there], mask[there], f"{len(elements) + 1}")
        elements.append({"Height": height, "ImageURL": picture, "Width": width, "X": left, "Y": top})
    return {"Elements": elements, "YingtaiBasis": _ALGORITHM}


def _picture(asked: Analysis, rgb: Rgb, mask: Mask, name: str) -> AnswerFile:
    """As `ReturnForm` of the vendor's client wants it."""
    form = asked.parameters.get("ReturnForm", "")
    if form == "mask":
        return black_and_white(mask, f"{name}.png")
    if form == "whiteBK":
        return on_white(rgb, mask, f"{name}.png")
    if form == "crop":
        left, top, width, height = box_of(mask)
        there = slice(top, top + height), slice(left, left + width)
        return cut_out(rgb[there], mask[there], f"{name}.png")
    return cut_out(rgb, mask, f"{name}.png")
