from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.domain.percentiles import nearly_all


@given(st.lists(st.integers(-32768, 32767), min_size=1, max_size=300))
def test_the_range_is_that_of_numpy_percentiles(values: list[int]) -> None:
    assert nearly_all(np.array(values, np.int16)) == pytest.approx(np.percentile(values, (1, 99)))


def test_a_window_and_a_step_are_found_without_masked_arrays() -> None:
    """Compiling them stops the window's thread for a quarter of a second where no bytecode is kept."""
    script = (
        "import sys, numpy as np\n"
        "from tests.stacks import geometry\n"
        "from workstation.imaging.pixels.voi import auto_window\n"
        "assert geometry().step == 1.0 and auto_window(np.arange(1000)).width > 900\n"
        "sys.exit('numpy.ma' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
