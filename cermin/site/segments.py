"""Segments: the parts of the search index, each with the articles of some time, so that one that comes changes one.

How the calendar is divided depends on nothing but how many articles each day has. Years before the newest stand
together, from the oldest on, as long as their articles are few enough; a year of too many is divided into halves,
quarters, months and runs of days. Of the newest year the last articles stand apart: they are made anew with each that
comes, and join the others when there are enough of them.

A segment is cut into *runs*, as the dataset is into members, so that an edit has one of them analysed anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import blake2b
from itertools import groupby
from typing import NamedTuple

from cermin.site.catalogue import SegmentRow
from cermin.site.queries import Queries

MOST, LEAST = 40_000, 2_048
"""Articles that a segment may have, in large mirrors and in small ones."""
TOGETHER_IN = 6
"""Segments in which a mirror is, about, so that a small one has small segments, which are made anew quickly."""
STEP = 2_048
"""Articles of the newest year that join those before them."""
TIES = 1 << 56
"""Above all ties."""
NO_DAY = "undated"
"""What the segment of articles without a date is called."""

TOGETHER = 128
"""Articles of a run, on average."""

Day = tuple[str, int]
"""A day, as dates are written, and how many articles it has; the empty one is that of articles without a date."""


class Segment(NamedTuple):
    """The articles of the days from ``first`` to ``last`` whose ties are from ``low`` on and below ``high``."""

    name: str
    first: str
    last: str
    low: int = 0
    high: int = TIES


def divide(days: Iterable[Day]) -> list[Segment]:
    """Return the segments of a mirror, the oldest first; ``days`` are in order, and each has articles."""
    days = list(days)
    most = _most(_count(days))
    years = {year: list(group) for year, group in groupby(days, lambda day: day[0][:4])}
    segments = [part for day in years.pop("", ()) for part in _divide_day(NO_DAY, *day, most)]
    if not years:
        return segments
    latest = years.pop(max(years))
    segments += _join_years(years.values(), most)
    cut = _find_cut(latest)
    segments += _divide_span(latest[:cut], most)
    segments += [part._replace(name=f"{part.name}-new") for part in _divide_span(latest[cut:], most)]
    return segments


def _most(articles: int) -> int:
    """Return how many articles a segment may have, where the mirror has so many; it grows in few steps."""
    most = LEAST
    while most < MOST and most * TOGETHER_IN < articles:
        most *= 2
    return min(most, MOST)


def _join_years(years: Iterable[list[Day]], most: int) -> Iterator[Segment]:
    """Yield the segments of the years that are over: runs of years, each as long as it may be."""
    run: list[Day] = []
    for days in years:
        if run and _count(run) + _count(days) > most:
            yield from _divide_span(run, most)
            run = []
        run += days
    yield from _divide_span(run, most)


def _find_cut(days: Sequence[Day]) -> int:
    """Return how many days of the newest year are over: those of whole steps. The last may still get articles."""
    cut = count = 0
    for number, (_, articles) in enumerate(days[:-1], 1):
        count += articles
        if count >= STEP:
            cut, count = number, 0
    return cut


# The parts of a year, the largest first: what a part's days have in common is its name.
_PARTS: tuple[Callable[[Day], str], ...] = (
    lambda day: f"{day[0][:4]}-h{(int(day[0][5:7]) + 5) // 6}",
    lambda day: f"{day[0][:4]}-q{(int(day[0][5:7]) + 2) // 3}",
    lambda day: day[0][:7],
)


def _divide_span(days: Sequence[Day], most: int, level: int = 0) -> Iterator[Segment]:
    """Yield the segments of some days: one, where it is not too large."""
    if not days:
        return
    if _count(days) <= most:
        first, last = (_PARTS[level - 1](day) if level else day[0][:4] for day in (days[0], days[-1]))
        yield Segment(first if first == last else f"{first}-{last}", days[0][0], days[-1][0])
    elif level < len(_PARTS):
        for _, group in groupby(days, _PARTS[level]):
            yield from _divide_span(list(group), most, level + 1)
    else:
        yield from _divide_month(days, most)


def _divide_month(days: Sequence[Day], most: int) -> Iterator[Segment]:
    """Yield runs of days, each as long as it may be, and parts of days that are too large alone."""
    run: list[Day] = []
    for day in days:
        if run and _count(run) + day[1] > most:
            yield Segment(run[0][0], run[0][0], run[-1][0])
            run = []
        if day[1] > most:
            yield from _divide_day(day[0], *day, most)
        else:
            run.append(day)
    if run:
        yield Segment(run[0][0], run[0][0], run[-1][0])


def _divide_day(name: str, day: str, count: int, most: int) -> Iterator[Segment]:
    """Yield parts of one day by ties, which are spread evenly: half full, so that none is too large."""
    parts = 1
    while count > most and count > parts * most // 2:
        parts *= 2
    width = TIES // parts
    for number in range(parts):
        part = f"{name}-{number}" if parts > 1 else name
        yield Segment(part, day, day, number * width, (number + 1) * width)


def _count(days: Iterable[Day]) -> int:
    return sum(count for _, count in days)


# --- what of them is stale -----------------------------------------------------------------------------------------


class Run(NamedTuple):
    """Articles of a segment, in their order: it begins at one whose tie is a multiple of `TOGETHER`."""

    day: str
    moment: int
    tie: int
    count: int  # type: ignore[assignment]  # hides tuple.count, which nothing here asks for
    digest: str
    """Of its articles."""


class PlannedSegment(NamedTuple):
    """A segment as it should be."""

    segment: Segment
    runs: list[Run]

    @property
    def digest(self) -> str:
        """Hash of all its articles."""
        return blake2b(" ".join(run.digest for run in self.runs).encode(), digest_size=16).hexdigest()

    @property
    def size(self) -> int:
        """Articles."""
        return sum(run.count for run in self.runs)


def find_segments(ask: Queries) -> list[PlannedSegment]:
    """Return all segments, the oldest first. Where few articles changed, only what they touch is looked at."""
    touched = None if ask.is_all_touched() else ask.touched_days()
    made = {row.name: row for row in ask.segments()}
    return [
        PlannedSegment(segment, _recorded_runs(made.get(segment.name), segment, touched) or list(_cut(ask, segment)))
        for segment in divide(ask.count_days())
    ]


def _recorded_runs(row: SegmentRow | None, segment: Segment, touched: list[str] | None) -> list[Run]:
    """Return the runs of a segment in which nothing changed; none where it must be looked at."""
    if row is None or touched is None or row[: len(segment)] != segment:
        return []
    if any(segment.first <= day <= segment.last for day in touched):
        return []
    return [Run(*run) for run in json.loads(row.runs)]


def _cut(ask: Queries, segment: Segment) -> Iterator[Run]:
    start: tuple[str, int, int] | None = None
    count, hashed = 0, blake2b(digest_size=12)
    for day, moment, tie, address, digest in ask.digests_of_days(*segment[1:]):
        if start is None or tie % TOGETHER == 0:
            if start:
                yield Run(*start, count, hashed.hexdigest())
            start, count, hashed = (day, moment, tie), 0, blake2b(digest_size=12)
        hashed.update(f"{address} {digest}\n".encode())
        count += 1
    if start:
        yield Run(*start, count, hashed.hexdigest())
