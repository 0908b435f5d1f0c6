"""Reading the answers of imageseg: links to pictures, one for the whole photograph or one for each thing in it.

A picture is as large as the photograph, or as large as the box that stands beside its link and lies there. Any other
size contradicts what was sent: the documents say of no picture that it was scaled. `ImageURL` is spelled in several
ways; what is echoed comes back with another host and is not used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from workstation.catalogue.operation import CallInput, WireAnswer
from workstation.catalogue.photo_segmentation.coverage import Covered, PictureKind, covered, samples_of
from workstation.catalogue.pixel_boxes import read_echoes, rectangle
from workstation.catalogue.wire import Bases, Node, bad_answer, opened
from workstation.domain.answer import (
    AnswerFinding,
    AnswerGrid,
    AnswerMask,
    IndexRectangle,
    IndexShape,
    MaskShape,
    ServiceAnswer,
)
from workstation.domain.finding import Basis, worst
from workstation.domain.volume import ResultVolume
from workstation.domain.words import Words, say

SPELLINGS: Final = ("ImageURL", "ImageUrl", "imageURL", "imageUrl")
LINKS: Final = SPELLINGS
ELEMENT_LINKS: Final = tuple(f"{listed}[].{name}" for listed in ("Elements", "elements") for name in SPELLINGS)
ECHO: Final = "OriginImageURL"
_LARGEST_LABEL: Final = 255
_MASK: Final = "photo"  # name of the first label image

FORM: Final = "form"
CUT_OUT: Final = "cutout"
FORMS: Final[Mapping[str, str]] = {CUT_OUT: "", "mask": "mask", "white": "whiteBK"}
LATER: Final = "async"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What an operation looks for.

    code, label  of its findings; several are numbered
    kind         of its result pictures
    parts        by the name that stands beside the link: what it is
    """

    code: str
    label: Words
    kind: PictureKind = PictureKind.CUT_OUT
    parts: Mapping[str, Words] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Piece:
    """One picture of the answer. `box`: left, top, width, height; `path`: where its link stands."""

    node: Node
    label: Words
    code: str
    box: tuple[int, int, int, int] | None
    path: str
    basis: Basis


def arguments(call: CallInput) -> Mapping[str, str]:
    """Only what differs from the service's own default: the documents know `Async`, the vendor's client `ReturnForm`,
    and neither knows the other."""
    form = FORMS[str(call.parameters.get(FORM, CUT_OUT))]
    later = call.parameters.get(LATER) == "yes"
    return {
        "ImageURL": call.picture,
        **({"ReturnForm": form} if form else {}),
        **({"Async": "true"} if later else {}),
    }


def refine_arguments(call: CallInput) -> Mapping[str, str]:
    return {"ImageURL": call.picture, "MaskImageURL": call.mask}


def whole(sought: Sought, answer: WireAnswer) -> ServiceAnswer:
    """One picture for the photograph. raises BAD_ANSWER, NO_BASIS"""
    root, basis = opened(answer.text, expect_basis=answer.expect_basis)
    return _answer(sought, answer, root, basis, (_piece(sought, root, basis, answer, sought.label),))


def elements(sought: Sought, answer: WireAnswer) -> ServiceAnswer:
    """A picture for each thing; none where there was nothing. raises BAD_ANSWER, NO_BASIS"""
    root, basis = opened(answer.text, expect_basis=answer.expect_basis)
    name = next((name for name in ("Elements", "elements") if root.has(name)), None)
    if name is None:
        raise bad_answer("Elements")
    listed = root.items(name)
    read_echoes(root, ECHO)
    pieces = [
        _piece(sought, node, basis, answer, _label(sought, node, number, len(listed)))
        for number, node in enumerate(listed, start=1)
    ]
    return _answer(sought, answer, root, basis, pieces)


def whole_of(sought: Sought) -> partial[ServiceAnswer]:
    return partial(whole, sought)


def elements_of(sought: Sought) -> partial[ServiceAnswer]:
    return partial(elements, sought)


def _label(sought: Sought, node: Node, number: int, of: int) -> Words:
    if sought.parts is not None:
        name = node.text("Name") or node.text("name")
        if not name:
            raise bad_answer(f"{node.path}.Name")
        return sought.parts.get(name, say("{name}", name=name))
    if of == 1:
        return sought.label
    return say("{what} {number}", what=sought.label, number=number)


def _piece(sought: Sought, node: Node, basis: Bases, answer: WireAnswer, label: Words) -> _Piece:
    name = next((name for name in SPELLINGS if node.has(name)), SPELLINGS[0])
    if not node.text(name):
        raise bad_answer(f"{node.path}.{name}" if node.path else name)
    read_echoes(node, ECHO)
    path = f"{node.path}.{name}" if node.path else name
    part = node.text("Name") or node.text("name") if sought.parts is not None else ""
    return _Piece(
        node=node,
        label=label,
        code=f"{sought.code}-{part}" if part in (sought.parts or {}) else sought.code,
        box=_box(node),
        path=path,
        basis=basis.of(node.path),
    )


def _box(node: Node) -> tuple[int, int, int, int] | None:
    """Left, top, width, height in whole pixels; None where none is given. raises BAD_ANSWER"""
    names = ("X", "Y", "Width", "Height")
    numbers = [node.number(name) for name in names]
    if all(number is None for number in numbers):
        return None
    whole_ones = [int(number) for number in numbers if number is not None and float(number).is_integer()]
    if len(whole_ones) != len(names) or min(whole_ones[2:]) < 1:
        raise bad_answer(f"{node.path}.Width")
    left, top, width, height = whole_ones
    return left, top, width, height


def _answer(sought: Sought, answer: WireAnswer, root: Node, basis: Bases, pieces: Sequence[_Piece]) -> ServiceAnswer:
    layers = _Layers(answer.size)
    findings: list[AnswerFinding] = []
    notes: list[Words] = []
    other_size: tuple[int, int] | None = None
    for piece in pieces:
        shapes: list[IndexShape] = []
        picture = next(
            iter(answer.files.get(piece.path, ())), None
        )  # one at a time: each is as large as the photograph
        samples = samples_of(picture) if picture is not None else None
        label = piece.label
        if samples is None:
            label = say("{what}, mask not available", what=piece.label)
        else:
            cover, from_white = covered(samples, sought.kind)
            placed = layers.placed(cover, piece.box)
            if placed is None:
                other_size = other_size or (cover.shape[0], cover.shape[1])
                shapes.append(MaskShape(mask=_MASK, label=1))  # it claims a place, which the size contradicts
            elif not placed.any():
                notes.append(say("{what}: the mask that came is empty.", what=piece.label))
                continue
            else:
                shapes.append(layers.add(placed, piece.label))
            if from_white:
                notes.append(say("{what}: taken from what is not white in the picture that came.", what=piece.label))
        if piece.box is not None:
            shapes.append(_rectangle(piece.box, f"{piece.node.path}.Width"))
        findings.append(
            AnswerFinding(
                code=piece.code,
                label=label,
                shapes=tuple(shapes),
                measurements=(),
                confidence=None,
                basis=piece.basis,
            )
        )
    return ServiceAnswer(
        findings=tuple(findings),
        grid=AnswerGrid(shape=(1, *other_size) if other_size is not None else None),
        basis=worst([basis.everything, *basis.parts.values()]),
        masks=layers.masks(worst([piece.basis for piece in pieces]) if pieces else basis.everything),
        notes=tuple(dict.fromkeys(notes)),
        unknown=root.unread(),
    )


def _rectangle(box: tuple[int, int, int, int], where: str) -> IndexRectangle:
    left, top, width, height = box
    return rectangle((left, top, left + width, top + height), where)


class _Layers:
    """Label images in the pixels of the photograph. Things that overlap go on images of their own, so that none loses
    pixels to another."""

    def __init__(self, size: tuple[int, int] | None) -> None:
        self._size = size
        self._images: list[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]] = []
        self._names: list[dict[int, Words]] = []

    def placed(self, cover: Covered, box: tuple[int, int, int, int] | None) -> Covered | None:
        """The same in the whole photograph; None where its size is neither that of the photograph nor of its box."""
        if self._size is None:
            self._size = (cover.shape[0], cover.shape[1]) if box is None else None
        if self._size is None:
            return None
        rows, columns = self._size
        if cover.shape == (rows, columns):
            return cover
        if box is None:
            return None
        left, top, width, height = box
        inside = left >= 0 and top >= 0 and left + width <= columns and top + height <= rows
        if cover.shape != (height, width) or not inside:
            return None
        whole_picture: Covered = np.zeros((rows, columns), dtype=np.bool_)
        whole_picture[top : top + height, left : left + width] = cover
        return whole_picture

    def add(self, cover: Covered, label: Words) -> MaskShape:
        for number, (image, names) in enumerate(zip(self._images, self._names, strict=True)):
            if len(names) < _LARGEST_LABEL and not image[0][cover].any():
                return self._write(number, cover, label)
        self._images.append(np.zeros((1, *cover.shape), dtype=np.uint8))
        self._names.append({})
        return self._write(len(self._images) - 1, cover, label)

    def _write(self, number: int, cover: Covered, label: Words) -> MaskShape:
        names = self._names[number]
        value = len(names) + 1
        self._images[number][0][cover] = value
        names[value] = label
        return MaskShape(mask=_name(number), label=value)

    def masks(self, basis: Basis) -> tuple[AnswerMask, ...]:
        return tuple(
            AnswerMask(
                name=_name(number),
                volume=ResultVolume(name=_name(number), values=image, to_patient=np.eye(4)),
                names=names,
                basis=basis,
                in_pixels=True,
            )
            for number, (image, names) in enumerate(zip(self._images, self._names, strict=True))
        )


def _name(number: int) -> str:
    return _MASK if number == 0 else f"{_MASK}-{number + 1}"
