"""The 3-D view's pictures: asked for one at a time, newest request first, from a process that ends with the view."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from workstation.domain.crosshair import THREE, Crosshair
from workstation.domain.error import Cancelled, ErrorCode, WorkstationError
from workstation.domain.geometry import Geometry, Vector, dot
from workstation.domain.sentences import sentence
from workstation.domain.series import VoiWindow
from workstation.domain.volume import Volume
from workstation.domain.words import Words, say
from workstation.domain.work import CancelToken
from workstation.imaging.rendering import EXTRA, drawable
from workstation.imaging.rendering.lessened import Lessened, Solid, lessen, solid_of
from workstation.imaging.rendering.renderer import Picture, Renderer
from workstation.imaging.rendering.scene import Box, Cut, Shot
from workstation.ui.keys import Command, key_text
from workstation.ui.reading.cell_view import CellView
from workstation.ui.sitting import Sitting
from workstation.ui.volume.solids import Skin, Things, balls_of, things_of
from workstation.ui.volume.volume_view import VolumeView
from workstation.ui.work_runner import WorkRunner, WorkView
from workstation.workspace.findings import select_finding
from workstation.workspace.layouts import Layout
from workstation.workspace.state import Changed

R = TypeVar("R")
_THINGS: Final = (
    Changed.CHOSEN | Changed.RESULTS | Changed.DECISIONS | Changed.SELECTION | Changed.FILTER | Changed.OVERLAID
)
_QUICK_S: Final = 0.15  # what a picture may take while a hand moves
_FIRST_SHARE: Final = 0.3
_LEAST_SHARE: Final = 0.15
_SolidKey = tuple[int, int]  # mask by identity, label


@dataclass(slots=True, eq=False)
class _Scene:
    """One volume in one process. lines: what a reader has to know of it; ready: it is there"""

    volume: Volume
    renderer: Renderer
    ready: bool = False
    lines: tuple[Words, ...] = ()
    solids: dict[_SolidKey, tuple[Skin, Solid | None]] = field(default_factory=dict)
    shown: tuple[Skin, ...] = ()
    drawing: bool = False
    wanted: bool | None = None  # quickly or in full; None: nothing
    in_full: bool = False  # what is being drawn
    pixel_s: float = 0.0  # what a pixel of the last quick picture took; 0: nobody knows yet


class VolumeSide(QObject):
    """Follows the layout: in any other than 3-D there is no process. finding_clicked: now selected"""

    finding_clicked = Signal(str)

    def __init__(
        self,
        sitting: Sitting,
        cells: Callable[[], Sequence[CellView]],
        crosshair: Callable[[], Crosshair | None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._sitting, self._cells, self._crosshair = sitting, cells, crosshair
        self._runner = WorkRunner(1, self)
        self._scene: _Scene | None = None
        self._things = Things()
        self.view = VolumeView(sitting.speech)
        self.view.hide()
        self.view.picture_wanted.connect(self._want)
        self.view.again_asked.connect(self._again)
        self.view.finding_clicked.connect(self._clicked)
        self._turn = QTimer(self, interval=0, singleShot=True)  # several changes of one moment are one picture
        self._turn.timeout.connect(self._show_things)

    @property
    def process_id(self) -> int:
        """Of the process that draws; 0 while there is none."""
        return self._scene.renderer.process_id if self._scene is not None else 0

    @property
    def at_rest(self) -> bool:
        return self._scene is None or (self._scene.ready and not self._scene.drawing and self._scene.wanted is None)

    def show_changed(self, changed: Changed) -> None:
        if changed & (Changed.CHOSEN | Changed.STACKS | Changed.LAYOUT):
            self.show_hanging()
        if changed & _THINGS:
            self._turn.start()

    def show_hanging(self) -> None:
        """Another layout, another series, or its volume is in now."""
        hanging = self._sitting.state.hanging
        if hanging.layout is not Layout.VOLUME or hanging.maximised:
            self._end()
            return
        if not drawable():
            row = sentence(WorkstationError(ErrorCode.MISSING_EXTRA, extra=EXTRA))
            self.view.show_message(row.says, row.remedy)
            return
        source = self._cells()[0].source
        volume = source.volume if source is not None else None
        if self._scene is not None and self._scene.volume is volume:
            return
        self._end()
        if volume is not None:
            self._begin(volume)
        elif source is not None and source.too_large:
            key = key_text(Command.LOAD_SMALLER)
            self.view.show_message(
                say("The series is too large for the memory."), say("{key} loads it with larger pixels.", key=key)
            )
        elif source is not None:
            self.view.show_message(say("Loading…"))
        else:
            self.view.show_message(say("Choose a series to see it in 3-D."))

    def show_moved(self) -> None:
        """The crosshair, or the window, is another one."""
        preset = self.view.preset
        if self._scene is not None and (self.view.cut.isChecked() or (preset is not None and not preset.hu_only)):
            self._want_anew()

    def close(self) -> None:
        """The window goes: nothing is drawn any more."""
        self._end()
        self._runner.stop()

    # The scene

    def _begin(self, volume: Volume) -> None:
        geometry = volume.geometry
        if geometry is None or geometry.affine() is None:
            row = sentence(WorkstationError(ErrorCode.NO_GEOMETRY))
            self.view.show_message(row.says, row.remedy)
            return
        scene = self._scene = _Scene(volume, Renderer())
        middle, size = _extent(geometry)
        self.view.show_scene(middle, size, volume.unit, _whole(geometry))
        self.view.show_message(say("Preparing the 3-D view…"))
        self._do(scene, lambda cancel: _prepared(scene, cancel), lambda small: self._ready(scene, small))

    def _ready(self, scene: _Scene, small: Lessened) -> None:
        lines = []
        if max(small.factors) > 1:
            slices, rows, columns = small.factors
            words = say(
                "{slices} × {rows} × {columns} voxels averaged to one", slices=slices, rows=rows, columns=columns
            )
            lines.append(words)
        source = self._cells()[0].source
        if source is not None and source.words is not None:
            lines.append(source.words)
        scene.lines, scene.ready = tuple(lines), True
        self._show_things()

    def _again(self) -> None:
        self._end()
        self.show_hanging()

    def _end(self) -> None:
        if self._scene is not None:
            self._scene.renderer.close()
            self._scene = None

    # What stands in it

    def _show_things(self) -> None:
        scene = self._scene
        if scene is None or not scene.ready:
            return
        self._things = things = things_of(self._sitting.state, self._cells()[0].cell.stack_id)
        assumed = (say("Places assumed, not proven"),) if things.assumed else ()
        self.view.show_things(things.spots, simulated=things.simulated, lines=(*assumed, *scene.lines))
        if [skin.key for skin in things.skins] != [skin.key for skin in scene.shown]:
            scene.shown = things.skins
            self._do(scene, lambda cancel: _take_skins(scene, things.skins, cancel), lambda _none: self._want_anew())
        else:
            self._want_anew()

    def _clicked(self, finding_id: str) -> None:
        self._sitting.apply(select_finding(self._sitting.state, finding_id))
        self.finding_clicked.emit(finding_id)

    # Pictures

    def _want_anew(self) -> None:
        """Something at once, and in full after it."""
        self._want(True)
        self.view.rest()

    def _want(self, quick: bool) -> None:
        """One at a time; of those asked for meanwhile only the newest is made."""
        scene = self._scene
        if scene is None or not scene.ready:
            return
        scene.wanted = quick
        if not scene.drawing:
            self._draw(scene)
        elif scene.in_full:
            scene.renderer.give_up()

    def _draw(self, scene: _Scene) -> None:
        quick, scene.wanted = bool(scene.wanted), None
        preset, window = self.view.preset, self._cells()[0].view.series_window
        if preset is None:
            return
        camera = self.view.camera
        width, height = self.view.picture_size(self._quick_share(scene) if quick else 1.0)
        shot = Shot(
            camera=camera,
            look=preset.look(window or VoiWindow(center=0, width=2000)),
            balls=balls_of(self._things.spots),
            cut=self._cut() if self.view.cut.isChecked() else None,
            box=self.view.box,
            width=width,
            height=height,
        )
        scene.drawing, scene.in_full = True, not quick
        began = time.monotonic()

        def drawn(picture: Picture | None) -> None:
            scene.drawing = False
            if picture is not None:
                self.view.show_picture(picture, camera)
                if quick:
                    scene.pixel_s = (time.monotonic() - began) / (width * height)
            if scene.wanted is not None:
                self._draw(scene)

        self._do(scene, lambda _cancel: scene.renderer.draw(shot), drawn)

    def _quick_share(self, scene: _Scene) -> float:
        """Half the pixels in each direction, or fewer where this PC would be too slow for a hand."""
        if not scene.pixel_s:
            return _FIRST_SHARE
        width, height = self.view.picture_size(1.0)
        return min(0.5, max(_LEAST_SHARE, math.sqrt(_QUICK_S / (scene.pixel_s * width * height))))

    def _cut(self) -> Cut | None:
        """Of the crosshair's planes the one that faces the eye most."""
        crosshair, toward = self._crosshair(), self.view.camera.toward
        if crosshair is None:
            return None
        normal = max((crosshair.normal(plane) for plane in THREE), key=lambda way: abs(dot(way, toward)))
        sign = 1.0 if dot(normal, toward) > 0 else -1.0
        return Cut(crosshair.at, (normal[0] * sign, normal[1] * sign, normal[2] * sign))

    def _do(self, scene: _Scene, work: Callable[[CancelToken], R], then: Callable[[R], None]) -> None:
        """In the pool; of a scene that is over nothing more is heard."""
        self._runner.start(
            lambda _report, cancel, _part: work(cancel),
            WorkView[R, None](
                finished=lambda made: then(made) if scene is self._scene else None,
                failed=lambda error: self._failed(scene, error),
            ),
        )

    def _failed(self, scene: _Scene, error: WorkstationError) -> None:
        if scene is not self._scene or isinstance(error, Cancelled):
            return
        self._end()
        row = sentence(error)
        self.view.show_message(row.says, row.remedy, failed=True)


def _prepared(scene: _Scene, cancel: CancelToken) -> Lessened:
    small = lessen(scene.volume, cancel)
    scene.renderer.take_volume(small)
    return small


def _take_skins(scene: _Scene, skins: tuple[Skin, ...], cancel: CancelToken) -> None:
    """Cutting a label out of a mask is what takes time: that is done once."""
    solids = []
    for skin in skins:
        key = (id(skin.mask), skin.label)
        if key not in scene.solids:
            scene.solids[key] = (skin, solid_of(skin.mask, skin.label, skin.colour, skin.opacity, cancel))
        kept = scene.solids[key][1]
        if kept is not None:
            solids.append(kept.painted(skin.colour, skin.opacity))
    scene.renderer.take_solids(tuple(solids))


def _whole(geometry: Geometry) -> Box:
    """All of a volume, to the outer edges of its voxels."""
    axes = (geometry.row_cosine, geometry.column_cosine, geometry.normal)
    slices, rows, columns = geometry.shape
    first, last = geometry.to_patient(np.array([[-0.5] * 3, [slices - 0.5, rows - 0.5, columns - 0.5]]))
    ends = [sorted((float(first @ np.array(axis)), float(last @ np.array(axis)))) for axis in axes]
    low, high = zip(*ends, strict=True)
    return Box(axes=axes, low=(low[0], low[1], low[2]), high=(high[0], high[1], high[2]))


def _extent(geometry: Geometry) -> tuple[Vector, float]:
    """The middle of a volume, and the side of a square picture that shows all of it from each of its sides."""
    slices, rows, columns = geometry.shape
    ends = np.array([[k, r, c] for k in (0, slices - 1) for r in (0, rows - 1) for c in (0, columns - 1)])
    corners = geometry.to_patient(ends)
    low, high = corners.min(axis=0), corners.max(axis=0)
    x, y, z = (low + high) / 2
    return (float(x), float(y), float(z)), float(max(high - low)) * 1.05
