"""Answers of imageseg: those of the documents, its traps each named after its entry, pictures that become masks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from tests.catalogue.test_picture_rules import photo
from tests.photos import Mask
from workstation.catalogue.check import check
from workstation.catalogue.operation import CallInput, Operation, Service
from workstation.catalogue.photo_segmentation.answer import CUT_OUT
from workstation.catalogue.photo_segmentation.rows import (
    PARSE_FACE,
    REFINE_MASK,
    SEGMENT_BODY,
    SEGMENT_COMMODITY,
    SEGMENT_FACE,
    SEGMENT_FURNITURE,
    SEGMENT_HAIR,
    SEGMENT_HEAD,
    SEGMENT_OBJECT,
    SEGMENT_VEHICLE,
    SEGMENTATIONS,
)
from workstation.catalogue.picture_rules import fitting_size
from workstation.domain.answer import IndexRectangle, MaskShape, PlacementState, SentSeries, ServiceAnswer
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.geometry import pixel_grid
from workstation.domain.placement import place
from workstation.domain.volume import ResultVolume
from workstation.domain.words import Language, render

ANSWERS = Path(__file__).parent / "answers"
SIZE = (40, 60)
LINK = "http://result.example/1.png"
HANGZHOU = "http://luban-vgd-invi.oss-cn-hangzhou.aliyuncs.com/upload/result_segmenter/"


def service_of(row: Operation) -> Service:
    (service,) = row.services
    return service


def recorded(row: Operation) -> str:
    return (ANSWERS / f"{row.name}.json").read_text(encoding="utf-8")


def answered(
    row: Operation, data: object, pictures: Mapping[str, npt.NDArray[np.uint8]] | None = None, size: Any = SIZE
) -> ServiceAnswer:
    files = {
        path: (ResultVolume(name=path, values=samples[None], to_patient=np.eye(4)),)
        for path, samples in (pictures or {}).items()
    }
    return service_of(row).parse(json.dumps({"Data": data}), False, files, size)


def disc(rows: int = SIZE[0], columns: int = SIZE[1], row: float = 20, column: float = 30, radius: float = 9) -> Mask:
    y, x = np.mgrid[:rows, :columns]
    return np.asarray((x - column) ** 2 + (y - row) ** 2 <= radius**2)


def gray(mask: Mask) -> npt.NDArray[np.uint8]:
    return np.where(mask, 255, 0).astype(np.uint8)


def cut_out(mask: Mask, color: int = 90) -> npt.NDArray[np.uint8]:
    samples = np.full((*mask.shape, 4), color, dtype=np.uint8)
    samples[..., 3] = gray(mask)
    return samples


def masks_of(answer: ServiceAnswer) -> list[Mask]:
    """What each finding covers, in the order of the answer."""
    volumes = {mask.name: mask.volume.values[0] for mask in answer.masks}
    found = [shape for finding in answer.findings for shape in finding.shapes if isinstance(shape, MaskShape)]
    return [volumes[shape.mask] == shape.label for shape in found]


# the documents' examples


@pytest.mark.parametrize("row", [SEGMENT_BODY, SEGMENT_COMMODITY, SEGMENT_OBJECT])
def test_the_documented_cut_out_is_one_finding_whose_picture_is_not_at_hand(row: Operation) -> None:
    answer = service_of(row).parse(recorded(row), False)
    (found,) = answer.findings
    word = {"segment-body": "Body", "segment-commodity": "Product", "segment-object": "Object"}[row.name]

    assert str(found.label) == f"{word}, mask not available"
    assert (found.shapes, found.confidence, answer.masks, answer.unknown) == ((), None, (), ())


@pytest.mark.parametrize(
    ("row", "boxes"),
    [
        (SEGMENT_HEAD, [(444, 102, 115, 180), (220, 49, 177, 192), (86, 44, 123, 181)]),
        (SEGMENT_FACE, [(254, 179, 128, 189), (215, 39, 85, 102)]),
        (SEGMENT_HAIR, [(446, 102, 113, 180), (220, 49, 177, 192), (86, 44, 123, 181)]),
    ],
)
def test_the_documented_people_are_numbered_and_boxed(row: Operation, boxes: list[tuple[int, int, int, int]]) -> None:
    answer = service_of(row).parse(recorded(row), False)
    word = {"segment-head": "Head", "segment-face": "Face", "segment-hair": "Hair"}[row.name]

    assert [str(found.label) for found in answer.findings] == [
        f"{word} {number}, mask not available" for number in range(1, len(boxes) + 1)
    ]
    assert [found.shapes for found in answer.findings] == [
        (
            IndexRectangle(
                slice=0.0,
                first=(top - 0.5, left - 0.5),
                last=(top + height - 0.5, left + width - 0.5),
            ),
        )
        for left, top, width, height in boxes
    ]
    assert answer.unknown == ()


def test_the_documented_parts_of_a_face_have_names_in_both_languages() -> None:
    answer = service_of(PARSE_FACE).parse(recorded(PARSE_FACE), False)
    names = ("skin", "l_brow", "r_brow", "l_eye", "r_eye", "l_ear", "r_ear", "nose", "u_lip", "l_lip")
    labels = [render(found.label, Language.CHINESE).partition("，")[0] for found in answer.findings]

    assert [found.code for found in answer.findings] == [f"face-part-{name}" for name in names]
    assert labels == ["面部皮肤", "左眉", "右眉", "左眼", "右眼", "左耳", "右耳", "鼻", "上唇", "下唇"]
    assert answer.unknown == ()


@pytest.mark.parametrize("row", [SEGMENT_FURNITURE, SEGMENT_VEHICLE, REFINE_MASK])
def test_the_documented_element_is_one_finding(row: Operation) -> None:
    answer = service_of(row).parse(recorded(row), False)
    (found,) = answer.findings
    word = {"segment-furniture": "Furniture", "segment-vehicle": "Vehicle", "refine-mask": "Refined mask"}[row.name]

    assert str(found.label) == f"{word}, mask not available"
    assert (found.shapes, answer.unknown) == ((), ())


# traps, as they are called where they are listed


def test_parse_face_sample_links_are_oss_and_are_told_as_they_stand() -> None:
    links = service_of(PARSE_FACE).file_links(recorded(PARSE_FACE))

    assert list(links) == [f"Elements[{number}].ImageURL" for number in range(10)]
    assert all(link.startswith("oss://") for link in links.values())


@pytest.mark.parametrize("name", ["ImageURL", "ImageUrl", "imageUrl", "imageURL"])
def test_segment_furniture_spells_image_url_in_two_ways(name: str) -> None:
    truth = disc()
    data = {"Elements": [{name: LINK}]}
    answer = answered(SEGMENT_FURNITURE, data, {f"Elements[0].{name}": cut_out(truth)})

    assert service_of(SEGMENT_FURNITURE).file_links(json.dumps({"Data": data})) == {f"Elements[0].{name}": LINK}
    assert (masks_of(answer)[0] == truth).all()


def test_segment_furniture_prints_ng_for_png_which_is_taken() -> None:
    assert SEGMENT_FURNITURE.limits.forms is not None
    assert SEGMENT_FURNITURE.limits.forms.value == ("jpg", "jpeg", "png", "bmp")


def test_segment_vehicle_echoes_an_internal_link_that_is_not_fetched() -> None:
    (link,) = service_of(SEGMENT_VEHICLE).file_links(recorded(SEGMENT_VEHICLE)).values()

    assert "internal" in recorded(SEGMENT_VEHICLE)
    assert "internal" not in link


@pytest.mark.parametrize("row", [SEGMENT_COMMODITY, SEGMENT_OBJECT])
def test_segment_commodity_and_common_image_have_their_result_bucket_in_hangzhou(row: Operation) -> None:
    (link,) = service_of(row).file_links(recorded(row)).values()

    assert link.startswith(HANGZHOU)


@pytest.mark.parametrize("row", SEGMENTATIONS)
def test_parameters_are_in_the_query_even_with_post_and_those_of_refine_mask_in_the_body(row: Operation) -> None:
    links = {"picture": ("http://store/1.png",), "mask": ("http://store/2.png",)}
    call = service_of(row).submit_call(
        CallInput(links=links, parameters=row.read_parameters({}), org_name="", org_id="", form="png")
    )
    own = {"ImageURL": "http://store/1.png"}

    assert call.method == "POST"
    if row is REFINE_MASK:
        assert (call.query, call.body) == ({}, own | {"MaskImageURL": "http://store/2.png"})
    else:
        assert (call.query, call.body) == (own, {})


def test_the_job_of_a_body_is_asked_for_of_the_same_product() -> None:
    service = service_of(SEGMENT_BODY)
    later = SEGMENT_BODY.read_parameters({"async": "yes", "form": "white"})
    sent = service.submit_call(
        CallInput(links={"picture": (LINK,)}, parameters=later, org_name="", org_id="", form="png")
    )
    asked = service.poll_call("ID")

    assert sent.query == {"ImageURL": LINK, "ReturnForm": "whiteBK", "Async": "true"}
    assert (service.is_job(later), service.is_job(SEGMENT_BODY.read_parameters({}))) == (True, False)
    assert (asked.product, asked.version, asked.action) == ("imageseg", "2019-12-30", "GetAsyncJobResult")
    assert (asked.query, asked.body) == ({}, {"JobId": "ID"})


def test_what_the_service_sends_by_default_is_not_asked_for() -> None:
    assert {parameter.default for row in SEGMENTATIONS for parameter in row.parameters} == {CUT_OUT, "no"}


# pictures


def test_what_is_not_transparent_is_cut_out() -> None:
    truth = disc()
    answer = answered(SEGMENT_BODY, {"ImageURL": LINK}, {"ImageURL": cut_out(truth, color=0)})

    assert (masks_of(answer)[0] == truth).all()
    assert answer.masks[0].in_pixels
    assert answer.notes == ()


def test_a_mask_of_one_channel_is_white_on_black() -> None:
    truth = disc()
    answer = answered(SEGMENT_BODY, {"ImageURL": LINK}, {"ImageURL": gray(truth)})

    assert (masks_of(answer)[0] == truth).all()


def test_on_white_what_is_white_within_an_object_is_its_own() -> None:
    truth = disc()
    samples = np.where(truth[..., None], 80, 255).repeat(3, axis=2).astype(np.uint8)
    samples[18:22, 28:32] = 255
    answer = answered(SEGMENT_BODY, {"ImageURL": LINK}, {"ImageURL": samples})

    assert (masks_of(answer)[0] == truth).all()
    assert [str(note) for note in answer.notes] == ["Body: taken from what is not white in the picture that came."]


def test_a_mask_that_came_as_jpeg_is_cut_at_half() -> None:
    truth = disc()
    blurred = np.where(truth, 236, 14).astype(np.uint8)[..., None].repeat(3, axis=2)
    answer = answered(REFINE_MASK, {"Elements": [{"ImageURL": LINK}]}, {"Elements[0].ImageURL": blurred})

    assert (masks_of(answer)[0] == truth).all()


def head(left: int, top: int, width: int, height: int) -> dict[str, object]:
    return {"ImageURL": LINK, "X": left, "Y": top, "Width": width, "Height": height}


def test_a_picture_as_large_as_its_box_lies_there() -> None:
    truth = disc()
    left, top, width, height = 21, 11, 19, 19
    part = cut_out(truth[top : top + height, left : left + width])
    answer = answered(SEGMENT_HEAD, {"Elements": [head(left, top, width, height)]}, {"Elements[0].ImageURL": part})

    assert (masks_of(answer)[0] == truth).all()
    assert str(answer.findings[0].label) == "Head"


def test_things_that_overlap_keep_all_of_their_pixels() -> None:
    one, other = disc(), disc(column=36)
    answer = answered(
        SEGMENT_HEAD,
        {"Elements": [head(0, 0, 60, 40), head(0, 0, 60, 40)]},
        {"Elements[0].ImageURL": cut_out(one), "Elements[1].ImageURL": cut_out(other)},
    )
    first, second = masks_of(answer)

    assert (one & other).any()
    assert (first == one).all()
    assert (second == other).all()


def test_a_picture_of_another_size_contradicts_what_was_sent() -> None:
    answer = answered(SEGMENT_BODY, {"ImageURL": LINK}, {"ImageURL": cut_out(disc(80, 120))})
    sent = SentSeries(geometry=pixel_grid(*SIZE), series_uid="", sop_instance_uids=("",), pixels=True)
    placement, (found,) = place(answer, sent, "J")

    assert (answer.masks, answer.grid.shape) == ((), (1, 80, 120))
    assert (placement.state, found.shapes) == (PlacementState.CONTRADICTED, ())


@pytest.mark.parametrize("box", [(50, 11, 19, 19), (-1, 11, 19, 19), (21, 30, 19, 19)])
def test_a_box_that_leaves_the_picture_contradicts_what_was_sent(box: tuple[int, int, int, int]) -> None:
    part = cut_out(np.ones((19, 19), dtype=bool))
    answer = answered(SEGMENT_HEAD, {"Elements": [head(*box)]}, {"Elements[0].ImageURL": part})

    assert (answer.masks, answer.grid.shape) == ((), (1, 19, 19))


def test_an_empty_mask_is_said_and_is_no_finding() -> None:
    answer = answered(SEGMENT_BODY, {"ImageURL": LINK}, {"ImageURL": gray(np.zeros(SIZE, dtype=bool))})

    assert answer.findings == ()
    assert [str(note) for note in answer.notes] == ["Body: the mask that came is empty."]


def test_nothing_found_is_no_finding() -> None:
    assert answered(SEGMENT_HEAD, {"Elements": []}).findings == ()


@pytest.mark.parametrize(
    ("row", "data"),
    [
        (SEGMENT_BODY, {}),
        (SEGMENT_BODY, {"ImageURL": ""}),
        (SEGMENT_HEAD, {}),
        (SEGMENT_HEAD, {"Elements": [{}]}),
        (SEGMENT_HEAD, {"Elements": [head(1, 2, 0, 4)]}),
        (SEGMENT_HEAD, {"Elements": [{**head(1, 2, 3, 4), "X": 0.5}]}),
        (SEGMENT_HEAD, {"Elements": [{"ImageURL": LINK, "X": 1}]}),
        (PARSE_FACE, {"Elements": [{"ImageURL": LINK}]}),
    ],
)
def test_answers_that_can_not_be_are_refused(row: Operation, data: object) -> None:
    with pytest.raises(WorkstationError) as refused:
        answered(row, data)
    assert refused.value.code is ErrorCode.BAD_ANSWER


# limits


@pytest.mark.parametrize(
    ("row", "rows", "columns", "codes"),
    [
        (SEGMENT_BODY, 1279, 1279, []),
        (SEGMENT_BODY, 100, 1280, ["matrix-too-large"]),
        (SEGMENT_HEAD, 2000, 3999, []),
        (SEGMENT_HEAD, 2001, 2001, ["short-side-too-long"]),
        (SEGMENT_HEAD, 1000, 8000, ["too-many-pixels"]),
        (SEGMENT_HEAD, 900, 8001, ["long-side-too-long"]),
        (SEGMENT_FACE, 100, 1700, ["aspect"]),
        (PARSE_FACE, 2048, 2049, ["matrix-too-large"]),
        (PARSE_FACE, 300, 601, ["aspect"]),
        (SEGMENT_FURNITURE, 1998, 1998, []),
        (SEGMENT_VEHICLE, 2000, 1000, ["matrix-too-large"]),
    ],
)
def test_a_photograph_is_measured_by_the_documents_limits(
    row: Operation, rows: int, columns: int, codes: list[str]
) -> None:
    found = check(photo(rows=rows, columns=columns), row)

    assert [reason.code for reason in found.reasons] == codes


@pytest.mark.parametrize("size", [(3000, 3000), (900, 12000), (5000, 2500), (2000, 3999)])
def test_a_photograph_that_is_too_large_is_offered_a_size_that_fits(size: tuple[int, int]) -> None:
    rows, columns = fitting_size(size, SEGMENT_HEAD.limits)

    assert check(photo(rows=rows, columns=columns), SEGMENT_HEAD).fits
    assert columns / rows == pytest.approx(size[1] / size[0], rel=0.01)
    assert ((rows, columns) == size) is check(photo(rows=size[0], columns=size[1]), SEGMENT_HEAD).fits
