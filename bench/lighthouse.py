"""Score an article, the front page and a list with Lighthouse, and fail where a category is below 99.

    python bench/lighthouse.py [N] [--runs 3]

A mirror of N made-up articles is built and served on loopback as a static host serves it: compressed, with media types
and times of keeping, by HTTP/1.1. Lighthouse runs as it comes, for a slow telephone on a slow line, in a Chromium that
shows no window; scores are medians of the runs.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(HERE))

from host import serve  # noqa: E402 - beside this file
from make_corpus import write_corpus  # noqa: E402 - as host

LEAST = 99
CATEGORIES = {
    "performance": "performance",
    "accessibility": "accessibility",
    "best-practices": "best practices",
    "seo": "search",
}
CLI = ROOT / "node_modules" / "lighthouse" / "cli" / "index.js"
# No sandbox, as root has none; nothing that looks for other hosts while it is measured.
CHROME_FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)


def make_site(root: Path, count: int, address: str) -> dict[str, str]:
    """Build the mirror, and return the addresses of the pages that are scored."""
    write_corpus(range(count), root / "content")
    settings = f'[site]\ntitle = "Kaca"\ndescription = "Arsip berita"\nlanguage = "id"\nbase_url = "{address}"\n'
    (root / "cermin.toml").write_text(settings, encoding="utf-8")
    subprocess.run([sys.executable, ROOT / "build.py", "-C", root, "--quiet", "build"], check=True)
    content = root / "content"
    longest = max(content.rglob("*.md"), key=lambda path: path.stat().st_size).relative_to(content)
    pages = {"article": longest.with_suffix(".html").as_posix(), "front": "", "list": "latest/index.html"}
    return {name: address + path for name, path in pages.items()}


def score(address: str, folder: Path) -> dict[str, Any]:
    """Return Lighthouse's report of a page."""
    report = folder / "report.json"
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if not chromium:
        sys.exit("error: no Chromium on PATH")
    subprocess.run(
        ["node", CLI, address, "--quiet", "--output=json", f"--output-path={report}", f"--chrome-flags={CHROME_FLAGS}"],
        check=True,
        env=os.environ | {"CHROME_PATH": chromium},
        cwd=folder,
    )
    found: dict[str, Any] = json.loads(report.read_bytes())
    return found


def find_losses(report: dict[str, Any]) -> dict[str, str]:
    """Return what cost points in a report, by category and audit."""
    audits = report["audits"]
    return {
        f"{CATEGORIES[name]}: {audits[ref['id']]['title']}": audits[ref["id"]].get("displayValue", "")
        for name in CATEGORIES
        for ref in report["categories"][name]["auditRefs"]
        if ref["weight"] and (audits[ref["id"]]["score"] or 0) < 1 and is_scored(audits[ref["id"]])
    }


def is_scored(audit: dict[str, Any]) -> bool:
    """Tell whether an audit counts in this report."""
    return audit["scoreDisplayMode"] not in {"notApplicable", "informative", "manual"}


def main() -> None:
    """Read the words of the call, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int, nargs="?", default=600, metavar="N")
    parser.add_argument("--runs", type=int, default=3)
    words = parser.parse_args()
    is_below = False
    print(
        f"| page | {' | '.join(CATEGORIES.values())} |\n| --- | {' | '.join(['---'] * len(CATEGORIES))} |", flush=True
    )
    losses: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder) / "mirror" / "output") as address:
        pages = make_site(Path(folder) / "mirror", words.count, address)
        for name, page in pages.items():
            reports = [score(page, Path(folder)) for _ in range(words.runs)]
            scores = [
                round(100 * statistics.median(report["categories"][category]["score"] for report in reports))
                for category in CATEGORIES
            ]
            is_below |= min(scores) < LEAST
            print(f"| {name} | {' | '.join(map(str, scores))} |", flush=True)
            for report in reports:
                losses |= {f"{name}, {audit}": value for audit, value in find_losses(report).items()}
    for audit, value in losses.items():
        print(f"{audit} {value}".rstrip())
    if is_below:
        sys.exit(f"error: a score is below {LEAST}")


if __name__ == "__main__":
    main()
