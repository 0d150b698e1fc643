"""Files opened for reading: compressed or not, whole or not at all."""

from __future__ import annotations

import gzip
import inspect
import os
import socket
import sys
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cermin.errors import SeedError
from cermin.seeds import find_seed_files, opening, read_captures
from cermin.seeds.opening import open_seed, read_head, read_whole

PAGE = b"<p>Hujan turun sejak pagi.</p>\n" * 200


def write(folder: Path, data: bytes) -> Path:
    """Return a file that holds these bytes."""
    path = folder / "page"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    "data", [PAGE, gzip.compress(PAGE, mtime=0), gzip.compress(PAGE[:99], mtime=0) + gzip.compress(PAGE[99:], mtime=0)]
)
def test_gzip_is_known_by_its_bytes(tmp_path, data):
    """A file gives the same bytes plain, compressed, and compressed in several members, whatever its name is."""
    assert read_whole(write(tmp_path, data), "page", len(PAGE)) == PAGE


@pytest.mark.parametrize(
    ("data", "verdict"),
    [
        (gzip.compress(PAGE, mtime=0)[:-9], "ends too early"),
        (gzip.compress(PAGE, mtime=0)[:12], "ends too early"),
        (gzip.compress(PAGE, mtime=0)[:5], "ends too early"),
        (gzip.compress(PAGE, mtime=0)[:-8] + bytes(8), "damaged"),
        (gzip.compress(PAGE, mtime=0)[:20] + b"\xff" * 20 + gzip.compress(PAGE, mtime=0)[40:], "damaged"),
        (gzip.compress(PAGE, mtime=0) + b"<p>", "damaged"),
    ],
)
def test_broken_gzip_has_a_reason(tmp_path, data, verdict):
    """Gzip data that is cut off or damaged is refused, with the file's name and what is wrong."""
    with pytest.raises(SeedError, match=verdict) as raised:
        read_whole(write(tmp_path, data), "page.html.gz", len(PAGE))
    assert "page.html.gz" in str(raised.value)


def test_size_is_bounded_after_decompression(tmp_path):
    """A small file that holds a large one is refused before it is all in memory."""
    bomb = write(tmp_path, gzip.compress(bytes(5_000_000), mtime=0))
    with pytest.raises(SeedError, match="larger than 1 MB"):
        read_whole(bomb, "page.html.gz", 1_000_000)


def test_bombs_end(tmp_path, monkeypatch):
    """Gzip data that becomes many times as large ends with a reason, however little of it is held at once."""
    monkeypatch.setattr(opening, "SMALL", 400_000)
    monkeypatch.setattr(opening, "MOST_RATIO", 20)
    beginnings = {
        "a.csv.gz": b"title,text\n",
        "a.json.gz": b'[{"text":"',
        "a.warc.gz": b"WARC/1.0\r\nWARC-Type: metadata\r\nContent-Length: 9000000\r\n\r\n",
    }
    for name, begin in beginnings.items():
        path = write(tmp_path, gzip.compress(begin + (b" " * 99 + b"\n") * 20_000))
        with pytest.raises(SeedError, match="becomes more than 20 times as large"):
            list(read_captures(path, name))


def test_missing_file_has_a_reason(tmp_path):
    """A file that is gone by the time it is read is told as such."""
    with pytest.raises(SeedError, match="cannot be read"), open_seed(tmp_path / "gone", "gone"):
        pass


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    data=st.binary(max_size=200),
    packed=st.sampled_from([b"", b"\x1f\x8b", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"]),
)
def test_any_bytes_are_read_or_refused(tmp_path, data, packed):
    """Any bytes are read, or refused with a SeedError; nothing else is ever raised."""
    path = write(tmp_path, packed + data)
    try:
        read_whole(path, "page", 1_000)
    except SeedError:
        return
    if not packed:
        assert read_whole(path, "page", 1_000) in {data, _inflate(data)}


def _inflate(data: bytes) -> bytes:
    try:
        return zlib.decompress(data, wbits=31)
    except zlib.error:
        return b""


def test_head_of_a_broken_file(tmp_path):
    """Of a file that breaks off the first bytes can be read, if there are any."""
    path = write(tmp_path, gzip.compress(PAGE, mtime=0)[:-9])
    assert read_head(path, "page", 99) == PAGE[:99]
    assert PAGE.startswith(read_head(path, "page", 99_999))
    with pytest.raises(SeedError, match="ends too early"):
        read_head(write(tmp_path, gzip.compress(PAGE, mtime=0)[:9]), "page", 99)


def test_what_is_no_file_is_never_opened(tmp_path, monkeypatch):
    """Pipes, sockets, devices and links that lead to folders, nowhere, in circles or out of seeds/ have a reason."""
    seeds = tmp_path / "seeds"
    (seeds / "deep").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    (seeds / "a.txt").write_text("Hujan", encoding="utf-8")
    os.mkfifo(seeds / "pipe.txt")
    monkeypatch.chdir(seeds)  # the names of sockets are short
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind("socket.txt")
    links = {
        "device.txt": "/dev/zero", "folder.txt": "deep", "deep/up": "..", "nowhere.txt": "none",
        "circle.txt": "circle.txt", "out.txt": "../secret.txt", "deep/out.txt": "../../secret.txt",
        "same.txt": "a.txt", "deep/same.txt": "../a.txt",
    }  # fmt: skip
    for name, target in links.items():
        (seeds / name).symlink_to(target)
    verdicts: dict[str, str] = {}
    for file in find_seed_files(seeds):
        try:
            verdicts[file.path] = str(len(list(read_captures(seeds / file.path, file.path))))
        except SeedError as error:
            verdicts[file.path] = error.faults[0].verdict
    special, folder = "a pipe, a socket or a device, and no file", "a link to a folder, which is not followed"
    assert verdicts == {
        "a.txt": "1", "same.txt": "1", "deep/same.txt": "1", "pipe.txt": special, "socket.txt": special,
        "device.txt": special, "folder.txt": folder, "deep/up": folder, "nowhere.txt": "a link that leads nowhere",
        "circle.txt": "a link that leads in a circle", "out.txt": "a link that leads out of seeds/",
        "deep/out.txt": "a link that leads out of seeds/",
    }  # fmt: skip
    assert list(verdicts) == sorted(verdicts)


def test_folders_in_one_another(tmp_path):
    """Folders may be in one another deeper than calls may be."""
    folder = tmp_path.joinpath(*"d" * 200)
    folder.mkdir(parents=True)
    (folder / "a.txt").write_text("Hujan", encoding="utf-8")
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack()) + 100)
    try:
        found = [file.path for file in find_seed_files(tmp_path)]
    finally:
        sys.setrecursionlimit(before)
    assert found == ["d/" * 200 + "a.txt"]


def test_names_of_any_kind(tmp_path, mirror, run):
    """Files whose names hold line ends, signs of paths or 255 bytes become articles; control characters are refused."""
    names = ["a\nb.txt", "c\x1b[2J\u202e.txt", "d" * 251 + ".txt", "..e..txt", " f .txt", "g#1.txt", "h\\..\\i.txt"]
    root = mirror(
        seeds={
            name: f"Judul berita {number}\n\nHujan turun sejak pagi di kota ini." for number, name in enumerate(names)
        }
    )
    (root / "seeds/k\n.xyz").touch()
    done = run("import", cwd=root)
    assert done.out.startswith(
        "Imported 7 captures: 5 articles, 2 quarantined; 5 files written"
    )  # one begins with a dot
    first, second = done.err.splitlines()
    assert first == "warning: seeds/c\\x1b[2J\\u202e.txt: quarantined: its name holds control characters"
    assert second.startswith("warning: seeds/k\\n.xyz: quarantined: no reader for files that end in")
    built = run("build", cwd=root)
    assert (built.code, built.err) == (0, "")
