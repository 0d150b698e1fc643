"""Portions: runs of articles, analysed, as they are kept so that an edit has few articles analysed again.

A portion is a function of its articles alone. How a segment is cut into portions leaves no trace in the index.
"""

from __future__ import annotations

import json
import zlib
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from cermin.search.analyser import load_analyser
from cermin.search.encoding import LOW, MOST, varint
from cermin.shortening import cut

TITLE_WEIGHT = 4
"""A word of the title counts as so many of the body."""
LONGEST_TEXT = 1_000_000
"""Characters of an article that are searched: those of a thick book. What comes as an article can be anything."""
LONGEST_TITLE, LONGEST_SUMMARY = 300, 90
"""Characters of what a result shows."""
OUTLET, SECTION, YEAR = "\x01o", "\x01s", "\x01y"
"""What terms begin with by which articles are filtered: in front of all words, as no word holds the sign."""


class Document(NamedTuple):
    """An article as it is indexed."""

    address: str
    """Path below output/."""
    title: str
    day: str
    """Empty where it is not known."""
    outlet: str
    section: str
    section_slug: str
    lang: str
    """BCP 47 tag."""
    summary: str
    """What a result shows of it."""
    text: str
    """Plain text of the body, and of a summary that says something else."""


class Portion(NamedTuple):
    """Articles with their words. The columns of words stand beside one another, in the order of words."""

    rows: list[list[str]]
    """Of each article address, title, day, outlet, section, language and summary."""
    lengths: Sequence[int]
    """Terms of each article, those of the title as often as they count."""
    terms: list[str]
    firsts: Sequence[int]
    """The number of the first article with each term, counted in the portion."""
    lasts: Sequence[int]
    counts: Sequence[int]
    """Articles with each term."""
    sizes: Sequence[int]
    """Bytes of each term's gaps."""
    gaps: bytes
    """As in a shard, without that of the first article."""
    frequencies: bytes


def make_portion(documents: Iterable[Document]) -> Portion:
    """Analyse articles."""
    rows: list[list[str]] = []
    lengths = array("I")
    # Of each posting one number: that of the article above the eight bits of the frequency.
    found: defaultdict[str, list[int]] = defaultdict(list)
    for number, document in enumerate(documents):
        counts, filters = _count(document)
        length = counts.total()
        base = number << 8
        # Few articles hold a word so often, and all hold many.
        if length > MOST and max(counts.values()) > MOST:
            counts = Counter({term: min(count, MOST) for term, count in counts.items()})
        for term, count in counts.items():
            found[term].append(base + count)
        for term in filters:
            found[term].append(base + 1)
        rows.append(_show(document))
        lengths.append(length)
    return Portion(rows, lengths, *_encode(found))


def _show(document: Document) -> list[str]:
    title, summary = cut(document.title, LONGEST_TITLE), cut(document.summary, LONGEST_SUMMARY)
    return [document.address, title, *document[2:5], document.lang, summary]


def _count(document: Document) -> tuple[Counter[str], list[str]]:
    """Return how often each term counts, and the terms by which the article is filtered."""
    analyser = load_analyser(document.lang)
    counts = Counter(analyser.terms(document.text[:LONGEST_TEXT]))
    for term in analyser.terms(document.title):
        counts[term] += TITLE_WEIGHT
    filters = [OUTLET + document.outlet]
    filters += [SECTION + document.section_slug] if document.section_slug else []
    filters += [YEAR + document.day[:4]] if document.day else []
    return counts, filters


def _encode(
    found: dict[str, list[int]],
) -> tuple[list[str], array[int], array[int], array[int], array[int], bytes, bytes]:
    # The order of characters is that of their UTF-8 bytes (RFC 3629, 1).
    terms = sorted(found)
    firsts, lasts, counts, sizes = array("I"), array("I"), array("I"), array("I")
    gaps, frequencies = bytearray(), bytearray()
    for term in terms:
        postings = found[term]
        first = last = postings[0] >> 8
        firsts.append(first)
        size = 0
        if len(postings) > 1:
            before = len(gaps)
            for posting in postings[1:]:
                number = posting >> 8
                gap = number - last - 1
                if gap <= LOW:
                    gaps.append(gap)
                else:
                    gaps += varint(gap)
                last = number
            size = len(gaps) - before
        lasts.append(last)
        counts.append(len(postings))
        sizes.append(size)
        frequencies += bytes([posting & MOST for posting in postings])
    return terms, firsts, lasts, counts, sizes, bytes(gaps), bytes(frequencies)


# --- as files ------------------------------------------------------------------------------------------------------


def write_portion(portion: Portion) -> bytes:
    """Return a portion as the bytes of a file."""
    columns = (portion.lengths, portion.firsts, portion.lasts, portion.counts, portion.sizes)
    parts = [json.dumps([portion.rows, portion.terms], ensure_ascii=False).encode()]
    parts += [array("I", column).tobytes() for column in columns]
    parts += [portion.gaps, portion.frequencies]
    sizes = array("I", map(len, parts))
    return zlib.compress(b"".join((sizes.tobytes(), *parts)), 1)


def read_portion(data: bytes) -> Portion:
    """Return what `write_portion` was given. Raises ValueError for anything else."""
    try:
        unpacked = zlib.decompress(data)
        sizes = array("I", unpacked[: 4 * _PARTS])
        ends = list(accumulate(sizes, initial=4 * _PARTS))
        parts = [unpacked[start:end] for start, end in pairwise(ends)]
        (rows, terms), columns = json.loads(parts[0]), [array("I", part) for part in parts[1:-2]]
        lengths, firsts, lasts, counts, sizes = columns
        return Portion(rows, lengths, terms, firsts, lasts, counts, sizes, parts[-2], parts[-1])
    except (zlib.error, TypeError, ValueError, IndexError) as error:
        raise ValueError("not a portion") from error


_PARTS = 8
