"""Stacks made of nothing but headers: one ordinary chest CT, and what a test wants to be odd about it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from workstation.domain.geometry import Geometry, Vector
from workstation.domain.series import Instance, Patient, PixelFormat, Stack, StackFact, StudyInfo

ROW: Vector = (1.0, 0.0, 0.0)
COLUMN: Vector = (0.0, 1.0, 0.0)
EXPLICIT = "1.2.840.10008.1.2.1"


def geometry(
    slices: int = 40,
    *,
    rows: int = 512,
    columns: int = 512,
    step: float = 1.0,
    spacing: tuple[float, float] = (0.7, 0.7),
    row: Vector = ROW,
    column: Vector = COLUMN,
    start: Vector = (-180.0, -170.0, -300.0),
) -> Geometry:
    normal = np.cross(row, column)
    normal = normal * np.sign(normal[np.argmax(np.abs(normal))])
    positions = np.array(start) + np.arange(slices)[:, None] * step * normal
    return Geometry(
        positions=positions, row_cosine=row, column_cosine=column, spacing=spacing, rows=rows, columns=columns
    )


def chest_ct(
    slices: int = 40,
    *,
    modality: str = "CT",
    rows: int = 512,
    columns: int = 512,
    step: float = 1.0,
    kernel: str = "B60f",
    facts: tuple[StackFact, ...] = (),
    pixels: PixelFormat | None = None,
    transfer_syntax: str = EXPLICIT,
    row: Vector = ROW,
    column: Vector = COLUMN,
    name: str = "1.2.3#0",
    study: str = "1.2.1",
    numbers: tuple[int, ...] = (),
) -> Stack:
    placed = geometry(slices, rows=rows, columns=columns, step=step, row=row, column=column)
    layout = pixels or PixelFormat(rows=rows, columns=columns, bits_stored=12, high_bit=11)
    first = Instance(
        path="0",
        file_bytes=rows * columns * 2 + 2000,
        sop_class_uid="1.2.840.10008.5.1.4.1.1.2",
        sop_instance_uid="",
        transfer_syntax=transfer_syntax,
        pixels=layout,
        row_cosine=row,
        column_cosine=column,
        spacing=placed.spacing,
        slope=1.0,
        intercept=-1024.0,
    )
    instances = tuple(
        replace(
            first,
            path=f"{k}.dcm",
            sop_instance_uid=f"1.2.3.{k + 1}",
            instance_number=numbers[k] if numbers else slices - k,
            position=tuple(map(float, placed.positions[k])),
        )
        for k in range(slices)
    )
    return Stack(
        id=name,
        series_uid=name.split("#")[0],
        study=StudyInfo(uid=study),
        patient=Patient(name="Phantom^One", id="P1"),
        modality=modality,
        kernel=kernel,
        instances=instances,
        geometry=placed,
        facts=facts,
        files=slices,
        unit="HU",
    )
