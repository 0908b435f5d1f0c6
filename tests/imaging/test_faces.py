"""Faces of photographs: covered solid in the copy, and not found there again."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from tests.imaging.drawn_face import drawn_face
from workstation.domain.covering import Covering, FaceCover, Subject, box
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import Stack
from workstation.domain.work import CancelToken, silent
from workstation.imaging.redact.faces import check_no_face_left, cover_faces, faces_seen, find_faces
from workstation.imaging.series.scan import scan
from workstation.imaging.upload.picture import PictureTarget, prepare_picture


def photo(folder: Path) -> Stack:
    drawn_face().save(folder / "photo.png")
    (stack,) = scan([folder / "photo.png"]).stacks
    return stack


def sees_a_face(path: Path) -> bool:
    """By a cascade that the program does not ask."""
    cascade = cv2.CascadeClassifier(cv2.data.haarcascades + "haarcascade_frontalface_alt.xml")
    return len(cascade.detectMultiScale(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE), 1.1, 3)) > 0


def test_a_face_is_found_where_it_is(tmp_path: Path) -> None:
    ((left, top, right, bottom),) = find_faces(photo(tmp_path))

    assert left < 148 < 212 < right
    assert top < 148 < 225 < bottom


@pytest.mark.parametrize("much", [FaceCover.EYES, FaceCover.HEAD])
def test_no_face_is_seen_in_the_copy_that_leaves(tmp_path: Path, much: FaceCover) -> None:
    stack = photo(tmp_path)
    covering = cover_faces(stack, much)

    prepared = prepare_picture(stack, tmp_path, PictureTarget(form="png"), silent, CancelToken(), covering=covering)

    assert sees_a_face(tmp_path / "photo.png")
    assert not sees_a_face(prepared.files[0])
    with Image.open(prepared.files[0]) as image:
        assert not np.asarray(image)[148:165, 130:230].any()  # the eyes, solid


def test_a_region_that_hides_too_little_of_a_face_does_not_let_the_copy_go(tmp_path: Path) -> None:
    stack = photo(tmp_path)
    (left, top, right, bottom), *_ = find_faces(stack)
    chin = box(Subject.DRAWN, left, top + 0.8 * (bottom - top), right, bottom + 9)

    with pytest.raises(WorkstationError) as refused:
        check_no_face_left(stack, Covering(regions=(chin,)))

    assert refused.value.code is ErrorCode.FACE_LEFT


def test_a_face_that_nothing_touches_is_counted_and_may_be_left_to_be_seen(tmp_path: Path) -> None:
    stack, corner = photo(tmp_path), Covering(regions=(box(Subject.DRAWN, 0, 0, 30, 30),))

    check_no_face_left(stack, corner)

    assert faces_seen(stack, corner) == 1
    assert faces_seen(stack, Covering(regions=(box(Subject.DRAWN, 0, 0, 999, 999),))) == 0


def test_nothing_is_covered_where_nobody_is_seen(tmp_path: Path) -> None:
    Image.effect_noise((300, 200), 60).convert("RGB").save(tmp_path / "wound.png")
    (stack,) = scan([tmp_path / "wound.png"]).stacks

    assert cover_faces(stack, FaceCover.HEAD).regions == ()
