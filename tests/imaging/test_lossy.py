"""What was lost in compression is said: by the file, or by its transfer syntax."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.data import shared
from tests.imaging.made import write_slice
from workstation.imaging.series.scan import scan


@pytest.mark.parametrize(
    ("said", "times"),
    [
        ({}, None),
        ({"LossyImageCompression": "00"}, None),
        ({"LossyImageCompression": "01"}, 0.0),
        ({"LossyImageCompression": "01", "LossyImageCompressionRatio": 12.5}, 12.5),
        ({"LossyImageCompression": "01", "LossyImageCompressionRatio": [4, 2.5]}, 10.0),  # one after the other
    ],
)
def test_a_file_says_how_much_smaller_it_was_made(tmp_path: Path, said: dict[str, object], times: float | None) -> None:
    write_slice(tmp_path / "a", **said)
    (stack,) = scan([tmp_path]).stacks

    assert stack.lossy == times


def test_a_lossy_transfer_syntax_says_it_too() -> None:
    stacks = scan([shared("data", "transfer-syntaxes")]).stacks
    lossy = {stack.instances[0].transfer_syntax for stack in stacks if stack.lossy is not None}

    assert {"1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.81"} <= lossy
    assert not lossy & {"1.2.840.10008.1.2", "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.4.90"}
