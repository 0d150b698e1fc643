"""The preview, driven in a real browser: save a file, and see it."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import ROOT
from tests.newspaper import write_newspaper

ARTICLE = "content/warta/2024/06/pasar-lama.md"
ADDRESS = "mirror/warta/2024/06/pasar-lama.html"
PATIENCE = 15_000
"""Milliseconds after which something will not come any more; how fast it comes is for the benchmarks."""


class Preview(NamedTuple):
    """A running preview."""

    root: Path
    port: int

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}/"

    def ask(self, path: str, host: str = "") -> tuple[int, str]:
        """Ask for a path just as it is written, and return the status and the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.putrequest("GET", path, skip_host=True)
        connection.putheader("Host", host or f"127.0.0.1:{self.port}")
        connection.endheaders()
        with closing(connection), connection.getresponse() as answer:
            return answer.status, answer.read().decode()

    def edit(self, path: str, old: str, new: str) -> None:
        """Change a file as an editor does."""
        file = self.root / path
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def preview(tmp_path: Path) -> Iterator[Preview]:
    """Serve the newspaper on a free port until the test is over."""
    root = write_newspaper(tmp_path / "mirror")
    for folder in ("seeds", "templates"):
        (root / folder).mkdir()
    command = [sys.executable, str(ROOT / "build.py"), "-C", str(root), "serve", "--port", "0"]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    ) as server:
        assert server.stdout
        lines = []
        for line in server.stdout:
            lines.append(line)
            if "changed" in line:  # the first build is done
                break
        port = re.search(r"http://127\.0\.0\.1:(\d+)/mirror/", "".join(lines))
        assert port, lines
        yield Preview(root, int(port[1]))
        server.send_signal(signal.SIGINT)
        server.stdout.read()
        assert server.wait(10) == 130


def test_an_edit_shows_without_touching_the_browser(preview: Preview, page: Page) -> None:
    """A saved article, template, stylesheet, setting and capture each show in the open page by themselves."""
    page.goto(preview.url + ADDRESS)
    preview.edit(ARTICLE, "Pedagang kembali berjualan.", "Pedagang pulang.")
    expect(page.get_by_text("Pedagang pulang.")).to_be_visible(timeout=PATIENCE)

    own = (ROOT / "templates" / "article.html").read_text(encoding="utf-8")
    (preview.root / "templates" / "article.html").write_text(
        own.replace("{{ body }}", "<p>Dari templat.</p>{{ body }}")
    )
    expect(page.get_by_text("Dari templat.")).to_be_visible(timeout=PATIENCE)

    (preview.root / "templates" / "static").mkdir()
    (preview.root / "templates" / "static" / "style.css").write_text("h1 { color: rgb(1, 2, 3) }", encoding="utf-8")
    expect(page.locator("h1")).to_have_css("color", "rgb(1, 2, 3)", timeout=PATIENCE)

    preview.edit("cermin.toml", "Cermin Kota", "Cermin Desa")
    expect(page.get_by_text("Cermin Desa").first).to_be_visible(timeout=PATIENCE)

    page.goto(preview.url + "mirror/latest/index.html")
    capture = (
        "Kereta baru mulai beroperasi\n\n20 Juni 2025 13:40\n\nKereta itu berangkat dari stasiun kota pada pagi hari.\n"
    )
    (preview.root / "seeds" / "kereta.txt").write_text(capture, encoding="utf-8")
    expect(page.get_by_text("Kereta baru mulai beroperasi")).to_be_visible(timeout=PATIENCE)


def test_a_failure_is_shown_in_the_page_and_goes_away_when_mended(preview: Preview, page: Page) -> None:
    """A broken article shows its file, line and hint in the page instead of ending the preview, until it is mended."""
    page.goto(preview.url + ADDRESS)
    preview.edit(ARTICLE, "title:", "titel:")
    note = page.get_by_role("alert")
    expect(note).to_contain_text('unknown key "titel" (did you mean "title"?)', timeout=PATIENCE)
    preview.edit(ARTICLE, "titel:", "title:")
    expect(page.locator("article h1")).to_have_text("Pasar lama dibuka kembali", timeout=PATIENCE)
    expect(note).to_have_count(0)
    (preview.root / "cermin.toml").write_text("[site]\ntitel = 1\n", encoding="utf-8")
    expect(note).to_contain_text('unknown setting "titel"', timeout=PATIENCE)


def test_a_missing_page_shows_the_sites_own_404(preview: Preview, page: Page) -> None:
    """An address that is not there gives 404 and the site's own page for it, with its stylesheet, at any depth."""
    answer = page.goto(preview.url + "mirror/a/b/c.html")
    assert answer
    assert answer.status == 404
    assert page.locator("h1").inner_text() == "Halaman tidak ditemukan"
    assert page.evaluate("getComputedStyle(document.body).margin") != "8px"


def test_nothing_outside_of_output_can_be_read(preview: Preview) -> None:
    """No path leads out of output/: neither dots, nor encoded ones, nor a link in the folder."""
    (preview.root / "output" / "way-out").symlink_to(preview.root / "content")
    for path in (
        "/mirror/../cermin.toml",
        "/mirror/%2e%2e/cermin.toml",
        "/mirror/..%2fcermin.toml",
        "/mirror//etc/passwd",
        "/mirror/way-out/warta/2024/06/pasar-lama.md",
        "/mirror/%00",
    ):
        status, text = preview.ask(path)
        assert (status, "Pedagang" in text, "[site]" in text) == (404, False, False), path


def test_other_host_names_are_refused(preview: Preview) -> None:
    """A request under another host's name, as DNS rebinding sends it, is refused."""
    assert preview.ask("/mirror/index.html")[0] == 200
    assert preview.ask("/mirror/index.html", f"localhost:{preview.port}")[0] == 200
    assert preview.ask("/mirror/index.html", "evil.example")[0] == 403


def test_the_previews_script_stays_out_of_output(preview: Preview) -> None:
    """What the preview adds to a page is in what it serves and in no file."""
    assert "livereload" in preview.ask("/" + ADDRESS)[1]
    pages = list((preview.root / "output").rglob("*.html"))
    assert pages
    assert not [path for path in pages if "livereload" in path.read_text(encoding="utf-8")]


def test_a_taken_port_is_told(preview: Preview) -> None:
    """A port that something listens on already gives the address, the reason and the way out, and exit code 2."""
    command = [sys.executable, str(ROOT / "build.py"), "-C", str(preview.root), "serve", "--port", str(preview.port)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 2
    assert f"127.0.0.1:{preview.port}: cannot listen" in ended.stderr
    assert "--port" in ended.stderr
