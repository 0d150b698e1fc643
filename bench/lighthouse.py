"""Score an article, the front page and a list with Lighthouse, and fail where a category is below 99.

    python bench/lighthouse.py [N] [--runs 3]

A mirror of N made-up articles is built and served on loopback as a static host serves it: compressed, with media types
and times of keeping, by HTTP/1.1. Lighthouse runs as it comes, for a slow telephone on a slow line, in a Chromium that
shows no window; scores are medians of the runs.
"""

from __future__ import annotations

import argparse
import gzip
import json
import mimetypes
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(HERE))

from make_corpus import write_corpus  # noqa: E402 - beside this file

LEAST = 99
CATEGORIES = {
    "performance": "performance",
    "accessibility": "accessibility",
    "best-practices": "best practices",
    "seo": "search",
}
CLI = ROOT / "node_modules" / "lighthouse" / "cli" / "index.js"
# No sandbox, as root has none; nothing that looks for other hosts while it is measured.
CHROME_FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)


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


def make_site(root: Path, count: int, address: str) -> dict[str, str]:
    """Build the mirror, and return the addresses of the pages that are scored."""
    write_corpus(range(count), root / "content")
    settings = f'[site]\ntitle = "Kaca"\ndescription = "Arsip berita"\nlanguage = "id"\nbase_url = "{address}"\n'
    (root / "cermin.toml").write_text(settings, encoding="utf-8")
    subprocess.run([sys.executable, ROOT / "build.py", "-C", root, "--quiet", "build"], check=True)
    content = root / "content"
    longest = max(content.rglob("*.md"), key=lambda path: path.stat().st_size).relative_to(content)
    pages = {"article": longest.with_suffix(".html").as_posix(), "front": "", "list": "latest/index.html"}
    return {name: address + path for name, path in pages.items()}


def score(address: str, folder: Path) -> dict[str, Any]:
    """Return Lighthouse's report of a page."""
    report = folder / "report.json"
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if not chromium:
        sys.exit("error: no Chromium on PATH")
    subprocess.run(
        ["node", CLI, address, "--quiet", "--output=json", f"--output-path={report}", f"--chrome-flags={CHROME_FLAGS}"],
        check=True,
        env=os.environ | {"CHROME_PATH": chromium},
        cwd=folder,
    )
    found: dict[str, Any] = json.loads(report.read_bytes())
    return found


def find_losses(report: dict[str, Any]) -> dict[str, str]:
    """Return what cost points in a report, by category and audit."""
    audits = report["audits"]
    return {
        f"{CATEGORIES[name]}: {audits[ref['id']]['title']}": audits[ref["id"]].get("displayValue", "")
        for name in CATEGORIES
        for ref in report["categories"][name]["auditRefs"]
        if ref["weight"] and (audits[ref["id"]]["score"] or 0) < 1 and is_scored(audits[ref["id"]])
    }


def is_scored(audit: dict[str, Any]) -> bool:
    """Tell whether an audit counts in this report."""
    return audit["scoreDisplayMode"] not in {"notApplicable", "informative", "manual"}


def main() -> None:
    """Read the words of the call, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int, nargs="?", default=600, metavar="N")
    parser.add_argument("--runs", type=int, default=3)
    words = parser.parse_args()
    is_below = False
    print(
        f"| page | {' | '.join(CATEGORIES.values())} |\n| --- | {' | '.join(['---'] * len(CATEGORIES))} |", flush=True
    )
    losses: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder) / "mirror" / "output") as address:
        pages = make_site(Path(folder) / "mirror", words.count, address)
        for name, page in pages.items():
            reports = [score(page, Path(folder)) for _ in range(words.runs)]
            scores = [
                round(100 * statistics.median(report["categories"][category]["score"] for report in reports))
                for category in CATEGORIES
            ]
            is_below |= min(scores) < LEAST
            print(f"| {name} | {' | '.join(map(str, scores))} |", flush=True)
            for report in reports:
                losses |= {f"{name}, {audit}": value for audit, value in find_losses(report).items()}
    for audit, value in losses.items():
        print(f"{audit} {value}".rstrip())
    if is_below:
        sys.exit(f"error: a score is below {LEAST}")


if __name__ == "__main__":
    main()
