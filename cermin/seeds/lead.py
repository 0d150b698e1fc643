"""What stands between a capture's heading and its text: the site's menu, and the heading once more.

Who copies all text of a page gets the title from the browser first, then menus and teasers, then the article with its
title, byline and date. All before that second title is the site's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile
from typing import NamedTuple

from cermin.seeds.dates import Clock, Dated, read_date
from cermin.seeds.heading import are_names, fold_title, split_names
from cermin.seeds.lines import Piece, is_sentence
from cermin.seeds.rules import RuleSet

MENU = 80
"""Lines that may stand between the title and its repetition."""
FEWEST_WORDS = 4
"""Words of a title that is looked for before the first paragraph: fewer may well begin a sentence."""
MOST_MISSING = 3
AFTER_TITLE = 6
"""Lines behind the repeated title among which its byline and its date stand."""

_WORD = re.compile(r"\w+")
_SIGNS = re.compile(r"[\s.:;!?\"”’)|–—-]*")


class Lead(NamedTuple):
    """What was cut or understood before the text, and the lines that are left, numbered as before."""

    pieces: list[Piece]
    rest: list[tuple[int, str]]
    dated: tuple[int, Dated] | None = None
    """The date of a byline behind the repeated title, with its line, where the heading had none."""


def read_lead(lines: Sequence[tuple[int, str]], title: str, rules: RuleSet, clock: Clock, *, has_date: bool) -> Lead:
    """Set apart what is no text before an article's text.

    ``lines`` are those behind the heading. A line that is the title again, also with the site's name behind it, ends
    the menu; only lines that are no paragraphs may stand before it.
    """
    again = _find_last_repetition(lines, fold_title(title)) if title else -1
    if title and again < 0:
        return _cut_title_before_text(lines, title)
    pieces = [
        Piece(number, text, "cut", "layout: repeated title" if _repeats(text, fold_title(title)) else "layout: menu")
        for number, text in lines[: again + 1]
    ]
    rest = list(lines[again + 1 :])
    kept, dated = [], None
    for position, (number, text) in enumerate(rest):
        if position >= AFTER_TITLE:
            break
        found = None if is_sentence(text) else read_date(text, clock)
        if found and (has_date or dated):
            pieces.append(Piece(number, text, "cut", "layout: repeated date"))
        elif found and found.value:
            dated = number, found
            pieces.append(Piece(number, text, "date", "layout: date"))
        elif _is_byline(rest, position, clock, rules):
            pieces.append(Piece(number, text, "author", "layout: author", text))
        else:
            kept.append(position)
    first = [rest[position] for position in kept]
    return Lead(pieces, [*first, *rest[len(kept) + len(pieces) - again - 1 :]], dated)


def _cut_title_before_text(lines: Sequence[tuple[int, str]], title: str) -> Lead:
    """Cut the title where it begins the first paragraph, with no break behind it."""
    if lines:
        number, text = lines[0]
        length = _match_title(text[: 2 * len(title)], title)
        if 0 < length < len(text) and text[length:].strip():
            return Lead(
                [Piece(number, text[:length], "cut", "layout: repeated title")],
                [(number, text[length:].lstrip()), *lines[1:]],
            )
    return Lead([], list(lines))


def _match_title(text: str, title: str) -> int:
    """Return how much of a text is the title, of which a word or two may be missing and the last be cut short."""
    wanted = fold_title(title).split()
    words = list(_WORD.finditer(text))
    if len(wanted) < FEWEST_WORDS or len(words) < FEWEST_WORDS:
        return 0
    first = words[0][0].casefold()
    missing = wanted.index(first) if first in wanted[:MOST_MISSING] else len(wanted)
    wanted = wanted[missing:]
    if len(wanted) < FEWEST_WORDS or len(words) < len(wanted):
        return 0
    found = [word[0].casefold() for word in words[: len(wanted)]]
    if found[:-1] != wanted[:-1] or not wanted[-1].startswith(found[-1]):
        return 0
    end = words[len(wanted) - 1].end()
    return end + len(_SIGNS.match(text, end)[0])  # type: ignore[index]  # matches the empty text as well


def _find_last_repetition(lines: Sequence[tuple[int, str]], folded: str) -> int:
    menu = list(takewhile(lambda line: not is_sentence(line[1]), lines[:MENU]))
    return max((position for position, (_, text) in enumerate(menu) if _repeats(text, folded)), default=-1)


def _repeats(text: str, folded: str) -> bool:
    found = fold_title(text)
    if found == folded:
        return True
    # "Title | Section | Site", as browsers show it.
    head = next((text.partition(mark)[0] for mark in (" | ", " - ", " – ", " — ", "_") if mark in text), "")
    return bool(head) and fold_title(head) == folded


def _is_byline(rest: Sequence[tuple[int, str]], position: int, clock: Clock, rules: RuleSet) -> bool:
    """Whether a line of names stands beside a date."""
    text = rest[position][1]
    beside = [rest[at][1] for at in (position - 1, position + 1) if 0 <= at < len(rest)]
    return (
        len(split_names(text)) > 0
        and " " in text
        and are_names(text)
        and not rules.whole.match(text)
        and any(read_date(one, clock) for one in beside)
    )
