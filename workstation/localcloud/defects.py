"""Where a defect happened, without what it said: an exception's text may hold data of a patient."""

from __future__ import annotations

import traceback
from pathlib import Path


def frames_of(defect: BaseException) -> str:
    """The kind of an exception and its frames, innermost first."""
    frames = reversed(traceback.extract_tb(defect.__traceback__))
    return " < ".join([type(defect).__name__, *(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)])
