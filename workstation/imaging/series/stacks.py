"""Frames → stacks: one orientation, echo, phase and image type each, in canonical order, with what is to be known."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from workstation.domain.error import WorkstationError
from workstation.domain.geometry import (
    DUPLICATE_MM,
    Geometry,
    Plane,
    Vector,
    plane_of,
)
from workstation.domain.series import FactCode, FileForm, Instance, Stack, StackFact
from workstation.domain.words import say, say_count
from workstation.imaging.dicom.attributes import Candidate
from workstation.imaging.dicom.series_info import SeriesInfo
from workstation.imaging.series.compare import Comparison
from workstation.imaging.series.facts import content_facts, in_hu, is_localizer, place_facts
from workstation.imaging.series.mosaics import without_false_places
from workstation.imaging.series.orientations import Normals, direction, normals_of
from workstation.imaging.series.phases import offsets_of, phases

SamePixels = Callable[[Instance, Instance], bool]
_LOCALIZER_SLICES: Final = 7  # in each plane, at most, of one that does not say that it is a localizer
_LOSSY_SYNTAXES: Final = (".4.50", ".4.51", ".4.53", ".4.55", ".4.81", ".4.111")  # JPEG, JPEG-LS near-lossless
_VIEWS: Final = frozenset({"CR", "DX", "MG", "IO", "PX", "RG", "XC"})  # one picture each, from the front or the side
_IN_SPACE: Final = 2  # frames; where each has a frame of reference of its own, somebody made up new UIDs file by file
_TURNING: Final = 4  # directions with one image each, which are more than the planes of a localizer
_COMPARED: Final = 32  # pictures under one name at one place that another is compared with: each has to be read
_PLANE_ORDER: Final = (Plane.AXIAL, Plane.SAGITTAL, Plane.CORONAL, Plane.NONE)


@dataclass(slots=True, eq=False)
class _Group:
    """Frames that belong together. `normal` None: they have no place, or no common direction. `facts`, `rank`: echo
    and phase."""

    frames: list[Candidate]
    normal: Vector | None
    localizer: bool
    facts: tuple[StackFact, ...] = ()
    rank: tuple[int, ...] = ()

    @property
    def order(self) -> tuple[object, ...]:
        """Readable stacks before localizers, then by plane, phase and size, as they were taken, and by place."""
        first = self.frames[0]
        plane = plane_of(self.normal) if self.normal is not None else Plane.NONE
        return (
            self.localizer,
            _PLANE_ORDER.index(plane),
            self.rank,
            -first.instance.pixels.rows * first.instance.pixels.columns,
            first.instance.instance_number or 0,
            self.normal or (0.0, 0.0, 0.0),
            first.instance.position or (0.0, 0.0, 0.0),
            first.moment.film,
            first.instance.path,
            first.instance.frame,
        )


def number_stacks(of_series: Iterable[Sequence[Stack]]) -> tuple[Stack, ...]:
    """Give every stack its id `UID#k`, k from 0 within the UID, in an order that does not depend on the input's."""
    counts: dict[str, int] = {}
    numbered: list[Stack] = []
    for stacks in sorted(of_series, key=_series_order):
        for stack in stacks:
            number = counts[stack.id] = counts.get(stack.id, -1) + 1
            numbered.append(replace(stack, id=f"{stack.id}#{number}"))
    return tuple(numbered)


def _series_order(stacks: Sequence[Stack]) -> tuple[object, ...]:
    first = stacks[0]
    return (
        first.patient.id,
        first.patient.name,
        first.study.date,
        first.study.uid,
        first.series_number if first.series_number is not None else 2**31,
        first.series_uid,
        first.instances[0].path,
        first.instances[0].frame,
    )


def stacks_of_series(frames: Sequence[Candidate], same: SamePixels | None = None) -> list[Stack]:
    """The stacks of one series; their ids are not numbered yet."""
    groups = _split(without_false_places(sorted(frames, key=_file_order)))
    groups.sort(key=lambda group: group.order)
    same = same or Comparison()
    stacks = [_stack(group, same) for group in groups]
    counted: set[str] = set()
    for number, stack in enumerate(stacks):
        new = {instance.path for instance in (*stack.instances, *stack.spare)} - counted
        if len(new) != stack.files:
            stacks[number] = replace(stack, files=len(new))
        counted |= new
    return stacks


def _file_order(candidate: Candidate) -> tuple[object, ...]:
    instance = candidate.instance
    number = instance.instance_number
    return (number if number is not None else 2**31, instance.path, instance.frame)


def _split(frames: list[Candidate]) -> list[_Group]:
    normals = normals_of(frames)
    localizers = _localizers(frames)
    three_planes = _three_planes(frames, normals, localizers)
    films = _films(frames)
    mixed = len({frame.series.modality for frame in frames} - {""}) > 1
    spaces = len({frame.series.frame_of_reference_uid for frame in frames} - {""})
    apart = spaces > 1 and len(frames) >= _IN_SPACE * spaces
    groups: dict[tuple[object, ...], list[Candidate]] = {}
    alike: dict[tuple[object, ...], list[Candidate]] = {}  # a quick look at what most frames have in common
    for frame in frames:
        instance = frame.instance
        placed = instance.position is not None
        film = "" if placed and not films else films.get(_film(frame), "")
        if not placed and not film and frame.series.modality in _VIEWS:
            film = instance.sop_instance_uid or instance.path
        look = (
            id(frame.series),
            id(instance.pixels),
            instance.row_cosine,
            instance.column_cosine,
            instance.spacing,
            placed,
            frame.moment.stack,
            film,
        )
        members = alike.get(look)
        if members is None:
            members = alike[look] = groups.setdefault(_key(frame, normals, localizers, film, mixed, apart), [])
        members.append(frame)
    split = [] if three_planes else _turned(groups)
    for members in groups.values():
        normal = direction(members[0], normals)[1]
        localizer = three_planes or id(members[0].series) in localizers
        split += [_Group(p.frames, normal, localizer, p.facts, p.rank) for p in phases(members, normal)]
    return split


def _turned(groups: dict[tuple[object, ...], list[Candidate]]) -> list[_Group]:
    """Take out images that each look from a direction of their own, such as projections around a head: one stack to
    turn it by, in the order of their numbers."""
    alike: dict[tuple[object, ...], list[tuple[object, ...]]] = {}
    for key, frames in groups.items():
        image = {(frame.instance.sop_instance_uid or frame.instance.path, frame.instance.frame) for frame in frames}
        cluster, localizer, *rest = key
        if len(image) == 1 and cluster != -1 and not localizer:
            alike.setdefault(tuple(rest), []).append(key)
    turned: list[_Group] = []
    for keys in alike.values():
        if len(keys) >= _TURNING:
            frames = sorted((frame for key in keys for frame in groups.pop(key)), key=_file_order)
            sentence = say("Each of the {count} images looks from a direction of its own.", count=len(keys))
            turned.append(_Group(frames, None, False, (StackFact(FactCode.OBLIQUE, sentence),)))
    return turned


def _localizers(frames: Sequence[Candidate]) -> frozenset[int]:
    """Which of the `SeriesInfo` of frames are localizers, by their ids."""
    infos = _infos(frames)
    named = {info.description for info in infos.values() if is_localizer(info, 1)}
    images: dict[str, set[tuple[str, int]]] = {name: set() for name in named}  # copies are one
    if named:
        for frame in frames:
            instance = frame.instance
            if frame.series.description in images:
                images[frame.series.description].add((instance.sop_instance_uid or instance.path, instance.frame))
    return frozenset(
        key
        for key, info in infos.items()
        if info.description in named and is_localizer(info, len(images[info.description]))
    )


def _three_planes(frames: Sequence[Candidate], normals: Normals, localizers: frozenset[int]) -> bool:
    """A few images in each of the three planes are a localizer; many, several of one place, or computed ones are to be
    read.

    Where some say that they are one, the others are none.
    """
    infos = _infos(frames).values()
    if len({id(info) in localizers for info in infos}) == 2:
        return False
    planes = {number: plane_of(normal) for number, normal in normals.values()}
    if len(set(planes.values())) < 3 or any(info.image_type[:1] == ("DERIVED",) for info in infos):
        return False
    images: dict[Plane, set[tuple[str, int]]] = {}  # copies are one
    places: dict[Plane, set[tuple[object, ...]]] = {}
    for frame in frames:
        instance, number = frame.instance, direction(frame, normals)[0]
        if number >= 0 and instance.position is not None:
            images.setdefault(planes[number], set()).add((instance.sop_instance_uid or instance.path, instance.frame))
            places.setdefault(planes[number], set()).add((number, *(round(mm, 1) for mm in instance.position)))
    few = all(len(images[plane]) <= min(_LOCALIZER_SLICES, len(places[plane])) for plane in images)
    return few and len(images) == 3


def _key(
    frame: Candidate, normals: Normals, localizers: frozenset[int], film: str, mixed: bool, apart: bool
) -> tuple[object, ...]:
    """What frames of one stack agree in: orientation, size, which of several modalities and of several spaces; without
    a place their film."""
    pixels, spacing = frame.instance.pixels, frame.instance.spacing
    cluster, normal = direction(frame, normals)
    return (
        cluster,
        id(frame.series) in localizers,
        (pixels.rows, pixels.columns, pixels.samples, pixels.photometric, pixels.bits_allocated),
        spacing and tuple(round(mm, 3) for mm in spacing),
        frame.moment.stack,
        film if normal is None else "",
        frame.series.modality if mixed else "",
        frame.series.frame_of_reference_uid if apart and normal is not None else "",
    )


def _film(frame: Candidate) -> str:
    """Pages of a picture file are photographs beside each other, no run of frames."""
    instance = frame.instance
    page = f"#{instance.frame}" if instance.form is FileForm.PICTURE else ""
    return frame.moment.film or f"{instance.path}{page}"


def _films(frames: Iterable[Candidate]) -> dict[str, str]:
    """Runs of several frames in one file, or in files that are parts of one: each is a film of its own."""
    return {_film(frame): _film(frame) for frame in frames if frame.instance.frame > 0 or frame.moment.film}


def _stack(group: _Group, same: SamePixels) -> Stack:
    frames, offsets = group.frames, None
    if group.normal is not None:
        offsets = offsets_of(frames, group.normal)
        order = sorted(range(len(frames)), key=offsets.__getitem__)  # of equals that of their files
        frames, offsets = [frames[k] for k in order], [offsets[k] for k in order]
    kept, spare, facts = _without_duplicates(frames, offsets, same)
    series, instances = kept[0].series, tuple(frame.instance for frame in kept)
    geometry = _geometry(kept) if group.normal is not None else None
    if group.normal is None and not any(fact.code is FactCode.OBLIQUE for fact in group.facts):
        sentence = (
            say("Each image shows many slices side by side, and has no place of its own in the patient.")
            if series.mosaic
            else say("The images do not say where they lie in the patient.")
        )
        facts.append(StackFact(FactCode.NO_POSITION, sentence))
    elif kept[0].instance.spacing is None:
        facts.append(StackFact(FactCode.NO_POSITION, say("The images do not say how large their pixels are.")))
    if geometry is not None:
        facts += place_facts(geometry, gantry=series.modality == "CT" and not series.file)
    infos = _infos(kept).values()
    if any(info.rescaled is None for info in infos):
        facts.append(StackFact(FactCode.NOT_RESCALED, say("Slope or intercept can't be read: values are as stored.")))
    facts += series.told
    facts += group.facts
    facts += content_facts(series, instances, group.localizer)
    return Stack(
        id=series.series_uid or series.digest or _digest(series, instances[0]),
        series_uid=series.series_uid,
        study=series.study,
        patient=series.patient,
        frame_of_reference_uid=series.frame_of_reference_uid,
        modality=series.modality,
        series_number=series.series_number,
        description=series.description,
        body_part=series.body_part,
        image_type=series.image_type,
        kernel=series.kernel,
        manufacturer=series.manufacturer,
        contrast=series.contrast,
        patient_position=series.patient_position,
        thickness=series.thickness,
        instances=instances,
        spare=tuple(frame.instance for frame in spare),
        geometry=geometry,
        facts=tuple(facts),
        files=len({frame.instance.path for frame in (*kept, *spare)}),
        laterality=series.laterality,
        view_position=series.view_position,
        acquired=series.acquired,
        film=series.film,
        lossy=_lossy(series, instances[0]),
        unit="HU" if not instances[0].pixels.coloured and all(map(in_hu, infos)) else "",
    )


def _infos(frames: Iterable[Candidate]) -> dict[int, SeriesInfo]:
    """By their ids; few, for files of one series share theirs."""
    return {id(frame.series): frame.series for frame in frames}


def _lossy(series: SeriesInfo, first: Instance) -> float | None:
    """As the file says it, or its transfer syntax."""
    lost = first.form is FileForm.DICOM and first.transfer_syntax.endswith(_LOSSY_SYNTAXES)
    return 0.0 if series.lossy is None and lost else series.lossy


def _without_duplicates(
    frames: Sequence[Candidate], offsets: Sequence[float] | None, same: SamePixels
) -> tuple[list[Candidate], list[Candidate], list[StackFact]]:
    """Frames in order → kept, spare, facts. A copy is the same frame with the same pixels at the same place."""
    places = _places(frames, offsets)
    kept, copies, others, first_copy, first_other = [], [], [], 0, 0
    for number, place in enumerate(places, start=1):
        kept.append(place[0])
        if len(place) == 1:
            continue
        known = {_name(place[0]): [place[0]]}
        for frame in place[1:]:
            of_name = known.setdefault(_name(frame), [])
            if any(same(frame.instance, other.instance) for other in of_name[-_COMPARED:]):
                copies.append(frame)
                first_copy = first_copy or number
            else:
                others.append(frame)
                of_name.append(frame)
                first_other = first_other or number
    facts: list[StackFact] = []
    if copies:
        sentence = say_count(
            "{count} exact copy was dropped, of slice {slice}.",
            "{count} exact copies were dropped, first of slice {slice}.",
            len(copies),
            slice=first_copy,
        )
        facts.append(StackFact(FactCode.DUPLICATE, sentence, float(len(copies))))
    if others:
        sentence = say_count(
            "{count} other image lies at the same place as slice {slice}.",
            "{count} other images lie at places that are taken, first that of slice {slice}.",
            len(others),
            slice=first_other,
        )
        facts.append(StackFact(FactCode.DUPLICATE_DIFFERS, sentence, float(len(others))))
    if len(places) == 1 and offsets is not None and others and _in_time([frames[0], *others]):
        sentence = say("{count} images of one place, one after the other in time.", count=len(others) + 1)
        facts.append(StackFact(FactCode.MULTI_PHASE, sentence, float(len(others) + 1)))
    if len(others) >= len(places) and not _sent_again(places, same):
        # A series in time rather than in space: all are worth looking at.
        dropped = {id(frame) for frame in copies}
        return sorted((f for f in frames if id(f) not in dropped), key=_file_order), copies, facts
    return kept, [*copies, *others], facts


def _sent_again(places: Sequence[Sequence[Candidate]], same: SamePixels) -> bool:
    """Whether every image came again under another name."""
    doubled = [place for place in places if len(place) > 1]
    return len(places) > 1 and all(same(place[0].instance, again.instance) for place in doubled for again in place[1:])


def _places(frames: Sequence[Candidate], offsets: Sequence[float] | None) -> list[list[Candidate]]:
    """Frames in order → those at one place together; without places, those of one name."""
    places: list[list[Candidate]] = []
    last = -math.inf  # the offset of the first frame of the last place
    for frame, offset in zip(frames, offsets or [0.0] * len(frames), strict=True):
        if offset - last <= DUPLICATE_MM and (offsets or _same_name(places[-1][0], frame)):
            places[-1].append(frame)
        else:
            places.append([frame])
            last = offset
    return places


def _same_name(a: Candidate, b: Candidate) -> bool:
    return bool(a.instance.sop_instance_uid) and _name(a) == _name(b)


def _name(frame: Candidate) -> tuple[str, int]:
    """Frames of one file are never each other's copies: a film may stand still."""
    return (frame.instance.sop_instance_uid, frame.instance.frame)


def _in_time(frames: Sequence[Candidate]) -> bool:
    """Whether each frame has a time of its own."""
    times = {(f.moment.temporal, f.moment.trigger_time, f.moment.time, f.moment.content_time) for f in frames}
    return len(times) == len(frames)


def _geometry(frames: Sequence[Candidate]) -> Geometry | None:
    first = frames[0].instance
    if first.spacing is None or first.row_cosine is None or first.column_cosine is None:
        return None
    thickness = frames[0].series.thickness
    try:
        return Geometry(
            positions=np.array([frame.instance.position for frame in frames], dtype=np.float64),
            row_cosine=first.row_cosine,
            column_cosine=first.column_cosine,
            spacing=first.spacing,
            rows=first.pixels.rows,
            columns=first.pixels.columns,
            thickness=thickness if thickness is not None and thickness > 0 else 1.0,
        )
    except WorkstationError:
        return None


def _digest(series: SeriesInfo, first: Instance) -> str:
    """A name for a series without one: from study and geometry, nothing that names the patient."""
    parts = (
        series.study.uid,
        series.frame_of_reference_uid,
        series.modality,
        series.series_number,
        first.row_cosine,
        first.column_cosine,
        first.spacing,
        (first.pixels.rows, first.pixels.columns),
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
