"""The folder output/: what is in it, and whether it is ours to change."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from cermin.errors import OutputError

MARK = b'<meta name="generator" content="cermin'


def check_is_ours(output: Path, *, known: bool) -> None:
    """Refuse an output folder with files that cermin did not make: what is not planned would be removed from it.

    A folder that the catalogue has ``known``, an empty one, and one whose index.html names cermin are ours.
    Raises OutputError.
    """
    if known or not output.exists():
        return
    if not output.is_dir():
        raise OutputError.at(output, "not a folder", "choose another with --output")
    if not any(output.iterdir()):
        return
    try:
        head = (output / "index.html").read_bytes()[:4096]
    except OSError:
        head = b""
    if MARK not in head:
        hint = "empty it, or choose another folder with --output"
        raise OutputError.at(output, "holds files that cermin did not make", hint)


def stamp_of(output: Path, path: str) -> str:
    """Return what changes whenever a file below ``output`` does; nothing where there is none."""
    try:
        found = (output / path).stat()
    except OSError:
        return ""
    return f"{found.st_mtime_ns:x}.{found.st_size:x}"


def find_output(output: Path) -> Iterator[str]:
    """Yield the paths of all files below ``output``, in their order."""
    rows = _scan(str(output), "")
    while rows:
        path = rows.pop()
        if path[-1] == "/":
            rows += _scan(f"{output}/{path[:-1]}", path)
        else:
            yield path


def _scan(folder: str, prefix: str) -> list[str]:
    """Return what is in a folder, the last first, folders with a slash behind their names."""
    try:
        with os.scandir(folder) as found:
            # With the slash behind a folder's name, the order of names is the order of whole paths.
            names = [
                f"{prefix}{item.name}/" if item.is_dir(follow_symlinks=False) else prefix + item.name for item in found
            ]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise OutputError.at(folder, f"cannot be read: {error.strerror}") from error
    names.sort(reverse=True)
    return names
