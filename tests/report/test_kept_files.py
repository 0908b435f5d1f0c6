"""Files that a service made, beside the report as they came; names from a stored result lead nowhere else."""

from __future__ import annotations

from pathlib import Path

from workstation.report.kept_files import files_json, read_files, write_files


def test_files_are_copied_as_they_came_and_found_again(tmp_path: Path) -> None:
    kept, out = tmp_path / "kept", tmp_path / "out"
    kept.mkdir()
    out.mkdir()
    (kept / "NUrl.nii.gz").write_bytes(b"moved")
    files = {"NUrl": kept / "NUrl.nii.gz", "DUrl": kept / "gone.tar.gz"}
    written = write_files(files, out)

    assert [path.read_bytes() for path in written] == [b"moved"]
    assert files_json(files) == [{"name": "NUrl", "file": "files/NUrl.nii.gz", "bytes": 5}]
    assert read_files([*files_json(files)], out) == {"NUrl": out / "files" / "NUrl.nii.gz"}
    assert [path.name for path in (out / "files").iterdir()] == ["NUrl.nii.gz"]


def test_a_name_that_leads_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.nii").write_bytes(b"x")
    (tmp_path / "out").mkdir()
    listed: list[object] = [
        {"name": "NUrl", "file": "../secret.nii"},
        {"name": "NUrl", "file": "files/../../secret.nii"},
    ]

    assert read_files(listed, tmp_path / "out") == {}


def test_without_files_no_folder_is_made(tmp_path: Path) -> None:
    assert write_files({}, tmp_path) == []
    assert list(tmp_path.iterdir()) == []
