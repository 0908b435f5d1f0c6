"""One table: error code → sentence, remedy, whether the call was billed, whether to try again, whose fault."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from workstation.domain.error import Blame, ErrorCode, WorkstationError
from workstation.domain.faults import FAULTS
from workstation.domain.words import Fact, Words, say

_C = ErrorCode


class Retry(StrEnum):
    NO = "no"
    BACKOFF = "backoff"  # same content, new signature, waiting longer each time
    NOW = "now"  # sign again at once
    AFTER_FIX = "after-fix"
    NEW_JOB = "new-job"
    ASK = "ask"  # it may have been done and charged


@dataclass(frozen=True, slots=True)
class Sentence:
    """`says` and `remedy` hold the placeholders; `billed` None: not known."""

    says: Words
    remedy: Words
    blame: Blame = Blame.FAILED
    billed: bool | None = False
    retry: Retry = Retry.NO


def _input(says: Words, remedy: Words) -> Sentence:
    return Sentence(says, remedy, Blame.BAD_INPUT)


def _usage(says: Words, remedy: Words) -> Sentence:
    return Sentence(says, remedy, Blame.USAGE)


def _service(says: Words, remedy: Words, retry: Retry = Retry.NO) -> Sentence:
    return Sentence(says, remedy, Blame.REFUSED, retry=retry)


_CHECK_KEY: Final = say("Check the connection with “yingtai connection test”.")
_SEND_AGAIN: Final = say("Try again; nothing was charged.")

SENTENCES: Final[Mapping[ErrorCode, Sentence]] = MappingProxyType(
    {
        _C.DEFECT: Sentence(
            say("The program made a mistake ({kind})."),
            say("Your data and results are safe. Try again; if it happens again, report it with the log."),
        ),
        _C.CANCELLED: Sentence(say("Cancelled."), say("Nothing more was sent."), Blame.CANCELLED),
        _C.OUT_OF_MEMORY: Sentence(
            say("Not enough memory: {needed_mb} MB are needed."), say("Close other programs, or open fewer series.")
        ),
        _C.NO_SPACE: Sentence(
            say("The disk is full, or the file would be larger than allowed."),
            say("Make space or choose another folder, then try again; what was done so far is kept."),
        ),
        _C.CANNOT_WRITE: Sentence(
            say("The output folder can't be written."),
            say("Choose another folder, or ask for the right to write there."),
        ),
        _C.HOME_NOT_USABLE: Sentence(
            say("The program's own folder can't be read or written."),
            say("Ask for the right to use it, or set YINGTAI_HOME to a folder that you may write to."),
        ),
        _C.SCHEMA_TOO_NEW: Sentence(
            say("This data was written by a newer version of the program."), say("Update the program.")
        ),
        _C.RECORDS_DAMAGED: Sentence(
            say("The record of jobs and decisions is damaged."),
            say("Nothing was overwritten. Move the file away to start a new one, and keep it for repair."),
        ),
        _C.RECORDS_BUSY: Sentence(
            say("Another program keeps the record of jobs and decisions busy."), say("Close it, then try again.")
        ),
        _C.SETTINGS_UNREADABLE: Sentence(
            say("The settings file can't be read; it was kept aside as {kept}, and the program starts as new."),
            say("Make your settings again, or repair that file and put it back."),
        ),
        _C.NO_DISPLAY: Sentence(
            say("There is no screen to open the window on."),
            say("Start it on a desktop, or use the commands: yingtai --help"),
        ),
        _C.MISSING_EXTRA: Sentence(
            say("This needs the optional part “{extra}”."), say("Install it with: pip install yingtai[{extra}]")
        ),
        _C.MISSING_GLYPHS: Sentence(
            say("The report's font has no glyph for: {characters}"), say("These characters are shown by their code.")
        ),
        _C.NO_SUCH_OPERATION: _usage(say("There is no operation “{name}”."), say("“yingtai operations” lists them.")),
        _C.NO_SUCH_CONNECTION: _usage(
            say("There is no connection “{name}”."), say("“yingtai connection list” shows those that exist.")
        ),
        _C.NO_SUCH_SERIES: _usage(
            say("There is no series “{name}” in this input."), say("“yingtai scan” lists the series.")
        ),
        _C.NO_SUCH_OBJECT: _usage(
            say("No object “{name}” refers to this series."), say("“yingtai scan” lists the objects of each series.")
        ),
        _C.NO_SUCH_JOB: _usage(say("There is no job “{name}”."), say("“yingtai jobs list” shows those that exist.")),
        _C.JOB_ACTIVE: _usage(
            say("The same analysis of this series is already under way (job {name})."),
            say("Resume or cancel that job first; a second one would be charged again."),
        ),
        _C.JOB_BUSY: _usage(
            say("Another window or command is working on job {name}."), say("Wait until it has ended, or cancel it.")
        ),
        _C.NOTHING_TO_DECIDE: _usage(
            say("How job {name} went is known; nothing has to be decided."), say("“yingtai jobs show” tells it.")
        ),
        _C.CANNOT_ASK: _usage(
            say("This service can't be asked for job {name}: its number there never arrived."),
            say("Look at the service's own console, then submit anew or give it up."),
        ),
        _C.JOBS_LISTED: Sentence(
            say("In the service's list of jobs, this one may be: {numbers}."),
            say("If nobody else used the account then, go on with it: “jobs resume … --decide ask-again --number …”."),
            Blame.UNKNOWN_OUTCOME,
            billed=None,
            retry=Retry.ASK,
        ),
        _C.NONE_LISTED: Sentence(
            say("The service lists no job that could be this one: it was hardly taken."),
            say("Submit it anew, or give it up. The service's own console has the last word on charges."),
            Blame.UNKNOWN_OUTCOME,
            billed=None,
            retry=Retry.ASK,
        ),
        _C.STUDY_NEEDED: _usage(
            say("The prepared copies of job {name} are gone."), say("Open the study again, then resume the job.")
        ),
        _C.NO_SUCH_SLICE: _usage(
            say("There is no slice {slice}; the series has {slices}, counted from 0."),
            say("Choose a number in that range."),
        ),
        _C.SEVERAL_SERIES: _usage(
            say("{count} series fit equally well."),
            say("Choose one with --series; “yingtai scan” tells which is which: {names}"),
        ),
        _C.SECOND_SERIES_NEEDED: _usage(
            say("{operation} needs two series of the same patient."),
            say("Name the second one with --input floating=PATH, or by its ID as “yingtai scan” lists it."),
        ),
        _C.MASK_NEEDED: _usage(
            say("{operation} needs a mask of what is meant."),
            say("Draw one over the picture, or name a picture of it with --input mask=PATH: white is meant."),
        ),
        _C.MASK_SIZE: _usage(
            say("The mask has {mask} pixels, the picture {picture}."), say("Use a mask that was drawn on this picture.")
        ),
        _C.MASK_EMPTY: _usage(
            say("The mask covers nothing, or all of the picture."), say("Cover what is meant, and leave the rest.")
        ),
        _C.SEVERAL_PATIENTS: _usage(
            say("Series of {count} patients fit; which patient is meant is not guessed."),
            say("Choose a series with --series. Of each patient the one that fits best: {names}"),
        ),
        _C.NO_FILE_WANTED: _usage(
            say("{operation} is done on what is typed, not on a file."),
            say("Leave the path out and give {wanted}."),
        ),
        _C.TEXT_LENGTH: _usage(
            say("“{name}” has {length} characters or words; 1 to {most} may be."), say("Send it in parts.")
        ),
        _C.ANSWER_MISSING: _usage(
            say("The dialogue asks “{kind}”, and there is no answer to it."),
            say("Add it to the answers: {question}"),
        ),
        _C.ANSWER_NOT_OFFERED: _usage(
            say("An answer to “{kind}” is not among those offered."), say("Offered are: {options}.")
        ),
        _C.TOO_MANY_ANSWERS: _usage(
            say("{count} answers to “{kind}”; at most {most} may be."), say("Give fewer, or join some of them.")
        ),
        _C.DIALOGUE_STUCK: _service(
            say("The service asks “{kind}” again and again."), say("Begin a new dialogue; what was answered is kept.")
        ),
        _C.DIALOGUE_OVER: _usage(say("This dialogue is over."), say("Begin a new one.")),
        _C.DIALOGUE_EXPIRED: _usage(
            say("This dialogue began more than 24 hours ago; the service has forgotten it."), say("Begin a new one.")
        ),
        _C.BAD_ANSWERS_FILE: _usage(
            say("The file of answers can't be used."),
            say("It is one JSON object: a list of texts by question, and for “images” a list of files."),
        ),
        _C.PICTURE_TOO_SMALL: _input(
            say("The picture has {width} × {height} pixels; more than {least} are needed each way."),
            say("Choose a larger picture."),
        ),
        _C.BAD_PARAMETER: _usage(say("“{value}” is not a value for {name}."), say("Allowed: {allowed}")),
        _C.BAD_CONNECTION: _usage(
            say("The connection's setting {name} is not usable."), say("It has to be: {allowed}")
        ),
        _C.NO_CREDENTIALS: _usage(
            say("The keys of the connection “{name}” are missing."),
            say("Store them with “yingtai connection add”, or set {variable}."),
        ),
        _C.NO_CONSENT: _usage(
            say("Nothing was sent: leaving this PC needs your consent."),
            say("Add --consent and --max-cost, or run it at a terminal and answer there."),
        ),
        _C.UNCOVERED: _usage(
            say("Nothing was sent: text or a face that may name the person would leave this PC uncovered."),
            say("Let it be covered, cover it with --cover-box, or agree to send it so with --consent-uncovered."),
        ),
        _C.TOO_EXPENSIVE: _usage(
            say("This call costs ¥{cost:.2f}, more than the limit of ¥{limit:.2f}."),
            say("Raise --max-cost, or don't send."),
        ),
        _C.OVER_MONTH_LIMIT: _usage(
            say("With this call the month comes to ¥{total:.2f}, more than its limit of ¥{limit:.2f}."),
            say("Raise the limit in the settings, or wait for the next month."),
        ),
        _C.NOT_OFFERED: _usage(
            say("The connection “{name}” does not offer {operation}."), say("Connections that do: {others}")
        ),
        _C.WITHDRAWN: _usage(
            say("The vendor withdrew {operation} on {date}."),
            say("Use the local cloud or another connection: {others}"),
        ),
        _C.NOTHING_FOUND: _input(say("No image was found in what was opened."), say("Open a folder with DICOM files.")),
        _C.NOT_FOUND: _input(
            say("The file or folder does not exist."),
            say("Check the name, and whether the disc or drive is still there."),
        ),
        _C.UNREADABLE: _input(
            say("The file can't be read."),
            say("It is damaged or locked: export or copy it again, or check the medium and the right to read it."),
        ),
        _C.NO_RESULT: _input(
            say("The file is not a result of an analysis."), say("Choose a result.json that “yingtai analyze” wrote.")
        ),
        _C.NOT_AN_IMAGE: _input(say("This object holds no image."), say("Nothing to do; it is listed with the study.")),
        _C.NOT_DICOM: _input(say("This is not a DICOM file."), say("Nothing to do; it was left out.")),
        _C.NOT_AS_NAMED: _input(
            say("The file is named like {form}, but holds something else."),
            say("Copy or export it again: an error page may have been saved in its place."),
        ),
        _C.EMPTY_FILE: _input(say("The file is empty."), say("If it should hold images, copy or export it again.")),
        _C.NOT_NIFTI: _input(
            say("The file is named like NIfTI or Analyze, but is neither."), say("Nothing to do; it was left out.")
        ),
        _C.NOT_A_PICTURE: _input(
            say("The file is named like a picture, but holds none."),
            say("Copy it again: what stands in its place may be a link to it."),
        ),
        _C.PICTURE_FORM: _input(
            say("Pictures of the kind {form} can't be opened here."), say("Save it as PNG or JPEG and open that.")
        ),
        _C.PICTURE_CUT: _input(
            say("The picture ends too early: a part of it is missing."), say("Export or copy it again.")
        ),
        _C.PARTNER_MISSING: _input(
            say("The other file of the pair, {name}, is missing."), say("Put .hdr and .img into the same folder.")
        ),
        _C.VALUE_TYPE: _input(
            say("Values of the type {kind} can't be shown."), say("Convert the file to integers or real numbers.")
        ),
        _C.TOO_MANY_FRAMES: _input(
            say("The file claims {frames} pictures, more than the limit of {limit}."), say("Check where it comes from.")
        ),
        _C.TRUNCATED: _input(
            say("The file ends too early: {missing_bytes:,} bytes are missing."), say("Export or copy it again.")
        ),
        _C.TRUNCATED_SLICE: _input(
            say("The file of slice {slice} ends too early: {missing_bytes:,} bytes are missing."),
            say("Nothing was sent. Export or copy the series again."),
        ),
        _C.NO_PIXELS: _input(
            say("The file has no pixel data."),
            say("It may have been cut short: copy it again, or export the study with its images."),
        ),
        _C.NO_CODEC: _input(
            say("The compression {syntax} can't be decoded here."), say("Export the study uncompressed.")
        ),
        _C.DECODE_FAILED: _input(say("The pixels can't be decoded."), say("Export or copy the file again.")),
        _C.BAD_GEOMETRY: _input(
            say("Position or orientation is not usable."),
            say("Export the study again; it can be shown as single pictures."),
        ),
        _C.BAD_SPACING: _input(say("A spacing of {spacing_mm} mm is not possible."), say("Export the study again.")),
        _C.NO_GEOMETRY: _input(
            say("The series says nothing about its place in the patient."), say("Choose a series with positions.")
        ),
        _C.ONE_SLICE: _input(
            say("The series has one slice: there are no other planes."), say("Choose a series of several slices.")
        ),
        _C.MIXED_GRID: _input(
            say("The slices differ in size."), say("Choose one of the series that they were split into.")
        ),
        _C.TOO_LARGE: _input(
            say("The file claims {claimed_mb} MB, more than the limit of {limit_mb} MB."),
            say("Check where it comes from."),
        ),
        _C.FACE_LEFT: _input(
            say("A face can still be found in the covered copy; it is not sent."),
            say("Cover more of it: the head in place of the face, or a region drawn by hand."),
        ),
        _C.TEXT_LEFT: _input(
            say("Text can still be read in the covered copy; it is not sent."),
            say("Look at the pictures, and cover the rest of it by hand."),
        ),
        _C.BURNT_IN: _input(
            say("Text may be burnt into these pictures, such as a name. They are not sent."),
            say("Choose the original series instead of a screenshot or secondary capture."),
        ),
        _C.FILE_CHANGED: _input(
            say("The file changed while it was read."), say("Wait until copying has ended, then scan again.")
        ),
        _C.NOT_A_FILE: _input(
            say("This is a link, a device or a pipe, not a file with content."), say("Nothing to do; it was left out.")
        ),
        _C.MISSING_FILE: _input(
            say("The index of the disc names this file, but it isn't there."), say("Copy the whole disc again.")
        ),
        _C.LEAVES_FOLDER: _input(
            say("The index of the disc names a file outside its folder; it was not opened."),
            say("Check where it comes from."),
        ),
        _C.BAD_INDEX: _input(
            say("The index of the disc can't be understood."), say("Open the folder that it lies in.")
        ),
        _C.TOO_MANY_RECORDS: _input(
            say("The index of the disc has more than {limit:,} records; what the others name was not looked for."),
            say("Open the folder that it lies in: every file there is read."),
        ),
        _C.NO_UNPACKER: _input(
            say("{method} can't be unpacked here."),
            say("Unpack it with another program, such as 7-Zip, and open the folder."),
        ),
        _C.ENCRYPTED: _input(
            say("It is locked with a password."), say("Unpack it with its password and open the folder.")
        ),
        _C.UNSAFE_NAME: _input(
            say("Its name leads out of the archive; it was not opened."), say("Check where the archive comes from.")
        ),
        _C.ARCHIVE_CUT: _input(
            say("The archive ends too early; what is whole in it was read."), say("Download or copy it again.")
        ),
        _C.DAMAGED_ARCHIVE: _input(say("The archive is damaged here."), say("Download or copy it again.")),
        _C.EXPANDS_TOO_FAR: _input(
            say("It would expand to more than {limit_mb} MB, far more than its size explains."),
            say("Check where it comes from; if it is right, unpack it and open the folder."),
        ),
        _C.TOO_MANY_MEMBERS: _input(
            say("The archive names more than {limit} files; the others were not opened."),
            say("Unpack it and open the folder."),
        ),
        _C.NESTED_ARCHIVE: _input(
            say("An archive inside an archive inside an archive is not opened."), say("Unpack it and open the folder.")
        ),
        _C.KILLED_READER: _input(
            say("This file made the reader fail and is not tried again as long as it is unchanged."),
            say("Export or copy it again, or try it once more with “yingtai scan --retry”."),
        ),
        _C.TIMED_OUT_READING: _input(
            say("Reading this file took too long; it is not tried again as long as it is unchanged."),
            say("Export or copy it again, or try it once more with “yingtai scan --retry”."),
        ),
        _C.READING_MEMORY: _input(
            say("Reading this file took too much memory; it is not tried again as long as it is unchanged."),
            say("Export or copy it again, or try it once more with “yingtai scan --retry”."),
        ),
        _C.NO_READER: Sentence(
            say("The process that reads unusual files could not be started, or was ended from outside."),
            say("Close other programs and try again; install the program anew if it happens again."),
        ),
        _C.NO_RENDERER: Sentence(
            say("The 3-D picture could not be made: the process that draws it ended or gave no answer."),
            say("Click into the view to try again. The other views go on without it."),
        ),
        _C.NOT_ELIGIBLE: Sentence(
            say("No series qualifies for {operation}."),
            say("The reasons are listed with each series."),
            Blame.NOT_ELIGIBLE,
        ),
        _C.NO_ROOM: Sentence(
            say("A call through this connection has room for {most} of the {count} files."),
            say("Choose another connection."),
            Blame.NOT_ELIGIBLE,
        ),
        _C.LOCAL_CLOUD_FAILED: Sentence(
            say("The local cloud did not start."), say("Try again; “yingtai localcloud” shows why it can't.")
        ),
        _C.UNREACHABLE: Sentence(
            say("The service can't be reached."),
            say("Check the network; the job goes on from where it is with “resume”."),
            retry=Retry.BACKOFF,
        ),
        _C.TIMED_OUT: Sentence(
            say("The service did not answer in time."),
            say("It goes on from where it is with “resume”."),
            retry=Retry.BACKOFF,
        ),
        _C.REFUSED: _service(say("The service refused the call ({vendor_code})."), say("Nothing was charged.")),
        _C.REFUSED_INPUT: _service(
            say("The service refused the input ({vendor_code})."), say("Choose another series; nothing was charged.")
        ),
        _C.WRONG_KEY: _service(say("The service does not know this key."), _CHECK_KEY, Retry.AFTER_FIX),
        _C.WRONG_SIGNATURE: _service(
            say("The signature was refused: key and secret don't belong together."), _CHECK_KEY, Retry.AFTER_FIX
        ),
        _C.CLOCK_WRONG: _service(
            say("The clock of this PC differs from the service's by more than 15 minutes."),
            say("Set the clock, then try again; nothing was charged."),
            Retry.AFTER_FIX,
        ),
        _C.NONCE_USED: _service(say("The service saw this call's number before."), _SEND_AGAIN, Retry.NOW),
        _C.FORBIDDEN: _service(
            say("The key has no right to do this."), say("Ask for the right, then try again."), Retry.AFTER_FIX
        ),
        _C.NOT_ACTIVATED: _service(
            say("The service is not activated for this account."),
            say("Activate it in the vendor's console."),
            Retry.AFTER_FIX,
        ),
        _C.IN_DEBT: _service(say("The account has no credit."), say("Top it up, then try again."), Retry.AFTER_FIX),
        _C.THROTTLED: _service(
            say("Too many calls at once."), say("The program waits and tries again by itself."), Retry.BACKOFF
        ),
        _C.SERVICE_FAILED: _service(
            say("The service has a fault of its own ({vendor_code})."),
            say("Try again later; nothing was charged."),
            Retry.BACKOFF,
        ),
        _C.LINK_EXPIRED: _service(
            say("A link expired before it was used."), say("Resume the job; new links are made."), Retry.BACKOFF
        ),
        _C.URL_TOO_LONG: _service(
            say("A signed link has {length} characters; fewer than {limit} are allowed."),
            say("Use a permanent key and a shorter bucket name."),
        ),
        _C.NO_BUCKET: _service(
            say("The bucket does not exist, or belongs to another region."), _CHECK_KEY, Retry.AFTER_FIX
        ),
        _C.PUBLIC_BUCKET: _service(
            say("Anyone can read this bucket: nothing may be uploaded to it."),
            say("Set the bucket's access to private in the vendor's console, then try again."),
            Retry.AFTER_FIX,
        ),
        _C.UPLOAD_DAMAGED: _service(say("A file arrived damaged."), _SEND_AGAIN, Retry.BACKOFF),
        _C.JOB_FAILED: _service(
            say("The service could not finish the job ({vendor_code})."),
            say("Nothing was charged. Try another series."),
            Retry.NEW_JOB,
        ),
        _C.JOB_LOST: _service(
            say("The service does not know this job any more."),
            say("Its result is lost there; submit it anew if needed."),
            Retry.ASK,
        ),
        _C.BAD_ANSWER: Sentence(
            say("The service's answer can't be understood ({where})."),
            say("The raw answer is kept; nothing of it is shown."),
            Blame.REFUSED,
            billed=None,
        ),
        _C.NO_BASIS: _service(
            say("The local service does not say where its values come from."), say("Update the local service.")
        ),
        _C.OUTCOME_UNKNOWN: Sentence(
            say("It is not known whether the service took the job. It may have been charged."),
            say("Decide: ask the service again, submit it anew, or give it up. Nothing is repeated by itself."),
            Blame.UNKNOWN_OUTCOME,
            billed=None,
            retry=Retry.ASK,
        ),
        _C.WRONG_STUDY: _input(
            say("This result belongs to another study."), say("Open the study that it was made from.")
        ),
        _C.READING_SIGNED: _usage(
            say("This reading is signed; nothing of it changes any more."), say("Add an addendum in the Report tab.")
        ),
        _C.NOT_SIGNED: _usage(say("Only a signed reading takes an addendum."), say("Sign it first.")),
        _C.CHANGED_MEANWHILE: _usage(
            say("Another window changed what is decided here; it was not signed."),
            say("Open the study anew, look at the decisions, then sign."),
        ),
    }
)


def _filled(words: Words, facts: dict[str, Fact]) -> Words:
    return replace(words, facts=tuple(facts.items())) if not words.facts else words


def sentence(error: WorkstationError) -> Sentence:
    """The error's row with its facts filled in; more exact where the service's code or the cause is a known fault.

    The service's number of the call is told with what to do: its support asks for nothing else.
    """
    row = SENTENCES[error.code]
    fault = FAULTS.get(str(error.facts.get("cause") or error.facts.get("vendor_code")))
    if fault and fault.code is error.code:
        row = replace(row, says=fault.says, remedy=fault.remedy, billed=fault.billed)
    remedy = _filled(row.remedy, error.facts)
    number = error.facts.get("request_id")
    if number:
        remedy = say("{remedy} For the service's support: call {number}.", remedy=remedy, number=number)
    return replace(row, says=_filled(row.says, error.facts), remedy=remedy)
