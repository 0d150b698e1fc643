"""Slugs: the part of an address that is made of words."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from hashlib import blake2b

LONGEST = 100
"""Characters of a slug; with `LONGEST_BYTES`, so that a name with its ending fits every file system (255 bytes)."""
LONGEST_BYTES = 180

RESERVED = frozenset(
    (
        "about archive authors data feeds latest manifest outlets robots search sections sitemaps static topics 404 "
        "index"
    ).split()
)
"""Names at the top of a site that no outlet can have."""

_NOT_ASCII_WORD = re.compile(r"[^a-z0-9]+")
_DROPPED = re.compile("['\u2018\u2019\u02bc`\u00b4]")
# Latin letters that have no decomposition in Unicode.
_LATIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d"})
_VARIATION_SELECTORS = range(0xFE00, 0xFE10)


@lru_cache(maxsize=65536)
def slugify(text: str) -> str:
    """Return ``text`` as a slug: lower case, letters and digits of any script, Latin letters without accents, hyphens.

    The result is a pure function of the text, in NFC, safe as a file name, and empty when no letter or digit is left.
    """
    # Lower case behind casefold(), for Cherokee, which it folds to capitals.
    folded = _DROPPED.sub("", unicodedata.normalize("NFKC", text).casefold().lower())
    if not folded.isascii():
        folded = _drop_accents("".join(map(_slug_characters, folded.translate(_LATIN))))
        words = unicodedata.normalize("NFC", folded).split()
    else:
        words = _NOT_ASCII_WORD.sub(" ", folded).split()
    return _shorten("-".join(words))


def name_slug(name: str) -> str:
    """Return the slug of a topic, author or section; names without a letter or digit get one made of their hash."""
    return slugify(name) or "x-" + blake2b(name.encode(), digest_size=4).hexdigest()


def _slug_characters(character: str) -> str:
    if character.isascii():
        return character if character.isalnum() else " "
    base = unicodedata.normalize("NFKD", character)[0]
    if base.isascii() and base.isalnum():
        return base
    category = unicodedata.category(character)
    if category[0] == "M":
        return "" if ord(character) in _VARIATION_SELECTORS else character
    return character if character.isalnum() else " "


def _drop_accents(text: str) -> str:
    """Return the text without the marks that stand on a Latin letter, on nothing, or on a space."""
    kept: list[str] = []
    for character in text:
        if unicodedata.category(character)[0] != "M" or (kept and not kept[-1].isascii()):
            kept.append(character)
    return "".join(kept)


def _shorten(slug: str) -> str:
    if len(slug) <= LONGEST and len(slug.encode()) <= LONGEST_BYTES:
        return slug
    head = slug[:LONGEST].encode()[:LONGEST_BYTES].decode(errors="ignore")
    cut = head.rfind("-")
    return (head[:cut] if cut > len(head) // 2 else head).strip("-")
