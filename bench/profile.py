"""Tell where the time of a first build goes: one process, CPU time by step, for N made-up articles.

    python bench/profile.py [N] [--maker SCRIPT]

Each step is timed around its calls, the innermost first: what is told of a step is without the steps inside it.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))


class Clock:
    """Adds up the CPU time of steps; a step that begins inside another stops its clock."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self.calls: Counter[str] = Counter()
        self._open: list[str] = ["all else"]
        self._since = time.process_time()

    def begin(self, step: str) -> None:
        """Begin a step."""
        self._tick()
        self._open.append(step)

    def end(self) -> None:
        """End the step that began last."""
        self._tick()
        self._open.pop()

    def _tick(self) -> None:
        now = time.process_time()
        self.seconds[self._open[-1]] += now - self._since
        self._since = now

    def watch(self, place: Any, name: str, step: str | Callable[..., str]) -> None:
        """Time all calls of a function of a module or class; ``step`` may depend on what it is called with."""
        function = getattr(place, name)

        @wraps(function)
        def call(*args: Any, **words: Any) -> Any:
            called = step if isinstance(step, str) else step(*args)
            self.calls[called] += 1
            self.begin(called)
            try:
                result = function(*args, **words)
            finally:
                self.end()
            return self._watch_items(result, called) if isinstance(result, Iterator) else result

        setattr(place, name, call)

    def _watch_items(self, items: Iterator[Any], step: str) -> Iterator[Any]:
        while True:
            self.begin(step)
            try:
                item = next(items)
            except StopIteration:
                return
            finally:
                self.end()
            yield item


def main() -> None:
    """Build a mirror and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int, nargs="?", default=10_000, metavar="N")
    parser.add_argument("--maker", type=Path, default=HERE / "make_corpus.py")
    words = parser.parse_args()
    clock = Clock()
    clock.begin("starting up")
    from cermin import content, pipeline, site, workers
    from cermin import dataset as dataset_update
    from cermin.config import load_config
    from cermin.content import folder as content_folder
    from cermin.output import body_html, dataset, making, rendering
    from cermin.report import MemoryReporter
    from cermin.site import loading

    clock.end()
    clock.watch(content, "find_files", "finding article files")
    clock.watch(content, "read_entries", "reading article files: opening, exceptions")
    clock.watch(content_folder, "parse_entry", "reading article files: front matter, checks, excerpt")
    clock.watch(site, "shelve", "shelves and order of articles")
    clock.watch(loading.Loader, "add", "filling the catalogue")
    clock.watch(loading.Loader, "finish", "filling the catalogue")
    clock.watch(loading.PageLoader, "add", "recording pages")
    clock.watch(loading.PageLoader, "finish", "recording pages")
    clock.watch(site, "plan_part", lambda *given: f"planning {_plural(given[2].kind)}")
    clock.watch(body_html.BodyRenderer, "render", "bodies: paragraphs")
    clock.watch(body_html.BodyRenderer, "_convert", "bodies: Markdown and sanitiser")
    clock.watch(rendering.Renderer, "render", lambda *given: f"rendering {_plural(given[1].kind)}")
    clock.watch(making, "put_new", "writing files")
    clock.watch(dataset_update, "find_members", "the dataset: which members there are")
    clock.watch(dataset.MakeMembers, "_make", "the dataset: lines and compression")
    clock.watch(dataset, "put_pieces", "the dataset: checksum, writing")
    for place in (pipeline, workers):
        vars(place).update(content=content, site=site)
    with tempfile.TemporaryDirectory(prefix="cermin-profile-") as work:
        command = [sys.executable, words.maker, str(words.count), work, "--flavour", "cermin"]
        subprocess.run(list(map(str, command)), check=True, stdout=subprocess.DEVNULL)
        (Path(work) / "cermin.toml").write_text("[site]\nsearch = false\n", encoding="utf-8")
        built = pipeline.build(load_config(Path(work)), MemoryReporter(), jobs=1)
        clock.begin("")  # to remove the folder is no part of it
    total = sum(clock.seconds.values())
    print(f"| step, {built.articles:,} articles, {built.pages:,} files | CPU | share | calls | each |")
    print("| --- | --- | --- | --- | --- |")
    for step, seconds in clock.seconds.most_common():
        calls = clock.calls[step]
        each = f"{seconds / calls * 1e6:.0f} µs" if calls else ""
        print(
            f"| {step} | {seconds:.2f} s | {seconds / total:.0%} | {calls or '':,} | {each} |"
            if calls
            else f"| {step} | {seconds:.2f} s | {seconds / total:.0%} | | |"
        )
    print(f"\n{total:.2f} s of CPU time in one process, {total / built.articles * 1e6:.0f} µs an article")


def _plural(kind: str) -> str:
    return "articles" if kind == "article" else "all other pages"


if __name__ == "__main__":
    main()
