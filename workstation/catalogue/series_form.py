"""CT operations that take DICOM or NIfTI: how they are told which it is, and the label image that they answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np

from workstation.catalogue.operation import CallInput
from workstation.domain.volume import ResultVolume
from workstation.domain.words import Words, say

_LARGEST_LABEL: Final = 255


def series_arguments(call: CallInput, source_name: str) -> Mapping[str, str]:
    """Business parameters of a series or of one NIfTI file; `source_name` is how the operation calls the second one.

    Format and source belong together: HTTP_FILES with DICOM, HTTP_NII with NIFTI.
    """
    nifti = call.form.startswith("nii")
    links = {f"URLList.{n}.URL": url for n, url in enumerate(call.urls, start=1)}
    return {
        "DataFormat": "NIFTI" if nifti else "DICOM",
        **call.organisation,
        source_name: "HTTP_NII" if nifti else "HTTP_FILES",
        **links,
    }


def the_label_image(
    images: Iterable[ResultVolume], *, empty: bool = False
) -> tuple[ResultVolume | None, tuple[Words, ...]]:
    """The only image of the answer's archive that holds labels; several can't be told apart, which is said.

    empty  one without a single label counts as well where no other has any
    """
    read = [(image, _labels(image)) for image in images]
    found = [image for image, labels in read if labels]
    others = tuple(
        say("{name} holds no labels: it is not painted.", name=image.name) for image, labels in read if labels is None
    )
    if len(found) > 1:
        several = say(
            "The answer holds {count} label images; which one shows the findings is not known.", count=len(found)
        )
        return None, (several, *others)
    blank = [image for image, labels in read if labels == ()] if empty else []
    return next(iter((*found, *blank)), None), others


def labels_of(image: ResultVolume) -> tuple[int, ...]:
    """The labels of a label image, ascending; nothing where it is none, or empty."""
    return _labels(image) or ()


def _labels(image: ResultVolume) -> tuple[int, ...] | None:
    """The same; None where it is no label image."""
    if image.values.ndim != 3:
        return None
    values = np.unique(image.values)
    numbers = [float(value) for value in values[: _LARGEST_LABEL + 2]]
    if len(numbers) > _LARGEST_LABEL + 1 or not all(n.is_integer() and 0 <= n <= _LARGEST_LABEL for n in numbers):
        return None
    return tuple(int(n) for n in numbers if n > 0)
