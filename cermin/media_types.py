"""Media types of files of a site, by their names: the same on every machine."""

from __future__ import annotations

from mimetypes import MimeTypes
from pathlib import PurePosixPath

_TYPES = {
    ".atom": "application/atom+xml",
    ".csv": "text/csv; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".gz": "application/gzip",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".jsonl": "application/jsonl; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
    ".rss": "application/rss+xml",
    ".sig": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
}
"""By the ending of the name: types of https://www.iana.org/assignments/media-types. XML and JSON tell their encoding
themselves (RFC 7303, RFC 8259)."""
_OTHERS = MimeTypes(filenames=())
"""Python's own table, without those that the system has: the same file has the same type from any machine."""


def media_type(path: str) -> str:
    """Return the media type of a file by its name, with its encoding where that is text."""
    ending = PurePosixPath(path).suffix.lower()
    return _TYPES.get(ending) or _OTHERS.guess_type(f"file{ending}")[0] or "application/octet-stream"
