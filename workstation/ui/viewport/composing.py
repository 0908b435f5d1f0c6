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
from workstation.ui.viewport.corner import Corner, CornerLine, Letters, edge_letters, letters_of
from workstation.ui.viewport.luts import GRAYS
from workstation.ui.viewport.overlay import OverlayTracer, number_of
from workstation.ui.viewport.picture import Picture
from workstation.ui.viewport.pose import Pose
from workstation.ui.viewport.scrubber import Tick
from workstation.ui.viewport.showing import Showing
from workstation.ui.viewport.slice_painter import Scene
from workstation.ui.viewport.source import SliceSource
from workstation.ui.viewport.traits import Traits


def compose(
    showing: Showing,
    tracer: OverlayTracer,
    speech: Speech,
    *,
    picture: Picture,
    to_widget: QTransform,
    ratio: float,
    focused: bool,
    smooth: bool,
    info: bool,
    tool: Words | None,
    cursor: CursorPoint | None,
) -> Scene:
    """`tool`: only one that is not the usual. Marks and measures stay off a picture that is of another slice."""
    source, loaded = showing.source, showing.loaded
    traits, pose = showing.traits, showing.camera.pose
    marks = (
        *captions.map_lines(speech, tracer.files.map_words(showing.k)),
        *captions.author_lines(speech, tracer.files.author_words(showing.k)),
        *captions.file_lines(speech, tracer.files.placements),
        *captions.overlay_lines(speech, tracer.overlay),
    )
    if showing.other is not None:
        legend = comparing.legend(showing.look, showing.windowing.shown, showing.inverted, source.unit)
        marks = (CornerLine(speech.tr(legend), IMAGE_ACCENT), *marks)
    if showing.note is not None:
        # Views that do not follow one another, unsaid, would be compared as if they did.
        marks = (CornerLine(speech.tr(showing.note), IMAGE_ACCENT, rank=0), *marks)
    # What the marks are worth is never hidden with the rest of the text.
    corners: tuple[tuple[Corner, tuple[CornerLine, ...]], ...] = ((Corner.BOTTOM_RIGHT, marks),)
    if info:
        zoom = showing.camera.zoom
        # Own colours have neither.
        window, inverted = (None, False) if showing.coloured else (showing.windowing.shown, showing.inverted)
        lossy = (captions.lossy_line(speech, traits.lossy),) if traits.lossy is not None else ()
        played = (captions.played_line(speech, showing.played),) if showing.played is not None else ()
        below = (
            *captions.calibration_lines(speech, source, traits.calibration),
            CornerLine(captions.cursor_text(speech, cursor), rank=2),
            CornerLine(captions.grid_text(speech, source), rank=4),
        )
        corners += (
            (Corner.TOP_LEFT, tuple(captions.place_lines(speech, *showing.texts, source, showing.k, loaded))),
            (
                Corner.TOP_RIGHT,
                (*captions.display_lines(speech, window, inverted, zoom, tool, pose), *lossy, *played),
            ),
            (Corner.BOTTOM_LEFT, tuple(line for line in below if line.text)),
        )
    # Two would stand in one another's place: what is laid over the picture is told first.
    texts, colours = tracer.files.legend(showing.k) if loaded else ((), None)
    if colours is None:
        texts, colours = _legend(showing, picture)
    return Scene(
        ratio=ratio,
        focused=focused,
        image=picture.image,
        to_widget=to_widget,
        zoom=showing.camera.zoom,
        smooth=smooth,
        drawables=tracer.drawables(showing.k) if loaded else (),
        simulated=tracer.overlay.simulated,
        measures=showing.board.on(showing.k, speech) if loaded else (),
        corners=corners,
        scale=captions.scale_of(speech, source, traits.calibration) if info else None,
        legend=texts,
        legend_image=colours,
        letters=_letters(source, traits, pose),
        slice_index=showing.k,
        seen=showing.seen,
        ticks=_ticks(tracer),
    )


def _legend(showing: Showing, picture: Picture) -> tuple[tuple[str, ...], QImage | None]:
    """Of a colour table; grays need none."""
    window = showing.windowing.shown
    if showing.coloured or showing.colours is GRAYS or window is None:
        return (), None
    inverted = showing.inverted != showing.pixels.inverted
    texts = captions.legend_texts(window, showing.pixels.unit)
    return texts, picture.legend(window, inverted, showing.colours)


def _letters(source: SliceSource, traits: Traits, pose: Pose) -> Letters | None:
    """From the cosines; of a radiograph from what it says itself; none where neither is known."""
    if source.geometry is not None:
        return edge_letters(source.geometry, pose)
    return letters_of(traits.directions, pose) if traits.directions is not None else None


def _ticks(tracer: OverlayTracer) -> tuple[Tick, ...]:
    overlay = tracer.overlay
    numbers = {finding.id: number_of(finding, place) for place, finding in enumerate(overlay.findings, start=1)}
    ticks = []
    for finding_id, k in tracer.ticks:
        rejected = overlay.decisions.get(finding_id, OPEN).state is DecisionState.REJECTED
        colour = QColor(colour_of(finding_colour(numbers[finding_id]), rejected))
        ticks.append(Tick(k, colour, finding_id == overlay.selected))
    return tuple(ticks)
