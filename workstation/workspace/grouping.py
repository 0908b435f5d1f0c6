"""What belongs together among the things that a scan found: objects with their series, left-out files by reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.sentences import sentence
from workstation.domain.series import FileForm, FoundObject, LeftOut, Stack
from workstation.domain.words import NOTHING, Words, say

_THROUGH: Final = frozenset({"archive", "dicomdir"})


def nobodys(stacks: Iterable[Stack]) -> Words:
    """What files are called together that name nobody and no examination, such as NIfTI; NOTHING where others are among
    them."""
    forms = {stack.instances[0].form for stack in stacks}
    if not forms or FileForm.DICOM in forms:
        return NOTHING
    if FileForm.PICTURE not in forms:
        return say("NIfTI files")
    return say("Pictures") if len(forms) == 1 else say("Pictures and NIfTI files")


@dataclass(frozen=True, slots=True)
class ObjectGroup:
    """Objects of one kind that belong to one place."""

    kind: str
    objects: tuple[FoundObject, ...]


@dataclass(frozen=True, slots=True)
class Tied:
    """by_stack: objects under the first stack that they refer to, by stack id. apart: those that refer to none here.
    through: archives and indices of discs, which refer to nothing themselves but hold or name what was found."""

    by_stack: Mapping[str, tuple[ObjectGroup, ...]]
    apart: tuple[ObjectGroup, ...]
    through: tuple[ObjectGroup, ...] = ()

    @property
    def others(self) -> tuple[tuple[Words, tuple[ObjectGroup, ...]], ...]:
        """What stands under no series, each kind of it with its head."""
        both = (say("Not tied to a series here"), self.apart), (say("Archives and indices"), self.through)
        return tuple((head, groups) for head, groups in both if groups)


def tied(stacks: Iterable[Stack], objects: Iterable[FoundObject]) -> Tied:
    """Each object once."""
    first: dict[str, str] = {}
    for stack in stacks:
        first.setdefault(stack.series_uid or stack.id, stack.id)
    places: dict[str, list[FoundObject]] = {}
    through: list[FoundObject] = []
    for found in objects:
        if found.kind in _THROUGH:
            through.append(found)
        else:
            place = next((first[uid] for uid in found.refers_to if uid in first), "")
            places.setdefault(place, []).append(found)
    apart = _by_kind(places.pop("", ()))
    return Tied({place: _by_kind(of) for place, of in places.items()}, apart, _by_kind(through))


def _by_kind(objects: Iterable[FoundObject]) -> tuple[ObjectGroup, ...]:
    kinds: dict[str, list[FoundObject]] = {}
    for found in objects:
        kinds.setdefault(found.kind, []).append(found)
    return tuple(ObjectGroup(kind, tuple(of)) for kind, of in kinds.items())


@dataclass(frozen=True, slots=True)
class LeftOutGroup:
    """Files that were left out for one reason; only figures in its sentence may differ from file to file."""

    files: tuple[LeftOut, ...]

    @property
    def sentence(self) -> Words | None:
        """The one sentence that holds for all; None where each has its own figures."""
        first = self.files[0].sentence
        return first if all(left.sentence == first for left in self.files) else None

    @property
    def remedy(self) -> Words:
        """What can be done about it."""
        return remedy(self.files[0])


def by_reason(left_out: Sequence[LeftOut]) -> tuple[LeftOutGroup, ...]:
    """The most frequent reason last: what went wrong with few files is the news, a folder of text files is not."""
    groups: dict[tuple[ErrorCode, str], list[LeftOut]] = {}
    for left in left_out:
        groups.setdefault((left.code, left.sentence.message), []).append(left)
    return tuple(sorted((LeftOutGroup(tuple(of)) for of in groups.values()), key=lambda group: len(group.files)))


def remedy(left: LeftOut) -> Words:
    """What can be done about a file that was left out."""
    return sentence(WorkstationError(left.code, **dict(left.sentence.facts))).remedy
