"""From text to the terms that are indexed, exactly as templates/search/analyse.js does it in the reader's browser.

1. Words are runs of letters, digits and marks of Unicode, in which apostrophes and invisible joiners may stand.
2. They are brought to NFKC and lower case, and digits of every script to ASCII.
3. Scripts that are written without spaces, and Korean, become overlapping bigrams of characters with their marks.
4. Other words are cut at `LONGEST` characters, stemmed by the Snowball stemmer of the language where it has one, and
   folded: accents of Latin, Greek and Cyrillic, vowel points of Arabic and Hebrew, and letters that are written in two
   ways, fall together.

What a word becomes depends on the word and the language alone, so it is kept.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from itertools import chain
from operator import add

from cermin.search.stemmers import find_stemmer, load_stemmer
from cermin.search.word_characters import BASIC, SUPPLEMENTARY

LONGEST = 40
"""Characters of a word that count; no language has many that differ only behind them."""
_KEPT = 131_072
"""Words of a language whose terms are kept, some 30 MB."""
_RUN = 250
"""Characters of a word without an apostrophe: a hostile text has runs that take long to normalize."""

_NON_JOINER = "\u200c"
_JOINERS = "\u00ad\u200d\u2060\ufeff"
_APOSTROPHES = "'\u2018\u2019\uff07\u05f3\u05f4"
_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"

# Scripts without spaces: Thai, Lao, Myanmar, Khmer, Han with Bopomofo and radicals, Kana; and Hangul.
_UNSPACED = (
    "\u0e01-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u30ff\u3105-\u31bf\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\ua9e0-\ua9ff\uaa60-\uaa7f\uac00-\ud7ff\uf900-\ufaff"
    "\U0001aff0-\U0001b16f\U00020000-\U0003ffff"
)
# Their marks stay with the character that they stand on.
_UNSPACED_MARKS = (
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u102b-\u103e\u1056-\u1059\u105e-\u1060\u1062-\u1064"
    "\u1067-\u106d\u1071-\u1074\u1082-\u108d\u108f\u109a-\u109d\u17b4-\u17d3\u17dd\u302a-\u302f\u3099\u309a"
)
# Accents; points of Hebrew and Arabic, and what lengthens an Arabic word; letters that stand for an apostrophe.
_STRIPPED = (
    "'\u200c\u02b9-\u02c1\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640"
    "\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff"
    "\ufe20-\ufe2f"
)
_FOLDED = {
    "ß": "ss",
    "æ": "ae",
    "œ": "oe",
    "ø": "o",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "ł": "l",
    "ħ": "h",
    "ŧ": "t",
    "ı": "i",
    "ς": "σ",
    "ى": "ي",
    "ی": "ي",
    "ک": "ك",
    "ة": "ه",
    "ہ": "ه",
    "ە": "ه",
    "ھ": "ه",
}
"""Letters that Unicode does not take apart, and those that are written for one another."""

_INVISIBLE = re.compile(f"[{_JOINERS}{_SELECTORS}]+")
_ARABIC_BOUNDARY = re.compile("([\u0600-\u06ff])\u200c+")
_APOSTROPHE = re.compile(f"[{_APOSTROPHES}\u02bc]")
_RUNS = re.compile(f"[{_UNSPACED}]+|[^{_UNSPACED}]+")
_IS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_CHARACTERS = re.compile(f"[^{_UNSPACED_MARKS}][{_UNSPACED_MARKS}]*|[{_UNSPACED_MARKS}]+")
_STRIP = re.compile(f"[{_STRIPPED}]+")
_FOLD = str.maketrans(_FOLDED)
_BEYOND_BASIC = re.compile("[\U00010000-\U0010ffff]")


@cache
def _words(characters: str) -> re.Pattern[str]:
    """Return what finds words; all characters take three times as long as the basic ones to see that one is none."""
    run = f"[{characters}{_NON_JOINER}{_JOINERS}]{{1,{_RUN}}}"
    return re.compile(f"{run}(?:[{_APOSTROPHES}]{run}){{0,3}}")


_ELIDING = frozenset({"ca", "it"})
"""Languages whose articles and prepositions stand before an apostrophe, and whose stemmer does not know of it."""


class Analyser:
    """Turns texts of a language into terms."""

    def __init__(self, key: str) -> None:
        """Take the key of a stemmer, or nothing, as `find_stemmer` gives it."""
        self._kept = _Terms(key)

    def terms(self, text: str) -> list[str]:
        """Return the terms of a plain text in its order, each as often as it is there."""
        return list(chain.from_iterable(map(self._kept.__getitem__, _find_words(text))))


class _Terms(dict[str, tuple[str, ...]]):
    """A word as it is written -> its terms."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self._key = key
        self._stem: Callable[[str], str] = load_stemmer(key) if key else str

    def __missing__(self, word: str) -> tuple[str, ...]:
        lower = self._normalize(word)
        # Other forms than ASCII can become yet another when normalized again.
        terms = self[lower] if lower != word and lower.isascii() else tuple(self._read(lower))
        if len(word) <= LONGEST:
            if len(self) >= _KEPT:
                self.clear()
            self[word] = terms
        return terms

    def _normalize(self, word: str) -> str:
        if word.isascii() and self._key != "tr":
            return word.lower()
        word = _APOSTROPHE.sub("'", _INVISIBLE.sub("", unicodedata.normalize("NFKC", word)))
        if self._key != "fa":  # whose stemmer knows what it parts
            word = _ARABIC_BOUNDARY.sub(r"\1 ", word).replace(_NON_JOINER, "")
        if self._key == "tr":
            word = word.replace("I", "ı").replace("İ", "i")
        return "".join(map(_digit, word.lower().replace("ς", "σ")))

    def _read(self, lower: str) -> Iterator[str]:
        """Yield the terms of what was one word; its compatibility form can be several, as that of ½ is."""
        if lower.isascii() and lower.isalnum():
            yield self._fold(lower[:LONGEST])
            return
        if self._key in _ELIDING:
            lower = lower.replace("'", " ")
        for word in _find_words(lower):
            for run in _RUNS.findall(word):
                if _IS_UNSPACED.match(run):
                    characters = _CHARACTERS.findall(run)
                    yield from map(add, characters, characters[1:]) if len(characters) > 1 else characters
                elif term := self._fold(run[:LONGEST]):
                    yield term

    def _fold(self, word: str) -> str:
        # Stemmers count characters, and JavaScript counts those beyond the basic plane twice.
        term = word if _BEYOND_BASIC.search(word) else self._stem(word)
        if term.isascii():
            return term.replace("'", "")
        return unicodedata.normalize("NFC", _STRIP.sub("", unicodedata.normalize("NFD", term)).translate(_FOLD))


def _find_words(text: str) -> list[str]:
    needs_all = not text.isascii() and _BEYOND_BASIC.search(text)
    return _words(BASIC + SUPPLEMENTARY if needs_all else BASIC).findall(text)


def _digit(character: str) -> str:
    if character.isascii() or not character.isdecimal():
        return character
    return str(unicodedata.decimal(character))


def load_analyser(language: str) -> Analyser:
    """Return the analyser of a BCP 47 tag, one for all that are treated alike."""
    return _load(find_stemmer(language))


@cache
def _load(key: str) -> Analyser:
    return Analyser(key)
