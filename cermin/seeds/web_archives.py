"""Web archives (WARC, ISO 28500): each page that a server sent whole is a capture; what else there is, is counted."""

from __future__ import annotations

import contextlib
import io
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cermin.errors import SeedError
from cermin.records import PAGE, TEXT, Capture, Reading
from cermin.seeds.fields import clean_address, refuse
from cermin.seeds.opening import open_seed

if TYPE_CHECKING:
    from warcio.recordloader import ArcWarcRecord

LARGEST = 20_000_000
"""Bytes of a page, as it was sent and as it is read."""
LARGEST_HEADER = 1_000_000
"""Bytes between two records and of a record's headers."""
MOST_KINDS = 8
"""Kinds of what is no page that are named; the others are counted together."""
_PAGES = frozenset(("text/html", "application/xhtml+xml"))
_CAPTURED = frozenset(("response", "resource", "conversion"))
_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--[^>]{0,2000}-->\s*)*<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE
)
_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_CHUNK = re.compile(rb"\s*([0-9a-fA-F]{1,8})[^\r\n]{0,1000}\r?\n")
_OK = "200"
_BLOCK = 1 << 16
_ANY_ZLIB, _BARE_DEFLATE = 32 + zlib.MAX_WBITS, -zlib.MAX_WBITS


def read_web_archive(path: Path, seed_path: str) -> Iterator[Capture | Reading]:
    """Yield the pages of a web archive under the numbers of their records, from 1 on.

    Pages are what was sent with status 200 as HTML or plain text. Of what else was sent, a last reading tells how much
    there is of each kind. Raises SeedError where the file stops being a web archive.
    """
    try:
        from warcio.archiveiterator import ArchiveIterator
    except ImportError as error:
        raise SeedError.at(
            seed_path, "web archives need the library warcio: python -m pip install 'cermin[warc]'"
        ) from error
    left_out: Counter[str] = Counter()
    with open_seed(path, seed_path) as file:
        guarded = _Guarded(file)
        records = ArchiveIterator(guarded)
        number, cut = 0, ""
        while True:
            try:
                record = _read_next(records, guarded)
            except _NoArchiveError as error:
                what = f"broken behind record {number:,}" if number else "no web archive"
                raise SeedError.at(seed_path, "; ".join(filter(None, [f"{what}: {error}", _tell(left_out)]))) from error
            if record is None:
                break
            number += 1
            found = _read_record(record, seed_path, str(number))
            if missing := _drain(record):
                cut = f"cut off: the last {missing:,} bytes of record {number:,} are missing"
            if isinstance(found, Capture):
                yield replace(found, notes=(*found.notes, cut)) if cut else found
            elif isinstance(found, Reading):
                yield found
            else:
                left_out[found] += bool(found)
    if not number:
        raise SeedError.at(seed_path, "empty")
    if told := "; ".join(filter(None, [cut, _tell(+left_out)])):
        yield Reading(seed_path, "", None, quarantine=told)


class _NoArchiveError(Exception):
    """What comes is no record of a web archive."""


class _Guarded:
    """Bytes for warcio, which looks for the ends of lines however far they are: no more than fits a header."""

    def __init__(self, file: io.BufferedIOBase) -> None:
        self._file = file
        self.count = 0
        """Bytes read so far."""
        self.most: int | None = None
        """Where reading is to end."""

    def read(self, size: int) -> bytes:
        if self.most is not None and self.count > self.most:
            raise _NoArchiveError(f"headers larger than {LARGEST_HEADER // 1_000_000} MB")
        data = self._file.read1(size)
        self.count += len(data)
        return data

    def tell(self) -> int:
        return self.count

    def close(self) -> None:
        """Leave the file to whoever opened it."""


def _read_next(records: Iterator[ArcWarcRecord], guarded: _Guarded) -> ArcWarcRecord | None:
    from warcio.exceptions import ArchiveLoadFailed
    from warcio.statusandheaders import StatusAndHeadersParserException

    guarded.most = guarded.count + LARGEST_HEADER
    # warcio warns on standard error of bytes between records.
    with contextlib.redirect_stderr(io.StringIO()):
        try:
            record = next(records, None)
        except (ArchiveLoadFailed, StatusAndHeadersParserException) as error:
            raise _NoArchiveError("what follows is no record") from error
        except (AttributeError, TypeError, ValueError) as error:
            raise _NoArchiveError("the headers of what follows make no sense") from error
        finally:
            guarded.most = None
    # An ancestor of the format (ARC) has no sign by which it is known: warcio takes any line with a space for it.
    if record and (record.format != "warc" or not record.rec_type):
        raise _NoArchiveError("what follows is no record")
    return record


def _read_record(record: ArcWarcRecord, seed_path: str, part: str) -> Capture | Reading | str:
    """Return the page of a record, or why it is none, or the kind of what it is instead; nothing for bookkeeping."""
    kind, charset = _find_kind(record)
    url = clean_address(_header(record.rec_headers, "WARC-Target-URI"))
    if (other := _find_other(record, kind, url)) is not None:
        return other
    data, fault = _read_body(record)
    is_html = _HTML.match(data) is not None
    if not fault and kind not in _PAGES and not is_html and (kind != "text/plain" or data.lstrip().startswith(b"<")):
        return kind or "record of no kind"
    if fault:
        return refuse(seed_path, part, url, fault)
    return Capture(
        seed_path=seed_path,
        media_type=PAGE if kind in _PAGES or is_html else TEXT,
        data=data,
        part=part,
        url=url,
        captured=_find_moment(record),
        encoding=charset,
        notes=_note(record),
    )


def _find_other(record: ArcWarcRecord, kind: str, url: str) -> str | None:
    """Return what a record holds by its headers, when that is no page; nothing for bookkeeping of the archive."""
    if record.rec_type == "revisit":
        return "record that repeats another"
    if record.rec_type not in _CAPTURED:
        return ""
    if record.http_headers and (status := record.http_headers.get_statuscode()) != _OK:
        return f"answer with status {status[:9]}"
    if urlsplit(url).path == "/robots.txt":
        return "robots.txt"
    # Servers that know no better call a page either.
    return None if kind in {*_PAGES, "text/plain", "", "application/octet-stream"} else kind


def _header(headers: Any, name: str) -> str:
    value = headers.get_header(name) if headers else None
    return value.strip() if isinstance(value, str) else ""


def _find_kind(record: ArcWarcRecord) -> tuple[str, str]:
    """Return media type and charset of what was sent."""
    told = _header(record.http_headers or record.rec_headers, "Content-Type")
    charset = _CHARSET.search(told)
    return told.partition(";")[0].strip().lower()[:60], charset[1] if charset else ""


def _find_moment(record: ArcWarcRecord) -> str:
    told = _header(record.rec_headers, "WARC-Date")
    try:
        datetime.fromisoformat(told)
    except ValueError:
        return ""
    return told


def _note(record: ArcWarcRecord) -> tuple[str, ...]:
    reason = _header(record.rec_headers, "WARC-Truncated")
    return (f"the archive holds only a part of the page ({reason[:60]})",) if reason else ()


def _tell(left_out: Counter[str]) -> str:
    if not left_out:
        return ""
    ranked = sorted(left_out.items(), key=lambda item: (-item[1], item[0]))
    named = [f"{count:,} × {kind}" for kind, count in ranked[:MOST_KINDS]]
    others = sum(count for _, count in ranked[MOST_KINDS:])
    return f"left out what holds no page: {', '.join(named)}" + (f", {others:,} others" if others else "")


# --- bodies ---


def _read_body(record: ArcWarcRecord) -> tuple[bytes, str]:
    """Return what was sent, without the coding in which it was; and why it cannot be read, if so."""
    too_large = f"larger than {LARGEST // 1_000_000} MB"
    data: bytes = record.raw_stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        return b"", too_large
    if _header(record.http_headers, "Transfer-Encoding").lower() == "chunked":
        data = _join_chunks(data)
    coding = _header(record.http_headers, "Content-Encoding").lower()
    if coding in {"gzip", "x-gzip", "deflate"}:
        data = _inflate(data)
    elif coding in {"br", "zstd", "compress"} and not _HTML.match(data):
        return b"", f"compressed with {coding}, which cermin does not read"
    return (b"", too_large) if len(data) > LARGEST else (data, "")


def _join_chunks(data: bytes) -> bytes:
    """Return a body without the lengths between its chunks (RFC 9112, 7.1); as it is where it has none.

    Archives keep the header of chunks also where a tool took them out.
    """
    chunks: list[bytes] = []
    at = 0
    while length := _CHUNK.match(data, at):
        size = int(length[1], 16)
        if not size:
            return b"".join(chunks)
        chunks.append(data[length.end() : length.end() + size])
        at = length.end() + size
    return b"".join(chunks) if chunks and at >= len(data) else data


def _inflate(data: bytes) -> bytes:
    """Return a body decompressed, at most one byte more than `LARGEST`; as it is where it is not compressed."""
    for bits in (_ANY_ZLIB, _BARE_DEFLATE):
        with contextlib.suppress(zlib.error):
            return zlib.decompressobj(bits).decompress(data, LARGEST + 1)
    return data


def _drain(record: ArcWarcRecord) -> int:
    """Read what is left of a record, so that the next begins; return how many bytes are missing."""
    stream = record.raw_stream
    while stream.read(_BLOCK):
        pass
    return max(0, getattr(stream, "limit", 0))
