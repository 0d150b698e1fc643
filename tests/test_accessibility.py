"""The pages for everybody: axe-core, the keyboard alone, narrow and magnified windows (WCAG 2.2, AA)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]  # ships no types
from playwright.sync_api import Browser, Page

from tests.mirrors import build
from tests.newspaper import KINDS_OF_PAGES, show, write_newspaper

NARROWEST = 320
"""As WCAG 1.4.10 has it."""
DESKTOP = 1280

# target-size is of WCAG 2.2 and not asked for by itself. Colours alone can differ in the dark.
ALL = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
COLOURS = {"resultTypes": ["violations"], "runOnly": ["color-contrast", "link-in-text-block"]}

# What is out of the window or cut by its own box. What scrolls within itself can be read, for the keyboard reaches it;
# the summaries of lists are cut on purpose, as they stand in full above the article.
FIND_CUT = """() => [...document.body.querySelectorAll('*')].filter(element => {
    if (element.closest('svg, .skip, .unseen, [tabindex="0"]')) return false
    const style = getComputedStyle(element)
    if (style.webkitLineClamp !== 'none' || style.display === 'inline') return false
    const box = element.getBoundingClientRect()
    const hides = /hidden|clip|auto|scroll/.test(style.overflowX + style.overflowY)
    const spills = element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1
    return box.width && (box.right > innerWidth + 1 || box.left < -1 || hides && spills)
}).map(element => element.outerHTML.slice(0, 200))"""

SPACES = """
    * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
    p { margin-block-end: 2em !important; }
"""

WATCH_FOCUS = """() => {
    window.wanted = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')]
        .filter(element => !element.closest('details:not([open]) > :not(summary), [hidden]'))
    window.reached = []
    addEventListener('focusin', ({target}) => {
        const style = getComputedStyle(target)
        const isSeen = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && target.checkVisibility()
        reached.push([wanted.indexOf(target), isSeen, target.outerHTML.slice(0, 200)])
    })
    return wanted.length
}"""


@pytest.fixture(scope="module", params=["id", "en", "ar", "zh"])
def output(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the newspaper with an interface in four languages and three scripts, or in that which a test names."""
    root = write_newspaper(tmp_path_factory.mktemp("newspaper"), request.param)
    assert build(root).faults == ()
    return root / "output"


@pytest.fixture(scope="module")
def narrow_page(browser: Browser) -> Iterator[Page]:
    """Return a page in the narrowest window; what moves is at its place at once."""
    size = {"width": NARROWEST, "height": 700}
    context = browser.new_context(viewport=size, reduced_motion="reduce")  # type: ignore[arg-type]  # a TypedDict
    yield context.new_page()
    context.close()


def find_violations(page: Page, options: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """Return what axe-core, which stands in the page, finds there."""
    found = page.evaluate("options => axe.run(options)", options)["violations"]
    return [(item["id"], [node["html"] for node in item["nodes"]]) for item in found]


@pytest.mark.parametrize("name", KINDS_OF_PAGES)
def test_no_accessibility_violation(output: Path, narrow_page: Page, name: str) -> None:
    """axe-core finds no violation on any kind of page, in light and dark."""
    narrow_page.emulate_media(color_scheme="light")
    show(narrow_page, output, KINDS_OF_PAGES[name])
    narrow_page.evaluate(AXE_SCRIPT)
    assert find_violations(narrow_page, ALL) == []
    narrow_page.emulate_media(color_scheme="dark")
    assert find_violations(narrow_page, COLOURS) == []


@pytest.mark.parametrize("output", ["id"], indirect=True)
def test_axe_finds(output: Path, page: Page) -> None:
    """axe-core finds a picture without words in the light, and what cannot be told from the dark."""
    show(page, output, "index.html")
    page.evaluate(AXE_SCRIPT)
    page.evaluate("document.querySelector('main').append(new Image())")
    assert [rule for rule, _ in find_violations(page, ALL)] == ["image-alt"]
    page.emulate_media(color_scheme="dark")
    page.evaluate("document.querySelector('h1').style.color = '#222'")
    assert [rule for rule, _ in find_violations(page, COLOURS)] == ["color-contrast"]


@pytest.mark.parametrize("output", ["id", "de", "ar"], indirect=True)
def test_nothing_is_cut_off(output: Path, page: Page) -> None:
    """At 320 pixels, at 200 % and in a large window no page scrolls sideways, and no text is cut off."""
    for name, path in KINDS_OF_PAGES.items():
        show(page, output, path)
        for width in (NARROWEST, DESKTOP // 2, DESKTOP):
            page.set_viewport_size({"width": width, "height": 700})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
            assert page.evaluate(FIND_CUT) == [], (name, width)


@pytest.mark.parametrize("output", ["id"], indirect=True)
def test_text_can_be_spaced_out(output: Path, browser: Browser) -> None:
    """Readers may widen the spaces between lines, words and letters (WCAG 1.4.12), and lose nothing at 320 pixels."""
    size = {"width": NARROWEST, "height": 700}
    # As an extension of theirs would, whatever the page's policy.
    context = browser.new_context(viewport=size, bypass_csp=True)  # type: ignore[arg-type]  # a TypedDict
    page = context.new_page()
    for name, path in KINDS_OF_PAGES.items():
        show(page, output, path)
        page.add_style_tag(content=SPACES)
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROWEST, name
        assert page.evaluate(FIND_CUT) == [], name
    context.close()


@pytest.mark.parametrize("output", ["id"], indirect=True)
@pytest.mark.parametrize("style", ["overflow: hidden; block-size: 9px", "translate: 60vw", "inline-size: 2000px"])
def test_finds_what_is_cut_off(output: Path, page: Page, style: str) -> None:
    """What the test above looks for is found."""
    show(page, output, "index.html")
    page.evaluate("style => { document.querySelector('h1').style.cssText = style }", style)
    assert page.evaluate(FIND_CUT) != []


@pytest.mark.parametrize("output", ["ar"], indirect=True)
def test_the_keyboard_reaches_everything(output: Path, page: Page) -> None:
    """Tab reaches every link and control of every kind of page once, in the order of the text, each with an outline."""
    for name, path in KINDS_OF_PAGES.items():
        show(page, output, path)
        count = page.evaluate(WATCH_FOCUS)
        assert count > 5
        for _ in range(count):
            page.keyboard.press("Tab")
        reached = page.evaluate("reached")
        assert [number for number, _, _ in reached] == list(range(count)), name
        assert [html for _, is_seen, html in reached if not is_seen] == [], name


@pytest.mark.parametrize("output", ["id"], indirect=True)
def test_the_keyboard_works(output: Path, narrow_page: Page) -> None:
    """The first Tab shows the way past the navigation and Enter takes it, Enter unfolds, arrows scroll a wide table."""
    show(narrow_page, output, KINDS_OF_PAGES["article"])
    narrow_page.keyboard.press("Tab")
    box = narrow_page.locator(".skip").bounding_box()
    assert box is not None
    assert min(box["x"], box["y"]) >= 0
    narrow_page.keyboard.press("Enter")
    assert narrow_page.evaluate("location.hash") == "#main"
    narrow_page.keyboard.press("Tab")
    assert narrow_page.evaluate("document.querySelector('main').contains(document.activeElement)")
    details = narrow_page.locator("details").last
    assert not details.locator("code").first.is_visible()
    details.locator("summary").focus()
    narrow_page.keyboard.press("Enter")
    assert details.locator("code").first.is_visible()
    show(narrow_page, output, KINDS_OF_PAGES["article with markup"])
    narrow_page.evaluate(
        """() => {
            const table = document.querySelector('table')
            table.style.inlineSize = '5rem'
            const inTime = new Promise(done => setTimeout(done, 10000, false))
            window.scrolls = Promise.race([inTime, new Promise(done => table.onscroll = () => done(true))])
        }"""
    )
    narrow_page.locator("table").focus()
    narrow_page.keyboard.press("ArrowRight")
    assert narrow_page.evaluate("scrolls")
