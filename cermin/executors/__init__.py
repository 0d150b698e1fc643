"""How work is spread: one interface for one process and for many. The order of results is that of the work."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Protocol, TypeVar

from cermin.executors.processes import run_in_processes
from cermin.executors.serial import run_serially

Item = TypeVar("Item")
Result = TypeVar("Result")

BATCH = 32
"""How much is handed to a worker at once, as ``size_of`` measures it."""
SMALL = 160
"""Work for which starting workers does not pay."""


class Executor(Protocol):
    """Runs ``task`` over batches with ``jobs`` workers and yields its results in order."""

    def __call__(
        self, task: Callable[[list[Item]], Result], batches: Iterable[list[Item]], jobs: int
    ) -> Iterator[Result]:
        """Run the batches."""


EXECUTORS: dict[str, Executor] = {"serial": run_serially, "processes": run_in_processes}


def run(
    task: Callable[[list[Item]], list[Result]],
    items: Iterable[Item],
    jobs: int,
    size_of: Callable[[Item], int] = lambda _: 1,
) -> Iterator[Result]:
    """Run ``task`` over items, in batches; how much there is and ``jobs`` (0: one a core) pick the executor.

    ``size_of`` tells how much work an item is, in pages or files.
    """
    jobs = jobs or available_cores()
    rest = iter(items)
    first = next(batches(rest, SMALL, size_of), [])
    size = sum(map(size_of, first))
    name = "serial" if jobs == 1 or size < SMALL else "processes"
    # What is little is handed over one by one, so that each result is seen at once.
    most = BATCH if size >= SMALL else 1
    for results in EXECUTORS[name](task, batches(chain(first, rest), most, size_of), jobs):
        yield from results


def batches(items: Iterable[Item], most: int, size_of: Callable[[Item], int]) -> Iterator[list[Item]]:
    """Yield the items in lists, each as short as makes ``most`` together by ``size_of``; the last may make less."""
    batch: list[Item] = []
    size = 0
    for item in items:
        batch.append(item)
        size += size_of(item)
        if size >= most:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def available_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
