from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cermin.outlets import load_outlets
from cermin.records import TEXT, Capture, Reading
from cermin.seeds import read_article
from tests.conftest import ROOT

OUTLETS = load_outlets(ROOT / "no-such-folder")
PROSE = "The harbour bridge was opened again on Monday, a year after a ship had struck one of its pillars."


def read(*lines: str) -> Reading:
    """Read a capture of a title and these lines."""
    text = "\n".join(["Harbour bridge reopens", "", "6 May 2024", "", PROSE, *lines, ""])
    return read_article(Capture("a.txt", TEXT, text.encode()), OUTLETS)


@pytest.mark.parametrize(
    ("lines", "paragraph"),
    [
        (["Engineers of", "the port", ", who had", "measured the pillars", ", were content."], None),
        (
            ["The mayor, writing in", "Nature Harbours", ", thanked them for what the", "Port Office", "has done", "."],
            None,
        ),
        (["专家表示", "，桥梁已经修好。"], "专家表示，桥梁已经修好。"),
    ],
)
def test_sentences_that_were_broken_at_links_are_whole(lines, paragraph):
    """Lines that begin with a comma tell that links broke the lines: what is one sentence becomes one paragraph."""
    reading = read(*lines)
    assert reading.article is not None
    whole = paragraph or " ".join(lines).replace(" ,", ",").replace(" .", ".")
    assert reading.article.body == f"{PROSE}\n\n{whole}"
    assert ("line broken inside a sentence", len(lines) - 1) in reading.repairs


def test_lines_of_other_captures_stay_apart():
    """Lists and verses in small letters are nobody's damage where no line begins with a comma."""
    lines = ["Bring with you", "a torch", "warm clothes", "something to eat"]
    reading = read(*lines)
    assert reading.article is not None
    assert reading.article.body == "\n\n".join([PROSE, *lines])


def test_sentences_stay_apart():
    """In a torn capture, lines that end and begin as sentences do are paragraphs."""
    reading = read("It was", ", said he, a good day.", PROSE, "Rain", "Sunday will be dry.")
    assert reading.article is not None
    assert reading.article.body.split("\n\n")[1:] == [
        "It was, said he, a good day.",
        PROSE,
        "Rain",
        "Sunday will be dry.",
    ]


@given(st.lists(st.sampled_from(["a", "A", ", b", ".", "B c.", "，字", "", PROSE]), max_size=12))
def test_joining_loses_nothing(lines):
    """Every letter of the lines is in the body, in order, unless a rule named it a cut."""
    reading = read(*lines)
    assert reading.article is not None
    kept = "".join(line.text for line in reading.lines if line.fate == "body")
    assert "".join(reading.article.body.split()) == "".join(kept.split())
