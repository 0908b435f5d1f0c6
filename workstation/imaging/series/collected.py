"""What a scan knows so far: files fall in, stacks come out, each told as soon as it is worth being seen."""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Final

from workstation.domain.series import FoundObject, LeftOut, ScanResult, Stack
from workstation.imaging.dicom.attributes import Candidate
from workstation.imaging.dicom.series_info import series_key
from workstation.imaging.nifti.labels import are_labels, set_apart
from workstation.imaging.series.compare import Comparison
from workstation.imaging.series.learn import Learned
from workstation.imaging.series.stacks import SamePixels, number_stacks, stacks_of_series
from workstation.imaging.series.ties import tied

# A series is told again once it has grown this much: so all tellings together cost no more than the last one twice,
# also where a series has a folder for each image.
_GROWN: Final = 2


@dataclass(frozen=True, slots=True, eq=False)
class BuiltSeries:
    """The stacks of a series as an earlier scan built them. `frames` fetches what they were built of, if asked."""

    key: Hashable
    count: int
    stacks: Sequence[Stack]
    frames: Callable[[], Sequence[Candidate]]


SeriesOfFolder = tuple[Hashable, Sequence[Candidate], Sequence[Stack]]  # key, frames, and the stacks built of them


@dataclass(slots=True, eq=False)
class _Series:
    """`home`: the one folder that it lies in; None: several. `built`, `told`: how many frames it had then."""

    home: str | None
    count: int = 0
    stacks: Sequence[Stack] = ()
    built: int = 0
    told: int = 0
    _frames: list[Candidate] = field(default_factory=list)
    _fetch: Callable[[], Sequence[Candidate]] | None = None

    def add(self, candidate: Candidate) -> None:
        self._frames.append(candidate)
        self.count += 1

    def add_built(self, earlier: BuiltSeries) -> None:
        if self.count:
            self._frames = [*self.frames(), *earlier.frames()]
        else:
            self._fetch, self.stacks, self.built = earlier.frames, earlier.stacks, earlier.count
        self.count += earlier.count

    def frames(self) -> Sequence[Candidate]:
        if self._fetch is not None:
            self._frames += self._fetch()
            self._fetch = None
        return self._frames

    def build(self, same: SamePixels) -> Sequence[Stack]:
        if self.built != self.count:
            self.stacks, self.built = stacks_of_series(self.frames(), same), self.count
        return self.stacks


@dataclass(slots=True, eq=False)
class Collected:
    """`found` is told of stacks on the way; the same id comes again if later files belong to it.

    same  tells whether two instances at one place hold the same picture
    """

    found: Callable[[Stack], None] | None = None
    same: SamePixels = field(default_factory=Comparison)
    files: int = 0
    objects: list[FoundObject] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    members: int = 0
    indices: dict[str, tuple[str, ...]] = field(default_factory=dict)  # of discs: path → what they name
    missing: dict[str, LeftOut] = field(default_factory=dict)
    _folder: str = ""
    _series: dict[Hashable, _Series] = field(default_factory=dict)
    _touched: dict[int, _Series] = field(default_factory=dict)  # in this folder
    _of_info: dict[int, _Series] = field(default_factory=dict)

    @property
    def seen(self) -> int:
        """Files and members of archives looked at."""
        return self.files + self.members

    def enter(self, folder: str) -> None:
        """What is added from now on lies in this folder."""
        self._touched.clear()
        self._folder = folder

    def add(self, learned: Learned) -> None:
        for candidate in learned.candidates:
            # Files of one series share their SeriesInfo object, so its key is made once.
            series = self._of_info.get(id(candidate.series))
            if series is None:
                series = self._of_info[id(candidate.series)] = self._of(series_key(candidate.series))
            if id(series) not in self._touched:
                self._touch(series)
            series.add(candidate)
        if learned.objects:
            self.objects += learned.objects
        if learned.left_out:
            self.left_out += learned.left_out
        if learned.names:
            self.indices[learned.objects[0].path] = learned.names
        self.members += learned.members
        if learned.missing:
            self.missing.update((one.path, one) for one in learned.missing)

    def add_built(self, earlier: Iterable[BuiltSeries]) -> None:
        """Series of this folder, of which no frame was added."""
        for one in earlier:
            series = self._of(one.key)
            self._touch(series)
            series.add_built(one)

    def tell(self) -> None:
        """Tell of the series of this folder that are new, or have grown much since they were told."""
        if self.found is None:
            return
        for series in self._touched.values():
            if series.count > series.told * _GROWN:
                series.told = series.count
                for stack in number_stacks([series.build(self.same)]):
                    if not are_labels(stack):  # they may yet turn out to belong to another series
                        self.found(stack)

    def series_of(self, folders: Container[str]) -> dict[str, list[SeriesOfFolder]]:
        """Of each of these folders the series that lie in it alone, as far as their stacks are built."""
        of: dict[str, list[SeriesOfFolder]] = {}
        for key, series in self._series.items():
            if series.home is not None and series.home in folders and series.built == series.count:
                of.setdefault(series.home, []).append((key, series.frames(), series.stacks))
        return of

    def result(self, seconds: float) -> ScanResult:
        stacks, labels = set_apart(number_stacks([series.build(self.same) for series in self._series.values()]))
        return ScanResult(
            stacks=stacks,
            objects=tuple(sorted((*tied(self.objects, stacks), *labels), key=attrgetter("path"))),
            left_out=tuple(sorted(self.left_out, key=attrgetter("path"))),
            files=self.files,
            members=self.members,
            missing=tuple(self.missing.values()),
            seconds=seconds,
        )

    def _of(self, key: Hashable) -> _Series:
        series = self._series.get(key)
        if series is None:
            series = self._series[key] = _Series(self._folder)
        return series

    def _touch(self, series: _Series) -> None:
        self._touched[id(series)] = series
        if series.home != self._folder:
            series.home = None
