"""What tests of deploys share: sites made to measure, places to deploy to, and deploys that are cut short.

A place is one class and one line in `PLACES`; every law of tests/test_deploy.py then holds it to what all are held to.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Protocol

import obstore
import pytest

from cermin import pipeline
from cermin.config import load_config
from cermin.deploy import Deployed, Terms
from cermin.errors import Fault
from cermin.manifest import ROOT, Listed, encode_part, encode_root, is_own, make_root, split
from cermin.report import MemoryReporter, Stage
from tests.conftest import do_without, tree
from tests.servers import KEY, SECRET, S3Server, Sshd

CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}
"""An environment in which git has no settings of the person who runs the tests."""


# --- sites ---------------------------------------------------------------------------------------------------------


def kind_of(path: str) -> str:
    """Return the kind of page that a path of `site` has."""
    begin, end = path.partition("/")[0], path.rpartition(".")[2]
    kinds = {"static": "asset", "search": "search-index", "data": "dataset", "sitemap.xml": "sitemap"}
    return (
        kinds.get(begin)
        or {"robots.txt": "robots", "feed.xml": "feed"}.get(path)
        or ("article" if path.count("/") == 3 and end == "html" else "latest")
    )


def site(articles: Mapping[str, str], style: str = "a") -> dict[str, bytes]:
    """Return the files of a small site: ``articles`` are texts by the names of their pages."""
    css = f"static/style.{sha256(style.encode()).hexdigest()[:8]}.css"
    script = f"static/search.{sha256(style.encode()).hexdigest()[8:16]}.js"
    shard = f"search/s/p-{sha256(repr(articles).encode()).hexdigest()[:8]}.bin"
    head = '<link rel="stylesheet" href="{}{}">'

    def page(path: str, text: str) -> bytes:
        return (head.format("../" * path.count("/"), css) + text).encode()

    pages = {f"kaca/2024/06/{name}.html": text for name, text in articles.items()}
    lists = {"index.html": " ".join(articles), "kaca/index.html": f"{len(articles)} artikel", "404.html": "?"}
    search = f'<script src="{script}"></script>'
    return {
        **{path: page(path, text) for path, text in {**pages, **lists, "search.html": search}.items()},
        css: style.encode() * 9,
        script: style.encode() * 8,
        shard: b"\0" * 9,
        "search/index.json": shard.encode(),
        "feed.xml": repr(articles).encode(),
        "sitemap.xml": " ".join(pages).encode(),
        "robots.txt": b"User-agent: *\n",
    }


def write_site(root: Path, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Write a mirror's output/ as a build does, with its manifest; return all that is in it."""
    output = root / "output"
    shutil.rmtree(output, ignore_errors=True)
    listed = [Listed(path, sha256(data).hexdigest(), len(data), kind_of(path)) for path, data in files.items()]
    rows = []
    whole = dict(files)
    for part in split(sorted(listed)):
        row, data = encode_part(part)
        rows.append(row)
        whole[row.path] = data
    whole[ROOT] = encode_root(make_root(rows))
    for path, data in whole.items():
        (output / path).parent.mkdir(parents=True, exist_ok=True)
        (output / path).write_bytes(data)
    return whole


# --- deploys -------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Impatient(MemoryReporter):
    """A reporter by which a person presses Ctrl-C after so many steps: files that were sent or deleted."""

    left: int = 0

    @contextmanager
    def stage(self, words: str, total: int | None = None) -> Iterator[Stage]:  # noqa: ARG002
        """Count the steps of what changes the place."""
        reporter = self
        counts = words.startswith(("Sending", "Deleting"))

        class Counting:
            def advance(self, steps: int = 1) -> None:
                reporter.left -= steps if counts else 0
                if counts and reporter.left < 0:
                    raise KeyboardInterrupt

            def expect(self, total: int) -> None:
                pass

        yield Counting()


@dataclass(slots=True)
class Told:
    """What a deploy did and said."""

    done: Deployed
    warnings: list[Fault] = field(default_factory=list)

    @property
    def sent(self) -> list[str]:
        """The files of the site that were sent, without the manifest's own."""
        return sorted(file.path for _, files in self.done.plan.steps for file in files if not is_own(file.path))

    @property
    def deleted(self) -> list[str]:
        """The files of the site that were deleted, without the manifest's own."""
        plan = self.done.plan
        return sorted(path for path in (*plan.in_the_way, *plan.deletes) if not is_own(path))


def deploy(root: Path, *, agreed: bool = False, is_dry: bool = False, name: str | None = None) -> Told:
    """Deploy the mirror in this process."""
    reporter = MemoryReporter()
    done = pipeline.deploy(load_config(root), reporter, name, Terms(is_dry=is_dry, agreed=agreed))
    return Told(done, reporter.faults)


def deploy_until(root: Path, step: int, *, agreed: bool = False) -> bool:
    """Deploy, and press Ctrl-C after so many files; tell whether it came to that."""
    try:
        pipeline.deploy(load_config(root), Impatient(left=step), None, Terms(agreed=agreed))
    except KeyboardInterrupt:
        return True
    return False


# --- places --------------------------------------------------------------------------------------------------------


class Place(Protocol):
    """A real place, with all that it needs to run; made in an empty folder, which a test throws away."""

    settings: str
    """The table for cermin.toml."""
    name: str
    """Its name in `PLACES`."""
    is_atomic: bool
    """Whether all files are there at once or none."""

    def __init__(self, folder: Path) -> None:
        """Make the place, empty."""

    def holds(self) -> dict[str, bytes]:
        """Return all files that are there, but for those that the target alone knows (``.nojekyll``)."""

    def put(self, path: str, data: bytes) -> None:
        """Have somebody else put a file there."""

    def take(self, path: str) -> None:
        """Have somebody else take a file away."""

    def refusing(self) -> AbstractContextManager[None]:
        """Have the place refuse what is sent to it, meanwhile."""

    def misreads(self, path: str) -> bool:
        """Tell whether the server that stands for the place, and no other of its kind, cannot take this name."""

    def close(self) -> None:
        """End what runs."""


class FolderPlace:
    """A folder."""

    name = "folder"
    is_atomic = False

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "public"
        self.folder.mkdir()
        self.settings = f'target = "folder"\npath = "{self.folder}"\n'

    def holds(self) -> dict[str, bytes]:
        """Read the folder."""
        return tree(self.folder) if self.folder.exists() else {}

    def put(self, path: str, data: bytes) -> None:
        """Write the file."""
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_bytes(data)

    def take(self, path: str) -> None:
        """Remove the file."""
        (self.folder / path).unlink()

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """Put a file in the folder's place."""
        moved = self.folder.with_name("moved")
        self.folder.rename(moved)
        self.folder.write_bytes(b"")
        yield
        self.folder.unlink()
        moved.rename(self.folder)

    def misreads(self, path: str) -> bool:
        """It takes all."""
        del path
        return False

    def close(self) -> None:
        """Nothing runs."""


class GitPlace:
    """A bare repository, reached as one on another machine would be."""

    name = "git"
    is_atomic = True

    def __init__(self, folder: Path) -> None:
        self.repository = folder / "remote.git"
        self._git("init", "--quiet", "--bare", str(self.repository))
        self.settings = f'target = "git"\nremote = "file://{self.repository}"\n'

    def _git(self, *words: str, data: bytes | None = None) -> bytes:
        command = ["git", f"--git-dir={self.repository}", *words]
        return subprocess.run(command, env=CLEAN, input=data, check=True, capture_output=True).stdout

    def holds(self) -> dict[str, bytes]:
        """Read what is at the tip of the branch."""
        if not self._git("for-each-ref", "refs/heads/pages"):
            return {}
        names = self._git("ls-tree", "-r", "-z", "--name-only", "pages").decode().split("\0")[:-1]
        return {name: self._git("cat-file", "blob", f"pages:{name}") for name in names if name != ".nojekyll"}

    def put(self, path: str, data: bytes) -> None:
        """Commit the file."""
        self._commit(b'M 100644 inline "%s"\ndata %d\n%s\n' % (path.encode(), len(data), data))

    def take(self, path: str) -> None:
        """Commit that the file is gone."""
        self._commit(b'D "%s"\n' % path.encode())

    def _commit(self, change: bytes) -> None:
        """Commit as somebody else who works with the branch."""
        branch = b"refs/heads/pages"
        before = b"from %s^0\n" % branch if self._git("for-each-ref", branch.decode()) else b""
        head = b"commit %s\ncommitter A <a@example.org> 1 +0000\ndata 4\nMine\n" % branch
        self._git("fast-import", "--quiet", "--done", data=head + before + change + b"done\n")

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """Refuse pushes by a hook."""
        hook = self.repository / "hooks" / "pre-receive"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text("#!/bin/sh\necho no room >&2\nexit 1\n", encoding="ascii")
        hook.chmod(0o755)
        yield
        hook.unlink()

    def misreads(self, path: str) -> bool:
        """It takes all."""
        del path
        return False

    def close(self) -> None:
        """Nothing runs."""


class RsyncPlace(FolderPlace):
    """A folder behind ssh."""

    name = "rsync"

    def __init__(self, folder: Path) -> None:
        if shutil.which("rsync") is None:
            do_without("rsync", "no rsync")
        super().__init__(folder)
        self.server = Sshd(folder / "sshd")
        self.settings = (
            f'''target = "rsync"\nto = "{self.server.host}:{self.folder}"\nssh = """{self.server.client()}"""\n'''
        )

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """Kill the server, and start it again."""
        self.server.kill()
        yield
        self.server.start()

    def close(self) -> None:
        """Kill the server."""
        self.server.close()


class S3Place:
    """A folder of a bucket."""

    name = "s3"
    is_atomic = False

    def __init__(self, folder: Path, buckets: Path | None = None) -> None:
        self.server = S3Server(folder / "s3", buckets)
        self.bucket = self.server.buckets / "mirrors"
        self.bucket.mkdir()
        self.settings = f'target = "s3"\nbucket = "mirrors"\nprefix = "news"\nendpoint = "{self.server.endpoint}"\n'
        self._environment = pytest.MonkeyPatch()
        self._environment.setenv("AWS_ACCESS_KEY_ID", KEY)
        self._environment.setenv("AWS_SECRET_ACCESS_KEY", SECRET)

    def holds(self) -> dict[str, bytes]:
        """Read the bucket."""
        objects = self.server.objects("mirrors")
        return {path.removeprefix("news/"): data for path, data in objects.items()}

    def put(self, path: str, data: bytes) -> None:
        """Put the object, as another client."""
        obstore.put(self.server.store("mirrors"), f"news/{path}", data)

    def take(self, path: str) -> None:
        """Delete the object, as another client."""
        obstore.delete(self.server.store("mirrors"), f"news/{path}")

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """Have the bucket be called something else."""
        moved = self.bucket.rename(self.bucket.with_name("moved"))
        yield
        moved.rename(self.bucket)

    def misreads(self, path: str) -> bool:
        """Nanio takes %25 in a signed address for %."""
        return "%" in path

    def close(self) -> None:
        """Kill the server, and forget its keys."""
        self._environment.undo()
        self.server.close()


PLACES: dict[str, type[Place]] = {"folder": FolderPlace, "git": GitPlace, "rsync": RsyncPlace, "s3": S3Place}
