"""ScreenChestCT: the analyses that `Mask` asks for, each answered in a branch of its own; one may fail alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Final

from workstation.localcloud.engine.asked import Analysis, Answer, BadInput
from workstation.localcloud.engine.volume import CtVolume, read_series

LEAST_MATRIX: Final = 512
ALL: Final = "31"
BranchAnswer = tuple[Answer, dict[str, str]]  # fields, and the basis of all ("") and of single fields


@dataclass(frozen=True, slots=True)
class _Branch:
    """`failed`: how `ErrorMessage` calls it; `work`: `module:function` in this package."""

    bit: int
    key: str
    failed: str
    work: str


_BRANCHES: Final = (
    _Branch(1, "Covid", "covid", "covid_answer:covid_branch"),
    _Branch(2, "CACS", "cacs", "calcium_answer:calcium_branch"),
    _Branch(4, "LungNodule", "lung_nodule", "lung_nodule_answer:nodule_branch"),
    _Branch(8, "DetectRibFracture", "rib_fracture", "rib_answer:rib_branch"),
    _Branch(16, "AnalyzeChestVessel", "chest_vessel", "vessel_answer:vessel_branch"),
)
# Its documents show this branch with the score alone.
_LEFT_OUT: Final = {"CACS": ("VolumeScore", "Detections")}


def screen_chest_ct(asked: Analysis) -> Answer:
    """One axial chest CT series, 20 to 600 files in any order, at least 512 × 512 pixels, to the documented `Data`.

    An analysis that can't be done on it is named in `ErrorMessage`; the others are answered. raises BadInput
    """
    volume = read_series(asked.files["URLList"], least=20, most=600)
    if min(volume.hu.shape[1:]) < LEAST_MATRIX:
        raise BadInput("InvalidImage.Resolution", f"at least {LEAST_MATRIX} x {LEAST_MATRIX} pixels")
    wanted = int(asked.parameters.get("Mask", ALL))
    answer: Answer = {}
    bases: dict[str, str] = {}
    failed: list[str] = []
    for branch in _BRANCHES:
        if not wanted & branch.bit:
            continue
        try:
            fields, parts = _function(branch)(volume, asked.truth_dirs)
        except BadInput:
            failed.append(branch.failed)
            continue
        answer[branch.key] = {
            name: value for name, value in fields.items() if name not in _LEFT_OUT.get(branch.key, ())
        }
        bases |= {f"{branch.key}.{path}" if path else branch.key: basis for path, basis in parts.items()}
    if not answer:
        raise BadInput("InvalidParameter.Unsuitable", f"none of the analyses can be done: {', '.join(failed)}")
    if failed:
        answer["ErrorMessage"] = f"Failed to execute [{','.join(failed)}]"
    return {**answer, "YingtaiBasis": {"all": "algorithm", "parts": bases}}


def _function(branch: _Branch) -> Callable[[CtVolume, Sequence[Path]], BranchAnswer]:
    module, _, name = branch.work.partition(":")
    function: Callable[[CtVolume, Sequence[Path]], BranchAnswer]
    function = getattr(import_module(f"workstation.localcloud.engine.{module}"), name)
    return function
