"""Runs that are killed: `python -m tests.cut_short FOLDER STEP` plays scenarios, in a process that may fork.

Each run stops dead, as by SIGKILL, right before one of the moments that change something on disk: a file is made,
gets its name or goes, or the catalogue commits. Then the next build is compared with one that nothing disturbed.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from cermin.output.theme import builtin_folder
from tests.conftest import tree
from tests.mirrors import article, build, find_differences, import_seeds

KILLED = 9
CAPTURE = """\
Banjir besar melanda kota

Pemerintah daerah mengatakan bahwa bantuan nomor {} untuk warga akan dikirim pada hari Senin.

Warga menunggu bantuan sejak pagi hari di pelabuhan.
"""


def die_at(moment: int) -> None:
    """End this process without ado right before change number ``moment`` of the disk."""
    left = moment

    def count() -> None:
        nonlocal left
        left -= 1
        if left < 0:
            os._exit(KILLED)

    def watch(event: str, args: tuple[Any, ...]) -> None:
        if event in {"os.rename", "os.remove", "os.rmdir"} or (event == "open" and args[2] & os.O_CREAT):
            count()

    class Connection(sqlite3.Connection):
        def execute(self, sql: str, *args: Any) -> sqlite3.Cursor:
            if sql == "COMMIT":
                count()
            return super().execute(sql, *args)

    sys.addaudithook(watch)
    # Not quite the real thing, as SQLite raises no audit event when it commits.
    sqlite3.connect = partial(sqlite3.connect, factory=Connection)  # type: ignore[assignment]


def work(root: Path) -> None:
    """Do what a person does: import, then build."""
    import_seeds(root)
    build(root)


def work_and_die(root: Path, moment: int) -> bool:
    """Work in a process that is killed at a moment; tell whether it lived to see it."""
    child = os.fork()
    if not child:
        try:
            die_at(moment)
            work(root)
            os._exit(0)
        finally:
            os._exit(1)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code not in {0, KILLED}:
        raise ChildProcessError(code)
    return code == KILLED


def make(root: Path) -> None:
    """Make a mirror with article files and captures."""
    for number in range(6):
        path = root / f"content/kaca/2024/06/a{number}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(article(f"Judul {number}", date=f"2024-06-0{number + 1}", tags=["Banjir"]), encoding="utf-8")
    for number in range(3):
        path = root / f"seeds/{number}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text(CAPTURE.format(number), encoding="utf-8")
    (root / "cermin.toml").write_text('[site]\nlist_size = 2\nbase_url = "https://example.org/"\n', encoding="utf-8")


def edit(root: Path) -> None:
    """Change a little of everything."""
    folder = root / "content/kaca/2024/06"
    (folder / "a0.md").unlink()
    (folder / "a1.md").write_text(article("Lain", date="2023-01-01", section="Kota"), encoding="utf-8")
    (folder / "baru.md").write_text(article("Baru", date="2025-01-01", tags=["Baru"]), encoding="utf-8")
    (root / "templates").mkdir()
    (root / "templates/robots.txt").write_text("User-agent: *\n", encoding="utf-8")
    (root / "seeds/3.txt").write_text(CAPTURE.format(3), encoding="utf-8")
    (root / "output/about.html").unlink()


def redesign(root: Path) -> None:
    """Change what stands on every page, and an article."""
    (root / "templates").mkdir()
    layout = (builtin_folder() / "layout.html").read_text(encoding="utf-8")
    (root / "templates/layout.html").write_text(layout.replace("</body>", "<hr></body>"), encoding="utf-8")
    (root / "content/kaca/2024/06/a2.md").write_text(article("Lain", date="2023-01-01"), encoding="utf-8")


def revert(before: Path, root: Path) -> None:
    """Take back all changes of captures, articles and templates, as by `git checkout`."""
    for name in ("seeds", "content", "templates"):
        shutil.rmtree(root / name, ignore_errors=True)
        if (before / name).is_dir():
            shutil.copytree(before / name, root / name)


def find_faults(root: Path, wanted: Path) -> list[str]:
    """Return in what the mirror differs from the one that nothing disturbed, and what a killed process left behind."""
    found = [f"{name}: {how}" for name, how in find_differences(tree(root / "output"), tree(wanted / "output")).items()]
    contents = find_differences(tree(root / "content"), tree(wanted / "content"))
    return found + [f"content/{name}: {how}" for name, how in contents.items() if not name.endswith(".tmp")]


def find_halves(root: Path) -> list[str]:
    """Return the pages that a reader would find unfinished."""
    endings = {".html": b"</html>", ".xml": b">"}
    return [
        f"{path.name}: unfinished"
        for path in (root / "output").rglob("*")
        if path.suffix in endings and not path.read_bytes().rstrip().endswith(endings[path.suffix])
    ]


def run_scenario(folder: Path, before: Path, wanted: Path, change: Callable[[Path], None], step: int) -> dict[str, Any]:
    """Kill the work on ``before`` with a ``change`` at every ``step``-th moment."""
    faults: list[str] = []
    deaths, moment, alive = 0, 0, True
    while alive:
        root = folder / "try"
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(before, root, symlinks=True)
        change(root)
        alive = work_and_die(root, moment)
        deaths += alive
        faults += [f"at {moment}: {fault}" for fault in find_halves(root)]
        if wanted.name == "before":
            revert(before, root)
        work(root)
        faults += [f"at {moment}: {fault}" for fault in find_faults(root, wanted)]
        moment += step
    return {"deaths": deaths, "faults": faults}


def main(folder: Path, step: int) -> None:
    """Run the scenarios in ``folder``, with a death at every ``step``-th moment, and print what went wrong."""
    fresh, before, after = folder / "fresh", folder / "before", folder / "after"
    make(fresh)
    shutil.copytree(fresh, before)
    work(before)
    shutil.copytree(before, after)
    edit(after)
    work(after)
    told = {
        "the first build": run_scenario(folder, fresh, before.rename(folder / "first"), lambda _: None, step),
    }
    (folder / "first").rename(before)
    told["an edit"] = run_scenario(folder, before, after, edit, step)
    restyled = folder / "restyled"
    shutil.copytree(before, restyled)
    redesign(restyled)
    work(restyled)
    told["a template"] = run_scenario(folder, before, restyled, redesign, step)
    told["a template that is taken back"] = run_scenario(folder, before, before, redesign, step)
    told["an edit that is taken back"] = run_scenario(folder, before, before, edit, step)
    print(json.dumps(told))  # noqa: T201 - the answer to the test that started this program


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
