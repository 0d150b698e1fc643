"""A folder: a web server's on this machine, a mounted share, a stick."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cermin.deploy.target import Source, Work
from cermin.errors import DeployError, Fault
from cermin.files import is_inside
from cermin.manifest import Listed
from cermin.report import Stage

TEMPORARY = ".cermin-deploy.tmp"
"""Where a file is written before it gets its name. One is enough, and what a killed deploy leaves is the next one's."""
_OWN_FOLDERS = ("seeds", "content", "templates", "outlets", "locales", ".cermin")
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_BINARY = getattr(os, "O_BINARY", 0)
_PIECE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Folder:
    """The settings of a target ``folder``."""

    path: str
    """The folder: absolute, below ``~``, or beginning at the mirror's folder. It is made when it is missing, but not
    the one above it: where that is missing, a disk is not mounted."""

    @property
    def address(self) -> str:
        """What the place is called in messages."""
        return self.path

    def faults(self) -> Iterator[tuple[str, str]]:
        """Yield what is wrong with the settings."""
        if not self.path or "\0" in self.path:
            yield f'path is no path: "{self.path}"', 'write path = "/srv/www/mirror"'

    @contextmanager
    def open(self, work: Work) -> Iterator[FolderSession]:
        """Look whether the folder is there, and is not one of the mirror's own. Raises DeployError."""
        folder = Path(os.path.realpath(work.root / Path(self.path).expanduser()))
        _check_place(folder, work)
        yield FolderSession(folder, work.source)


def _check_place(folder: Path, work: Work) -> None:
    root, output = (Path(os.path.realpath(path)) for path in (work.root, work.source.folder))
    own = [output, *(root / name for name in _OWN_FOLDERS)]
    verdict = ""
    if output.is_relative_to(folder) or root.is_relative_to(folder):
        verdict = "holds the mirror itself"
    elif inside := next((name for name in own if folder.is_relative_to(name)), None):
        verdict = f"is part of the mirror, in {inside}"
    elif folder.exists() and not folder.is_dir():
        verdict = "is not a folder"
    if verdict:
        raise DeployError.at(folder, verdict, "choose another folder as path")
    if not folder.parent.is_dir():
        hint = "mount the disk, or make the folder above it"
        raise DeployError.at(folder, "cannot be made: there is no folder above it", hint)


class FolderSession:
    """A folder while it is deployed to. Links below it are never followed, so nothing outside of it is touched."""

    is_atomic = False

    def __init__(self, folder: Path, source: Source) -> None:
        self._folder, self._source = folder, source
        self._sound: set[str] = set()
        """Folders, by their relative paths, that are there and no links."""

    def objection(self) -> Fault | None:
        """None: whoever may write into the folder may."""
        return None

    def read(self, path: str, limit: int) -> bytes | None:
        """Return the bytes of a file; None when there is none."""
        with self._told(path):
            if not self._is_file(path):
                return None
            with os.fdopen(os.open(self._folder / path, os.O_RDONLY | _NO_LINK | _BINARY), "rb") as file:
                data = file.read(limit + 1)
        if len(data) > limit:
            raise DeployError.at(self._folder / path, f"is larger than {limit:,} bytes", "take it away")
        return data

    def listing(self) -> Mapping[str, int]:
        """Return the size of each file; -1 for what is none."""
        found: dict[str, int] = {}
        folders = [""]
        while folders:
            prefix = folders.pop()
            with self._told(prefix), suppress(FileNotFoundError), self._scan(prefix) as items:
                for item in items:
                    path = prefix + item.name
                    if item.is_dir(follow_symlinks=False):
                        folders.append(f"{path}/")
                    elif path != TEMPORARY:
                        status = item.stat(follow_symlinks=False)
                        found[path] = status.st_size if stat.S_ISREG(status.st_mode) else -1
        return found

    def _scan(self, prefix: str) -> AbstractContextManager[Iterator[os.DirEntry[str]]]:
        try:
            return os.scandir(self._folder / prefix)
        except PermissionError:
            if not prefix:
                raise
            return nullcontext(iter(()))  # such as lost+found: not ours, whatever is in it

    def arrived(self, files: Sequence[Listed]) -> Collection[str]:
        """Return the paths of those files that are there with these bytes."""
        return {file.path for file in files if self._holds(file)}

    def _holds(self, file: Listed) -> bool:
        hashed = sha256()
        with self._told(file.path):
            if not self._is_file(file.path):
                return False
            with os.fdopen(os.open(self._folder / file.path, os.O_RDONLY | _NO_LINK | _BINARY), "rb") as data:
                while piece := data.read(_PIECE):
                    hashed.update(piece)
        return hashed.hexdigest() == file.sha256

    def send(self, files: Sequence[Listed], sent: Callable[[Listed], None]) -> None:
        """Copy files into the folder, each under another name first."""
        for file in files:
            self._put(file.path, self._source.pieces(file))
            sent(file)

    def write(self, path: str, data: bytes) -> None:
        """Write a small file."""
        self._put(path, iter([data]))

    def delete(self, paths: Sequence[str], deleted: Callable[[str], None]) -> None:
        """Remove files, and the folders that became empty."""
        for path in paths:
            with self._told(path):
                if self._is_sound(_above(path)):
                    self._place_of(path).unlink(missing_ok=True)
                    self._remove_empty(_above(path))
            deleted(path)

    def unsettled(self) -> str:
        """Nothing: a folder holds the site alone."""
        return ""

    def finish(self, stage: Stage) -> str:  # noqa: ARG002 - nothing can be counted
        """Have the system write to a disk of its own what it holds in memory: it may be unplugged now."""
        if hasattr(os, "sync") and self._folder.stat().st_dev != self._source.folder.stat().st_dev:
            os.sync()
        return ""

    # --- one file

    def _put(self, path: str, pieces: Iterator[bytes]) -> None:
        target, temporary = self._place_of(path), self._folder / TEMPORARY
        with self._told(path):
            self._make_folder(_above(path))
            temporary.unlink(missing_ok=True)
            try:
                handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o644)
                with os.fdopen(handle, "wb") as file:
                    file.writelines(pieces)
                os.replace(temporary, target)  # noqa: PTH105 - a link that stands there is replaced itself
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise

    def _make_folder(self, path: str) -> None:
        if path in self._sound:
            return
        if path:
            self._make_folder(_above(path))
        if not self._is_sound(path):
            if (self._folder / path).is_symlink():
                raise DeployError.at(self._folder / path, "is a link, which is not followed", "take it away")
            (self._folder / path).mkdir(exist_ok=True)
        self._sound.add(path)

    def _remove_empty(self, path: str) -> None:
        with suppress(OSError):
            while path:
                (self._folder / path).rmdir()
                self._sound.discard(path)
                path = _above(path)

    def _place_of(self, path: str) -> Path:
        if not is_inside(path):
            raise DeployError.at(path, "is not a path below the folder")
        return self._folder / path

    def _is_sound(self, path: str) -> bool:
        """Tell whether a folder is there, and neither it nor one above it is a link."""
        if path in self._sound:
            return True
        if path and not self._is_sound(_above(path)):
            return False
        try:
            is_folder = stat.S_ISDIR((self._folder / path).lstat().st_mode)
        except (FileNotFoundError, NotADirectoryError):
            is_folder = False
        if is_folder:
            self._sound.add(path)
        return is_folder

    def _is_file(self, path: str) -> bool:
        if not self._is_sound(_above(path)):
            return False
        try:
            return stat.S_ISREG(self._place_of(path).lstat().st_mode)
        except (FileNotFoundError, NotADirectoryError):
            return False

    @contextmanager
    def _told(self, path: str) -> Iterator[None]:
        """Tell in our words what the system refuses. Raises DeployError."""
        try:
            yield
        except OSError as error:
            raise DeployError.at(self._folder / path, f"{error.strerror or error}".lower()) from error


def _above(path: str) -> str:
    return path.rpartition("/")[0]
