"""What a person agrees to before one picture leaves."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
from PIL import Image

from workstation.catalogue.operation import ConnectionKind
from workstation.catalogue.skin import ALIYUN_SKIN, SKIN_DISEASE
from workstation.catalogue.xray import ALIYUN_KNEE_GRADES, KNEE_XRAY
from workstation.domain.series import Stack
from workstation.imaging.phantom.radiograph import make_radiograph
from workstation.imaging.series.scan import scan
from workstation.workspace.cards import ConsentView
from workstation.workspace.connections import ConnectionInfo
from workstation.workspace.offers import cards, consent_view

CLOUD = ConnectionInfo(name="hosp", kind=ConnectionKind.COMPATIBLE, bucket="films", host="store.example")


def only(path: Path) -> Stack:
    (stack,) = scan([path]).stacks
    return stack


def leaves(view: ConsentView) -> list[str]:
    return [str(line) for line in view.leaves]


def photo(folder: Path) -> Stack:
    y, x = np.mgrid[0:300, 0:400]
    pixels = np.stack([x % 256, y % 256, np.full_like(x, 60)], axis=-1).astype(np.uint8)
    Image.fromarray(pixels).save(folder / "photo.jpg")
    return only(folder / "photo.jpg")


def test_a_photograph_leaves_as_pixels_and_may_show_the_person(tmp_path: Path) -> None:
    view = consent_view(
        photo(tmp_path), SKIN_DISEASE, ALIYUN_SKIN, CLOUD, cost_yuan=0.0, calls=0, limit_yuan=0.0, site_code="0001"
    )

    assert str(view.title).startswith("Send one picture to ")
    assert leaves(view) == [
        "One picture, up to 0.4 MB",
        "A picture may show the person, or words that name the person: look at it before it is sent.",
        "Site code “0001” (the service asks for one)",
    ]
    assert view.tags == ()


def test_a_radiograph_leaves_with_the_attributes_that_are_named(tmp_path: Path) -> None:
    stack = only(make_radiograph("knee-xray", tmp_path).file)

    view = consent_view(
        stack, KNEE_XRAY, ALIYUN_KNEE_GRADES, CLOUD, cost_yuan=0.0, calls=0, limit_yuan=0.0, site_code="0001"
    )

    assert "New identifiers made for this job only" in leaves(view)
    assert {"Modality", "Rows"} <= {tag.tag for tag in view.tags}
    assert not {"PatientName", "PatientID", "StudyDate"} & {tag.tag for tag in view.tags}


def test_a_photograph_has_a_card_that_fits(tmp_path: Path) -> None:
    stack = photo(tmp_path)

    shown = cards(stack, (stack,), CLOUD, {}, date(2026, 1, 1), (CLOUD,))

    assert {card.operation for card in shown if card.fits and card.medical} == {"skin-disease"}
    assert {"segment-body", "refine-mask"} <= {card.operation for card in shown if card.fits and not card.medical}
