"""What tests share: real captures, a real browser, mirrors made to measure, and golden trees.

A test that cannot run here is skipped with its reason, but fails where CERMIN_REQUIRE names what it needs
(``CERMIN_REQUIRE="browser caddy corpus nginx node nu rsync s3 sshd"``, as CI does), so that a
green run has tested everything.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, NoReturn

import hypothesis
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "tests" / "golden"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
# No sandbox, as CI is root; and nothing that looks for other hosts.
CHROMIUM_ARGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

# A busy machine is no failure, hence no deadline; CI draws the same examples every time, so that its verdict is about
# the change. `make test-long` searches further.
hypothesis.settings.register_profile(
    "quick", deadline=None, max_examples=50, derandomize="CI" in os.environ, print_blob=True
)
hypothesis.settings.register_profile("long", deadline=None, max_examples=2000, derandomize=False, print_blob=True)
hypothesis.settings.load_profile("quick")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --update-golden."""
    parser.addoption("--update-golden", action="store_true", help="write golden trees as they come out now")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests measured: `record_property("figure", "…")`, from whatever process they ran in."""
    reports = terminalreporter.stats.get("passed", [])
    figures = {value for report in reports for name, value in report.user_properties if name == "figure"}
    for figure in sorted(figures):
        terminalreporter.write_line(figure)


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test with the scarce things that it asks for."""
    for item in items:
        for need in ("browser", "corpus"):
            if need in getattr(item, "fixturenames", ()):
                item.add_marker(need)


def do_without(need: str, reason: str) -> NoReturn:
    """Skip the test, or fail it where ``need`` is required."""
    if need in os.environ.get("CERMIN_REQUIRE", "").split():
        pytest.fail(f"{reason}, and CERMIN_REQUIRE names {need}", pytrace=False)
    pytest.skip(reason)


# --- real things ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Return the folder of real captures, which is kept beside the repository; CERMIN_CORPUS names another place."""
    path = Path(os.environ.get("CERMIN_CORPUS") or ROOT.parent / "shared" / "corpus")
    if not path.is_dir():
        do_without("corpus", f"no captures at {path}")
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start the system's Chromium, once a file; Playwright's own browsers are never fetched.

    Playwright keeps an event loop running in this thread, so a test that calls asyncio.run() belongs in another file.
    """
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        do_without("browser", f"none of {', '.join(CHROMIUM)} is on PATH")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=list(CHROMIUM_ARGS))
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open a page in a context of its own: no cookie and no storage comes from another test."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of 256 KB, where this process may."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)]
    if not shutil.which("mount") or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("only on systems where this process may mount a tmpfs")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


# --- mirrors -------------------------------------------------------------------------------------------------------


@pytest.fixture
def mirror(tmp_path: Path):
    """Return a maker of mirrors: ``mirror(seeds={"a.txt": "…"}, content={"genpi/2024/06/a.md": "…"}, settings="…")``.

    Any keyword but ``settings`` (cermin.toml) is a folder of the mirror with its files, as text or bytes. Each call
    makes another mirror, in a folder with a space in its name, for such folders exist.
    """
    made = 0

    def make(*, settings: str | None = None, **folders: Mapping[str, str | bytes]) -> Path:
        nonlocal made
        made += 1
        root = tmp_path / f"mirror {made}"
        root.mkdir()
        if settings is not None:
            _write(root / "cermin.toml", settings)
        for folder, files in folders.items():
            for name, data in files.items():
                _write(root / folder / name, data)
        return root

    return make


def _write(path: Path, data: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)


# --- the command line ----------------------------------------------------------------------------------------------


class Ran(NamedTuple):
    """What a command did."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]):
    """Return a caller of the command line: ``run("build", cwd=root)`` gives the exit code and what was printed."""

    def call(*words: object, cwd: Path | None = None) -> Ran:
        from cermin.cli import main

        capsys.readouterr()  # what was printed before is not this command's
        with contextlib.chdir(cwd) if cwd else contextlib.nullcontext():
            code = main([str(word) for word in words])
        return Ran(code, *capsys.readouterr())

    return call


# --- golden trees --------------------------------------------------------------------------------------------------


def tree(path: Path) -> dict[str, bytes]:
    """Return every file below the folder ``path``: its name, with forward slashes, and its bytes."""
    if not path.is_dir():
        raise NotADirectoryError(path)  # else two trees that were never made would be equal
    return {file.relative_to(path).as_posix(): file.read_bytes() for file in sorted(path.rglob("*")) if file.is_file()}


class Golden(dict[str, bytes]):
    """The tree below tests/golden/<name>/; under --update-golden it becomes what it is compared with."""

    def __init__(self, folder: Path, *, renew: bool) -> None:
        super().__init__({} if renew else tree(folder))
        self.folder = folder
        self.renew = renew

    __hash__ = None

    def __eq__(self, other: object) -> bool:
        if self.renew and isinstance(other, dict):
            self._become(other)
        return super().__eq__(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def _become(self, other: dict[str, bytes]) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        for name, data in other.items():
            _write(self.folder / name, data)
        self.clear()
        self.update(other)


@pytest.fixture
def golden(request: pytest.FixtureRequest):
    """Return a reader of golden trees.

    ``assert tree(output) == golden("two_days")``, with ``tree`` from tests.conftest, compares whole trees;
    `pytest --update-golden` writes what comes out now.
    """
    renew = bool(request.config.getoption("--update-golden"))

    def read(name: str) -> Golden:
        return Golden(GOLDEN / name, renew=renew)

    return read
