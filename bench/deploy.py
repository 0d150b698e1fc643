"""Measure deploys of a mirror of some 20,000 files to each kind of place, and print the table of docs/performance.md.

    python bench/deploy.py [N] [--runs 3] [--to folder,git,rsync,s3] [--work DIR]

N is the number of articles. Deploys are whole processes, as a user runs them: the first one, one with nothing to do,
and one after an article was changed and the site built, of which the median of the runs is taken. The places are
real: a folder, a bare repository, an ssh server on loopback with rsync, and the S3 server that the tests speak to,
which counts what it is asked.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from make_corpus import write_corpus  # noqa: E402 - found by the line above

from tests.servers import KEY, SECRET, S3Server, Sshd  # noqa: E402 - as above

ARTICLES = 11_000
BUDGETS = {"folder": 3, "git": 5, "rsync": 5}
"""Seconds of a deploy after one edit."""
COLUMNS = ("first", "nothing to do", "one edit")


@contextlib.contextmanager
def make_places(work: Path, names: list[str]) -> Iterator[tuple[str, S3Server | None]]:
    """Make the places and yield the settings that lead to them, and the S3 server."""
    settings = {}
    store = None
    with contextlib.ExitStack() as stack:
        if "folder" in names:
            settings["folder"] = f'path = "{work / "public"}"'
        if "git" in names:
            repository = work / "remote.git"
            subprocess.run(["git", "init", "--quiet", "--bare", str(repository)], check=True)
            settings["git"] = f'remote = "file://{repository}"'
        if "rsync" in names:
            (work / "www").mkdir()
            server = stack.enter_context(contextlib.closing(Sshd(work / "sshd")))
            settings["rsync"] = f'to = "{server.host}:{work / "www"}"\nssh = """{server.client()}"""'
        if "s3" in names:
            store = stack.enter_context(contextlib.closing(S3Server(work / "s3")))
            (store.buckets / "mirror").mkdir()
            settings["s3"] = f'bucket = "mirror"\nendpoint = "{store.endpoint}"'
        tables = (f'[deploy.{name}]\ntarget = "{name}"\n{lines}\n' for name, lines in settings.items())
        yield "\n".join(tables), store


def run(root: Path, *words: str) -> tuple[float, str]:
    """Run cermin and return the seconds that it took and what it printed; raise when it fails."""
    environment = os.environ | {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "LC_ALL": "C.UTF-8"}
    command = [sys.executable, str(HERE.parent / "build.py"), "-C", str(root), *words]
    started = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(words)} failed:\n{done.stdout}{done.stderr}")
    return time.perf_counter() - started, done.stdout


def edit(root: Path, number: int) -> None:
    """Change one article."""
    path = sorted((root / "content").rglob("*.md"))[number * 997]
    path.write_text(f"{path.read_text(encoding='utf-8')}\nKalimat {number} yang baru.\n", encoding="utf-8")


def main() -> None:
    """Read the words of the call and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=int, nargs="?", default=ARTICLES, metavar="N")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--to", default="folder,git,rsync,s3", metavar="NAME,…")
    parser.add_argument("--work", type=Path, help="keep the folders here; a temporary folder otherwise")
    words = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        work = words.work or Path(scratch)
        work.mkdir(exist_ok=True)
        measure(work, words.articles, words.to.split(","), words.runs)


def measure(work: Path, articles: int, names: list[str], runs: int) -> None:
    """Make the mirror and the places, deploy, and print the table."""
    root = work / "mirror"
    write_corpus(range(articles), root / "content")
    seconds: dict[tuple[str, str], list[float]] = {}
    requests: dict[tuple[str, str], int] = {}
    with make_places(work, names) as (tables, store):
        site = '[site]\ntitle = "Bench"\nbase_url = "https://example.org/"\n'
        (root / "cermin.toml").write_text(f"{site}\n{tables}", encoding="utf-8")
        run(root, "build")
        files = sum(len(files) for _, _, files in os.walk(root / "output"))
        print(f"{articles:,} articles, {files:,} files", flush=True)

        def deploy(name: str, column: str) -> None:
            before = store.requests() if store and name == "s3" else 0
            took, printed = run(root, "deploy", name)
            seconds.setdefault((name, column), []).append(took)
            if store and name == "s3":
                requests[name, column] = store.requests() - before
            last = re.sub(r"\s+", " ", printed.strip().splitlines()[-1])
            print(f"  {name:8} {column:14} {took:8.2f} s  {last}", flush=True)

        for name in names:
            deploy(name, "first")
            deploy(name, "nothing to do")
        for number in range(runs):
            edit(root, number)
            run(root, "build")
            for name in names:
                deploy(name, "one edit")
    print_table(names, seconds, requests)


def print_table(
    names: list[str], seconds: dict[tuple[str, str], list[float]], requests: dict[tuple[str, str], int]
) -> None:
    """Print the seconds beside what they may be, and the requests to S3."""
    print(f"\n| target | {' | '.join(COLUMNS)} | at most |")
    print("| --- |" + " --- |" * (len(COLUMNS) + 1))
    for name in names:
        cells = []
        for column in COLUMNS:
            asked = f", {requests[name, column]:,} requests" if (name, column) in requests else ""
            cells.append(f"{statistics.median(seconds[name, column]):.2f} s{asked}")
        budget = f"{BUDGETS[name]} s" if name in BUDGETS else ""
        print(f"| {name} | {' | '.join(cells)} | {budget} |")
    late = [name for name in names if statistics.median(seconds[name, "one edit"]) > BUDGETS.get(name, 3600)]
    if late:
        raise SystemExit(f"over the budget: {', '.join(late)}")


if __name__ == "__main__":
    main()
