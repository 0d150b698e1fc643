"""Saved pages: the file is the capture."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cermin.records import PAGE, Capture
from cermin.seeds.opening import read_whole

LARGEST = 20_000_000
"""Bytes of a page, decompressed. No page is that long, and what parses it needs many times as much memory."""


def read_page(path: Path, seed_path: str) -> Iterator[Capture]:
    """Yield the one capture of a saved page. Raises SeedError when it cannot be read or is larger than `LARGEST`."""
    data = read_whole(path, seed_path, LARGEST, "one page is one article; this is something else")
    yield Capture(seed_path=seed_path, media_type=PAGE, data=data)
