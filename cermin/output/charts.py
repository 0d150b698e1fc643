"""How many articles when: the shades of calendars, and timelines as SVG."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import cbrt
from typing import NamedTuple

MOST_BARS = 180
"""Months that a timeline shows; where there are more it shows years."""
MOST_TICKS = 6
"""Years that are named below a timeline."""
_WIDTH = 0.8
"""Of a bar, when a month is 1 wide."""
_ROOM = 0.92
"""Share of the width behind which there is no room for a year's name."""
_LEAST = 3
"""Height of the bar of one article, when the highest is 100: none is too low to be seen."""


def shade(count: int, most: int) -> int:
    """Return from 1 to 4 how full a day is beside the fullest; few articles are told from one another, too."""
    return 1 + min(3, int(4 * cbrt(count / max(most, 8))))


class Tick(NamedTuple):
    """A year named below a timeline."""

    year: str
    at: float
    """Percent of the width."""


class Timeline(NamedTuple):
    """Articles a month, or a year where there are too many months."""

    by: str
    """``month`` or ``year``."""
    bars: str
    """The bars as an SVG path, `width` wide and 100 high."""
    width: int
    ticks: list[Tick]
    peak: str
    """The month or year with the most articles, the first of several."""
    most: int
    """Its articles."""


def draw_timeline(months: Sequence[tuple[str, int]], *, is_rtl: bool) -> Timeline:
    """Return the timeline of (month, articles), which are in order: whole years, in the direction of the script."""
    first, last = int(months[0][0][:4]), int(months[-1][0][:4])
    if (last - first + 1) * 12 <= MOST_BARS:
        return _draw("month", months, first, last, 12, is_rtl=is_rtl)
    years: Counter[str] = Counter()
    for month, count in months:
        years[month[:4]] += count
    return _draw("year", list(years.items()), first, last, 1, is_rtl=is_rtl)


def _draw(  # noqa: PLR0913 - the span and its unit
    by: str, counts: Sequence[tuple[str, int]], first: int, last: int, a_year: int, *, is_rtl: bool
) -> Timeline:
    width = (last - first + 1) * a_year
    peak, most = max(counts, key=lambda one: one[1])
    bars = []
    for name, count in counts:
        column = (int(name[:4]) - first) * a_year + (int(name[5:]) - 1 if a_year > 1 else 0)
        bars.append(_bar(width - column - _WIDTH if is_rtl else column, count, most))
    step = -(-(last - first + 1) // MOST_TICKS)
    ticks = [
        Tick(f"{year:04}", _percent((year - first) * a_year, width, is_rtl=is_rtl))
        for year in range(first, last + 1, step)
        if (year - first) * a_year <= width * _ROOM
    ]
    return Timeline(by, "".join(bars), width, ticks, peak, most)


def _bar(left: float, count: int, most: int) -> str:
    height = max(_LEAST, round(100 * count / most))
    return f"M{left:g} 100v-{height}h{_WIDTH:g}v{height}z"


def _percent(column: int, width: int, *, is_rtl: bool) -> float:
    share = round(100 * column / width, 1)
    return round(100 - share, 1) if is_rtl else share
