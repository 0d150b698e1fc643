"""The dataset: every article in one file that anybody can read, and that an edit changes in one place."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cermin import pipeline
from cermin.addresses import DATASET, DATASHEET
from cermin.config import Config, load_config
from cermin.content.article_file import parse_entry
from cermin.content.front_matter import format_head
from cermin.content.head import KEYS
from cermin.output import dataset
from cermin.records import Entry
from cermin.report import MemoryReporter
from cermin.site import Queries, members, open_catalogue, shelve
from cermin.site.catalogue import MemberRow
from tests.conftest import tree
from tests.mirrors import article, build, build_clean, find_differences
from tests.newspaper import write_newspaper

SETTINGS = '[site]\nlist_size = 5\nbase_url = "https://example.org/"\n'


def newsroom(count: int) -> dict[str, str]:
    """Return article files of two outlets."""
    return {
        f"{('kaca', 'warta')[number % 2]}/2024/0{number % 3 + 1}/a{number}.md": article(
            f"Judul {number}", f"Isi {number}.", date=f"2024-0{number % 3 + 1}-{number % 28 + 1:02}", lang="id"
        )
        for number in range(count)
    }


def read_lines(root: Path) -> list[dict[str, Any]]:
    """Return the articles of a mirror's dataset."""
    with gzip.open(root / "output" / DATASET, "rb") as file:
        return [json.loads(line) for line in file]


# --- what a line tells ---------------------------------------------------------------------------------------------


def rebuild(told: dict[str, Any]) -> tuple[str, str]:
    """Return the article file that a line tells: its path below content/, and its text."""
    path = told["address"].removesuffix(".html") + ".md"
    return path, format_head({key: told[key] for key in KEYS if key in told}) + told["body"]


def without_hashes(entry: Entry) -> Entry:
    """Return an entry without what depends on how its file writes it."""
    return entry._replace(digest="", body_at=0)


def test_content_comes_back(tmp_path):
    """From the dataset alone all article files can be written again, and say the same to the last key."""
    root = write_newspaper(tmp_path)
    (root / "content/warta/2024/06/lain.md").write_text(
        article("Versi lain", 'Isi:\n\n> a\n\n\ttab \\ "b"\r\n', revision_of="warta/2024/06/banjir-surut.md",
                duplicates=["a b.txt", "c#1"], revisions=["warta/2024/06/x.md"]),
        encoding="utf-8", newline="",
    )  # fmt: skip
    assert build(root).faults == ()
    lines = read_lines(root)
    files = {path: (root / "content" / path).read_bytes() for path in tree(root / "content")}
    again = dict(map(rebuild, lines))
    assert sorted(again) == sorted(files)
    for path, text in again.items():
        assert without_hashes(parse_entry(path, text.encode())) == without_hashes(parse_entry(path, files[path]))
    shutil.rmtree(root / "content")
    for path, text in again.items():
        (root / "content" / path).parent.mkdir(parents=True, exist_ok=True)
        (root / "content" / path).write_text(text, encoding="utf-8", newline="")
    before = tree(root / "output")
    assert build(root).changed == ()
    assert tree(root / "output") == before


def test_fields():
    """A line has a field for each key of front matter, but the mark of what cermin wrote."""
    assert {*KEYS} - {"written"} == {*dataset.FIELDS} - {"address", "see_also", "body"}


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cn"]) | st.sampled_from('\\"\n\t\r/<&\u2028😀'))


@given(body=TEXT, title=TEXT, tags=st.lists(TEXT, max_size=3))
def test_lines_are_json(body, title, tags):
    """A line is JSON on one line whatever the article holds, and gives back every sign of it."""
    with tempfile.TemporaryDirectory() as folder:
        head = b"---\n---\n"
        (Path(folder) / "a").mkdir()
        (Path(folder) / "a/b.md").write_bytes(head + body.encode())
        read = parse_entry("a/2024/c.md", b"---\ntitle: x\n---\n")
        entry = read._replace(
            address="a/b.html", title=title, tags=tuple(tags), digest=content_digest(head + body.encode()), body_at=8
        )
        (made,) = dataset.MakeMembers(Path(folder))([[entry]])
    assert isinstance(made, dataset.MadeMember)
    line = gzip.decompress(made.data)
    assert (line.count(b"\n"), line[-1:]) == (1, b"\n")
    told = json.loads(line)
    assert (told["body"], told.get("title", ""), told.get("tags", [])) == (body, title, tags)
    assert not {key for key, value in told.items() if not value} - {"body"}


def content_digest(data: bytes) -> str:
    """Return the hash of a file."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


# --- the file ------------------------------------------------------------------------------------------------------


def test_everybody_can_read_it(mirror, monkeypatch):
    """Python and gzip itself read all members as one file, an article a line in the order of addresses."""
    monkeypatch.setattr(members, "TOGETHER", 3)
    root = mirror(content=newsroom(50))
    build(root)
    packed = (root / "output" / DATASET).read_bytes()
    assert packed.count(b"\x1f\x8b\x08\0\0\0\0\0\0\xff") > 5
    unpacked = gzip.decompress(packed)
    if gzip_command := shutil.which("gzip"):
        ran = subprocess.run([gzip_command, "-dc"], input=packed, capture_output=True, check=True)
        assert ran.stdout == unpacked
    found = [line["address"] for line in read_lines(root)]
    assert found == sorted(path.removesuffix(".md") + ".html" for path in newsroom(50))


def test_empty_mirror(mirror):
    """Also without an article the file is one that gzip reads."""
    root = mirror()
    build(root)
    assert gzip.decompress((root / "output" / DATASET).read_bytes()) == b""


def test_settings_do_not_matter(mirror):
    """The file is a matter of articles alone: settings and profiles change no byte of it, and do not have it made."""
    root = mirror(content=newsroom(9))
    build(root)
    before = (root / "output" / DATASET).read_bytes(), (root / "output" / DATASET).stat().st_mtime_ns
    (root / "cermin.toml").write_text(SETTINGS)
    (root / "outlets").mkdir()
    (root / "outlets/kaca.toml").write_text('name = "Kaca"\n')
    assert DATASET not in build(root).changed
    assert ((root / "output" / DATASET).read_bytes(), (root / "output" / DATASET).stat().st_mtime_ns) == before


def test_equal_file_is_left_alone(mirror):
    """Made anew as it was, because the cache is lost or a file was saved without a change, the file keeps its time."""
    root = mirror(content=newsroom(9))
    build(root)
    before = (root / "output" / DATASET).stat()
    next((root / "content").rglob("a1.md")).touch()
    assert build(root).changed == ()
    shutil.rmtree(root / ".cermin")
    assert build(root).changed == ()
    assert (root / "output" / DATASET).stat().st_mtime_ns == before.st_mtime_ns


def test_pieces_are_not_held(tmp_path):
    """The file is put together in little memory, however large it is."""
    size = 64 * 1024 * 1024
    dataset.write_dataset(tmp_path, (os.urandom(65536) for _ in range(size // 65536)))
    tracemalloc.start()
    written = dataset.write_dataset(tmp_path, [(0, size // 2), b"new", (size // 2, size // 2)])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (written.status, written.size) == ("changed", size + 3)
    assert hashlib.sha256((tmp_path / DATASET).read_bytes()).hexdigest() == written.sha256
    assert peak < size // 8


# --- what an edit costs, and what goes wrong -----------------------------------------------------------------------


@contextlib.contextmanager
def counted() -> Iterator[list[str]]:
    """Count the articles whose lines are made."""
    made: list[str] = []
    make = dataset.MakeMembers._make

    def count(self: dataset.MakeMembers, entries: list[Entry]) -> Any:
        made.extend(entry.address for entry in entries)
        return make(self, entries)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dataset.MakeMembers, "_make", count)
        yield made


def test_an_edit_makes_one_member(mirror, monkeypatch):
    """An article that is edited, comes or goes has the lines of its member made, of two at most, and no others."""
    monkeypatch.setattr(members, "TOGETHER", 8)
    root = mirror(content=newsroom(200))
    build(root)
    longest = max(row_sizes(root))
    for number in range(0, 60, 15):
        path = next((root / "content").rglob(f"a{number}.md"))
        changes = [
            lambda path=path: path.write_text(article(f"Lain {path.stem}", lang="en"), encoding="utf-8"),
            lambda path=path: path.unlink(),
            lambda path=path: path.write_text(article("Kembali", date="1999-01-01"), encoding="utf-8"),
        ]
        for change in changes:
            change()
            with counted() as made:
                assert DATASET in build(root).changed
            assert len(made) <= 2 * longest
    assert find_differences(tree(root / "output"), build_clean(root)[1]) == {}


def row_sizes(root: Path) -> list[int]:
    """Return how many articles stand in each member."""
    with open_catalogue(load_config(root).state) as catalogue:
        return [row.count for row in catalogue.members()]


def _garble(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize(
    "harm",
    [
        Path.unlink,
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:-9]),
        lambda path: path.write_bytes(path.read_bytes() + b"\0"),
        _garble,
    ],
    ids=["gone", "empty", "cut short", "longer", "another byte"],
)
@pytest.mark.parametrize("edits", [False, True], ids=["", "and an edit"])
def test_harmed_file(mirror, monkeypatch, harm, edits):
    """No byte is taken from a file that is not the one which was made; the next build makes all of it."""
    monkeypatch.setattr(members, "TOGETHER", 4)
    root = mirror(content=newsroom(40))
    build(root)
    harm(root / "output" / DATASET)
    if edits:
        (root / "content/kaca/2024/01/a0.md").write_text(article("Lain"), encoding="utf-8")
    assert DATASET in build(root).changed
    assert find_differences(tree(root / "output"), build_clean(root)[1]) == {}


@pytest.mark.parametrize("jobs", [1, 2])
def test_article_that_changes_meanwhile(mirror, monkeypatch, jobs):
    """Where an article changes while it is built the old file stays, why is told, and the next build mends it."""
    monkeypatch.setattr(members, "TOGETHER", 4)
    root = mirror(content=newsroom(40))
    build(root)
    before = (root / "output" / DATASET).read_bytes()
    path = root / "content/kaca/2024/01/a0.md"
    path.write_text(article("Lain"), encoding="utf-8")
    gather = pipeline._gather

    def change_behind(config: Config, *rest: Any) -> None:
        gather(config, *rest)
        path.write_text(article("Lain lagi"), encoding="utf-8")

    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "_gather", change_behind)  # another hand, right behind
        built = build(root, jobs)
    verdicts = [(fault.place, fault.verdict) for fault in built.faults]
    assert verdicts == [("content/kaca/2024/01/a0.md", "changed while it was built")]
    assert (root / "output" / DATASET).read_bytes() == before
    assert build(root).faults == ()
    assert find_differences(tree(root / "output"), build_clean(root)[1]) == {}


def test_why(mirror):
    """`why` names the articles as the reason when one of them changed, and none when nothing did."""
    root = mirror(content=newsroom(9))

    def why() -> list[str]:
        return pipeline.explain_page(load_config(root), MemoryReporter(), DATASET)

    build(root)
    assert why() == []
    (root / "content/kaca/2024/01/a0.md").write_text(article("Lain"), encoding="utf-8")
    assert why() == ["articles changed"]
    build(root)
    (root / "output" / DATASET).unlink()
    assert why() == ["its file is missing"]


# --- members -------------------------------------------------------------------------------------------------------

NUMBERS = st.sets(st.integers(0, 60), max_size=30)


@given(before=NUMBERS, after=NUMBERS, edited=NUMBERS, together=st.integers(1, 4))
@hypothesis.settings(max_examples=max(10, hypothesis.settings().max_examples // 2))
def test_touched_members_are_all(before, after, edited, together):
    """To look only at what changed finds the members that there are, and each holds the articles up to the next."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(members, "TOGETHER", together)
        root = Path(folder)
        with open_catalogue(root) as catalogue:
            ask = Queries(catalogue, load_config(root), {})

            def keep(number: int, title: str) -> None:
                path = f"a/{number // 20}/{number}.md"
                entry = parse_entry(path, article(title).encode())
                catalogue.keep_file(path, title, "", (), shelve(entry))

            with catalogue.batch():
                for number in before:
                    keep(number, "Satu")
                found = members.find_members(ask)
                catalogue.keep_members((), (row_of(member) for member in found))
                catalogue.clear_touched()
                for number in before - after:
                    catalogue.drop_file(f"a/{number // 20}/{number}.md")
                for number in after - before:
                    keep(number, "Satu")
                for number in edited & after:
                    keep(number, "Dua")
            found = members.find_members(ask)
            catalogue.forget_members()
            assert found == members.find_members(ask)
            held = [entry.address for member in found for entry in ask.entries_between(member.first, member.end)]
            assert held == sorted(f"a/{number // 20}/{number}.html" for number in after)
            assert [member.count for member in found] == [
                len(ask.entries_between(member.first, member.end)) for member in found
            ]


def row_of(member: members.Member) -> MemberRow:
    """Return a member as the catalogue keeps it."""
    return MemberRow(member.first, member.count, member.digest, 1, "{}")


def find(pattern: str, text: str) -> str:
    """Return what the one group of a pattern matches."""
    match = re.search(pattern, text, re.DOTALL)
    assert match is not None
    return match[1]


# --- the datasheet -------------------------------------------------------------------------------------------------


def test_datasheet_tells_the_truth(tmp_path):
    """The datasheet's figures are those of the file, and its JSON-LD names file, size, checksum, languages, years."""
    root = write_newspaper(tmp_path, "en")
    assert build(root).faults == ()
    packed = (root / "output" / DATASET).read_bytes()
    lines = read_lines(root)
    page = (root / "output" / DATASHEET).read_text(encoding="utf-8")
    checksum = hashlib.sha256(packed).hexdigest()
    assert f"<code>{checksum}</code>" in page
    rows = re.findall(r'<tr><th scope="row"><code>(\w+)</code></th><td>(\d+)</td>', page)
    assert [name for name, _ in rows] == list(dataset.FIELDS)
    counts = Counter(key for line in lines for key in line)
    assert {name: int(count) for name, count in rows} == {name: counts[name] for name in dataset.FIELDS}
    for key in ("outlet", "lang"):
        for value, count in Counter(line.get(key, "") for line in lines).items():
            assert f"<td><code>{value}</code></td><td>{count}</td>" in page
    for year, count in Counter(line.get("date", "")[:4] or "Undated" for line in lines).items():
        assert f'<tr><th scope="row">{year}</th><td>{count}</td></tr>' in page
    told = json.loads(find(r'<script type="application/ld\+json">(.*?)</script>', page))
    assert (told["@context"], told["@type"], told["name"]) == ("https://schema.org", "Dataset", "Cermin Kota")
    assert told["distribution"] == {
        "@type": "DataDownload",
        "contentUrl": f"https://example.org/mirror/{DATASET}",
        "encodingFormat": "application/gzip",
        "contentSize": f"{len(packed)} B",
        "sha256": checksum,
    }
    assert sorted(told["inLanguage"]) == ["ar", "en", "id", "zh"]
    assert told["temporalCoverage"] == "2023/2024"


def test_example_runs(mirror):
    """The lines of Python that the datasheet shows read the file."""
    root = mirror(content=newsroom(5))
    build(root)
    page = (root / "output" / DATASHEET).read_text(encoding="utf-8")
    source = find(r"<pre><code>(import .*?)</code></pre>", page).replace("&#34;", '"')
    names: dict[str, Any] = {}
    with contextlib.chdir(root / "output/data"):
        exec(source, names)  # noqa: S102 - an example of ours
        assert len(list(names["articles"])) == 5
