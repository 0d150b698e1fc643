"""Files below seeds/ opened for reading, compressed or not; what goes wrong with one is told as a SeedError."""

from __future__ import annotations

import errno
import gzip
import io
import stat
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path, PurePosixPath

from cermin.characters import CONTROL
from cermin.errors import SeedError

_GZIP = b"\x1f\x8b"
SMALL = 200_000_000
"""Bytes that gzip data may become without a question."""
MOST_RATIO = 200
"""How much larger than its gzip data a file may be: text and pages are 3 to 20 times, repeated lines some 100 times."""


def check_is_file(path: Path, seed_path: str) -> None:
    """Raise SeedError for what stands in seeds/ and is no file of it: to open it may wait for ever, or tell secrets.

    Links are followed to files inside of seeds/ alone. An article names its capture, so the name must be a text.
    """
    if CONTROL.search(seed_path):
        raise SeedError.at(seed_path, "its name holds control characters", "give the file another name")
    try:
        mode = path.stat().st_mode
        is_link = path.is_symlink()
    except OSError as error:
        circle = "a link that leads in a circle" if error.errno == errno.ELOOP else "a link that leads nowhere"
        verdict = circle if path.is_symlink() else f"cannot be read: {error.strerror or error}"
        raise SeedError.at(seed_path, verdict) from error
    if stat.S_ISDIR(mode):
        verdict = "a link to a folder, which is not followed" if is_link else "a folder, and no file"
        raise SeedError.at(seed_path, verdict, "put the folder itself into seeds/")
    if not stat.S_ISREG(mode):
        raise SeedError.at(seed_path, "a pipe, a socket or a device, and no file")
    if is_link:
        folder = path.parents[len(PurePosixPath(seed_path).parts) - 1]
        if not path.resolve().is_relative_to(folder.resolve()):
            raise SeedError.at(seed_path, "a link that leads out of seeds/", "put the file itself into seeds/")


@contextmanager
def open_seed(path: Path, seed_path: str) -> Iterator[io.BufferedIOBase]:
    """Open a file to read its bytes, decompressed where they are gzip data (RFC 1952), whatever the file's name says.

    Tools save what a server sent under either name. While it is read, SeedError is raised for a file that cannot be
    opened or read, that ends in the middle of its gzip data, or whose gzip data is damaged.
    """
    try:
        with path.open("rb") as file, closing(_decompress(file)) as opened:
            yield opened
    except _BombError as error:
        raise SeedError.at(seed_path, f"gzip data that becomes more than {MOST_RATIO} times as large") from error
    except EOFError as error:
        hint = "the file is cut off; get a whole copy of it"
        raise SeedError.at(seed_path, "gzip data that ends too early", hint) from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise SeedError.at(seed_path, "damaged gzip data", "get a whole copy of the file") from error
    except OSError as error:
        raise SeedError.at(seed_path, f"cannot be read: {error.strerror or error}") from error


def read_whole(path: Path, seed_path: str, largest: int, hint: str = "") -> bytes:
    """Return all bytes of a file, decompressed; no more than ``largest`` of them are ever held.

    Raises SeedError as `open_seed` does, and with ``hint`` for a file that is larger once decompressed.
    """
    with open_seed(path, seed_path) as file:
        data = file.read(largest + 1)
    if len(data) > largest:
        raise SeedError.at(seed_path, f"larger than {largest // 1_000_000} MB", hint)
    return data


def _decompress(file: io.BufferedReader) -> io.BufferedIOBase:
    is_gzip = file.read(len(_GZIP)) == _GZIP
    file.seek(0)
    return _Unpacked(file) if is_gzip else file


class _BombError(Exception):
    """Gzip data that is small and becomes so large that reading it would take for ever."""


class _Unpacked(gzip.GzipFile):
    """A compressed file, read as far as it may be worth it."""

    def __init__(self, file: io.BufferedReader) -> None:
        super().__init__(fileobj=file, mode="rb")
        self._file = file

    def read(self, size: int | None = -1) -> bytes:
        """Read as GzipFile does."""
        self._check()
        return super().read(size)

    def read1(self, size: int = -1) -> bytes:
        """Read as GzipFile does."""
        self._check()
        return super().read1(size)

    def _check(self) -> None:
        if self.tell() > max(SMALL, MOST_RATIO * self._file.tell()):
            raise _BombError


def read_head(path: Path, seed_path: str, size: int) -> bytes:
    """Return the first bytes of a file, decompressed, at most ``size``; fewer where it breaks off behind them.

    Raises SeedError as `open_seed` does when there are none.
    """
    head = b""
    try:
        with open_seed(path, seed_path) as file:
            while len(head) < size and (more := file.read1(size - len(head))):
                head += more
    except SeedError:
        if not head:
            raise
    return head
