"""The pages in a real browser, from files as well as from a server."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, unquote

import html5lib
import pytest
from playwright.sync_api import Browser, Page

from tests.conftest import ROOT
from tests.mirrors import build, import_seeds
from tests.newspaper import BASE, KINDS_OF_PAGES, OLD_ADDRESSES, serve, show, write_newspaper

SEED_PAGE = "genpi/2024/06/rusia-dan-korea-utara-tandatangani-perjanjian-kemitraan-terkuat-sejak-perang-dingin.html"
HEAVIEST = 14_000
"""Bytes of a page with its stylesheet, compressed: what a server sends before it waits for an answer."""


@pytest.fixture(scope="module", params=["id", "en", "ar"])
def output(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the newspaper, built with an interface in Indonesian, in English, and from right to left."""
    root = write_newspaper(tmp_path_factory.mktemp("newspaper"), request.param)
    assert build(root).faults == ()
    return root / "output"


@pytest.fixture(scope="module")
def seed_output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the site that this repository's own capture gives."""
    root = tmp_path_factory.mktemp("seed")
    (root / "seeds").symlink_to(ROOT / "seeds")
    (root / "cermin.toml").write_bytes((ROOT / "cermin.toml").read_bytes())
    import_seeds(root)
    assert build(root).faults == ()
    return root / "output"


def open_page(page: Page, path: Path) -> list[str]:
    """Open a file in the browser and return what it complained about."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.append(f"not loaded: {request.url}"))
    page.on("request", lambda request: complaints.extend([request.url] * request.url.startswith("http")))
    page.goto(path.as_uri())
    return complaints


def test_every_page_opens_from_a_file_without_a_complaint(output: Path, page: Page) -> None:
    """A page opened from a file loads its stylesheet, breaks no rule of its own policy and asks no other host."""
    for name, path in KINDS_OF_PAGES.items():
        if name != "not found":  # links from the root of its host
            assert open_page(page, output / path) == [], name
            assert page.evaluate("getComputedStyle(document.body).margin") != "8px", name


@pytest.fixture(scope="module")
def scriptless(browser: Browser) -> Iterator[Page]:
    """Return a page of a browser that runs no script."""
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("output", ["id"], indirect=True)
@pytest.mark.parametrize("base", ["file:", BASE], ids=["file", "prefix"])
def test_every_link_leads_somewhere_without_scripts(output: Path, scriptless: Page, base: str) -> None:
    """From a file and below a prefix, without scripts, every page has look and text, and its links lead somewhere."""
    pages = {path.relative_to(output).as_posix() for path in output.rglob("*.html")} - OLD_ADDRESSES
    if base == BASE:
        with serve(scriptless, output):
            assert walk(scriptless, output, base, "404.html") == pages
    else:
        # 404.html links from the root of its host.
        assert walk(scriptless, output, f"{output.as_uri()}/", "index.html") == pages - {"404.html"}


def test_every_link_of_the_seed_site_leads_somewhere(seed_output: Path, scriptless: Page) -> None:
    """Clicking through the site of this repository's own capture reaches every page."""
    seen = walk(scriptless, seed_output, f"{seed_output.as_uri()}/", "index.html")
    assert SEED_PAGE in seen
    pages = {path.relative_to(seed_output).as_posix() for path in seed_output.rglob("*.html")}
    assert pages - seen == {"404.html"}


def walk(page: Page, output: Path, base: str, start: str) -> set[str]:
    """Follow every link and form from page to page below ``base``; return the pages, fail at what leads nowhere."""
    waiting, seen = [start], set[str]()
    anchors, linked = set[tuple[str, str]](), set[tuple[str, str]]()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        page.goto(base + quote(path))
        assert page.locator("h1").is_visible(), path
        assert page.locator("main").inner_text().strip(), path
        assert page.evaluate("getComputedStyle(document.body).margin") != "8px", path
        anchors |= {(path, name) for name in page.eval_on_selector_all("[id]", "all => all.map(element => element.id)")}
        links = page.eval_on_selector_all(
            "a[href], link[href], form", "links => links.map(link => link.href || link.action)"
        )
        for link in filter(lambda link: link.startswith(base), links):
            target, _, anchor = unquote(link.removeprefix(base)).partition("#")
            assert (output / (target or "index.html")).is_file(), f"{path} links to {link}"
            if target.endswith(".html"):
                waiting.append(target)
            if anchor:
                linked.add((target, anchor))
    assert linked - anchors == set()
    return seen


@pytest.mark.parametrize("output", ["id"], indirect=True)
def test_paper_shows_no_navigation(output: Path, page: Page) -> None:
    """Printed, every page has its title and nothing that only leads elsewhere, in black on white also in the dark."""
    page.emulate_media(media="print", color_scheme="dark")
    for name, path in KINDS_OF_PAGES.items():
        show(page, output, path)
        assert page.locator("h1").is_visible(), name
        assert [item.inner_text() for item in page.locator("nav, form, .skip").all() if item.is_visible()] == [], name
        colours = page.evaluate(
            "[document.body, document.documentElement].map(element => getComputedStyle(element))"
            ".map((style, number) => number ? style.backgroundColor : style.color)"
        )
        assert colours == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"], name


@pytest.mark.parametrize("output", ["id", "ar"], indirect=True)
def test_paper_keeps_the_source(output: Path, page: Page) -> None:
    """Printed, an article says where it comes from: its original, its capture and the checksum, unfolded."""
    page.emulate_media(media="print")
    show(page, output, KINDS_OF_PAGES["article"])
    source = page.locator(".source")
    for words in ("https://warta.example/2024/06/banjir-surut?x=1&y=2", "banjir.txt", "0" * 64):
        assert source.get_by_text(words, exact=True).first.is_visible(), words
    assert page.pdf().startswith(b"%PDF-")


def test_pages_are_valid_and_hold_no_script(output: Path) -> None:
    """Each page is HTML without a parse error, has one h1, names its language, and holds no script that runs.

    The page for searching alone loads one.
    """
    for path in output.rglob("*.html"):
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        document = parser.parse(path.read_text(encoding="utf-8"))
        assert [error for _, error, _ in parser.errors] == [], path
        assert len(document.findall(".//h1")) == 1, path
        assert document.get("lang"), path
        scripts = [script for script in document.iter("script") if script.get("type") != "application/ld+json"]
        assert [script.text for script in scripts] == [None] * (path.name == "search.html"), path
        attributes = {name for element in document.iter() for name in element.attrib}
        assert not [name for name in attributes if name.startswith("on") or name == "style"], path


def test_a_page_is_light(seed_output: Path, output: Path, record_property: Callable[[str, object], None]) -> None:
    """Every page with its stylesheet is at most 14 KB compressed, the seed's page among them."""
    weights = {path: weigh(seed_output, path) for path in (SEED_PAGE, "index.html")}
    figure = f"{weights[SEED_PAGE]:,} bytes compressed (budget {HEAVIEST:,})"
    record_property("figure", f"the seed's page with its stylesheet: {figure}")
    weights |= {path: weigh(output, path) for path in KINDS_OF_PAGES.values()}
    assert {path: weight for path, weight in weights.items() if weight > HEAVIEST} == {}


def weigh(output: Path, path: str) -> int:
    """Return the compressed bytes of a page and its stylesheet."""
    style = next((output / "static").glob("style.*.css"))
    return sum(len(gzip.compress(file.read_bytes(), 9)) for file in (output / path, style))
