"""Image recognition: what a photograph shows. Nothing of it is medical; it is kept apart from diagnostic results."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from workstation.catalogue import job_question
from workstation.catalogue.limits import Limits
from workstation.catalogue.operation import AnyParameter, InputKind, Operation, Prices, Service
from workstation.catalogue.photo_recognition import (
    advertisement,
    certificate,
    colours,
    elements,
    food,
    logos,
    rubbish,
    styles,
    tags,
    vehicles,
)
from workstation.catalogue.photo_recognition.calls import MEGABYTE, image_url, photograph, plain_url, recognition
from workstation.domain.answer import AnalysisResult
from workstation.domain.blocks import Block
from workstation.domain.words import Words, say

_TAGS: Final = Prices(((5_000_000, 0.0025), (30_000_000, 0.002), (None, 0.0017)))
_SCENES: Final = Prices(((5_000_000, 0.0015), (30_000_000, 0.0012), (None, 0.00102)))
_ADVERTISEMENTS: Final = Prices(((5_000_000, 0.0075), (30_000_000, 0.006), (None, 0.0051)))
# The document's fifth row reads "5 million to 100 thousand": between its neighbours it can only end at a million.
_FOOD: Final = Prices(
    ((50_000, 0.0007), (100_000, 0.0006), (200_000, 0.0005), (500_000, 0.0004), (1_000_000, 0.00035), (None, 0.0003))
)
_USUAL: Final = ("png", "jpg", "jpeg", "bmp")


def _photo(
    name: str,
    title: Words,
    service: Service,
    limits: Limits,
    panel: Callable[[AnalysisResult], tuple[Block, ...]],
    *,
    parameters: tuple[AnyParameter, ...] = (),
    simulated: bool = True,
) -> Operation:
    return Operation(
        name=name,
        title=title,
        family="photo",
        input_kind=InputKind.PICTURE,
        services=(service,),
        limits=limits,
        parameters=parameters,
        panel=panel,
        simulated=simulated,
        medical=False,
    )


TAG_IMAGE: Final = _photo(
    "tag-image",
    say("Photograph: what it shows"),
    recognition("TaggingImage", image_url, tags.parse_tags, prices=_TAGS),
    photograph(_USUAL, 3 * MEGABYTE, least=6),
    tags.tags_panel,
)
TAG_ADVERTISEMENT: Final = _photo(
    "tag-advertisement",
    say("Photograph: people, things and scene of an advertisement"),
    recognition("TaggingAdImage", image_url, advertisement.parse, prices=_ADVERTISEMENTS, asynchronous=True),
    photograph(_USUAL, 3 * MEGABYTE, least=6),
    advertisement.panel,
)
IMAGE_COLOURS: Final = _photo(
    "image-colours",
    say("Photograph: its colours and their shares"),
    recognition("RecognizeImageColor", colours.arguments, colours.parse),
    photograph(_USUAL, 19 * MEGABYTE // 2, most=2499, color=True),
    colours.panel,
    parameters=colours.PARAMETERS,
    simulated=False,
)
IMAGE_ELEMENTS: Final = _photo(
    "image-elements",
    say("Photograph: main objects, texts and decoration"),
    recognition("DetectImageElements", plain_url, elements.parse_elements),
    photograph(_USUAL, 3 * MEGABYTE, most=1280),
    elements.elements_panel,
    simulated=False,
)
RECOGNIZE_LOGO: Final = _photo(
    "recognize-logo",
    say("Photograph: logos of stations and trade marks"),
    recognition("RecognizeLogo", logos.arguments, logos.parse),
    photograph((*_USUAL, "gif", "webp"), 10 * MEGABYTE),
    logos.panel,
)
IMAGE_STYLE: Final = _photo(
    "image-style",
    say("Photograph: its style"),
    recognition("RecognizeImageStyle", plain_url, styles.parse),
    photograph((*_USUAL, "webp"), 19 * MEGABYTE // 2, most=2999, color=True),
    styles.panel,
)
CLASSIFY_RUBBISH: Final = _photo(
    "classify-rubbish",
    say("Photograph: rubbish and its bin"),
    recognition("ClassifyingRubbish", image_url, rubbish.parse),
    photograph(("png", "jpg", "jpeg"), 3 * MEGABYTE),
    rubbish.panel,
)
DETECT_FRUITS: Final = _photo(
    "detect-fruits",
    say("Photograph: fruits and nuts"),
    recognition("DetectFruits", image_url, elements.parse_fruits),
    photograph(("png", "jpg", "jpeg", "tiff"), 3 * MEGABYTE - 1, least=101),
    elements.fruits_panel,
)
VEHICLE_TYPE: Final = _photo(
    "vehicle-type",
    say("Photograph: type of vehicle"),
    recognition("RecognizeVehicleType", image_url, vehicles.parse),
    photograph(("png", "jpg", "jpeg"), 10 * MEGABYTE),
    vehicles.panel,
)
CERTIFICATE_QUALITY: Final = _photo(
    "certificate-quality",
    say("Photograph of a document: its quality"),
    recognition("EvaluateCertificateQuality", certificate.arguments, certificate.parse),
    photograph(_USUAL, 10 * MEGABYTE - 1, least=101, most=4999),
    certificate.panel,
    parameters=certificate.PARAMETERS,
    simulated=False,
)
RECOGNIZE_FOOD: Final = _photo(
    "recognize-food",
    say("Photograph: dish and its energy"),
    recognition("RecognizeFood", image_url, food.parse, prices=_FOOD),
    photograph(_USUAL, 10 * MEGABYTE - 1, least=100, most=4096),
    food.panel,
)
RECOGNIZE_SCENE: Final = _photo(
    "recognize-scene",
    say("Photograph: its scene"),
    recognition("RecognizeScene", image_url, tags.parse_scenes, prices=_SCENES),
    photograph(_USUAL, 3 * MEGABYTE, least=6),
    tags.scenes_panel,
)
RECOGNITION_JOB: Final = Operation(
    name="recognition-job",
    title=say("State of an image recognition job"),
    family="text",
    input_kind=InputKind.TEXT,
    services=(recognition("GetAsyncJobResult", job_question.arguments, job_question.parse),),
    parameters=job_question.PARAMETERS,
    panel=job_question.panel,
    card=False,
    medical=False,
)
RECOGNITION: Final = (
    TAG_IMAGE, TAG_ADVERTISEMENT, IMAGE_COLOURS, IMAGE_ELEMENTS, RECOGNIZE_LOGO, IMAGE_STYLE, CLASSIFY_RUBBISH,
    DETECT_FRUITS, VEHICLE_TYPE, CERTIFICATE_QUALITY, RECOGNIZE_FOOD, RECOGNIZE_SCENE, RECOGNITION_JOB,
)  # fmt: skip
