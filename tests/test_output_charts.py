"""Shades of calendars and timelines: what is drawn is what was counted."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from cermin.output.charts import MOST_BARS, MOST_TICKS, Tick, draw_timeline, shade

MONTHS = st.dictionaries(
    st.builds("{:04}-{:02}".format, st.integers(1, 2100), st.integers(1, 12)), st.integers(1, 10_000), min_size=1
).map(lambda months: sorted(months.items()))


def bars(path: str) -> list[tuple[float, int]]:
    """Return (left edge, height) of the bars of a path."""
    found = re.findall(r"M([\d.]+) 100v-(\d+)h0\.8v\2z", path)
    assert "".join(f"M{left} 100v-{height}h0.8v{height}z" for left, height in found) == path
    return [(float(left), int(height)) for left, height in found]


@given(MONTHS, st.booleans())
def test_bars(months, is_rtl):
    """Each month or year with articles has one bar inside the picture, the highest where the most articles are."""
    line = draw_timeline(months, is_rtl=is_rtl)
    drawn = bars(line.bars)
    assert len(drawn) == len(months if line.by == "month" else {month[:4] for month, _ in months})
    assert all(0 <= left <= line.width - 0.8 and 0 < height <= 100 for left, height in drawn)
    lefts = [left for left, _ in drawn]
    assert lefts == sorted(set(lefts), reverse=is_rtl)
    assert line.width <= MOST_BARS or line.by == "year"
    counts = {month[: 7 if line.by == "month" else 4]: 0 for month, _ in months}
    for month, count in months:
        counts[month[: 7 if line.by == "month" else 4]] += count
    assert counts[line.peak] == line.most == max(counts.values())
    assert drawn[list(counts).index(line.peak)][1] == 100


@given(MONTHS)
def test_directions(months):
    """From right to left a timeline is the same picture in a mirror."""
    line, mirrored = draw_timeline(months, is_rtl=False), draw_timeline(months, is_rtl=True)
    for (left, height), (other_left, other_height) in zip(bars(line.bars), bars(mirrored.bars), strict=True):
        assert height == other_height
        assert abs(line.width - 0.8 - left - other_left) < 0.01
    for tick, other in zip(line.ticks, mirrored.ticks, strict=True):
        assert tick.year == other.year
        assert abs(100 - tick.at - other.at) < 0.2


@given(MONTHS)
def test_ticks(months):
    """A few years are named in order, the first one first."""
    ticks = draw_timeline(months, is_rtl=False).ticks
    assert ticks[0] == Tick(months[0][0][:4], 0)
    assert len(ticks) <= MOST_TICKS
    assert ticks == sorted(ticks, key=lambda tick: tick.at)


@given(st.integers(1, 10_000), st.integers(1, 10_000), st.integers(1, 10_000))
def test_shades(one, other, most):
    """Of two days the one with more articles is never lighter; the fullest of a busy month is the darkest."""
    most = max(one, other, most)
    assert 1 <= shade(min(one, other), most) <= shade(max(one, other), most) <= 4
    assert most < 8 or shade(most, most) == 4
