"""Which series an object belongs to: those that it names, those of the images that it names, or those of its space."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from workstation.domain.series import FoundObject, Stack, Tie


def tied(objects: Sequence[FoundObject], stacks: Iterable[Stack]) -> tuple[FoundObject, ...]:
    """The objects with `refers_to` and `tie` filled as far as this scan's stacks and objects tell.

    An object may name another (a dose its plan, a plan its structures), so what is named is followed to its end.
    A shared frame of reference is the weaker tie, and taken only where nothing is named.
    """
    if all(found.refers_to or not (found.named or found.frame_of_reference_uid) for found in objects):
        return tuple(objects)
    stacks = tuple(stacks)
    wanted = {uid for found in objects if not found.refers_to for uid in found.named}
    series_of: dict[str, str] = {}
    in_space: dict[str, dict[str, None]] = {}
    for stack in stacks:
        if stack.frame_of_reference_uid and stack.series_uid:
            in_space.setdefault(stack.frame_of_reference_uid, {})[stack.series_uid] = None
        if wanted:
            for instance in (*stack.instances, *stack.spare):
                if instance.sop_instance_uid in wanted:
                    series_of[instance.sop_instance_uid] = stack.series_uid
    by_uid = {found.uid: found for found in objects if found.uid}
    return tuple(_tied(found, series_of, by_uid, in_space) for found in objects)


def _tied(
    found: FoundObject,
    series_of: dict[str, str],
    by_uid: dict[str, FoundObject],
    in_space: dict[str, dict[str, None]],
) -> FoundObject:
    if found.refers_to:
        return found
    named = _named(found, series_of, by_uid)
    if named:
        return replace(found, refers_to=named)
    shared = tuple(in_space.get(found.frame_of_reference_uid, ()))
    return replace(found, refers_to=shared, tie=Tie.FRAME_OF_REFERENCE) if shared else found


def _named(found: FoundObject, series_of: dict[str, str], by_uid: dict[str, FoundObject]) -> tuple[str, ...]:
    series: dict[str, None] = {}
    seen = {found.uid}
    waiting = [found]
    while waiting:
        one = waiting.pop()
        series |= dict.fromkeys(one.refers_to)
        for uid in one.named:
            if series_of.get(uid):
                series[series_of[uid]] = None
            elif uid in by_uid and uid not in seen:
                seen.add(uid)
                waiting.append(by_uid[uid])
    return tuple(series)
