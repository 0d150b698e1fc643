"""The dates that a page tells -> the one on which its article was published."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from cermin.seeds.dates import Clock, Dated, read_date
from cermin.seeds.languages import load_words

SHOWN = "block"
"""Beginning of the source of a date that readers see."""

MOST_YEARS = 3
"""Years in a text beside which a date is looked for."""
ZONE = 6
"""Characters of a word that can end a date: a time zone, ``p.m.``, with what parts it from others."""
REACH = 7
"""Words of a date before its year and behind it, at most."""

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_ANY_ORDER = Clock(order="dmy")
_LOOSE = re.compile(r"\s+(?=[tT]\d)")
_CHANGED = re.compile(
    r"\b(?:updated?|modified|diperbarui|aktualisiert|stand|geändert|mis à jour|(?:ac|a)tualizado|обновлено)\b|更新",
    re.IGNORECASE,
)
_DAY, _MINUTE, _SECOND = 10, 16, 19
"""Characters of an ISO 8601 time up to its day, its minute and its second."""


class Told(NamedTuple):
    """A date and where it was told."""

    source: str
    dated: Dated


def choose_date(texts: Iterable[tuple[str, str]], clock: Clock) -> Told | None:
    """Return the best of dates (source and text), of which the first are to be believed most; None when none is one.

    A day gains the time of day that another tells for it. Machines are often told local time as if it were UTC, so
    the zone beside the same time of day that readers see is the right one. Dates of a change serve when there are no
    others.
    """
    best: Told | None = None
    changed: Told | None = None
    for source, text in texts:
        dated = _read(text, clock)
        if best and (swapped := _read_swapped(text, dated, clock, best)):
            dated = swapped
        if not dated or not dated.value:
            continue
        told = Told(source, dated)
        if _CHANGED.search(text):
            changed = changed or told
        else:
            best = _refine(best, told) if best else told
            if _is_settled(best):
                break
    return best or changed


def _is_settled(best: Told) -> bool:
    """Whether no other date could make this one better."""
    value = best.dated.value
    return len(value) > _SECOND and (best.source.startswith(SHOWN) or not value.endswith("+00:00"))


def _read_swapped(text: str, dated: Dated | None, clock: Clock, best: Told) -> Dated | None:
    """Return an ambiguous date as read in the other order, where it is the day that another tells then."""
    day = best.dated.value[:_DAY]
    if dated is None or dated.value[:_DAY] == day:
        return None
    swapped = _read(text, clock._replace(order="mdy" if clock.order == "dmy" else "dmy"))
    return swapped._replace(note="") if swapped and swapped.value[:_DAY] == day else None


def _read(text: str, clock: Clock) -> Dated | None:
    loose = _LOOSE.sub("", text)
    if dated := read_date(loose, clock):
        return dated
    found = find_date(loose)
    return read_date(found, clock) if found else None


def find_date(text: str) -> str:
    """Return the longest run of words in a short text that reads as a date, without weekdays; empty where none does."""
    known = load_words()
    words = [word for word in text.strip("()[]").split() if word.strip(",.|").casefold() not in known.days]
    may_begin = [_has_digit(word) or word.strip(",.").casefold() in known.months for word in words]
    years = [at for at, word in enumerate(words) if _YEAR.search(word)]
    for year in years[:MOST_YEARS]:
        for start in range(max(0, year - REACH), year + 1):
            for end in range(min(len(words), year + REACH + 1), year, -1) if may_begin[start] else ():
                run = " ".join(words[start:end]).strip(" ,|()[]-–—")
                if (_has_digit(words[end - 1]) or len(words[end - 1]) <= ZONE) and read_date(run, _ANY_ORDER):
                    return run
    return ""


def _has_digit(word: str) -> bool:
    return any(map(str.isdecimal, word))


def _refine(best: Told, other: Told) -> Told:
    value, finer = best.dated.value, other.dated.value
    if best.dated.precision == "day":
        is_better = other.dated.precision == "minute" and finer[:_DAY] == value[:_DAY]
    else:
        is_zone_shown = other.source.startswith(SHOWN) and value.endswith("+00:00")
        is_better = finer[:_MINUTE] == value[:_MINUTE] and len(finer) > _SECOND
        is_better = is_better and (len(value) == _SECOND or is_zone_shown)
    return other if is_better else best
