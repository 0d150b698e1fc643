"""What a store that is told nothing would not know: the type of a file, and how long it may be kept."""

from __future__ import annotations

import re
from mimetypes import MimeTypes
from pathlib import PurePosixPath

FOREVER = "public, max-age=31536000, immutable"
"""For files that are called by what they hold: a year, the longest that caches take (RFC 9111, 5.2.2.1; RFC 8246)."""
SHORT = "public, max-age=60"
"""For all others. A correction shows after a minute, and so long may a cache show a page whose stylesheet is gone."""
_LASTING = re.compile(r"static/\w+\.[0-9a-f]{8}\.(css|js)|search/[^/]+/[^/]+\.bin|manifest/[0-9a-f]{16}\.json")
"""Files that are called by what they hold. The mirror's own static files are not: they keep their names."""
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


def content_type(path: str) -> str:
    """Return the media type of a file, with its encoding where that is text."""
    ending = PurePosixPath(path).suffix.lower()
    return _TYPES.get(ending) or _OTHERS.guess_type(f"file{ending}")[0] or "application/octet-stream"


def is_lasting(path: str) -> bool:
    """Tell whether a file is called by what it holds, so that another comes where this one changes."""
    return _LASTING.fullmatch(path) is not None


def cache_control(path: str) -> str:
    """Return for how long a file may be shown without asking for it again, as Cache-Control says it."""
    return FOREVER if is_lasting(path) else SHORT
