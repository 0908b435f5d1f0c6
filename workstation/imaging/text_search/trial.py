"""How much of burnt-in text the search finds, how much of it is left in what is sent, and what it sees on clean frames.

Each frame goes the way of a user's: a file, scanned, searched, covered in the copy. The copy is read by pydicom.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.covering import Covering, over_texts
from workstation.domain.series import Stack
from workstation.imaging.phantom.lettering import LetteredFrame, Manner, letter
from workstation.imaging.redact.fill import covered
from workstation.imaging.series.scan import scan
from workstation.imaging.text_search.search import picture_of, texts_in
from workstation.imaging.text_search.trial_frames import ALL_WINDOWS, USUAL_WINDOWS, Ground, varied, write_frame
from workstation.imaging.upload.prepare import prepare

_TOGETHER: Final = 50
_CHINESE: Final = re.compile(r"[\u3400-\u9fff]")
_SIZES: Final = ((12, 15), (16, 21), (22, 28))


@dataclass(slots=True)
class Share:
    """How many of how many."""

    hit: int = 0
    all: int = 0

    def count(self, hit: bool) -> None:
        self.hit += hit
        self.all += 1

    @property
    def percent(self) -> float:
        return round(100 * self.hit / self.all, 1) if self.all else 0.0


@dataclass(slots=True)
class Trial:
    """
    hidden   frames in whose copy no pixel of any line is left
    exact    frames in whose copy covered places are solid, and all else is as it was
    flagged  clean frames on which text was found
    lines    hidden ones, by what they are: "zh", "12–15 px", "CT" …
    missed   (kind of ground, size, text) of lines that are left in part
    """

    hidden: Share = field(default_factory=Share)
    exact: Share = field(default_factory=Share)
    flagged: Share = field(default_factory=Share)
    lines: dict[str, Share] = field(default_factory=dict)
    missed: list[tuple[str, int, str]] = field(default_factory=list)


def try_search(
    grounds: Sequence[Ground],
    count: int,
    clean: int,
    manner: Manner,
    seed: int = 1,
    told: Callable[[Trial], None] = lambda _: None,
) -> Trial:
    """Letters burnt into `count` frames, taken in turn from `grounds`; and so many clean ones, in several windows."""
    rng = np.random.default_rng(seed)
    trial = Trial()
    with tempfile.TemporaryDirectory() as name:
        for start in range(0, count, _TOGETHER):
            chosen = [_ground(grounds, at, manner, rng) for at in range(start, min(start + _TOGETHER, count))]
            lettered = [letter(ground.values, rng, manner) for ground in chosen]
            stacks = list(_written(Path(name), start, chosen, [one.values for one in lettered]))
            every = zip(chosen, lettered, stacks, texts_in([picture_of(stack, 0) for stack in stacks]), strict=True)
            for number, (ground, frame, stack, found) in enumerate(every):
                covering = Covering(regions=over_texts(found), reviewed=True)
                sent = _sent(stack, Path(name) / f"sent{start + number}", covering)
                _judge(trial, ground, frame, sent, covered(covering.regions, *frame.values.shape))
            told(trial)
        for start in range(0, clean, _TOGETHER):
            chosen = [
                varied(grounds[at % len(grounds)], rng, ALL_WINDOWS) if at >= len(grounds) else grounds[at]
                for at in range(start, min(start + _TOGETHER, clean))
            ]
            stacks = list(_written(Path(name), count + start, chosen, [one.values for one in chosen]))
            for found in texts_in([picture_of(stack, 0) for stack in stacks]):
                trial.flagged.count(bool(found))
            told(trial)
    return trial


def _ground(grounds: Sequence[Ground], at: int, manner: Manner, rng: np.random.Generator) -> Ground:
    ground = grounds[at % len(grounds)]
    return varied(ground, rng, USUAL_WINDOWS) if manner.anywhere else ground


def _written(
    folder: Path, first: int, grounds: Sequence[Ground], frames: Sequence[npt.NDArray[Any]]
) -> Iterator[Stack]:
    for number, (ground, values) in enumerate(zip(grounds, frames, strict=True), start=first):
        place = folder / f"{number}"
        place.mkdir()
        write_frame(place / "1.dcm", ground, values)
        (stack,) = scan([place]).stacks
        yield stack


def _sent(stack: Stack, folder: Path, covering: Covering) -> npt.NDArray[Any]:
    """Pixels of the copy, by a reader that is not ours."""
    from pydicom import dcmread

    (copy,) = prepare(stack, folder, bytes(range(32)), covering=covering).files
    pixels: npt.NDArray[Any] = dcmread(copy).pixel_array
    return pixels


def _judge(
    trial: Trial, ground: Ground, frame: LetteredFrame, sent: npt.NDArray[Any], cover: npt.NDArray[np.bool_]
) -> None:
    solid = not cover.any() or int(np.ptp(sent[cover])) == 0
    trial.exact.count(bool(solid and np.array_equal(sent[~cover], frame.values[~cover])))
    left = (sent == frame.values) & (frame.values != ground.values) & ~cover
    trial.hidden.count(not left.any())
    for ink, text in zip(frame.inks, frame.texts, strict=True):
        hidden = not left[ink].any()
        small, large = next(size for size in _SIZES if size[0] <= frame.size_px <= size[1])
        for name in ("zh" if _CHINESE.search(text) else "en", f"{small}–{large} px", ground.kind):
            trial.lines.setdefault(name, Share()).count(hidden)
        if not hidden:
            trial.missed.append((ground.kind, frame.size_px, text))
