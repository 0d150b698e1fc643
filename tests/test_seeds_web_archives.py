"""Web archives: every page is a capture, and what is no page is counted."""

from __future__ import annotations

import contextlib
import gzip
import sys
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cermin.errors import SeedError
from cermin.records import PAGE, TEXT, Capture, Reading
from cermin.seeds import read_captures, web_archives

HTML = b"<!doctype html><title>Banjir</title><p>Hujan turun sejak pagi.</p>"


def record(kind: str, body: bytes, **headers: str) -> bytes:
    """Return a record of a web archive."""
    told = {
        "WARC-Type": kind,
        "WARC-Record-ID": "<urn:uuid:0>",
        "WARC-Date": "2024-06-20T06:40:00Z",
        "Content-Length": str(len(body)),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"WARC/1.0\r\n{lines}\r\n".encode() + body + b"\r\n\r\n"


def answer(body: bytes = HTML, kind: str = "text/html", status: str = "200 OK", url: str = "https://kabar.example/a",
           more: str = "", **headers: str) -> bytes:  # fmt: skip
    """Return the record of a server's answer."""
    head = f"HTTP/1.1 {status}\r\n" + (f"Content-Type: {kind}\r\n" if kind else "") + f"{more}\r\n"
    return record("response", head.encode() + body, WARC_Target_URI=url, **headers)


def read(folder: Path, data: bytes, name: str = "a.warc") -> list[Capture | Reading]:
    """Return what a web archive gives."""
    path = folder / "seed"
    path.write_bytes(data)
    return list(read_captures(path, name))


def test_pages(tmp_path):
    """A page is what was sent, under the number of its record, with its address, its time and its charset."""
    data = record("warcinfo", b"software: x\r\n") + record(
        "request", b"GET / HTTP/1.1\r\n\r\n", WARC_Target_URI="https://kabar.example/a"
    )
    data += answer(kind="text/html; charset=Windows-1252")
    packed = gzip.compress(record("warcinfo", b""), mtime=0) + gzip.compress(answer(), mtime=0)
    one = Capture(
        seed_path="a.warc", media_type=PAGE, data=HTML, part="3", url="https://kabar.example/a",
        captured="2024-06-20T06:40:00Z", encoding="Windows-1252",
    )  # fmt: skip
    assert read(tmp_path, data) == [one]
    # Each record in gzip data of its own, as it should be, and all in one, as it should not.
    for compressed in (packed, gzip.compress(record("warcinfo", b"") + answer(), mtime=0)):
        (found,) = read(tmp_path, compressed, "a.warc.gz")
        assert isinstance(found, Capture)
        assert (found.seed, found.data) == ("a.warc.gz#2", HTML)


def chunks(data: bytes) -> bytes:
    """Return a body in chunks."""
    return b"".join(f"{len(part):x};a=b\r\n".encode() + part + b"\r\n" for part in (data[:9], data[9:])) + b"0\r\n\r\n"


RAW = zlib.compressobj(wbits=-15)


@pytest.mark.parametrize(
    ("body", "more"),
    [
        (chunks(HTML), "Transfer-Encoding: chunked\r\n"),
        (HTML, "Transfer-Encoding: chunked\r\n"),
        (gzip.compress(HTML, mtime=0), "Content-Encoding: gzip\r\n"),
        (chunks(gzip.compress(HTML, mtime=0)), "Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n"),
        (HTML, "Content-Encoding: gzip\r\n"),
        (zlib.compress(HTML), "Content-Encoding: deflate\r\n"),
        (RAW.compress(HTML) + RAW.flush(), "Content-Encoding: deflate\r\n"),
        (HTML, "Content-Encoding: br\r\n"),
    ],
)
def test_codings(tmp_path, body, more):
    """Chunks are joined and bodies decompressed, also where a tool did so before and left the header."""
    (one,) = read(tmp_path, answer(body, more=more))
    assert isinstance(one, Capture)
    assert one.data == HTML


@pytest.mark.parametrize(
    ("kind", "body", "media_type"),
    [
        ("application/xhtml+xml", HTML, PAGE), ("", HTML, PAGE), ("application/octet-stream", HTML, PAGE),
        ("text/plain", HTML, PAGE), ("text/plain", b"Hujan turun.", TEXT), ("TEXT/HTML", b"<p>a", PAGE),
    ],
)  # fmt: skip
def test_kinds_of_pages(tmp_path, kind, body, media_type):
    """A page is known by its type, and where that says little by its first bytes."""
    (one,) = read(tmp_path, answer(body, kind))
    assert isinstance(one, Capture)
    assert one.media_type == media_type


def test_resources_and_conversions(tmp_path):
    """Records that hold a file without an answer around it, or the text of a page, are captures too."""
    address = {"WARC_Target_URI": "https://kabar.example/a"}
    data = record("resource", HTML, Content_Type="text/html", **address)
    data += record("conversion", b"Hujan turun.", Content_Type="text/plain", **address)
    found = [one for one in read(tmp_path, data) if isinstance(one, Capture)]
    assert [(one.part, one.media_type, one.url) for one in found] == [
        ("1", PAGE, "https://kabar.example/a"), ("2", TEXT, "https://kabar.example/a"),
    ]  # fmt: skip


def test_what_is_no_page_is_counted(tmp_path):
    """What is no page is told in one reading for the file, by kinds; the archive's own records are not."""
    parts = [
        record("warcinfo", b""),
        answer(b"GIF8", "image/gif"), answer(b"GIF8", "image/gif"), answer(),
        answer(status="404 Not Found"), answer(b"", status="301 Moved"),
        answer(b"User-agent: *", "text/plain", url="https://kabar.example/robots.txt"),
        answer(b"<?xml version='1.0'?><playlist/>", "text/plain"), answer(b"\x00\x01", ""),
        record("revisit", b"HTTP/1.1 200 OK\r\n\r\n", WARC_Target_URI="https://kabar.example/a"),
        record("metadata", b"a: b"),
    ]  # fmt: skip
    page, told = read(tmp_path, b"".join(parts))
    assert isinstance(page, Capture)
    assert page.part == "4"
    assert isinstance(told, Reading)
    assert (told.seed, told.article) == ("a.warc", None)
    assert told.quarantine == (
        "left out what holds no page: 2 × image/gif, 1 × answer with status 301, 1 × answer with status 404, "
        "1 × record of no kind, 1 × record that repeats another, 1 × robots.txt, 1 × text/plain"
    )


def test_many_kinds_are_told_together(tmp_path):
    """Of many kinds the most frequent are named."""
    data = b"".join(answer(b"", f"image/x{n}") for n in range(12)) + answer(b"", "image/gif") * 3
    (told,) = read(tmp_path, data)
    assert isinstance(told, Reading)
    assert told.quarantine.startswith("left out what holds no page: 3 × image/gif, 1 × image/x0, ")
    assert told.quarantine.endswith(", 5 others")


def test_pages_that_cannot_be_read(tmp_path, monkeypatch):
    """A page that is too large, packed or not, or compressed in a way that cermin does not read, has a reason."""
    monkeypatch.setattr(web_archives, "LARGEST", 1_000)
    data = answer(b"<p>" * 400) + answer(gzip.compress(bytes(1_001), mtime=0), more="Content-Encoding: gzip\r\n")
    found = read(tmp_path, data + answer(b"\x8b\x00", more="Content-Encoding: br\r\n") + answer())
    assert [one.quarantine if isinstance(one, Reading) else one.part for one in found] == [
        "larger than 0 MB", "larger than 0 MB", "compressed with br, which cermin does not read", "4",
    ]  # fmt: skip


def test_a_page_of_which_the_archive_has_a_part(tmp_path):
    """An archive that cut a page says so, and that is noted."""
    (one,) = read(tmp_path, answer(WARC_Truncated="length"))
    assert isinstance(one, Capture)
    assert one.notes == ("the archive holds only a part of the page (length)",)


def test_cut_off(tmp_path):
    """Of an archive that is cut off the whole pages are kept, and what is missing is told."""
    data = answer() + answer() + answer(b"", "image/gif")
    found = read(tmp_path, data + answer()[:-20])
    assert [one.part for one in found if isinstance(one, Capture)] == ["1", "2", "4"]
    last, told = found[-2:]
    assert isinstance(last, Capture)
    assert isinstance(told, Reading)
    assert last.notes == ("cut off: the last 16 bytes of record 4 are missing",)
    assert (told.seed, told.quarantine) == ("a.warc", f"{last.notes[0]}; left out what holds no page: 1 × image/gif")
    path = tmp_path / "seed"
    path.write_bytes(gzip.compress(data * 50, mtime=0)[:-20])
    found = []
    with pytest.raises(SeedError, match="gzip data that ends too early"):
        found.extend(read_captures(path, "a.warc.gz"))
    assert len(found) > 50


@pytest.mark.parametrize(
    ("data", "verdict"),
    [
        (b"", "empty"),
        (b"\r\n\r\n", "no web archive: what follows is no record"),
        (b"hujan\n" * 9, "no web archive: what follows is no record"),
        (HTML, "no web archive: what follows is no record"),
        (
            b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 9\r\n\r\n",
            "no web archive: the headers of what follows",
        ),
        (answer(b"", "image/gif") + b"hujan\r\n" * 9, "broken behind record 1: .*; left out .* 1 × image/gif"),
        (b"WARC/1.0\r\nA: " + b"a" * 3_000_000, "headers larger than 1 MB"),
        (b"a" * 3_000_000, "headers larger than 1 MB"),
    ],
)
def test_files_that_are_no_web_archives(tmp_path, data, verdict, capsys):
    """A file that is no web archive, or stops being one, says so, and nothing is printed."""
    with pytest.raises(SeedError, match=verdict):
        read(tmp_path, data)
    assert capsys.readouterr() == ("", "")


def test_warcio_is_missing(tmp_path, monkeypatch):
    """Without warcio a web archive is quarantined with the command that adds it."""
    monkeypatch.setitem(sys.modules, "warcio.archiveiterator", None)
    with pytest.raises(
        SeedError, match=r"web archives need the library warcio: python -m pip install 'cermin\[warc\]'"
    ):
        read(tmp_path, answer())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    at=st.integers(0, 900),
    noise=st.binary(max_size=30)
    | st.sampled_from([b"\r\n\r\n", b"WARC/1.0\r\n", b"Content-Length: -5\r\n", b"HTTP/1.1"]),
    length=st.integers(0, 100),
)
def test_any_archive_is_accounted_for(tmp_path, at, noise, length):
    """An archive with any damage gives pages and reasons or a SeedError; nothing else is raised, nothing printed."""
    data = answer(chunks(HTML), more="Transfer-Encoding: chunked\r\n") + answer() + answer(b"", "image/gif")
    path = tmp_path / "seed"
    path.write_bytes(data[:at] + noise + data[at + length :])
    found: list[Any] = []
    with contextlib.suppress(SeedError):
        found.extend(read_captures(path, "a.warc"))
    seeds = [one.seed for one in found]
    assert len(set(seeds)) == len(seeds)
