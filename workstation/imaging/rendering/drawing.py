"""The drawing itself, with VTK, off screen. These functions run in a worker that nobody else asks for anything.

Rays are cast by the processor: the same picture on every PC, whatever its graphics driver does, and on two cores faster
than a driver that only pretends to have a graphics card.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from workstation.imaging.rendering.scene import Ball, Box, Look, Matrix, Rgb, Shot
from workstation.imaging.worker import SharedArray, open_array

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_SMOOTHING: Final = 20  # passes over a surface: steps of a mask go, its size stays (Taubin 1995)
_PASS_BAND: Final = 0.08
_FAR_MM: Final = 10_000.0
_MIXED: Final = 0.25  # share of either neighbour, along each axis
_NEAR_MM: Final = 2.0  # as far apart as that, or less


@dataclass(frozen=True, slots=True)
class SentSolid:
    """A `lessened.Solid` whose voxels are in shared memory."""

    values: SharedArray
    spacing: tuple[float, float, float]
    matrix: Matrix
    colour: Rgb
    opacity: float


class _Stage:
    """Everything that stays between two pictures."""

    def __init__(self) -> None:
        from vtkmodules.vtkRenderingCore import vtkRenderer, vtkRenderWindow, vtkVolume, vtkWindowToImageFilter

        _load_implementations()
        _step_back()
        self.window = vtkRenderWindow()
        self.window.SetOffScreenRendering(1)
        self.window.SetMultiSamples(0)
        self.renderer = vtkRenderer()
        self.renderer.SetBackground(0.0, 0.0, 0.0)
        self.window.AddRenderer(self.renderer)
        self.volume = vtkVolume()
        self.mappers: dict[bool, Any] = {}  # for the highest values of rays, and for all else
        self.smallest_mm = 1.0
        self.solids: list[Any] = []
        self.balls: dict[Ball, Any] = {}
        self.stopped: Callable[[], bool] = lambda: False
        window: Any = self.window
        window.AddObserver("AbortCheckEvent", lambda *_: window.SetAbortRender(int(self.stopped())))
        self.grab = vtkWindowToImageFilter()
        self.grab.SetInput(self.window)
        self.grab.ReadFrontBufferOff()
        self.grab.ShouldRerenderOff()


_stage: list[_Stage] = []


def _the_stage() -> _Stage:
    if not _stage:
        _stage.append(_Stage())
    return _stage[0]


def _load_implementations() -> None:
    """VTK finds them when they are imported; nothing in our code names them."""
    import vtkmodules.vtkRenderingOpenGL2
    import vtkmodules.vtkRenderingVolumeOpenGL2  # noqa: F401


def _step_back() -> None:
    """Whatever else the PC has to do comes first, the window above all."""
    if sys.platform == "win32":
        import ctypes

        kernel = ctypes.windll.kernel32
        kernel.SetPriorityClass(ctypes.c_void_p(kernel.GetCurrentProcess()), 0x4000)  # BELOW_NORMAL_PRIORITY_CLASS
    else:
        os.nice(10)


def take_volume(values: SharedArray, spacing: tuple[float, float, float], matrix: Matrix) -> None:
    """int16 or float32 [slice, row, column] on the grid of `lessened.Lessened`."""
    stage = _the_stage()
    plain = open_array(values).copy()
    softer = _image(soften(plain, spacing), spacing)
    softer.SetOrigin(*(-size for size in spacing))
    stage.mappers = {True: _mapper(_image(plain, spacing)), False: _mapper(softer)}
    stage.mappers[True].SetBlendModeToMaximumIntensity()
    stage.mappers[False].SetBlendModeToComposite()
    stage.smallest_mm = min(spacing)
    stage.volume.SetUserMatrix(_matrix(matrix))


def _mapper(image: Any) -> Any:
    from vtkmodules.vtkRenderingVolume import vtkFixedPointVolumeRayCastMapper

    mapper = vtkFixedPointVolumeRayCastMapper()
    mapper.SetInputData(image)
    mapper.SetNumberOfThreads(max(1, (os.cpu_count() or 2) - 1))
    mapper.SetAutoAdjustSampleDistances(0)
    mapper.SetImageSampleDistance(1.0)
    return mapper


def soften(values: npt.NDArray[np.generic], spacing: tuple[float, float, float]) -> npt.NDArray[np.generic]:
    """For light and shade: without the grain that noise and steep edges give a surface, and with one voxel of the
    lowest value around, so that what ends with the volume has a face there.

    values   [slice, row, column]; the answer is by two larger along each axis
    spacing  mm between columns, rows, slices: what lies far apart is mixed less
    """
    import numpy as np

    kind, lowest = values.dtype, values.min()
    made = values.astype(np.float32)
    for axis, size in enumerate(reversed(spacing)):
        if values.shape[axis] > 1:
            beside = _MIXED * min(1.0, _NEAR_MM / size)
            first = [slice(None)] * 3
            last, inner = list(first), list(first)
            first[axis], last[axis] = slice(0, 1), slice(-1, None)
            framed = np.concatenate([made[tuple(first)], made, made[tuple(last)]], axis=axis)
            made = made * (1 - 2 * beside)
            for at in (slice(None, -2), slice(2, None)):
                inner[axis] = at
                made += beside * framed[tuple(inner)]
    whole = np.full([size + 2 for size in values.shape], lowest, dtype=kind)
    whole[1:-1, 1:-1, 1:-1] = np.rint(made) if kind.kind in "iu" else made
    return whole


def take_solids(solids: tuple[SentSolid, ...]) -> None:
    """These surfaces, in place of all earlier ones."""
    stage = _the_stage()
    for actor in stage.solids:
        stage.renderer.RemoveActor(actor)
    stage.solids = [_surface(solid) for solid in solids]
    for actor in stage.solids:
        stage.renderer.AddActor(actor)


def draw(shot: Shot, picture: SharedArray, stop: SharedArray) -> bool:
    """Into uint8 [row, column, 3], the top row first. False: given up, because the one byte `stop` is no longer 0"""
    from vtkmodules.util.numpy_support import vtk_to_numpy

    stage = _the_stage()
    _show_volume(stage, shot)
    for ball in [one for one in stage.balls if one not in shot.balls]:
        stage.renderer.RemoveActor(stage.balls.pop(ball))
    for ball in shot.balls:
        if ball not in stage.balls:
            stage.balls[ball] = _ball(ball)
            stage.renderer.AddActor(stage.balls[ball])
    camera, view = stage.renderer.GetActiveCamera(), shot.camera
    away = [at + _FAR_MM * way for at, way in zip(view.at, view.toward, strict=True)]
    camera.ParallelProjectionOn()
    camera.SetFocalPoint(*view.at)
    camera.SetPosition(*away)
    camera.SetViewUp(*view.up)
    camera.SetParallelScale(view.height_mm / 2)
    stage.renderer.ResetCameraClippingRange()
    stage.window.SetSize(shot.width, shot.height)
    asked = open_array(stop)
    stage.stopped = lambda: bool(asked[0])
    stage.window.Render()
    if stage.stopped():
        return False
    stage.grab.Modified()
    stage.grab.Update()
    pixels = vtk_to_numpy(stage.grab.GetOutput().GetPointData().GetScalars())  # type: ignore[no-untyped-call]
    open_array(picture)[:] = pixels.reshape(shot.height, shot.width, -1)[::-1, :, :3]
    return True


def _show_volume(stage: _Stage, shot: Shot) -> None:
    from vtkmodules.vtkCommonDataModel import vtkPlane

    stage.renderer.RemoveVolume(stage.volume)
    if not stage.mappers or not shot.look.stops:
        return
    mapper = stage.mappers[shot.look.brightest]
    stage.volume.SetMapper(mapper)
    stage.renderer.AddVolume(stage.volume)
    stage.volume.SetProperty(_property(shot.look, stage.smallest_mm))
    # Twice as fine as the voxels, or steep sides get a grain like wood; no finer than the picture.
    mapper.SetSampleDistance(max(0.5 * stage.smallest_mm, 0.7 * shot.camera.height_mm / shot.height))
    mapper.RemoveAllClippingPlanes()
    if shot.cut is not None:
        plane = vtkPlane()
        plane.SetOrigin(*shot.cut.at)
        plane.SetNormal(*(-part for part in shot.cut.normal))  # VTK keeps the side that the normal points to
        mapper.AddClippingPlane(plane)
    mapper.SetCropping(int(shot.box is not None))
    if shot.box is not None:
        mapper.SetCroppingRegionPlanes(*_on_grid(shot.box, stage.volume.GetUserMatrix()))


def _on_grid(box: Box, matrix: Any) -> list[float]:
    """A box in the grid's own millimetres: least and most along columns, rows, slices."""
    import numpy as np

    rows = np.array([[matrix.GetElement(row, column) for column in range(4)] for row in range(3)])
    ends = np.array([box.point((0.0, 0.0, 0.0)), box.point((1.0, 1.0, 1.0))])
    on_grid = (ends - rows[:, 3]) @ rows[:, :3]  # turned only, so its transpose turns back
    return [float(end) for pair in np.sort(on_grid, axis=0).T for end in pair]


def _property(look: Look, voxel_mm: float) -> Any:
    from vtkmodules.vtkCommonDataModel import vtkPiecewiseFunction
    from vtkmodules.vtkRenderingCore import vtkColorTransferFunction, vtkVolumeProperty

    opacity, colour = vtkPiecewiseFunction(), vtkColorTransferFunction()
    for stop in look.stops:
        opacity.AddPoint(stop.value, stop.opacity)
        colour.AddRGBPoint(stop.value, *stop.colour)
    made = vtkVolumeProperty()
    made.SetScalarOpacity(opacity)
    made.SetColor(colour)
    made.SetScalarOpacityUnitDistance(1.0)
    made.SetInterpolationTypeToLinear()
    if not look.brightest:
        made.ShadeOn()
        made.SetAmbient(0.25)
        made.SetDiffuse(0.75)
        made.SetSpecular(0.2)
        made.SetSpecularPower(12)
    return made


def _surface(solid: SentSolid) -> Any:
    from vtkmodules.vtkFiltersCore import vtkFlyingEdges3D, vtkPolyDataNormals, vtkWindowedSincPolyDataFilter
    from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

    edges = vtkFlyingEdges3D()
    edges.SetInputData(_image(open_array(solid.values).copy(), solid.spacing))
    edges.ComputeNormalsOff()
    edges.ComputeGradientsOff()
    edges.ComputeScalarsOff()
    edges.SetValue(0, 127.5)
    smooth = vtkWindowedSincPolyDataFilter()
    smooth.SetInputConnection(edges.GetOutputPort())
    smooth.SetNumberOfIterations(_SMOOTHING)
    smooth.SetPassBand(_PASS_BAND)
    smooth.NonManifoldSmoothingOn()
    smooth.NormalizeCoordinatesOn()
    normals = vtkPolyDataNormals()
    normals.SetInputConnection(smooth.GetOutputPort())
    normals.SplittingOff()
    normals.Update()
    mapper = vtkPolyDataMapper()
    mapper.SetInputData(normals.GetOutput())
    mapper.ScalarVisibilityOff()
    actor = vtkActor()
    actor.SetMapper(mapper)
    actor.SetUserMatrix(_matrix(solid.matrix))
    _paint(actor, solid.colour, solid.opacity)
    return actor


def _ball(ball: Ball) -> Any:
    from vtkmodules.vtkFiltersSources import vtkSphereSource
    from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

    source = vtkSphereSource()
    source.SetCenter(*ball.center)
    source.SetRadius(ball.radius_mm)
    source.SetThetaResolution(32)
    source.SetPhiResolution(32)
    mapper = vtkPolyDataMapper()
    mapper.SetInputConnection(source.GetOutputPort())
    actor = vtkActor()
    actor.SetMapper(mapper)
    _paint(actor, ball.colour, 1.0)
    return actor


def _paint(actor: Any, colour: Rgb, opacity: float) -> None:
    look = actor.GetProperty()
    look.SetColor(*colour)
    look.SetOpacity(opacity)
    look.SetAmbient(0.25)
    look.SetDiffuse(0.75)


def _image(values: npt.NDArray[np.generic], spacing: tuple[float, float, float]) -> Any:
    from vtkmodules.util.numpy_support import numpy_to_vtk
    from vtkmodules.vtkCommonDataModel import vtkImageData

    image = vtkImageData()
    image.SetDimensions(values.shape[2], values.shape[1], values.shape[0])
    image.SetSpacing(*spacing)
    numbers = numpy_to_vtk(values.reshape(-1), deep=True)  # type: ignore[no-untyped-call]
    image.GetPointData().SetScalars(numbers)
    return image


def _matrix(rows: Matrix) -> Any:
    from vtkmodules.vtkCommonMath import vtkMatrix4x4

    matrix = vtkMatrix4x4()
    for row, numbers in enumerate(rows):
        for column, number in enumerate(numbers):
            matrix.SetElement(row, column, number)
    return matrix
