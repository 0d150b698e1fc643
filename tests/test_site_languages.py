"""A mirror of many languages: every text stands under its own, and what runs the other way stands apart."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import frontmatter
import html5lib
import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from cermin.output.translations import TEMPLATE
from cermin.output.words import direction, load_words
from tests.mirrors import build
from tests.newspaper import ARTICLES, OUTLETS, write_newspaper

AUTO = "auto"


class Text(NamedTuple):
    """A text of a page, with the language and the direction that its elements give it."""

    text: str
    lang: str
    way: str
    """``ltr``, ``rtl``, or `AUTO` inside of ``<bdi>``."""


@pytest.fixture(scope="module", params=["id", "en", "ar", "fa", "zh-TW"])
def pages(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Text]]:
    """Return the texts of each page of the newspaper, with its interface in one language."""
    root = write_newspaper(tmp_path_factory.mktemp("newspaper"), request.param)
    assert build(root).faults == ()
    output = root / "output"
    return {path.relative_to(output).as_posix(): read_texts(path) for path in output.rglob("*.html")}


def read_texts(path: Path) -> list[Text]:
    """Return the texts of the body of a page, without those of code."""
    document = html5lib.parse(path.read_text(encoding="utf-8"), namespaceHTMLElements=False)
    return [text for text in iter_texts(document, "", "") if text.text]


def iter_texts(element: Any, lang: str, way: str) -> Iterator[Text]:
    """Yield the texts in an element that stands in a language and a direction."""
    if not isinstance(element.tag, str) or element.tag in {"head", "code", "script"}:
        return
    lang = element.get("lang", lang)
    way = element.get("dir", AUTO if element.tag == "bdi" else way)
    yield Text((element.text or "").strip(), lang, way)
    for child in element:
        yield from iter_texts(child, lang, way)
        yield Text((child.tail or "").strip(), lang, way)


def front_matter() -> Iterator[dict[str, Any]]:
    """Yield the front matter of each article of the newspaper."""
    for text in ARTICLES.values():
        yield frontmatter.loads(text).metadata


def find(pages: dict[str, list[Text]], wanted: str) -> list[tuple[str, Text]]:
    """Return where a text stands, by page."""
    return [(path, text) for path, texts in pages.items() for text in texts if text.text == wanted]


def test_titles_stand_under_their_language(pages):
    """The title of an article, on every page that shows it, has the language and the direction of the article."""
    for head in front_matter():
        found = find(pages, head["title"])
        assert len({path for path, _ in found}) > 2, head["title"]
        wrong = [
            (path, text) for path, text in found if (text.lang, text.way) != (head["lang"], direction(head["lang"]))
        ]
        assert wrong == []


def test_names_stand_under_their_language_and_apart(pages):
    """Sections, topics, authors, editors, agencies and places have the language of articles that name them, in bdi."""
    languages: dict[str, set[str]] = {}
    for head in front_matter():
        single = (head.get(key) for key in ("section", "editor", "agency", "place"))
        for name in filter(None, [*single, *head.get("tags", ()), *head.get("authors", ())]):
            languages.setdefault(str(name), set()).add(head["lang"])
    for name, known in languages.items():
        found = find(pages, name)
        assert found, name
        assert [(path, text) for path, text in found if text.lang not in known or text.way != AUTO] == []


def test_outlets_stand_under_their_language(pages):
    """The name of an outlet has the language that its profile tells, and stands apart."""
    for name, language in (("Warta Kota", "id"), ("The Courier", "en"), ("الجريدة", "ar")):
        found = find(pages, name)
        assert len(found) > 5, name
        assert {(text.lang, text.way) for _, text in found} == {(language, AUTO)}
    assert len(OUTLETS) == 3


def test_nothing_runs_against_its_element(pages):
    """A text written from the right stands in an element that runs so, or that takes its direction from the text."""
    against = [
        (path, text)
        for path, texts in pages.items()
        for text in texts
        if text.way == "ltr" and any(unicodedata.bidirectional(sign) in {"R", "AL"} for sign in text.text)
    ]
    assert against == []


def test_addresses_run_from_the_left(pages):
    """An address runs from the left on every page."""
    found = [text for texts in pages.values() for text in texts if text.text.startswith(("https://", "http://"))]
    assert found
    bodies = {"https://courier.example/" + "a" * 120}  # in an article, where it has the article's direction
    assert {text.way for text in found if text.text not in bodies} == {"ltr"}


NAMES_OF_THINGS = {
    "SHA-256",
    "RIS",
    "BibTeX",
    "CSL-JSON",
    "ISO 8601",
    "BCP 47",
    "Markdown",
    "Cermin Kota",
    "Arsip berita kota",
    "redaksi@example.org",
}
"""What pages say in no language."""


def test_every_word_of_the_interface_can_be_translated(tmp_path):
    """No page says a word of the interface that is no message: all come out in the words of a catalogue."""
    root = write_newspaper(tmp_path, "fr")
    with TEMPLATE.open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    catalogue = Catalog("fr")
    for message in messages:
        said = [f"⟦{form}⟧" for form in ([message.id] if isinstance(message.id, str) else message.id)]
        catalogue.add(message.id, said[0] if isinstance(message.id, str) else said)
    (root / "locales").mkdir()
    with (root / "locales" / "fr.po").open("wb") as file:
        write_po(file, catalogue)
    assert build(root).faults == ()
    words = load_words("fr", ())
    of_cldr = {name for day in words.weekdays for name in day} | {words.joints(2)[1].strip()}
    of_cldr |= {name(month) for name in (words.month_alone, words.month_short) for month in range(1, 13)}
    output = root / "output"
    unsaid = {
        text.text
        for path in output.rglob("*.html")
        for text in read_texts(path)
        if text.lang == "fr" and text.way != AUTO and "⟦" not in text.text and re.search(r"[^\W\d_]", text.text)
    }
    shown = {text for text in unsaid if not of_cldr & set(re.findall(r"\w+\.?", text))}
    exact = re.compile(r"https?://\S+|UTC\S*|cermin [\d.]+|articles\.jsonl\.gz|[\d,]+\sk?o")
    assert {text for text in shown - NAMES_OF_THINGS if not exact.fullmatch(text)} == set()
