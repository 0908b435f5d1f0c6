"""What a view is aimed at, in the patient: so that views of several series show one place at one size."""

from __future__ import annotations

from dataclasses import dataclass, replace

from workstation.domain.geometry import Vector
from workstation.domain.projection import slice_plane
from workstation.ui.viewport.camera import Camera
from workstation.ui.viewport.showing import Showing


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """point: in the middle of the view, LPS mm. scale: device pixels per mm."""

    point: Vector
    scale: float


def aim_of(showing: Showing) -> Aim | None:
    """None: the picture has no place in the patient."""
    geometry = showing.source.geometry
    if geometry is None:
        return None
    x, y, z = slice_plane(geometry, showing.k).to_patient(*showing.camera.middle)
    scale = showing.camera.zoom / min(geometry.spacing)
    return Aim(point=(float(x), float(y), float(z)), scale=scale)


def camera_aimed(showing: Showing, aim: Aim) -> Camera:
    """As it lies, with the slice's point nearest to that one in the middle; where there is no place, as it was."""
    geometry = showing.source.geometry
    if geometry is None:
        return showing.camera
    x, y, _ = slice_plane(geometry, showing.k).to_view(aim.point)
    zoomed = showing.camera.zoomed_to(aim.scale * min(geometry.spacing))
    return replace(zoomed, pan=zoomed.pan_to((float(x), float(y))))
