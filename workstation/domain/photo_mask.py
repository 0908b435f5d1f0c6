"""A mask that goes with a picture to an analysis."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
import numpy.typing as npt

from workstation.domain.drawn_mask import pack, packed_pixels
from workstation.domain.error import ErrorCode, WorkstationError


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PhotoMask:
    """`covered`: bool [row, column] in the pixels of the picture as it is seen, before anything is resized."""

    covered: npt.NDArray[np.bool_]

    @property
    def size(self) -> tuple[int, int]:
        """Rows, columns."""
        return self.covered.shape[0], self.covered.shape[1]


class _Stored(TypedDict):
    rows: int
    columns: int
    packed: str


def mask_json(mask: PhotoMask | None) -> str:
    """ "" for none; equal masks give equal text."""
    if mask is None:
        return ""
    rows, columns = mask.size
    packed = base64.b64encode(pack(mask.covered)).decode("ascii")
    return json.dumps(_Stored(rows=rows, columns=columns, packed=packed))


def mask_from_json(text: str) -> PhotoMask | None:
    """raises BAD_GEOMETRY for what is none"""
    if not text:
        return None
    try:
        stored: _Stored = json.loads(text)
        packed = base64.b64decode(stored["packed"], validate=True)
        return PhotoMask(covered=packed_pixels(packed, int(stored["rows"]), int(stored["columns"])))
    except (ValueError, KeyError, TypeError):
        raise WorkstationError(ErrorCode.BAD_GEOMETRY) from None
