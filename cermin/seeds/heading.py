"""The first lines of a capture: which is the title, the date, the author."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from cermin.seeds.dates import Clock, Dated, read_date
from cermin.seeds.rules import RuleSet

WINDOW = 5
"""Lines that may hold the heading."""
LONGEST_TITLE = 200
"""Characters; of a script without spaces a third of that."""
LONGEST_NAMES = 80

_ENDS = (".", "。", "।", "۔", ";", ":", ",", '."', ".”", ".’", "။")
_ELLIPSES = ("...", "…", "..")
_NAMES_APART = re.compile(r", (?:and |dan )?| (?:and|dan|&|y|et|und|og) |/ ?|; ?")
_PARTICLES = frozenset("bin binti van von de da der den do dos del di du el la al le ten ter af av ibn abu".split())
_LONGEST_NAME = 4
_BODY = 60
"""Characters of a line that is long enough to be an article's text."""


class Heading(NamedTuple):
    """Positions in the list of lines, None where there is no such line."""

    title: int | None = None
    date: int | None = None
    dated: Dated | None = None
    author: int | None = None


def find_heading(numbered: Sequence[tuple[int, str]], rules: RuleSet, clock: Clock, known_title: str = "") -> Heading:
    """Find the heading among lines (number and text) of which none is blank.

    The order is title, date, author, with any of them missing; the date may stand first, and a line of text between
    title and date. ``known_title`` is the title as the container tells it.
    """
    top = numbered[: WINDOW + 1]
    lines = [text for _, text in top]
    date, dated = _find_date(lines, clock)
    title = _find_title(lines, date, rules, known_title)
    author = None if date is None else _find_author(top, title, date, rules)
    return Heading(title, date, dated, author)


def fold_title(text: str) -> str:
    """Return a title without case, punctuation and white space, to compare it with another."""
    return re.sub(r"\W+", " ", text.casefold()).strip() or text


def split_names(text: str) -> tuple[str, ...]:
    """Return the names of a byline, each once."""
    names = (name.strip(" .,;/") for name in _NAMES_APART.split(text))
    return tuple(dict.fromkeys(name for name in names if name))


def are_names(line: str) -> bool:
    """Whether a line can be a byline: names and nothing else."""
    # A name of two is "and" in words; an ampersand joins subjects ("Markets & Policy").
    return len(line) <= LONGEST_NAMES and "&" not in line and all(map(_is_name, _NAMES_APART.split(line)))


def _find_date(lines: Sequence[str], clock: Clock) -> tuple[int | None, Dated | None]:
    for position, line in enumerate(lines[:WINDOW]):
        if dated := read_date(line, clock):
            return position, dated
    return None, None


def _find_title(lines: Sequence[str], date: int | None, rules: RuleSet, known_title: str) -> int | None:
    if known_title:
        wanted = fold_title(known_title)
        return next((at for at, line in enumerate(lines[:WINDOW]) if fold_title(line) == wanted), None)
    for position, line in enumerate(lines[:WINDOW]):
        if position == date or rules.junk.match(line):
            continue
        alone = date is None and position + 1 == len(lines)  # it is all the text there is
        before_date = date == position + 1
        return position if not alone and _is_title(line, ends_open=before_date) else None
    return None


def _is_title(line: str, *, ends_open: bool) -> bool:
    longest = LONGEST_TITLE if " " in line else LONGEST_TITLE // 3
    if len(line) > longest:
        return False
    return ends_open or not line.endswith(_ENDS) or line.endswith(_ELLIPSES)


def _find_author(top: Sequence[tuple[int, str]], title: int | None, date: int, rules: RuleSet) -> int | None:
    """Return the line of names beside the date; without a date nothing tells a name from a line of text."""
    between = title is not None and date == title + 2
    for position in [date - 1, date + 1] if between else [date + 1]:
        following = max(position, date) + 1
        if following >= len(top) or position == title or len(top[following][1]) < _BODY:
            continue
        text = top[position][1]
        if _stands_apart(top, position) and are_names(text) and not rules.whole.match(text):
            return position
    return None


def _stands_apart(top: Sequence[tuple[int, str]], position: int) -> bool:
    """Whether a line is as far from the next as from the one before: a field between fields, not the text's start."""
    before = top[position][0] - top[position - 1][0] if position else 1
    return top[position + 1][0] - top[position][0] >= before


def _is_name(text: str) -> bool:
    words = text.split()
    return 0 < len(words) <= _LONGEST_NAME and all(map(_is_name_word, words)) and words[0] not in _PARTICLES


def _is_name_word(word: str) -> bool:
    if word in _PARTICLES:
        return True
    letters = re.sub(r"[.'’-]", "", word)
    return word[0].isupper() and letters.isalpha()
