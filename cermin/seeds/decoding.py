"""Bytes of a capture -> text, or the reason why they are no text."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    # UTF-32 before UTF-16: the little-endian mark of the one begins with that of the other.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SIGNATURES = (
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "gzip data"),
    (b"\x89PNG", "a PNG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3", "an SQLite database"),
)
_HTML = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE)
_MARKUP = re.compile(rb"<[^<>]*>")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_ESCAPED = re.compile(r"[\udc80-\udcff]")
_LEADING = 0xC0
"""The least byte that begins a character of several bytes in UTF-8."""
_HIGH = bytes(range(128, 256))

SAMPLE = 20_000
"""Bytes that are looked at to guess an encoding."""
FEW_HIGH = 0.05
"""Share of bytes above 127 up to which a text is taken for Western: more means another script or encoding."""
MOST_CONTROLS = 0.02
"""Share of control characters above which it is no text."""


class Decoded(NamedTuple):
    """Text with the encoding that gave it; or ``fault``, why the bytes are no text, in words for a person."""

    text: str
    encoding: str = ""
    misfits: int = 0
    """Bytes that did not fit the encoding and were read as Windows-1252."""
    fault: str = ""


def decode_text(data: bytes) -> Decoded:
    """Decode by byte order mark, else as UTF-8 with few misfits, UTF-16, or the encoding that fits best."""
    for signature, what in _SIGNATURES:
        if data.startswith(signature):
            return Decoded("", fault=f"{what}, not text")
    if _HTML.match(data, 0, SAMPLE):
        return Decoded("", fault="an HTML page, not text; give the file the ending .html")
    return _refuse_binary(decode_bytes(data))


def decode_page(data: bytes, named: str) -> Decoded:
    """Decode HTML as `decode_text` does text, where ``named`` is the encoding that it names itself, or empty.

    UTF-8 that is UTF-8 is read as such whatever the page names: many a page was converted when it was saved.
    """
    for signature, what in _SIGNATURES:
        if data.startswith(signature):
            return Decoded("", fault=f"{what}, not a page")
    if named == "iso2022_jp" and b"\x1b" in data:
        return Decoded(data.decode(named, "replace"), named)
    return _refuse_binary(decode_bytes(data, named, is_markup=True))


def _refuse_binary(decoded: Decoded) -> Decoded:
    if not decoded.fault and len(_CONTROLS.findall(decoded.text)) > MOST_CONTROLS * len(decoded.text):
        return Decoded("", fault="binary data, not text")
    return decoded


def decode_head(head: bytes) -> Decoded:
    """Decode the first bytes of a file as `decode_text` does; they may end in the middle of a character."""
    incomplete = next((at for at in range(1, 4) if head[-at : -at + 1 or None] and head[-at] >= _LEADING), 0)
    return decode_text(head[: len(head) - incomplete])


def read_misfits(text: str) -> str:
    """Return a text that was decoded with ``surrogateescape`` with the bytes that did not fit read as Windows-1252."""
    return text if text.isascii() else _ESCAPED.sub(_read_as_western, text)


def decode_bytes(data: bytes, named: str = "", *, is_markup: bool = False) -> Decoded:
    """Decode as `decode_text` does, whatever the bytes may be beside text; ``named`` and ``is_markup`` as for pages."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return Decoded(data[len(bom) :].decode(encoding, "replace"), encoding)
    if wide := _find_wide_encoding(data):
        return Decoded(data.decode(wide, "replace"), wide)
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        return _decode_broken(data, named, is_markup=is_markup)


def _find_wide_encoding(data: bytes) -> str:
    """Return ``utf-16-le`` or ``-be`` for text whose NUL bytes stand on one side of the pairs, else nothing."""
    sample = data[:SAMPLE]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    enough = len(sample) * 0.15
    if max(even, odd) < enough or min(even, odd) > max(even, odd) * 0.05:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _decode_broken(data: bytes, named: str, *, is_markup: bool) -> Decoded:
    text = data.decode("utf-8", "surrogateescape")
    misfits = len(_ESCAPED.findall(text))
    fitting = sum(character > "\x7f" for character in text) - misfits
    if misfits <= fitting:
        return Decoded(_ESCAPED.sub(_read_as_western, text), "utf-8", misfits)
    encoding = named if named not in {"", "utf-8"} else _guess_encoding(_MARKUP.sub(b" ", data) if is_markup else data)
    return Decoded(_replace_holes(data.decode(encoding, "replace")), encoding)


def _read_as_western(match: re.Match[str]) -> str:
    return bytes([ord(match[0]) - 0xDC00]).decode("cp1252", "replace")


def _replace_holes(text: str) -> str:
    # Some multi-byte codecs let lone surrogates through, which no file can be written with.
    return text.encode("utf-8", "replace").decode("utf-8")


def _guess_encoding(data: bytes) -> str:
    high = len(data) - len(data.translate(None, _HIGH))
    if high <= FEW_HIGH * len(data):
        return "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(data[:SAMPLE]).best()
    return best.encoding if best else "cp1252"
