"""Processes that may die, hang or swell while they read a file, and what is left of it: one error."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.imaging import worker_tasks as tasks
from workstation.domain.error import Cancelled, ErrorCode, WorkstationError
from workstation.domain.work import CancelToken
from workstation.imaging.worker import Barred, Block, Task
from workstation.imaging.worker.pool import Pool


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    """One for all tests: a process needs about a second until it has imported what it reads with."""
    pool = Pool(2)
    yield pool
    pool.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.dcm"
    path.write_bytes(b"1234")
    return path


def answers(pool: Pool, *asked: Task) -> list[object]:
    """In the order of the tasks; errors of ours as their code."""
    got = sorted(pool.run(asked), key=lambda answer: answer[0])
    return [value.code if isinstance(value, WorkstationError) else value for _, value in got]


def test_many_calls_are_all_answered(pool: Pool) -> None:
    assert answers(pool, *[Task(tasks.add, (n, 1)) for n in range(300)]) == list(range(1, 301))


def test_work_is_done_in_another_process(pool: Pool) -> None:
    assert answers(pool, Task(tasks.own_process, ())) != [os.getpid()]


@pytest.mark.parametrize(
    ("killer", "code"),
    [
        (Task(tasks.end, (1,)), ErrorCode.KILLED_READER),
        (Task(tasks.turn_forever, (), patience_s=0.2), ErrorCode.TIMED_OUT_READING),
        (Task(tasks.take, (900,)), ErrorCode.READING_MEMORY),
        (Task(tasks.recurse, (0,)), ErrorCode.UNREADABLE),
        (Task(tasks.raise_foreign, ()), ErrorCode.DEFECT),
    ],
)
def test_one_bad_file_costs_one_error_and_the_others_are_read(pool: Pool, killer: Task, code: ErrorCode) -> None:
    others = [Task(tasks.add, (n, 0)) for n in range(20)]

    assert answers(pool, *others, killer, *others) == [*range(20), code, *range(20)]


@pytest.mark.skipif(os.name == "nt", reason="there are no signals")
def test_a_crash_in_native_code_is_an_error(pool: Pool) -> None:
    assert answers(pool, Task(tasks.crash, ())) == [ErrorCode.KILLED_READER]


@pytest.mark.skipif(os.name == "nt", reason="there are no signals")
def test_a_worker_that_is_told_to_end_is_no_fault_of_the_file(pool: Pool, file: Path) -> None:
    assert answers(pool, Task(tasks.be_told_to_end, (), about=str(file))) == [ErrorCode.NO_READER]
    assert answers(pool, Task(tasks.add, (1, 1), about=str(file))) == [2]


def test_what_needs_more_memory_than_several_may_use_at_once_gets_it_alone(pool: Pool) -> None:
    assert answers(pool, Task(tasks.take, (400,)), Task(tasks.take, (410,))) == [400 * 2**20, 410 * 2**20]


def test_one_that_waits_for_a_disk_is_given_more_time(pool: Pool) -> None:
    assert answers(pool, Task(tasks.wait, (0.9,), patience_s=0.3)) == [0.9]


def test_a_busy_machine_is_not_held_against_the_file(pool: Pool) -> None:
    assert answers(pool, Task(tasks.work_slowly, (2.5, 0.4), patience_s=2.0)) == [2.5]


@pytest.mark.skipif(os.name == "nt", reason="there are no signals")
def test_a_process_that_the_system_stopped_for_seconds_goes_on_with_its_file(pool: Pool, file: Path) -> None:
    hold = Task(tasks.be_stopped, (1.5,), about=str(file), patience_s=0.3)

    assert answers(pool, hold, Task(tasks.add, (1, 1), about=str(file))) == ["went on", 2]
    assert str(file) not in pool.barrier.files


def test_no_file_waits_for_what_a_worker_imports(pool: Pool) -> None:
    assert answers(pool, Task(tasks.has_imported, ("pydicom.filereader", "workstation.imaging.series.learn"))) == [True]


def test_a_file_that_killed_the_reader_is_not_read_again(pool: Pool, file: Path) -> None:
    answers(pool, Task(tasks.end, (1,), about=str(file)))

    assert answers(pool, Task(tasks.add, (1, 1), about=str(file))) == [ErrorCode.KILLED_READER]


def test_a_changed_file_is_read_again(pool: Pool, file: Path) -> None:
    answers(pool, Task(tasks.end, (1,), about=str(file)))
    file.write_bytes(b"12345")

    assert answers(pool, Task(tasks.add, (1, 1), about=str(file))) == [2]


def test_waiting_in_vain_for_a_disk_is_not_held_against_the_file(pool: Pool, file: Path) -> None:
    assert answers(pool, Task(tasks.wait, (3.0,), about=str(file), patience_s=0.2)) == [ErrorCode.TIMED_OUT_READING]
    assert answers(pool, Task(tasks.add, (1, 1), about=str(file))) == [2]


class Kept:
    def __init__(self, *files: Barred) -> None:
        self.files = list(files)

    def barred(self) -> list[Barred]:
        return self.files

    def bar(self, file: Barred) -> None:
        self.files.append(file)


def test_what_killed_the_reader_outlives_the_program(pool: Pool, file: Path) -> None:
    kept = Kept()
    pool.barrier.keep_in(kept)
    answers(pool, Task(tasks.turn_forever, (), about=str(file), patience_s=0.2))

    next_start = Pool(1)
    next_start.barrier.keep_in(Kept(*kept.files))
    assert answers(next_start, Task(tasks.add, (1, 1), about=str(file))) == [ErrorCode.TIMED_OUT_READING]


def test_a_member_that_kills_the_reader_leaves_the_others_of_its_archive(pool: Pool, file: Path) -> None:
    whole = Task(tasks.members, (str(file), 6, frozenset({2, 4})), about=str(file), many=True)
    expected = ["0", "1", "2 killed-reader", "3", "4 killed-reader", "5"]

    assert [value for _, value in pool.run([whole])] == expected
    assert [value for _, value in pool.run([whole])] == expected


def test_an_array_is_filled_where_it_stays(pool: Pool) -> None:
    block = Block(2 * 3 * 4)
    parts = [block.part(np.int16, (2, 3), offset) for offset in (0, 12)]

    answers(pool, *[Task(tasks.fill, (part, 7 + n), blocks=(block,)) for n, part in enumerate(parts)])
    block.close()

    assert block.array(block.part(np.int16, (2, 2, 3))).tolist() == [[[7] * 3] * 2, [[8] * 3] * 2]


def test_a_large_array_is_filled_as_a_small_one_is(pool: Pool) -> None:
    block = Block(40 * 2**20 + 5)
    part = block.part(np.uint8, (40 * 2**20,), 5)

    assert answers(pool, Task(tasks.fill, (part, 9), blocks=(block,))) == [None]
    assert (block.array(part) == 9).all()


def test_an_array_that_is_left_at_once_takes_no_room_from_the_next() -> None:
    pool, processes = Pool(1), []
    for size in (800 * 2**20, 16 * 2**20):
        block = Block(size)
        processes += answers(pool, Task(tasks.begin, (block.part(np.uint8, (size,)),), blocks=(block,), patience_s=5))
        block.close()
    pool.close()

    assert processes[0] == processes[1]


@pytest.mark.parametrize("lent", [False, True])
def test_a_worker_can_reach_no_other_memory_than_that_of_its_request(lent: bool) -> None:
    pool = Pool(1)
    first, second = Block(64, lent=lent), Block(64)
    part = first.part(np.uint8, (64,))

    filled = answers(pool, Task(tasks.fill, (part, 1), blocks=(first,)))
    out_of_reach = answers(pool, Task(tasks.fill, (part, 2), blocks=(second,)))
    again = answers(pool, Task(tasks.fill, (part, 3), blocks=(first,)))
    pool.close()

    assert (filled, out_of_reach, again) == ([None], [ErrorCode.DEFECT], [None])
    assert first.array(part).tolist() == [3] * 64


def test_nothing_that_a_library_prints_reaches_the_terminal(pool: Pool, capfd: pytest.CaptureFixture[str]) -> None:
    assert answers(pool, Task(tasks.print_loudly, ())) == ["quiet"]
    assert capfd.readouterr() == ("", "")


def test_cancelling_does_not_wait_for_the_worker(pool: Pool) -> None:
    cancel = CancelToken()
    threading.Timer(0.1, cancel.cancel).start()

    with pytest.raises(Cancelled):
        list(pool.run([Task(tasks.wait, (60.0,), patience_s=100)], cancel))
    assert answers(pool, Task(tasks.add, (1, 2))) == [3]


def test_one_may_ask_for_more_between_two_answers(pool: Pool) -> None:
    long_run = pool.run([Task(tasks.wait, (0.01,)) for _ in range(50)])
    other_thread = pool.run([Task(tasks.add, (1, 1))])
    waiting = threading.Thread(target=lambda: list(other_thread))

    next(long_run)
    waiting.start()
    nested = [answers(pool, Task(tasks.add, (number, 1))) for number in range(5)]

    assert nested == [[1], [2], [3], [4], [5]]
    assert len(list(long_run)) == 49
    waiting.join()


def test_one_may_ask_for_much_memory_while_a_run_of_his_own_has_it(pool: Pool) -> None:
    large = pool.run([Task(tasks.wait, (0.01,)), Task(tasks.wait, (0.5,), large=True)])

    next(large)

    assert answers(pool, Task(tasks.take, (400,))) == [400 * 2**20]
    assert [value for _, value in large] == [0.5]


def test_one_that_was_given_room_reads_nothing_else_be_it_left_half_way() -> None:
    pool = Pool(1)
    reading = pool.run([Task(tasks.own_process_twice, (), many=True, room=2**30)])
    _, first = next(reading)
    reading.close()

    assert first not in answers(pool, *[Task(tasks.own_process, ())] * 3)
    pool.close()


def test_a_long_run_lets_others_have_a_worker(pool: Pool) -> None:
    long_run = pool.run([Task(tasks.wait, (0.01,)) for _ in range(200)])
    next(long_run)
    got: list[object] = []
    other = threading.Thread(target=lambda: got.extend(answers(pool, Task(tasks.add, (1, 2)))))
    other.start()

    before = sum(1 for _ in iter(lambda: next(long_run) if not got else None, None))

    assert before < 150
    assert len(list(long_run)) + before == 199
    other.join()
