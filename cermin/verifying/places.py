"""Where a copy of a site stands: a folder, or a host that sends its files.

A host is not to be trusted: of a file no more is read than its manifest lists, nothing is unpacked, and it may send a
reader elsewhere on the host alone.
"""

from __future__ import annotations

import os
import stat
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote, urljoin, urlsplit

import cermin
from cermin.errors import PlaceError, UsageError
from cermin.manifest import ROOT

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

Answer = TypeVar("Answer")

PIECE = 256 * 1024
"""Bytes that are read at a time."""
TRIES = 4
"""How often a host is asked for a file, when it does not answer or is too busy."""
PAUSE = 0.5
"""Seconds before a second try; each further pause is twice as long."""
REDIRECTS = 5
TOGETHER = 8
"""Files that a host is asked for at a time, about as many as a browser does."""
CONNECTING, WAITING = 10.0, 30.0
"""Seconds until a host must have taken a connection, and until it must have sent something."""
GRACE, SLOWEST = 60.0, 1000
"""Seconds after which a file must have come with so many bytes a second, lest a host holds us for ever."""
BUSY = frozenset((408, 425, 429, 500, 502, 503, 504))
"""Answers behind which another try may help (RFC 9110, 15; RFC 6585)."""
FOUND, NOT_FOUND, GONE, TOO_MANY = 200, 404, 410, 429
MOVED = frozenset((301, 302, 303, 307, 308))


class MissingError(Exception):
    """There is no such file."""


class OddError(Exception):
    """There is something else in the place of a file; says what."""


class Place(ABC):
    """Where a copy stands."""

    name: str
    """The folder or the address, with a slash behind it."""
    together: int
    """Files that are best read at a time."""
    folder: Path | None = None
    """Where that can be looked through; a host does not tell which files there are."""

    def read(self, path: str, most: int) -> bytes:
        """Return a file: ``most`` bytes of it, or a few more where it is longer.

        Raises MissingError, OddError, and PlaceError when nothing can be read there at all.
        """
        return self._attempt(path, lambda: b"".join(self._pieces(path, most)))

    def hash(self, path: str, most: int) -> tuple[str, int]:
        """Return SHA-256 and length of a file, in pieces; as `read` does, and raising what it raises."""
        return self._attempt(path, lambda: _hash(self._pieces(path, most)))

    def _attempt(self, path: str, reading: Callable[[], Answer]) -> Answer:  # noqa: ARG002 - named in errors by others
        return reading()

    @abstractmethod
    def _pieces(self, path: str, most: int) -> Iterator[bytes]: ...


def _hash(pieces: Iterable[bytes]) -> tuple[str, int]:
    hashed, size = sha256(), 0
    for piece in pieces:
        hashed.update(piece)
        size += len(piece)
    return hashed.hexdigest(), size


def open_place(name: str) -> Place:
    """Return the folder or the address; that of a manifest stands for what it lists.

    Raises UsageError when it is neither.
    """
    if "://" in name:
        return _Web(name)
    path = Path(name)
    folder = path.parent if path.name == ROOT and path.is_file() else path
    if not folder.is_dir():
        raise UsageError.at(name, "neither a folder nor an address", "write a folder, or https://host/path/")
    return FolderPlace(folder)


class FolderPlace(Place):
    """A folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = self.folder = folder
        self.name = f"{folder}/"
        self.together = os.cpu_count() or 1

    def _pieces(self, path: str, most: int) -> Iterator[bytes]:
        try:
            handle = os.open(
                self._folder / path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
            )
        except (FileNotFoundError, NotADirectoryError) as error:
            raise MissingError from error
        except OSError as error:
            raise OddError(f"cannot be read: {error.strerror}") from error
        try:
            # A pipe would be waited for without end.
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise OddError("not a file")
            while most >= 0 and (piece := os.read(handle, min(PIECE, most + 1))):
                most -= len(piece)
                yield piece
        except OSError as error:
            raise OddError(f"cannot be read: {error.strerror}") from error
        finally:
            os.close(handle)


class _Web(Place):
    together = TOGETHER

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        try:
            is_sound = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
        except ValueError:
            is_sound = False
        if not is_sound or parts.query or parts.fragment or parts.username:
            raise UsageError.at(address, "not the address of a site", "write https://host/path/")
        self.name = address.removesuffix(ROOT)
        self.name += "/" * (not self.name.endswith("/"))
        # A check of a folder does without it.
        import urllib3

        self._pool = urllib3.PoolManager(
            maxsize=TOGETHER,
            retries=False,
            timeout=urllib3.Timeout(connect=CONNECTING, read=WAITING),
            # What a host packs would have to be unpacked, and a little can become without end.
            headers={"User-Agent": f"cermin/{cermin.__version__}", "Accept-Encoding": "identity"},
        )
        self._trouble = urllib3.exceptions.HTTPError

    def _attempt(self, path: str, reading: Callable[[], Answer]) -> Answer:
        for left in reversed(range(TRIES)):
            try:
                return reading()
            except self._trouble as error:
                if not left:
                    hint = "see whether the address is right and the host can be reached, and try again"
                    raise PlaceError.at(self.name + path, f"cannot be read: {_words(error)}", hint) from error
            except _BusyError as error:
                if not left and error.args[0] == TOO_MANY:
                    verdict = f"cannot be read: the host answers {error}, as it was asked for too much"
                    raise PlaceError.at(self.name + path, verdict, "try again later") from error
                if not left:
                    raise OddError(f"the host answers {error}") from error
            time.sleep(PAUSE * 2 ** (TRIES - 1 - left))
        raise AssertionError

    def _pieces(self, path: str, most: int) -> Iterator[bytes]:
        address = self.name + quote(path)
        for _ in range(REDIRECTS + 1):
            response = self._pool.request("GET", address, preload_content=False, redirect=False, decode_content=False)
            try:
                if response.status not in MOVED:
                    self._check_answer(path, response)
                    yield from _receive(response, most)
                    return
                address = _follow(address, response.headers.get("Location", ""))
                # A few words stand behind most redirects.
                deque(_receive(response, PIECE), maxlen=0)
            finally:
                # One from which all was read has given its connection back already, to be used again.
                response.close()
        raise OddError("the host redirects without end")

    def _check_answer(self, path: str, response: BaseHTTPResponse) -> None:
        status = response.status
        if status in BUSY:
            raise _BusyError(status)
        # Hosts may send the page for what is not there with the answer for what is not there.
        if status in {NOT_FOUND, GONE} and path != "404.html":
            raise MissingError
        if status not in {FOUND, NOT_FOUND}:
            raise OddError(f"the host answers {status}")
        packed = response.headers.get("Content-Encoding", "identity")
        if packed.lower() != "identity":
            raise OddError(f"the host packs it ({packed}), though it was asked not to")


def _receive(response: BaseHTTPResponse, most: int) -> Iterator[bytes]:
    begun, got = time.monotonic(), 0
    while got <= most and (piece := response.read1(min(PIECE, most + 1 - got))):
        got += len(piece)
        yield piece
        if got < (time.monotonic() - begun - GRACE) * SLOWEST:
            raise OddError(f"the host sends less than {SLOWEST:,} bytes a second")


class _BusyError(Exception):
    """The host may answer later."""


def _follow(address: str, target: str) -> str:
    """Return where a redirect leads: to another path of the host, or from http to https. Raises OddError."""
    try:
        found = urljoin(address, target)
        before, after = urlsplit(address), urlsplit(found)
        is_same = after.hostname == before.hostname and (
            (after.scheme, after.port) == (before.scheme, before.port)
            or (before.scheme, after.scheme, before.port, after.port) == ("http", "https", None, None)
        )
    except ValueError:
        found, is_same = target, False
    if not target or not is_same:
        raise OddError(f"the host redirects elsewhere: {found}")
    return found


def _words(error: Exception) -> str:
    return " ".join(str(error.args[-1] if error.args else error).split())
