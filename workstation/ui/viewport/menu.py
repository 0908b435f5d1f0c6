"""The viewport's menu, from the key table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtWidgets import QMenu

from workstation.domain.words import say
from workstation.ui.keys import BY_COMMAND, Command, key_text
from workstation.ui.speech import Speech
from workstation.ui.viewport.gestures import Tool
from workstation.ui.viewport.luts import COLOURS, Colours
from workstation.ui.viewport.presets import PRESETS

_GROUPS: Final[tuple[tuple[Command, ...], ...]] = (
    (Command.WINDOW_AUTO, Command.WINDOW_FILE, *PRESETS),
    tuple(tool.value for tool in Tool),
    (Command.FIT, Command.ONE_TO_ONE, Command.RESET, Command.SMOOTH, Command.INFO),
    (Command.FLIP_ACROSS, Command.FLIP_DOWN, Command.TURN_RIGHT, Command.TURN_LEFT),
    (Command.INVERT, Command.COLOURS),
    (Command.CINE,),
    (Command.FLICKER, Command.DIFFERENCE),
    (Command.CALIBRATE, Command.DELETE_MEASURE),
    (Command.STRAIGHTEN,),
)


def fill_menu(
    menu: QMenu,
    speech: Speech,
    possible: Callable[[Command], bool],
    perform: Callable[[Command], object],
    tables: QMenu,
) -> None:
    """Every entry with its key; what can't be done now is there, but disabled.

    The menu is kept and filled again each time: PySide crashed on menus that delete themselves once they are closed.
    `tables` opens beside the key that takes the next colour table.
    """
    menu.clear()
    for number, group in enumerate(_GROUPS):
        if number:
            menu.addSeparator()
        for command in group:
            action = menu.addAction(f"{speech.tr(BY_COMMAND[command].title)}\t{key_text(command)}")
            action.setEnabled(possible(command))
            action.triggered.connect(lambda _checked=False, command=command: perform(command))
            if command is Command.COLOURS:
                tables.setEnabled(possible(command))
                menu.addMenu(tables)


def fill_tables(tables: QMenu, speech: Speech, shown: Colours, choose: Callable[[Colours], object]) -> None:
    """Every colour table by its name, the one that is shown marked."""
    tables.clear()
    tables.setTitle(speech.tr(say("Colour table")))
    for colours in COLOURS:
        action = tables.addAction(speech.tr(colours.title))
        action.setCheckable(True)
        action.setChecked(colours is shown)
        action.triggered.connect(lambda _checked=False, colours=colours: choose(colours))
