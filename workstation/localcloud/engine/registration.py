"""Two chest CT of one patient brought together: a rigid, then an affine transform that makes their gray values tell
most about one another.

Mattes' mutual information (D. Mattes et al., IEEE Trans. Med. Imaging 22 (2003) 120), as SimpleITK has it, on grids of
about 3 mm, coarse to fine, from whichever of three starts fits best. Ribs, heart and diaphragm move with breath and
position; one affine transform follows the chest as a whole and not each of its parts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from workstation.localcloud.engine.asked import BadInput
from workstation.localcloud.engine.volume import AIR_HU, CtVolume

WORKING_MM: Final = 3.0  # pitch of the grids that are compared
CLIP_HU: Final = (-1000.0, 400.0)  # contrast agent and metal beyond it would outweigh the chest
BODY_HU: Final = -400.0
BINS: Final = 48
SAMPLED: Final = 0.25  # of the body's voxels
SEED: Final = 20200320
SHRINK, SMOOTH_MM = (4, 2, 1), (8.0, 4.0, 0.0)
MOST_STEPS: Final = 150
WORTH_IT: Final = 0.005  # more information than this, of what there is: affine rather than rigid
SHEARED: Final = 0.02  # a step this far off the normal, of its length
LARGEST_TURN: Final = 0.7  # 45°: the cosine of the largest believable turn of any axis
BELIEVABLE: Final = (0.5, 2.0)  # change of volume
LEAST_SHARED: Final = 0.2  # of the reference's body that the other series has to show

Itk = Any  # SimpleITK tells no types
Matrix = npt.NDArray[np.float64]  # 4×4


@dataclass(frozen=True, slots=True, eq=False)
class Moved:
    """The floating series on the reference's grid, and how: LPS mm of the reference → of the floating series."""

    hu: npt.NDArray[np.int16]
    transform: Matrix


def register(reference: CtVolume, floating: CtVolume) -> Moved:
    """Find the transform and apply it. raises BadInput: no SimpleITK, sheared slices, nothing in common"""
    fixed, moving = image_of(reference), image_of(floating)
    try:
        transform = _found(_coarse(fixed), _coarse(moving))
    except RuntimeError:  # ITK: samples of the one lie outside the other, the metric has no value
        raise BadInput("InternalError.Algo", "the two series have too little in common") from None
    matrix = _matrix(transform)
    turn = float(np.diag(matrix[:3, :3] / np.linalg.norm(matrix[:3, :3], axis=0)).min())
    if turn < LARGEST_TURN or not BELIEVABLE[0] < float(np.linalg.det(matrix[:3, :3])) < BELIEVABLE[1]:
        raise BadInput("InternalError.Algo", "the two series could not be brought together")
    return Moved(resampled(fixed, moving, transform), matrix)


def move(reference: CtVolume, floating: CtVolume, matrix: Matrix) -> Moved:
    """Apply a known transform: LPS mm of the reference → of the floating series."""
    sitk = _sitk()
    transform = sitk.AffineTransform(3)
    transform.SetMatrix(matrix[:3, :3].ravel().tolist())
    transform.SetTranslation(matrix[:3, 3].tolist())
    return Moved(resampled(image_of(reference), image_of(floating), transform), matrix)


def _sitk() -> Itk:
    """The library is an extra of this program's: without it there is no registration on this machine."""
    try:
        import SimpleITK
    except ImportError:
        raise BadInput("InternalError.Env", "SimpleITK is not installed") from None
    return SimpleITK


def image_of(volume: CtVolume) -> Itk:
    """In patient LPS mm, as ITK counts too. raises BadInput where slices are sheared"""
    sitk = _sitk()
    way = volume.positions_mm[-1] - volume.positions_mm[0]
    normal = volume.axes_lps[0]
    if np.linalg.norm(way - (way @ normal) * normal) > SHEARED * np.linalg.norm(way):
        raise BadInput("InvalidParameter.Unsuitable", "a tilted gantry: slices are sheared")
    image = sitk.GetImageFromArray(volume.hu)
    image.SetSpacing([volume.spacing_mm[2], volume.spacing_mm[1], volume.spacing_mm[0]])
    image.SetOrigin(volume.positions_mm[0].tolist())
    image.SetDirection(np.stack([volume.row_cosine, volume.column_cosine, normal], axis=1).ravel().tolist())
    return image


def resampled(fixed: Itk, moving: Itk, transform: Itk) -> npt.NDArray[np.int16]:
    """[slice, row, column] on the grid of `fixed`, linear between voxels; air where the moving series shows nothing."""
    sitk = _sitk()
    moved = sitk.Resample(moving, fixed, transform, sitk.sitkLinear, float(AIR_HU), sitk.sitkInt16)
    return np.asarray(sitk.GetArrayViewFromImage(moved), dtype=np.int16).copy()


def _coarse(image: Itk) -> Itk:
    """Means over blocks of about WORKING_MM."""
    sitk = _sitk()
    factors = [
        max(1, min(size, round(WORKING_MM / mm))) for size, mm in zip(image.GetSize(), image.GetSpacing(), strict=True)
    ]
    return sitk.Clamp(sitk.BinShrink(image, factors), sitk.sitkFloat32, *CLIP_HU)


def _found(fixed: Itk, moving: Itk) -> Itk:
    """Rigid, and affine where that tells clearly more."""
    sitk = _sitk()
    body = _body(fixed)
    method = _method(body)
    starts = _starts(fixed, moving, body)
    rated = [(_rated(method, fixed, moving, start), k) for k, start in enumerate(starts)]
    best = min(rated)
    rigid = starts[best[1]]
    method.SetInitialTransform(rigid, inPlace=True)
    method.Execute(fixed, moving)
    affine = sitk.AffineTransform(3)
    affine.SetCenter(rigid.GetCenter())
    affine.SetMatrix(rigid.GetMatrix())
    affine.SetTranslation(rigid.GetTranslation())
    method.SetInitialTransform(affine, inPlace=True)
    method.Execute(fixed, moving)
    before, after = (_rated(method, fixed, moving, transform) for transform in (rigid, affine))
    chosen = affine if after < before * (1 + WORTH_IT) else rigid  # the metric is negative: less is more
    _check_shared(body, moving, chosen)
    return chosen


def _method(body: Itk) -> Itk:
    sitk = _sitk()
    method = sitk.ImageRegistrationMethod()
    method.SetMetricAsMattesMutualInformation(BINS)
    method.SetMetricSamplingStrategy(method.RANDOM)
    method.SetMetricSamplingPercentage(SAMPLED, SEED)
    method.SetMetricFixedMask(body)
    method.SetInterpolator(sitk.sitkLinear)
    method.SetOptimizerAsRegularStepGradientDescent(
        learningRate=2.0, minStep=1e-3, numberOfIterations=MOST_STEPS, gradientMagnitudeTolerance=1e-6
    )
    method.SetOptimizerScalesFromPhysicalShift()
    method.SetShrinkFactorsPerLevel(SHRINK)
    method.SetSmoothingSigmasPerLevel(SMOOTH_MM)
    method.SmoothingSigmasAreSpecifiedInPhysicalUnitsOn()
    return method


def _body(image: Itk) -> Itk:
    """The largest thing denser than air, with what it encloses: chest wall, heart and lungs."""
    sitk = _sitk()
    parts = sitk.RelabelComponent(sitk.ConnectedComponent(image > BODY_HU))
    largest = sitk.GetArrayFromImage(parts == 1).astype(bool)
    if not largest.any():
        raise BadInput("InvalidParameter.Unsuitable", "nothing but air")
    from scipy.ndimage import binary_fill_holes

    filled = np.stack([binary_fill_holes(plane) for plane in largest]).astype(np.uint8)
    body = sitk.GetImageFromArray(filled)
    body.CopyInformation(image)
    return body


def _starts(fixed: Itk, moving: Itk, body: Itk) -> list[Itk]:
    """As both lie in the scanner's frame; middle on middle; body on body. All turn about the body's middle."""
    sitk = _sitk()
    middle = _centroid(body)
    ways = [
        np.zeros(3),
        _middle(moving) - _middle(fixed),
        _centroid(_body(moving)) - middle,
    ]
    starts = []
    for way in ways:
        start = sitk.Euler3DTransform()
        start.SetCenter(middle.tolist())
        start.SetTranslation(way.tolist())
        starts.append(start)
    return starts


def _middle(image: Itk) -> npt.NDArray[np.float64]:
    size = image.GetSize()
    return np.array(image.TransformContinuousIndexToPhysicalPoint([(count - 1) / 2 for count in size]))


def _centroid(mask: Itk) -> npt.NDArray[np.float64]:
    sitk = _sitk()
    shape = sitk.LabelShapeStatisticsImageFilter()
    shape.Execute(mask)
    return np.array(shape.GetCentroid(1))


def _rated(
    method: Itk,
    fixed: Itk,
    moving: Itk,
    transform: Itk,
) -> float:
    """Less is better. A start from which nothing overlaps is the worst."""
    method.SetInitialTransform(transform, inPlace=False)
    try:
        return float(method.MetricEvaluate(fixed, moving))
    except RuntimeError:
        return float("inf")


def _check_shared(body: Itk, moving: Itk, transform: Itk) -> None:
    sitk = _sitk()
    inside = sitk.Image(moving.GetSize(), sitk.sitkUInt8)
    inside.CopyInformation(moving)
    there = sitk.Resample(inside + 1, body, transform, sitk.sitkNearestNeighbor, 0.0)
    mask = sitk.GetArrayViewFromImage(body) > 0
    if float(sitk.GetArrayViewFromImage(there)[mask].mean()) < LEAST_SHARED:
        raise BadInput("InvalidParameter.Unsuitable", "the two series hardly show the same part of the body")


def _matrix(transform: Itk) -> Matrix:
    """4×4 of an affine transform, whatever its center."""
    origin = np.array(transform.TransformPoint((0.0, 0.0, 0.0)))
    matrix = np.eye(4)
    for axis in range(3):
        matrix[:3, axis] = np.array(transform.TransformPoint(np.eye(3)[axis].tolist())) - origin
    matrix[:3, 3] = origin
    return matrix
