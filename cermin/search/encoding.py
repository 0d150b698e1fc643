"""The files of the search index: what their bytes are, and back.

Numbers are varints: seven bits a byte, the low ones first (LEB128). Every file but ``index.json`` is raw DEFLATE (RFC
1951), which browsers unpack as ``deflate-raw``. docs/reference.md describes the format for those who read it.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import log2
from typing import Any, NamedTuple

LEVEL = 6
"""Of compression. Level 9 takes twice as long for files that are 0.3 % smaller."""
LOW = 127
"""The bits of a varint's byte that hold the number; the one above says that another byte follows."""
MOST = 255
"""The highest frequency that is told."""

_encode_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


class Postings(NamedTuple):
    """The articles of a segment that hold a term, encoded."""

    count: int  # type: ignore[assignment]  # hides tuple.count, which nothing here asks for
    gaps: bytes
    """Of each article a varint: its number less that of the one before, less one; before the first stands -1."""
    frequencies: bytes
    """Of each article a byte."""


def pack(data: bytes) -> bytes:
    """Return data as raw DEFLATE."""
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def unpack(data: bytes) -> bytes:
    """Return what `pack` was given."""
    return zlib.decompress(data, -zlib.MAX_WBITS)


def _varint_of(number: int) -> bytes:
    encoded = bytearray()
    while number > LOW:
        encoded.append(number & LOW | LOW + 1)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


_SHORT = tuple(_varint_of(number) for number in range(1 << 14))
"""The varints of one byte and of two, of which nearly all are."""


def varint(number: int) -> bytes:
    """Return a number of 0 or more as bytes."""
    return _SHORT[number] if number < 1 << 14 else _varint_of(number)


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    """Return a number and where it ends."""
    number = shift = 0
    while (byte := data[at]) > LOW:
        number |= (byte & LOW) << shift
        shift += 7
        at += 1
    return number | byte << shift, at + 1


def encode_postings(found: Sequence[tuple[int, int]]) -> Postings:
    """Encode (article, frequency) pairs, in the order of articles."""
    gaps, last = [], -1
    for document, _ in found:
        gaps.append(varint(document - last - 1))
        last = document
    return Postings(len(found), b"".join(gaps), bytes(min(frequency, MOST) for _, frequency in found))


def decode_postings(postings: Postings) -> list[tuple[int, int]]:
    """Return what `encode_postings` was given."""
    documents, at, last = [], 0, -1
    for _ in range(postings.count):
        gap, at = _read_varint(postings.gaps, at)
        last += gap + 1
        documents.append(last)
    return list(zip(documents, postings.frequencies, strict=True))


def encode_shard(terms: Iterable[tuple[bytes, Postings]]) -> bytes:
    """Return terms, in the order of their UTF-8 bytes, with their postings as they stand in a file, not yet packed."""
    words: list[bytes] = []
    gaps, frequencies, before, count = [], [], b"", 0
    for term, postings in terms:
        shared = common_prefix(before, term)
        words += (
            varint(shared), varint(len(term) - shared), term[shared:], varint(postings.count),
            varint(len(postings.gaps)),
        )  # fmt: skip
        gaps.append(postings.gaps)
        frequencies.append(postings.frequencies)
        before, count = term, count + 1
    return b"".join((varint(count), *words, *gaps, *frequencies))


def decode_shard(data: bytes) -> Iterator[tuple[bytes, Postings]]:
    """Yield what `encode_shard` was given."""
    number, at = _read_varint(data, 0)
    words, before = [], b""
    for _ in range(number):
        shared, at = _read_varint(data, at)
        length, at = _read_varint(data, at)
        before = before[:shared] + data[at : at + length]
        count, at = _read_varint(data, at + length)
        size, at = _read_varint(data, at)
        words.append((before, count, size))
    gaps, frequencies = at, at + sum(size for _, _, size in words)
    for word, count, size in words:
        yield word, Postings(count, data[gaps : gaps + size], data[frequencies : frequencies + count])
        gaps, frequencies = gaps + size, frequencies + count


def common_prefix(one: bytes, other: bytes) -> int:
    """Return how many bytes two terms have in common at their beginnings."""
    shortest = min(len(one), len(other))
    # As numbers, which are compared in one step; the bytes from the first that differs on are left.
    differing = int.from_bytes(one[:shortest]) ^ int.from_bytes(other[:shortest])
    return shortest - (differing.bit_length() + 7) // 8


def encode_length(terms: int) -> int:
    """Return how long an article is as a byte: sixteen steps for each doubling."""
    return min(255, round(16 * log2(1 + terms)))


def decode_length(byte: int) -> float:
    """Return about how many terms an article has."""
    return float(2 ** (byte / 16) - 1)


def encode_json(value: Mapping[str, Any]) -> bytes:
    """Return plain data as JSON without a space that could be left out."""
    return _encode_json(value).encode()
