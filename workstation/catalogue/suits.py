"""Which of several series that qualify suits an operation best: pure rankings, larger is better."""

from __future__ import annotations

import re
from typing import Final

from workstation.domain.series import FactCode, Stack

# Sharp reconstructions as vendors name them: Siemens B50-B90, Br5x; GE LUNG, BONE; Philips YA-YE; Canon FC5x, FC8x.
_SHARP: Final = re.compile(r"LUNG|BONE|EDGE|SHARP|^[BHIQ][A-Z]?[5-9]\d|^Y[A-E]$|^FC[58]\d", re.IGNORECASE)


def sharp_kernel(stack: Stack) -> bool:
    return bool(_SHARP.search(stack.kernel.split("\\")[0].strip()))


def lung_detail(stack: Stack) -> tuple[float, ...]:
    """Thin slices first (1.5 mm and less are equal), then a sharp kernel, then one not derived, then more slices."""
    step = stack.geometry.step if stack.geometry is not None else 99.0
    return (
        -round(max(step, 1.5), 1),
        float(sharp_kernel(stack)),
        -float(stack.fact(FactCode.DERIVED) is not None),
        float(stack.slices),
    )
