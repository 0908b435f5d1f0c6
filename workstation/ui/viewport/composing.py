"""From what a view shows to the scene that one paint needs: the words of the corners, the marks of the slice."""

from __future__ import annotations

from PySide6.QtGui import QColor, QImage, QTransform

from workstation.domain.decision import OPEN, DecisionState
from workstation.domain.words import Words
from workstation.ui.speech import Speech
from workstation.ui.theme import IMAGE_ACCENT, finding_colour
from workstation.ui.viewport import captions, comparing
from workstation.ui.viewport.brush import colour_of
from workstation.ui.viewport.captions import CursorPoint
from workstation.ui.viewport.corner import Corner, CornerLine, edge_letters
from workstation.ui.viewport.overlay import OverlayTracer, number_of
from workstation.ui.viewport.scrubber import Tick
from workstation.ui.viewport.showing import Showing
from workstation.ui.viewport.slice_painter import Scene


def compose(
    showing: Showing,
    tracer: OverlayTracer,
    speech: Speech,
    *,
    image: QImage,
    to_widget: QTransform,
    ratio: float,
    focused: bool,
    smooth: bool,
    info: bool,
    tool: Words | None,
    cursor: CursorPoint | None,
) -> Scene:
    """`tool`: only one that is not the usual. Marks and lengths stay off a picture that is of another slice."""
    source, loaded = showing.source, showing.loaded
    marks = tuple(captions.overlay_lines(speech, tracer.overlay))
    if showing.other is not None:
        legend = comparing.legend(showing.look, showing.windowing.shown, showing.inverted, source.unit)
        marks = (CornerLine(speech.tr(legend), IMAGE_ACCENT), *marks)
    # What the marks are worth is never hidden with the rest of the text.
    corners: tuple[tuple[Corner, tuple[CornerLine, ...]], ...] = ((Corner.BOTTOM_RIGHT, marks),)
    if info:
        zoom = showing.camera.zoom
        # Own colours have neither.
        window, inverted = (None, False) if showing.coloured else (showing.windowing.shown, showing.inverted)
        below = (captions.cursor_text(speech, cursor), captions.grid_text(speech, source))
        corners += (
            (Corner.TOP_LEFT, tuple(captions.place_lines(speech, *showing.texts, source, showing.k, loaded))),
            (
                Corner.TOP_RIGHT,
                tuple(captions.display_lines(speech, window, inverted, zoom, tool)),
            ),
            (Corner.BOTTOM_LEFT, tuple(CornerLine(text) for text in below)),
        )
    return Scene(
        ratio=ratio,
        focused=focused,
        image=image,
        to_widget=to_widget,
        zoom=showing.camera.zoom,
        smooth=smooth,
        drawables=tracer.drawables(showing.k) if loaded else (),
        simulated=tracer.overlay.simulated,
        lengths=showing.lengths_now() if loaded else (),
        spacing=source.spacing,
        corners=corners,
        letters=edge_letters(source.geometry) if source.geometry is not None else None,
        slice_index=showing.k,
        seen=showing.seen,
        ticks=_ticks(tracer),
    )


def _ticks(tracer: OverlayTracer) -> tuple[Tick, ...]:
    overlay = tracer.overlay
    numbers = {finding.id: number_of(finding, place) for place, finding in enumerate(overlay.findings, start=1)}
    ticks = []
    for finding_id, k in tracer.ticks:
        rejected = overlay.decisions.get(finding_id, OPEN).state is DecisionState.REJECTED
        colour = QColor(colour_of(finding_colour(numbers[finding_id]), rejected))
        ticks.append(Tick(k, colour, finding_id == overlay.selected))
    return tuple(ticks)
