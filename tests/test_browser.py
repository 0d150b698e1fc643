"""The pages in a real browser, from files as well as from a server."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path

import html5lib
import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # ships no types
from playwright.sync_api import Browser, Page

from tests.conftest import ROOT
from tests.mirrors import build, import_seeds
from tests.newspaper import KINDS_OF_PAGES, write_newspaper

SEED_PAGE = "genpi/2024/06/rusia-dan-korea-utara-tandatangani-perjanjian-kemitraan-terkuat-sejak-perang-dingin.html"
HEAVIEST = 14_000
"""Bytes of a page with its stylesheet, compressed: what a server sends before it waits for an answer."""
NARROWEST = 320


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


def test_every_link_of_the_seed_site_leads_somewhere_from_a_file(seed_output: Path, page: Page) -> None:
    """Clicking through the whole site from its front page reaches every page, and each link opens a file."""
    waiting, seen = ["index.html"], set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        page.goto((seed_output / path).as_uri())
        links = page.eval_on_selector_all("a[href]", "links => links.map(link => link.href.split('#')[0])")
        for link in links:
            if link.startswith("file:"):
                target = Path(page.evaluate("link => decodeURIComponent(new URL(link).pathname)", link))
                assert target.is_file(), f"{path} links to {link}"
                if target.suffix == ".html":
                    waiting.append(target.relative_to(seed_output).as_posix())
    assert SEED_PAGE in seen
    pages = {path.relative_to(seed_output).as_posix() for path in seed_output.rglob("*.html")}
    assert pages - seen == {"404.html"}


@pytest.fixture(scope="module", params=["light", "dark"])
def narrow_page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Return a page in a window as narrow as WCAG 1.4.10 asks for, in either colour scheme."""
    context = browser.new_context(color_scheme=request.param, viewport={"width": NARROWEST, "height": 700})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("name", KINDS_OF_PAGES)
def test_no_accessibility_violation(output: Path, narrow_page: Page, name: str) -> None:
    """axe-core finds no violation on any kind of page, in light and dark."""
    if name == "not found":
        serve_404_from_its_root(narrow_page, output)
    else:
        narrow_page.goto((output / KINDS_OF_PAGES[name]).as_uri())
    found = Axe().run(narrow_page).response["violations"]
    assert [(item["id"], [node["html"] for node in item["nodes"]]) for item in found] == []


def serve_404_from_its_root(page: Page, output: Path) -> None:
    """Show 404.html as its host would: under the path of base_url."""
    page.route(
        "https://example.org/**",
        lambda route: route.fulfill(path=output / route.request.url.removeprefix("https://example.org/mirror/")),
    )
    page.goto("https://example.org/mirror/404.html")
    page.unroute_all()


def test_nothing_is_cut_off_in_a_narrow_window(output: Path, narrow_page: Page) -> None:
    """At 320 pixels no page scrolls sideways."""
    for name, path in KINDS_OF_PAGES.items():
        narrow_page.goto((output / path).as_uri())
        if name != "not found":
            assert narrow_page.evaluate("document.documentElement.scrollWidth") <= NARROWEST, name


def test_paper_shows_the_article_and_no_navigation(output: Path, page: Page) -> None:
    """Printed, an article has its title and source, and no navigation."""
    page.goto((output / KINDS_OF_PAGES["article"]).as_uri())
    page.emulate_media(media="print")
    assert page.locator("h1").is_visible()
    assert page.get_by_text("https://warta.example/2024/06/banjir-surut?x=1&y=2").first.is_visible()
    assert [item.is_visible() for item in page.locator("nav").all()] == [False] * page.locator("nav").count()


def test_pages_are_valid_and_hold_no_script(output: Path) -> None:
    """Each page is HTML without a parse error, has one h1, names its language, and holds no script that runs."""
    for path in output.rglob("*.html"):
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        document = parser.parse(path.read_text(encoding="utf-8"))
        assert [error for _, error, _ in parser.errors] == [], path
        assert len(document.findall(".//h1")) == 1, path
        assert document.get("lang"), path
        assert {script.get("type") for script in document.iter("script")} <= {"application/ld+json"}, path
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
