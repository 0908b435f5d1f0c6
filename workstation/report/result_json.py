"""`result.json`: positions in patient LPS mm, indices from 0 in canonical order. Schema: resources/schema."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from workstation.catalogue import operation_named
from workstation.domain.answer import AnalysisResult, Curve
from workstation.domain.decision import OPEN, Decision
from workstation.domain.editing import edited, of_original
from workstation.domain.figures import value_text
from workstation.domain.finding import Finding, Measurement
from workstation.domain.geometry import Geometry, Vector
from workstation.domain.noted import NOTHING_NOTED, Noted
from workstation.domain.projection import slices_of
from workstation.domain.shapes import (
    Angle,
    Box2D,
    Box3D,
    Contour,
    Label,
    Line,
    Mask,
    Point,
    Polyline,
    Shape,
    Sphere,
)
from workstation.domain.signature import Signed
from workstation.domain.volume import LabelVolume
from workstation.domain.words import Language, Words, render
from workstation.report.kept_files import files_json
from workstation.report.mask_files import mask_file
from workstation.report.mask_pictures import cut_labels, cut_out_file, is_photo, picture_file
from workstation.report.noted_files import noted_json

SCHEMA: Final = "yingtai-result/1"
Json = dict[str, object]


def result_json(
    result: AnalysisResult,
    decisions: Mapping[str, Decision],
    geometry: Geometry | None,
    language: Language,
    signed: Signed | None = None,
    noted: Noted = NOTHING_NOTED,
) -> Json:
    """The whole result as plain JSON values. `geometry` of the stack shown, for the slices of each finding.

    signed  None: a draft, which has neither `signed` nor `addenda`
    noted   what the reader measured and drew on the series; nothing: there is no such key
    """
    return {
        "schema": SCHEMA,
        "operation": result.operation,
        "medical": operation_named(result.operation).medical,
        "connection": result.connection,
        "basis": result.basis.value,
        "parameters": dict(result.parameters),
        "series_id": result.stack_id,
        "study_uid": result.study_uid,
        "moving_id": result.moving_id,
        "in_pixels": result.in_pixels,
        "job": {
            "id": result.job.id,
            "request_id": result.job.request_id,
            "submitted": _time(result.job.submitted),
            "finished": _time(result.job.finished),
            "cost_yuan": result.job.cost_yuan,
        },
        "service": {"name": result.service_name, "version": result.service_version},
        "placement": {
            "state": result.placement.state.value,
            "sentence": render(result.placement.sentence, language),
            **_said(result.placement.sentence, language),
        },
        "findings": [
            _finding(finding, decisions.get(finding.id, OPEN), geometry, result, language)
            for finding in result.findings
        ],
        "measurements": [_measurement(measurement, language) for measurement in result.measurements],
        "masks": [_mask(mask, label, language) for mask in result.masks for label in mask.voxels],
        "files": files_json(result.files),
        "curves": [_curve(curve, language) for curve in result.curves],
        "grading": [],
        "texts": list(result.texts),
        "notes": [render(note, language) for note in result.notes],
        "raw": "raw.json",
        **noted_json(noted, language),
        **(_signed(signed) if signed is not None else {}),
    }


def _signed(signed: Signed) -> Json:
    return {
        "signed": {
            "by": signed.by,
            "role": signed.role,
            "at": _time(signed.at),
            "sha256": signed.digest,
            "intact": signed.intact,
        },
        "addenda": [{"text": one.text, "by": one.by, "role": one.role, "at": _time(one.at)} for one in signed.addenda],
    }


def _said(words: Words, language: Language) -> Json:
    facts = {name: render(fact, language) if isinstance(fact, Words) else fact for name, fact in words.facts}
    return {"code": words.message, "facts": facts}


def _time(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _finding(
    finding: Finding, decision: Decision, geometry: Geometry | None, result: AnalysisResult, language: Language
) -> Json:
    seen = slices_of(finding, geometry, result.masks) if geometry is not None and finding.shapes else None
    return {
        "id": finding.id,
        "code": finding.code,
        "label": render(finding.label, language),
        "confidence": finding.confidence,
        "basis": finding.basis.value,
        "slices": list(seen) if seen is not None else None,
        "shapes": [shape_json(shape, in_pixels=result.in_pixels) for shape in finding.shapes],
        "measurements": [_measurement(measurement, language) for measurement in finding.measurements],
        **(_edited(finding, decision.shapes, geometry, result, language) if decision.shapes is not None else {}),
        "decision": {
            "state": decision.state.value,
            "comment": decision.comment,
            "by": decision.by,
            "role": decision.role,
            "at": _time(decision.at) if decision.at is not None else None,
        },
    }


def _edited(
    finding: Finding, shapes: tuple[Shape, ...], geometry: Geometry | None, result: AnalysisResult, language: Language
) -> Json:
    """What the reader made of the shape, beside that of the answer; who and when stands in the decision."""
    now = edited(finding, shapes)
    seen = slices_of(now, geometry, result.masks) if geometry is not None else None
    return {
        "edited": {
            "slices": list(seen) if seen is not None else None,
            "shapes": [shape_json(shape, in_pixels=result.in_pixels) for shape in shapes],
            "measurements": [
                {**_measurement(measured, language), "of_original_shape": of_original(now, measured, shapes)}
                for measured in now.measurements
            ],
        }
    }


def _measurement(measurement: Measurement, language: Language) -> Json:
    value = measurement.value
    return {
        "name": measurement.name,
        "title": render(measurement.label, language),
        "value": value.message if isinstance(value, Words) else value,
        "text": value_text(measurement, language),
        "unit": measurement.unit,
        "basis": measurement.basis.value,
    }


def _curve(curve: Curve, language: Language) -> Json:
    return {
        "name": curve.name,
        "title": render(curve.label, language),
        "x": list(curve.x),
        "y": list(curve.y),
        "x_unit": curve.x_unit,
        "y_unit": curve.y_unit,
        "marked": curve.marked,
        "basis": curve.basis.value,
    }


def shape_json(shape: Shape, *, in_pixels: bool = False) -> Json:
    """A shape with its numbers in patient mm, or in pixels (column, row) of a picture: then keys end in `_px`."""
    if not in_pixels:
        return _shape_mm(shape)
    return {
        f"{name[:-3]}_px" if name.endswith("_mm") else name: _flat(value) if name.endswith("_mm") else value
        for name, value in _shape_mm(shape).items()
    }


def _flat(value: object) -> object:
    """Points without their third number, which a picture does not have."""
    if not isinstance(value, list):
        return value
    return [_flat(entry) for entry in value] if value and isinstance(value[0], list) else value[:2]


def _shape_mm(shape: Shape) -> Json:
    match shape:
        case Sphere():
            return {"type": "sphere", "center_mm": _mm(shape.center), "radius_mm": round(shape.radius, 4)}
        case Box3D():
            return {
                "type": "box3d",
                "min_index": list(shape.min_index),
                "max_index": list(shape.max_index),
                "corners_mm": [_mm(corner) for corner in shape.corners],
            }
        case Box2D():
            return {"type": "box2d", "corners_mm": [_mm(corner) for corner in shape.corners]}
        case Point():
            return {"type": "point", "at_mm": _mm(shape.at)}
        case Label():
            return {"type": "label", "text": shape.text, "at_mm": _mm(shape.at)}
        case Line():
            return {"type": "line", "start_mm": _mm(shape.start), "end_mm": _mm(shape.end)}
        case Angle():
            return {
                "type": "angle",
                "start_mm": _mm(shape.start),
                "vertex_mm": _mm(shape.vertex),
                "end_mm": _mm(shape.end),
            }
        case Polyline():
            return {"type": "polyline", "points_mm": [_mm(point) for point in shape.points]}
        case Contour():
            return {"type": "contour", "points_mm": [_mm(point) for point in shape.points]}
        case Mask():
            return {"type": "mask", "volume": shape.volume, "label": shape.label}


def _mm(at: Vector) -> list[float]:
    return [round(value, 4) for value in at]


def _mask(mask: LabelVolume, label: int, language: Language) -> Json:
    return {
        "label": label,
        "title": render(mask.names[label], language) if label in mask.names else "",
        "basis": mask.basis.value if mask.basis is not None else None,
        "name": mask.name,
        "file": mask_file(mask.name),
        "voxels": mask.voxels[label],
        **_size(mask, label),
    }


def _size(mask: LabelVolume, label: int) -> Json:
    """Of a mask over a photograph its pictures: pixels have no millilitres."""
    if is_photo(mask):
        cut = {"cut_out": cut_out_file(mask.name, label)} if label in cut_labels(mask) else {}
        return {"volume_ml": 0.0, "picture": picture_file(mask.name), **cut}
    step, row, column = mask.geometry.spacing_zyx
    return {"volume_ml": round(mask.voxels[label] * step * row * column / 1000, 3)}
