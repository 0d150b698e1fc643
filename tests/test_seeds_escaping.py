"""Text -> Markdown -> HTML -> text is the identity."""

from __future__ import annotations

import html
import re

import markdown
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cermin.seeds.escaping import escape_text, see_also

EXTENSIONS = ["tables", "fenced_code", "footnotes", "sane_lists"]
MARKUP = [
    "2024. Tahun", "1986. A great year", "#Trending", "# x", "##", "- x", "+ x", "1) x", "1. x", "* x", "> x", "a_b_c",
    "_x_", "__x__", "x __a__ y", "_ _ _", "<b>", "<b>x</b>", "&amp;", "&#039;", "&nbsp;", "AT&T", "a & b", "a < b",
    "[x](y)", "[[x]]", "![x](y)", "![", "[^1]", "[^1]: x", "[y]: http://x", "`x`", "``", "```", "```python", "\\",
    "\\*", "\\\\", "C:\\news\\", "===", "---", "- - -", "***", "* * *", "|a|b|", "a | b", ":   def", "*[HTML]: x",
    "~~~", "~~~ x", "http://example.org/a_b_c?x=1&y=2", "<http://x>", "<a@b.co>", "<!-- x -->", "<?php", "<script>",
    "**x**", "*x*", "(*)", "5 * 3 * 2", "x\\", "!", "!x", "$x$", "{: .x}", "^x^", "1.", "-", "*", "+", "#", "٢٠٢٤. س",
    "///Footnotes Go Here///", "&lt;", "&lt", "x  ", "x]", "[x", "]", "__init__.py", "snake_case_", "*_x_*", "&copy;",
]  # fmt: skip
ANY_TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=80)
MARKUP_TEXT = st.lists(st.sampled_from([*MARKUP, *"\\`*_{}[]()>#+-.!|<&;:~=^\"' aZ1"]), max_size=12)


def read_back(source: str, extensions: list[str]) -> str:
    """Return the text of the page that Markdown makes."""
    return html.unescape(re.sub(r"<[^>]*>", "", markdown.markdown(source, extensions=extensions)))


def fold(text: str) -> str:
    """Return the text with its white space as single spaces."""
    return " ".join(text.split())


def assert_identity(paragraphs: list[str]) -> None:
    """Hold that the paragraphs come out as paragraphs of the same text."""
    source = "\n\n".join(map(escape_text, paragraphs))
    wanted = [fold(text) for text in paragraphs if fold(text)]
    for extensions in ([], EXTENSIONS):
        page = markdown.markdown(source, extensions=extensions)
        assert page.count("<") == 2 * len(wanted), page  # paragraphs and nothing else
        assert fold(read_back(source, extensions)) == " ".join(wanted)


@pytest.mark.parametrize("text", MARKUP)
def test_markup(text):
    """Text that looks like markup comes out as the text that it is, alone and beside other paragraphs."""
    assert_identity([text])
    assert_identity(["Satu", text, "    dua", text, "\ttiga"])


@given(st.lists(ANY_TEXT, max_size=4))
@example(["~~~", "x", "~~~"])
@example(["[x]: y", "[x]"])
@example(["x", "==="])
def test_any_text(paragraphs):
    """Any paragraphs come out as they are, apart from white space."""
    assert_identity(paragraphs)


@given(st.lists(MARKUP_TEXT.map("".join), max_size=4))
def test_any_markup(paragraphs):
    """Any mixture of what Markdown knows comes out as it is."""
    assert_identity(paragraphs)


@pytest.mark.parametrize(
    "text",
    [
        "GenPI.co - Presiden Rusia (Putin) berkata: “Ya!”, lalu pergi. (*)",
        "Rp 1.500 - 2.000, naik 5%; lihat http://x.co/a?b=1&c=2 \"ya\" 'tidak' AT&T a < b snake_case = x + y | z ~ #1",
        "«Щит» – 2024 год. 100 % sûr",
    ],
)
def test_prose_is_left_alone(text):
    """Ordinary prose is its own Markdown."""
    assert escape_text(text) == text


TITLE = re.compile(r"\[\[((?:\\.|[^\\\]])*)\]\]")
ESCAPE = re.compile(r"\\(.)|(&lt;|&amp;)")


@given(st.one_of(ANY_TEXT, MARKUP_TEXT.map("".join)))
@example("x]")
@example("x\\")
@example("a ]] b [[ c")
def test_see_also(title):
    """A see-also's title can be read back by the rule that the module states, and is plain text for Markdown."""
    source = see_also("Baca juga", title)
    found = TITLE.fullmatch(source.removeprefix("Baca juga: "))
    assert found
    assert ESCAPE.sub(lambda m: m[1] or html.unescape(m[2]), found[1]) == fold_like_module(title)
    for extensions in ([], EXTENSIONS):
        assert fold(read_back(source, extensions)) == fold(f"Baca juga: [[{fold_like_module(title)}]]")


def fold_like_module(text: str) -> str:
    """Return the text with the white space folded that the module takes for layout."""
    return re.sub("[ \t\n\r\f\v\x1c-\x1f\x85\u2028\u2029]+", " ", text).strip()
