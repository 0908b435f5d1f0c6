"""RunCTRegistration: an earlier or later chest CT of the same patient, moved onto the one that is looked at.

The answer holds two links to the same moved series: `NUrl` (.nii.gz) and `DUrl` (.tar.gz). The documents call both the
"download address of the result" and say nothing of the grid or of the values. Assumed here, and checked before anything
is shown: the NIfTI image is the moved series on the grid of the reference, in Hounsfield units. Of the archive it is
assumed that it holds the same as DICOM; it is kept, not shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workstation.catalogue.operation import FLOATING, REFERENCE, CallInput, WireAnswer
from workstation.catalogue.wire import bad_answer, opened
from workstation.domain.answer import AnalysisResult, AnswerGrid, ServiceAnswer
from workstation.domain.blocks import Block, FilesBlock
from workstation.domain.finding import worst
from workstation.domain.volume import ResultVolume
from workstation.domain.words import Words, say, say_count

MOVED: Final = "NUrl"
ARCHIVE: Final = "DUrl"
LINKS: Final = (MOVED, ARCHIVE)  # the one that is shown first, as both expire within minutes


def arguments(call: CallInput) -> Mapping[str, str]:
    """The business parameters of the call; each side has item names of its own."""
    sides = (("ReferenceList", "ReferenceURL", REFERENCE), ("FloatingList", "FloatingURL", FLOATING))
    links = {f"{name}.{n}.{item}": url for name, item, role in sides for n, url in enumerate(call.links[role], start=1)}
    return {"DataFormat": "DICOM", "DataSourceType": "HTTP_FILES", **call.organisation, **links}


def parse(answer: WireAnswer) -> ServiceAnswer:
    """`Result` of the finished job and the files that it links to → typed answer. raises BAD_ANSWER, NO_BASIS"""
    root, basis = opened(answer.text, expect_basis=answer.expect_basis)
    links = {name: root.text(name) for name in LINKS}
    if not any(links.values()):
        raise bad_answer(MOVED)
    volumes, notes = _moved(answer.files)
    return ServiceAnswer(
        findings=(),
        grid=AnswerGrid(),
        basis=worst([basis.everything, *basis.parts.values()]),
        volumes=volumes,
        notes=notes,
        unknown=root.unread(),
    )


def _moved(files: Mapping[str, tuple[ResultVolume, ...]]) -> tuple[tuple[ResultVolume, ...], tuple[Words, ...]]:
    """The one gray image of the answer. Several can't be told apart."""
    images = tuple(image for image in files.get(MOVED, ()) if image.values.ndim == 3)
    if len(images) == 1:
        return images, ()
    if images:
        return (), (say("{count} images came; which is the moved series is not known.", count=len(images)),)
    return (), (say("The moved series could not be read."),)


def panel(result: AnalysisResult) -> tuple[Block, ...]:
    """The files that came back."""
    files = tuple((volume.name, _size(volume)) for volume in result.volumes)
    if ARCHIVE in result.files:
        files += ((result.files[ARCHIVE].name, say("archive of the service, kept and not read: DICOM, it is said")),)
    return (FilesBlock(files=files, title=say("Moved series")),) if files else ()


def _size(volume: ResultVolume) -> Words:
    slices, rows, columns = volume.values.shape
    return say_count(
        "{count} slice of {rows} × {columns} pixels on the grid of this series",
        "{count} slices of {rows} × {columns} pixels on the grid of this series",
        slices,
        rows=rows,
        columns=columns,
    )
