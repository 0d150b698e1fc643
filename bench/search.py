"""Measure search: what the index costs, beside Pagefind, and what the queries of readers ask of a host.

    python bench/search.py [N ...] [--maker SCRIPT] [--queries 200] [--beside 5000] [--pagefind PYTHON] [--work DIR]

Mirrors of N articles are built without and with `search`, each as a whole process, and again after changes. Pagefind
runs on the article pages of another mirror, beside cermin's build of that; `--pagefind` names a Python that has it, and
else it is installed into the folder of work. Then Chromium asks a host on loopback, which sends the largest mirror, for
words and phrases of titles, each with nothing in its cache.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

from host import serve
from playwright.sync_api import Browser, sync_playwright
from run import BUDGETS, HERE, Bench, Rows, Run, add, edit, measure, verdict

SIZES = [10_000, 100_000]
SEGMENTS = {100_000: (1_000, 45, 60)}
"""Files, MB and seconds of the index at most, by the number of articles."""
MEMORY = 600
"""MB at most on top of what a first build may take."""
ADDED = (2, 60)
"""Seconds more and files of the index written at most for 50 new articles."""
PAGEFIND = "pagefind[bin]==1.5.2"
SHARES = {"time": 0.5, "memory": 0.1, "files": 0.1}
"""Of Pagefind's, at most."""
FIRST = (6, 200)
"""Requests and KB at most until there are results."""
WHOLE = 40
"""Requests at most until all of the archive was searched."""
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
# No sandbox, as root has none; nothing that looks for other hosts while it is measured.
CHROMIUM_ARGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync")


# --- the index ----------------------------------------------------------------------------------------------------


class Index(NamedTuple):
    """What the index of a mirror is."""

    segments: int
    files: dict[str, tuple[int, int]]
    """Of each file what changes when it is written."""
    size: int
    """Bytes."""


def read_index(folder: Path) -> Index:
    """Look at the index of a mirror."""
    search = folder / "output" / "search"
    stats = {path.relative_to(search).as_posix(): path.stat() for path in search.rglob("*") if path.is_file()}
    segments = json.loads((search / "index.json").read_bytes())["segments"]
    files = {path: (stat.st_ino, stat.st_mtime_ns) for path, stat in stats.items()}
    return Index(len(segments), files, sum(stat.st_size for stat in stats.values()))


_DATE = re.compile(r"^date: ([-\d]{10})", re.MULTILINE)


class Mirror:
    """A mirror of so many articles, built without and with an index."""

    def __init__(self, count: int, work: Path, maker: Path) -> None:
        self.count, self.rows = count, Rows()
        self._bench = Bench(count, work / str(count), maker, self.rows)
        self.folder = self._bench.make_corpus("cermin", "cermin")
        self.articles = sorted((self.folder / "content").rglob("*.md"))
        dates = (_DATE.search(path.read_text(encoding="utf-8")) for path in self.articles)
        self.newest = max(date[1] for date in dates if date)
        """Day of the newest article."""
        self.written: dict[str, int] = {}
        """Files of the index that were written, by what had changed."""

    def build(self, move: str, *, search: bool) -> Run:
        """Build, keep what it took, and return it."""
        settings = self.folder / "cermin.toml"
        settings.write_text(f"[site]\nsearch = {str(search).lower()}\n", encoding="utf-8")
        run = measure([sys.executable, HERE.parent / "build.py", "-C", self.folder, "build"], self.folder)
        self.rows.add("with" if search else "without", move, run)
        return run

    def build_anew(self, *, search: bool) -> Run:
        """Build with neither catalogue nor output."""
        self._bench.away(self.folder / "output", self.folder / ".cermin")
        return self.build("cold", search=search)

    def change(self, *, search: bool) -> None:
        """Build after changes."""
        article = random.Random(1).choice(self.articles)
        changes: dict[str, Callable[[], Callable[[], None]]] = {
            "one edit": lambda: edit(article),
            "50 additions": lambda: add(self.articles, [self.newest]),
            "50 of a new year": lambda: add(self.articles, [f"{int(self.newest[:4]) + 1}-01-01"]),
        }
        for move, change in changes.items():
            before = read_index(self.folder).files if search else {}
            undo = change()
            self.build(move, search=search)
            if search:
                after = read_index(self.folder).files
                self.written[move] = sum(before.get(path) != stamp for path, stamp in after.items())
            undo()
            self.build("undone", search=search)

    def figure(self, tool: str, move: str, figure: str = "wall") -> float:
        """Return the median of what was measured."""
        return self.rows.median(tool, move, figure) or 0


def seconds_told(run: Run) -> float:
    """Return how long the index took, as the build itself tells."""
    told = re.search(r"^Search index: .* in ([\d.]+) s$", run.printed, re.MULTILINE)
    return float(told[1]) if told else 0


def measure_index(mirror: Mirror) -> None:
    """Measure builds, and print what the index costs."""
    mirror.build_anew(search=False)
    mirror.change(search=False)
    told = seconds_told(mirror.build_anew(search=True))
    index = read_index(mirror.folder)
    mirror.change(search=True)
    files, size, seconds = SEGMENTS.get(mirror.count, (0, 0, 0))
    memory = BUDGETS[mirror.count]["memory"] + MEMORY if mirror.count in BUDGETS else 0
    more = {move: mirror.figure("with", move) - mirror.figure("without", move) for move in mirror.written}
    rows = [
        ("files of the index", f"{len(index.files):,} in {index.segments} segments", len(index.files), files),
        ("their size", f"{index.size / 1e6:.1f} MB", index.size / 1e6, size),
        ("its time in a first build, as that tells", f"{told:.1f} s", told, seconds),
        ("first build without it, with it", _pair(mirror, "cold", "wall", "s"), 0, 0),
        ("its peak memory", _pair(mirror, "cold", "memory", "MB"), mirror.figure("with", "cold", "memory"), memory),
    ]
    for move in mirror.written:
        budget = ADDED if move == "50 additions" else (0, 0)
        rows.append((f"{move}, without it, with it", _pair(mirror, move, "wall", "s"), more[move], budget[0]))
        rows.append((f"{move}: files of it written", f"{mirror.written[move]:,}", mirror.written[move], budget[1]))
    print(
        f"\n| {mirror.count:,} articles, {index.size / mirror.count:.0f} bytes each | | budget |\n| --- | --- | --- |"
    )
    for name, figure, value, budget in rows:
        print(f"| {name} | {figure} | {f'{budget:,}: {verdict(value, budget)}' if budget else ''} |")


def _pair(mirror: Mirror, move: str, figure: str, unit: str) -> str:
    digits = 2 if unit == "s" else 0
    return ", ".join(f"{mirror.figure(tool, move, figure):,.{digits}f} {unit}" for tool in ("without", "with"))


# --- beside Pagefind ----------------------------------------------------------------------------------------------


def install_pagefind(folder: Path) -> Path:
    """Make an environment that holds Pagefind, and return its Python."""
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-qq", PAGEFIND], check=True)
    return python


def measure_pagefind(mirror: Mirror, python: Path) -> None:
    """Measure Pagefind on the article pages of a mirror, and print it beside cermin."""
    mirror.build_anew(search=False)
    told = seconds_told(mirror.build_anew(search=True))
    index = read_index(mirror.folder)
    pages = mirror.folder.parent / "pages"
    shutil.rmtree(pages, ignore_errors=True)
    for article in mirror.articles:
        page = article.relative_to(mirror.folder / "content").with_suffix(".html")
        (pages / page).parent.mkdir(parents=True, exist_ok=True)
        os.link(mirror.folder / "output" / page, pages / page)
    command = [python, "-m", "pagefind", "--site", pages, "--root-selector", "main", "--silent"]
    run = measure(command, pages)
    mirror.rows.add("pagefind", "", run)
    made = [path.stat().st_size for path in (pages / "pagefind").rglob("*") if path.is_file()]
    memory = mirror.figure("with", "cold", "memory") - mirror.figure("without", "cold", "memory")
    print(f"\n| {mirror.count:,} articles | cermin | Pagefind | ratio | budget |\n| --- | --- | --- | --- | --- |")
    for name, ours, theirs, form in (
        ("time", told, run.wall, "{:.1f} s"),
        ("memory", memory, run.memory, "{:,.0f} MB"),
        ("files", len(index.files), len(made), "{:,}"),
        ("size", index.size / 1e6, sum(made) / 1e6, "{:.1f} MB"),
    ):
        asked = f"{SHARES[name]}: {verdict(ours / theirs, SHARES[name])}" if name in SHARES else ""
        print(f"| {name} | {form.format(ours)} | {form.format(theirs)} | {ours / theirs:.2f} | {asked} |")
    print("\ncermin's memory is what its build takes more with the index than without.")


# --- queries ------------------------------------------------------------------------------------------------------

_TITLE = re.compile(r'^title: "?(.*?)"?$', re.MULTILINE)
_WORD = re.compile(r"[^\W\d_]{3,}")
_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7ff]")
KINDS: dict[str, tuple[int, str]] = {
    "one word": (1, "{}"),
    "two words": (2, "{}"),
    "three words": (3, "{}"),
    "two words as a phrase": (2, '"{}"'),
}
"""How many words that stand side by side in a title, and how they are asked for."""
WATCH = """
addEventListener("DOMContentLoaded", () => {
  const search = document.getElementById("search");
  const moments = {};
  globalThis.answered = new Promise((done, fail) => {
    setTimeout(fail, 60_000, new Error("no answer"));
    new MutationObserver(changes => {
      if (search.querySelector("ol li")) moments.first ??= performance.now();
      if (changes.some(change => change.attributeName) && !search.ariaBusy) {
        moments.whole = performance.now();
        done(moments);
      }
    }).observe(search, { attributeFilter: ["aria-busy"], childList: true, subtree: true });
  });
});
"""
"""Keeps when there were results, and when the answer was whole."""
TELL = """
async () => ({
  ...await answered,
  requests: performance.getEntriesByType("resource").map(
    ({ name, startTime, transferSize }) => [new URL(name).pathname, startTime, transferSize]),
})
"""


class Answer(NamedTuple):
    """What a query asked of the host, beside the page with its style and script: requests, bytes and milliseconds."""

    first_requests: int
    """Begun before there were results, as the others of first."""
    first_bytes: int
    first_time: float
    requests: int
    bytes: int
    time: float
    """Since the page was asked for, as ``first_time``."""


def draw_queries(articles: Sequence[Path], kind: str) -> Iterator[str]:
    """Yield words that stand side by side in titles, without end."""
    length, form = KINDS[kind]
    draw = random.Random(kind)
    while True:
        title = _TITLE.search(draw.choice(articles).read_text(encoding="utf-8"))
        words = title[1].split() if title else []
        runs = [words[at : at + length] for at in range(len(words) - length + 1)]
        runs = [run for run in runs if all(map(_WORD.fullmatch, run))]
        if runs:
            # Where no spaces stand between words, nobody types a whole sentence.
            yield form.format(" ".join(word[:4] if _UNSPACED.search(word) else word for word in draw.choice(runs)))


def ask(browser: Browser, address: str, query: str) -> Answer | None:
    """Ask a query with nothing in any cache; None where it finds nothing."""
    context = browser.new_context()
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(f"{address}search.html?{urlencode({'q': query})}")
    told: dict[str, Any] = page.evaluate(TELL)
    context.close()
    if "first" not in told:
        return None
    requests = [(begun, size) for path, begun, size in told["requests"] if not path.startswith("/static/")]
    early = [size for begun, size in requests if begun < told["first"]]
    all_sizes = [size for _, size in requests]
    return Answer(len(early), sum(early), told["first"], len(all_sizes), sum(all_sizes), told["whole"])


def measure_queries(mirror: Mirror, count: int) -> None:
    """Ask queries of a mirror with an index, and print what they asked for."""
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if not program:
        print("no Chromium on PATH: queries are left out")
        return
    print(f"\n| {mirror.count:,} articles | first results: requests | KB | ms | all: requests | KB | ms | budgets |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    with serve(mirror.folder / "output") as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_ARGS)
        for kind in KINDS:
            queries = list(islice(draw_queries(mirror.articles, kind), count // len(KINDS)))
            answers = [answer for query in queries if (answer := ask(browser, address, query))]
            print_answers(f"{kind} ({len(answers)} of {len(queries)} found)", answers)
        browser.close()
    print("\nmedian, 95 of 100, worst; share of queries within the budgets")


def print_answers(name: str, answers: Sequence[Answer]) -> None:
    """Print a row of the table."""
    columns = [sorted(column) for column in zip(*answers, strict=True)]
    cells = []
    for field, column in zip(Answer._fields, columns, strict=True):
        unit = 1000 if field.endswith("bytes") else 1
        figures = (column[len(column) // 2], column[len(column) * 95 // 100], column[-1])
        cells.append(", ".join(f"{figure / unit:,.0f}" for figure in figures))
    budgets = {
        f"{FIRST[0]} requests": [answer.first_requests <= FIRST[0] for answer in answers],
        f"{FIRST[1]} KB": [answer.first_bytes <= FIRST[1] * 1000 for answer in answers],
        f"{WHOLE} requests": [answer.requests <= WHOLE for answer in answers],
    }
    told = ", ".join(f"{budget}: {sum(held) / len(held):.0%}" for budget, held in budgets.items())
    print(f"| {name} | {' | '.join(cells)} | {told} |", flush=True)


def main() -> None:
    """Read the words of the call and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", type=int, nargs="*", default=SIZES, metavar="N")
    parser.add_argument("--maker", type=Path, default=HERE / "make_corpus.py")
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--beside", type=int, default=5_000, metavar="N", help="articles for Pagefind; 0: leave it out")
    parser.add_argument("--pagefind", type=Path, metavar="PYTHON", help="a Python that has Pagefind")
    parser.add_argument("--work", type=Path, help="keep the folders here; a temporary folder otherwise")
    words = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cermin-search-") as temporary:
        work = (words.work or Path(temporary)).resolve()
        maker = words.maker.resolve()
        if words.beside:
            print(f"{words.beside:,} articles, beside Pagefind")
            python = words.pagefind.absolute() if words.pagefind else install_pagefind(work / "pagefind")
            measure_pagefind(Mirror(words.beside, work, maker), python)
        for size in words.sizes:
            print(f"{size:,} articles")
            mirror = Mirror(size, work, maker)
            measure_index(mirror)
            if size == max(words.sizes):
                measure_queries(mirror, words.queries)


if __name__ == "__main__":
    main()
