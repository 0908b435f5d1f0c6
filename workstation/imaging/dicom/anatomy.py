"""The part of the body that radiographs name by a code, where they name none in words."""

from __future__ import annotations

from typing import Final

from workstation.domain.error import ErrorCode
from workstation.imaging.archive.member import open_binary
from workstation.imaging.damage import as_error
from workstation.imaging.dicom.fallback import read_dataset

VIEWS: Final = frozenset({"CR", "DX", "MG", "IO", "PX", "RG", "XC"})  # one picture each, from the front or the side


def region_of(path: str) -> str:
    """The meaning of the code in AnatomicRegionSequence; "" where it has none. For a worker. raises UNREADABLE"""
    with open_binary(path) as file:
        dataset, _ = read_dataset(file)
    with as_error(ErrorCode.UNREADABLE):
        items = dataset.get("AnatomicRegionSequence")
        return str(items[0].get("CodeMeaning") or "").strip() if items else ""
