"""Work spread over processes of this machine."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from cermin.errors import CerminError

if TYPE_CHECKING:
    from concurrent.futures import Future

Item = TypeVar("Item")
Result = TypeVar("Result")

AHEAD = 4
"""Batches in flight for each worker: enough to keep it busy, few enough to hold little in memory."""

_task: Callable[[Any], Any]


def run_in_processes(
    task: Callable[[list[Item]], Result], batches: Iterable[list[Item]], jobs: int
) -> Iterator[Result]:
    """Run the batches in ``jobs`` processes; ``task`` is sent to each of them once.

    Raises CerminError when a process is ended from outside, as systems do that run out of memory.
    """
    # Little work needs none of them.
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    # A forked worker starts in a few milliseconds with everything imported; it is safe on Linux and from a lone thread.
    method = "fork" if sys.platform == "linux" and threading.active_count() == 1 else "spawn"
    pool = ProcessPoolExecutor(jobs, multiprocessing.get_context(method), _begin, (task,))
    flying: deque[Future[Result]] = deque()
    try:
        for batch in batches:
            flying.append(pool.submit(_run, batch))
            if len(flying) >= jobs * AHEAD:
                yield flying.popleft().result()
        while flying:
            yield flying.popleft().result()
    except BrokenProcessPool as error:
        hint = "where memory is short, fewer of them may help: `--jobs 1`"
        raise CerminError.at("", "a worker process was ended from outside", hint) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _begin(task: Callable[[Any], Any]) -> None:
    global _task  # noqa: PLW0603 - a worker's one task, set before its first batch
    _task = task
    # Ctrl-C goes to the whole group; the parent alone answers it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this worker when its parent is killed: it would write what is left, unasked, and then wait for ever."""
    import multiprocessing

    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


def _run(batch: Any) -> Any:
    return _task(batch)
