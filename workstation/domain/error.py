"""The one error class: a code and the measured facts. Sentences are in `sentences.py`."""

from __future__ import annotations

from enum import Enum, StrEnum, unique

from workstation.domain.words import Fact


class Blame(Enum):
    """What an error means for a caller; the command line's exit codes."""

    FAILED = 1
    USAGE = 2
    NOT_ELIGIBLE = 3
    BAD_INPUT = 4
    REFUSED = 5
    UNKNOWN_OUTCOME = 6
    CANCELLED = 7


@unique
class ErrorCode(StrEnum):
    # ours
    DEFECT = "defect"
    CANCELLED = "cancelled"
    OUT_OF_MEMORY = "out-of-memory"
    NO_SPACE = "no-space"
    CANNOT_WRITE = "cannot-write"
    HOME_NOT_USABLE = "home-not-usable"
    SCHEMA_TOO_NEW = "schema-too-new"
    SETTINGS_UNREADABLE = "settings-unreadable"
    RECORDS_DAMAGED = "records-damaged"
    RECORDS_BUSY = "records-busy"
    NO_DISPLAY = "no-display"
    MISSING_EXTRA = "missing-extra"
    MISSING_GLYPHS = "missing-glyphs"
    # usage
    NO_SUCH_OPERATION = "no-such-operation"
    NO_SUCH_CONNECTION = "no-such-connection"
    NO_SUCH_SERIES = "no-such-series"
    NO_SUCH_OBJECT = "no-such-object"
    NO_SUCH_JOB = "no-such-job"
    JOB_ACTIVE = "job-active"
    JOB_BUSY = "job-busy"
    NOTHING_TO_DECIDE = "nothing-to-decide"
    CANNOT_ASK = "cannot-ask"
    JOBS_LISTED = "jobs-listed"
    NONE_LISTED = "none-listed"
    STUDY_NEEDED = "study-needed"
    NO_SUCH_SLICE = "no-such-slice"
    SEVERAL_PATIENTS = "several-patients"
    SEVERAL_SERIES = "several-series"
    SECOND_SERIES_NEEDED = "second-series-needed"
    MASK_NEEDED = "mask-needed"
    MASK_SIZE = "mask-size"
    MASK_EMPTY = "mask-empty"
    BAD_PARAMETER = "bad-parameter"
    NO_FILE_WANTED = "no-file-wanted"
    TEXT_LENGTH = "text-length"
    ANSWER_MISSING = "answer-missing"
    ANSWER_NOT_OFFERED = "answer-not-offered"
    TOO_MANY_ANSWERS = "too-many-answers"
    DIALOGUE_STUCK = "dialogue-stuck"
    DIALOGUE_OVER = "dialogue-over"
    DIALOGUE_EXPIRED = "dialogue-expired"
    BAD_ANSWERS_FILE = "bad-answers-file"
    PICTURE_TOO_SMALL = "picture-too-small"
    BAD_CONNECTION = "bad-connection"
    NO_CREDENTIALS = "no-credentials"
    NO_CONSENT = "no-consent"
    TOO_EXPENSIVE = "too-expensive"
    OVER_MONTH_LIMIT = "over-month-limit"
    NOT_OFFERED = "not-offered"
    WITHDRAWN = "withdrawn"
    # input
    NOTHING_FOUND = "nothing-found"
    NOT_FOUND = "not-found"
    UNREADABLE = "unreadable"
    NO_RESULT = "no-result"
    NOT_AN_IMAGE = "not-an-image"
    NOT_DICOM = "not-dicom"
    NOT_AS_NAMED = "not-as-named"
    EMPTY_FILE = "empty-file"
    NOT_NIFTI = "not-nifti"
    NOT_A_PICTURE = "not-a-picture"
    PICTURE_FORM = "picture-form"
    PICTURE_CUT = "picture-cut"
    PARTNER_MISSING = "partner-missing"
    VALUE_TYPE = "value-type"
    TOO_MANY_FRAMES = "too-many-frames"
    TRUNCATED = "truncated"
    TRUNCATED_SLICE = "truncated-slice"
    NO_PIXELS = "no-pixels"
    NO_CODEC = "no-codec"
    DECODE_FAILED = "decode-failed"
    BAD_GEOMETRY = "bad-geometry"
    BAD_SPACING = "bad-spacing"
    NO_GEOMETRY = "no-geometry"
    ONE_SLICE = "one-slice"
    MIXED_GRID = "mixed-grid"
    TOO_LARGE = "too-large"
    BURNT_IN = "burnt-in"
    FACE_LEFT = "face-left"
    TEXT_LEFT = "text-left"
    UNCOVERED = "uncovered"
    FILE_CHANGED = "file-changed"
    NOT_A_FILE = "not-a-file"
    MISSING_FILE = "missing-file"
    LEAVES_FOLDER = "leaves-folder"
    BAD_INDEX = "bad-index"
    TOO_MANY_RECORDS = "too-many-records"
    NO_UNPACKER = "no-unpacker"
    ENCRYPTED = "encrypted"
    UNSAFE_NAME = "unsafe-name"
    ARCHIVE_CUT = "archive-cut"
    DAMAGED_ARCHIVE = "damaged-archive"
    EXPANDS_TOO_FAR = "expands-too-far"
    TOO_MANY_MEMBERS = "too-many-members"
    NESTED_ARCHIVE = "nested-archive"
    KILLED_READER = "killed-reader"
    TIMED_OUT_READING = "timed-out-reading"
    READING_MEMORY = "reading-memory"
    NO_READER = "no-reader"
    NO_RENDERER = "no-renderer"
    NOT_ELIGIBLE = "not-eligible"
    NO_ROOM = "no-room"
    # service and network
    LOCAL_CLOUD_FAILED = "local-cloud-failed"
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed-out"
    REFUSED = "refused"
    REFUSED_INPUT = "refused-input"
    WRONG_KEY = "wrong-key"
    WRONG_SIGNATURE = "wrong-signature"
    CLOCK_WRONG = "clock-wrong"
    NONCE_USED = "nonce-used"
    FORBIDDEN = "forbidden"
    NOT_ACTIVATED = "not-activated"
    IN_DEBT = "in-debt"
    THROTTLED = "throttled"
    SERVICE_FAILED = "service-failed"
    LINK_EXPIRED = "link-expired"
    URL_TOO_LONG = "url-too-long"
    NO_BUCKET = "no-bucket"
    PUBLIC_BUCKET = "public-bucket"
    UPLOAD_DAMAGED = "upload-damaged"
    JOB_FAILED = "job-failed"
    JOB_LOST = "job-lost"
    BAD_ANSWER = "bad-answer"
    NO_BASIS = "no-basis"
    OUTCOME_UNKNOWN = "outcome-unknown"
    # placement and reading
    WRONG_STUDY = "wrong-study"
    READING_SIGNED = "reading-signed"
    NOT_SIGNED = "not-signed"
    CHANGED_MEANWHILE = "changed-meanwhile"


class WorkstationError(Exception):
    """Something a person has to know. `facts` are numbers and names, never patient data."""

    def __init__(self, code: ErrorCode, **facts: Fact) -> None:
        super().__init__(code.value, facts)
        self.code, self.facts = code, facts

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (self.code, self.facts)


def _rebuild(code: ErrorCode, facts: dict[str, Fact]) -> WorkstationError:
    return WorkstationError(code, **facts)


class Cancelled(WorkstationError):
    """The person asked for the end of the work."""

    def __init__(self) -> None:
        super().__init__(ErrorCode.CANCELLED)

    def __reduce__(self) -> tuple[object, ...]:
        return Cancelled, ()
