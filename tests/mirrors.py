"""What tests of whole mirrors share: article files, builds in this process and others, clean builds to compare with."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

from cermin import manifest, pipeline
from cermin.config import load_config
from cermin.content.front_matter import format_head
from cermin.manifest import Listed, Manifest
from cermin.report import MemoryReporter
from tests.conftest import ROOT, tree


def article(title: str = "Banjir di Kota", body: str = "Hujan turun sejak pagi.", **front: Any) -> str:
    """Return an article file; ``front`` holds the other keys of its front matter."""
    return format_head({"title": title, **front}) + body + "\n"


def build(root: Path, jobs: int = 1) -> pipeline.Built:
    """Build the mirror in this process."""
    return pipeline.build(load_config(root), MemoryReporter(), jobs=jobs)


def import_seeds(root: Path, jobs: int = 1) -> pipeline.Imported:
    """Import the mirror's captures in this process."""
    return pipeline.import_seeds(load_config(root), MemoryReporter(), jobs=jobs)


def build_clean(root: Path) -> tuple[pipeline.Built, dict[str, bytes]]:
    """Build a copy of the mirror that has neither catalogue nor output, and return what came out."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(root, copy, ignore=lambda path, _: {"output", ".cermin"} if Path(path) == root else set())
        return build(copy), tree(copy / "output")


def read_manifest(output: Path) -> tuple[Manifest, list[Listed]]:
    """Return the manifest of a site and the files that it lists."""
    root = manifest.read_root((output / manifest.ROOT).read_bytes())
    return root, list(manifest.read_files(root, lambda path: (output / path).read_bytes()))


def check_manifest(output: Path) -> None:
    """Check that the manifest of a site lists what hashing its files gives, and that no part is left over."""
    root, listed = read_manifest(output)
    found = tree(output)
    own = {path for path in found if manifest.is_own(path)}
    assert own - {manifest.SIGNATURE} == {manifest.ROOT, *(row.path for row in root.parts)}
    hashes = {path: (sha256(data).hexdigest(), len(data)) for path, data in found.items() if path not in own}
    assert {file.path: (file.sha256, file.size) for file in listed} == hashes


def find_differences(one: Mapping[str, bytes], other: Mapping[str, bytes]) -> dict[str, str]:
    """Return how two trees differ, in a form that a person can read; nothing when they are equal."""
    return {
        name: "only in the other" if name not in one else "only in the first" if name not in other else "not the same"
        for name in sorted({*one, *other})
        if one.get(name) != other.get(name)
    }


def call(*words: object, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `python build.py` with these words in a process of its own."""
    command = [sys.executable, str(ROOT / "build.py"), *map(str, words)]
    return subprocess.run(
        command, cwd=cwd, env=os.environ | environment, capture_output=True, text=True, check=False, timeout=300
    )


class Served(NamedTuple):
    """A folder that a server sends files of, on loopback."""

    address: str
    asked: list[str]
    """The paths that were asked for."""


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, *args: Any, asked: list[str], directory: str) -> None:
        self.asked = asked
        super().__init__(*args, directory=directory)

    def do_GET(self) -> None:
        self.asked.append(self.path.removeprefix("/"))
        super().do_GET()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def serve(folder: Path) -> Iterator[Served]:
    """Serve the files of a folder, by a server that knows nothing else."""
    asked: list[str] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, asked=asked, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Served(f"http://127.0.0.1:{server.server_port}/", asked)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
