"""Parts: however the work is cut for workers, the catalogue and the pages are the same."""

from __future__ import annotations

import contextlib
import sqlite3
from functools import partial

import pytest

from cermin import pipeline
from cermin.addresses import DATASET
from cermin.config import load_config
from cermin.manifest import is_own
from cermin.output.theme import load_theme
from cermin.site import KINDS, Queries, loading, open_catalogue, open_frozen
from cermin.site.kinds import alias, shelf_list
from cermin.site.kinds import article as article_kind
from cermin.site.kinds.kind import Scope
from cermin.site.planning import find_page, page_row
from tests.conftest import tree
from tests.mirrors import article, build, build_clean, find_differences

SETTINGS = '[site]\nlist_size = 2\nbase_url = "https://example.org/"\n'


def newsroom(count: int = 23) -> dict[str, str]:
    """Return article files of which lists of all lengths are made: undated ones, see-also lines, shared names."""
    return {
        f"{('kaca', 'warta')[number % 2]}/2024/0{number % 3 + 1}/a{number}.md": article(
            f"Judul {number}",
            f"Isi {number}.\n\nBaca juga: [[Judul {number // 2}]]",
            date=f"2024-0{number % 3 + 1}-{number % 5 + 1:02}" if number % 7 else "",
            tags=[f"topik {step}" for step in range(1, 6) if number % step == 0],
            section="Kota" if number % 3 else "",
            aliases=[f"/lama/{number // 2}.html", f"/berita/{number}"] if number % 4 == 0 else [],
        )
        for number in range(count)
    }


@pytest.mark.parametrize("together", [1, 2, 3, 1000])
def test_size_of_parts(mirror, monkeypatch, together):
    """However large parts are, the site is the same, byte for byte."""
    root = mirror(content=newsroom(), settings=SETTINGS)
    build(root)
    wanted = tree(root / "output")
    for module in (alias, article_kind, shelf_list):
        monkeypatch.setattr(module, "TOGETHER", together)
    monkeypatch.setattr(pipeline, "FROZEN", together)
    built, found = build_clean(root)
    assert find_differences(found, wanted) == {}
    assert built.made == built.pages == sum(not is_own(path) for path in wanted)


@pytest.mark.parametrize("together", [1, 4, 1000])
def test_parts_are_scopes(mirror, monkeypatch, together):
    """A page of a part is the page of its scope, with the same inputs; every page is in one part."""
    root = mirror(content=newsroom(), settings=SETTINGS)
    build(root)
    for module in (alias, article_kind, shelf_list):
        monkeypatch.setattr(module, "TOGETHER", together)
    config = load_config(root)
    with open_catalogue(config.state) as catalogue:
        ask = Queries(catalogue, config, load_theme(config.templates).assets)
        pages = [page for kind in KINDS.values() for part in kind.parts(ask) for page in kind.pages_of(ask, part)]
        # The dataset is put together from its members, and the search index from its segments; the manifest is no page.
        files = {path for path in tree(root / "output") if not path.startswith("search/") and not is_own(path)}
        assert sorted([*(page.path for page in pages), DATASET]) == sorted(files)
        for page in pages:
            again = [p for p in KINDS[page.kind].pages(ask, Scope(page.scope, page.number)) if p.path == page.path]
            assert list(map(page_row, again, [0])) == [page_row(page, 0)]


def test_pages_are_found_by_path(mirror):
    """Each page is found by its path alone, with the same inputs; where there is none, none is found."""
    root = mirror(content=newsroom() | {"kaca/2024/index/page-1.md": article("Lain")}, settings=SETTINGS)
    build(root)
    config = load_config(root)
    with open_catalogue(config.state) as catalogue:
        ask = Queries(catalogue, config, load_theme(config.templates).assets)
        paths = [path for path in tree(root / "output") if not is_own(path)]
        pages = [page for kind in KINDS.values() for part in kind.parts(ask) for page in kind.pages_of(ask, part)]
        for page in pages:
            found = find_page(ask, page.path)
            assert found, page.path
            assert page_row(found, 0) == page_row(page, 0)
        pages_found = map(partial(find_page, ask), paths)
        assert [page.path for page in pages_found if page] == list(paths)
        for path in paths:
            for other in (f"x{path}", f"{path}x", path.replace("-1", "-01"), path.replace("/", "//"), f"/{path}"):
                assert other in paths or find_page(ask, other) is None


@pytest.mark.parametrize(
    "path", ["", "/", ".", "..", "-1.xml", "archive/", "topics/.html", "sitemaps/-1.xml", "\ud800"]
)
def test_odd_paths_are_no_pages(mirror, path):
    """What is no path of a page leads to none, and to no error."""
    root = mirror(content=newsroom(3), settings=SETTINGS)
    build(root)
    config = load_config(root)
    with open_catalogue(config.state) as catalogue:
        ask = Queries(catalogue, config, load_theme(config.templates).assets)
        for odd in (path, f"{path}index.html", f"page-{path}.html", f"topics/{path}/page-{10**12}.html"):
            found = find_page(ask, odd)
            assert found is None or found.path == odd


@pytest.mark.parametrize("limit", [1, 2, 7])
def test_size_of_loads(mirror, monkeypatch, limit):
    """However much of an empty catalogue is filled at once, it holds the same."""
    root = mirror(content=newsroom(), settings=SETTINGS)
    build(root)
    wanted = dump(root)
    monkeypatch.setattr(loading, "TOGETHER", limit)
    monkeypatch.setattr(loading, "SORTED", limit)
    monkeypatch.setattr(pipeline, "TRANSACTION", limit)
    (root / "output").rename(root / "before")
    (root / ".cermin").rename(root / "cache before")
    build(root)
    assert dump(root) == wanted


def dump(root):
    """Return all that a catalogue knows of articles, and its indexes."""
    with contextlib.closing(sqlite3.connect(root / ".cermin/catalogue.sqlite")) as connection:
        tables = ("entry", "file", "reference", "shelf", "spelling", "placing", "alias")
        rows = {table: sorted(connection.execute(f"SELECT * FROM {table}")) for table in tables}  # noqa: S608
        return rows | {
            "schema": sorted(connection.execute("SELECT type, name, sql FROM sqlite_schema WHERE sql != ''"))
        }


def test_load_that_was_cut_short(mirror, monkeypatch):
    """A catalogue that was being filled when the run ended is filled anew."""
    root = mirror(content=newsroom(), settings=SETTINGS)
    monkeypatch.setattr(pipeline, "TRANSACTION", 3)
    monkeypatch.setattr(loading, "TOGETHER", 3)
    monkeypatch.setattr(loading, "SORTED", 3)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(loading.Loader, "finish", stop)  # stands for a person's Ctrl-C
        with pytest.raises(KeyboardInterrupt):
            build(root)
    assert build(root).articles == 23
    assert find_differences(tree(root / "output"), build_clean(root)[1]) == {}


def test_frozen(tmp_path):
    """Who reads a frozen catalogue sees none of what is committed meanwhile, and its file does not change."""
    with open_catalogue(tmp_path) as catalogue:
        with catalogue.batch():
            catalogue.keep_meta("edition", "morning")
        with catalogue.freeze(), contextlib.closing(open_frozen(tmp_path)) as frozen:
            before = (tmp_path / "catalogue.sqlite").read_bytes()
            for number in range(3000):
                with catalogue.batch():
                    catalogue.keep_meta("edition", f"evening {number}" * 20)
            assert frozen.meta("edition") == "morning"
            assert (tmp_path / "catalogue.sqlite").read_bytes() == before
        with catalogue.freeze(), contextlib.closing(open_frozen(tmp_path)) as frozen:
            assert frozen.meta("edition").startswith("evening")
