"""What the four corners say."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from workstation.domain.answer import PlacementState
from workstation.domain.calibration import Calibration, SpacingKind, calibration_words
from workstation.domain.figures import figure, places_for, window_places
from workstation.domain.geometry import Vector
from workstation.domain.series import VoiWindow
from workstation.domain.value_map import ValueMap
from workstation.domain.words import Words, say
from workstation.ui.speech import Speech
from workstation.ui.theme import IMAGE_ACCENT, IMAGE_TEXT, IMAGE_WARNING
from workstation.ui.viewport.arranging import Scale
from workstation.ui.viewport.cine import Played, played_words
from workstation.ui.viewport.corner import CornerLine
from workstation.ui.viewport.overlay import Overlay
from workstation.ui.viewport.pose import UPRIGHT, Pose
from workstation.ui.viewport.source import SliceSource

EMPTY = say("Drag a study folder here")
LOADING = say("Loading…")
FAILED_SECOND = say("Nothing is shown here until it can be read.")


def how_to_open(key: str) -> Words:
    return say("or press {key} to open one. Nothing leaves this PC by being opened.", key=key)


@dataclass(frozen=True, slots=True, kw_only=True)
class CursorPoint:
    """The pixel under the pointer. `position`: its center, LPS mm; None without geometry. `colour`: as it is shown,
    red, green, blue; None: it is gray. `measured`: what maps of others hold there."""

    slice_index: int
    row: int
    column: int
    value: float
    unit: str
    position: Vector | None
    colour: tuple[int, int, int] | None = None
    measured: tuple[tuple[ValueMap, float], ...] = ()


def place_lines(
    speech: Speech, patient: str, series: str, source: SliceSource, k: int, loaded: bool
) -> list[CornerLine]:
    """Top left: whose picture, of what, which slice."""
    lines = [CornerLine(patient, rank=0)] if patient else []
    lines += [CornerLine(series, rank=2)] if series else []
    if source.geometry is not None:
        text = speech.tr(say("slice {number} / {count}", number=k + 1, count=source.count))
        text += f" · {figure(float(source.geometry.offsets[k]), 1)} mm"
    else:
        text = speech.tr(say("image {number} / {count}", number=k + 1, count=source.count))
    lines.append(CornerLine(text, rank=0))
    if not loaded:
        lines.append(CornerLine(speech.tr(say("this slice is still loading")), IMAGE_WARNING, rank=0))
    return lines


def display_lines(
    speech: Speech, window: VoiWindow | None, inverted: bool, zoom: float, tool: Words | None, pose: Pose = UPRIGHT
) -> list[CornerLine]:
    """Top right: how it is shown. `tool`: only a tool that is not the usual one."""
    lines = []
    if window is not None:
        digits = window_places(window.width)
        shown = say("C {center} W {width}", center=figure(window.center, digits), width=figure(window.width, digits))
        # Figures are those of a straight window: a table or curve is named.
        named = window.name or (speech.tr(say("VOI LUT")) if window.table is not None else "")
        lines.append(CornerLine(" · ".join(filter(None, (speech.tr(shown), named)))))
    lines.append(CornerLine(speech.tr(say("zoom {zoom}×", zoom=f"{zoom:.2f}")), rank=3))
    if inverted:
        lines.append(CornerLine(speech.tr(say("inverted")), IMAGE_WARNING, rank=0))
    if not pose.upright:
        lines.append(CornerLine(speech.tr(_pose_words(pose)), IMAGE_WARNING, rank=0))
    if tool is not None:
        lines.append(CornerLine(speech.tr(tool), IMAGE_ACCENT, rank=2))
    return lines


def played_line(speech: Speech, played: Played) -> CornerLine:
    """Top right, while it plays."""
    return CornerLine(speech.tr(played_words(played)), IMAGE_ACCENT, rank=0)


def lossy_line(speech: Speech, lossy: float) -> CornerLine:
    """Top right: the pixels are not what was measured. `lossy`: how many times smaller they are, 0: not said."""
    words = say("lossy compression {ratio}:1", ratio=f"{lossy:.3g}") if lossy else say("lossy compression")
    return CornerLine(speech.tr(words), IMAGE_WARNING)


def _pose_words(pose: Pose) -> Words:
    if not pose.turns:
        return say("mirrored")
    turned = say("turned {degrees}°", degrees=90 * pose.turns)
    return say("mirrored, {turned}", turned=turned) if pose.mirrored else turned


def cursor_text(speech: Speech, point: CursorPoint | None) -> str:
    """`HU −812 @ (61.2, 38.0, −142.0) LPS`."""
    if point is None:
        return ""
    places = places_for(abs(point.value)) if abs(point.value) < 0.1 else 2
    value = figure(point.value, 0 if float(point.value).is_integer() else places)
    named = f"{point.unit} {value}" if point.unit else speech.tr(say("value {value}", value=value))
    if point.colour is not None:  # the gray that stands for it was never measured
        named = "RGB {}, {}, {}".format(*point.colour)
    for one, measured in point.measured:
        named += f" · {speech.tr(one.quantity)} {one.said(measured)}"
    if point.position is not None:
        x, y, z = (figure(mm, 1) for mm in point.position)
        return f"{named} @ ({x}, {y}, {z}) LPS"
    where = say("row {row}, column {column}", row=point.row + 1, column=point.column + 1)
    return f"{named} @ {speech.tr(where)}"


def grid_text(speech: Speech, source: SliceSource) -> str:
    """Slice step, then the distance between rows and between columns."""
    if source.spacing is None:
        return ""
    rows, columns = source.spacing
    step = f"{source.geometry.step:.3g} mm · " if source.geometry is not None and source.count > 1 else ""
    return f"{step}{rows:.2f} × {columns:.2f} mm"


def calibration_lines(speech: Speech, source: SliceSource, calibration: Calibration) -> list[CornerLine]:
    """Bottom left: what lengths are worth, where that is not simply millimetres in the patient."""
    words = calibration_words(source.spacing, calibration)
    return [CornerLine(speech.tr(words), IMAGE_WARNING)] if words is not None else []


_NOTES: Final = {
    SpacingKind.DETECTOR: say("at the detector"),
    SpacingKind.FILM: say("on the film"),
    SpacingKind.ESTIMATED: say("estimated"),
    SpacingKind.UNSTATED: say("calibration not stated"),
    SpacingKind.BY_HAND: say("calibrated by hand"),
}


def scale_of(speech: Speech, source: SliceSource, calibration: Calibration) -> Scale | None:
    """None where a length on the screen has no one size: unknown, or different from region to region."""
    if source.spacing is None or len({region.spacing for region in calibration.regions}) > 1:
        return None
    note = _NOTES.get(calibration.kind)
    return Scale(source.spacing, speech.tr(note) if note is not None else "")


def legend_texts(window: VoiWindow, unit: str) -> tuple[str, ...]:
    """The values of a colour table's legend, from the highest to the lowest; the unit stands with the first."""
    digits = 0 if window.width >= 10 else 2 if window.width >= 0.1 else 5
    high, middle, low = (figure(window.center + side * window.width / 2, digits) for side in (1, 0, -1))
    return (f"{high} {unit}".rstrip(), middle, low)


def file_lines(speech: Speech, placements: Collection[PlacementState]) -> list[CornerLine]:
    """Bottom right: that something comes from files of others, and how sure its place is."""
    if PlacementState.ASSUMED in placements:
        words = say("from files: placement assumed, not proven")
        return [CornerLine(speech.tr(words), IMAGE_WARNING, rank=0)]
    return [CornerLine(speech.tr(say("from files: placement proven")), IMAGE_TEXT, rank=1)] if placements else []


def map_lines(speech: Speech, quantities: Iterable[Words]) -> list[CornerLine]:
    """Bottom right: what colours over the picture stand for."""
    return [CornerLine(speech.tr(words), IMAGE_ACCENT, rank=0) for words in quantities]


def author_lines(speech: Speech, words: Words | None) -> list[CornerLine]:
    """Bottom right: that the picture is shown as the author of a file wants it; a shutter hides some of it."""
    return [CornerLine(speech.tr(words), IMAGE_WARNING, rank=0)] if words is not None else []


def overlay_lines(speech: Speech, overlay: Overlay) -> list[CornerLine]:
    """Bottom right: how sure the place of the marks is, and what they are worth."""
    lines = []
    placement = overlay.placement
    if placement is not None:
        match placement.state:
            case PlacementState.PROVEN:
                lines.append(CornerLine(speech.tr(say("marks: placement proven")), IMAGE_TEXT, rank=1))
            case PlacementState.ASSUMED:
                lines.append(CornerLine(speech.tr(say("marks: placement assumed, not proven")), IMAGE_WARNING, rank=0))
            case PlacementState.CONTRADICTED:
                lines.append(CornerLine(speech.tr(placement.sentence), IMAGE_WARNING, rank=0))
            case PlacementState.NOT_APPLICABLE:
                lines.append(CornerLine(speech.tr(say("nothing to mark"))))
        if placement.state.painted and not overlay.visible:
            lines.append(CornerLine(speech.tr(say("marks are hidden")), IMAGE_WARNING, rank=0))
    if overlay.local:
        lines.append(CornerLine(speech.tr(say("research use, not a medical device")), IMAGE_TEXT, rank=0))
    return lines
