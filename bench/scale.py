"""Measure what an article costs in first builds of mirrors of several sizes, and draw it.

    python bench/scale.py [N ...] [--runs 1] [--maker SCRIPT] [--work DIR] [--plot FILE.svg]

Sizes are measured in turn, in one run, as whole processes. The cost of an article at each size is printed beside that
of 10,000 articles with its budget, and the peak memory of the whole process tree beside its own.
"""

from __future__ import annotations

import argparse
import math
import statistics
import tempfile
from pathlib import Path

from run import BUDGETS, HERE, Bench, Rows, verdict

SIZES = [1_000, 3_000, 10_000, 30_000, 100_000]
STANDARD = 10_000
COSTS = {100_000: 1.2, 1_000_000: 1.5}
"""An article is to cost at most so many times what it costs in a mirror of 10,000."""
WIDTH, HEIGHT, LEFT, BOTTOM = 640, 300, 72, 40


def plot(costs: dict[int, float]) -> str:
    """Return a drawing of microseconds an article against the number of articles, on a logarithmic axis."""
    low, high = math.log10(min(costs)), math.log10(max(costs))
    top = math.ceil(max(costs.values()) / 200) * 200

    def place(count: int, cost: float) -> tuple[float, float]:
        along = (math.log10(count) - low) / (high - low or 1)
        return LEFT + along * (WIDTH - LEFT - 50), HEIGHT - BOTTOM - cost / top * (HEIGHT - BOTTOM - 20)

    points = [place(*pair) for pair in sorted(costs.items())]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif">',
        "<title>Microseconds an article of a first build, against the number of articles</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/><g font-size="12">',
    ]
    for step in range(0, top + 1, top // 4):
        _, y = place(min(costs), step)
        parts.append(f'<path d="M{LEFT} {y:.0f}H{WIDTH - 20}" stroke="#ccc"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.0f}" text-anchor="end">{step:,} µs</text>')
    line = " ".join(f"{x:.0f},{y:.0f}" for x, y in points)
    parts.append(f'<polyline points="{line}" fill="none" stroke="#00767f" stroke-width="2"/>')
    for (x, y), (count, cost) in zip(points, sorted(costs.items()), strict=True):
        parts.append(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="4" fill="#00767f"/>')
        parts.append(f'<text x="{x:.0f}" y="{y - 10:.0f}" text-anchor="middle">{cost:.0f}</text>')
        parts.append(f'<text x="{x:.0f}" y="{HEIGHT - 16}" text-anchor="middle">{count:,}</text>')
    return "\n".join([*parts, "</g></svg>", ""])


def main() -> None:
    """Read the words of the call and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", type=int, nargs="*", default=SIZES, metavar="N")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--maker", type=Path, default=HERE / "make_corpus.py")
    parser.add_argument("--work", type=Path, help="keep the folders here; a temporary folder otherwise")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="write the drawing to FILE")
    words = parser.parse_args()
    rows = {size: Rows() for size in words.sizes}
    with tempfile.TemporaryDirectory(prefix="cermin-scale-") as temporary:
        work = (words.work or Path(temporary)).resolve()
        for _ in range(words.runs):
            for size in words.sizes:
                print(f"{size:,} articles")
                Bench(size, work / str(size), words.maker.resolve(), rows[size]).cermin(moves=False)
    costs = {size: (rows[size].median("cermin", "cold") or 0) / size * 1e6 for size in words.sizes}
    print("\n| articles | wall | an article | beside 10,000 | peak memory | budgets |")
    print("| --- | --- | --- | --- | --- | --- |")
    for size, cost in costs.items():
        memory = statistics.median(run.memory for run in rows[size].runs["cermin", "cold"])
        ratio = cost / costs[STANDARD] if STANDARD in costs else 0
        asked = []
        if ratio and size in COSTS:
            asked.append(f"{COSTS[size]} times: {verdict(ratio, COSTS[size])}")
        if most := BUDGETS.get(size, {}).get("memory"):
            asked.append(f"{most} MB: {verdict(memory, most)}")
        wall = f"{cost * size / 1e6:.1f} s"
        beside = f"{ratio:.2f}" if ratio else ""
        print(f"| {size:,} | {wall} | {cost:.0f} µs | {beside} | {memory:,.0f} MB | {', '.join(asked)} |")
    if words.plot:
        words.plot.write_text(plot(costs), encoding="utf-8")


if __name__ == "__main__":
    main()
