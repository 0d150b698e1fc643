"""What changed in the mirror, told in bursts. watchfiles asks the system to tell; nothing is polled."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterable, Iterator
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
_LEFT_BEHIND = re.compile(r"\..*|.*~|#.*#|.*\.(tmp|swp|swx|bak)|.*___jb_(tmp|old)___", re.DOTALL)
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
    """Collects what changes in the mirror at ``root``, from when it is opened until it is closed."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._loop = asyncio.get_running_loop()
        self._arrived = asyncio.Event()
        self._watched = asyncio.Event()
        self._changed: set[Path] = set()
        self._problem: CerminError | None = None
        self._stop = threading.Event()
        self._renew = threading.Event()
        self._threads = [threading.Thread(target=run) for run in (self._watch_top, self._watch_folders)]

    async def __aenter__(self) -> Self:
        """Begin to watch; what changes from now on is told."""
        for thread in self._threads:
            thread.start()
            await self._watched.wait()
            self._watched.clear()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End, and wait for the end."""
        self._stop.set()
        self._renew.set()
        for thread in self._threads:
            thread.join()

    async def burst(self) -> list[Path]:
        """Wait for changes and for a moment without more of them, and return what changed, in order.

        That are files that came, changed or went, and folders that came or went with all that is in them.

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
        changed = sorted(self._changed)
        self._changed.clear()
        return changed

    # --- in threads -----------------------------------------------------------------------------------------------

    def _watch_folders(self) -> None:
        watched: set[Path] = set()
        while not (self._stop.is_set() or self._problem):
            self._renew.clear()
            folders = {self._root / name for name in FOLDERS if (self._root / name).is_dir()}
            for changes in self._watch(folders, self._renew):
                # What happened in a folder while it was not watched is told by nobody.
                news = self._read(changes) if changes else (folders ^ watched if watched else ())
                watched = folders
                self._send(news)

    def _watch_top(self) -> None:
        """Watch cermin.toml, and the folders that could come or go."""
        for changes in self._watch({self._root}, self._stop, recursive=False):
            kinds = {Path(path).name: change for change, path in changes}
            if any(kinds.get(folder, Change.modified) != Change.modified for folder in FOLDERS):
                self._renew.set()
            self._send([self._root / NAME] if NAME in kinds else ())

    def _watch(
        self, folders: Iterable[Path], stop: threading.Event, *, recursive: bool = True
    ) -> Iterator[set[tuple[Change, str]]]:
        """Yield none once the folders are watched, then their changes."""
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
                if changes or not is_watched:
                    yield changes
                is_watched = True
        except FileNotFoundError:  # gone in this moment, which the folder above is told
            return
        except (OSError, RuntimeError) as error:
            hint = "on Linux, raise fs.inotify.max_user_watches"
            self._problem = CerminError.at(self._root, f"its folders cannot be watched: {error}", hint)
            self._send([self._root])

    def _read(self, changes: set[tuple[Change, str]]) -> Iterator[Path]:
        """Yield what counts among changes."""
        came = {name for change, name in changes if change == Change.added}
        for change, name in changes:
            place = Path(name)
            if change == Change.deleted and name in came and not place.exists():
                continue  # the name under which a file was written first
            parts = place.relative_to(self._root).parts
            if any(map(_LEFT_BEHIND.fullmatch, parts)):
                continue
            is_folder = place.is_dir() if change != Change.deleted else not place.suffix
            if change != Change.modified if is_folder else place.suffix == _SUFFIXES.get(parts[0], place.suffix):
                yield place

    def _send(self, places: Iterable[Path]) -> None:
        if not self._stop.is_set():
            self._loop.call_soon_threadsafe(self._receive, set(places))

    # --- in the event loop ----------------------------------------------------------------------------------------

    def _receive(self, places: set[Path]) -> None:
        self._watched.set()
        if places:
            self._changed |= places
            self._arrived.set()
