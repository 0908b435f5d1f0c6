"""Commands and options whose help is `Words`, shown in the language that the program speaks, and click's own words."""

from __future__ import annotations

import gettext
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from copy import copy
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import click

from workstation.domain.words import CATALOGUE, NOTHING, Language, Words, render, say, say_count
from workstation.resources import resource

if TYPE_CHECKING:
    from workstation.cli.program import Program

_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])
_CHINESE: Final = "zh_CN"
# What click says itself, which asks gettext for it; named here so that it is extracted like all other sentences.
CLICK_SAYS: Final = (
    say("Usage:"), say("Options"), say("Commands"), say("required"), say("default: {default}"),
    say("Error: {message}"), say("Try '{command} {option}' for help."), say("Aborted!"),
    say("Missing argument"), say("Missing option"), say("Missing command."), say("Choose from:\n\t{choices}"),
    say("No such option {name!r}."), say("No such command {name!r}."), say("Option {name!r} does not take a value."),
    say_count("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments.", 0),
    say_count("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})", 0),
    say_count("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)", 0),
    say("Invalid value: {message}"), say("Invalid value for {param_hint}: {message}"),
    say("{value!r} is not a valid {number_type}."), say("{value} is not in the range {range}."),
    say_count("{value!r} is not {choice}.", "{value!r} is not one of {choices}.", 0),
    say("file"), say("directory"), say("path"), say("{name} {filename!r} does not exist."),
    say("{name} {filename!r} is a file."), say("{name} {filename!r} is a directory."),
    say("{name} {filename!r} is not readable."),
)  # fmt: skip


def speak(language: Language) -> None:
    """From now on click finds its own words in our catalogue: it asks gettext for the process's domain."""
    if language is Language.CHINESE:
        gettext.bindtextdomain(CATALOGUE, str(resource("locale")))
        gettext.textdomain(CATALOGUE)
        os.environ["LANGUAGE"] = _CHINESE
    else:
        gettext.textdomain("messages")


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """The same for a while; what was said to gettext before holds again afterwards."""
    domain, environment = gettext.textdomain(), os.environ.get("LANGUAGE")
    speak(language)
    try:
        yield
    finally:
        gettext.textdomain(domain)
        if environment is None:
            os.environ.pop("LANGUAGE", None)
        else:
            os.environ["LANGUAGE"] = environment


def spoken(words: Words) -> str:
    """In the language of the command that runs."""
    context = click.get_current_context(silent=True)
    program = cast("Program | None", context.obj) if context is not None else None
    return render(words, program.output.language if program is not None else Language.ENGLISH)


class _Formatter(click.HelpFormatter):
    """Breaks lines by the columns of a terminal, of which a Chinese character takes two and needs no space beside."""

    def write_text(self, text: str) -> None:
        indent = " " * self.current_indent
        paragraphs = ("".join(f"{indent}{line}\n" for line in self._lines(part)) for part in text.split("\n\n"))
        self.write("\n".join(paragraphs))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        pairs = list(rows)
        column = min(max(len(first) for first, _ in pairs), col_max) + col_spacing
        for first, second in pairs:
            indent = " " * (self.current_indent + column)
            begin = f"{'':{self.current_indent}}{first}"
            lines = self._lines(second, column)
            if lines and len(first) <= column - col_spacing:
                begin = begin.ljust(len(indent)) + lines.pop(0)
            self.write("".join(f"{line}\n" for line in (begin.rstrip(), *(indent + line for line in lines))))

    def _lines(self, text: str, taken: int = 0) -> list[str]:
        from rich.console import Console
        from rich.text import Text

        width = max(20, self.width - self.current_indent - taken)
        return [line.plain.rstrip() for line in Text(" ".join(text.split())).wrap(Console(), width)]


class _Context(click.Context):
    formatter_class = _Formatter


class Option(click.Option):
    """`help` is Words."""

    def __init__(self, *declarations: Any, **attributes: Any) -> None:
        self.words: Words = attributes.pop("help", NOTHING)
        super().__init__(*declarations, **attributes)

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        said = copy(self)
        said.help = spoken(self.words)
        return click.Option.get_help_record(said, ctx)


class Command(click.Command):
    """`help` and `short_help` are Words."""

    context_class = _Context

    def __init__(self, *names: Any, **attributes: Any) -> None:
        self.words: Words = attributes.pop("help") or NOTHING
        self.short: Words = attributes.pop("short_help", self.words)
        super().__init__(*names, **attributes)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        found = super().get_help_option(ctx)
        if found is not None:
            found.help = spoken(say("Show this message and exit."))
        return found

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if self.words.message:
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(spoken(self.words))

    def get_short_help_str(self, limit: int = 45) -> str:
        return spoken(self.short).rstrip(".。")


class Group(Command, click.Group):
    command_class = Command


def command(name: str | None = None, **attributes: Any) -> Callable[[Callable[..., Any]], Command]:
    """`click.command` with help and short_help as `Words`."""
    return click.command(name, cls=Command, **attributes)


def group(name: str | None = None, **attributes: Any) -> Callable[[Callable[..., Any]], Group]:
    """`click.group` with help as `Words`, and so have the commands that it makes."""
    return click.group(name, cls=Group, **attributes)


def option(*declarations: str, **attributes: Any) -> Callable[[_Decorated], _Decorated]:
    """`click.option` with help as `Words`."""
    return click.option(*declarations, cls=Option, **attributes)
