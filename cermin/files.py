"""Writing files whole, inside one folder: no reader ever meets half a file, and nothing is written elsewhere."""

from __future__ import annotations

import os
from hashlib import blake2b
from pathlib import Path

from cermin.errors import OutputError


def digest(data: bytes) -> str:
    """Return the hash by which inputs are compared: 128 bits in hexadecimal."""
    return blake2b(data, digest_size=16).hexdigest()


def readable(name: str) -> str:
    """Return a file's name as it can be shown and kept; bytes that are not UTF-8 in it as U+FFFD."""
    return name if name.isascii() else name.encode(errors="surrogateescape").decode(errors="replace")


def put(folder: Path, path: str, data: bytes) -> str:
    """Write ``data`` to ``path`` below ``folder`` and return ``new``, ``changed`` or ``same``.

    The file is written under a temporary name and renamed, so that it is whole or not there; one that is equal already
    is left alone. Raises OutputError when ``path`` leaves the folder or the file system refuses.
    """
    target = os.path.join(folder, path)
    parts = path.split("/")
    if any(part in {"", ".", ".."} or "\\" in part or "\0" in part for part in parts):
        raise OutputError.at(path, "not a path below the folder")
    try:
        status = _compare(target, data)
        if status != "same":
            _replace(target, data)
    except OSError as error:
        raise OutputError.at(target, f"cannot be written: {error.strerror}") from error
    return status


def _compare(target: str, data: bytes) -> str:
    try:
        with open(target, "rb") as file:
            return "same" if file.read() == data else "changed"
    except (FileNotFoundError, NotADirectoryError):
        return "new"


def _replace(target: str, data: bytes) -> None:
    temporary = f"{target}.{os.getpid()}.tmp"
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    try:
        with os.fdopen(handle, "wb", buffering=0) as file:
            file.write(data)
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise


def remove(folder: Path, path: str) -> None:
    """Remove the file and the folders above it that became empty; a file that is gone already is fine."""
    target = folder / path
    try:
        target.unlink(missing_ok=True)
        for parent in target.parents:
            if parent == folder:
                break
            parent.rmdir()
    except OSError:
        return
