from __future__ import annotations

from pathlib import Path

import pydicom
import pytest
from pydicom.encaps import get_frame

from tests.data import shared
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.imaging.pixels.codestream import claim_of
from workstation.imaging.pixels.load import load_slice
from workstation.imaging.series.scan import scan


def _compressed(folder: Path) -> list[pydicom.Dataset]:
    found = [
        pydicom.dcmread(path)
        for path in sorted(folder.rglob("*.dcm"))
        if b"1.2.840.10008.1.2.4" in path.read_bytes()[:2000]
    ]
    return [dataset for dataset in found if dataset.file_meta.TransferSyntaxUID.is_encapsulated]


def test_the_size_is_the_headers_for_every_compression_of_one_slice() -> None:
    datasets = _compressed(shared("data", "transfer-syntaxes", "one-ct-slice"))
    claims = [claim_of(get_frame(dataset.PixelData, 0, number_of_frames=1)) for dataset in datasets]

    assert len(claims) >= 10
    assert all(claim and (claim.rows, claim.columns, claim.samples) == (512, 512, 1) for claim in claims)


@pytest.mark.parametrize(
    "frame", [b"", b"\xff\xd8", b"\xff\x4f\xff\x51\x00", b"\xff\xd8\xff\xe0\x00\x00" * 3, bytes(64)]
)
def test_what_is_no_frame_has_no_size(frame: bytes) -> None:
    assert claim_of(frame) is None


def test_a_frame_that_claims_more_than_its_header_is_not_decoded(tmp_path: Path) -> None:
    source = next(path for path in sorted(shared("data", "chest-ct-j2k", "dicom").iterdir()))
    raw = source.read_bytes()
    at = raw.index(b"\xff\x4f\xff\x51") + 8
    (tmp_path / "bomb").write_bytes(raw[:at] + (60000).to_bytes(4, "big") * 2 + raw[at + 8 :])
    (stack,) = scan([tmp_path]).stacks

    with pytest.raises(WorkstationError) as caught:
        load_slice(stack, 0)

    assert caught.value.code is ErrorCode.DECODE_FAILED
