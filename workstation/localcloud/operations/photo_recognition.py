"""Image recognition: what a photograph shows. Facts of the product's own document (imagerecog, 2019-09-30)."""

from __future__ import annotations

from typing import Final

from workstation.localcloud.operations.row import IMAGERECOG, Kind, Mode, Operation, Parameter

_MEGABYTE: Final = 1024**2
_MOST_TASKS: Final = 100  # the document names no limit
_IMAGE_URL: Final = Parameter(wire="ImageURL", kind=Kind.ADDRESS)
_URL: Final = Parameter(wire="Url", kind=Kind.ADDRESS)


def _operation(action: str, most_bytes: int, *parameters: Parameter, mode: Mode = Mode.AT_ONCE) -> Operation:
    return Operation(product=IMAGERECOG, action=action, mode=mode, file_bytes=most_bytes, parameters=parameters)


TAGGING_IMAGE: Final = _operation("TaggingImage", 3 * _MEGABYTE, _IMAGE_URL)
TAGGING_AD_IMAGE: Final = _operation("TaggingAdImage", 3 * _MEGABYTE, _IMAGE_URL, mode=Mode.JOB)
RECOGNIZE_IMAGE_COLOR: Final = _operation(
    "RecognizeImageColor",
    19 * _MEGABYTE // 2,
    _URL,
    Parameter(wire="ColorCount", kind=Kind.WHOLE, required=False, above=0, most=10),
)
DETECT_IMAGE_ELEMENTS: Final = _operation("DetectImageElements", 3 * _MEGABYTE, _URL)
RECOGNIZE_LOGO: Final = _operation(
    "RecognizeLogo",
    10 * _MEGABYTE,
    Parameter(wire="Tasks.N.ImageURL", kind=Kind.ADDRESS, items=(1, _MOST_TASKS)),
)
RECOGNIZE_IMAGE_STYLE: Final = _operation("RecognizeImageStyle", 19 * _MEGABYTE // 2, _URL)
CLASSIFYING_RUBBISH: Final = _operation("ClassifyingRubbish", 3 * _MEGABYTE, _IMAGE_URL)
DETECT_FRUITS: Final = _operation("DetectFruits", 3 * _MEGABYTE - 1, _IMAGE_URL)  # smaller than, not at most
RECOGNIZE_VEHICLE_TYPE: Final = _operation("RecognizeVehicleType", 10 * _MEGABYTE, _IMAGE_URL)
EVALUATE_CERTIFICATE_QUALITY: Final = _operation(
    "EvaluateCertificateQuality",
    10 * _MEGABYTE - 1,
    _IMAGE_URL,
    Parameter(wire="Type", values=("IDCard", "BusinessLicense")),
)
RECOGNIZE_FOOD: Final = _operation("RecognizeFood", 10 * _MEGABYTE - 1, _IMAGE_URL)
RECOGNIZE_SCENE: Final = _operation("RecognizeScene", 3 * _MEGABYTE, _IMAGE_URL)
IMAGERECOG_JOB_RESULT: Final = Operation(
    product=IMAGERECOG, action="GetAsyncJobResult", mode=Mode.JOB_QUERY, parameters=(Parameter(wire="JobId"),)
)
PHOTO_RECOGNITION: Final = (
    TAGGING_IMAGE, TAGGING_AD_IMAGE, RECOGNIZE_IMAGE_COLOR, DETECT_IMAGE_ELEMENTS, RECOGNIZE_LOGO,
    RECOGNIZE_IMAGE_STYLE, CLASSIFYING_RUBBISH, DETECT_FRUITS, RECOGNIZE_VEHICLE_TYPE, EVALUATE_CERTIFICATE_QUALITY,
    RECOGNIZE_FOOD, RECOGNIZE_SCENE, IMAGERECOG_JOB_RESULT,
)  # fmt: skip
