"""What is known of languages, from the TOML files of this folder, and which language a text is in.

A file holds ``words`` (frequent ones that few neighbouring languages share), ``months`` (twelve lists of names, short
forms too), ``days``; where line rules exist, ``see_also`` (the label before a title), ``announcing`` (such labels where
a scraper lost the title), ``connectors`` and ``starters`` (see `TitleWords`) and the tables of rules as in an outlet's
profile, with ``labels`` (before a title inside a line) beside them. ``any.toml`` has rules for every language and no
words.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

SAMPLE = 1_500
"""Characters of a text that are looked at."""
SCRIPT_SAMPLE = 600
"""Characters of it that tell the script."""
ENOUGH = 0.04
"""Share of a text's words that must be known ones of a language."""

# First character of a script and what it tells; an empty name begins what tells nothing. After the Unicode blocks.
_SCRIPTS: tuple[tuple[int, str], ...] = (
    (0x0000, ""), (0x0370, "el"), (0x0400, "Cyrl"), (0x0530, "hy"), (0x0590, "he"), (0x0600, "Arab"), (0x0700, ""),
    (0x0750, "Arab"), (0x0780, ""), (0x0900, "Deva"), (0x0980, "bn"), (0x0A00, "pa"), (0x0A80, "gu"), (0x0B00, "or"),
    (0x0B80, "ta"), (0x0C00, "te"), (0x0C80, "kn"), (0x0D00, "ml"), (0x0D80, "si"), (0x0E00, "th"), (0x0E80, "lo"),
    (0x0F00, "bo"), (0x1000, "my"), (0x10A0, "ka"), (0x1100, "ko"), (0x1200, "am"), (0x1400, ""), (0x1780, "km"),
    (0x1800, ""), (0x3040, "ja"), (0x3100, ""), (0x3400, "zh"), (0xA000, ""), (0xAC00, "ko"), (0xD7B0, ""),
    (0xFB50, "Arab"), (0xFE00, ""), (0xFE70, "Arab"), (0xFF00, ""),
)  # fmt: skip
_STARTS = [start for start, _ in _SCRIPTS]
_SHARED = frozenset({"Cyrl", "Arab", "Deva"})
"""Scripts of several languages that words must tell apart."""
_OTHER_SCRIPT = re.compile("[\u0370-\u1dff\u2c00-\ua6ff\uaa80-\ud7ff\uf900-\uffdc]")
_WORD = re.compile(r"[^\W\d_]+")
_TAG = re.compile(r"(?P<language>[a-z]{2,3})(?:-(?P<script>[a-z]{4}))?(?:-[a-z0-9]{1,8})*")
_KIN = {"Hans": "Hani", "Hant": "Hani", "Jpan": "Hani"}
"""Scripts that a short text does not tell apart, and one name for them."""
_FOLDER = Path(__file__).parent


class Words(NamedTuple):
    """The words of all languages together, in small letters."""

    languages: Mapping[str, tuple[str, ...]]
    """Frequent word -> languages that it speaks for."""
    months: Mapping[str, int]
    days: frozenset[str]


@lru_cache
def load_words() -> Words:
    """Read the words of every language file, once a process."""
    languages: dict[str, tuple[str, ...]] = {}
    months: dict[str, int] = {}
    days: set[str] = set()
    for path in sorted(_FOLDER.glob("*.toml")):
        table = load_language(path.stem)
        for word in table.get("words", "").split():
            languages[word] = (*languages.get(word, ()), path.stem)
        for number, names in enumerate(table.get("months", ()), start=1):
            months.update(dict.fromkeys(names, number))
        days.update(table.get("days", ()))
    return Words(languages, months, frozenset(days))


@lru_cache
def load_language(tag: str) -> Mapping[str, Any]:
    """Return the file of a language by its tag (``pt-BR`` has that of ``pt``); empty where there is none."""
    try:
        return tomllib.loads((_FOLDER / f"{tag.partition('-')[0]}.toml").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}


def guess_language(text: str) -> str:
    """Return the language of a text as BCP 47 tag by its script and its frequent words, empty when neither tells."""
    sample = text[:SAMPLE]
    script = _find_script(sample[:SCRIPT_SAMPLE]) if _OTHER_SCRIPT.search(sample) else ""
    if script and script not in _SHARED:
        return script
    words = _WORD.findall(sample.lower())
    known = load_words().languages
    score = Counter(tag for word in words if word in known for tag in known[word])
    ranked = sorted(score.items(), key=lambda item: (-item[1], item[0]))
    if not ranked or ranked[0][1] < max(2, ENOUGH * len(words)):
        return ""
    return "" if len(ranked) > 1 and ranked[0][1] == ranked[1][1] else ranked[0][0]


def choose_language(told: str, text: str) -> str:
    """Return the language of a text which its container tells as BCP 47 tag ``told``, in small letters.

    The tag is trusted when CLDR knows it and the text is in its script. ``en`` is what programs write where nobody
    said anything, so the words of the text may overrule it. Of the tag the language is kept, and the script where it
    is named; a region says where a program was made as often as where a text was.
    """
    guessed = guess_language(text)
    parts = _TAG.fullmatch(told.strip().replace("_", "-").lower())
    if not parts:
        return guessed
    from babel.core import get_global

    language = get_global("language_aliases").get(parts["language"], parts["language"])
    likely = get_global("likely_subtags").get(language)
    if not likely or (language == "en" and guessed):
        return guessed
    script = (parts["script"] or likely.split("_")[1]).title()
    if _KIN.get(script, script) != _script_of(text):
        return guessed
    return f"{language}-{script}" if parts["script"] else language


def contradicts(text: str, language: str) -> bool:
    """Tell whether a text is in another script than a language; Latin letters say nothing, as menus are in them too."""
    if not _OTHER_SCRIPT.search(text[:SCRIPT_SAMPLE]):
        return False
    from babel.core import get_global

    known = get_global("likely_subtags")
    likely = known.get(language.replace("-", "_")) or known.get(language.partition("-")[0]) or "und_Latn"
    script = likely.split("_")[1]
    return _script_of(text) not in {"Latn", _KIN.get(script, script)}


def _script_of(text: str) -> str:
    """Return the script that the beginning of a text is in, as ISO 15924 has it; that of `_KIN` for those in it."""
    sample = text[:SCRIPT_SAMPLE]
    found = _find_script(sample) if _OTHER_SCRIPT.search(sample) else ""
    if not found or found in _SHARED:
        return found or "Latn"
    from babel.core import get_global

    script: str = get_global("likely_subtags")[found].split("_")[1]
    return _KIN.get(script, script)


def _find_script(sample: str) -> str:
    """Return the script which most letters are in: empty for Latin."""
    letters = [one for one in sample if one.isalpha()]
    count = Counter(_SCRIPTS[bisect_right(_STARTS, ord(one)) - 1][1] for one in letters if one > "\u036f")
    if count["ja"] * 10 > count["zh"]:  # Chinese characters between kana are Japanese
        count["ja"] += count.pop("zh", 0)
    script, most = max(count.items(), key=lambda item: (item[1], item[0]), default=("", 0))
    # One Chinese character says what several letters do, and names in Latin letters abound in other scripts.
    weight = 3 if script in {"zh", "ja", "ko"} else 1
    return script if most * weight * 2 >= len(letters) else ""
