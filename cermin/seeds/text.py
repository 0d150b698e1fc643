"""Plain text: the file is the capture."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cermin.errors import SeedError
from cermin.records import TEXT, Capture

LARGEST = 20_000_000
"""Bytes. No article is that long; a file that is was given the wrong ending, and would cost hours."""


def read_text(path: Path, seed_path: str) -> Iterator[Capture]:
    """Yield the one capture of a text file. Raises SeedError when it cannot be opened or is larger than `LARGEST`."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise SeedError.at(seed_path, f"cannot be read: {error.strerror or error}") from error
    if len(data) > LARGEST:
        hint = "one text file is one article; cut the file into articles, or give it the ending of its format"
        raise SeedError.at(seed_path, f"larger than {LARGEST // 1_000_000} MB", hint)
    yield Capture(seed_path=seed_path, media_type=TEXT, data=data)
