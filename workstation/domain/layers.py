"""The labels of a result's masks as layers: what each is, whose it is, and which colour it has on screen and paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workstation.domain.finding import Basis, Finding
from workstation.domain.photo_area import in_pixels
from workstation.domain.shapes import Mask
from workstation.domain.volume import LabelVolume
from workstation.domain.words import Words, say


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One label of one mask.

    colour     place in the colours of findings, from 1
    finding    id of the finding that it is a shape of; "" where none is about it
    volume_ml  of all its voxels; None: they are pixels of a picture
    """

    mask: str
    label: int
    name: Words
    colour: int
    finding: str
    voxels: int
    volume_ml: float | None
    basis: Basis | None = None

    @property
    def key(self) -> tuple[str, int]:
        return (self.mask, self.label)


def number_of(finding: Finding, place: int) -> int:
    """A finding's number never changes: it is the end of its id `job/n`. `place` from 1, for ids made otherwise."""
    return finding.number or place


def layers_of(findings: Sequence[Finding], masks: Sequence[LabelVolume]) -> tuple[Layer, ...]:
    """Every label that has voxels, in the order of masks and labels; `findings`: all of the result, not those in view.

    A label has the colour of its finding where that has no other label; others follow after those of the findings.
    """
    if not masks:
        return ()
    numbers = {finding.id: number_of(finding, place) for place, finding in enumerate(findings, start=1)}
    owners: dict[tuple[str, int], list[Finding]] = {}
    for finding in findings:
        for shape in finding.shapes:
            if isinstance(shape, Mask):
                owners.setdefault((shape.volume, shape.label), []).append(finding)
    following = max(numbers.values(), default=0)
    layers: list[Layer] = []
    for mask in masks:
        step, row, column = mask.geometry.spacing_zyx
        flat = in_pixels(mask)
        for label, voxels in mask.voxels.items():
            owner = next(iter(owners.get((mask.name, label), ())), None)
            alone = owner is not None and sum(isinstance(shape, Mask) for shape in owner.shapes) == 1
            if owner is not None and alone:
                colour = numbers[owner.id]
            else:
                following += 1
                colour = following
            named = owner.label if owner is not None and alone else say("Label {label}", label=label)
            layers.append(
                Layer(
                    mask=mask.name,
                    label=label,
                    name=mask.names.get(label, named),
                    colour=colour,
                    finding=owner.id if owner is not None else "",
                    voxels=voxels,
                    volume_ml=None if flat else voxels * step * row * column / 1000,
                    basis=mask.basis,
                )
            )
    return tuple(layers)
