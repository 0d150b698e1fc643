"""A session of the preview: what changed -> what each tab has to load again, and what there is to say."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, ExitStack
from http import HTTPStatus
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from cermin.background import Progress
from cermin.config import Config
from cermin.errors import Fault
from cermin.live import Answer, LiveMirror, Update
from cermin.preview.access import find_file, is_plain
from cermin.preview.notes import State, render_note
from cermin.preview.pages import look_at
from cermin.preview.tabs import NOTE, ReloadSocket
from cermin.preview.watching import Watch
from cermin.report import Reporter

_NO_PAGE = b"<!doctype html><html lang=en><head><title>cermin</title></head><body></body></html>"
PATIENCE = 0.15
"""Seconds that a new fault must last to be shown: an editor that saves in two steps leaves half a file between."""
LONG = 2.0
"""Seconds after which work that goes on is told of."""


class Session(AbstractAsyncContextManager["Session"]):
    """The mirror under preview, the tabs that show it, and what there is to say over their pages.

    Opened, it has a first page ready; its methods are called in the event loop.
    """

    def __init__(self, config: Config, report: Reporter, jobs: int) -> None:
        self.note = ""
        self._report = report
        self._loop = asyncio.get_running_loop()
        self._watch = Watch(config.root)
        self._mirror = LiveMirror(config, jobs, tell=self._tell, shown=lambda: self._paths)
        self._tabs: set[ReloadSocket] = set()
        self._paths: tuple[str, ...] = ()
        """Files of output/ that the tabs show; read from threads."""
        self._tasks: set[asyncio.Future[None]] = set()
        self._state = State()
        self._waiting: asyncio.TimerHandle | None = None
        self._is_built = False
        """Whether output/ was once as it should be: since then nobody waits for a build."""
        self._busy_since = 0.0
        self._bar = ExitStack()
        self._drawn = ("", 0)
        """Words of the work that the terminal shows, and how much of it is done."""
        self._old_warnings: set[Fault] = set()
        """What imports said of captures that were there before."""
        self._has_new_captures = False

    async def __aenter__(self) -> Self:
        """Begin to watch, and to build."""
        async with AsyncExitStack() as stack:
            stack.callback(self._mirror.close)
            await stack.enter_async_context(self._watch)
            stack.callback(self._bar.close)
            await asyncio.to_thread(self._mirror.begin)
            self._open = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End both."""
        await self._open.aclose()

    async def follow(self) -> None:
        """Take in each burst of changes, until cancelled."""
        while True:
            places = await self._watch.burst()
            self._has_new_captures |= any(place.is_relative_to(self.config.seeds) for place in places)
            await asyncio.to_thread(self._mirror.change, places)

    # --- what the server sends ------------------------------------------------------------------------------------

    @property
    def config(self) -> Config:
        """The settings as they are now."""
        return self._mirror.config

    @property
    def prefix(self) -> str:
        """The path below which the site stands, as at its host, so that 404.html finds its stylesheet."""
        return urlsplit(self.config.site.base_url).path or "/"

    def path_of(self, address: str) -> str | None:
        """Return the path below output/ that an address of the server, decoded, names; None outside of the site."""
        if not address.startswith(self.prefix):
            return None
        path = address.removeprefix(self.prefix)
        return path + "index.html" if not path or path.endswith("/") else path

    async def answer(self, path: str) -> Answer:
        """Return what is to be sent for a path below output/."""
        if not is_plain(path):
            return Answer(is_gone=True)
        try:
            return await asyncio.to_thread(self._mirror.page, path)
        except OSError:  # a name that is too long
            return Answer(is_gone=True)

    async def read_page(self, path: str | None) -> tuple[bytes, int]:
        """Return the page that is sent for a path below output/, and its status: the site's own 404 page is one too."""
        if path and (page := await self._read(path)):
            return page, HTTPStatus.OK
        return await self._read("404.html") or _NO_PAGE, HTTPStatus.NOT_FOUND

    async def _read(self, path: str) -> bytes | None:
        answer = await self.answer(path)
        if answer.data is not None or answer.is_gone:
            return answer.data
        place = find_file(self.config.output, path)
        return place.read_bytes() if place and place.is_file() else None

    # --- the tabs -------------------------------------------------------------------------------------------------

    def open_tab(self, tab: ReloadSocket) -> None:
        """Take a tab in, and show it what changed between its page's being sent and now."""
        self._tabs.add(tab)
        self._note_paths()
        self._begin(self._compare(tab))

    def close_tab(self, tab: ReloadSocket) -> None:
        """Forget a tab."""
        self._tabs.discard(tab)
        self._note_paths()

    def _note_paths(self) -> None:
        self._paths = tuple({path for tab in self._tabs if (path := self.path_of(tab.address)) and is_plain(path)})

    async def _compare(self, tab: ReloadSocket, assets: Iterable[str] = ()) -> None:
        """Have the tab load what is not as it shows it; ``assets`` changed under names that stayed."""
        page, _ = await self.read_page(self.path_of(tab.address))
        if tab.shown is None:
            return
        now = look_at(page, self.note)
        inside = [path for path in assets if path.encode() in page]
        if now.page != tab.shown.page or any(not path.endswith(".css") for path in inside):
            tab.push(tab.address)
            tab.shown = None  # until the page that is loaded now says what it shows
            return
        for path in [now.style] * (now.style != tab.shown.style) + [path for path in inside if path != now.style]:
            tab.push(path)
        if now.note != tab.shown.note:
            tab.push(NOTE)
        tab.shown = now

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # --- what the mirror tells ------------------------------------------------------------------------------------

    def _tell(self, update: Update) -> None:
        """Take what the mirror tells, in any thread."""
        self._loop.call_soon_threadsafe(self._take, update)

    def _take(self, update: Update) -> None:
        assets = [path for path in update.changed if path.startswith("static/")]
        for tab in self._tabs:
            is_touched = update.changed & {self.path_of(tab.address), "404.html"}
            if assets or update.stylesheet or is_touched:
                self._begin(self._compare(tab, assets))
        if update.changed:
            self._report.say(f"{len(update.changed):,} file{'s' * (len(update.changed) != 1)} changed")
        progress = self._awaited(update)
        self._draw(progress)
        self._is_built |= update.is_settled
        words = _words(progress, update) if progress and not self._is_built else ""
        state = State(update.faults, self._new(update.warnings), words)
        if self._waiting:
            self._waiting.cancel()
            self._waiting = None
        if set(state.faults).difference(self._state.faults):
            self._waiting = self._loop.call_later(PATIENCE, self._say, state)
        else:
            self._say(state)

    def _new(self, warnings: Sequence[Fault]) -> Sequence[Fault]:
        if not self._has_new_captures and (older := set(warnings) - self._old_warnings):
            self._old_warnings |= older
            verdict = f"{len(older):,} warning{'s' * (len(older) != 1)} of the import"
            self._report.fault(Fault("seeds", verdict, "`cermin import` tells them"), "warning")
        return [fault for fault in warnings if fault not in self._old_warnings]

    def _awaited(self, update: Update) -> Progress | None:
        """Return how far the work is, where somebody waits for it."""
        now = self._loop.time()
        self._busy_since = (self._busy_since or now) if update.progress else 0.0
        return update.progress if update.is_first_look or now - self._busy_since >= LONG else None

    def _draw(self, progress: Progress | None) -> None:
        """Show in the terminal how far the work is."""
        words, done = self._drawn
        if progress is None or progress.words != words or progress.done < done:
            self._bar.close()
            self._drawn = ("", 0)
            if progress:
                self._stage = self._bar.enter_context(self._report.stage(progress.words, progress.total))
                self._drawn = (progress.words, 0)
        if progress:
            self._stage.advance(progress.done - self._drawn[1])
            self._drawn = (progress.words, progress.done)

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
            for tab in self._tabs:
                self._begin(self._compare(tab))


def _words(progress: Progress, update: Update) -> str:
    # In steps, as a screen reader tells each.
    share = f": {progress.done * 20 // progress.total * 5} %" if progress.total else " …"
    lists = " Lists hold only some of the newest articles until then." if update.is_first_look else ""
    return f"{progress.words}{share}.{lists}"
