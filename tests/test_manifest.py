"""The manifest: read as it was written or not at all, in parts that an edit elsewhere leaves alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cermin import manifest
from cermin.errors import ManifestError
from cermin.manifest import CaptureHash, Listed, Manifest, PartRow

# Names of every script, with quotes, controls, what turns text round, and characters beyond the first plane.
NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/\\\0"), min_size=1, max_size=8)
PATHS = st.lists(NAMES.filter(lambda name: name not in {".", ".."}), min_size=1, max_size=3).map("/".join)
HASHES = st.binary(max_size=2).map(lambda data: sha256(data).hexdigest())
CAPTURES = st.none() | st.builds(CaptureHash, NAMES, HASHES)
KINDS = st.sampled_from(("article", "asset", "search-index"))
FILES = st.builds(
    Listed, PATHS.filter(lambda path: not manifest.is_own(path)), HASHES, st.integers(0, 1 << 50), KINDS, CAPTURES
)
SITES = st.lists(FILES, max_size=20, unique_by=lambda file: file.path).map(sorted)


@dataclass
class Site:
    """A site's manifest, and which of its parts were read."""

    files: Sequence[Listed]
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Encode the parts."""
        self.encoded = [manifest.encode_part(part) for part in manifest.split(self.files)]
        self.data = {row.path: data for row, data in self.encoded}
        self.root = manifest.make_root([row for row, _ in self.encoded])

    def read(self, path: str) -> bytes:
        """Give a part."""
        self.asked.append(path)
        return self.data[path]


def numbered(*numbers: int, size: int = 1) -> list[Listed]:
    """Return files that bear these numbers."""
    rows = ((f"alpha/2024/06/{number:05}.html", sha256(b"%d" % number).hexdigest()) for number in sorted(numbers))
    return [Listed(path, hashed, size, "article") for path, hashed in rows]


def renewed(one: Site, other: Site) -> int:
    """Return how many parts of one site the other has not."""
    return len(set(one.root.parts) - set(other.root.parts))


@given(SITES)
def test_is_read_as_it_was_written(files):
    """Whatever files are called, a manifest that is read is the one that was written."""
    site = Site(files)
    assert manifest.read_root(manifest.encode_root(site.root)) == site.root
    assert list(manifest.read_files(site.root, site.read)) == files
    assert (site.root.files, site.root.size) == (len(files), sum(file.size for file in files))


def test_how_it_is_written():
    """A file stands on a line of its own, and the build is the hash of the parts as RFC 8785 writes them."""
    captured = CaptureHash("a.csv#7", "1" * 64)
    site = Site([Listed("a/选举.html", "0" * 64, 7, "article", captured), Listed("index.html", "2" * 64, 3, "front")])
    [(row, data)] = site.encoded
    captured_line = f'"capture": {{"path": "a.csv#7", "sha256": "{"1" * 64}"}}'
    assert data.decode().splitlines() == [
        '{"files": [',
        f'{{"path": "a/选举.html", "sha256": "{"0" * 64}", "bytes": 7, "kind": "article", {captured_line}}},',
        f'{{"path": "index.html", "sha256": "{"2" * 64}", "bytes": 3, "kind": "front"}}',
        "]}",
    ]
    told = json.loads(manifest.encode_root(site.root))
    canonical = f'[{{"bytes":10,"files":2,"first":"a/选举.html","path":"{row.path}","sha256":"{row.sha256}"}}]'
    assert told.pop("parts") == [
        {"path": row.path, "sha256": sha256(data).hexdigest(), "first": "a/选举.html", "files": 2, "bytes": 10}
    ]
    assert row.path == f"manifest/{row.sha256[:16]}.json"
    assert told.pop("generator").startswith("cermin ")
    assert told == {"version": 1, "build": sha256(canonical.encode()).hexdigest(), "files": 2, "bytes": 10}


# --- parts ---------------------------------------------------------------------------------------------------------


def test_parts_depend_on_paths_alone():
    """What a file holds moves no end of a part; parts are of a size that grows with no site."""
    one, other = Site(numbered(*range(20_000))), Site(numbered(*range(20_000), size=2))
    assert [row.first for row in one.root.parts] == [row.first for row in other.root.parts]
    assert 20 <= len(one.root.parts) <= 80
    assert all(manifest.begins_part(row.first) for row in one.root.parts[1:])


@given(st.sets(st.integers(0, 5000), max_size=3), st.sets(st.integers(0, 5000), max_size=3))
def test_an_edit_renews_its_part(gone, changed):
    """A file that comes, goes or changes renews its part, and the one before where it begins one; no others."""
    every = set(range(5000))
    before = Site(numbered(*every))
    edited = [file._replace(sha256="f" * 64) for file in numbered(*changed)]
    after = Site(sorted([*numbered(*every - gone - changed), *edited]))
    begins = sum(manifest.begins_part(file.path) for file in numbered(*gone | changed))
    assert renewed(after, before) <= len(gone | changed) + begins
    assert renewed(before, after) <= len(gone | changed) + begins


# --- comparing -----------------------------------------------------------------------------------------------------


@given(SITES, SITES)
def test_differences(olds, news):
    """What differs between two manifests is each file that is in one alone or not the same in both, in order."""
    old, new = Site(olds), Site(news)
    before, after = {file.path: file for file in olds}, {file.path: file for file in news}
    found = list(manifest.differ(old.root, new.root, old.read, new.read))
    paths = sorted(path for path in {*before, *after} if before.get(path) != after.get(path))
    assert found == [(before.get(path), after.get(path)) for path in paths]
    assert list(manifest.differ(None, new.root, old.read, new.read)) == [(None, file) for file in news]


def test_equal_parts_are_not_read():
    """Who compares reads the parts alone that are not in both."""
    old, new = Site(numbered(*range(10_000))), Site(numbered(*range(4000), *range(4001, 10_000)))
    [(gone, nothing)] = manifest.differ(old.root, new.root, old.read, new.read)
    assert ([gone], nothing) == (numbered(4000), None)
    assert len(old.asked) == renewed(old, new) <= 2
    assert len(new.asked) == renewed(new, old) <= 2


# --- what is refused -----------------------------------------------------------------------------------------------

SOUND = Site(numbered(1, 2))
ROW, PART = SOUND.encoded[0]
ROOT = manifest.encode_root(SOUND.root)


def part_of(**told: object) -> tuple[PartRow, bytes]:
    """Return a part with one file of which something is told in another way, and a row that fits it."""
    sound = json.loads(PART.splitlines()[1].rstrip(b","))
    line = json.dumps({key: value for key, value in {**sound, **told}.items() if value is not ...})
    return row_for(f'{{"files": [\n{line}\n]}}\n'.encode())


def row_for(data: bytes) -> tuple[PartRow, bytes]:
    """Return a part of any bytes with a row that bears its hash."""
    hashed = sha256(data).hexdigest()
    return PartRow(f"manifest/{hashed[:16]}.json", hashed, "alpha/2024/06/00001.html", 1, 1), data


def test_the_forger_can_write_a_sound_part():
    """What the tests below change is refused for what they change."""
    manifest.read_part(*part_of())


@pytest.mark.parametrize(
    "told",
    [
        *({"path": path} for path in ("../a", "/a", "a//b", "a/./b", "a\\b", "a\0", "", 7, None, ..., "\ud800")),
        *({"path": path} for path in ("manifest.json", "manifest.json.sig", "manifest/0123456789abcdef.json")),
        *({"sha256": value} for value in ("", "0" * 63, "G" * 64, "A" * 64, None, ...)),
        *({"bytes": value} for value in (-1, 1.0, "1", True, None, 1 << 70, float("nan"), ...)),
        *({"kind": value} for value in ("", "Article", "a b", 7, ...)),
        *({"capture": value} for value in ("", {}, {"path": "a"}, {"path": 1, "sha256": "0" * 64}, None)),
        {"capture": {"path": "a", "sha256": "0" * 64, "more": 1}},
        {"more": 1},
    ],
)
def test_hostile_files(told):
    """A part that lists what no site has, or in another way than cermin writes it, is refused."""
    with pytest.raises(ManifestError):
        manifest.read_part(*part_of(**told))


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\xff", b"null", b"[]", b"{}", b'{"files": []}', b'{"files": {}}', b'{"files": [1]}', b"[" * 100_000,
        PART.replace(b"\n", b""), PART + b" ", PART[:-1], b'{"files": 1, ' + PART[1:],
        b"\n".join([PART.splitlines()[0], *reversed([line.rstrip(b",") + b"," for line in PART.splitlines()[1:3]])]),
    ],
)  # fmt: skip
def test_damaged_parts(data):
    """A part is refused when its bytes are not those that the root names, and also when they are and are no part."""
    for row in (ROW, row_for(data)[0]):
        with pytest.raises(ManifestError) as error:
            manifest.read_part(row, data)
        assert error.value.faults[0].place == row.path
        assert error.value.faults[0].hint


@pytest.mark.parametrize(
    "data",
    [
        b"", b"<!doctype html>", b"null", b"[]", b"{}", b"\xff\xfe", b"{" * 100_000, b"9" * 5000,
        ROOT[:-1], ROOT + b" ",
        ROOT.replace(b'"files": 2', b'"files": 3'), ROOT.replace(b'"files": 2', b'"files": 2.0'),
        ROOT.replace(b'"bytes": 2', b'"bytes": 2, "bytes": 2'), ROOT.replace(b'"generator"', b'"a": 1, "generator"'),
        ROOT.replace(b'"manifest/', b'"manifest/../'), ROOT.replace(b'"alpha/', b'"../'),
        ROOT.replace(b'"version": 1', b'"version": true'), ROOT.replace(b'"version": 1', b'"version": 0'),
        ROOT.replace(b'"build": "', b'"build": "0'), ROOT.replace(b"[\n", b"[\n" + ROOT.splitlines()[1] + b",\n"),
    ],
)  # fmt: skip
def test_damaged_roots(data):
    """A root is refused unless it is, byte for byte, what cermin writes."""
    with pytest.raises(ManifestError) as error:
        manifest.read_root(data)
    assert error.value.faults[0].place == "manifest.json"
    assert error.value.faults[0].hint


def test_newer_manifests():
    """A manifest of a later version is called so, and not damaged."""
    with pytest.raises(ManifestError, match="version 2 of the manifest is not known here"):
        manifest.read_root(b'{"version": 2, "parts": {}}')


def test_too_large(monkeypatch):
    """What is larger than any manifest is not read as one."""
    monkeypatch.setattr(manifest, "LARGEST", len(ROOT) - 1)
    with pytest.raises(ManifestError, match="larger than"):
        manifest.read_root(ROOT)


def test_parts_that_overlap():
    """A part that reaches into the next is refused, for a file would be in the manifest twice."""
    rows, data = [], {}
    for numbers in ((1, 3), (2, 4)):
        row, part = manifest.encode_part(numbered(*numbers))
        rows.append(row)
        data[row.path] = part
    root = Manifest(*manifest.make_root(rows))
    with pytest.raises(ManifestError):
        list(manifest.read_files(root, data.__getitem__))
