"""Compressed copies of uncompressed slices: what the codecs are measured and tested with."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Final

SYNTAXES: Final = {
    "jpegls": "1.2.840.10008.1.2.4.80",
    "j2k": "1.2.840.10008.1.2.4.90",
    "rle": "1.2.840.10008.1.2.5",
}


def compress(files: Sequence[Path], kind: str, folder: Path) -> None:
    """Write a lossless copy of each file into `folder`; everything but the pixels' encoding stays.

    raises  KeyError for a kind that is not in SYNTAXES; what pydicom raises
    """
    from pydicom import dcmread

    folder.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number, file in enumerate(files):
            dataset = dcmread(file)
            dataset.compress(SYNTAXES[kind], generate_instance_uid=False)
            dataset.save_as(folder / f"{number:04d}.dcm")
