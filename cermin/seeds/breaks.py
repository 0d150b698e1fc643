"""Sentences that a scraper broke at their links -> paragraphs: ``reported finding``, ``uracil``, ``, one of the …``.

Who takes the text of each element of a page by itself gets a line for every link. Lines that begin with a comma or a
full stop tell such captures: nobody writes so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from cermin.seeds.lines import TEXT, Piece

LONGEST_LINK = 80
"""Characters of a line that may be the text of a link, with the sentence going on behind it."""

_CONTINUES = re.compile(r"[,.;:!?)\]”’，。；：、）」』…]")
_COMPLETE = re.compile(r"[.?!:;。？！：；…۔।][\"”’»)\]」』]*$")


def join_broken(pieces: Sequence[Piece]) -> tuple[list[Piece], int]:
    """Return the pieces of body lines, those of one sentence with one ``paragraph``; and how many breaks were mended.

    A line goes on with the one before when that has no end and it begins as no sentence does; a short line before such
    a one, the text of a link, goes with both.
    """
    if not any(_is_torn(piece) for piece in pieces):
        return list(pieces), 0
    joined = [_restore(pieces, at) for at in range(len(pieces))]
    count = 0
    for at in range(1, len(joined)):
        before, piece = joined[at - 1], joined[at]
        if _are_lines(before, piece) and not _COMPLETE.search(before.text.rstrip()) and _goes_on(joined, at):
            joined[at] = piece._replace(paragraph=before.paragraph)
            count += 1
    return joined, count


def _is_torn(piece: Piece) -> bool:
    return (
        piece.fate in {"body", "cut"} and _CONTINUES.match(piece.text.lstrip()) is not None and ".." not in piece.text
    )


def _restore(pieces: Sequence[Piece], at: int) -> Piece:
    """Return a piece; a lone sign behind a line of text is the end of its sentence, and not an empty field."""
    piece, before = pieces[at], pieces[at - 1] if at else None
    is_sign = piece.rule == "any: empty-field" and _CONTINUES.fullmatch(piece.text.strip())
    if is_sign and before and before.fate == "body" and before.number + 1 == piece.number:
        return piece._replace(fate="body", rule=TEXT, value=piece.text.strip(), paragraph=before.paragraph)
    return piece


def _are_lines(before: Piece, piece: Piece) -> bool:
    return before.fate == piece.fate == "body" and before.number + 1 == piece.number


def _goes_on(pieces: Sequence[Piece], at: int) -> bool:
    text = pieces[at].text.lstrip()
    if _CONTINUES.match(text) or text[:1].islower():
        return True
    following = pieces[at + 1] if at + 1 < len(pieces) else None
    return (
        following is not None
        and len(text) <= LONGEST_LINK
        and not _COMPLETE.search(text.rstrip())
        and _are_lines(pieces[at], following)
        and (_CONTINUES.match(following.text.lstrip()) is not None or following.text.lstrip()[:1].islower())
    )
