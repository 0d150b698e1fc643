"""Shelves: the lists of articles that a site is made of, and each article's place on them.

A shelf is one list: all articles (``latest``), those of an outlet, section, topic or author, of a day, those without a
date, and the other versions of one article. Articles stand on a shelf in the order of (moment, tie): the moment in
seconds since 1970, and a number made of the address, so that the order depends on the articles alone and never on the
order in which they arrived.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

from cermin.addresses import AUTHOR, DAY, LATEST, NO_DATE, OUTLET, REVISION, SECTION, TOPIC
from cermin.records import Entry
from cermin.slugs import name_slug

UNDATED = -(1 << 60)
"""The moment of an article without a date: before all others."""


class Place(NamedTuple):
    """Where an article stands on each of its shelves."""

    moment: int
    tie: int


FIRST = Place(-(1 << 61), 0)
"""A place before all articles."""
LAST = Place(1 << 60, 0)
"""A place behind all articles."""


class ShelfName(NamedTuple):
    """A shelf by kind and slug (both empty of meaning to a reader), with the spelling that one article gives it."""

    kind: str
    slug: str
    name: str
    lang: str = ""
    """The language of the name: that of the article; empty where the name is none, as an id or a day."""


def place_of(entry: Entry) -> Place:
    """Return the article's place; a day without a time counts as its first moment, a time without a zone as UTC."""
    tie = int.from_bytes(blake2b(entry.address.encode(), digest_size=7).digest())
    return Place(_moment(entry.date), tie)


@lru_cache(maxsize=4096)
def _moment(date: str) -> int:
    if not date:
        return UNDATED
    moment = datetime.fromisoformat(date)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def month_number(date: str) -> int:
    """Return the number of the month that a date names, counted from January of the year 0; 0 for no date."""
    return int(date[:4]) * 12 + int(date[5:7]) - 1 if date else 0


def month_named(number: int) -> str:
    """Return the month with a number as dates begin: ``2024-06``."""
    return f"{number // 12:04}-{number % 12 + 1:02}"


def shelves_of(entry: Entry) -> list[ShelfName]:
    """Return the shelves on which the article stands, each once; another version of one stands beside that alone."""
    if entry.revision_of:
        return [ShelfName(REVISION, entry.revision_of.removesuffix(".md") + ".html", "")]
    shelves = [ShelfName(LATEST, "", ""), ShelfName(OUTLET, entry.outlet, entry.outlet)]
    if entry.section:
        shelves.append(ShelfName(SECTION, name_slug(entry.section), entry.section, entry.lang))
    for kind, names in ((TOPIC, entry.tags), (AUTHOR, entry.authors)):
        shelves += {
            (slug := name_slug(name)): ShelfName(kind, slug, name, entry.lang) for name in reversed(names)
        }.values()
    shelves.append(ShelfName(DAY, entry.date[:10], entry.date[:10]) if entry.date else ShelfName(NO_DATE, "", ""))
    return shelves


_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")
_WITHOUT_SIGNS = dict.fromkeys(number for number in range(128) if not chr(number).isalnum())
_VARIATION_SELECTORS = range(0xFE00, 0xFE10)


def fold_title(title: str) -> str:
    """Return a title as it is compared when a see-also looks for its article: letters and digits, case folded.

    Marks, which are vowels in many scripts, belong to their letters.
    """
    if title.isascii():
        return title.lower().translate(_WITHOUT_SIGNS)
    folded = unicodedata.normalize("NFC", title.casefold())
    return folded if folded.isalnum() else _NOT_ALPHANUMERIC.sub(_keep_marks, folded)


def _keep_marks(match: re.Match[str]) -> str:
    return "".join(
        one for one in match[0] if unicodedata.category(one)[0] == "M" and ord(one) not in _VARIATION_SELECTORS
    )
