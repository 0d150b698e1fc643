"""A folder of another machine, by rsync over ssh: a server of one's own with nginx, Caddy or the like.

All is done by rsync itself, reading and deleting too, so an account that may do nothing but rsync (`rrsync`) is enough.
Keys, names of hosts and jumps are ssh's own business (`~/.ssh/config`, an agent).
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from cermin.deploy.plan import JOURNAL
from cermin.deploy.target import Source, Work
from cermin.errors import DeployError, Fault, ManifestError
from cermin.manifest import ROOT, SIGNATURE, Listed, read_root
from cermin.report import Stage

OLDEST = (3, 1)
"""The first rsync with --delete-missing-args and --ignore-missing-args (its NEWS, 2013)."""
TOGETHER = 1000
"""Files of one call at most. What arrived is told when a call ends, for only then it is certain."""
BYTES_TOGETHER = 64 * 1024 * 1024
"""Bytes of one call, unless a single file has more."""
TIMEOUT = 120
"""Seconds after which a line that carries nothing is given up."""
LONGEST = 80
"""Bytes of the path of a socket, to which ssh adds 17 while it makes it; macOS takes 104 (unix(4)), Linux 108."""
INCOMPLETE = 23
"""Exit code of rsync when some files could not be transferred; its messages name them."""
_OPTIONS = (
    "--from0", "--no-motd", "--no-human-readable", "--compress", "--no-implied-dirs", "--perms", "--chmod=D755,F644",
    f"--timeout={TIMEOUT}",
)  # fmt: skip
"""Whatever the umask is at either end, a web server can read what comes. Folders that are there are left as they are:
they may be somebody else's. Times are not kept: a file's time is that of its coming, which caches compare."""
_LINE = re.compile(rb"(?P<kind>.)\S{9,11} +(?P<size>[\d,.']+) \d{4}/\d\d/\d\d \d\d:\d\d:\d\d (?P<name>.+)", re.DOTALL)
_NAME = r"[^\s@/:\[\]-][^\s@/:\[\]]*"
"""Of an account or a machine; nothing that a program could take for an option."""
_UNSHOWN = re.compile(rb"\\#([0-7]{3})")
_TEMPORARY = re.compile(r"(?P<folder>.*/)?\.(?P<name>[^/]+)\.[A-Za-z0-9]{6}")
"""What rsync calls a file until it is whole."""
_INSTALL_HINT = "install rsync 3.1 or newer: `apt install rsync`, `brew install rsync`"
_NO_FOLDER = re.compile("change_dir .*No such file or directory")
_HINTS = (
    (re.compile("Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED"),
     "connect once with `{ssh} {host}` and compare the key that it shows"),
    (re.compile("Permission denied \\(|Too many authentication failures"),
     "see that `{ssh} {host}` gets in without a password: add the key to ssh-agent, or name it in ~/.ssh/config"),
    (re.compile("Could not resolve hostname|Connection refused|Connection timed out|No route to host"),
     "see that `{ssh} {host}` gets in"),
    (re.compile("command not found|rsync: not found|remote command not found"), "install rsync on {host}"),
    (re.compile("No space left on device|Disk quota exceeded"), "make room on {host}"),
    (re.compile("Read-only file system|Permission denied"), "see that the account may write into the folder"),
    (re.compile("mkdir .* failed: No such file or directory"), "make the folder above it on {host}"),
)  # fmt: skip
"""The way out, by what rsync or ssh says; the first that fits."""


@dataclass(frozen=True, slots=True)
class Rsync:
    """The settings of a target ``rsync``."""

    to: str
    """``HOST:PATH`` or ``USER@HOST:PATH``; a path that is not absolute begins at the account's home folder. The folder
    is made when it is missing, but not the one above it."""
    ssh: str = "ssh"
    """The command that connects, with its options: ``ssh -p 2222 -i ~/.ssh/mirror``."""

    @property
    def address(self) -> str:
        """What the place is called in messages."""
        return self.to

    @property
    def host(self) -> str:
        """The account and the machine, as ssh is told."""
        return self._parts()[0]

    @property
    def folder(self) -> str:
        """The folder there."""
        return self._parts()[1]

    def _parts(self) -> tuple[str, str]:
        found = re.fullmatch(rf"((?:{_NAME}@)?(?:\[[0-9A-Fa-f:.%]+\]|{_NAME})):(.*)", self.to, re.DOTALL)
        return (found[1], found[2]) if found else ("", "")

    def faults(self) -> Iterator[tuple[str, str]]:
        """Yield what is wrong with the settings."""
        hint = 'write to = "user@host:/var/www/mirror"'
        if not self.host or self.folder.startswith((":", "//")):
            yield f'to does not say where: "{self.to}"', f'{hint}; a folder of this machine is target = "folder"'
        elif not self.folder.strip("/") or re.search(r"[\0\r\n]", self.folder):
            yield f'to names no folder: "{self.to}"', hint
        try:
            words = shlex.split(self.ssh)
        except ValueError as error:
            yield f"ssh cannot be read: {error}", 'write ssh = "ssh -p 2222"'
        else:
            if not words:
                yield "ssh is empty", 'write ssh = "ssh -p 2222", or leave it out'

    @contextmanager
    def open(self, work: Work) -> Iterator[RsyncSession]:
        """Reach the machine, and read what stands there of an earlier deploy. Raises DeployError."""
        program = _find_rsync()
        # Not in the mirror: a socket's path may have about a hundred characters.
        with tempfile.TemporaryDirectory(prefix="cermin-") as folder:
            session = RsyncSession(self, program, Path(folder), work)
            try:
                session.connect()
                yield session
            finally:
                session.hang_up()


def _find_rsync() -> str:
    """Return the path of rsync. Raises DeployError where there is none, or one that lacks what is needed."""
    program = shutil.which("rsync")
    if program is None:
        raise DeployError.at("rsync", "is not installed on this machine", _INSTALL_HINT)
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603 - found above
    version = re.match(r"rsync +version v?(\d+)\.(\d+)", told)
    if version is None or (int(version[1]), int(version[2])) < OLDEST:
        first = told.strip().partition("\n")[0]
        raise DeployError.at(program, f"is not rsync 3.1 or newer: it calls itself {first}", _INSTALL_HINT)
    return program


class RsyncSession:
    """A folder of another machine while it is deployed to. rsync writes each file under another name first."""

    is_atomic = False

    def __init__(self, settings: Rsync, program: str, scratch: Path, work: Work) -> None:
        self._settings, self._program, self._scratch = settings, program, scratch
        self._source: Source = work.source
        self._words = [os.path.expanduser(word) for word in shlex.split(settings.ssh)]  # noqa: PTH111 - options too
        self._may_ask = work.may_ask
        self._is_openssh = Path(self._words[0]).name == "ssh"
        self._socket = scratch / "ssh"
        self._shares = self._is_openssh and os.name == "posix" and len(os.fsencode(self._socket)) <= LONGEST
        """Whether all calls go through one connection; Windows' ssh cannot."""
        self._fetched: dict[str, bytes | None] = {}
        self._there: set[str] = set()
        """Files that are known to be there."""
        self._folders: set[str] = set()
        """Folders that are known to be there, ``.`` for the whole."""
        self._touched: set[str] = {ROOT, SIGNATURE, JOURNAL}
        """Files that are the site's, as far as this deploy came by them."""
        self._leftovers: dict[str, str] = {}
        """What rsync left under its temporary names when it was killed, and what each should have become."""

    # --- the connection

    def connect(self) -> None:
        """Read in one call what a deploy asks for first. Raises DeployError."""
        self._fetch([ROOT, SIGNATURE, JOURNAL])

    def hang_up(self) -> None:
        """End the connection that the calls shared."""
        if self._shares:
            host = self._settings.host.replace("[", "").replace("]", "")
            command = [*self._ssh(), "-O", "exit", host]
            subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)  # noqa: S603 - as set

    def _ssh(self) -> list[str]:
        words = list(self._words)
        if self._is_openssh:
            words += ["-o", f"ServerAliveInterval={TIMEOUT // 4}"]
            words += [] if self._may_ask else ["-o", "BatchMode=yes"]
        if self._shares:
            # It ends by itself, should this process be killed.
            path = str(self._socket).replace("%", "%%")
            words += ["-o", "ControlMaster=auto", "-o", f"ControlPath={path}", "-o", "ControlPersist=60"]
        return words

    def _call(self, options: Sequence[str], paths: Iterable[str], ends: Sequence[str]) -> tuple[bytes, str]:
        """Run rsync and return what it printed, and what it said of files that it could not transfer.

        Raises DeployError for every other failure.
        """
        # A name that begins with # or ; would be a remark; ./ before it changes nothing else.
        names = b"".join(b"./" + os.fsencode(path) + b"\0" for path in paths)
        command = [self._program, *_OPTIONS, "--rsh", _quote(self._ssh()), *self._protection(), *options, *ends]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("RSYNC_")}
        # To a file, not a pipe: older ssh keeps it open for as long as the shared connection lasts.
        with tempfile.TemporaryFile(dir=self._scratch) as errors:
            done = subprocess.run(  # noqa: S603 - found by _find_rsync
                command, input=names, stdout=subprocess.PIPE, stderr=errors, check=False, env=kept | {"LC_ALL": "C"}
            )
            errors.seek(0)
            said = errors.read().decode(errors="replace").strip()
        if done.returncode not in {0, INCOMPLETE} and not _NO_FOLDER.search(said):
            raise self._failure(said, done.returncode)
        return done.stdout, said if done.returncode else ""

    def _far(self) -> str:
        return f"{self._settings.host}:{self._settings.folder.rstrip('/')}/"

    def _protection(self) -> list[str]:
        """Keep names away from the shell there where one needs it; `rrsync` does not take them that way."""
        return [] if re.fullmatch(r"[\w./~+@,=-]*", self._settings.folder, re.ASCII) else ["--protect-args"]

    def _failure(self, said: str, code: int) -> DeployError:
        lines = [line.strip() for line in said.splitlines() if line.strip(" @")]
        for pattern, hint in _HINTS:
            if line := next(filter(pattern.search, lines), ""):
                way_out = hint.format(ssh=shlex.join(self._words), host=self._settings.host)
                return DeployError.at(self._settings.address, line, way_out)
        line = next((line for line in lines if not line.startswith("Warning:")), f"rsync ended with code {code}")
        return DeployError.at(self._settings.address, line)

    # --- reading

    def objection(self) -> Fault | None:
        """None: whoever may write there may."""
        return None

    def read(self, path: str, limit: int) -> bytes | None:
        """Return the bytes of a file; None when there is none."""
        if path not in self._fetched:
            self._fetch(self._together_with(path))
        data = self._fetched[path]
        if data is not None and len(data) > limit:
            raise DeployError.at(f"{self._far()}{path}", f"is larger than {limit:,} bytes", "take it away")
        return data

    def _together_with(self, path: str) -> list[str]:
        """Return what will be asked for besides: all parts of the manifest there that are not in the build's too."""
        paths = {path}
        with suppress(ManifestError):
            parts = {row.path for row in read_root(self._fetched[ROOT] or b"").parts}
            if path in parts:
                paths |= {part for part in parts if not (self._source.folder / part).exists()}
        return sorted(paths - self._fetched.keys())

    def _fetch(self, paths: Sequence[str]) -> None:
        """Read small files in one call."""
        with tempfile.TemporaryDirectory(dir=self._scratch) as folder:
            _, said = self._call(["--files-from=-", "--ignore-missing-args"], paths, [self._far(), f"{folder}/"])
            if not said:
                self._folders.add(".")
            elif not _NO_FOLDER.search(said):
                raise self._failure(said, INCOMPLETE)
            for path in paths:
                file = Path(folder, path)
                self._fetched[path] = file.read_bytes() if file.is_file() and not file.is_symlink() else None

    def listing(self) -> Mapping[str, int]:
        """Return the size of each file; -1 for what is none. Folders that may not be read are not ours."""
        told, _ = self._call(["--recursive", "--list-only"], (), [self._far()])
        found: dict[str, int] = {}
        for line in told.splitlines():
            if (item := _LINE.fullmatch(line)) and item["kind"] != b"d":
                name = _name(item["name"]) if item["kind"] == b"-" else _name(item["name"].partition(b" -> ")[0])
                found[name] = int(re.sub(rb"\D", b"", item["size"])) if item["kind"] == b"-" else -1
        for path in found:
            if whole := _TEMPORARY.fullmatch(path):
                self._leftovers[path] = f"{whole['folder'] or ''}{whole['name']}"
        self._there = set(found)
        self._folders |= {above for path in found for above in _above(path)}
        own = {path for path, whole in self._leftovers.items() if whole in self._touched}
        return {path: size for path, size in found.items() if path not in own}

    def arrived(self, files: Sequence[Listed]) -> Collection[str]:
        """Return the paths of those files that are equal at both ends by rsync's checksum, and here by ours."""
        options = ["--files-from=-", "--dry-run", "--checksum", "--out-format=%n"]
        differing: set[str] = set()
        for some in _shares(files):
            told, said = self._call(options, [file.path for file in some], self._sending())
            if said:
                return ()
            differing |= {_name(line) for line in told.splitlines()}
        self._touched |= {file.path for file in files}
        return {file.path for file in files if file.path not in differing and not self._source.check(file)}

    def _sending(self) -> list[str]:
        return [f"{self._source.folder}/", self._far()]

    # --- writing

    def send(self, files: Sequence[Listed], sent: Callable[[Listed], None]) -> None:
        """Send files, some per call; what a call sent is told when it has ended, for only then it is certain.

        Files that rsync takes for equal are sent too: it looks at times.
        """
        for some in _shares(files):
            paths = [file.path for file in some]
            self._touched |= set(paths)
            _, said = self._call(
                ["--files-from=-", "--ignore-times"], self._new_folders(paths) + paths, self._sending()
            )
            if said:
                raise self._failure(said, INCOMPLETE)
            # They were right when the deploy began. A build that runs beside it may have changed them since.
            if faults := [fault for fault in map(self._source.check, some) if fault]:
                raise DeployError(*faults)
            self._there |= set(paths)
            for file in some:
                sent(file)

    def _new_folders(self, paths: Sequence[str]) -> list[str]:
        """Return the folders that files need and that may be missing, to be made with the right permissions."""
        folders = {above for path in paths for above in _above(path)} | {"."}
        new = sorted(folders - self._folders)
        self._folders |= folders
        return new

    def write(self, path: str, data: bytes) -> None:
        """Put a small file there."""
        with tempfile.TemporaryDirectory(dir=self._scratch) as folder:
            Path(folder, path).write_bytes(data)
            paths = [*self._new_folders([path]), path]
            _, said = self._call(["--files-from=-", "--ignore-times"], paths, [f"{folder}/", self._far()])
        if said:
            raise self._failure(said, INCOMPLETE)

    def delete(self, paths: Sequence[str], deleted: Callable[[str], None]) -> None:
        """Delete these very files, and the folders that became empty."""
        self._touched |= set(paths)
        for start in range(0, len(paths), TOGETHER):
            some = paths[start : start + TOGETHER]
            self._take_away(some)
            for path in some:
                deleted(path)
        self._there -= set(paths)
        gone = {above for path in paths for above in _above(path)}
        for path in self._there:
            if gone:
                gone -= set(_above(path))
        # From the deepest up, for a folder goes when it is empty.
        self._folders -= gone
        for _, level in groupby(sorted(gone, key=_depth, reverse=True), _depth):
            self._take_away(list(level))

    def _take_away(self, paths: Sequence[str]) -> None:
        # rsync deletes there what is named and is not here: in a folder that holds but the folders of those files.
        with tempfile.TemporaryDirectory(dir=self._scratch) as folder:
            for above in {path.rpartition("/")[0] for path in paths}:
                Path(folder, above).mkdir(parents=True, exist_ok=True)
            options = ["--files-from=-", "--delete-missing-args", "--existing"]
            _, said = self._call(options, paths, [f"{folder}/", self._far()])
        if said:
            raise self._failure(said, INCOMPLETE)

    def unsettled(self) -> str:
        """Return nothing: a folder has nothing of its own to set."""
        return ""

    def finish(self, stage: Stage) -> str:
        """Take away what rsync left of the site's files when it was killed."""
        del stage
        if own := sorted(path for path, whole in self._leftovers.items() if whole in self._touched):
            self._take_away(own)
        return ""


def _shares(files: Sequence[Listed]) -> Iterator[list[Listed]]:
    """Yield the files of one call after the other."""
    some: list[Listed] = []
    size = 0
    for file in files:
        if some and (len(some) == TOGETHER or size + file.size > BYTES_TOGETHER):
            yield some
            some, size = [], 0
        some.append(file)
        size += file.size
    if some:
        yield some


def _quote(words: Iterable[str]) -> str:
    """Return words as rsync's --rsh reads them: a quote inside of quotes is doubled."""
    return " ".join("'" + word.replace("'", "''") + "'" for word in words)


def _name(told: bytes) -> str:
    """Return a name that rsync printed; what cannot be shown is a backslash, # and three digits."""
    return os.fsdecode(_UNSHOWN.sub(lambda found: bytes([int(found[1], 8)]), told))


def _above(path: str) -> Iterator[str]:
    while path := path.rpartition("/")[0]:
        yield path


def _depth(path: str) -> int:
    return path.count("/")
