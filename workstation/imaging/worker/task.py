"""What is asked of a worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from workstation.imaging.worker.block import Block

PATIENCE_S: Final = 2.5


@dataclass(frozen=True, slots=True)
class Task:
    """One call of `function` in a worker.

    function    of the top of a module; arguments and result are pickled
    arguments   or what gives them, asked whenever the request may go to a worker: the same each time
    about       the file that takes the blame; "": nobody does
    patience_s  time for the result, or for each item if `many`: then the function returns an iterator
    blocks      memory that it fills
    large       it is known to need much memory: alone, with all that one worker may have
    room        bytes that it may take instead; its worker is ended afterwards, as it keeps them
    """

    function: Callable[..., Any]
    arguments: tuple[Any, ...] | Callable[[], tuple[Any, ...]]
    about: str = ""
    patience_s: float = PATIENCE_S
    blocks: tuple[Block, ...] = ()
    many: bool = False
    large: bool = False
    room: int = 0
