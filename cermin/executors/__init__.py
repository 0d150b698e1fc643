"""How work is spread: one interface for one process and for many. The order of results is that of the work."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import Protocol, TypeVar

from cermin.executors.processes import run_in_processes
from cermin.executors.serial import run_serially

Item = TypeVar("Item")
Result = TypeVar("Result")

BATCH = 32
"""Items that are handed to a worker at once."""
SMALL = 160
"""Items for which starting workers does not pay."""


class Executor(Protocol):
    """Runs ``task`` over batches with ``jobs`` workers and yields its results in order."""

    def __call__(
        self, task: Callable[[list[Item]], Result], batches: Iterable[list[Item]], jobs: int
    ) -> Iterator[Result]:
        """Run the batches."""


EXECUTORS: dict[str, Executor] = {"serial": run_serially, "processes": run_in_processes}


def run(task: Callable[[list[Item]], list[Result]], items: Iterable[Item], jobs: int) -> Iterator[Result]:
    """Run ``task`` over items, in batches; by the number of them and of ``jobs`` (0: one a core) picks the executor."""
    jobs = jobs or available_cores()
    rest = iter(items)
    first = list(islice(rest, SMALL))
    name = "serial" if jobs == 1 or len(first) < SMALL else "processes"
    # What is little is handed over one by one, so that each result is seen at once.
    size = BATCH if len(first) == SMALL else 1
    for results in EXECUTORS[name](task, _batches(chain(first, rest), size), jobs):
        yield from results


def _batches(items: Iterator[Item], size: int) -> Iterator[list[Item]]:
    while batch := list(islice(items, size)):
        yield batch


def available_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
