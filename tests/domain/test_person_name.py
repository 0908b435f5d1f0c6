"""A person's name as people write it, whichever group of the DICOM name it stands in."""

from __future__ import annotations

import pytest

from workstation.domain.person_name import readable

NAMES = {
    "Zhao^Yun=赵^云": "赵云 (Zhao Yun)",
    "王^建国": "王建国",
    "马 云": "马云",
    "𠮷^䶮": "𠮷䶮",
    "Wang^Jianguo": "Wang Jianguo",
    "王^Jianguo": "王 Jianguo",
    "=赵^云": "赵云",
    "": "",
}


@pytest.mark.parametrize(("written", "read"), NAMES.items())
def test_a_name_is_read_as_it_is_written_by_hand(written: str, read: str) -> None:
    assert readable(written) == read
