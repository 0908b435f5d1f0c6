"""The gray on the screen is DICOM's own arithmetic, worked out by pydicom, for every lossless gray file of the data.

Modality LUT, then VOI LUT or window (LINEAR, LINEAR_EXACT, SIGMOID), then MONOCHROME1; padding is background.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import imagecodecs
import numpy as np
import numpy.typing as npt
import pydicom
import pytest
from pydicom.encaps import get_frame
from pydicom.pixels.processing import apply_modality_lut, apply_voi, apply_windowing

from tests.data import shared
from tests.ui.scene import rgb
from workstation.domain.series import FileForm, Instance, Stack, VoiWindow
from workstation.imaging.pixels.load import load_pixels
from workstation.imaging.pixels.rescale import padding_of
from workstation.imaging.pixels.voi import auto_window
from workstation.imaging.series.scan import scan
from workstation.ui.screen import to_gray
from workstation.ui.viewport.picture import Picture

FOLDERS = (
    "charsets", "chest-ct", "chest-ct-j2k", "dicomdir", "enhanced-multiframe", "gaps-duplicates", "head-ct-tilt",
    "malformed", "mixed-folder", "mr-head", "mr-spine", "radiographs", "transfer-syntaxes",
)  # fmt: skip
LOSSY = ("4.50", "4.51", "4.53", "4.55", "4.81", "4.91", "4.203")
EVERY = np.s_[::3, ::5]
ROUNDED = 0.51  # to the nearest gray, in float32
# Damaged files that pydicom doesn't decode.
NOT_PYDICOMS = {
    "orthanc-MultiframeWindowing.dcm",
    "pydicom-data-emri_small_jpeg_2k_lossless_too_short.dcm",
    "fo-dicom-GH340.dcm",
    "wrong-transfer-syntax.dcm",
    "pydicom-JPEG2000-embedded-sequence-delimiter.dcm",
}
JPEG = ("4.57", "4.70")
GROUPS = {"PixelValueTransformationSequence": ("RescaleSlope", "RescaleIntercept"),
          "FrameVOILUTSequence": ("WindowCenter", "WindowWidth", "VOILUTFunction")}  # fmt: skip


def gray_of(instance: Instance) -> bool:
    dicom = instance.form is FileForm.DICOM and "!/" not in instance.path
    return dicom and not instance.pixels.coloured and not instance.transfer_syntax.endswith(LOSSY)


def flat(dataset: pydicom.Dataset, frame: int) -> pydicom.Dataset:
    """With what the functional groups say of this frame at the top, as in a file of one frame."""
    own = dataset.get("PerFrameFunctionalGroupsSequence") or []
    groups = [*(dataset.get("SharedFunctionalGroupsSequence") or [])[:1], *own[frame : frame + 1]]
    for group in groups:
        for sequence, names in GROUPS.items():
            for name in names:
                if sequence in group and name in group[sequence].value[0]:
                    setattr(dataset, name, group[sequence].value[0][name].value)
    return dataset


def theirs(instance: Instance, window: VoiWindow) -> npt.NDArray[np.float64]:
    """Exact gray, 0 to 255, with pydicom. The window is the file's own; one that has none is shown with ours."""
    dataset = flat(pydicom.dcmread(instance.path, force=True), instance.frame)
    if not hasattr(dataset.file_meta, "TransferSyntaxUID"):
        dataset.file_meta.TransferSyntaxUID = instance.transfer_syntax
    frames = int(dataset.get("NumberOfFrames") or 1)
    if instance.transfer_syntax.endswith(JPEG):  # which no decoder of pydicom's is here for
        stored = imagecodecs.jpegsof3_decode(get_frame(dataset.PixelData, instance.frame, number_of_frames=frames))
        stored = stored.view(np.int16) if dataset.PixelRepresentation else stored
    else:
        stored = dataset.pixel_array
        stored = stored[instance.frame] if frames > 1 else stored
    padded = np.zeros(stored.shape, dtype=bool)
    if "PixelPaddingValue" in dataset:
        ends = sorted((dataset.PixelPaddingValue, dataset.get("PixelPaddingRangeLimit", dataset.PixelPaddingValue)))
        padded = (stored >= ends[0]) & (stored <= ends[1])
    values = apply_modality_lut(stored, dataset)
    if "VOILUTSequence" in dataset and window.table is not None:
        shown = apply_voi(values, dataset) * (255 / (2 ** dataset.VOILUTSequence[0].LUTDescriptor[2] - 1))
    else:
        if instance.window is None:
            dataset.WindowCenter, dataset.WindowWidth = window.center, window.width
            dataset.VOILUTFunction = window.function.value
        ends = np.array([[-1e12, 1e12]])
        low, high = apply_windowing(ends, dataset, 0)[0]
        shown = (apply_windowing(values.astype(np.float64), dataset, 0) - low) * (255 / (high - low))
    if instance.pixels.photometric == "MONOCHROME1":
        shown = 255 - shown
    return np.where(padded, 0.0, shown)


def ours(stack: Stack, index: int) -> tuple[npt.NDArray[np.uint8], VoiWindow]:
    """As the viewport paints it; and with which window."""
    instance, values = stack.instances[index], load_pixels(stack, index).values
    padding = padding_of(instance)
    window = instance.window or auto_window(values, padding)
    picture = Picture(to_gray)
    picture.show(values, window, instance.pixels.photometric == "MONOCHROME1", padding)
    return rgb(picture.image)[..., 0], window


@pytest.mark.parametrize("folder", FOLDERS)
def test_shown_gray_is_the_standards(folder: str) -> None:
    compared, wrong = 0, {}
    for stack in scan([shared("data", folder)]).stacks:
        for index, instance in enumerate(stack.instances):
            name = Path(instance.path).name
            if not gray_of(instance) or name in NOT_PYDICOMS:
                continue
            mine, window = ours(stack, index)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                exact = theirs(instance, window)
            away = float(np.abs(mine[EVERY] - exact[EVERY]).max())
            if away > ROUNDED:
                wrong[f"{name} {instance.frame}"] = away
            compared += 1

    assert compared > 0
    assert not wrong
