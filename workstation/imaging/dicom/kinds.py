"""What a file is, by its SOP class (DICOM PS3.4 B.5); the Modality is not asked."""

from __future__ import annotations

from functools import cache
from typing import Final

_STORAGE: Final = "1.2.840.10008.5.1.4.1.1."
_KINDS: Final = (
    ("1.2.840.10008.1.3.10", "dicomdir"),
    (_STORAGE + "88.59", "key-object"),
    (_STORAGE + "88", "sr"),
    (_STORAGE + "66.4", "seg"),
    (_STORAGE + "66.5", "surface-seg"),
    (_STORAGE + "66.7", "seg"),
    (_STORAGE + "66.6", "tractography"),
    (_STORAGE + "66.1", "registration"),
    (_STORAGE + "66.2", "fiducials"),
    (_STORAGE + "66.3", "registration"),
    (_STORAGE + "66", "raw-data"),
    (_STORAGE + "4.2", "spectroscopy"),
    (_STORAGE + "67", "real-world-map"),
    (_STORAGE + "68", "surface-scan"),
    (_STORAGE + "481.1", ""),
    (_STORAGE + "481.2", "rt-dose"),
    (_STORAGE + "481.3", "rt-structure"),
    (_STORAGE + "481.5", "rt-plan"),
    (_STORAGE + "481.8", "rt-plan"),
    (_STORAGE + "481", "rt"),
    (_STORAGE + "104.1", "pdf"),
    (_STORAGE + "104.2", "document"),
    (_STORAGE + "104", "mesh"),
    (_STORAGE + "11", "presentation-state"),
    (_STORAGE + "30", "parametric-map"),
    (_STORAGE + "9", "waveform"),
    (_STORAGE + "91", "annotation"),
    (_STORAGE + "77.1.6", "whole-slide"),
    (_STORAGE + "78", "ophthalmic-measurement"),
    (_STORAGE + "79.1", "ophthalmic-measurement"),
    (_STORAGE + "80.1", "ophthalmic-measurement"),
    (_STORAGE + "200", "protocol"),
    ("1.2.840.10008.5.1.4.38", "protocol"),  # how to hang
)
_STANDARD: Final = "1.2.840.10008."
NUCLEAR: Final = _STORAGE + "20"
SLICES: Final = (_STORAGE + "2", _STORAGE + "4", _STORAGE + "128")  # CT, MR, PET: one slice a file, as it should be
SECONDARY_CAPTURE: Final = _STORAGE + "7"
ULTRASOUND: Final = (_STORAGE + "6.1", _STORAGE + "3.1", _STORAGE + "6", _STORAGE + "3")


@cache
def kind_of(sop_class: str, *, image: bool = True) -> str:
    """The kind of an object that is no image stack; "" for images and what is not known.

    image  whether the file says that it is one: a vendor's own class may be of images, or of data for its own programs,
           such as the CSA objects beside each MR of Siemens
    """
    for prefix, kind in _KINDS:
        if sop_class == prefix or sop_class.startswith(prefix + "."):
            return kind
    return "vendor-data" if sop_class and not image and not sop_class.startswith(_STANDARD) else ""


def is_ct(sop_class: str) -> bool:
    """CT image storage: classic, enhanced, or converted to it."""
    return modality_of(sop_class) == "CT"


@cache
def modality_of(sop_class: str) -> str:
    """That of a class of sliced images, classic or enhanced; "" for others."""
    for modality, prefix in zip(("CT", "MR", "PT"), SLICES, strict=True):
        if sop_class == prefix or sop_class.startswith(prefix + "."):
            return modality
    return ""


def is_secondary_capture(sop_class: str) -> bool:
    return sop_class == SECONDARY_CAPTURE or sop_class.startswith(SECONDARY_CAPTURE + ".")
