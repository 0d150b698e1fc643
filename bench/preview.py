"""Measure the preview: how soon it answers, and how soon a saved file shows in Chromium.

    python bench/preview.py [N] [--edits 20] [--maker SCRIPT] [--work DIR]

`serve` runs as a user runs it, on a mirror of N articles. A saved file replaces the old one in one step, and time runs
from there until the first frame for which Chromium has the new text or colour; the page's own clock, which is the
machine's, says when that was. Some edits come while output/ is still catching up with the one before.
"""

from __future__ import annotations

import argparse
import http.client
import random
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from playwright.sync_api import Error, Page, sync_playwright
from run import HERE, Bench, Rows, _family, _memory_of, measure, verdict
from search import CHROMIUM, CHROMIUM_ARGS

FROM_LAST = 2.0
FROM_NOTHING = 10.0
"""Seconds at most from the start of the command to the front page, with the last build there and without any."""
SHOWN = ((10_000, 0.3), (100_000, 0.5))
"""Seconds at most from saving an article to seeing it, by the number of articles."""
PATIENCE = 60
"""Seconds after which something will not come any more."""

# Looks at every frame for what is awaited: a text in the page, or a colour of its title. What it saw outlives a reload.
WATCHING = """
addEventListener("DOMContentLoaded", () => {
  const look = () => {
    const awaited = sessionStorage.getItem("awaited");
    const found = awaited && (awaited.startsWith("rgb")
      ? getComputedStyle(document.querySelector("h1")).color === awaited
      : document.querySelector("main")?.textContent.includes(awaited));
    if (found) {
      sessionStorage.setItem("seen", performance.timeOrigin + performance.now());
      sessionStorage.removeItem("awaited");
    }
    requestAnimationFrame(look);
  };
  look();
});
"""


@contextmanager
def serving(folder: Path) -> Iterator[tuple[int, float, int]]:
    """Serve a mirror; give the port, the seconds until the front page was there, and the process."""
    port = free_port()
    command = [sys.executable, str(HERE.parent / "build.py"), "-C", str(folder), "serve", "--port", str(port)]
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as server:
        try:
            page = b""
            while b"<main" not in page:
                with suppress(OSError, http.client.HTTPException):
                    connection = http.client.HTTPConnection("127.0.0.1", port)
                    connection.request("GET", "/")
                    page = connection.getresponse().read()
                time.sleep(0.005)
            yield port, time.perf_counter() - started, server.pid
        finally:
            server.send_signal(signal.SIGINT)
            server.wait()


def free_port() -> int:
    """Return a port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def save(path: Path, text: str) -> float:
    """Save a file in one step, and return when, in seconds since 1970."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_text(text, encoding="utf-8")
    moment = time.time()
    temporary.replace(path)
    return moment


def until_shown(page: Page, awaited: str, change: Callable[[], float]) -> float:
    """Return the seconds from a change until the page shows what is awaited."""
    page.evaluate(
        "awaited => { sessionStorage.removeItem('seen'); sessionStorage.setItem('awaited', awaited); }", awaited
    )
    moment = change()
    while time.time() < moment + PATIENCE:
        with suppress(Error):  # the page is being loaded
            if seen := page.evaluate("sessionStorage.getItem('seen')"):
                return float(seen) / 1000 - moment
        time.sleep(0.02)
    sys.exit(f"{awaited} was not shown within {PATIENCE} s")


def show(what: str, seconds: list[float], most: float) -> None:
    """Print the median and the worst of some times beside what they may be."""
    median = statistics.median(seconds)
    asked = f"at most {most * 1000:,.0f} ms: {verdict(median, most)}" if most else ""
    print(f"{what:40} median {median * 1000:7,.0f} ms   worst {max(seconds) * 1000:7,.0f} ms   {asked}", flush=True)


def show_start(what: str, seconds: float, most: float) -> None:
    """Print how long a start took beside what it may take."""
    print(f"{what:40} {seconds:.2f} s   at most {most:g} s: {verdict(seconds, most)}", flush=True)


def measure_edits(page: Page, folder: Path, url: str, edits: int, most: float) -> None:
    """Measure how soon each kind of change shows."""
    chance = random.Random(1)
    article = chance.choice(sorted((folder / "content").rglob("*.md")))
    text = article.read_text(encoding="utf-8")
    address = article.relative_to(folder / "content").with_suffix(".html").as_posix()

    def pause() -> None:
        time.sleep(chance.uniform(0.1, 2.0))

    page.goto(url + address)
    times = []
    for number in range(edits):
        pause()
        word = f"edited-{number}-"
        times.append(until_shown(page, word, partial(save, article, f"{text}\n{word}\n")))
    show("article saved -> shown", times, most)

    builtin = (HERE.parent / "templates" / "static" / "style.css").read_text(encoding="utf-8")
    times = []
    for number in range(max(edits // 2, 1)):
        pause()
        colour = f"rgb({number + 1}, 2, 3)"
        style = f"{builtin}\nh1 {{ color: {colour} }}\n"
        times.append(until_shown(page, colour, partial(save, folder / "templates" / "static" / "style.css", style)))
    show("stylesheet saved -> shown", times, most)

    builtin = (HERE.parent / "templates" / "article.html").read_text(encoding="utf-8")
    times = []
    for number in range(max(edits // 4, 1)):
        pause()
        word = f"designed-{number}-"
        template = builtin.replace("{{ body }}", f"<p>{word}</p>{{{{ body }}}}")
        times.append(until_shown(page, word, partial(save, folder / "templates" / "article.html", template)))
    show("template saved -> open page", times, most)
    shutil.rmtree(folder / "templates")
    save(article, text)

    page.goto(f"{url}latest/index.html")
    times = []
    for number in range(3):
        pause()
        # Another in each run: what was imported before is no news.
        title = f"Kereta nomor {time.time_ns()} mulai beroperasi"
        capture = f"{title}\n\n2{number} Oktober 2026 13:40\n\nKereta itu berangkat dari stasiun kota pada pagi hari.\n"
        times.append(until_shown(page, title, partial(save, folder / "seeds" / f"{time.time_ns()}.txt", capture)))
    show("capture dropped -> in the open list", times, 0)


def main() -> None:
    """Read the words of the call and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int, nargs="?", default=10_000, metavar="N")
    parser.add_argument("--edits", type=int, default=20)
    parser.add_argument("--maker", type=Path, default=HERE / "make_corpus.py")
    parser.add_argument("--work", type=Path, help="keep the mirror here; a temporary folder otherwise")
    words = parser.parse_args()
    most = next((seconds for count, seconds in SHOWN if words.count <= count), 0)
    with tempfile.TemporaryDirectory(prefix="cermin-preview-") as temporary:
        work = (words.work or Path(temporary)).resolve()
        bench = Bench(words.count, work, words.maker.resolve(), Rows())
        folder = bench.make_corpus("cermin", "cermin")
        (folder / "cermin.toml").unlink()
        bench.away(folder / "output", folder / ".cermin")
        print(f"{words.count:,} articles")
        with serving(folder) as (_, seconds, _):
            show_start("from nothing to the front page", seconds, FROM_NOTHING)
        measure([sys.executable, HERE.parent / "build.py", "-C", folder, "build"], folder)
        starts = []
        for _ in range(3):
            with serving(folder) as (_, seconds, _):
                starts.append(seconds)
        show_start("from the last build to the front page", min(starts), FROM_LAST)
        program = next(filter(None, map(shutil.which, CHROMIUM)))
        with serving(folder) as (port, _, pid), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=list(CHROMIUM_ARGS))
            page = browser.new_page()
            page.add_init_script(WATCHING)
            measure_edits(page, folder, f"http://127.0.0.1:{port}/", words.edits, most)
            browser.close()
            memory = _memory_of(pid) / 1000
            whole = sum(map(_memory_of, _family(pid))) / 1000
            print(f"{'memory':40} {memory:,.0f} MB the server, {whole:,.0f} MB with what works behind it")


if __name__ == "__main__":
    main()
