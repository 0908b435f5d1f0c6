"""What people call the files that are no image stack, and the file itself."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from workstation.domain.series import FoundObject, Tie
from workstation.domain.words import Words, say

KIND_WORDS: Final = MappingProxyType(
    {
        "archive": say("Archive"),
        "dicomdir": say("Index of the medium (DICOMDIR)"),
        "key-object": say("Key images"),
        "sr": say("Structured report"),
        "seg": say("Segmentation"),
        "surface-seg": say("Surface segmentation"),
        "tractography": say("Fibre tracts"),
        "registration": say("Registration"),
        "fiducials": say("Fiducial points"),
        "raw-data": say("Raw data"),
        "vendor-data": say("Data for the vendor's own programs"),
        "spectroscopy": say("Spectroscopy"),
        "real-world-map": say("Real-world values"),
        "surface-scan": say("Surface scan"),
        "rt-dose": say("Radiotherapy dose"),
        "rt-structure": say("Radiotherapy structures"),
        "rt-plan": say("Radiotherapy plan"),
        "rt": say("Radiotherapy record"),
        "pdf": say("PDF document"),
        "document": say("Document"),
        "mesh": say("3D model"),
        "presentation-state": say("Presentation state"),
        "parametric-map": say("Parametric map"),
        "waveform": say("Waveform"),
        "annotation": say("Annotations"),
        "whole-slide": say("Microscopy slide"),
        "ophthalmic-measurement": say("Eye measurement"),
        "protocol": say("Protocol"),
        "nifti-labels": say("Labels (NIfTI)"),
        "overlay-planes": say("Overlay planes"),
        "nifti-voxels": say("Voxels of a .hdr file"),
    }
)


def kind_words(kind: str) -> Words:
    """The kind in words; one that has none yet by its own name."""
    return KIND_WORDS.get(kind) or say("{text}", text=kind)


def object_name(found: FoundObject) -> Words:
    """What the object calls itself, else its file; a weak tie to its series is said with it."""
    name = found.description or file_name(found.path)
    if found.refers_to and found.tie is Tie.FRAME_OF_REFERENCE:
        return say("{name} (lies in the same space; names no series here)", name=name)
    return say("{text}", text=name)


def file_name(path: str) -> str:
    """The file's own name; of a member of an archive the archive's name before it: `a.zip!/1.dcm`."""
    archive, inside, member = path.partition("!/")
    own = archive.replace("\\", "/").rsplit("/", 1)[-1]
    return f"{own}!/{member}" if inside else own
