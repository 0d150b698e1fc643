"""The search index of a mirror: which articles it names, what an edit changes of it, and what ends it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from cermin import pipeline
from cermin.addresses import SEARCH_INDEX, SEARCH_STEMMERS
from cermin.config import Config, load_config
from cermin.report import MemoryReporter
from cermin.search.encoding import decode_postings, decode_shard, unpack
from cermin.search.index import slug_of
from cermin.site import segments
from tests.conftest import tree
from tests.mirrors import article, build, build_clean, find_differences
from tests.newspaper import write_newspaper


@pytest.fixture(autouse=True)
def _small_segments(monkeypatch):
    for name, count in (("MOST", 24), ("LEAST", 12), ("STEP", 6), ("TOGETHER", 3)):
        monkeypatch.setattr(segments, name, count)


def newsroom(count: int) -> dict[str, str]:
    """Return article files of five years."""
    return {
        f"kaca/{2020 + number % 5}/0{number % 3 + 1}/judul-{number}.md": article(
            f"Judul {number}", f"Isi kata{number}.", date=f"{2020 + number % 5}-0{number % 3 + 1}-{number % 28 + 1:02}"
        )
        for number in range(count)
    }


def read_index(root: Path) -> dict[str, Any]:
    """Return what the index of a mirror tells."""
    return dict(json.loads((root / "output" / SEARCH_INDEX).read_bytes()))


def read_addresses(root: Path) -> dict[str, str]:
    """Return the articles that the index names, address -> title, as the script reads them."""
    found = {}
    for segment in read_index(root)["segments"]:
        for name in segment["packs"]:
            pack = json.loads(unpack((root / f"output/search/{segment['name']}/p-{name}.bin").read_bytes()))
            days = pack["days"] or [0] * len(pack["titles"])
            total = 0
            for title, slug, outlet, gap in zip(pack["titles"], pack["slugs"], pack["outlets"], days, strict=True):
                total += gap
                day = date(1970, 1, 1) + timedelta(days=total)
                found[address_of(slug, title, f"{pack['outletNames'][outlet][0]}/{day:%Y/%m}/")] = title
    return found


def address_of(slug: Any, title: str, folder: str) -> str:
    """Return the address that a pack tells by a slug."""
    derived = slug_of(title)
    match slug:
        case int():
            return f"{folder}{derived[: slug or None]}.html"
        case [length, rest]:
            return f"{folder}{derived[:length]}{rest}.html"
    return f"{slug[1:]}.html" if slug.startswith("/") else f"{folder}{slug}.html"


def find(root: Path, term: str) -> list[tuple[str, int]]:
    """Return (segment, number) of the articles with a term."""
    found = []
    for segment in read_index(root)["segments"]:
        for name in segment["shards"]:
            data = (root / f"output/search/{segment['name']}/t-{name}.bin").read_bytes()
            postings = dict(decode_shard(unpack(data))).get(term.encode())
            found += [(segment["name"], number) for number, _ in decode_postings(postings)] if postings else []
    return found


def search_files(root: Path) -> set[str]:
    """Return the files of the index."""
    return {path for path in tree(root / "output") if path.startswith("search/")}


# --- what it names -------------------------------------------------------------------------------------------------


def test_names_pages(tmp_path):
    """The index names the page of every article, and no other page: other versions are left to their article."""
    root = write_newspaper(tmp_path)
    (root / "content/warta/2024/06/lain.md").write_text(
        article("Versi lain", "Kata kedua.", revision_of="warta/2024/06/banjir-surut.md"), encoding="utf-8"
    )
    assert build(root).faults == ()
    named = read_addresses(root)
    assert all((root / "output" / address).is_file() for address in named)
    contents = {path.removesuffix(".md") + ".html" for path in tree(root / "content")}
    assert contents - named.keys() == {"warta/2024/06/lain.html"}
    assert read_index(root)["count"] == len(named)


def test_words_that_a_reader_sees(mirror):
    """Words of titles, bodies and summaries are found; marks, escapes and addresses of links are none."""
    body = "Satu **du**a \\*tiga\\* [empat](https://lima.example/) <b>enam</b> &amp; `tujuh`."
    body += "\n\n## Delapan\n\n[[Sembilan]]"
    root = mirror(content={"kaca/2024/01/a.md": article("Judul", body, summary="Sepuluh kata lain.", lang="xx")})
    assert build(root).faults == ()
    for word in ("judul", "satu", "dua", "tiga", "empat", "enam", "tujuh", "delapan", "sembilan", "sepuluh"):
        assert find(root, word), word
    for word in ("du", "lima", "b", "https", "amp", "strong", "class"):
        assert not find(root, word), word


def test_filters(mirror):
    """Outlets, sections and years are terms of their own, which no text holds."""
    files = {
        "kaca/2024/01/a.md": article("A", "skota", date="2024-01-01", section="Ibu Kota"),
        "warta/2023/01/a.md": article("B", "\x01sibu-kota", date="2023-01-01"),
    }
    root = mirror(content=files)
    build(root)
    assert find(root, "\x01okaca") == find(root, "\x01sibu-kota") == find(root, "\x01y2024") != []
    assert find(root, "\x01owarta") == find(root, "\x01y2023") != find(root, "\x01y2024")


def test_withdrawn_article(mirror):
    """An article that is withdrawn is gone from the index with the next build, and so is its last word."""
    root = mirror(content=newsroom(40))
    build(root)
    assert len(find(root, "kata7")) == 1
    (root / "content/kaca/2022/02/judul-7.md").unlink()
    build(root)
    assert find(root, "kata7") == []
    assert "kaca/2022/02/judul-7.html" not in read_addresses(root)
    assert b"Judul 7" not in b"".join(map(unpack, packed(root)))
    assert find_differences(tree(root / "output"), build_clean(root)[1]) == {}


def packed(root: Path) -> list[bytes]:
    """Return the packed files of the index."""
    return [path.read_bytes() for path in (root / "output/search").rglob("*.bin")]


def test_body_without_a_page(mirror):
    """An article whose body cannot be made into a page is not in the index either; the others are."""
    deep = "\n".join("    " * level + "- x" for level in range(400))
    root = mirror(content=newsroom(3) | {"kaca/2024/01/dalam.md": article("Dalam", deep, date="2024-01-01")})
    assert [fault.place for fault in build(root).faults] == ["content/kaca/2024/01/dalam.md"]
    assert sorted(read_addresses(root).values()) == ["Judul 0", "Judul 1", "Judul 2"]


def test_no_articles(mirror):
    """A mirror without an article has an index without a segment."""
    root = mirror(content={})
    build(root)
    assert search_files(root) == {SEARCH_INDEX, SEARCH_STEMMERS}
    assert (read_index(root)["count"], read_index(root)["segments"]) == (0, [])


# --- what an edit changes ------------------------------------------------------------------------------------------


def test_edit_changes_one_segment(mirror):
    """An edit changes files of its segment and the one that names all; one of what nobody searches changes none."""
    root = mirror(content=newsroom(60))
    build(root)
    path = root / "content/kaca/2021/02/judul-1.md"
    path.write_text(article("Judul 1", "Isi lain.", date="2021-02-02"), encoding="utf-8")
    changed = {name for name in build(root).changed if name.startswith("search/")}
    (segment,) = {name.split("/")[1] for name in changed} - {"index.json"}
    assert find(root, "\x01y2021")[0][0] == segment
    path.write_text(article("Judul 1", "Isi lain.", date="2021-02-02", tags=["Baru"]), encoding="utf-8")
    assert not any(name.startswith("search/") for name in build(root).changed)
    assert find_differences(tree(root / "output"), build_clean(root)[1]) == {}


def test_left_out(mirror, run):
    """With `search = false` there is no index, one that was there goes with what was kept for it, and comes back."""
    root = mirror(content=newsroom(9))
    built = build(root)
    assert built.index
    assert (built.index.segments, built.index.files) == (len(read_index(root)["segments"]), len(search_files(root)))
    wanted = tree(root / "output")
    (root / "cermin.toml").write_text("[site]\nsearch = false\n", encoding="utf-8")
    assert build(root).index is None
    assert search_files(root) == set()
    assert list((root / ".cermin/search").iterdir()) == []
    assert find_differences(tree(root / "output"), build_clean(root)[1]) == {}
    assert (build(root).made, build(root).changed) == (0, ())
    (root / "cermin.toml").unlink()
    ran = run("-C", root, "build")
    assert f"Search index: {built.index.segments} segments, {built.index.files} files, 0.0 MB, in " in ran.out
    assert find_differences(tree(root / "output"), wanted) == {}


# --- what goes wrong -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [None, b"", b"garbage"], ids=["gone", "empty", "garbage"])
def test_harmed_cache(mirror, data):
    """Whatever became of what is kept between builds, the next build is right, and keeps it again."""
    root = mirror(content=newsroom(40))
    build(root)
    for path in sorted((root / ".cermin/search").iterdir())[::2]:
        path.unlink()
        if data is not None:
            path.write_bytes(data)
    for number in range(0, 40, 3):
        path = next((root / "content").rglob(f"judul-{number}.md"))
        path.write_text(path.read_text(encoding="utf-8") + "Lagi.\n", encoding="utf-8")
    assert build(root).faults == ()
    assert find_differences(tree(root / "output"), build_clean(root)[1]) == {}


def test_files_that_are_gone(mirror):
    """Files of the index that are gone are made again, as they were."""
    root = mirror(content=newsroom(40))
    build(root)
    wanted = tree(root / "output")
    gone = sorted(search_files(root))[::3]
    for path in gone:
        (root / "output" / path).unlink()
    assert sorted(build(root).changed) == gone
    assert find_differences(tree(root / "output"), wanted) == {}


@pytest.mark.parametrize("jobs", [1, 2])
def test_article_that_changes_meanwhile(mirror, monkeypatch, jobs):
    """Where an article changes while it is built the old index stays whole, and the next build mends it."""
    root = mirror(content=newsroom(40))
    build(root)
    before = {path: (root / "output" / path).read_bytes() for path in search_files(root)}
    path = root / "content/kaca/2021/02/judul-1.md"
    path.write_text(article("Lain", date="2021-02-02"), encoding="utf-8")
    gather = pipeline._gather

    def change_behind(config: Config, *rest: Any) -> None:
        gather(config, *rest)
        path.write_text(article("Lain lagi", date="2021-02-02"), encoding="utf-8")

    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "_gather", change_behind)  # another hand, right behind
        built = build(root, jobs)
    assert {fault.verdict for fault in built.faults} == {"changed while it was built"}
    assert before.items() <= {path: (root / "output" / path).read_bytes() for path in search_files(root)}.items()
    assert build(root).faults == ()
    assert find_differences(tree(root / "output"), build_clean(root)[1]) == {}


def test_why(mirror):
    """`why` names the articles as the reason when one of a segment changed, and none when nothing did."""
    root = mirror(content=newsroom(9))
    build(root)
    shard = next(path for path in sorted(search_files(root)) if "/2020" in path)

    def why(path: str) -> list[str]:
        return pipeline.explain_page(load_config(root), MemoryReporter(), path)

    assert why(SEARCH_INDEX) == why(shard) == []
    (root / "content/kaca/2020/01/judul-0.md").write_text(article("Lain", date="2020-01-01"), encoding="utf-8")
    assert why(SEARCH_INDEX) == why(shard) == ["articles changed"]
