"""Lines of a capture -> pieces, each with its fate: a field, body, see-also, or a cut under the name of a rule.

The pieces of a line, put together, give the line: nothing is dropped without a name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from cermin.seeds.announced import LONGEST, Surroundings, find_title_end
from cermin.seeds.rules import LineRules, Rule, RuleSet

LONGEST_RULED = 1_000
"""Characters; a line longer than that is text, and only ``inline`` rules look into it."""
SENTENCE = 80
"""Characters from which a line that ends as a sentence does is taken for a paragraph of the article."""
MOST_BEHIND_END = 0.15
"""Share of the text in such paragraphs that may stand behind a line with which articles end, and be cut with it."""
LISTED_TITLES = 2
"""Titles that a see-also label on a line of its own is followed by, at most."""
TEXT = "text"
"""Rule of a line that no rule claims: it is body."""

_TITLE_WORDS = 3
SHORTEST_TITLE = 8
LONGEST_TITLE = 130
_NUMBERED = re.compile(r"\d+[.)] ")
_BULLET = re.compile(r"[-–•·*] ")
_SENTENCE_ENDS = (".", "。", "।", "۔", ";", ":", ",", '."', ".”", ".’", '"', "”", ")")


class Piece(NamedTuple):
    """A line, or a part of one."""

    number: int
    text: str
    """As in the mended capture."""
    fate: str
    rule: str
    value: str = ""
    """What the fate is about: a see-also's title, a field's value, a body piece's text."""
    paragraph: int = -1
    """Which of the paragraphs that were sorted a body piece is of; a line of the capture may hold several, and
    a paragraph several lines. Of other pieces -1."""


def sort_lines(lines: Sequence[tuple[int, str]], rules: RuleSet) -> list[Piece]:
    """Return the pieces of paragraphs (number of the line and text, none blank), in order; a line may hold several."""
    pieces: list[Piece] = []
    heading: Rule | None = None
    listed = 0
    around = Surroundings(text for _, text in lines)
    rules = rules.narrow(around.lowered)
    for paragraph, (number, text) in enumerate(lines):
        if found := _sort_whole(number, text, rules):
            heading = None
            pieces += found
        elif opened := _find_heading(text, rules):
            heading, listed = opened, 0
            pieces.append(Piece(number, text, "cut", opened.name))
        elif heading and _is_listed(text, heading, listed):
            listed += 1
            pieces.append(_list_piece(number, text, heading))
        else:
            heading = None
            pieces += _sort_inline(Piece(number, text, "body", TEXT, text, paragraph), rules, around)
    return _cut_last(_cut_behind_end(pieces, rules), rules)


def _cut_behind_end(pieces: list[Piece], rules: RuleSet) -> list[Piece]:
    """Cut what stands behind a line with which articles end, unless too much text does: then it was no such line."""
    text = [len(one.text) if one.fate == "body" and is_sentence(one.text) else 0 for one in pieces]
    whole = behind = sum(text)
    for at, piece in enumerate(pieces):
        if (
            at
            and behind <= MOST_BEHIND_END * whole
            and piece.fate in {"body", "cut"}
            and (found := _match_short(piece.text, rules.ends))
        ):
            return [*pieces[:at], *(_cut(one, found[0].name) for one in pieces[at:])]
        behind -= text[at]
    return pieces


def _cut_last(pieces: list[Piece], rules: RuleSet) -> list[Piece]:
    """Apply the rules for what may stand behind an article's text, from the end on, as far as they match."""
    found: list[Piece] = []
    for at in range(len(pieces) - 1, 0, -1):
        piece = pieces[at]
        if piece.fate == "body":
            match = rules.last.match(piece.text.strip()) if len(piece.text) <= LONGEST_RULED else None
            if match is None:
                return [*pieces[: at + 1], *reversed(found)]
            found += reversed(_pad(piece, split_match(piece.number, *match)))
        else:
            found.append(piece)
    return [*pieces[:1], *reversed(found)]


def _pad(piece: Piece, parts: list[Piece]) -> list[Piece]:
    """Give the parts of a piece the white space at its ends."""
    start = len(piece.text) - len(piece.text.lstrip())
    parts[0] = parts[0]._replace(text=piece.text[:start] + parts[0].text)
    parts[-1] = parts[-1]._replace(text=parts[-1].text + piece.text[len(piece.text.rstrip()) :])
    return parts


def _cut(piece: Piece, rule: str) -> Piece:
    return piece._replace(fate="cut", rule=rule, value="") if piece.fate in {"body", "see-also"} else piece


def is_sentence(text: str) -> bool:
    """Whether a line is a paragraph of an article: long, and ended as a sentence is; or longer than any title."""
    if len(text) > LONGEST_TITLE:
        return True
    least = SENTENCE if text.isascii() or " " in text else SENTENCE // 2
    return len(text) >= least and text.rstrip().endswith((*_SENTENCE_ENDS, "?", "!", "？", "！"))


def split_match(number: int, rule: Rule, match: re.Match[str]) -> list[Piece]:
    """Return the pieces of a match: one that ends with each named group, the last one with the match."""
    groups = [(match.end(name), name) for name in match.re.groupindex if match[name]]
    if not groups:
        return [Piece(number, match[0], "cut", rule.name)]
    groups.sort()
    starts = [match.start(), *(end for end, _ in groups[:-1])]
    ends = [*(end for end, _ in groups[:-1]), match.end()]
    return [
        Piece(number, match.string[start:end], name.replace("_", "-"), rule.name, match[name].strip())
        for start, end, (_, name) in zip(starts, ends, groups, strict=True)
    ]


def is_title_like(text: str) -> bool:
    """Whether a line can be the title of an article: some words, not numbered, and not ended as a sentence is."""
    return (
        SHORTEST_TITLE <= len(text) <= LONGEST_TITLE
        and not text.endswith(_SENTENCE_ENDS)
        and not _NUMBERED.match(text)
        and (text.count(" ") + 1 >= _TITLE_WORDS or not text.isascii())
    )


def _sort_whole(number: int, text: str, rules: RuleSet) -> list[Piece]:
    found = rules.whole.match(text) if len(text) <= LONGEST_RULED else None
    return split_match(number, *found) if found else []


def _find_heading(text: str, rules: RuleSet) -> Rule | None:
    found = _match_short(text, rules.lists)
    return found[0] if found else None


def _match_short(text: str, rules: LineRules) -> tuple[Rule, re.Match[str]] | None:
    return rules.match(text.strip()) if len(text) <= LONGEST_TITLE else None


def _is_see_also(heading: Rule) -> bool:
    return heading.name.endswith(": see-also")


def _is_listed(text: str, heading: Rule, listed: int) -> bool:
    if _is_see_also(heading):
        return listed < LISTED_TITLES and is_title_like(text)
    begins_new = not text[0].islower()
    return begins_new and is_title_like(_BULLET.sub("", text, count=1))


def _list_piece(number: int, text: str, heading: Rule) -> Piece:
    if _is_see_also(heading):
        return Piece(number, text, "see-also", heading.name, text)
    return Piece(number, text, "cut", heading.name)


def _sort_inline(whole: Piece, rules: RuleSet, around: Surroundings) -> list[Piece]:
    """Return the pieces of a body line: what inline rules find, titles that are announced, and the body around them."""
    lowered = whole.text.lower()
    pieces = [whole]
    trying = [rule for rule in rules.inline if rule.may_match(lowered)]
    # What one rule takes out may leave another's text at the end of a piece, hence the second round.
    for rule in [*trying, *trying]:
        pieces = [part for piece in pieces for part in _split_body(piece, rule)]
    for label in rules.labels:
        if label.may_match(lowered):
            pieces = [part for piece in pieces for part in _split_announced(piece, label, rules, around)]
    return pieces


def _split_body(piece: Piece, rule: Rule) -> list[Piece]:
    if piece.fate != "body":
        return [piece]
    parts: list[Piece] = []
    at = 0
    for match in rule.pattern.finditer(piece.text):
        if match[0]:
            parts += _keep_body(piece, at, match.start())
            parts += split_match(piece.number, rule, match)
            at = match.end()
    return _join_blanks([*parts, *_keep_body(piece, at, len(piece.text))]) if parts else [piece]


def _split_announced(piece: Piece, label: Rule, rules: RuleSet, around: Surroundings) -> list[Piece]:
    matches = list(label.pattern.finditer(piece.text)) if piece.fate == "body" else []
    if not matches:
        return [piece]
    parts: list[Piece] = []
    at = 0
    ends = [match.start() for match in matches[1:]] + [len(piece.text)]
    for match, horizon in zip(matches, ends, strict=True):
        start = match.end()
        length = find_title_end(piece.text[start : min(horizon, start + LONGEST + 1)], rules.title_words, around)
        if length is None or not (title := piece.text[start : start + length].strip()):
            continue
        parts += _keep_body(piece, at, match.start())
        at = start + length
        parts.append(Piece(piece.number, piece.text[match.start() : at], "see-also", label.name, title))
    return _join_blanks([*parts, *_keep_body(piece, at, len(piece.text))]) if parts else [piece]


def _keep_body(piece: Piece, start: int, end: int) -> list[Piece]:
    text = piece.text[start:end]
    return [piece._replace(text=text, value=text.strip())] if text else []


def _join_blanks(pieces: Sequence[Piece]) -> list[Piece]:
    """Give the space between pieces to the one before it, or the first: no piece is blank."""
    joined: list[Piece] = []
    ahead = ""
    for piece in pieces:
        if piece.text.strip():
            joined.append(piece._replace(text=ahead + piece.text))
            ahead = ""
        elif joined:
            joined[-1] = joined[-1]._replace(text=joined[-1].text + piece.text)
        else:
            ahead += piece.text
    return joined
