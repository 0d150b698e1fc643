"""The folder seeds/: which files are in it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from cermin.errors import SeedError
from cermin.files import readable


class SeedFile(NamedTuple):
    """A file of seeds/: its path below the folder, with forward slashes, and a stamp that changes whenever it does."""

    path: str
    stamp: str


def find_seed_files(folder: Path, below: Sequence[str] = ()) -> Iterator[SeedFile]:
    """Yield the files of seeds/ in the order of their paths, all or only those at or below the paths ``below``.

    Names that begin with a dot are skipped. What is no file, as a link to a folder or a pipe, is found as well: whoever
    reads it says what it is. Raises SeedError for a path that is not there and for a folder that cannot be read.
    """
    for start in below or [""]:
        if start and (folder / start).is_file():
            yield SeedFile(start, _stamp((folder / start).stat()))
        elif (folder / start).is_dir():
            yield from _walk(folder / start, f"{start}/" if start else "")
        elif start:
            raise SeedError.at(f"seeds/{start}", "no such file or folder")


def file_of(folder: Path, seed: str) -> str:
    """Return the path of the file that holds a capture (``path`` or ``path#part``); empty where it is not there."""
    return next((path for path in (seed, seed.rpartition("#")[0]) if path and (folder / path).is_file()), "")


def _walk(folder: Path, prefix: str) -> Iterator[SeedFile]:
    # Folders may be in one another deeper than calls can be.
    waiting = _list(folder, prefix)
    while waiting:
        name, item = waiting.pop()
        if name.endswith("/"):
            waiting += _list(Path(item.path), name)
        else:
            yield SeedFile(name, _stamp(item.stat(follow_symlinks=False)))


def _list(folder: Path, prefix: str) -> list[tuple[str, os.DirEntry[str]]]:
    """Return what is in a folder, the first last; names of folders end in a slash."""
    try:
        found = [item for item in os.scandir(folder) if not item.name.startswith(".")]
    except OSError as error:
        raise SeedError.at(folder, f"cannot be read: {error.strerror}") from error
    rows = [(prefix + readable(item.name) + "/" * item.is_dir(follow_symlinks=False), item) for item in found]
    return sorted(rows, key=lambda row: row[0], reverse=True)


def _stamp(stat: os.stat_result) -> str:
    return f"{stat.st_mtime_ns:x}.{stat.st_ctime_ns:x}.{stat.st_size:x}"
