"""Reading what may be hostile in processes that can be ended: limits of time and memory, one message a file.

In the program: `call`, `stream`, `run`. In functions that run in a worker: `starting`, `open_array`.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from workstation.domain.work import CancelToken
from workstation.imaging.worker.block import Block, SharedArray
from workstation.imaging.worker.child import inside, more_time, open_array, open_before, starting
from workstation.imaging.worker.quarantine import BARRIER, Barred, Quarantine, reason
from workstation.imaging.worker.task import PATIENCE_S, Task

if TYPE_CHECKING:
    from workstation.imaging.worker.pool import Pool

__all__ = [
    "BARRIER", "PATIENCE_S", "Barred", "Block", "Quarantine", "SharedArray", "Task",
    "call", "inside", "more_time", "open_array", "open_before", "reason", "run", "starting", "stream", "warm_up",
]  # fmt: skip

R = TypeVar("R")


@cache
def _pool() -> Pool:
    from workstation.imaging.worker.pool import make_pool

    return make_pool()


def call(
    function: Callable[..., R],
    *arguments: object,
    about: str = "",
    patience_s: float = PATIENCE_S,
    cancel: CancelToken | None = None,
    blocks: tuple[Block, ...] = (),
) -> R:
    """The function's result, from a worker; in a worker itself it is just called.

    function    of the top of a module of `workstation.imaging`; arguments and result are pickled; a result is made of
                NumPy arrays, plain values and our own classes
    about       the file that takes the blame: it is not read again in its present state
    patience_s  time for this call. A process that can't get at the processor or the disk is given more
    raises      KILLED_READER, TIMED_OUT_READING, READING_MEMORY (also at once for a file that earned it before),
                NO_READER, Cancelled, and what the function raises, if it is an exception of our own
    """
    if inside():
        return function(*arguments)
    answers = run([Task(function, arguments, about, patience_s, blocks)], cancel)
    try:
        _, answer = next(answers)
    finally:
        answers.close()
    if isinstance(answer, Exception):
        raise answer
    result: R = answer
    return result


def stream(
    function: Callable[..., Iterator[R]],
    *arguments: object,
    about: str = "",
    patience_s: float = PATIENCE_S,
    cancel: CancelToken | None = None,
) -> Iterator[R]:
    """The items of a function that returns an iterator; `patience_s` for each. Else as `call`.

    Where the function tells by `starting` what it reads next, that takes the blame, and the function is called again:
    it has to give the same items in the same order, with something in the place of what `starting` then refuses.
    """
    if inside():
        yield from function(*arguments)
        return
    answers = run([Task(function, arguments, about, patience_s, many=True)], cancel)
    try:
        for _, answer in answers:
            if isinstance(answer, Exception):
                raise answer
            yield answer
    finally:
        answers.close()


def run(tasks: Iterable[Task], cancel: CancelToken | None = None) -> Generator[tuple[int, Any], None, None]:
    """Many calls over all workers: (index of the task, its value or the exception that it earned), as they come.

    Of a task with `many` there is one for each item. Close the iterator when you leave it early. raises Cancelled
    """
    return _pool().run(tasks, cancel)


def warm_up() -> None:
    """Start two workers and let them import what they will need, before a reader's first drop has to wait for it."""
    for _ in run([Task(_import_all, (), patience_s=60.0)] * 2):
        pass


def _import_all() -> None:
    import imagecodecs  # noqa: F401

    import workstation.imaging.pixels.decode  # noqa: F401
