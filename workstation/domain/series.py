"""Study, series, stack, instance: what a scan found, without pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from workstation.domain.calibration import IN_PATIENT, Calibration
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.film import Film
from workstation.domain.geometry import Geometry, Plane, Vector, ascending_normal, plane_of
from workstation.domain.words import NOTHING, Words


class FactCode(StrEnum):
    GAP = "gap"
    DUPLICATE = "duplicate"
    DUPLICATE_DIFFERS = "duplicate-differs"
    TILT = "tilt"
    UNEVEN_SPACING = "uneven-spacing"
    SHIFTED = "shifted"
    OBLIQUE = "oblique"
    LOCALIZER = "localizer"
    DERIVED = "derived"
    SECONDARY = "secondary"
    BURNT_IN = "burnt-in"
    MULTI_PHASE = "multi-phase"
    MULTI_ECHO = "multi-echo"
    COMPRESSED = "compressed"
    NO_POSITION = "no-position"
    MISSING_UID = "missing-uid"
    CHARSET_GUESSED = "charset-guessed"
    ASSUMED = "assumed"
    LABELS = "labels"
    NOT_RESCALED = "not-rescaled"


class FileForm(StrEnum):
    """What kind of file an instance lies in."""

    DICOM = "dicom"
    NIFTI = "nifti"
    PICTURE = "picture"


@dataclass(frozen=True, slots=True)
class StackFact:
    """Something true of a stack that a reader should know.

    measured  the figure in the sentence, if it has one
    brief     what tells the stack from others of its series, in a word or two; empty where the code says it
    """

    code: FactCode
    sentence: Words
    measured: float | None = None
    brief: Words = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class PixelFormat:
    """How stored pixels are laid out (DICOM PS3.3 C.7.6.3)."""

    rows: int
    columns: int
    samples: int = 1
    photometric: str = "MONOCHROME2"
    bits_allocated: int = 16
    bits_stored: int = 16
    high_bit: int = 15
    signed: bool = False

    @property
    def coloured(self) -> bool:
        return self.samples >= 3 or self.photometric == "PALETTE COLOR"


class VoiFunction(StrEnum):
    """How a window turns values into gray (DICOM PS3.3 C.11.2.1.3)."""

    LINEAR = "LINEAR"
    EXACT = "LINEAR_EXACT"
    SIGMOID = "SIGMOID"


@dataclass(frozen=True, slots=True)
class VoiTable:
    """A look-up table in place of a function: gray of the rescaled values `first`, `first` + 1, …; its ends go on."""

    first: int
    gray: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiWindow:
    """Window center and width in rescaled units (HU for CT). `name`: what the file calls it.

    With a table, center and width are the range of its entries.
    """

    center: float
    width: float
    function: VoiFunction = VoiFunction.LINEAR
    table: VoiTable | None = None
    name: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One frame of one file: what the scan learned from the header.

    path          the file; `archive.zip!/member` for a member of an archive
    frame         zero-based frame in that file
    file_bytes    size of the whole file
    pixel_offset  byte offset of this frame's uncompressed pixels in the file; None: compressed or not known
    items_offset  that of the items which hold the only frame, packed as RLE and gray; None: any other, or not known
    calibration   what the millimetres of `spacing` are worth
    directions    where rows and columns lead in the patient, as a radiograph says it: ("L", "F"), ("A", "FR")
    aspect        height to width of a pixel, where only that is known
    slope, intercept  Modality LUT; None where a LUT sequence has to be used
    padding       stored values (low, high) that hold no measurement
    window, more_windows  how the file asks to be shown: the first way, and what else it offers
    checksum      CRC-32 of the whole file, where the archive that it lies in tells it
    form          DICOM; of a NIfTI file `frame` counts through all its volumes; of a picture file `transfer_syntax`
                  is its kind (jpg, png, bmp, tiff, webp, heic) and `frame` the page of a TIFF
    """

    path: str
    frame: int = 0
    file_bytes: int
    sop_class_uid: str
    sop_instance_uid: str
    transfer_syntax: str
    pixels: PixelFormat
    instance_number: int | None = None
    position: Vector | None = None
    row_cosine: Vector | None = None
    column_cosine: Vector | None = None
    spacing: tuple[float, float] | None = None
    calibration: Calibration = IN_PATIENT
    directions: tuple[str, str] | None = None
    aspect: tuple[float, float] | None = None
    slope: float | None = 1.0
    intercept: float | None = 0.0
    padding: tuple[float, float] | None = None
    window: VoiWindow | None = None
    more_windows: tuple[VoiWindow, ...] = ()
    pixel_offset: int | None = None
    items_offset: int | None = None
    checksum: int | None = None
    form: FileForm = FileForm.DICOM


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """Shown on screen and in the report; never in logs, file names, uploads or errors."""

    name: str = ""
    id: str = ""
    birth_date: str = ""
    sex: str = ""
    age: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyInfo:
    """What belongs to the examination; dates as DICOM writes them (YYYYMMDD)."""

    uid: str = ""
    date: str = ""
    time: str = ""
    description: str = ""
    accession: str = ""
    institution: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """One orientation, echo, phase and image type within a series, in canonical order.

    id         `UID#k`; a digest of study and geometry where the UID is missing
    instances  ascending along the normal (feet to head for axial); without positions in instance-number order
    geometry   None where there is none that holds all instances
    spare      duplicates that were left out of `instances` (same position)
    files      distinct files of instances and spare; one that feeds several stacks counts on the first
    intensity  MONOCHROME1 or not is in each instance's pixels; `unit` is what rescaled values mean ("HU", "")
    laterality R, L, B or U as the file says (PS3.3 C.7.3.1), "" where it says nothing
    view_position  of a radiograph: PA, LL, CC, MLO … as the file says (PS3.3 C.8.11.5.1.1), "" where it says nothing
    acquired   the day of the acquisition as the file writes it, "" where it says nothing
    lossy      how many times smaller lossy compression made it, 0 where that is not said; None: nothing was lost
    film       how fast the frames follow one another, where the file says it
    """

    id: str
    series_uid: str
    study: StudyInfo
    patient: Patient
    frame_of_reference_uid: str = ""
    modality: str = ""
    series_number: int | None = None
    description: str = ""
    body_part: str = ""
    image_type: tuple[str, ...] = ()
    kernel: str = ""
    manufacturer: str = ""
    contrast: str = ""
    patient_position: str = ""
    thickness: float | None = None
    instances: Sequence[Instance]
    spare: Sequence[Instance] = ()
    geometry: Geometry | None
    facts: tuple[StackFact, ...] = ()
    files: int
    unit: str = ""
    laterality: str = ""
    view_position: str = ""
    acquired: str = ""
    lossy: float | None = None
    film: Film | None = None

    @property
    def slices(self) -> int:
        return len(self.instances)

    @property
    def calibration(self) -> Calibration:
        """What the millimetres of the slices' spacing are worth."""
        return self.instances[0].calibration

    @property
    def rows(self) -> int:
        return self.instances[0].pixels.rows

    @property
    def columns(self) -> int:
        return self.instances[0].pixels.columns

    @property
    def plane(self) -> Plane:
        """By the slices' orientation: pictures that all lie at one place have one, too."""
        if self.geometry is not None:
            return self.geometry.plane
        first = self.instances[0]
        if first.position is None or first.row_cosine is None or first.column_cosine is None:
            return Plane.NONE
        try:
            return plane_of(ascending_normal(first.row_cosine, first.column_cosine))
        except WorkstationError:
            return Plane.NONE

    def fact(self, code: FactCode) -> StackFact | None:
        return next((fact for fact in self.facts if fact.code is code), None)


class Tie(StrEnum):
    """How an object is tied to the series that it refers to."""

    NAMED = "named"
    FRAME_OF_REFERENCE = "frame-of-reference"


@dataclass(frozen=True, slots=True)
class FoundObject:
    """A file that is no image stack: SEG, SR, RT, DICOMDIR, archive …

    refers_to    series UIDs; the id of a stack that has none
    tie          whether the file names those series (or their images), or merely shares their frame of reference
    description  what the file calls itself, in its own words
    uid          its own SOP instance UID
    named        SOP instance UIDs that it names: images, or other objects
    fault        what is wrong with it, where that is worth saying: an archive that is cut or can't be opened …
    """

    path: str
    kind: str
    refers_to: tuple[str, ...] = ()
    tie: Tie = Tie.NAMED
    description: str = ""
    uid: str = ""
    study_uid: str = ""
    named: tuple[str, ...] = ()
    frame_of_reference_uid: str = ""
    fault: LeftOut | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that could not be used, with its reason."""

    path: str
    code: ErrorCode
    sentence: Words


@dataclass(frozen=True, slots=True)
class ScanResult:
    """Every file of the input stands in a stack, in `objects` or in `left_out`, and so does every member of an archive.

    files    of the input; members of archives are counted apart
    missing  files that an index of a disc (DICOMDIR) names but that are not there, or not allowed
    """

    stacks: tuple[Stack, ...]
    objects: tuple[FoundObject, ...]
    left_out: tuple[LeftOut, ...]
    files: int
    members: int = 0
    missing: tuple[LeftOut, ...] = ()
    seconds: float = field(default=0.0, compare=False)

    @property
    def faults(self) -> tuple[LeftOut, ...]:
        """All that a reader should know of what he does not see."""
        return (*self.left_out, *(one.fault for one in self.objects if one.fault is not None), *self.missing)
