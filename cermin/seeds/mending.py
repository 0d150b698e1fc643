"""Repairs that change characters but no word: entities, white space that is layout, characters nobody can see."""

from __future__ import annotations

import html
import re
from collections import Counter
from html.entities import html5
from typing import NamedTuple

from cermin.seeds.stored_lists import parse_list


class Mended(NamedTuple):
    """The lines of a text, blank ones too, without layout; and how often each repair was made."""

    lines: list[str]
    repairs: Counter[str]


# Windows-1252 characters at their byte values: a page in that encoding which was stored as if it were Latin-1.
_C1 = {code: bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)}
_ENTITY = re.compile(r"&(?:amp;)*(?P<name>#[0-9]{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)")
_BREAKS = re.compile("\r\n?|[\v\f\u2028\u2029]")
_OTHER_BREAKS = ("\r", "\v", "\f", "\u2028", "\u2029")
_ODD = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\xa0\xad\u061c\u1680\u180e\u2000-\u200f\u202a-\u202f\u205f-\u206f\ufeff\ufdd0-\ufdef\ufff9-\uffff]"
)
_SPACES = frozenset("\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f")
_JOINERS = frozenset("\u200c\u200d")
# Marks and isolates that set the direction of text; the overrides are left out, they serve to deceive.
_DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdcf\ufdf0-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
# Scripts from Hebrew to Mongolian, symbols and emoji, which shape their neighbours by joiners.
_JOINED = re.compile("[\u0590-\u1bff\u2190-\u2bff\ufb1d-\ufeff\U00010000-\U0010ffff]")
_LIST = re.compile(r"^\[['\"].*['\"]\]$", re.MULTILINE)
# UTF-8 that was read as Windows-1252: a lead byte as a letter, then trail bytes as signs.
_MOJIBAKE = re.compile(
    "[\u00c2-\u00f4](?:[\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122])+"
)
_RUNS = re.compile(r"\t[ \t]*| [ \t]+")


def mend_text(text: str) -> Mended:
    """Return the lines with no layout inside them and no invisible character.

    A line that is a list of texts as Python writes it (``['…', '…']``) becomes a line for each. UTF-8 that was read as
    Windows-1252 is read anew. Entities become characters; no-break and other wide spaces become plain ones, runs of
    them one; zero-width and control characters go. Joiners stay in scripts which need them, marks of direction beside
    right-to-left text. White space at the ends of lines goes without being counted: it is layout alone.
    """
    repairs: Counter[str] = Counter()
    if "['" in text or '["' in text:
        text = _LIST.sub(lambda match: _mend_list(match, repairs), text)
    if not text.isascii() and _MOJIBAKE.search(text):
        text = _mend_mojibake(text, repairs)
    if "&" in text:
        text = _ENTITY.sub(lambda match: _mend_entity(match, repairs), text)
    if _ODD.search(text):
        text = _mend_odd(text, repairs)
    if any(sign in text for sign in _OTHER_BREAKS):
        text = _BREAKS.sub("\n", text)
    text = "\n".join(map(str.strip, text.split("\n")))
    if "  " in text or "\t" in text:
        text, repairs["repeated space"] = _RUNS.subn(" ", text)
    return Mended(text.split("\n"), +repairs)


def _mend_list(match: re.Match[str], repairs: Counter[str]) -> str:
    items = parse_list(match[0])
    if items is None:
        return match[0]
    repairs["list as Python writes it"] += 1
    return "\n".join(items)


def _mend_mojibake(text: str, repairs: Counter[str]) -> str:
    from ftfy import fix_encoding

    lines = text.split("\n")
    for at, line in enumerate(lines):
        if _MOJIBAKE.search(line) and (fixed := fix_encoding(line)) != line:
            repairs["mojibake"] += 1
            lines[at] = fixed
    return "\n".join(lines)


def _mend_entity(match: re.Match[str], repairs: Counter[str]) -> str:
    name = match["name"]
    if not name.startswith("#") and name not in html5:
        return match[0]
    repairs["entity"] += 1
    character = html.unescape("&" + name)
    # An entity for a line break stands inside a line of the capture, where it is a space like any other.
    return " " if character.isspace() and character != "\xa0" else character


def _mend_odd(text: str, repairs: Counter[str]) -> str:
    right_to_left = _RIGHT_TO_LEFT.search(text) is not None

    def mend(match: re.Match[str]) -> str:
        character = match[0]
        if character in _SPACES:
            repairs["no-break space" if character in "\xa0\u202f" else "wide space"] += 1
            return " "
        if "\x80" <= character <= "\x9f":
            repairs["Windows-1252 character"] += 1
            return _C1[ord(character)]
        if character in _JOINERS and _JOINED.match(text, match.start() - 1):
            return character
        if character in _DIRECTIONS and right_to_left:
            return character
        invisible = character in "\xad\u180e\ufeff" or "\u200b" <= character <= "\u206f"
        repairs["zero-width character" if invisible else "control character"] += 1
        return ""

    return _ODD.sub(mend, text)
