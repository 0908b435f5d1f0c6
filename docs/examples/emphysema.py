"""A new operation, whole: emphysema on chest CT, as a hospital's own service answers it. See adding-an-operation.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workstation.catalogue.limits import Limits, documented, ours
from workstation.catalogue.operation import (
    CallInput,
    ConnectionKind,
    Lifecycle,
    Operation,
    Parameter,
    Prices,
    Service,
    WireAnswer,
)
from workstation.catalogue.preferences import LUNG_LOBES
from workstation.catalogue.wire import opened
from workstation.domain.answer import (
    AnalysisResult,
    AnswerFinding,
    AnswerGrid,
    IndexSphere,
    ServiceAnswer,
    WireFrame,
)
from workstation.domain.blocks import Block, FiguresBlock
from workstation.domain.finding import Measurement, worst
from workstation.domain.geometry import Plane
from workstation.domain.words import say


def arguments(call: CallInput) -> Mapping[str, str]:
    """What goes on the wire: lists are flattened and count from 1."""
    links = {f"URLList.{number}.URL": url for number, url in enumerate(call.urls, start=1)}
    return {"DataFormat": "DICOM", **call.organisation, "Level": f"{call.parameters['level']:.0f}", **links}


def parse(answer: WireAnswer) -> ServiceAnswer:
    """What came back, typed, in the frame that the row declares. raises BAD_ANSWER, NO_BASIS"""
    root, basis = opened(answer.text, expect_basis=answer.expect_basis)
    spacing = root.triple("Spacing")
    regions = tuple(
        AnswerFinding(
            code="emphysema",
            label=say("Region of emphysema"),
            shapes=(
                IndexSphere(
                    center=answer.frame.index((region.required("X"), region.required("Y"), region.required("Z"))),
                    diameter_mm=region.required("Diameter"),
                ),
            ),
            measurements=(),
            confidence=region.number("Confidence"),
            basis=basis.of(region.path),
        )
        for region in root.items("Regions")
    )
    share = Measurement(
        name="low-attenuation-share",
        label=say("Lung below the level"),
        value=root.required("Ratio") * 100,
        unit="%",
        basis=basis.of("Ratio"),
    )
    return ServiceAnswer(
        findings=regions,
        grid=AnswerGrid(origin=root.triple("Origin"), spacing=spacing and (spacing[2], spacing[1], spacing[0])),
        basis=worst([basis.everything, *basis.parts.values()]),
        series_uid=root.text("SeriesInstanceUid"),
        measurements=(share,),
        unknown=root.unread(),
    )


def panel(result: AnalysisResult) -> tuple[Block, ...]:
    """What stands above the findings, on screen and on paper."""
    return (FiguresBlock(figures=result.measurements),) if result.measurements else ()


HOSPITAL_EMPHYSEMA: Final = Service(
    source="imageprocess.DetectEmphysema",
    product="imageprocess",
    version="2020-03-20",
    action="DetectEmphysema",
    asynchronous=True,
    kinds=(ConnectionKind.COMPATIBLE,),
    prices=Prices(),
    lifecycle=Lifecycle(),
    frame=WireFrame(axes="xyz", base=0),
    arguments=arguments,
    read=parse,
)

EMPHYSEMA: Final = Operation(
    name="emphysema",
    title=say("Emphysema"),
    family="ct",
    services=(HOSPITAL_EMPHYSEMA,),
    limits=Limits(
        modality=documented(("CT",)),
        plane=documented(Plane.AXIAL),
        slices=documented((20, 600)),
        step_mm=ours((0.3, 3.0)),
    ),
    parameters=(Parameter(name="level", label=say("Level, HU"), default=-950.0, low=-1000.0, high=-900.0, decimals=0),),
    prefers=LUNG_LOBES,
    panel=panel,
    window="lung",
)
