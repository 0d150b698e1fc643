"""Paragraphs that a scraper put together without a space -> paragraphs: ``… Kesehatan.Kekhawatiran …``.

Where one glued place stands among many lines it is a typing error, and left alone; where a capture's paragraphs are
glued, there are about as many such places as lines of text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

FEW = 2
"""Glued places in a capture below which they are taken for typing errors."""
LONG = 80
"""Characters from which a line counts as one of text."""

_PLACE = re.compile(r"(?:[.?!…][\"”’»)\]]{0,2}|(?<=[\w,])[”»]|(?<=[^\W\d_A-Z])\")(?=[\"“‘«(\[]?[^\W\d_a-zà-öø-ÿ])")
_MARKS = '.?!…”»"'
_BEFORE = re.compile(r"\S*$")
_WORD_BEFORE = re.compile(r"[^\W_]*$")
_WORD_AFTER = re.compile(r"[\"“‘«(\[]?([^\W_]+)(.?)")
_ABBREVIATIONS = frozenset(
    "prof dr drs dra ir hj kh tn ny sdr jl jln no kec kab kel rp st mr mrs ms vs jr sr inc ltd co pt cv gen col sen rep"
    " gov dept ed eds al fig vol pp bzw ca nr str tel".split()
)
_ENDINGS = frozenset("com co id net org tv news info gov go ac edu io html htm php js asp aspx me uk au".split())
_SHORTEST = 3
"""Letters of a word that ends a sentence; shorter ones are initials and degrees (``S.Pd``)."""
_LONGEST_WORD = 80
_NUMBERING = 2
"""Digits of a number that may count the items of a list: ``1.Lion Air``."""


def split_glued(lines: Sequence[tuple[int, str]], labels: Sequence[str] = ()) -> tuple[list[tuple[int, str]], int]:
    """Return the lines (number and text) with glued paragraphs apart, all parts of a line under its number.

    ``labels`` announce related articles ("Baca Juga"); text is glued to them with not even a full stop between. The
    second value counts the splits. The parts, put together, give the line.
    """
    places = {number: found for number, text in lines if (found := find_glued(text, labels))}
    count = sum(map(len, places.values()))
    if count < FEW or 2 * count < sum(len(text) >= LONG for _, text in lines):
        return list(lines), 0
    return [(number, part) for number, text in lines for part in _cut(text, places.get(number, []))], count


def find_glued(text: str, labels: Sequence[str] = ()) -> list[int]:
    """Return the positions where a sentence begins at once behind the end of another, or a label behind text."""
    found: set[int] = set()
    for label in labels:
        if label in text:
            found.update(_find_glued_label(text, label))
    counted = marks = 0
    for match in filter(None, (_PLACE.match(text, at) for at in _find_marks(text))):
        place = match.end()
        marks += text.count('"', counted, place)
        counted = place
        if match[0][-1:] == '"' and marks % 2:
            place -= 1  # an odd number of quotation marks: this one opens what follows
        if _is_end_of_sentence(text, match.start(), place):
            found.add(place)
    return sorted(found)


def _find_marks(text: str) -> list[int]:
    """Return where signs stand with something other than white space at once behind them: few, and quickly found."""
    found = []
    for mark in _MARKS:
        at = text.find(mark)
        while at >= 0:
            if text[at + 1 : at + 2].strip():
                found.append(at)
            at = text.find(mark, at + 1)
    return sorted(found)


def _find_glued_label(text: str, label: str) -> Iterator[int]:
    start = text.find(label)
    while start >= 0:
        end = start + len(label)
        before, after = text[start - 1 : start], text[end : end + 1]
        is_before_text = after.isupper() or (after != "" and after in '"“')
        if is_before_text:
            yield end
        if start and (is_before_text or not (before.isspace() or before.isupper() or before in "(\"“‘'")):
            yield start
        start = text.find(label, end)


def _is_end_of_sentence(text: str, mark: int, place: int) -> bool:
    after = _WORD_AFTER.match(text, place)
    if after is None or not after[1][0].isupper() or (len(after[1]) == 1 and after[2] == "."):
        return False
    if after[1].lower() in _ENDINGS or after[2] == "/":
        return False
    if text[mark] != ".":
        return True
    token = _BEFORE.search(text[max(0, mark - _LONGEST_WORD) : mark])[0]  # type: ignore[index]  # may be empty
    if "://" in token or "@" in token or token.startswith("www"):
        return False
    word = _WORD_BEFORE.search(token)[0]  # type: ignore[index]
    if word.isdigit():
        return len(word) > _NUMBERING or len(token) > len(word)
    return not word or (len(word) >= _SHORTEST and word.lower() not in _ABBREVIATIONS)


def _cut(text: str, places: Sequence[int]) -> list[str]:
    starts, ends = [0, *places], [*places, len(text)]
    return [part for start, end in zip(starts, ends, strict=True) if (part := text[start:end]).strip()]
