"""The preview: the site in a browser, made again and shown again when something changes.

livereload is the socket and the script in the browser; watchfiles tells what changed, so nothing is polled; Tornado,
which livereload runs on, serves the files. Builds run in a thread while the server answers. What the preview adds to
pages (the script, a note of what is wrong) is added as they are served and never written to output/.
"""

from __future__ import annotations

import asyncio
import logging
import mimetypes
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from ipaddress import ip_address
from pathlib import Path
from typing import ClassVar
from urllib.parse import unquote, urlsplit

from livereload.handlers import LiveReloadHandler, LiveReloadJSHandler
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, HTTPError, RequestHandler
from watchfiles import Change, awatch

from cermin import pipeline
from cermin.config import NAME, Config, load_config
from cermin.errors import CerminError, Fault, UsageError
from cermin.report import MemoryReporter, Reporter

WATCHED = ("seeds", "content", "templates", "outlets", "locales")
QUIET_MS = 60
"""How long nothing must change before a burst of saves is built, once."""

_NO_SCRIPT = b"connect-src 'self';"
_WITH_SCRIPT = b"script-src 'self'; connect-src 'self' ws:;"
_STYLE = """\
.preview-faults { background: #8c1d18; color: #fff; font: 1rem/1.5 system-ui; }
.preview-faults { padding: 1rem max(1rem, calc(50% - 36rem)); }
.preview-faults h2 { font: inherit; font-weight: bold; margin: 0; }
.preview-faults dl { margin: 0; }
.preview-faults code { color: inherit; background: none; overflow-wrap: anywhere; white-space: pre-wrap; }
.preview-faults dd { margin: 0 0 .5rem; }
"""
_LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(slots=True)
class _Preview:
    """The mirror under preview, and what its last build said."""

    config: Config
    jobs: int
    report: Reporter
    faults: Sequence[Fault] = ()

    async def rebuild(self, *, imports: bool) -> None:
        """Import and build in a thread, then have the browsers show what changed."""
        before = self.faults
        changed, self.faults = await asyncio.to_thread(self._rebuild, imports=imports)
        for fault in self.faults:
            self.report.fault(fault)
        ReloadSocket.reload(set(changed), everything=list(before) != list(self.faults))
        if changed:
            self.report.say(f"{len(changed):,} file{'s' * (len(changed) != 1)} changed")

    def _rebuild(self, *, imports: bool) -> tuple[Sequence[str], Sequence[Fault]]:
        try:
            self.config = load_config(self.config.root, self.config.output)
            memory = MemoryReporter()
            if imports:
                pipeline.import_seeds(self.config, memory, jobs=self.jobs)
            built = pipeline.build(self.config, memory, jobs=self.jobs)
        except CerminError as error:
            return (), error.faults
        return built.changed, built.faults

    @property
    def prefix(self) -> str:
        """The path below which the site stands, as at its host, so that 404.html finds its stylesheet."""
        return urlsplit(self.config.site.base_url).path or "/"


class ReloadSocket(LiveReloadHandler):  # type: ignore[misc]  # livereload ships no types
    """livereload's socket, which remembers what each tab shows and reloads only those whose page changed."""

    tabs: ClassVar[dict[ReloadSocket, str]] = {}

    def check_origin(self, origin: str) -> bool:
        """Talk to pages of this preview only."""
        return bool(urlsplit(origin).netloc == self.request.host)

    def on_message(self, message: str) -> None:
        """Answer livereload's greeting, and note the page of the tab."""
        super().on_message(message)
        if match := re.search(r'"url"\s*:\s*"([^"]*)"', message):
            self.tabs[self] = unquote(urlsplit(match[1]).path)

    def on_close(self) -> None:
        """Forget the tab."""
        self.tabs.pop(self, None)
        super().on_close()

    @classmethod
    def reload(cls, changed: set[str], *, everything: bool) -> None:
        """Reload the tabs whose page is in ``changed``, or all of them."""
        for tab, path in list(cls.tabs.items()):
            shown = path.lstrip("/") or "index.html"
            shown += "index.html" * shown.endswith("/")
            # A tab may show the 404 page in place of a page that is there now.
            if everything or any(shown.endswith(page) for page in changed):
                tab.send_message({"command": "reload", "path": path, "liveCSS": False, "liveImg": False})


class StyleHandler(RequestHandler):
    """Serves the looks of what the preview adds to pages."""

    def get(self) -> None:
        """Send the stylesheet."""
        self.set_header("Content-Type", "text/css; charset=utf-8")
        self.finish(_STYLE)


class SiteHandler(RequestHandler):
    """Serves output/ as a static host would, with the preview's script in each page."""

    def initialize(self, preview: _Preview, hosts: frozenset[str]) -> None:
        """Take what the server knows."""
        self.preview = preview
        self.hosts = hosts

    def prepare(self) -> None:
        """Refuse names that are not this machine's: a page elsewhere could have its name lead here (DNS rebinding)."""
        name = urlsplit(f"//{self.request.host}").hostname or ""
        if name not in self.hosts and not (_is_address(name) and "*" in self.hosts):
            raise HTTPError(403, reason="Unknown host name")

    def get(self, path: str) -> None:
        """Send a file, or the site's own 404 page."""
        prefix = self.preview.prefix.lstrip("/")
        if not path.startswith(prefix):
            if path:
                self._send_missing()
            else:
                self.redirect(self.preview.prefix)
            return
        inside = path[len(prefix) :]
        output = self.preview.config.output
        try:
            place = (output / inside).resolve()
        except (ValueError, OSError):  # a NUL, a circle of links
            place = output.parent
        if not place.is_relative_to(output):
            self._send_missing()
        elif place.is_dir():
            if inside and not inside.endswith("/"):
                self.redirect(f"/{path}/")
            else:
                self._send(place / "index.html")
        else:
            self._send(place)

    head = get

    def _send(self, place: Path, status: int = 200) -> None:
        try:
            data = place.read_bytes()
        except OSError:
            if status == 200:  # noqa: PLR2004 - found
                self._send_missing()
            else:
                self._send_page(b"<!doctype html><html><head><title>cermin</title></head><body></body></html>", 404)
            return
        kind = mimetypes.guess_type(place.name)[0] or "application/octet-stream"
        if kind == "text/html":
            self._send_page(data, status)
            return
        self.set_status(status)
        self._set_headers(f"{kind}; charset=utf-8" if kind.startswith("text/") or kind.endswith("xml") else kind)
        self.finish(data)

    def _send_missing(self) -> None:
        self._send(self.preview.config.output / "404.html", 404)

    def _send_page(self, page: bytes, status: int) -> None:
        port = urlsplit(f"//{self.request.host}").port or 80
        style = '<link rel="stylesheet" href="/preview.css">'
        script = f'<script src="/livereload.js?port={port}" defer></script>'
        page = page.replace(_NO_SCRIPT, _WITH_SCRIPT, 1).replace(b"</head>", f"{style}{script}</head>".encode(), 1)
        if self.preview.faults:
            page = re.sub(rb"<body[^>]*>", lambda match: match[0] + _note(self.preview.faults).encode(), page, count=1)
        self.set_status(status)
        self._set_headers("text/html; charset=utf-8")
        self.finish(page)

    def _set_headers(self, kind: str) -> None:
        self.set_header("Content-Type", kind)
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")


def _note(faults: Sequence[Fault]) -> str:
    """Return what is wrong as the first thing on a page."""
    rows = "".join(f"<dt><code>{escape(str(fault))}</code></dt><dd>{escape(fault.hint)}</dd>" for fault in faults[:10])
    more = f"<p>+ {len(faults) - 10:,}</p>" if len(faults) > 10 else ""  # noqa: PLR2004 - as above
    note = f"<h2>cermin</h2><dl>{rows}</dl>{more}"
    return f'<section class="preview-faults" role="alert" lang="en" dir="ltr">{note}</section>'


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def serve_mirror(config: Config, report: Reporter, *, host: str, port: int, jobs: int) -> None:
    """Serve the site until interrupted; ``port`` 0 takes a free one.

    Raises UsageError when the address cannot be had.
    """
    logging.getLogger("tornado.access").setLevel(logging.ERROR)
    logging.getLogger("livereload").setLevel(logging.ERROR)
    asyncio.run(_serve(_Preview(config, jobs, report), host, port))


async def _serve(preview: _Preview, host: str, port: int) -> None:
    try:
        sockets = bind_sockets(port, host)
    except OSError as error:
        hint = "end what listens there, or choose another with --port"
        raise UsageError.at(f"{host}:{port}", f"cannot listen: {error.strerror}", hint) from error
    everywhere = host in {"", "0.0.0.0", "::"}  # noqa: S104 - asked for with --host
    hosts = _LOCAL_NAMES | ({"*"} if everywhere else {host})
    application = Application(
        [
            (r"/livereload", ReloadSocket),
            (r"/livereload\.js", LiveReloadJSHandler),
            (r"/preview\.css", StyleHandler),
            (r"/(.*)", SiteHandler, {"preview": preview, "hosts": hosts}),
        ]
    )
    server = HTTPServer(application)
    server.add_sockets(sockets)
    real_port = sockets[0].getsockname()[1]
    if everywhere:
        preview.report.fault(
            Fault("", f"the preview is open to every machine that reaches port {real_port}"), "warning"
        )
    shown = "127.0.0.1" if everywhere else f"[{host}]" if ":" in host else host
    preview.report.say(f"Serving http://{shown}:{real_port}{preview.prefix} (Ctrl-C ends it)")
    await preview.rebuild(imports=True)
    while await _watch(preview):
        pass


async def _watch(preview: _Preview) -> bool:
    """Rebuild after each burst of changes; return when a watched folder came or went, to be called again."""
    root = preview.config.root
    folders = [root / name for name in WATCHED if (root / name).is_dir()]
    stop = asyncio.Event()
    top = asyncio.create_task(_watch_top(preview, stop))
    try:
        async for changes in awatch(
            *folders, debounce=QUIET_MS * 4, step=QUIET_MS, stop_event=stop, watch_filter=_is_ours
        ):
            await preview.rebuild(imports=_touches(changes, root, ("seeds", "outlets")))
    finally:
        stop.set()
        await top
    return True


async def _watch_top(preview: _Preview, stop: asyncio.Event) -> None:
    """Watch cermin.toml, and the folders that could come."""
    root = preview.config.root
    async for changes in awatch(root, recursive=False, debounce=QUIET_MS * 4, step=QUIET_MS, stop_event=stop):
        names = {Path(path).name for _, path in changes}
        if NAME in names:
            await preview.rebuild(imports=False)
        if any(Path(path).name in WATCHED and change != Change.modified for change, path in changes):
            await preview.rebuild(imports=True)
            stop.set()


def _is_ours(_: Change, path: str) -> bool:
    """Leave out what editors leave behind, and the temporary names under which cermin writes."""
    name = path.replace("\\", "/").rpartition("/")[2]
    return not (name.startswith(".") or name.endswith(("~", ".swp", ".tmp")))


def _touches(changes: set[tuple[Change, str]], root: Path, names: tuple[str, ...]) -> bool:
    return any(Path(path).is_relative_to(root / name) for _, path in changes for name in names)
