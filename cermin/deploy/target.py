"""The seam: what a place to deploy to has to be able to do. One file a place, one line in `cermin.deploy.TARGETS`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from cermin.errors import DeployError, Fault
from cermin.manifest import Listed
from cermin.report import Stage

_PIECE = 1024 * 1024
"""Bytes of a file that are held at a time."""
CHANGED = "is not what the manifest says: it was changed since the build"
WAY_OUT = "run `cermin build`, then deploy again"


@dataclass(frozen=True, slots=True)
class Source:
    """The site as it was built. What is read of it is compared with the manifest, so that nothing else is ever sent."""

    folder: Path

    def path(self, file: Listed) -> Path:
        """Return where a file stands."""
        return self.folder / file.path

    def pieces(self, file: Listed) -> Iterator[bytes]:
        """Yield the bytes of a file, some at a time.

        Raises DeployError, after the last piece, when they are not those that the manifest lists: what was made of
        them must be thrown away. Raises it at once when there is no such file.
        """
        size, hashed = 0, sha256()
        try:
            with self.path(file).open("rb") as data:
                while piece := data.read(_PIECE):
                    size += len(piece)
                    hashed.update(piece)
                    yield piece
        except FileNotFoundError as error:
            raise DeployError.at(self.path(file), "is gone, and the manifest lists it", WAY_OUT) from error
        except OSError as error:
            raise DeployError.at(self.path(file), f"cannot be read: {error.strerror}") from error
        if size != file.size or hashed.hexdigest() != file.sha256:
            raise DeployError.at(self.path(file), CHANGED, WAY_OUT)

    def read(self, file: Listed) -> bytes:
        """Return the bytes of a file. Raises DeployError when they are not those that the manifest lists."""
        return b"".join(self.pieces(file))

    def check(self, file: Listed) -> Fault | None:
        """Return what is wrong with a file, reading it to its end."""
        try:
            for _ in self.pieces(file):
                pass
        except DeployError as error:
            return error.faults[0]
        return None


@dataclass(frozen=True, slots=True)
class Work:
    """What a target is given to work with."""

    root: Path
    """The mirror's folder; relative paths in settings begin there."""
    source: Source
    state: Path
    """A folder of the target's own below .cermin/, which may be missing, and be deleted at any time."""
    may_ask: bool = False
    """Whether programs may ask the person at the terminal, for a passphrase or a host key."""


class Session(Protocol):
    """A place while it is open. Paths are relative, with forward slashes, and were checked to be so.

    Each method raises DeployError when the place refuses, in the words of the program or the system that refused.
    """

    is_atomic: bool
    """Whether nothing is to be seen at the place before `finish`, and then everything at once.

    A place that is not is told what is under way in a journal, and of each step only when the one before is whole.
    """

    def objection(self) -> Fault | None:
        """Return why a person should be asked before anything is changed at the place, if there is a reason.

        Files that cermin did not put there are none: they are found by `listing`.
        """

    def read(self, path: str, limit: int) -> bytes | None:
        """Return the bytes of a file at the place; None when there is none.

        Raises DeployError when it is longer than ``limit`` bytes.
        """

    def listing(self) -> Mapping[str, int] | None:
        """Return the size in bytes of each file at the place by its path; None where that would cost too much.

        What is no file, such as a link, has the size -1.
        """

    def arrived(self, files: Sequence[Listed]) -> Collection[str]:
        """Return the paths of those files that stand at the place already, with these very bytes.

        Asked after a deploy that was cut short, so that it goes on instead of beginning anew. Those that cannot be
        told for less than sending them costs are left out.
        """

    def send(self, files: Sequence[Listed], sent: Callable[[Listed], None]) -> None:
        """Put files of the site there, in whatever order; call ``sent`` for each that arrived.

        A reader meets the old file or the new one, never a part. All have arrived when this returns.
        """

    def write(self, path: str, data: bytes) -> None:
        """Put a small file there that is not one of the site's: the journal. Never called where `is_atomic`."""

    def delete(self, paths: Sequence[str], deleted: Callable[[str], None]) -> None:
        """Take files away, and the folders which that leaves empty; those that are gone already are fine."""

    def unsettled(self) -> str:
        """Return what the target itself has to change at the place, beside the site's files; nothing most often.

        With it a deploy is finished though no file has to be sent.
        """

    def finish(self, stage: Stage) -> str:
        """End a deploy in which all was sent; return what else is worth telling, in a few words, or nothing.

        ``stage`` is told how far it is, where that takes long.
        """


class Target(Protocol):
    """A kind of place: a frozen dataclass whose fields are the settings that ``[deploy.NAME]`` may hold.

    Fields are ``str``, ``int`` or ``bool``; one without a default must be told.
    """

    @property
    def address(self) -> str:
        """What the place is called in messages."""

    def faults(self) -> Iterator[tuple[str, str]]:
        """Yield what is wrong with the settings, and the way out. Their types were checked."""

    def open(self, work: Work) -> AbstractContextManager[Session]:
        """Reach the place. Nothing is changed there by that.

        Raises DeployError when it cannot be reached, or must not be deployed to.
        """
