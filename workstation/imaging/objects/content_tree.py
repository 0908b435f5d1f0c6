"""The content tree of a structured report as plain items (DICOM PS3.3 C.17.3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.imaging.objects.file import Texts, items, numbers, uid

if TYPE_CHECKING:
    from pydicom import Dataset

_MOST_ITEMS: Final = 200_000
_DEEPEST: Final = 64


@dataclass(slots=True, eq=False)
class Item:
    """
    relation     CONTAINS, HAS OBS CONTEXT, INFERRED FROM, SELECTED FROM …
    kind         value type: CONTAINER, TEXT, NUM, CODE, IMAGE, SCOORD, SCOORD3D …
    name         code and meaning of the concept
    text         what it says: text, code's meaning, number, person, date
    code         code of a value that is one
    number, unit of a measured value; unit in UCUM
    graphic      type and coordinates of SCOORD and SCOORD3D
    images       UID and frames (from 1) that it refers to
    space        frame of reference of SCOORD3D
    target       place in the tree of an item that is meant in place of this (1 is the root, then 1-based)
    """

    relation: str
    kind: str
    name: tuple[str, str]
    depth: int
    text: str = ""
    code: str = ""
    number: float | None = None
    unit: str = ""
    graphic: tuple[str, tuple[float, ...]] = ("", ())
    images: tuple[tuple[str, tuple[int, ...]], ...] = ()
    space: str = ""
    target: tuple[int, ...] = ()
    children: list[Item] = field(default_factory=list)

    def walk(self) -> Iterator[Item]:
        """This and all below, in the order of reading."""
        waiting = [self]
        while waiting:
            one = waiting.pop()
            yield one
            waiting += reversed(one.children)


def tree_of(dataset: Dataset, texts: Texts) -> Item:
    """raises TOO_MANY_RECORDS, UNREADABLE for a tree that is too deep"""
    root = _item(dataset, texts, 0)
    waiting = [(dataset, root)]
    count = 0
    while waiting:
        source, into = waiting.pop()
        for child in items(source, "ContentSequence"):
            count += 1
            if count > _MOST_ITEMS:
                raise WorkstationError(ErrorCode.TOO_MANY_RECORDS, limit=_MOST_ITEMS)
            if into.depth >= _DEEPEST:
                raise WorkstationError(ErrorCode.UNREADABLE)
            one = _item(child, texts, into.depth + 1)
            into.children.append(one)
            waiting.append((child, one))
    _resolve(root)
    return root


def _item(dataset: Dataset, texts: Texts, depth: int) -> Item:
    kind = str(dataset.get("ValueType", ""))
    item = Item(
        relation=str(dataset.get("RelationshipType", "")),
        kind=kind,
        name=texts.code(dataset, "ConceptNameCodeSequence"),
        depth=depth,
        target=tuple(int(one) for one in numbers(dataset, "ReferencedContentItemIdentifier")),
    )
    match kind:
        case "TEXT":
            item.text = texts.of(dataset, "TextValue")
        case "CODE":
            item.code, item.text = texts.code(dataset, "ConceptCodeSequence")
        case "PNAME":
            item.text = texts.of(dataset, "PersonName")
        case "NUM":
            measured = next(iter(items(dataset, "MeasuredValueSequence")), None)
            if measured is not None:
                item.number = next(iter(numbers(measured, "NumericValue")), None)
                item.unit = texts.code(measured, "MeasurementUnitsCodeSequence")[0]
                item.text = texts.of(measured, "NumericValue")
        case "DATE" | "TIME" | "DATETIME" | "UIDREF":
            keyword = {"DATE": "Date", "TIME": "Time", "DATETIME": "DateTime", "UIDREF": "UID"}[kind]
            item.text = str(dataset.get(keyword) or "")
        case "SCOORD" | "SCOORD3D":
            item.graphic = (str(dataset.get("GraphicType", "")), numbers(dataset, "GraphicData"))
            item.space = uid(dataset, "ReferencedFrameOfReferenceUID")
    item.images = tuple(
        (uid(one, "ReferencedSOPInstanceUID"), tuple(int(f) for f in numbers(one, "ReferencedFrameNumber")))
        for one in items(dataset, "ReferencedSOPSequence")
    )
    return item


def _resolve(root: Item) -> None:
    """Put what an item by reference means under it, if that has images: mammography CAD refers to its library so."""
    for item in list(root.walk()):
        if not item.target or item.target[0] != 1:
            continue
        meant: Item | None = root
        for place in item.target[1:]:
            meant = meant.children[place - 1] if meant is not None and 0 < place <= len(meant.children) else None
        if meant is not None and meant is not item and meant.images:
            item.kind, item.images = meant.kind, meant.images
