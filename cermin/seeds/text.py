"""Plain text: the file is the capture."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cermin.records import TEXT, Capture
from cermin.seeds.opening import read_whole

LARGEST = 20_000_000
"""Bytes. No article is that long; a file that is was given the wrong ending, and would cost hours."""


def read_text(path: Path, seed_path: str) -> Iterator[Capture]:
    """Yield the one capture of a text file, compressed or not.

    Raises SeedError when it cannot be read or is larger than `LARGEST`.
    """
    hint = "one text file is one article; cut the file into articles, or give it the ending of its format"
    data = read_whole(path, seed_path, LARGEST, hint)
    yield Capture(seed_path=seed_path, media_type=TEXT, data=data)
