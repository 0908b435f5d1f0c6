"""Several analyses of one chest CT in one call."""

from __future__ import annotations

from typing import Final

from workstation.localcloud.operations.row import IMAGEPROCESS, ORGANISATION, Checked, Kind, Mode, Operation, Parameter
from workstation.localcloud.refusal import RpcRefusal

KNOWN_BITS: Final = 31
ALL: Final = str(KNOWN_BITS)  # the documents state no default: everything is looked for


def known_analyses(checked: Checked) -> None:
    """Only the last five bits of `Mask` count, and one of them must be set. raises RpcRefusal"""
    if int(checked.values.get("Mask", ALL)) & KNOWN_BITS == 0:
        raise RpcRefusal("InvalidParameter", "Mask asks for none of the five analyses.")


SCREEN_CHEST_CT: Final = Operation(
    product=IMAGEPROCESS,
    action="ScreenChestCT",
    mode=Mode.JOB,
    file_bytes=3 * 1024**2,
    parameters=(
        Parameter(wire="DataFormat", values=("DICOM",)),
        *ORGANISATION,
        Parameter(wire="Mask", kind=Kind.WHOLE, required=False),
        Parameter(wire="URLList.N.URL", kind=Kind.ADDRESS, items=(20, 600)),
    ),
    rule=known_analyses,
)
