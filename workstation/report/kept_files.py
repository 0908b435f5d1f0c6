"""Files that a service made, copied as they came beside `result.json`; the moved series read back from there."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from workstation.domain.volume import ResultVolume

Json = dict[str, object]
FOLDER = "files"


def write_files(files: Mapping[str, Path], folder: Path) -> list[Path]:
    """Copy every one that is still there into `folder/files`. raises OSError"""
    there = [file for file in files.values() if file.is_file()]
    if there:
        (folder / FOLDER).mkdir(exist_ok=True)
    copied = []
    for file in there:
        beside = folder / FOLDER / f".{file.name}.part"
        shutil.copyfile(file, beside)
        copied.append(beside.replace(folder / FOLDER / file.name))
    return copied


def files_json(files: Mapping[str, Path]) -> list[Json]:
    """Each file by its wire path, and where it lies seen from `result.json`."""
    return [
        {"name": name, "file": f"{FOLDER}/{file.name}", "bytes": file.stat().st_size}
        for name, file in files.items()
        if file.is_file()
    ]


def read_files(listed: list[object], folder: Path) -> Mapping[str, Path]:
    """Those that lie beside `result.json`; a name that leads elsewhere is none of ours."""
    found = {}
    for entry in listed:
        if isinstance(entry, dict):
            file = folder / FOLDER / Path(str(entry["file"])).name
            if file.is_file():
                found[str(entry["name"])] = file
    return found


def read_moved(files: Mapping[str, Path]) -> tuple[ResultVolume, ...]:
    """The gray images among them. raises what a damaged file raises"""
    from workstation.imaging.nifti.answer_files import read_images

    images = [image for file in files.values() if ".nii" in file.name for image in read_images(file)[0]]
    return tuple(image for image in images if image.values.ndim == 3)
