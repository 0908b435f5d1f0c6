"""RTSTRUCT, SR, presentation states, key objects and NIfTI labels of others, over the same asymmetric body."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import highdicom as hd
import nibabel
import numpy as np
import numpy.typing as npt
import pydicom
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.sr.codedict import codes
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from tests.data import shared
from tests.imaging.asymmetric import WAYS, Body, outline
from tests.imaging.mutate import mutated
from tests.imaging.test_segmentation import SOFTWARE, covered, read, where
from workstation.domain.answer import PlacementState
from workstation.domain.overlaid import Overlaid, middle_of
from workstation.domain.series import FoundObject, Stack, VoiFunction
from workstation.domain.shapes import Contour, Label, Line, Point, Polyline
from workstation.imaging.objects.contours import filled, toggle
from workstation.imaging.objects.read import read_objects
from workstation.imaging.series.scan import scan

Array = npt.NDArray[np.float64]


def plain_object(sop_class: str, **elements: Any) -> Dataset:
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = sop_class
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    ds.StudyInstanceUID, ds.SeriesInstanceUID = "1.2.3.7", generate_uid()
    ds.PatientName, ds.PatientID = "Body^Asymmetric", "7"
    for keyword, value in elements.items():
        setattr(ds, keyword, value)
    return ds


def item(**elements: Any) -> Dataset:
    ds = Dataset()
    for keyword, value in elements.items():
        setattr(ds, keyword, value)
    return ds


# RTSTRUCT


def structures(body: Body, contours: list[tuple[str, Array, str]], name: str = "Body", **more: Any) -> Dataset:
    """contours: type, points mm, UID of the image or "" """
    drawn = []
    for kind, points, image in contours:
        one = item(
            ContourGeometricType=kind,
            NumberOfContourPoints=len(points),
            ContourData=[f"{value:.6f}" for value in points.ravel()],
        )
        if image:
            one.ContourImageSequence = Sequence([item(ReferencedSOPInstanceUID=image)])
        drawn.append(one)
    roi = item(ROINumber=4, ROIName=name, ReferencedFrameOfReferenceUID=body.frame_of_reference)
    series = item(
        SeriesInstanceUID=body.files[0].SeriesInstanceUID,
        ContourImageSequence=Sequence([item(ReferencedSOPInstanceUID=one.SOPInstanceUID) for one in body.files]),
    )
    study = item(ReferencedSOPInstanceUID="1.2.3.7", RTReferencedSeriesSequence=Sequence([series]))
    space = item(FrameOfReferenceUID=body.frame_of_reference, RTReferencedStudySequence=Sequence([study]))
    return plain_object(
        "1.2.840.10008.5.1.4.1.1.481.3",
        Modality="RTSTRUCT",
        StructureSetLabel="Plan",
        ReferencedFrameOfReferenceSequence=Sequence([space]),
        StructureSetROISequence=Sequence([roi]),
        ROIContourSequence=Sequence(
            [item(ReferencedROINumber=4, ROIDisplayColor=[20, 200, 90], ContourSequence=Sequence(drawn))]
        ),
        **more,
    )


def around(body: Body, named: bool = True) -> list[tuple[str, Array, str]]:
    """The body's outline on each axial slice."""
    found = []
    for ds in body.files:
        z = float(ds.ImagePositionPatient[2])
        line = outline(z)
        if line is not None:
            points = np.column_stack([line, np.full(len(line), z)])
            found.append(("CLOSED_PLANAR", points, str(ds.SOPInstanceUID) if named else ""))
    return found


@pytest.mark.parametrize("way", ["axial", "rows and columns reversed", "oblique"])
@pytest.mark.parametrize("named", [True, False])
def test_structures_cover_the_body_with_and_without_names_of_images(tmp_path: Path, way: str, named: bool) -> None:
    body = Body(way)
    body.write(tmp_path)
    structures(body, around(body, named)).save_as(tmp_path / "rt.dcm", enforce_file_format=True)

    stack, overlaid = read(tmp_path)

    assert overlaid.placement.state is PlacementState.PROVEN
    assert np.array_equal(covered(stack, overlaid), where(stack))
    assert overlaid.colours[overlaid.findings[0].id] == (20, 200, 90)


def test_a_hole_stays_a_hole_as_a_contour_of_its_own_or_by_a_keyhole(tmp_path: Path) -> None:
    body = Body()
    body.write(tmp_path)
    z = float(body.files[13].ImagePositionPatient[2])
    outer = np.array([(-20, -20, z), (20, -20, z), (20, 20, z), (-20, 20, z)], dtype=float)
    inner = outer * (0.5, 0.5, 1)
    keyhole = np.vstack([outer, outer[:1], inner[:1], inner[::-1], outer[:1]])
    apart = structures(body, [("CLOSED_PLANAR", outer, ""), ("CLOSED_PLANAR", inner, "")])
    joined = structures(body, [("CLOSED_PLANAR", keyhole, "")])
    apart.save_as(tmp_path / "apart.dcm", enforce_file_format=True)
    joined.save_as(tmp_path / "joined.dcm", enforce_file_format=True)

    found = scan([tmp_path])
    one, other = read_objects(found.stacks[0], found.objects)

    at = found.stacks[0].geometry.to_index([(0, 0, z), (15, 0, z), (25, 0, z)]).round().astype(int)  # type: ignore[union-attr]
    for overlaid in (one, other):
        assert [bool(covered(found.stacks[0], overlaid)[tuple(index)]) for index in at] == [False, True, False]


def test_points_and_open_lines_of_structures_stay_what_they_are(tmp_path: Path) -> None:
    body = Body()
    body.write(tmp_path)
    z = float(body.files[13].ImagePositionPatient[2])
    line = np.array([(0, 0, z), (10, 0, z), (10, 5, z)], dtype=float)
    structures(body, [("POINT", line[:1], ""), ("OPEN_PLANAR", line, "")]).save_as(
        tmp_path / "rt.dcm", enforce_file_format=True
    )

    _, overlaid = read(tmp_path)

    point, way = overlaid.findings[0].shapes
    assert point == Label(text="Body", at=(0.0, 0.0, z))
    assert isinstance(way, Polyline)
    assert np.allclose(way.points, line)


def test_structures_of_another_frame_of_reference_are_not_painted(tmp_path: Path) -> None:
    body = Body()
    body.write(tmp_path)
    rt = structures(body, around(body))
    rt.StructureSetROISequence[0].ReferencedFrameOfReferenceUID = "1.2.3.1000"
    rt.save_as(tmp_path / "rt.dcm", enforce_file_format=True)

    _, overlaid = read(tmp_path)

    assert overlaid.placement.state is PlacementState.CONTRADICTED
    assert not overlaid.paints


def test_a_pixel_is_inside_a_contour_where_its_center_is() -> None:
    generator = np.random.default_rng(11)
    x, y = generator.uniform(-3, 28, 9), generator.uniform(-3, 23, 9)  # it crosses itself, and leaves the picture
    into = np.zeros((20, 26), dtype=np.uint8)

    toggle(into, x, y)

    def crossings(px: float, py: float) -> int:
        ends = zip(x, y, np.roll(x, -1), np.roll(y, -1), strict=True)
        return sum((a <= py) != (c <= py) and px >= b + (py - a) * (d - b) / (c - a) for b, a, d, c in ends)

    expected = [[crossings(column, row) % 2 == 1 for column in range(25)] for row in range(20)]
    assert np.array_equal(filled(into), expected)


# SR


def code(value: str, meaning: str, scheme: str = "DCM") -> Sequence:
    return Sequence([item(CodeValue=value, CodingSchemeDesignator=scheme, CodeMeaning=meaning)])


def measured(name: str, value: str, unit: str) -> Dataset:
    return item(
        RelationshipType="CONTAINS",
        ValueType="NUM",
        ConceptNameCodeSequence=code("L", name, "99T"),
        MeasuredValueSequence=Sequence(
            [item(NumericValue=value, MeasurementUnitsCodeSequence=code(unit, unit, "UCUM"))]
        ),
    )


def graphic(kind: str, values: Array, *, image: str = "", space: str = "") -> Dataset:
    one = item(
        RelationshipType="CONTAINS",
        ValueType="SCOORD" if image else "SCOORD3D",
        ConceptNameCodeSequence=code("111030", "Image Region"),
        GraphicType=kind,
        GraphicData=[float(value) for value in values.ravel()],
    )
    if image:
        reference = Sequence([item(ReferencedSOPClassUID="1.2.840.10008.5.1.4.1.1.2", ReferencedSOPInstanceUID=image)])
        one.ContentSequence = Sequence(
            [item(RelationshipType="SELECTED FROM", ValueType="IMAGE", ReferencedSOPSequence=reference)]
        )
    else:
        one.ReferencedFrameOfReferenceUID = space
    return one


def report(body: Body, *content: Dataset) -> Dataset:
    finding = item(
        RelationshipType="CONTAINS",
        ValueType="CODE",
        ConceptNameCodeSequence=code("121071", "Finding"),
        ConceptCodeSequence=code("27925004", "Nodule", "SCT"),
    )
    group = item(
        RelationshipType="CONTAINS",
        ValueType="CONTAINER",
        ConceptNameCodeSequence=code("125007", "Measurement Group"),
        ContentSequence=Sequence([finding, *content]),
    )
    series = item(
        SeriesInstanceUID=body.files[0].SeriesInstanceUID,
        ReferencedSOPSequence=Sequence([item(ReferencedSOPInstanceUID=one.SOPInstanceUID) for one in body.files]),
    )
    return plain_object(
        "1.2.840.10008.5.1.4.1.1.88.34",
        Modality="SR",
        ValueType="CONTAINER",
        ConceptNameCodeSequence=code("126000", "Imaging Measurement Report"),
        CurrentRequestedProcedureEvidenceSequence=Sequence([item(ReferencedSeriesSequence=Sequence([series]))]),
        ContentSequence=Sequence([group]),
    )


@pytest.mark.parametrize("way", WAYS)
def test_pixel_coordinates_of_a_report_count_from_the_corner_of_the_first_pixel(tmp_path: Path, way: str) -> None:
    body = Body(way)
    body.write(tmp_path)
    k = 11
    at = body.first + k * body.spacing[0] * body.normal + 9 * body.spacing[1] * body.column
    ends = np.array([at + 5 * body.spacing[2] * body.row, at + 15 * body.spacing[2] * body.row])
    line = graphic("POLYLINE", body.pixels_of(k, ends), image=str(body.files[k].SOPInstanceUID))
    report(body, line, measured("Length", "20", "mm")).save_as(tmp_path / "sr.dcm", enforce_file_format=True)

    _, overlaid = read(tmp_path)

    (finding,) = overlaid.findings
    (shape,) = finding.shapes
    assert overlaid.placement.state is PlacementState.PROVEN
    assert isinstance(shape, Line)
    assert np.allclose((shape.start, shape.end), ends, atol=1e-3)
    assert [(str(m.label), m.value, m.unit) for m in finding.measurements] == [("Length", 20.0, "mm")]
    assert str(finding.label) == "Nodule"


def test_patient_coordinates_of_a_report_lie_in_its_frame_of_reference(tmp_path: Path) -> None:
    body = Body("oblique")
    body.write(tmp_path)
    corners = np.array([(0, 0, 0), (10, 0, 0), (10, 8, 0), (0, 0, 0)], dtype=float)
    inside = graphic("POLYGON", corners, space=body.frame_of_reference)
    report(body, inside).save_as(tmp_path / "here.dcm", enforce_file_format=True)
    elsewhere = graphic("POLYGON", corners, space="1.2.3.1000")
    report(body, elsewhere).save_as(tmp_path / "there.dcm", enforce_file_format=True)

    found = scan([tmp_path])
    here, there = read_objects(found.stacks[0], found.objects)

    assert here.placement.state is PlacementState.PROVEN
    assert here.findings[0].shapes == (Contour(points=((0.0, 0.0, 0.0), (10.0, 0.0, 0.0), (10.0, 8.0, 0.0))),)
    assert there.placement.state is PlacementState.CONTRADICTED
    assert not there.paints


def test_an_ellipse_of_a_report_keeps_its_axes(tmp_path: Path) -> None:
    body = Body()
    body.write(tmp_path)
    ends = np.array([(-8, 1, 0), (8, 1, 0), (0, -2, 0), (0, 4, 0)], dtype=float)
    report(body, graphic("ELLIPSE", ends, space=body.frame_of_reference)).save_as(
        tmp_path / "sr.dcm", enforce_file_format=True
    )

    _, overlaid = read(tmp_path)

    (shape,) = overlaid.findings[0].shapes
    assert isinstance(shape, Contour)
    assert np.allclose([np.min(shape.points, axis=0), np.max(shape.points, axis=0)], [(-8, -2, 0), (8, 4, 0)])


def test_a_report_of_any_template_is_at_least_read(tmp_path: Path) -> None:
    found = shared("data", "derived-objects", "highdicom-sr_document_with_multiple_groups.dcm")
    image = shared("data", "derived-objects", "highdicom-ct_image.dcm")
    result = scan([found, image])

    (overlaid,) = read_objects(result.stacks[0], result.objects)

    text = "\n".join(overlaid.texts)
    assert "Imaging Measurement Report" in text
    assert "Diameter: 10" in text
    assert [one.measurements[0].value for one in overlaid.findings[1:]] == [10.0, 20.0, 200.0]


# Presentation states


def state(body: Body, *annotations: Any, **more: Any) -> Dataset:
    layers = [hd.pr.GraphicLayer("MARKS", 1)] if annotations else None
    return hd.pr.GrayscaleSoftcopyPresentationState(
        referenced_images=body.files,
        series_instance_uid=hd.UID(),
        series_number=4,
        sop_instance_uid=hd.UID(),
        instance_number=1,
        content_label="MARKED",
        graphic_layers=layers,
        graphic_annotations=annotations or None,
        **SOFTWARE,
        **more,
    )


def annotation(body: Body, k: int, **more: Any) -> Any:
    layer = hd.pr.GraphicLayer("MARKS", 1)
    return hd.pr.GraphicAnnotation(referenced_images=[body.files[k]], graphic_layer=layer, **more)


def test_graphics_and_texts_lie_on_the_images_that_they_are_for(tmp_path: Path) -> None:
    body = Body("oblique")
    body.write(tmp_path)
    k = 9
    place = body.first + k * body.spacing[0] * body.normal + 7 * body.spacing[1] * body.column
    ends = np.array([place + 3 * body.spacing[2] * body.row, place + 12 * body.spacing[2] * body.row])
    pixels = body.pixels_of(k, ends)
    line = hd.pr.GraphicObject("POLYLINE", pixels, "PIXEL")
    text = hd.pr.TextObject("左肺\nnodule", "PIXEL", anchor_point=tuple(pixels[1]))
    marks = annotation(body, k, graphic_objects=[line], text_objects=[text])
    pr = state(body, marks)
    pr.SpecificCharacterSet = "GB18030"
    pr.save_as(tmp_path / "pr.dcm")

    _, overlaid = read(tmp_path)

    drawn, said = (finding.shapes[0] for finding in overlaid.findings)
    assert overlaid.placement.state is PlacementState.PROVEN
    assert isinstance(drawn, Line)
    assert isinstance(said, Label)
    assert np.allclose((drawn.start, drawn.end), ends, atol=1e-3)
    assert np.allclose(said.at, ends[1], atol=1e-3)
    assert said.text == "左肺 · nodule"


@pytest.mark.parametrize("kind", ["CIRCLE", "ELLIPSE", "INTERPOLATED", "POINT"])
def test_every_graphic_goes_through_what_the_file_gives(tmp_path: Path, kind: str) -> None:
    body = Body(spacing=(3.0, 2.0, 2.0))
    body.write(tmp_path)
    given = {
        "CIRCLE": [(10, 12), (15, 12)],
        "ELLIPSE": [(5, 12), (15, 12), (10, 9), (10, 15)],
        "INTERPOLATED": [(5, 5), (10, 9), (16, 6)],
        "POINT": [(8, 9)],
    }[kind]
    passed = {"CIRCLE": [(15, 12), (10, 17), (5, 12), (10, 7)]}.get(kind, given)
    one = hd.pr.GraphicObject(kind, np.array(given, dtype=float), "PIXEL")
    state(body, annotation(body, 4, graphic_objects=[one])).save_as(tmp_path / "pr.dcm")

    _, overlaid = read(tmp_path)

    (shape,) = overlaid.findings[0].shapes
    points = np.array([shape.at] if isinstance(shape, Point) else shape.points)  # type: ignore[union-attr]
    drawn = body.pixels_of(4, points)
    assert all(np.linalg.norm(drawn - point, axis=1).min() < 0.01 for point in passed)


@pytest.mark.parametrize(
    ("turned", "flipped", "seen"),
    [(0, False, (0, 0)), (0, True, (43, 0)), (90, False, (0, 40)), (180, False, (43, 40)), (270, True, (43, 40))],
)
def test_display_units_are_parts_of_the_picture_as_it_is_seen(
    tmp_path: Path, turned: int, flipped: bool, seen: tuple[int, int]
) -> None:
    body = Body()
    body.write(tmp_path)
    one = hd.pr.GraphicObject("POINT", np.array([(0.0, 0.0)]), "DISPLAY")
    pr = state(body, annotation(body, 4, graphic_objects=[one]))
    pr.ImageRotation, pr.ImageHorizontalFlip = turned, "Y" if flipped else "N"
    if "DisplayedAreaSelectionSequence" in pr:
        del pr.DisplayedAreaSelectionSequence
    pr.save_as(tmp_path / "pr.dcm")

    _, overlaid = read(tmp_path)

    (shape,) = overlaid.findings[0].shapes
    assert isinstance(shape, Point)
    assert np.allclose(body.pixels_of(4, np.array([shape.at])), [seen], atol=1e-3)


def test_a_window_of_a_presentation_state_is_offered(tmp_path: Path) -> None:
    body = Body()
    body.write(tmp_path)
    voi = hd.pr.SoftcopyVOILUTTransformation(window_center=-500, window_width=1400, referenced_images=None)
    state(body, voi_lut_transformations=[voi]).save_as(tmp_path / "pr.dcm")

    _, overlaid = read(tmp_path)

    offered = overlaid.presentations[0]
    assert offered.window is not None
    assert (offered.window.center, offered.window.width, offered.window.function) == (-500, 1400, VoiFunction.LINEAR)
    assert len({k for one in overlaid.presentations for k in one.slices}) == body.shape[0]


def test_a_real_presentation_state_lies_on_a_radiograph_without_positions(tmp_path: Path) -> None:
    folder = shared("data", "derived-objects")
    radiograph = pydicom.dcmread(folder / "gsps-referenced-cr-no-pixels.dcm")
    radiograph.PixelData = bytes(2 * radiograph.Rows * radiograph.Columns)
    radiograph["PixelData"].VR = "OW"
    radiograph.save_as(tmp_path / "cr.dcm")
    result = scan([folder / "gsps-pr.dcm", tmp_path / "cr.dcm"])

    (overlaid,) = read_objects(result.stacks[0], result.objects)

    (ellipse,) = overlaid.findings[0].shapes
    assert overlaid.in_pixels
    assert isinstance(ellipse, Contour)
    ends = [np.min(ellipse.points, axis=0), np.max(ellipse.points, axis=0)]
    assert np.allclose(ends, [(1713.868, 615.702, 0), (2506.359, 1366.143, 0)], atol=0.01)
    assert "Area: 119.58 cm²" in str(overlaid.findings[1].label)


# Key objects


def test_key_images_are_marked_by_the_slices_that_they_are(tmp_path: Path) -> None:
    body = Body()
    body.write(tmp_path)
    chosen = [body.files[3], body.files[17]]
    content = hd.ko.KeyObjectSelection(codes.DCM.ForReferringProvider, chosen, description="Look at these")
    hd.ko.KeyObjectSelectionDocument(
        evidence=chosen,
        content=content,
        series_instance_uid=hd.UID(),
        series_number=5,
        sop_instance_uid=hd.UID(),
        instance_number=1,
        manufacturer="Test",
    ).save_as(tmp_path / "ko.dcm")

    stack, overlaid = read(tmp_path)

    uids = [stack.instances[k].sop_instance_uid for k in overlaid.slices]
    assert uids == [str(one.SOPInstanceUID) for one in chosen]
    assert "Look at these" in overlaid.texts


# NIfTI labels


@pytest.mark.parametrize("kind", [np.uint8, np.int16, np.float32])
def test_nifti_labels_cover_the_body(tmp_path: Path, kind: type) -> None:
    body = Body("oblique")
    body.write(tmp_path)
    affine = np.eye(4)
    steps = (body.row * body.spacing[2], body.column * body.spacing[1], body.normal * body.spacing[0])
    for axis, step in enumerate(steps):
        affine[:3, axis] = step
    affine[:3, 3] = body.first
    to_ras = np.diag([-1.0, -1.0, 1.0, 1.0])
    labels = np.where(body.mask(), 700 if kind is not np.uint8 else 7, 0).astype(kind).transpose(2, 1, 0)
    image = nibabel.Nifti1Image(
        labels[::-1],
        to_ras
        @ affine
        @ np.array(  # stored from the other end
            [[-1, 0, 0, labels.shape[0] - 1], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1.0]]
        ),
    )
    nibabel.save(image, tmp_path / "labels.nii.gz")

    found = scan([tmp_path])
    stack: Stack = next(one for one in found.stacks if one.modality == "CT")
    overlaid: tuple[Overlaid, ...] = read_objects(stack, found.objects)

    assert [one.kind for one in overlaid] == ["nifti-labels"]
    assert overlaid[0].placement.state is PlacementState.PROVEN
    assert np.array_equal(covered(stack, overlaid[0]), where(stack))


def test_the_way_to_a_part_leads_into_it(tmp_path: Path) -> None:
    body = Body()
    body.write(tmp_path)
    structures(body, around(body)).save_as(tmp_path / "rt.dcm", enforce_file_format=True)

    stack, overlaid = read(tmp_path)

    at = middle_of(overlaid.findings[0], overlaid.masks)
    assert at is not None
    assert stack.geometry is not None
    assert covered(stack, overlaid)[tuple(np.rint(stack.geometry.to_index(at)).astype(int))]


# Damage


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("seg", "seg-liver.dcm"),
        ("seg", "seg-liver-partial-overlaps.dcm"),
        ("sr", "highdicom-sr_document_with_multiple_groups.dcm"),
        ("sr", "dwv-sr-ellipse.dcm"),
        ("rt-structure", "rtstruct.dcm"),
        ("presentation-state", "gsps-pr.dcm"),
        ("parametric-map", "parametric_map_float.dcm"),
    ],
)
def test_damaged_objects_are_read_or_say_one_sentence(tmp_path: Path, kind: str, name: str) -> None:
    folder = shared("data", "derived-objects")
    (stack,) = scan([folder / "liver-source-ct"]).stacks
    whole = (folder / name).read_bytes()
    objects = []
    for seed in range(25):
        path = tmp_path / f"{seed}.dcm"
        path.write_bytes(mutated(whole, seed))
        objects.append(FoundObject(str(path), kind, (stack.series_uid,)))

    found = read_objects(stack, objects)

    assert len(found) == 25
    assert all(one.fault is None or str(one.fault) for one in found)
    assert not any(one.paints and one.placement.state is PlacementState.CONTRADICTED for one in found)
