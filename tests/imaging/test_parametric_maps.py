"""Parametric maps of others: made by highdicom and pydicom, their values by the standard's own arithmetic."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import highdicom as hd
import numpy as np
import numpy.typing as npt
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.sr.coding import Code

from tests.data import shared
from tests.imaging.asymmetric import WAYS, Body
from tests.imaging.test_segmentation import SOFTWARE, read
from workstation.domain.answer import PlacementState
from workstation.domain.projection import slice_plane
from workstation.domain.words import Language, render
from workstation.imaging.objects.read import read_objects
from workstation.imaging.series.scan import scan

ADC = Code("113041", "DCM", "Apparent Diffusion Coefficient")
UNIT = Code("mm2/s", "UCUM", "mm2/s")


def mapping(slope: float = 1.0, intercept: float = 0.0, **more: Any) -> Any:
    given: dict[str, Any] = {"slope": slope, "intercept": intercept, "value_range": (-1e9, 1e9)}
    return hd.pm.RealWorldValueMapping(
        lut_label="ADC", lut_explanation="Diffusion", unit=UNIT, quantity_definition=ADC, **(given | more)
    )


def parametric_map(
    body: Body, values: npt.NDArray[Any], mapped: Any, window: tuple[float, float] = (0.0, 1.0)
) -> Dataset:
    return hd.pm.ParametricMap(
        source_images=body.files,
        pixel_array=values,
        series_instance_uid=hd.UID(),
        series_number=5,
        sop_instance_uid=hd.UID(),
        instance_number=1,
        contains_recognizable_visual_features=False,
        real_world_value_mappings=[mapped],
        voi_lut_transformations=[hd.VOILUTTransformation(window_center=window[0], window_width=window[1])],
        **SOFTWARE,
    )


def ramp(body: Body) -> npt.NDArray[np.float64]:
    """A value that differs in every direction of the patient."""
    at = body.points()
    return np.asarray(1e-3 + 1e-5 * at[..., 0] + 3e-6 * at[..., 1] + 7e-6 * at[..., 2])


def on_series(folder: Path) -> npt.NDArray[np.float32]:
    stack, overlaid = read(folder)
    assert stack.geometry is not None
    assert overlaid.placement.state is PlacementState.PROVEN
    (one,) = overlaid.maps
    return np.stack([one.on(slice_plane(stack.geometry, k)) for k in range(stack.slices)])


def by_place(body: Body, folder: Path, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Values of the body's own slices in the order of the series."""
    stack, _ = read(folder)
    order = [[str(ds.SOPInstanceUID) for ds in body.files].index(one.sop_instance_uid) for one in stack.instances]
    return values[order]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_real_values_lie_where_they_were_measured(tmp_path: Path, way: str, kind: type) -> None:
    body = Body(way)
    body.write(tmp_path)
    values = ramp(body).astype(kind)
    parametric_map(body, values, mapping()).save_as(tmp_path / "map.dcm")

    assert np.allclose(on_series(tmp_path), by_place(body, tmp_path, values), rtol=1e-6)


def test_integers_are_what_their_mapping_says(tmp_path: Path) -> None:
    body = Body()
    body.write(tmp_path)
    stored = np.rint(ramp(body) * 1e6).astype(np.uint16)
    mapped = mapping(1e-6, -2e-4, value_range=(0, 65535))
    parametric_map(body, stored, mapped).save_as(tmp_path / "map.dcm")

    assert np.allclose(on_series(tmp_path), stored * 1e-6 - 2e-4, rtol=1e-5)


def test_a_table_is_looked_up_and_beyond_it_nothing_was_measured(tmp_path: Path) -> None:
    body = Body()
    body.write(tmp_path)
    stored = np.random.default_rng(4).integers(0, 20, body.shape).astype(np.uint16)
    table = np.linspace(5, 50, 10) ** 2
    made = parametric_map(body, stored, mapping(value_range=(0, 65535)))
    one = made.SharedFunctionalGroupsSequence[0].RealWorldValueMappingSequence[0]
    for keyword in ("RealWorldValueSlope", "RealWorldValueIntercept"):
        delattr(one, keyword)
    one.RealWorldValueFirstValueMapped, one.RealWorldValueLastValueMapped = 5, 14
    one.RealWorldValueLUTData = table.tolist()
    made.save_as(tmp_path / "map.dcm")

    found = on_series(tmp_path)

    known = (stored >= 5) & (stored <= 14)
    assert np.array_equal(np.isfinite(found), known)
    assert np.allclose(found[known], table[stored[known] - 5], rtol=1e-6)


def test_ranges_beside_one_another_and_padding_are_kept_apart(tmp_path: Path) -> None:
    body = Body()
    body.write(tmp_path)
    stored = np.random.default_rng(4).integers(-5, 6, body.shape).astype(np.float32)
    made = parametric_map(body, stored, mapping(2.0, 0.0))
    shared_items = made.SharedFunctionalGroupsSequence[0].RealWorldValueMappingSequence
    low = shared_items[0]
    high = copy.deepcopy(low)
    for one, ends, slope in ((low, (-5.0, -1.0), 2.0), (high, (0.0, 4.0), 10.0)):
        one.DoubleFloatRealWorldValueFirstValueMapped, one.DoubleFloatRealWorldValueLastValueMapped = ends
        one.RealWorldValueSlope = slope
    shared_items.append(high)
    made.FloatPixelPaddingValue = -5.0
    made.save_as(tmp_path / "map.dcm")

    found = on_series(tmp_path)

    wanted = np.where(stored < 0, 2 * stored, 10 * stored)
    assert np.array_equal(np.isfinite(found), (stored > -5) & (stored < 5))
    assert np.allclose(found[np.isfinite(found)], wanted[np.isfinite(found)])


@pytest.mark.parametrize(
    ("kind", "elements", "padded"),
    [
        (np.float64, {"DoubleFloatPixelPaddingValue": -5.0}, (-5, -5)),
        (np.float64, {"DoubleFloatPixelPaddingValue": -3.0, "DoubleFloatPixelPaddingRangeLimit": -5.0}, (-5, -3)),
        (np.float32, {"FloatPixelPaddingValue": -5.0, "FloatPixelPaddingRangeLimit": -4.0}, (-5, -4)),
        (np.int16, {"PixelPaddingValue": ("SS", -5)}, (-5, -5)),
        (np.int16, {"PixelPaddingValue": ("US", 65531)}, (-5, -5)),
        (np.uint16, {"PixelPaddingValue": ("US", 2), "PixelPaddingRangeLimit": ("US", 4)}, (2, 4)),
    ],
)
def test_padding_is_no_measured_value(
    tmp_path: Path, kind: type, elements: dict[str, Any], padded: tuple[int, int]
) -> None:
    body = Body()
    body.write(tmp_path)
    whole = np.issubdtype(kind, np.integer)
    signed = not np.issubdtype(kind, np.unsignedinteger)
    stored = np.random.default_rng(4).integers(-5 if signed else 0, 6, body.shape)
    given = stored.astype(np.uint16 if whole else kind)
    ends = {"value_range": (0, 65535)} if whole else {}
    made = parametric_map(body, given, mapping(2, 0, **ends) if whole else mapping(2.0, 0.0))
    if whole and signed:
        made.PixelRepresentation = 1
        one = made.SharedFunctionalGroupsSequence[0].RealWorldValueMappingSequence[0]
        for keyword, end in (("RealWorldValueFirstValueMapped", -100), ("RealWorldValueLastValueMapped", 100)):
            delattr(one, keyword)
            one.add_new(keyword, "SS", end)
    for keyword, value in elements.items():
        if whole:
            made.add_new(keyword, *value)
        else:
            setattr(made, keyword, value)
    made.save_as(tmp_path / "map.dcm")

    found = on_series(tmp_path)

    measured = (stored < padded[0]) | (stored > padded[1])
    assert np.array_equal(np.isfinite(found), measured)
    assert np.allclose(found[measured], 2 * stored[measured])


def test_quantity_unit_and_range_are_named(tmp_path: Path) -> None:
    body = Body()
    body.write(tmp_path)
    values = ramp(body).astype(np.float32)
    parametric_map(body, values, mapping(), window=(1.1e-3, 1e-3)).save_as(tmp_path / "map.dcm")

    _, overlaid = read(tmp_path)

    (one,) = overlaid.maps
    (part,) = overlaid.findings
    assert str(render(one.quantity, Language.ENGLISH)) == "Apparent Diffusion Coefficient"
    assert (one.unit, one.said(0.00123)) == ("mm²/s", "0.00123 mm²/s")
    assert (one.low, one.high) == pytest.approx((0.6e-3, 1.6e-3))
    assert one.part == part.id
    assert overlaid.paints
    value = part.measurements[0].value
    assert render(value, Language.ENGLISH) == f"{values.min():.5f} to {values.max():.5f} mm²/s"  # type: ignore[arg-type]


def test_a_map_in_another_space_is_not_painted(tmp_path: Path) -> None:
    body = Body()
    body.write(tmp_path)
    made = parametric_map(body, ramp(body).astype(np.float32), mapping())
    made.FrameOfReferenceUID = "1.2.3.99"
    made.save_as(tmp_path / "map.dcm")

    _, overlaid = read(tmp_path)

    assert overlaid.placement.state is PlacementState.CONTRADICTED
    assert not overlaid.paints


def test_a_real_map_is_read(tmp_path: Path) -> None:
    """Its own series is not there: the CT that highdicom tests with stands in for it, at the map's place."""
    file = shared("data", "derived-objects", "parametric_map_float.dcm")
    source = pydicom.dcmread(file)
    ct = pydicom.dcmread(shared("data", "derived-objects", "highdicom-ct_image.dcm"))
    ct.SeriesInstanceUID = source.ReferencedSeriesSequence[0].SeriesInstanceUID
    ct.FrameOfReferenceUID = source.FrameOfReferenceUID
    ct.save_as(tmp_path / "ct.dcm")
    found = scan([file, tmp_path / "ct.dcm"])

    (overlaid,) = read_objects(found.stacks[0], found.objects)

    assert overlaid.fault is None
    if overlaid.placement.state.painted:
        (one,) = overlaid.maps
        wanted = np.frombuffer(source.FloatPixelData, dtype="<f4").reshape(128, 128)
        assert np.allclose(one.values[0], np.where((wanted >= 0) & (wanted <= 1), wanted, np.nan), equal_nan=True)
