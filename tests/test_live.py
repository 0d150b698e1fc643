"""The mirror behind the preview: shown pages at once, and an output/ that ends as a clean build makes it."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cermin import live
from cermin.config import load_config
from cermin.live import Answer, LiveMirror, Update
from tests.conftest import tree
from tests.mirrors import article, build, build_clean, find_differences
from tests.newspaper import write_newspaper
from tests.test_promises import MOVES, Newsroom

PATIENCE = 120
"""Seconds after which something will not come any more."""
BY_THEMSELVES = ("data/articles.jsonl.gz", "search/", "manifest")
"""Files that are not made for one reader."""


class Desk:
    """A mirror under preview, with somebody who looks at some of its pages."""

    def __init__(self, root: Path, shown: Iterable[str] = ()) -> None:
        self.root = root
        self.shown = list(shown)
        self.told: queue.Queue[Update] = queue.Queue()
        self.mirror = LiveMirror(load_config(root), 1, tell=self.told.put, shown=lambda: self.shown)
        self._stamps = self._look()

    def _look(self) -> dict[Path, tuple[int, int, int]]:
        found = {}
        for path in self.root.rglob("*"):
            if path.relative_to(self.root).parts[0] not in {"output", ".cermin"} and path.is_file():
                stat = path.stat()
                found[path] = (stat.st_mtime_ns, stat.st_ino, stat.st_size)
        return found

    def save(self) -> None:
        """Tell the mirror what was saved since, as a watcher does."""
        before, self._stamps = self._stamps, self._look()
        self.mirror.change([path for path, _ in before.items() ^ self._stamps.items()])

    def put(self, path: str, text: str) -> None:
        """Save a file."""
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, encoding="utf-8")
        self.save()

    def edit(self, path: str, old: str, new: str) -> None:
        """Save a file in which a text was replaced."""
        text = (self.root / path).read_text(encoding="utf-8")
        assert old in text
        self.put(path, text.replace(old, new))

    def heard(self) -> list[Update]:
        """Return what was told until now."""
        found = []
        while not self.told.empty():
            found.append(self.told.get())
        return found

    def rest(self) -> list[Update]:
        """Wait until output/ is as it should be, or cannot be brought there; return what was told meanwhile."""
        found = [self.told.get(timeout=PATIENCE)]
        while not found[-1].is_settled:
            found.append(self.told.get(timeout=PATIENCE))
        return found

    def text(self, path: str) -> str:
        """Return a page as a browser gets it."""
        answer = self.mirror.page(path)
        data = (self.root / "output" / path).read_bytes() if answer.data is None else answer.data
        return data.decode()


@contextmanager
def open_desk(root: Path, shown: Iterable[str] = (), *, settled: bool = True) -> Iterator[Desk]:
    """Begin a preview, and end it; unless told otherwise output/ is up to date before."""
    desk = Desk(root, shown)
    try:
        desk.mirror.begin()
        if settled:
            desk.rest()
        yield desk
    finally:
        desk.mirror.close()


def changed(updates: Iterable[Update]) -> list[str]:
    """Return all files that were told to have changed, as often as they were."""
    return sorted(path for update in updates for path in update.changed)


# --- at rest ------------------------------------------------------------------------------------------------------

# Moves that are in files alone, which the process that builds sees as well; and pauses in which it gets so far.
_MOVES = sorted(set(MOVES) - {"upgrade", "translate", "lose_output", "leave_strays", "forget_catalogue"})
_MOVE = st.tuples(st.sampled_from(_MOVES), st.integers(0, 11), st.integers(0, 60))
_ROUND = st.tuples(st.lists(_MOVE, min_size=1, max_size=4), st.sampled_from([0, 1, 3, 8, 20, 10**6]))


# A round starts a process, which takes as long as ten builds.
@hypothesis.settings(max_examples=max(2, hypothesis.settings().max_examples // 10))
@given(start=st.integers(0, 5), series=st.lists(_ROUND, min_size=1, max_size=4))
def test_at_rest_output_is_clean(start, series):
    """After any series of changes, each at any moment of the build before, output/ ends as a clean build makes it."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        room = Newsroom(Path(folder) / "mirror", patch)
        room.build = lambda: None  # type: ignore[method-assign, assignment, return-value]  # the preview builds
        MOVES["add_many"](room, start, start)
        with open_desk(room.root, ["index.html", "latest/index.html"], settled=False) as desk:
            for moves, words in series:
                # So many words of how far it is, or until it is done.
                for _ in range(words):
                    if desk.told.get(timeout=PATIENCE).is_settled:
                        break
                for name, which, what in moves:
                    MOVES[name](room, which, what)
                desk.heard()
                desk.save()
            found = desk.rest()[-1]
            clean, wanted = build_clean(room.root)
            assert find_differences(tree(room.root / "output"), wanted) == {}
            assert found.faults == clean.faults
            assert not (room.root / ".cermin/first-look").exists()


# --- pages on demand ----------------------------------------------------------------------------------------------


def test_pages_on_demand_are_those_of_a_build(tmp_path):
    """Before output/ is there, each page of every kind is what a build makes of it."""
    root = write_newspaper(tmp_path / "mirror")
    build(root)
    (root / "output").rename(tmp_path / "wanted")
    wanted = {path: data for path, data in tree(tmp_path / "wanted").items() if not path.startswith(BY_THEMSELVES)}
    desk = Desk(root)
    assert find_differences({path: desk.mirror.page(path).data or b"" for path in wanted}, wanted) == {}
    assert not desk.mirror.is_first_look
    assert desk.mirror.page("tidak/ada.html") == Answer()


def test_first_look_has_pages(tmp_path, monkeypatch):
    """Before anything was read, the front page shows the newest articles, and any article can be asked for."""
    root = write_newspaper(tmp_path / "mirror")
    wanted = build_clean(root)[1]
    monkeypatch.setattr(live, "FIRST_LOOK", 1)  # what two thousand are in a large mirror
    desk = Desk(root)
    newest = "warta/2024/06/banjir-surut.html"
    front = desk.text("index.html")
    assert desk.mirror.is_first_look
    assert front.count("<article") < wanted["index.html"].decode().count("<article")
    for path in (newest, "warta/2024/05/jembatan.html"):
        assert desk.text(path).partition("<article")[2][:400] == wanted[path].decode().partition("<article")[2][:400]
    with open_desk(root):
        assert find_differences(tree(root / "output"), wanted) == {}


def test_changed_pages_are_shown_before_they_are_built(tmp_path):
    """A page that is asked for is as it should be, though output/ still has it as it was; also a list and a feed."""
    root = write_newspaper(tmp_path / "mirror")
    with open_desk(root) as desk:
        file = root / "content/warta/2024/06/pasar-lama.md"
        file.write_text(article("Pasar baru", "Isi baru.", date="2024-06-19"), encoding="utf-8")
        wanted = build_clean(root)[1]
        desk.save()
        for path in ("warta/2024/06/pasar-lama.html", "warta/index.html", "index.html", "feed.xml"):
            assert desk.text(path).encode() == wanted[path]
        desk.rest()
        assert desk.mirror.page("index.html") == Answer()
        assert find_differences(tree(root / "output"), wanted) == {}


def test_folder_that_moves(tmp_path):
    """A folder that is moved is told as one path; its articles are found at their new addresses alone."""
    root = write_newspaper(tmp_path / "mirror")
    old, new = root / "content/warta/2024/06", root / "content/warta/2024/07"
    with open_desk(root, ["warta/2024/06/pasar-lama.html"]) as desk:
        old.rename(new)
        desk.mirror.change([old, new])
        assert changed(desk.heard()) == ["warta/2024/06/pasar-lama.html"]
        assert "Pasar lama" in desk.text("warta/2024/07/pasar-lama.html")
        desk.rest()
        assert find_differences(tree(root / "output"), build_clean(root)[1]) == {}


# --- what is told -------------------------------------------------------------------------------------------------

SHOWN = ("warta/2024/06/pasar-lama.html", "warta/2024/05/jembatan.html", "authors/index.html")


def test_only_shown_pages_that_changed_are_told_once(tmp_path):
    """An edit tells the shown page that it changes, and the build behind it does not tell it again."""
    root = write_newspaper(tmp_path / "mirror")
    with open_desk(root, SHOWN) as desk:
        desk.edit(f"content/{SHOWN[0][:-5]}.md", "Pedagang kembali", "Pembeli kembali")
        assert changed(desk.heard()) == [SHOWN[0]]
        assert set(SHOWN) & set(changed(desk.rest())) == set()
        desk.edit(f"content/{SHOWN[0][:-5]}.md", "Pembeli kembali", "Penjual kembali")
        assert changed(desk.heard()) == [SHOWN[0]]
        desk.edit(f"content/{SHOWN[0][:-5]}.md", "Budi", "Badu")
        assert changed(desk.heard()) == sorted({SHOWN[0], SHOWN[2]})
        (root / f"content/{SHOWN[1][:-5]}.md").unlink()
        desk.save()
        assert SHOWN[1] in changed(desk.heard())
        assert desk.mirror.page(SHOWN[1]).is_gone
        assert set(SHOWN) & set(changed(desk.rest())) == set()


def test_stylesheet_is_told_apart(tmp_path):
    """Where the stylesheet alone changed no page is told, but its new address; where more did, the pages are."""
    root = write_newspaper(tmp_path / "mirror")
    with open_desk(root, SHOWN) as desk:
        desk.put("templates/static/style.css", "body { color: red }\n")
        (told,) = desk.heard()
        assert told.stylesheet == desk.mirror.stylesheet
        assert desk.mirror.page(told.stylesheet).data == b"body { color: red }\n"
        assert told.stylesheet in desk.text(SHOWN[0])
        assert set(SHOWN) & set(told.changed) == set()
        assert set(SHOWN) & set(changed(desk.rest())) == set()
        desk.put("templates/static/gambar.svg", "<svg/>\n")
        (told,) = desk.heard()
        assert (told.changed, told.stylesheet) == (frozenset({"static/gambar.svg"}), "")
        desk.put("templates/article.html", "<title>{{ entry.title }}</title>")
        assert set(changed(desk.heard())) == set(SHOWN[:2])
        assert desk.rest()[-1].faults == ()


def test_broken_article_keeps_its_page(tmp_path):
    """While an article's file is broken its page stays as it was, also behind a build, and what is wrong is told."""
    root = write_newspaper(tmp_path / "mirror")
    path, file = SHOWN[0], root / f"content/{SHOWN[0][:-5]}.md"
    good = file.read_text(encoding="utf-8")
    with open_desk(root, [path]) as desk:
        page = desk.text(path)
        desk.edit(str(file.relative_to(root)), "title:", "titel:")
        for updates in (desk.heard(), desk.rest()):
            assert [fault.place.partition(":")[0] for fault in updates[-1].faults][:1] == [str(file.relative_to(root))]
            assert path not in changed(updates)
            assert desk.text(path) == page
        desk.put(str(file.relative_to(root)), good)
        (told,) = desk.heard()
        assert (told.faults, told.changed) == ((), frozenset())
        assert desk.rest()[-1].faults == ()


@pytest.mark.parametrize(
    ("path", "text", "place"),
    [
        ("templates/article.html", "{% if %}", "templates/article.html:1"),
        ("templates/article.html", "\n{{ nama }}", "templates/article.html:2"),
        ("cermin.toml", "[site]\ntitel = 1\n", "cermin.toml"),
        ("outlets/warta.toml", "name = 1\n", "outlets/warta.toml"),
    ],
)
def test_broken_look_is_told_and_mended(tmp_path, path, text, place):
    """A template, setting or profile that is wrong is told with its place, until it is mended."""
    root = write_newspaper(tmp_path / "mirror")
    before = (root / path).read_text(encoding="utf-8") if (root / path).exists() else None
    with open_desk(root, SHOWN) as desk:
        desk.put(path, text)
        (told,) = desk.heard()
        assert told.faults[0].place.startswith(place)
        assert told.changed == frozenset()
        if before is None:
            (root / path).unlink()
            desk.save()
        else:
            desk.put(path, before)
        desk.heard()
        assert desk.rest()[-1].faults == ()
        assert find_differences(tree(root / "output"), build_clean(root)[1]) == {}


def test_begins_with_words_that_are_broken(tmp_path):
    """A preview that begins with words that cannot be read says so, and goes on once they are mended."""
    root = write_newspaper(tmp_path / "mirror")
    words = root / "locales/id.po"
    words.parent.mkdir()
    words.write_text("rusak\n", encoding="utf-8")
    with open_desk(root, ["index.html"], settled=False) as desk:
        while not (told := desk.told.get(timeout=PATIENCE)).faults or told.progress:
            pass
        assert [fault.place for fault in told.faults] == ["locales/id.po:1"]
        words.unlink()
        desk.save()
        assert desk.rest()[-1].faults == ()
        assert find_differences(tree(root / "output"), build_clean(root)[1]) == {}


def test_captures_are_imported(tmp_path):
    """A capture that is dropped into seeds/ becomes an article; what cannot be read is told as a warning."""
    root = write_newspaper(tmp_path / "mirror")
    with open_desk(root, ["unknown/index.html"]) as desk:
        text = "Jalan raya ditutup\n\nJalan itu ditutup sejak Senin pagi karena banjir besar melanda kota.\n"
        desk.put("seeds/jalan.txt", text)
        desk.put("seeds/kosong.txt", "")
        told = desk.rest()
        assert "unknown/index.html" in changed(told)
        assert [warning.place for warning in told[-1].warnings] == ["seeds/kosong.txt"]
        assert "Jalan raya ditutup" in desk.text("unknown/index.html")


def test_import_is_left_alone(tmp_path):
    """What an import writes into content/ does not end it, though the watcher tells of it."""
    root = write_newspaper(tmp_path / "mirror")
    (root / "seeds").mkdir()
    with open_desk(root, [SHOWN[0]]) as desk:
        for number in range(150):
            text = f"Jalan {number} ditutup\n\nJalan nomor {number} ditutup sejak pagi karena banjir {number * 7}.\n"
            (root / f"seeds/{number}.txt").write_text(text, encoding="utf-8")
        desk.save()
        processes = set()
        while not (root / "content/unknown").exists():
            pass
        while (process := desk.mirror._background._process) and not (root / "output/unknown/index.html").exists():
            processes.add(process.pid)
            desk.save()
        assert len(processes) == 1
        desk.rest()
        assert len(list((root / "content/unknown").rglob("*.md"))) == 150
        assert find_differences(tree(root / "output"), build_clean(root)[1]) == {}


# --- others at work -----------------------------------------------------------------------------------------------


def test_waits_for_another_cermin(tmp_path):
    """While another cermin works on the mirror that is told; what was saved meanwhile is read when it is done."""
    root = write_newspaper(tmp_path / "mirror")
    take = "from filelock import FileLock; lock = FileLock('.cermin/lock'); lock.acquire()"
    script = f"import sys; {take}; print(flush=True); sys.stdin.read()"
    with open_desk(root, SHOWN) as desk:
        with subprocess.Popen(
            [sys.executable, "-c", script], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as holder:
            assert holder.stdout
            assert holder.stdin
            holder.stdout.readline()
            desk.put(f"content/{SHOWN[0][:-5]}.md", article("Pasar", "Lain.", date="2024-06-19"))
            assert [fault.verdict for fault in desk.heard()[-1].faults] == ["another cermin works on this mirror"]
            holder.stdin.close()
        told = desk.rest()
        assert SHOWN[0] in changed(told)
        assert told[-1].faults == ()


def test_lost_build_is_told(tmp_path):
    """A build that is ended from outside is told, and the next change makes it good."""
    root = write_newspaper(tmp_path / "mirror")
    with open_desk(root, settled=False) as desk:
        while (process := desk.mirror._background._process) is None or process.pid is None:
            pass
        os.kill(process.pid, 9)
        while not (told := desk.told.get(timeout=PATIENCE)).faults:
            pass
        assert [fault.verdict for fault in told.faults] == ["the build was ended from outside"]
        desk.put("content/warta/2024/06/baru.md", article("Baru", date="2024-06-01"))
        assert desk.rest()[-1].faults == ()
        assert find_differences(tree(root / "output"), build_clean(root)[1]) == {}
