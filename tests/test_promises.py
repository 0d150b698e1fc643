"""The promises of docs/design.md that whole mirrors keep: builds, interruptions, imports, one after the other."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cermin import addresses, content, executors, hosts, inputs, manifest, pipeline
from cermin.errors import CerminError
from cermin.output import translations
from cermin.output.theme import builtin_folder
from cermin.site import members, segments, shelves
from cermin.site.kinds import alias, feed
from tests.conftest import ROOT, tree
from tests.mirrors import article, build, build_clean, call, check_manifest, find_differences, import_seeds

# --- incremental == clean ------------------------------------------------------------------------------------------

# Few of each, so that articles meet on the same lists; several spellings of a name make one list.
OUTLETS = ("alpha", "beta", "unknown")
FOLDERS = ("2024/06", "2023/12", "undated")
TITLES = ("Banjir di Kota", "banjir di kota!", 'Harga <Beras> & "Gula"', "选举", "الطقس", "Rusia 1", "Rusia 2", "…")
TAGS = ("Banjir", "banjir", "BANJIR", "Rusia", "中国", "#", "Zürich")
SECTIONS = ("", "News", "NEWS", "Sport")
AUTHORS = ("Budi", "BUDI", "Ana")
LANGUAGES = ("", "id", "ar", "zh-Hant")
DATES = (
    "", "2024-06-01", "2024-06-01T10:00:00+07:00", "2024-06-02T00:30:00+07:00", "2024-06-30T23:00:00-05:00",
    "2024-07-01", "2023-12-31", "2023-12-31T23:59", "2025-01-01", "1999-05-05",
)  # fmt: skip
ALIASES = ("/lama/a.html", "/Lama/A.html", "/beta/", "/berita.php", "/2019/05/banjir/", "/lama/b", "/é.html")
TEMPLATES = ("list.html", "article.html", "layout.html", "macros.html", "feed.xml", "front.html", "alias.html")
SETTINGS = (
    "",
    '[site]\ntitle = "Cermin Lain"\nlist_size = 2\n',
    '[site]\nlist_size = 3\nbase_url = "https://example.org/kaca/"\n',
    '[site]\nlist_size = 2\nlanguage = "id"\nbase_url = "https://example.org/"\n',
    "[site]\nlist_size = 3\nsearch = false\n",
    '[site]\nlist_size = 2\nhost = "cloudflare-pages"\nbase_url = "https://example.org/"\n',
    '[site]\nlist_size = 2\nlanguage = "ar"\ndescription = "<b>"\ncontact = "desk@example.org"\n',
)


class Newsroom:
    """A mirror in the hands of people; each of `MOVES` is something that they do, made definite by two numbers."""

    def __init__(self, root: Path, patch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.patch = patch
        """For what is not in the mirror: cermin's version and words (mocks, in place of an upgrade)."""
        self.fronts: dict[str, dict[str, Any]] = {}
        self.bodies: dict[str, str] = {}
        _set_up(self, 1, 0)

    def put(self, path: str, data: str) -> None:
        """Write a file of the mirror."""
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(data, encoding="utf-8")

    def build(self) -> pipeline.Built:
        """Build the mirror."""
        if not (self.root / ".cermin").exists() and not (self.root / "output/index.html").is_file():
            # Without both, cermin cannot know the folder for its own; its hint says to empty it.
            shutil.rmtree(self.root / "output", ignore_errors=True)
        return build(self.root)

    def pick(self, which: int) -> str:
        """Return the path of an article; one is added where there is none."""
        if not self.fronts:
            _add(self, which, which)
        return sorted(self.fronts)[which % len(self.fronts)]

    def save(self, path: str) -> None:
        """Write an article's file."""
        self.put(f"content/{path}", article(body=self.bodies[path], **self.fronts[path]))

    def change(self, which: int, **front: object) -> None:
        """Change the front matter of an article."""
        path = self.pick(which)
        self.fronts[path] |= front
        self.save(path)


Move = tuple[str, int, int]
MOVES: dict[str, Callable[[Newsroom, int, int], None]] = {}


def _moves(function: Callable[[Newsroom, int, int], None]) -> Callable[[Newsroom, int, int], None]:
    MOVES[function.__name__.removeprefix("_")] = function
    return function


@_moves
def _add(room: Newsroom, which: int, what: int) -> None:
    path = f"{OUTLETS[which % 3]}/{FOLDERS[what % 3]}/a{which}.md"
    tags, authors = [TAGS[which % len(TAGS)], TAGS[what % len(TAGS)]], [AUTHORS[what % len(AUTHORS)]]
    title, date = TITLES[which % len(TITLES)], DATES[what % len(DATES)]
    section = SECTIONS[which % len(SECTIONS)]
    room.fronts[path] = {"title": title, "date": date, "tags": tags, "authors": authors, "section": section}
    room.bodies[path] = f"Isi {which}.\n\nBaca juga: [[{TITLES[what % len(TITLES)]}]]"
    room.save(path)


@_moves
def _add_many(room: Newsroom, which: int, what: int) -> None:
    for number in range(2 + what % 5):
        _add(room, which + number, what)


@_moves
def _delete(room: Newsroom, which: int, what: int) -> None:
    path = room.pick(which)
    del room.fronts[path], room.bodies[path]
    (room.root / "content" / path).unlink()


@_moves
def _rename(room: Newsroom, which: int, what: int) -> None:
    old = room.pick(which)
    new = f"{OUTLETS[what % 3]}/{FOLDERS[which % 3]}/moved{what}.md"
    if new not in room.fronts:
        room.fronts[new], room.bodies[new] = room.fronts.pop(old), room.bodies.pop(old)
        room.put(f"content/{new}", "")
        (room.root / "content" / old).rename(room.root / "content" / new)


@_moves
def _swap(room: Newsroom, which: int, what: int) -> None:
    one, other = room.pick(which), room.pick(what)
    room.fronts[one], room.fronts[other] = room.fronts[other], room.fronts[one]
    room.save(one)
    room.save(other)


@_moves
def _edit_body(room: Newsroom, which: int, what: int) -> None:
    path = room.pick(which)
    one, other = TITLES[what % len(TITLES)], TITLES[which % len(TITLES)]
    room.bodies[path] = f"Isi lain {what}.\n\n[[{one}]] dan [[{other}]]"
    room.save(path)


@_moves
def _retitle(room: Newsroom, which: int, what: int) -> None:
    room.change(which, title=TITLES[what % len(TITLES)])


@_moves
def _retag(room: Newsroom, which: int, what: int) -> None:
    room.change(which, tags=[TAGS[what % len(TAGS)], TAGS[what // 3 % len(TAGS)]][: what % 3])


@_moves
def _redate(room: Newsroom, which: int, what: int) -> None:
    room.change(which, date=DATES[what % len(DATES)])


@_moves
def _resection(room: Newsroom, which: int, what: int) -> None:
    room.change(which, section=SECTIONS[what % len(SECTIONS)])


@_moves
def _reassign(room: Newsroom, which: int, what: int) -> None:
    room.change(which, authors=[AUTHORS[what % len(AUTHORS)], AUTHORS[which % len(AUTHORS)]][: what % 3])


@_moves
def _describe(room: Newsroom, which: int, what: int) -> None:
    room.change(which, lang=LANGUAGES[what % len(LANGUAGES)], summary="Ringkas." * (what % 2), place="Kota & Desa")


@_moves
def _readdress(room: Newsroom, which: int, what: int) -> None:
    """Give an article old addresses: one that others have too, that of another's page, of a hub, of a folder."""
    other = "/" + room.pick(what).removesuffix(".md") + ".html"
    aliases = [ALIASES[what % len(ALIASES)], ALIASES[which % len(ALIASES)], f"/lama/{which}.html", other]
    own = "/" + room.pick(which).removesuffix(".md") + ".html"
    room.change(which, aliases=[alias for alias in aliases[what % 3 : 1 + what % 5] if alias != own])


@_moves
def _break_file(room: Newsroom, which: int, what: int) -> None:
    broken = ("", "---\ntitle: x\n", "---\ntitle: x\ntitel: y\n---\n", "---\ntitle: x\ndate: kemarin\n---\n")
    room.put(f"content/{room.pick(which)}", broken[what % len(broken)])


@_moves
def _mend_files(room: Newsroom, which: int, what: int) -> None:
    for path in room.fronts:
        room.save(path)


@_moves
def _revise(room: Newsroom, which: int, what: int) -> None:
    """Make an article another version of one, also of one that is a version itself, or is not there."""
    main = room.pick(what) if what % 4 else "alpha/2024/06/gone.md"
    room.change(which, revision_of=main if main != room.pick(which) else "", duplicates=["b.txt"] * (what % 2))


@_moves
def _touch_files(room: Newsroom, which: int, what: int) -> None:
    for path in room.fronts:
        (room.root / "content" / path).touch()


@_moves
def _set_up(room: Newsroom, which: int, what: int) -> None:
    room.put("cermin.toml", SETTINGS[which % len(SETTINGS)])


@_moves
def _override_template(room: Newsroom, which: int, what: int) -> None:
    name = TEMPLATES[which % len(TEMPLATES)]
    source = (builtin_folder() / name).read_text(encoding="utf-8")
    room.put(f"templates/{name}", re.sub(r"<(p|title)(?=[ >])", rf'<\1 class="v{what}"', source))


@_moves
def _drop_template(room: Newsroom, which: int, what: int) -> None:
    (room.root / "templates" / TEMPLATES[which % len(TEMPLATES)]).unlink(missing_ok=True)


@_moves
def _edit_static(room: Newsroom, which: int, what: int) -> None:
    name = ("style.css", "own.css", "deep/own.txt")[which % 3]
    room.put(f"templates/static/{name}", f"/* {what} */\n")


@_moves
def _drop_static(room: Newsroom, which: int, what: int) -> None:
    (room.root / "templates/static" / ("style.css", "own.css", "deep/own.txt")[which % 3]).unlink(missing_ok=True)


@_moves
def _describe_outlet(room: Newsroom, which: int, what: int) -> None:
    original = ("alive", "gone", "blocked")[what % 3]
    text = f'name = "Surat Kabar {what}"\noriginal = "{original}"\nhomepage = "https://example.org/"\n'
    room.put(f"outlets/{OUTLETS[which % 2]}.toml", text)


@_moves
def _forget_outlet(room: Newsroom, which: int, what: int) -> None:
    (room.root / f"outlets/{OUTLETS[which % 2]}.toml").unlink(missing_ok=True)


@_moves
def _translate(room: Newsroom, which: int, what: int) -> None:
    """Change the words of the interface in both languages, as a translator does."""
    folder = room.root.with_name("locales")
    if not folder.exists():
        shutil.copytree(translations._FOLDER, folder)
        room.patch.setattr(translations, "_FOLDER", folder)
    for path in folder.glob("*/LC_MESSAGES/cermin.po"):
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r'(msgid "Latest"\nmsgstr )".*"', rf'\1"Terbaru {what}"', text), encoding="utf-8")


@_moves
def _upgrade(room: Newsroom, which: int, what: int) -> None:
    """Take another version of cermin."""
    for module in (pipeline, inputs):
        room.patch.setattr(module, "code", lambda: f"version {what % 3}")


@_moves
def _lose_output(room: Newsroom, which: int, what: int) -> None:
    made = [path for path in sorted((room.root / "output").rglob("*")) if path.is_file()]
    for path in made[which :: what % 50 + 1]:
        path.unlink()


@_moves
def _leave_strays(room: Newsroom, which: int, what: int) -> None:
    name = ("stray.txt", "alpha/2024/stray.html", ".hidden/a", "topics/banjir/page-9.html", "index.html.1.tmp")
    if (room.root / "output").is_dir():
        room.put(f"output/{name[which % len(name)]}", "stray")


@_moves
def _forget_catalogue(room: Newsroom, which: int, what: int) -> None:
    shutil.rmtree(room.root / ".cermin", ignore_errors=True)


@_moves
def _build(room: Newsroom, which: int, what: int) -> None:
    room.build()


@_moves
def _interrupt_build(room: Newsroom, which: int, what: int) -> None:
    """Build, and stop before file number ``which`` gets its name, as Ctrl-C does."""
    left = which
    replace = os.replace

    def count(source: str, target: str) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise KeyboardInterrupt
        replace(source, target)

    with pytest.MonkeyPatch.context() as patch:
        # A mock, for the interruption must come at a moment that a failing example can name.
        patch.setattr(os, "replace", count)
        with contextlib.suppress(KeyboardInterrupt):
            room.build()


def rounds() -> st.SearchStrategy[list[list[Move]]]:
    """Give rounds of moves; the mirror is built after each."""
    # Numbers of articles and of what is done to them are small, so that the same is hit twice.
    move = st.tuples(st.sampled_from(sorted(MOVES)), st.integers(0, 11), st.integers(0, 60))
    return st.lists(st.lists(move, min_size=1, max_size=5), min_size=1, max_size=4)


def play(root: Path, series: Sequence[Sequence[Move]]) -> None:
    """Play rounds of moves; after each, the next build must give what a clean one gives."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(members, "TOGETHER", 2)
        patch.setattr(alias, "TOGETHER", 2)
        # A host that reads few redirects, so that the rest are pages.
        known = hosts.load_hosts()
        few = hosts.Redirects(4, 100, "", date(2026, 1, 2))
        host = dataclasses.replace(known["cloudflare-pages"], redirects=few)
        patch.setattr(hosts, "load_hosts", lambda: {**known, host.id: host})
        patch.setattr(manifest, "TOGETHER", 4)
        for name, count in (("MOST", 6), ("LEAST", 3), ("STEP", 3), ("TOGETHER", 2)):
            patch.setattr(segments, name, count)
        room = Newsroom(root, patch)
        # Few articles fill archives of feeds then.
        patch.setattr(feed, "NEWEST", 2)
        patch.setattr(feed, "IN_ARCHIVE", 2)
        for moves in series:
            for name, which, what in moves:
                MOVES[name](room, which, what)
            built = room.build()
            clean, wanted = build_clean(root)
            found = tree(root / "output")
            assert find_differences(found, wanted) == {}
            check_manifest(root / "output")
            assert (built.articles, built.pages, built.faults) == (clean.articles, clean.pages, clean.faults)
            again = build(root)
            assert (again.made, again.changed) == (0, ())


# A round costs half a second; the long profile plays forty times as many.
@hypothesis.settings(max_examples=hypothesis.settings().max_examples // 5)
@given(start=st.integers(0, 5), series=rounds())
def test_incremental_is_clean(start, series):
    """After any series of changes and interruptions a build gives what a clean build gives, byte for byte."""
    with tempfile.TemporaryDirectory() as folder:
        play(Path(folder) / "mirror", [[("add_many", start, start)], *series])


def test_new_spelling_reaches_full_pages():
    """When most articles spell a topic in another way, every page of its list takes the new name."""
    old, new = [("add", 7 * number, 0) for number in range(9)], [("add", 7 * number + 1, 1) for number in range(10)]
    with tempfile.TemporaryDirectory() as folder:
        play(Path(folder) / "mirror", [old, new])


def test_last_article_makes_room_for_another():
    """When the last article goes and another comes in one build, the lists of the newcomer are made."""
    with tempfile.TemporaryDirectory() as folder:
        start = [("add_many", 0, 0), ("delete", 0, 30)]
        play(Path(folder) / "mirror", [start, [("delete", 0, 0), ("add", 0, 0)], [("delete", 0, 0)], [("add", 1, 0)]])


def test_dataset_forgets_with_an_upgrade():
    """A member of the dataset that goes while all of it is made anew is not taken for a part of the file later."""
    with tempfile.TemporaryDirectory() as folder:
        play(
            Path(folder) / "mirror", [[("add_many", 5, 5)], [("delete", 0, 0), ("upgrade", 0, 37)], [("redate", 1, 1)]]
        )


def test_no_empty_folders(mirror):
    """With the last page of a folder the folder goes, and those above it that hold nothing else."""
    root = mirror(content=many(3) | {"lain/2020/05/a.md": article("Lain", date="2020-05-06", tags=["Lain"])})
    build(root)
    (root / "content/lain/2020/05/a.md").unlink()
    build(root)
    folders = [path for path in (root / "output").rglob("*") if path.is_dir()]
    assert [path for path in folders if not any(path.iterdir()) or path.name in {"lain", "2020"}] == []


def test_new_version_reads_anew(mirror, monkeypatch):
    """Another version of cermin, which reads and names things in other ways, builds what it would from nothing."""
    root = mirror(content=many(9), settings="[site]\nlist_size = 2\n")
    for number in range(3):
        path = root / f"content/kaca/b/{number}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(article(f"Judul {number}", tags=["Banjir"], authors=["Ana"]), encoding="utf-8")
    build(root)
    # Mocks, in place of another version.
    for module in (pipeline, inputs):
        monkeypatch.setattr(module, "code", lambda: "another version")
    monkeypatch.setattr(content.article_file, "excerpt_of", lambda _: "Lain.")
    for module in (shelves, addresses):
        monkeypatch.setattr(module, "name_slug", lambda name: f"x-{name.lower()}")
    (root / "content/kaca/b/0.md").unlink()
    assert build(root).faults == ()
    found = tree(root / "output")
    assert "topics/x-banjir/index.html" in found
    assert find_differences(found, build_clean(root)[1]) == {}


# --- cut short -----------------------------------------------------------------------------------------------------


def test_killed_at_any_moment(tmp_path):
    """Whenever a run is killed, no reader sees half a page and the next run ends right, also when an edit is undone."""
    # In a program of its own, as it forks.
    step = 1 if hypothesis.settings().max_examples > 1000 else 17  # each death costs half a second
    command = [sys.executable, "-m", "tests.cut_short", str(tmp_path), str(step)]
    told = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
    assert [fault for scenario in told.values() for fault in scenario["faults"]] == []
    assert min(scenario["deaths"] for scenario in told.values()) > 4


def test_killed_parent_takes_its_workers_along(mirror):
    """When the parent alone is killed its workers end as well, and the next build ends right."""
    root = mirror(content=many(600))
    command = [sys.executable, str(ROOT / "build.py"), "--jobs", "2"]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE) as process:
        while not any((root / ".output.new").glob("kaca/2024/*/*.html")):
            assert process.poll() is None
        process.kill()
        # Reading to the end waits for the workers as well: they hold the other side of the pipe.
        process.communicate(timeout=60)
    built = build(root)
    assert (built.articles, built.faults) == (600, ())
    assert find_differences(tree(root / "output"), build_clean(root)[1]) == {}


def test_lost_worker_is_told(monkeypatch):
    """A worker that is ended from outside stops the work with an error that says so."""
    monkeypatch.setattr(executors, "SMALL", 2)  # a mock, as 160 items would do nothing more
    with pytest.raises(CerminError, match="a worker process was ended from outside"):
        list(executors.run(_end_process, range(5), 2))


def _end_process(items: list[int]) -> list[int]:
    os.kill(os.getpid(), signal.SIGKILL)
    return items


def many(count: int) -> dict[str, str]:
    """Return so many small articles by their paths below content/."""
    return {
        f"kaca/2024/{number % 12 + 1:02}/a{number}.md": article(
            f"Judul {number}", f"Isi {number}.", date=f"2024-{number % 12 + 1:02}-{number % 28 + 1:02}"
        )
        for number in range(count)
    }


def test_two_builds_at_once(mirror, run):
    """While one cermin works on a mirror a second one says so and exits 1."""
    root = mirror(content=many(2))
    take = "from filelock import FileLock; lock = FileLock('.cermin/lock'); lock.acquire()"
    script = f"import sys; {take}; print(flush=True); sys.stdin.read()"
    (root / ".cermin").mkdir()
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout
        assert holder.stdin
        holder.stdout.readline()
        ran = run("-C", root, "build")
        holder.stdin.close()
    told = f"error: {root}: another cermin works on this mirror\nhint: wait until it is done\n"
    assert ran == (1, "", told)
    assert not (root / "output").exists()
    assert run("-C", root, "build").code == 0


# --- the catalogue is a cache --------------------------------------------------------------------------------------


def _cut_in_half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _fill_with_junk(path: Path) -> None:
    data, junk = path.read_bytes(), random.Random(5)  # noqa: S311 - the same junk every time
    path.write_bytes(data[:4096] + junk.randbytes(len(data) - 4096))


def _junk_in_the_middle(path: Path) -> None:
    data, junk = path.read_bytes(), random.Random(7)  # noqa: S311 - the same junk every time
    middle = len(data) // 2
    path.write_bytes(data[:middle] + junk.randbytes(16384) + data[middle + 16384 :])


def _no_database(path: Path) -> None:
    path.write_bytes(b"This is no database. " * 500)


def _nothing(path: Path) -> None:
    path.write_bytes(b"")


def _other_version(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE meta SET value = '0' WHERE name = 'schema'")


def _other_tables(path: Path) -> None:
    path.unlink()
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE page (path)")


@pytest.mark.parametrize(
    "damage",
    [_cut_in_half, _fill_with_junk, _junk_in_the_middle, _no_database, _nothing, _other_version, _other_tables],
    ids=lambda damage: damage.__name__.strip("_"),
)
def test_damaged_catalogue(mirror, damage):
    """A catalogue that is cut short, garbage, or of another version is begun anew, and the build ends right."""
    root = mirror(content=many(120), settings='[site]\nlist_size = 3\nbase_url = "https://example.org/"\n')
    build(root)
    damage(root / ".cermin/catalogue.sqlite")
    (root / "content/kaca/2024/03/a2.md").write_text(article("Lain", tags=["Baru"]), encoding="utf-8")
    (root / "content/kaca/2024/04/a3.md").unlink()
    built = build(root)
    assert (built.articles, built.faults) == (119, ())
    assert find_differences(tree(root / "output"), build_clean(root)[1]) == {}
    assert build(root).made == 0


def test_catalogue_that_cannot_be_opened(mirror, run):
    """Where the catalogue cannot be written the error names it and the way out."""
    root = mirror(content=many(1))
    (root / ".cermin/catalogue.sqlite").mkdir(parents=True)
    ran = run("-C", root, "build")
    assert (ran.code, ran.out) == (1, "")
    place = root / ".cermin/catalogue.sqlite"
    assert ran.err.startswith(f"error: {place}: cannot be used: unable to open database file\nhint: ")


# --- a disk that refuses -------------------------------------------------------------------------------------------


def test_state_folder_is_a_file(mirror, run):
    """A file where .cermin/ should be is an error that names it, not a traceback."""
    root = mirror(content=many(1))
    (root / ".cermin").write_text("")
    ran = run("-C", root, "build")
    hint = "hint: cermin keeps its cache there; it can be deleted\n"
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"error: {root / '.cermin'}: cannot be written: ")
    assert ran.err.endswith(hint)


def test_output_is_a_file(mirror, run):
    """A file in place of output/ is left alone, and the error says so."""
    root = mirror(content=many(1))
    (root / "output").write_text("mine")
    ran = run("-C", root, "build")
    assert ran == (1, "", f"error: {root / 'output'}: not a folder\nhint: choose another with --output\n")
    assert (root / "output").read_text() == "mine"


def test_folder_in_the_place_of_a_page(mirror, run):
    """Where a page cannot be written the rest of the site is, the exit code is 1, and the next build mends it."""
    root = mirror(content=many(3))
    assert run("-C", root, "build").code == 0
    (root / "output/about.html").unlink()
    (root / "output/about.html/deep").mkdir(parents=True)
    (root / "content/kaca/2024/01/a0.md").write_text(article("Lain", date="2024-01-01"), encoding="utf-8")
    ran = run("-C", root, "build")
    assert ran.code == 1
    assert ran.err.startswith(f"error: {root / 'output/about.html'}: cannot be written: ")
    assert "Lain" in (root / "output/kaca/2024/01/a0.html").read_text(encoding="utf-8")
    shutil.rmtree(root / "output/about.html")
    assert run("-C", root, "build").code == 0
    assert find_differences(tree(root / "output"), build_clean(root)[1]) == {}


def test_full_disk(mirror, run, small_disk):
    """On a full disk no half of a file is left, the exit code is 1, and a build with room ends right."""
    root = mirror(content=many(150))
    ran = run("-C", root, "--output", small_disk / "site", "--jobs", "1", "build")
    assert ran.code == 1
    assert f"error: {small_disk / 'site'}" in ran.err
    assert "cannot be written: No space left on device" in ran.err
    assert "Traceback" not in ran.err
    for path in (small_disk / "site").rglob("*.html"):
        assert path.read_bytes().endswith(b"</html>")
    assert list((small_disk / "site").rglob("*.tmp")) == []
    built = build(root)
    assert built.faults == ()
    assert find_differences(tree(root / "output"), build_clean(root)[1]) == {}


# --- the same bytes everywhere -------------------------------------------------------------------------------------


def capture(number: int, title: str = "Banjir besar melanda kota Jakarta") -> str:
    """Return a text capture."""
    first = f"Pemerintah daerah mengatakan bahwa bantuan nomor {number} untuk warga dikirim pada hari Senin."
    return f"{title}\n\n{first}\n\nWarga menunggu bantuan sejak pagi hari di pelabuhan.\n"


def test_processes_are_serial(mirror, monkeypatch):
    """Many processes import and build the same bytes as one does."""
    seeds = {f"{number}.txt": capture(number, f"Kabar nomor {number % 40}") for number in range(60)}
    one, two = (mirror(seeds=seeds, content=many(60)) for _ in range(2))
    assert import_seeds(one, 1).articles == 60
    build(one, 1)
    # Mocks, so that few articles are spread as many would be.
    monkeypatch.setattr(executors, "SMALL", 8)
    monkeypatch.setattr(executors, "BATCH", 3)
    assert import_seeds(two, 3).articles == 60
    build(two, 3)
    assert find_differences(tree(one / "content"), tree(two / "content")) == {}
    assert find_differences(tree(one / "output"), tree(two / "output")) == {}


def test_same_bytes_on_any_machine(mirror):
    """Time zone, locale, hash seed, umask, folder, order of files, number of processes: none of them changes a byte."""
    seeds = {f"{number}.txt": capture(number, f"Kabar nomor {number % 7}") for number in range(20)}
    articles = many(80)
    settings = '[site]\nlist_size = 3\nlanguage = "id"\nbase_url = "https://example.org/"\n'
    one = mirror(seeds=seeds, content=articles, settings=settings)
    other = mirror(seeds=dict(reversed(seeds.items())), content=dict(reversed(articles.items())), settings=settings)
    plain = {"TZ": "UTC", "LC_ALL": "C", "PYTHONHASHSEED": "1", "PYTHONUTF8": "0"}
    far = {"TZ": "Pacific/Kiritimati", "LC_ALL": "C.UTF-8", "LANGUAGE": "de", "PYTHONHASHSEED": "2"}
    first = call("--jobs", "1", cwd=one, **plain)
    before = os.umask(0o027)
    try:
        second = call("--jobs", "2", "-C", other, cwd=one.parent, **far)
    finally:
        os.umask(before)
    assert (first.returncode, first.stderr, second.returncode, second.stderr) == (0, "", 0, "")
    assert find_differences(tree(one / "content"), tree(other / "content")) == {}
    assert find_differences(tree(one / "output"), tree(other / "output")) == {}
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (other / "output").rglob("*") if path.is_file()}
    assert modes == {0o640}


# --- addresses stay, _nothing is lost -------------------------------------------------------------------------------


def test_addresses_stay(mirror):
    """More captures, of the same title and date and earlier in order, change no address; nor does a new import."""
    root = mirror(seeds={"m.txt": capture(1), "n.txt": capture(2)})
    import_seeds(root)
    before = tree(root / "content")
    assert len(before) == 2
    for name, number in (("a.txt", 3), ("mm.txt", 4), ("z.txt", 5)):
        (root / "seeds" / name).write_text(capture(number), encoding="utf-8")
    import_seeds(root)
    after = tree(root / "content")
    assert len(after) == 5
    assert {path: after[path] for path in before} == before
    shutil.rmtree(root / ".cermin")
    assert import_seeds(root).written == 0
    assert tree(root / "content") == after


@given(order=st.permutations(range(6)))
@hypothesis.settings(max_examples=hypothesis.settings().max_examples // 10)
def test_arrivals_move_nothing(order):
    """In whatever order captures arrive, each keeps the address that it got first."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "seeds").mkdir()
        known: dict[str, bytes] = {}
        for number in order:
            (root / f"seeds/{number}.txt").write_text(capture(number), encoding="utf-8")
            import_seeds(root)
            now = tree(root / "content")
            assert {path: now[path] for path in known} == known
            assert len(now) == len(known) + 1
            known = now


def find_seed(root: Path, seed: str) -> Path:
    """Return the article file that names a capture."""
    return next(path for path in (root / "content").rglob("*.md") if f"\nseed: {seed}\n" in path.read_text("utf-8"))


@pytest.mark.parametrize("forgets", [False, True], ids=["", "without the catalogue"])
@pytest.mark.parametrize("changes", [False, True], ids=["same capture", "changed capture"])
def test_hand_edits_survive(mirror, forgets, changes):
    """A hand edit outlives every import; that its capture gives something else now is told, once it does."""
    root = mirror(seeds={"a.txt": capture(1), "b.txt": capture(2)})
    import_seeds(root)
    path = find_seed(root, "a.txt")
    edited = path.read_text(encoding="utf-8").replace("title: Banjir", "title: Banjir bandang").replace("Warga", "Kami")
    path.write_text(edited, encoding="utf-8")
    before = tree(root / "content")
    if changes:
        (root / "seeds/a.txt").write_text(capture(7), encoding="utf-8")
    if forgets:
        shutil.rmtree(root / ".cermin")
    done = import_seeds(root)
    place = f"content/{path.relative_to(root / 'content').as_posix()}"
    assert tree(root / "content") == before
    assert [fault.place for fault in done.warnings] == [place] * changes
    assert (done.inputs, done.articles, done.written) == (2, 2, 0)


@pytest.mark.parametrize("forgets", [False, True], ids=["", "without the catalogue"])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: ", "title: [a, "),
        ("title: ", "titel: "),
        ("\n---\n", "\n"),
        ("---\n", "\ufeff---\n"),
        ("outlet: unknown", "outlet: other"),
        ("lang: id", "lang: id\nlang: id"),
    ],
    ids=["no YAML", "unknown key", "no fence", "byte order mark", "another outlet", "twice"],
)
def test_broken_hand_edit_survives(mirror, old, new, forgets):
    """A file that a person broke is neither written over nor made a second time beside it."""
    root = mirror(seeds={"a.txt": capture(1), "b.txt": capture(2)})
    import_seeds(root)
    path = find_seed(root, "a.txt")
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    before = tree(root / "content")
    if forgets:
        shutil.rmtree(root / ".cermin")
    assert import_seeds(root).articles == 2
    assert tree(root / "content") == before
    built = build(root)
    assert built.articles == 1
    assert {fault.place.partition(":")[0] for fault in built.faults} == {
        f"content/{path.relative_to(root / 'content').as_posix()}"
    }


def test_moved_article_stays_moved(mirror):
    """An article file that a person moved or renamed is known by its capture, and not made again."""
    root = mirror(seeds={"a.txt": capture(1)})
    import_seeds(root)
    (root / "content/unknown/2020/01").mkdir(parents=True)
    find_seed(root, "a.txt").rename(root / "content/unknown/2020/01/elsewhere.md")
    for _ in range(2):
        assert import_seeds(root).articles == 1
        assert list(tree(root / "content")) == ["unknown/2020/01/elsewhere.md"]
        shutil.rmtree(root / ".cermin")


def test_inputs_are_accounted_for(mirror):
    """Every capture is an article, a duplicate or in quarantine with its reason; a bad one stops no other."""
    bad = {
        "binary.txt": bytes(range(256)) * 20,
        "empty.txt": b"",
        "blank.txt": b" \n\n ",
        "marks.txt": b"!!! ???\n",
        "picture.xyz": b"\x89PNG",
        "without-ending": b"text",
        "zeros.txt": b"\0" * 5000,
    }
    good = {"a.txt": capture(1), "deep/folder/b.txt": capture(2), "ü 中.txt": capture(3)}
    root = mirror(seeds={**bad, **good, "copy of a.txt": capture(1)})
    (root / "seeds/gone.txt").symlink_to("nowhere")
    for _ in range(2):
        done = import_seeds(root)
        assert (done.inputs, done.articles, done.duplicates, done.quarantined) == (12, 3, 1, 8)
        told = {fault.place: fault.verdict for fault in done.warnings}
        assert set(told) == {f"seeds/{name}" for name in [*bad, "gone.txt"]}
        assert all(verdict.startswith("quarantined: ") and len(verdict) > 15 for verdict in told.values())
    assert len(tree(root / "content")) == 3


# --- lists ---------------------------------------------------------------------------------------------------------

LINK = re.compile(r'href="([^"]*)"')
NAV = re.compile(r"<nav\b.*?</nav>", re.DOTALL)


def test_full_pages_stay(mirror):
    """A full page of a list changes once at most: when the next page splits off the hub, to link to it."""
    root = mirror(settings="[site]\nlist_size = 3\n")
    versions: dict[str, list[str]] = {}
    for number in range(20):
        path = root / f"content/kaca/2024/01/a{number}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(article(f"Judul {number}", date=f"2024-01-{number + 1:02}", tags=["Banjir"]), encoding="utf-8")
        build(root)
        for page in (root / "output").rglob("page-*.html"):
            text = page.read_text(encoding="utf-8")
            known = versions.setdefault(page.relative_to(root / "output").as_posix(), [])
            if text not in known[-1:]:
                known.append(text)
    # Of 20 articles, 5 pages of 3 are full; the hub holds 5.
    folders = ("kaca", "latest", "topics/banjir")
    assert sorted(versions) == sorted(f"{folder}/page-{number}.html" for folder in folders for number in range(1, 6))
    for name, texts in versions.items():
        number = int(name.rpartition("-")[2].removesuffix(".html"))
        assert len(texts) == (1 if number == 5 else 2), name
        if number < 5:
            before, after = texts
            assert NAV.sub("", before) == NAV.sub("", after)
            new = [link for link in LINK.findall(after) if link not in LINK.findall(before)]
            assert [link.rpartition("/")[2] for link in new] == [f"page-{number + 1}.html"]


def test_a_copy_takes_the_place_of_what_is_gone(mirror):
    """When a capture and its article are taken away, another capture of the same text becomes the article."""
    text = "Pasar dibuka\n\nPedagang kembali berjualan sejak pagi hari.\n"
    root = mirror(seeds={"a.txt": text, "b.txt": text})
    done = import_seeds(root)
    assert (done.articles, done.duplicates) == (1, 1)
    (root / "seeds" / "a.txt").unlink()
    next((root / "content").rglob("*.md")).unlink()
    done = import_seeds(root)
    assert (done.articles, done.duplicates) == (1, 0)
    assert "seed: b.txt" in next((root / "content").rglob("*.md")).read_text(encoding="utf-8")


def test_a_twin_stays_one_without_the_cache(mirror):
    """A capture of a text that content/ holds already is a duplicate, also after its twin and .cermin/ were deleted."""
    text = "Pasar dibuka\n\nPedagang kembali berjualan sejak pagi hari.\n"
    root = mirror(seeds={"a.txt": text, "b.txt": text})
    import_seeds(root)
    (root / "seeds" / "a.txt").unlink()
    shutil.rmtree(root / ".cermin")
    done = import_seeds(root)
    assert (done.articles, done.duplicates) == (0, 1)
    assert len(list((root / "content").rglob("*.md"))) == 1


def test_a_name_that_is_not_utf_8_is_quarantined(mirror):
    """A capture whose name is not UTF-8 is quarantined with that reason, and the others are imported."""
    root = mirror(seeds={"a.txt": "Pasar dibuka\n\nPedagang kembali berjualan sejak pagi hari.\n"})
    (root / "seeds" / os.fsdecode(b"caf\xe9.txt")).write_text("Judul\n\nIsi.\n", encoding="utf-8")
    done = import_seeds(root)
    assert (done.articles, done.quarantined) == (1, 1)
    assert [fault.verdict for fault in done.warnings] == ["quarantined: its name is not UTF-8"]
