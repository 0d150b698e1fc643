"""Every kind of page and the stylesheet before the Nu Html Checker, the W3C's own."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import html5lib
import pytest

from cermin.output.address import mend_address, readable
from tests.conftest import ROOT, do_without
from tests.mirrors import article, build
from tests.newspaper import KINDS_OF_PAGES, write_newspaper
from tests.test_output_body import SCRIPTS

CHECKER = ROOT / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
LANGUAGES = ("id", "en", "ar", "zh")
NOT_FOR_US = (
    # 'self' is the host of a page, and a file has none. tests/test_browser.py sees that both are loaded.
    r"Resource violates Content Security Policy .* external (stylesheet|script) “.*static/\w+\.\w+\.(css|js)” blocked",
    # JSON-LD is a data block, which is not run and asks no policy (HTML, 4.12.1.1). Nor may a page hold any other.
    r"Inline script violates Content Security Policy",
    # The words of a capture are kept, whatever form and characters they came in.
    r"is not in Unicode Normalization Form C",
    r"Document uses the Unicode Private Use Area",
)
HOSTILE = "</title></script></style>--> <b>&lt; \" ' ` {{ 1 }} \u202e\u2066 \ue000 e\u0301"
BODIES = (
    *(body for body in SCRIPTS if not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", body)),
    "#\n\n## \n\n###### Enam\n\n#### Empat\n\n# Satu",
    "[^a] [^a] [^b c]\n\n[^a]: Satu[^a]\n[^b c]: Dua",
    "1. satu\n\n   - dua\n\n     > tiga\n\n       | a |\n       |---|\n       | [b](c) |",
    "[a [b](https://x.id) c](https://y.id)",
    "<h4>e</h4> <td>f <h2 dir=up>g</h2>",
    "<ol start=x><li value=y></ol><table><td rowspan=0 colspan=x scope=y>",
)
ADDRESSES = (
    "https://x.id/a[b]|c^{d}`e", "https://x.id/a b", "https://x.id/?a=[1]#b#c", 'https://x.id/"<b>', "tel:+62 21 1",
    "http://[::1]/a", "https://x.id/#a#b", "mailto:a@x.id?subject=a b", "https://münchen.example/ü", "?x=[1]",
)  # fmt: skip


def check(*paths: Path) -> list[str]:
    """Return what the checker says of all HTML and CSS files at and below ``paths``, but for what is not for us."""
    java = shutil.which("java")
    if not java:
        do_without("nu", "java is not on PATH")
    if not CHECKER.is_file():
        do_without("nu", "the Nu Html Checker is not installed (`make node_modules/nu.stamp`)")
    # No guesses of the language: a page's is that of its interface, an article's stands on the article.
    words = [
        "--format",
        "json",
        "--stdout",
        "--exit-zero-always",
        "--skip-non-html",
        "--also-check-css",
        "--no-langdetect",
    ]
    answer = subprocess.run([java, "-jar", CHECKER, *words, *paths], capture_output=True, check=True, timeout=300)
    messages: list[dict[str, Any]] = json.loads(answer.stdout)["messages"]
    return [
        f"{message['url']}:{message.get('lastLine')}: {message['message']} {message.get('extract', '')}"
        for message in messages
        if not any(re.search(pattern, message["message"]) for pattern in NOT_FOR_US)
    ]


@pytest.fixture(scope="module")
def newspapers(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return the outputs of the newspaper with each interface."""
    roots = [write_newspaper(tmp_path_factory.mktemp(language), language) for language in LANGUAGES]
    assert [build(root).faults for root in roots] == [()] * len(roots)
    return [root / "output" for root in roots]


def test_every_kind_of_page_is_valid(newspapers: list[Path]) -> None:
    """The checker finds no error and has no warning on any kind of page, in four languages, nor in the stylesheet."""
    for output in newspapers:
        assert [path for path in KINDS_OF_PAGES.values() if not (output / path).is_file()] == []
    assert check(*newspapers) == []


def test_no_field_is_empty(newspapers: list[Path]) -> None:
    """No page has a field, a cell of a heading or a link without words: what is not known is left out."""
    found = []
    for output in newspapers:
        for path in output.rglob("*.html"):
            page = html5lib.parse(path.read_bytes(), namespaceHTMLElements=False)
            for name in ("a", "b", "dd", "dt", "figcaption", "h1", "h2", "h3", "li", "p", "summary", "th", "time"):
                found += [f"{path}: {name}" for element in page.iter(name) if not "".join(element.itertext()).strip()]
    assert found == []


def test_hostile_articles_are_valid(mirror) -> None:
    """Whatever stands in an article and in the settings, its page and the lists that name it are valid."""
    front: dict[str, Any] = dict.fromkeys(("section", "editor", "agency", "place", "summary", "seed"), HOSTILE)
    front |= {"tags": [HOSTILE], "authors": [HOSTILE, "\u202e"], "lang": "und-x-odd", "sha256": "0" * 64}
    bodies = [*BODIES, *(f"[a](<{address}>) <a href='{address}'>b</a>" for address in ADDRESSES)]
    articles = [
        article(f"{number} {HOSTILE}", f"{body}\n\n*a* {body} c\n\n> {body}\n\n- {body}", outlet="x", **front)
        for number, body in enumerate(bodies)
    ]
    articles += [
        article("Alamat", outlet="x", lang="en", date="2024-06-20", url=address)
        for address in ADDRESSES
        if address.startswith("http") and not re.search('[ "<]', address)
    ]
    text = json.dumps(HOSTILE, ensure_ascii=False)
    root = mirror(
        settings=f'[site]\ntitle = {text}\ndescription = {text}\ncontact = "https://x.id/a[b]|c"\n',
        content={f"x/2024/06/{number}.md": text for number, text in enumerate(articles)},
        outlets={"x.toml": f'name = {text}\noriginal = "alive"\nhomepage = "https://x.id/a[b]|c"\n'},
    )
    assert build(root).faults == ()
    assert check(root / "output") == []


def test_a_site_without_articles_is_valid(mirror) -> None:
    """A mirror that holds nothing yet has valid pages."""
    root = mirror(settings='[site]\ntitle = "Kaca"\n')
    assert build(root).faults == ()
    assert check(root / "output") == []


def test_the_checker_finds(tmp_path: Path) -> None:
    """What is wrong in a page and in a stylesheet is found."""
    (tmp_path / "a.html").write_text("<!doctype html><html lang=en><title>a</title><ul><p>a</ul>")
    (tmp_path / "a.css").write_text("a { colour: red }")
    assert {found.partition(":")[2].partition(":")[0].rpartition(".")[2] for found in check(tmp_path)} == {
        "html",
        "css",
    }


@pytest.mark.parametrize(
    ("address", "mended"),
    [
        ("https://x.id/a%2fb?c=d&e#f", "https://x.id/a%2fb?c=d&e#f"),
        (" https://x.id/a b\n", "https://x.id/a%20b"),
        ("http://[::1]:80/[a]?[b]#[c]#d", "http://[::1]:80/%5Ba%5D?%5Bb%5D#%5Bc%5D%23d"),
        ('"<>^`{|}', "%22%3C%3E%5E%60%7B%7C%7D"),
        ("//x.id/\t", "//x.id/"),
        ("https://x.id/100%", "https://x.id/100%"),
        ("", ""),
    ],
)
def test_mended_addresses(address: str, mended: str) -> None:
    """What no URL may hold is percent-encoded, once, behind the host; all else stays as it is."""
    assert mend_address(address) == mended
    assert mend_address(mended) == mended


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://example.org/%D8%A7%D8%AE%D8%A8%D8%A7%D8%B1/%E6%96%B0.html", "https://example.org/اخبار/新.html"),
        ("https://example.org/a%20b%2Fc?q=%3Cb%3E", "https://example.org/a%20b%2Fc?q=%3Cb%3E"),
        ("https://example.org/%E2%80%AEgpj.exe", "https://example.org/%E2%80%AEgpj.exe"),
        ("https://example.org/%C3%28%FF", "https://example.org/%C3%28%FF"),
        ("https://example.org/%C2%A0x", "https://example.org/%C2%A0x"),
    ],
)
def test_addresses_are_shown_as_people_read_them(address, shown):
    """Letters are shown as letters; what would hide or turn something, or is no UTF-8, stays encoded."""
    assert readable(address) == shown
