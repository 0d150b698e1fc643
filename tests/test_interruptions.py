"""Builds that end before they are done, with workers, at moments that nobody chose; and a disk that turns read-only."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import hypothesis
import pytest

from cermin.output.theme import builtin_folder
from tests.conftest import ROOT, tree
from tests.cut_short import find_halves
from tests.mirrors import article, build, build_clean, call, find_differences

SETTINGS = '[site]\nlist_size = 5\nbase_url = "https://example.org/"\n'
TRIES = 60 if hypothesis.settings().max_examples > 1000 else 4


def newsroom(count: int) -> dict[str, str]:
    """Return article files."""
    return {
        f"kaca/2024/{number % 12 + 1:02}/a{number}.md": article(
            f"Judul {number}",
            f"Isi *{number}*.\n\nBaca juga: [[Judul {number // 3}]]",
            date=f"2024-{number % 12 + 1:02}-{number % 28 + 1:02}",
            tags=[f"topik {number % 9}", "semua"],
        )
        for number in range(count)
    }


def redesign(root: Path) -> None:
    """Change what stands on every page."""
    layout = (builtin_folder() / "layout.html").read_text(encoding="utf-8")
    (root / "templates").mkdir(exist_ok=True)
    (root / "templates/layout.html").write_text(layout.replace("</body>", "<hr></body>"), encoding="utf-8")


def build_and_kill(root: Path, delay: float) -> bool:
    """Build with two workers; kill them all after so many seconds. Return whether there was still something to kill."""
    command = [sys.executable, str(ROOT / "build.py"), "--jobs", "2", "--quiet", "build"]
    with subprocess.Popen(command, cwd=root, start_new_session=True) as process:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=delay)
        was_alive = process.poll() is None
        if was_alive:
            os.killpg(process.pid, signal.SIGKILL)
    return was_alive


@pytest.mark.parametrize("what", ["first build", "new design"])
def test_killed_with_workers(mirror, what):
    """Whenever a build and its workers are killed, no page is half there and the next build equals a clean one."""
    root = mirror(content=newsroom(300), settings=SETTINGS)
    if what == "new design":
        assert call("build", cwd=root).returncode == 0
        redesign(root)
    wanted = build_clean(root)[1]
    before = root.with_name("before")
    shutil.copytree(root, before, symlinks=True)
    # How long it takes here decides between which moments to choose.
    begun = time.monotonic()
    assert not build_and_kill(root, 60)
    longest = time.monotonic() - begun
    draw, killed = random.Random(what), 0  # noqa: S311 - the same moments every time
    for _ in range(TRIES):
        shutil.rmtree(root)
        shutil.copytree(before, root, symlinks=True)
        killed += build_and_kill(root, draw.uniform(0, longest))
        assert find_halves(root) == []
        assert build(root).faults == ()
        assert find_differences(tree(root / "output"), wanted) == {}
        assert build(root).made == 0
    assert killed > 0


@pytest.fixture
def disk(tmp_path):
    """Mount a disk that can be made read-only, where this process may."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(folder)]
    if not shutil.which("mount") or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("only on systems where this process may mount a tmpfs")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def remount(folder: Path, mode: str) -> None:
    """Mount the disk anew as ``ro`` or ``rw``."""
    subprocess.run(["mount", "-o", f"remount,{mode}", str(folder)], check=True)


@pytest.mark.parametrize("change", [redesign, None], ids=["new design", "edit"])
def test_read_only_output(mirror, run, disk, change):
    """Pages that cannot be written are told one by one, output/ stays as it was, and later the build ends right."""
    root = mirror(content=newsroom(20), settings=SETTINGS)
    site = disk / "site"
    assert run("-C", root, "--output", site, "build").code == 0
    before = tree(site)
    path = root / "content/kaca/2024/01/a0.md"
    path.write_text(path.read_text(encoding="utf-8").replace("Judul 0", "Lain", 1), encoding="utf-8")
    if change:
        change(root)
    remount(disk, "ro")
    ran = run("-C", root, "--output", site, "build", "--verbose")
    assert ran.code == 1
    assert f"error: {site / 'kaca/2024/01/a0.html'}: cannot be written: Read-only file system" in ran.err
    assert "Traceback" not in ran.err
    assert tree(site) == before
    remount(disk, "rw")
    assert run("-C", root, "--output", site, "build").code == 0
    assert find_differences(tree(site), build_clean(root)[1]) == {}
