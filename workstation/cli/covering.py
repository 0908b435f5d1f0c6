"""What `analyze` covers in the copies that it sends."""

from __future__ import annotations

from workstation.catalogue.check import check
from workstation.catalogue.operation import Operation
from workstation.catalogue.repairs import RepairCode
from workstation.cli.program import Program
from workstation.domain.covering import NO_COVERING, Covering, FaceCover, Subject
from workstation.domain.series import Stack
from workstation.domain.words import say_count
from workstation.workspace.covering import can_find_text, covering_of, how_to_get, is_risky


def asked_covering(
    program: Program,
    stack: Stack,
    operation: Operation,
    texts: bool | None,
    faces: FaceCover,
    *,
    leaves_pc: bool,
    repair: bool,
) -> Covering:
    """What is found of what is to be covered; and say so.

    texts   None: wherever a name is likely and the pictures leave this PC, or where a repair asks for it
    raises  MISSING_EXTRA, FACE_LEFT, as `covering_of`
    """
    if texts is None:
        codes = {found.code for found in check(stack, operation).repairs}
        texts = can_find_text() and ((leaves_pc and is_risky(stack)) or (repair and RepairCode.COVER in codes))
        if leaves_pc and is_risky(stack) and not can_find_text():
            program.output.write(how_to_get())
    if not texts and faces is FaceCover.NONE:
        return NO_COVERING
    with program.output.progress() as reporter:
        covering = covering_of(stack, texts=texts, faces=faces, reporter=reporter)
    if texts:
        count = covering.count(Subject.TEXT)
        program.output.write(say_count("{count} text is covered.", "{count} texts are covered.", count))
    if faces is not FaceCover.NONE:
        count = covering.count(Subject.EYES, Subject.FACE, Subject.HEAD)
        program.output.write(say_count("{count} face is covered.", "{count} faces are covered.", count))
    return covering
