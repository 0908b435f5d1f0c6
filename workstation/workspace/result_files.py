"""Files that answers link to, kept in the data folder as long as their job is."""

from __future__ import annotations

from collections.abc import Container, Mapping
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import unquote, urlsplit

from workstation.domain.error import WorkstationError
from workstation.domain.sentences import sentence
from workstation.domain.volume import ResultVolume
from workstation.domain.words import Words, say
from workstation.domain.work import CancelToken, Clock

_LIMIT_BYTES: Final = 2**31
_ENDINGS: Final = (".nii.gz", ".nii", ".tar.gz", ".tgz", ".tar", ".zip", ".png", ".jpg", ".jpeg", ".bmp", ".webp")


class KeptFiles:
    """`folder/JOB/WIRE.PATH.ending`. `loopback_allowed`: the service is one on this PC."""

    def __init__(self, folder: Path, clock: Clock, *, loopback_allowed: bool) -> None:
        self._folder, self._clock, self._loopback_allowed = folder, clock, loopback_allowed

    def fetch(self, job_id: str, path: str, link: str, cancel: CancelToken) -> None:
        from workstation.cloud.download import download

        folder = self._folder / job_id
        target = folder / f"{path}{_ending(link)}"
        if target.exists():
            return
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        download(link, target, _LIMIT_BYTES, cancel, clock=self._clock, loopback_allowed=self._loopback_allowed)

    def places(self, job_id: str) -> Mapping[str, Path]:
        folder = self._folder / job_id
        files = sorted(folder.iterdir()) if folder.is_dir() else ()
        # A name with a point first is a download that was cut off.
        return {file.name.removesuffix(_ending(file.name)): file for file in files if not file.name.startswith(".")}

    def read(
        self, job_id: str, leave: Container[str] = ()
    ) -> tuple[Mapping[str, tuple[ResultVolume, ...]], tuple[Words, ...]]:
        from workstation.imaging.nifti.answer_files import read_images
        from workstation.imaging.picture.answer_file import is_picture, read_answer_picture

        images: dict[str, tuple[ResultVolume, ...]] = {}
        left: list[Words] = []
        for path, file in self.places(job_id).items():
            if path in leave:
                continue
            try:
                if is_picture(file):
                    images[path] = (read_answer_picture(file),)
                    continue
                images[path], unread = read_images(file)
                left += unread
            except WorkstationError as error:
                left.append(say("{name}: {reason}", name=path, reason=sentence(error).says))
        return images, tuple(left)


def _ending(link: str) -> str:
    try:
        name = PurePosixPath(unquote(urlsplit(link).path)).name.lower()
    except ValueError:
        return ""  # no link: it can't be fetched either
    return next((ending for ending in _ENDINGS if name.endswith(ending)), "")
