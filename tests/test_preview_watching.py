"""What counts as a change, and what as one."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cermin.preview import watching
from cermin.preview.watching import Watch

ARTICLE = "content/warta/2024/06/a.md"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make the folders of a mirror; a burst ends late enough for the busiest machine."""
    monkeypatch.setattr(watching, "QUIET", 0.5)
    monkeypatch.setattr(watching, "LONGEST", 5.0)
    for name in ("seeds", "content", "templates", "outlets", "locales", "output", ".cermin"):
        (tmp_path / name).mkdir()
    article = tmp_path / ARTICLE
    article.parent.mkdir(parents=True)
    article.write_text("before")
    return tmp_path


def watch(root: Path, *changes: Callable[[], object]) -> list[set[str]]:
    """Return the bursts that are told of when each change is made after the one before was told."""

    async def follow() -> list[set[str]]:
        async with Watch(root) as watch:
            return [await told(watch, change) for change in changes]

    async def told(watch: Watch, change: Callable[[], object]) -> set[str]:
        change()
        async with asyncio.timeout(15):
            return {path.relative_to(root).as_posix() for path in await watch.burst()}

    return asyncio.run(follow())


def test_several_saves_are_one_burst(root: Path) -> None:
    """What is saved at once, in any folder and in cermin.toml, is told of once, and what comes later later."""
    paths = [f"content/warta/2024/06/{number}.md" for number in range(20)]
    paths += ["templates/article.html", "outlets/warta.toml", "locales/id.po", "seeds/a.txt", "cermin.toml"]

    def save() -> None:
        for path in paths:
            (root / path).write_text("now")

    assert watch(root, save, lambda: (root / ARTICLE).write_text("later")) == [set(paths), {ARTICLE}]


def save_by_renaming(article: Path) -> None:
    """Write another file, and give it the name."""
    temporary = article.with_name(f".{article.name}.swp")
    temporary.write_text("after")
    temporary.replace(article)


def save_with_a_backup(article: Path) -> None:
    """Try whether files can be made here, keep the old one, write anew."""
    (article.parent / "4913").touch()
    (article.parent / "4913").unlink()
    article.rename(article.with_name("a.md~"))
    article.write_text("after")
    article.with_name("a.md~").unlink()


def save_in_two_steps(article: Path) -> None:
    """Empty the file, then write it piece by piece."""
    with article.open("w") as file:
        file.flush()
        os.fsync(file.fileno())
        file.write("af")
        file.flush()
        file.write("ter")


def save_beside_locks(article: Path) -> None:
    """Leave a lock and an unsaved copy beside it."""
    article.with_name(".#a.md").symlink_to("nobody@nowhere")
    article.with_name("#a.md#").write_text("auto-saved")
    article.write_text("after")
    article.with_name(".#a.md").unlink()


@pytest.mark.parametrize("save", [save_by_renaming, save_with_a_backup, save_in_two_steps, save_beside_locks])
def test_a_save_is_one_change_of_one_file(root: Path, save: Callable[[Path], None]) -> None:
    """However an editor saves a file, the file has changed and nothing else has."""
    told = watch(root, lambda: save(root / ARTICLE))
    # What was there for less than a moment may be told, and is gone then.
    assert [{path for path in burst if (root / path).exists()} for burst in told] == [{ARTICLE}]


def test_what_editors_leave_behind_is_no_change(root: Path) -> None:
    """Hidden files, backups, files of other kinds and what cermin writes itself are not told of."""

    def litter() -> None:
        for path in (
            "content/warta/.a.md.swp", "content/warta/a.md~", "content/notes.txt", "seeds/.kereta.txt.tmp",
            "templates/#article.html#", "outlets/warta.toml.bak", "output/index.html", ".cermin/catalogue.sqlite",
        ):  # fmt: skip
            (root / path).write_text("litter")
        (root / ARTICLE).write_text("after")

    assert watch(root, litter) == [{ARTICLE}]


def test_folders_come_and_go(root: Path) -> None:
    """A folder that comes or goes is told of, also one of those that a mirror need not have, and is watched."""
    (root / "templates").rmdir()

    def come() -> None:
        (root / "content" / "kota" / "2024").mkdir(parents=True)
        (root / "content" / "kota" / "2024" / "b.md").write_text("new")

    def design() -> None:
        (root / "templates" / "static").mkdir(parents=True)
        (root / "templates" / "static" / "style.css").write_text("h1 {}")

    def redesign() -> None:
        (root / "templates" / "static" / "style.css").write_text("h1 { color: red }")

    def go() -> None:
        (root / "content" / "kota").rename(root / "kota")

    came, designed, redesigned, gone = watch(root, come, design, redesign, go)
    assert "content/kota" in came
    assert "templates" in designed
    assert redesigned <= {"templates", "templates/static", "templates/static/style.css"}
    assert gone == {"content/kota"}
