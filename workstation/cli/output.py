"""How a command speaks: tables and messages on stderr, JSON on stdout, progress bars at a terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from workstation.domain.error import WorkstationError
from workstation.domain.sentences import sentence
from workstation.domain.words import Language, Words, join, render
from workstation.domain.work import Progress, Reporter, silent

if TYPE_CHECKING:
    from rich.console import Console

ERROR_SCHEMA = "yingtai-error/1"
_WIDE = 240


class Output:
    """One command's voice in one language."""

    def __init__(self, language: Language) -> None:
        self.language = language

    @property
    def console(self) -> Console:
        from rich.console import Console

        return Console(stderr=True, highlight=False, soft_wrap=True)

    def write(self, words: Words | str) -> None:
        text = words if isinstance(words, str) else render(words, self.language)
        self.console.print(text, markup=False)

    def json(self, value: object) -> None:
        """One JSON document on stdout, in UTF-8 whatever the terminal's own encoding.

        A byte of a file name that is no UTF-8 is escaped (`\\udce9`): the document can be read, and the file found.
        """
        self.text(json.dumps(value, ensure_ascii=False, indent=2) + "\n")

    def text(self, text: str) -> None:
        """A whole document on stdout, in UTF-8."""
        sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
        sys.stdout.buffer.flush()

    def table(self, heads: Sequence[Words], rows: Sequence[Sequence[str | Words]]) -> None:
        from rich import box
        from rich.table import Table
        from rich.text import Text

        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for head in heads:
            table.add_column(render(head, self.language), overflow="fold")
        for row in rows:
            table.add_row(*(Text(cell if isinstance(cell, str) else render(cell, self.language)) for cell in row))
        console = self.console
        if not console.is_terminal:
            console.width = _WIDE  # a sentence in a file or a pipe is not cut at the width of a screen
        console.print(table)

    def error(self, error: WorkstationError, *, as_json: bool) -> int:
        """Sentence and remedy; the exit code."""
        row = sentence(error)
        self.write(join((row.says, row.remedy), self.language))
        if as_json:
            facts = {k: render(v, self.language) if isinstance(v, Words) else v for k, v in error.facts.items()}
            self.json(
                {
                    "schema": ERROR_SCHEMA,
                    "code": error.code.value,
                    "facts": facts,
                    "sentence": render(row.says, self.language),
                    "remedy": render(row.remedy, self.language),
                }
            )
        return row.blame.value

    @contextmanager
    def progress(self) -> Iterator[Reporter]:
        """A bar at a terminal, silence elsewhere."""
        console = self.console
        if not console.is_terminal:
            yield silent
            return
        from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%"),
            TimeRemainingColumn(),
        )
        with Bar(*columns, console=console, transient=True) as bar:
            task = bar.add_task("", total=1.0)

            def report(progress: Progress) -> None:
                total = 1.0 if progress.total or progress.bytes_total else None
                bar.update(
                    task, description=render(progress.words, self.language), completed=progress.fraction, total=total
                )

            yield report
