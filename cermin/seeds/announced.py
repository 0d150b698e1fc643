"""Titles announced inside a paragraph, whose end nothing marks.

``… (DPO). Baca juga: Polisi Tangkap Tiga Pelaku Ada empat pelaku dalam kasus ini.`` News titles are short, and written
either with all but small words capitalised or as a sentence without a full stop. So a title ends where a sentence
begins: before a capital that the title's own style does not explain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

SHORTEST = 3
"""Words of a title before another sentence is looked for."""
LONGEST = 300
"""Characters behind the label that are looked at."""
LAST = 160
"""Characters at the end of a paragraph that may be a title as a whole."""

_TOKEN = re.compile(r"\S+")
_GLUED = re.compile(r"(?<=[\w.?!)])[.?!)”\"](?=[\"“]?[^\W\d_a-z][^\W\d_])|(?<=[a-z])(?=[\"“][^\W\d_a-z])")
_WORD = re.compile(r"(?<!\d)(?<!\d-)[^\W\d_](?:[\w'’-]*\w)?")
_SENTENCE_END = re.compile(r"(?<!\.\.)[.;:,][\"”)]*$")
_SMALL_WORD = re.compile(r"(?<![\w'’.-])[a-zà-öø-ÿ][\w'-]+")
_FIRST_WORD = re.compile(r"(?:^|[.!?][\"”]?\s+|\n[\"“]?)([^\W\d_a-z][\w'-]+)")
_CAMEL = re.compile(r"[^\W\d_A-Z](?=[A-Z][a-z])")
_QUOTED_WORDS = 7
"""Words between quotation marks that a title may quote; a longer quotation is the next sentence."""
_STYLE = 6
"""Words of a title that tell its style."""


class TitleWords(NamedTuple):
    """Words of a language that tell a title from a sentence, in small letters."""

    connectors: frozenset[str]
    """Written small in titles whose other words are capitalised."""
    starters: frozenset[str]
    """Begin sentences, and hardly ever stand capitalised inside a title."""


class Surroundings:
    """The text that an announced title stands in, asked for the words it uses."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._text = "\n".join(lines)

    @property
    def lowered(self) -> str:
        """The text in small letters."""
        return self._text.lower()

    @cached_property
    def small_words(self) -> frozenset[str]:
        """Words that the text writes small: where one is capitalised, a sentence or a title begins."""
        return frozenset(_SMALL_WORD.findall(self._text))

    @cached_property
    def first_words(self) -> frozenset[str]:
        """Words that the text begins sentences with."""
        return frozenset(_FIRST_WORD.findall(self._text))


class _Token(NamedTuple):
    start: int
    text: str
    word: str
    """Its letters; empty for figures and signs."""

    @property
    def is_capital(self) -> bool:
        return self.word[:1].isupper()

    @property
    def ends_open(self) -> bool:
        """Whether what follows belongs to it: ``Menaker:``, ``Jakarta,``."""
        return self.text[-1] in ":,/(&-–—"


def find_title_end(text: str, words: TitleWords, around: Surroundings) -> int | None:
    """Return where the title that begins ``text`` ends; None where nothing tells. `LONGEST` + 1 characters suffice."""
    tokens = [_read_token(match) for match in _TOKEN.finditer(text, 0, LONGEST)]
    end = _find_break(text, tokens)
    tokens = [token for token in tokens if token.start < end]
    if end <= LAST and not _SENTENCE_END.search(text[:end].rstrip()):
        return end
    is_capitalised = _is_capitalised(tokens, words)
    place = _find_after_capitals(tokens, words) if is_capitalised else _find_after_small(tokens, words, around)
    if place is not None:
        # "… Tiga PeriodePada periode …": the sentence is glued to the title's last word.
        glued = _CAMEL.search(tokens[place].text)
        return tokens[place].start + (glued.end() if glued else 0)
    return end if is_capitalised and end <= LAST else None


def _find_break(text: str, tokens: list[_Token]) -> int:
    """Return where the title has certainly ended, whatever its words."""
    for at, token in enumerate(tokens):
        if at and (glued := _GLUED.search(token.text)) and not token.text.startswith(("http", "www")):
            return token.start + glued.end()
        if at >= SHORTEST and _is_broken(text, tokens, at):
            return token.start
    return len(text)


def _read_token(match: re.Match[str]) -> _Token:
    word = _WORD.search(match[0])
    return _Token(match.start(), match[0], word[0] if word else "")


def _is_broken(text: str, tokens: list[_Token], at: int) -> bool:
    """Whether the title has ended before a token: behind a full stop, before a long quotation or a numbered item."""
    token, before = tokens[at], tokens[at - 1]
    if token.text[0] in '"“' and not before.ends_open:
        closing = text.find('"' if token.text[0] == '"' else "”", token.start + 1)
        return closing < 0 or text.count(" ", token.start, closing) >= _QUOTED_WORDS
    if before.text[-1] == "." and len(before.word) >= SHORTEST and not before.text.endswith("..."):
        return token.is_capital
    is_numbered = re.fullmatch(r"\d{1,2}\.", token.text) is not None
    return is_numbered and at + 1 < len(tokens) and tokens[at + 1].is_capital


def _is_capitalised(tokens: list[_Token], words: TitleWords) -> bool:
    content = [token for token in tokens[1:_STYLE] if token.word and token.word.lower() not in words.connectors]
    return bool(content) and 2 * sum(token.is_capital for token in content) > len(content)


def _may_begin(tokens: list[_Token], at: int, words: TitleWords) -> bool:
    before = tokens[at - 1]
    return tokens[at].is_capital and not before.ends_open and before.word not in words.connectors


def _find_after_capitals(tokens: list[_Token], words: TitleWords) -> int | None:
    """Return the token that begins a sentence behind a Title of Capitalised Words."""
    has_small_connector = False
    for at, token in enumerate(tokens):
        word = token.word.lower()
        is_small = token.word.islower()
        if at >= SHORTEST and _may_begin(tokens, at, words):
            if word in words.starters or (has_small_connector and word in words.connectors):
                return at
        elif (
            at > SHORTEST
            and is_small
            and word not in words.connectors
            and _may_begin(tokens, at - 1, words)
            and (token.ends_open or not _has_capital_next(tokens, at, words))
        ):
            return at - 1
        has_small_connector |= is_small and word in words.connectors
    return None


def _has_capital_next(tokens: list[_Token], at: int, words: TitleWords) -> bool:
    """Whether the next word of weight is capitalised: a title goes on, ``Richard akan Menghuni Lapas``."""
    following = (token for token in tokens[at + 1 :] if token.word.lower() not in words.connectors)
    return next((token.is_capital for token in following), False)


def _find_after_small(tokens: list[_Token], words: TitleWords, around: Surroundings) -> int | None:
    """Return the token that begins a sentence behind a title in small letters but for its names."""
    for at in range(SHORTEST, len(tokens)):
        if not _may_begin(tokens, at, words):
            continue
        word = tokens[at].word
        if word.lower() in words.starters or word.lower() in around.small_words:
            return at
        following = tokens[at + 1].word if at + 1 < len(tokens) else ""
        if word in around.first_words and following.islower() and following not in words.connectors:
            return at
    return None
