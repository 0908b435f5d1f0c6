"""One function a task: the unit of work that a user waits for."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from workstation.bench.text_search import text_search
from workstation.bench.timing import Figures, peak_rise, timed
from workstation.bench.viewer import busy_heartbeats, layout, of_latency, scroll60, window_drag
from workstation.cli.program import Program
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.geometry import Geometry
from workstation.domain.projection import ViewPlane
from workstation.domain.series import Instance, Stack
from workstation.domain.volume import Volume

RUNS: Final = 7
LOADS: Final = 60  # of a volume: short ones, which anything else that runs makes longer
FRAMES: Final = 200
SIDE: Final = 1024
_PLANE: Final = 512
CODED: Final = 20
IDLE_S: Final = 3.0


def largest_stack(data: Path) -> Stack:
    """raises NOTHING_FOUND"""
    from workstation.imaging.series.scan import scan

    stacks = scan([data]).stacks
    if not stacks:
        raise WorkstationError(ErrorCode.NOTHING_FOUND)
    return max(stacks, key=lambda stack: stack.slices)


def read_volume(data: Path) -> Volume:
    from workstation.imaging.pixels.load import load_volume

    return load_volume(largest_stack(data))


def load(program: Program, data: Path) -> Figures:
    """Directory to sorted volume."""
    return timed(lambda: read_volume(data), LOADS)


def first_slice(program: Program, data: Path) -> Figures:
    """Directory to the windowed pixels of the middle slice by position."""
    from workstation.imaging.pixels.load import first_slice as first
    from workstation.imaging.pixels.voi import GrayTable, default_window

    def run() -> object:
        found = first([data])
        window = default_window(found.stack, found.index, found.values)
        return GrayTable(window).apply(found.values)

    return timed(run, RUNS)


def scan(program: Program, data: Path) -> Figures:
    """Index the whole folder; `second_s`: again, with what the first time learned."""
    from workstation.imaging.index.folder_index import FolderIndex
    from workstation.imaging.series.scan import scan as scan_folder
    from workstation.records import ScanIndex

    files = scan_folder([data]).files
    first = timed(lambda: scan_folder([data]), RUNS, items=files, warm=False)
    with tempfile.TemporaryDirectory() as name:
        known = ScanIndex(Path(name) / "scan-index.sqlite")
        second = timed(lambda: scan_folder([data], index=FolderIndex(known)), RUNS)
        known.close()
    return replace(first, detail={"second_s": statistics.median(second.seconds)})


def memory(program: Program, data: Path) -> Figures:
    """One load in this process: how far the memory rises, over the volume's bytes."""
    stack = largest_stack(data)
    start = time.perf_counter()
    rise = peak_rise(lambda: read_volume(data))
    seconds = time.perf_counter() - start
    volume = stack.slices * stack.rows * stack.columns * 2
    detail = {} if rise is None else {"peak_ratio": rise / volume, "peak_mb": rise / 1e6}
    return Figures(seconds=(seconds,), detail=dict(detail))


def display(program: Program, data: Path) -> Figures:
    """One frame at 1024²: next slice, window, corner text, four marks and a mask, paint."""
    from workstation.bench.frames import frame_seconds

    return Figures(seconds=tuple(frame_seconds(read_volume(data), SIDE, FRAMES)))


def start(program: Program, data: Path) -> Figures:
    """From the start of this process to the painted main window."""
    program.screen().show_and_leave()
    return Figures(seconds=(seconds_alive(),))


def heartbeat(program: Program, data: Path) -> dict[str, Figures]:
    """How late the window's thread is while a folder is scanned and loaded, idle, and while hands are at work: seconds
    of the latest beat."""
    busy, idle = program.screen().heartbeats([data], IDLE_S)
    return {"loading": of_latency(busy), "idle": of_latency(idle), **busy_heartbeats(program, data)}


def deid(program: Program, data: Path) -> Figures:
    """All files of the folder as de-identified copies."""
    from workstation.imaging.upload.prepare import prepare

    stack = largest_stack(data)

    def run() -> object:
        with tempfile.TemporaryDirectory() as name:
            return prepare(stack, Path(name) / "copies", bytes(range(32))).total_bytes

    return timed(run, RUNS, items=stack.slices)


def mpr(program: Program, data: Path) -> dict[str, Figures]:
    """One plane of the volume, windowed: along its own grid, and any other of 512 × 512 pixels."""
    from workstation.domain.geometry import Plane
    from workstation.imaging.pixels.oblique import Cutter, coarser
    from workstation.imaging.pixels.reslice import Planes, plane_count
    from workstation.imaging.pixels.voi import GrayTable, preset

    volume = read_volume(data)
    geometry = volume.geometry
    if geometry is None:
        raise WorkstationError(ErrorCode.NO_GEOMETRY)
    table = GrayTable(preset("lung"))
    cutter, slanting = Cutter(volume), _slanting(geometry)

    def of(plane: Plane) -> Figures:
        places = iter(np.resize(np.arange(plane_count(geometry, plane)), 200).tolist())
        planes = Planes(volume, plane)
        return timed(lambda: table.apply(planes.values(next(places))), RUNS * 5)

    def cut(plane: ViewPlane) -> Figures:
        return timed(lambda: table.apply(cutter.cut(plane)), RUNS * 5)

    dragged = cut(coarser(slanting, 2))
    return {
        "coronal": of(Plane.CORONAL),
        "sagittal": of(Plane.SAGITTAL),
        "oblique": replace(cut(slanting), detail={"dragged_median_s": statistics.median(dragged.seconds)}),
    }


def _slanting(geometry: Geometry) -> ViewPlane:
    """A plane through the volume's middle that runs along none of its directions, as wide as its slices."""
    right = np.array([0.80, 0.55, 0.25]) / np.linalg.norm([0.80, 0.55, 0.25])
    down = np.array([-0.08, 0.50, -0.86])
    down -= (down @ right) * right
    down /= np.linalg.norm(down)
    pixel = min(geometry.spacing[0], geometry.step * geometry.slices / _PLANE)
    middle = geometry.to_patient((np.array(geometry.shape) - 1) / 2)
    position = middle - (_PLANE - 1) / 2 * pixel * (right + down)
    return ViewPlane(
        position=(float(position[0]), float(position[1]), float(position[2])),
        right=(float(right[0]), float(right[1]), float(right[2])),
        down=(float(down[0]), float(down[1]), float(down[2])),
        spacing=(pixel, pixel),
        rows=_PLANE,
        columns=_PLANE,
        thickness=pixel,
    )


def codec(program: Program, data: Path) -> dict[str, Figures]:
    """The middle frames of the folder, compressed, from files to a volume."""
    from workstation.imaging.phantom.compress import SYNTAXES, compress
    from workstation.imaging.pixels.load import load_volume

    files = sorted(Path(instance.path) for instance in largest_stack(data).instances)
    middle = max(0, len(files) // 2 - CODED // 2)
    chosen = files[middle : middle + CODED]
    figures = {}
    with tempfile.TemporaryDirectory() as name:
        for kind in SYNTAXES:
            folder = Path(name) / kind
            compress(chosen, kind, folder)
            stack = largest_stack(folder)
            plain = load_volume(replace(stack, instances=_plain_copies(data, stack)))
            same = np.array_equal(load_volume(stack).values, plain.values)
            detail: dict[str, object] = {"check": "equal" if same else "WRONG pixels"}
            timing = timed(partial(load_volume, stack), RUNS, items=stack.slices)
            figures[kind] = replace(timing, detail=detail)
    return figures


def _plain_copies(data: Path, stack: Stack) -> tuple[Instance, ...]:
    """The same slices as they lie in the folder, uncompressed."""
    plain = {instance.sop_instance_uid: instance for instance in largest_stack(data).instances}
    return tuple(plain[instance.sop_instance_uid] for instance in stack.instances)


def niigz(program: Program, data: Path) -> dict[str, Figures]:
    """The first slices of the series as .nii.gz: written, and read back."""
    from workstation.bench.niigz import niigz_figures

    return niigz_figures(read_volume(data))


def seconds_alive() -> float:
    """Age of this process, s: by the system's clock where it tells, else since this module was imported."""
    stat = Path("/proc/self/stat")
    if not stat.exists():
        return time.perf_counter() - _IMPORTED
    import os

    started = int(stat.read_text(encoding="ascii").rsplit(")", 1)[1].split()[19]) / os.sysconf("SC_CLK_TCK")
    return time.clock_gettime(time.CLOCK_BOOTTIME) - started


_IMPORTED: Final = time.perf_counter()
Task = Callable[[Program, Path], Figures | dict[str, Figures]]
TASKS: Final[Mapping[str, Task]] = {
    "load": load,
    "first-slice": first_slice,
    "scan": scan,
    "memory": memory,
    "display": display,
    "start": start,
    "deid": deid,
    "mpr": mpr,
    "niigz": niigz,
    "codec": codec,
    "heartbeat": heartbeat,
    "layout": layout,
    "window-drag": window_drag,
    "scroll60": scroll60,
    "text-search": text_search,
}
