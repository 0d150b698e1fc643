"""Files are written whole, only inside their folder, and left alone when they are equal."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cermin.errors import OutputError
from cermin.files import digest, put, put_pieces, remove
from tests.conftest import tree


def test_put(tmp_path):
    """A file is new, then the same, then changed."""
    assert put(tmp_path, "a/b/c.html", b"1") == "new"
    assert put(tmp_path, "a/b/c.html", b"1") == "same"
    assert put(tmp_path, "a/b/c.html", b"2") == "changed"
    assert tree(tmp_path) == {"a/b/c.html": b"2"}


def test_equal_file_is_left_alone(tmp_path):
    """A file that is equal already keeps its time, so that nobody copies it again."""
    put(tmp_path, "a.html", b"1")
    os.utime(tmp_path / "a.html", (1, 1))
    put(tmp_path, "a.html", b"1")
    assert (tmp_path / "a.html").stat().st_mtime == 1


def test_put_pieces(tmp_path):
    """A file that is written piece by piece is new, then the same and left alone, then changed."""
    assert put_pieces(tmp_path, "a/b.gz", [b"1", b"2"]) == "new"
    os.utime(tmp_path / "a/b.gz", (1, 1))
    assert put_pieces(tmp_path, "a/b.gz", [b"12", b""]) == "same"
    assert (tmp_path / "a/b.gz").stat().st_mtime == 1
    assert put_pieces(tmp_path, "a/b.gz", [b"1", b"3"]) == "changed"
    assert put_pieces(tmp_path, "a/b.gz", [b"1", b"3", b""]) == "same"
    assert tree(tmp_path) == {"a/b.gz": b"13"}


def test_pieces_that_break_off(tmp_path):
    """When the pieces end in an error the old file stands, and no temporary one is left."""

    def pieces(error: Exception) -> Iterator[bytes]:
        yield b"1"
        raise error

    put_pieces(tmp_path, "a.gz", [b"0"])
    for error, told in ((OSError(5, "Input/output error"), OutputError), (KeyError("a"), KeyError)):
        with pytest.raises(told):
            put_pieces(tmp_path, "a.gz", pieces(error))
    assert tree(tmp_path) == {"a.gz": b"0"}


def test_reader_keeps_the_old_file(tmp_path):
    """Who has the old file open reads it to its end: the new one takes its place, and not its bytes."""
    put(tmp_path, "a.html", b"old old old")
    with (tmp_path / "a.html").open("rb") as reader:
        assert reader.read(3) == b"old"
        put(tmp_path, "a.html", b"new")
        assert reader.read() == b" old old"


def test_nothing_half_is_left(tmp_path, monkeypatch):
    """When the last step fails the old file stands, and no temporary one is left."""
    put(tmp_path, "a.html", b"1")

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)  # a full disk cannot be had otherwise
    with pytest.raises(OutputError, match="cannot be written: No space left on device"):
        put(tmp_path, "a.html", b"2")
    assert tree(tmp_path) == {"a.html": b"1"}


@pytest.mark.parametrize(
    "path",
    ["../a", "a/../../b", "a/..", "..", ".", "./a", "a/./b", "/etc/a", "//a", "a//b", "a/", "", "a\0b", "\0", "..\\a",
     "a\\b", "C:\\a"],
)  # fmt: skip
def test_paths_outside(tmp_path, path):
    """A path that leaves its folder, or that means something else elsewhere, is refused."""
    folder = tmp_path / "output"
    folder.mkdir()
    with pytest.raises(OutputError, match="not a path below the folder"):
        put(folder, path, b"1")
    assert tree(tmp_path) == {}


@given(path=st.text(st.sampled_from("./\\a\0é"), max_size=8), data=st.binary(max_size=8))
def test_any_path(tmp_path_factory, path, data):
    """Whatever the path, what is written stands below the folder, under that very path."""
    around = tmp_path_factory.mktemp("around")
    try:
        put(around / "output", path, data)
    except OutputError:
        assert tree(around) == {}
    else:
        assert tree(around) == {f"output/{path}": data}


def test_folder_in_the_way(tmp_path):
    """A folder where a file should stand is told with its place."""
    (tmp_path / "a.html").mkdir()
    with pytest.raises(OutputError) as caught:
        put(tmp_path, "a.html", b"1")
    assert str(caught.value) == f"{tmp_path / 'a.html'}: cannot be written: Is a directory"


def test_file_in_the_way(tmp_path):
    """A file where a folder should stand is told with its place."""
    put(tmp_path, "a", b"1")
    with pytest.raises(OutputError) as caught:
        put(tmp_path, "a/b.html", b"1")
    assert str(caught.value).startswith(f"{tmp_path / 'a/b.html'}: cannot be written: ")


def test_remove(tmp_path):
    """With a file go the folders that became empty, but never the one that all of it stands in."""
    for path in ("a/b/c.html", "a/d.html"):
        put(tmp_path / "output", path, b"1")
    remove(tmp_path / "output", "a/b/c.html")
    assert tree(tmp_path) == {"output/a/d.html": b"1"}
    assert not (tmp_path / "output/a/b").exists()
    remove(tmp_path / "output", "a/d.html")
    assert list((tmp_path / "output").iterdir()) == []


def test_remove_what_is_gone(tmp_path):
    """A file that is gone already is as good as removed."""
    remove(tmp_path, "a/b.html")
    put(tmp_path, "a/c.html", b"1")
    remove(tmp_path, "a/b.html")
    assert tree(tmp_path) == {"a/c.html": b"1"}


def test_digest():
    """A digest is 128 bits of hexadecimal, and another for other bytes."""
    assert len(digest(b"")) == 32
    assert digest(b"a") != digest(b"b")
    assert int(digest(Path(__file__).read_bytes()), 16)
