"""A static host on loopback: sends the files of a folder as hosts do, compressed where that helps."""

from __future__ import annotations

import gzip
import mimetypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit


class Host(BaseHTTPRequestHandler):
    """A static host: sends the files of ``output``, compressed where that helps."""

    protocol_version = "HTTP/1.1"
    output: Path

    def do_GET(self) -> None:
        """Send a file, a folder's index.html, or the page that says there is none."""
        path = self.output / unquote(urlsplit(self.path).path).lstrip("/")
        path = path / "index.html" if path.is_dir() else path
        found = path.is_file() and path.is_relative_to(self.output)
        path = path if found else self.output / "404.html"
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        is_text = kind.startswith("text/") or kind.endswith(("xml", "json"))
        self.send_response(HTTPStatus.OK if found else HTTPStatus.NOT_FOUND)
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if is_text else kind)
        # The stylesheet's name changes with what it holds.
        is_lasting = "static" in path.parts
        self.send_header(
            "Cache-Control", "public, max-age=31536000, immutable" if is_lasting else "public, max-age=600"
        )
        data = path.read_bytes()
        if is_text:
            data = compress(data)
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Vary", "Accept-Encoding")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as http.server calls it
        """Say nothing."""


@cache
def compress(data: bytes) -> bytes:
    """Return the bytes as a host keeps them ready."""
    return gzip.compress(data, 9)


@contextmanager
def serve(output: Path) -> Iterator[str]:
    """Serve a folder that may not be there yet, and give its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Site", (Host,), {"output": output}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
