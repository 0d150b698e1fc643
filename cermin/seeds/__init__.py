"""seeds/ -> articles: readers turn files into captures, `read_article` turns one capture into an article.

An input format is one function and one line in `FORMATS`. A capture never stops the others: what cannot become an
article is a `Reading` with a reason for quarantine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Protocol

from cermin.config import Table
from cermin.errors import SeedError
from cermin.outlets import Outlet
from cermin.records import NOTHING_LEARNED, Capture, Familiar, Reading
from cermin.seeds.folder import SeedFile, file_of, find_seed_files
from cermin.seeds.opening import check_is_file
from cermin.seeds.page import read_page
from cermin.seeds.record_names import RecordNames
from cermin.seeds.text import read_text

__all__ = [
    "FORMATS",
    "Reader",
    "RecordNames",
    "SeedFile",
    "file_of",
    "find_seed_files",
    "read_article",
    "read_captures",
]


class Reader(Protocol):
    """Opens a file of one format and yields what was captured in it, in the order of the file, one by one.

    A record of a container that cannot be a capture is a reading that says why. Raises SeedError when the file as a
    whole cannot be read, or from some place on.
    """

    def __call__(self, path: Path, seed_path: str) -> Iterator[Capture | Reading]:
        """Read the file at ``path``, which is called ``seed_path`` below seeds/."""


def _read_table(path: Path, seed_path: str) -> Iterator[Capture | Reading]:
    from cermin.seeds import tables

    return tables.read_table(path, seed_path)


def _read_feed(path: Path, seed_path: str) -> Iterator[Capture | Reading]:
    from cermin.seeds import feeds

    return feeds.read_feed(path, seed_path)


def _read_web_archive(path: Path, seed_path: str) -> Iterator[Capture | Reading]:
    from cermin.seeds import web_archives

    return web_archives.read_web_archive(path, seed_path)


FORMATS: dict[str, Reader] = {
    ".txt": read_text,
    ".html": read_page,
    ".htm": read_page,
    ".xhtml": read_page,
    ".csv": _read_table,
    ".tsv": _read_table,
    ".jsonl": _read_table,
    ".ndjson": _read_table,
    ".json": _read_table,
    ".rss": _read_feed,
    ".atom": _read_feed,
    ".rdf": _read_feed,
    ".xml": _read_feed,
    ".warc": _read_web_archive,
}
"""Reader by the ending of a file's name, in small letters with its dot."""
COMPRESSED = ".gz"
"""Ending that may stand behind that of any format."""


def read_captures(path: Path, seed_path: str, tables: Sequence[Table] = ()) -> Iterator[Capture | Reading]:
    """Yield the captures of one file below seeds/; ``seed_path`` is its name there, with forward slashes.

    A file that one of ``tables`` is about is a table, whatever its ending says. Raises SeedError, when iterated, for an
    ending without a reader and for a file that its reader cannot read, or from some place on.
    """
    check_is_file(path, seed_path)
    if table := next((table for table in tables if fnmatchcase(seed_path, table.files)), None):
        from cermin.seeds.tables import read_table

        yield from read_table(path, seed_path, table)
        return
    ending = Path(seed_path.lower().removesuffix(COMPRESSED)).suffix
    if ending not in FORMATS:
        verdict = f'no reader for files that end in "{ending}"' if ending else "no reader for files without an ending"
        raise SeedError.at(seed_path, verdict, f"readers there are for {', '.join(sorted(FORMATS))}")
    yield from FORMATS[ending](path, seed_path)


def read_article(
    capture: Capture, outlets: Mapping[str, Outlet], learned: Mapping[str, Familiar] = NOTHING_LEARNED
) -> Reading:
    """Turn a capture into an article, or into the reason why it gives none. Any bytes give one or the other.

    ``learned`` are lines that are furniture, by the source of the captures that hold them.
    """
    # Its tables take a while to load, which a build without new captures need not wait for.
    from cermin.seeds import reading
    from cermin.seeds.likeness import fold_address, fold_title, marks_of, sketch_text

    read = reading.read_article(capture, outlets, learned)
    if not read.article:
        return read
    sketch = sketch_text(read.article.body)
    title = fold_title(read.article.title, read.article.body)
    address = fold_address(read.article.url)
    return replace(read, address=address, title=title, sketch=sketch, marks=marks_of(sketch))
