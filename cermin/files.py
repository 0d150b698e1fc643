"""Writing files whole, inside one folder: no reader ever meets half a file, and nothing is written elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from cermin.errors import OutputError

_READING = os.O_RDONLY | getattr(os, "O_BINARY", 0)  # Windows would change line ends
_SHORT = 64 * 1024
"""Bytes that are read at a time; few articles are longer."""
_PIECE = 1024 * 1024
"""Bytes of large files that are compared at a time."""


def digest(data: bytes) -> str:
    """Return the hash by which inputs are compared: 128 bits in hexadecimal."""
    return blake2b(data, digest_size=16).hexdigest()


def readable(name: str) -> str:
    """Return a file's name as it can be shown and kept; bytes that are not UTF-8 in it as U+FFFD."""
    return name if name.isascii() else name.encode(errors="surrogateescape").decode(errors="replace")


def read_whole(path: str) -> bytes:
    """Return the bytes of a file. Raises OSError."""
    # In two thirds of the time that open() takes.
    pieces = []
    handle = os.open(path, _READING)
    try:
        while piece := os.read(handle, _SHORT):
            pieces.append(piece)
    finally:
        os.close(handle)
    return b"".join(pieces)


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


def put_pieces(folder: Path, path: str, pieces: Iterable[bytes]) -> str:
    """Write a file that is too large to be held, piece by piece, and return ``new``, ``changed`` or ``same``.

    As `put` does; the pieces may be read from the file that stands there. Raises OutputError.
    """
    target = _inside(folder, path)
    temporary = _temporary(target)
    try:
        try:
            with open(_create(temporary, os.O_TRUNC), "wb") as file:
                file.writelines(pieces)
            status = _compare_files(target, temporary)
            if status == "same":
                os.unlink(temporary)
            else:
                os.replace(temporary, target)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(temporary)
            raise
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


def is_inside(path: str) -> bool:
    """Tell whether a path, with forward slashes, stays below the folder that it is put behind."""
    return not any(part in {"", ".", ".."} or "\\" in part or "\0" in part for part in path.split("/"))


def _inside(folder: Path, path: str) -> str:
    if not is_inside(path):
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


def _compare_files(target: str, other: str) -> str:
    try:
        with open(target, "rb") as file, open(other, "rb") as new:
            if os.fstat(file.fileno()).st_size != os.fstat(new.fileno()).st_size:
                return "changed"
            while piece := file.read(_PIECE):
                if piece != new.read(_PIECE):
                    return "changed"
            return "same"
    except (FileNotFoundError, NotADirectoryError):
        return "new"


def _temporary(target: str) -> str:
    return f"{target}.{os.getpid()}.tmp"


def _replace(target: str, data: bytes) -> None:
    temporary = _temporary(target)
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
