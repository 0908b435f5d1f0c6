"""Recorded answers with one value changed: read, or refused as one that can't be; never another exception."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.stacks import geometry
from workstation.catalogue import OPERATIONS
from workstation.catalogue.operation import InputKind, Operation, Service
from workstation.catalogue.wire import Node
from workstation.domain.answer import PlacementState, SentSeries
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.geometry import pixel_grid
from workstation.domain.placement import place
from workstation.domain.volume import ResultVolume

ANSWERS = Path(__file__).parent / "answers"
SERVICES = [pytest.param(row, service, id=service.source) for row in OPERATIONS for service in row.services]
ODD: tuple[Any, ...] = (None, [], {}, "", "abc", "NaN", float("nan"), -1, 1e308, 10**400, "1e400", True, "\ud800", 0.5)
GONE = object()


def recorded(row: Operation, service: Service) -> Any:
    whole = json.loads((ANSWERS / f"{row.name}.json").read_text(encoding="utf-8"))
    return whole["Data"] if service.asynchronous else whole


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Of lists the first and the last value: the others are read as these are."""
    for name, inside in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(value, list) and 0 < name < len(value) - 1:
            continue
        yield (*path, name)
        if isinstance(inside, (dict, list)):
            yield from places(inside, (*path, name))


def changed(answer: Any, path: tuple[Any, ...], odd: Any) -> Any:
    answer = json.loads(json.dumps(answer))
    at = answer
    for name in path[:-1]:
        at = at[name]
    if odd is GONE:
        del at[path[-1]]
    else:
        at[path[-1]] = odd
    return answer


def variants(answer: Any) -> Iterator[str]:
    for path in places(answer):
        before = answer
        for name in path:
            before = before[name]
        for odd in (*ODD, GONE, [before], {"a": before}, str(before), json.dumps(before)):
            yield json.dumps(changed(answer, path, odd))


def sent(row: Operation) -> SentSeries:
    pixels = row.input_kind is InputKind.PICTURE
    grid = pixel_grid(512, 512) if pixels else geometry(20, rows=64, columns=64)
    return SentSeries(geometry=grid, series_uid="", sop_instance_uids=(), pixels=pixels)


@pytest.mark.parametrize(("row", "service"), SERVICES)
def test_one_odd_value_is_read_or_refused_and_nothing_lies_outside_what_was_sent(
    row: Operation, service: Service
) -> None:
    frame = sent(row)
    assert frame.geometry is not None
    image = ResultVolume(name="m.nii", values=np.ones((2, 2, 2), np.uint8), to_patient=np.eye(4))
    files = dict.fromkeys(service.links, (image,))
    refused: Counter[ErrorCode] = Counter()
    for text in variants(recorded(row, service)):
        try:
            service.file_links(text)
            answer = service.parse(text, False, files)
            json.dumps([answer.texts, [str(finding.label) for finding in answer.findings]], ensure_ascii=False).encode()
            placement, findings = place(answer, frame, "J")
        except WorkstationError as error:
            refused[error.code] += 1
            continue
        if placement.state is PlacementState.CONTRADICTED:
            assert not any(finding.shapes for finding in findings)
    assert set(refused) == {ErrorCode.BAD_ANSWER}


@pytest.mark.parametrize("value", [10**400, -(10**400), "1_0", "１２", "0x10", "12 mm", "infinity", True, [1]])
def test_what_is_no_number_of_a_service_is_refused(value: object) -> None:
    with pytest.raises(WorkstationError) as refused:
        Node({"X": value}).number("X")
    assert refused.value.code is ErrorCode.BAD_ANSWER


@pytest.mark.parametrize(("value", "number"), [("12", 12.0), (" -1.5e1 ", -15.0), (".5", 0.5), ("7.", 7.0), (3, 3.0)])
def test_numbers_may_be_text(value: object, number: float) -> None:
    assert Node({"X": value}).number("X") == number
