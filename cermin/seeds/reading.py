"""One capture -> article or quarantine: the steps in their order."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from cermin.outlets import Outlet
from cermin.records import NOTHING_LEARNED, TEXT, UNKNOWN, Article, Capture, Familiar, Line, Published, Reading
from cermin.seeds.breaks import join_broken
from cermin.seeds.dates import Clock, Dated, read_date
from cermin.seeds.decoding import Decoded, decode_text
from cermin.seeds.escaping import escape_text, see_also
from cermin.seeds.furniture import Origin
from cermin.seeds.gluing import split_glued
from cermin.seeds.heading import Heading, find_heading, fold_title, split_names
from cermin.seeds.languages import SAMPLE, choose_language, contradicts
from cermin.seeds.lead import read_lead
from cermin.seeds.lines import Piece, is_title_like, sort_lines
from cermin.seeds.manuscript import Manuscript, Markup
from cermin.seeds.mending import mend_text
from cermin.seeds.needles import Needles, find_needles
from cermin.seeds.published import choose_date
from cermin.seeds.rendering import Paragraph, join_paragraphs, render
from cermin.seeds.rules import RuleSet, compile_rules
from cermin.seeds.text import LARGEST

FIRST_WORDS = 80
"""Characters of the text that stand in for a missing title."""
MENTIONING = 5
"""Paragraphs from the top in which a news agency may be named as the source."""

_CLOSING = frozenset(",.;:!?)]”’，。；：、）」』")
_TOLD = ("title", "date", "author", "section", "summary", "source", "language")
"""Fields of a capture that its container tells in one line of text."""


class _Found(NamedTuple):
    """Fields that lines filled, and the body that they make."""

    fields: dict[str, list[str]]
    paragraphs: list[Paragraph]
    first_text: str
    """First line of the body, as plain text."""


class _Slice(NamedTuple):
    """A piece of the body, and where it begins in its line."""

    piece: Piece
    start: int

    def is_beside(self, piece: Piece) -> bool:
        """Whether a piece is of the same paragraph."""
        own = self.piece
        is_sorted = own.paragraph >= 0 or own.number == piece.number
        return own.fate == piece.fate and own.paragraph == piece.paragraph and is_sorted

    def is_text(self, markup: Mapping[int, Markup]) -> bool:
        """Whether it is a part of the article's text, and no picture or see-also."""
        is_picture = self.piece.number in markup and markup[self.piece.number].kind == "picture"
        return self.piece.fate == "body" and not is_picture

    def find_value(self) -> tuple[int, int]:
        """Return where the piece's value begins and ends in the line."""
        start = self.start + max(self.piece.text.find(self.piece.value), 0)
        return start, start + len(self.piece.value)


def read_article(
    capture: Capture, outlets: Mapping[str, Outlet], learned: Mapping[str, Familiar] = NOTHING_LEARNED
) -> Reading:
    """Return the article that a capture holds, or the reason why it gives none. Raises nothing, for any bytes.

    ``outlets`` are the known profiles by id; an article of none of them has the outlet `UNKNOWN`; ``learned`` are lines
    that are furniture, by the source of the captures that hold them. In the reading, every non-blank line of the mended
    text, or block of the page, stands once, in order; one with several fates stands as several pieces of one number,
    which together give the line (apart from space at its ends).
    """
    sha256 = hashlib.sha256(capture.data).hexdigest()
    if len(capture.data) > LARGEST:
        return Reading(capture.seed, sha256, None, f"larger than {LARGEST // 1_000_000} MB")
    manuscript = _open(capture)
    if manuscript.fault:
        return Reading(capture.seed, sha256, None, manuscript.fault)
    notes = [*capture.notes, *manuscript.notes]
    repairs = Counter(manuscript.repairs)
    manuscript = replace(manuscript, capture=_mend_fields(manuscript.capture, repairs))
    origin = Origin(outlets, learned)
    article, pieces, breaks = _understand(manuscript, sha256, origin, notes)
    repairs += breaks
    return Reading(
        seed=capture.seed,
        sha256=sha256,
        article=article,
        quarantine="" if article else _explain_quarantine(pieces),
        lines=tuple(Line(piece.number, piece.text, piece.fate, piece.rule) for piece in pieces),
        repairs=tuple(sorted((+repairs).items())),
        notes=tuple(notes),
        source=origin.name,
        keys=origin.keys,
    )


def _open(capture: Capture) -> Manuscript:
    if capture.media_type != TEXT:
        # Most mirrors hold no HTML, and need not wait for what reads it.
        from cermin.seeds.page_manuscript import open_page

        return open_page(capture)
    decoded = decode_text(capture.data)
    if decoded.fault:
        return Manuscript(capture, (), fault=decoded.fault)
    mended = mend_text(decoded.text)
    lines = [(number, line) for number, line in enumerate(mended.lines, start=1) if line]
    if not lines:
        return Manuscript(capture, (), fault="white space alone" if capture.data else "empty")
    repairs = mended.repairs + Counter({"byte that is not UTF-8": decoded.misfits})
    return Manuscript(capture, lines, repairs=repairs, notes=_describe_encoding(decoded))


def _mend_fields(capture: Capture, repairs: Counter[str]) -> Capture:
    """Return the capture with what its container says of it mended as its lines are, each field on one line."""

    def mend(text: str) -> str:
        mended = mend_text(text)
        repairs.update(mended.repairs)
        return " ".join(line for line in mended.lines if line)

    told: dict[str, Any] = {name: mend(text) for name in _TOLD if (text := getattr(capture, name))}
    if capture.tags:
        told["tags"] = tuple(filter(None, map(mend, capture.tags)))
    return replace(capture, **told) if told else capture


def _describe_encoding(decoded: Decoded) -> list[str]:
    return [] if decoded.encoding == "utf-8" else [f"read as {decoded.encoding}, which the bytes suggest"]


def _explain_quarantine(pieces: Sequence[Piece]) -> str:
    if not any(one.isalnum() for piece in pieces for one in piece.text):
        return "no words"
    return "no text beside the heading and what rules cut"


def _language_of(capture: Capture, outlet: Outlet | None, sample: str) -> str:
    """Return the outlet's language; where there is none, or a desk writes in another script, what the text tells."""
    if outlet and outlet.language and not contradicts(sample, outlet.language):
        return outlet.language
    return choose_language(capture.language, sample)


def _understand(
    manuscript: Manuscript, sha256: str, origin: Origin, notes: list[str]
) -> tuple[Article | None, list[Piece], Counter[str]]:
    """Return the article, what became of the lines, and how many breaks between them were mended."""
    capture, lines = manuscript.capture, manuscript.lines
    text = "\n".join(line for _, line in lines)
    outlet = _recognise(capture, text, origin.outlets)
    language = _language_of(capture, outlet, text[:SAMPLE])
    rules = compile_rules(outlet, language)
    clock = _make_clock(outlet, language, capture.captured)
    heading = find_heading(lines, rules, clock, capture.title)
    top = _sort_heading(lines, heading, rules)
    title = next((piece.value for piece in top if piece.fate == "title"), "")
    title = title or next(piece.value for piece in _sort_title(0, capture.title, rules) if piece.fate == "title")
    taken = {heading.title, heading.date, heading.author}
    rest = [line for position, line in enumerate(lines) if position not in taken]
    lead = read_lead(rest, title, rules, clock, has_date=heading.date is not None or bool(capture.date))
    body, breaks = _sort_body(lead.rest, rules, is_text=capture.media_type == TEXT)
    body = [_cut_marginal(piece, manuscript.margin) for piece in body]
    pieces = sorted([*manuscript.pieces, *top, *lead.pieces, *body], key=lambda piece: piece.number)
    pieces = origin.cut_familiar(capture, outlet, title, pieces)
    found = _gather(pieces, rules, manuscript)
    fields = found.fields | _read_byline(capture.author, rules)
    if not any(one.isalnum() for one in found.first_text):
        return None, pieces, breaks
    article = Article(
        title=title or _take_first_words(found.first_text, notes),
        outlet=outlet.id if outlet else UNKNOWN,
        lang=language,
        body=join_paragraphs(found.paragraphs),
        seed=capture.seed,
        sha256=sha256,
        published=_publish(
            manuscript, _dated(heading, lines) or lead.dated or _find_dated(pieces, clock), clock, notes
        ),
        authors=_join_names(fields.get("author", [])),
        editor=", ".join(dict.fromkeys(fields.get("editor", []))),
        agency=_first(fields, "agency"),
        place=_first(fields, "place"),
        section=capture.section or _first(fields, "section"),
        tags=tuple(dict.fromkeys([*capture.tags, *fields.get("tag", [])])),
        url=capture.url or _first(fields, "url"),
        summary=_first(fields, "summary") or capture.summary,
    )
    return article, pieces, breaks


# --- which outlet ---


def _recognise(capture: Capture, text: str, outlets: Mapping[str, Outlet]) -> Outlet | None:
    """Return the outlet of the address, else the one that the container names, else by the patterns found in the text.

    The outlet of which most are found is taken, and none when two have as many.
    """
    if capture.url and (named := _find_by_address(capture.url, outlets)):
        return named
    if capture.source and (named := _find_by_name(capture.source, outlets)):
        return named
    found: Counter[str] = Counter()
    for name, needles, pattern in _RECOGNITION.rows(outlets):
        for needle in needles:
            if needle in text:
                found[name] += pattern.search(text) is not None
                break
    scores = [(score, name) for name, score in found.items() if score]
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


def _find_by_name(source: str, outlets: Mapping[str, Outlet]) -> Outlet | None:
    """Return the outlet whose id or name a text is, or whose domain stands in it; none when several would do."""
    if "." in source and (named := _find_by_address(source if "//" in source else f"//{source}", outlets)):
        return named
    folded = fold_title(source)
    fitting = [outlet for outlet in outlets.values() if folded in {outlet.id, fold_title(outlet.name)}]
    return fitting[0] if len(fitting) == 1 else None


class _Recognition:
    """The patterns by which outlets are recognised, compiled for as long as the profiles are the same."""

    def __init__(self) -> None:
        self._outlets: Mapping[str, Outlet] | None = None
        self._rows: list[tuple[str, Needles, re.Pattern[str]]] = []

    def rows(self, outlets: Mapping[str, Outlet]) -> list[tuple[str, Needles, re.Pattern[str]]]:
        """Return id, needles and pattern of each."""
        if outlets is not self._outlets:
            self._outlets = outlets
            self._rows = [
                (outlet.id, find_needles(pattern) or ("",), _compile(pattern))
                for outlet in outlets.values()
                for pattern in outlet.recognise
            ]
        return self._rows


@lru_cache(maxsize=4096)
def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.MULTILINE)


_RECOGNITION = _Recognition()


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
    """Return the pieces of a title line: what a rule cuts from its beginning or its end, and the title."""
    for rule in rules.title:
        if match := rule.pattern.fullmatch(text):
            start, end = match.span("cut")
            title = text[end:] if start == 0 else text[:start]
            pieces = [
                Piece(number, title, "title", "layout: title", title.strip()),
                Piece(number, text[start:end], "cut", rule.name),
            ]
            return pieces[::-1] if start == 0 else pieces
    return [Piece(number, text, "title", "layout: title", text)]


def _sort_body(lines: Sequence[tuple[int, str]], rules: RuleSet, *, is_text: bool) -> tuple[list[Piece], Counter[str]]:
    """Return the pieces of the lines behind the heading, and the repairs; a page tells its paragraphs itself."""
    if not is_text:
        return sort_lines(lines, rules), Counter()
    parts, splits = split_glued(lines, rules.announcing)
    pieces, joins = join_broken(sort_lines(parts, rules))
    return pieces, Counter({"glued paragraph": splits, "line broken inside a sentence": joins})


def _cut_marginal(piece: Piece, margin: Mapping[int, str]) -> Piece:
    """Return a piece; one of a line beside the article is no body, and a see-also only where it names an article."""
    if piece.number not in margin or not (
        piece.fate == "body" or (piece.fate == "see-also" and not is_title_like(piece.value))
    ):
        return piece
    return piece._replace(fate="cut", rule=margin[piece.number], value="")


# --- pieces to article ---


def _gather(pieces: Sequence[Piece], rules: RuleSet, manuscript: Manuscript) -> _Found:
    fields: dict[str, list[str]] = {}
    blocks: list[list[_Slice]] = []
    ends: dict[int, int] = {}  # of the pieces of each line so far
    for piece in pieces:
        start = ends.get(piece.number, 0)
        ends[piece.number] = start + len(piece.text)
        if piece.fate == "see-also":
            blocks.append([_Slice(piece, start)])
        elif piece.fate != "body":
            if piece.value:
                fields.setdefault(piece.fate, []).append(piece.value)
        elif blocks and blocks[-1][0].is_beside(piece):
            blocks[-1].append(_Slice(piece, start))
        else:
            blocks.append([_Slice(piece, start)])
    texts = dict(manuscript.lines) if manuscript.markup else {}
    paragraphs = [_write(block, rules, texts, manuscript.markup) for block in blocks]
    body_texts = [_join(part.piece.value for part in block) for block in blocks if block[0].is_text(manuscript.markup)]
    for text in body_texts[:MENTIONING]:
        _note_mentions(text, rules, fields)
    return _Found(fields, paragraphs, next(iter(body_texts), ""))


def _write(
    block: Sequence[_Slice], rules: RuleSet, texts: Mapping[int, str], markup: Mapping[int, Markup]
) -> Paragraph:
    piece = block[0].piece
    if piece.fate == "see-also":
        return Paragraph(see_also(rules.label, piece.value))
    if piece.number in markup:
        return render(texts.get(piece.number, piece.text), [part.find_value() for part in block], markup[piece.number])
    return Paragraph(escape_text(_join(part.piece.value for part in block)))


def _join(values: Iterable[str]) -> str:
    """Return the parts of a paragraph in one line, with no space before a part that begins with a comma or the like."""
    joined = ""
    for value in values:
        joined += value if not joined or value[:1] in _CLOSING else f" {value}"
    return joined


def _note_mentions(text: str, rules: RuleSet, fields: dict[str, list[str]]) -> None:
    lowered = text.lower()
    for rule in rules.mentions:
        if rule.may_match(lowered) and (match := rule.pattern.search(text)):
            for name, value in match.groupdict().items():
                if value:
                    fields.setdefault(name, []).append(value)


def _first(fields: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(fields.get(name, ())), "")


def _read_byline(byline: str, rules: RuleSet) -> dict[str, list[str]]:
    """Return the fields that the byline of a container fills: by the rules for such lines, else names alone."""
    if not byline:
        return {}
    pieces = sort_lines([(0, byline)], rules)
    fields: dict[str, list[str]] = {}
    for piece in pieces:
        if piece.fate in {"author", "editor"}:
            fields.setdefault(piece.fate, []).append(piece.value)
    return fields or {"author": [byline]}


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


def _find_dated(pieces: Sequence[Piece], clock: Clock) -> tuple[int, Dated] | None:
    """Return the first date that a rule found, with its line."""
    dated = ((piece.number, read_date(piece.value, clock)) for piece in pieces if piece.fate == "date" and piece.value)
    return next(((number, found) for number, found in dated if found and found.value), None)


def _publish(
    manuscript: Manuscript, line: tuple[int, Dated] | None, clock: Clock, notes: list[str]
) -> Published | None:
    capture = manuscript.capture
    told = read_date(capture.date, clock) if capture.date else None
    if capture.date and not told:
        notes.append(f'date "{capture.date[:FIRST_WORDS]}" of the container is not understood')
    if published := _take_date(told, "container", notes):
        return published
    chosen = choose_date(manuscript.dates, clock)
    if chosen and (published := _take_date(chosen.dated, chosen.source, notes)):
        return published
    return _take_date(line[1], f"line {line[0]}", notes) if line else None


def _take_date(dated: Dated | None, source: str, notes: list[str]) -> Published | None:
    if dated is None:
        return None
    if dated.note:
        notes.append(dated.note)
    return Published(dated.value, dated.precision, source) if dated.value else None
