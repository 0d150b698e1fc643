"""What text a regular expression cannot match without, so that most lines need not be searched at all."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_GROUP = re.compile(r"\((?:\?(?:P<\w+>|[aiLmsux]*(?:-[imsx]+)?:))?(?!\?)")
_LOOK = re.compile(r"\(\?(?:[=!]|<[=!])")
_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]")
_QUANTIFIER = re.compile(r"(?:[*+?]|\{(?P<least>\d*)(?:,\d*)?\})[?+]?")
_HEX = re.compile(r"\\x([0-9a-fA-F]{2})")
_ZERO_WIDTH = frozenset("bBAZ")

Needles = tuple[str, ...]


class _Part(NamedTuple):
    """What a part of a pattern begins and ends at, and the texts of which each match of it holds one."""

    needles: Needles
    end: int


@lru_cache(maxsize=4096)
def find_needles(pattern: str) -> Needles:
    """Return texts of which every match of the pattern holds at least one; none where unknown.

    Of several sets of such texts the one is taken whose shortest text is longest: it is found least often by chance.
    """
    needles, end = _scan_choice(pattern, 0)
    return needles if end == len(pattern) else ()


@lru_cache(maxsize=4096)
def find_first_letters(pattern: str) -> frozenset[str]:
    """Return the small letters that any match of the pattern begins with; none where that is not certain."""
    letters, may_be_empty, end = _first_of_choice(pattern, 0)
    is_certain = letters is not None and not may_be_empty and end == len(pattern)
    return frozenset(letter.lower() for letter in letters or ()) if is_certain else frozenset()


class _First(NamedTuple):
    """What a part of a pattern may begin with (None: nobody knows), whether it may be empty, and its end."""

    letters: frozenset[str] | None
    may_be_empty: bool
    end: int


def _first_of_choice(pattern: str, at: int) -> _First:
    found: frozenset[str] | None = frozenset()
    may_be_empty = False
    while True:
        letters, is_empty, at = _first_of_sequence(pattern, at)
        found = None if found is None or letters is None else found | letters
        may_be_empty |= is_empty
        if pattern[at : at + 1] != "|":
            return _First(found, may_be_empty, at)
        at += 1


def _first_of_sequence(pattern: str, at: int) -> _First:
    found: frozenset[str] | None = frozenset()
    is_open = True  # all before may be empty
    while at < len(pattern) and pattern[at] not in "|)":
        letters, is_empty, end = _first_of_atom(pattern, at)
        quantifier = _QUANTIFIER.match(pattern, end)
        is_optional = quantifier is not None and (quantifier[0][0] in "*?" or quantifier["least"] in {"", "0"})
        if is_open:
            found = None if found is None or letters is None else found | letters
            is_open = is_empty or is_optional
        at = quantifier.end() if quantifier else end
    return _First(found, is_open, at)


def _first_of_atom(pattern: str, at: int) -> _First:
    if pattern[at] == "(" and not _LOOK.match(pattern, at):
        group = _GROUP.match(pattern, at)
        if group is None:
            return _First(None, may_be_empty=False, end=len(pattern) + 1)
        inside = _first_of_choice(pattern, group.end())
        return inside._replace(end=inside.end + 1)
    literal, _, end = _scan_atom(pattern, at)
    if literal is None:
        is_look = pattern[at] == "("
        return _First(frozenset() if is_look else None, may_be_empty=is_look, end=end)
    return _First(frozenset(literal[:1]), may_be_empty=not literal, end=end)


def _scan_choice(pattern: str, at: int) -> _Part:
    """Read alternatives up to the bracket that closes them, or to the end."""
    found: list[Needles] = []
    while True:
        needles, at = _scan_sequence(pattern, at)
        found.append(needles)
        if pattern[at : at + 1] != "|":
            break
        at += 1
    return _Part(tuple(dict.fromkeys(text for needles in found for text in needles)) if all(found) else (), at)


def _scan_sequence(pattern: str, at: int) -> _Part:
    best: Needles = ()
    run = ""
    while at < len(pattern) and pattern[at] not in "|)":
        literal, needles, end = _scan_atom(pattern, at)
        quantifier = _QUANTIFIER.match(pattern, end)
        is_optional = quantifier is not None and (quantifier[0][0] in "*?" or quantifier["least"] in {"", "0"})
        if literal is not None and quantifier is None:
            run += literal
        else:
            if literal and not is_optional:
                run += literal
            best = _better(best, (run,) if run else ())
            run = ""
            best = best if is_optional else _better(best, needles)
        at = quantifier.end() if quantifier else end
    return _Part(_better(best, (run,) if run else ()), at)


def _scan_atom(pattern: str, at: int) -> tuple[str | None, Needles, int]:
    """Return the text that an atom is (None where it is not one text), the needles inside it, and its end."""
    mark = pattern[at]
    if mark == "\\":
        return _scan_escape(pattern, at)
    if mark == "[" and (inside := _CLASS.match(pattern, at)):
        return None, (), inside.end()
    if mark == "(":
        return _scan_group(pattern, at)
    if mark in "^$":
        return "", (), at + 1
    return (None if mark == "." else mark), (), at + 1


def _scan_group(pattern: str, at: int) -> tuple[None, Needles, int]:
    if look := _LOOK.match(pattern, at):
        return None, (), _scan_choice(pattern, look.end()).end + 1
    if group := _GROUP.match(pattern, at):
        needles, end = _scan_choice(pattern, group.end())
        return None, needles, end + 1
    return None, (), len(pattern) + 1  # a form that is not known here: nothing is certain


def _scan_escape(pattern: str, at: int) -> tuple[str | None, Needles, int]:
    following = pattern[at + 1 : at + 2]
    if code := _HEX.match(pattern, at):
        return chr(int(code[1], 16)), (), code.end()
    if following in _ZERO_WIDTH:
        return "", (), at + 2
    return (None if following.isalnum() else following), (), at + 2


def _better(one: Needles, other: Needles) -> Needles:
    return max(one, other, key=lambda needles: min(map(len, needles), default=0))
