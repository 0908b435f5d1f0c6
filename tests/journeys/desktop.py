"""A screen that nobody sees, with a window manager; a hand on its mouse and keys; and the program on it.

Needs Xvfb, openbox and xdotool (Debian's names), and the libraries of Qt's xcb platform.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageGrab

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ("Xvfb", "openbox", "xdotool")
PATIENCE_S = 120.0
_PACE_S = 0.05  # a hand is no faster


def missing_tools() -> list[str]:
    return [tool for tool in TOOLS if shutil.which(tool) is None]


@dataclass(frozen=True)
class Seen:
    """One thing on the screen: what it says, where, pixels of the screen."""

    says: str
    kind: str
    left: int
    top: int
    width: int
    height: int
    enabled: bool
    checked: bool

    @property
    def middle(self) -> tuple[int, int]:
        return (self.left + self.width // 2, self.top + self.height // 2)

    def at(self, x: float, y: float) -> tuple[int, int]:
        """A place in shares of its size."""
        return (round(self.left + x * self.width), round(self.top + y * self.height))


class Desktop:
    """Everything a hand does goes through the X server."""

    def __init__(self, display: str) -> None:
        self.display = display

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("YINGTAI_")}
        return kept | {"DISPLAY": self.display, "QT_QPA_PLATFORM": "xcb"}

    def do(self, *words: str | int) -> None:
        subprocess.run(["xdotool", *map(str, words)], env=self.environment, check=True, timeout=60)
        time.sleep(_PACE_S)

    def move(self, to: tuple[int, int]) -> None:
        self.do("mousemove", "--sync", *to)

    def click(self, at: tuple[int, int], button: int = 1) -> None:
        """The pointer may be there already, and then `--sync` would wait for it to move."""
        self.do("mousemove", *at)
        self.do("click", button)

    def wheel(self, at: tuple[int, int], notches: int) -> None:
        """Down for more than none."""
        self.do("mousemove", *at)
        for _ in range(abs(notches)):
            self.do("click", 5 if notches > 0 else 4)

    def drag(self, start: tuple[int, int], end: tuple[int, int], button: int = 1) -> None:
        self.do("mousemove", *start)
        self.do("mousedown", button)
        for step in range(1, 9):
            self.do("mousemove", *(round(a + (b - a) * step / 8) for a, b in zip(start, end, strict=True)))
        self.do("mouseup", button)

    def key(self, *names: str) -> None:
        for name in names:
            self.do("key", "--clearmodifiers", name)

    def type(self, text: str) -> None:
        self.do("type", "--delay", 15, text)

    def picture(self) -> Image.Image:
        return ImageGrab.grab(xdisplay=self.display).convert("RGB")

    def drop(self, path: Path, onto: tuple[int, int]) -> str:
        """Drag a path from another program's window onto a place; says what became of it."""
        corner = (8, 8)
        command = [sys.executable, "-m", "tests.journeys.dragged", *map(str, corner), str(path)]
        with subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as other:
            assert other.stdout is not None
            assert other.stdout.readline() == "ready\n"
            time.sleep(0.5)
            self.drag((corner[0] + 20, corner[1] + 20), onto)
            told = other.stdout.readline().strip()
            time.sleep(1.0)
            other.terminate()
        return told


class Window:
    """The program on that screen."""

    def __init__(self, desktop: Desktop, process: subprocess.Popen[str]) -> None:
        self.desktop, self._process = desktop, process

    def all(self, text: str = "") -> list[Seen]:
        """What says that, or is of a class of that name; "" for all that says something."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(text + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the program is gone"
        rows: list[dict[str, Any]] = json.loads(line)
        seen = [Seen(row["says"], row["kind"], *row["rect"], row["enabled"], row["checked"]) for row in rows]
        return sorted(seen, key=lambda one: (one.top, one.left))

    def find(self, text: str, kind: str = "") -> Seen:
        """The topmost that can be used; waits until there is one. `kind`: of its class, where others say the same."""
        return self._first(lambda: [one for one in self.all(text) if kind in ("", one.kind)], text)

    def find_part(self, part: str) -> Seen:
        """The topmost that says this among other words."""
        return self._first(lambda: [one for one in self.all() if part in one.says], part)

    def _first(self, look: Callable[[], list[Seen]], text: str) -> Seen:
        found: list[Seen] = []

        def there() -> bool:
            found[:] = [one for one in look() if one.enabled]
            return bool(found)

        wait_for(there, f"{text!r} on the screen")
        return found[0]

    def says(self, part: str) -> bool:
        """Whether anything on the screen says this, among other words."""
        return any(part in one.says for one in self.all())

    def press(self, text: str) -> None:
        self.desktop.click(self.find(text).middle)

    @property
    def view(self) -> Seen:
        return self.find("SliceView")

    def settle(self) -> None:
        """Until nothing moves on the screen."""
        before = None
        for _ in range(100):
            now = self.desktop.picture().tobytes()
            if now == before:
                return
            before = now
            time.sleep(0.3)

    def close(self) -> None:
        """As a window manager closes it."""
        self.desktop.key("alt+F4")
        assert self._process.wait(60) == 0


def wait_for(reached: Callable[[], bool], what: str, patience_s: float = PATIENCE_S) -> None:
    deadline = time.monotonic() + patience_s
    while not reached():
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(0.1)


@contextmanager
def desktop(size: str = "1600x1000") -> Iterator[Desktop]:
    """Its processes end with the block."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{size}x24", "-nolisten", "tcp"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, pass_fds=[writing], **quiet) as server:  # type: ignore[call-overload]
        os.close(writing)
        with os.fdopen(reading) as told:
            made = Desktop(f":{told.readline().strip()}")
        try:
            with subprocess.Popen(["openbox"], env=made.environment, **quiet) as manager:  # type: ignore[call-overload]
                time.sleep(0.5)
                yield made
                manager.terminate()
        finally:
            server.terminate()


@contextmanager
def program_on(made: Desktop, home: Path, log: Path, **environment: str) -> Iterator[Window]:
    """The window, from nothing; killed at the end of the block if it is still there."""
    with log.open("a") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.journeys.eye"],
            cwd=ROOT,
            env=made.environment | {"YINGTAI_HOME": str(home)} | environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    try:
        yield Window(made, process)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(30)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
