"""What one file is: frames of images, an object that is no image, or left out with its reason."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.sentences import sentence
from workstation.domain.series import FoundObject, LeftOut
from workstation.imaging import worker
from workstation.imaging.dicom.attributes import AttributeReader, Candidate
from workstation.imaging.dicom.fallback import referred_series
from workstation.imaging.dicom.header import READ_FLAGS, HeaderReader
from workstation.imaging.dicom.kinds import is_archive, kind_of, refers
from workstation.imaging.nifti.opening import is_named_nifti, partner, read_file
from workstation.imaging.nifti.series import candidates


@dataclass(frozen=True, slots=True)
class Learned:
    """All that a scan keeps of one file; plain values, so that they can be stored and sent.

    A plain file has candidates, or is the one object, or is the one left out.
    """

    candidates: tuple[Candidate, ...] = ()
    objects: tuple[FoundObject, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def left_out(path: str, error: WorkstationError) -> Learned:
    """What is known of a file that can't be used."""
    return Learned(left_out=(LeftOut(path, error.code, sentence(error).says),))


@dataclass(slots=True, eq=False)
class Learner:
    """Reads one file after the other; what they have in common is decoded once. One per scan and thread."""

    _headers: HeaderReader = field(default_factory=HeaderReader)
    _attributes: AttributeReader = field(default_factory=AttributeReader)

    def learn(self, path: str) -> Learned:
        """Never raises for what a file holds: that is told in `left_out`."""
        nifti = learn_nifti(path) if is_named_nifti(path) else None
        if nifti is not None:
            return nifti
        try:
            header = self._headers.read(path)
            kind = kind_of(header.sop_class)
            if kind:
                return Learned(objects=(FoundObject(path, kind, referred_series(path) if refers(kind) else ()),))
            return Learned(tuple(self._attributes.candidates(header)))
        except WorkstationError as error:
            if error.code is ErrorCode.NOT_DICOM and _archive(path):
                return Learned(objects=(FoundObject(path, "archive"),))
            if error.code is ErrorCode.NOT_DICOM and is_named_nifti(path) and partner(path) is None:
                error = WorkstationError(ErrorCode.NOT_NIFTI)
            return left_out(path, error)


def learn_nifti(path: str) -> Learned | None:
    """What a file holds if it is NIfTI or Analyze, else None. The voxel file of a pair is told of with its header."""
    try:
        file = worker.call(read_file, path, about=path)
        return Learned(candidates(file)) if file.path == path else Learned()
    except WorkstationError as error:
        if error.code in (ErrorCode.NOT_NIFTI, ErrorCode.PARTNER_MISSING) and not path.lower().endswith(".hdr"):
            return None
        return left_out(path, error)


def _archive(path: str) -> bool:
    try:
        descriptor = os.open(path, READ_FLAGS)
    except OSError:
        return False
    try:
        return is_archive(os.read(descriptor, 262), path)
    except OSError:
        return False
    finally:
        os.close(descriptor)
