"""The server of the preview: sends output/ as a static host would, to this machine unless asked for more."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
import threading
import webbrowser
from pathlib import Path
from urllib.parse import quote

from livereload.handlers import LiveReloadJSHandler
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, StaticFileHandler

from cermin.config import Config
from cermin.errors import Fault, UsageError
from cermin.files import digest
from cermin.media_types import media_type
from cermin.preview import access
from cermin.preview.access import LocalHandler
from cermin.preview.pages import prepare
from cermin.preview.session import Session
from cermin.preview.tabs import ReloadSocket
from cermin.report import Reporter

_OWN = Path(__file__).parent


class FreshHandler(LocalHandler):
    """Sends what the browser shall not keep."""

    def set_default_headers(self) -> None:
        """Have nothing kept, guessed, or read by pages from elsewhere."""
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")

    def compute_etag(self) -> None:
        """Nothing is kept, so nothing needs a name."""


class ScriptHandler(FreshHandler, LiveReloadJSHandler):  # type: ignore[misc]  # livereload ships no types
    """Sends livereload's script."""


class OwnHandler(FreshHandler):
    """Sends a file of the preview itself."""

    def initialize(self, kind: str) -> None:
        """Take the media type."""
        self.kind = kind

    def get(self, name: str) -> None:
        """Send the file."""
        self.set_header("Content-Type", f"{self.kind}; charset=utf-8")
        self.finish((_OWN / name).read_bytes())


class NoteHandler(FreshHandler):
    """Sends the note that is over all pages."""

    def initialize(self, session: Session) -> None:
        """Take what there is to say from the session."""
        self.session = session

    def get(self) -> None:
        """Send the note, and its hash."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("X-Note", digest(self.session.note.encode()))
        self.finish(self.session.note)


class SiteHandler(FreshHandler, StaticFileHandler):
    """Sends pages with what the preview adds, and other files as they are, by pieces or in part."""

    def initialize(self, session: Session) -> None:  # type: ignore[override]  # as each handler takes its own
        """Take the site from the session."""
        super().initialize(str(session.config.output))
        self.session = session

    async def get(self, path: str, include_body: bool = True) -> None:
        """Send a page, a file, or the site's own 404 page."""
        session, address = self.session, f"/{path}"
        inside = session.path_of(address)
        place = access.find_file(session.config.output, inside) if inside else None
        if not path and inside is None:
            self.redirect(session.prefix)
        elif place and place.is_dir():
            self.redirect(quote(f"{address}/"))
        elif not inside or inside.endswith(".html"):
            await self._send_page(inside)
        elif (data := (await session.answer(inside)).data) is not None:
            self.set_header("Content-Type", media_type(inside))
            self.finish(data)
        elif place:
            await super().get(place.relative_to(session.config.output).as_posix(), include_body)
        else:
            await self._send_page(None)

    async def _send_page(self, path: str | None) -> None:
        page, status = await self.session.read_page(path)
        self.set_status(status)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(prepare(page, self.session.note, self.request.host, self.session.prefix))

    def get_content_type(self) -> str:
        """Return the media type by the name."""
        return media_type(self.absolute_path or "")

    def should_return_304(self) -> bool:
        """Send every file anew."""
        return False


def serve_mirror(config: Config, report: Reporter, listen: tuple[str, int], *, jobs: int, browse: bool) -> None:
    """Serve the site until interrupted, and with ``browse`` open it in the user's browser.

    It listens at the host and port of ``listen``; port 0 takes a free one.

    Raises UsageError when the address cannot be had.
    """
    logging.getLogger("tornado.access").setLevel(logging.ERROR)
    logging.getLogger("tornado.general").setLevel(logging.ERROR)
    logging.getLogger("livereload").setLevel(logging.CRITICAL)  # else it tells of each tab that has just gone
    asyncio.run(_serve(config, report, listen, jobs=jobs, browse=browse))


async def _serve(config: Config, report: Reporter, listen: tuple[str, int], *, jobs: int, browse: bool) -> None:
    host, port = listen
    session = Session(config, report, jobs)
    try:
        sockets = bind_sockets(port, host)
    except OSError as error:
        hint = "end what listens there, or choose another with --port"
        if error.errno == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror):
            hint = "name an address of this machine with --host"
        raise UsageError.at(f"{host}:{port}", f"cannot listen: {error.strerror}", hint) from error
    known = {"session": session}
    application = Application(
        [
            (r"/livereload", ReloadSocket, {"opened": session.open_tab, "closed": session.close_tab}),
            (r"/livereload\.js", ScriptHandler),
            (r"/@preview/(preview\.js)", OwnHandler, {"kind": "text/javascript"}),
            (r"/@preview/(preview\.css)", OwnHandler, {"kind": "text/css"}),
            (r"/@preview/note", NoteHandler, known),
            (r"/(.*)", SiteHandler, known),
        ],
        hosts=access.hosts_of(host),
    )
    real_port = sockets[0].getsockname()[1]
    here = ("::1" if ":" in host else "127.0.0.1") if access.is_open_to_all(host) else host
    address = _address(here, real_port, session.prefix)
    report.say(f"Serving {address} (Ctrl-C ends it)")
    if not access.is_local(host):
        reached = access.find_addresses(host) if access.is_open_to_all(host) else [host]
        names = " and ".join(_address(name, real_port, session.prefix) for name in reached)
        verdict = f"open to every machine that reaches this one{' at ' * bool(names)}{names}"
        report.fault(Fault("", verdict, "leave --host out to keep it to yourself"), "warning")
    if browse:
        # Not awaited: some browsers run until they are closed.
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
    async with session:
        # Who asked before has waited.
        HTTPServer(application).add_sockets(sockets)
        await session.follow()


def _address(host: str, port: int, prefix: str) -> str:
    return f"http://[{host}]:{port}{prefix}" if ":" in host else f"http://{host}:{port}{prefix}"
