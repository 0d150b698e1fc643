from __future__ import annotations

import pytest

from cermin.outlets import load_outlets
from cermin.records import TEXT, Capture, Reading
from cermin.seeds import read_article
from tests.conftest import ROOT

OUTLETS = load_outlets(ROOT / "no-such-folder")
TITLE = "Harbour bridge reopens after a year of repairs"
PROSE = (
    "The harbour bridge was opened again on Monday, a year after a ship had struck one of its pillars, the mayor said."
)
SECOND = "Thousands of people walked across the bridge in the evening, and most of them stayed for the fireworks there."


def read(text: str) -> Reading:
    """Read a capture with the built-in profiles."""
    return read_article(Capture("a.txt", TEXT, text.encode()), OUTLETS)


def lines_of(reading: Reading) -> list[tuple[int, str, str]]:
    """Return number, fate and rule of each line."""
    return [(line.number, line.fate, line.rule) for line in reading.lines]


def test_what_stands_before_the_repeated_title_is_the_menu():
    """Menus and teasers between the browser's title and the article's are cut; byline and date behind it are taken."""
    menu = "Sports\nWeather\nBus drivers end their strike\nabout 4 hours ago"
    reading = read(
        f"{TITLE}\n\n{TITLE} | City | Kemiri News\n{menu}\n{TITLE}\nMary Smith\nMay 6, 2024\n{PROSE}\n{SECOND}\n"
    )
    assert reading.article is not None
    assert reading.article.authors == ("Mary Smith",)
    assert reading.article.published is not None
    assert (reading.article.published.value, reading.article.published.source) == ("2024-05-06", "line 10")
    assert reading.article.body == f"{PROSE}\n\n{SECOND}"
    assert [rule for _, _, rule in lines_of(reading)][1:7] == [
        "layout: repeated title", *["layout: menu"] * 4, "layout: repeated title"
    ]  # fmt: skip


def test_a_title_behind_the_text_ends_no_menu():
    """What stands before a paragraph is no menu: a title that comes back later cuts nothing before it."""
    reading = read(f"{TITLE}\n\nCity\n{PROSE}\n{TITLE}\n{SECOND}\n")
    assert reading.article is not None
    assert reading.article.body == f"City\n\n{PROSE}\n\n{TITLE}\n\n{SECOND}"


@pytest.mark.parametrize(
    ("before", "cut"),
    [
        (f"{TITLE}. ", True),
        ("bridge reopens after a year of repair. ", True),
        ("Harbour bridge reopens after a month. ", False),
        ("Harbour bridge. ", False),
    ],
)
def test_a_title_that_begins_the_text_is_cut(before, cut):
    """The title before the first sentence of one long line goes, also with a word lost or cut short."""
    reading = read(f"{TITLE}\n\n6 May 2024\n\n{before}{PROSE} {SECOND}\n")
    assert reading.article is not None
    assert reading.article.body == f"{'' if cut else before}{PROSE} {SECOND}"
    assert ("layout: repeated title" in [rule for _, _, rule in lines_of(reading)]) is cut


@pytest.mark.parametrize("label", ["Title: ", "Judul : ", "الخبر : ", "标题："])
def test_a_label_before_the_title_is_cut(label):
    """A field's name that was copied with the title is no part of it."""
    reading = read(f"{label}{TITLE}\n\n{PROSE}\n")
    assert reading.article is not None
    assert reading.article.title == TITLE
    assert lines_of(reading)[:2] == [(1, "cut", "any: label"), (1, "title", "layout: title")]


@pytest.mark.parametrize(
    ("ending", "kept"),
    [
        ("Most read\nBus drivers end their strike\nRain expected on Friday", ""),
        (f"Most read\n{SECOND} {SECOND}", f"{SECOND} {SECOND}"),
        ("Mary Smith is a reporter covering the harbour and its people.\nmary@example.org", ""),
        ("Sign up to our newsletter and never miss a story.\nRead the original article on Kemiri News", ""),
        (f"Mary Smith is a reporter who was there.\n{SECOND}", f"Mary Smith is a reporter who was there.\n\n{SECOND}"),
        ("#harbour #bridge #city", ""),
    ],
)
def test_what_stands_behind_the_text_is_cut(ending, kept):
    """Lists, biographies and promotions are cut behind the text, and left where text follows."""
    reading = read(f"{TITLE}\n\n6 May 2024\n\n{PROSE}\n{SECOND}\n{ending}\n")
    assert reading.article is not None
    assert reading.article.body == "\n\n".join(filter(None, [PROSE, SECOND, kept]))


def test_a_biography_names_the_author():
    """Who is said to be the reporter in the last line wrote the article."""
    reading = read(f"{TITLE}\n\n{PROSE}\n{SECOND}\nMary Smith is a senior reporter for Kemiri News.\n")
    assert reading.article is not None
    assert reading.article.authors == ("Mary Smith",)
