"""What a browser makes of languages: quotation marks, directions, letters and line breaks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.mirrors import article, build
from tests.newspaper import write_newspaper

QUOTED = "Dia berkata, <q>kami pulang</q>, lalu pergi.\n\n`config/site.toml` (1)"


@pytest.fixture(scope="module", params=["id", "ar", "ko"])
def output(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the newspaper, with an article that quotes in each of some languages."""
    root = write_newspaper(tmp_path_factory.mktemp("newspaper"), request.param)
    for lang in ("id", "fr", "ja", "fa"):
        text = article("Kutipan", QUOTED, date="2024-06-25", outlet="warta", lang=lang, authors=["Ann O. (II)"])
        (root / f"content/warta/2024/06/{lang}.md").write_text(text, encoding="utf-8")
    assert build(root).faults == ()
    return root / "output"


def spoken(page: Page) -> Iterator[str]:
    """Yield the pieces of text that a screen reader is given, those that the stylesheet adds among them."""
    session = page.context.new_cdp_session(page)
    session.send("Accessibility.enable")
    for node in session.send("Accessibility.getFullAXTree")["nodes"]:
        if node["role"]["value"] == "StaticText":
            yield str(node["name"]["value"])


def evaluate(page: Page, selector: str, expression: str) -> Any:
    """Return what an expression of ``element`` and ``style`` gives for the first element of a selector."""
    found = "element = document.querySelector(selector), style = getComputedStyle(element)"
    script = f"selector => {{ const {found}; return {expression} }}"
    return page.evaluate(script, selector)


@pytest.mark.parametrize(("lang", "marks"), [("id", "“”"), ("fr", "«»"), ("ja", "「」"), ("fa", "«»")])
def test_quotation_marks(output: Path, page: Page, lang: str, marks: str) -> None:
    """A quotation has the marks of the article's language, whatever the interface's is."""
    page.goto((output / f"warta/2024/06/{lang}.html").as_uri())
    texts = list(spoken(page))
    at = texts.index("kami pulang")
    assert texts[at - 1] + texts[at + 1] == marks


def test_each_language_has_its_letters(output: Path, page: Page) -> None:
    """A title has the letters and the line breaks of its own language on a page of any other."""
    fonts = {}
    for lang, path in (
        ("id", "warta/2024/06/banjir-surut"),
        ("ar", "jarida/2024/06/souq"),
        ("zh", "ribao/2024/06/qiao"),
    ):
        page.goto((output / f"{path}.html").as_uri())
        fonts[lang] = evaluate(page, "h1", "style.fontFamily")
        assert evaluate(page, "h1", "style.wordBreak") == "normal"
    assert "Arabic" in fonts["ar"]
    assert "CJK SC" in fonts["zh"]
    assert not any(word in fonts["id"] for word in ("Arabic", "CJK"))


def test_names_have_the_letters_of_what_is_around_them(output: Path, page: Page) -> None:
    """A name in another language does not change to other letters in the middle of a line of labels."""
    page.goto((output / "jarida/2024/06/souq.html").as_uri())
    name, around = (evaluate(page, selector, "style.fontFamily") for selector in (".kicker bdi", ".kicker"))
    assert name == around


def test_code_runs_from_the_left(output: Path, page: Page) -> None:
    """Code and addresses run from the left in an article that is written from the right."""
    page.goto((output / "warta/2024/06/fa.html").as_uri())
    assert evaluate(page, ".body", "style.direction") == "rtl"
    assert evaluate(page, ".body code", "style.direction + ' ' + style.unicodeBidi") == "ltr isolate"
    assert evaluate(page, ".source dd a[rel], .source dd a[dir]", "style.direction") == "ltr"


def test_a_name_keeps_its_order(output: Path, page: Page) -> None:
    """A Latin name reads from the left in a line that is written from the right, with the sign at its end."""
    page.goto((output / "warta/2024/06/fa.html").as_uri())
    start, end = page.evaluate(
        """() => {
            const text = document.querySelector('.byline bdi').firstChild, at = [0, text.length - 1];
            return at.map(index => {
                const range = document.createRange();
                range.setStart(text, index);
                range.setEnd(text, index + 1);
                return range.getBoundingClientRect().left;
            });
        }"""
    )
    assert start < end


@pytest.mark.parametrize("path", ["index.html", "warta/2024/06/fa.html", "archive/2024/06/index.html"])
def test_the_page_runs_as_its_language(output: Path, page: Page, path: str) -> None:
    """The masthead begins on the side from which the interface is read, and nothing scrolls sideways."""
    page.goto((output / path).as_uri())
    is_rtl = page.evaluate("document.documentElement.dir === 'rtl'")
    first, last = page.evaluate(
        "() => [...document.querySelectorAll('.masthead nav li')].map(item => item.getBoundingClientRect().left)"
        ".filter((_, index, all) => index === 0 || index === all.length - 1)"
    )
    assert (first > last) == is_rtl
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
