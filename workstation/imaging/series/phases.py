"""Frames that share places → phases: echoes, points in time, heartbeats, diffusion weightings, kinds of picture.

What a frame is called by its numbers decides only where places repeat, or where two runs of slices lie in each other
or far apart.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, cast

from workstation.domain.geometry import DUPLICATE_MM, UNIFORM, Vector, dot
from workstation.domain.series import FactCode, StackFact
from workstation.domain.words import say_count
from workstation.imaging.dicom.attributes import Candidate
from workstation.imaging.dicom.components import components
from workstation.imaging.series import phase_words as words

Value = Callable[[Candidate], Hashable]

_FAR_MM: Final = 200.0  # wider than any detector: between slices of one acquisition no lost rotation leaves such a hole
_MOSTLY_TAKEN: Final = 0.75  # of the places of one stack: slices were lost, whatever they are called by
_HALF_TAKEN: Final = 0.5  # no more: what is regular so far apart was measured by a shift between runs
_MOST_KINDS: Final = 6  # of mosaics in one series
_MOST_CUT: Final = 0.25  # of the slices of the fullest phase
_BEAT_MS: Final = 2000.0  # no heart takes longer; times after a trigger that do are those of a dynamic series


@dataclass(frozen=True, slots=True)
class _Separator:
    """An attribute that may tell frames at one place apart.

    always     splits also frames that share no place: pictures of another kind
    numbered   set by the scanner for this purpose, so one phase may be a single image
    runs       tells runs of slices apart that lie in each other, or far apart
    planned    its parts are scans of their own, of which each may be meant to reach as far as it does
    """

    value: Value
    code: FactCode = FactCode.MULTI_PHASE
    always: bool = False
    numbered: bool = False
    runs: bool = False
    planned: bool = False
    sentence: words.Sentence = words.phase


def _shown(frame: Candidate) -> tuple[str, ...]:
    return frame.moment.component or components(frame.series.image_type)


def _in_plane(frame: Candidate) -> tuple[float, ...]:
    """Where the slice lies within its plane, mm: two legs, side by side."""
    instance = frame.instance
    assert instance.position is not None
    assert instance.row_cosine is not None
    assert instance.column_cosine is not None
    return tuple(round(dot(instance.position, way), 0) for way in (instance.row_cosine, instance.column_cosine))


# Tried one after the other. What is set for the purpose comes before what merely differs.
_SEPARATORS: Final = (
    _Separator(_shown, always=True, numbered=True, sentence=words.component),
    _Separator(lambda c: c.series.kernel, always=True, runs=True, sentence=words.kernel),
    _Separator(lambda c: c.moment.echo, FactCode.MULTI_ECHO, numbered=True, runs=True, sentence=words.echo),
    _Separator(lambda c: c.moment.b_value, numbered=True, runs=True, sentence=words.b_value),
    _Separator(lambda c: c.moment.direction, numbered=True, runs=True, sentence=words.direction),
    _Separator(lambda c: c.moment.temporal, numbered=True, runs=True),
    _Separator(lambda c: c.moment.echo_time, FactCode.MULTI_ECHO, sentence=words.echo),
    _Separator(lambda c: c.moment.cardiac_percent, sentence=words.heartbeat),
    _Separator(lambda c: c.moment.trigger_time),
    _Separator(lambda c: c.moment.inversion_time, sentence=words.inversion),
    _Separator(lambda c: c.moment.flip_angle, sentence=words.flip_angle),
    _Separator(lambda c: c.moment.kvp, runs=True, sentence=words.voltage),
    _Separator(lambda c: c.series.image_type, runs=True, planned=True, sentence=words.component),
    _Separator(lambda c: c.moment.dimensions),
    _Separator(lambda c: c.moment.acquisition, runs=True, planned=True),
    _Separator(lambda c: c.series.thickness, runs=True, planned=True, sentence=words.thickness),
    _Separator(lambda c: c.series.description, runs=True, planned=True),
    _Separator(_in_plane, sentence=words.part),
    _Separator(lambda c: c.moment.reference_time),
    _Separator(lambda c: c.moment.time, runs=True, planned=True),
    _Separator(lambda c: c.moment.content_time),
)


_KINDS: Final = _SEPARATORS[:4]  # which also tell apart what has no place


def _since_beat(frame: Candidate) -> float | None:
    return frame.moment.trigger_time


# Attributes that grow with time also where they differ from slice to slice: the first at each place is phase 1 …
_RANKED: Final[tuple[Value, ...]] = (
    lambda c: c.moment.temporal,
    _since_beat,
    lambda c: c.moment.cardiac_percent,
    lambda c: c.moment.reference_time,
    lambda c: c.moment.acquisition,
    lambda c: c.moment.time or None,
    lambda c: c.moment.content_time or None,
)


@dataclass(frozen=True, slots=True)
class Phase:
    """Frames that belong in one stack. `rank`: its place among the phases of its group."""

    frames: list[Candidate]
    facts: tuple[StackFact, ...] = ()
    rank: tuple[int, ...] = ()


def offsets_of(frames: Iterable[Candidate], normal: Vector) -> list[float]:
    """Where frames with a place lie along a normal, mm."""
    a, b, c = normal
    positions = [cast(Vector, frame.instance.position) for frame in frames]
    return [x * a + y * b + z * c for x, y, z in positions]


def phases(frames: list[Candidate], normal: Vector | None) -> list[Phase]:
    """Split frames of one orientation and size; each comes out in exactly one phase."""
    if len(frames) < 2:
        return [Phase(frames)]
    if normal is None:
        return _kinds(frames, _KINDS if frames[0].series.mosaic else ())
    return [Phase(frames)] if _plain(frames, normal) else _Splitter(_with_lost_b_values(frames, normal), normal).phases


def _with_lost_b_values(frames: list[Candidate], normal: Vector) -> list[Candidate]:
    """Images that lack a b value get the one that all others of their point in time have; 0 where no other is told.

    Nothing is filled in where several images of a point in time share a place: these are different pictures.
    """
    told = {frame.moment.b_value for frame in frames}
    if len(told) < 2 or None not in told:
        return frames
    places = _place_numbers(frames, normal)
    values: dict[Hashable, float] = {}
    for time, together in _parts(frames, lambda c: c.moment.temporal).items():
        of_time = {frame.moment.b_value for frame in together} - {None}
        images = {(one.instance.sop_instance_uid or one.instance.path, one.instance.frame) for one in together}
        alone = len({places[id(frame)] for frame in together}) == len(images)  # copies are one
        if alone and told == {None, 0.0}:
            values[time] = 0.0
        elif alone and time is not None and len(of_time) == 1:
            values[time] = cast(float, of_time.pop())
    return [
        replace(frame, moment=replace(moment, b_value=values[moment.temporal]))
        if (moment := frame.moment).b_value is None and moment.temporal in values
        else frame
        for frame in frames
    ]


def _kinds(frames: list[Candidate], separators: Sequence[_Separator]) -> list[Phase]:
    """Mosaics, of which each is a volume, one kind after the other."""
    if not separators:
        return _volumes(frames)
    first, *rest = separators
    parts = _parts(frames, first.value)
    if not 2 <= len(parts) <= _MOST_KINDS:  # each direction may have a b value of its own
        return _kinds(frames, rest)
    return [
        Phase(p.frames, (*kind.facts, *p.facts), (*kind.rank, *p.rank))
        for kind in _side_by_side(parts, first)
        for p in _kinds(kind.frames, rest)
    ]


def _volumes(frames: Sequence[Candidate]) -> list[Phase]:
    """Frames without a place: those of each point in time, where all have equally many, as ultrasound volumes have."""
    times = _Separator(lambda c: c.moment.temporal)
    parts = _parts(frames, times.value)
    sizes = {len(part) for part in parts.values()}
    if len(parts) < 2 or None in parts or len(sizes) > 1 or 1 in sizes:
        return [Phase(list(frames))]
    return _side_by_side(parts, times)


def _side_by_side(parts: dict[Hashable, list[Candidate]], separator: _Separator) -> list[Phase]:
    """Each part is a phase, in the order of their values."""
    phases: list[Phase] = []
    for number, value in enumerate(sorted(parts, key=_sorting), start=1):
        sentence, brief = separator.sentence(value, number, len(parts))
        phases.append(Phase(parts[value], (StackFact(separator.code, sentence, float(len(parts)), brief),), (number,)))
    return phases


def _plain(frames: Sequence[Candidate], normal: Vector) -> bool:
    """One kind of picture in even steps, as most series are: there is nothing to split."""
    first = frames[0]
    if any(f.series is not first.series or f.moment.component != first.moment.component for f in frames):
        return False
    offsets = sorted(offsets_of(frames, normal))
    return all(b - a > DUPLICATE_MM for a, b in pairwise(offsets)) and _even(offsets)


class _Splitter:
    """`places`: for each frame the number of its place along the normal. Copies go where their original goes."""

    def __init__(self, frames: Sequence[Candidate], normal: Vector) -> None:
        self._normal = normal
        self._places = _place_numbers(frames, normal)
        originals: dict[Hashable, Candidate] = {}
        self._copies: dict[int, list[Candidate]] = {}
        for frame in frames:
            instance = frame.instance
            # The same frame of the same instance at the same place and moment is a copy, whatever file it lies in.
            key = (instance.sop_instance_uid or instance.path, instance.frame, self._places[id(frame)], frame.moment)
            original = originals.setdefault(key, frame)
            if original is not frame:
                self._copies.setdefault(id(original), []).append(frame)
        self.phases = [
            Phase(
                [f for frame in phase.frames for f in (frame, *self._copies.get(id(frame), ()))],
                phase.facts,
                phase.rank,
            )
            for phase in self._split(list(originals.values()), _SEPARATORS)
        ]

    def _split(self, frames: list[Candidate], separators: Sequence[_Separator]) -> list[Phase]:
        for number, separator in enumerate(separators):
            if separator.always:
                parts = _parts(frames, separator.value)
                if len(parts) > 1:
                    return self._divided(parts, separator, separators[number + 1 :])
        depth = self._depth(frames)
        if depth == 1:
            return self._runs(frames, separators, depth) or [Phase(frames)]
        for number, separator in enumerate(separators):
            parts = _parts(frames, separator.value)
            if len(parts) > 1 and self._separates(parts, depth, separator):
                return self._divided(parts, separator, (*separators[:number], *separators[number + 1 :]))
        return self._runs(frames, separators, depth) or self._ranked(frames, depth)

    def _separates(self, parts: dict[Hashable, list[Candidate]], depth: int, separator: _Separator) -> bool:
        """Whether the values are shared by the places, so that each part is a run of slices.

        There are no more of them than one place holds, and each part holds fewer at a place; where a part holds but
        one, runs that overlap at their ends may follow each other, which makes more values than frames at a place.
        """
        sizes = [len(part) for part in parts.values()]
        if max(sizes) < 2 or (min(sizes) < 2 and not separator.numbered):
            return False
        depths = [self._depth(part) for part in parts.values()]
        if len(parts) <= depth:
            return max(depths) < depth
        different = len({frozenset(self._occupied(part)) for part in parts.values()}) == len(parts)
        return max(depths) == 1 and different and len(parts) <= 2 * depth

    def _divided(
        self, parts: dict[Hashable, list[Candidate]], separator: _Separator, rest: Sequence[_Separator]
    ) -> list[Phase]:
        divided: list[Phase] = []
        values = sorted(parts, key=_sorting)
        fullest = max(map(self._offsets, parts.values()), key=len) if not separator.always else []
        for number, value in enumerate(values, start=1):
            sentence, brief = separator.sentence(value, number, len(parts))
            facts = [StackFact(separator.code, sentence, float(len(parts)), brief)]
            for phase in self._split(parts[value], rest):
                short = _cut_short(self._offsets(phase.frames), fullest, planned=separator.planned)
                known = short if not any(fact.code is FactCode.GAP for fact in phase.facts) else ()
                divided.append(Phase(phase.frames, (*known, *facts, *phase.facts), (number, *phase.rank)))
        return divided

    def _ranked(self, frames: list[Candidate], depth: int) -> list[Phase]:
        """Frames whose times differ from slice to slice: the first at each place is phase 1, the next phase 2 …

        Where one is lost, the next at its place is of a later phase, so passes that follow each other are cut where a
        place comes again. Others are taken for cut short at their end, and only if no place lacks more than one; of
        heartbeats, which all start anew, the quicker ones may have half as many.
        """
        at_place: dict[int, list[Candidate]] = {}
        for frame in frames:
            at_place.setdefault(self._places[id(frame)], []).append(frame)
        full = sum(len(held) == depth for held in at_place.values())
        even = full == len(at_place)
        least = min(map(len, at_place.values()))
        one_lost = least >= depth - 1
        if len(at_place) < 2 or (2 * full < len(at_place) and (depth == 2 or not one_lost)):
            return [Phase(frames)]
        for value in (*_RANKED, _numbered) if even or depth > 2 else _RANKED:
            if not all(_all_differ([value(frame) for frame in held]) for held in at_place.values()):
                continue
            parts: dict[Hashable, list[Candidate]] = {}
            beats = value is _since_beat and all(cast(float, value(frame)) < _BEAT_MS for frame in frames)
            passes = [] if even or beats else self._passes(frames, value)
            if len(passes) == depth:
                parts = dict(enumerate(passes))
            elif even or (one_lost and value is not _numbered) or (beats and 2 * least >= depth):
                for held in at_place.values():
                    for rank, frame in enumerate(sorted(held, key=lambda f: _sorting(value(f)))):
                        parts.setdefault(rank, []).append(frame)
            if parts:
                return self._divided(parts, _Separator(_numbered), ())
        return [Phase(frames)]

    def _passes(self, frames: Sequence[Candidate], value: Value) -> list[list[Candidate]]:
        """Frames one after the other; where a place comes again, another pass starts.

        One that lacks its first slice takes that of the next, or, looked at from the end, its last that of the one
        before. Either makes a jump, so the look with the shorter ways is right.
        """
        ordered = sorted(frames, key=lambda f: _sorting(value(f)))
        looks = [self._cut(ordered), [one[::-1] for one in self._cut(ordered[::-1])][::-1]]
        return min(looks, key=lambda passes: (len(passes), sum(map(self._way, passes))))

    def _cut(self, ordered: Sequence[Candidate]) -> list[list[Candidate]]:
        passes: list[list[Candidate]] = []
        seen: set[int] = set()
        for frame in ordered:
            place = self._places[id(frame)]
            if not passes or place in seen:
                passes.append([])
                seen.clear()
            passes[-1].append(frame)
            seen.add(place)
        return passes

    def _way(self, frames: Sequence[Candidate]) -> int:
        return sum(abs(self._places[id(a)] - self._places[id(b)]) for a, b in pairwise(frames))

    def _runs(self, frames: list[Candidate], separators: Sequence[_Separator], depth: int) -> list[Phase]:
        """Evenly spaced runs of slices that lie in each other, unevenly together, or far apart are stacks; [] for none.

        Runs that lack slices are so as well, unless together they are one that lacks slices. Where places repeat, all
        runs have to lie in each other: others are parts of one that was taken again.
        """
        of_place = {self._places[id(f)]: at for f, at in zip(frames, offsets_of(frames, self._normal), strict=True)}
        together = sorted(of_place.values())
        if _even(together):
            return []
        taken = _share_taken(together)
        fits = _even if taken > _HALF_TAKEN else regular
        for number, separator in enumerate(separators):
            parts = _parts(frames, separator.value) if separator.runs else {}
            sizes = [len(part) for part in parts.values()]
            if len(parts) < 2 or max(sizes) < 3 or (min(sizes) < 3 and not separator.numbered):
                continue
            runs = [sorted(offsets_of(part, self._normal)) for part in parts.values()]
            if max(map(self._depth, parts.values())) > 1 or not all(map(fits, runs)):
                continue
            ends = sorted((run[0], run[-1]) for run in runs)
            within = [a[1] > b[0] for a, b in pairwise(ends)]
            far = depth == 1 and any(b[0] - a[1] > _FAR_MM for a, b in pairwise(ends))
            common = max(start for start, _ in ends) < min(end for _, end in ends)
            if far or (taken <= _MOSTLY_TAKEN and (common if depth > 1 else any(within))):
                return self._divided(parts, separator, separators[number + 1 :])
        return []

    def _depth(self, frames: Sequence[Candidate]) -> int:
        """How many frames lie at one place at most."""
        counts: dict[int, int] = {}
        for frame in frames:
            place = self._places[id(frame)]
            counts[place] = counts.get(place, 0) + 1
        return max(counts.values())

    def _offsets(self, frames: Sequence[Candidate]) -> list[float]:
        """Those of the places that are taken, ascending, mm."""
        at = zip(frames, offsets_of(frames, self._normal), strict=True)
        return sorted({self._places[id(frame)]: offset for frame, offset in at}.values())

    def _occupied(self, frames: Sequence[Candidate]) -> set[int]:
        return {self._places[id(frame)] for frame in frames}


def _place_numbers(frames: Sequence[Candidate], normal: Vector) -> dict[int, int]:
    ordered = sorted(zip(offsets_of(frames, normal), map(id, frames), strict=True))
    numbers: dict[int, int] = {}
    start, number = ordered[0][0], 0
    for offset, key in ordered:
        if offset - start > DUPLICATE_MM:
            number += 1
            start = offset
        numbers[key] = number
    return numbers


def _parts(frames: Sequence[Candidate], value: Value) -> dict[Hashable, list[Candidate]]:
    parts: dict[Hashable, list[Candidate]] = {}
    for frame in frames:
        parts.setdefault(value(frame), []).append(frame)
    return parts


def _numbered(frame: Candidate) -> int | None:
    return frame.instance.instance_number


def _all_differ(values: Sequence[Hashable]) -> bool:
    return None not in values and len(set(values)) == len(values)


def _sorting(value: Hashable) -> tuple[bool, object]:
    """Values of one attribute in their order, what is missing last."""
    return (value is None, value if value is not None else 0)


def _even(offsets: Sequence[float]) -> bool:
    """Whether ascending offsets have equal steps."""
    steps = sorted([b - a for a, b in pairwise(offsets)])
    if not steps:
        return True
    middle = steps[len(steps) // 2]
    return steps[-1] - middle <= UNIFORM * middle + 1e-6 and middle - steps[0] <= UNIFORM * middle + 1e-6


def regular(offsets: Sequence[float]) -> bool:
    """Whether ascending offsets have equal steps where none is missing between them."""
    if len(offsets) < 2:
        return True
    steps = sorted([b - a for a, b in pairwise(offsets)])
    base = steps[(len(steps) - 1) // 2]
    return all(round(step / base) >= 1 and abs(step - round(step / base) * base) <= UNIFORM * step for step in steps)


def _share_taken(offsets: Sequence[float]) -> float:
    """How many of the places of one stack that lacks slices are taken; 0 where ascending offsets are no such stack."""
    if not regular(offsets):
        return 0.0
    steps = sorted([b - a for a, b in pairwise(offsets)])
    return len(offsets) / (1 + round((offsets[-1] - offsets[0]) / steps[(len(steps) - 1) // 2]))


def _cut_short(held: Sequence[float], fullest: Sequence[float], *, planned: bool) -> tuple[StackFact, ...]:
    """A phase that lacks slices at an end that the fullest phase has, by their offsets; a hole within it is seen by its
    steps. A scan of its own that lacks many was meant to be as it is, and so was one with other steps."""
    step = _middle_step(fullest)
    if not step or (planned and abs(_middle_step(held) - step) > UNIFORM * step):
        return ()
    first, last = held[0] - step / 2, held[-1] + step / 2
    missing = sum(not first < offset < last for offset in fullest)
    longer = held[0] < fullest[0] - step / 2 or held[-1] > fullest[-1] + step / 2
    if not missing or longer or (planned and missing > _MOST_CUT * len(fullest)):
        return ()
    sentence = say_count(
        "{count} slice at the end is missing that other phases have.",
        "{count} slices at the ends are missing that other phases have.",
        missing,
    )
    return (StackFact(FactCode.GAP, sentence, float(missing)),)


def _middle_step(offsets: Sequence[float]) -> float:
    """0 where there is none."""
    steps = sorted(b - a for a, b in pairwise(offsets))
    return steps[(len(steps) - 1) // 2] if steps else 0.0
