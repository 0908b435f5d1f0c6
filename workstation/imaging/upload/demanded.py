"""What a classic CT or MR image has to hold, be it empty, where the original is another kind of object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workstation.domain.series import Instance, Stack
from workstation.imaging.upload.deidentify import Elements, is_enhanced
from workstation.imaging.upload.deidentify_table import Key
from workstation.imaging.upload.write import decimal

# Type 1 and 2 elements that a file without DICOM header can't fill (PS3.3 C.7.3.1, C.8.2, C.8.3).
_LATERALITY: Final[Key] = (0x0020, 0x0060)
_UNSIDED: Final[frozenset[Key]] = frozenset({(0x0018, 0x0015), (0x0020, 0x0062)})  # Body Part, Image Laterality
_SERIES: Final[Elements] = {
    (0x0018, 0x0050): (b"DS", b""),
    (0x0018, 0x5100): (b"CS", b""),
    _LATERALITY: (b"CS", b""),
}
_DEMANDED: Final[Mapping[str, Elements]] = {
    "CT": {
        (0x0018, 0x0060): (b"DS", b""),
        (0x0028, 0x1052): (b"DS", b"0"),
        (0x0028, 0x1053): (b"DS", b"1"),
        **_SERIES,
    },
    "MR": {
        (0x0018, 0x0020): (b"CS", b"RM"),
        (0x0018, 0x0021): (b"CS", b"NONE"),
        (0x0018, 0x0022): (b"CS", b""),
        (0x0018, 0x0023): (b"CS", b""),
        (0x0018, 0x0080): (b"DS", b""),
        (0x0018, 0x0081): (b"DS", b""),
        (0x0018, 0x0091): (b"IS", b""),
        **_SERIES,
    },
}


def demanded_by(modality: str) -> Elements:
    """Type 1 and 2 elements of the modality's image module, with nothing said."""
    return _DEMANDED.get(modality, {})


def of_frame(stack: Stack, instance: Instance, survivors: Elements) -> Elements:
    """The survivors of a frame's header, completed: empty where the classic module demands an element whatever it says,
    with the groups' values where an enhanced object says it in functional groups."""
    demanded = demanded_by(stack.modality)
    if not is_enhanced(instance):
        demanded = {key: (vr, value) for key, (vr, value) in demanded.items() if not value}
    else:
        demanded = dict(demanded)
        if stack.thickness is not None:
            demanded[(0x0018, 0x0050)] = (b"DS", decimal(stack.thickness).encode("ascii"))
        if stack.unit == "HU" or stack.modality == "CT":  # of which HU is understood where nothing is said
            demanded[(0x0028, 0x1054)] = (b"LO", b"HU" if stack.unit == "HU" else b"US")
    if not _UNSIDED.isdisjoint(survivors):
        demanded.pop(_LATERALITY, None)
    return {**demanded, **survivors}
