"""Measure the import: captures a second on one core, pages beside trafilatura alone, and the memory of a large table.

    python bench/imports.py [--captures DIR] [--rows 500000] [--rounds 5] [--work DIR]

DIR holds ``text/*.txt`` and ``html/*.html`` of real captures; without it they are made up. Reading is measured in this
process, in seconds of its CPU, medians of rounds in which all take turns. The table is imported by the command, as a
user does; its memory is the largest sum over all processes.
"""

from __future__ import annotations

import argparse
import html
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from make_corpus import Article, make_article  # noqa: E402 - found beside this file
from run import measure, verdict  # noqa: E402 - found beside this file

from cermin.outlets import load_outlets  # noqa: E402 - the checkout, not what may be installed
from cermin.records import PAGE, TEXT, Capture  # noqa: E402 - as above
from cermin.seeds import read_article  # noqa: E402 - as above

TEXTS_A_SECOND = 1_500
PAGES_RATIO = 1.3
"""cermin's time for a page is to be at most so many times that of trafilatura alone."""
MEMORY = 300
"""MB for a table of 500,000 rows."""
MADE = 400
"""Captures of a kind that are made up where there are no real ones."""


def make_text(article: Article) -> str:
    """Return an article as somebody copied it: title, date and text, with links to others and a promotion."""
    lines = article.body.split("\n\n")
    lines.insert(2, f"Baca juga: {make_article(article.number + 1).title.title()}")
    return f"{article.title}\n\n{article.date:%d/%m/%Y %H:%M} WIB\n\n" + "\n".join(
        [*lines, "Editor: Siti Aminah", "Silakan baca konten menarik lainnya dari kami di Google News"]
    )


def make_page(article: Article) -> str:
    """Return an article as a page of a news site, among menus, teasers and scripts."""
    others = [make_article(article.number + step).title for step in range(1, 25)]
    teasers = "".join(f'<li><a href="/{number}">{html.escape(title)}</a></li>' for number, title in enumerate(others))
    text = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in article.body.split("\n\n"))
    told = {"@type": "NewsArticle", "headline": article.title, "datePublished": article.date.isoformat()}
    title = html.escape(article.title)
    head = f'<title>{title} - Kabar</title><script type="application/ld+json">{json.dumps(told)}</script>'
    return f"""<!doctype html><html lang="id"><head><meta charset="utf-8">{head}
<script>{"var a = 1; " * 400}</script></head><body>
<nav><ul>{teasers}</ul></nav><main><h1>{title}</h1><article>{text}</article>
<aside><h2>Terpopuler</h2><ul>{teasers}</ul></aside></main><footer>© 2024 Kabar</footer></body></html>"""


def gather(captures: Path | None, kind: str, media_type: str, make: Callable[[Article], str]) -> list[Capture]:
    """Return the captures of a kind: real ones, or as many as `MADE`."""
    if captures and (captures / kind).is_dir():
        files = sorted(path for path in (captures / kind).iterdir() if path.suffix in {".txt", ".html"})
        return [Capture(path.name, media_type, path.read_bytes()) for path in files]
    return [Capture(f"{number}.{kind}", media_type, make(make_article(number)).encode()) for number in range(MADE)]


def take_turns(tasks: Sequence[Callable[[], None]], rounds: int) -> list[float]:
    """Return the median CPU seconds of each task; the first round, which loads what they need, does not count."""
    spent: list[list[float]] = [[] for _ in tasks]
    for number in range(rounds + 1):
        for task, seconds in zip(tasks, spent, strict=True):
            started = time.process_time()
            task()
            if number:
                seconds.append(time.process_time() - started)
    return [statistics.median(seconds) for seconds in spent]


def measure_reading(captures: Path | None, rounds: int) -> None:
    """Print how quickly texts and pages are read."""
    from trafilatura import bare_extraction

    outlets = load_outlets(HERE / "none")
    texts = gather(captures, "text", TEXT, make_text)
    pages = gather(captures, "html", PAGE, make_page)

    def read(found: list[Capture]) -> None:
        for capture in found:
            read_article(capture, outlets)

    def extract() -> None:
        for capture in pages:
            bare_extraction(capture.data)

    text, page, alone = take_turns([lambda: read(texts), lambda: read(pages), extract], rounds)
    speed = len(texts) / text
    missed = "met" if speed >= TEXTS_A_SECOND else f"missed by {(1 - speed / TEXTS_A_SECOND) * 100:.0f} %"
    ratio = page / alone
    size = sum(len(capture.data) for capture in texts) / len(texts)
    print(
        f"\n{len(texts)} texts of {size:,.0f} bytes, {len(pages)} pages; CPU of one core, medians of {rounds} rounds\n"
    )
    print("| what | an article | a second | budget |\n| --- | --- | --- | --- |")
    print(f"| text | {text / len(texts) * 1e6:,.0f} µs | {speed:,.0f} | {TEXTS_A_SECOND:,} a second: {missed} |")
    print(f"| page | {page / len(pages) * 1e6:,.0f} µs | {len(pages) / page:,.0f} | |")
    print(f"| page, trafilatura alone | {alone / len(pages) * 1e6:,.0f} µs | {len(pages) / alone:,.0f} | |")
    print(f"\npage, cermin / trafilatura: {ratio:.2f} (budget {PAGES_RATIO}: {verdict(ratio, PAGES_RATIO)})")


def measure_table(rows: int, work: Path) -> None:
    """Print time and memory of importing a table of so many rows."""
    folder = work / "table"
    (folder / "seeds").mkdir(parents=True)
    (folder / "cermin.toml").write_text('[site]\ntitle = "Bench"\nlanguage = "id"\n', encoding="utf-8")
    with (folder / "seeds" / "news.jsonl").open("w", encoding="utf-8") as file:
        for number in range(rows):
            article = make_article(number)
            text = "\n".join(article.body.split("\n\n")[:4])
            row = {"title": article.title, "date": article.date.isoformat(), "content": text, "author": article.author}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    run = measure([sys.executable, HERE.parent / "build.py", "--quiet", "-C", folder, "import"], folder)
    made = sum(1 for _ in (folder / "content").rglob("*.md"))
    print(
        f"\nJSONL of {rows:,} rows: {made:,} articles in {run.wall:.0f} s, {run.cpu:.0f} s CPU "
        f"({rows / run.wall:,.0f} rows a second), peak memory {run.memory:.0f} MB (budget {MEMORY} MB: "
        f"{verdict(run.memory, MEMORY)})"
    )


def main() -> None:
    """Read the words of the call and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--captures", type=Path, metavar="DIR", default=HERE.parent.parent / "shared" / "corpus")
    parser.add_argument("--rows", type=int, default=500_000, help="0 leaves the table out")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--work", type=Path, help="keep the table's folder here; a temporary folder otherwise")
    words = parser.parse_args()
    measure_reading(words.captures if words.captures.is_dir() else None, words.rounds)
    if words.rows:
        with tempfile.TemporaryDirectory(prefix="cermin-bench-") as temporary:
            measure_table(words.rows, (words.work or Path(temporary)).resolve())


if __name__ == "__main__":
    main()
