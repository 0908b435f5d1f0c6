"""Parametric maps: what their values mean (DICOM PS3.3 A.75). Listed with it; the values are not painted."""

from __future__ import annotations

from workstation.domain.words import say
from workstation.imaging.objects.content import Content
from workstation.imaging.objects.file import Texts, dataset_of, first, items, number
from workstation.imaging.objects.placing import NOTHING_TO_PLACE, SeriesPlace

_LARGEST = 2**31


def read(path: str, name: str, series: SeriesPlace) -> Content:
    """raises NOT_FOUND, UNREADABLE, TOO_LARGE"""
    dataset = dataset_of(path, _LARGEST)
    texts = Texts(dataset)
    groups = [first(dataset, "SharedFunctionalGroupsSequence"), first(dataset, "PerFrameFunctionalGroupsSequence")]
    said: list[str] = []
    for group in filter(None, groups):
        for mapped in items(group, "RealWorldValueMappingSequence"):
            unit = texts.code(mapped, "MeasurementUnitsCodeSequence")
            quantity = [
                texts.code(item, "ConceptCodeSequence")[1] for item in items(mapped, "QuantityDefinitionSequence")
            ]
            explained = texts.of(mapped, "LUTExplanation") or texts.of(mapped, "LUTLabel")
            said.append(" · ".join(filter(None, (*quantity, explained, unit[1] or unit[0]))))
    frames = int(number(dataset, "NumberOfFrames") or 1)
    size = f"{int(dataset.Columns)} × {int(dataset.Rows)} × {frames}"
    return Content(
        placement=NOTHING_TO_PLACE,
        texts=(size, *dict.fromkeys(filter(None, said))),
        notes=(say("Its values are not painted."),),
    )
