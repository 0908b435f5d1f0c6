"""Which series an object belongs to: those that it names, those of the images that it names, or those of its space."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from workstation.domain.series import FoundObject, Stack, Tie


@dataclass(slots=True, eq=False)
class _Here:
    """What one scan found; series by their UID, by the id of the stack where there is none.

    of_instance, of_space  series of each image that some object names, and of each frame of reference
    """

    objects: Mapping[str, FoundObject]
    series: set[str] = field(default_factory=set)
    of_instance: dict[str, dict[str, None]] = field(default_factory=dict)
    of_space: dict[str, dict[str, None]] = field(default_factory=dict)


def tied(objects: Sequence[FoundObject], stacks: Iterable[Stack]) -> tuple[FoundObject, ...]:
    """The objects with `refers_to` and `tie` filled as far as this scan's stacks and objects tell.

    A report's evidence need not list every series that it draws on, and series are given new UIDs under objects that
    know the old ones: images that are named count beside series that are. Named series stay, also when they are not
    here: they may come. An object may name another (a dose its plan, a plan its structures), so what is named is
    followed to its end. A shared frame of reference is the weaker tie, and taken only where nothing named is here.
    """
    if not any(found.refers_to or found.named or found.frame_of_reference_uid for found in objects):
        return tuple(objects)
    wanted = {uid for found in objects for uid in found.named}
    here = _Here({found.uid: found for found in objects if found.uid})
    for stack in stacks:
        uid = stack.series_uid or stack.id
        here.series.add(uid)
        if stack.frame_of_reference_uid:
            here.of_space.setdefault(stack.frame_of_reference_uid, {})[uid] = None
        if wanted:
            for instance in (*stack.instances, *stack.spare):
                if instance.sop_instance_uid in wanted:
                    here.of_instance.setdefault(instance.sop_instance_uid, {})[uid] = None
    return tuple(_tied(found, here) for found in objects)


def _tied(found: FoundObject, here: _Here) -> FoundObject:
    series = dict.fromkeys(found.refers_to)
    for uid in found.named:
        if uid in here.of_instance:
            series |= here.of_instance[uid]
    if not found.refers_to or here.series.isdisjoint(series):
        series |= _followed(found, here)
    if here.series.isdisjoint(series) and (shared := here.of_space.get(found.frame_of_reference_uid)):
        return replace(found, refers_to=(*series, *shared), tie=Tie.FRAME_OF_REFERENCE)
    return replace(found, refers_to=tuple(series)) if len(series) > len(found.refers_to) else found


def _followed(found: FoundObject, here: _Here) -> dict[str, None]:
    """The series that the objects it names belong to, and those that these name."""
    series: dict[str, None] = {}
    seen = {found.uid}
    waiting = [found]
    while waiting:
        one = waiting.pop()
        series |= dict.fromkeys(one.refers_to)
        for uid in one.named:
            if uid in here.of_instance:
                series |= here.of_instance[uid]
            elif uid in here.objects and uid not in seen:
                seen.add(uid)
                waiting.append(here.objects[uid])
    return series
