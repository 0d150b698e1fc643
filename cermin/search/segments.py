"""Segments: the parts of the index, each with the articles of some time, so that an article that comes changes one.

How the calendar is divided depends on nothing but how many articles each day has. Of the years before the newest, those
of an aligned block of sixteen, eight, four or two years are together where they are few enough; a year of many is
divided into halves, quarters, months and runs of days. Of the newest year the last articles stand apart: they are made
anew with each that comes, and join the others when there are enough of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

MOST = 24_000
"""Articles of a segment."""
STEP = 2_048
"""Articles of the newest year that join those before them."""
BLOCKS = (16, 8, 4, 2)
"""Years that can be together: blocks that begin at a multiple of their length."""
TIES = 1 << 56
"""Above all ties."""
NO_DAY = "undated"
"""What the segment of articles without a date is called."""

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
    years = {year: list(group) for year, group in groupby(days, lambda day: day[0][:4])}
    segments = [part for day in years.pop("", ()) for part in _divide_day(NO_DAY, *day)]
    if not years:
        return segments
    newest = max(years)
    latest = years.pop(newest)
    segments += _join_years(years, int(newest))
    cut = _find_cut(latest)
    segments += _divide_span(newest, latest[:cut])
    segments += [part._replace(name=f"{part.name}-new") for part in _divide_span(newest, latest[cut:])]
    return segments


def _join_years(years: dict[str, list[Day]], newest: int) -> Iterator[Segment]:
    """Yield the segments of the years that are over, the largest blocks of years that are small enough."""
    counts: Counter[tuple[int, int]] = Counter()
    for year, days in years.items():
        for length in BLOCKS:
            counts[int(year) // length, length] += _count(days)

    def block_of(year: str) -> str:
        for length in BLOCKS:
            number = int(year) // length
            if counts[number, length] <= MOST and (number + 1) * length <= newest:
                return f"{number * length:04}-{number * length + length - 1:04}"
        return year

    for name, block in groupby(years, block_of):
        yield from _divide_span(name, [day for year in block for day in years[year]])


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


def _divide_span(name: str, days: Sequence[Day], level: int = 0) -> Iterator[Segment]:
    """Yield the segments of some days: one, where it is not too large."""
    if not days:
        return
    if _count(days) <= MOST:
        yield Segment(name, days[0][0], days[-1][0])
    elif level < len(_PARTS):
        for part, group in groupby(days, _PARTS[level]):
            yield from _divide_span(part, list(group), level + 1)
    else:
        yield from _divide_month(days)


def _divide_month(days: Sequence[Day]) -> Iterator[Segment]:
    """Yield runs of days, each as long as it may be, and parts of days that are too large alone."""
    run: list[Day] = []
    for day in days:
        if run and _count(run) + day[1] > MOST:
            yield Segment(run[0][0], run[0][0], run[-1][0])
            run = []
        if day[1] > MOST:
            yield from _divide_day(day[0], *day)
        else:
            run.append(day)
    if run:
        yield Segment(run[0][0], run[0][0], run[-1][0])


def _divide_day(name: str, day: str, count: int) -> Iterator[Segment]:
    """Yield parts of one day by ties, which are spread evenly: half full, so that none is too large."""
    parts = 1
    while count > MOST and count > parts * MOST // 2:
        parts *= 2
    width = TIES // parts
    for number in range(parts):
        part = f"{name}-{number}" if parts > 1 else name
        yield Segment(part, day, day, number * width, (number + 1) * width)


def _count(days: Iterable[Day]) -> int:
    return sum(count for _, count in days)
