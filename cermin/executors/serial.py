"""All work in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def run_serially(
    task: Callable[[list[Item]], Result],
    batches: Iterable[list[Item]],
    jobs: int,  # noqa: ARG001 - part of the protocol
) -> Iterator[Result]:
    """Run the batches one after the other."""
    return map(task, batches)
