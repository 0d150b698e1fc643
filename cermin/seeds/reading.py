"""One text capture -> article or quarantine: the steps in their order."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from cermin.outlets import Outlet
from cermin.records import UNKNOWN, Article, Capture, Line, Published, Reading
from cermin.seeds.dates import Clock, Dated, read_date
from cermin.seeds.decoding import Decoded, decode_text
from cermin.seeds.escaping import escape_text, see_also
from cermin.seeds.gluing import split_glued
from cermin.seeds.heading import Heading, find_heading, split_names
from cermin.seeds.languages import SAMPLE, guess_language
from cermin.seeds.lead import read_lead
from cermin.seeds.lines import Piece, sort_lines, split_match
from cermin.seeds.mending import mend_text
from cermin.seeds.rules import RuleSet, compile_rules, find_literal
from cermin.seeds.text import LARGEST

FIRST_WORDS = 80
"""Characters of the text that stand in for a missing title."""
MENTIONING = 5
"""Paragraphs from the top in which a news agency may be named as the source."""


class _Found(NamedTuple):
    """Fields that lines filled, and the body that they make."""

    fields: dict[str, list[str]]
    paragraphs: list[str]
    first_text: str
    """First line of the body, as plain text."""


def read_article(capture: Capture, outlets: Mapping[str, Outlet]) -> Reading:
    """Return the article that a text capture holds, or the reason why it gives none. Raises nothing, for any bytes.

    ``outlets`` are the known profiles by id; an article of none of them has the outlet `UNKNOWN`. In the reading,
    every non-blank line of the mended text stands once, in order; a line with several fates stands as several pieces
    of one number, which together give the line (apart from space at its ends).
    """
    sha256 = hashlib.sha256(capture.data).hexdigest()
    if len(capture.data) > LARGEST:
        return Reading(capture.seed, sha256, None, f"larger than {LARGEST // 1_000_000} MB")
    decoded = decode_text(capture.data)
    if decoded.fault:
        return Reading(capture.seed, sha256, None, decoded.fault)
    mended = mend_text(decoded.text)
    repairs = mended.repairs + Counter({"byte that is not UTF-8": decoded.misfits})
    lines = [(number, line) for number, line in enumerate(mended.lines, start=1) if line]
    if not lines:
        return Reading(capture.seed, sha256, None, "white space alone" if capture.data else "empty")
    notes = _describe_encoding(decoded)
    article, pieces, splits = _understand(capture, sha256, lines, outlets, notes)
    repairs["glued paragraph"] += splits
    return Reading(
        seed=capture.seed,
        sha256=sha256,
        article=article,
        quarantine="" if article else _explain_quarantine(pieces),
        lines=tuple(Line(piece.number, piece.text, piece.fate, piece.rule) for piece in pieces),
        repairs=tuple(sorted((+repairs).items())),
        notes=tuple(notes),
    )


def _describe_encoding(decoded: Decoded) -> list[str]:
    return [] if decoded.encoding == "utf-8" else [f"read as {decoded.encoding}, which the bytes suggest"]


def _explain_quarantine(pieces: Sequence[Piece]) -> str:
    if not any(one.isalnum() for piece in pieces for one in piece.text):
        return "no words"
    return "no text beside the heading and what rules cut"


def _understand(
    capture: Capture, sha256: str, lines: list[tuple[int, str]], outlets: Mapping[str, Outlet], notes: list[str]
) -> tuple[Article | None, list[Piece], int]:
    """Return the article, what became of the lines, and how many glued paragraphs were set apart."""
    text = "\n".join(line for _, line in lines)
    outlet = _recognise(capture.url, text, outlets)
    language = (outlet and outlet.language) or guess_language(text[:SAMPLE])
    rules = compile_rules(outlet, language)
    clock = _make_clock(outlet, language, capture.captured)
    heading = find_heading(lines, rules, clock, capture.title)
    top = _sort_heading(lines, heading, rules)
    title = next((piece.value for piece in top if piece.fate == "title"), "") or capture.title
    taken = {heading.title, heading.date, heading.author}
    rest = [line for position, line in enumerate(lines) if position not in taken]
    lead = read_lead(rest, title, rules, clock, has_date=heading.date is not None or bool(capture.date))
    parts, splits = split_glued(lead.rest, rules.announcing)
    pieces = sorted([*top, *lead.pieces, *sort_lines(parts, rules)], key=lambda piece: piece.number)
    found = _gather(pieces, rules)
    if not any(one.isalnum() for one in found.first_text):
        return None, pieces, splits
    article = Article(
        title=title or _take_first_words(found.first_text, notes),
        outlet=outlet.id if outlet else UNKNOWN,
        lang=language,
        body="\n\n".join(found.paragraphs),
        seed=capture.seed,
        sha256=sha256,
        published=_publish(capture, lead.dated or _dated(heading, lines), clock, notes),
        authors=_join_names(found.fields.get("author", [])),
        editor=", ".join(dict.fromkeys(found.fields.get("editor", []))),
        agency=_first(found.fields, "agency"),
        place=_first(found.fields, "place"),
        section=_first(found.fields, "section"),
        tags=tuple(dict.fromkeys(found.fields.get("tag", []))),
        url=capture.url or _first(found.fields, "url"),
    )
    return article, pieces, splits


# --- which outlet ---


def _recognise(url: str, text: str, outlets: Mapping[str, Outlet]) -> Outlet | None:
    """Return the outlet of the address, else the one of which most patterns are found; none when two have as many."""
    if url and (named := _find_by_address(url, outlets)):
        return named
    scores = []
    for outlet in outlets.values():
        patterns = _compile_recognition(outlet.recognise)
        score = sum(literal in text and pattern.search(text) is not None for literal, pattern in patterns)
        if score:
            scores.append((score, outlet.id))
    scores.sort(reverse=True)
    if not scores or (len(scores) > 1 and scores[0][0] == scores[1][0]):
        return None
    return outlets[scores[0][1]]


def _find_by_address(url: str, outlets: Mapping[str, Outlet]) -> Outlet | None:
    try:
        host = (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return None
    fitting = [
        (len(domain), outlet.id)
        for outlet in outlets.values()
        for domain in outlet.domains
        if host == domain or host.endswith("." + domain)
    ]
    return outlets[max(fitting)[1]] if fitting else None


@lru_cache(maxsize=4096)
def _compile_recognition(patterns: tuple[str, ...]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((find_literal(pattern), re.compile(pattern, re.MULTILINE)) for pattern in patterns)


# --- lines to pieces ---


def _sort_heading(lines: Sequence[tuple[int, str]], heading: Heading, rules: RuleSet) -> list[Piece]:
    pieces: list[Piece] = []
    if heading.title is not None:
        pieces += _sort_title(*lines[heading.title], rules)
    if heading.date is not None and heading.dated is not None:
        taken = ("date", "layout: date") if heading.dated.value else ("cut", "layout: date not taken")
        pieces.append(Piece(*lines[heading.date], *taken))
    if heading.author is not None:
        number, text = lines[heading.author]
        pieces.append(Piece(number, text, "author", "layout: author", text))
    return pieces


def _sort_title(number: int, text: str, rules: RuleSet) -> list[Piece]:
    for rule in rules.title:
        if match := rule.pattern.fullmatch(text):
            cut = split_match(number, rule, match)[-1].value
            title = text[: len(text) - len(cut)]
            return [
                Piece(number, title, "title", "layout: title", title.strip()),
                Piece(number, text[len(title) :], "cut", rule.name),
            ]
    return [Piece(number, text, "title", "layout: title", text)]


# --- pieces to article ---


def _gather(pieces: Sequence[Piece], rules: RuleSet) -> _Found:
    fields: dict[str, list[str]] = {}
    blocks: list[tuple[int, list[str]]] = []  # number of the paragraph, -1 for a see-also, and what makes it
    for piece in pieces:
        if piece.fate == "see-also":
            blocks.append((-1, [piece.value]))
        elif piece.fate != "body":
            if piece.value:
                fields.setdefault(piece.fate, []).append(piece.value)
        elif blocks and blocks[-1][0] == piece.paragraph:
            blocks[-1][1].append(piece.value)
        else:
            blocks.append((piece.paragraph, [piece.value]))
    texts = [(number >= 0, " ".join(parts)) for number, parts in blocks]
    paragraphs = [escape_text(text) if is_body else see_also(rules.label, text) for is_body, text in texts]
    body_texts = [text for is_body, text in texts if is_body]
    for text in body_texts[:MENTIONING]:
        _note_mentions(text, rules, fields)
    return _Found(fields, paragraphs, next(iter(body_texts), ""))


def _note_mentions(text: str, rules: RuleSet, fields: dict[str, list[str]]) -> None:
    lowered = text.lower()
    for rule in rules.mentions:
        if rule.literal in lowered and (match := rule.pattern.search(text)):
            for name, value in match.groupdict().items():
                if value:
                    fields.setdefault(name, []).append(value)


def _first(fields: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(fields.get(name, ())), "")


def _join_names(bylines: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for byline in bylines for name in split_names(byline)))


def _take_first_words(text: str, notes: list[str]) -> str:
    notes.append("no title in the capture: the first words of the text stand in for it")
    sentence = re.match(r".{8,100}?[.?!](?= [^a-z])", text)
    if sentence:
        return sentence[0].rstrip(".")
    if len(text) <= FIRST_WORDS:
        return text.rstrip(".")
    shortened = text[: FIRST_WORDS + 1].rpartition(" ")[0] or text[:FIRST_WORDS]
    return shortened.rstrip(" ,;:-–—") + "…"


# --- when ---


def _make_clock(outlet: Outlet | None, language: str, captured: str) -> Clock:
    if outlet and outlet.date_order:
        return Clock(outlet.time_zone, outlet.date_order, f"outlet {outlet.id}", captured)
    # English is written in countries of both orders; all others of our languages put the day before the month.
    order, order_from = ("", "") if language in {"", "en"} else ("dmy", f"language {language}")
    return Clock(outlet.time_zone if outlet else "", order, order_from, captured)


def _dated(heading: Heading, lines: Sequence[tuple[int, str]]) -> tuple[int, Dated] | None:
    return (lines[heading.date][0], heading.dated) if heading.date is not None and heading.dated is not None else None


def _publish(capture: Capture, line: tuple[int, Dated] | None, clock: Clock, notes: list[str]) -> Published | None:
    told = read_date(capture.date, clock) if capture.date else None
    if capture.date and not told:
        notes.append(f'date "{capture.date[:FIRST_WORDS]}" of the container is not understood')
    if published := _take_date(told, "container", notes):
        return published
    return _take_date(line[1], f"line {line[0]}", notes) if line else None


def _take_date(dated: Dated | None, source: str, notes: list[str]) -> Published | None:
    if dated is None:
        return None
    if dated.note:
        notes.append(dated.note)
    return Published(dated.value, dated.precision, source) if dated.value else None
