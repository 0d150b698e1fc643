"""Real servers for tests: on loopback, on free ports, with keys of their own; each ends with the test that started it.

``Sshd`` is OpenSSH's, with whatever rsync and git are on this machine. ``S3Server`` is nanio: it checks signatures, and
keeps its objects in a folder, so that a server that was killed still has them when it is started again. moto knows more
of S3, but takes any key and forgets all that it was told.
"""

from __future__ import annotations

import contextlib
import getpass
import importlib.util
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from obstore.store import S3Store

from tests.conftest import do_without

LOOPBACK = "127.0.0.1"
PATIENCE = 20
"""Seconds in which a server must be up."""
KEY, SECRET = "key-of-the-tests", "secret-of-the-tests"


def free_port() -> int:
    """Return a port that nothing listens to."""
    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        port: int = listener.getsockname()[1]
        return port


class Server:
    """A process that listens, and can be killed and started again at the same port."""

    sign: str
    """What it writes into its log when it listens. To connect would tell less: another may have the port."""

    def __init__(self, folder: Path, command: list[str], port: int, environment: dict[str, str] | None = None) -> None:
        self._log = folder / "log"
        self._command, self._environment = command, os.environ | (environment or {})
        self._process: subprocess.Popen[bytes] | None = None
        self.port = port

    def start(self) -> None:
        """Start it, and wait until it listens."""
        with self._log.open("ab") as log:
            before = log.tell()
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self._environment
            )
        until = time.monotonic() + PATIENCE
        while self._process.poll() is None and time.monotonic() < until:
            if self.sign.encode() in self._log.read_bytes()[before:]:
                return
            time.sleep(0.02)
        self.kill()
        raise RuntimeError(self._log.read_text(encoding="utf-8", errors="replace"))

    def kill(self) -> None:
        """Kill it, and what it started, as a machine that fails does."""
        if self._process:
            family = [*descendants(self._process.pid), self._process.pid]
            for process in family:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
            self._process.wait()
            self._process = None

    close = kill


def descendants(process: int) -> list[int]:
    """Return the processes that a process started, and those that they did."""
    parents: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # The name in brackets may hold anything; behind it are the state and the parent (proc_pid_stat(5)).
            parent = int(status.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[1])
            parents.setdefault(parent, []).append(int(status.parent.name))
    found: list[int] = []
    waiting = [process]
    while waiting:
        children = parents.get(waiting.pop(), [])
        found += children
        waiting += children
    return found


class Sshd(Server):
    """An ssh server that lets in who runs the tests, by one key."""

    sign = "Server listening on"

    def __init__(self, folder: Path) -> None:
        program = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
        if program is None or not shutil.which("ssh"):
            do_without("sshd", "no sshd and ssh")
        folder.mkdir()
        for name in ("host_key", "key", "stranger"):
            command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
            subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
        port = free_port()
        self.user = getpass.getuser()
        self.host = f"{self.user}@{LOOPBACK}"
        self.folder = folder
        shutil.copy(folder / "key.pub", folder / "authorized_keys")
        public = " ".join((folder / "host_key.pub").read_text(encoding="ascii").split()[:2])
        (folder / "known_hosts").write_text(f"[{LOOPBACK}]:{port} {public}\n", encoding="ascii")
        settings = {
            "ListenAddress": LOOPBACK,
            "Port": str(port),
            "HostKey": _quoted(folder / "host_key"),
            "AuthorizedKeysFile": _quoted(folder / "authorized_keys"),
            "PidFile": "none",
            "PasswordAuthentication": "no",
            "KbdInteractiveAuthentication": "no",
            "PermitRootLogin": "prohibit-password",
            "StrictModes": "no",  # the folder above is a test's
            "UsePAM": "no",
            "AcceptEnv": "none",
            "SetEnv": "SHLVL=2",  # else bash reads the person's .bashrc for each command that comes by ssh
        }
        (folder / "sshd_config").write_text(
            "".join(f"{name} {value}\n" for name, value in settings.items()), encoding="utf-8"
        )
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # it wants to be put there before anyone is let in
        super().__init__(folder, [program, "-D", "-e", "-f", str(folder / "sshd_config")], port)
        self.start()

    def client(self, *, key: str = "key", known_hosts: str = "known_hosts", **settings: str) -> str:
        """Return the command that gets in; with ``key="stranger"`` or ``known_hosts="none"`` it does not."""
        options = {
            "Port": str(self.port),
            "IdentityFile": _quoted(self.folder / key),
            "IdentitiesOnly": "yes",
            "UserKnownHostsFile": _quoted(self.folder / known_hosts),
            "GlobalKnownHostsFile": "none",
            "LogLevel": "ERROR",
            **settings,
        }
        name = self.folder / f"client {key} {known_hosts}"
        name.write_text("".join(f"{option} {value}\n" for option, value in options.items()), encoding="utf-8")
        return shlex.join(["ssh", "-F", str(name)])


class S3Server(Server):
    """An S3 server. A bucket is a folder below ``buckets``, an object a file in it."""

    sign = "Uvicorn running on"

    def __init__(self, folder: Path, buckets: Path | None = None) -> None:
        if importlib.util.find_spec("nanio") is None:
            do_without("s3", "nanio, the S3 server, is not installed")
        folder.mkdir()
        self.buckets = buckets or folder / "buckets"
        self.buckets.mkdir(exist_ok=True)
        port = free_port()
        self.endpoint = f"http://{LOOPBACK}:{port}"
        words = ["serve", "--data-dir", str(self.buckets), "--host", LOOPBACK, "--port", str(port)]
        environment = {"NANIO_ACCESS_KEY": KEY, "NANIO_SECRET_KEY": SECRET}
        super().__init__(folder, [sys.executable, "-m", "nanio", *words], port, environment)
        self.start()

    def store(self, bucket: str) -> S3Store:
        """Return a client of a bucket."""
        return S3Store(
            bucket,
            endpoint=self.endpoint,
            access_key_id=KEY,
            secret_access_key=SECRET,
            region="us-east-1",
            client_options={"allow_http": True},
        )

    def objects(self, bucket: str) -> dict[str, bytes]:
        """Return all objects of a bucket, without what the server did not end when it was killed."""
        folder = self.buckets / bucket
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
            and not path.relative_to(folder).parts[0].startswith(".nanio")
            and not path.name.startswith(".tmp.")
        }

    def requests(self) -> int:
        """Return how many requests it was asked."""
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        return sum(" HTTP/1.1" in line for line in lines)


def _quoted(path: Path) -> str:
    """Return a path as ssh's settings want one that may hold spaces."""
    return f'"{path}"'
