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
    target = _inside(folder, path)
    try:
        status = _compare(target, data)
        if status != "same":
            _replace(target, data)
    except OSError as error:
        raise OutputError.at(target, f"cannot be written: {error.strerror}") from error
    return status


def put_new(folder: Path, path: str, data: bytes) -> str:
    """Write ``data`` to a file that is not there yet, in a folder that nobody reads yet; return ``new``.

    Raises OutputError as `put` does, and when there is such a file.
    """
    target = _inside(folder, path)
    try:
        handle = _create(target, os.O_EXCL)
        try:
            _write(handle, data)
        except BaseException:
            os.unlink(target)
            raise
    except OSError as error:
        raise OutputError.at(target, f"cannot be written: {error.strerror}") from error
    return "new"


def _inside(folder: Path, path: str) -> str:
    if any(part in {"", ".", ".."} or "\\" in part or "\0" in part for part in path.split("/")):
        raise OutputError.at(path, "not a path below the folder")
    return os.path.join(folder, path)


def _create(target: str, how: int) -> int:
    try:
        return os.open(target, os.O_WRONLY | os.O_CREAT | how, 0o644)
    except FileNotFoundError:
        _make_folder(os.path.dirname(target))
        return os.open(target, os.O_WRONLY | os.O_CREAT | how, 0o644)


def _make_folder(folder: str) -> None:
    # Most often only the last is missing, so nothing is asked before.
    try:
        os.mkdir(folder)
    except FileExistsError:
        return
    except FileNotFoundError:
        _make_folder(os.path.dirname(folder))
        _make_folder(folder)


def _write(handle: int, data: bytes) -> None:
    try:
        written = os.write(handle, data)
        while written < len(data):  # a disk that is almost full takes a part first
            written += os.write(handle, data[written:])
    finally:
        os.close(handle)


def _compare(target: str, data: bytes) -> str:
    try:
        with open(target, "rb") as file:
            return "same" if file.read() == data else "changed"
    except (FileNotFoundError, NotADirectoryError):
        return "new"


def _replace(target: str, data: bytes) -> None:
    temporary = f"{target}.{os.getpid()}.tmp"
    handle = _create(temporary, os.O_TRUNC)
    try:
        _write(handle, data)
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise


def remove(folder: Path, path: str) -> None:
    """Remove the file and the folders above it that became empty; a file that is gone already is fine.

    Raises OutputError when the file system refuses.
    """
    target = folder / path
    try:
        target.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError.at(target, f"cannot be removed: {error.strerror}") from error
    for parent in target.parents:
        try:
            if parent == folder:
                break
            parent.rmdir()
        except OSError:
            break
