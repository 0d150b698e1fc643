"""The tabs that show the preview: livereload's socket to each, and what each shows."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from livereload.handlers import LiveReloadHandler
from tornado.escape import json_decode

from cermin.preview.access import LocalHandler
from cermin.preview.pages import Shown

NOTE = "@preview/note"
"""What the preview's script takes for: the note is another."""


class ReloadSocket(LocalHandler, LiveReloadHandler):  # type: ignore[misc]  # livereload ships no types
    """livereload's socket to a tab, which remembers what the tab shows."""

    address = ""
    """The path of the page as the tab asked for it, decoded."""
    shown: Shown | None = None

    def initialize(self, opened: Callable[[ReloadSocket], None], closed: Callable[[ReloadSocket], None]) -> None:
        """Call ``opened`` once the tab has said what it shows, and ``closed`` when it is gone."""
        self._opened, self._closed = opened, closed

    def check_origin(self, origin: str) -> bool:
        """Talk to pages of this preview only."""
        return bool(urlsplit(origin).netloc.lower() == self.request.host.lower())

    def on_message(self, message: str) -> None:
        """Answer livereload's greeting, and note what the tab shows."""
        super().on_message(message)
        words = json_decode(message)
        if words["command"] == "info" and (told := words.get("plugins", {}).get("cermin")):
            self.address = unquote(urlsplit(words["url"]).path)
            self.shown = Shown(*(str(told[name]) for name in Shown._fields))
            self._opened(self)

    def on_close(self) -> None:
        """Forget the tab."""
        self._closed(self)
        super().on_close()

    def push(self, path: str) -> None:
        """Have the tab load ``path`` again: a stylesheet, the note, or else its page."""
        self.send_message({"command": "reload", "path": path, "liveCSS": False, "liveImg": False})
