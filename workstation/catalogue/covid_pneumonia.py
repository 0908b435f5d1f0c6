"""DetectCovid19Cad: probabilities of pneumonia, share of lung that is whitened, and a mask of the lesions.

`NormalProbability` is that of ordinary pneumonia, not of a normal lung. The documents don't say whether the ratio is a
share or a percentage; beside probabilities from 0 to 1 it is taken as a share.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

import numpy as np

from workstation.catalogue.measured_panel import probabilities_and_figures
from workstation.catalogue.operation import CallInput, WireAnswer
from workstation.catalogue.series_form import labels_of, the_label_image
from workstation.catalogue.wire import Bases, Node, bad_answer, opened
from workstation.domain.answer import AnalysisResult, AnswerFinding, AnswerGrid, AnswerMask, MaskShape, ServiceAnswer
from workstation.domain.blocks import Block
from workstation.domain.finding import Basis, Measurement, worst
from workstation.domain.volume import ResultVolume
from workstation.domain.words import Words, say

MASK: Final = "Mask"  # wire path of the link
LESIONS: Final = "lesions"  # name of the label image
# name, wire key, label
_PROBABILITIES: Final = (
    ("covid-probability", "NewProbability", say("COVID-19 pneumonia")),
    ("pneumonia-probability", "NormalProbability", say("Ordinary pneumonia")),
    ("neither-probability", "OtherProbability", say("Neither of them")),
)
_RATIO: Final = "lesion-ratio"
_VOLUME: Final = "lesion-volume"


def arguments(call: CallInput) -> Mapping[str, str]:
    links = {f"URLList.{n}.URL": url for n, url in enumerate(call.urls, start=1)}
    return {"DataFormat": "DICOM", **call.organisation, **links}


def parse(answer: WireAnswer) -> ServiceAnswer:
    """`Result` of the finished job → typed answer. raises BAD_ANSWER, NO_BASIS"""
    root, basis = opened(answer.text, expect_basis=answer.expect_basis)
    return read_branch(root, basis, answer.files.get(MASK, ()), unknown=True)


def read_branch(node: Node, basis: Bases, images: tuple[ResultVolume, ...], *, unknown: bool = False) -> ServiceAnswer:
    """The same answer where it is a part of another one.

    images   what the link at `Mask` gave
    unknown  whether to tell what nobody read
    raises   BAD_ANSWER
    """
    probabilities = tuple(_probabilities(node, basis))
    ratio, notes = _ratio(node, basis)
    linked = bool(node.text(MASK))
    if not probabilities and ratio is None and not linked:
        raise bad_answer(node.path or "Data")
    mask_basis = basis.of(_path(node, MASK))
    image, left = the_label_image(images, empty=True)
    masks = () if image is None else (_mask(image, mask_basis),)
    findings = tuple(finding for mask in masks for finding in _findings(mask))
    if linked and not masks:
        findings = (_somewhere(mask_basis),)
    return ServiceAnswer(
        findings=findings,
        grid=AnswerGrid(),
        basis=worst([basis.of(node.path), *basis.parts.values()]),
        measurements=(*probabilities, *((ratio,) if ratio is not None else ())),
        masks=masks,
        notes=(*notes, *left, *_honest(mask_basis)),
        unknown=node.unread() if unknown else (),
    )


def panel(result: AnalysisResult) -> tuple[Block, ...]:
    """Probabilities as bars; share and volume of the lesions."""
    known = {measurement.name: measurement for measurement in result.measurements}
    likely = [known[name] for name, _, _ in _PROBABILITIES if name in known]
    volumes = [
        replace(volume, label=say("Volume of the lesions"))
        for finding in result.findings
        if (volume := finding.measurement(_VOLUME)) is not None
    ]
    figures = [*([known[_RATIO]] if _RATIO in known else []), *volumes]
    return probabilities_and_figures(likely, figures, say("Lung involvement"))


def _probabilities(node: Node, basis: Bases) -> Iterator[Measurement]:
    for name, key, label in _PROBABILITIES:
        value = node.number(key)
        if value is None:
            continue
        if not 0 <= value <= 1:
            raise bad_answer(_path(node, key))
        yield Measurement(name=name, label=label, value=100 * value, unit="%", basis=basis.of(_path(node, key)))


def _ratio(node: Node, basis: Bases) -> tuple[Measurement | None, tuple[Words, ...]]:
    """Taken as a share; what can't be one is a percentage, which is said."""
    value, path = node.number("LesionRatio"), _path(node, "LesionRatio")
    if value is None:
        return None, ()
    if not 0 <= value <= 100:
        raise bad_answer(path)
    notes = (say("The share of the lung came as a percentage."),) if value > 1 else ()
    percent = value if value > 1 else 100 * value
    label = say("Lung that is whitened")
    return Measurement(name=_RATIO, label=label, value=percent, unit="%", basis=basis.of(path)), notes


def _mask(image: ResultVolume, basis: Basis) -> AnswerMask:
    labels = labels_of(image)
    return AnswerMask(name=LESIONS, volume=image, names={n: _label(n, labels) for n in labels}, basis=basis)


def _findings(mask: AnswerMask) -> Iterator[AnswerFinding]:
    voxel_ml = abs(float(np.linalg.det(mask.volume.to_patient[:3, :3]))) / 1000
    for label, words in mask.names.items():
        volume_ml = int(np.count_nonzero(mask.volume.values == label)) * voxel_ml
        yield AnswerFinding(
            code="pneumonia-lesions",
            label=words,
            shapes=(MaskShape(mask=mask.name, label=label),),
            measurements=(
                Measurement(name=_VOLUME, label=say("Volume"), value=volume_ml, unit="mL", basis=mask.basis),
            ),
            confidence=None,
            basis=mask.basis,
        )


def _somewhere(basis: Basis) -> AnswerFinding:
    """The mask is not here, so nobody may read “none reported” out of its absence."""
    return AnswerFinding(
        code="pneumonia-lesions",
        label=say("Pneumonia lesions, mask not available"),
        shapes=(),
        measurements=(),
        confidence=None,
        basis=basis,
    )


def _label(label: int, labels: tuple[int, ...]) -> Words:
    if len(labels) == 1:
        return say("Pneumonia lesions")
    return say("Pneumonia lesions, label {number}", number=label)


def _honest(basis: Basis) -> Iterator[Words]:
    """What the mask of this PC can't do."""
    if basis is Basis.ALGORITHM:
        yield say(
            "Whitened is what in the lung mask is as dense as ground glass or consolidation; poorly inflated lung "
            "counts as well, and a large consolidation at the chest wall is missed."
        )


def _path(node: Node, key: str) -> str:
    return f"{node.path}.{key}" if node.path else key
