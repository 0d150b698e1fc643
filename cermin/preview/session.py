"""A session of the preview: changes -> builds -> what each tab has to load again."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable, Sequence
from http import HTTPStatus
from urllib.parse import urlsplit

from cermin import pipeline
from cermin.config import Config, load_config
from cermin.errors import CerminError, Fault
from cermin.preview.access import find_file
from cermin.preview.notes import State, render_note
from cermin.preview.pages import look_at
from cermin.preview.tabs import NOTE, ReloadSocket
from cermin.preview.watching import Watch
from cermin.report import MemoryReporter, Reporter

PATIENCE = 0.15
"""Seconds that a new fault must last to be shown: an editor that saves in two steps leaves half a file between."""


class Session:
    """The mirror under preview, the tabs that show it, and what there is to say over their pages."""

    def __init__(self, config: Config, report: Reporter, jobs: int) -> None:
        self.config = config
        self.note = ""
        self._report = report
        self._jobs = jobs
        self._tabs: set[ReloadSocket] = set()
        self._tasks: set[asyncio.Future[None]] = set()
        self._is_broken = False
        self._state = State()
        self._waiting: asyncio.TimerHandle | None = None

    @property
    def prefix(self) -> str:
        """The path below which the site stands, as at its host, so that 404.html finds its stylesheet."""
        return urlsplit(self.config.site.base_url).path or "/"

    async def run(self) -> None:
        """Build now and after each burst of changes, until cancelled."""
        async with Watch(self.config.root, lambda: None) as watch:
            while True:
                await self._rebuild(await watch.burst())

    async def _rebuild(self, paths: list[str] | None) -> None:
        imports = paths is None or any(path.startswith(("seeds/", "outlets/")) for path in paths)
        changed, faults, warnings = await asyncio.to_thread(self._build, imports=imports)
        if changed:
            self._report.say(f"{len(changed):,} file{'s' * (len(changed) != 1)} changed")
        self._is_broken = bool(faults)
        await self._show(changed)
        self._tell(State(faults, warnings))

    def _build(self, *, imports: bool) -> tuple[Sequence[str], Sequence[Fault], Sequence[Fault]]:
        warnings: tuple[Fault, ...] = ()
        try:
            self.config = load_config(self.config.root, self.config.output)
            memory = MemoryReporter()
            if imports:
                warnings = pipeline.import_seeds(self.config, memory, jobs=self._jobs).warnings
            built = pipeline.build(self.config, memory, jobs=self._jobs)
        except CerminError as error:
            return (), error.faults, warnings
        return built.changed, built.faults, warnings

    # --- what the server sends ------------------------------------------------------------------------------------

    def place_of(self, address: str) -> str | None:
        """Return the path below output/ that an address of the server, decoded, names; None outside of the site."""
        return address.removeprefix(self.prefix) if address.startswith(self.prefix) else None

    async def read(self, path: str) -> bytes | None:
        """Return the page at a path below output/, or None when there is none."""
        place = find_file(self.config.output, path)
        return place.read_bytes() if place and place.is_file() else None

    async def read_page(self, path: str) -> tuple[bytes, int]:
        """Return the page that is sent for a path below output/, and its status: the site's own 404 page is one too."""
        if page := await self.read(path):
            return page, HTTPStatus.OK
        page = await self.read("404.html")
        return (
            page or b"<!doctype html><html><head><title>cermin</title></head><body></body></html>",
            HTTPStatus.NOT_FOUND,
        )

    # --- the tabs -------------------------------------------------------------------------------------------------

    def open_tab(self, tab: ReloadSocket) -> None:
        """Take a tab in, and show it what changed between its page's being sent and now."""
        self._tabs.add(tab)
        self._begin(self._compare(tab))

    def close_tab(self, tab: ReloadSocket) -> None:
        """Forget a tab."""
        self._tabs.discard(tab)

    async def _show(self, changed: Iterable[str]) -> None:
        """Have the tabs load what changed and is in them."""
        changed = set(changed)
        # Those without a hash in their names are in pages that do not change with them.
        assets = [path for path in changed if path.startswith("static/")]
        for tab in list(self._tabs):
            path = self._path_of(tab)
            if assets or path in changed or "404.html" in changed:
                await self._compare(tab, assets)

    async def _compare(self, tab: ReloadSocket, assets: Iterable[str] = ()) -> None:
        page, status = await self.read_page(self._path_of(tab))
        if tab.shown is None:
            return
        now = look_at(page, self.note)
        if status == HTTPStatus.NOT_FOUND and self._is_broken:
            # An article that cannot be read is left out of the site; until it is mended the tab shows what it was.
            now = tab.shown._replace(note=now.note)
        names = [path for path in assets if path != now.style and path.encode() in page]
        if now.page != tab.shown.page or any(not path.endswith(".css") for path in names):
            tab.push(tab.address)
            tab.shown = None  # until the page that is loaded now says what it shows
            return
        for path in [now.style] * (now.style != tab.shown.style) + names:
            tab.push(path)
        if now.note != tab.shown.note:
            tab.push(NOTE)
        tab.shown = now

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _path_of(self, tab: ReloadSocket) -> str:
        path = self.place_of(tab.address)
        return "" if path is None else path + "index.html" * (not path or path.endswith("/"))

    # --- the note -------------------------------------------------------------------------------------------------

    def _tell(self, state: State) -> None:
        """Say what is wrong: what went at once, what came when it has lasted a moment."""
        if self._waiting:
            self._waiting.cancel()
            self._waiting = None
        news = [fault for fault in state.faults if fault not in self._state.faults]
        if news:
            self._waiting = asyncio.get_running_loop().call_later(PATIENCE, self._say, state)
        else:
            self._say(state)

    def _say(self, state: State) -> None:
        for word, faults, known in (
            ("error", state.faults, self._state.faults),
            ("warning", state.warnings, self._state.warnings),
        ):
            for fault in faults:
                if fault not in known:
                    self._report.fault(fault, word)
        self._state = state
        note = render_note(state, self.config.root)
        if note != self.note:
            self.note = note
            for tab in list(self._tabs):
                self._begin(self._compare(tab))
