"""What changed in the mirror, told in bursts. watchfiles asks the system to tell; nothing is polled."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from types import TracebackType
from typing import Self

from watchfiles import Change, watch

from cermin.config import NAME
from cermin.errors import CerminError

FOLDERS = ("seeds", "content", "templates", "outlets", "locales")
"""The folders of a mirror from which the site is made."""
_SUFFIXES = {"content": ".md", "outlets": ".toml", "locales": ".po"}
"""What the names of files end in that count in a folder."""
_LEFT_BEHIND = re.compile(r"\..*|.*~|#.*#|.*\.(tmp|swp|swx|bak)|.*___jb_(tmp|old)___|sed\w{6}|4913", re.DOTALL)
"""Names of what editors write beside a file while they save it."""

STEP_MS = 5
"""How often watchfiles looks at what the system told."""
READY_MS = 50
"""After so long without a change watchfiles has said that it watches; what it must say again each time is cheap."""
QUIET = 0.015
"""Seconds without a change that end a burst.

Events of one save (vim, sed, a truncation and a write) and of saving all files of an editor lay at most 6 ms apart when
they were measured, each with files of 200 kB; every edit waits this long.
"""
LONGEST = 0.25
"""Seconds after which a burst that does not end is told of."""


class Watch(AbstractAsyncContextManager["Watch"]):
    """Collects what changes in the mirror at ``root`` while it is open."""

    def __init__(self, root: Path, tell: Callable[[], None]) -> None:
        """Call ``tell`` in the event loop when something has changed that was not asked for yet."""
        self._root = root
        self._tell = tell
        self._loop = asyncio.get_running_loop()
        self._arrived = asyncio.Event()
        self._changed: set[str] = set()
        self._is_everything = False
        self._problem: CerminError | None = None
        self._stop = threading.Event()
        self._renew = threading.Event()
        self._threads = [threading.Thread(target=run) for run in (self._watch_folders, self._watch_top)]

    async def __aenter__(self) -> Self:
        """Begin to watch."""
        for thread in self._threads:
            thread.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End, and wait for the end."""
        self._stop.set()
        self._renew.set()
        for thread in self._threads:
            thread.join()

    async def burst(self) -> list[str] | None:
        """Wait for changes and for a moment without more of them, and return their paths below the root, in order.

        None means that anything may have changed, as it is when watching has just begun.

        Raises CerminError when the system cannot watch the folders.
        """
        await self._arrived.wait()
        latest = self._loop.time() + LONGEST
        while self._loop.time() < latest:
            self._arrived.clear()
            try:
                async with asyncio.timeout(QUIET):
                    await self._arrived.wait()
            except TimeoutError:
                break
        self._arrived.clear()
        if self._problem:
            raise self._problem
        changed, is_everything = sorted(self._changed), self._is_everything
        self._changed, self._is_everything = set(), False
        return None if is_everything else changed

    # --- in threads -----------------------------------------------------------------------------------------------

    def _watch_folders(self) -> None:
        while not (self._stop.is_set() or self._problem):
            self._renew.clear()
            folders = [self._root / name for name in FOLDERS if (self._root / name).is_dir()]
            for changes in self._watch(folders, self._renew):
                if changes is None:
                    self._send(None)  # also what changed while nothing was watched
                elif found := list(self._read(changes)):
                    self._send(found)

    def _watch_top(self) -> None:
        """Watch cermin.toml, and the folders that could come or go."""
        for changes in self._watch([self._root], self._stop, recursive=False):
            names = {Path(path).name: change for change, path in changes or ()}
            if NAME in names:
                self._send([NAME])
            if any(names.get(folder, Change.modified) != Change.modified for folder in FOLDERS):
                self._renew.set()

    def _watch(
        self, folders: list[Path], stop: threading.Event, *, recursive: bool = True
    ) -> Iterator[set[tuple[Change, str]] | None]:
        """Yield None once the folders are watched, then their changes."""
        is_watched = False
        try:
            for changes in watch(
                *folders,
                watch_filter=None,
                debounce=STEP_MS * 4,
                step=STEP_MS,
                rust_timeout=READY_MS,
                yield_on_timeout=True,
                stop_event=stop,
                recursive=recursive,
            ):
                if not is_watched:
                    is_watched = True
                    yield None
                if changes:
                    yield changes
        except FileNotFoundError:  # gone in this moment, which the folder above is told
            return
        except (OSError, RuntimeError) as error:
            hint = "on Linux, raise fs.inotify.max_user_watches"
            self._problem = CerminError.at(self._root, f"its folders cannot be watched: {error}", hint)
            self._send(None)

    def _read(self, changes: set[tuple[Change, str]]) -> Iterator[str | None]:
        """Yield the paths that count, below the root; None where only a look at everything can tell."""
        for change, name in changes:
            place = Path(name)
            path = place.relative_to(self._root).as_posix()
            if any(_LEFT_BEHIND.fullmatch(part) for part in path.split("/")):
                continue
            if change == Change.added and place.is_dir():
                # What came before the folder was watched is told by nobody.
                yield from (file.relative_to(self._root).as_posix() for file in place.rglob("*") if file.is_file())
            elif change == Change.deleted and not place.suffix:
                yield None
            elif place.suffix == _SUFFIXES.get(path.partition("/")[0], place.suffix):
                yield path

    def _send(self, paths: Sequence[str | None] | None) -> None:
        if not self._stop.is_set():
            self._loop.call_soon_threadsafe(self._receive, paths)

    # --- in the event loop ----------------------------------------------------------------------------------------

    def _receive(self, paths: Sequence[str | None] | None) -> None:
        if paths is None or None in paths:
            self._is_everything = True
        self._changed.update(path for path in paths or () if path)
        self._arrived.set()
        self._tell()
