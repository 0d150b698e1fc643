"""The files of one segment of the index, put together from its portions."""

from __future__ import annotations

import json
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from hashlib import blake2b
from itertools import islice
from typing import NamedTuple

from cermin.search.encoding import (
    Postings,
    common_prefix,
    encode_json,
    encode_length,
    encode_shard,
    pack,
    varint,
)
from cermin.search.portions import Portion

VERSION = 1
"""Of the format, by which the script knows that it can read it."""
SHARD = 64_000
"""Bytes of a shard, packed, at most, but for one of a single term."""
PACK = 400
"""Articles of a pack."""
_LEAST = 0.8
"""Of that size, from which on a shard may end."""


class MadeSegment(NamedTuple):
    """A segment as it was written."""

    count: int  # type: ignore[assignment]  # hides tuple.count, which nothing here asks for
    terms: int
    """Of all its articles."""
    languages: dict[str, int]
    """Articles by language."""
    lengths: str
    """The hash of what the file holds, unpacked, which is in its name; so are those below."""
    first_terms: list[str]
    """The first term of each shard; of the first the empty one."""
    shards: list[str]
    packs: list[str]
    files: dict[str, int]
    """Of each its bytes."""


class Span(NamedTuple):
    """Which articles a segment holds."""

    name: str
    """Its folder."""
    first: str
    """The day of its oldest article, empty where its articles have none; and of its newest."""
    last: str


def parse_segment(made: str) -> MadeSegment:
    """Return a segment from JSON of its fields by their names."""
    return MadeSegment(**json.loads(made))


Put = Callable[[str, bytes], object]
"""Writes a file of the segment."""


def make_segment(
    portions: Sequence[Portion], names: Mapping[str, str], known: Mapping[str, int], put: Put
) -> MadeSegment:
    """Write the files of a segment; ``names`` are those of outlets, by id.

    Files that are ``known`` are there, packed in the same way, and left alone; of each its bytes.
    """
    files: dict[str, int] = {}

    def keep(letter: str, data: bytes) -> str:
        name = blake2b(data, digest_size=4).hexdigest()
        file = f"{letter}-{name}.bin"
        if file in known:
            files[file] = known[file]
        else:
            packed = pack(data)
            files[file] = len(packed)
            put(file, packed)
        return name

    lengths = keep("l", bytes(encode_length(length) for portion in portions for length in portion.lengths))
    firsts: list[str] = []
    shards: list[str] = []
    for shard in _cut(_merge(portions)):
        firsts.append(shard[0][0].decode() if shards else "")
        shards.append(keep("t", encode_shard(shard)))
    rows = (row for portion in portions for row in portion.rows)
    packs = []
    while some := list(islice(rows, PACK)):
        packs.append(keep("p", encode_json(make_pack(some, names))))
    languages = Counter(row[5] for portion in portions for row in portion.rows)
    terms = sum(sum(portion.lengths) for portion in portions)
    return MadeSegment(languages.total(), terms, dict(languages), lengths, firsts, shards, packs, files)


def _merge(portions: Sequence[Portion]) -> Iterator[tuple[bytes, Postings]]:
    """Yield the terms of all portions in order, numbered on from one to the next."""
    # Of each term its last article so far, its gaps and its frequencies.
    found: dict[str, tuple[int, bytes, bytes]] = {}
    base = 0
    for rows, _, terms, *columns, gaps, frequencies in portions:
        gap_at = at = 0
        for term, first, last, count, size in zip(terms, *columns, strict=True):
            before, gaps_before, frequencies_before = found.get(term, _NOTHING)
            gap = varint(base + first - before - 1)
            # Most terms stand in one article of the portion.
            own = gaps_before + gap + gaps[gap_at : gap_at + size] if size else gaps_before + gap
            found[term] = base + last, own, frequencies_before + frequencies[at : at + count]
            gap_at += size
            at += count
        base += len(rows)
    for term in sorted(found):
        _, own, told = found[term]
        yield term.encode(), Postings(len(told), own, told)


_NOTHING = (-1, b"", b"")


def _cut(terms: Iterator[tuple[bytes, Postings]]) -> Iterator[list[tuple[bytes, Postings]]]:
    """Yield the terms shard by shard.

    A shard ends where, near its largest size, stands the term with the smallest hash: so one that grows or shrinks
    leaves the others as they are.
    """
    shard: list[tuple[bytes, Postings]] = []
    size, best, cut, size_at_cut, before = 0.0, 1 << 32, 0, 0.0, b""
    for term, postings in terms:
        own = _estimate(before, term, postings)
        before = term
        while shard and size + own > SHARD:
            cut, size_at_cut = (cut, size_at_cut) if cut else (len(shard), size)
            yield shard[:cut]
            shard, size = shard[cut:], size - size_at_cut
            best, cut = 1 << 32, 0
        if shard and size >= SHARD * _LEAST and (hashed := zlib.crc32(term)) < best:
            best, cut, size_at_cut = hashed, len(shard), size
        shard.append((term, postings))
        size += own
    yield shard


_SMALL = 1024


def _estimate(before: bytes, term: bytes, postings: Postings) -> float:
    """Return about how many bytes a term takes once its shard is packed."""
    own = 2.5 + 0.6 * (len(term) - common_prefix(before, term))
    if len(postings.gaps) < _SMALL:
        return own + 0.95 * len(postings.gaps) + 0.3 * postings.count
    return own + len(zlib.compress(postings.gaps, 1)) + len(zlib.compress(postings.frequencies, 1))


# --- packs ---------------------------------------------------------------------------------------------------------

_EPOCH = date(1970, 1, 1).toordinal()
_DROPPED = re.compile("['\u2018\u2019\u02bc`\u00b4]")
_NOT_ASCII_WORD = re.compile(r"[^a-z0-9]+")


def make_pack(rows: Sequence[Sequence[str]], names: Mapping[str, str]) -> dict[str, object]:
    """Return what results show of articles, column by column, as likes pack best beside one another."""
    _, titles, days, outlets, sections, languages, summaries = map(list, zip(*rows, strict=True))
    ids, labels, tags = sorted({*outlets}), sorted({*sections} - {""}), sorted({*languages})
    numbers = [date.fromisoformat(day).toordinal() - _EPOCH for day in days if day]
    return {
        "titles": titles,
        "summaries": summaries,
        "slugs": [_shorten(address, title, day, outlet) for address, title, day, outlet, *_ in rows],
        "days": [number - before for before, number in zip([0, *numbers], numbers, strict=False)],
        "outlets": list(map(ids.index, outlets)),
        "outletNames": [[id_, names.get(id_, id_)] for id_ in ids],
        "sections": [labels.index(section) if section else -1 for section in sections],
        "sectionNames": labels,
        "langs": list(map(tags.index, languages)),
        "langNames": tags,
    }


def slug_of(title: str) -> str:
    """Return a slug that the script can make of a title as well; most addresses end in it."""
    return _NOT_ASCII_WORD.sub("-", _DROPPED.sub("", title.lower())).strip("-")


def _shorten(address: str, title: str, day: str, outlet: str) -> object:
    """Return what is to be told of an address beside the rest of the row.

    A number: so many characters of the title's slug, 0 for all; with an ending behind them, a list of both; else the
    slug. It follows on ``outlet/yyyy/mm/``; a text that begins with a slash is the whole path. ``.html`` is left out.
    """
    path = address.removesuffix(".html")
    folder = f"{outlet}/{day[:4]}/{day[5:7]}/"
    slug = path.removeprefix(folder)
    if not day or slug == path or "/" in slug:
        return f"/{path}"
    derived = slug_of(title)
    if slug == derived:
        return 0
    shared = common_prefix(slug.encode(), derived.encode())
    if shared < 8:  # noqa: PLR2004 - shorter ones are not worth a list
        return slug
    return shared if shared == len(slug) else [shared, slug[shared:]]


# --- index.json ----------------------------------------------------------------------------------------------------


def make_index(segments: Sequence[tuple[Span, MadeSegment]], stemmers: bytes) -> bytes:
    """Return the file that names all others; ``segments`` stand from the oldest on, ``stemmers`` is their script."""
    languages: Counter[str] = Counter()
    for _, made in segments:
        languages.update(made.languages)
    count = sum(made.count for _, made in segments)
    terms = sum(made.terms for _, made in segments)
    told = {
        "version": VERSION,
        "count": count,
        "average": round(terms / count, 1) if count else 0,
        "languages": sorted(languages, key=lambda tag: (-languages[tag], tag)),
        "stemmers": blake2b(stemmers, digest_size=4).hexdigest() if stemmers else "",
        "segments": [_tell(span, made) for span, made in reversed(segments)],
    }
    return encode_json(told)


def _tell(span: Span, made: MadeSegment) -> dict[str, object]:
    return {
        "name": span.name,
        "first": span.first,
        "last": span.last,
        "count": made.count,
        "lengths": made.lengths,
        "terms": made.first_terms,
        "shards": made.shards,
        "pack": PACK,
        "packs": made.packs,
    }
