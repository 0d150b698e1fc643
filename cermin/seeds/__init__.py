"""seeds/ -> articles: readers turn files into captures, `read_article` turns one capture into an article.

An input format is one function and one line in `FORMATS`. A capture never stops the others: what cannot become an
article is a `Reading` with a reason for quarantine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from cermin.errors import SeedError
from cermin.outlets import Outlet
from cermin.records import Capture, Reading
from cermin.seeds.folder import SeedFile, file_of, find_seed_files
from cermin.seeds.likeness import are_near, are_related, fold_address, marks_of, sketch_text
from cermin.seeds.text import read_text

__all__ = [
    "FORMATS",
    "Reader",
    "SeedFile",
    "are_near",
    "are_related",
    "file_of",
    "find_seed_files",
    "read_article",
    "read_captures",
    "sketch_text",
]


class Reader(Protocol):
    """Opens a file of one format and yields what was captured in it, in the order of the file.

    Raises SeedError when the file as a whole cannot be read.
    """

    def __call__(self, path: Path, seed_path: str) -> Iterator[Capture]:
        """Read the file at ``path``, which is called ``seed_path`` below seeds/."""


FORMATS: dict[str, Reader] = {".txt": read_text}
"""Reader by the ending of a file's name, in small letters with its dot."""


def read_captures(path: Path, seed_path: str) -> Iterator[Capture]:
    """Yield the captures of one file below seeds/; ``seed_path`` is its name there, with forward slashes.

    Raises SeedError, when iterated, for an ending without a reader and for a file that its reader cannot read.
    """
    ending = path.suffix.lower()
    if ending not in FORMATS:
        verdict = f'no reader for files that end in "{ending}"' if ending else "no reader for files without an ending"
        raise SeedError.at(seed_path, verdict, f"readers there are for {', '.join(sorted(FORMATS))}")
    yield from FORMATS[ending](path, seed_path)


def read_article(capture: Capture, outlets: Mapping[str, Outlet]) -> Reading:
    """Turn a capture into an article, or into the reason why it gives none. Any bytes give one or the other."""
    # Its tables take a while to load, which a build without new captures need not wait for.
    from cermin.seeds import reading

    read = reading.read_article(capture, outlets)
    if not read.article:
        return read
    sketch = sketch_text(read.article.title, read.article.body)
    address = fold_address(read.article.url)
    return replace(read, address=address, sketch=sketch, marks=marks_of(sketch))
