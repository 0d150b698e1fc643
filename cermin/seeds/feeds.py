"""Feeds: RSS, Atom and RDF, well-formed or not. Each entry is a capture. A JSON Feed is a table (`tables.py`)."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any
from xml.parsers import expat

from cermin.errors import SeedError
from cermin.records import TEXT, Capture, Reading
from cermin.seeds.dates import Clock, read_date
from cermin.seeds.decoding import decode_bytes
from cermin.seeds.fields import clean_address, clean_tags, encode, is_excerpt, refuse
from cermin.seeds.fragments import recognise_markup, strip_markup
from cermin.seeds.opening import open_seed, read_head

WHOLE = 5_000_000
"""Bytes of a feed that is read as a whole, well-formed or not; a larger one is read in pieces, as far as it is XML."""
PIECE = 1_000_000
"""Bytes of a large feed's entries that are read together."""
LARGEST_ENTRY = 20_000_000
HEAD = 1 << 16
"""Bytes by which a feed is recognised."""
_CHUNK = 1 << 16
_DECLARATION = re.compile(r"\s*<\?xml\b[^>]*\?>")
_DECLARED = re.compile(rb"\s*<\?xml\b[^>]*?\bencoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_FEED = re.compile(r"<(?:[\w.-]+:)?(?:rss|feed|rdf|channel)[\s>]", re.IGNORECASE)
_ROOT = re.compile(
    r"(?:\s+|<\?.*?\?>|<!--.*?-->|<!doctype[^\[>]*(?:\[[^\]]*\])?[^>]*>)*<([\w.:-]+)", re.DOTALL | re.IGNORECASE
)
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_WESTERN = frozenset(("iso8859-1", "ascii"))
"""What programs call Windows-1252, as https://encoding.spec.whatwg.org/#names-and-labels says."""
_UNFIT = frozenset(("punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined", "utf-7"))
"""Codecs of Python in which no feed is written."""
_ENTRY = frozenset(("item", "entry"))
_LOOSE = Clock(order="dmy")


def read_feed(path: Path, seed_path: str) -> Iterator[Capture | Reading]:
    """Yield the entries of a feed, numbered from 1 on; one without a text as a reading that says so.

    Raises SeedError for a file that is no feed, and from the place on where a large one stops being XML.
    """
    data = read_head(path, seed_path, WHOLE + 1)
    encoding = _find_encoding(data)
    head = data[:HEAD].decode(encoding, "replace").removeprefix("\ufeff")
    _check_is_feed(head, seed_path)
    number = count(1)
    if len(data) <= WHOLE:
        with open_seed(path, seed_path) as file:
            data = file.read()  # all of it, or why that cannot be
        yield from _read_document(_write_xml(data.decode(encoding, "replace")), seed_path, number)
        return
    with open_seed(path, seed_path) as file:
        for piece in _split(file, encoding, seed_path):
            yield from _read_document(piece, seed_path, number)


# --- bytes to XML ---


def _find_encoding(data: bytes) -> str:
    """Return the encoding that the XML declaration tells, if the bytes fit it, else the one that they do fit."""
    declared = _DECLARED.match(data)
    if declared:
        try:
            encoding = codecs.lookup(declared[1].decode()).name
            if encoding not in _UNFIT:
                encoding = "cp1252" if encoding in _WESTERN else encoding
                codecs.getincrementaldecoder(encoding)("strict").decode(data)
                return encoding
        except (LookupError, ValueError, TypeError):
            pass
    return decode_bytes(data).encoding


def _check_is_feed(head: str, seed_path: str) -> None:
    if not head.strip():
        raise SeedError.at(seed_path, "white space alone" if head else "empty")
    if _FEED.search(head):
        return
    root = _ROOT.match(head)
    if not root:
        raise SeedError.at(seed_path, "no XML and no feed")
    if root[1].lower() in {"html", "head", "body"}:
        raise SeedError.at(seed_path, "an HTML page, no feed", "give the file the ending .html")
    raise SeedError.at(seed_path, f"no feed, but XML whose root is <{root[1][:60]}>")


def _write_xml(text: str) -> bytes:
    """Return an XML document in UTF-8, without what stands before its declaration and signs that XML does not allow."""
    text = text.removeprefix("\ufeff")
    declaration = _DECLARATION.match(text)
    text = _NO_XML.sub("", text[declaration.end() :] if declaration else text)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + text.lstrip().encode()


def _split(file: io.BufferedIOBase, encoding: str, seed_path: str) -> Iterator[bytes]:
    """Yield documents with some of a feed's entries each, and all that stands before the first."""
    splitter = _Splitter(seed_path)
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    first = True
    while chunk := file.read1(_CHUNK):
        text = decoder.decode(chunk)
        yield from splitter.feed(_write_xml(text) if first else _NO_XML.sub("", text).encode())
        first = False
    yield from splitter.feed(b"", is_last=True)


class _Splitter:
    """Finds the entries of a feed by an XML parser, so that what only looks like one inside of a text is none."""

    def __init__(self, seed_path: str) -> None:
        self._seed_path = seed_path
        self._parser = expat.ParserCreate("utf-8")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.EntityDeclHandler = self._refuse_entity
        self._open: list[str] = []
        self._inside = 0
        """Depth of the entry that is being read, 0 outside."""
        self._start_at = 0
        self._bounds: list[tuple[int, int]] = []
        """Where whole entries begin and end."""
        self._held = bytearray()
        self._before = 0
        """Bytes that are no longer held."""
        self._head: bytes | None = None
        self._tail = b""

    def feed(self, data: bytes, *, is_last: bool = False) -> Iterator[bytes]:
        self._held += data
        broken: expat.ExpatError | None = None
        try:
            self._parser.Parse(data, is_last)
        except expat.ExpatError as error:
            broken = error
        if self._bounds and (is_last or broken or self._bounds[-1][1] - self._bounds[0][0] > PIECE):
            yield self._cut()
        if broken:
            verdict = f"XML that is broken from line {broken.lineno:,} on: {expat.ErrorString(broken.code)}"
            raise SeedError.at(self._seed_path, verdict)
        if len(self._held) > LARGEST_ENTRY + PIECE:
            verdict = (
                f"an entry larger than {LARGEST_ENTRY // 1_000_000} MB, after line {self._parser.CurrentLineNumber:,}"
            )
            raise SeedError.at(self._seed_path, verdict)

    def _start(self, name: str, _: object) -> None:
        self._open.append(name)
        if not self._inside and name.rpartition(":")[2].lower() in _ENTRY:
            self._inside = len(self._open)
            self._start_at = self._parser.CurrentByteIndex
            if self._head is None:
                self._head = bytes(self._held[: self._start_at])
                self._tail = "".join(f"</{one}>" for one in reversed(self._open[:-1])).encode()

    def _end(self, name: str) -> None:
        if len(self._open) == self._inside:
            at = self._parser.CurrentByteIndex - self._before
            # Of an element without an end tag, expat tells where it ends; else where the end tag begins.
            end = self._held.index(b">", at) + 1 if self._held.startswith(f"</{name}".encode(), at) else at
            self._bounds.append((self._start_at, end + self._before))
            self._inside = 0
        self._open.pop()

    def _refuse_entity(self, *_: object) -> None:
        raise SeedError.at(self._seed_path, "an XML file that declares entities, which no feed needs and attacks do")

    def _cut(self) -> bytes:
        """Return the whole entries that are held as a document, and let them go."""
        start, end = self._bounds[0][0] - self._before, self._bounds[-1][1] - self._before
        document = (self._head or b"") + bytes(self._held[start:end]) + self._tail
        del self._held[:end]
        self._before += end
        self._bounds.clear()
        return document


# --- XML to captures ---


def _read_document(document: bytes, seed_path: str, number: Iterator[int]) -> Iterator[Capture | Reading]:
    try:
        import feedparser
    except ImportError as error:
        raise SeedError.at(
            seed_path, "feeds need the library feedparser: python -m pip install 'cermin[feeds]'"
        ) from error
    # From memory, for a text that looks like an address would be fetched.
    parsed = feedparser.parse(io.BytesIO(document), resolve_relative_uris=False, sanitize_html=False)
    if not parsed.entries:
        raise SeedError.at(seed_path, "a feed without entries" if parsed.version else "XML that is no feed")
    notes = ("the feed is no well-formed XML, and was read as far as it goes",) if parsed.bozo else ()
    for entry in parsed.entries:
        yield _make_capture(seed_path, str(next(number)), entry, parsed.feed, notes)


def _make_capture(
    seed_path: str, part: str, entry: dict[str, Any], feed: Mapping[str, Any], notes: tuple[str, ...]
) -> Capture | Reading:
    title = strip_markup(_text(entry, "title"))
    summary = _text(entry, "summary")
    body, kind, language = _find_content(entry)
    if not strip_markup(body):
        body, summary = summary, ""
        kind = _text(entry.get("summary_detail") or {}, "type")
        notes = (
            (*notes, "the text is what the feed calls a summary: it may not be all of the article") if body else notes
        )
    media_type, body = recognise_markup(body) if kind != "text/plain" else (TEXT, body)
    if not any(map(str.isalnum, strip_markup(body))):
        return refuse(seed_path, part, dict(entry), "no text, only a title" if title else "no text")
    summary = strip_markup(summary)
    source = entry.get("source") or {}
    return Capture(
        seed_path=seed_path,
        media_type=media_type,
        data=encode(body),
        part=part,
        url=clean_address(_text(entry, "feedburner_origlink") or _text(entry, "link"), _text(feed, "link")),
        title=title,
        date=_find_date(entry),
        author=_find_author(entry),
        tags=clean_tags(str(tag.get("term") or "") for tag in entry.get("tags") or ()),
        summary=summary if summary and not is_excerpt(summary, body) else "",
        source=strip_markup(_text(source, "title") or _text(feed, "title")),
        language=language or _text(feed, "language"),
        notes=notes,
    )


def _text(table: Mapping[str, Any], key: str) -> str:
    value = table.get(key)
    return value if isinstance(value, str) else ""


def _find_content(entry: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return the longest content of an entry that is text, its media type and its language."""
    contents = [one for one in entry.get("content") or () if _text(one, "value")]
    readable = [
        one for one in contents if _text(one, "type") in {"", "text/plain", "text/html", "application/xhtml+xml"}
    ]
    if not readable:
        return "", "", ""
    best = max(readable, key=lambda one: len(one["value"]))
    return best["value"], _text(best, "type"), _text(best, "language")


def _find_date(entry: dict[str, Any]) -> str:
    """Return the date of an entry as it stands there if it is understood, else as feedparser understands it."""
    for name in ("published", "updated", "created"):
        told = _text(entry, name)
        # Not `entry.get`, which warns of a fallback of its own for "updated".
        parsed = dict.get(entry, f"{name}_parsed")
        if told and parsed and not read_date(told, _LOOSE):
            return "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z".format(*parsed[:6])
        if told:
            return told
    return ""


def _find_author(entry: Mapping[str, Any]) -> str:
    names = [_text(one, "name") for one in entry.get("authors") or ()]
    return "; ".join(dict.fromkeys(strip_markup(name) for name in names or [_text(entry, "author")] if name))
