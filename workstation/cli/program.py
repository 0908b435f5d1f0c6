"""What the command line is given by `app`: the desk and the screen, made only when a command asks for them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import click

from workstation.cli.output import Output
from workstation.cloud.check import Step
from workstation.domain.answer import AnalysisResult
from workstation.domain.credentials import Credentials
from workstation.domain.geometry import Plane
from workstation.domain.overlaid import Overlaid
from workstation.domain.series import ScanResult, Stack, VoiWindow
from workstation.domain.words import Words
from workstation.domain.work import Reporter
from workstation.settings.connection import Connection
from workstation.settings.settings import Settings
from workstation.workspace.desk import Desk


class Latency(Protocol):
    """Lateness of the window's thread, ms."""

    @property
    def beats(self) -> int: ...
    @property
    def median_ms(self) -> float: ...
    @property
    def p99_ms(self) -> float: ...
    @property
    def max_ms(self) -> float: ...


class Screen(Protocol):
    """A window, for those who want one: the command line knows no toolkit."""

    @property
    def there(self) -> bool:
        """Whether a window can be shown to somebody."""
        ...

    def open(self, paths: Sequence[Path]) -> int:
        """Show the window until it is closed; the exit code."""
        ...

    def show_and_leave(self) -> None:
        """Show and paint the window once: for measuring the start."""
        ...

    def heartbeats(self, paths: Sequence[Path], idle_s: float) -> tuple[Latency, Latency]:
        """How late the window's thread is: while it scans and loads these, and idle."""
        ...

    def picture(
        self,
        stack: Stack,
        target: Path,
        *,
        slice_index: int | None,
        window: VoiWindow | None,
        plane: Plane,
        result: AnalysisResult | None,
        straighten: bool = False,
        look: str = "this",
        objects: Sequence[Overlaid] = (),
    ) -> None:
        """Write what the viewport shows as PNG.

        objects  what files from elsewhere show over it
        look    "this"; of a result that moved another series: "other" in its place, or the "difference"
        raises  NO_SUCH_SLICE; NO_GEOMETRY; BAD_PARAMETER where nothing was moved
        """
        ...

    def window_picture(self, paths: Sequence[Path], result: AnalysisResult | None, target: Path) -> None:
        """Write the whole window, with a study open and a result shown, as PNG."""
        ...


class Program(Protocol):
    """The whole program as a command sees it."""

    output: Output

    def scan(self, paths: Sequence[Path], reporter: Reporter) -> ScanResult: ...

    def forget_scans(self) -> None:
        """Delete what earlier scans kept on this PC."""
        ...

    def retry(self) -> None:
        """From now on files are tried again that made a reader fail."""
        ...

    def desk(self) -> Desk: ...

    def screen(self) -> Screen: ...

    def settings(self) -> Settings: ...

    def add_connection(self, connection: Connection, credentials: Credentials | None) -> Words | None:
        """Keep a connection and its keys; says where the keys are."""
        ...

    def remove_connection(self, name: str) -> None: ...

    def test_connection(self, name: str) -> tuple[Step, ...]: ...

    def serve_local_cloud(
        self,
        *,
        state: Path | None,
        port: int,
        truths: Sequence[Path],
        faults: Path | None,
        record: Path | None,
        owner: int | None,
    ) -> int: ...

    def keep_apart(self) -> None:
        """Settings and records of its own from now on, which are gone when the program ends."""
        ...

    def close(self) -> None: ...


pass_program = click.pass_obj
