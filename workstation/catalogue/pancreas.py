"""Reading DetectPanc's answer: three probabilities, volumes in cm3, and a mask of the pancreas and what is in it.

The probabilities are encoded twice. A volume of 0 is shown in the documents' example beside a pancreas that was found,
so 0 is taken as not measured. What the labels of the mask stand for is not documented: a label is named only where its
volume is one that the answer states.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np

from workstation.catalogue.measured_panel import probabilities_and_figures
from workstation.catalogue.operation import CallInput, WireAnswer
from workstation.catalogue.series_form import labels_of, the_label_image
from workstation.catalogue.wire import Bases, Node, bad_answer, decode, opened
from workstation.domain.answer import AnalysisResult, AnswerFinding, AnswerGrid, AnswerMask, MaskShape, ServiceAnswer
from workstation.domain.blocks import Block
from workstation.domain.finding import Basis, Measurement, worst
from workstation.domain.volume import ResultVolume
from workstation.domain.words import Words, say

MASK: Final = "Lesion.Mask"  # wire path of the link
PANCREAS: Final = "pancreas"  # name of the label image
_POSSIBILITIES: Final = (
    ("normal-probability", say("Normal pancreas")),
    ("cancer-probability", say("Pancreatic cancer")),
    ("other-probability", say("Another lesion of the pancreas")),
)
# name, wire key, label of the volume, what the voxels are
_VOLUMES: Final = (
    ("pancreas-volume", "PancVol", say("Pancreas, volume"), say("Pancreas")),
    ("cancer-volume", "PdacVol", say("Pancreatic cancer, volume"), say("Region marked as pancreatic cancer")),
    ("other-volume", "NonPdacVol", say("Other lesion, volume"), say("Region marked as another lesion of the pancreas")),
)
_VOLUME: Final = "mask-volume"
_SAME: Final = 0.03  # two volumes of one thing, printed figures rounded: relative


def arguments(call: CallInput) -> Mapping[str, str]:
    """The documents name neither format nor organisation here."""
    return {"DataSourceType": "HTTP_FILES", **{f"URLList.{n}.URL": url for n, url in enumerate(call.urls, start=1)}}


def parse(answer: WireAnswer) -> ServiceAnswer:
    """`Result` of the finished job → typed answer. raises BAD_ANSWER, NO_BASIS"""
    root, basis = opened(answer.text, expect_basis=answer.expect_basis)
    lesion = root.child("Lesion")
    if lesion is None:
        raise bad_answer("Lesion")
    possibilities = tuple(_possibilities(lesion, basis))
    volumes = tuple(_volumes(lesion, basis))
    linked, mask_basis = bool(lesion.text("Mask")), basis.of(MASK)
    if not possibilities and not linked:
        raise bad_answer("Lesion")
    image, notes = the_label_image(answer.files.get(MASK, ()), empty=True)
    masks = () if image is None else (_mask(image, volumes, mask_basis),)
    findings = tuple(finding for mask in masks for finding in _findings(mask))
    if linked and not masks:
        findings = (_somewhere(mask_basis),)
    return ServiceAnswer(
        findings=findings,
        grid=AnswerGrid(),
        basis=worst([basis.everything, *basis.parts.values()]),
        measurements=(*possibilities, *volumes),
        masks=masks,
        notes=notes,
        unknown=root.unread(),
    )


def panel(result: AnalysisResult) -> tuple[Block, ...]:
    """Possibilities as bars, the volumes that were measured as figures."""
    known = {measurement.name: measurement for measurement in result.measurements}
    likely = [known[name] for name, _ in _POSSIBILITIES if name in known]
    figures = [known[name] for name, *_ in _VOLUMES if name in known]
    return probabilities_and_figures(likely, figures, say("Volumes"))


def _possibilities(lesion: Node, basis: Bases) -> Iterator[Measurement]:
    """An array that holds one text, itself an array of texts; the plain array is taken, too."""
    where = f"{lesion.path}.Possibilities"
    entries = lesion.items("Possibilities")
    if len(entries) == 1 and isinstance(entries[0].value, str):
        lesion.read.add(entries[0].path)
        numbers = Node({"Possibilities": decode(entries[0].value, where)}, lesion.path).numbers("Possibilities")
    else:
        numbers = lesion.numbers("Possibilities")
    if not numbers:
        return
    if len(numbers) != len(_POSSIBILITIES) or not all(0 <= value <= 1 for value in numbers):
        raise bad_answer(where)
    for (name, label), value in zip(_POSSIBILITIES, numbers, strict=True):
        yield Measurement(name=name, label=label, value=100 * value, unit="%", basis=basis.of(where))


def _volumes(lesion: Node, basis: Bases) -> Iterator[Measurement]:
    """Texts in cm3, which are millilitres; other operations state mm3."""
    for name, key, label, _ in _VOLUMES:
        value, where = lesion.number(key), f"{lesion.path}.{key}"
        if value is None or value == 0:
            continue
        if value < 0:
            raise bad_answer(where)
        yield Measurement(name=name, label=label, value=value, unit="mL", basis=basis.of(where))


def _mask(image: ResultVolume, volumes: tuple[Measurement, ...], basis: Basis) -> AnswerMask:
    names = {label: _name(label, _volume_ml(image, label), volumes) for label in labels_of(image)}
    if len({str(words) for words in names.values()}) < len(names):  # two labels of one volume: neither is told
        names = {label: _unnamed(label) for label in names}
    return AnswerMask(name=PANCREAS, volume=image, names=names, basis=basis)


def _name(label: int, volume_ml: float, volumes: tuple[Measurement, ...]) -> Words:
    stated = {measurement.name: measurement.value for measurement in volumes}
    for name, _, _, words in _VOLUMES:
        value = stated.get(name)
        if isinstance(value, float) and abs(value - volume_ml) <= _SAME * max(value, volume_ml):
            return words
    return _unnamed(label)


def _unnamed(label: int) -> Words:
    return say("Mask of the pancreas, label {number}", number=label)


def _volume_ml(image: ResultVolume, label: int) -> float:
    voxel_ml = abs(float(np.linalg.det(image.to_patient[:3, :3]))) / 1000
    return int(np.count_nonzero(image.values == label)) * voxel_ml


def _findings(mask: AnswerMask) -> Iterator[AnswerFinding]:
    for label, words in mask.names.items():
        volume = Measurement(
            name=_VOLUME, label=say("Volume"), value=_volume_ml(mask.volume, label), unit="mL", basis=mask.basis
        )
        yield AnswerFinding(
            code="pancreas-region",
            label=words,
            shapes=(MaskShape(mask=mask.name, label=label),),
            measurements=(volume,),
            confidence=None,
            basis=mask.basis,
        )


def _somewhere(basis: Basis) -> AnswerFinding:
    """The mask is not here, so nobody may read “none reported” out of its absence."""
    return AnswerFinding(
        code="pancreas-region",
        label=say("Mask of the pancreas, not available"),
        shapes=(),
        measurements=(),
        confidence=None,
        basis=basis,
    )
