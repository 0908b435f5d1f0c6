"""Files that answers link to, kept in the data folder as long as their job is."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
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
    ) -> tuple[Mapping[str, tuple[ResultVolume, ...]], Callable[[], tuple[Words, ...]]]:
        images = _Images({path: file for path, file in self.places(job_id).items() if path not in leave})
        return images, images.unread


class _Images(Mapping[str, tuple[ResultVolume, ...]]):
    """Each file is read when it is asked for, and not kept: an answer may hold a hundred pictures as large as the one
    that was sent."""

    def __init__(self, places: Mapping[str, Path]) -> None:
        self._places = places
        self._unread: dict[str, tuple[Words, ...]] = {}

    def __getitem__(self, path: str) -> tuple[ResultVolume, ...]:
        """raises KeyError where there is no such file, or it can't be read"""
        from workstation.imaging.nifti.answer_files import read_images
        from workstation.imaging.picture.answer_file import is_picture, read_answer_picture

        file = self._places[path]
        try:
            images, unread = ((read_answer_picture(file),), ()) if is_picture(file) else read_images(file)
        except WorkstationError as error:
            self._unread[path] = (say("{name}: {reason}", name=path, reason=sentence(error).says),)
            raise KeyError(path) from None
        self._unread[path] = tuple(unread)
        return images

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def unread(self) -> tuple[Words, ...]:
        """Also of files that nobody asked for."""
        for path in self._places.keys() - self._unread.keys():
            self.get(path)
        return tuple(words for path in self._places for words in self._unread[path])


def _ending(link: str) -> str:
    try:
        name = PurePosixPath(unquote(urlsplit(link).path)).name.lower()
    except ValueError:
        return ""  # no link: it can't be fetched either
    return next((ending for ending in _ENDINGS if name.endswith(ending)), "")
