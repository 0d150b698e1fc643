"""The preview, driven in a real browser: save a file, and see it."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple, TextIO
from urllib.parse import quote

import pytest
from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]  # ships no types
from playwright.sync_api import Browser, Page, Route, expect

from tests.conftest import ROOT, tree
from tests.mirrors import article, build, build_clean, find_differences
from tests.newspaper import write_newspaper

ARTICLE = "content/warta/2024/06/pasar-lama.md"
ADDRESS = "mirror/warta/2024/06/pasar-lama.html"
OTHER = "content/ribao/2024/06/qiao.md"
OTHER_ADDRESS = "mirror/ribao/2024/06/qiao.html"
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

    def ask(self, path: str, host: str = "", method: str = "GET", **headers: str) -> Answer:
        """Ask for a path just as it is written."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.putrequest(method, path, skip_host=True)
        for name, value in {"Host": host or f"127.0.0.1:{self.port}", **headers}.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        with closing(connection), connection.getresponse() as answer:
            return Answer(answer.status, answer.headers, b"" if answer.status == 101 else answer.read())

    def edit(self, path: str, old: str, new: str) -> None:
        """Change a file as an editor does."""
        file = self.root / path
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")

    def write(self, path: str, text: str) -> None:
        """Write a file."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


class Answer(NamedTuple):
    """What the server answered."""

    status: int
    headers: http.client.HTTPMessage
    data: bytes

    @property
    def text(self) -> str:
        """The body."""
        return self.data.decode()


def make_mirror(root: Path) -> Path:
    """Write the newspaper with the folders that a mirror has, and build it."""
    write_newspaper(root)
    for folder in ("seeds", "templates"):
        (root / folder).mkdir()
    build(root)
    return root


@contextmanager
def serving(
    root: Path, *words: str, port: int = 0, errors: TextIO | None = None, **environment: str
) -> Iterator[Preview]:
    """Serve a mirror on a free port, and end as by Ctrl-C."""
    command = [sys.executable, str(ROOT / "build.py"), "-C", str(root), "serve", "--port", str(port), *words]
    environ = os.environ | {"PYTHONUNBUFFERED": "1"} | environment
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, env=environ) as server:
        assert server.stdout
        first = server.stdout.readline()
        address = re.match(r"Serving http://127\.0\.0\.1:(\d+)/mirror/", first)
        assert address, first
        try:
            yield Preview(root, int(address[1]))
        finally:
            server.send_signal(signal.SIGINT)
            server.stdout.read()
            assert server.wait(30) == 130


@pytest.fixture
def preview(tmp_path: Path) -> Iterator[Preview]:
    """Serve the newspaper, which this test may change."""
    with serving(make_mirror(tmp_path / "mirror")) as preview:
        yield preview


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preview]:
    """Serve a newspaper that no test changes."""
    with serving(make_mirror(tmp_path_factory.mktemp("unchanged") / "mirror")) as preview:
        yield preview


def mark(page: Page) -> None:
    """Mark the page as it was loaded: the mark is gone when it is loaded again."""
    page.evaluate("window.marked = true")


def is_marked(page: Page) -> bool:
    """Tell whether the page was not loaded again."""
    return bool(page.evaluate("window.marked === true"))


# --- changes --------------------------------------------------------------------------------------------------------


def test_an_edit_shows_without_touching_the_browser(preview: Preview, page: Page) -> None:
    """A saved article, template, stylesheet, setting and capture each show in the open page by themselves."""
    page.goto(preview.url + ADDRESS)
    preview.edit(ARTICLE, "Pedagang kembali berjualan.", "Pedagang pulang.")
    expect(page.get_by_text("Pedagang pulang.")).to_be_visible(timeout=PATIENCE)

    own = (ROOT / "templates" / "article.html").read_text(encoding="utf-8")
    preview.write("templates/article.html", own.replace("{{ body }}", "<p>Dari templat.</p>{{ body }}"))
    expect(page.get_by_text("Dari templat.")).to_be_visible(timeout=PATIENCE)

    preview.write("templates/static/style.css", "h1 { color: rgb(1, 2, 3) }")
    expect(page.locator("h1")).to_have_css("color", "rgb(1, 2, 3)", timeout=PATIENCE)

    preview.edit("cermin.toml", "Cermin Kota", "Cermin Desa")
    expect(page.get_by_text("Cermin Desa").first).to_be_visible(timeout=PATIENCE)

    page.goto(preview.url + "mirror/latest/index.html")
    preview.write(
        "seeds/kereta.txt",
        "Kereta baru mulai beroperasi\n\n20 Juni 2025 13:40\n\nKereta itu berangkat dari stasiun pada pagi hari.\n",
    )
    expect(page.get_by_text("Kereta baru mulai beroperasi")).to_be_visible(timeout=PATIENCE)


def test_a_stylesheet_is_swapped_in_place(preview: Preview, page: Page) -> None:
    """A new stylesheet takes the place of the old one in the open page; what was typed and opened there stays."""
    page.goto(preview.url + ADDRESS)
    details = page.locator("article details").first
    details.locator("summary").click()
    page.get_by_role("searchbox").fill("banjir")
    mark(page)
    for colour in ("rgb(1, 2, 3)", "rgb(4, 5, 6)"):
        preview.write("templates/static/style.css", f"h1 {{ color: {colour} }}")
        expect(page.locator("h1")).to_have_css("color", colour, timeout=PATIENCE)
        expect(page.locator("head link[rel=stylesheet]")).to_have_count(1)
    assert is_marked(page)
    assert page.get_by_role("searchbox").input_value() == "banjir"
    assert details.evaluate("details => details.open")
    page.reload()
    assert page.locator("h1").evaluate("h1 => getComputedStyle(h1).color") == "rgb(4, 5, 6)"


def test_a_stylesheet_beside_the_first_is_swapped_too(preview: Preview, page: Page) -> None:
    """A stylesheet that stands under its own name is swapped in the pages that name it, and no other page cares."""
    own = (ROOT / "templates" / "article.html").read_text(encoding="utf-8")
    link = '{% block meta %}<link rel="stylesheet" href="{{ root }}static/own.css">'
    preview.write("templates/static/own.css", "h1 { color: rgb(1, 2, 3) }")
    preview.write("templates/article.html", own.replace("{% block meta %}", link))
    page.goto(preview.url + ADDRESS)
    expect(page.locator("h1")).to_have_css("color", "rgb(1, 2, 3)", timeout=PATIENCE)
    mark(page)
    preview.write("templates/static/own.css", "h1 { color: rgb(4, 5, 6) }")
    expect(page.locator("h1")).to_have_css("color", "rgb(4, 5, 6)", timeout=PATIENCE)
    assert is_marked(page)


def test_only_tabs_that_show_a_changed_page_reload(preview: Preview, page: Page) -> None:
    """Of two tabs only the one whose page changed loads it again, and stays where it was scrolled to."""
    preview.edit(ARTICLE, "- beras", "baris\n\n" * 200 + "- beras")
    other = page.context.new_page()
    page.goto(preview.url + ADDRESS)
    other.goto(preview.url + OTHER_ADDRESS)
    expect(page.get_by_text("baris").last).to_be_attached(timeout=PATIENCE)
    expect(page.get_by_text("baris")).to_have_count(200, timeout=PATIENCE)
    page.evaluate("scrollTo(0, 2000)")
    mark(other)
    preview.edit(ARTICLE, "Pedagang kembali berjualan.", "Pedagang pulang.")
    expect(page.get_by_text("Pedagang pulang.")).to_be_attached(timeout=PATIENCE)
    assert page.evaluate("scrollY") == 2000
    preview.edit(OTHER, "居民表示", "居民说")
    mark(page)
    expect(other.get_by_text("居民说")).to_be_visible(timeout=PATIENCE)
    assert not is_marked(other)
    assert is_marked(page)


FOLLOWED = {
    "mirror/": ("cermin.toml", "Arsip berita kota", "Arsip berita desa"),
    "mirror/index.html?x=1#main": ("cermin.toml", "Arsip berita kota", "Arsip berita desa"),
    "mirror/sections/ekonomi/": (ARTICLE, "Pasar lama dibuka", "Pasar baru dibuka"),
    quote("mirror/topics/سوق/index.html"): ("content/jarida/2024/06/souq.md", "افتتاح السوق", "إغلاق السوق"),
    "mirror/warta/2024/06/%70asar-lama.html": (ARTICLE, "Pasar lama dibuka", "Pasar baru dibuka"),
}


@pytest.mark.parametrize("address", FOLLOWED)
def test_every_address_of_a_page_is_followed(preview: Preview, page: Page, address: str) -> None:
    """A page shows its changes under each of its addresses: of a folder, with a query, encoded in any way."""
    path, old, new = FOLLOWED[address]
    page.goto(preview.url + address)
    expect(page.locator("body")).to_contain_text(old)
    preview.edit(path, old, new)
    expect(page.locator("body")).to_contain_text(new, timeout=PATIENCE)


def test_a_page_comes_and_goes(preview: Preview, page: Page) -> None:
    """A tab with the site's 404 page shows the page once it is there, and the 404 page when it is gone again."""
    page.goto(preview.url + "mirror/warta/2024/06/baru.html")
    expect(page.locator("h1")).to_have_text("Halaman tidak ditemukan")
    preview.write("content/warta/2024/06/baru.md", article("Baru datang", date="2024-06-30", outlet="warta", lang="id"))
    expect(page.locator("h1")).to_have_text("Baru datang", timeout=PATIENCE)
    (preview.root / "content/warta/2024/06/baru.md").unlink()
    expect(page.locator("h1")).to_have_text("Halaman tidak ditemukan", timeout=PATIENCE)


def test_a_change_before_the_socket_opens_is_not_lost(preview: Preview, page: Page) -> None:
    """A page that changes between its being sent and its script's reaching the server is shown anew."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    page.route("**/livereload.js*", hold)
    page.goto(preview.url + ADDRESS, wait_until="commit")
    expect(page.get_by_text("Pedagang kembali berjualan.")).to_be_visible()
    preview.edit(ARTICLE, "Pedagang kembali berjualan.", "Pedagang pulang.")
    other = page.context.new_page()
    other.goto(preview.url + ADDRESS)
    expect(other.get_by_text("Pedagang pulang.")).to_be_visible(timeout=PATIENCE)
    held[0].continue_()
    expect(page.get_by_text("Pedagang pulang.")).to_be_visible(timeout=PATIENCE)


def test_a_mirror_that_was_never_built_answers_at_once(tmp_path: Path, page: Page) -> None:
    """Pages are there before they are built, and follow what is saved; when all are built the note on it is gone."""
    root = write_newspaper(tmp_path / "mirror")
    with serving(root) as preview:
        answer = page.goto(preview.url + ADDRESS)
        assert answer
        assert answer.status == 200
        preview.edit(ARTICLE, "Pedagang kembali berjualan.", "Pedagang pulang.")
        expect(page.get_by_text("Pedagang pulang.")).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_role("status")).to_have_count(0, timeout=PATIENCE)
        assert page.goto(preview.url + "mirror/latest/index.html")


def test_a_tab_outlives_the_server(tmp_path: Path, page: Page) -> None:
    """A tab finds the preview again when it is started again, and shows what changed meanwhile."""
    root = make_mirror(tmp_path / "mirror")
    with serving(root) as preview:
        page.goto(preview.url + ADDRESS)
    preview.edit(ARTICLE, "Pedagang kembali berjualan.", "Pedagang pulang.")
    with serving(root, port=preview.port):
        expect(page.get_by_text("Pedagang pulang.")).to_be_visible(timeout=PATIENCE)


# --- what is wrong --------------------------------------------------------------------------------------------------


def test_a_failure_is_shown_in_the_page_and_goes_away_when_mended(preview: Preview, page: Page) -> None:
    """A broken article shows its file, line, source and hint over the page as it was before, until it is mended."""
    page.goto(preview.url + ADDRESS)
    note = page.get_by_role("alert")
    preview.edit(ARTICLE, "title:", "titel:")
    expect(note).to_contain_text("pasar-lama.md:2", timeout=PATIENCE)
    expect(note.locator(".verdict").first).to_have_text('unknown key "titel" (did you mean "title"?)')
    expect(note.locator("mark").first).to_have_text("2 titel: Pasar lama dibuka kembali")
    expect(page.locator("article h1")).to_have_text("Pasar lama dibuka kembali")
    preview.edit(ARTICLE, "titel:", "title:")
    expect(note).to_have_count(0, timeout=PATIENCE)
    expect(page.locator("article h1")).to_have_text("Pasar lama dibuka kembali")


WRONG = [
    ("cermin.toml", "[site]\ntitel = 1\n", "cermin.toml", 'unknown setting "titel"'),
    ("cermin.toml", "[site\n", "cermin.toml:1", ""),
    ("outlets/warta.toml", 'name = "Warta Kota"\nfarbe = 1\n', "outlets/warta.toml", "farbe"),
    ("templates/article.html", "{% if %}\n", "templates/article.html:1", ""),
    ("templates/article.html", "\n\n{{ 1 // 0 }}\n", "templates/article.html:3", "ZeroDivisionError"),
    ("locales/id.po", "not a catalogue\n", "locales/id.po", ""),
]


@pytest.mark.parametrize("wrong", WRONG)
def test_whatever_is_wrong_is_said(preview: Preview, page: Page, wrong: tuple[str, str, str, str]) -> None:
    """A broken setting, profile, template or catalogue of words is named over the page, which stays, until mended."""
    path, text, place, verdict = wrong
    page.goto(preview.url + ADDRESS)
    file = preview.root / path
    before = file.read_text(encoding="utf-8") if file.exists() else None
    preview.write(path, text)
    note = page.get_by_role("alert")
    expect(note.locator(".place").first).to_contain_text(place, timeout=PATIENCE)
    expect(note.locator(".verdict").first).to_contain_text(verdict)
    if ":" in place:
        expect(note.locator("mark").first).to_be_visible()
    assert page.locator("article h1").inner_text() == "Pasar lama dibuka kembali"
    if before is None:
        file.unlink()
    else:
        file.write_text(before, encoding="utf-8")
    expect(note).to_have_count(0, timeout=PATIENCE)


def test_a_capture_in_quarantine_is_told(preview: Preview, page: Page) -> None:
    """A new capture of which nothing can be made is told as a warning over the page, until it is gone."""
    page.goto(preview.url + ADDRESS)
    preview.write("seeds/kosong.html", "<script>alert(1)</script>")
    note = page.get_by_role("alert")
    expect(note).to_contain_text("seeds/kosong.html", timeout=PATIENCE)
    expect(note).to_contain_text("quarantined")
    expect(note).to_contain_text("1 warning")
    (preview.root / "seeds" / "kosong.html").unlink()
    expect(note).to_have_count(0, timeout=PATIENCE)


def test_a_note_can_be_folded_by_the_keyboard(preview: Preview, page: Page) -> None:
    """Escape folds the note, Enter opens it; it stays folded over other pages, until it says another thing."""
    page.goto(preview.url + ADDRESS)
    preview.edit(ARTICLE, "title:", "titel:")
    note = page.get_by_role("alert")
    expect(note.locator(".verdict").first).to_be_visible(timeout=PATIENCE)
    page.keyboard.press("Escape")
    expect(note.locator(".verdict").first).to_be_hidden()
    page.goto(preview.url + OTHER_ADDRESS)
    expect(note.get_by_text("1 error")).to_be_visible()
    expect(note.locator(".verdict").first).to_be_hidden()
    note.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(note.locator(".verdict").first).to_be_visible()
    page.keyboard.press("Enter")
    preview.edit("cermin.toml", "list_size = 2", "list_size = 1")
    expect(note.get_by_text("list_size is not")).to_be_visible(timeout=PATIENCE)


def test_a_note_can_be_read_by_everybody(preview: Preview, browser: Browser) -> None:
    """axe-core finds nothing in a note, in light and dark, and nothing is cut off in the narrowest window."""
    size = {"width": 320, "height": 600}
    context = browser.new_context(viewport=size, bypass_csp=True)  # type: ignore[arg-type]  # a TypedDict
    page = context.new_page()
    page.goto(preview.url + ADDRESS)
    preview.edit(ARTICLE, "title:", "titel: " + "<b>" + "panjang" * 20)
    expect(page.get_by_role("alert").locator("mark").first).to_be_visible(timeout=PATIENCE)
    page.evaluate(AXE_SCRIPT)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = page.evaluate("axe.run('cermin-preview')")["violations"]
        assert [(item["id"], [node["html"] for node in item["nodes"]]) for item in found] == [], scheme
    assert page.evaluate("document.querySelector('cermin-preview').shadowRoot.querySelector('div').scrollWidth") <= 320
    context.close()


# --- files and access -----------------------------------------------------------------------------------------------


def test_a_missing_page_shows_the_sites_own_404(unchanged: Preview, page: Page) -> None:
    """An address that is not there gives 404 and the site's own page for it, with its stylesheet, at any depth."""
    for address in ("mirror/a/b/c.html", "mirror/a/b.js", "elsewhere/"):
        answer = page.goto(unchanged.url + address)
        assert answer
        assert answer.status == 404
        assert page.locator("h1").inner_text() == "Halaman tidak ditemukan"
        assert page.evaluate("getComputedStyle(document.body).margin") != "8px"


def test_nothing_outside_of_output_can_be_read(preview: Preview) -> None:
    """No path leads out of output/: neither dots, however they are written, nor a link, nor what is no file."""
    output = preview.root / "output"
    preview.ask("/mirror/index.html")
    (output / "way-out").symlink_to(preview.root / "content")
    (output / "warta" / "out.html").symlink_to(preview.root / "cermin.toml")
    (output / "circle").symlink_to(output / "circle")
    (output / ".hidden.html").write_text("[site]")
    (output / ".git").mkdir()
    (output / ".git" / "config").write_text("[site]")
    os.mkfifo(output / "pipe.html")
    os.mkfifo(output / "pipe.txt")
    for path in (
        "/mirror/../cermin.toml",
        "/mirror/%2e%2e/cermin.toml",
        "/mirror/%2E%2E/cermin.toml",
        "/mirror/..%2fcermin.toml",
        "/mirror/.%2e/cermin.toml",
        "/mirror/%252e%252e/cermin.toml",
        "/mirror/..%5ccermin.toml",
        "/mirror/..\\cermin.toml",
        "/mirror/warta/..%2f..%2fcermin.toml",
        "/mirror/..;/cermin.toml",
        "/../cermin.toml",
        "/mirror//etc/passwd",
        "/mirror/%2fetc%2fpasswd",
        "//etc/passwd",
        "/@preview/../server.py",
        "/@preview/server.py",
        "/mirror/way-out/warta/2024/06/pasar-lama.md",
        "/mirror/warta/out.html",
        "/mirror/circle",
        "/mirror/circle/index.html",
        "/mirror/.hidden.html",
        "/mirror/.git/config",
        "/mirror/pipe.html",
        "/mirror/pipe.txt",
        "/mirror/%00",
        "/mirror/index.html%00",
        "/mirror/" + "a" * 300,
        "/mirror/" + "a/" * 3000,
    ):
        answer = preview.ask(path)
        secrets = [word in answer.data for word in (b"Pedagang", b"[site]", b"root:")]
        assert (answer.status, any(secrets)) == (404, False), path


HOSTS = [
    ("127.0.0.1:{port}", 200),
    ("127.0.0.1", 200),
    ("localhost:{port}", 200),
    ("LOCALHOST:{port}", 200),
    ("localhost.:{port}", 200),
    ("[::1]:{port}", 200),
    ("evil.example", 403),
    ("evil.example:{port}", 403),
    ("127.0.0.1.evil.example:{port}", 403),
    ("localhost.evil.example.", 403),
    ("localhost@evil.example", 400),
    ("evil.example@localhost", 400),
    ("192.168.1.5:{port}", 403),
    ("[::ffff:192.168.1.5]:{port}", 403),
    ("[::1", 403),
    ("localhost:x", 403),
    (":{port}", 403),
]


@pytest.mark.parametrize(("host", "status"), HOSTS)
def test_other_host_names_are_refused(unchanged: Preview, host: str, status: int) -> None:
    """A request under another host's name, as DNS rebinding sends it, is refused, whatever it asks for."""
    name = host.format(port=unchanged.port)
    for path in ("/mirror/index.html", "/livereload.js", "/@preview/preview.js", "/@preview/note"):
        assert unchanged.ask(path, name).status == status, path
    assert open_socket(unchanged, name, f"http://{name}") == (101 if status == 200 else status)


def test_pages_from_elsewhere_cannot_listen(unchanged: Preview) -> None:
    """The socket talks to pages of this preview alone."""
    host = f"127.0.0.1:{unchanged.port}"
    assert open_socket(unchanged, host, f"http://{host}") == 101
    for origin in (
        "http://evil.example",
        "null",
        "http://127.0.0.1:1",
        f"http://localhost:{unchanged.port}",
        "file://",
    ):
        assert open_socket(unchanged, host, origin) == 403, origin


def open_socket(preview: Preview, host: str, origin: str) -> int:
    """Ask for the socket as a browser does, and return the status."""
    words = {"Upgrade": "websocket", "Connection": "Upgrade", "Origin": origin}
    key = {"Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec_WebSocket_Version": "13"}
    return preview.ask("/livereload", host, **words, **key).status


def test_the_server_only_reads(unchanged: Preview) -> None:
    """Methods other than GET and HEAD are refused, as are headers without end; HEAD sends no body."""
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"):
        for path in ("/mirror/index.html", "/mirror/feed.xml", "/@preview/note"):
            assert unchanged.ask(path, method=method).status == 405, method
    for path in ("/mirror/index.html", "/mirror/feed.xml"):
        answer = unchanged.ask(path, method="HEAD")
        assert (answer.status, answer.data) == (200, b"")
    with pytest.raises(http.client.RemoteDisconnected):
        unchanged.ask("/mirror/index.html", X_Long="a" * 100_000)


def test_files_are_sent_as_they_are(unchanged: Preview) -> None:
    """A file comes with its type and nothing added, whole or the part that is asked for."""
    types = {
        "feed.xml": "application/xml",
        "feed.json": "application/json",
        "robots.txt": "text/plain; charset=utf-8",
        "data/articles.jsonl.gz": "application/gzip",
    }
    for path, kind in types.items():
        answer, data = unchanged.ask(f"/mirror/{path}"), (unchanged.root / "output" / path).read_bytes()
        assert (answer.status, answer.headers["Content-Type"], answer.data) == (200, kind, data), path
        assert answer.headers["Cache-Control"] == "no-store"
        part = unchanged.ask(f"/mirror/{path}", Range="bytes=3-9")
        assert (part.status, part.data) == (206, data[3:10])
        assert part.headers["Content-Range"] == f"bytes 3-9/{len(data)}"
        assert unchanged.ask(f"/mirror/{path}", Range=f"bytes={len(data)}-").status == 416


def test_the_preview_leaves_output_as_a_build_makes_it(preview: Preview, page: Page) -> None:
    """What the preview adds to a page is in no file: after edits and faults output/ is as from a clean build."""
    page.goto(preview.url + ADDRESS)
    preview.edit(ARTICLE, "title:", "titel:")
    expect(page.get_by_role("alert")).to_be_visible(timeout=PATIENCE)
    preview.edit(ARTICLE, "titel:", "title:")
    expect(page.get_by_role("alert")).to_have_count(0, timeout=PATIENCE)
    preview.write("templates/static/style.css", "h1 { color: rgb(1, 2, 3) }")
    expect(page.locator("h1")).to_have_css("color", "rgb(1, 2, 3)", timeout=PATIENCE)
    assert b"livereload" in preview.ask("/" + ADDRESS).data
    _, clean = build_clean(preview.root)
    latest = time.monotonic() + PATIENCE / 1000
    # Nothing tells that output/ is up to date, and a reader of the preview need not know.
    while find_differences(tree(preview.root / "output"), clean) and time.monotonic() < latest:
        page.wait_for_timeout(100)
    assert not find_differences(tree(preview.root / "output"), clean)


# --- the command ----------------------------------------------------------------------------------------------------


def test_a_taken_port_is_told(unchanged: Preview) -> None:
    """A port that something listens on already gives the address, the reason and the way out, and exit code 2."""
    command = [
        sys.executable,
        str(ROOT / "build.py"),
        "-C",
        str(unchanged.root),
        "serve",
        "--port",
        str(unchanged.port),
    ]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 2
    assert f"127.0.0.1:{unchanged.port}: cannot listen" in ended.stderr
    assert "--port" in ended.stderr


@pytest.mark.parametrize("host", ["203.0.113.9", "nobody.invalid"])  # RFC 5737, RFC 2606
def test_a_host_of_another_machine_is_told(unchanged: Preview, host: str) -> None:
    """An address that this machine does not have leads to --host and not to --port, with exit code 2."""
    command = [sys.executable, str(ROOT / "build.py"), "-C", str(unchanged.root), "serve", "--host", host]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 2
    assert f"{host}:8000: cannot listen" in ended.stderr
    assert "hint: name an address of this machine with --host" in ended.stderr


def test_what_host_opens_is_told(tmp_path: Path) -> None:
    """With --host the addresses at which others reach the preview are told; it answers to numbers and its own name."""
    root = make_mirror(tmp_path / "mirror")
    told = tmp_path / "told"
    with told.open("w") as errors, serving(root, "--host", "0.0.0.0", errors=errors) as preview:  # noqa: S104
        hosts = {f"192.0.2.1:{preview.port}": 200, socket.gethostname(): 200, "evil.example": 403}
        for host, status in hosts.items():
            assert preview.ask("/mirror/index.html", host).status == status, host
    assert "open to every machine that reaches this one" in told.read_text()


def test_the_browser_is_opened_when_asked_for(tmp_path: Path) -> None:
    """--open shows the address in the user's browser."""
    opened, script = tmp_path / "opened", tmp_path / "browser"
    os.mkfifo(opened)
    script.write_text(f'#!/bin/sh\nprintf %s "$1" > "{opened}"\n')
    script.chmod(0o755)
    with serving(make_mirror(tmp_path / "mirror"), "--open", BROWSER=f"{script} %s") as preview:
        address = subprocess.run(["cat", opened], capture_output=True, text=True, timeout=30, check=True).stdout
        assert address == f"{preview.url}mirror/"
