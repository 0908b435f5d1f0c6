"""The copies that a job sends: of one series, or of two that go together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from workstation.catalogue.check import check
from workstation.catalogue.operation import FLOATING, REFERENCE, InputKind, Operation
from workstation.catalogue.repairs import largest_matrix
from workstation.catalogue.two_series import WHOSE_UNKNOWN, same_patient
from workstation.domain.answer import SentSeries
from workstation.domain.covering import NO_COVERING, Covering, as_covered
from workstation.domain.photo_mask import PhotoMask
from workstation.domain.series import Stack
from workstation.domain.words import Words
from workstation.domain.work import CancelToken, Reporter
from workstation.jobs.ports import Prepare, Prepared
from workstation.workspace.picture_preparation import picture_preparation


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PreparedPair:
    """Copies of two series in the folders of their roles. `sent` is the one looked at, with the other as `moving`."""

    files: Sequence[Path]
    sent: SentSeries
    uid_map: Mapping[str, str]
    notes: tuple[Words, ...]


def preparation(
    stack: Stack,
    operation: Operation,
    others: Mapping[str, Stack],
    *,
    nifti: bool = False,
    mask: PhotoMask | None = None,
    covering: Covering = NO_COVERING,
) -> Prepare | None:
    """Makes the copies of a series, and of a second one where the operation takes two, with all repairs that their
    checks name; None where the second one, or the mask that goes along, is not at hand.

    nifti  one file instead of one a slice
    mask   drawn over a picture
    covering  what is made solid in the copies of `stack`, and of the second one

    A series that does not fit comes here only after the person agreed to repairs that change pixels.
    """
    if operation.input_kind is InputKind.PICTURE:
        if mask is None and operation.drawn:
            return None
        return picture_preparation(stack, operation, mask, covering)
    if operation.input_kind is not InputKind.PAIR:
        return _as_nifti(stack, operation, covering) if nifti else _of_one(stack, operation, covering)
    floating = others.get(FLOATING)
    return _of_two(stack, floating, operation, covering) if floating is not None else None


def _of_one(stack: Stack, operation: Operation, covering: Covering = NO_COVERING) -> Prepare:
    repairs = _repairs(stack, operation, covering)

    def fill(folder: Path, salt: bytes, reporter: Reporter, cancel: CancelToken) -> Prepared:
        from workstation.imaging.upload.prepare import prepare

        largest = largest_matrix(operation.limits)
        return prepare(stack, folder, salt, repairs, reporter, cancel, largest=largest, covering=covering)

    return fill


def _repairs(stack: Stack, operation: Operation, covering: Covering) -> frozenset[str]:
    return frozenset(repair.code.value for repair in check(as_covered(stack, covering), operation).repairs)


def _as_nifti(stack: Stack, operation: Operation, covering: Covering) -> Prepare:
    repairs = _repairs(stack, operation, covering)

    def fill(folder: Path, salt: bytes, reporter: Reporter, cancel: CancelToken) -> Prepared:
        from workstation.imaging.upload.as_nifti import prepare_nifti

        return prepare_nifti(stack, folder, repairs, reporter, cancel, largest_matrix(operation.limits), covering)

    return fill


def _of_two(reference: Stack, floating: Stack, operation: Operation, covering: Covering) -> Prepare:
    """One salt for both, so that the copies are of one (unknown) patient too."""
    fill_reference = _of_one(reference, operation, covering)
    fill_floating = _of_one(floating, operation, covering.of(1))
    unsure = (WHOSE_UNKNOWN,) if same_patient(reference, floating) is None else ()

    def fill(folder: Path, salt: bytes, reporter: Reporter, cancel: CancelToken) -> Prepared:
        first = fill_reference(folder / REFERENCE, salt, reporter, cancel)
        second = fill_floating(folder / FLOATING, salt, reporter, cancel)
        return PreparedPair(
            files=(*first.files, *second.files),
            sent=replace(first.sent, moving=second.sent, moving_id=floating.id),
            uid_map={**first.uid_map, **second.uid_map},
            notes=tuple(dict.fromkeys((*first.notes, *second.notes, *unsure))),
        )

    return fill
