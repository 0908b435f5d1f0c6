"""The canvas of a viewport: slices of one source with window, zoom, words and marks, as it is told. No hands yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QWidget

from workstation.domain.answer import Placement
from workstation.domain.coverage import WindowGroup
from workstation.domain.decision import Decision
from workstation.domain.finding import Basis, Finding
from workstation.domain.geometry import Geometry, Vector, dot, pixel_grid
from workstation.domain.layers import Layer
from workstation.domain.measure import Measure
from workstation.domain.overlaid import FileLook, Overlaid, pixel_stack
from workstation.domain.projection import center_of, slice_plane
from workstation.domain.series import VoiWindow
from workstation.domain.volume import LabelVolume
from workstation.domain.words import Words, say
from workstation.ui.keys import Command, key_text
from workstation.ui.speech import Speech
from workstation.ui.theme import IMAGE_TEXT, IMAGE_WARNING
from workstation.ui.viewport import captions
from workstation.ui.viewport.brush import Drawable, Painted
from workstation.ui.viewport.camera_canvas import CameraCanvas
from workstation.ui.viewport.captions import CursorPoint
from workstation.ui.viewport.comparing import Look, OtherSlices
from workstation.ui.viewport.composing import compose
from workstation.ui.viewport.gestures import Tool
from workstation.ui.viewport.looking import slice_in_sight
from workstation.ui.viewport.luts import Colours
from workstation.ui.viewport.overlay import Overlay, OverlayTracer, center_slice, unseen_at
from workstation.ui.viewport.picture import Picture, ToGray
from workstation.ui.viewport.plane_source import CutSource
from workstation.ui.viewport.showing import Showing
from workstation.ui.viewport.slice_painter import Scene, SlicePainter, picture_area
from workstation.ui.viewport.source import SliceSource, Spacing
from workstation.ui.viewport.still import Still
from workstation.ui.viewport.tools.board import BoardContent
from workstation.ui.viewport.tools.painting import PaintedMeasure
from workstation.ui.viewport.traits import PLAIN, Traits


class SliceCanvas(CameraCanvas):
    """Shows what it is told; what the reader's hands do is `SliceView`'s.

    presented  a paint has ended: what it shows now is on the screen
    """

    presented = Signal()

    def __init__(self, speech: Speech, to_gray: ToGray, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech = speech
        self._picture = Picture(to_gray)
        self._painter = SlicePainter()
        self._still = Still()
        self._tracer = OverlayTracer()
        self._tool = Tool.WINDOW
        self._smooth = True
        self._info = True
        self._message: Words | None = captions.EMPTY
        self._failed = False
        self._active = False
        self._clear()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(120, 120)
        speech.changed.connect(self._say_again)
        self._say_again()

    def _clear(self) -> None:
        """Nothing of the series before may stay: a mark or a length over another patient's picture would be a lie."""
        self._tracer.show(Overlay(), None)
        self._tracer.files.show((), None)
        self._tracer.files.show_author(None)
        self._painted: tuple[Painted, ...] = ()
        self._showing = None
        self._resampled = False
        self._pointer = None

    # What is shown

    def show_slice_source(
        self,
        source: SliceSource,
        *,
        patient: str = "",
        series: str = "",
        window: VoiWindow | None = None,
        file_windows: tuple[VoiWindow, ...] = (),
        slice_index: int | None = None,
        aspect: Spacing | None = None,
        traits: Traits = PLAIN,
        resampled: bool = False,
    ) -> None:
        """Another series, fitted, at its middle slice. Findings, measures and inversion of the one before are gone.

        window       the reader's last one for this series; else the file's first, else the modality's, else the 1st to
                     99th percentile
        aspect       height and width of a pixel, where the source has no spacing
        traits       what the series says of its pictures as a whole
        resampled    these are not the slices as acquired; the way back is offered
        """
        self._clear()
        self._resampled = resampled
        self._message, self._failed = None, False
        self._showing = Showing(source, (patient, series), window, file_windows, slice_index, aspect, traits)
        self._refit()
        self._load()

    def show_scale(self, traits: Traits) -> None:
        """A pixel of the same source has another size now: lengths, areas and the scale bar go by it."""
        if self._showing is not None:
            self._showing.rescale(traits)
            self.update()

    def show_plane(self, source: SliceSource, k: int, about: Vector) -> None:
        """Another plane of the volume that is shown, in its place: only the picture is another one. Findings and
        measures are to be shown again.

        about  the point (mm) that stays where it is on the screen
        """
        before = self._showing
        if before is None:
            return
        was = self._widget_point(before, about)
        self._showing = before.over(source, k)
        now = self._widget_point(self._showing, about)
        if before.fit and _faces_elsewhere(before.source, source):
            self._refit()
        elif was is not None and now is not None:
            way, camera = was - now, self._showing.camera
            self._showing.camera = camera.panned(way.x(), way.y(), self.devicePixelRatioF())
        self._tracer.show(Overlay(), None)
        self._tracer.files.show((), None)
        self._tracer.files.show_author(None)
        self._load()

    def show_active(self, active: bool) -> None:
        """Whether this is the one among several views that keys and cards are about."""
        if active != self._active:
            self._active = active
            self.update()

    def show_arrived(self, k: int) -> None:
        """Slice k of the same source is loaded now."""
        if self._showing is not None and (k == self._showing.k or self._showing.pictured is None):
            self._load()

    def show_slice(self, k: int) -> None:
        """Slice k, from 0; beyond the ends: the last one there is."""
        if self._showing is not None:
            self._showing.k = self._showing.within(k)
            self._showing.board.let_go()
            self._load()

    def show_window(self, window: VoiWindow) -> None:
        if self._showing is not None:
            self._showing.windowing.shown = window
            self._showing.stale = True
            self.update()

    def show_colours(self, colours: Colours) -> None:
        """What is painted in place of each gray; a picture in its own colours keeps them."""
        if self._showing is not None:
            self._showing.stale, self._showing.colours = True, colours
            self.update()

    def show_texts(self, patient: str, series: str) -> None:
        if self._showing is not None:
            self._showing.texts = (patient, series)
            self._describe()
            self.update()

    def show_tool(self, tool: Tool) -> None:
        self._tool = tool
        cross = tool.measure is not None or tool.draws
        self.setCursor(Qt.CursorShape.CrossCursor if cross else Qt.CursorShape.ArrowCursor)
        self.update()

    def show_findings(
        self,
        findings: Sequence[Finding],
        decisions: Mapping[str, Decision],
        selected: str = "",
        placement: Placement | None = None,
        visible: bool = True,
        *,
        masks: Sequence[LabelVolume] = (),
        basis: Basis | None = None,
        local: bool = False,
        in_pixels: bool = False,
        layers: Sequence[Layer] | None = None,
    ) -> None:
        """One result over the slices. Marks appear only where `placement` is proven or assumed; a simulated result
        always brings its watermark, also with marks hidden.

        placement  None: no result is shown
        basis      of the whole result; its findings' are looked at besides
        local      the result came from the local cloud
        in_pixels  its places are pixels of this one picture
        layers     labels of the masks that are painted; None: every one
        """
        source = self._showing.source if self._showing is not None else None
        overlay = Overlay(
            findings=tuple(findings),
            decisions=decisions,
            selected=selected,
            placement=placement,
            visible=visible,
            masks=tuple(masks),
            basis=basis,
            local=local,
            in_pixels=in_pixels,
            layers=tuple(layers) if layers is not None else None,
            slab_mm=source.slab_mm if isinstance(source, CutSource) else 0.0,
        )
        self._tracer.show(overlay, self._frame_of(overlay))
        self.update()

    @property
    def masks_painted(self) -> tuple[LabelVolume, ...]:
        """Those of the result over the slices, while its marks are seen."""
        overlay = self._tracer.overlay
        return overlay.masks if overlay.painted else ()

    def show_files(self, files: Sequence[tuple[Overlaid, FileLook]]) -> None:
        """What files from elsewhere show over the slices, under the findings of results."""
        self._tracer.files.show(files, self._showing.source if self._showing is not None else None)
        self.update()

    def show_author(self, author: Overlaid | None) -> None:
        """Whose way of showing these very slices is in force: what it hides, and that the corner says so."""
        self._tracer.files.show_author(author)
        self.update()

    def show_inverse(self, inverse: bool) -> None:
        """Whether the lowest values are white, whatever the picture says of itself."""
        if self._showing is not None:
            self._showing.inverted, self._showing.stale = inverse != self._showing.pixels.inverted, True
            self.update()

    def show_place(self, at: Vector, in_pixels: bool = False) -> bool:
        """Go to the slice of a point (mm; or column, row, slice) and bring it into view. False where there is none."""
        if self._showing is None:
            return False
        source = self._showing.source
        geometry = pixel_stack(source.count, source.rows, source.columns) if in_pixels else source.geometry
        k = round(float(geometry.to_index(at)[0])) if geometry is not None else -1
        if geometry is None or not 0 <= k < geometry.slices:
            return False
        self.show_slice(k)
        x, y, _ = slice_plane(geometry, k).to_view(at)
        self._bring_into_view(QPointF(float(x), float(y)))
        return True

    def _frame_of(self, overlay: Overlay) -> Geometry | None:
        """What places of findings are counted in: the patient, or the pixels of the picture."""
        if self._showing is None:
            return None
        source = self._showing.source
        return pixel_grid(source.rows, source.columns) if overlay.in_pixels else source.geometry

    def show_measures(self, content: BoardContent) -> None:
        """What was measured on this series, whichever of its planes is shown."""
        if self._showing is not None and content != self._showing.board.content:
            self._showing.board.show(content)
            self.update()

    def show_measure(self, measure: Measure) -> bool:
        """Go to the slice that a measure's middle lies on, and bring it into view. False where it has none here."""
        x, y, z = np.mean(measure.points, axis=0)
        return self.show_place((float(x), float(y), float(z)), measure.in_pixels)

    def show_other(self, other: OtherSlices | None) -> None:
        """Another series on the grid of this one, to be looked at in its place; None: there is none any more."""
        if self._showing is not None and other is not self._showing.other:
            self._showing.take_other(other)
            self.update()

    def show_look(self, look: Look) -> None:
        if self._showing is not None:
            self._showing.show_look(look)
            self.update()

    def show_note(self, note: Words | None) -> None:
        """How this view follows others, for the corner; it is said whatever other text is hidden."""
        if self._showing is not None and note != self._showing.note:
            self._showing.note = note
            self.update()

    def show_coverage(self, looked_at: npt.NDArray[np.bool_]) -> None:
        """Which slices were looked at, one truth value each; of another number of slices nothing is shown."""
        if self._showing is not None and len(looked_at) == self._showing.source.count:
            self._showing.seen = looked_at
            self.update()

    def show_finding(self, finding_id: str) -> bool:
        """Go to the slice of a finding's middle and bring it into view. False where it has no place here."""
        overlay = self._tracer.overlay
        geometry = self._frame_of(overlay)
        finding = next((f for f in overlay.findings if f.id == finding_id), None)
        if geometry is None or finding is None or overlay.placement is None:
            return False
        k = center_slice(finding, geometry, overlay.masks) if overlay.placement.state.painted else None
        if k is None:
            return False
        self.show_slice(k)
        center = center_of(finding)
        if center is not None:
            x, y, _ = slice_plane(geometry, k).to_view(center)
            self._bring_into_view(QPointF(float(x), float(y)))
        return True

    def unseen_at(self, finding_id: str) -> float | None:
        """Where between two slices a finding lies that is seen on none of them; None where it is, or has no place."""
        overlay = self._tracer.overlay
        geometry = self._frame_of(overlay)
        finding = next((f for f in overlay.findings if f.id == finding_id), None)
        if geometry is None or finding is None or overlay.placement is None or not overlay.placement.state.painted:
            return None
        return unseen_at(finding, geometry, overlay.masks)

    def show_empty(self) -> None:
        self._show_message(captions.EMPTY, failed=False)

    def show_loading(self, words: Words | None = None) -> None:
        self._show_message(words or captions.LOADING, failed=False)

    def show_failed(self, words: Words) -> None:
        self._show_message(words, failed=True)

    def _show_message(self, words: Words, *, failed: bool) -> None:
        self._clear()
        self._message, self._failed = words, failed
        self._say_again()

    # What it is now

    @property
    def window_shown(self) -> VoiWindow | None:
        return self._showing.windowing.shown if self._showing is not None else None

    @property
    def series_window(self) -> VoiWindow | None:
        """Of the series, also while its difference from another is shown."""
        return self._showing.series_window if self._showing is not None else None

    @property
    def note(self) -> str:
        """What the corner says of how this view follows others."""
        note = self._showing.note if self._showing is not None else None
        return self._speech.tr(note) if note is not None else ""

    @property
    def look(self) -> Look:
        return self._showing.look if self._showing is not None else Look.THIS

    @property
    def tool(self) -> Tool:
        return self._tool

    @property
    def painted(self) -> tuple[Painted, ...]:
        """The marks of the last paint, in widget pixels."""
        return self._painted

    @property
    def coverage(self) -> npt.NDArray[np.bool_] | None:
        """Which slices are shown as looked at; None: no series is shown."""
        return self._showing.seen if self._showing is not None else None

    @property
    def in_sight(self) -> tuple[int, WindowGroup] | None:
        """The slice that can be looked at now, and in what kind of window; None: none can."""
        return slice_in_sight(self._showing, self.to_widget(), picture_area(self.size()), self.devicePixelRatioF())

    @property
    def drawables(self) -> tuple[Drawable, ...]:
        """What is painted over the slice, from the back."""
        return self._tracer.drawables(self.slice_index)

    @property
    def painted_measures(self) -> tuple[PaintedMeasure, ...]:
        """The measures of the last paint, and what stands beside them."""
        return self._painter.measures

    @property
    def painted_words(self) -> tuple[QRectF, ...]:
        """Where the words of corners and edges stood in the last paint."""
        return self._painter.words

    def _load(self) -> None:
        """Bring slice k into the picture if it is there; else the picture before stays, and the words say so."""
        if self._showing is not None:
            self._showing.stale = True
        self._describe()
        self.update()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._still.paint(painter, self.size(), self.devicePixelRatioF(), self._draw, self.hasFocus())
        painter.end()
        self.presented.emit()

    def _draw(self, painter: QPainter) -> None:
        self._painted = self._painter.paint(painter, self._scene(), self.size())

    def update(self, *area: Any) -> None:
        """What is shown has changed, all of it or an area."""
        self._still.forget()
        super().update(*area)

    def _cursor_point(self) -> CursorPoint | None:
        point = super()._cursor_point()
        if point is None:
            return None
        return replace(point, measured=self._tracer.files.values_at(point.slice_index, (point.column, point.row)))

    def _scene(self) -> Scene:
        showing = self._showing
        if showing is not None and showing.fill(self._picture):
            self._painter.picture_changed()
        if showing is None or showing.pictured is None:
            return Scene(
                ratio=self.devicePixelRatioF(),
                focused=self._active or self.hasFocus(),
                to_widget=self.to_widget(),
                seen=np.zeros(0, dtype=np.bool_),
                simulated=self._tracer.overlay.simulated,
                message=(self._speech.tr(self._message or captions.LOADING), self._second_sentence()),
                message_colour=IMAGE_WARNING if self._failed else IMAGE_TEXT,
            )
        return compose(
            showing,
            self._tracer,
            self._speech,
            picture=self._picture,
            to_widget=self.to_widget(),
            ratio=self.devicePixelRatioF(),
            focused=self._active or self.hasFocus(),
            smooth=self._smooth,
            info=self._info,
            tool=self._tool.title if self._tool is not Tool.WINDOW else None,
            cursor=self._cursor_point(),
        )

    def _second_sentence(self) -> str:
        if self._failed:
            return self._speech.tr(captions.FAILED_SECOND)
        if self._message is captions.EMPTY:
            return self._speech.tr(captions.how_to_open(key_text(Command.OPEN)))
        return ""

    # Language

    def _say_again(self) -> None:
        self.setAccessibleName(self._speech.tr(say("Picture")))
        self._describe()
        self.update()

    def _describe(self) -> None:
        """For screen readers: what the corner says of the slice."""
        if self._showing is None:
            self.setAccessibleDescription(self._speech.tr(self._message or captions.LOADING))
            return
        lines = captions.place_lines(
            self._speech, *self._showing.texts, self._showing.source, self._showing.k, loaded=True
        )
        self.setAccessibleDescription(", ".join(line.text for line in lines))


def _faces_elsewhere(before: SliceSource, source: SliceSource) -> bool:
    """Whether its right or its down is quite another one: what lay on the screen need not lie there any more."""
    if before.geometry is None or source.geometry is None:
        return True
    was, now = before.geometry, source.geometry
    return min(dot(was.row_cosine, now.row_cosine), dot(was.column_cosine, now.column_cosine)) < 0.5
