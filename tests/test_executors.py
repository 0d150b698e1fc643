"""Executors: the same results in the same order, however the work is spread."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cermin.executors import BATCH, EXECUTORS, SMALL, available_cores, run

PARENT = os.getpid()


def double(numbers: list[int]) -> list[int]:
    """Return each number doubled."""
    return [2 * number for number in numbers]


def tell_process(numbers: list[int]) -> list[int]:
    """Return the process in which each number was handled."""
    return [os.getpid() for _ in numbers]


def fail_at_200(numbers: list[int]) -> list[int]:
    """Return the numbers; fail at 200."""
    if 200 in numbers:
        raise ValueError("200 is too much")
    return numbers


class Counter:
    """A task that counts how often it is sent."""

    def __init__(self, sent: int = 0) -> None:
        self.sent = sent

    def __getstate__(self) -> int:
        return self.sent + 1

    def __setstate__(self, sent: int) -> None:
        self.sent = sent

    def __call__(self, numbers: list[int]) -> list[int]:
        """Return for each number how often the task was sent."""
        return [self.sent for _ in numbers]


@pytest.mark.parametrize("name", sorted(EXECUTORS))
@pytest.mark.parametrize("sizes", [(), (1,), (3, 1, 2), (40,) * 30])
def test_results_come_in_order(name, sizes):
    """Every executor yields the result of each batch, in the order of the batches."""
    numbers = itertools.count()
    batches = [[next(numbers) for _ in range(size)] for size in sizes]
    assert list(EXECUTORS[name](double, batches, 2)) == [double(batch) for batch in batches]


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("count", [0, 1, SMALL - 1, SMALL, SMALL + BATCH + 1])
def test_run(jobs, count):
    """Nothing is lost or done twice, for any number of items and workers."""
    assert list(run(double, iter(range(count)), jobs)) == [2 * number for number in range(count)]


@given(st.lists(st.integers(), max_size=2 * SMALL))
def test_run_any(items):
    """Whatever the items are, the results are theirs, in order."""
    assert list(run(double, items, 1)) == double(items)


def test_little_work_stays_here():
    """Little work, and work for one, is done in this process."""
    assert set(run(tell_process, range(SMALL - 1), 4)) == {PARENT}
    assert set(run(tell_process, range(SMALL * 2), 1)) == {PARENT}


def test_much_work_is_spread():
    """Much work is done by other processes, no more of them than were asked for."""
    processes = set(run(tell_process, range(SMALL * 4), 2))
    assert PARENT not in processes
    assert 1 <= len(processes) <= 2


def test_serial_results_come_at_once():
    """Little work is handed over one by one, so that each result is seen before the next is begun."""
    begun: list[int] = []

    def note(numbers: list[int]) -> list[int]:
        begun.extend(numbers)
        return numbers

    results = run(note, range(5), 1)
    assert next(results) == 0
    assert begun == [0]


def test_work_is_not_read_ahead_without_bound():
    """Items are drawn as workers need them, so that a site of any size fits into memory."""
    drawn = 0

    def items() -> Iterator[int]:
        nonlocal drawn
        for number in range(100_000):
            drawn += 1
            yield number

    results = run(double, items(), 2)
    assert next(results) == 0
    assert drawn <= SMALL + 2 * 8 * BATCH
    results.close()  # type: ignore[attr-defined]  # a generator


def test_task_is_sent_once():
    """A task goes to a worker once and not with every batch: it may hold a theme."""
    assert set(run(Counter(), range(SMALL * 4), 2)) <= {0, 1}


@pytest.mark.parametrize("jobs", [1, 2])
def test_errors_come_home(jobs):
    """What a task raises is raised here, and the results before it are not lost."""
    results = run(fail_at_200, range(SMALL * 4), jobs)
    taken: list[int] = []
    with pytest.raises(ValueError, match="200 is too much"):
        taken.extend(itertools.takewhile(lambda _: True, results))
    assert len(list(itertools.islice(run(fail_at_200, range(SMALL * 4), jobs), BATCH))) == BATCH


def test_left_unfinished():
    """Who stops asking for results leaves no process behind."""
    from multiprocessing import active_children

    results = run(double, range(SMALL * 10), 2)
    next(results)
    results.close()  # type: ignore[attr-defined]  # a generator
    assert active_children() == []


def test_available_cores():
    """There is a core at least, and 0 jobs means one for each."""
    assert available_cores() >= 1
    assert list(run(double, range(SMALL * 2), 0)) == double(list(range(SMALL * 2)))
