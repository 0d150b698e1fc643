"""A branch of a git repository, from which GitHub, GitLab, Codeberg and others serve pages.

The branch holds one commit without a parent, so that what was withdrawn does not stay in its history. Everything is
done in a private bare repository below .cermin/, in no working tree and without an index: git fast-import takes the
tree that is there and changes the files that changed. The user's own repository, hooks and filters have no part in it.
"""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha1
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryFile
from typing import IO
from urllib.parse import urlsplit

from cermin.deploy.target import Source, Work
from cermin.errors import DeployError, Fault
from cermin.files import is_inside
from cermin.manifest import ROOT, Listed, read_root
from cermin.report import Stage

THERE, NEXT = "refs/cermin/there", "refs/cermin/next"
"""The commit that the branch was seen to have, and the one that is being made."""
_OF_A_REPOSITORY = frozenset({
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_DIR", "GIT_GRAFT_FILE", "GIT_INDEX_FILE",
    "GIT_NAMESPACE", "GIT_OBJECT_DIRECTORY", "GIT_QUARANTINE_PATH", "GIT_REPLACE_REF_BASE", "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
})  # fmt: skip
"""Variables that name a repository: set where git runs cermin, from a hook or an alias."""
_SETTINGS = {
    "core.fsync": "none",  # it is a cache
    "core.hooksPath": os.devnull,
    "core.logAllRefUpdates": "false",
    "gc.auto": "2000",
    "gc.autoDetach": "false",  # no process outlives the deploy
    "gc.autoPackLimit": "4",  # each may be as large as the site
    "gc.pruneExpire": "now",
    "push.followTags": "false",
    "push.gpgSign": "false",
    "push.recurseSubmodules": "no",
    "fetch.recurseSubmodules": "no",
    "maintenance.auto": "false",
}
"""What goes before the user's own configuration, from which credentials, proxies and keys are taken."""
_MARK = re.compile(rb"^Cermin-Build: [0-9a-f]{64}$", re.MULTILINE)
"""What the message of a commit that cermin made ends in."""
_LEFT = ("objects/pack/tmp_*", "fast_import_crash_*", "*.lock", "refs/**/*.lock")
"""What a git that was killed leaves in its repository; nobody else works in this one."""
_PROGRESS = re.compile(rb"Writing objects:\s+\d+% \((\d+)/(\d+)\)")
_WORDS = 1000
"""Characters of what git says that are shown."""


@dataclass(frozen=True, slots=True)
class Git:
    """The settings of a target ``git``."""

    remote: str
    """Address or path of the repository, or the name of a remote of the repository that the mirror is in."""
    branch: str = "pages"
    """The branch that the pages are served from: Codeberg wants this name, GitHub lets any be chosen."""
    cname: str = ""
    """The site's own domain, for hosts that read it from a file CNAME."""

    @property
    def address(self) -> str:
        """What the place is called in messages."""
        return f"{self.remote} ({self.branch})"

    def faults(self) -> Iterator[tuple[str, str]]:
        """Yield what is wrong with the settings."""
        if not self.remote or self.remote.startswith("-") or not self.remote.isprintable():
            hint = 'write remote = "git@codeberg.org:me/mirror.git" or remote = "origin"'
            yield f'remote is no repository: "{self.remote}"', hint
        elif _is_address(self.remote) and "://" in self.remote and urlsplit(self.remote).password:
            yield "remote holds a password", "take it out and keep it with `git credential`, or use a key of SSH"
        if not re.fullmatch(r"\w([\w./-]*\w)?", self.branch) or re.search(r"\.\.|//|/\.|\./|\.lock\b", self.branch):
            yield f'branch is no name of a branch: "{self.branch}"', 'write branch = "pages"'
        if self.cname and not re.fullmatch(r"[^\s/:@]+\.[^\s/:@]+", self.cname):
            yield f'cname is no domain: "{self.cname}"', 'write cname = "news.example.org"'

    @contextmanager
    def open(self, work: Work) -> Iterator[GitSession]:
        """Look at the branch; what it holds is fetched where it is not known from the last time. Raises DeployError."""
        repository = _Repository(work.state.with_suffix(".git"), work.may_ask)
        remote = repository.find_remote(self.remote, work.root)
        repository.make()
        session = GitSession(repository, self, remote, work.source)
        try:
            try:
                session.look()
            except DeployError:
                if not repository.is_damaged():
                    raise
                repository.make_anew()
                session.look()
            yield session
        finally:
            session.close()


def _is_address(remote: str) -> bool:
    """Tell an address, ``https://…`` or ``git@host:path``, from a path or a name, as git does."""
    return re.match(r"[A-Za-z][A-Za-z0-9+.-]*://|[^/]{2,}:", remote) is not None


class _Repository:
    """A bare repository of cermin's own, and git."""

    def __init__(self, folder: Path, may_ask: bool) -> None:
        self.folder = folder
        self._may_ask = may_ask
        self._environment = {name: value for name, value in os.environ.items() if name not in _OF_A_REPOSITORY}
        self._environment["LC_ALL"] = "C.UTF-8"  # what git says is searched for words
        self._settings = dict(_SETTINGS)
        if not may_ask:
            self._environment["GIT_TERMINAL_PROMPT"] = "0"

    def find_remote(self, remote: str, root: Path) -> str:
        """Return the address or the path of the remote, found beside or in the mirror."""
        if _is_address(remote):
            return remote
        path = root / Path(remote).expanduser()
        if path.exists() or "/" in remote or os.sep in remote:
            return str(path)
        try:
            address = self.run("-C", str(root), "remote", "get-url", "--push", "--", remote, own=False)
        except DeployError as error:
            hint = "give its address, or its name as `git remote` shows it"
            verdict = f"neither a repository nor the name of a remote: {error.faults[0].verdict}"
            raise DeployError.at(remote, verdict, hint) from error
        self._take_credentials(root)
        found = address.decode().strip()
        return found if _is_address(found) else str(root / found)

    def _take_credentials(self, root: Path) -> None:
        """Reach the mirror's remote as the mirror's own repository does: a runner of CI keeps its key in there."""
        with suppress(DeployError):
            words = "config", "--local", "--includes", "-z", "--get-regexp", r"^(http|credential|core\.sshcommand$)"
            for item in self.run("-C", str(root), *words, own=False).decode().split("\0")[:-1]:
                name, _, value = item.partition("\n")
                self._settings[name] = value

    def make(self) -> None:
        """Make the repository unless it is there, and take away what a killed git left."""
        if not (self.folder / "HEAD").is_file():
            self.folder.mkdir(parents=True, exist_ok=True)
            self.run("init", "--quiet", "--bare", "--template=", "--object-format=sha1")
        for left in (found for pattern in _LEFT for found in self.folder.glob(pattern)):
            left.unlink(missing_ok=True)

    def is_damaged(self) -> bool:
        """Tell whether git can no longer read what it kept."""
        try:
            self.run("fsck", "--connectivity-only", "--no-dangling")
        except DeployError:
            return True
        return False

    def make_anew(self) -> None:
        """Forget all that was kept: it is a cache."""
        rmtree(self.folder)
        self.make()

    def command(self, *words: str, own: bool = True) -> list[str]:
        """Return a call of git, on the private repository unless it is not its ``own``."""
        return ["git", *([f"--git-dir={self.folder}"] if own else []), *words]

    def environment(self) -> dict[str, str]:
        """Return the environment for git: settings stand in it, where no list of processes shows them."""
        given = int(self._environment.get("GIT_CONFIG_COUNT") or 0)
        variables = {"GIT_CONFIG_COUNT": str(given + len(self._settings))}
        for number, (name, value) in enumerate(self._settings.items(), given):
            variables |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}
        return self._environment | variables

    def run(self, *words: str, own: bool = True) -> bytes:
        """Return what git prints. Raises DeployError with what git says when it fails."""
        with self.start(*words, own=own, stdout=subprocess.PIPE) as process:
            out, said = process.communicate()
        if process.returncode:
            raise _said(words, said)
        return out

    def start(self, *words: str, own: bool = True, **pipes: int | IO[bytes]) -> subprocess.Popen[bytes]:
        """Start git. Raises DeployError when there is none."""
        stdin = None if self._may_ask else subprocess.DEVNULL
        given: dict[str, int | IO[bytes] | None] = {"stdin": stdin, "stderr": subprocess.PIPE, **pipes}
        try:
            return subprocess.Popen(self.command(*words, own=own), env=self.environment(), **given)  # type: ignore[call-overload, no-any-return] # noqa: S603
        except FileNotFoundError as error:
            raise DeployError.at("git", "there is no such program here", "install git") from error

    def ask_no_one(self) -> None:
        """Have SSH fail where it would ask for a passphrase or whether a host is known."""
        if self._may_ask or "GIT_SSH" in self._environment:
            return
        command = self._environment.get("GIT_SSH_COMMAND") or self._settings.get("core.sshcommand")
        if not command:
            with suppress(DeployError):
                command = self.run("config", "core.sshCommand").decode().strip()
        self._environment["GIT_SSH_COMMAND"] = f"{command or 'ssh'} -o BatchMode=yes"


def _said(words: Sequence[str], said: bytes) -> DeployError:
    """Return an error with what git says, without progress and advice."""
    lines = [line.strip() for line in re.split(r"[\r\n]+", said.decode(errors="replace"))]
    lines = [
        line
        for line in lines
        if line and not line.startswith(("hint:", "To ", "fast-import: dumping")) and "%" not in line
    ]
    verb = next((word for word in words if not word.startswith("-")), "")
    hint = ""
    if re.search(r"stale info|fetch first|non-fast-forward|cannot lock ref", " ".join(lines)):
        hint = "somebody pushed to the branch meanwhile: run the same command again, it looks at what came"
    elif re.search(r"Host key verification failed", " ".join(lines)):
        hint = "connect once with ssh, and look at the key that it shows"
    elif re.search(
        r"[Pp]ermission denied|[Aa]uthentication|could not read (Username|Password)|40[13]", " ".join(lines)
    ):
        hint = "look whether your key or password opens the repository: `git ls-remote` with its address"
    elif re.search(r"corrupt|bad object|unable to (read|unpack)|loose object", " ".join(lines)):
        hint = "delete .cermin/deploy in the mirror: it is a cache"
    return DeployError.at(f"git {verb}", " / ".join(lines)[:_WORDS] or "failed without a word", hint)


@dataclass(slots=True)
class GitSession:
    """A branch while it is deployed to. Files come together in a commit, which `finish` pushes."""

    _repository: _Repository
    _target: Git
    _remote: str
    _source: Source
    is_atomic: bool = True
    _tip: str = ""
    """The commit that the branch has; empty where there is no branch."""
    _is_own: bool = True
    """Whether cermin made it."""
    _there: dict[str, tuple[str, int]] = field(default_factory=dict)
    """The files of the commit by their paths: the names of their blobs, and their sizes."""
    _import: subprocess.Popen[bytes] | None = None
    _words: IO[bytes] | None = None
    """What git fast-import says."""

    def look(self) -> None:
        """Learn what the branch holds."""
        run = self._repository.run
        self._repository.ask_no_one()
        branch = f"refs/heads/{self._target.branch}"
        answer = run("ls-remote", "--", self._remote, branch).decode().split()
        if not answer:
            return
        self._tip = answer[0]
        if not self._has(self._tip):
            run("fetch", "--quiet", "--no-tags", "--depth=1", "--", self._remote, f"+{branch}:{THERE}")
            self._tip = run("rev-parse", THERE).decode().strip()
        head, _, message = run("cat-file", "commit", self._tip).partition(b"\n\n")
        self._is_own = b"\nparent " not in head and _MARK.search(message) is not None
        for row in run("ls-tree", "-r", "-z", "--long", self._tip).split(b"\0")[:-1]:
            about, _, path = row.partition(b"\t")
            mode, kind, blob, size = about.decode().split()
            is_file = kind == "blob" and mode != "120000"
            self._there[path.decode(errors="surrogateescape")] = blob, int(size) if is_file else -1

    def _has(self, commit: str) -> bool:
        try:
            self._repository.run("cat-file", "-e", f"{commit}^{{tree}}")
        except DeployError:
            return False
        return True

    def objection(self) -> Fault | None:
        """Return whose commit would be replaced where it is not cermin's."""
        if self._is_own:
            return None
        shown = self._repository.run("show", "--no-patch", "--format=%h, %an: %s", self._tip).decode(errors="replace")
        verdict = f"the branch {self._target.branch} holds what cermin did not commit: {shown.strip()}"
        hint = "go on with --yes, which keeps its other files and drops its history, or choose another branch"
        return Fault("", verdict, hint)

    def read(self, path: str, limit: int) -> bytes | None:
        """Return the bytes of a file of the branch."""
        blob, size = self._there.get(path, ("", -1))
        if size < 0:
            return None
        if size > limit:
            raise DeployError.at(path, f"is larger than {limit:,} bytes", "take it away")
        return self._repository.run("cat-file", "blob", blob)

    def listing(self) -> Mapping[str, int]:
        """Return the sizes of the branch's files; -1 for those that a commit of others may have changed."""
        own = self._extras()
        sizes = {path: size for path, (_, size) in self._there.items() if path not in own}
        if self._is_own:
            return sizes
        return {path: size if self._is_same(path) else -1 for path, size in sizes.items()}

    def _is_same(self, path: str) -> bool:
        try:
            return self._there[path][0] == _blob((self._source.folder / path).read_bytes())
        except OSError:
            return False

    def arrived(self, files: Sequence[Listed]) -> Collection[str]:
        """Return the paths of those files that the branch has with these bytes."""
        return {file.path for file in files if file.path in self._there and self._is_same(file.path)}

    def unsettled(self) -> str:
        """Return the files for hosts that have to be written."""
        return " and ".join(path for path, data in self._extras().items() if self._blob_there(path) != _blob(data))

    def _extras(self) -> dict[str, bytes]:
        """Return the files that are for hosts and not of the site."""
        files = {".nojekyll": b""}  # GitHub would leave out what begins with an underscore
        if self._target.cname:
            files["CNAME"] = f"{self._target.cname}\n".encode()
        return files

    def _blob_there(self, path: str) -> str:
        return self._there.get(path, ("", 0))[0]

    # --- the commit

    def send(self, files: Sequence[Listed], sent: Callable[[Listed], None]) -> None:
        """Put files into the commit."""
        for file in files:
            self._put(file.path, file.size, self._source.pieces(file))
            sent(file)

    def write(self, path: str, data: bytes) -> None:
        """Put a small file into the commit."""
        self._put(path, len(data), iter([data]))

    def delete(self, paths: Sequence[str], deleted: Callable[[str], None]) -> None:
        """Leave files out of the commit."""
        for path in paths:
            self._tell(b"D %s\n" % _quote(path))
            deleted(path)

    def _put(self, path: str, size: int, pieces: Iterator[bytes]) -> None:
        self._tell(b"M 100644 inline %s\ndata %d\n" % (_quote(path), size))
        for piece in pieces:
            self._tell(piece)
        self._tell(b"\n")

    def _tell(self, data: bytes) -> None:
        self._import = self._import or self._begin()
        try:
            self._import.stdin.write(data)  # type: ignore[union-attr]
        except OSError as error:
            raise self._failed() from error

    def _begin(self) -> subprocess.Popen[bytes]:
        self._words = TemporaryFile()  # noqa: SIM115 - `close` closes it
        words = "fast-import", "--quiet", "--force", "--done"
        process = self._repository.start(*words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=self._words)
        message = b"Site as built by cermin\n\nCermin-Build: %s\n" % self._build().encode()
        # At UTC, for the zone tells where somebody is.
        head = b"commit %s\ncommitter %s %d +0000\ndata %d\n%s" % (
            NEXT.encode(), self._committer(), int(time.time()), len(message), message,
        )  # fmt: skip
        if self._tip:
            tree = self._repository.run("rev-parse", f"{self._tip}^{{tree}}").strip()
            head += b'M 040000 %s ""\n' % tree
        process.stdin.write(head)  # type: ignore[union-attr]
        return process

    def _build(self) -> str:
        return read_root((self._source.folder / ROOT).read_bytes()).build

    def _committer(self) -> bytes:
        """Return who commits, from the environment or the user's configuration, and never from this machine's name."""
        found = []
        for variable, setting, default in (
            ("GIT_COMMITTER_NAME", "user.name", "cermin"),
            ("GIT_COMMITTER_EMAIL", "user.email", "cermin@localhost"),
        ):
            value = os.environ.get(variable, "")
            if not value:
                with suppress(DeployError):
                    value = self._repository.run("config", setting).decode()
            found.append(re.sub(r"[<>\x00-\x1f]", "", value).strip() or default)
        return f"{found[0]} <{found[1]}>".encode()

    def finish(self, stage: Stage) -> str:
        """Commit and push; the branch is replaced only if it still is what was looked at."""
        for path, data in self._extras().items():
            if self._blob_there(path) != _blob(data):
                self.write(path, data)
        self._tell(b"\ndone\n")
        process = self._import
        if process is None or process.stdin is None:
            raise AssertionError
        try:
            process.stdin.close()
        except OSError as error:
            raise self._failed() from error
        if process.wait():
            raise self._failed()
        commit = self._repository.run("rev-parse", NEXT).decode().strip()
        self._push(stage)
        # All has arrived. What goes wrong from here on costs the next deploy a fetch.
        with suppress(DeployError, OSError):
            self._repository.run("update-ref", THERE, NEXT)
            self._repository.run("update-ref", "-d", NEXT)
            (self._repository.folder / "shallow").unlink(missing_ok=True)
            self._repository.run("gc", "--auto", "--quiet")
        return f"commit {commit[:10]}"

    def _push(self, stage: Stage) -> None:
        if self._tip:
            # Commits without parents have nothing in common, so git would send the whole tree again. It leaves out what
            # is in a commit that is named here, as if its history had been cut off.
            (self._repository.folder / "shallow").write_text(f"{self._tip}\n", encoding="ascii")
        branch = f"refs/heads/{self._target.branch}"
        words = [
            "push",
            "--progress",
            f"--force-with-lease={branch}:{self._tip}",
            "--",
            self._remote,
            f"{NEXT}:{branch}",
        ]
        with self._repository.start(*words, stdout=subprocess.DEVNULL) as process:
            try:
                said = _follow(process.stderr, stage)  # type: ignore[arg-type]
            except BaseException:
                process.terminate()
                process.wait()
                raise
        if process.returncode:
            raise _said(words, said)

    def _failed(self) -> DeployError:
        """Return why git fast-import ended."""
        said = b""
        if self._import and self._words:
            self._import.wait()
            self._words.seek(0)
            said = self._words.read()
        return _said(["fast-import"], said)

    def close(self) -> None:
        """End what was begun; a commit that was not finished is forgotten."""
        if self._import:
            if self._import.poll() is None:
                self._import.kill()
            with suppress(OSError):
                self._import.stdin.close()  # type: ignore[union-attr]
            self._import.wait()
        if self._words:
            self._words.close()


def _follow(said: IO[bytes], stage: Stage) -> bytes:
    """Return all that git says, telling meanwhile how much it has sent."""
    kept, done = b"", 0
    while data := os.read(said.fileno(), 65536):
        kept = (kept + data)[-65536:]
        if found := _PROGRESS.findall(data):
            now, total = map(int, found[-1])
            stage.expect(total)
            stage.advance(now - done)
            done = now
    return kept


def _blob(data: bytes) -> str:
    """Return the name that git gives to these bytes."""
    return sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _quote(path: str) -> bytes:
    if not is_inside(path):
        raise DeployError.at(path, "is not a path below the branch's root")
    quoted = path.replace('"', '\\"').replace("\n", "\\n")
    return f'"{quoted}"'.encode(errors="surrogateescape")
