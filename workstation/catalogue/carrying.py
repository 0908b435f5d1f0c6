"""Whether a call has room for what an operation needs: some gateways have one field where the vendor has a list."""

from __future__ import annotations

from workstation.catalogue.limits import LimitSource
from workstation.catalogue.operation import InputKind, Operation, Service
from workstation.catalogue.reason import Reason
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.words import say_count


def can_carry(operation: Operation, service: Service) -> bool:
    """Whether anything that the operation takes can be sent in this service's call at all."""
    return _room(operation, service, operation.limits.slices.value[0] if operation.limits.slices is not None else 1)


def reason_against(operation: Operation, service: Service, slices: int) -> Reason | None:
    """Why a series of so many slices can't be sent in this service's call; None where it can."""
    if _room(operation, service, slices) or service.carries is None:
        return None
    sentence = say_count(
        "A call to this service has room for {count} file; this series has {slices} slices, each a file.",
        "A call to this service has room for {count} files; this series has {slices} slices, each a file.",
        service.carries,
        slices=slices,
    )
    return Reason("no-room", sentence, slices, service.carries, LimitSource.DOCUMENTED)


def check_room(operation: Operation, service: Service, files: int) -> None:
    """raises NO_ROOM: a call has no room for so many files of one role"""
    if service.carries is not None and not _room(operation, service, files):
        raise WorkstationError(ErrorCode.NO_ROOM, count=files, most=service.carries)


def _room(operation: Operation, service: Service, files: int) -> bool:
    series = operation.input_kind in (InputKind.SERIES, InputKind.PAIR)
    return service.carries is None or (series and service.nifti) or files <= service.carries
